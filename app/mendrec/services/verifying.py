"""Verifying a patient's whole chain, and proving one record's place on it.

Verification goes on past what is bad and lists all of it:

1. the links: every entry, from the first to the head that the contract holds (``domain.chain_link``);
2. the state: each entry as the contract holds it now is the one that its event told of;
3. the lists of batches: their root is the entry's digest;
4. the manifests: anchored, saying what the entry says, signed by its author.

That the payloads are there and good is the check's to say (:mod:`mendrec.services.check`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mendrec.domain.chain_link import StatedLink, walk
from mendrec.domain.errors import MendrecError, NotFoundError
from mendrec.domain.merkle import require_included
from mendrec.domain.model import Address, RecordRef
from mendrec.ports import LedgerReader
from mendrec.ports_db import IndexedEntry
from mendrec.services.index import IndexService
from mendrec.services.key_release import LocatedRecord
from mendrec.services.reading import ReadingService

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where."""

    sequence: int
    leaf_index: int | None
    code: str
    detail: str

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        return {
            "sequence": self.sequence,
            "leafIndex": self.leaf_index,
            "code": self.code,
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class Verified:
    """The outcome of a whole walk."""

    entries: int
    records: int
    head_link_hex: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """What proves to anyone that a manifest is one leaf of an anchored batch (RFC 9162 section 2.1.3)."""

    ref: RecordRef
    count: int
    root_hex: str
    path_hex: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The proof as a JSON file: with the root read from any node of the chain it can be checked offline."""
        return {
            "format": "mendrec/1",
            "kind": "inclusion-proof",
            "patient": self.ref.patient,
            "sequence": self.ref.sequence,
            "leafIndex": self.ref.leaf_index,
            "count": self.count,
            "root": self.root_hex,
            "manifestDigest": self.ref.manifest_digest_hex,
            "path": list(self.path_hex),
        }

    def verify_offline(self) -> None:
        """Raises NotIncludedError unless the path leads from the manifest to the root."""
        require_included(
            leaf_hex=self.ref.manifest_digest_hex,
            index=self.ref.leaf_index or 0,
            count=self.count,
            path_hex=self.path_hex,
            root_hex=self.root_hex,
        )


class NotABatch(NotFoundError):
    """The entry is a single record: its digest stands on chain by itself, and there is nothing to prove."""

    code = "not_found.batch"
    default_remedy = "Compare the manifest's SHA-256 with the entry's digest; `mendrec verify` does."


@dataclass(frozen=True)
class VerifyingService:
    """Needs no key and no permission: everything it reads is ciphertext, hashes and signatures."""

    ledger: LedgerReader
    index: IndexService
    reading: ReadingService

    def verify(self, patient: Address, progress: Progress = lambda _done, _total: None) -> Verified:
        """Walks the whole chain; what is wrong is in the result, in order."""
        entries = self.index.entries(patient)
        # The head as of the block that the index has come to: what lands meanwhile is no fault.
        head_link_hex = self.ledger.head_link_hex(patient, at=self.index.rows.cursor())
        stated = [StatedLink(indexed.entry, indexed.link_hex) for indexed in entries]
        findings = [
            Finding(found.sequence, None, f"chain.{found.fault.value}", found.detail)
            for found in walk(patient, stated, head_link_hex)  # 1
        ]
        records = 0
        for done, indexed in enumerate(entries, start=1):
            findings += self._state_findings(indexed)  # 2
            try:
                located = list(self.reading.records_of_entry(indexed.entry))  # 3
            except MendrecError as error:
                findings.append(Finding(indexed.entry.sequence, None, error.code, error.message))
                located = []
            records += len(located)
            findings += [found for record in located for found in self._record_findings(record)]  # 4
            progress(done, len(entries))
        findings.sort(key=lambda found: found.sequence)
        return Verified(len(entries), records, head_link_hex, tuple(findings))

    def prove(self, patient: Address, sequence: int, leaf_index: int | None) -> InclusionProof:
        """Returns the proof for one record of a batch, checked offline and by the contract itself.

        Raises:
            NotABatch: the entry is a single record.
            ContractRefusal, VerificationError: it is not included; nothing is returned.
        """
        if self.ledger.entry(patient, sequence).count == 0:
            raise NotABatch(f"Entry {sequence} is a single record, anchored by its own digest.")
        record = self.reading.locate(patient, sequence, leaf_index)
        proof = InclusionProof(record.ref, record.entry.count, record.entry.digest_hex, record.path_hex)
        proof.verify_offline()
        self.ledger.require_inclusion_on_chain(
            patient, sequence, record.ref.manifest_digest_hex, record.ref.leaf_index or 0, record.path_hex
        )
        return proof

    def _state_findings(self, indexed: IndexedEntry) -> Iterator[Finding]:
        entry = indexed.entry
        try:
            on_chain = self.ledger.entry(entry.patient, entry.sequence)
        except NotFoundError as error:
            yield Finding(entry.sequence, None, "state.missing", error.message)
            return
        if on_chain != entry:
            yield Finding(
                entry.sequence, None, "state.differs", "The index tells another entry than the contract holds."
            )

    def _record_findings(self, record: LocatedRecord) -> Iterator[Finding]:
        try:
            self.reading.require_sound(record)
        except MendrecError as error:
            yield Finding(record.ref.sequence, record.ref.leaf_index, error.code, error.message)
