"""The outbox table: :class:`mendrec.ports_db.OutboxRepository`.

Rows in a lane are the worker's, and not seen here but for the nonces they hold (:mod:`mendrec.adapters.db.lane_rows`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from mendrec.adapters.db.engine import reading, writing
from mendrec.adapters.db.tables import outbox
from mendrec.domain.model import Address, BlockRef
from mendrec.ports import ContractCall, SignedTransaction
from mendrec.ports_db import Failure, NonceTaken, OutboxRow, OutboxState

_PAGE_ROWS = 200
_UNFINISHED = (OutboxState.QUEUED.value, OutboxState.SIGNED.value)
NO_TRANSACTION: Mapping[str, Any] = {"nonce": None, "raw_hex": None, "hash_hex": None}
NO_BLOCK: Mapping[str, Any] = {"block_number": None, "block_hash_hex": None, "block_timestamp": None}


class SqlOutboxRepository:
    """Implements :class:`mendrec.ports_db.OutboxRepository`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, key: str) -> OutboxRow | None:
        """The row under a key."""
        with reading(self._engine) as connection:
            return _get(connection, key)

    def queue(self, key: str, call: ContractCall, sender: Address) -> OutboxRow:
        """See :meth:`mendrec.ports_db.OutboxRepository.queue`."""
        fresh = {
            "contract": call.contract,
            "function": call.function,
            "args": list(call.args),
            "sender": sender,
            "state": OutboxState.QUEUED.value,
            "failure": None,
            **NO_TRANSACTION,
            **NO_BLOCK,
        }
        try:
            with writing(self._engine) as connection:
                there = _get(connection, key)
                if there is None:
                    connection.execute(insert(outbox).values(key=key, attempt=1, **fresh))
                elif there.state is OutboxState.FAILED:
                    # Where another process has begun it anew since it was read, theirs stays.
                    as_read = (outbox.c.state == OutboxState.FAILED.value, outbox.c.attempt == there.attempt)
                    connection.execute(
                        update(outbox).where(outbox.c.key == key, *as_read).values(attempt=there.attempt + 1, **fresh)
                    )
        except IntegrityError:
            pass  # another process was faster; its row is the one
        return self._existing(key)

    def store_signed(
        self, key: str, transaction: SignedTransaction, *, replaces: SignedTransaction | None
    ) -> OutboxRow:
        """See :meth:`mendrec.ports_db.OutboxRepository.store_signed`."""
        try:
            with writing(self._engine) as connection:
                connection.execute(
                    update(outbox)
                    .where(_unchanged(key, replaces), outbox.c.state.in_(_UNFINISHED))  # what is settled stays so
                    .values(
                        state=OutboxState.SIGNED.value,
                        nonce=transaction.nonce,
                        raw_hex=transaction.raw_hex,
                        hash_hex=transaction.hash_hex,
                        **NO_BLOCK,
                    )
                )
        except IntegrityError as error:
            raise NonceTaken from error
        return self._existing(key)

    def store_mined(self, key: str, transaction: SignedTransaction, block: BlockRef) -> None:
        """See :meth:`mendrec.ports_db.OutboxRepository.store_mined`."""
        values = {"state": OutboxState.MINED.value, "failure": None, **block_columns(block)}
        with writing(self._engine) as connection:
            connection.execute(update(outbox).where(_unchanged(key, transaction)).values(**values))

    def store_failed(
        self, key: str, failure: Failure, *, replaces: SignedTransaction | None, block: BlockRef | None
    ) -> OutboxRow:
        """See :meth:`mendrec.ports_db.OutboxRepository.store_failed`."""
        # A row that is refused before it is signed anew gives its old, spent nonce up with its transaction.
        place = {**NO_TRANSACTION, **NO_BLOCK} if block is None else block_columns(block)
        values = {"state": OutboxState.FAILED.value, "failure": asdict(failure), **place}
        with writing(self._engine) as connection:
            connection.execute(update(outbox).where(_unchanged(key, replaces)).values(**values))
        return self._existing(key)

    def store_undone(self, key: str, transaction: SignedTransaction, failure: Failure) -> None:
        """See :meth:`mendrec.ports_db.OutboxRepository.store_undone`."""
        settled = (outbox.c.block_number.is_not(None), outbox.c.lane.is_(None))
        values = {"state": OutboxState.SIGNED.value, "failure": asdict(failure), **NO_BLOCK}
        with writing(self._engine) as connection:
            connection.execute(update(outbox).where(_unchanged(key, transaction), *settled).values(**values))

    def unfinished(self) -> Sequence[OutboxRow]:
        """See :meth:`mendrec.ports_db.OutboxRepository.unfinished`."""
        query = (
            select(outbox)
            .where(outbox.c.state.in_(_UNFINISHED), outbox.c.lane.is_(None))
            .order_by(outbox.c.nonce.is_(None), outbox.c.sender, outbox.c.nonce, outbox.c.id)
        )
        with reading(self._engine) as connection:
            return [row_of(found) for found in connection.execute(query).mappings()]

    def newest_first(self, sender: Address | None = None) -> Iterator[OutboxRow]:
        """See :meth:`mendrec.ports_db.OutboxRepository.newest_first`."""
        query = select(outbox).where(outbox.c.block_number.is_not(None), outbox.c.lane.is_(None))
        if sender is None:
            query = query.order_by(outbox.c.block_number.desc(), outbox.c.id.desc())
        else:
            query = query.where(outbox.c.sender == sender).order_by(outbox.c.nonce.desc())
        size, offset = 1, 0  # mostly the newest one is looked at, and stands
        while True:
            with reading(self._engine) as connection:
                found = connection.execute(query.limit(size).offset(offset)).mappings()
                page = [row_of(one) for one in found]
            yield from page
            if len(page) < size:
                return
            size, offset = _PAGE_ROWS, offset + size

    def settled_senders(self) -> Sequence[Address]:
        """See :meth:`mendrec.ports_db.OutboxRepository.settled_senders`."""
        query = select(outbox.c.sender).where(outbox.c.block_number.is_not(None), outbox.c.lane.is_(None)).distinct()
        with reading(self._engine) as connection:
            return sorted(Address(sender) for sender in connection.execute(query).scalars())

    def highest_nonce(self, sender: Address) -> int | None:
        """See :meth:`mendrec.ports_db.OutboxRepository.highest_nonce`."""
        query = select(func.max(outbox.c.nonce)).where(outbox.c.sender == sender)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar()

    def _existing(self, key: str) -> OutboxRow:
        with reading(self._engine) as connection:
            return row_of(connection.execute(select(outbox).where(outbox.c.key == key)).mappings().one())


def _get(connection: Connection, key: str) -> OutboxRow | None:
    found = connection.execute(select(outbox).where(outbox.c.key == key)).mappings().one_or_none()
    return None if found is None else row_of(found)


def _unchanged(key: str, transaction: SignedTransaction | None) -> ColumnElement[bool]:
    """The row under ``key``, as long as it has that transaction."""
    same = outbox.c.hash_hex.is_(None) if transaction is None else outbox.c.hash_hex == transaction.hash_hex
    return (outbox.c.key == key) & same


def block_columns(block: BlockRef) -> dict[str, Any]:
    """Where a row's transaction was mined, as columns."""
    return {"block_number": block.number, "block_hash_hex": block.hash_hex, "block_timestamp": block.timestamp}


def row_of(found: RowMapping) -> OutboxRow:
    """One row of the table, in any lane."""
    sender = Address(found["sender"])
    block_number, hash_hex = found["block_number"], found["hash_hex"]
    return OutboxRow(
        key=found["key"],
        call=ContractCall(found["contract"], found["function"], tuple(found["args"])),
        sender=sender,
        state=OutboxState(found["state"]),
        attempt=found["attempt"],
        transaction=None if hash_hex is None else SignedTransaction(sender, found["nonce"], found["raw_hex"], hash_hex),
        block=None
        if block_number is None
        else BlockRef(block_number, found["block_hash_hex"], found["block_timestamp"]),
        failure=None if found["failure"] is None else Failure(**found["failure"]),
    )
