"""Token buckets: how often one person, or one address that has not signed in, may ask.

They are kept by each process for itself; the allowance is split among the processes, so that all of them together
give no more than what is configured.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from flask import request

from mendrec.domain.errors import RefusedError

_ROUNDING = 1e-6
"""Of a token: sums of fractions must not refuse whoever waited exactly as long as they were told to."""
_KEPT_MAX = 50_000
"""Buckets that are kept; the one untouched for longest goes first, and begins anew as a full one."""
_STREAM_RETRY_S = 10
_SITE_BITS = 64
"""An IPv6 site has at least a /64 to itself: its addresses count as one."""


class TooManyRequests(RefusedError):
    """The allowance is used up for now.

    Attributes:
        retry_after_s: when the next request will be let in.
    """

    code = "refused.too_many_requests"

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message, remedy=f"Wait {retry_after_s} seconds, then ask again.")
        self.retry_after_s = retry_after_s


class TokenBuckets:
    """One bucket a key: ``per_minute`` tokens at most, filled again evenly."""

    def __init__(self, per_minute: float, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._capacity = max(1.0, per_minute)
        self._per_second = self._capacity / 60
        self._monotonic = monotonic
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str, *, tokens_taken: float = 1.0) -> None:
        """Takes a token, or a part of one. Raises TooManyRequests where there is not so much."""
        now = self._monotonic()
        with self._lock:
            tokens, since = self._buckets.pop(key, (self._capacity, now))
            tokens = min(self._capacity, tokens + (now - since) * self._per_second)
            allowed = tokens >= tokens_taken - _ROUNDING
            self._buckets[key] = (max(0.0, tokens - tokens_taken) if allowed else tokens, now)
            while len(self._buckets) > _KEPT_MAX:
                self._buckets.popitem(last=False)
        if not allowed:
            wait_s = math.ceil((tokens_taken - tokens) / self._per_second)
            raise TooManyRequests("Too many requests.", retry_after_s=max(1, wait_s))

    def charge(self, key: str, tokens_taken: float) -> float:
        """Takes tokens for work whose price may be more than there is; what is not there is owed, up to a full bucket.

        Returns:
            How many were taken: what would be owed past that is let go.
        """
        now = self._monotonic()
        with self._lock:
            tokens, since = self._buckets.pop(key, (self._capacity, now))
            tokens = min(self._capacity, tokens + (now - since) * self._per_second)
            left = max(-self._capacity, tokens - tokens_taken)
            self._buckets[key] = (left, now)
            return tokens - left

    def give_back(self, key: str, tokens_given: float) -> None:
        """Gives back what was charged for work that was not done then."""
        self.charge(key, -tokens_given)

    def require_no_debt(self, key: str) -> None:
        """Raises TooManyRequests while something is owed; takes nothing."""
        self.take(key, tokens_taken=0.0)


class StreamSlots:
    """How many event streams are open: of one person, and of this process, whose threads they hold.

    Half of the slots are for those who have none yet: some people with many streams keep nobody from a first one.
    """

    def __init__(self, *, per_person: int, in_all: int) -> None:
        self._per_person = per_person
        self._in_all = in_all
        self._open: dict[str, int] = {}
        self._lock = Lock()

    def take(self, person: str) -> None:
        """Takes a slot, which has to be given back. Raises TooManyRequests where there is none."""
        with self._lock:
            own = self._open.get(person, 0)
            room = self._in_all if own == 0 else self._in_all - self._in_all // 2
            if own >= self._per_person or sum(self._open.values()) >= room:
                raise TooManyRequests("Too many event streams are open.", retry_after_s=_STREAM_RETRY_S)
            self._open[person] = own + 1

    def give_back(self, person: str) -> None:
        """Frees a slot."""
        with self._lock:
            left = self._open.pop(person, 0) - 1
            if left > 0:
                self._open[person] = left


def address_key() -> str:
    """The bucket of the address that the request in hand came from."""
    return f"address {site_of(request.remote_addr)}"


def site_of(remote_address: str | None) -> str:
    """What addresses are counted as one: an IPv4 address, or an IPv6 /64."""
    try:
        address = ipaddress.ip_address(remote_address or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        if mapped is not None:
            return str(mapped)
        return str(ipaddress.ip_network((address, _SITE_BITS), strict=False))
    return str(address)
