"""A backup's inside: a tar stream whose last member lists the size and SHA-256 of every other one.

Reading puts every member below one folder and raises unless the stream is whole and is what its list says. What was
written until then is the caller's to discard.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from mendrec.domain.errors import InputError, VerificationError

MANIFEST_NAME = "manifest.json"
_BUFFER_BYTES = 1024 * 1024
_LIST_MAX_BYTES = 256 * 1024**2


class BackupDamaged(VerificationError):
    """The backup is cut off, altered, or not one."""

    code = "verification.backup"
    default_remedy = "Use another copy of the backup; nothing was restored."


class ChangedWhileRead(InputError):
    """A file became shorter while it was copied."""

    code = "input.changed_while_read"
    default_remedy = "Run the backup again."


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its name in it, and what opens it; None from there where it is gone by now."""

    name: str
    open: Callable[[], BinaryIO | None]


def file_member(name: str, path: Path) -> Member:
    """A file as a member; one that was removed meanwhile is left out."""

    def opened() -> BinaryIO | None:
        with suppress(FileNotFoundError):
            return path.open("rb")
        return None

    return Member(name, opened)


class _Hashing:
    """Reads through, and knows what was read."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.digest.update(data)
        return data


def write_archive(sink: BinaryIO, members: Iterable[Member]) -> Mapping[str, dict[str, Any]]:
    """Writes all members and their list; returns the list.

    Raises:
        ChangedWhileRead: a file became shorter meanwhile. Whatever ``sink`` raises passes.
    """
    listed: dict[str, dict[str, Any]] = {}
    with tarfile.open(mode="w|", fileobj=sink, format=tarfile.PAX_FORMAT, bufsize=_BUFFER_BYTES) as tar:
        for member in members:
            source = member.open()
            if source is None:
                continue
            with source:
                size = source.seek(0, os.SEEK_END)
                source.seek(0)
                hashing = _Hashing(source)
                info = tarfile.TarInfo(member.name)
                info.size, info.mode = size, 0o600
                try:
                    tar.addfile(info, cast(Any, hashing))
                except OSError as error:
                    if error.errno is None:  # tarfile's own: the file ended before its size
                        raise ChangedWhileRead(f"{member.name} changed while it was copied.") from error
                    raise
            listed[member.name] = {"size_bytes": size, "sha256_hex": hashing.digest.hexdigest()}
        data = json.dumps(listed, sort_keys=True).encode("utf-8")
        info = tarfile.TarInfo(MANIFEST_NAME)
        info.size, info.mode = len(data), 0o600
        tar.addfile(info, io.BytesIO(data))
    return listed


def read_archive(source: BinaryIO, folder: Path) -> Mapping[str, dict[str, Any]]:
    """Puts every member below ``folder``, readable by its owner only, and returns the list they were checked with.

    Raises:
        BackupDamaged: cut off, altered, a name that leads elsewhere, a member too many or too few.
    """
    found: dict[str, dict[str, Any]] = {}
    listed: Any = None
    try:
        with tarfile.open(mode="r|", fileobj=source, bufsize=_BUFFER_BYTES) as tar:
            for info in tar:
                inside = tar.extractfile(info) if info.isreg() else None
                if inside is None or listed is not None or info.name in found:
                    raise BackupDamaged("The backup holds something that no backup holds.")
                if info.name == MANIFEST_NAME:
                    listed = json.loads(inside.read(_LIST_MAX_BYTES))
                else:
                    found[info.name] = _extract(cast(BinaryIO, inside), place_below(folder, info.name), info.size)
    except (tarfile.TarError, ValueError, EOFError, RecursionError) as error:
        raise BackupDamaged("The backup can't be read to its end.") from error
    if listed != found:
        raise BackupDamaged("The backup is not what its own list says.")
    return found


def place_below(folder: Path, name: str) -> Path:
    """Returns where a member goes: the only place where a name in a backup becomes a path. Raises BackupDamaged."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or any(part in {"..", "."} or "\0" in part for part in parts):
        raise BackupDamaged("A name in the backup leads out of it.")
    return folder.joinpath(*parts)


def files_below(folder: Path, prefix: str) -> Iterator[Member]:
    """Yields every regular file below a folder, sorted; links are not followed."""
    if not folder.is_dir():
        return
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(root, name)
            if path.is_file() and not path.is_symlink():
                yield file_member(f"{prefix}/{path.relative_to(folder).as_posix()}", path)


def _extract(inside: BinaryIO, path: Path, size: int) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, written = hashlib.sha256(), 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while chunk := inside.read(_BUFFER_BYTES):
            digest.update(chunk)
            written += len(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if written != size:
        raise BackupDamaged("The backup ends within a file.")
    return {"size_bytes": size, "sha256_hex": digest.hexdigest()}
