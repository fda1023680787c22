"""Attacks on the whole job, made by people who are allowed something, from what they are allowed."""

from __future__ import annotations

import dataclasses
from io import BytesIO
from pathlib import Path

import pytest

from mendrec.adapters.stores.directory import DirectoryStore
from mendrec.crypto.manifest_signature import sign_manifest
from mendrec.crypto.wallet import InvalidSignatureError
from mendrec.domain.access import AccessRefused
from mendrec.domain.bindings import EnvelopesMismatch, ManifestMismatch
from mendrec.domain.cid import raw_cid_from_digest, sha256_hex
from mendrec.domain.envelopes import Envelopes, parse_envelopes
from mendrec.domain.errors import ContractRefusal, MendrecError
from mendrec.domain.health import ObjectRole
from mendrec.domain.limits import LIMITS
from mendrec.domain.manifest import Manifest, ManifestBody, parse_manifest
from mendrec.domain.model import MendReason, Right
from mendrec.domain.share import ShareBindingError
from mendrec.ports import ContractCall
from mendrec.services.consent import category_numbers
from mendrec.services.key_release import LocatedRecord
from tests.main_job.asking import ask, make_request, outcome_code
from tests.main_job.conftest import Ward

pytestmark = pytest.mark.xdist_group("world")
SECRET = b"a laboratory result that the attacker may not read"


def objects_of(ward: Ward, record: LocatedRecord) -> tuple[Manifest, Envelopes]:
    copies = ward.node.copies
    manifest = parse_manifest(
        copies.read_bytes(raw_cid_from_digest(record.ref.manifest_digest_hex), LIMITS.manifest_max_bytes)
    )
    return manifest, parse_envelopes(copies.read_bytes(manifest.envelopes, LIMITS.envelopes_max_bytes))


def anchor_forged(
    ward: Ward, who: str, manifest: Manifest, envelopes: Envelopes, *, category: int | None = None
) -> LocatedRecord:
    """Stores forged objects and anchors them as an ordinary record of ``who``, which the contract has to allow."""
    for data in (manifest.to_bytes(), envelopes.to_bytes()):
        ward.node.copies.store(raw_cid_from_digest(sha256_hex(data)), BytesIO(data))
    ward.node.index.sync()
    tip = ward.node.index.tip(ward.patient.address)
    call = ContractCall(
        "Records",
        "add",
        (
            ward.patient.address,
            category or manifest.category,
            1,
            "0x" + manifest.digest_hex(),
            tip.next_sequence,
            "0x" + tip.head_link_hex,
        ),
    )
    ward.node.outbox.submit(call, ward.person(who).wallet, ward.key())
    ward.node.index.sync()
    return ward.node.reading.locate(ward.patient.address, tip.next_sequence)


@pytest.mark.parametrize("rewritten", [False, True], ids=["copied as they are", "outer words rewritten"])
def test_envelopes_of_one_category_copied_into_a_record_of_another_open_nothing(
    ward: Ward, tmp_path: Path, rewritten: bool
) -> None:
    """The attacker may write and read imaging. They anchor a new imaging record that carries the laboratory record's
    shares, so that the custodian would release those under the imaging grant."""
    victim = ward.record(ward.upload(SECRET, "laboratory"))
    ward.grant("radiologist", "imaging", right=Right.READ | Right.UPLOAD)
    manifest, envelopes = objects_of(ward, victim)
    (imaging,) = category_numbers(ward.node.ledger, ["imaging"])
    if rewritten:
        envelopes = dataclasses.replace(envelopes, category=imaging)
    attacker = ward.person("radiologist")
    body = body_of(manifest, author=attacker.address, category=imaging, envelopes=envelopes.cid())
    forged = anchor_forged(ward, "radiologist", sign_manifest(body, attacker.wallet), envelopes)
    with pytest.raises(MendrecError):
        ward.open("radiologist", forged, tmp_path)
    # Only the custodian sees inside the shares; the outer words could be anything.
    expected = ShareBindingError if rewritten else EnvelopesMismatch
    assert custodian_says(ward, forged, "radiologist") == expected.code
    ward.revoke("radiologist", "imaging")


def custodian_says(ward: Ward, record: LocatedRecord, who: str) -> str:
    """What the custodian answers to somebody who does not run the product's own checks first."""
    custodian = ward.node.custodian(ward.person("north-hospital"))
    return outcome_code(ask(ward, custodian, make_request(ward, record, who=who), who=who))


def body_of(manifest: Manifest, **changes: object) -> ManifestBody:
    values = {field.name: getattr(manifest, field.name) for field in dataclasses.fields(ManifestBody)}
    return ManifestBody(**{**values, **changes})  # type: ignore[arg-type]


def test_the_victims_own_manifest_anchored_again_under_another_category_opens_nothing(ward: Ward) -> None:
    victim = ward.record(ward.upload(SECRET, "laboratory"))
    ward.grant("radiologist", "imaging", right=Right.READ | Right.UPLOAD)
    manifest, envelopes = objects_of(ward, victim)
    (imaging,) = category_numbers(ward.node.ledger, ["imaging"])
    forged = anchor_forged(ward, "radiologist", manifest, envelopes, category=imaging)
    assert custodian_says(ward, forged, "radiologist") == ManifestMismatch.code
    ward.revoke("radiologist", "imaging")


def test_a_manifest_that_its_author_did_not_sign_opens_nothing(ward: Ward) -> None:
    """Words put into the author's mouth: everything is as it was, but the descriptor is another one's."""
    own = ward.record(ward.upload(SECRET, "laboratory"))
    other = ward.record(ward.upload(b"another", "laboratory"))
    ward.grant("radiologist", "laboratory")
    manifest, envelopes = objects_of(ward, own)
    sealed_descriptor = objects_of(ward, other)[0].sealed_descriptor
    unsigned = Manifest.signed(body_of(manifest, sealed_descriptor=sealed_descriptor), manifest.signature)
    forged = anchor_forged(ward, "patient", unsigned, envelopes)
    assert custodian_says(ward, forged, "radiologist") == InvalidSignatureError.code
    ward.revoke("radiologist", "laboratory")


def test_the_patients_own_reading_refuses_unsigned_words_and_another_records_envelopes(
    ward: Ward, tmp_path: Path
) -> None:
    """No custodian stands between the patient and a forged record: these checks are theirs alone."""
    own = ward.record(ward.upload(SECRET, "laboratory"))
    other = ward.record(ward.upload(b"another", "imaging"))
    manifest, envelopes = objects_of(ward, own)
    unsigned = Manifest.signed(body_of(manifest, created_at=manifest.created_at + 1), manifest.signature)
    with pytest.raises(InvalidSignatureError):
        ward.open("patient", anchor_forged(ward, "patient", unsigned, envelopes), tmp_path)
    others = objects_of(ward, other)[1]
    swapped = sign_manifest(body_of(manifest, envelopes=others.cid()), ward.patient.wallet)
    with pytest.raises(EnvelopesMismatch):
        ward.open("patient", anchor_forged(ward, "patient", swapped, others), tmp_path)


def test_a_stranger_cannot_overwrite_a_pointer(ward: Ward) -> None:
    record = ward.record(ward.upload(SECRET, "laboratory"))
    before = ward.node.ledger.entry(ward.patient.address, record.ref.sequence)
    for stranger in ("south-hospital", "cardiologist", "licensing-board"):
        call = ContractCall(
            "Records", "mendPath", (ward.patient.address, record.ref.sequence, 3, int(MendReason.DAMAGED))
        )
        with pytest.raises(ContractRefusal) as refusal:
            ward.node.outbox.submit(call, ward.person(stranger).wallet, ward.key())
        assert refusal.value.name == "NotAllowed"
    assert ward.node.ledger.entry(ward.patient.address, record.ref.sequence) == before


def test_a_payload_swapped_for_another_valid_one_is_refused(ward: Ward, tmp_path: Path) -> None:
    """Both are well-formed ciphertext, sealed by the same author to the same patient; only the name is wrong."""
    record = ward.record(ward.upload(SECRET, "laboratory"))
    other = ward.record(ward.upload(b"something harmless", "laboratory"))
    wanted, offered = (
        next(
            copy.cid
            for copy in ward.node.objects.of_record(one.ref.patient, one.ref.manifest_digest_hex)
            if copy.role is ObjectRole.PAYLOAD
        )
        for one in (record, other)
    )
    for store in ward.node.copies.stores:
        if isinstance(store, DirectoryStore) and store.path_of(wanted).exists():
            path = store.path_of(wanted)
            path.chmod(0o600)
            path.write_bytes(b"".join(store.read(offered)) if store.path_of(offered).exists() else b"")
        else:
            store.delete(wanted)
    with pytest.raises(MendrecError) as refusal:
        ward.open("patient", record, tmp_path)
    assert refusal.value.code == "storage.no_good_copy"


def test_a_clinician_without_a_grant_leaves_nothing_behind(ward: Ward) -> None:
    before = ward.footprint()
    with pytest.raises(AccessRefused):
        ward.upload(b"not allowed", "billing", author="gp")
    assert ward.footprint() == before


def test_a_suspended_clinician_with_a_grant_leaves_nothing_behind(ward: Ward) -> None:
    board, gp = ward.person("licensing-board").wallet, ward.person("gp").address
    ward.grant("gp", "billing", right=Right.UPLOAD)
    ward.node.enrolment.suspend(board, gp, key=ward.key())
    before = ward.footprint()
    try:
        with pytest.raises(ContractRefusal) as refusal:
            ward.upload(b"not allowed", "billing", author="gp")
        assert refusal.value.name == "ParticipantSuspended"
        assert ward.footprint() == before
    finally:
        ward.node.enrolment.reinstate(board, gp, key=ward.key())
        ward.revoke("gp", "billing")


def test_somebody_whom_nobody_verified_cannot_write_even_with_a_grant(ward: Ward) -> None:
    """A hospital is in the directory and is no clinician. Its files are sealed and stored before the contract says no:
    they must be gone again."""
    ward.grant("south-hospital", "billing", right=Right.UPLOAD)
    before = ward.footprint()
    with pytest.raises(ContractRefusal) as refusal:
        ward.upload(b"not a clinician", "billing", author="south-hospital")
    assert refusal.value.name == "NotAClinician"
    assert ward.footprint() == before
    ward.revoke("south-hospital", "billing")
