"""Holding a lease over time: who does one kind of work when several processes could."""

from __future__ import annotations

from mendrec.ports import Clock, Randomness
from mendrec.ports_relay import Lease, LeaseLost, LeaseRepository

_HOLDER_BYTES = 16


class LeaseHolder:
    """One would-be holder of one lease. Not for sharing between threads."""

    def __init__(
        self, leases: LeaseRepository, clock: Clock, randomness: Randomness, *, name: str, lifetime_s: int
    ) -> None:
        self._leases = leases
        self._clock = clock
        self._holder = randomness.token(_HOLDER_BYTES).hex()
        self._name = name
        self._lifetime_s = lifetime_s
        self._lease: Lease | None = None

    def hold(self) -> Lease | None:
        """Renews the lease, or takes it where it is free; None while another holds it."""
        now = self._clock.now()
        if self._lease is not None and self._lifetime_s // 2 < self._lease.expires_at - now <= self._lifetime_s:
            return self._lease  # not written at every turn; each write under it compares the fence anyway
        if self._lease is not None:
            try:
                self._lease = self._leases.renew(self._lease, now=now, lifetime_s=self._lifetime_s)
            except LeaseLost:
                self._lease = None
        if self._lease is None:
            self._lease = self._leases.take(self._name, self._holder, now=now, lifetime_s=self._lifetime_s)
        return self._lease

    def lose(self) -> None:
        """What is written under the lease is refused: it is another's, and has to be taken anew."""
        self._lease = None

    def give_back(self) -> None:
        """Lets the next one go on at once."""
        lease, self._lease = self._lease, None
        if lease is not None:
            self._leases.give_back(lease)
