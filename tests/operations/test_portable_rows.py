"""Rows carried from one database to another, of either kind: every table but the index, every value as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Column, Table, insert, inspect, select

from mendrec.adapters.db.engine import open_engine
from mendrec.adapters.db.migrate import revisions, upgrade
from mendrec.adapters.db.portable import DatabaseNotEmpty, PortableDatabase, UnusableRows
from mendrec.adapters.db.schema import METADATA
from mendrec.adapters.db.tables import receipts
from mendrec.adapters.db.tables_index import BESIDE, LIVE

INDEX = {*LIVE.all, *BESIDE.all}
CARRIED = [table for table in METADATA.sorted_tables if table not in INDEX and table.name != "leases"]
ODD_TEXT = "ä\"'\\\n\u2028漢😀"


def value_of(column: Column[Any], row: int) -> object:
    """A value that such a column takes; different in every row, and odd where it may be."""
    if column.foreign_keys:
        return value_of(next(iter(column.foreign_keys)).column, row)
    if isinstance(column.type, JSON):
        return None if column.nullable and row else {"a": [1, None, ODD_TEXT, {"b": -0.5}], "row": row}
    kind = column.type.python_type
    if column.nullable and not column.primary_key and row == 1:
        return None
    if kind is int:
        return row + 1 if column.primary_key else 2**31 - 1 - row
    if kind is bool:
        return bool(row)
    if kind is bytes:
        return bytes(range(256)) + bytes([row])
    length = getattr(column.type, "length", None) or 400
    return (f"{row}" + ODD_TEXT + column.name)[:length]


def fill(url: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        for table in CARRIED:
            rows = [{column.name: value_of(column, row) for column in table.columns} for row in range(3)]
            connection.execute(insert(table), rows)
    engine.dispose()


@pytest.fixture
def source(tmp_path: Path) -> PortableDatabase:
    url = f"sqlite:///{tmp_path / 'source.db'}"
    upgrade(url)
    fill(url)
    return PortableDatabase(url)


def export_of(database: PortableDatabase) -> dict[str, list[Any]]:
    return {name: [json.loads(line) for line in lines] for name, lines in database.export()}


def write(database: PortableDatabase, folder: Path) -> dict[str, Path]:
    folder.mkdir()
    found = {}
    for name, lines in database.export():
        found[name] = folder / name
        found[name].write_bytes(b"".join(lines))
    return found


def test_every_table_but_the_index_is_carried(source: PortableDatabase) -> None:
    found = export_of(source)
    assert set(found) == {table.name for table in CARRIED}
    assert all(len(rows) == 3 for rows in found.values())


def test_what_comes_in_is_what_went_out(source: PortableDatabase, any_empty_database_url: str, tmp_path: Path) -> None:
    newest, _ = revisions()
    target = PortableDatabase(any_empty_database_url)
    assert target.revision() is None
    count = target.restore(source.revision() or "", write(source, tmp_path / "rows"))
    assert count == 3 * len(CARRIED)
    assert target.revision() == newest
    assert export_of(target) == export_of(source)
    back = PortableDatabase(f"sqlite:///{tmp_path / 'back.db'}")
    back.restore(newest, write(target, tmp_path / "rows-again"))
    assert export_of(back) == export_of(source)


def test_no_value_stays_no_value(source: PortableDatabase, any_empty_database_url: str, tmp_path: Path) -> None:
    """A column that is empty is NULL afterwards too, and not JSON's null."""
    PortableDatabase(any_empty_database_url).restore(source.revision() or "", write(source, tmp_path / "rows"))
    engine = open_engine(any_empty_database_url)
    checked = 0
    with engine.connect() as connection:
        for table in CARRIED:
            for column in table.columns:
                if isinstance(column.type, JSON) and column.nullable:
                    empty = connection.execute(select(table.primary_key.columns[0]).where(column.is_(None))).all()
                    assert len(empty) == 2, (table.name, column.name)
                    checked += 1
    engine.dispose()
    assert checked


def test_numbers_that_the_database_gives_out_go_on(
    source: PortableDatabase, any_empty_database_url: str, tmp_path: Path
) -> None:
    PortableDatabase(any_empty_database_url).restore(source.revision() or "", write(source, tmp_path / "rows"))
    engine = open_engine(any_empty_database_url)
    values = {column.name: value_of(column, 7) for column in receipts.columns if column.name != "id"}
    with engine.begin() as connection:
        connection.execute(insert(receipts).values(values))
        assert connection.execute(select(receipts.c.id).order_by(receipts.c.id)).scalars().all() == [1, 2, 3, 4]
    engine.dispose()


def test_a_database_with_rows_is_left_alone(source: PortableDatabase, any_database_url: str, tmp_path: Path) -> None:
    fill(any_database_url)
    target = PortableDatabase(any_database_url)
    before = export_of(target)
    with pytest.raises(DatabaseNotEmpty):
        target.restore(source.revision() or "", write(source, tmp_path / "rows"))
    assert export_of(target) == before


def damages() -> Iterator[Any]:
    yield pytest.param(lambda files: files.popitem(), id="a table too few")
    yield pytest.param(lambda files: files.update(other=next(iter(files.values()))), id="a table too many")
    yield pytest.param(lambda files: files["receipts"].write_bytes(b"{]\n"), id="no JSON")
    yield pytest.param(lambda files: files["receipts"].write_bytes(b'{"no_such_column": 1}\n'), id="no such column")
    yield pytest.param(lambda files: files["outbox"].write_bytes(files["outbox"].read_bytes() * 2), id="twice")


@pytest.mark.parametrize("damage", list(damages()))
def test_rows_that_do_not_fit_bring_nothing_in(
    source: PortableDatabase, any_empty_database_url: str, tmp_path: Path, damage: Any
) -> None:
    files = write(source, tmp_path / "rows")
    damage(files)
    with pytest.raises(UnusableRows):
        PortableDatabase(any_empty_database_url).restore(source.revision() or "", files)
    engine = open_engine(any_empty_database_url)
    with engine.connect() as connection:
        assert inspect(connection).has_table("outbox")
        for table in CARRIED:
            assert connection.execute(select(table)).first() is None
    engine.dispose()
    intact = write(source, tmp_path / "intact")
    assert PortableDatabase(any_empty_database_url).restore(source.revision() or "", intact), "and can be tried again"


def test_an_older_schema_is_taken_in_and_migrated(any_empty_database_url: str, tmp_path: Path) -> None:
    newest, known = revisions()
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(url, known[0])
    old = PortableDatabase(url)
    assert old.revision() == known[0] != newest
    target = PortableDatabase(any_empty_database_url)
    assert target.restore(known[0], write(old, tmp_path / "rows")) == 0
    assert target.revision() == newest
    tables = {table.name: table for table in CARRIED}
    assert isinstance(tables["relayed_acts"], Table)
