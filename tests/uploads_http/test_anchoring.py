"""From what was sent to the chain: what is checked, what is signed, who was faster, what a reorganisation undoes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mendrec.domain.cid import cid_of
from mendrec.domain.manifest import Manifest
from mendrec.domain.model import Right
from mendrec.ports import ContractCall
from mendrec.ports_uploads import RemoteUploadState
from mendrec.services.remote_uploads_anchoring import Act
from tests.uploads_http.desk import Desk, Sealed


def sent(desk: Desk, *sealed: Sealed) -> str:
    upload_id = desk.begin(sealed)
    desk.send_all(upload_id, sealed)
    return upload_id


def entries(desk: Desk) -> int:
    desk.node.index.sync()
    return len(desk.node.index.entries(desk.patient))


def test_nothing_is_signed_before_everything_is_there(desk: Desk) -> None:
    sealed = desk.seal(b"x")
    upload_id = desk.begin([sealed])
    early = desk.ask("POST", f"/v1/uploads/{upload_id}/position")
    assert (early.status_code, early.json["code"]) == (409, "input.upload_incomplete")  # type: ignore[index]
    authorization = {"nonce": 1, "deadline_at": 2**40, "signature": "0x" + "00" * 65}
    assert desk.finish(upload_id, authorization).status_code == 409
    desk.send_all(upload_id, [sealed])
    desk.position(upload_id)
    assert desk.told(upload_id)["state"] == "stored"


def edited(sealed: Sealed, change: Callable[[Manifest], Manifest]) -> Sealed:
    """The record with another manifest under the same signature."""
    manifest = change(sealed.record.manifest)
    return replace(sealed, record=replace(sealed.record, manifest=manifest, manifest_bytes=manifest.to_bytes()))


@pytest.mark.parametrize(
    ("words", "spoil"),
    [
        ("another chain", lambda desk: desk.seal(b"x", chain_id=1)),
        ("another contract", lambda desk: desk.seal(b"x", records=desk.patient)),
        ("another patient", lambda desk: desk.seal(b"x", patient=desk.clinic.stranger.address)),
        ("another category", lambda desk: replace(desk.seal(b"x", "imaging"), code="laboratory")),
        ("another payload", lambda desk: replace(desk.seal(b"x"), payload=desk.seal(b"y").payload)),
        ("other custodians", lambda desk: replace(desk.seal(b"x", private=True), private=False)),
        ("as private", lambda desk: replace(desk.seal(b"x"), private=True)),
        ("signature", lambda desk: edited(desk.seal(b"x"), lambda found: replace(found, created_at=1))),
        (
            "another author",
            lambda desk: edited(desk.seal(b"x"), lambda found: replace(found, author=desk.clinic.stranger.address)),
        ),
        (
            "another envelopes object",
            lambda desk: replace(
                first := desk.seal(b"x"),
                record=replace(first.record, envelopes_bytes=desk.seal(b"x").record.envelopes_bytes),
            ),
        ),
    ],
)
def test_a_record_that_says_something_else_is_not_stored(
    desk: Desk, words: str, spoil: Callable[[Desk], Sealed]
) -> None:
    sealed = spoil(desk)
    upload_id = sent(desk, desk.seal(b"a good one beside it"), sealed)
    answer = desk.ask("POST", f"/v1/uploads/{upload_id}/position")
    assert answer.status_code in {400, 403, 409}
    assert words in answer.json["message"].lower()  # type: ignore[index]
    stores = desk.clinic.world.home / "stores"
    assert not [path for data in sealed.objects().values() for path in stores.rglob(cid_of(data))]
    assert desk.told(upload_id)["state"] == "open"


def test_a_signature_over_something_else_is_refused_and_the_position_can_be_signed_again(desk: Desk) -> None:
    upload_id = sent(desk, desk.seal(b"x"))
    position = desk.position(upload_id)
    before = entries(desk)
    wrong = {**desk.sign(position), "deadline_at": position["deadline_at"] + 1}
    answer = desk.finish(upload_id, wrong)
    assert answer.status_code == 403
    assert desk.told(upload_id)["state"] == "stored"
    stranger = desk.as_author("stranger")
    assert desk.finish(upload_id, {**stranger.sign(position)}).status_code in {403, 409}
    assert desk.finish(upload_id, desk.sign(desk.position(upload_id))).status_code == 202
    desk.until(upload_id, "done")
    assert entries(desk) == before + 1


def test_whoever_was_faster_the_other_signs_again_and_sends_nothing_twice(desk: Desk) -> None:
    first, second = sent(desk, desk.seal(b"first")), sent(desk, desk.seal(b"second"))
    signed = {upload_id: desk.sign(desk.position(upload_id)) for upload_id in (first, second)}
    assert desk.finish(first, signed[first]).status_code == 202
    sequence = desk.until(first, "done")["receipt"]["records"][0]["sequence"]
    late = desk.finish(second, signed[second])
    assert (late.status_code, late.json["code"]) == (403, "refused.Records.StaleHead")  # type: ignore[index]
    assert desk.told(second)["failure"]["code"] == "refused.Records.StaleHead"
    assert desk.finish(second, desk.sign(desk.position(second))).status_code == 202
    assert desk.until(second, "done")["receipt"]["records"][0]["sequence"] == sequence + 1


def test_two_acts_under_way_for_one_place_and_the_later_is_told(desk: Desk) -> None:
    first, second = sent(desk, desk.seal(b"first")), sent(desk, desk.seal(b"second"))
    before = entries(desk)
    signed = {upload_id: desk.sign(desk.position(upload_id)) for upload_id in (first, second)}
    answers = [desk.finish(upload_id, signed[upload_id]).status_code for upload_id in (first, second)]
    assert answers == [202, 202], "both could happen when they were taken on"
    desk.until(first, "done")
    told = desk.until(second, "stored", "done")
    assert told["state"] == "stored"
    assert told["failure"]["code"] in {"refused.Records.StaleHead", "refused.Records.WrongSequence"}
    assert desk.finish(second, desk.sign(desk.position(second))).status_code == 202
    desk.until(second, "done")
    assert entries(desk) == before + 2


def test_finishing_again_changes_nothing(desk: Desk) -> None:
    upload_id = sent(desk, desk.seal(b"x"))
    before = entries(desk)
    authorization = desk.sign(desk.position(upload_id))
    assert [desk.finish(upload_id, authorization).status_code for _ in range(2)] == [202, 202]
    told = desk.until(upload_id, "done")
    assert desk.finish(upload_id, authorization).json["receipt"] == told["receipt"]  # type: ignore[index]
    assert desk.ask("POST", f"/v1/uploads/{upload_id}/position").status_code == 409
    assert desk.ask("DELETE", f"/v1/uploads/{upload_id}").status_code == 409
    assert entries(desk) == before + 1


def test_a_right_that_was_taken_away_meanwhile_counts(desk: Desk) -> None:
    desk.clinic.grant("radiologist", "vital-signs", right=Right.UPLOAD)
    author = desk.as_author("radiologist")
    upload_id = sent(author, author.seal(b"x", "vital-signs"))
    authorization = author.sign(author.position(upload_id))
    desk.clinic.revoke("radiologist", "vital-signs")
    before = entries(desk)
    assert author.finish(upload_id, authorization).status_code == 403
    assert author.ask("POST", f"/v1/uploads/{upload_id}/position").status_code == 403
    assert entries(desk) == before


def test_an_act_that_came_to_the_chain_by_another_hand_is_not_made_again(desk: Desk) -> None:
    """Given up here because the relayer refused; somebody else brought the same signature."""
    upload_id = sent(desk, desk.seal(b"x"))
    position = desk.position(upload_id)
    authorization = desk.sign(position)
    before = entries(desk)
    uploads = desk.node.remote_uploads
    upload = uploads.get(desk.patient, upload_id)
    act = {
        "nonce": authorization["nonce"],
        "deadline": authorization["deadline_at"],
        "signature": authorization["signature"],
    }
    signed = {**upload.progress["position"], "args": [*position["args"], act]}
    uploads.rows.change(
        upload, RemoteUploadState.STORED, {**upload.progress, "signed": signed}, now=desk.clinic.clock.now()
    )
    bring(desk, position["function"], [*position["args"], act])
    answer = desk.ask("POST", f"/v1/uploads/{upload_id}/position")
    assert answer.status_code == 409
    assert desk.until(upload_id, "done")["receipt"]["records"][0]["sequence"] == position["sequence"]
    assert entries(desk) == before + 1


def bring(desk: Desk, function: str, args: list[Any]) -> None:
    """Somebody's own transaction."""
    wallet = desk.clinic.world.people["governance"].wallet
    desk.node.outbox.submit(ContractCall("Records", function, tuple(args)), wallet, f"by hand {args[-1]['nonce']}")


def test_a_reorganisation_takes_the_copies_rows_back_and_the_act_comes_again(desk: Desk) -> None:
    node, anvil = desk.node, desk.clinic.world.anvil
    unsure = replace(node.remote_uploads.anchoring, is_final=lambda _entry: False)
    uploads = replace(node.remote_uploads, anchoring=unsure)
    sealed = desk.seal(b"x")
    upload_id = sent(desk, sealed)
    authorization = desk.sign(desk.position(upload_id))
    mark = anvil.snapshot()
    signature = authorization["signature"].removeprefix("0x")
    uploads.finish(desk.patient, upload_id, Act(authorization["nonce"], authorization["deadline_at"], signature))
    digest = sealed.record.manifest_digest_hex

    def until(state: RemoteUploadState) -> None:
        for _ in range(100):
            if uploads.asked(desk.patient, upload_id).state is state:
                return
            desk.work()
        raise AssertionError(f"never {state}")

    until(RemoteUploadState.ANCHORED)
    assert node.objects.of_record(desk.patient, digest)
    anvil.revert(mark)
    anvil.mine()
    assert uploads.asked(desk.patient, upload_id).state is RemoteUploadState.ANCHORING
    assert not node.objects.of_record(desk.patient, digest)
    until(RemoteUploadState.ANCHORED)
    assert node.objects.of_record(desk.patient, digest)
    assert [one.entry.digest_hex for one in node.index.entries(desk.patient)].count(digest) == 1
