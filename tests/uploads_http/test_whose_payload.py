"""A manifest can name any object: whose ciphertext it is, where the node's own list of copies knows nothing of it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import delete
from werkzeug.test import TestResponse

from mendrec.adapters.db.engine import open_engine, writing
from mendrec.adapters.db.tables import object_copies
from mendrec.domain.cid import cid_of
from mendrec.domain.limits import LIMITS
from mendrec.services import sealing
from tests.uploads_http.desk import Desk, Sealed
from tests.uploads_http.test_by_another_hand import land


def forget(desk: Desk) -> None:
    engine = open_engine(desk.node.config.database_url)
    with writing(engine) as connection:
        connection.execute(delete(object_copies))
    engine.dispose()


def anchor_naming_payload_of(desk: Desk, victim: Sealed, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Anchors a record whose manifest names another one's payload, past the node's own uploads."""
    payload = victim.record.manifest.payload
    with monkeypatch.context() as patched:
        patched.setattr(sealing, "_seal_payload", lambda *_args, **_more: payload)
        copied = desk.seal(b"x")
    for data in (copied.record.manifest_bytes, copied.record.envelopes_bytes):
        desk.node.copies.store(cid_of(data), BytesIO(data))
    desk.node.index.sync()
    place = desk.node.index.tip(desk.patient)
    location = next(store.location for store in desk.node.copies.stores if store.location is not None)
    params = {
        "patient": desk.patient,
        "category": "laboratory",
        "location": location,
        "digest_hex": hashlib.sha256(copied.record.manifest_bytes).hexdigest(),
        "sequence": place.next_sequence,
        "previous_link_hex": place.head_link_hex,
    }
    prepared = desk.ask("POST", "/v1/acts/preparations", json={"kind": "add", "params": params}).json
    assert prepared is not None
    act = {name: prepared[name] for name in ("contract", "function", "args", "nonce", "deadline_at")}
    signature = desk.clinic.wallet(desk.author).sign_typed_data(prepared["typed_data"])
    answer = desk.ask("POST", "/v1/acts", json={**act, "signature": "0x" + signature.hex()})
    assert answer.status_code == 202, answer.json
    land(desk, answer.json["act_id_hex"])  # type: ignore[index]
    return {"sequence": place.next_sequence, "leaf_index": None}


@pytest.mark.parametrize("batched", [False, True])
def test_only_the_record_that_named_it_first_gives_a_payload_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, batched: bool
) -> None:
    victim = desk.seal(b"secret finding")
    places = desk.upload(victim, *([desk.seal(b"another")] if batched else []))["records"]
    copied = anchor_naming_payload_of(desk, victim, monkeypatch)
    assert desk.ask("GET", desk.url(copied, "manifest")).status_code == 200, "the manifest itself is sound"
    assert desk.ask("GET", desk.url(copied, "payload")).status_code == 403
    forget(desk)
    assert desk.ask("GET", desk.url(copied, "payload")).status_code == 403
    answer = desk.ask("GET", desk.url(places[0], "payload"))
    assert (answer.status_code, answer.data) == (200, victim.payload)


def test_the_search_reads_so_many_manifests_a_request_and_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        desk.upload(desk.seal(b"earlier %d" % number))
    last = desk.seal(b"last")
    place = desk.upload(last)["records"][0]
    forget(desk)
    access = desk.node.access
    access._named.clear()
    monkeypatch.setattr("mendrec.services.access_to_objects.LIMITS", replace(LIMITS, owner_search_max_manifests=2))
    answers: list[TestResponse] = []
    while not answers or answers[-1].status_code == 503:
        known = len(access._named)
        answers.append(desk.ask("GET", desk.url(place, "payload")))
        assert len(access._named) <= known + 2
        assert answers[-1].status_code == 200 or len(access._named) > known
    assert answers[0].json["code"] == "unavailable.owner_unknown"  # type: ignore[index]
    assert answers[-1].data == last.payload
