"""What the relayer, its sender and the workers need of the database, as Protocols, with the rows they pass.

Every method is one transaction. What is written under a lease is written only while nobody else has taken that lease:
the number that grows with each taking (the fence) is compared in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from mendrec.domain.errors import RefusedError, UnavailableError
from mendrec.domain.model import Address, BlockRef
from mendrec.domain.signed_act import SignedAct
from mendrec.ports import Fees, SignedTransaction
from mendrec.ports_db import Failure, OutboxRow


class LeaseLost(UnavailableError):
    """Somebody else has taken the lease: nothing more may be written under it."""

    code = "unavailable.lease_lost"
    default_remedy = "Nothing is lost; the other worker goes on from here."


class NotTaken(UnavailableError):
    """The chain's node answered that it does not take this very transaction, whatever it will do with others."""

    code = "unavailable.transaction_not_taken"
    default_remedy = "It stays written down, and is sent again."


class QuotaExceeded(RefusedError):
    """The node pays for a number of acts a day only."""

    code = "refused.quota_exceeded"
    default_remedy = "Wait until then, or bring the act to the chain with an account of your own."

    def __init__(self, message: str, *, frees_at: int) -> None:
        super().__init__(message)
        self.frees_at = frees_at


class AuthorizationInUse(RefusedError):
    """Another act of the same signer with the same number is on its way: only one of the two can happen."""

    code = "refused.authorization_in_use"
    default_remedy = "Have the act prepared anew, and sign that one."


# Leases


@dataclass(frozen=True, slots=True)
class Lease:
    """Who may do one kind of work, until when."""

    name: str
    holder: str
    fence: int
    """Grows by one with each taking: a write with an older one is refused."""
    expires_at: int


class LeaseRepository(Protocol):
    """Leases by name, taken and renewed by compare-and-set."""

    def take(self, name: str, holder: str, *, now: int, lifetime_s: int) -> Lease | None:
        """Takes a lease that is free or has lapsed; None where another holds it.

        One that ends more than two lifetimes ahead counts as lapsed: a clock that was wrong took it.
        """
        ...

    def renew(self, lease: Lease, *, now: int, lifetime_s: int) -> Lease:
        """Moves the end out, also of one that lapsed and that nobody took since. Raises LeaseLost."""
        ...

    def give_back(self, lease: Lease) -> None:
        """Lets the next one take it at once; nothing where it is lost already."""
        ...


# The lane of the sender


@dataclass(frozen=True, slots=True)
class Attempt:
    """One signed transaction of a row. Each may be the one that is mined, so each is kept."""

    transaction: SignedTransaction
    gas: int
    fees: Fees
    signed_at: int
    head_number: int
    """The head when it was signed: where no block came since, nothing is stuck."""


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One row of the lane with every transaction that was ever signed for it, the newest last."""

    row: OutboxRow
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one row in a block."""

    key: str
    transaction: SignedTransaction
    block: BlockRef
    failure: Failure | None
    """Why it reverted; None where it succeeded."""


class LaneRepository(Protocol):
    """The outbox rows that a worker drives. Every write raises LeaseLost where the lease is another's by now."""

    def waiting(self, limit: int) -> Sequence[LaneRow]:
        """Queued rows, oldest first. One that was signed before has lost its nonce to something else."""
        ...

    def in_flight(self) -> Sequence[LaneRow]:
        """Signed rows, by sender and nonce."""
        ...

    def count_waiting(self) -> int: ...

    def newest_settled(self) -> Iterator[LaneRow]:
        """Rows that came into a block, by falling block number."""
        ...

    def nonces_from(self, sender: Address, first: int) -> frozenset[int]:
        """Which nonces from ``first`` on rows of the sender have, in any lane and any state."""
        ...

    def store_signed(self, signed: Mapping[str, Attempt], *, lease: Lease) -> None:
        """Stores the first transactions of waiting rows, by key: all or none.

        Raises:
            NonceTaken: another row of the sender has one of the nonces.
        """
        ...

    def store_replacement(self, key: str, attempt: Attempt, *, lease: Lease) -> None:
        """Adds a transaction under the nonce that the row has, and makes it the row's own."""
        ...

    def store_skip(self, attempt: Attempt, *, lease: Lease) -> None:
        """Adds a row of its own that uses up a nonce which nothing else will use. Raises NonceTaken."""
        ...

    def store_settled(self, settled: Sequence[Settled], *, lease: Lease) -> None:
        """Notes which of the rows' transactions were mined, where, and which of them reverted: all or none.

        Raises:
            NonceTaken: another row of the sender has one of the nonces.
        """
        ...

    def store_refused(self, key: str, failure: Failure, *, lease: Lease) -> None:
        """Notes that a waiting row failed before it was signed."""
        ...

    def store_done_elsewhere(self, key: str, hash_hex: str, block: BlockRef, *, lease: Lease) -> None:
        """Notes that a waiting row's call was made to happen by a transaction that is none of the row's."""
        ...

    def store_given_up(self, key: str, failure: Failure, skip: Attempt, *, lease: Lease) -> None:
        """Takes a signed row's nonce away for ``skip``, which gets a row of its own.

        The row waits, with the failure it will have (and is not signed anew): what was signed for it could still come
        into a block in place of ``skip``.
        """
        ...

    def store_undone(self, keys: Sequence[str], *, lease: Lease) -> None:
        """Notes that the chain no longer has the blocks of these rows: they are in flight again.

        Those that a transaction of somebody else made happen wait again.
        """
        ...

    def put_back(self, key: str, *, lease: Lease) -> None:
        """Takes a row's nonce away, which something else has spent: the row waits again."""
        ...


# Acts that people signed


@dataclass(frozen=True, slots=True)
class QueuedAct:
    """An act that the node has taken on, with the transaction it became."""

    act_id_hex: str
    signer: Address
    queued_at: int
    row: OutboxRow


class RelayRepository(Protocol):
    """Relayed acts by their id."""

    def get(self, act_id_hex: str) -> QueuedAct | None: ...

    def queue(self, act: SignedAct, *, relayer: Address, now: int, per_day: int) -> QueuedAct:
        """Takes an act on, or starts a failed one anew; one that is on its way or done is returned as it is.

        Raises:
            QuotaExceeded: the signer had ``per_day`` acts taken on within the last 24 hours.
            AuthorizationInUse: another act with the same number of the same signer is on its way.
        """
        ...

    def of_signer(self, signer: Address, *, after: str | None, limit: int) -> Sequence[QueuedAct]:
        """A signer's acts, the newest first; only those taken on before the act ``after``."""
        ...
