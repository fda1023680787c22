"""A small world to break and mend: three stores in three domains, one entry, and a chain that is one dictionary."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from mendrec.domain.cid import cid_of
from mendrec.domain.health import EntryRef, ObjectRole, ObjectToCheck
from mendrec.domain.mending import PathMove
from mendrec.domain.model import Address, Cid, MendReason
from mendrec.domain.placement import PlacementRule
from mendrec.ports import BlobStore
from mendrec.services.check import Checker
from mendrec.services.copies import Copies
from mendrec.services.mend import Mender
from tests.simulators.faulty_store import FaultyStore
from tests.simulators.memory_store import MemoryStore

PATIENT = Address("0x" + "1" * 40)
RULE = PlacementRule(copies=2, domains=2)


@dataclass
class ChainOfPaths:
    """The locations on chain. Satisfies :class:`mendrec.services.mend.PathMover`."""

    location_of: dict[EntryRef, int] = field(default_factory=dict)
    history: list[tuple[EntryRef, int, MendReason]] = field(default_factory=list)
    before_move: Callable[[], None] = lambda: None
    after_move: Callable[[], None] = lambda: None

    def move_paths(self, moves: Sequence[PathMove]) -> None:
        for move in moves:
            self.before_move()
            assert self.location_of[move.entry] == move.from_location
            self.location_of[move.entry] = move.to_location
            self.history.append((move.entry, move.to_location, move.reason))
            self.after_move()


def three_stores() -> list[FaultyStore]:
    return [
        FaultyStore(MemoryStore("ward", "ward", 1)),
        FaultyStore(MemoryStore("swarm", "swarm", 2)),
        FaultyStore(MemoryStore("cloud", "cloud", 3)),
    ]


class EndlessStore(MemoryStore):
    """Sends zeros for ever, whatever is asked for; a caller with no bound fails instead of running on."""

    GIVE_UP_AT_BYTES = 32 * 1024**2

    sent_bytes = 0

    def read(self, cid: Cid) -> Iterator[bytes]:
        while True:
            self.sent_bytes += 65_536
            assert self.sent_bytes < self.GIVE_UP_AT_BYTES, "read on and on"
            yield bytes(65_536)


class World:
    """Records stored in the first stores that the rule asks for, their path leading to the first of them."""

    def __init__(self, stores: Sequence[BlobStore], rule: PlacementRule = RULE, *, records: int = 1) -> None:
        self.stores = list(stores)
        self.rule = rule
        self.chain = ChainOfPaths()
        self.contents: dict[Cid, bytes] = {}
        self._objects: list[tuple[Cid, ObjectRole, EntryRef, tuple[str, ...]]] = []
        for sequence in range(records):
            self.add_record(EntryRef(PATIENT, sequence))

    def add_record(self, entry: EntryRef) -> None:
        for role, size in ((ObjectRole.PAYLOAD, 300_000), (ObjectRole.MANIFEST, 900), (ObjectRole.ENVELOPES, 500)):
            content = (f"{entry.label} {role.value} ".encode() * size)[:size]
            kept = self.copies().store(cid_of(content), io.BytesIO(content))
            self.contents[kept.cid] = content
            self._objects.append((kept.cid, role, entry, tuple(place.name for place in kept.stores)))
            self.chain.location_of.setdefault(entry, kept.stores[0].location or 0)

    @property
    def cids(self) -> list[Cid]:
        return list(self.contents)

    @property
    def payload(self) -> Cid:
        return self.cids[0]

    def copies(self) -> Copies:
        return Copies(self.stores, self.rule)

    def checker(self) -> Checker:
        return Checker(self.stores, self.rule)

    def mender(self) -> Mender:
        return Mender(self.copies(), self.chain)

    def objects(self) -> Iterator[ObjectToCheck]:
        """As an index would give them: the paths read from the chain anew each time."""
        for cid, role, entry, expected in self._objects:
            yield ObjectToCheck(cid, role, entry, None, self.chain.location_of[entry], expected)

    def states(self) -> dict[Cid, str]:
        return {report.subject.cid: report.state.label for report in self.checker().check(self.objects()).objects}
