"""A child that was forked while connections were open uses its own; its parent's go on as if it had not been there."""

from __future__ import annotations

import os

from sqlalchemy import Engine, select

from mendrec.adapters.db.engine import reading, writing
from mendrec.adapters.db.tables import uploads


def row(key: str) -> dict[str, object]:
    return {"key": key, "request_digest_hex": "00" * 32, "state": "started", "progress": {}, "started_at": 1}


def in_a_child(engine: Engine, key: str) -> int:
    """Writes a row in a forked child and ends it at once; returns its exit status."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            with writing(engine) as connection:
                connection.execute(uploads.insert().values(**row(key)))
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_parent_and_children_write_through_one_engine_object(any_engine: Engine) -> None:
    with writing(any_engine) as connection:
        connection.execute(uploads.insert().values(**row("parent, before")))
    assert any_engine.pool.checkedin() == 1, "the parent has a connection that a child would inherit"  # type: ignore[attr-defined]
    for turn in range(3):
        assert in_a_child(any_engine, f"child {turn}") == 0
        with writing(any_engine) as connection:
            connection.execute(uploads.insert().values(**row(f"parent {turn}")))
    with reading(any_engine) as connection:
        assert len(connection.execute(select(uploads.c.key)).all()) == 7


def test_a_child_has_none_of_its_parents_connections(any_engine: Engine) -> None:
    with writing(any_engine) as connection:
        connection.execute(uploads.insert().values(**row("parent")))
    pid = os.fork()
    if pid == 0:
        os._exit(any_engine.pool.checkedin())  # type: ignore[attr-defined]
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert any_engine.pool.checkedin() == 1  # type: ignore[attr-defined]
