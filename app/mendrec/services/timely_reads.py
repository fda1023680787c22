"""Reading small objects for a page of many: one that a store hangs on does not hold the page.

Each store is waited for so long and no longer (:mod:`mendrec.services.timely_store`); another store's copy is taken
then, and a store that hangs is not asked again for each object.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from mendrec.domain.model import Cid
from mendrec.services.copies import Copies
from mendrec.services.timely_store import TimelyStore

PAGE_MAX_S = 5.0
"""Past that a page ends where it is: stores that are slow make shorter pages, not held threads."""


class ReadBytes(Protocol):
    """Reads a small object, verified. See :meth:`mendrec.services.copies.Copies.read_bytes`."""

    def __call__(self, cid: Cid, max_bytes: int, *, recorded_location: int | None = None) -> bytes:
        """Returns it, or raises what kept it away."""


@dataclass(frozen=True)
class PageReads:
    """What one page reads, and whether its time is over."""

    read_bytes: ReadBytes
    """Raises ReadLate where no store gives it in time, and one did not answer."""
    ends_at: float
    monotonic: Callable[[], float]

    def is_over(self) -> bool:
        """Whether the page should end with what it has."""
        return self.monotonic() > self.ends_at


@dataclass(frozen=True)
class TimelyReads:
    """Begins pages. Which store hangs is known to all of them."""

    read: ReadBytes
    monotonic: Callable[[], float] = time.monotonic

    def page(self) -> PageReads:
        """Begins a page, and its time."""
        return PageReads(self.read, self.monotonic() + PAGE_MAX_S, self.monotonic)


def timely_reads(copies: Copies) -> TimelyReads:
    """Returns reads of these copies in which a store that hangs holds nobody."""
    return TimelyReads(copies.over(TimelyStore).read_bytes)
