"""A reader asks several custodians: enough good shares open the record, whatever the others answer."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from mendrec.crypto.custody import open_patient_envelope, reseal_for_reader, unseal_share
from mendrec.domain.envelopes import KeyName
from mendrec.domain.errors import MendrecError
from mendrec.domain.model import Act, Address, ChainEntry, RecordRef
from mendrec.domain.release_answer import RecordOutcome, ReleaseAnswer, ReleaseRefused, refused, released
from mendrec.domain.share import WrongShareError
from mendrec.services.key_release import KeyRelease, LocatedRecord, Reader
from tests.crypto.sealing_world import Sealed, SealingWorld

ANSWERS = ("good", "altered", "not for the reader", "in another's name", "nothing", "refused")


def answer(world: SealingWorld, sealed: Sealed, position: int, kind: str) -> ReleaseAnswer:
    """What custodian ``position`` sends."""
    digest = sealed.record.manifest_digest_hex
    address = world.custodians[position].address
    if kind == "refused":
        outcome = refused(0, digest, MendrecError("No."))
    elif kind == "nothing":
        outcome = released(0, digest, {})
    else:
        outcome = released(0, digest, {key.value: resealed(world, sealed, position, kind, key) for key in KeyName})
    return ReleaseAnswer(address, 1, (outcome,))


def resealed(world: SealingWorld, sealed: Sealed, position: int, kind: str, key: KeyName) -> bytes:
    """One share, good or not, sealed to the reader or not."""
    identity, address = world.custodian_identities[position], world.custodians[position].address
    share = unseal_share(identity, sealed.record.envelopes, address, key)
    if kind == "altered":
        share = replace(share, share_bytes=bytes([share.share_bytes[0] ^ 1]) + share.share_bytes[1:])
    if kind == "in another's name":
        share = replace(share, custodian=world.custodians[(position + 1) % 3].address)
    stranger = world.patient_identity.recipient
    return reseal_for_reader(share, stranger if kind == "not for the reader" else world.reader_identity.recipient)


@pytest.mark.parametrize("kinds", [*itertools.product(ANSWERS, repeat=3)])
def test_two_good_shares_of_three_open_and_fewer_are_refused_with_a_reason(
    world: SealingWorld, sealed: Sealed, kinds: tuple[str, ...]
) -> None:
    told: list[MendrecError] = []
    keys = KeyRelease(ledger=None, custodians=(), clock=None, randomness=None, report=told.append)  # type: ignore[arg-type]
    manifest, envelopes = sealed.record.manifest, sealed.record.envelopes
    answers = {world.custodians[at].address: answer(world, sealed, at, kind) for at, kind in enumerate(kinds)}
    asked = (Act.OPEN, located(sealed), manifest, envelopes, Reader(world.author, world.reader_identity), answers)
    wrong = [kind for kind in kinds if kind not in ("good", "refused")]
    if kinds.count("good") >= 2:
        found = keys.keys(*asked)
        assert found[KeyName.PAYLOAD] == open_patient_envelope(world.patient_identity, envelopes).payload
    else:
        with pytest.raises(MendrecError) as caught:
            keys.keys(*asked)
        assert isinstance(caught.value, ReleaseRefused) == (not wrong), "a fault is told before a refusal"
    assert len(told) in (len(wrong), 2 * len(wrong)), "each wrong share is told once a key"


def test_whoever_sent_a_share_is_blamed_and_not_whom_it_names(world: SealingWorld, sealed: Sealed) -> None:
    told: list[MendrecError] = []
    keys = KeyRelease(ledger=None, custodians=(), clock=None, randomness=None, report=told.append)  # type: ignore[arg-type]
    kinds = ("in another's name", "good", "good")
    answers = {world.custodians[at].address: answer(world, sealed, at, kind) for at, kind in enumerate(kinds)}
    reader = Reader(world.author, world.reader_identity)
    keys.keys(Act.LIST, located(sealed), sealed.record.manifest, sealed.record.envelopes, reader, answers)
    (blamed,) = told
    assert isinstance(blamed, WrongShareError)
    assert blamed.custodian == world.custodians[0].address


def test_a_share_said_twice_counts_once(world: SealingWorld, sealed: Sealed) -> None:
    keys = KeyRelease(ledger=None, custodians=(), clock=None, randomness=None)  # type: ignore[arg-type]
    first = answer(world, sealed, 0, "good")
    outcomes: tuple[RecordOutcome, ...] = (*first.outcomes, *first.outcomes)
    answers: dict[Address, ReleaseAnswer] = {first.custodian: replace(first, outcomes=outcomes)}
    reader = Reader(world.author, world.reader_identity)
    with pytest.raises(MendrecError):
        keys.keys(Act.LIST, located(sealed), sealed.record.manifest, sealed.record.envelopes, reader, answers)


def located(sealed: Sealed) -> LocatedRecord:
    """The record as the first entry of its patient's chain."""
    manifest = sealed.record.manifest
    entry = ChainEntry(
        patient=manifest.patient,
        sequence=0,
        author=manifest.author,
        category=manifest.category,
        location=1,
        recorded_at=1_790_000_000,
        count=0,
        digest_hex=sealed.record.manifest_digest_hex,
    )
    return LocatedRecord(RecordRef(manifest.patient, 0, None, entry.digest_hex), entry, ())
