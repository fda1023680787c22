"""What the repositories rely on holds on SQLite and PostgreSQL alike."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from mendrec.adapters.db.engine import DatabaseUnavailable, UnstorableValue, reading, writing
from mendrec.adapters.db.object_rows import SqlUploadRepository
from mendrec.adapters.db.receipt_rows import SqlReceiptRepository
from mendrec.adapters.db.tables import uploads
from mendrec.domain.model import Address

READER = Address("0x" + "22" * 20)


def at_once(work: Callable[[], None], times: int) -> None:
    """Runs it on several threads that start together; what one raises is raised here."""
    raised: list[BaseException] = []
    start = threading.Barrier(times)

    def run() -> None:
        start.wait()
        try:
            work()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def test_of_what_is_read_and_then_written_nothing_is_lost_where_it_is_done_alone(any_engine: Engine) -> None:
    SqlUploadRepository(any_engine).begin("counter", "aa" * 32, now=0)

    def add_one() -> None:
        for _ in range(10):
            with writing(any_engine, alone="counter") as connection:
                count = connection.execute(select(uploads.c.started_at)).scalar_one()
                connection.execute(uploads.update().values(started_at=count + 1))

    at_once(add_one, 4)
    with reading(any_engine) as connection:
        assert connection.execute(select(uploads.c.started_at)).scalar_one() == 40


def test_a_reader_sees_one_state_however_long_it_reads(any_engine: Engine) -> None:
    rows = SqlUploadRepository(any_engine)
    with reading(any_engine) as connection:
        before = connection.execute(select(uploads.c.key)).all()
        rows.begin("meanwhile", "aa" * 32, now=0)
        assert connection.execute(select(uploads.c.key)).all() == before == []
    with reading(any_engine) as connection:
        assert len(connection.execute(select(uploads.c.key)).all()) == 1


def test_a_constraint_s_no_leaves_a_usable_database_and_nothing_written(any_engine: Engine) -> None:
    def twice() -> None:
        with writing(any_engine) as connection:
            for _ in range(2):
                connection.execute(text("INSERT INTO categories (number, code) VALUES (1, 'laboratory')"))

    with pytest.raises(IntegrityError):
        twice()
    with reading(any_engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM categories")).scalar() == 0


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_a_number_out_of_range_is_the_caller_s_fault_and_is_told(any_engine: Engine, number: int) -> None:
    with pytest.raises(UnstorableValue):
        SqlReceiptRepository(any_engine).spend_nonce(READER, "01", keep_until_at=number)


def test_text_that_no_database_holds_is_the_caller_s_fault_and_is_told(any_engine: Engine) -> None:
    with pytest.raises(UnstorableValue):
        SqlUploadRepository(any_engine).begin("\ud800", "aa" * 32, now=0)


def test_an_error_s_text_holds_no_value(any_engine: Engine) -> None:
    def insert() -> None:
        with writing(any_engine) as connection:
            connection.execute(text("INSERT INTO nowhere VALUES (:value)"), {"value": "a patient's name"})

    with pytest.raises(DatabaseUnavailable) as caught:
        insert()
    assert "name" not in str(caught.value.__cause__)
