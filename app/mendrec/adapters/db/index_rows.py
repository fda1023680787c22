"""The index tables: writing them from events, going back, and growing a new index beside. Queries: index_queries.py.

Whatever writes reads the cursor first and writes by it, so only one does at a time ([Note: isolation] in engine.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table, and_, bindparam, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from mendrec.adapters.db.engine import reading, writing
from mendrec.adapters.db.index_queries import IndexQueries, event_of
from mendrec.adapters.db.tables_index import BESIDE, LIVE, IndexTables
from mendrec.domain.model import BlockRef, ChainEvent
from mendrec.domain.projection import OWN_ROWS, Merge, collapsed, merges_of, patient_of, subjects_of
from mendrec.ports_db import IndexRepository, Undone

_PAGE_ROWS = 500
_SUBJECTS_AT_A_TIME = 200
_WRITER = "index"
T = TypeVar("T")


class SqlIndexRepository(IndexQueries):
    """Implements :class:`mendrec.ports_db.IndexRepository`."""

    def __init__(self, engine: Engine, tables: IndexTables = LIVE) -> None:
        super().__init__(engine, tables)

    def cursor(self) -> BlockRef | None:
        """The last block whose events are in the index."""
        with reading(self._engine) as connection:
            return _cursor(connection, self._tables)

    def apply(self, events_: Sequence[ChainEvent], cursor: BlockRef, /, *, after: BlockRef | None) -> bool:
        """See :meth:`mendrec.ports_db.IndexRepository.apply`."""
        with writing(self._engine, alone=_WRITER) as connection:
            if _cursor(connection, self._tables) != after:
                return False
            _add_events(connection, self._tables, events_)
            _merge(connection, self._tables, collapsed(events_))
            _set_cursor(connection, self._tables, cursor)
        return True

    def event_blocks_newest_first(self) -> Iterator[BlockRef]:
        """The blocks that events in the index came from, page by page."""
        table = self._tables.events.c
        columns = (table.block_number, table.block_hash_hex, table.block_timestamp)
        query = select(*columns).distinct().order_by(table.block_number.desc()).limit(_PAGE_ROWS)
        below: int | None = None
        while True:
            page_query = query if below is None else query.where(table.block_number < below)
            with reading(self._engine) as connection:
                page = connection.execute(page_query).all()
            if not page:
                return
            for found in page:
                yield BlockRef(found.block_number, found.block_hash_hex, found.block_timestamp)
            below = page[-1].block_number

    def roll_back(self, to: BlockRef | None, /, *, after: BlockRef) -> Undone | None:
        """See :meth:`mendrec.ports_db.IndexRepository.roll_back`: one transaction, so no reader sees half of it."""
        events, subjects = self._tables.events, self._tables.event_subjects
        with writing(self._engine, alone=_WRITER) as connection:
            if _cursor(connection, self._tables) != after:
                return None
            if to is None:
                count, lowest = connection.execute(select(func.count(), func.min(events.c.block_number))).one()
                _clear(connection, self._tables)
                return Undone(count, lowest)
            gone = _events_above(connection, self._tables, to.number)
            connection.execute(delete(events).where(events.c.block_number > to.number))
            connection.execute(delete(subjects).where(subjects.c.block_number > to.number))
            _rebuild_rows(connection, self._tables, gone, to.number)
            _set_cursor(connection, self._tables, to)
        return Undone(len(gone), gone[0].block_number if gone else None)

    def clear(self) -> None:
        """Forgets everything."""
        with writing(self._engine, alone=_WRITER) as connection:
            _clear(connection, self._tables)

    def beside(self) -> IndexRepository:
        """See :meth:`mendrec.ports_db.IndexRepository.beside`."""
        return SqlIndexRepository(self._engine, BESIDE)

    def take_over(self) -> bool:
        """See :meth:`mendrec.ports_db.IndexRepository.take_over`."""
        with writing(self._engine, alone=_WRITER) as connection:
            if _cursor(connection, BESIDE) is None:
                return False
            _clear(connection, self._tables)
            for grown, table in zip(BESIDE.all, self._tables.all, strict=True):
                columns = [column.name for column in table.columns]
                connection.execute(
                    insert(table).from_select(columns, select(*(grown.c[name] for name in columns)), False)
                )
            _clear(connection, BESIDE)
        return True

    def dump(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """See :meth:`mendrec.ports_db.IndexRepository.dump`."""
        tables = self._tables
        named = {"events": tables.events, "event_subjects": tables.event_subjects, **tables.projections}
        with reading(self._engine) as connection:
            return {name: _rows(connection, table) for name, table in named.items()}


def _cursor(connection: Connection, tables: IndexTables) -> BlockRef | None:
    found = connection.execute(select(tables.cursor)).one_or_none()
    return None if found is None else BlockRef(found.block_number, found.block_hash_hex, found.block_timestamp)


def _rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    """A table's rows; without whom an event is about, which follows from the rest of it."""
    columns = [column for column in table.columns if (table, column.name) not in _DERIVED]
    query = select(*columns).order_by(*table.primary_key.columns)
    return [dict(found) for found in connection.execute(query).mappings()]


_DERIVED = {(tables.events, "patient") for tables in (LIVE, BESIDE)}


def _add_events(connection: Connection, tables: IndexTables, events_: Sequence[ChainEvent]) -> None:
    if not events_:
        return
    rows = [
        {
            "block_number": event.block_number,
            "log_index": event.log_index,
            "block_hash_hex": event.block_hash_hex,
            "block_timestamp": event.block_timestamp,
            "transaction_hash_hex": event.transaction_hash_hex,
            "contract": event.contract,
            "name": event.name,
            "args": event.args,
            "patient": patient_of(event),
        }
        for event in events_
    ]
    subjects = [
        {"subject": subject, "block_number": event.block_number, "log_index": event.log_index}
        for event in events_
        for subject in subjects_of(event)
    ]
    connection.execute(insert(tables.events), rows)
    if subjects:
        connection.execute(insert(tables.event_subjects), subjects)


def _merge(connection: Connection, tables: IndexTables, merges: Iterable[Merge]) -> None:
    """Writes rows, many in one statement; columns that are not named stay, or take their default in a new row."""
    groups: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = {}
    for merge in merges:
        groups.setdefault((merge.table, tuple(sorted(merge.values))), []).append({**merge.key, **merge.values})
    upsert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for (name, changed), rows in groups.items():
        table = tables.projections[name]
        statement = upsert(table)
        new = {column: statement.excluded[column] for column in changed}
        connection.execute(statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=new), rows)


def _rebuild_rows(connection: Connection, tables: IndexTables, gone: Sequence[ChainEvent], above: int) -> None:
    """Makes the rows that undone events had changed what the remaining events of those rows say."""
    for name in OWN_ROWS:
        table = tables.projections[name]
        connection.execute(delete(table).where(table.c.block_number > above))
    touched = {merge.subject: merge for event in gone for merge in merges_of(event) if merge.table not in OWN_ROWS}
    keys: dict[str, list[dict[str, Any]]] = {}
    for merge in touched.values():
        keys.setdefault(merge.table, []).append({f"key_{name}": value for name, value in merge.key.items()})
    for name, rows in keys.items():
        table = tables.projections[name]
        same = [column == bindparam(f"key_{column.name}") for column in table.primary_key]
        connection.execute(delete(table).where(*same), rows)
    for subjects in _parts(list(touched)):
        _merge(connection, tables, collapsed(_events_of(connection, tables, subjects), subjects=set(subjects)))


def _events_of(connection: Connection, tables: IndexTables, subjects: Sequence[str]) -> list[ChainEvent]:
    """The events that change any of the rows, in the chain's order."""
    events, places = tables.events.c, tables.event_subjects.c
    wanted = select(places.block_number, places.log_index).where(places.subject.in_(subjects)).distinct().subquery()
    same = and_(events.block_number == wanted.c.block_number, events.log_index == wanted.c.log_index)
    query = select(tables.events).join(wanted, same).order_by(events.block_number, events.log_index)
    return [event_of(found) for found in connection.execute(query).mappings()]


def _events_above(connection: Connection, tables: IndexTables, number: int) -> list[ChainEvent]:
    events = tables.events.c
    query = select(tables.events).where(events.block_number > number).order_by(events.block_number, events.log_index)
    return [event_of(found) for found in connection.execute(query).mappings()]


def _parts(things: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), _SUBJECTS_AT_A_TIME):
        yield things[start : start + _SUBJECTS_AT_A_TIME]


def _clear(connection: Connection, tables: IndexTables) -> None:
    for table in tables.all:
        connection.execute(delete(table))


def _set_cursor(connection: Connection, tables: IndexTables, cursor: BlockRef) -> None:
    connection.execute(delete(tables.cursor))
    connection.execute(
        insert(tables.cursor).values(
            id=1,
            block_number=cursor.number,
            block_hash_hex=cursor.hash_hex,
            block_timestamp=cursor.timestamp,
        )
    )
