"""The middle of an upload over HTTP: checking what arrived, and putting it into the stores by the placement rule."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from mendrec.domain.cid import cid_of
from mendrec.domain.errors import InputError, VerificationError
from mendrec.domain.health import ObjectRole
from mendrec.domain.limits import LIMITS
from mendrec.domain.manifest import PayloadRef
from mendrec.domain.model import Cid
from mendrec.ports import Clock, LedgerReader
from mendrec.ports_uploads import RemoteUpload, RemoteUploadRepository, RemoteUploadState, Spool, UploadObject
from mendrec.services.copies import Copies
from mendrec.services.remote_uploads_checks import ExpectedRecord, require_record
from mendrec.services.spooling import PRIVATE, Custody

_STORED_TOGETHER = 48
"""Objects between two notes of what was done: what a crash leaves unnoted is found good and not written again."""


class IncompleteUpload(InputError):
    """Not all objects have arrived."""

    code = "input.upload_incomplete"
    http_status = 409


@dataclass(frozen=True)
class UploadStoring:
    """Takes an open upload, whose objects are all there, into the stores."""

    ledger: LedgerReader
    rows: RemoteUploadRepository
    spool: Spool
    copies: Copies
    clock: Clock
    custody: Callable[[], Custody]

    def store(self, upload: RemoteUpload) -> RemoteUpload:
        """Checks every record before it stores any. The caller works on this upload alone.

        Raises:
            IncompleteUpload: objects are missing.
            VerificationError, InputError: a record is not what it has to be; nothing was stored.
            UnavailableError: the stores can't take it now; asking again goes on.
        """
        objects = self.rows.objects(upload.upload_id)
        missing = sum(not one.is_complete for one in objects)
        if missing:
            raise IncompleteUpload(
                f"{missing} of {len(objects)} objects have not arrived whole.",
                remedy="Send what is missing: the upload lists what has arrived of each object.",
            )
        try:
            self._require_sound(upload, objects)
            waiting = [one for one in objects if not one.stored_in]
            for start in range(0, len(waiting), _STORED_TOGETHER):
                self._store_some(upload.upload_id, waiting[start : start + _STORED_TOGETHER])
        except (InputError, VerificationError):
            self._begin_spoilt_anew(upload.upload_id, objects)
            raise
        stored = self.rows.change(upload, RemoteUploadState.STORED, upload.progress, now=self.clock.now())
        for one in objects:
            self.spool.remove_object(upload.upload_id, one.cid)
        return stored

    def _begin_spoilt_anew(self, upload_id: str, objects: Sequence[UploadObject]) -> None:
        """Lets be sent again what is not on disk as it arrived; raises IncompleteUpload where there is any."""
        spoilt = [one for one in objects if not one.stored_in and not self._is_whole(upload_id, one.cid)]
        for one in spoilt:
            self.rows.move_received(upload_id, one.cid, from_bytes=one.received_bytes, to_bytes=0, now=self.clock.now())
        if spoilt:
            raise IncompleteUpload(
                f"{len(spoilt)} of {len(objects)} objects were damaged while they waited on disk.",
                remedy="Send them again: the upload lists what is missing.",
            )

    def _is_whole(self, upload_id: str, cid: Cid) -> bool:
        with self.spool.open(upload_id, cid) as file:
            return cid_of(iter(lambda: file.read(LIMITS.copy_chunk_bytes), b"")) == cid

    def _store_some(self, upload_id: str, objects: Sequence[UploadObject]) -> None:
        def opener(cid: Cid) -> Callable[[], BinaryIO]:
            return lambda: self.spool.open(upload_id, cid)

        done = self.copies.store_many((one.cid, opener(one.cid)) for one in objects)
        self.rows.note_stored(
            upload_id,
            [
                replace(one, stored_in=tuple(place.name for place in found.stores), made_in=found.made_in)
                for one, found in zip(objects, done, strict=True)
            ],
        )

    def _require_sound(self, upload: RemoteUpload, objects: Sequence[UploadObject]) -> None:
        by_record: dict[int, dict[ObjectRole, UploadObject]] = {}
        for one in objects:
            by_record.setdefault(one.record_index, {})[one.role] = one
        custody = self.custody() if any(not record.private for record in upload.records) else PRIVATE
        chain_id, contract = self.ledger.chain_id, self.ledger.contract_address("Records")
        for position, record in enumerate(upload.records):
            group = by_record[position]
            expected = ExpectedRecord(
                chain_id=chain_id,
                records=contract,
                patient=upload.patient,
                author=upload.author,
                category=record.category,
                payload=self._payload(upload.upload_id, group[ObjectRole.PAYLOAD]),
                envelopes=group[ObjectRole.ENVELOPES].cid,
                custody=PRIVATE if record.private else custody,
            )
            require_record(
                expected,
                self._bytes(upload.upload_id, group, ObjectRole.MANIFEST),
                self._bytes(upload.upload_id, group, ObjectRole.ENVELOPES),
            )

    def _bytes(self, upload_id: str, group: Mapping[ObjectRole, UploadObject], role: ObjectRole) -> bytes:
        with self.spool.open(upload_id, group[role].cid) as file:
            return file.read(LIMITS.manifest_max_bytes + 1)

    def _payload(self, upload_id: str, payload: UploadObject) -> PayloadRef:
        with self.spool.open(upload_id, payload.cid) as file:
            digest = hashlib.sha256()
            while chunk := file.read(LIMITS.copy_chunk_bytes):
                digest.update(chunk)
        return PayloadRef(payload.cid, payload.size_bytes, digest.hexdigest())
