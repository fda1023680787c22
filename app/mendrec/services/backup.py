"""Backup and restore of a node in one act each.

A backup holds what cannot be had elsewhere: settings, deployments, keystores, the home's secret, the rows of the
database that do not follow from the chain, and what uploads have spooled; with ``stores`` also the folders of directory
stores. The whole is one age file to the operator's recipient. Passwords are left out unless they are asked for: the
keystores of a stolen backup then stay closed even to who can open it.

A restore is checked to the last byte in a folder beside the home before anything takes its place: the home appears
whole or not at all. Every place has to be free before anything is put into one; then come the rows, then the objects of
stores, which lie on the right disks by then, then the home. What fails on the way takes back what came before it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeVar, cast

from mendrec.crypto.age import SecretIdentity, open_stream, seal_stream
from mendrec.domain.errors import InputError, MendrecError, VerificationError

FORMAT = "mendrec-backup/1"
HEADER_NAME, TABLES = "backup.json", "tables"
_KEPT_FOLDERS = ("deployments", "keys", "spool")
_KEPT_FILES = ("config.toml", "secret")
_PASSWORD = re.compile(r"keys/[^/]+/password")
_RESTORED = re.compile(r"(config\.toml|secret|backup\.json|(deployments|keys|spool|tables|stores)/.+)")

R = TypeVar("R")


class NotABackup(VerificationError):
    """It opens, and is no backup of this format."""

    code = "verification.not_a_backup"
    default_remedy = "Name a file that `mendrec backup` made, by this version or an older one."


class Exists(InputError):
    """Something is where a backup or a home should go."""

    code = "input.exists"
    default_remedy = "Nothing is overwritten: name another place, or move away what is there."


class Member(Protocol):
    """One file of an archive."""

    @property
    def name(self) -> str: ...


class Database(Protocol):
    """The rows that do not follow from the chain."""

    def revision(self) -> str | None: ...

    def export(self) -> Iterator[tuple[str, Iterator[bytes]]]: ...

    def require_empty(self) -> None: ...

    def restore(self, revision: str, files: Mapping[str, Path]) -> int: ...

    def clear(self) -> None: ...


@dataclass(frozen=True)
class Archive:
    """How an archive is written and read: adapters/archive.py."""

    write: Callable[[BinaryIO, Iterable[Any]], Mapping[str, Any]]
    read: Callable[[BinaryIO, Path], Mapping[str, Any]]
    file: Callable[[str, Path], Any]
    files_below: Callable[[Path, str], Iterator[Any]]


@dataclass(frozen=True, slots=True)
class BackupResult:
    """What was put away, or brought back."""

    files: int
    rows: int
    size_bytes: int


@dataclass(frozen=True)
class BackupService:
    """Copies a home away."""

    home: Path
    database: Database
    archive: Archive
    stores: Mapping[str, Path]
    """The folders of directory stores, by the store's name."""
    chain_id: int
    now: Callable[[], int]

    def run(
        self, target: Path, recipient: str, *, with_passwords: bool = False, with_stores: bool = False
    ) -> BackupResult:
        """Writes one age file; ``target`` appears when it is whole.

        Raises:
            Exists: there is such a file. InputError: not a recipient. OSError: the disk.
        """
        if target.exists():
            raise Exists(f"{target} is there already.")
        rows = 0
        with (
            tempfile.TemporaryDirectory(prefix=".backup-", dir=self.home) as scratch,
            _appearing(target) as sink,
        ):
            # The rows first: what they name was in the folders before them, and stays there.
            paths = {}
            for name, lines in self.database.export():
                paths[name] = Path(scratch, name)
                with paths[name].open("wb") as file:
                    for line in lines:
                        file.write(line)
                        rows += 1
            header = Path(scratch, HEADER_NAME)
            header.write_text(json.dumps(self._header()), encoding="utf-8")
            members = self._members(header, paths, with_passwords=with_passwords, with_stores=with_stores)
            listed = _piped(
                lambda pipe: self.archive.write(pipe, members), lambda pipe: seal_stream(pipe, sink, recipient)
            )
        return BackupResult(len(listed), rows, target.stat().st_size)

    def _header(self) -> dict[str, Any]:
        revision = self.database.revision()
        return {"format": FORMAT, "made_at": self.now(), "revision": revision, "chain_id": self.chain_id}

    def _members(
        self, header: Path, tables: Mapping[str, Path], *, with_passwords: bool, with_stores: bool
    ) -> Iterator[Any]:
        yield self.archive.file(HEADER_NAME, header)
        for name, path in tables.items():
            yield self.archive.file(f"{TABLES}/{name}.jsonl", path)
        for name in _KEPT_FILES:
            yield self.archive.file(name, self.home / name)
        for folder in _KEPT_FOLDERS:
            for member in self.archive.files_below(self.home / folder, folder):
                if with_passwords or not _PASSWORD.fullmatch(member.name):
                    yield member
        if with_stores:
            for name, path in self.stores.items():
                for member in self.archive.files_below(path, f"stores/{name}"):
                    if not member.name.startswith(f"stores/{name}/incoming/"):
                        yield member


@dataclass(frozen=True)
class RestoreService:
    """Brings a home back."""

    archive: Archive
    open_database: Callable[[Path], Database]
    """The database of a home that lies in the folder given."""
    store_folders: Callable[[Path], Mapping[str, Path]]
    """The folders of the directory stores of such a home."""

    def run(self, source: Path, home: Path, identity: SecretIdentity) -> BackupResult:
        """Opens, checks and restores; ``home`` appears when everything is in its place, and nothing does otherwise.

        Raises:
            Exists: the home, or a store's folder outside of it, is not empty.
            CannotOpenError, BackupDamaged, NotABackup: another key's, cut off, altered; nothing was restored.
            DatabaseNotEmpty: the database of the settings holds rows.
        """
        _require_free(home)
        home.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{home.name}-restoring-", dir=home.parent))
        try:
            with source.open("rb") as sealed:
                listed = _piped(
                    lambda pipe: open_stream(sealed, pipe, identity),
                    lambda pipe: self.archive.read(pipe, staging),
                    result_of_reader=True,
                )
            header = self._header(staging, listed)
            stores = self._carried_stores(staging)
            database = None if header["revision"] is None else self.open_database(staging)
            if database is not None:
                database.require_empty()
            with _undone_on_failure(stores):
                for store in stores:
                    store.bring()
                os.sync()  # what was copied to another disk is on it before rows speak of it
                rows = _restore_rows(staging, header, database)
                with _cleared_on_failure(database):
                    for store in stores:
                        store.show()
                    staging.rename(home)
            _flush_folder(home.parent)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
        return BackupResult(len(listed), rows, source.stat().st_size)

    def _header(self, staging: Path, listed: Mapping[str, Any]) -> dict[str, Any]:
        try:
            header = json.loads((staging / HEADER_NAME).read_text(encoding="utf-8"))
            known = header["format"] == FORMAT and isinstance(header["revision"], str | None)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NotABackup("This is not a backup of a node.") from error
        if not known or not all(_RESTORED.fullmatch(name) for name in listed):
            raise NotABackup("This is not a backup of a node that this version knows.")
        (staging / HEADER_NAME).unlink()
        return cast(dict[str, Any], header)

    def _carried_stores(self, staging: Path) -> list[_CarriedStore]:
        """Stores come back to where the settings have them: within the home, or outside of it."""
        folders = self.store_folders(staging)
        carried = staging / "stores"
        if not carried.is_dir():
            return []
        aside = staging / ".carried-stores"
        carried.rename(aside)
        found = []
        for path in sorted(aside.iterdir()):
            if path.name not in folders:
                raise NotABackup("The backup holds a store that its own settings do not have.")
            _require_free(folders[path.name])
            found.append(_CarriedStore(path, folders[path.name]))
        return found


@dataclass
class _CarriedStore:
    """A store on its way from the backup to its folder; there it is out of sight until it is shown."""

    carried: Path
    folder: Path
    _made: list[Path] = field(default_factory=list)
    _was_there: bool = False

    @property
    def _hidden(self) -> Path:
        return self.folder / ".restoring"

    def bring(self) -> None:
        """Copies it to its disk: what takes long, and what fails where there is no room."""
        self._was_there = self.folder.is_dir()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._made.append(self._hidden)
        shutil.move(self.carried, self._hidden)
        for name in ("objects", "incoming"):
            (self._hidden / name).mkdir(exist_ok=True, mode=0o700)
        with suppress(OSError):  # the last of them has gone
            self.carried.parent.rmdir()

    def show(self) -> None:
        """Puts it in its place, within its disk."""
        for path in sorted(self._hidden.iterdir()):
            place = self.folder / path.name
            path.rename(place)
            self._made.append(place)
        self._hidden.rmdir()
        _flush_folder(self.folder)

    def undo(self) -> None:
        """Removes what was put into the folder, and nothing else."""
        for path in self._made:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        if self._made and not self._was_there:
            with suppress(OSError):
                self.folder.rmdir()


@contextmanager
def _undone_on_failure(stores: Iterable[_CarriedStore]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        for store in stores:
            store.undo()
        raise


@contextmanager
def _cleared_on_failure(database: Database | None) -> Iterator[None]:
    """The database was empty before: what a restore put into it goes again where the rest of it fails."""
    try:
        yield
    except BaseException:
        if database is not None:
            database.clear()
        raise


def _restore_rows(staging: Path, header: Mapping[str, Any], database: Database | None) -> int:
    folder = staging / TABLES
    rows = 0
    if database is not None:
        files = {path.stem: path for path in folder.iterdir()} if folder.is_dir() else {}
        rows = database.restore(header["revision"], files)
    shutil.rmtree(folder, ignore_errors=True)
    return rows


def _require_free(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Exists(f"{folder} is there already, and not empty.")


class _appearing:  # noqa: N801 - reads as a verb where it is used
    """A file that is at its place when it is whole and on disk, and not at all before."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._part = target.with_name(f".{target.name}.part")

    def __enter__(self) -> BinaryIO:
        descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        return self._file

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        with self._file:
            if kind is None:
                self._file.flush()
                os.fsync(self._file.fileno())
        if kind is None:
            self._part.rename(self._target)
            _flush_folder(self._target.parent)
        else:
            self._part.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _piped(write: Callable[[BinaryIO], Any], read: Callable[[BinaryIO], Any], *, result_of_reader: bool = False) -> Any:
    """Runs both ends of a pipe; returns what the writer returned, or the reader.

    Where both fail, the one that stopped the other is told: who lost its reader knows of a broken pipe only.
    """
    read_end, write_end = os.pipe()
    outcome: list[Any] = []
    failures: list[BaseException] = []

    def writer() -> None:
        try:
            with os.fdopen(write_end, "wb") as pipe:
                outcome.append(write(pipe))
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=writer, name="backup")
    thread.start()
    reader_failure: Exception | None = None
    result = None
    try:
        with os.fdopen(read_end, "rb") as pipe:
            result = read(pipe)
            while pipe.read(1 << 16):  # a tar stream ends before its padding does
                pass
    except Exception as error:
        reader_failure = error
    finally:
        thread.join()
    told = [one for one in failures if not isinstance(one, BrokenPipeError)]
    for failure in (*(one for one in told if isinstance(one, MendrecError)), reader_failure, *told, *failures):
        if failure is not None:
            raise failure
    return result if result_of_reader else outcome[0]
