"""Receipts, copies and uploads: what is written stays, once, and whole."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace

import pytest
from sqlalchemy import Engine, event

from mendrec.adapters.db.engine import DatabaseUnavailable
from mendrec.adapters.db.object_rows import SqlObjectRepository, SqlUploadRepository
from mendrec.adapters.db.outbox_rows import SqlOutboxRepository
from mendrec.adapters.db.receipt_rows import SqlReceiptRepository
from mendrec.domain.model import Address, BlockRef, Cid
from mendrec.ports import ContractCall, SignedTransaction
from mendrec.ports_db import (
    Failure,
    IdempotencyConflict,
    ObjectCopy,
    ObjectRole,
    OutboxState,
    ReleaseReceipt,
    ReplayError,
    UploadState,
)

PATIENT = Address("0x" + "11" * 20)
READER = Address("0x" + "22" * 20)
RECEIPT = ReleaseReceipt(
    request_digest_hex="aa" * 32,
    signature_hex="bb" * 65,
    custodian=Address("0x" + "33" * 20),
    reader=READER,
    patient=PATIENT,
    sequence=0,
    manifest_digest_hex="cc" * 32,
    act="OPEN",
    purpose="TREAT",
    outcome="released",
    head_number=5,
    head_hash_hex="dd" * 32,
    decided_at=1_000,
)
COPY = ObjectCopy(PATIENT, 0, None, "cc" * 32, ObjectRole.PAYLOAD, Cid("bafkpayload"), "ward-disk", 1_000)


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    return any_engine


def test_a_request_nonce_serves_once(engine: Engine) -> None:
    receipts = SqlReceiptRepository(engine)
    receipts.spend_nonce(READER, "01", keep_until_at=100)
    with pytest.raises(ReplayError):
        receipts.spend_nonce(READER, "01", keep_until_at=200)
    receipts.spend_nonce(READER, "02", keep_until_at=100)
    receipts.spend_nonce(PATIENT, "01", keep_until_at=100)


def test_of_many_at_once_one_gets_the_nonce(engine: Engine) -> None:
    outcomes: list[bool] = []
    start = threading.Barrier(6)

    def spend() -> None:
        start.wait()
        try:
            SqlReceiptRepository(engine).spend_nonce(READER, "01", keep_until_at=100)
        except ReplayError:
            outcomes.append(False)
        else:
            outcomes.append(True)

    threads = [threading.Thread(target=spend) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 5 + [True]


def test_a_nonce_is_forgotten_only_after_its_request_is_stale(engine: Engine) -> None:
    receipts = SqlReceiptRepository(engine)
    receipts.spend_nonce(READER, "01", keep_until_at=100)
    assert receipts.forget_nonces(before_at=100) == 0
    with pytest.raises(ReplayError):
        receipts.spend_nonce(READER, "01", keep_until_at=100)
    assert receipts.forget_nonces(before_at=101) == 1


def test_receipts_come_back_in_order_and_whole(engine: Engine) -> None:
    receipts = SqlReceiptRepository(engine)
    written = [replace(RECEIPT, sequence=number) for number in (2, 0, 1)]
    receipts.append(written[:2])
    receipts.append(written[2:])
    receipts.append([])
    receipts.append([replace(RECEIPT, patient=READER)])
    assert list(receipts.of_patient(PATIENT)) == written


def test_of_receipts_that_cannot_all_be_written_none_is(engine: Engine) -> None:
    receipts = SqlReceiptRepository(engine)
    broken = replace(RECEIPT, outcome=None)  # type: ignore[arg-type]
    with pytest.raises(Exception, match=r"(?i)not.null"):
        receipts.append([RECEIPT, broken])
    assert list(receipts.of_patient(PATIENT)) == []


def test_a_copy_is_known_once_and_keeps_its_first_time(engine: Engine) -> None:
    objects = SqlObjectRepository(engine)
    leaf = replace(COPY, leaf_index=0)
    objects.add([COPY, leaf])
    objects.add([replace(COPY, stored_at=2_000)])
    assert list(objects.all()) == [COPY, leaf]
    assert list(objects.of_patient(PATIENT)) == list(objects.of_record(PATIENT, "cc" * 32)) == [COPY, leaf]
    assert list(objects.of_record(PATIENT, "ee" * 32)) == list(objects.of_patient(READER)) == []


def test_forgetting_a_copy_leaves_those_in_other_stores(engine: Engine) -> None:
    objects = SqlObjectRepository(engine)
    elsewhere = replace(COPY, store_name="cloud")
    objects.add([COPY, elsewhere])
    objects.remove(COPY.cid, "ward-disk")
    assert list(objects.all()) == [elsewhere]


def test_every_copy_is_listed_over_many_pages(engine: Engine) -> None:
    objects = SqlObjectRepository(engine)
    copies = [replace(COPY, sequence=number // 3, leaf_index=number % 3) for number in range(2_500)]
    objects.add(copies)
    assert list(objects.all()) == copies


def test_an_upload_goes_on_where_it_was_and_its_key_serves_for_one_request(engine: Engine) -> None:
    uploads = SqlUploadRepository(engine)
    first = uploads.begin("k", "aa" * 32, now=10)
    assert (first.state, first.progress, first.started_at) == (UploadState.STARTED, {}, 10)
    uploads.save_progress("k", {"stored": ["x"]})
    again = SqlUploadRepository(engine).begin("k", "aa" * 32, now=20)
    assert (again.progress, again.started_at) == ({"stored": ["x"]}, 10)
    with pytest.raises(IdempotencyConflict):
        uploads.begin("k", "bb" * 32, now=30)
    assert [one.key for one in uploads.unfinished()] == ["k"]
    uploads.finish("k", {"sequence": 7})
    done = uploads.begin("k", "aa" * 32, now=40)
    assert (done.state, done.progress) == (UploadState.DONE, {"sequence": 7})
    assert list(uploads.unfinished()) == []


def test_outbox_rows_come_in_the_order_in_which_they_must_be_sent(engine: Engine) -> None:
    rows = SqlOutboxRepository(engine)
    call = ContractCall("Directory", "enrol", ("0x00",))
    for key in ("queued", "second", "first"):
        rows.queue(key, call, PATIENT)
    rows.store_signed("second", SignedTransaction(PATIENT, 8, "bb", "02" * 32), replaces=None)
    rows.store_signed("first", SignedTransaction(PATIENT, 7, "aa", "01" * 32), replaces=None)
    assert [row.key for row in rows.unfinished()] == ["first", "second", "queued"]
    assert rows.highest_nonce(PATIENT) == 8
    assert rows.highest_nonce(READER) is None


def test_settled_outbox_rows_come_newest_first_over_many_pages(engine: Engine) -> None:
    rows = SqlOutboxRepository(engine)
    call = ContractCall("Directory", "enrol", ("0x00",))
    for number in range(205):
        rows.queue(str(number), call, PATIENT)
        signed = SignedTransaction(PATIENT, number, "aa", f"{number:064x}")
        rows.store_signed(str(number), signed, replaces=None)
        rows.store_mined(str(number), signed, BlockRef(number, "ee" * 32, number))
    assert [row.key for row in rows.newest_first()] == [str(number) for number in reversed(range(205))]


def test_a_failed_row_gives_its_reason_and_makes_room_for_a_new_attempt(engine: Engine) -> None:
    rows = SqlOutboxRepository(engine)
    call = ContractCall("Directory", "enrol", ("0x00",))
    rows.queue("k", call, PATIENT)
    failure = Failure("Directory", "AlreadyEnrolled", {"who": PATIENT}, "message", "remedy")
    row = rows.store_failed("k", failure, replaces=None, block=None)
    assert (row.state, row.failure) == (OutboxState.FAILED, failure)
    anew = rows.queue("k", ContractCall("Directory", "other", ()), PATIENT)
    assert (anew.state, anew.attempt, anew.failure) == (OutboxState.QUEUED, 2, None)
    assert rows.queue("k", call, PATIENT) == anew  # a live row stays as it is


def test_what_one_process_says_of_a_row_that_another_has_signed_anew_is_not_written(engine: Engine) -> None:
    rows = SqlOutboxRepository(engine)
    rows.queue("k", ContractCall("Directory", "enrol", ("0x00",)), PATIENT)
    old, new = (SignedTransaction(PATIENT, number, "aa", f"{number:064x}") for number in (1, 2))
    rows.store_signed("k", old, replaces=None)
    signed = rows.store_signed("k", new, replaces=old)
    failure = Failure("Directory", "AlreadyEnrolled", {}, "message", "remedy")
    for stale in (None, old):
        assert rows.store_failed("k", failure, replaces=stale, block=None) == signed
        assert rows.store_signed("k", old, replaces=stale) == signed
    rows.store_mined("k", old, BlockRef(1, "ee" * 32, 1))
    assert rows.get("k") == signed


@pytest.mark.parametrize("any_database_url", ["sqlite"], indirect=True)  # PostgreSQL's faults are in tests/db
def test_on_a_full_disk_nothing_is_half_written_and_it_is_told(engine: Engine) -> None:
    receipts = SqlReceiptRepository(engine)
    receipts.append([RECEIPT])

    def fill_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count=1")  # SQLite takes it as: not a page more than now

    event.listen(engine, "connect", fill_up)
    engine.dispose()  # what is kept open was opened before the disk was full
    with pytest.raises(DatabaseUnavailable) as caught:
        receipts.append([replace(RECEIPT, sequence=number) for number in range(1_000)])
    assert caught.value.remedy
    event.remove(engine, "connect", fill_up)
    engine.dispose()
    assert list(receipts.of_patient(PATIENT)) == [RECEIPT]
