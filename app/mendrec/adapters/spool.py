"""Where objects of uploads wait on disk: :class:`mendrec.ports_uploads.Spool`.

Layout: ``<root>/<upload id>/<CID>.part`` and ``<root>/<upload id>/lock``. Ids and CIDs are checked before they become
names of files. How much of a file counts is for the database to say: what lies behind that is what a crash left.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from mendrec.domain.cid import parse_cid
from mendrec.domain.errors import InputError, UnavailableError
from mendrec.domain.model import Cid
from mendrec.ports_uploads import SpoolFull

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_BESIDE = ".part-new"
_UPLOAD_ID = re.compile(r"[0-9a-f]{32}")


class SpoolBusy(UnavailableError):
    """Somebody else is working on the same thing."""

    code = "unavailable.under_way"
    default_remedy = "Wait for the request that is under way, ask how far it came, and go on from there."


class SpoolElsewhere(UnavailableError):
    """The bytes that came before are not on this machine."""

    code = "unavailable.spooled_elsewhere"
    default_remedy = (
        "Send an upload's parts to one machine (the operator: each machine needs a home and a spool of its own, and a "
        "balancer that keeps to one); else begin a new upload."
    )


class SpoolUnusable(UnavailableError):
    """The folder that uploads wait in can't be read or written."""

    code = "unavailable.spool"
    default_remedy = "Tell the operator: the folder spool/ of the node's home can't be used."


class _Part:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.kept = False

    def write(self, data: bytes) -> None:
        left = memoryview(data)
        with _translated():
            while left:
                left = left[os.write(self._descriptor, left) :]

    def keep(self) -> None:
        with _translated():
            os.fsync(self._descriptor)
        self.kept = True


class DirectorySpool:
    """A folder of this machine. Any number of its processes may use it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def writing(self, upload_id: str, cid: Cid, *, at_byte: int) -> Iterator[_Part]:
        """See :meth:`mendrec.ports_uploads.Spool.writing`. What was not kept is cut off again.

        Raises also:
            SpoolElsewhere: fewer than ``at_byte`` bytes are here; nothing is changed.
        """
        path = self._path(upload_id, cid)
        with _translated():
            is_new = not path.exists()
            if is_new and at_byte:
                raise SpoolElsewhere("What was sent before this part is not here.")
            self._make_folder(path.parent)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(descriptor)
            _require_still(descriptor, path)
            with _translated():
                if os.fstat(descriptor).st_size < at_byte:  # to write there would leave zeros before it
                    raise SpoolElsewhere("What was sent before this part is not here.")
                os.ftruncate(descriptor, at_byte)
                os.lseek(descriptor, at_byte, os.SEEK_SET)
                if is_new:
                    _sync_folder(path.parent)
            part = _Part(descriptor)
            try:
                yield part
            finally:
                if not part.kept:
                    with suppress(OSError):
                        os.ftruncate(descriptor, at_byte)
        finally:
            os.close(descriptor)

    @contextmanager
    def replacing(self, upload_id: str, cid: Cid) -> Iterator[_Part]:
        """See :meth:`mendrec.ports_uploads.Spool.replacing`: the bytes get a name of their own until they are kept."""
        path = self._path(upload_id, cid)
        beside = path.with_suffix(_BESIDE)
        with self._locked(path), _translated():
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            part = _Part(descriptor)
            try:
                yield part
                if part.kept:
                    beside.replace(path)
                    _sync_folder(path.parent)
            finally:
                os.close(descriptor)
                beside.unlink(missing_ok=True)

    @contextmanager
    def _locked(self, path: Path) -> Iterator[None]:
        with _translated():
            self._make_folder(path.parent)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(descriptor)
            _require_still(descriptor, path)
            yield
        finally:
            os.close(descriptor)

    def open(self, upload_id: str, cid: Cid) -> BinaryIO:
        """See :meth:`mendrec.ports_uploads.Spool.open`."""
        with _translated():
            return self._path(upload_id, cid).open("rb")

    @contextmanager
    def exclusive(self, upload_id: str) -> Iterator[None]:
        """See :meth:`mendrec.ports_uploads.Spool.exclusive`."""
        folder = self._folder(upload_id)
        with _translated():
            self._make_folder(folder)
            descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(descriptor)
            yield
        finally:
            os.close(descriptor)

    def remove_object(self, upload_id: str, cid: Cid) -> None:
        """Removes the file of one object."""
        with _translated():
            path = self._path(upload_id, cid)
            path.with_suffix(_BESIDE).unlink(missing_ok=True)
            path.unlink(missing_ok=True)

    def remove(self, upload_id: str) -> None:
        """Removes an upload's folder."""
        with _translated(), suppress(FileNotFoundError):
            shutil.rmtree(self._folder(upload_id))

    def upload_ids(self) -> Iterator[str]:
        """The folders that are there."""
        with _translated():
            names = sorted(path.name for path in self._root.iterdir()) if self._root.is_dir() else []
        yield from (name for name in names if _UPLOAD_ID.fullmatch(name))

    def free_bytes(self) -> int:
        """What the disk has left for this user."""
        with _translated():
            self._make_folder(self._root)
            return shutil.disk_usage(self._root).free

    def _folder(self, upload_id: str) -> Path:
        if not _UPLOAD_ID.fullmatch(upload_id):
            raise InputError("An upload's id is 32 hex digits.")
        return self._root / upload_id

    def _path(self, upload_id: str, cid: Cid) -> Path:
        return self._folder(upload_id) / f"{parse_cid(cid)}.part"

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync_folder(folder.parent)


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise SpoolBusy("Another request is working on this now.") from error


def _require_still(descriptor: int, path: Path) -> None:
    """Raises SpoolBusy where the file got another one in its place before it was locked."""
    with _translated():
        mine = os.fstat(descriptor)
        try:
            there = path.stat()
        except FileNotFoundError:
            there = None
    if there is None or (there.st_dev, there.st_ino) != (mine.st_dev, mine.st_ino):
        raise SpoolBusy("Another request is working on this now.")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise SpoolFull("There is no room left on the disk that uploads wait on.") from error
        raise SpoolUnusable("The folder that uploads wait in can't be used now.") from error
