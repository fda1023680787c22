"""The whole way over HTTP: sealed elsewhere, sent, signed, anchored, listed, proved, fetched and opened."""

from __future__ import annotations

from pathlib import Path

from mendrec.domain.cid import sha256_hex
from mendrec.domain.merkle import require_included
from tests.uploads_http.desk import Desk


def test_one_record(desk: Desk, tmp_path: Path) -> None:
    sealed = desk.seal(b"potassium 4.1", "laboratory")
    receipt = desk.upload(sealed)
    place = receipt["records"][0]
    assert place["manifest_digest_hex"] == sealed.record.manifest_digest_hex
    assert receipt["transaction_hash_hex"] is not None
    assert desk.open("patient", place, tmp_path / "opened") == b"potassium 4.1"
    for role, data in sealed.objects().items():
        assert desk.ask("GET", desk.url(place, role)).data == data


def test_a_batch_over_categories_with_a_private_record(desk: Desk, tmp_path: Path) -> None:
    plain = {b"one": ("laboratory", False), b"two": ("imaging", False), b"three": ("laboratory", True)}
    sealed = [desk.seal(data, code, private=private) for data, (code, private) in plain.items()]
    receipt = desk.upload(*sealed)
    places = receipt["records"]
    assert [one["manifest_digest_hex"] for one in places] == [one.record.manifest_digest_hex for one in sealed]
    assert places[0]["sequence"] == places[2]["sequence"] != places[1]["sequence"]
    for number, (place, data) in enumerate(zip(places, plain, strict=True)):
        assert desk.open("patient", place, tmp_path / f"opened-{number}") == data
        proof = desk.ask("GET", desk.url(place, "proof")).json
        assert proof is not None
        inclusion = proof["inclusion"]
        require_included(
            leaf_hex=sha256_hex(desk.ask("GET", desk.url(place, "manifest")).data),
            index=inclusion["leaf_index"],
            count=inclusion["count"],
            path_hex=inclusion["path_hex"],
            root_hex=desk.node.ledger.entry(desk.patient, place["sequence"]).digest_hex,
        )
    known = {(copy.sequence, copy.role.value) for copy in desk.node.objects.of_patient(desk.patient)}
    for sequence in {place["sequence"] for place in places}:
        assert {(sequence, role) for role in ("payload", "manifest", "envelopes", "batch-list")} <= known
