"""What is checked of a sealed record that somebody else sealed, before any of it is stored.

The node can't open it, so what the keys open to stays the author's word. Everything that is outside of the encryption
is checked here against what was announced, against the chain, and against this node's custody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mendrec.crypto.manifest_signature import require_author_signature
from mendrec.domain.bindings import ManifestMismatch, require_envelopes_of_manifest
from mendrec.domain.cid import RAW_BLOCK_MAX_BYTES, is_raw_cid
from mendrec.domain.envelopes import Envelopes, parse_envelopes
from mendrec.domain.errors import InputError, LimitExceeded, VerificationError
from mendrec.domain.health import ObjectRole
from mendrec.domain.limits import LIMITS
from mendrec.domain.manifest import Manifest, PayloadRef, parse_manifest
from mendrec.domain.model import Address, Cid
from mendrec.ports_uploads import UploadObject
from mendrec.services.spooling import Custody

RECORD_ROLES = frozenset({ObjectRole.PAYLOAD, ObjectRole.MANIFEST, ObjectRole.ENVELOPES})


class AnnouncementUnusable(InputError):
    """What is announced can't be a record."""

    code = "input.upload_announcement"


class WrongCustody(VerificationError):
    """The envelopes are not sealed to the custodians of this node."""

    code = "verification.wrong_custody"
    default_remedy = "Ask for the upload's context again and seal the record anew; custodians may have changed."


@dataclass(frozen=True, slots=True)
class ExpectedRecord:
    """What a record of an upload has to say."""

    chain_id: int
    records: Address
    patient: Address
    author: Address
    category: int
    payload: PayloadRef
    """CID, size and SHA-256 of the bytes that arrived."""
    envelopes: Cid
    custody: Custody
    """Nobody, for a private record."""


def require_announcement(records: Sequence[Sequence[UploadObject]]) -> None:
    """Checks roles, sizes and CIDs of what is announced, record by record.

    Raises:
        AnnouncementUnusable: a role is missing or twice, a CID is named twice, a size can't be that of its CID.
        LimitExceeded: too many records, or an object that is too large.
    """
    if not records:
        raise AnnouncementUnusable("There is nothing to upload.")
    if len(records) > LIMITS.upload_max_records:
        raise LimitExceeded(
            f"An upload has at most {LIMITS.upload_max_records} records.", remedy="Split it into several uploads."
        )
    seen: set[Cid] = set()
    for position, objects in enumerate(records):
        if len(objects) != len(RECORD_ROLES) or {one.role for one in objects} != RECORD_ROLES:
            raise AnnouncementUnusable(f"Record {position} needs a payload, a manifest and envelopes, one of each.")
        for one in objects:
            _require_size(one, position)
            if one.cid in seen:
                raise AnnouncementUnusable(f"Record {position} names an object that was named before: {one.cid}.")
            seen.add(one.cid)


def require_record(expected: ExpectedRecord, manifest_bytes: bytes, envelopes_bytes: bytes) -> Manifest:
    """Checks one record's manifest and envelopes. Their CIDs, and the payload's, were checked when they arrived.

    Raises:
        InputError: malformed or not canonical.
        ManifestMismatch, EnvelopesMismatch, WrongCustody, VerificationError: naming what differs.
    """
    manifest = parse_manifest(manifest_bytes)
    stated = {
        "chain": (manifest.chain_id, expected.chain_id),
        "contract": (manifest.records, expected.records),
        "patient": (manifest.patient, expected.patient),
        "author": (manifest.author, expected.author),
        "category": (manifest.category, expected.category),
        "payload": (manifest.payload, expected.payload),
        "envelopes object": (manifest.envelopes, expected.envelopes),
    }
    for name, (found, wanted) in stated.items():
        if found != wanted:
            raise ManifestMismatch(
                f"The manifest names another {name} than the upload.", remedy="Seal it for this upload, and try again."
            )
    require_author_signature(manifest)
    envelopes = parse_envelopes(envelopes_bytes)
    require_envelopes_of_manifest(envelopes, manifest)
    _require_custody(envelopes, expected.custody)
    return manifest


def _require_custody(envelopes: Envelopes, custody: Custody) -> None:
    found = [one.custodian for one in envelopes.custodians]
    wanted = [one.address for one in custody.custodians]
    if sorted(found) != sorted(wanted) or envelopes.threshold != custody.threshold:
        raise WrongCustody(
            "The envelopes have shares, and the record was announced as private."
            if not wanted
            else "The envelopes name other custodians, or another threshold, than this node does."
        )


def _require_size(one: UploadObject, position: int) -> None:
    is_raw = is_raw_cid(one.cid)
    if one.role is not ObjectRole.PAYLOAD and not is_raw:
        raise AnnouncementUnusable(f"The {one.role.value} of record {position} is not the CID of one raw block.")
    most = RAW_BLOCK_MAX_BYTES if is_raw else LIMITS.object_max_bytes
    if one.size_bytes < 1:
        raise AnnouncementUnusable(f"The {one.role.value} of record {position} is empty: no sealed object is.")
    if one.size_bytes > most:
        raise LimitExceeded(f"The {one.role.value} of record {position} has more than {most} bytes.")
    if not is_raw and one.size_bytes <= RAW_BLOCK_MAX_BYTES:
        raise AnnouncementUnusable(f"The payload of record {position} is too small for the CID of more than one block.")
