"""Whether a node can serve: chain, clock, index, stores, outbox, relayer, worker, disk; each with its remedy.

Every look is cheap and bounded, and its answer is kept for a while: whoever asks often costs nothing more.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from mendrec.domain.cid import cid_of
from mendrec.domain.condition import Condition, Severity, bad, failed, fine, warning, worst
from mendrec.domain.errors import MendrecError
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import BlockRef
from mendrec.domain.placement import PlacementRule, additions
from mendrec.ports import BlobStore
from mendrec.services.copies import place_of
from mendrec.services.worker import LEASE_LIFETIME_S

_FIRST_LOOK_S = 5.0
"""How long one who asks waits for the first look, where another one is at it."""
_SILENT_S = 60.0
"""An answer older than that, while a look does not come back, is none."""
INDEX_LAG_WARNING_BLOCKS = 20
INDEX_LAG_ERROR_BLOCKS = 500
OUTBOX_AGE_WARNING_S = 300
OUTBOX_AGE_ERROR_S = 3600
DISK_WARNING_SHARE, DISK_WARNING_BYTES = 0.10, 5 * 1024**3
DISK_ERROR_SHARE, DISK_ERROR_BYTES = 0.01, 200 * 1024**2
RELAYED_ACTS_WARNING = 200
"""A relayer that can pay for fewer is low."""
ACT_GAS = 150_000
"""What the dearer of the relayed acts use."""

Look = Callable[[], Iterable[Condition]]


@dataclass(frozen=True, slots=True)
class ReadinessState:
    """One answer."""

    conditions: tuple[Condition, ...]
    measured_at: int

    @property
    def is_ready(self) -> bool:
        """Whether nothing that was looked at stands still."""
        return worst(self.conditions) is not Severity.ERROR


@dataclass
class Readiness:
    """Looks, each by its name, and their last answers. Safe to be asked by several threads."""

    looks: Sequence[tuple[str, Look]]
    now: Callable[[], int]
    monotonic: Callable[[], float]
    keep_for_s: float = 5.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _last: tuple[float, ReadinessState] | None = None

    def state(self) -> ReadinessState:
        """Returns what holds, at most ``keep_for_s`` old. Never raises: a look that fails is a condition.

        One looks at a time; whoever asks meanwhile gets the last answer, so that looks which hang hold one thread.
        """
        last = self._last
        if last is not None and self._is_fresh(last[0], self.keep_for_s):
            return last[1]
        if not self._lock.acquire(timeout=0 if last is not None else _FIRST_LOOK_S):
            return self._meanwhile()
        try:
            last = self._last
            if last is None or not self._is_fresh(last[0], self.keep_for_s):
                state = ReadinessState(tuple(look_at(self.looks)), self.now())
                self._last = last = (self.monotonic(), state)  # the time after the look: it may have taken long
            return last[1]
        finally:
            self._lock.release()

    def _meanwhile(self) -> ReadinessState:
        last = self._last
        if last is not None and self._is_fresh(last[0], max(_SILENT_S, self.keep_for_s)):
            return last[1]
        silent = bad(
            "looks",
            "What is looked at has not answered yet: the chain, the database, a store or a disk hangs.",
            "Run `mendrec doctor`: it looks at each by itself.",
        )
        return ReadinessState((silent,), self.now())

    def _is_fresh(self, looked_at: float, keep_for_s: float) -> bool:
        return self.monotonic() - looked_at < keep_for_s


def look_at(looks: Sequence[tuple[str, Look]]) -> Iterable[Condition]:
    """Yields the conditions of every look; one that fails is a condition of its own."""
    for name, look in looks:
        try:
            yield from look()
        except Exception as error:  # a fault in one look must not hide the others
            yield failed(name, error)


def kept(look: Look, monotonic: Callable[[], float], keep_for_s: float) -> Look:
    """A look whose answer is kept longer than the others': for what writes to disks."""
    last: list[tuple[float, tuple[Condition, ...]]] = []

    def again() -> Iterable[Condition]:
        if not last or monotonic() - last[0][0] >= keep_for_s:
            conditions = tuple(look())
            last[:] = [(monotonic(), conditions)]
        return last[0][1]

    return again


def head_conditions(head: BlockRef, now: int, *, max_apart_s: int = LIMITS.clock_skew_max_s) -> Iterable[Condition]:
    """The chain's head against this machine's clock: a custodian refuses when they are further apart."""
    age_s = now - head.timestamp
    figures = {"head_number": float(head.number), "head_age_s": float(max(0, age_s))}
    if age_s > max_apart_s:
        yield bad(
            "chain",
            f"The newest block is {age_s} seconds old: custodians refuse to release.",
            "Look whether the chain's node is in step with its network and its validators run; if they do, set this "
            "machine's clock.",
            **figures,
        )
    else:
        yield fine("chain", f"The newest block is {max(0, age_s)} seconds old.", **figures)
    ahead_s = max(0, -age_s)
    if ahead_s > max_apart_s:
        yield bad(
            "clock",
            f"The chain's head is {ahead_s} seconds ahead of this machine's clock: custodians refuse to release.",
            "Set this machine's clock (chrony or systemd-timesyncd).",
            clock_behind_head_s=float(ahead_s),
        )
    elif ahead_s > max_apart_s // 3:
        yield warning(
            "clock",
            f"The chain's head is {ahead_s} seconds ahead of this machine's clock.",
            "Set this machine's clock (chrony or systemd-timesyncd).",
            clock_behind_head_s=float(ahead_s),
        )
    else:
        yield fine("clock", "The clock and the chain's head agree.", clock_behind_head_s=float(ahead_s))


def index_conditions(head: BlockRef, cursor: BlockRef | None, first_block: int) -> Iterable[Condition]:
    """How far the index is behind the head."""
    reached = first_block - 1 if cursor is None else cursor.number
    lag = max(0, head.number - reached)
    words = f"The index is {lag} blocks behind the chain."
    remedy = "Look whether `mendrec worker` runs; `mendrec index rebuild` builds the index anew."
    if lag > INDEX_LAG_ERROR_BLOCKS:
        yield bad("index", words, remedy, index_lag_blocks=float(lag))
    elif lag > INDEX_LAG_WARNING_BLOCKS:
        yield warning("index", words, remedy, index_lag_blocks=float(lag))
    else:
        yield fine("index", words, index_lag_blocks=float(lag))


def store_conditions(stores: Sequence[BlobStore], rule: PlacementRule) -> Iterable[Condition]:
    """Writes a small object to every store and reads it back; then whether those that can, suffice for the rule.

    The object stays: to delete it would race with another process that looks.
    """
    sound = []
    for store in stores:
        check = f"store {store.name}"
        try:
            _probe(store)
        except MendrecError as error:
            yield replace(warning(check, error.message, error.remedy, store_up=0.0), code=error.code)
        else:
            sound.append(place_of(store))
            yield fine(check, "It takes and gives back.", store_up=1.0)
    short = additions(rule, sound)
    if short.suffices:
        yield fine("placement", f"{len(sound)} of {len(stores)} stores can be used; the placement rule can be kept.")
    else:
        yield bad(
            "placement",
            f"{len(sound)} of {len(stores)} stores can be used: {short.copies_short} copies and {short.domains_short} "
            "failure domains short of the placement rule. New records are refused.",
            "Bring the stores back, add one in another failure domain, or ask for fewer copies in [placement].",
        )


def _probe(store: BlobStore) -> None:
    data = f"mendrec probe of {store.name}\n".encode()
    cid = cid_of(data)
    store.put(cid, io.BytesIO(data))
    if b"".join(store.read(cid)) != data:
        raise MendrecError("It gave back other bytes than it was given.", remedy="Look into the store's own log.")


def disk_conditions(name: str, free_bytes: int, total_bytes: int) -> Iterable[Condition]:
    """Room on the disk that a folder is on."""
    share = free_bytes / total_bytes if total_bytes else 0.0
    check, figures = f"disk {name}", {"disk_free_bytes": float(free_bytes)}
    words = f"{free_bytes / 1024**3:.1f} GiB are free ({share:.0%})."
    if free_bytes < DISK_ERROR_BYTES or (share < DISK_ERROR_SHARE and free_bytes < DISK_WARNING_BYTES):
        yield bad(check, words, "Free space now: uploads and the database are refused when it is full.", **figures)
    elif (share < DISK_WARNING_SHARE and free_bytes < 4 * DISK_WARNING_BYTES) or free_bytes < DISK_WARNING_BYTES:
        yield warning(check, words, "Free space, or move the folder to a larger disk.", **figures)
    else:
        yield fine(check, words, **figures)


def outbox_conditions(depth: int, oldest_age_s: int | None) -> Iterable[Condition]:
    """What waits to be sent, and for how long."""
    age_s = oldest_age_s or 0
    figures = {"outbox_depth": float(depth), "outbox_oldest_age_s": float(age_s)}
    words = f"{depth} acts are under way" + (f", the oldest for {age_s} seconds." if oldest_age_s is not None else ".")
    remedy = (
        "Look whether `mendrec worker` runs, whether the relayer is funded, and whether the chain's fees are above "
        "[relayer] max_fee_gwei."
    )
    if age_s > OUTBOX_AGE_ERROR_S:
        yield bad("outbox", words, remedy, **figures)
    elif age_s > OUTBOX_AGE_WARNING_S:
        yield warning("outbox", words, remedy, **figures)
    else:
        yield fine("outbox", words, **figures)


def relayer_conditions(balance_wei: int, fee_wei: int) -> Iterable[Condition]:
    """Whether the relayer can pay, at the fee of now; never an error: what needs no relayer goes on."""
    acts = balance_wei // (ACT_GAS * fee_wei) if fee_wei else RELAYED_ACTS_WARNING
    figures = {"relayer_balance_ether": balance_wei / 10**18}
    if balance_wei == 0:
        yield warning("relayer", "The relayer has no ether: nothing is relayed.", "Send ether to it.", **figures)
    elif acts < RELAYED_ACTS_WARNING:
        yield warning("relayer", f"The relayer can pay for about {acts} acts.", "Send ether to it.", **figures)
    else:
        yield fine("relayer", "The relayer can pay.", **figures)


def worker_conditions(expires_at: int | None, now: int) -> Iterable[Condition]:
    """Whether a worker holds its lease."""
    if expires_at is None:
        yield warning("worker", "No worker has run yet.", "Start one: `mendrec worker`, or `mendrec node`.")
    elif expires_at < now:
        yield bad(
            "worker",
            f"No worker holds the lease since {now - expires_at} seconds: nothing is sent or indexed.",
            "Look whether `mendrec worker` runs, and what its log says.",
            worker_lease_lapsed_s=float(now - expires_at),
        )
    elif expires_at > now + 2 * LEASE_LIFETIME_S:
        yield bad(
            "worker",
            f"The worker's lease runs out in {expires_at - now} seconds, and none is given for so long: the clock of "
            "its machine, or of this one, is wrong.",
            "Set the clocks (chrony or systemd-timesyncd), then look whether `mendrec worker` runs.",
            worker_lease_lapsed_s=0.0,
        )
    else:
        yield fine("worker", "A worker is at work.", worker_lease_lapsed_s=0.0)
