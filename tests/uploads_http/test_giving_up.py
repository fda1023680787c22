"""Uploads that are given up: what goes, and what must never go. And disks, locks and two at a time."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mendrec.domain.cid import cid_of
from mendrec.domain.limits import LIMITS
from tests.uploads_http.desk import Desk, Sealed


def in_stores(desk: Desk, *sealed: Sealed) -> set[str]:
    stores = desk.clinic.world.home / "stores"
    cids = {cid_of(data) for one in sealed for data in one.objects().values()}
    return {cid for cid in cids if any(stores.rglob(cid))}


def spooled(desk: Desk, upload_id: str) -> list[Path]:
    return list((desk.clinic.world.home / "spool" / upload_id).rglob("*.part"))


@pytest.fixture
def much_later(desk: Desk) -> Iterator[None]:
    """The node's clock stands far enough ahead that idle uploads are given up, from when the test asks for it."""
    began = desk.clinic.clock.now()
    yield
    desk.clinic.clock.run_from(max(began, desk.clinic.world.anvil.head_timestamp()))


def wait_idle(desk: Desk, seconds: int = LIMITS.upload_idle_max_s) -> None:
    desk.clinic.clock.freeze(desk.clinic.clock.now() + seconds)


def pass_on_chain(desk: Desk, seconds: int = LIMITS.upload_signature_s) -> None:
    """Moves the chain's time on by more than this, and buries that deep enough to be final. Sessions end with it."""
    anvil = desk.clinic.world.anvil
    desk.clinic._tokens.clear()
    anvil.set_time(anvil.head_timestamp() + seconds + 1)
    for _ in range(desk.node.config.chain.finality_depth + 2):
        anvil.mine()


@pytest.mark.usefixtures("much_later")
def test_idle_uploads_go_with_everything_they_left(desk: Desk) -> None:
    opened, stored = desk.seal(b"open"), desk.seal(b"stored")
    first, second = desk.begin([opened]), desk.begin([stored])
    desk.put(first, opened.cid("payload"), opened.payload)
    desk.send_all(second, [stored])
    desk.position(second)
    assert spooled(desk, first)
    assert not spooled(desk, second), "what is in the stores does not wait on disk as well"
    assert len(in_stores(desk, stored)) == 3
    desk.node.upload_expiry.chore()
    assert desk.told(first)["state"] == "open", "not idle yet"
    wait_idle(desk)
    desk.node.upload_expiry.chore()
    rows = desk.node.remote_uploads.rows
    for upload_id in (first, second):
        found = rows.get(upload_id)
        assert found is not None
        assert found.state.value == "expired"
        assert spooled(desk, upload_id) == []
    assert len(in_stores(desk, stored)) == 3, "by the chain's own time what was told may still come"
    pass_on_chain(desk)
    desk.node.upload_expiry.chore()
    assert in_stores(desk, stored) == set()
    assert rows.objects(second) == []
    assert not (desk.clinic.world.home / "spool" / second).exists()


@pytest.mark.usefixtures("much_later")
def test_what_is_anchored_is_never_removed(desk: Desk) -> None:
    sealed = [desk.seal(b"one"), desk.seal(b"two", "imaging")]
    receipt = desk.upload(*sealed)
    wait_idle(desk, LIMITS.upload_kept_s)
    desk.node.upload_expiry.chore()
    assert len(in_stores(desk, *sealed)) == 6
    for one, place in zip(sealed, receipt["records"], strict=True):
        record = desk.node.reading.locate(desk.patient, place["sequence"], place["leaf_index"])
        desk.node.reading.require_sound(record)
        assert desk.node.copies.read_bytes(one.record.payload.cid, 10_000) == one.payload


def test_an_object_that_another_upload_needs_stays(desk: Desk) -> None:
    sealed = desk.seal(b"twice")
    first, second = desk.begin([sealed]), desk.begin([sealed])
    for upload_id in (first, second):
        desk.send_all(upload_id, [sealed])
    desk.position(first)
    desk.position(second)
    assert desk.ask("DELETE", f"/v1/uploads/{first}").json["state"] == "expired"  # type: ignore[index]
    assert len(in_stores(desk, sealed)) == 3
    assert desk.finish(second, desk.sign(desk.position(second))).status_code == 202
    desk.until(second, "done")


def test_given_up_by_its_author_nothing_more_is_taken(desk: Desk) -> None:
    sealed = desk.seal(b"x")
    upload_id = desk.begin([sealed])
    desk.put(upload_id, sealed.cid("payload"), sealed.payload)
    for _ in range(2):
        assert desk.ask("DELETE", f"/v1/uploads/{upload_id}").json["state"] == "expired"  # type: ignore[index]
    assert desk.put(upload_id, sealed.cid("manifest"), sealed.record.manifest_bytes).status_code == 409
    assert desk.ask("POST", f"/v1/uploads/{upload_id}/position").status_code == 409
    assert not spooled(desk, upload_id)


def test_a_full_disk_keeps_nothing_of_the_part_and_the_upload_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = desk.seal(b"y" * 1000)
    upload_id, cid = desk.begin([sealed]), sealed.cid("payload")
    total = len(sealed.payload)
    desk.put(upload_id, cid, sealed.payload[:300], place=f"bytes 0-299/{total}")

    class FullDisk:
        def __getattr__(self, name: str) -> Any:
            return getattr(os, name)

        @staticmethod
        def write(descriptor: int, data: memoryview) -> int:
            if len(data) < 200:
                raise OSError(errno.ENOSPC, "no space")
            return os.write(descriptor, data[: len(data) // 2])

    with monkeypatch.context() as full:
        full.setattr("mendrec.adapters.spool.os", FullDisk())
        answer = desk.put(upload_id, cid, sealed.payload[300:], place=f"bytes 300-{total - 1}/{total}")
    assert (answer.status_code, answer.json["code"]) == (507, "unavailable.spool_full")  # type: ignore[index]
    assert answer.json["remedy"]  # type: ignore[index]
    assert spooled(desk, upload_id)[0].stat().st_size == 300
    rest = desk.put(upload_id, cid, sealed.payload[300:], place=f"bytes 300-{total - 1}/{total}")
    assert rest.status_code == 200


def test_what_a_crash_left_behind_the_last_part_that_counts_is_cut_off(desk: Desk) -> None:
    sealed = desk.seal(b"z" * 1000)
    upload_id, cid, total = desk.begin([sealed]), sealed.cid("payload"), len(sealed.payload)
    desk.put(upload_id, cid, sealed.payload[:300], place=f"bytes 0-299/{total}")
    with spooled(desk, upload_id)[0].open("ab") as file:
        file.write(b"half a part" * 200)
    answer = desk.put(upload_id, cid, sealed.payload[300:], place=f"bytes 300-{total - 1}/{total}")
    assert answer.status_code == 200, answer.json
    assert spooled(desk, upload_id)[0].read_bytes() == sealed.payload


def test_of_two_at_one_object_one_is_told_to_wait(desk: Desk) -> None:
    sealed = desk.seal(b"x")
    upload_id, cid = desk.begin([sealed]), sealed.record.payload.cid
    spool = desk.node.remote_uploads.spool
    with spool.writing(upload_id, cid, at_byte=0):
        assert desk.put(upload_id, cid, sealed.payload).status_code == 503
    desk.send_all(upload_id, [sealed])
    with spool.exclusive(upload_id):
        assert desk.ask("POST", f"/v1/uploads/{upload_id}/position").status_code == 503
        assert desk.told(upload_id)["state"] == "open", "asking waits for nobody"
    assert desk.ask("POST", f"/v1/uploads/{upload_id}/position").status_code == 200


def test_a_store_that_is_away_at_storing_time_can_be_waited_for(desk: Desk) -> None:
    sealed = desk.seal(b"x")
    upload_id = desk.begin([sealed])
    desk.send_all(upload_id, [sealed])
    folders = [path for path in (desk.clinic.world.home / "stores").iterdir() if path.name != "ward-disk"]
    for path in folders:
        path.rename(path.with_suffix(".away"))
    try:
        answer = desk.ask("POST", f"/v1/uploads/{upload_id}/position")
        assert answer.status_code == 503
        assert in_stores(desk, sealed) == set()
    finally:
        for path in folders:
            path.with_suffix(".away").rename(path)
    assert desk.finish(upload_id, desk.sign(desk.position(upload_id))).status_code == 202
    desk.until(upload_id, "done")


def test_a_person_has_so_many_unfinished_uploads_and_no_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = desk.seal(b"x")
    count, _ = desk.node.remote_uploads.rows.open_of(desk.patient)
    for _ in range(LIMITS.uploads_open_max_count - count):
        last = desk.begin([sealed])
    assert desk.announce([sealed]).status_code == 429
    desk.ask("DELETE", f"/v1/uploads/{last}")
    assert desk.announce([sealed]).status_code == 201
