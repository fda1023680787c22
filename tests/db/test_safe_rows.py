"""The safe's rows, on each database: one version follows another, and of several at once one wins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine

from mendrec.adapters.db.engine import open_engine
from mendrec.adapters.db.portable import PortableDatabase
from mendrec.adapters.db.safe_rows import SqlSafeRepository
from mendrec.domain.model import Address
from mendrec.ports_people import SafeEntry, SafeItem, SafesFull

PERSON, OTHER = Address("0xP"), Address("0xO")
AT_ONCE = 6


def put(
    rows: SqlSafeRepository,
    sealed: bytes,
    version: int,
    *,
    person: Address = PERSON,
    slot: str = "identity",
    at: int = 10,
    enrolled: bool = True,
    newcomers_max_count: int = 99,
) -> bool:
    kept = rows.put(
        person,
        slot,
        sealed,
        expected_version=version,
        was_enrolled=enrolled,
        newcomers_max_count=newcomers_max_count,
        now=at,
    )
    return kept is not None


def test_what_was_put_comes_back_byte_for_byte(any_engine: Engine) -> None:
    rows = SqlSafeRepository(any_engine)
    every_byte = bytes(range(256)) * 1024
    assert put(rows, every_byte, 0)
    assert rows.get(PERSON, "identity") == SafeItem(SafeEntry("identity", 1, len(every_byte), 10), every_byte)
    assert rows.list(PERSON) == [SafeEntry("identity", 1, len(every_byte), 10)]
    assert rows.get(OTHER, "identity") is None
    assert rows.get(PERSON, "settings") is None


def test_a_version_follows_the_one_that_was_expected_and_no_other(any_engine: Engine) -> None:
    rows = SqlSafeRepository(any_engine)
    assert not put(rows, b"early", 1)
    assert put(rows, b"one", 0)
    assert not put(rows, b"again", 0)
    assert put(rows, b"two", 1)
    assert not put(rows, b"late", 1)
    found = rows.get(PERSON, "identity")
    assert found is not None
    assert (found.entry.version, found.sealed) == (2, b"two")


def test_of_several_that_write_at_once_one_does(any_engine: Engine) -> None:
    rows = SqlSafeRepository(any_engine)
    for version in (0, 1):
        barrier = Barrier(AT_ONCE)

        def write(number: int, version: int = version, barrier: Barrier = barrier) -> bool:
            barrier.wait()
            return put(rows, bytes([number]), version)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            assert list(pool.map(write, range(AT_ONCE))).count(True) == 1


def test_an_emptied_slot_begins_anew(any_engine: Engine) -> None:
    rows = SqlSafeRepository(any_engine)
    put(rows, b"one", 0)
    assert not rows.drop(OTHER, "identity")
    assert rows.drop(PERSON, "identity")
    assert not rows.drop(PERSON, "identity")
    assert put(rows, b"new", 0)


def test_newcomers_are_those_who_have_changed_nothing_since_and_had_not_enrolled(any_engine: Engine) -> None:
    rows = SqlSafeRepository(any_engine)
    put(rows, b"one", 0, at=10, enrolled=False)
    put(rows, b"x", 0, person=OTHER, slot="settings")
    assert rows.of_newcomers(changed_before_at=10, limit=9) == []
    assert rows.of_newcomers(changed_before_at=11, limit=9) == [PERSON]
    put(rows, b"x", 0, slot="settings", at=20, enrolled=False)
    assert rows.of_newcomers(changed_before_at=11, limit=9) == [], "still at work"
    assert rows.forget(PERSON, changed_before_at=11) == 1
    rows.keep(PERSON)
    assert rows.of_newcomers(changed_before_at=99, limit=9) == []
    assert rows.forget(PERSON, changed_before_at=99) == 0
    assert [one.slot for one in rows.list(PERSON)] == ["settings"]


def test_newcomers_together_keep_so_much_and_nobody_else_is_kept_out(any_engine: Engine) -> None:
    rows = SqlSafeRepository(any_engine)
    assert put(rows, b"x", 0, enrolled=False, newcomers_max_count=1)
    with pytest.raises(SafesFull):
        put(rows, b"x", 0, person=OTHER, enrolled=False, newcomers_max_count=1)
    assert rows.get(OTHER, "identity") is None
    assert not put(rows, b"x", 0, enrolled=False, newcomers_max_count=1), "what is there already is a conflict"
    assert put(rows, b"y", 1, enrolled=False, newcomers_max_count=1), "what is there can be changed"
    assert put(rows, b"x", 0, person=OTHER, newcomers_max_count=1)
    rows.keep(PERSON)
    assert put(rows, b"x", 0, person=Address("0xN"), enrolled=False, newcomers_max_count=1)


def test_of_newcomers_at_once_no_more_get_in_than_there_is_room_for(any_engine: Engine) -> None:
    rows, barrier = SqlSafeRepository(any_engine), Barrier(AT_ONCE)

    def write(number: int) -> bool:
        barrier.wait()
        try:
            return put(rows, b"x", 0, person=Address(f"0x{number}"), enrolled=False, newcomers_max_count=2)
        except SafesFull:
            return False

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert list(pool.map(write, range(AT_ONCE))).count(True) == 2


def test_a_safe_is_in_the_backup_byte_for_byte(any_engine: Engine, any_database_url: str, tmp_path: Path) -> None:
    every_byte = bytes(range(256)) * 1024
    put(SqlSafeRepository(any_engine), every_byte, 0)
    files = {}
    for name, lines in PortableDatabase(any_database_url).export():
        files[name] = tmp_path / name
        files[name].write_bytes(b"".join(lines))
    revision = PortableDatabase(any_database_url).revision()
    assert revision is not None
    url = f"sqlite:///{tmp_path / 'restored.db'}"
    PortableDatabase(url).restore(revision, files)
    engine = open_engine(url)
    found = SqlSafeRepository(engine).get(PERSON, "identity")
    engine.dispose()
    assert found == SafeItem(SafeEntry("identity", 1, len(every_byte), 10), every_byte)
