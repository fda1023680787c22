"""What belongs to what: the chain's entry, the manifest it anchors, and the manifest's envelopes.

Each object is sound by itself and could still be another record's; these checks tie them together.
"""

from __future__ import annotations

from mendrec.domain.envelopes import Envelopes
from mendrec.domain.errors import VerificationError
from mendrec.domain.manifest import Manifest
from mendrec.domain.merkle import require_included
from mendrec.domain.model import Address, ChainEntry, RecordRef


class ManifestMismatch(VerificationError):
    """A manifest is not the one anchored, or says something else than the entry that anchors it."""

    code = "verification.manifest_mismatch"
    default_remedy = "Fetch the manifest from another copy; if it stays so, tell its author and the patient."


class EnvelopesMismatch(VerificationError):
    """Envelopes are another record's."""

    code = "verification.envelopes_mismatch"
    default_remedy = "Fetch the envelopes again; if it stays so, tell the record's author."


def require_anchored(record: RecordRef, entry: ChainEntry, path_hex: tuple[str, ...] = ()) -> None:
    """Checks that an entry anchors a record: as its digest, or as a leaf of its batch.

    Args:
        record: which record; ``leaf_index`` is None for an entry that is one record.
        entry: as the chain holds it.
        path_hex: the leaf's inclusion path (RFC 9162), for a batch.

    Raises:
        ManifestMismatch: another patient, place or digest.
        NotIncludedError, LeafIndexError: not that leaf of the batch.
    """
    if (record.patient, record.sequence) != (entry.patient, entry.sequence):
        raise ManifestMismatch("The record is not of this entry.")
    if entry.count == 0:
        if record.leaf_index is not None or path_hex or record.manifest_digest_hex != entry.digest_hex:
            raise ManifestMismatch("This is not the manifest that the entry anchors.")
        return
    if record.leaf_index is None:
        raise ManifestMismatch("The entry is a batch; it is not said which of its records is meant.")
    require_included(
        leaf_hex=record.manifest_digest_hex,
        index=record.leaf_index,
        count=entry.count,
        path_hex=path_hex,
        root_hex=entry.digest_hex,
    )


def require_manifest_of_entry(manifest: Manifest, entry: ChainEntry, *, chain_id: int, records: Address) -> None:
    """Checks that a manifest says what the entry that anchors it says.

    That it *is* the anchored one is :func:`require_anchored`'s to check. Without this one an author who may upload
    to one category could anchor there a manifest that speaks of another category, author or patient.

    Raises:
        ManifestMismatch: naming the field that differs.
    """
    stated = {
        "patient": (manifest.patient, entry.patient),
        "author": (manifest.author, entry.author),
        "category": (manifest.category, entry.category),
        "chain": (manifest.chain_id, chain_id),
        "contract": (manifest.records, records),
    }
    for name, (in_manifest, on_chain) in stated.items():
        if in_manifest != on_chain:
            raise ManifestMismatch(f"The manifest names another {name} than the entry that anchors it.")


def require_envelopes_of_manifest(envelopes: Envelopes, manifest: Manifest) -> None:
    """Checks that envelopes, first or rotated, speak of the manifest's patient, category and keys.

    Raises:
        EnvelopesMismatch: naming the field that differs.
    """
    stated = {
        "patient": (envelopes.patient, manifest.patient),
        "category": (envelopes.category, manifest.category),
        "keys": (envelopes.recipients, manifest.recipients),
    }
    for name, (in_envelopes, in_manifest) in stated.items():
        if in_envelopes != in_manifest:
            raise EnvelopesMismatch(f"The envelopes name another {name} than the manifest.")
