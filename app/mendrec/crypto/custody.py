"""Keys in the hands of others: making envelopes, releasing a share, putting shares together.

Made by the author (``make_envelopes``); opened by the patient (``open_patient_envelope``); released by a custodian
(``unseal_share``, ``check_share_binding``, ``reseal_for_reader``); used by a reader (``open_resealed``, ``combine``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mendrec.crypto import shamir
from mendrec.crypto.age import CannotOpenError, SecretIdentity, open_sealed, seal
from mendrec.crypto.record_keys import RecordKeys
from mendrec.domain.canonical import canonical_bytes, parse_canonical
from mendrec.domain.envelopes import CustodianEnvelope, Envelopes, KeyName, SealedShare
from mendrec.domain.errors import InputError, VerificationError
from mendrec.domain.json_fields import FORMAT, Fields
from mendrec.domain.limits import LIMITS
from mendrec.domain.manifest import Recipients
from mendrec.domain.model import Address
from mendrec.domain.share import (
    RecordBinding,
    Share,
    ShareBindingError,
    WrongShareError,
    check_commitment,
    check_share_binding,
    parse_share,
)

__all__ = [
    "CombinedKeyError",
    "CustodianKey",
    "RecordBinding",
    "Share",
    "ShareBindingError",
    "WrongShareError",
    "check_share_binding",
    "combine",
    "make_envelopes",
    "open_patient_envelope",
    "open_resealed",
    "require_share",
    "reseal_for_reader",
    "unseal_share",
]

_PATIENT_KIND = "record-keys"
_PATIENT_JSON_MAX_BYTES = 4096


class CombinedKeyError(VerificationError):
    """A key, though every part of it is as committed to, is not the one the record was sealed to."""

    code = "verification.combined_key"
    default_remedy = "The record was sealed wrongly: tell its author, who alone could have made this."


@dataclass(frozen=True, slots=True)
class CustodianKey:
    """A custodian and the age recipient that it publishes in the directory."""

    address: Address
    recipient: str


def make_envelopes(
    keys: RecordKeys,
    binding: RecordBinding,
    *,
    patient_recipient: str,
    custodians: Sequence[CustodianKey],
    threshold: int,
) -> Envelopes:
    """Seals both keys to the patient, and a share of each to every custodian.

    Args:
        keys: the record's keys.
        binding: what they belong to; its recipients are the keys' own.
        patient_recipient: the patient's published age recipient.
        custodians: none for a private entry.
        threshold: how many of them are needed; 0 for a private entry.

    Raises:
        InvalidThreshold: the threshold does not fit the number of custodians.
        InputError: a custodian named twice, too many custodians, a malformed recipient.
    """
    if not 1 <= threshold <= len(custodians) <= LIMITS.custodians_max_count and (threshold or custodians):
        raise shamir.InvalidThreshold(f"{threshold} of {len(custodians)} custodians is not a possible sharing.")
    unsealed = {key: _shares(keys, key, binding, custodians=custodians, threshold=threshold) for key in KeyName}
    return Envelopes(
        patient=binding.patient,
        category=binding.category,
        recipients=binding.recipients,
        patient_envelope=seal(_patient_plaintext(keys, binding), patient_recipient),
        threshold=threshold,
        custodians=tuple(
            CustodianEnvelope(
                custodian=custodian.address,
                index=position + 1,
                descriptor=_sealed(unsealed[KeyName.DESCRIPTOR][position], custodian),
                payload=_sealed(unsealed[KeyName.PAYLOAD][position], custodian),
            )
            for position, custodian in enumerate(custodians)
        ),
    )


def open_patient_envelope(identity: SecretIdentity, envelopes: Envelopes) -> RecordKeys:
    """Returns both keys, opened by the patient.

    Raises:
        CannotOpenError: not sealed to this identity, or altered.
        ShareBindingError: sealed for another record; someone moved it here.
        CombinedKeyError: the keys inside are not those of the recipients.
    """
    plaintext = open_sealed(envelopes.patient_envelope, identity)
    try:
        value = parse_canonical(plaintext, max_bytes=_PATIENT_JSON_MAX_BYTES, what=_PATIENT_KIND)
        fields = Fields(
            value, _PATIENT_KIND, required=("format", "kind", "patient", "category", "recipients", "identities")
        )
        fields.require_kind(_PATIENT_KIND)
        stated = (fields.address("patient"), fields.integer("category"), Recipients.from_fields(fields))
        identities = fields.nested("identities", required=tuple(KeyName))
        keys = RecordKeys(
            identities.parsed(KeyName.DESCRIPTOR, SecretIdentity.from_text),
            identities.parsed(KeyName.PAYLOAD, SecretIdentity.from_text),
        )
    except InputError as error:
        raise CannotOpenError("The patient's envelope holds something else than a record's keys.") from error
    if stated != (envelopes.patient, envelopes.category, envelopes.recipients):
        raise ShareBindingError("The patient's envelope was made for another record.")
    if keys.recipients != envelopes.recipients:
        raise CombinedKeyError("The keys in the patient's envelope are not this record's.")
    return keys


def unseal_share(identity: SecretIdentity, envelopes: Envelopes, custodian: Address, key: KeyName | str) -> Share:
    """Opens a custodian's own share of one key.

    WARNING: before anything is released, :func:`check_share_binding` with the *chain's* entry must follow.

    Raises:
        NoSuchCustodian: no share for it here; a private record has none for anybody.
        CannotOpenError: not sealed to this identity, or altered.
        ShareBindingError: it is a share of the other key, so that a LIST never yields a payload's share.
        WrongShareError: not the share that was committed to when the record was sealed.
    """
    name = KeyName(key)
    sealed = envelopes.of_custodian(custodian).share_of(name)
    share = _parse_opened(open_sealed(sealed.sealed, identity))
    if share.key is not name:
        raise ShareBindingError(f"The share in the place of the {name} key is one of the {share.key} key.")
    check_commitment(share, sealed.commitment_hex)
    return share


def reseal_for_reader(share: Share, reader_recipient: str) -> bytes:
    """Returns the share, with its binding, age-encrypted to the reader's published recipient."""
    return seal(share.to_bytes(), reader_recipient)


def open_resealed(identity: SecretIdentity, sealed: bytes) -> Share:
    """Returns the share that a custodian sealed to the reader; :func:`combine` checks it.

    Raises:
        CannotOpenError: not sealed to this identity, altered, or not a share.
    """
    return _parse_opened(open_sealed(sealed, identity))


def require_share(share: Share, envelopes: Envelopes, key: KeyName, binding: RecordBinding) -> None:
    """Checks (1) and (2) of :func:`combine` for one share.

    Raises:
        NoSuchCustodian, ShareBindingError, WrongShareError: names the custodian.
    """
    envelope = envelopes.of_custodian(share.custodian)
    check_share_binding(share, binding, custodian=envelope.custodian)
    stated = (share.key, share.index, share.threshold, share.total)
    if stated != (key, envelope.index, envelopes.threshold, len(envelopes.custodians)):
        raise ShareBindingError(f"The share from custodian {share.custodian} is of another key or sharing.")
    check_commitment(share, envelope.share_of(key).commitment_hex)


def combine(
    shares: Iterable[Share], envelopes: Envelopes, key: KeyName | str, binding: RecordBinding
) -> SecretIdentity:
    """Puts shares together to the key, and proves that it is the record's.

    1. each share is from a custodian these envelopes name, and speaks of this record (``binding``, key, numbers):
       else the custodian is named;
    2. each share is the one committed to: else the custodian is named;
    3. enough of them, from different custodians;
    4. the combined key's public half is the one in the manifest.

    Args:
        shares: as opened by :func:`open_resealed`.
        envelopes: the record's.
        key: which of the two keys.
        binding: of the verified manifest.

    Raises:
        NoSuchCustodian, ShareBindingError, WrongShareError: (1), (2).
        CannotCombineError: (3).
        CombinedKeyError: (4): no custodian is to blame, the author made it so.
    """
    name = KeyName(key)
    by_custodian: dict[Address, bytes] = {}
    for share in shares:
        require_share(share, envelopes, name, binding)
        by_custodian[share.custodian] = share.share_bytes
    secret_bytes = shamir.combine(list(by_custodian.values()), threshold=envelopes.threshold)
    identity = SecretIdentity(secret_bytes)
    expected = binding.recipients.descriptor if name is KeyName.DESCRIPTOR else binding.recipients.payload
    if identity.recipient != expected:
        raise CombinedKeyError(f"The combined {name} key is not the one in the manifest.")
    return identity


def _patient_plaintext(keys: RecordKeys, binding: RecordBinding) -> bytes:
    return canonical_bytes(
        {
            "format": FORMAT,
            "kind": _PATIENT_KIND,
            "patient": binding.patient,
            "category": binding.category,
            "recipients": binding.recipients.to_json(),
            "identities": {key.value: keys.of(key).reveal_text() for key in KeyName},
        }
    )


def _shares(
    keys: RecordKeys,
    key: KeyName,
    binding: RecordBinding,
    *,
    custodians: Sequence[CustodianKey],
    threshold: int,
) -> list[Share]:
    if not custodians:
        return []
    split = shamir.split(keys.of(key).reveal_bytes(), total=len(custodians), threshold=threshold)
    return [
        Share(
            binding=binding,
            key=key,
            threshold=threshold,
            total=len(custodians),
            index=position + 1,
            custodian=custodian.address,
            share_bytes=split[position],
        )
        for position, custodian in enumerate(custodians)
    ]


def _sealed(share: Share, custodian: CustodianKey) -> SealedShare:
    return SealedShare(share.commitment_hex(), seal(share.to_bytes(), custodian.recipient))


def _parse_opened(plaintext: bytes) -> Share:
    try:
        return parse_share(plaintext)
    except InputError as error:
        raise CannotOpenError("What was sealed here is not a share.") from error
