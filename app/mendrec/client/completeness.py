"""Whether a node tells all of the records that somebody may see.

A patient's chain is told to its head; so what is on it is known, whatever the node lists. The patient is owed every
entry with every record of it, anyone else the entries that they added, and those of the categories they may read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from mendrec.api.records import RecordAnswered
from mendrec.client.entries import Chain
from mendrec.domain.access import require_access
from mendrec.domain.errors import RefusedError
from mendrec.domain.model import Address, BlockRef, ChainEntry, Right
from mendrec.ports import Clock, LedgerReader


@dataclass(frozen=True, slots=True)
class Held:
    """What a person may read: by the chain where there is a chain node of one's own, else by the node's own word."""

    chain: Callable[[], LedgerReader | None]
    clock: Clock
    told: Callable[[Address], Collection[int]]

    def now(self) -> BlockRef | None:
        """The chain's head, to ask later what was held by then; None without a chain node of one's own."""
        ledger = self.chain()
        return None if ledger is None else ledger.head_block()

    def readable(
        self, who: Address, patient: Address, since: BlockRef | None, categories: Iterable[int] | None = None
    ) -> set[int]:
        """Returns the categories that ``who`` held READ of at ``since`` and holds it of now.

        Args:
            who: the reader, in standing or not.
            patient: whose record.
            since: see :meth:`now`; what was granted or ended meanwhile is not counted.
            categories: the ones that matter; None: all.
        """
        ledger = self.chain()
        if ledger is None:
            told = set(self.told(patient))
            return told if categories is None else told & set(categories)
        wanted = set(ledger.categories() if categories is None else categories)
        for block in (since or ledger.head_block(), ledger.head_block()):
            wanted = {number for number in wanted if self._held(ledger, who, patient, number, block)}
        return wanted

    def _held(self, ledger: LedgerReader, who: Address, patient: Address, category: int, block: BlockRef) -> bool:
        try:
            ledger.require_in_standing(who, at=block)
            access = ledger.effective_access(patient, who, category, at=block)
            require_access(access, Right.READ, None, at_times=(block.timestamp, self.clock.now()))
        except RefusedError:
            return False
        return True


def left_out(chain: Chain, told: Iterable[RecordAnswered]) -> list[ChainEntry]:
    """Returns the entries of a chain that records are missing of; one that can't be read now is told, and says so."""
    leaves: dict[int, set[int | None]] = {}
    unreadable = set()
    for one in told:
        leaves.setdefault(one.sequence, set()).add(one.leaf_index)
        if one.manifest_digest_hex is None:
            unreadable.add(one.sequence)
    entries = [one.entry for one in chain.stated if one.entry.sequence not in unreadable]
    return [entry for entry in entries if not _wanted(entry) <= leaves.get(entry.sequence, set())]


def owed(
    entries: Sequence[ChainEntry], who: Address | None, patient: Address, held: Held, since: BlockRef | None
) -> list[ChainEntry]:
    """Returns those of ``entries`` that ``who`` should have been told of; None is nobody, who is owed nothing."""
    if who is None or not entries:
        return []
    if who == patient:
        return list(entries)
    readable = held.readable(who, patient, since, {entry.category for entry in entries if entry.author != who})
    return [entry for entry in entries if entry.author == who or entry.category in readable]


def _wanted(entry: ChainEntry) -> set[int | None]:
    return {None} if entry.count == 0 else set(range(entry.count))
