"""The migrations lead to the schema that the code has, from nothing and back, with data in it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, Table, inspect, text
from sqlalchemy.exc import IntegrityError

from mendrec.adapters.db.engine import DatabaseUnavailable, InvalidDatabaseUrl, open_engine, reading, writing
from mendrec.adapters.db.index_rows import SqlIndexRepository
from mendrec.adapters.db.migrate import MigrationFailed, downgrade, migrations_folder, upgrade
from mendrec.adapters.db.schema import METADATA
from mendrec.domain.model import Address, ChainEvent
from mendrec.domain.projection import subjects_of
from tests.index.rows import Contents, contents, fill_every_table, tables_of


@pytest.fixture
def url(any_empty_database_url: str) -> str:
    return any_empty_database_url


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    yield engine
    engine.dispose()


def test_the_newest_revision_is_exactly_what_the_tables_say(url: str, engine: Engine) -> None:
    upgrade(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory(str(migrations_folder())).get_heads()) == 1


def test_every_revision_goes_down_and_up_again_and_leaves_what_survives_as_it_was(url: str, engine: Engine) -> None:
    scripts = ScriptDirectory(str(migrations_folder()))
    revisions = [script.revision for script in scripts.walk_revisions()][::-1]
    for number, revision in enumerate(revisions):
        upgrade(url, revision)
        fill_every_table(engine)
        whole = contents(engine)
        assert all(whole.values())
        downgrade(url, revisions[number - 1] if number else "base")
        below = contents(engine)
        assert set(below) <= set(whole), "going down makes no table"
        _require_the_same(below, whole, revision)
        upgrade(url, revision)
        again = contents(engine)
        assert set(again) == set(whole)
        survived = {name: set(rows[0]) for name, rows in below.items() if rows}
        _require_the_same({name: _only(again[name], columns) for name, columns in survived.items()}, whole, revision)
        for name in set(whole) - set(below):
            assert again[name] == [], f"{revision} dropped {name}, and its rows"
    downgrade(url, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}


def _only(rows: Sequence[Mapping[str, object]], columns: set[str]) -> list[dict[str, object]]:
    return [{column: row[column] for column in columns} for row in rows]


def _require_the_same(found: Contents, before: Contents, revision: str) -> None:
    """Compares the columns that are in both."""
    for name, rows in found.items():
        columns = set(rows[0]) & set(before[name][0]) if rows else set()
        assert _only(rows, columns) == _only(before[name], columns), (revision, name)


def test_what_was_indexed_before_the_index_had_parts_gets_them(url: str, engine: Engine) -> None:
    """A database of revision 0004 with a real history: afterwards it is as if it had been indexed by this version."""
    upgrade(url, "0004")
    history = [
        _event("Consent", "Revoked", 7, 0, patient="0xP", grantee="0xG", category=1, sequence=2, by="0xP"),
        _event("Directory", "Enrolled", 7, 1, who="0xP", roles=1, recipient="0x00"),
        _event("Directory", "CategoryAdded", 8, 0, category=1, code="laboratory"),
    ]
    with writing(engine) as connection:
        old = Table("events", MetaData(), autoload_with=connection)
        connection.execute(old.insert(), [asdict(one) for one in history])
    upgrade(url)
    rows = SqlIndexRepository(engine)
    assert rows.events_of_patient(Address("0xP"), after=None, limit=9) == history[:2]
    subjects = {(one["subject"], one["block_number"], one["log_index"]) for one in rows.dump()["event_subjects"]}
    assert subjects == {(subject, one.block_number, one.log_index) for one in history for subject in subjects_of(one)}


def _event(contract: str, name: str, block_number: int, log_index: int, **args: object) -> ChainEvent:
    args |= {"generation": 1} if name == "Revoked" else {}
    return ChainEvent(contract, name, args, block_number, "aa" * 32, 1_000, "bb" * 32, log_index)


def test_upgrading_again_keeps_the_data(url: str, engine: Engine) -> None:
    upgrade(url)
    fill_every_table(engine)
    before = contents(engine)
    upgrade(url)
    assert contents(engine) == before
    assert all(before.values())


def test_processes_that_start_at_once_migrate_once(url: str, engine: Engine) -> None:
    program = f"from mendrec.adapters.db.migrate import upgrade; upgrade({url!r})"
    starting = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(3)]
    told = [process.communicate(timeout=60)[1].decode() for process in starting]
    assert told == [""] * len(starting)
    assert {table.name for table in tables_of(engine)} == set(METADATA.tables)


def test_what_breaks_off_at_a_later_step_leaves_nothing_of_the_steps_before(url: str, engine: Engine) -> None:
    """All steps are one transaction: it is what makes another process wait at the first of them."""
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE safe_items (in_the_way INTEGER)"))  # 0006 makes one of that name
    with pytest.raises(DatabaseUnavailable):
        upgrade(url)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version", "safe_items"}


def test_a_database_of_a_newer_version_is_refused_and_left_alone(url: str, engine: Engine) -> None:
    upgrade(url)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(MigrationFailed):
        upgrade(url)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_a_database_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable):
        upgrade(f"sqlite:///{tmp_path / 'nowhere' / 'mendrec.db'}")


@pytest.mark.parametrize("wrong", ["not a url", "nosuchdatabase://x", "postgresql+psycopg2://x/y", "mysql://x/y"])
def test_a_url_that_is_none_is_named(wrong: str) -> None:
    with pytest.raises(InvalidDatabaseUrl):
        open_engine(wrong)


def test_what_is_committed_is_synchronised_to_disk_and_constraints_are_on(url: str, engine: Engine) -> None:
    upgrade(url)
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
            return
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_a_transaction_that_fails_leaves_nothing(url: str, engine: Engine) -> None:
    upgrade(url)
    insert = text("INSERT INTO categories (number, code) VALUES (1, 'laboratory')")

    def insert_twice() -> None:
        with writing(engine) as connection:
            connection.execute(insert)
            connection.execute(insert)

    with pytest.raises(IntegrityError):
        insert_twice()
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM categories")).scalar() == 0
