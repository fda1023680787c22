"""The index tables: writing them from events, and reading them whole. Queries are in index_queries.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from mendrec.adapters.db.engine import reading, writing
from mendrec.adapters.db.index_queries import IndexQueries
from mendrec.adapters.db.tables import PROJECTIONS, events, index_cursor
from mendrec.domain.model import BlockRef, ChainEvent
from mendrec.domain.projection import Merge, merges_of

_PAGE_ROWS = 500


class SqlIndexRepository(IndexQueries):
    """Implements :class:`mendrec.ports_db.IndexRepository`."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)

    def cursor(self) -> BlockRef | None:
        """The last block whose events are in the index."""
        with reading(self._engine) as connection:
            return _cursor(connection)

    def apply(self, events_: Sequence[ChainEvent], cursor: BlockRef, /, *, after: BlockRef | None) -> bool:
        """See :meth:`mendrec.ports_db.IndexRepository.apply`."""
        try:
            with writing(self._engine) as connection:
                if _cursor(connection) != after:
                    return False
                if events_:
                    connection.execute(insert(events), [asdict(event) for event in events_])
                _project(connection, events_)
                _set_cursor(connection, cursor)
        except IntegrityError:  # on databases that let two begin at once
            return False
        return True

    def event_blocks_newest_first(self) -> Iterator[BlockRef]:
        """The blocks that events in the index came from, page by page."""
        columns = (events.c.block_number, events.c.block_hash_hex, events.c.block_timestamp)
        query = select(*columns).distinct().order_by(events.c.block_number.desc()).limit(_PAGE_ROWS)
        below: int | None = None
        while True:
            page_query = query if below is None else query.where(events.c.block_number < below)
            with reading(self._engine) as connection:
                page = connection.execute(page_query).all()
            if not page:
                return
            for found in page:
                yield BlockRef(found.block_number, found.block_hash_hex, found.block_timestamp)
            below = page[-1].block_number

    def roll_back(self, to: BlockRef) -> None:
        """See :meth:`mendrec.ports_db.IndexRepository.roll_back`: one transaction, so no reader sees half of it."""
        with writing(self._engine) as connection:
            connection.execute(delete(events).where(events.c.block_number > to.number))
            _clear_projections(connection)
            _project(connection, _stored_events(connection))
            _set_cursor(connection, to)

    def clear(self) -> None:
        """Forgets everything."""
        with writing(self._engine) as connection:
            _clear_projections(connection)
            connection.execute(delete(events))
            connection.execute(delete(index_cursor))

    def dump(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """See :meth:`mendrec.ports_db.IndexRepository.dump`."""
        with reading(self._engine) as connection:
            return {table.name: _rows(connection, table) for table in (events, *PROJECTIONS.values())}


def _cursor(connection: Connection) -> BlockRef | None:
    found = connection.execute(select(index_cursor)).one_or_none()
    return None if found is None else BlockRef(found.block_number, found.block_hash_hex, found.block_timestamp)


def _rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    query = select(table).order_by(*table.primary_key.columns)
    return [dict(found) for found in connection.execute(query).mappings()]


def _project(connection: Connection, events_: Iterable[ChainEvent]) -> None:
    for event in events_:
        for merge in merges_of(event):
            _merge(connection, merge)


def _merge(connection: Connection, merge: Merge) -> None:
    """Update, else insert: nobody else writes, the transaction holds the only cursor."""
    table = PROJECTIONS[merge.table]
    same = [table.c[name] == value for name, value in merge.key.items()]
    if connection.execute(update(table).where(*same).values(**merge.values)).rowcount == 0:
        connection.execute(insert(table).values(**merge.key, **merge.values))


def _stored_events(connection: Connection) -> Iterator[ChainEvent]:
    query = select(events).order_by(events.c.block_number, events.c.log_index)
    for found in connection.execute(query).mappings().all():
        yield ChainEvent(**found)


def _clear_projections(connection: Connection) -> None:
    for table in PROJECTIONS.values():
        connection.execute(delete(table))


def _set_cursor(connection: Connection, cursor: BlockRef) -> None:
    connection.execute(delete(index_cursor))
    connection.execute(
        insert(index_cursor).values(
            id=1,
            block_number=cursor.number,
            block_hash_hex=cursor.hash_hex,
            block_timestamp=cursor.timestamp,
        )
    )
