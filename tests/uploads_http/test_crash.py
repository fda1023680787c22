"""An upload that is killed at any durable step is finished by asking for the same again: once, and with nothing lost.

A point is a moment just before, or just after, anything is written: a row, a file on disk, a copy in a store, the act
at the relayer's desk.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any, cast

import pytest

from mendrec.domain.cid import cid_of
from mendrec.domain.health import ObjectRole
from mendrec.ports_uploads import AnnouncedRecord, RemoteUploadState, Spool, UploadObject
from mendrec.services.copies import Copies
from mendrec.services.remote_uploads import Part, RemoteUploadService
from mendrec.services.remote_uploads_anchoring import Act
from tests.simulators.faulty_store import FaultyStore
from tests.uploads_http.desk import Desk, Sealed

_PART_BYTES = 700


class PowerCut(BaseException):
    """Nothing may catch this, as nothing can catch a power cut."""


class Fuse:
    """Blows at the n-th point."""

    def __init__(self, at: int) -> None:
        self.left = at
        self.points: list[str] = []

    def point(self, what: str) -> None:
        self.points.append(what)
        if self.left == 0:
            raise PowerCut(what)
        self.left -= 1


class Fused:
    """Anything whose named methods write: a point before and after each."""

    def __init__(self, inner: Any, fuse: Fuse, *writing: str) -> None:
        self._inner, self._fuse, self._writing = inner, fuse, writing

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in self._writing:
            return found

        def fused(*args: Any, **kwargs: Any) -> Any:
            self._fuse.point(f"before {name}")
            answer = found(*args, **kwargs)
            self._fuse.point(f"after {name}")
            return answer

        return fused


class FusedSpool(Fused):
    """Parts too."""

    def writing(self, *args: Any, **kwargs: Any) -> AbstractContextManager[Any]:
        @contextmanager
        def fused() -> Any:
            with self._inner.writing(*args, **kwargs) as part:
                yield Fused(part, self._fuse, "write", "keep")

        return fused()


def fused_service(desk: Desk, fuse: Fuse) -> RemoteUploadService:
    """The node's service over ports that are cut at a point."""
    node, real = desk.node, desk.node.remote_uploads
    rows = cast(Any, Fused(real.rows, fuse, "begin", "move_received", "note_stored", "change"))
    spool = cast(Spool, FusedSpool(real.spool, fuse, "remove_object", "remove"))
    stores = [FaultyStore(store) for store in node.copies.stores]
    for store in stores:
        store.faults.before_each_call = lambda method, _cid: fuse.point(f"before {method}") if method == "put" else None
    copies = Copies(stores, node.copies.rule)
    return replace(
        real,
        rows=rows,
        spool=spool,
        storing=replace(real.storing, rows=rows, spool=spool, copies=copies),
        anchoring=replace(
            real.anchoring,
            rows=rows,
            calls=replace(real.anchoring.calls, copies=copies),
            objects=cast(Any, Fused(node.objects, fuse, "add", "remove")),
            relay=cast(Any, Fused(node.relay, fuse, "accept")),
        ),
    )


def client(desk: Desk, service: RemoteUploadService, sealed: Sequence[Sealed], key: str) -> list[str]:
    """What a client does that asks for the same upload again, from wherever it was; returns the ids it was given."""
    author = desk.patient
    numbers = {code: number for number, code in desk.node.ledger.categories().items()}
    upload = service.begin(
        author,
        author,
        [AnnouncedRecord(numbers[one.code], one.private) for one in sealed],
        [
            [UploadObject(number, ObjectRole(role), cid_of(data), len(data)) for role, data in one.objects().items()]
            for number, one in enumerate(sealed)
        ],
        key=key,
    )
    if upload.state is RemoteUploadState.OPEN:
        for one in sealed:
            for data in one.objects().values():
                send(service, desk, upload.upload_id, data)
    for _ in range(200):
        upload = service.asked(author, upload.upload_id)
        if upload.state in {RemoteUploadState.OPEN, RemoteUploadState.STORED}:
            place = service.position(author, upload.upload_id)
            signature = desk.clinic.wallet("patient").sign_typed_data(place.typed_data)
            service.finish(author, upload.upload_id, Act(place.nonce, place.deadline_at, signature.hex()))
        elif upload.state is RemoteUploadState.DONE:
            return [upload.upload_id]
        desk.work()
    raise AssertionError(f"still {upload.state}")


def send(service: RemoteUploadService, desk: Desk, upload_id: str, data: bytes) -> None:
    cid = cid_of(data)
    while not (found := service.object(desk.patient, upload_id, cid)).is_complete:
        piece = data[found.received_bytes : found.received_bytes + _PART_BYTES]
        part = Part(found.received_bytes, len(piece), hashlib.sha256(piece).digest())
        service.put(desk.patient, upload_id, cid, part, [piece])


def single(desk: Desk) -> list[Sealed]:
    return [desk.seal(b"a single record" * 40)]


def batches(desk: Desk) -> list[Sealed]:
    return [desk.seal(b"one"), desk.seal(b"two", "imaging"), desk.seal(b"three", private=True)]


@pytest.mark.parametrize(("make", "step"), [(single, 7), (batches, 29)])
def test_killed_at_any_durable_step_it_happens_once(
    desk: Desk, make: Callable[[Desk], list[Sealed]], step: int
) -> None:
    """Every ``step``-th point and those around the relayer's desk; all of them where MENDREC_CRASH_ALL is set.

    Between the kill and the restart the worker goes on: what was handed over may have happened by then.
    """
    unharmed = Fuse(-1)
    client(desk, fused_service(desk, unharmed), make(desk), f"unharmed {make.__name__}")
    points = unharmed.points
    if os.environ.get("MENDREC_CRASH_ALL"):
        step = 1
    near = {at + by for at, name in enumerate(points) if "accept" in name for by in (-1, 0, 1)}
    chosen = [at for at in range(len(points)) if at % step == 0 or at in near]
    for at in chosen:
        sealed, key, entries_before = make(desk), f"crash {make.__name__} {at}", entries(desk)
        fuse = Fuse(at)
        try:
            client(desk, fused_service(desk, fuse), sealed, key)
            assert at >= len(fuse.points), "not cut: sealed sizes vary, and with them how many parts there are"
        except PowerCut:
            pass
        desk.work()
        desk.work()
        (upload_id,) = client(desk, desk.node.remote_uploads, sealed, key)
        require_once(desk, sealed, upload_id, entries_before)
    print(f"\n{make.__name__}: killed at {len(chosen)} of {len(points)} points")
    assert len(chosen) > 8
    assert len({points[at] for at in chosen}) > 5, "of several kinds"


def entries(desk: Desk) -> int:
    desk.node.index.sync()
    return len(desk.node.index.entries(desk.patient))


def require_once(desk: Desk, sealed: Sequence[Sealed], upload_id: str, entries_before: int) -> None:
    node = desk.node
    categories = {one.code for one in sealed}
    assert entries(desk) == entries_before + (1 if len(sealed) == 1 else len(categories))
    result = node.remote_uploads.get(desk.patient, upload_id).progress["result"]
    for one, (sequence, leaf_index, digest) in zip(sealed, result["records"], strict=True):
        record = node.reading.locate(desk.patient, sequence, leaf_index)
        assert record.ref.manifest_digest_hex == digest == one.record.manifest_digest_hex
        node.reading.require_sound(record)
        rows = node.objects.of_record(desk.patient, digest)
        roles = {ObjectRole.PAYLOAD, ObjectRole.MANIFEST, ObjectRole.ENVELOPES}
        assert {row.role for row in rows} == roles
        assert {row.sequence for row in rows} == {sequence}
        assert len(rows) == len(roles) * node.copies.rule.copies
    node.upload_expiry.chore()
    assert not (node.config.home / "spool" / upload_id).exists()
