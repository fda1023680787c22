"""Everything that ought to be in the stores: from the chain's entries down to each object of each record.

Which objects there are is the chain's and the verified manifests' to say; this node's own list says where copies were
put, and stands in only for a manifest that can't be read now. The entries are those of an intact hash chain up to the
head: a database that leaves one out can't hide that it is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mendrec.domain.batch_list import parse_batch_list
from mendrec.domain.chain_link import StatedLink, require_intact
from mendrec.domain.cid import raw_cid_from_digest
from mendrec.domain.errors import MendrecError
from mendrec.domain.health import EntryRef, ObjectRole, ObjectToCheck
from mendrec.domain.limits import LIMITS
from mendrec.domain.manifest import parse_manifest
from mendrec.domain.model import Address, Cid
from mendrec.ports import LedgerReader
from mendrec.ports_db import IndexedEntry, ObjectCopy, ObjectRepository
from mendrec.services.copies import Copies
from mendrec.services.index import IndexService

_REMEMBERED_MANIFESTS = 100_000


@dataclass(frozen=True)
class Inventory:
    """Lists objects to check. Reads manifests and lists; writes nothing."""

    ledger: LedgerReader
    index: IndexService
    objects: ObjectRepository
    copies: Copies
    _known: dict[Cid, dict[ObjectRole, Cid]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, patients: Iterable[Address]) -> Iterator[ObjectToCheck]:
        """Yields every object of the entries of ``patients``, in the chain's order.

        Raises:
            ChainBroken: the index is not what the chain says; rebuild it.
        """
        for patient in patients:
            known = _by_sequence(self.objects.of_patient(patient))
            entries = self.index.entries(patient)
            head_link_hex = self.ledger.head_link_hex(patient, at=self.index.rows.cursor())
            require_intact(patient, [StatedLink(one.entry, one.link_hex) for one in entries], head_link_hex)
            for indexed in entries:
                yield from self._of_entry(indexed, known.get(indexed.entry.sequence, []))

    def of_entry(self, patient: Address, sequence: int) -> Iterator[ObjectToCheck]:
        """Yields every object of one entry; of none where the index has no such entry."""
        indexed = self.index.rows.entry(patient, sequence)
        if indexed is not None:
            yield from self._of_entry(indexed, _by_sequence(self.objects.of_patient(patient)).get(sequence, []))

    def _of_entry(self, indexed: IndexedEntry, rows: Sequence[ObjectCopy]) -> Iterator[ObjectToCheck]:
        entry = indexed.entry
        if entry.count == 0:
            yield from self._of_record(indexed, None, entry.digest_hex, rows)
            return
        if indexed.list_digest_hex is None:
            return
        list_cid = raw_cid_from_digest(indexed.list_digest_hex)
        yield _to_check(indexed, None, ObjectRole.BATCH_LIST, list_cid, rows)
        for position, leaf_hex in enumerate(self._leaves(indexed, list_cid, rows)):
            yield from self._of_record(indexed, position, leaf_hex, rows)

    def _of_record(
        self, indexed: IndexedEntry, leaf_index: int | None, manifest_digest_hex: str, rows: Sequence[ObjectCopy]
    ) -> Iterator[ObjectToCheck]:
        manifest_cid = raw_cid_from_digest(manifest_digest_hex)
        yield _to_check(indexed, leaf_index, ObjectRole.MANIFEST, manifest_cid, rows)
        try:
            cids = self._named_by(manifest_cid, indexed)
        except MendrecError:  # the check of the manifest itself says so; what the node remembers can still be mended
            cids = {row.role: row.cid for row in rows if row.manifest_digest_hex == manifest_digest_hex}
        for role in (ObjectRole.ENVELOPES, ObjectRole.PAYLOAD):
            if role in cids:
                yield _to_check(indexed, leaf_index, role, cids[role], rows)

    def _named_by(self, manifest_cid: Cid, indexed: IndexedEntry) -> dict[ObjectRole, Cid]:
        """What a verified manifest names. Its CID is its content, so what was read once holds for good."""
        if manifest_cid not in self._known:
            manifest = parse_manifest(self._read(manifest_cid, indexed))
            if len(self._known) >= _REMEMBERED_MANIFESTS:
                self._known.clear()
            self._known[manifest_cid] = {
                ObjectRole.PAYLOAD: manifest.payload.cid,
                ObjectRole.ENVELOPES: manifest.envelopes,
            }
        return self._known[manifest_cid]

    def _leaves(self, indexed: IndexedEntry, list_cid: Cid, rows: Sequence[ObjectCopy]) -> Sequence[str]:
        """The batch's manifest digests: from the verified list, else those this node remembers."""
        try:
            data = self._read(list_cid, indexed)
            return parse_batch_list(data, count=indexed.entry.count, root=indexed.entry.digest_hex)
        except MendrecError:
            remembered = {row.leaf_index: row.manifest_digest_hex for row in rows if row.leaf_index is not None}
            return [remembered[position] for position in sorted(remembered)]

    def _read(self, cid: Cid, indexed: IndexedEntry) -> bytes:
        return self.copies.read_bytes(cid, LIMITS.manifest_max_bytes, recorded_location=indexed.entry.location)


def _by_sequence(rows: Iterable[ObjectCopy]) -> dict[int, list[ObjectCopy]]:
    grouped: dict[int, list[ObjectCopy]] = {}
    for row in rows:
        grouped.setdefault(row.sequence, []).append(row)
    return grouped


def _to_check(
    indexed: IndexedEntry, leaf_index: int | None, role: ObjectRole, cid: Cid, rows: Iterable[ObjectCopy]
) -> ObjectToCheck:
    return ObjectToCheck(
        cid=cid,
        role=role,
        entry=EntryRef(indexed.entry.patient, indexed.entry.sequence),
        leaf_index=leaf_index,
        recorded_location=indexed.entry.location,
        expected_stores=tuple(dict.fromkeys(row.store_name for row in rows if row.cid == cid)),
    )
