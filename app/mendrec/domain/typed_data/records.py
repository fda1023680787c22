"""Signed acts of Records (``contracts/src/libraries/RecordsActs.sol``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mendrec.domain.model import Address, MendReason
from mendrec.domain.typed_data._build import Domain, hex_0x
from mendrec.domain.typed_data.signed_acts import Validity, signed_act

_LIFE = "uint256 nonce,string signatureValidUntil"

ADD_RECORD_TYPE = (
    "AddRecord(address author,address patient,string category,uint16 location,bytes32 digest,uint64 sequence,"
    f"bytes32 previousLink,{_LIFE})"
)
BATCH_TYPE = "Batch(string category,uint16 location,uint24 count,bytes32 root,bytes32 listDigest)"
ADD_BATCHES_TYPE = (
    "AddBatches(address author,address patient,Batch[] batches,uint64 sequence,bytes32 previousLink,"
    + _LIFE
    + ")"
    + BATCH_TYPE
)
ENTRY_KEY_TYPE = "EntryKey(address patient,uint64 sequence)"
MEND_PATHS_TYPE = (
    f"MendPaths(address mender,EntryKey[] entries,uint16 toLocation,string reason,{_LIFE}){ENTRY_KEY_TYPE}"
)


@dataclass(frozen=True, slots=True)
class SingleRecord:
    """One record to be added."""

    category: str
    """Code, for example ``laboratory``."""
    location: int
    digest_hex: str
    """SHA-256 of the manifest."""


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """One batch to be added."""

    category: str
    """Code, for example ``laboratory``."""
    location: int
    count: int
    root_hex: str
    """RFC 9162 root over the manifest digests."""
    list_digest_hex: str
    """SHA-256 of the stored list of leaves."""


@dataclass(frozen=True, slots=True)
class EntryKey:
    """Names one entry of one patient."""

    patient: Address
    sequence: int


def add_record(
    domain: Domain,
    author: Address,
    patient: Address,
    record: SingleRecord,
    sequence: int,
    previous_link_hex: str,
    validity: Validity,
) -> dict[str, Any]:
    """The author adds one record to the patient's chain."""
    members = {
        "author": author,
        "patient": patient,
        "category": record.category,
        "location": record.location,
        "digest": hex_0x(record.digest_hex),
        "sequence": str(sequence),
        "previousLink": hex_0x(previous_link_hex),
    }
    return signed_act(domain, ADD_RECORD_TYPE, members, validity)


def add_batches(
    domain: Domain,
    author: Address,
    patient: Address,
    batches: Sequence[RecordBatch],
    sequence: int,
    previous_link_hex: str,
    validity: Validity,
) -> dict[str, Any]:
    """The author adds batches to the patient's chain, the first under ``sequence``."""
    members = {
        "author": author,
        "patient": patient,
        "batches": [_batch_members(batch) for batch in batches],
        "sequence": str(sequence),
        "previousLink": hex_0x(previous_link_hex),
    }
    return signed_act(domain, ADD_BATCHES_TYPE, members, validity)


def mend_paths(
    domain: Domain,
    mender: Address,
    entries: Sequence[EntryKey],
    to_location: int,
    reason: MendReason,
    validity: Validity,
) -> dict[str, Any]:
    """The mender moves the paths of these entries to one location."""
    members = {
        "mender": mender,
        "entries": [{"patient": key.patient, "sequence": str(key.sequence)} for key in entries],
        "toLocation": to_location,
        "reason": reason.name,
    }
    return signed_act(domain, MEND_PATHS_TYPE, members, validity)


def _batch_members(batch: RecordBatch) -> dict[str, Any]:
    return {
        "category": batch.category,
        "location": batch.location,
        "count": batch.count,
        "root": hex_0x(batch.root_hex),
        "listDigest": hex_0x(batch.list_digest_hex),
    }
