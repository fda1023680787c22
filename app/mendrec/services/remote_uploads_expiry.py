"""Giving uploads over HTTP up: by their author, or because nothing was done for them for long.

Removed are the bytes that wait on disk, and the copies that the upload itself made, unless something else needs the
object. Copies stay for as long as a place that the author was told can still be taken, and where the patient's chain
names any of the upload's records at any place: the author may have sent the act by another hand. A crash while copies
were being made may leave some that were not noted: sealed bytes that nothing names, harmless, and never taken for
something else's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mendrec.domain.errors import MendrecError, UnavailableError
from mendrec.domain.health import ObjectRole
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Address
from mendrec.ports import Clock
from mendrec.ports_uploads import ANNOUNCED, RemoteUpload, RemoteUploadState, UploadObject
from mendrec.services.anchoring import StoredCopy, remove_copies
from mendrec.services.copies import Copies
from mendrec.services.remote_uploads import RemoteUploadService, UploadClosed

_CLEANED = "cleaned"
_KEPT = frozenset({ANNOUNCED, "failure"})
"""Of an upload that was given up: what still counts, and what may still be asked for."""
_MOVING = (RemoteUploadState.ANCHORING, RemoteUploadState.ANCHORED)


@dataclass(frozen=True, slots=True)
class Chore:
    """What one round did."""

    settled: int
    given_up: int
    forgotten: int


@dataclass(frozen=True)
class UploadExpiry:
    """The worker's side of uploads."""

    uploads: RemoteUploadService
    copies: Copies
    clock: Clock
    told: Callable[[str, MendrecError], None] = lambda _upload_id, _error: None
    """Told of an upload that could not be moved on this time."""

    def chore(self) -> Chore:
        """Settles what is on its way, gives up what is idle, and forgets what is long over. Never raises for one."""
        now = self.clock.now()
        rows = self.uploads.rows
        settled = self._each(rows.in_state(_MOVING), self.uploads.settle)
        idle = rows.in_state(
            (RemoteUploadState.OPEN, RemoteUploadState.STORED), untouched_since=now - LIMITS.upload_idle_max_s
        )
        given_up = self._each([*idle, *rows.not_cleaned()], self._give_up)
        done = rows.in_state((RemoteUploadState.DONE,), untouched_since=now - LIMITS.upload_kept_s)
        gone = rows.cleaned(untouched_since=now - LIMITS.upload_given_up_kept_s)
        forgotten = self._each([*done, *gone], rows.forget)
        self._each(list(self.uploads.spool.upload_ids()), self._sweep)
        return Chore(settled, given_up, forgotten)

    def abandon(self, author: Address, upload_id: str) -> RemoteUpload:
        """Gives an upload of one's own up, for good.

        Raises:
            UnknownUpload: there is none.
            UploadClosed: its act is on its way to the chain, or there already.
        """
        with self.uploads.spool.exclusive(self.uploads.get(author, upload_id).upload_id):
            upload = self.uploads.anchoring.settled(self.uploads.get(author, upload_id))
            if upload.state in {*_MOVING, RemoteUploadState.DONE}:
                raise UploadClosed(f"The upload is {upload.state.value}; it can't be given up any more.", remedy="")
            return self._expired(upload)

    def _give_up(self, upload_id: str) -> None:
        with self.uploads.spool.exclusive(upload_id):
            upload = self.uploads.rows.get(upload_id)
            if upload is None:
                return
            upload = self.uploads.anchoring.settled(upload)
            if upload.state in {RemoteUploadState.OPEN, RemoteUploadState.STORED, RemoteUploadState.EXPIRED}:
                self._expired(upload)

    def _expired(self, upload: RemoteUpload) -> RemoteUpload:
        """Says first that it is over, so that nobody builds on what is removed next; a crash in between is gone on."""
        rows = self.uploads.rows
        if upload.state is not RemoteUploadState.EXPIRED:
            upload = rows.change(upload, RemoteUploadState.EXPIRED, upload.progress, now=self.clock.now())
        if not upload.progress.get(_CLEANED):
            self.uploads.spool.remove(upload.upload_id)
            objects = rows.objects(upload.upload_id)
            if self._is_needed(upload, objects):
                return upload  # a later round asks again
            self._remove_copies(upload.upload_id, objects)
            rows.drop_objects(upload.upload_id)
            kept = {name: value for name, value in upload.progress.items() if name in _KEPT}
            upload = rows.change(upload, RemoteUploadState.EXPIRED, {**kept, _CLEANED: True}, now=self.clock.now())
        return upload

    def _is_needed(self, upload: RemoteUpload, objects: Sequence[UploadObject]) -> bool:
        """Whether the chain names what the upload brought, or still may. Asked in this order, nothing slips between."""
        anchoring = self.uploads.anchoring
        made_any = any(one.made_in for one in objects)
        return made_any and (anchoring.may_come(upload) or anchoring.is_named(upload))

    def _remove_copies(self, upload_id: str, objects: Sequence[UploadObject]) -> None:
        """Asks before each single copy whether something else needs the object now: the one before may take long.

        Another upload counts from when it is announced, long before it finds a copy of the object to build on.
        """
        for one in objects:
            for name in one.made_in:
                if not self.uploads.rows.in_use([one.cid], besides=upload_id):
                    remove_copies(self.copies, [StoredCopy(one.role, one.cid, name)])

    def _sweep(self, upload_id: str) -> None:
        """Removes what waits on disk for an upload that needs it no more, or that nobody knows."""
        with self.uploads.spool.exclusive(upload_id):
            upload = self.uploads.rows.get(upload_id)
            if upload is None or upload.state in {RemoteUploadState.DONE, RemoteUploadState.EXPIRED}:
                self.uploads.spool.remove(upload_id)
            elif upload.state is not RemoteUploadState.OPEN:
                for one in self.uploads.rows.objects(upload_id):
                    if one.role is not ObjectRole.BATCH_LIST:
                        self.uploads.spool.remove_object(upload_id, one.cid)

    def _each(self, upload_ids: Sequence[str], act: Callable[[str], None]) -> int:
        done = 0
        for upload_id in upload_ids:
            try:
                act(upload_id)
                done += 1
            except UnavailableError:
                continue  # somebody works on it, or something is away: the next round sees to it
            except MendrecError as error:
                self.told(upload_id, error)
        return done
