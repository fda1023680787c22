"""Custody: the way of a share from author to custodian to reader, and every attack on it that a check stops."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from mendrec.crypto.age import CannotOpenError, SecretIdentity, seal
from mendrec.crypto.custody import (
    CombinedKeyError,
    RecordBinding,
    ShareBindingError,
    WrongShareError,
    check_share_binding,
    combine,
    make_envelopes,
    open_patient_envelope,
    open_resealed,
    unseal_share,
)
from mendrec.crypto.record_keys import RecordKeys
from mendrec.crypto.shamir import CannotCombineError, InvalidThreshold
from mendrec.domain.envelopes import Envelopes, KeyName, NoSuchCustodian, SealedShare, parse_envelopes
from mendrec.domain.errors import InputError
from mendrec.domain.limits import LIMITS
from mendrec.domain.manifest import Recipients
from tests.crypto.sealing_world import Sealed, SealingWorld

BOTH = list(KeyName)


def swapped(envelopes: Envelopes, position: int, **changes: object) -> Envelopes:
    """The envelopes with one custodian's entry changed."""
    custodians = list(envelopes.custodians)
    custodians[position] = replace(custodians[position], **changes)
    return replace(envelopes, custodians=tuple(custodians))


@pytest.mark.parametrize("key", BOTH)
def test_any_two_of_three_custodians_give_the_key_and_it_is_the_patients(
    world: SealingWorld, sealed: Sealed, key: KeyName
) -> None:
    record = sealed.record
    keys = open_patient_envelope(world.patient_identity, record.envelopes)
    shares = [world.released(record, position, key) for position in range(3)]
    for chosen in itertools.permutations(shares, 2):
        combined = combine(chosen, record.envelopes, key, RecordBinding.of(record.manifest))
        assert combined == keys.of(key)
    assert combine(shares, record.envelopes, key, RecordBinding.of(record.manifest)) == keys.of(key)


@pytest.mark.parametrize(("total", "threshold"), [(1, 1), (3, 1), (3, 3)])
def test_every_sharing_goes_the_same_way(world: SealingWorld, total: int, threshold: int) -> None:
    record = world.seal(b"x", total=total, threshold=threshold).record
    keys = open_patient_envelope(world.patient_identity, record.envelopes)
    shares = [world.released(record, position, KeyName.PAYLOAD) for position in range(threshold)]
    combined = combine(shares, record.envelopes, KeyName.PAYLOAD, RecordBinding.of(record.manifest))
    assert combined == keys.payload
    with pytest.raises(CannotCombineError):
        combine(shares[1:], record.envelopes, KeyName.PAYLOAD, RecordBinding.of(record.manifest))


def test_one_share_given_twice_is_one_share(world: SealingWorld, sealed: Sealed) -> None:
    share = world.released(sealed.record, 0, KeyName.PAYLOAD)
    with pytest.raises(CannotCombineError):
        combine([share, share], sealed.record.envelopes, KeyName.PAYLOAD, share.binding)


def test_a_private_record_is_opened_by_the_patient_alone(world: SealingWorld) -> None:
    record = world.seal(b"diary", total=0, threshold=0).record
    assert open_patient_envelope(world.patient_identity, record.envelopes).recipients == record.manifest.recipients
    for identity, custodian in zip(world.custodian_identities, world.custodians, strict=True):
        with pytest.raises(NoSuchCustodian):
            unseal_share(identity, record.envelopes, custodian.address, KeyName.PAYLOAD)
    with pytest.raises(CannotCombineError):
        combine([], record.envelopes, KeyName.PAYLOAD, RecordBinding.of(record.manifest))


@pytest.mark.parametrize("relabelled", [False, True])
def test_envelopes_of_one_category_copied_into_a_record_of_another_release_nothing(
    world: SealingWorld, sealed: Sealed, relabelled: bool
) -> None:
    """The attack: a reader of category 3 with UPLOAD there makes a record of category 3 out of the envelopes (and the
    recipients) of a record of category 2, be it with the outside relabelled, and asks for its key."""
    copied = replace(sealed.record.envelopes, category=3) if relabelled else sealed.record.envelopes
    for key, position in itertools.product(BOTH, range(3)):
        custodian = world.custodians[position].address
        share = unseal_share(world.custodian_identities[position], copied, custodian, key)
        asked = replace(RecordBinding.of(sealed.record.manifest), category=3)
        with pytest.raises(ShareBindingError):
            check_share_binding(share, asked, custodian=custodian)


def test_envelopes_copied_into_a_record_of_another_patient_or_key_release_nothing(
    world: SealingWorld, sealed: Sealed
) -> None:
    custodian = world.custodians[0].address
    share = unseal_share(world.custodian_identities[0], sealed.record.envelopes, custodian, KeyName.PAYLOAD)
    right = RecordBinding.of(sealed.record.manifest)
    check_share_binding(share, right, custodian=custodian)
    fresh = RecordKeys.generate().recipients
    for wrong in ({"patient": world.author.address}, {"recipients": fresh}):
        with pytest.raises(ShareBindingError):
            check_share_binding(share, replace(right, **wrong), custodian=custodian)
    with pytest.raises(ShareBindingError):
        check_share_binding(share, right, custodian=world.author.address)


def test_envelopes_copied_to_another_chain_or_contract_release_nothing(world: SealingWorld, sealed: Sealed) -> None:
    """A custodian may serve two deployments with one key; what one grants opens nothing of the other."""
    custodian = world.custodians[0].address
    share = unseal_share(world.custodian_identities[0], sealed.record.envelopes, custodian, KeyName.PAYLOAD)
    here = RecordBinding.of(sealed.record.manifest)
    for elsewhere in (replace(here, chain_id=here.chain_id + 1), replace(here, records=world.author.address)):
        with pytest.raises(ShareBindingError):
            check_share_binding(share, elsewhere, custodian=custodian)


def test_a_payloads_share_put_in_the_descriptors_place_is_not_released_by_a_list(
    world: SealingWorld, sealed: Sealed
) -> None:
    envelopes = sealed.record.envelopes
    moved = swapped(envelopes, 0, descriptor=envelopes.custodians[0].payload)
    with pytest.raises(ShareBindingError):
        unseal_share(world.custodian_identities[0], moved, world.custodians[0].address, KeyName.DESCRIPTOR)


def test_another_custodians_envelope_does_not_open(world: SealingWorld, sealed: Sealed) -> None:
    with pytest.raises(CannotOpenError):
        unseal_share(
            world.custodian_identities[1], sealed.record.envelopes, world.custodians[0].address, KeyName.PAYLOAD
        )
    with pytest.raises(CannotOpenError):
        open_resealed(world.reader_identity, sealed.record.envelopes.custodians[0].payload.sealed)


def test_a_commitment_that_was_altered_stops_the_custodian(world: SealingWorld, sealed: Sealed) -> None:
    envelopes = sealed.record.envelopes
    sealed_share = envelopes.custodians[0].payload
    altered = swapped(envelopes, 0, payload=SealedShare("00" * 32, sealed_share.sealed))
    with pytest.raises(WrongShareError):
        unseal_share(world.custodian_identities[0], altered, world.custodians[0].address, KeyName.PAYLOAD)


@pytest.mark.parametrize("position", range(3))
def test_a_wrong_share_names_its_custodian_and_no_other(world: SealingWorld, sealed: Sealed, position: int) -> None:
    shares = [world.released(sealed.record, at, KeyName.PAYLOAD) for at in range(3)]
    altered = bytearray(shares[position].share_bytes)
    altered[0] ^= 1
    shares[position] = replace(shares[position], share_bytes=bytes(altered))
    with pytest.raises(WrongShareError) as caught:
        combine(shares, sealed.record.envelopes, KeyName.PAYLOAD, RecordBinding.of(sealed.record.manifest))
    assert caught.value.custodian == world.custodians[position].address


@pytest.mark.parametrize(
    "changes",
    [{"key": KeyName.DESCRIPTOR}, {"threshold": 1}, {"total": 4}, {"index": 2}],
)
def test_a_share_with_other_words_is_refused_by_the_reader(
    world: SealingWorld, sealed: Sealed, changes: dict[str, object]
) -> None:
    shares = [world.released(sealed.record, at, KeyName.PAYLOAD) for at in range(2)]
    shares[0] = replace(shares[0], **changes)
    with pytest.raises(ShareBindingError):
        combine(shares, sealed.record.envelopes, KeyName.PAYLOAD, RecordBinding.of(sealed.record.manifest))


def test_a_share_from_somebody_who_is_no_custodian_is_refused(world: SealingWorld, sealed: Sealed) -> None:
    share = replace(world.released(sealed.record, 0, KeyName.PAYLOAD), custodian=world.author.address)
    with pytest.raises(NoSuchCustodian):
        combine([share], sealed.record.envelopes, KeyName.PAYLOAD, RecordBinding.of(sealed.record.manifest))


def test_a_combined_key_that_is_not_the_manifests_is_refused(world: SealingWorld) -> None:
    """The author shared another key than the one he sealed to: no custodian is blamed."""
    keys, shared = RecordKeys.generate(), RecordKeys.generate()
    claimed = RecordKeys(_Pretended(shared.descriptor, keys.descriptor), _Pretended(shared.payload, keys.payload))
    binding = RecordBinding(31337, world.author.address, world.patient.address, 2, keys.recipients)
    envelopes = make_envelopes(
        claimed,
        binding,
        patient_recipient=world.patient_identity.recipient,
        custodians=world.custodians,
        threshold=2,
    )
    assert envelopes.recipients == keys.recipients
    shares = [
        unseal_share(world.custodian_identities[at], envelopes, world.custodians[at].address, "payload")
        for at in range(2)
    ]
    with pytest.raises(CombinedKeyError):
        combine(shares, envelopes, "payload", binding)
    with pytest.raises(CombinedKeyError):
        open_patient_envelope(world.patient_identity, envelopes)


class _Pretended(SecretIdentity):
    """One identity's secret with another's public half."""

    __slots__ = ()

    def __init__(self, secret: SecretIdentity, public: SecretIdentity) -> None:
        super().__init__(secret.reveal_bytes())
        self.recipient = public.recipient


def test_the_patients_envelope_moved_to_another_record_is_refused(world: SealingWorld, sealed: Sealed) -> None:
    envelopes = sealed.record.envelopes
    fresh = RecordKeys.generate().recipients
    for changes in ({"category": 3}, {"patient": world.author.address}, {"recipients": fresh}):
        with pytest.raises(ShareBindingError):
            open_patient_envelope(world.patient_identity, replace(envelopes, **changes))
    with pytest.raises(CannotOpenError):
        open_patient_envelope(world.reader_identity, envelopes)
    for plaintext in (b"", b"{}", world.released(sealed.record, 0, KeyName.PAYLOAD).to_bytes()):
        forged = seal(plaintext, world.patient_identity.recipient)
        with pytest.raises(CannotOpenError):
            open_patient_envelope(world.patient_identity, replace(envelopes, patient_envelope=forged))


def test_nothing_of_the_keys_is_outside_the_encryption(world: SealingWorld, sealed: Sealed) -> None:
    keys = open_patient_envelope(world.patient_identity, sealed.record.envelopes)
    outside = sealed.record.envelopes_bytes + sealed.record.manifest_bytes + sealed.ciphertext
    for key in BOTH:
        secret = keys.of(key)
        for form in (secret.reveal_bytes(), secret.reveal_bytes().hex().encode(), secret.reveal_text().encode()):
            assert form not in outside
        assert secret.reveal_text()[16:] not in repr(keys)


@pytest.mark.parametrize(("total", "threshold"), [(0, 1), (1, 0), (2, 3), (3, 0), (3, -1)])
def test_impossible_sharings_are_refused(world: SealingWorld, total: int, threshold: int) -> None:
    with pytest.raises(InvalidThreshold):
        world.seal(b"x", total=total, threshold=threshold)


def test_a_custodian_named_twice_or_too_many_custodians_are_refused(world: SealingWorld) -> None:
    keys = RecordKeys.generate()
    for custodians in ([world.custodians[0]] * 2, [world.custodians[0]] * (LIMITS.custodians_max_count + 1)):
        with pytest.raises(InputError):
            make_envelopes(
                keys,
                RecordBinding(31337, world.author.address, world.patient.address, 2, keys.recipients),
                patient_recipient=world.patient_identity.recipient,
                custodians=custodians,
                threshold=1,
            )


def test_the_stored_bytes_are_what_custodians_work_with(world: SealingWorld, sealed: Sealed) -> None:
    stored = parse_envelopes(sealed.record.envelopes_bytes)
    assert stored == sealed.record.envelopes
    assert isinstance(stored.recipients, Recipients)
