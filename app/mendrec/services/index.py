"""Keeping the index up with the chain: over restarts and reorganisations, and from nothing.

The chain is the source of truth. The cursor says up to which block, by number and hash, the events are in; it moves in
the same transaction as they are written. Where the chain no longer has the cursor's block, the index goes back to the
newest block with events that the chain still has: blocks carry their ancestors, so everything below it is right too,
and blocks without events leave nothing to undo.

How many blocks deep a reorganisation may be is the network's promise (``finality_depth``). One that breaks it is
followed all the same, for the chain is what counts, and told: somebody has already acted on what is gone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mendrec.domain.errors import NotFoundError, UnavailableError
from mendrec.domain.model import Address, BlockRef
from mendrec.ports import EventSource
from mendrec.ports_db import ChainTip, IndexedEntry, IndexedRequest, IndexRepository, PathVersion

_LOG = logging.getLogger(__name__)
_RANGE_BLOCKS = 2_000
_UNSETTLED_ATTEMPTS = 20
_NO_LINK_HEX = "0" * 64
_PENDING = 1
"""contracts/src/types/Types.sol: REQUEST_PENDING."""


class ChainUnsettled(UnavailableError):
    """The chain kept being reorganised while it was read."""

    code = "unavailable.chain_unsettled"
    default_remedy = "Wait until the network has settled; the index goes on by itself."


class RebuildOvertaken(UnavailableError):
    """Two processes rebuilt one index at once, and the other one was faster."""

    code = "unavailable.rebuild_overtaken"
    default_remedy = "The index is whole; rebuild again where that is still wanted."


@dataclass(frozen=True, slots=True)
class Synced:
    """What one :meth:`IndexService.sync` did."""

    head: BlockRef | None
    events: int
    roll_backs: int


@dataclass(frozen=True, slots=True)
class DeepReorganisation:
    """A reorganisation that undid what was told to be final."""

    cursor: BlockRef
    """Where the index was."""
    back_to: BlockRef | None
    """Where it went back to; None: to nothing."""
    lowest_block: int
    """The lowest block that events were undone of."""
    events: int
    finality_depth: int


Progress = Callable[[int, int], None]
"""Called with (block reached, head's number)."""


def _silent(_reached: int, _head: int) -> None:
    """No progress is shown."""


def _log_deep(found: DeepReorganisation) -> None:
    """What an operator is told where nobody else is."""
    back_to = "the start" if found.back_to is None else f"block {found.back_to.number}"
    _LOG.warning(
        "deep reorganisation: from block %d back to %s; %d events from block %d on are undone, deeper than %d blocks",
        *(found.cursor.number, back_to, found.events, found.lowest_block, found.finality_depth),
    )


class IndexService:
    """Use cases around the index. Several processes may sync one index: each range is written by the first only."""

    def __init__(
        self,
        chain: EventSource,
        rows: IndexRepository,
        *,
        first_block: int,
        range_blocks: int = _RANGE_BLOCKS,
        finality_depth: int = 0,
        on_deep_reorganisation: Callable[[DeepReorganisation], None] = _log_deep,
    ) -> None:
        """Args:
        first_block: the lowest block that a contract was created in: there is nothing before it.
        range_blocks: read at a time.
        finality_depth: blocks on top of one after which it is taken for final.
        on_deep_reorganisation: told what was undone although it had been final.
        """
        self._chain = chain
        self._rows = rows
        self._first_block = first_block
        self._range_blocks = range_blocks
        self._finality_depth = finality_depth
        self._on_deep_reorganisation = on_deep_reorganisation
        self.deep_reorganisations = 0
        """How often what had been final was undone, since this process started."""

    @property
    def rows(self) -> IndexRepository:
        """What the index answers questions with."""
        return self._rows

    def sync(self, progress: Progress = _silent) -> Synced:
        """Brings the index up to the head.

        Raises:
            ChainUnsettled: reorganised again and again while being read; what was written so far is right.
        """
        events = roll_backs = unsettled = 0
        while True:
            head = self._chain.head_block()
            if self._is_ahead_of(head):
                return Synced(self._rows.cursor(), events, roll_backs)
            cursor, rolled_back = self._standing_cursor()
            roll_backs += rolled_back
            start = self._first_block if cursor is None else cursor.number + 1
            if start > head.number:
                return Synced(cursor, events, roll_backs)
            added = self._read(cursor, start, min(head.number, start + self._range_blocks - 1))
            if added is None:
                unsettled += 1
                if unsettled >= _UNSETTLED_ATTEMPTS:
                    raise ChainUnsettled("The chain kept changing while it was read.")
                continue
            unsettled = 0
            events += added
            progress(min(head.number, start + self._range_blocks - 1), head.number)

    def rebuild(self, progress: Progress = _silent) -> Synced:
        """Replays the chain into a new index beside this one, which answers until the new one takes its place at once.

        Raises:
            UnavailableError: the chain or the database failed; the index is as it was.
        """
        beside = self._rows.beside()
        beside.clear()
        grown = IndexService(self._chain, beside, first_block=self._first_block, range_blocks=self._range_blocks)
        synced = grown.sync(progress)
        if synced.head is not None and not self._rows.take_over():
            raise RebuildOvertaken("Another process rebuilt the index at the same time.")
        since = self.sync()  # another process may have brought the old one further than the new one has come
        return Synced(since.head, synced.events + since.events, synced.roll_backs + since.roll_backs)

    def cursor(self) -> BlockRef | None:
        """Returns the last block that is in the index."""
        return self._rows.cursor()

    def final_block(self) -> int:
        """Returns the number of the last block that is final and in the index; below the first block: none is."""
        cursor = self._rows.cursor()
        return self._first_block - 1 if cursor is None else cursor.number - self._finality_depth

    def is_final(self, block: BlockRef) -> bool:
        """Returns whether a block that was seen on the chain is final now, as far as the index has come."""
        return block.number <= self.final_block()

    def dump(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Returns the whole index, ordered: equal exactly where two indexes are equal."""
        return self._rows.dump()

    def tip(self, patient: Address) -> ChainTip:
        """Returns what the patient's next entry is put on, as far as the index has come."""
        last = self._rows.last_entry(patient)
        return ChainTip(0, _NO_LINK_HEX) if last is None else ChainTip(last.entry.sequence + 1, last.link_hex)

    def entries(self, patient: Address) -> Sequence[IndexedEntry]:
        """Returns a patient's entries in their order."""
        return self._rows.entries(patient)

    def path_versions(self, patient: Address, sequence: int) -> Sequence[PathVersion]:
        """Returns the moves of one entry's path, oldest first."""
        return self._rows.path_versions(patient, sequence)

    def pending_requests(self, patient: Address) -> Sequence[IndexedRequest]:
        """Returns the requests that wait for a patient's answer, oldest first."""
        return [one for one in self._rows.requests(patient=patient) if one.state == _PENDING]

    def request(self, request_id_hex: str) -> IndexedRequest:
        """Returns one request for access. Raises NotFoundError."""
        found = self._rows.request(request_id_hex)
        if found is None:
            raise NotFoundError("There is no such request.", remedy="`mendrec requests PATIENT` lists those that wait.")
        return found

    def list_digest_hex(self, patient: Address, sequence: int) -> str:
        """Returns the SHA-256 of a batch's list of leaves.

        Raises:
            NotFoundError: there is no such entry in the index, or it is a single record.
        """
        found = self._rows.entry(patient, sequence)
        if found is None or found.list_digest_hex is None:
            raise NotFoundError(
                f"Entry {sequence} of {patient} is not a batch in the index.",
                remedy="Bring the index up to the chain (`mendrec index rebuild`) and try again.",
            )
        return found.list_digest_hex

    def _read(self, cursor: BlockRef | None, start: int, end: int) -> int | None:
        """Reads one range; None where the chain was reorganised, or somebody else wrote the index, meanwhile.

        The last block is looked at before and after, the cursor in between: where all stand, the events are those of
        one chain, and it goes on from the cursor.
        """
        try:
            last = self._chain.block(end)
            events = list(self._chain.events(start, end))
        except NotFoundError:
            return None
        if (cursor is not None and not self._stands(cursor)) or not self._stands(last):
            return None
        if not self._rows.apply(events, last, after=cursor):
            return None
        return len(events)

    def _is_ahead_of(self, head: BlockRef) -> bool:
        """Whether the node is merely behind: it has not come to the cursor, and what it has is what is indexed.

        A fork that is shorter looks the same from above its root; once it has grown past the cursor it is told apart.
        """
        cursor = self._rows.cursor()
        if cursor is None or head.number >= cursor.number:
            return False
        blocks = self._rows.event_blocks_newest_first()
        below = next((block for block in blocks if block.number <= head.number), None)
        return below is None or self._stands(below)

    def _standing_cursor(self) -> tuple[BlockRef | None, int]:
        """Returns the cursor after rolling back what the chain no longer has, and how often that was (0 or 1)."""
        cursor = self._rows.cursor()
        if cursor is None or self._stands(cursor):
            return cursor, 0
        back_to = next((block for block in self._rows.event_blocks_newest_first() if self._stands(block)), None)
        undone = self._rows.roll_back(back_to, after=cursor)
        if undone is None:  # another process goes back, or has read on
            return self._standing_cursor()
        lowest = undone.lowest_block
        if lowest is not None and lowest <= cursor.number - self._finality_depth:
            self.deep_reorganisations += 1
            self._on_deep_reorganisation(
                DeepReorganisation(cursor, back_to, lowest, undone.events, self._finality_depth)
            )
        return back_to, 1

    def _stands(self, block: BlockRef) -> bool:
        try:
            return self._chain.block(block.number).hash_hex == block.hash_hex
        except NotFoundError:
            return False
