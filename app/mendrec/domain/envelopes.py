"""Envelopes: a record's keys, sealed to the patient and, as Shamir shares, to each custodian. Canonical JSON.

What is outside is readable to anyone who gets the object and is bound to nothing but itself; what counts for a
release is *inside* each share's encryption (:mod:`mendrec.domain.share`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mendrec.domain.canonical import MalformedJson, canonical_bytes, parse_canonical
from mendrec.domain.cid import RAW_BLOCK_MAX_BYTES, raw_cid_from_digest, sha256_hex
from mendrec.domain.errors import LimitExceeded, NotFoundError
from mendrec.domain.json_fields import FORMAT, Fields, base64_text
from mendrec.domain.limits import LIMITS
from mendrec.domain.manifest import Recipients
from mendrec.domain.model import Act, Address, Cid

_KIND = "envelopes"


class KeyName(StrEnum):
    """A record's two keys."""

    DESCRIPTOR = "descriptor"
    PAYLOAD = "payload"


def keys_for(act: Act) -> tuple[KeyName, ...]:
    """Returns the keys that an act needs: LIST the descriptor's, OPEN both."""
    return (KeyName.DESCRIPTOR,) if act is Act.LIST else (KeyName.DESCRIPTOR, KeyName.PAYLOAD)


class NoSuchCustodian(NotFoundError):
    """These envelopes hold no share for that custodian; a private record's hold none at all."""

    code = "not_found.custodian"


@dataclass(frozen=True, slots=True)
class SealedShare:
    """One share, age-encrypted to its custodian, and the commitment to its plain bytes."""

    commitment_hex: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class CustodianEnvelope:
    """What one custodian keeps of one record: a share of each key."""

    custodian: Address
    index: int
    """Counted from 1, in the order of the list."""
    descriptor: SealedShare
    payload: SealedShare

    def share_of(self, key: KeyName) -> SealedShare:
        """Returns the sealed share of one key."""
        return self.descriptor if key is KeyName.DESCRIPTOR else self.payload


@dataclass(frozen=True, slots=True)
class Envelopes:
    """The envelopes of one record. ``threshold`` 0 and no custodians: private, only the patient opens it."""

    patient: Address
    category: int
    recipients: Recipients
    patient_envelope: bytes
    """age ciphertext, to the patient's recipient, of both keys."""
    threshold: int
    custodians: tuple[CustodianEnvelope, ...]

    def __post_init__(self) -> None:
        total = len(self.custodians)
        if not (1 <= self.threshold <= total or self.threshold == total == 0):
            raise MalformedJson("envelopes.threshold does not fit the number of custodians.")
        if [envelope.index for envelope in self.custodians] != list(range(1, total + 1)):
            raise MalformedJson("envelopes.custodians are not numbered from 1 in order.")
        if len({envelope.custodian for envelope in self.custodians}) != total:
            raise MalformedJson("envelopes.custodians names one custodian twice.")

    def of_custodian(self, custodian: Address) -> CustodianEnvelope:
        """Returns what ``custodian`` keeps. Raises NoSuchCustodian."""
        for envelope in self.custodians:
            if envelope.custodian == custodian:
                return envelope
        raise NoSuchCustodian(f"{custodian} holds no share of this record.")

    def to_bytes(self) -> bytes:
        """Returns the canonical JSON.

        Raises:
            LimitExceeded: too many custodians for one block.
        """
        data = canonical_bytes(
            {
                "format": FORMAT,
                "kind": _KIND,
                "patient": self.patient,
                "category": self.category,
                "recipients": self.recipients.to_json(),
                "patientEnvelope": base64_text(self.patient_envelope),
                "threshold": self.threshold,
                "custodians": [_custodian_to_json(envelope) for envelope in self.custodians],
            }
        )
        if len(data) > min(LIMITS.envelopes_max_bytes, RAW_BLOCK_MAX_BYTES):
            raise LimitExceeded("The envelopes do not fit one block.", remedy="Name fewer custodians.")
        return data

    def cid(self) -> Cid:
        """Returns the CID under which the canonical bytes are stored: one raw block."""
        return raw_cid_from_digest(sha256_hex(self.to_bytes()))


def parse_envelopes(data: bytes) -> Envelopes:
    """Returns the envelopes that ``data`` holds; whether they belong to a manifest is checked apart.

    Raises:
        InputError: too large, malformed or not canonical.
    """
    value = parse_canonical(data, max_bytes=LIMITS.envelopes_max_bytes, what=_KIND)
    fields = Fields(value, _KIND, required=_FIELDS)
    fields.require_kind(_KIND)
    custodians = fields.objects("custodians", max_count=LIMITS.custodians_max_count)
    return Envelopes(
        patient=fields.address("patient"),
        category=fields.integer("category", low=1, high=2**16 - 1),
        recipients=Recipients.from_fields(fields),
        patient_envelope=fields.base64_bytes("patientEnvelope"),
        threshold=fields.integer("threshold", high=LIMITS.custodians_max_count),
        custodians=tuple(_parse_custodian(item) for item in custodians),
    )


_FIELDS = (
    "format",
    "kind",
    "patient",
    "category",
    "recipients",
    "patientEnvelope",
    "threshold",
    "custodians",
)


def _custodian_to_json(envelope: CustodianEnvelope) -> dict[str, Any]:
    return {
        "custodian": envelope.custodian,
        "index": envelope.index,
        "shares": {
            key.value: {
                "commitment": envelope.share_of(key).commitment_hex,
                "sealed": base64_text(envelope.share_of(key).sealed),
            }
            for key in KeyName
        },
    }


def _parse_custodian(value: Any) -> CustodianEnvelope:
    fields = Fields(value, "envelopes.custodians", required=("custodian", "index", "shares"))
    shares = fields.nested("shares", required=tuple(KeyName))
    return CustodianEnvelope(
        custodian=fields.address("custodian"),
        index=fields.integer("index", low=1, high=LIMITS.custodians_max_count),
        descriptor=_parse_sealed_share(shares, KeyName.DESCRIPTOR),
        payload=_parse_sealed_share(shares, KeyName.PAYLOAD),
    )


def _parse_sealed_share(shares: Fields, key: KeyName) -> SealedShare:
    fields = shares.nested(key, required=("commitment", "sealed"))
    return SealedShare(fields.hex_64("commitment"), fields.base64_bytes("sealed"))
