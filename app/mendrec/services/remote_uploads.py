"""Uploads over HTTP: sealed on the caller's side, taken part by part, stored, and anchored by the author's signature.

1. :meth:`RemoteUploadService.begin`: what will come is announced. Whoever may not write is refused here.
2. :meth:`RemoteUploadService.put`: bytes arrive in parts. Only a whole part with the right checksum counts; it is on
   disk before it is answered, and a part can be sent again from the offset that the node tells.
3. :meth:`RemoteUploadService.position`: manifests and envelopes are checked, the objects are stored by the placement
   rule, and the author is told what to sign: the entries on top of the patient's head.
4. :meth:`RemoteUploadService.finish`: the signed act goes to the relayer. Where somebody else was faster, the author
   asks for the place anew and signs again; the objects stay where they are.
5. :meth:`RemoteUploadService.settle`: once the chain has the entries, it is written down which copies are where.

What is given up is removed again: the waiting bytes, and the copies that the upload made and nothing names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from mendrec.domain.cid import CidMismatch, cid_of
from mendrec.domain.errors import (
    InputError,
    LimitExceeded,
    NotFoundError,
    RefusedError,
    UnavailableError,
    VerificationError,
)
from mendrec.domain.health import ObjectRole
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Address, Cid
from mendrec.ports import Clock, LedgerReader, Randomness
from mendrec.ports_uploads import (
    ANNOUNCED,
    AnnouncedRecord,
    ChangedMeanwhile,
    RemoteUpload,
    RemoteUploadRepository,
    RemoteUploadState,
    Spool,
    SpoolFull,
    TooManyUploads,
    UploadObject,
)
from mendrec.services.may_write import recipient_of, require_may_write
from mendrec.services.remote_uploads_anchoring import Act, Place, UploadAnchoring
from mendrec.services.remote_uploads_checks import require_announcement
from mendrec.services.remote_uploads_storing import UploadStoring
from mendrec.services.spooling import Custody

_UNFINISHED = frozenset({RemoteUploadState.OPEN, RemoteUploadState.STORED})


class UnknownUpload(NotFoundError):
    """There is no such upload, or it is another person's."""

    code = "not_found.upload"


class LengthRequired(InputError):
    """A part comes with its length and its checksum, so that a cut one is known for what it is."""

    code = "input.length_required"
    http_status = 411


class UploadClosed(RefusedError):
    """The upload takes no parts any more."""

    code = "refused.upload_closed"
    default_remedy = "Begin a new upload with a new key."
    http_status = 409


class WrongOffset(InputError):
    """The part does not begin where the last one ended."""

    code = "input.upload_offset"
    http_status = 409


class WrongPart(VerificationError):
    """A part's bytes are not those of its checksum, or it was cut short. Nothing of it was kept."""

    code = "verification.upload_part"
    default_remedy = "Send the part again."


class TruncatedPart(InputError):
    """Fewer or more bytes came than the part was said to have. Nothing of it was kept."""

    code = "input.upload_part"
    default_remedy = "Send the part again, from the offset that HEAD tells."


@dataclass(frozen=True, slots=True)
class SealingContext:
    """What a caller needs to seal for a patient, so that this node takes it."""

    patient: Address
    recipient: str
    """The patient's age recipient."""
    custody: Custody
    chain_id: int
    records: Address


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an object, as it is said to be."""

    start: int
    size_bytes: int
    sha256: bytes


@dataclass(frozen=True)
class RemoteUploadService:
    """The use case of an author who is somewhere else."""

    ledger: LedgerReader
    rows: RemoteUploadRepository
    spool: Spool
    clock: Clock
    randomness: Randomness
    custody: Callable[[], Custody]
    storing: UploadStoring
    anchoring: UploadAnchoring

    def context(self, patient: Address) -> SealingContext:
        """What to seal to. Raises NotAPatient."""
        return SealingContext(
            patient=patient,
            recipient=recipient_of(self.ledger, patient),
            custody=self.custody(),
            chain_id=self.ledger.chain_id,
            records=self.ledger.contract_address("Records"),
        )

    def begin(
        self,
        author: Address,
        patient: Address,
        records: Sequence[AnnouncedRecord],
        objects: Sequence[Sequence[UploadObject]],
        *,
        key: str,
    ) -> RemoteUpload:
        """Begins an upload, or returns the one that the author began with the same key and the same words.

        Args:
            author: who is signed in.
            patient: whose record it becomes part of.
            records: category and privacy of each.
            objects: of each record, its payload, manifest and envelopes.
            key: idempotency key of the author's.

        Raises:
            AccessRefused, NotAPatient, ContractRefusal: the author may not write there.
            AnnouncementUnusable, LimitExceeded: it can't be taken.
            TooManyUploads, SpoolFull: not now.
            IdempotencyConflict: the key was used for another upload.
        """
        require_announcement(objects)
        digest_hex = _digest_hex(patient, records, objects)
        known = self.rows.by_key(author, key)
        if known is None:
            require_may_write(self.ledger, author, patient, sorted({record.category for record in records}))
            self._require_room(author, sum(one.size_bytes for group in objects for one in group))
        now = self.clock.now()
        return self.rows.begin(
            RemoteUpload(
                upload_id=self.randomness.token(16).hex(),
                author=author,
                patient=patient,
                key=key,
                request_digest_hex=digest_hex,
                state=RemoteUploadState.OPEN,
                version=1,
                records=tuple(records),
                progress={ANNOUNCED: _announced(objects)},
                created_at=now,
                touched_at=now,
            ),
            [one for group in objects for one in group],
        )

    def get(self, author: Address, upload_id: str) -> RemoteUpload:
        """Returns an upload of one's own. Raises UnknownUpload."""
        found = self.rows.get(upload_id)
        if found is None or found.author != author:
            raise UnknownUpload("There is no such upload.")
        return found

    def asked(self, author: Address, upload_id: str) -> RemoteUpload:
        """Returns an upload of one's own, moved on by what the chain says where that can be asked now.

        Raises:
            UnknownUpload: there is none.
        """
        upload = self.get(author, upload_id)
        if upload.state in {RemoteUploadState.STORED, RemoteUploadState.ANCHORING, RemoteUploadState.ANCHORED}:
            with suppress(UnavailableError):  # it is under way, or something is away: then as it was
                self.settle(upload_id)
        return self.get(author, upload_id)

    def objects(self, author: Address, upload_id: str) -> Sequence[UploadObject]:
        """Returns the objects of an upload of one's own. Raises UnknownUpload."""
        return self.rows.objects(self.get(author, upload_id).upload_id)

    def object(self, author: Address, upload_id: str, cid: Cid) -> UploadObject:
        """Returns one object: ``received_bytes`` is where to go on. Raises UnknownUpload, UploadClosed."""
        return self._object(_not_given_up(self.get(author, upload_id)).upload_id, cid)

    def put(self, author: Address, upload_id: str, cid: Cid, part: Part, chunks: Iterable[bytes]) -> UploadObject:
        """Takes one part. It is on disk when this returns; when it raises, nothing of it is kept.

        Args:
            author: who is signed in.
            upload_id: of the upload.
            cid: of the object.
            part: where the bytes belong, how many they are, and their SHA-256.
            chunks: the bytes, of any size; read no further than ``part.size_bytes`` and one chunk.

        Raises:
            UnknownUpload, UploadClosed: nothing to put them to.
            WrongOffset: the message says from where to go on.
            TruncatedPart, WrongPart: fewer or more bytes, or other ones.
            CidMismatch: the object is complete and is another one; it is begun anew.
            SpoolFull, UnavailableError: not now.
        """
        upload = _not_given_up(self.get(author, upload_id))
        found = self._object(upload_id, cid)
        self._require_part(upload, found, part)
        if found.is_complete:
            return found  # sent again because the answer was lost
        with self.spool.writing(upload_id, cid, at_byte=part.start) as place:
            # Read again now that nobody else writes: else the cut at ``start`` would be into what counts already.
            self._require_offset(self._object(upload_id, cid), part)
            digest, received = hashlib.sha256(), 0
            for chunk in chunks:
                received += len(chunk)
                if received > part.size_bytes:
                    raise TruncatedPart("More bytes came than the part was said to have.")
                digest.update(chunk)
                place.write(chunk)
            if received < part.size_bytes:
                raise TruncatedPart(f"The part was cut short: {received} of {part.size_bytes} bytes came.")
            if digest.digest() != part.sha256:
                raise WrongPart("The part's bytes are not those of its checksum.")
            place.keep()
            end = part.start + received
            if end == found.size_bytes:
                self._require_cid(upload_id, cid, part.start)
            if not self.rows.move_received(upload_id, cid, from_bytes=part.start, to_bytes=end, now=self.clock.now()):
                raise ChangedMeanwhile("The upload was changed by somebody else at the same time.")
        return replace(found, received_bytes=end)

    def put_pack(self, author: Address, upload_id: str, blocks: Iterable[tuple[Cid, bytes]]) -> int:
        """Takes many small objects in one go: all of a pack, or nothing of it. Returns how many there were.

        Args:
            author: who is signed in.
            upload_id: of the upload.
            blocks: whole objects with their CIDs, checked; whatever they raise refuses the pack.

        Raises:
            UnknownUpload, UploadClosed: nothing to put them to.
            TruncatedPart: an object has another size than was announced.
            SpoolFull, UnavailableError: not now.
        """
        upload = self.get(author, upload_id)
        if upload.state is not RemoteUploadState.OPEN:
            raise UploadClosed(f"The upload is {upload.state.value}: it takes no parts.")
        announced = {one.cid: one for one in self.rows.objects(upload_id)}
        arrived: list[Cid] = []
        for cid, data in blocks:
            found = announced.get(cid)
            if found is None:
                raise UnknownUpload("The upload has no such object.")
            if len(data) != found.size_bytes:
                raise TruncatedPart(f"{cid} has another size than was announced.")
            if found.is_complete:
                continue
            with self.spool.replacing(upload_id, cid) as place:
                if self._object(upload_id, cid).is_complete:  # another request was faster
                    continue
                place.write(data)
                place.keep()
            arrived.append(cid)
        if arrived and not self.rows.note_received(upload_id, list(dict.fromkeys(arrived)), now=self.clock.now()):
            raise ChangedMeanwhile("The upload was changed by somebody else at the same time.")
        return len(arrived)

    def position(self, author: Address, upload_id: str) -> Place:
        """Checks and stores what has arrived, and says what the author has to sign.

        Raises:
            UnknownUpload, UploadClosed: there is nothing to sign.
            IncompleteUpload: objects are missing; the remedy says how many.
            VerificationError, InputError: a manifest or envelopes are not what they have to be.
            AccessRefused, ContractRefusal: the author may not write there any more.
            UnavailableError: stores or chain can't be reached now, or another request works on this upload.
        """
        with self.spool.exclusive(self.get(author, upload_id).upload_id):
            upload = self.anchoring.settled(self.get(author, upload_id))
            if upload.state not in _UNFINISHED:
                raise UploadClosed(f"The upload is {upload.state.value}: there is nothing to sign.")
            categories = sorted({record.category for record in upload.records})
            require_may_write(self.ledger, author, upload.patient, categories)
            if upload.state is RemoteUploadState.OPEN:
                upload = self.storing.store(upload)
            return self.anchoring.place(upload)

    def finish(self, author: Address, upload_id: str, act: Act) -> RemoteUpload:
        """Takes the author's signature over the place that was told last; the same one again changes nothing.

        Raises:
            UnknownUpload, UploadClosed: there is nothing to finish.
            NoPlace: the place has to be asked for first.
            ContractRefusal: the contract would not take it. ``StaleHead``, ``WrongSequence``: ask for the place again.
            QuotaExceeded, UnavailableError: not now.
        """
        with self.spool.exclusive(self.get(author, upload_id).upload_id):
            upload = self.get(author, upload_id)
            if upload.state is RemoteUploadState.STORED:
                return self.anchoring.submit(upload, act)
            if upload.state in {RemoteUploadState.OPEN, RemoteUploadState.EXPIRED}:
                raise UploadClosed(f"The upload is {upload.state.value}: there is nothing to finish.")
            return self.anchoring.settled(upload)

    def settle(self, upload_id: str) -> None:
        """Moves an upload on by what the chain says. For a worker; asking for the upload does so too."""
        with self.spool.exclusive(upload_id):
            upload = self.rows.get(upload_id)
            if upload is not None:
                self.anchoring.settled(upload)

    def _require_room(self, author: Address, size_bytes: int) -> None:
        count, bytes_open = self.rows.open_of(author)
        if count >= LIMITS.uploads_open_max_count or bytes_open + size_bytes > LIMITS.uploads_open_max_bytes:
            raise TooManyUploads("You have too many unfinished uploads, or too much in them.")
        if size_bytes > self.spool.free_bytes():
            raise SpoolFull("There is no room for this upload on the disk that uploads wait on.")

    def _object(self, upload_id: str, cid: Cid) -> UploadObject:
        found = self.rows.object(upload_id, cid)
        if found is None or found.role is ObjectRole.BATCH_LIST:
            raise UnknownUpload("The upload has no such object.")
        return found

    def _require_part(self, upload: RemoteUpload, found: UploadObject, part: Part) -> None:
        if part.size_bytes > LIMITS.upload_part_max_bytes:
            raise LimitExceeded(
                f"A part has at most {LIMITS.upload_part_max_bytes} bytes.", remedy="Send the object in several parts."
            )
        if part.start + part.size_bytes > found.size_bytes or not part.size_bytes:
            raise TruncatedPart(f"The part does not lie within the object's {found.size_bytes} bytes.")
        if found.is_complete:
            if part.start + part.size_bytes != found.size_bytes:
                raise WrongOffset("The object is complete.", remedy="Go on with the next object.")
            return
        if upload.state is not RemoteUploadState.OPEN:
            raise UploadClosed(f"The upload is {upload.state.value}: it takes no parts.")
        self._require_offset(found, part)

    @staticmethod
    def _require_offset(found: UploadObject, part: Part) -> None:
        if part.start != found.received_bytes:
            raise WrongOffset(
                f"{found.received_bytes} bytes are here; the part begins at {part.start}.",
                remedy=f"Go on from byte {found.received_bytes}.",
            )

    def _require_cid(self, upload_id: str, cid: Cid, received: int) -> None:
        """Raises CidMismatch, and lets the object be begun anew, unless the complete file is the one announced."""
        with self.spool.open(upload_id, cid) as file:
            if cid_of(iter(lambda: file.read(LIMITS.copy_chunk_bytes), b"")) == cid:
                return
        self.rows.move_received(upload_id, cid, from_bytes=received, to_bytes=0, now=self.clock.now())
        raise CidMismatch(
            "All parts arrived, and together they are not the object that was announced.",
            remedy="Send the object again from its first byte, or announce it under its own CID.",
        )


def _not_given_up(upload: RemoteUpload) -> RemoteUpload:
    if upload.state is RemoteUploadState.EXPIRED:
        raise UploadClosed("The upload was given up: nothing of its objects is kept.")
    return upload


def _announced(objects: Sequence[Sequence[UploadObject]]) -> dict[str, int]:
    sizes = [one.size_bytes for group in objects for one in group]
    return {"objects": len(sizes), "kib": -(-sum(sizes) // 1024)}


def _digest_hex(patient: Address, records: Sequence[AnnouncedRecord], objects: Sequence[Sequence[UploadObject]]) -> str:
    words = [
        [record.category, record.private, *sorted([one.role.value, one.cid, one.size_bytes] for one in group)]
        for record, group in zip(records, objects, strict=True)
    ]
    return hashlib.sha256(json.dumps([patient, words]).encode("ascii")).hexdigest()
