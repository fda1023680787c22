"""The embedded store: one folder, one file per object, named by its CID.

Layout: ``<root>/objects/<2 characters>/<CID>`` and ``<root>/incoming/`` for what is being written. The shard is
taken before the last character of the CID, where base32 text is evenly spread (the first ones are the same for all).

A write goes to ``incoming``, is hashed on its way, flushed to disk, renamed over whatever was there, and the folders
are flushed too: after ``put`` returns, a power cut loses nothing; before it returns, nothing is visible.

The marker file ``mendrec-store`` is written once, at :meth:`DirectoryStore.create`. A folder without it is a mount
that is not there, not a store that lost everything: it is reported as unreachable and never written to.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from mendrec.adapters.stores.sources import chunks_of
from mendrec.domain.cid import CidBuilder, CidMismatch, parse_cid
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Cid
from mendrec.domain.storage_errors import BlobMissing, StoreFull, StoreReadOnly, StoreUnreachable

MARKER_NAME = "mendrec-store"
_MARKER_TEXT = "mendrec directory store 1\n"
_WRITES_AT_A_TIME = 8
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


class DirectoryStore:
    """Keeps objects in a folder. Satisfies :class:`mendrec.ports.BlobStore`.

    Any number of processes may use one folder: a file is complete from the moment it is visible.
    """

    def __init__(self, root: Path, *, name: str, failure_domain: str, location: int | None = None) -> None:
        """Opens a store that exists, and clears away what a crash left in ``incoming``.

        A root that is not there, or not mounted, is no error here: each call says so until it is back.
        """
        self._root = root
        self._name = name
        self._failure_domain = failure_domain
        self._location = location
        with suppress(StoreUnreachable):
            self._clear_incoming()

    @classmethod
    def create(cls, root: Path, *, name: str, failure_domain: str, location: int | None = None) -> DirectoryStore:
        """Makes the folder a store, and opens it; an existing store is opened as it is.

        For setting up only: at a start it would make a new, empty store in the mount point of a disk that is away.

        Raises:
            StoreFull, StoreReadOnly, StoreUnreachable: the folder can't be made.
        """
        with _os_errors_of(name):
            for folder in (root, root / "objects", root / "incoming"):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            marker = root / MARKER_NAME
            if not marker.exists():
                marker.write_text(_MARKER_TEXT, encoding="ascii")
                _flush_folder(root)
        return cls(root, name=name, failure_domain=failure_domain, location=location)

    @property
    def name(self) -> str:
        """Unique within a node."""
        return self._name

    @property
    def failure_domain(self) -> str:
        """Stores that fail together share one."""
        return self._failure_domain

    @property
    def location(self) -> int | None:
        """Number in the on-chain location registry."""
        return self._location

    def path_of(self, cid: Cid) -> Path:
        """Returns where ``cid`` is, or would be, kept: the only place where a name becomes a path.

        Raises:
            InputError: not a CID of the one form used here, so no name can lead out of the folder.
        """
        text = parse_cid(cid)
        return self._root / "objects" / text[-3:-1] / text

    def put(self, cid: Cid, source: BinaryIO) -> None:
        """Stores the bytes of ``source`` under ``cid``, durably, replacing what was there.

        Raises:
            StoreFull, StoreReadOnly, StoreUnreachable: nothing is left half written.
            CidMismatch: the bytes are not those of ``cid``; nothing is kept.
        """
        target = self.path_of(cid)
        self._require_mounted()
        with _os_errors_of(self._name):
            incoming, file = self._open_incoming(cid)
            try:
                with file:
                    _write_verified(file, cid, source)
                if not target.parent.is_dir():
                    target.parent.mkdir(mode=0o700, exist_ok=True)
                    _flush_folder(target.parent.parent)
                incoming.replace(target)
                _flush_folder(target.parent)
            finally:
                with suppress(OSError):
                    incoming.unlink(missing_ok=True)

    def read(self, cid: Cid) -> Iterator[bytes]:
        """Yields the stored bytes, unverified, in chunks of at most ``copy_chunk_bytes``.

        Raises:
            BlobMissing: the folder is there, the object is not.
            StoreUnreachable: the folder is not there, or can't be read.
        """
        path = self.path_of(cid)
        self._require_mounted()
        try:
            with path.open("rb") as file:
                while chunk := file.read(LIMITS.copy_chunk_bytes):
                    yield chunk
        except FileNotFoundError as error:
            raise BlobMissing(f"The store {self._name} does not have {cid}.") from error
        except OSError as error:
            raise StoreUnreachable(f"The store {self._name} can't be read.") from error

    def put_blocks(self, blocks: Sequence[tuple[Cid, bytes]]) -> None:
        """See :meth:`mendrec.ports.BlockStore.put_blocks`: the waits for the disk go side by side."""
        with ThreadPoolExecutor(_WRITES_AT_A_TIME) as pool:
            list(pool.map(lambda block: self.put(block[0], BytesIO(block[1])), blocks))

    def read_blocks(self, cids: Sequence[Cid]) -> Iterator[bytes]:
        """See :meth:`mendrec.ports.BlockStore.read_blocks`."""
        for cid in cids:
            yield from self.read(cid)

    def delete(self, cid: Cid) -> None:
        """Forgets a copy; no error where there is none.

        Raises:
            StoreReadOnly, StoreUnreachable: it is still there.
        """
        path = self.path_of(cid)
        self._require_mounted()
        with _os_errors_of(self._name), suppress(FileNotFoundError):
            path.unlink()
            _flush_folder(path.parent)

    def _require_mounted(self) -> None:
        try:
            is_store = (self._root / MARKER_NAME).is_file()
        except OSError as error:
            raise StoreUnreachable(f"The store {self._name} can't be read.") from error
        if not is_store:
            raise StoreUnreachable(
                f"The folder of the store {self._name} is not there, or is not a store.",
                remedy="Mount or restore the folder; a new store is made by `DirectoryStore.create` only.",
            )

    def _open_incoming(self, cid: Cid) -> tuple[Path, BinaryIO]:
        """Opens a file that no other process takes for a leftover: it is locked for as long as it is being written."""
        while True:
            path = self._root / "incoming" / f"{cid}.{secrets.token_hex(8)}"
            file = path.open("xb")
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file.fileno()).st_nlink:
                return path, file
            file.close()  # cleared away between the two calls

    def _clear_incoming(self) -> None:
        """Removes what a crash left; what another process is writing just now is locked, and stays."""
        self._require_mounted()
        with suppress(OSError):
            for leftover in (self._root / "incoming").iterdir():
                with suppress(OSError), leftover.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    leftover.unlink(missing_ok=True)


def _write_verified(file: BinaryIO, cid: Cid, source: BinaryIO) -> None:
    builder = CidBuilder()
    for chunk in chunks_of(source):
        builder.update(chunk)
        file.write(chunk)
    if builder.finish() != cid:
        raise CidMismatch(f"The bytes are not those of {cid}; nothing was kept.")
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _os_errors_of(store_name: str) -> Iterator[None]:
    """Translates what the operating system says of a write into the store's own words."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull(f"The store {store_name} is full; nothing was kept.") from error
        if error.errno in _READ_ONLY:
            raise StoreReadOnly(f"The store {store_name} is read-only; nothing was changed.") from error
        raise StoreUnreachable(f"The store {store_name} can't be written.") from error


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
