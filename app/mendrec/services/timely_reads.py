"""Reading small objects for a page of many: one that a store hangs on does not hold the page.

A store that does not answer keeps a thread for as long as its own time limit says, or for good where it is a folder of
a network that is gone. So each read has a thread of a bounded few, and is waited for so long and no longer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

from mendrec.domain.errors import UnavailableError
from mendrec.domain.model import Cid

READ_MAX_S = 2.0
"""Of one object. A store that needs longer is asked for it alone, where waiting costs nobody else."""
PAGE_MAX_S = 5.0
"""Past that a page ends where it is: stores that are slow make shorter pages, not held threads."""
_THREADS = 16
"""All of them hang where a store does; what is read meanwhile is late at once, and no further thread is held."""


class ReadLate(UnavailableError):
    """A store did not give the object in the time that there is for it in a page."""

    code = "unavailable.read_late"
    default_remedy = "Ask for this object alone, which may take longer; look whether a store does not answer."


class ReadBytes(Protocol):
    """Reads a small object, verified. See :meth:`mendrec.services.copies.Copies.read_bytes`."""

    def __call__(self, cid: Cid, max_bytes: int, *, recorded_location: int | None = None) -> bytes:
        """Returns it, or raises what kept it away."""


@dataclass(frozen=True)
class PageReads:
    """What one page reads, and whether its time is over."""

    read: ReadBytes
    pool: ThreadPoolExecutor
    ends_at: float
    monotonic: Callable[[], float]

    def read_bytes(self, cid: Cid, max_bytes: int, *, recorded_location: int | None = None) -> bytes:
        """As :attr:`read`. Raises ReadLate where that takes too long; what it comes to then is dropped."""
        future = self.pool.submit(self.read, cid, max_bytes, recorded_location=recorded_location)
        try:
            return future.result(timeout=READ_MAX_S)
        except TimeoutError:
            if future.done():  # the time limit was the store's own
                raise
            future.cancel()
            raise ReadLate("The object did not come in time.") from None

    def is_over(self) -> bool:
        """Whether the page should end with what it has."""
        return self.monotonic() > self.ends_at


@dataclass(frozen=True)
class TimelyReads:
    """Begins pages."""

    read: ReadBytes
    monotonic: Callable[[], float] = time.monotonic
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_THREADS, thread_name_prefix="page-reads"), init=False, repr=False
    )

    def page(self) -> PageReads:
        """Begins a page, and its time."""
        return PageReads(self.read, self._pool, self.monotonic() + PAGE_MAX_S, self.monotonic)
