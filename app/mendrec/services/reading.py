"""Reading a record: find it on the chain, get its key from the custodians (or from the patient's own envelope), open.

What is believed, and why, in this order:

1. the entry, because the chain holds it; a batch's list, because its root is the entry's digest;
2. the manifest, because its SHA-256 is the anchored digest, it says what the entry says, and its author signed it;
3. each share, because it is the one committed to when the record was sealed; the key, because the manifest names it;
4. the payload, because its size, SHA-256 and CID are the manifest's, and age authenticates every chunk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mendrec.crypto.manifest_signature import require_author_signature
from mendrec.domain.batch_list import parse_batch_list
from mendrec.domain.bindings import require_anchored, require_envelopes_of_manifest, require_manifest_of_entry
from mendrec.domain.cid import raw_cid_from_digest
from mendrec.domain.descriptor import Descriptor
from mendrec.domain.envelopes import Envelopes, KeyName, parse_envelopes
from mendrec.domain.errors import MendrecError, NotFoundError
from mendrec.domain.limits import LIMITS, Limits
from mendrec.domain.manifest import Manifest, parse_manifest
from mendrec.domain.merkle import inclusion_path_hex, inclusion_paths_hex
from mendrec.domain.model import Act, Address, ChainEntry, Purpose, RecordRef
from mendrec.domain.release_answer import ReleaseAnswer
from mendrec.ports import LedgerReader
from mendrec.services.copies import Copies
from mendrec.services.index import IndexService
from mendrec.services.key_release import KeyRelease, LocatedRecord, Reader
from mendrec.services.opening import open_descriptor, open_payload_to_file

_CHUNK_BYTES = LIMITS.copy_chunk_bytes


@dataclass(frozen=True, slots=True)
class ListedRecord:
    """One record as far as this reader may see it. Without access there is a reason and no descriptor."""

    record: LocatedRecord
    descriptor: Descriptor | None
    refusal: MendrecError | None


class ReadingService:
    """The use case of whoever may read: the patient, or a grantee."""

    def __init__(
        self,
        *,
        ledger: LedgerReader,
        index: IndexService,
        copies: Copies,
        keys: KeyRelease,
        limits: Limits = LIMITS,
    ) -> None:
        self._ledger = ledger
        self._index = index
        self._copies = copies
        self._keys = keys
        self._limits = limits

    def locate(self, patient: Address, sequence: int, leaf_index: int | None = None) -> LocatedRecord:
        """Finds one record on the chain.

        Raises:
            NotFoundError: no such entry, or no such leaf; the remedy says how to name one.
        """
        entry = self._ledger.entry(patient, sequence)
        if entry.count == 0:
            if leaf_index not in {None, 0}:
                raise NotFoundError("That entry is a single record.", remedy=f"Name it as {sequence}.")
            return LocatedRecord(RecordRef(patient, sequence, None, entry.digest_hex), entry, ())
        if leaf_index is None or leaf_index >= entry.count:
            raise NotFoundError(
                f"Entry {sequence} is a batch of {entry.count} records.",
                remedy=f"Name one of them, from {sequence}/0 to {sequence}/{entry.count - 1}.",
            )
        leaves = self._leaves(entry)
        ref = RecordRef(patient, sequence, leaf_index, leaves[leaf_index])
        return LocatedRecord(ref, entry, inclusion_path_hex(leaves, leaf_index))

    def records_of(self, patient: Address) -> Iterator[LocatedRecord]:
        """Yields every record on a patient's chain, in its order."""
        for indexed in self._index.entries(patient):
            yield from self.records_of_entry(indexed.entry)

    def records_of_entry(self, entry: ChainEntry) -> Iterator[LocatedRecord]:
        """Yields the records of one entry: one, or the leaves of its batch in order.

        Raises:
            BatchListMismatch, UnavailableError: the batch's list is not the anchored one, or can't be had.
        """
        if entry.count == 0:
            yield LocatedRecord(RecordRef(entry.patient, entry.sequence, None, entry.digest_hex), entry, ())
            return
        leaves = self._leaves(entry)
        for position, (leaf_hex, path_hex) in enumerate(zip(leaves, inclusion_paths_hex(leaves), strict=True)):
            yield LocatedRecord(RecordRef(entry.patient, entry.sequence, position, leaf_hex), entry, path_hex)

    def require_sound(self, record: LocatedRecord) -> None:
        """Raises unless manifest and envelopes are there, anchored, and say what the entry says. Needs no key."""
        self._objects(record)

    def list_records(self, patient: Address, reader: Reader, purpose: Purpose) -> list[ListedRecord]:
        """Lists a patient's records with their descriptors, as far as this reader may see them.

        Each is asked for with LIST, and each custodian writes a receipt; the patient's own listing asks nobody.
        """
        records: list[LocatedRecord] = []
        listed: list[ListedRecord] = []
        for indexed in self._index.entries(patient):
            try:
                records += self.records_of_entry(indexed.entry)
            except MendrecError as reason:  # one bad batch must not hide the rest of a record
                ref = RecordRef(patient, indexed.entry.sequence, None, indexed.entry.digest_hex)
                listed.append(ListedRecord(LocatedRecord(ref, indexed.entry, ()), None, reason))
        step = self._limits.release_max_records
        for start in range(0, len(records), step):
            chunk = records[start : start + step]
            answers = {} if reader.wallet.address == patient else self._keys.ask(Act.LIST, chunk, reader, purpose)
            listed += [self._listed(record, reader, answers) for record in chunk]
        return sorted(listed, key=lambda one: (one.record.ref.sequence, one.record.ref.leaf_index or 0))

    def open_record(self, record: LocatedRecord, reader: Reader, purpose: Purpose, path: Path) -> Descriptor:
        """Writes a record's plaintext to ``path`` (complete and verified, or not at all) and returns its descriptor.

        Raises:
            ReleaseRefused, AccessRefused: the chain does not allow it, by the custodians' word.
            VerificationError: something is not what was anchored; the message says what, and who is to blame.
            UnavailableError: no copy, or not enough custodians, can be reached now.
        """
        answers = (
            {} if reader.wallet.address == record.ref.patient else self._keys.ask(Act.OPEN, [record], reader, purpose)
        )
        manifest, envelopes = self._objects(record)
        keys = self._keys.keys(Act.OPEN, record, manifest, envelopes, reader, answers)
        descriptor = open_descriptor(manifest, keys[KeyName.DESCRIPTOR])
        with self._copies.open_verified(manifest.payload.cid, recorded_location=record.entry.location) as file:
            chunks = iter(lambda: file.read(_CHUNK_BYTES), b"")
            open_payload_to_file(manifest, keys[KeyName.PAYLOAD], chunks, path)
        return descriptor

    def _listed(self, record: LocatedRecord, reader: Reader, answers: Mapping[Address, ReleaseAnswer]) -> ListedRecord:
        try:
            manifest, envelopes = self._objects(record)
            keys = self._keys.keys(Act.LIST, record, manifest, envelopes, reader, answers)
            return ListedRecord(record, open_descriptor(manifest, keys[KeyName.DESCRIPTOR]), None)
        except MendrecError as refusal:
            return ListedRecord(record, None, refusal)

    def _leaves(self, entry: ChainEntry) -> tuple[str, ...]:
        list_digest_hex = self._index.list_digest_hex(entry.patient, entry.sequence)
        data = self._copies.read_bytes(
            raw_cid_from_digest(list_digest_hex), self._limits.manifest_max_bytes, recorded_location=entry.location
        )
        return parse_batch_list(data, count=entry.count, root=entry.digest_hex)  # 1

    def _objects(self, record: LocatedRecord) -> tuple[Manifest, Envelopes]:
        require_anchored(record.ref, record.entry, record.path_hex)
        location = record.entry.location
        manifest_cid = raw_cid_from_digest(record.ref.manifest_digest_hex)
        manifest = parse_manifest(
            self._copies.read_bytes(manifest_cid, self._limits.manifest_max_bytes, recorded_location=location)
        )
        require_manifest_of_entry(  # 2
            manifest,
            record.entry,
            chain_id=self._ledger.chain_id,
            records=self._ledger.contract_address("Records"),
        )
        require_author_signature(manifest)
        envelopes = parse_envelopes(
            self._copies.read_bytes(manifest.envelopes, self._limits.envelopes_max_bytes, recorded_location=location)
        )
        require_envelopes_of_manifest(envelopes, manifest)
        return manifest, envelopes
