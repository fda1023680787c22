"""Rows for any table of any revision, made from its columns; and everything that a database holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import JSON, Boolean, Engine, LargeBinary, MetaData, String, Table, inspect, select
from sqlalchemy.types import TypeEngine

from mendrec.adapters.db.engine import reading, writing

Contents = Mapping[str, Sequence[Mapping[str, object]]]
_ROWS = 3


def fill_every_table(engine: Engine) -> None:
    """Puts fresh rows, no two alike, into every table that the database has now, whatever its revision."""
    tables = tables_of(engine)
    inspector = inspect(engine)
    one_row = {
        table.name
        for table in tables
        if any(str(check["name"]).endswith("one_row") for check in inspector.get_check_constraints(table.name))
    }
    with writing(engine) as connection:
        for table in reversed(tables):
            connection.execute(table.delete())
        for table in tables:
            for number in range(1, 2 if table.name in one_row else _ROWS + 1):
                connection.execute(table.insert().values(**_row(table, number)))


def contents(engine: Engine) -> Contents:
    """Every row of every table, ordered by the tables' keys."""
    found = {}
    with reading(engine) as connection:
        for table in tables_of(engine):
            rows = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
            found[table.name] = [dict(row) for row in rows]
    return found


def tables_of(engine: Engine) -> list[Table]:
    """The tables as they are, those that others refer to first."""
    metadata = MetaData()
    metadata.reflect(engine)
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


def _row(table: Table, number: int) -> dict[str, object]:
    return {column.name: _value(column.type, number) for column in table.columns}


def _value(kind: TypeEngine[object], number: int) -> object:
    if isinstance(kind, JSON):
        return {"a": [number]}
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, LargeBinary):
        return bytes([number, 0, 255])
    return f"text {number}" if isinstance(kind, String) else number
