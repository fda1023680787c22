"""Manifests and envelopes of many records, page by page: what one person could fetch one by one, and nothing more.

Who may have what is decided by :mod:`mendrec.services.access_to_objects`, at one head for the whole page. Each object
is verified as it is when it is fetched alone; one that can't be had, or not in time, keeps no other from being sent.
"""

from __future__ import annotations

from dataclasses import dataclass

from mendrec.domain.envelopes import parse_envelopes
from mendrec.domain.errors import MendrecError
from mendrec.domain.model import Address, RecordRef
from mendrec.services.access_to_objects import NotToBeSeen, ObjectAccess, Viewer, What
from mendrec.services.key_release import LocatedRecord
from mendrec.services.record_listing import ListedLeaf, RecordListing
from mendrec.services.timely_reads import PageReads, TimelyReads

PAGE_MAX_BYTES = 8 * 1024**2
"""Of one page as it is sent; a single record is less, whatever is in it."""
_WORDS_BYTES = 1024
"""Of an item besides its objects: numbers, names, a problem's words."""


@dataclass(frozen=True, slots=True)
class SealedLeaf:
    """One record with its objects; None for those that are not for this person, or that a problem keeps away."""

    listed: ListedLeaf
    manifest: bytes | None = None
    envelopes: bytes | None = None
    problem: MendrecError | None = None

    def sent_bytes(self) -> int:
        """How much it is on the wire, in base64; a little more than less."""
        return _WORDS_BYTES + sum(4 * (len(data) // 3 + 1) for data in (self.manifest, self.envelopes) if data)


@dataclass(frozen=True, slots=True)
class SealedPage:
    """Records, and where the next page begins: as :class:`mendrec.services.record_listing.ListedPage`."""

    items: tuple[SealedLeaf, ...]
    next_place: tuple[int, int] | None


@dataclass(frozen=True)
class SealedObjects:
    """Reads what a page of a patient's list names."""

    access: ObjectAccess
    listing: RecordListing
    reads: TimelyReads

    def page(
        self, who: Address, patient: Address, *, after: tuple[int, int] | None, limit: int, is_first: bool
    ) -> SealedPage:
        """Returns at most ``limit`` records after a place, in the order of the chain; one at least where there is one.

        Args:
            who: who asks.
            patient: whose record.
            after: (sequence, leaf) of the record before the first; None for the chain's first.
            limit: records at most.
            is_first: whether nothing was looked at before: who may see nothing at all is refused then.

        Raises:
            NotToBeSeen: there is nothing at all that ``who`` may see.
        """
        viewer = self.access.viewer(who, patient)
        reads = self.reads.page()
        listed = self.listing.page_of(viewer, after=after, limit=limit, is_first=is_first, reads=reads)
        sent = 0
        items: list[SealedLeaf] = []
        for leaf in listed.items:
            if items and reads.is_over():
                return SealedPage(tuple(items), _place(items[-1]))
            sealed = self._sealed(viewer, leaf, reads)
            sent += sealed.sent_bytes()
            if items and sent > PAGE_MAX_BYTES:
                return SealedPage(tuple(items), _place(items[-1]))
            items.append(sealed)
        return SealedPage(tuple(items), listed.next_place)

    def _sealed(self, viewer: Viewer, leaf: ListedLeaf, reads: PageReads) -> SealedLeaf:
        entry = leaf.entry.entry
        if leaf.manifest_digest_hex is None:
            return SealedLeaf(leaf, problem=leaf.problem)
        ref = RecordRef(entry.patient, entry.sequence, leaf.leaf_index, leaf.manifest_digest_hex)
        record, manifest = LocatedRecord(ref, entry, ()), None
        try:
            manifest, parsed = self.access.manifest(record, read=reads.read_bytes)
            if not viewer.may(What.ENVELOPES, entry):
                return SealedLeaf(leaf, manifest)
            envelopes = self.access.envelopes_of(record, parsed, read=reads.read_bytes)
            if viewer.is_reader_only(What.ENVELOPES, entry) and not parse_envelopes(envelopes).custodians:
                return SealedLeaf(leaf, manifest)
            return SealedLeaf(leaf, manifest, envelopes)
        except NotToBeSeen:
            return SealedLeaf(leaf, manifest)
        except MendrecError as problem:  # one that can't be read must not hide the rest
            return SealedLeaf(leaf, manifest, problem=problem)


def _place(last: SealedLeaf) -> tuple[int, int]:
    """A batch whose list can't be read is one item, and all of it is passed."""
    entry, leaf_index = last.listed.entry.entry, last.listed.leaf_index
    return entry.sequence, max(entry.count - 1, 0) if leaf_index is None else leaf_index
