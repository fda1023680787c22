"""A home is backed up, destroyed and brought back: everything opens; a damaged backup brings nothing back."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import stat
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from mendrec.adapters.archive import BackupDamaged, Member, place_below, read_archive, write_archive
from mendrec.adapters.db.portable import PortableDatabase
from mendrec.cli.main import cli
from mendrec.crypto.age import CannotOpenError, SecretIdentity, seal
from mendrec.domain.errors import InputError, MendrecError
from mendrec.services.backup import Exists, NotABackup
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from tests.operations.conftest import NOTE, Clinic


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), *arguments, "--json"], standalone_mode=False)


def done(result: Result) -> dict[str, object]:
    assert result.exception is None, result.exception
    answer: dict[str, object] = json.loads(result.stdout)
    return answer


def refused(result: Result) -> MendrecError:
    assert isinstance(result.exception, MendrecError), result.exception
    assert result.exception.remedy
    return result.exception


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "backup-key.txt"
    assert str(done(run(tmp_path, "backup-key", str(path)))["recipient"]).startswith("age1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return path


def recipient_of(key: Path) -> str:
    return key.read_text("ascii").splitlines()[0].rpartition(" ")[2]


def backed_up(home: Path, key: Path, *options: str) -> Path:
    path = key.parent / "node.age"
    done(run(home, "backup", str(path), "--to", recipient_of(key), *options))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return path


@pytest.fixture
def away(clinic: Clinic, tmp_path: Path) -> Iterator[Path]:
    """The home moved away while the chain goes on; what the test put in its place is destroyed after it."""
    kept = tmp_path / "away"

    yield kept
    if kept.exists():
        shutil.rmtree(clinic.home, ignore_errors=True)
        kept.rename(clinic.home)
        clinic.world.reopen()


def rows(home: Path, *tables: str) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(home / "node.db") as connection:
        found = {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in tables}
    connection.close()
    return found


UNREBUILDABLE = ("outbox", "receipts", "object_copies", "uploads", "spent_request_nonces")


def test_a_destroyed_home_comes_back_whole(clinic: Clinic, key: Path, away: Path) -> None:
    before = rows(clinic.home, *UNREBUILDABLE)
    assert all(before.values()), "every table has rows, or the test proves nothing about it"
    backup = backed_up(clinic.home, key, "--with-passwords", "--with-stores")
    index = clinic.world.node.index.dump()
    clinic.home.rename(away)

    done(run(clinic.home, "restore", str(backup), "--identity", str(key)))

    assert rows(clinic.home, *UNREBUILDABLE) == before
    for path in (away / "keys").rglob("*"):
        if path.is_file():
            again = clinic.home / path.relative_to(away)
            assert again.read_bytes() == path.read_bytes()
            assert stat.S_IMODE(again.stat().st_mode) == 0o600
    assert (clinic.home / "secret").read_bytes() == (away / "secret").read_bytes()
    clinic.world.reopen()
    clinic.world.node.index.sync()
    assert clinic.world.node.index.dump() == index
    assert clinic.open_as("cardiologist", key.parent) == NOTE
    assert clinic.open_as("patient", key.parent) == NOTE


def test_what_was_acknowledged_before_is_not_done_again_after(clinic: Clinic, key: Path, away: Path) -> None:
    backup = backed_up(clinic.home, key, "--with-passwords", "--with-stores")
    clinic.home.rename(away)
    done(run(clinic.home, "restore", str(backup), "--identity", str(key)))
    clinic.world.reopen()
    node, patient = clinic.world.node, clinic.person("patient")
    node.index.sync()
    length = len(node.index.entries(patient.address))
    items = plan_intake([NamedBytes("note.txt", NOTE)], "laboratory").items
    again = node.ingest.upload(patient.wallet, patient.address, items, key="operations upload")
    assert again == clinic.record
    assert len(node.index.entries(patient.address)) == length


def test_passwords_and_stores_are_left_out_unless_asked_for(clinic: Clinic, key: Path, tmp_path: Path) -> None:
    backup = backed_up(clinic.home, key)
    home = tmp_path / "again"
    done(run(home, "restore", str(backup), "--identity", str(key)))
    assert list(home.rglob("wallet.json"))
    assert not list(home.rglob("password"))
    assert not (home / "stores").exists()


def test_a_backup_shows_nothing_without_its_key(clinic: Clinic, key: Path, tmp_path: Path) -> None:
    backup = backed_up(clinic.home, key, "--with-passwords")
    data = backup.read_bytes()
    for secret in (clinic.person("patient").address.encode(), b"wallet.json", (clinic.home / "secret").read_bytes()):
        assert secret not in data
    other = tmp_path / "other.txt"
    other.write_text(SecretIdentity.generate().reveal_text(), encoding="ascii")
    error = refused(run(tmp_path / "again", "restore", str(backup), "--identity", str(other)))
    assert isinstance(error, CannotOpenError)
    assert not (tmp_path / "again").exists()


def test_nothing_is_overwritten(clinic: Clinic, key: Path, tmp_path: Path) -> None:
    backup = backed_up(clinic.home, key)
    data = backup.read_bytes()
    assert isinstance(refused(run(clinic.home, "backup", str(backup), "--to", recipient_of(key))), Exists)
    assert backup.read_bytes() == data
    assert isinstance(refused(run(clinic.home, "restore", str(backup), "--identity", str(key))), Exists)
    assert clinic.open_as("patient", tmp_path) == NOTE
    assert isinstance(refused(run(tmp_path, "backup-key", str(key))), InputError)


def test_a_database_that_holds_rows_is_not_restored_into(clinic: Clinic, key: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    home = tmp_path / "copy"
    shutil.copytree(clinic.home, home, ignore=shutil.ignore_patterns("chain", "*.ipc"))
    config = home / "config.toml"
    config.write_text(config.read_text().replace("sqlite:///node.db", f"sqlite:///{elsewhere}"))
    (home / "node.db").rename(elsewhere)
    for suffix in ("-wal", "-shm"):
        if (home / f"node.db{suffix}").exists():
            (home / f"node.db{suffix}").rename(f"{elsewhere}{suffix}")
    backup = backed_up(home, key)
    error = refused(run(tmp_path / "again", "restore", str(backup), "--identity", str(key)))
    assert error.code == "configuration.database_not_empty"
    assert not (tmp_path / "again").exists()
    elsewhere.unlink()
    done(run(tmp_path / "again", "restore", str(backup), "--identity", str(key)))
    assert dict(PortableDatabase(f"sqlite:///{elsewhere}").export()).keys() >= set(UNREBUILDABLE)


@pytest.mark.parametrize("cut", [0, 1, 200, -70_000, -4096, -17, -1])
def test_a_cut_backup_restores_nothing(clinic: Clinic, key: Path, tmp_path: Path, cut: int) -> None:
    backup = backed_up(clinic.home, key)
    backup.write_bytes(backup.read_bytes()[:cut])
    refused(run(tmp_path / "again", "restore", str(backup), "--identity", str(key)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup-key.txt", "node.age"]


@pytest.mark.parametrize("share", [0.001, 0.3, 0.6, 0.9999])
def test_an_altered_backup_restores_nothing(clinic: Clinic, key: Path, tmp_path: Path, share: float) -> None:
    backup = backed_up(clinic.home, key)
    data = bytearray(backup.read_bytes())
    data[int(len(data) * share)] ^= 1
    backup.write_bytes(data)
    refused(run(tmp_path / "again", "restore", str(backup), "--identity", str(key)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup-key.txt", "node.age"]


@pytest.mark.parametrize("inside", [b"", b"no tar at all", bytes(10_240)])
def test_what_is_no_backup_is_told_so(tmp_path: Path, key: Path, inside: bytes) -> None:
    path = tmp_path / "other.age"
    path.write_bytes(seal(inside, recipient_of(key)))
    refused(run(tmp_path / "again", "restore", str(path), "--identity", str(key)))
    assert not (tmp_path / "again").exists()


def test_a_file_that_does_not_belong_into_a_home_is_refused(tmp_path: Path, key: Path) -> None:
    archive = io.BytesIO()
    header = b'{"format": "mendrec-backup/1", "revision": null}'
    write_archive(
        archive, [Member("backup.json", lambda: io.BytesIO(header)), Member("x.sh", lambda: io.BytesIO(b"x"))]
    )
    path = tmp_path / "other.age"
    path.write_bytes(seal(archive.getvalue(), recipient_of(key)))
    assert isinstance(refused(run(tmp_path / "again", "restore", str(path), "--identity", str(key))), NotABackup)


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "", ".", "a\0b"])
def test_no_name_leads_out_of_a_backup(tmp_path: Path, name: str) -> None:
    with pytest.raises(BackupDamaged):
        place_below(tmp_path, name)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_only_files_are_in_a_backup(tmp_path: Path, kind: bytes) -> None:
    data = io.BytesIO()
    with tarfile.open(mode="w|", fileobj=data) as tar:
        info = tarfile.TarInfo("keys")
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info)
    with pytest.raises(BackupDamaged):
        read_archive(io.BytesIO(data.getvalue()), tmp_path / "out")
    assert not (tmp_path / "out" / "keys").exists()


FILES = st.dictionaries(
    st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?", fullmatch=True), st.binary(max_size=3000), max_size=5
)


@settings(max_examples=60, deadline=None)
@given(FILES, st.integers(0, 100_000), st.integers(1, 255))
def test_an_archive_is_what_was_put_in_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], at: int, flip: int
) -> None:
    """Whatever byte is changed: what comes out is what went in, or nothing does."""
    names = {name: data for name, data in files.items() if not any(other.startswith(name + "/") for other in files)}
    archive = io.BytesIO()
    write_archive(archive, [Member(name, lambda data=data: io.BytesIO(data)) for name, data in names.items()])
    whole = archive.getvalue()

    def read(data: bytes) -> dict[str, bytes]:
        folder = tmp_path_factory.mktemp("out")
        found = read_archive(io.BytesIO(data), folder)
        return {name: (folder / name).read_bytes() for name in found}

    assert read(whole) == names
    damaged = bytearray(whole)
    damaged[at % len(damaged)] ^= flip
    with suppress(BackupDamaged):
        assert read(bytes(damaged)) == names
