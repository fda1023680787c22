"""Requests that keep a thread waiting for their bytes: how many there may be, in a process and of one site.

Slow clients are let in while there is room, each site for itself; where there are too many, the slowest go. Who sends
quickly is not counted, however large the body.
"""

from __future__ import annotations

import time
from collections import Counter
from threading import Lock
from typing import Protocol

_GRACE_S = 1.0
"""A request is not called slow before that."""
_QUICK_BYTES_PER_S = 128 * 1024


class Waiter(Protocol):
    """A connection in the middle of a request."""

    site: str
    began_at: float
    received_bytes: int
    has_to_go: bool


class Crowd:
    """The requests of one process that wait for their bytes."""

    def __init__(self, *, in_all: int, per_site: int) -> None:
        self._in_all = in_all
        self._per_site = per_site
        self._waiting: dict[int, Waiter] = {}
        self._lock = Lock()

    def enter(self, waiter: Waiter) -> None:
        """It waits from now on."""
        with self._lock:
            self._waiting[id(waiter)] = waiter

    def leave(self, waiter: Waiter) -> None:
        """It waits no more."""
        with self._lock:
            self._waiting.pop(id(waiter), None)

    def is_too_many(self, waiter: Waiter) -> bool:
        """Whether this one has to go: its site, or the one with most, had too many slow ones, it among the slowest."""
        now = time.monotonic()
        with self._lock:
            slow = [one for one in self._waiting.values() if _is_slow(one, now)]
            slow.sort(key=lambda one: one.received_bytes / (now - one.began_at))
            own = [one for one in slow if one.site == waiter.site]
            _send_away(own[: max(0, len(own) - self._per_site)])
            left = [one for one in slow if not one.has_to_go]
            counts = Counter(one.site for one in left)
            most = max(counts.values(), default=0)
            crowded = [one for one in left if counts[one.site] == most]
            _send_away(crowded[: max(0, len(left) - self._in_all)])
            return waiter.has_to_go


def _send_away(waiters: list[Waiter]) -> None:
    """They see it when they look next: who looks has just got some bytes, and would never be the slowest itself."""
    for one in waiters:
        one.has_to_go = True


def _is_slow(one: Waiter, now: float) -> bool:
    elapsed_s = now - one.began_at
    is_slow = elapsed_s >= _GRACE_S and one.received_bytes < elapsed_s * _QUICK_BYTES_PER_S
    return is_slow and not one.has_to_go
