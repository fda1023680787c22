"""What one person can make a node keep and do; and that what arrived whole is never spoilt by what comes after."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select

from mendrec.adapters.db.engine import reading
from mendrec.adapters.db.remote_upload_rows import SqlRemoteUploadRepository
from mendrec.adapters.db.tables_uploads import remote_upload_objects
from mendrec.domain.cid import cid_of
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Cid
from mendrec.ports_uploads import ANNOUNCED, RemoteUploadState, SpoolFull, TooManyUploads
from mendrec.web.limiting import TokenBuckets
from tests.uploads_http.desk import Desk, digest_field
from tests.uploads_http.test_giving_up import spooled
from tests.uploads_http.test_rows import AUTHOR, OTHER, objects, upload
from tests.web.conftest import open_clinic

_LIMITS = "mendrec.adapters.db.remote_upload_rows.LIMITS"


@pytest.mark.parametrize(
    "bounds",
    [
        {"uploads_open_max_count": 3},
        {"uploads_open_max_bytes": 3 * 27},
        {"uploads_day_max_count": 3},
        {"uploads_day_max_objects": 9},
        {"uploads_day_max_bytes": 3 * 1024},
    ],
)
def test_of_many_that_begin_at_once_no_more_get_in_than_may(
    any_engine: Engine, monkeypatch: pytest.MonkeyPatch, bounds: dict[str, int]
) -> None:
    monkeypatch.setattr(_LIMITS, replace(LIMITS, **bounds))
    rows = SqlRemoteUploadRepository(any_engine)
    announced = {ANNOUNCED: {"objects": 3, "kib": 1}}

    def begin(number: int) -> bool:
        try:
            rows.begin(upload(number, progress=announced), objects(number))
        except TooManyUploads:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(begin, range(8))) == 3
    assert rows.open_of(AUTHOR)[0] == 3
    assert rows.begin(upload(9, author=OTHER), objects(9)).upload_id == upload(9).upload_id, "another's are another's"


def test_what_was_given_up_counts_for_its_day_and_no_longer(
    any_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_LIMITS, replace(LIMITS, uploads_day_max_objects=3))
    rows = SqlRemoteUploadRepository(any_engine)
    announced = {ANNOUNCED: {"objects": 3, "kib": 2**40}}
    with pytest.raises(TooManyUploads):
        rows.begin(upload(1, progress=announced), objects(1))
    announced = {ANNOUNCED: {"objects": 3, "kib": 2**20}}
    row = rows.begin(upload(1, progress=announced), objects(1))
    rows.change(row, RemoteUploadState.EXPIRED, announced, now=11)
    assert rows.not_cleaned() == [row.upload_id]
    rows.drop_objects(row.upload_id)
    with pytest.raises(TooManyUploads):
        rows.begin(upload(2, progress=announced), objects(2))
    rows.begin(upload(3, progress=announced, created_at=10 + 86_400), objects(3))


def test_begun_and_deleted_leaves_a_row_and_not_its_objects(desk: Desk) -> None:
    def kept() -> int:
        with reading(desk.node.remote_uploads.rows._engine) as connection:  # type: ignore[attr-defined]
            return int(connection.execute(select(func.count()).select_from(remote_upload_objects)).scalar_one())

    before = kept()
    upload_id = desk.begin([desk.seal(b"one"), desk.seal(b"two")])
    assert kept() == before + 6
    told = desk.ask("DELETE", f"/v1/uploads/{upload_id}").json
    assert told is not None
    assert (told["state"], told["records_count"], told["objects_count"]) == ("expired", 2, 6)
    assert kept() == before
    rows = desk.node.remote_uploads.rows
    found = rows.get(upload_id)
    assert found is not None
    assert upload_id not in rows.not_cleaned()
    assert rows.cleaned(untouched_since=found.touched_at) == [upload_id]


def test_parts_are_counted_and_large_ones_for_more(desk: Desk) -> None:
    small = open_clinic(desk.clinic.world, desk.clinic.clock, buckets=TokenBuckets(8, monotonic=lambda: 0.0))
    sealed = desk.seal(b"z" * 100)
    upload_id, total = desk.begin([sealed]), len(sealed.payload)
    url = f"/v1/uploads/{upload_id}/objects/{sealed.cid('payload')}"
    client, headers = small.client(), small.headers("patient")

    def put(start: int) -> int:
        data = sealed.payload[start : start + 1]
        more = {"Content-Type": "application/octet-stream", "Content-Digest": digest_field(data)}
        place = {"Content-Range": f"bytes {start}-{start}/{total}"}
        return client.put(url, data=data, headers={**headers, **more, **place}).status_code

    assert [put(start) for start in range(9)] == [200] * 8 + [429]
    assert client.get(url, headers=headers).status_code == 200, "asking where to go on has its own allowance"


def test_a_pack_on_a_full_disk_leaves_what_another_request_completed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = desk.seal(b"pp")
    upload_id, data = desk.begin([sealed]), sealed.record.manifest_bytes
    uploads, cid = desk.node.remote_uploads, cid_of(sealed.record.manifest_bytes)

    def full(_descriptor: int, _data: memoryview) -> int:
        raise OSError(errno.ENOSPC, "no space")

    def blocks() -> Iterator[tuple[Cid, bytes]]:
        desk.send_all(upload_id, [sealed])  # after the pack has looked what is there
        monkeypatch.setattr("mendrec.adapters.spool.os.write", full)
        yield cid, data

    assert uploads.put_pack(desk.patient, upload_id, blocks()) == 0
    monkeypatch.undo()
    desk.position(upload_id)


def test_a_pack_that_does_not_fit_leaves_the_parts_that_came_before(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = desk.seal(b"pp")
    upload_id, data = desk.begin([sealed]), sealed.record.manifest_bytes
    cid = cid_of(data)
    desk.put(upload_id, cid, data[:40], place=f"bytes 0-39/{len(data)}")

    def short(descriptor: int, left: memoryview, write: object = os.write) -> int:
        if len(left) < 50:
            raise OSError(errno.ENOSPC, "no space")
        return int(write(descriptor, left[: len(left) // 2]))  # type: ignore[operator]

    with monkeypatch.context() as full:
        full.setattr("mendrec.adapters.spool.os.write", short)
        with pytest.raises(SpoolFull):
            desk.node.remote_uploads.put_pack(desk.patient, upload_id, [(cid, data)])
    assert [path.read_bytes() for path in spooled(desk, upload_id)] == [data[:40]]
    folder = spooled(desk, upload_id)[0].parent
    assert sorted(path.name for path in folder.iterdir()) == [f"{cid}.part"]
    rest = desk.put(upload_id, cid, data[40:], place=f"bytes 40-{len(data) - 1}/{len(data)}")
    assert rest.status_code == 200


@pytest.mark.parametrize("role", ["payload", "manifest", "envelopes"])
def test_what_was_damaged_on_disk_can_be_sent_again(desk: Desk, role: str) -> None:
    sealed = desk.seal(b"damaged " + role.encode())
    upload_id = desk.begin([sealed])
    desk.send_all(upload_id, [sealed])
    data = sealed.objects()[role]
    path = next(path for path in spooled(desk, upload_id) if path.name.startswith(sealed.cid(role)))
    path.write_bytes(data[:10] + bytes([data[10] ^ 1]) + data[11:])
    answer = desk.ask("POST", f"/v1/uploads/{upload_id}/position")
    assert (answer.status_code, answer.json["code"]) == (409, "input.upload_incomplete")  # type: ignore[index]
    assert [one["role"] for one in desk.told(upload_id)["missing"]] == [role]
    assert desk.put(upload_id, sealed.cid(role), data).status_code == 200
    desk.position(upload_id)
