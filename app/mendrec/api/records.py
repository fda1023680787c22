"""Records: what is on a patient's chain, its proof, and the sealed objects themselves."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from mendrec.api.common import AddressText, Answered, DigestHex, Page, PatientPath, UnixSeconds


class RecordPath(PatientPath):
    """Which entry."""

    sequence: int = Field(ge=0, lt=2**63)


class LeafPath(RecordPath):
    """Which record of a batch."""

    leaf_index: int = Field(ge=0, lt=2**24)


class ProblemAnswered(Answered):
    """Why something can't be told now."""

    code: str
    message: str
    remedy: str


class RecordAnswered(Answered):
    """One record as the chain knows it. What it is about is sealed."""

    patient: AddressText
    sequence: int
    leaf_index: int | None = Field(description="Its place in a batch; null for an entry that is one record.")
    count: int = Field(description="Records in its batch; 0 for an entry that is one record.")
    category_code: str
    author: AddressText
    location: int = Field(description="Number of the place that its copies are recorded at: GET /v1/locations.")
    manifest_digest_hex: DigestHex | None = Field(description="Null where the list of its batch can't be read now.")
    recorded_at: UnixSeconds
    final: bool = Field(description="No reorganisation that this network expects can undo it any more.")
    problem: ProblemAnswered | None = None


class RecordsAnswered(Page):
    """Records in the order of the chain."""

    items: list[RecordAnswered]


class EntryAnswered(Answered):
    """One entry with its link; docs/contracts.md says how a link is hashed."""

    patient: AddressText
    sequence: int
    author: AddressText
    category: int
    category_code: str
    location: int
    digest_hex: DigestHex = Field(description="SHA-256 of the manifest, or the RFC 9162 root of a batch.")
    recorded_at: UnixSeconds
    count: int
    link_hex: DigestHex
    list_digest_hex: DigestHex | None = Field(description="Batches: SHA-256 of the stored list of leaves.")


class EntriesAnswered(Page):
    """A patient's whole chain, entry by entry, to be walked: each link hashes the one before and its entry."""

    items: list[EntryAnswered]
    head_link_hex: DigestHex = Field(description="As the contract holds it: where the walk has to end.")
    head_block_number: int


class InclusionAnswered(Answered):
    """That a manifest is one leaf of an anchored batch (RFC 9162 section 2.1.3)."""

    leaf_index: int
    count: int
    root_hex: DigestHex
    path_hex: list[DigestHex]


class ProofAnswered(Answered):
    """What proves to anyone that a manifest is on a patient's chain: checked offline but for the link, which a node of
    the chain confirms (or a walk over the entries, to the head)."""

    chain_id: int
    records_contract: AddressText
    manifest_digest_hex: DigestHex
    entry: EntryAnswered
    previous_link_hex: DigestHex
    inclusion: InclusionAnswered | None
    head_link_hex: DigestHex
    head_block_number: int
    final: bool


JSON_OF_OBJECT: dict[str, Any] = {"type": "string", "format": "binary"}
"""OpenAPI's words for a body of bytes."""
