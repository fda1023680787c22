"""What a node does by itself: one round at a time, by one process at a time.

Several workers may run beside each other; the one with the lease works, the others wait to take over. A part that
fails (the chain is away, the disk is full) does not keep the others from their turn; the next round tries again.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from mendrec.domain.errors import MendrecError
from mendrec.ports import Clock
from mendrec.ports_db import ReceiptRepository
from mendrec.ports_relay import Lease, LeaseLost
from mendrec.services.index import IndexService, Synced
from mendrec.services.leases import LeaseHolder
from mendrec.services.outbox import Outbox
from mendrec.services.sender import Sender, Sent

WORKER_LEASE = "worker"
LEASE_LIFETIME_S = 15
"""How long after a worker's death another takes over; its writes are refused from then on, whenever it wakes."""
_FORGET_EVERY_S = 60
_UNDONE_EVERY_S = 15
"""How often the outbox is looked through for what was undone, where no reorganisation was seen."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Chore:
    """Something that has to be done every so often. It must not wait for anything long: the round waits for it."""

    name: str
    run: Callable[[], object]
    every_s: int


@dataclass(frozen=True, slots=True)
class Tick:
    """What one round did."""

    holds_lease: bool
    sent: Sent | None = None
    """None where this worker sends nothing, or could not."""
    synced: Synced | None = None
    chores: tuple[str, ...] = ()
    """Names of the chores whose turn it was, and that did not fail."""
    faults: tuple[tuple[str, str], ...] = ()
    """(part, code of the error)"""

    @property
    def is_busy(self) -> bool:
        """Whether there is more to do at once."""
        return self.sent is not None and bool(self.sent.sent or self.sent.mined or self.sent.undone)


@dataclass
class Worker:
    """One worker of a node. One thread at a time."""

    lease: LeaseHolder
    clock: Clock
    index: IndexService
    outbox: Outbox
    receipts: ReceiptRepository
    sender: Sender | None
    """None where the relayer's key is not at hand: then everything else is done."""
    chores: Sequence[Chore] = ()
    _done_at: dict[str, int] = field(default_factory=dict)
    _fence: int | None = None
    _looked_at: int | None = None
    """When the outbox was last looked through for what was undone; None: it has to be now."""

    def tick(self) -> Tick:
        """Does one round without waiting. Whoever does not hold the lease does nothing.

        Raises:
            UnavailableError: the database can't be reached, so that nobody knows who holds the lease.
        """
        lease = self.lease.hold()
        if lease is None:
            self._fence = None
            return Tick(holds_lease=False)
        faults: list[tuple[str, str]] = []
        if lease.fence != self._fence:  # what the last holder left signed must not be forgotten
            self._fence = lease.fence
            self._looked_at = None
            _attempt(faults, "outbox", self.outbox.rebroadcast)
        sent = None
        if self.sender is not None:
            sent = _attempt(faults, "sender", lambda: self._send(lease))
        synced = _attempt(faults, "index", self.index.sync)
        self._bring_back(synced, faults)
        done = tuple(chore.name for chore in (self._forget, *self.chores) if self._did(chore, faults))
        return Tick(True, sent, synced, done, tuple(faults))

    def run(
        self, stop: threading.Event, interval_s: float, *, told: Callable[[Tick], None] = lambda _tick: None
    ) -> None:
        """Works until ``stop`` is set, then lets another worker take over at once.

        Args:
            stop: ends the work after the round that is running.
            interval_s: how long to wait after a round that found nothing to go on with.
            told: what each round did, for logs and metrics.
        """
        try:
            while not stop.is_set():
                tick = self._tick_or_fault()
                told(tick)
                if not tick.is_busy:
                    stop.wait(interval_s)
        finally:
            with contextlib.suppress(MendrecError):
                self.lease.give_back()

    def _tick_or_fault(self) -> Tick:
        try:
            return self.tick()
        except MendrecError as error:
            return Tick(holds_lease=False, faults=(("lease", error.code),))

    def _send(self, lease: Lease) -> Sent:
        assert self.sender is not None  # noqa: S101 - asked for where there is one only
        try:
            return self.sender.round(lease)
        except LeaseLost:
            self.lease.lose()
            raise

    def _bring_back(self, synced: Synced | None, faults: list[tuple[str, str]]) -> None:
        """Has the outbox bring back what a reorganisation undid; every round while something is on its way back."""
        now = self.clock.now()
        is_due = self._looked_at is None or not 0 <= now - self._looked_at < _UNDONE_EVERY_S
        if not is_due and not (synced is not None and synced.roll_backs):
            return
        still = _attempt(faults, "outbox", self.outbox.reopen)
        self._looked_at = now if still == 0 else None

    @property
    def _forget(self) -> Chore:
        return Chore(
            "forget spent request nonces",
            lambda: self.receipts.forget_nonces(before_at=self.clock.now()),
            _FORGET_EVERY_S,
        )

    def _did(self, chore: Chore, faults: list[tuple[str, str]]) -> bool:
        now = self.clock.now()
        if chore.name in self._done_at and now - self._done_at[chore.name] < chore.every_s:
            return False
        self._done_at[chore.name] = now
        before = len(faults)
        _attempt(faults, chore.name, chore.run)
        return len(faults) == before


def _attempt(faults: list[tuple[str, str]], part: str, run: Callable[[], T]) -> T | None:
    try:
        return run()
    except MendrecError as error:
        faults.append((part, error.code))
    return None
