"""The rows that the sender drives: :class:`mendrec.ports_relay.LaneRepository`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from mendrec.adapters.db.engine import reading, writing
from mendrec.adapters.db.lease_rows import require_lease
from mendrec.adapters.db.outbox_rows import NO_BLOCK, NO_TRANSACTION, block_columns, row_of
from mendrec.adapters.db.tables import outbox
from mendrec.adapters.db.tables_relay import outbox_attempts
from mendrec.domain.model import Address, BlockRef
from mendrec.ports import SKIP_NONCE, Fees, SignedTransaction
from mendrec.ports_db import Failure, NonceTaken, OutboxRow, OutboxState
from mendrec.ports_relay import Attempt, LaneRow, Lease, Settled

SENDER_LANE = "sender"
_PAGE_ROWS = 200


class SqlLaneRepository:
    """Implements :class:`mendrec.ports_relay.LaneRepository`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def waiting(self, limit: int) -> Sequence[LaneRow]:
        """Queued rows, oldest first."""
        query = select(outbox).where(_in_lane(OutboxState.QUEUED)).order_by(outbox.c.id).limit(limit)
        with reading(self._engine) as connection:
            return _with_attempts(connection, [row_of(found) for found in connection.execute(query).mappings()])

    def count_waiting(self) -> int:
        """How many rows are queued."""
        query = select(func.count()).select_from(outbox).where(_in_lane(OutboxState.QUEUED))
        with reading(self._engine) as connection:
            return connection.execute(query).scalar_one()

    def in_flight(self) -> Sequence[LaneRow]:
        """Signed rows, by sender and nonce."""
        query = select(outbox).where(_in_lane(OutboxState.SIGNED)).order_by(outbox.c.sender, outbox.c.nonce)
        with reading(self._engine) as connection:
            return _with_attempts(connection, [row_of(found) for found in connection.execute(query).mappings()])

    def newest_settled(self) -> Iterator[LaneRow]:
        """See :meth:`mendrec.ports_relay.LaneRepository.newest_settled`."""
        query = (
            select(outbox)
            .where(outbox.c.lane == SENDER_LANE, outbox.c.block_number.is_not(None))
            .order_by(outbox.c.block_number.desc(), outbox.c.id.desc())
        )
        size, offset = 1, 0  # mostly the newest one is looked at, and stands
        while True:
            with reading(self._engine) as connection:
                found = connection.execute(query.limit(size).offset(offset)).mappings()
                page = _with_attempts(connection, [row_of(one) for one in found])
            yield from page
            if len(page) < size:
                return
            size, offset = _PAGE_ROWS, offset + size

    def nonces_from(self, sender: Address, first: int) -> frozenset[int]:
        """See :meth:`mendrec.ports_relay.LaneRepository.nonces_from`."""
        query = select(outbox.c.nonce).where(outbox.c.sender == sender, outbox.c.nonce >= first)
        with reading(self._engine) as connection:
            return frozenset(connection.execute(query).scalars())

    def store_signed(self, signed: Mapping[str, Attempt], *, lease: Lease) -> None:
        """See :meth:`mendrec.ports_relay.LaneRepository.store_signed`."""
        with self._under(lease) as connection:
            for key, attempt in signed.items():
                changed = connection.execute(
                    update(outbox)
                    .where(outbox.c.key == key, _in_lane(OutboxState.QUEUED))
                    .values(
                        state=OutboxState.SIGNED.value,
                        sender=attempt.transaction.sender,
                        **_transaction_columns(attempt.transaction),
                    )
                )
                if changed.rowcount == 1:
                    _add_attempt(connection, key, attempt)

    def store_replacement(self, key: str, attempt: Attempt, *, lease: Lease) -> None:
        """See :meth:`mendrec.ports_relay.LaneRepository.store_replacement`."""
        transaction = attempt.transaction
        with self._under(lease) as connection:
            changed = connection.execute(
                update(outbox)
                .where(outbox.c.key == key, outbox.c.nonce == transaction.nonce, _in_lane(OutboxState.SIGNED))
                .values(**_transaction_columns(transaction))
            )
            if changed.rowcount == 1:
                _add_attempt(connection, key, attempt)

    def store_skip(self, attempt: Attempt, *, lease: Lease) -> None:
        """See :meth:`mendrec.ports_relay.LaneRepository.store_skip`."""
        with self._under(lease) as connection:
            _add_skip(connection, attempt)

    def store_settled(self, settled: Sequence[Settled], *, lease: Lease) -> None:
        """See :meth:`mendrec.ports_relay.LaneRepository.store_settled`."""
        with self._under(lease) as connection:
            for one in settled:
                state = OutboxState.MINED if one.failure is None else OutboxState.FAILED
                connection.execute(
                    update(outbox)
                    .where(outbox.c.key == one.key, _in_lane(OutboxState.SIGNED) | _in_lane(OutboxState.QUEUED))
                    .values(
                        state=state.value,
                        sender=one.transaction.sender,
                        failure=None if one.failure is None else asdict(one.failure),
                        **_transaction_columns(one.transaction),
                        **block_columns(one.block),
                    )
                )

    def store_refused(self, key: str, failure: Failure, *, lease: Lease) -> None:
        """See :meth:`mendrec.ports_relay.LaneRepository.store_refused`."""
        with self._under(lease) as connection:
            connection.execute(
                update(outbox)
                .where(outbox.c.key == key, _in_lane(OutboxState.QUEUED))
                .values(state=OutboxState.FAILED.value, failure=asdict(failure), **NO_TRANSACTION, **NO_BLOCK)
            )

    def store_done_elsewhere(self, key: str, hash_hex: str, block: BlockRef, *, lease: Lease) -> None:
        """See :meth:`mendrec.ports_relay.LaneRepository.store_done_elsewhere`."""
        theirs = {**NO_TRANSACTION, "hash_hex": hash_hex}  # its nonce is of another account, or of a row that is lost
        with self._under(lease) as connection:
            connection.execute(
                update(outbox)
                .where(outbox.c.key == key, _in_lane(OutboxState.QUEUED))
                .values(state=OutboxState.MINED.value, failure=None, **theirs, **block_columns(block))
            )

    def store_given_up(self, key: str, failure: Failure, skip: Attempt, *, lease: Lease) -> None:
        """See :meth:`mendrec.ports_relay.LaneRepository.store_given_up`."""
        mine = (outbox.c.sender == skip.transaction.sender) & (outbox.c.nonce == skip.transaction.nonce)
        with self._under(lease) as connection:
            changed = connection.execute(
                update(outbox)
                .where(outbox.c.key == key, mine, _in_lane(OutboxState.SIGNED))
                .values(state=OutboxState.QUEUED.value, failure=asdict(failure), **NO_TRANSACTION)
            )
            if changed.rowcount == 1:
                _add_skip(connection, skip)

    def store_undone(self, keys: Sequence[str], *, lease: Lease) -> None:
        """See :meth:`mendrec.ports_relay.LaneRepository.store_undone`."""
        with self._under(lease) as connection:
            for key in keys:
                undone = (outbox.c.key == key) & (outbox.c.lane == SENDER_LANE) & outbox.c.block_number.is_not(None)
                connection.execute(
                    update(outbox)
                    .where(undone, outbox.c.raw_hex.is_not(None))
                    .values(state=OutboxState.SIGNED.value, failure=None, **NO_BLOCK)
                )
                connection.execute(  # another's transaction, which this node can't send again
                    update(outbox)
                    .where(undone, outbox.c.raw_hex.is_(None))
                    .values(state=OutboxState.QUEUED.value, failure=None, **NO_TRANSACTION, **NO_BLOCK)
                )

    def put_back(self, key: str, *, lease: Lease) -> None:
        """See :meth:`mendrec.ports_relay.LaneRepository.put_back`."""
        with self._under(lease) as connection:
            connection.execute(
                update(outbox)
                .where(outbox.c.key == key, _in_lane(OutboxState.SIGNED))
                .values(state=OutboxState.QUEUED.value, **NO_TRANSACTION)
            )

    @contextmanager
    def _under(self, lease: Lease) -> Iterator[Connection]:
        try:
            with writing(self._engine) as connection:
                require_lease(connection, lease)
                yield connection
        except IntegrityError as error:
            raise NonceTaken from error


def _in_lane(state: OutboxState) -> ColumnElement[bool]:
    return (outbox.c.lane == SENDER_LANE) & (outbox.c.state == state.value)


def _transaction_columns(transaction: SignedTransaction) -> dict[str, Any]:
    return {"nonce": transaction.nonce, "raw_hex": transaction.raw_hex, "hash_hex": transaction.hash_hex}


def _add_skip(connection: Connection, attempt: Attempt) -> None:
    transaction = attempt.transaction
    key = f"skip:{transaction.hash_hex}"
    connection.execute(
        insert(outbox).values(
            key=key,
            lane=SENDER_LANE,
            contract=SKIP_NONCE.contract,
            function=SKIP_NONCE.function,
            args=list(SKIP_NONCE.args),
            sender=transaction.sender,
            state=OutboxState.SIGNED.value,
            attempt=1,
            **_transaction_columns(transaction),
        )
    )
    _add_attempt(connection, key, attempt)


def _add_attempt(connection: Connection, key: str, attempt: Attempt) -> None:
    connection.execute(
        insert(outbox_attempts).values(
            outbox_key=key,
            sender=attempt.transaction.sender,
            **_transaction_columns(attempt.transaction),
            gas=attempt.gas,
            max_fee_wei=attempt.fees.max_fee_wei,
            priority_fee_wei=attempt.fees.priority_fee_wei,
            legacy=attempt.fees.legacy,
            signed_at=attempt.signed_at,
            head_number=attempt.head_number,
        )
    )


def _with_attempts(connection: Connection, rows: Sequence[OutboxRow]) -> list[LaneRow]:
    by_key: dict[str, list[Attempt]] = {row.key: [] for row in rows}
    query = select(outbox_attempts).where(outbox_attempts.c.outbox_key.in_(list(by_key))).order_by(outbox_attempts.c.id)
    for found in connection.execute(query).mappings() if rows else ():
        by_key[found["outbox_key"]].append(
            Attempt(
                SignedTransaction(Address(found["sender"]), found["nonce"], found["raw_hex"], found["hash_hex"]),
                found["gas"],
                Fees(found["max_fee_wei"], found["priority_fee_wei"], found["legacy"]),
                found["signed_at"],
                found["head_number"],
            )
        )
    return [LaneRow(row, tuple(by_key[row.key])) for row in rows]
