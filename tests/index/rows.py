"""Rows for any table, made from its columns."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Engine, MetaData, String, Table
from sqlalchemy.types import TypeEngine

from mendrec.adapters.db.engine import writing


def fill_every_table(engine: Engine) -> None:
    """Puts one row into every table that the database has now, whatever its revision."""
    metadata = MetaData()
    metadata.reflect(engine)
    with writing(engine) as connection:
        for table in metadata.sorted_tables:
            if table.name != "alembic_version":
                connection.execute(table.insert().values(**_row(table)))


def _row(table: Table) -> dict[str, object]:
    return {column.name: _value(column.type) for column in table.columns}


def _value(kind: TypeEngine[object]) -> object:
    if isinstance(kind, JSON):
        return {"a": [1]}
    if isinstance(kind, Boolean):
        return True
    return "text" if isinstance(kind, String) else 1
