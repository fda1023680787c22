"""The rows that cannot be built anew from the chain, as JSON lines: out of one database, into another of either kind.

The index is left out: it follows from the chain's events. Tables are read as the database has them, so that a backup
of an older schema is taken in at that schema and migrated afterwards.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, MetaData, Table, func, insert, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from mendrec.adapters.db.engine import DatabaseUnavailable, open_engine, reading, writing
from mendrec.adapters.db.migrate import upgrade
from mendrec.adapters.db.tables_index import BESIDE, LIVE
from mendrec.domain.errors import ConfigurationError, MendrecError, VerificationError

_LEASES = "leases"
"""Who works just now is nobody's business in a home that was restored."""
_VERSION_TABLE = "alembic_version"
_BATCH_ROWS = 500
_INDEX = frozenset(table.name for table in (*LIVE.all, *BESIDE.all))


class DatabaseNotEmpty(ConfigurationError):
    """The database that a backup would go into holds rows."""

    code = "configuration.database_not_empty"
    default_remedy = "Give the restored home an empty database; nothing was overwritten."


class UnusableRows(VerificationError):
    """The rows of a backup are not those of its schema."""

    code = "verification.backup_rows"
    default_remedy = "Use another copy of the backup; nothing was restored."


class PortableDatabase:
    """One database, by its URL."""

    def __init__(self, url: str) -> None:
        self._url = url

    def revision(self) -> str | None:
        """The migration the database is at; None where it is empty. Raises DatabaseUnavailable."""
        engine = open_engine(self._url)
        try:
            with reading(engine) as connection:
                if not inspect(connection).has_table(_VERSION_TABLE):
                    return None
                found = connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar()  # noqa: S608
                return None if found is None else str(found)
        finally:
            engine.dispose()

    def export(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yields each table's name with its rows, a JSON object a line: all of one moment.

        A table's rows are to be read before the next table is asked for.
        """
        engine = open_engine(self._url)
        try:
            with reading(engine) as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
                    # Between two fetches a disk is written to; a slow one must not end the backup.
                    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
                for table in _tables(connection):
                    yield table.name, _lines(connection, table)
        finally:
            engine.dispose()

    def restore(self, revision: str, files: Mapping[str, Path]) -> int:
        """Makes the schema of ``revision``, takes the rows in, all or none, and migrates to this version's schema.

        Returns how many rows. Raises:
            DatabaseNotEmpty: nothing was written.
            UnusableRows: nothing but empty tables was made.
            MigrationFailed, DatabaseUnavailable: to this version's schema it could not be brought; no rows are left.
        """
        self.require_empty()
        engine = open_engine(self._url)
        try:
            upgrade(self._url, revision)
            with writing(engine) as connection:
                tables = {table.name: table for table in _tables(connection)}
                if set(files) != set(tables):
                    raise UnusableRows("The backup's tables are not those of its schema.")
                try:
                    count = sum(_take_in(connection, table, files[name]) for name, table in tables.items())
                except (ValueError, KeyError, TypeError, SQLAlchemyError) as error:
                    raise UnusableRows("The backup's rows can't be taken in.") from error
        finally:
            engine.dispose()
        try:
            upgrade(self._url)
        except MendrecError:
            self.clear()
            raise
        return count

    def require_empty(self) -> None:
        """Raises DatabaseNotEmpty where a carried table has a row, DatabaseUnavailable where nobody can say."""
        engine = open_engine(self._url)
        try:
            with reading(engine) as connection:
                for table in _tables(connection):
                    if connection.execute(select(table).limit(1)).first() is not None:
                        raise DatabaseNotEmpty("The database holds rows already.")
        except SQLAlchemyError as error:
            raise DatabaseUnavailable("The database can't be used now.") from error
        finally:
            engine.dispose()

    def clear(self) -> None:
        """Removes every carried row: for taking back a restore into a database that was empty before it."""
        engine = open_engine(self._url)
        try:
            with writing(engine) as connection:
                for table in reversed(_tables(connection)):
                    connection.execute(table.delete())
        finally:
            engine.dispose()


def _tables(connection: Connection) -> list[Table]:
    """The tables that are carried, in an order in which they can be filled."""
    metadata = MetaData()
    metadata.reflect(connection)
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type.none_as_null = bool(column.nullable)  # no value is no value, and not JSON's null
    left_out = {*_INDEX, _VERSION_TABLE, _LEASES}
    return [table for table in metadata.sorted_tables if table.name not in left_out]


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    order = list(table.primary_key.columns)
    rows = connection.execute(select(table).order_by(*order), execution_options={"yield_per": _BATCH_ROWS})
    for row in rows.mappings():
        yield json.dumps({name: _plain(value) for name, value in row.items()}).encode("utf-8") + b"\n"


def _plain(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode("ascii")} if isinstance(value, bytes | memoryview) else value


def _take_in(connection: Connection, table: Table, path: Path) -> int:
    binary = {column.name for column in table.columns if column.type.python_type is bytes}
    count, batch = 0, []
    with path.open("rb") as file:
        for line in file:
            row = json.loads(line)
            for name in binary & set(row):
                row[name] = None if row[name] is None else base64.b64decode(row[name]["base64"])
            batch.append(row)
            if len(batch) >= _BATCH_ROWS:
                connection.execute(insert(table), batch)
                count, batch = count + len(batch), []
    if batch:
        connection.execute(insert(table), batch)
    if connection.dialect.name == "postgresql":
        _set_sequences(connection, table)
    return count + len(batch)


def _set_sequences(connection: Connection, table: Table) -> None:
    """Numbers that the database gives out go on after those that were taken in."""
    for column in table.primary_key.columns:
        if column.type.python_type is int:
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            highest = select(func.max(column)).scalar_subquery()
            connection.execute(
                select(func.setval(sequence, highest)).where(highest.is_not(None), sequence.is_not(None))
            )
