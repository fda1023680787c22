"""A chain in memory that can be reorganised at will, also in the middle of being read."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from mendrec.domain.errors import NotFoundError
from mendrec.domain.model import BlockRef, ChainEvent


@dataclass
class SimulatedChain:
    """Implements :class:`mendrec.ports.EventSource`."""

    blocks: list[tuple[BlockRef, tuple[ChainEvent, ...]]] = field(default_factory=list)
    before_call: Callable[[], None] = lambda: None
    """Called before every answer: a script may change the chain there."""
    _hashes: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.mine([])

    @property
    def chain_id(self) -> int:
        return 1

    def mine(self, events: Sequence[ChainEvent]) -> None:
        """Adds one block with these events; where they stand in the chain is filled in."""
        number = len(self.blocks)
        block = BlockRef(number, f"{next(self._hashes):064x}", 1_000 + number)
        placed = tuple(
            replace(
                event,
                block_number=number,
                block_hash_hex=block.hash_hex,
                block_timestamp=block.timestamp,
                log_index=position,
            )
            for position, event in enumerate(events)
        )
        self.blocks.append((block, placed))

    def reorganise(self, depth: int, fork: Sequence[Sequence[ChainEvent]]) -> None:
        """Replaces the newest ``depth`` blocks (never the genesis) by a fork of any length."""
        del self.blocks[max(1, len(self.blocks) - depth) :]
        for events in fork:
            self.mine(events)

    def canonical_events(self) -> list[ChainEvent]:
        """Every event of the chain as it is now."""
        return [event for _, events in self.blocks for event in events]

    def head_block(self) -> BlockRef:
        self.before_call()
        return self.blocks[-1][0]

    def block(self, number: int) -> BlockRef:
        self.before_call()
        if number >= len(self.blocks):
            raise NotFoundError(f"No block {number}.")
        return self.blocks[number][0]

    def events(self, from_block: int, to_block: int) -> Iterator[ChainEvent]:
        self.before_call()
        for _, events in self.blocks[from_block : to_block + 1]:
            yield from events
