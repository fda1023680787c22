"""Every limit in one place, with its unit in its name."""

from __future__ import annotations

from dataclasses import dataclass

_AGE_HEADER_MAX_BYTES = 64 * 1024
"""Far above the few hundred bytes that a header with one recipient has."""
_AGE_CHUNK_BYTES = 64 * 1024
_AGE_TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep one input from exhausting a node.

    Each is a promise to the other side too: what is within the limits works, in bounded memory.
    """

    payload_max_bytes: int = 4 * 1024**3
    """A single file before sealing."""
    manifest_max_bytes: int = 256 * 1024
    """One raw IPFS block under CIDv1, so that the manifest's SHA-256 is its CID's digest."""
    envelopes_max_bytes: int = 256 * 1024
    fhir_bundle_max_bytes: int = 64 * 1024**2
    intake_in_memory_max_bytes: int = 256 * 1024**2
    """FHIR resources that one import holds until they are sealed; and a deflated DICOM file when inflated."""
    intake_max_faults: int = 500
    """Faults that one refusal lists; it counts them all."""
    json_max_depth: int = 64
    json_max_values: int = 4_000_000
    """Commas and opening brackets: bounds the memory that parsing takes, whatever the text."""
    custodians_max_count: int = 64
    """Custodians of one record; their envelopes stay within one raw block."""
    batch_max_leaves: int = 2048
    """The list of leaves stays within one raw block."""
    release_max_records: int = 256
    """Records in one signed release request."""
    release_max_lifetime_s: int = 300
    """How far ahead the deadline of a release request may lie."""
    clock_skew_max_s: int = 90
    """A custodian refuses when the chain's head and its own clock are further apart."""
    upload_max_records: int = 2048
    """Records in one upload over HTTP."""
    upload_part_max_bytes: int = 64 * 1024**2
    """One part of an object: what a broken connection loses at most."""
    uploads_open_max_count: int = 64
    """Uploads of one person that are not finished."""
    uploads_open_max_bytes: int = 32 * 1024**3
    """Bytes that the unfinished uploads of one person announce together."""
    uploads_day_max_count: int = 20_000
    """Uploads that one person begins within a day, whatever becomes of them."""
    uploads_day_max_objects: int = 600_000
    """Objects that these announce together."""
    uploads_day_max_bytes: int = 512 * 1024**3
    upload_idle_max_s: int = 24 * 3600
    """An upload that nothing was done for so long is given up."""
    upload_kept_s: int = 90 * 86_400
    """How long an upload that is over can still be asked for."""
    upload_given_up_kept_s: int = 2 * 86_400
    """How long one that was given up can; longer than the day that its announcement counts."""
    upload_signature_s: int = 3600
    """How far ahead the deadline of an author's signature is proposed."""
    owner_search_max_manifests: int = 2_000
    """Manifests that one request reads to find whose an object is that this node did not store."""
    jobs_open_max_count: int = 16
    """Checks and mendings of one person that are not finished."""
    job_findings_max_count: int = 1_000
    """Objects that a job's answer lists; it counts them all."""
    safe_item_max_bytes: int = 256 * 1024
    """One sealed thing in a person's safe."""
    safe_item_unenrolled_max_bytes: int = 8 * 1024
    """The same, of somebody whom the directory does not know (yet): an identity's backup fits."""
    safe_unenrolled_kept_s: int = 7 * 86_400
    """How long the safe of somebody who never enrols is kept after its last change."""
    safe_unenrolled_max_count: int = 10_000
    """Things in the safes of all whom the directory did not know when they wrote; accounts cost nothing."""
    applications_waiting_max_count: int = 1_000
    """Applications to one institution that it has not looked at."""
    applications_day_max_count: int = 10
    """Applications that one person makes within a day."""
    application_kept_s: int = 90 * 86_400
    """How long an application is kept after its last change; a signed one until its credential is over, too."""
    chain_timeout_s: int = 10
    store_timeout_s: int = 20
    copy_chunk_bytes: int = 1024**2

    @property
    def object_max_bytes(self) -> int:
        """The largest object there is, a sealed payload in bytes: what a store sends beyond it is not worth reading.

        age (C2SP, age-encryption.org/v1) adds its header and, to each chunk of 64 KiB, a tag; the last may be empty.
        """
        chunks = self.payload_max_bytes // _AGE_CHUNK_BYTES + 1
        return self.payload_max_bytes + chunks * _AGE_TAG_BYTES + _AGE_HEADER_MAX_BYTES


LIMITS = Limits()
