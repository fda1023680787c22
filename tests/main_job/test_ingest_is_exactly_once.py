"""An upload that dies at any durable step is finished by asking again with its key: anchored once, never twice."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from mendrec.adapters.stores.directory import DirectoryStore
from mendrec.domain.errors import MendrecError, UnavailableError
from mendrec.domain.model import Cid
from mendrec.ports_db import IdempotencyConflict
from mendrec.services.anchoring import Anchorer
from mendrec.services.copies import holds_good_copy
from mendrec.services.ingest import IngestService
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.services.outbox import Outbox
from tests.main_job.conftest import Ward

pytestmark = pytest.mark.xdist_group("world")
TEXTS = (b"first note", b"second note", b"third note")


class Killed(BaseException):
    """Stands for the end of the process: nothing of the product catches it."""


OUTBOX_STEPS = ("simulated", "queued", "signed", "broadcast", "mined")
UPLOAD_STEPS = ("progress saved", "objects written", "finished")


class DyingRows:
    """Repositories that work and then kill, once, after the named step."""

    def __init__(self, inner: Any, kill_after: Mapping[str, str]) -> None:
        self._inner = inner
        self._kill_after = kill_after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name not in self._kill_after:
            return method

        def dying(*args: Any, **kwargs: Any) -> Any:
            method(*args, **kwargs)
            raise Killed(self._kill_after[name])

        return dying


def dying_service(ward: Ward, step: str) -> IngestService:
    """The node's own service, with one point at which it dies."""
    node = ward.node
    service = copy.copy(node.ingest)

    def die(reached: str) -> None:
        if reached == step:
            raise Killed(step)

    outbox = Outbox(node.outbox._ledger, node.outbox._rows, sleep=lambda _s: None, fault_point=die)
    uploads: Any = node.ingest._uploads
    if step == "progress saved":
        uploads = DyingRows(uploads, {"save_progress": step})
    if step == "finished":
        uploads = DyingRows(uploads, {"finish": step})
    if step == "objects written":
        service._objects = DyingRows(node.objects, {"add": step})  # type: ignore[assignment]
    service._uploads = uploads
    service._anchorer = Anchorer(outbox, node.index, node.copies, uploads)
    return service


def items() -> Any:
    return plan_intake([NamedBytes(f"{at}.txt", text) for at, text in enumerate(TEXTS)], "laboratory").items


@pytest.mark.parametrize("step", [*OUTBOX_STEPS, *UPLOAD_STEPS])
def test_killed_after_any_step_it_is_finished_once(ward: Ward, tmp_path: Path, step: str) -> None:
    ward.node.index.sync()
    before = ward.node.index.tip(ward.patient.address).next_sequence
    key = ward.key()
    with pytest.raises(Killed):
        dying_service(ward, step).upload(ward.patient.wallet, ward.patient.address, items(), key=key)
    result = ward.node.ingest.upload(ward.patient.wallet, ward.patient.address, items(), key=key)
    ward.node.index.sync()
    assert ward.node.index.tip(ward.patient.address).next_sequence == before + 1, "one batch, anchored once"
    assert len({ref.manifest_digest_hex for ref in result.records}) == len(TEXTS)
    for ref, text in zip(result.records, TEXTS, strict=True):
        record = ward.node.reading.locate(ref.patient, ref.sequence, ref.leaf_index)
        assert ward.open("patient", record, tmp_path) == text
    again = ward.node.ingest.upload(ward.patient.wallet, ward.patient.address, items(), key=key)
    assert again == result, "asking once more repeats the answer"


def test_a_key_cannot_serve_for_two_uploads(ward: Ward) -> None:
    key = ward.key()
    ward.node.ingest.upload(ward.patient.wallet, ward.patient.address, items(), key=key)
    with pytest.raises(IdempotencyConflict):
        ward.node.ingest.upload(ward.patient.wallet, ward.patient.address, items()[:2], key=key)


def test_somebody_else_being_faster_moves_the_entry_on_a_newer_head(ward: Ward) -> None:
    """Between reading the head and sending, another entry lands: the contract refuses, and the upload goes on."""
    node = ward.node
    service = copy.copy(node.ingest)
    overtaken = False

    def overtake(reached: str) -> None:
        nonlocal overtaken
        if reached == "saved" and not overtaken:
            overtaken = True
            ward.upload(b"overtaking", "laboratory")

    class Watching(DyingRows):
        def save_progress(self, key: str, progress: Mapping[str, Any]) -> None:
            self._inner.save_progress(key, progress)
            overtake("saved")

    uploads: Any = Watching(node.ingest._uploads, {})
    service._uploads = uploads
    service._anchorer = Anchorer(node.outbox, node.index, node.copies, uploads)
    node.index.sync()
    before = node.index.tip(ward.patient.address).next_sequence
    result = service.upload(ward.patient.wallet, ward.patient.address, items(), key=ward.key())
    assert overtaken
    assert {ref.sequence for ref in result.records} == {before + 1}


@pytest.fixture
def failing_store(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Makes the n-th object that is stored fail."""

    def fail_at(number: int) -> None:
        store, stored = ward.node.copies.store, itertools.count(1)

        def failing(cid: Any, source: Any) -> Any:
            if next(stored) == number:
                raise UnavailableError("the disk went away")
            return store(cid, source)

        monkeypatch.setattr(ward.node.copies, "store", failing)
        monkeypatch.setattr("mendrec.services.spooling.store_fresh", lambda copies, objects: copies.store_many(objects))

    return fail_at


def test_stores_that_break_off_while_taking_many_leave_nothing_twice(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the objects are in one store when it fails; they are taken back, and stored again one by one."""
    put_blocks = DirectoryStore.put_blocks

    def breaks_off(store: DirectoryStore, blocks: Sequence[tuple[Cid, bytes]]) -> None:
        put_blocks(store, blocks[: len(blocks) // 2])
        raise UnavailableError("the disk went away")

    monkeypatch.setattr(DirectoryStore, "put_blocks", breaks_off)
    result = ward.node.ingest.upload(ward.patient.wallet, ward.patient.address, items(), key=ward.key())
    sequences = {ref.sequence for ref in result.records}
    kept = [one for one in ward.node.objects.of_patient(ward.patient.address) if one.sequence in sequences]
    assert len({one.cid for one in kept}) == 3 * len(TEXTS) + 1
    for one in kept:
        store = next(store for store in ward.node.copies.stores if store.name == one.store_name)
        assert holds_good_copy(store, one.cid)


def test_sealing_that_fails_leaves_nothing(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing_seal(*_args: object, **_kwargs: object) -> None:
        raise MendrecError("sealing failed")

    before = ward.footprint()
    monkeypatch.setattr("mendrec.services.spooling.seal_record", failing_seal)
    with pytest.raises(MendrecError, match="sealing failed"):
        ward.node.ingest.upload(ward.patient.wallet, ward.patient.address, items(), key=ward.key())
    assert ward.footprint() == before


def test_a_store_that_fails_half_way_leaves_nothing(ward: Ward, failing_store: Callable[[int], None]) -> None:
    before = ward.footprint()
    failing_store(5)
    with pytest.raises(UnavailableError, match="went away"):
        ward.node.ingest.upload(ward.patient.wallet, ward.patient.address, items(), key=ward.key())
    assert ward.footprint() == before


def test_a_batch_list_that_cannot_be_stored_is_gone_on_with_under_the_same_key(
    ward: Ward, failing_store: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ward.key()
    files_before, *_ = ward.footprint()
    failing_store(3 * len(TEXTS) + 1)
    with pytest.raises(UnavailableError, match="went away"):
        ward.node.ingest.upload(ward.patient.wallet, ward.patient.address, items(), key=key)
    monkeypatch.undo()
    files_sealed, *_ = ward.footprint()
    ward.node.ingest.upload(ward.patient.wallet, ward.patient.address, items(), key=key)
    files_after, *_ = ward.footprint()
    assert files_before < files_sealed < files_after, "what was sealed is used, not sealed again"
    assert len(files_after - files_sealed) <= len(ward.node.copies.stores), "only the list was added"
