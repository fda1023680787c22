"""Sealing a record: from a file and a description to the objects that are stored and the digest that is anchored.

Both keys are made here, used, and forgotten: whoever seals keeps no way to open. The other direction is
:mod:`mendrec.services.opening`; docs/format.md is the format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

from mendrec.crypto.age import seal, seal_stream
from mendrec.crypto.custody import CustodianKey, RecordBinding, make_envelopes
from mendrec.crypto.manifest_signature import sign_manifest
from mendrec.crypto.record_keys import RecordKeys
from mendrec.domain.cid import raw_cid_from_digest, sha256_hex
from mendrec.domain.descriptor import Descriptor
from mendrec.domain.envelopes import Envelopes, parse_envelopes
from mendrec.domain.errors import LimitExceeded, MendrecError
from mendrec.domain.limits import LIMITS, Limits
from mendrec.domain.manifest import Manifest, ManifestBody, PayloadRef, parse_manifest
from mendrec.domain.model import Address, Cid
from mendrec.ports import Wallet
from mendrec.services.ciphertext import CiphertextDigest, DigestingSink

_PIECE_BYTES = 256 * 1024


class SealingFault(MendrecError):
    """What was sealed does not read back; nothing of it may be stored."""

    code = "sealing.fault"
    default_remedy = "Report this; nothing was stored."


@dataclass(frozen=True, slots=True)
class RecordDraft:
    """What is to be sealed, apart from the file itself. The author is the wallet that signs."""

    chain_id: int
    records: Address
    """The Records contract it will be anchored in."""
    patient: Address
    category: int
    created_at: int
    """Unix seconds."""
    descriptor: Descriptor


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """A sealed record, ready to be stored and anchored. The payload's ciphertext went to the sink."""

    manifest: Manifest
    manifest_bytes: bytes
    manifest_digest_hex: str
    """What is anchored: an entry's digest, or a leaf of a batch."""
    manifest_cid: Cid
    envelopes: Envelopes
    envelopes_bytes: bytes
    envelopes_cid: Cid

    @property
    def payload(self) -> PayloadRef:
        """CID, size and SHA-256 of the ciphertext in the sink."""
        return self.manifest.payload


def seal_record(
    draft: RecordDraft,
    source: BinaryIO,
    sink: BinaryIO,
    *,
    patient_recipient: str,
    custodians: Sequence[CustodianKey],
    threshold: int,
    wallet: Wallet,
    limits: Limits = LIMITS,
) -> SealedRecord:
    """Seals a file under fresh keys, in one pass and bounded memory.

    Args:
        draft: what the record is.
        source: the file, from its position to its end. 0 bytes are a valid payload of the format.
        sink: takes the payload's ciphertext; to be discarded when this raises.
        patient_recipient: the patient's published age recipient.
        custodians: who gets a share; none for a private entry, which only the patient opens.
        threshold: how many custodians a reader needs; 0 for a private entry.
        wallet: the author's.
        limits: bounds on what is sealed.

    Raises:
        LimitExceeded: the file is too large (found while streaming), or the descriptor.
        InvalidThreshold, MalformedRecipient: nothing was written yet.
    """
    keys = RecordKeys.generate()
    return _seal_with(
        keys,
        draft,
        source,
        sink,
        patient_recipient=patient_recipient,
        custodians=custodians,
        threshold=threshold,
        wallet=wallet,
        limits=limits,
    )


def _seal_with(
    keys: RecordKeys,
    draft: RecordDraft,
    source: BinaryIO,
    sink: BinaryIO,
    *,
    patient_recipient: str,
    custodians: Sequence[CustodianKey],
    threshold: int,
    wallet: Wallet,
    limits: Limits,
) -> SealedRecord:
    """Does what :func:`seal_record` says, under given keys. Keys serve one record only."""
    # What can be refused is refused before the long work: envelopes and descriptor first, the payload after.
    envelopes = make_envelopes(
        keys,
        RecordBinding(draft.chain_id, draft.records, draft.patient, draft.category, keys.recipients),
        patient_recipient=patient_recipient,
        custodians=custodians,
        threshold=threshold,
    )
    envelopes_bytes = envelopes.to_bytes()
    sealed_descriptor = seal(draft.descriptor.to_bytes(), keys.descriptor.recipient)
    payload = _seal_payload(source, sink, keys.payload.recipient, limits)
    manifest = sign_manifest(
        ManifestBody(
            chain_id=draft.chain_id,
            records=draft.records,
            patient=draft.patient,
            author=wallet.address,
            category=draft.category,
            created_at=draft.created_at,
            payload=payload,
            sealed_descriptor=sealed_descriptor,
            recipients=keys.recipients,
            envelopes=envelopes.cid(),
        ),
        wallet,
    )
    manifest_bytes = manifest.to_bytes()
    if parse_manifest(manifest_bytes) != manifest or parse_envelopes(envelopes_bytes) != envelopes:
        raise SealingFault("The sealed record does not read back.")
    digest_hex = sha256_hex(manifest_bytes)
    return SealedRecord(
        manifest=manifest,
        manifest_bytes=manifest_bytes,
        manifest_digest_hex=digest_hex,
        manifest_cid=raw_cid_from_digest(digest_hex),
        envelopes=envelopes,
        envelopes_bytes=envelopes_bytes,
        envelopes_cid=manifest.envelopes,
    )


def _seal_payload(source: BinaryIO, sink: BinaryIO, recipient: str, limits: Limits) -> PayloadRef:
    with CiphertextDigest() as digest:
        bounded = _BoundedSource(source, limits.payload_max_bytes)
        seal_stream(cast(BinaryIO, bounded), cast(BinaryIO, DigestingSink(sink, digest)), recipient)
        return digest.finish()


class _BoundedSource:
    """Reads ``source`` in large pieces, and raises once it gave more than the limit.

    The age library asks for 8 KiB at a time. Answered from the file directly, each would be a system call and a
    contest for the interpreter's lock with the hashing thread; that costs a third of the throughput.
    """

    def __init__(self, source: BinaryIO, max_bytes: int) -> None:
        self._source = source
        self._max_bytes = max_bytes
        self._left_bytes = max_bytes
        self._piece = b""
        self._position = 0

    def read(self, size: int) -> bytes:
        """Returns up to ``size`` bytes. Raises LimitExceeded."""
        if self._position == len(self._piece):
            self._next_piece()
        start, self._position = self._position, min(self._position + size, len(self._piece))
        return self._piece[start : self._position]

    def _next_piece(self) -> None:
        self._piece, self._position = self._source.read(_PIECE_BYTES), 0
        self._left_bytes -= len(self._piece)
        if self._left_bytes < 0:
            raise LimitExceeded(
                f"The file is larger than {self._max_bytes} bytes.", remedy="Split it, or leave out what is not needed."
            )
