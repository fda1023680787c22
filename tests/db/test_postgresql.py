"""PostgreSQL's own ways to fail: a connection cut, a server that crashes and comes back, a lock that is not let go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from mendrec.adapters.db import engine as engine_module
from mendrec.adapters.db.engine import DatabaseUnavailable, UnstorableValue, open_engine, reading, writing
from mendrec.adapters.db.migrate import upgrade
from mendrec.adapters.db.object_rows import SqlUploadRepository
from tests.simulators.postgres import PostgresCluster, PostgresNotFound

pytestmark = pytest.mark.postgresql
_INSERT = text("INSERT INTO categories (number, code) VALUES (1, 'laboratory')")


@pytest.fixture
def any_database_url(postgres: PostgresCluster, postgres_template: str) -> Iterator[str]:
    name = postgres.create_database(postgres_template)
    yield postgres.url(name)
    postgres.drop_database(name)


def count(engine: Engine) -> int:
    with reading(engine) as connection:
        return int(connection.execute(text("SELECT count(*) FROM categories")).scalar_one())


def test_a_url_without_a_driver_means_psycopg(any_engine: Engine, any_database_url: str) -> None:
    assert any_database_url.startswith("postgresql://")
    assert any_engine.dialect.driver == "psycopg"


def test_a_connection_that_is_cut_in_the_middle_leaves_nothing_and_the_next_one_works(
    any_engine: Engine, postgres: PostgresCluster
) -> None:
    def cut() -> None:
        with writing(any_engine) as connection:
            connection.execute(_INSERT)
            process = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            postgres.execute(f"SELECT pg_terminate_backend({process}, 10000)")
            connection.execute(text("SELECT 1"))

    with pytest.raises(DatabaseUnavailable):
        cut()
    assert count(any_engine) == 0
    with writing(any_engine) as connection:
        connection.execute(_INSERT)
    assert count(any_engine) == 1


def test_a_connection_that_is_cut_at_the_commit_is_told(any_engine: Engine, postgres: PostgresCluster) -> None:
    def cut() -> None:
        with writing(any_engine) as connection:
            connection.execute(_INSERT)
            process = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            postgres.execute(f"SELECT pg_terminate_backend({process}, 10000)")

    with pytest.raises(DatabaseUnavailable):
        cut()
    assert count(any_engine) == 0


def test_idle_connections_that_are_cut_cost_nobody_anything(any_engine: Engine, postgres: PostgresCluster) -> None:
    assert count(any_engine) == 0
    postgres.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'mendrec'")
    assert count(any_engine) == 0


def test_what_waits_too_long_for_a_lock_gives_up(any_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "_LOCK_TIMEOUT_MS", 50)
    engine = open_engine(any_database_url)

    def wait() -> None:
        with writing(engine, alone="one"):
            pass

    with writing(engine, alone="one"):
        with pytest.raises(DatabaseUnavailable):
            wait()
        with writing(engine, alone="another"):
            pass
    wait()
    engine.dispose()


def test_what_is_read_is_never_written(any_engine: Engine) -> None:
    def write() -> None:
        with reading(any_engine) as connection:
            connection.execute(_INSERT)

    with pytest.raises(DatabaseUnavailable):
        write()
    with writing(any_engine) as connection:  # the connection went back to the pool as a writing one
        connection.execute(_INSERT)


def test_a_text_that_is_too_long_or_holds_a_nul_is_the_caller_s_fault(any_engine: Engine) -> None:
    rows = SqlUploadRepository(any_engine)
    for key in ("k" * 129, "a\x00b"):
        with pytest.raises(UnstorableValue):
            rows.begin(key, "aa" * 32, now=0)
    rows.begin("k" * 128, "aa" * 32, now=0)


def test_what_was_committed_is_there_after_the_server_crashed() -> None:
    try:
        cluster = PostgresCluster(durable=True)
        cluster.__enter__()
    except PostgresNotFound as missing:
        pytest.skip(str(missing))
    try:
        url = cluster.url(cluster.create_database())
        upgrade(url)
        engine = open_engine(url)
        SqlUploadRepository(engine).begin("k", "aa" * 32, now=5)
        cluster.crash()
        with pytest.raises(DatabaseUnavailable):
            SqlUploadRepository(engine).unfinished()
        cluster.start()
        assert [one.key for one in SqlUploadRepository(engine).unfinished()] == ["k"]
        engine.dispose()
    finally:
        cluster.__exit__()


def test_a_server_that_is_away_is_unavailable(any_database_url: str) -> None:
    engine = open_engine(any_database_url + "-nowhere")
    with pytest.raises(DatabaseUnavailable):
        count(engine)
    engine.dispose()
