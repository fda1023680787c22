"""A restore that fails on its way is as if it had not been tried: the next one finds every place as it was."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from mendrec.adapters.db.migrate import upgrade
from mendrec.adapters.db.portable import DatabaseNotEmpty, PortableDatabase, UnusableRows
from mendrec.bootstrap_operations import _ARCHIVE
from mendrec.crypto.age import SecretIdentity
from mendrec.domain.errors import MendrecError
from mendrec.services import backup as backups
from mendrec.services.backup import BackupResult, BackupService, Exists, RestoreService

ROW = (
    "INSERT INTO uploads (key, request_digest_hex, state, progress, started_at) VALUES ('k', '00', 'started', '{}', 1)"
)


def rows(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        if not connection.execute("SELECT name FROM sqlite_master WHERE name = 'uploads'").fetchall():
            return 0
        ((count,),) = connection.execute("SELECT count(*) FROM uploads").fetchall()
        return int(count)
    finally:
        connection.close()


@dataclass
class Disaster:
    """A backup of a home whose database and two stores lay outside of it; all of them are gone."""

    folder: Path
    identity: SecretIdentity

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def database(self) -> Path:
        return self.folder / "node.db"

    @property
    def disks(self) -> Mapping[str, Path]:
        return {name: self.folder / name for name in ("disk-1", "disk-2")}

    @property
    def url(self) -> str:
        return f"sqlite:///{self.database}"

    def restore(self) -> BackupResult:
        service = RestoreService(_ARCHIVE, lambda _home: PortableDatabase(self.url), lambda _home: self.disks)
        return service.run(self.folder / "node.age", self.home, self.identity)

    def require_nothing(self) -> None:
        left = {path.name for path in self.folder.iterdir()} - {"node.db", "node.db-wal", "node.db-shm"}
        assert left == {"node.age"}
        assert not self.database.exists() or rows(self.database) == 0

    def require_all(self) -> None:
        assert self.restore().rows == 1
        assert (self.home / "secret").read_bytes() == b"1" * 32
        for disk in self.disks.values():
            assert (disk / "objects" / "o1").read_bytes() == b"sealed"
            assert sorted(path.name for path in disk.iterdir()) == ["incoming", "marker", "objects"]
        assert rows(self.database) == 1


@pytest.fixture
def disaster(tmp_path: Path) -> Disaster:
    folder = tmp_path / "machine"
    folder.mkdir()
    disaster = Disaster(folder, SecretIdentity.generate())
    disaster.home.mkdir()
    (disaster.home / "config.toml").write_text("x", encoding="utf-8")
    (disaster.home / "secret").write_bytes(b"1" * 32)
    for disk in disaster.disks.values():
        (disk / "objects").mkdir(parents=True)
        (disk / "objects" / "o1").write_bytes(b"sealed")
        (disk / "marker").write_bytes(b"store")
    upgrade(disaster.url)
    connection = sqlite3.connect(disaster.database)
    with connection:
        connection.execute(ROW)
    connection.close()
    database = PortableDatabase(disaster.url)
    service = BackupService(disaster.home, database, _ARCHIVE, disaster.disks, 1, lambda: 1)
    service.run(folder / "node.age", disaster.identity.recipient, with_stores=True)
    for gone in (disaster.home, *disaster.disks.values()):
        shutil.rmtree(gone)
    return disaster


def test_a_database_with_rows_is_found_before_anything_is_put_anywhere(disaster: Disaster) -> None:
    with pytest.raises(DatabaseNotEmpty):
        disaster.restore()
    assert not any(disk.exists() for disk in disaster.disks.values())
    assert rows(disaster.database) == 1
    disaster.database.unlink()  # as the remedy says
    disaster.require_all()


def test_a_store_s_folder_that_is_taken_is_found_before_anything_is_put_anywhere(disaster: Disaster) -> None:
    disaster.database.unlink()
    taken = disaster.disks["disk-2"] / "somebody's"
    taken.parent.mkdir()
    taken.write_bytes(b"")
    with pytest.raises(Exists):
        disaster.restore()
    assert taken.exists()
    assert not disaster.disks["disk-1"].exists()
    assert not disaster.database.exists()


def fails(error: Exception) -> Callable[..., None]:
    def raise_it(*_args: object, **_words: object) -> None:
        raise error

    return raise_it


def at_the_rows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(PortableDatabase, "restore", fails(UnusableRows("not these")))


def at_the_second_disk(patch: pytest.MonkeyPatch) -> None:
    move = shutil.move

    def moved(source: Path, target: Path) -> None:
        if "disk-2" in str(target):
            raise OSError(28, "No space left on device")
        move(source, target)

    patch.setattr(backups.shutil, "move", moved)


def at_the_showing(patch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def renamed(self: Path, target: Path) -> Path:
        if self.parent.parent.name == "disk-2":
            raise OSError(5, "Input/output error")
        return rename(self, target)

    patch.setattr(Path, "rename", renamed)


def at_the_home(patch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def renamed(self: Path, target: Path) -> Path:
        if target.name == "home":
            raise OSError(5, "Input/output error")
        return rename(self, target)

    patch.setattr(Path, "rename", renamed)


@pytest.mark.parametrize("where", [at_the_rows, at_the_second_disk, at_the_showing, at_the_home])
def test_what_fails_on_the_way_takes_back_what_came_before(
    disaster: Disaster, where: Callable[[pytest.MonkeyPatch], None]
) -> None:
    disaster.database.unlink()
    with pytest.MonkeyPatch.context() as patch:
        where(patch)
        with pytest.raises((MendrecError, OSError)):
            disaster.restore()
    disaster.require_nothing()
    disaster.require_all()


def test_empty_folders_such_as_mount_points_are_filled_and_not_replaced(disaster: Disaster) -> None:
    disaster.database.unlink()
    places = (disaster.home, *disaster.disks.values())
    for folder in places:
        folder.mkdir()
    disks = [folder.stat().st_ino for folder in disaster.disks.values()]
    disaster.require_all()
    assert [folder.stat().st_ino for folder in disaster.disks.values()] == disks
