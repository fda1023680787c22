"""What the use cases need of the database, as Protocols, with the rows they pass.

Every method is one transaction: when it returns, what it says is on disk; when it raises, nothing was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from mendrec.domain.errors import InputError, RefusedError
from mendrec.domain.event_id import EventId
from mendrec.domain.health import ObjectRole
from mendrec.domain.model import (
    Address,
    BlockRef,
    ChainEntry,
    ChainEvent,
    Cid,
    LocationInfo,
    MendReason,
    PermissionBlock,
    Role,
    Terms,
)
from mendrec.ports import ContractCall, SignedTransaction


class IdempotencyConflict(InputError):
    """The idempotency key was used for something else."""

    code = "input.idempotency_conflict"
    default_remedy = "Use a new key for a new act; repeat an act with exactly the words it was first made with."


class ReplayError(RefusedError):
    """A signed request was seen before."""

    code = "refused.replay"
    default_remedy = "Sign a new request; each serves once."


# Outbox


class OutboxState(StrEnum):
    """How far a submission has come."""

    QUEUED = "queued"
    """Decided on; no nonce yet."""
    SIGNED = "signed"
    """The raw transaction is stored; it may have been sent."""
    MINED = "mined"
    """In a block, and succeeded."""
    FAILED = "failed"
    """It will not happen: it was refused, or reverted in a block."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a submission failed, in the words of the error that it was."""

    contract: str
    name: str
    args_by_name: Mapping[str, Any]
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One submission."""

    key: str
    call: ContractCall
    sender: Address
    state: OutboxState
    attempt: int
    """Counted from 1; a failed submission may be made anew under its key."""
    transaction: SignedTransaction | None
    block: BlockRef | None
    """The block it came into."""
    failure: Failure | None
    """Of a signed row: it was told to be over, and the chain took its block back. It is not signed anew."""


class NonceTaken(Exception):
    """Another row of the sender has the nonce already. A signal between outbox and repository, never shown."""


class OutboxRepository(Protocol):
    """Submissions by idempotency key, each written durably before the next step is taken."""

    def get(self, key: str) -> OutboxRow | None: ...

    def queue(self, key: str, call: ContractCall, sender: Address) -> OutboxRow:
        """Inserts a row, or starts a failed one anew. Where a live row has the key already, that row is returned."""
        ...

    def store_signed(
        self, key: str, transaction: SignedTransaction, *, replaces: SignedTransaction | None
    ) -> OutboxRow:
        """Stores the raw transaction in place of ``replaces``, and returns the row as it then is.

        Where somebody else has signed the row in the meantime, theirs stays, and is what is returned.

        Raises:
            NonceTaken: another row of the sender has the nonce.
        """
        ...

    def store_mined(self, key: str, transaction: SignedTransaction, block: BlockRef) -> None:
        """Notes where a row's transaction succeeded; nothing where the row has another transaction by now."""
        ...

    def store_failed(
        self, key: str, failure: Failure, *, replaces: SignedTransaction | None, block: BlockRef | None
    ) -> OutboxRow:
        """Notes that a row failed, and returns the row as it then is.

        Where somebody else has signed the row in the meantime, it has not failed, and stays as it is.

        Args:
            replaces: the transaction that the row had when it failed.
            block: where that one reverted; None where the call was refused before it was signed (anew).
        """
        ...

    def store_undone(self, key: str, transaction: SignedTransaction, failure: Failure) -> None:
        """Notes that the block a row came into is gone: it is signed again, and ``failure`` says that it was told.

        Nothing where the row has another transaction, or no block, by now.
        """
        ...

    def unfinished(self) -> Sequence[OutboxRow]:
        """Queued and signed rows: the signed first, by sender and nonce; then the queued, oldest first."""
        ...

    def newest_first(self, sender: Address | None = None) -> Iterator[OutboxRow]:
        """Rows that came into a block (mined, or failed there) by falling block number; one sender's by nonce."""
        ...

    def settled_senders(self) -> Sequence[Address]:
        """Those who have a row that came into a block."""
        ...

    def highest_nonce(self, sender: Address) -> int | None:
        """The highest nonce that a row of the sender has; None where there is none."""
        ...


# A custodian's receipts

NO_SUCH_RECORD = "not_found.release.no_such_record"
"""Outcome of the one receipt for all that a request named and the chain does not have. It concerns no record, so it is
kept for the custodian's operator and is in no patient's list."""


@dataclass(frozen=True, slots=True)
class ReleaseReceipt:
    """What a custodian decided about one record of one request, as it decided it."""

    request_digest_hex: str
    signature_hex: str
    custodian: Address
    reader: Address
    patient: Address
    sequence: int
    manifest_digest_hex: str
    act: str
    purpose: str
    outcome: str
    """``released``, the code of the refusal, or ``NO_SUCH_RECORD``."""
    head_number: int
    head_hash_hex: str
    decided_at: int


class ReceiptRepository(Protocol):
    """Append-only, and the memory of spent request nonces."""

    def spend_nonce(self, reader: Address, nonce_hex: str, *, keep_until_at: int) -> None:
        """Uses up a request nonce, durably.

        ``keep_until_at`` is when it may be forgotten, because by then no clock takes its request for fresh.

        Raises:
            ReplayError: it was used before.
        """
        ...

    def forget_nonces(self, *, before_at: int) -> int:
        """Drops nonces that may be forgotten since before ``before_at``; returns how many."""
        ...

    def append(self, receipts: Sequence[ReleaseReceipt]) -> None:
        """Adds all of them or none."""
        ...

    def of_patient(self, patient: Address) -> Sequence[ReleaseReceipt]:
        """A patient's receipts in the order they were written; none whose outcome is ``NO_SUCH_RECORD``."""
        ...

    def page(
        self,
        *,
        patient: Address | None = None,
        reader: Address | None = None,
        before_id: int | None = None,
        limit: int,
    ) -> Sequence[tuple[int, ReleaseReceipt]]:
        """Receipts of a patient, of a reader, of both or all, newest first, each with its id for the next page.

        A patient's have none whose outcome is ``NO_SUCH_RECORD``.
        """
        ...

    def after(
        self, *, patient: Address, reader: Address | None = None, after_id: int, limit: int
    ) -> Sequence[tuple[int, ReleaseReceipt]]:
        """At most ``limit`` receipts of a patient's list, or a reader's of it, oldest first, after an id."""
        ...


# Objects and uploads


@dataclass(frozen=True, slots=True)
class ObjectCopy:
    """One copy of one object of one record that was put into a named store."""

    patient: Address
    sequence: int
    leaf_index: int | None
    manifest_digest_hex: str
    role: ObjectRole
    cid: Cid
    store_name: str
    stored_at: int


class ObjectRepository(Protocol):
    """Which copies were put where. What it says is where to look, never what is true: a check fetches the bytes."""

    def add(self, copies: Iterable[ObjectCopy]) -> None:
        """Adds copies; one that is known already keeps its first time."""
        ...

    def remove(self, cid: Cid, store_name: str) -> None:
        """Forgets the copies of ``cid`` in a store, whichever record they are of."""
        ...

    def forget(self, copies: Iterable[ObjectCopy]) -> None:
        """Forgets these and no others, whenever they were stored: another record may have the same object."""
        ...

    def of_patient(self, patient: Address) -> Sequence[ObjectCopy]: ...

    def of_record(self, patient: Address, manifest_digest_hex: str) -> Sequence[ObjectCopy]: ...

    def all(self) -> Iterator[ObjectCopy]:
        """Every copy, ordered by patient, sequence, leaf, role, CID and store."""
        ...


class UploadState(StrEnum):
    """How far an upload has come."""

    STARTED = "started"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload by its idempotency key."""

    key: str
    request_digest_hex: str
    """SHA-256 over what was asked, so that a key cannot serve for two things."""
    state: UploadState
    progress: Mapping[str, Any]
    """JSON: what the upload has done so far, for going on after a crash; the result once it is done."""
    started_at: int


class UploadRepository(Protocol):
    """Uploads by idempotency key."""

    def begin(self, key: str, request_digest_hex: str, *, now: int) -> Upload:
        """Starts an upload or returns the one that is there.

        Raises:
            IdempotencyConflict: the key was used with another request digest.
        """
        ...

    def save_progress(self, key: str, progress: Mapping[str, Any]) -> None: ...

    def finish(self, key: str, result: Mapping[str, Any]) -> None: ...

    def unfinished(self) -> Sequence[Upload]: ...


# The index


@dataclass(frozen=True, slots=True)
class IndexedEntry:
    """One entry, with what only its events tell."""

    entry: ChainEntry
    link_hex: str
    list_digest_hex: str | None
    """Batches: SHA-256 of the stored list of leaves."""


@dataclass(frozen=True, slots=True)
class ChainTip:
    """What the next entry of a patient is put on."""

    next_sequence: int
    head_link_hex: str
    """Zeros where there is no entry yet."""


@dataclass(frozen=True, slots=True)
class IndexedPermission:
    """One permission block as it is stored; whether its window is open now is for the chain to say."""

    patient: Address
    grantee: Address
    category: int
    block: PermissionBlock
    delegator: Address | None


@dataclass(frozen=True, slots=True)
class IndexedRequest:
    """One request for access."""

    request_id_hex: str
    patient: Address
    requester: Address
    categories: tuple[int, ...]
    terms: Terms
    asked_at: int
    state: int
    """1 pending, 2 approved, 3 declined, 4 withdrawn."""


@dataclass(frozen=True, slots=True)
class IndexedParticipant:
    """One person or body."""

    address: Address
    roles: Role
    suspended: bool
    credential_expires_at: int
    institution: Address | None
    verifier: Address | None
    recipient_hex: str | None


@dataclass(frozen=True, slots=True)
class PathVersion:
    """One move of an entry's path."""

    from_location: int
    to_location: int
    reason: MendReason
    mended_by: Address
    mended_at: int


@dataclass(frozen=True, slots=True)
class PlacedPathVersion:
    """One move, with the entry that it is of and the event that tells it."""

    sequence: int
    version: PathVersion
    block_number: int
    log_index: int


@dataclass(frozen=True, slots=True)
class Undone:
    """What a roll back took out of the index."""

    events: int
    lowest_block: int | None
    """The lowest block that events were taken out of."""


class IndexRepository(Protocol):
    """The index. All of it follows from the events, so all of it can be dropped."""

    def cursor(self) -> BlockRef | None:
        """The last block whose events are in the index; None where it is empty."""
        ...

    def apply(self, events: Sequence[ChainEvent], cursor: BlockRef, *, after: BlockRef | None) -> bool:
        """Adds events with what they change, and moves the cursor, which must still be at ``after``.

        Returns whether it was; otherwise another process was faster, and nothing is written.
        """
        ...

    def event_blocks_newest_first(self) -> Iterator[BlockRef]:
        """The blocks that events in the index came from."""
        ...

    def roll_back(self, to: BlockRef | None, *, after: BlockRef) -> Undone | None:
        """Forgets the events above ``to`` (None: all), with what they changed, and sets the cursor there.

        Rows that forgotten events had changed are built anew from the events of those rows that remain; others are not
        touched. Returns None, and does nothing, where the cursor is no longer at ``after``: another was faster.
        """
        ...

    def beside(self) -> IndexRepository:
        """An index of its own in the same database, for growing a new one while this one answers."""
        ...

    def take_over(self) -> bool:
        """Replaces this index by what has grown beside it, in one transaction, and empties that.

        Returns whether there was one; nothing happens where nothing has grown there.
        """
        ...

    def clear(self) -> None:
        """Forgets everything."""
        ...

    def dump(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Every table but the cursor, each in the order of its key: equal exactly where two indexes are equal."""
        ...

    def entries(
        self, patient: Address, *, after_sequence: int | None = None, limit: int | None = None
    ) -> Sequence[IndexedEntry]:
        """A patient's entries in their order; a page of them with ``limit``, which begins after a sequence."""
        ...

    def entry(self, patient: Address, sequence: int) -> IndexedEntry | None: ...

    def entry_of_digest(self, patient: Address, digest_hex: str) -> IndexedEntry | None:
        """The (first) entry of a patient with this digest: a single record's manifest, or a batch's root."""
        ...

    def last_entry(self, patient: Address) -> IndexedEntry | None: ...

    def events_of_patient(self, patient: Address, *, after: EventId | None, limit: int) -> Sequence[ChainEvent]:
        """What happened to a patient's record, consents and person, in the chain's order, after a place in it."""
        ...

    def newest_events_of_patient(self, patient: Address, *, before: EventId | None, limit: int) -> Sequence[ChainEvent]:
        """The same, newest first, before a place in the chain."""
        ...

    def events_after(self, after: EventId | None, *, limit: int) -> Sequence[ChainEvent]:
        """Events about anybody and anything, in the chain's order."""
        ...

    def permissions(
        self,
        *,
        patient: Address | None = None,
        grantee: Address | None = None,
        delegator: Address | None = None,
        after: tuple[Address, Address, int] | None = None,
        limit: int | None = None,
    ) -> Sequence[IndexedPermission]:
        """By patient, grantee and category; with a ``delegator``, those that this person passed on.

        ``after`` is patient, grantee and category of the last one of the page before.
        """
        ...

    def requests(
        self,
        *,
        patient: Address | None = None,
        requester: Address | None = None,
        after: tuple[int, str] | None = None,
        limit: int | None = None,
    ) -> Sequence[IndexedRequest]:
        """Oldest first; ``after`` is (asked_at, request_id_hex) of the last one of the page before."""
        ...

    def request(self, request_id_hex: str) -> IndexedRequest | None: ...

    def participants(
        self, *, after: Address | None = None, limit: int | None = None
    ) -> Sequence[IndexedParticipant]: ...

    def participant(self, who: Address) -> IndexedParticipant | None: ...

    def categories(self) -> Mapping[int, str]: ...

    def locations(self) -> Sequence[LocationInfo]: ...

    def path_versions(self, patient: Address, sequence: int) -> Sequence[PathVersion]:
        """The moves of one entry, oldest first."""
        ...

    def newest_path_versions(
        self, patient: Address, *, before: tuple[int, int, int] | None, limit: int
    ) -> Sequence[PlacedPathVersion]:
        """The moves of all of a patient's entries, newest first; those before (mended_at, block, log index)."""
        ...

    def record_count(self, patient: Address) -> int:
        """How many records a patient has, those of batches counted one by one."""
        ...
