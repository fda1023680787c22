"""What takes long is not cut off by limits that are for what hangs, and does not hold everything in memory."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, event, insert, text

from mendrec.adapters.db import engine as engine_module
from mendrec.adapters.db import portable
from mendrec.adapters.db.engine import open_engine, writing
from mendrec.adapters.db.migrate import revisions, upgrade
from mendrec.adapters.db.operation_rows import SqlOperationRows
from mendrec.adapters.db.portable import PortableDatabase
from mendrec.adapters.db.tables import outbox, uploads
from mendrec.adapters.db.tables_relay import relayed_acts

postgresql_only = pytest.mark.parametrize(
    "any_database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
_MIGRATING = 0x6D656E64726563


def add_uploads(engine: Engine, count: int) -> None:
    row = {"request_digest_hex": "00", "state": "started", "progress": {}, "started_at": 1}
    with writing(engine) as connection:
        connection.execute(insert(uploads), [{"key": f"{number:04}", **row} for number in range(count)])


@postgresql_only
def test_a_backup_whose_disk_is_slow_is_not_ended_by_the_database(
    any_engine: Engine, any_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "_IDLE_IN_TRANSACTION_TIMEOUT_MS", 50)
    add_uploads(any_engine, 3)
    found = {}
    for name, lines in PortableDatabase(any_database_url).export():
        if name == "uploads":
            threading.Event().wait(0.2)  # as a disk that takes its time; the limit is a fourth of it
        found[name] = len(list(lines))
    assert found["uploads"] == 3


@postgresql_only
def test_a_backup_takes_rows_a_page_at_a_time(
    any_engine: Engine, any_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portable, "_BATCH_ROWS", 10)
    add_uploads(any_engine, 35)
    for name, lines in PortableDatabase(any_database_url).export():
        if name == "uploads":
            next(lines)
            with any_engine.connect() as connection:  # the server knows of a cursor that is not at its end
                query = "SELECT query FROM pg_stat_activity WHERE state = 'idle in transaction'"
                said = connection.execute(text(query)).scalars().all()
            assert any("FETCH FORWARD" in one for one in said), said
            assert 1 + len(list(lines)) == 35
            return


@pytest.mark.postgresql
@pytest.mark.parametrize("any_empty_database_url", ["postgresql"], indirect=True)
def test_who_migrates_waits_for_another_who_does_however_long(
    any_empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "_LOCK_TIMEOUT_MS", 50)
    monkeypatch.setattr(engine_module, "_STATEMENT_TIMEOUT_MS", 50)
    other = open_engine(any_empty_database_url)
    failures: list[BaseException] = []

    def migrate() -> None:
        try:
            upgrade(any_empty_database_url)
        except BaseException as error:
            failures.append(error)

    with other.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": _MIGRATING})
        waiting = threading.Thread(target=migrate)
        waiting.start()
        waiting.join(0.5)  # ten times the limit
        still_waits = waiting.is_alive()
        connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": _MIGRATING})
        waiting.join()
    other.dispose()
    assert (failures, still_waits) == ([], True)
    assert PortableDatabase(any_empty_database_url).revision() == revisions()[0]


def test_what_waits_longest_is_found_through_what_waits(any_engine: Engine) -> None:
    """However many acts are settled: the plan goes from the few that wait to theirs by its index."""
    states = [("mined", 1), ("failed", 2), ("signed", 40), ("queued", 30), ("queued", 50)]
    common = {"contract": "Consent", "sender": "0x" + "11" * 20}
    with writing(any_engine) as connection:
        for number, (state, queued_at) in enumerate(states):
            act = f"{number:064x}"
            row = {"key": f"act:{act}", "function": "f", "args": [], "state": state, "attempt": 1, "nonce": number}
            connection.execute(insert(outbox), [{**common, **row}])
            row = {"act_id_hex": act, "signer": "0x" + "22" * 20, "contract": "Consent", "queued_at": queued_at}
            connection.execute(insert(relayed_acts), [{**row, "authorization_nonce": str(number)}])
        row = {"key": "a command's", "function": "f", "args": [], "state": "queued", "attempt": 1}
        connection.execute(insert(outbox), [{**common, **row}])
    asked: list[tuple[str, object]] = []
    event.listen(any_engine, "before_cursor_execute", lambda _c, _cu, query, values, *_: asked.append((query, values)))
    assert SqlOperationRows(any_engine).oldest_waiting_at() == 30
    if any_engine.dialect.name == "sqlite":
        ((query, values),) = [one for one in asked if "relayed_acts" in one[0]]
        with any_engine.connect() as connection:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)]
        assert len(plan) == 2
        assert "SEARCH outbox USING INDEX ix_outbox_state" in plan[0]
        assert plan[1].startswith("SEARCH relayed_acts USING INDEX")
