"""Listing a patient's records page by page, as far as a person may see them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mendrec.domain.batch_list import parse_batch_list
from mendrec.domain.cid import raw_cid_from_digest
from mendrec.domain.errors import MendrecError
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Address
from mendrec.ports_db import IndexedEntry
from mendrec.services.access_to_objects import ObjectAccess, Viewer, What, not_to_be_seen
from mendrec.services.copies import Copies
from mendrec.services.index import IndexService
from mendrec.services.timely_reads import PageReads

_SCANNED_MAX = 1_000
"""Entries that one page looks at: who may see few of many gets shorter pages, never a slower node."""
_ENTRIES_A_QUERY = 100
_LISTS_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class ListedLeaf:
    """One record; or, where the list of its batch can't be read now, a whole batch and why."""

    entry: IndexedEntry
    leaf_index: int | None
    manifest_digest_hex: str | None
    problem: MendrecError | None = None


@dataclass(frozen=True, slots=True)
class ListedPage:
    """Records, and where the next page begins: (sequence, leaf) of the last one looked at; None at the end."""

    items: tuple[ListedLeaf, ...]
    next_place: tuple[int, int] | None


@dataclass(frozen=True)
class RecordListing:
    """Pages through the index; asks the chain what may be seen."""

    access: ObjectAccess
    index: IndexService
    copies: Copies
    _lists: OrderedDict[str, tuple[str, ...]] = field(default_factory=OrderedDict, init=False, repr=False)

    def page(self, who: Address, patient: Address, *, after: tuple[int, int] | None, limit: int) -> ListedPage:
        """Returns at most ``limit`` records after a place, in the order of the chain.

        Raises:
            NotToBeSeen: there is nothing at all that ``who`` may see.
        """
        return self.page_of(self.access.viewer(who, patient), after=after, limit=limit, is_first=after is None)

    def page_of(
        self,
        viewer: Viewer,
        *,
        after: tuple[int, int] | None,
        limit: int,
        is_first: bool,
        reads: PageReads | None = None,
    ) -> ListedPage:
        """As :meth:`page`, for who is looking already. The first page tells who may see nothing that it is so.

        ``reads`` bounds how long lists of batches are waited for; the page ends early then, with one record at least.
        """
        items: list[ListedLeaf] = []
        place = after
        for scanned, indexed in enumerate(self._entries(viewer.patient, after), start=1):
            sequence = indexed.entry.sequence
            if viewer.may(What.ENTRY, indexed.entry):
                first = after[1] + 1 if after is not None and after[0] == sequence else 0
                for leaf in self._leaves(indexed, first, reads):
                    if len(items) == limit or (items and reads is not None and reads.is_over()):
                        return ListedPage(tuple(items), place)
                    items.append(leaf)
                    place = (sequence, leaf.leaf_index or 0)
            place = (sequence, max(indexed.entry.count - 1, 0))
            if scanned >= _SCANNED_MAX:
                return ListedPage(tuple(items), place)
        if not items and is_first:
            _require_something(viewer)
        return ListedPage(tuple(items), None)

    def chain(
        self, who: Address, patient: Address, *, after_sequence: int | None, limit: int
    ) -> tuple[Viewer, Sequence[IndexedEntry]]:
        """Returns a patient's entries, whatever their category, to be walked from link to link.

        A chain can't be verified with gaps in it; so whoever may read anything of the record sees every entry's hashes.

        Raises:
            NotToBeSeen: ``who`` may read nothing of it.
        """
        viewer = self.access.viewer(who, patient)
        _require_something(viewer)
        return viewer, self.index.rows.entries(patient, after_sequence=after_sequence, limit=limit)

    def _entries(self, patient: Address, after: tuple[int, int] | None) -> Iterator[IndexedEntry]:
        sequence = -1 if after is None else after[0] - 1  # the batch that the last page ended in comes again
        while True:
            after_sequence = None if sequence < 0 else sequence
            found = self.index.rows.entries(patient, after_sequence=after_sequence, limit=_ENTRIES_A_QUERY)
            yield from found
            if len(found) < _ENTRIES_A_QUERY:
                return
            sequence = found[-1].entry.sequence

    def _leaves(self, indexed: IndexedEntry, first: int, reads: PageReads | None) -> Iterator[ListedLeaf]:
        entry = indexed.entry
        if entry.count == 0:
            if first == 0:
                yield ListedLeaf(indexed, None, entry.digest_hex)
            return
        if first >= entry.count:
            return
        try:
            leaves = self._list(indexed, reads)
        except MendrecError as problem:  # one bad batch must not hide the rest of a record
            yield ListedLeaf(indexed, None, None, problem)
            return
        for position in range(first, entry.count):
            yield ListedLeaf(indexed, position, leaves[position])

    def _list(self, indexed: IndexedEntry, reads: PageReads | None) -> tuple[str, ...]:
        """The leaves of a batch; by its root, so what was read once holds for good."""
        entry = indexed.entry
        known = self._lists.get(entry.digest_hex)
        if known is not None:
            return known
        digest_hex = self.index.list_digest_hex(entry.patient, entry.sequence)
        data = (reads or self.copies).read_bytes(
            raw_cid_from_digest(digest_hex), LIMITS.manifest_max_bytes, recorded_location=entry.location
        )
        leaves = parse_batch_list(data, count=entry.count, root=entry.digest_hex)
        self._lists[entry.digest_hex] = leaves
        while len(self._lists) > _LISTS_REMEMBERED:
            self._lists.popitem(last=False)
        return leaves


def _require_something(viewer: Viewer) -> None:
    if not (viewer.sees_all_entries() or viewer.reads_anything()):
        raise not_to_be_seen()
