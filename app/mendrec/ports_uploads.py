"""What uploads over HTTP and the care of copies need of the database and of the disk, as Protocols.

Every method of a repository is one transaction: when it returns, what it says is on disk; when it raises, nothing was
written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO, Protocol

from mendrec.domain.errors import RefusedError, UnavailableError
from mendrec.domain.health import ObjectRole
from mendrec.domain.model import Address, Cid


class ChangedMeanwhile(UnavailableError):
    """Somebody else changed the row since it was read."""

    code = "unavailable.changed_meanwhile"
    default_remedy = "Ask again; nothing of this request was kept."


class TooManyUploads(RefusedError):
    """A person has as many unfinished uploads as the node keeps for one, or has announced enough for a day."""

    code = "refused.too_many_uploads"
    default_remedy = "Finish or delete uploads that are open, then begin this one."
    http_status = 429


class SpoolFull(UnavailableError):
    """The disk that uploads wait on has no room for these bytes; none of them were kept."""

    code = "unavailable.spool_full"
    default_remedy = "Tell the operator; once there is room again, go on from the offset that HEAD tells."
    http_status = 507


ANNOUNCED = "announced"
"""In an upload's progress: how many objects, and how many KiB, were announced; kept when the objects are dropped."""


class RemoteUploadState(StrEnum):
    """How far an upload has come."""

    OPEN = "open"
    """It takes parts."""
    STORED = "stored"
    """Its objects are in the stores; what is missing is the author's signature over its place on the chain."""
    ANCHORING = "anchoring"
    """The signed act is on its way to the chain."""
    ANCHORED = "anchored"
    """The chain has it; a reorganisation may still undo that."""
    DONE = "done"
    """The chain has it for good."""
    EXPIRED = "expired"
    """Given up, by its author or for age; nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class AnnouncedRecord:
    """What an upload says of one of its records."""

    category: int
    private: bool


@dataclass(frozen=True, slots=True)
class UploadObject:
    """One object of an upload: what was announced, what has arrived, where it was put."""

    record_index: int
    """Position of its record in the upload; of a batch's list, of the batch."""
    role: ObjectRole
    cid: Cid
    size_bytes: int
    received_bytes: int = 0
    stored_in: tuple[str, ...] = ()
    """Names of the stores that hold a verified copy."""
    made_in: tuple[str, ...] = ()
    """Names of those that did not have it before."""

    @property
    def is_complete(self) -> bool:
        """All bytes have arrived, and are those of the CID."""
        return self.received_bytes == self.size_bytes


@dataclass(frozen=True, slots=True)
class RemoteUpload:
    """One upload."""

    upload_id: str
    """32 hex digits, random."""
    author: Address
    patient: Address
    key: str
    request_digest_hex: str
    """SHA-256 over what was announced, so that a key cannot serve for two things."""
    state: RemoteUploadState
    version: int
    """Counts changes: a change is made only to what was read."""
    records: tuple[AnnouncedRecord, ...]
    progress: Mapping[str, Any]
    """JSON: the place on the chain that was prepared, the act that was signed, what came of it."""
    created_at: int
    touched_at: int


class RemoteUploadRepository(Protocol):
    """Uploads over HTTP and their objects."""

    def begin(self, upload: RemoteUpload, objects: Sequence[UploadObject]) -> RemoteUpload:
        """Adds an upload, or returns the one that its author began under the same key.

        However many are begun at once, what :data:`mendrec.domain.limits.LIMITS` says of one person's uploads holds.

        Raises:
            TooManyUploads: with this one there would be more.
            IdempotencyConflict: the author used the key for another upload.
        """
        ...

    def get(self, upload_id: str) -> RemoteUpload | None: ...

    def by_key(self, author: Address, key: str) -> RemoteUpload | None: ...

    def objects(self, upload_id: str) -> Sequence[UploadObject]:
        """All objects, by record, and within a record by role."""
        ...

    def object(self, upload_id: str, cid: Cid) -> UploadObject | None: ...

    def move_received(self, upload_id: str, cid: Cid, *, from_bytes: int, to_bytes: int, now: int) -> bool:
        """Notes what has arrived of an object of an open upload. False where it stood elsewhere, or is not open."""
        ...

    def note_received(self, upload_id: str, cids: Collection[Cid], *, now: int) -> bool:
        """Notes that objects have arrived whole: all of them, or none where the upload is not open or lacks one."""
        ...

    def note_stored(self, upload_id: str, objects: Sequence[UploadObject]) -> None:
        """Notes where objects were put; lists of batches are added."""
        ...

    def change(
        self, upload: RemoteUpload, state: RemoteUploadState, progress: Mapping[str, Any], *, now: int
    ) -> RemoteUpload:
        """Moves an upload on, and returns it as it then is.

        Raises:
            ChangedMeanwhile: it is not as ``upload`` says any more.
        """
        ...

    def open_of(self, author: Address) -> tuple[int, int]:
        """How many uploads of a person take parts or wait for a signature, and their bytes together."""
        ...

    def in_state(self, states: Collection[RemoteUploadState], *, untouched_since: int | None = None) -> Sequence[str]:
        """Ids of uploads in these states, the least recently touched first."""
        ...

    def in_use(self, cids: Collection[Cid], *, besides: str) -> frozenset[Cid]:
        """Those of ``cids`` that an anchored record of this node, or another upload that is not over, has too."""
        ...

    def records_with(self, cid: Cid) -> frozenset[tuple[Address, str]]:
        """(patient, manifest digest) of the anchored records that this node stored this object for."""
        ...

    def with_payload(self, patient: Address, manifest_digests_hex: Collection[str]) -> frozenset[str]:
        """Those of a patient's records whose payload this node stored, whatever object that is."""
        ...

    def not_cleaned(self) -> Sequence[str]:
        """Ids of uploads that were given up and of which something is left, the least recently touched first."""
        ...

    def cleaned(self, *, untouched_since: int) -> Sequence[str]:
        """Ids of uploads that were given up and of which nothing is left."""
        ...

    def drop_objects(self, upload_id: str) -> None:
        """Drops the objects of an upload that was given up."""
        ...

    def forget(self, upload_id: str) -> None:
        """Drops an upload that is over."""
        ...


class SpoolPart(Protocol):
    """The place for one part of an object."""

    def write(self, data: bytes) -> None:
        """Raises SpoolFull."""
        ...

    def keep(self) -> None:
        """Makes what was written durable; without it nothing of the part is kept."""
        ...


class Spool(Protocol):
    """Where objects of uploads wait until they are stored: on the disk of the machine that all web processes share."""

    def writing(self, upload_id: str, cid: Cid, *, at_byte: int) -> AbstractContextManager[SpoolPart]:
        """A place after the first ``at_byte`` bytes; what was behind them is dropped. One writer at a time.

        Raises:
            UnavailableError: somebody else is writing this object.
            SpoolFull: there is no room.
        """
        ...

    def replacing(self, upload_id: str, cid: Cid) -> AbstractContextManager[SpoolPart]:
        """A place for all of an object; what is there already stays, whole, until the new bytes are kept.

        Raises:
            UnavailableError: somebody else is writing this object.
            SpoolFull: there is no room.
        """
        ...

    def open(self, upload_id: str, cid: Cid) -> BinaryIO:
        """The bytes that are there, for reading.

        Raises:
            UnavailableError: the file is gone or can't be read.
        """
        ...

    def exclusive(self, upload_id: str) -> AbstractContextManager[None]:
        """Runs a block alone among all that work on this upload. Raises UnavailableError where another one does."""
        ...

    def remove_object(self, upload_id: str, cid: Cid) -> None: ...

    def remove(self, upload_id: str) -> None:
        """Removes everything of an upload; no error where there is nothing."""
        ...

    def upload_ids(self) -> Iterator[str]:
        """The uploads that something is there of."""
        ...

    def free_bytes(self) -> int: ...


# Care of the copies


class JobKind(StrEnum):
    """What a job does."""

    CHECK = "check"
    """Fetches and hashes every copy. Changes nothing."""
    PLAN = "plan"
    """A check, and what would be done about it. Changes nothing."""
    MEND = "mend"
    """Copies good bytes over bad ones; where paths are to be moved on chain, says which."""


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One check or mending."""

    job_id: str
    """32 hex digits, random."""
    kind: JobKind
    asked_by: Address | None
    """None where the node does it by itself."""
    patient: Address | None
    """Whose records; None for everybody's."""
    sequence: int | None
    """One entry; None for all."""
    state: JobState
    version: int
    progress: Mapping[str, Any]
    """JSON: how far it is."""
    result: Mapping[str, Any]
    """JSON: what was found and done, once it is over."""
    created_at: int
    lease_until_at: int
    """Until then whoever runs it has it; after it another may take it over and begins it anew."""
    finished_at: int | None

    @property
    def begun_count(self) -> int:
        """How often somebody has claimed it."""
        return int(self.progress.get(BEGUN_COUNT, 0))


BEGUN_COUNT = "begun_count"
"""In a job's progress, where the repository counts; it stays whatever else is noted."""


class JobRepository(Protocol):
    """Jobs."""

    def add(self, job: Job) -> None: ...

    def get(self, job_id: str) -> Job | None: ...

    def page(self, *, of: Address | None, before: tuple[int, str] | None, limit: int) -> Sequence[Job]:
        """Newest first: everybody's, or those that a person asked for or whose records they are about.

        Args:
            of: whose; None for everybody's.
            before: only those before this (created_at, job_id).
            limit: how many at most.
        """
        ...

    def waiting_like(self, kind: JobKind, patient: Address | None, sequence: int | None) -> Job | None:
        """A job of that kind over the same records that nobody has begun yet."""
        ...

    def open_of(self, asked_by: Address) -> int:
        """How many jobs of a person are not over."""
        ...

    def last_own(self, kind: JobKind) -> Job | None:
        """The newest job over all records that the node gave itself."""
        ...

    def claim(self, *, now: int, lease_s: int) -> Job | None:
        """Takes the oldest job that waits, or whose runner's lease is over; None where there is none."""
        ...

    def note(self, job: Job, progress: Mapping[str, Any], *, lease_until_at: int) -> Job:
        """Notes progress and renews the lease. Raises ChangedMeanwhile where another has taken it over."""
        ...

    def finish(self, job: Job, state: JobState, result: Mapping[str, Any], *, now: int) -> Job:
        """Raises ChangedMeanwhile where another has taken it over."""
        ...

    def forget(self, *, finished_before_at: int) -> int: ...

    def entries_with(self, cid: Cid, store_name: str) -> frozenset[tuple[Address, int]]:
        """(patient, sequence) of the entries that have a copy of this object in that store, as far as is noted."""
        ...
