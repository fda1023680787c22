"""The migrations lead to the schema that the code has, from nothing and back, with data in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from mendrec.adapters.db.engine import DatabaseUnavailable, InvalidDatabaseUrl, open_engine, reading, writing
from mendrec.adapters.db.migrate import MigrationFailed, downgrade, migrations_folder, upgrade
from mendrec.adapters.db.schema import METADATA
from tests.index.rows import fill_every_table


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'mendrec.db'}"


def test_the_newest_revision_is_exactly_what_the_tables_say(url: str) -> None:
    upgrade(url)
    engine = open_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_there_is_one_head_and_each_revision_has_a_way_back(url: str) -> None:
    scripts = ScriptDirectory(str(migrations_folder()))
    assert len(scripts.get_heads()) == 1
    revisions = [script.revision for script in scripts.walk_revisions()][::-1]
    for number, revision in enumerate(revisions):
        upgrade(url, revision)
        engine = open_engine(url)
        fill_every_table(engine)
        engine.dispose()
        downgrade(url, revisions[number - 1] if number else "base")
        upgrade(url, revision)
    downgrade(url, "base")
    engine = open_engine(url)
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    engine.dispose()


def test_upgrading_again_keeps_the_data(url: str) -> None:
    upgrade(url)
    engine = open_engine(url)
    fill_every_table(engine)
    before = _all_rows(url)
    upgrade(url)
    assert _all_rows(url) == before
    assert all(rows for rows in before.values())
    engine.dispose()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(url: str) -> None:
    upgrade(url)
    engine = open_engine(url)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(MigrationFailed):
        upgrade(url)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    engine.dispose()


def test_a_database_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable):
        upgrade(f"sqlite:///{tmp_path / 'nowhere' / 'mendrec.db'}")


@pytest.mark.parametrize("url", ["not a url", "nosuchdatabase://x"])
def test_a_url_that_is_none_is_named(url: str) -> None:
    with pytest.raises(InvalidDatabaseUrl):
        open_engine(url)


def test_what_is_committed_is_synchronised_to_disk_and_constraints_are_on(url: str) -> None:
    upgrade(url)
    engine = open_engine(url)
    with writing(engine) as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    engine.dispose()


def test_a_transaction_that_fails_leaves_nothing(url: str) -> None:
    upgrade(url)
    engine = open_engine(url)
    insert = text("INSERT INTO categories (number, code) VALUES (1, 'laboratory')")

    def insert_twice() -> None:
        with writing(engine) as connection:
            connection.execute(insert)
            connection.execute(insert)

    with pytest.raises(IntegrityError):
        insert_twice()
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM categories")).scalar() == 0
    engine.dispose()


def _all_rows(url: str) -> dict[str, list[object]]:
    engine = open_engine(url)
    with reading(engine) as connection:
        found: dict[str, list[object]] = {
            table.name: [tuple(row) for row in connection.execute(table.select())] for table in METADATA.sorted_tables
        }
    engine.dispose()
    return found
