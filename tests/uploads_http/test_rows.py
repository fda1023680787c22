"""Uploads and jobs in the database, on both databases: compare-and-set, and who needs an object."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from mendrec.adapters.db.care_rows import SqlJobRepository
from mendrec.adapters.db.object_rows import SqlObjectRepository
from mendrec.adapters.db.remote_upload_rows import SqlRemoteUploadRepository
from mendrec.domain.cid import cid_of
from mendrec.domain.health import ObjectRole
from mendrec.domain.model import Address
from mendrec.ports_db import IdempotencyConflict, ObjectCopy
from mendrec.ports_uploads import (
    AnnouncedRecord,
    ChangedMeanwhile,
    Job,
    JobKind,
    JobState,
    RemoteUpload,
    RemoteUploadState,
    UploadObject,
)

AUTHOR = Address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
OTHER = Address("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")
SHARED = cid_of(b"shared")


def upload(number: int, **changes: object) -> RemoteUpload:
    row = RemoteUpload(
        upload_id=f"{number:032x}",
        author=AUTHOR,
        patient=OTHER,
        key=f"key {number}",
        request_digest_hex="ab" * 32,
        state=RemoteUploadState.OPEN,
        version=1,
        records=(AnnouncedRecord(2, False),),
        progress={},
        created_at=10,
        touched_at=10,
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def objects(number: int) -> list[UploadObject]:
    return [
        UploadObject(0, ObjectRole.PAYLOAD, SHARED, 6),
        UploadObject(0, ObjectRole.MANIFEST, cid_of(b"manifest %d" % number), 10),
        UploadObject(0, ObjectRole.ENVELOPES, cid_of(b"envelopes %d" % number), 11),
    ]


@pytest.fixture
def rows(any_engine: Engine) -> SqlRemoteUploadRepository:
    return SqlRemoteUploadRepository(any_engine)


def test_a_key_names_one_upload_of_its_author(rows: SqlRemoteUploadRepository) -> None:
    first = rows.begin(upload(1), objects(1))
    assert rows.begin(upload(2, key="key 1"), objects(2)) == first
    with pytest.raises(IdempotencyConflict):
        rows.begin(upload(3, key="key 1", request_digest_hex="cd" * 32), objects(3))
    assert rows.begin(upload(4, key="key 1", author=OTHER), objects(4)).upload_id == upload(4).upload_id
    assert rows.open_of(AUTHOR) == (1, 27)


def test_what_arrived_moves_from_where_it_stood_only_while_open(rows: SqlRemoteUploadRepository) -> None:
    row = rows.begin(upload(1), objects(1))
    assert rows.move_received(row.upload_id, SHARED, from_bytes=0, to_bytes=4, now=20)
    assert not rows.move_received(row.upload_id, SHARED, from_bytes=0, to_bytes=6, now=21)
    found = rows.object(row.upload_id, SHARED)
    assert found is not None
    assert found.received_bytes == 4
    after = rows.get(row.upload_id)
    assert after is not None
    assert after.touched_at == 20
    rows.change(after, RemoteUploadState.EXPIRED, {}, now=30)
    assert not rows.move_received(row.upload_id, SHARED, from_bytes=4, to_bytes=6, now=31)


def test_of_many_that_change_one_upload_at_once_one_does(rows: SqlRemoteUploadRepository) -> None:
    row = rows.begin(upload(1), objects(1))

    def change(number: int) -> bool:
        try:
            rows.change(row, RemoteUploadState.STORED, {"by": number}, now=20)
        except ChangedMeanwhile:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(change, range(8))) == 1
    found = rows.get(row.upload_id)
    assert found is not None
    assert found.version == 2


def test_an_object_is_in_use_by_other_uploads_and_by_anchored_records(
    rows: SqlRemoteUploadRepository, any_engine: Engine
) -> None:
    first, second = rows.begin(upload(1), objects(1)), rows.begin(upload(2), objects(2))
    manifest = objects(1)[1].cid
    assert rows.in_use([SHARED, manifest], besides=first.upload_id) == {SHARED}
    rows.change(second, RemoteUploadState.EXPIRED, {}, now=20)
    assert rows.in_use([SHARED, manifest], besides=first.upload_id) == {SHARED}, "its act may still come"
    rows.drop_objects(second.upload_id)
    assert rows.in_use([SHARED, manifest], besides=first.upload_id) == frozenset()
    copy = ObjectCopy(OTHER, 0, None, "ef" * 32, ObjectRole.MANIFEST, manifest, "disk", 5)
    SqlObjectRepository(any_engine).add([copy])
    assert rows.in_use([SHARED, manifest], besides=first.upload_id) == {manifest}
    assert rows.records_with(manifest) == {(OTHER, "ef" * 32)}


def test_only_what_is_over_is_forgotten(rows: SqlRemoteUploadRepository) -> None:
    row = rows.begin(upload(1), objects(1))
    rows.note_stored(row.upload_id, [replace(objects(1)[0], stored_in=("a", "b"), made_in=("a",))])
    rows.forget(row.upload_id)
    assert rows.objects(row.upload_id)[2].stored_in == ("a", "b")
    rows.change(row, RemoteUploadState.DONE, {}, now=20)
    assert rows.in_state((RemoteUploadState.DONE,), untouched_since=19) == []
    assert rows.in_state((RemoteUploadState.DONE,), untouched_since=20) == [row.upload_id]
    rows.forget(row.upload_id)
    assert rows.get(row.upload_id) is None
    assert rows.objects(row.upload_id) == []


def job(number: int, **changes: object) -> Job:
    row = Job(
        job_id=f"{number:032x}",
        kind=JobKind.CHECK,
        asked_by=AUTHOR,
        patient=OTHER,
        sequence=None,
        state=JobState.QUEUED,
        version=1,
        progress={},
        result={},
        created_at=number,
        lease_until_at=0,
        finished_at=None,
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def test_of_many_that_claim_at_once_each_job_goes_to_one(any_engine: Engine) -> None:
    jobs = SqlJobRepository(any_engine)
    for number in range(4):
        jobs.add(job(number))
    with ThreadPoolExecutor(8) as pool:
        claimed = [found for found in pool.map(lambda _: jobs.claim(now=100, lease_s=60), range(24)) if found]
    assert sorted(found.job_id for found in claimed) == [f"{number:032x}" for number in range(4)]
    again = jobs.claim(now=160, lease_s=60)
    assert again is not None
    with pytest.raises(ChangedMeanwhile):
        jobs.finish(claimed[0], JobState.DONE, {}, now=161)
    jobs.finish(again, JobState.DONE, {"healthy": True}, now=161)
    assert jobs.open_of(AUTHOR) == 3
    assert jobs.forget(finished_before_at=162) == 1
    assert jobs.get(again.job_id) is None


def test_jobs_like_one_that_waits(any_engine: Engine) -> None:
    jobs = SqlJobRepository(any_engine)
    jobs.add(job(1, kind=JobKind.MEND, sequence=3))
    assert jobs.waiting_like(JobKind.MEND, OTHER, 3) is not None
    assert jobs.waiting_like(JobKind.MEND, OTHER, None) is None
    assert jobs.waiting_like(JobKind.CHECK, OTHER, 3) is None
    jobs.add(job(2, kind=JobKind.MEND, asked_by=None, patient=None))
    assert jobs.last_own(JobKind.MEND) == jobs.get(job(2).job_id)
