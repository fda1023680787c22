"""The words of the product as frozen values. No behaviour beyond checking what they are made of.

Conventions: an address is an EIP-55 checksummed string; ``*_hex`` is lower-case hex without prefix;
``*_at``, ``from_at`` and ``until_at`` are Unix seconds (int); a CID is CIDv1, base32, as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, IntFlag, StrEnum
from typing import Any, NewType

Address = NewType("Address", str)
"""EIP-55 checksummed Ethereum address; make one with :func:`mendrec.domain.ids.parse_address`."""

Cid = NewType("Cid", str)
"""CIDv1, base32, sha2-256, raw leaves; make one with :mod:`mendrec.domain.cid`."""


class Role(IntFlag):
    """What a participant is. The values are the contract's (types/Types.sol)."""

    PATIENT = 1
    CLINICIAN = 2
    INSTITUTION = 4
    VERIFIER = 8
    CUSTODIAN = 16


class Right(IntFlag):
    """What a permission block allows. The values are the contract's (types/Types.sol)."""

    READ = 1
    UPLOAD = 2
    SHARE = 4


class Purpose(IntEnum):
    """HL7 v3 PurposeOfUse codes. The values are the contract's (libraries/Purposes.sol)."""

    TREAT = 1
    ETREAT = 2
    CAREMGT = 3
    PATRQT = 4
    HPAYMT = 5
    HOPERAT = 6
    HRESCH = 7
    PUBHLTH = 8


class MendReason(IntEnum):
    """Why a path was moved. The values are the contract's (types/Types.sol)."""

    DAMAGED = 1
    MISSING = 2
    UNREACHABLE = 3
    RELOCATED = 4


class Act(StrEnum):
    """The two acts of reading: seeing that an entry exists, and opening it."""

    LIST = "LIST"
    OPEN = "OPEN"


SEEDED_CATEGORIES: tuple[str, ...] = (
    "history-and-physical-exam",
    "laboratory",
    "delivered-radiation-dose",
    "medication",
    "allergy",
    "immunization",
    "imaging",
    "vital-signs",
    "demographics",
    "billing",
    "wearable",
)
"""Category codes a fresh deployment registers, in order: the number on chain is the position, counted from 1."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a grant says: rights, window [from_at, until_at), purpose."""

    rights: Right
    from_at: int
    until_at: int
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class BlockRef:
    """One block of the chain."""

    number: int
    hash_hex: str
    timestamp: int


@dataclass(frozen=True, slots=True)
class ParticipantInfo:
    """What the directory says of one address."""

    address: Address
    roles: Role
    suspended: bool
    credential_expires_at: int
    institution: int
    verifier: int
    body: int
    recipient: str | None
    """age X25519 recipient (``age1…``), or None where none was published."""


@dataclass(frozen=True, slots=True)
class EffectiveAccess:
    """What holds for (patient, grantee, category) in the end; rights 0 means nothing."""

    rights: Right
    from_at: int
    until_at: int
    purpose: int
    sequence: int


@dataclass(frozen=True, slots=True)
class PermissionBlock:
    """A permission block as the Consent contract stores it (types/Types.sol, Block)."""

    rights: Right
    from_at: int
    until_at: int
    purpose: int
    sequence: int
    generation: int
    passed_on: bool
    revoked_by_patient: bool


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """One entry of a patient's chain as the Records contract holds it."""

    patient: Address
    sequence: int
    author: Address
    category: int
    location: int
    digest_hex: str
    """SHA-256 of the manifest, or the RFC 9162 root of a batch."""
    recorded_at: int
    count: int
    """0 for a single record, otherwise the number of leaves of the batch."""


@dataclass(frozen=True, slots=True)
class ChainEvent:
    """One decoded log. ``args`` is JSON-safe: bytes as 0x-hex, structs as mappings."""

    contract: str
    name: str
    args: Mapping[str, Any]
    block_number: int
    block_hash_hex: str
    block_timestamp: int
    transaction_hash_hex: str
    log_index: int


@dataclass(frozen=True, slots=True)
class LocationInfo:
    """A place where copies live: path = base_uri + CID."""

    number: int
    operator: Address
    kind: int
    active: bool
    base_uri: str


@dataclass(frozen=True, slots=True)
class RecordRef:
    """Names one record: an entry, and the leaf within it where the entry is a batch."""

    patient: Address
    sequence: int
    leaf_index: int | None
    manifest_digest_hex: str
