"""Acts that people signed and the node pays for: :class:`mendrec.ports_relay.RelayRepository`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, func, insert, select, update

from mendrec.adapters.db.engine import reading, writing
from mendrec.adapters.db.lane_rows import SENDER_LANE
from mendrec.adapters.db.outbox_rows import NO_BLOCK, NO_TRANSACTION, row_of
from mendrec.adapters.db.tables import outbox
from mendrec.adapters.db.tables_relay import relayed_acts
from mendrec.domain.model import Address
from mendrec.domain.signed_act import SignedAct
from mendrec.ports_db import OutboxState
from mendrec.ports_relay import AuthorizationInUse, QueuedAct, QuotaExceeded

_DAY_S = 24 * 3600
_UNSETTLED = (OutboxState.QUEUED.value, OutboxState.SIGNED.value)


class SqlRelayRepository:
    """Implements :class:`mendrec.ports_relay.RelayRepository`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, act_id_hex: str) -> QueuedAct | None:
        """The act of that id."""
        with reading(self._engine) as connection:
            return _get(connection, act_id_hex)

    def queue(self, act: SignedAct, *, relayer: Address, now: int, per_day: int) -> QueuedAct:
        """See :meth:`mendrec.ports_relay.RelayRepository.queue`."""
        with writing(self._engine, alone=f"relayed acts of {act.signer}") as connection:
            there = _get(connection, act.id_hex)
            if there is not None and there.row.state is not OutboxState.FAILED:
                return there
            _require_quota(connection, act.signer, now, per_day)
            _require_free_authorization(connection, act)
            fresh = {
                "sender": relayer,
                "state": OutboxState.QUEUED.value,
                "failure": None,
                **NO_TRANSACTION,
                **NO_BLOCK,
            }
            if there is None:
                _insert(connection, act, now, fresh)
            else:
                # Where the sender has put it in flight again since it was read (a reorganisation), it stays there.
                as_read = (outbox.c.state == OutboxState.FAILED.value, outbox.c.attempt == there.row.attempt)
                begun = connection.execute(
                    update(outbox)
                    .where(outbox.c.key == there.row.key, *as_read)
                    .values(attempt=there.row.attempt + 1, **fresh)
                )
                if begun.rowcount == 1:
                    connection.execute(
                        update(relayed_acts).where(relayed_acts.c.act_id_hex == act.id_hex).values(queued_at=now)
                    )
        found = self.get(act.id_hex)
        assert found is not None  # noqa: S101 - it was just written, and acts are never removed
        return found

    def of_signer(self, signer: Address, *, after: str | None, limit: int) -> Sequence[QueuedAct]:
        """See :meth:`mendrec.ports_relay.RelayRepository.of_signer`."""
        query = _acts().where(relayed_acts.c.signer == signer).order_by(relayed_acts.c.id.desc()).limit(limit)
        if after is not None:
            before = select(relayed_acts.c.id).where(
                relayed_acts.c.act_id_hex == after, relayed_acts.c.signer == signer
            )
            query = query.where(relayed_acts.c.id < before.scalar_subquery())
        with reading(self._engine) as connection:
            return [_act(found) for found in connection.execute(query).mappings()]


def _insert(connection: Connection, act: SignedAct, now: int, fresh: dict[str, Any]) -> None:
    connection.execute(
        insert(outbox).values(
            key=_key(act.id_hex),
            lane=SENDER_LANE,
            contract=act.contract,
            function=act.function,
            args=list(act.args),
            attempt=1,
            **fresh,
        )
    )
    connection.execute(
        insert(relayed_acts).values(
            act_id_hex=act.id_hex,
            signer=act.signer,
            contract=act.contract,
            authorization_nonce=str(act.authorization.nonce),
            queued_at=now,
        )
    )


def _require_quota(connection: Connection, signer: Address, now: int, per_day: int) -> None:
    """Each attempt counts: one that failed in a block was paid for."""
    query = (
        select(func.sum(outbox.c.attempt), func.min(relayed_acts.c.queued_at))
        .select_from(_JOINED)
        .where(relayed_acts.c.signer == signer, relayed_acts.c.queued_at > now - _DAY_S)
    )
    taken_on, oldest_at = connection.execute(query).one()
    if (taken_on or 0) >= per_day:
        frees_at = now + _DAY_S if oldest_at is None else oldest_at + _DAY_S
        raise QuotaExceeded(
            f"The node pays for {per_day} acts of one person in 24 hours; the next one in {frees_at - now} seconds.",
            frees_at=frees_at,
        )


def _require_free_authorization(connection: Connection, act: SignedAct) -> None:
    query = (
        select(relayed_acts.c.id)
        .select_from(_JOINED)
        .where(
            relayed_acts.c.signer == act.signer,
            relayed_acts.c.contract == act.contract,
            relayed_acts.c.authorization_nonce == str(act.authorization.nonce),
            relayed_acts.c.act_id_hex != act.id_hex,
            outbox.c.state.in_(_UNSETTLED),
        )
        .limit(1)
    )
    if connection.execute(query).first() is not None:
        raise AuthorizationInUse("Another act that was signed under the same number is on its way.")


_JOINED = relayed_acts.join(outbox, outbox.c.key == "act:" + relayed_acts.c.act_id_hex)


def _key(act_id_hex: str) -> str:
    return f"act:{act_id_hex}"


def _acts() -> Select[Any]:
    columns = (relayed_acts.c.act_id_hex, relayed_acts.c.signer, relayed_acts.c.queued_at)
    return select(*columns, *(column for column in outbox.c if column.name != "id")).select_from(_JOINED)


def _get(connection: Connection, act_id_hex: str) -> QueuedAct | None:
    found = connection.execute(_acts().where(relayed_acts.c.act_id_hex == act_id_hex)).mappings().one_or_none()
    return None if found is None else _act(found)


def _act(found: RowMapping) -> QueuedAct:
    return QueuedAct(found["act_id_hex"], Address(found["signer"]), found["queued_at"], row_of(found))
