"""What is special to a folder: full and read-only disks, unmounted ones, crashes, and names that must not lead out."""

from __future__ import annotations

import errno
import io
import os
import subprocess
from pathlib import Path

import pytest

from mendrec.adapters.stores.directory import MARKER_NAME, DirectoryStore
from mendrec.domain.cid import cid_of
from mendrec.domain.errors import InputError
from mendrec.domain.model import Cid
from mendrec.domain.storage_errors import BlobMissing, StoreFull, StoreReadOnly, StoreUnreachable

CONTENT = os.urandom(300_000)
CID = cid_of(CONTENT)


def files_in(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file() and path.name != MARKER_NAME)


def content_of(store: DirectoryStore, cid: Cid = CID) -> bytes:
    return b"".join(store.read(cid))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(root: Path) -> DirectoryStore:
    return DirectoryStore.create(root, name="disk", failure_domain="ward", location=4)


def test_a_full_disk_is_full_and_keeps_nothing_of_it(small_disk: Path) -> None:
    store = DirectoryStore.create(small_disk / "store", name="disk", failure_domain="ward")
    store.put(CID, io.BytesIO(CONTENT))
    large = os.urandom(24 * 1024**2)
    with pytest.raises(StoreFull, match="disk"):
        store.put(cid_of(large), io.BytesIO(large))
    assert files_in(small_disk) == [CID]
    assert content_of(store) == CONTENT


def test_a_disk_mounted_read_only_is_read_only(small_disk: Path) -> None:
    store = DirectoryStore.create(small_disk / "store", name="disk", failure_domain="ward")
    store.put(CID, io.BytesIO(CONTENT))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    other = cid_of(b"other")
    with pytest.raises(StoreReadOnly):
        store.put(other, io.BytesIO(b"other"))
    with pytest.raises(StoreReadOnly):
        store.delete(CID)
    with pytest.raises(StoreReadOnly):
        DirectoryStore.create(small_disk / "another", name="disk", failure_domain="ward")
    assert content_of(store) == CONTENT
    with pytest.raises(BlobMissing):
        content_of(store, other)


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ENOSPC, StoreFull),
        (errno.EDQUOT, StoreFull),
        (errno.EFBIG, StoreFull),
        (errno.EROFS, StoreReadOnly),
        (errno.EACCES, StoreReadOnly),
        (errno.EPERM, StoreReadOnly),
        (errno.EIO, StoreUnreachable),
    ],
)
@pytest.mark.parametrize("call", ["fsync", "open"])
def test_what_the_system_says_becomes_the_stores_own_word_and_nothing_is_kept(
    store: DirectoryStore, root: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception], call: str
) -> None:
    """At the flush of the file, and at opening the folder to flush it, which is after the bytes are written."""
    real = getattr(os, call)

    def failing(*arguments: object, **options: object) -> object:
        if call == "fsync" or arguments[1] & os.O_DIRECTORY:  # type: ignore[operator]
            raise OSError(number, os.strerror(number))
        return real(*arguments, **options)

    monkeypatch.setattr(os, call, failing)
    with pytest.raises(error) as raised:
        store.put(CID, io.BytesIO(CONTENT))
    assert str(root) not in str(raised.value)
    monkeypatch.undo()
    assert files_in(root) in ([], [CID])  # never a part of it, and never a file left in `incoming`
    assert not list((root / "incoming").iterdir())


def test_a_folder_that_is_not_mounted_is_unreachable_and_is_not_written_to(store: DirectoryStore, root: Path) -> None:
    store.put(CID, io.BytesIO(CONTENT))
    away = root.with_name("unmounted")
    root.rename(away)
    root.mkdir()  # the empty mount point that is left
    for act in (
        lambda: content_of(store),
        lambda: store.put(CID, io.BytesIO(CONTENT)),
        lambda: store.delete(CID),
    ):
        with pytest.raises(StoreUnreachable):
            act()
    assert list(root.iterdir()) == []
    root.rmdir()
    away.rename(root)
    assert content_of(store) == CONTENT


def test_a_store_opened_while_unmounted_works_once_it_is_back(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path / "later", name="disk", failure_domain="ward")
    with pytest.raises(StoreUnreachable):
        content_of(store)
    DirectoryStore.create(tmp_path / "later", name="disk", failure_domain="ward")
    store.put(CID, io.BytesIO(CONTENT))
    assert content_of(store) == CONTENT


def test_a_bad_copy_is_replaced_by_a_good_one(store: DirectoryStore) -> None:
    store.put(CID, io.BytesIO(CONTENT))
    store.path_of(CID).write_bytes(CONTENT[:-1])
    store.put(CID, io.BytesIO(CONTENT))
    assert content_of(store) == CONTENT


def test_what_a_crash_left_behind_is_cleared_at_the_next_start_and_copies_stay(
    store: DirectoryStore, root: Path
) -> None:
    store.put(CID, io.BytesIO(CONTENT))
    (root / "incoming" / f"{CID}.0123").write_bytes(b"half")
    reopened = DirectoryStore(root, name="disk", failure_domain="ward")
    assert files_in(root) == [CID]
    assert content_of(reopened) == CONTENT


def test_opening_it_in_another_process_leaves_what_is_being_written(store: DirectoryStore, root: Path) -> None:
    """`mendrec check` beside a running node must not clear away an upload."""

    class Source(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            DirectoryStore(root, name="disk", failure_domain="ward")
            return super().read(size)

    store.put(CID, Source(CONTENT))
    assert content_of(store) == CONTENT


def test_a_power_cut_before_the_rename_leaves_the_old_copy(
    store: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCut(BaseException):
        pass

    def cut(_self: Path, _target: Path) -> None:
        raise PowerCut

    store.put(CID, io.BytesIO(CONTENT))
    monkeypatch.setattr(Path, "replace", cut)
    with pytest.raises(PowerCut):
        store.put(CID, io.BytesIO(CONTENT))
    monkeypatch.undo()
    assert content_of(store) == CONTENT


def test_bytes_are_flushed_before_they_become_visible(
    store: DirectoryStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order on disk: the file, then its name, then the folder that holds the name."""
    order: list[str] = []
    real_fsync, real_replace = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").resolve()
        order.append("file" if name.is_file() else f"folder {name.relative_to(root.resolve())}")
        real_fsync(descriptor)

    def replace(self: Path, target: Path) -> Path:
        order.append("rename")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    store.put(CID, io.BytesIO(CONTENT))
    shard = store.path_of(CID).parent.name
    assert order == ["file", "folder objects", "rename", f"folder objects/{shard}"]


def test_no_name_leads_out_of_the_folder(store: DirectoryStore, root: Path) -> None:
    for name in ("../../x", "/etc/passwd", f"../{CID}", f"{CID}/..", CID.upper(), CID + "a", CID[:-1]):
        with pytest.raises(InputError):
            store.path_of(Cid(name))
    assert store.path_of(CID).resolve().is_relative_to((root / "objects").resolve())


def test_objects_spread_over_the_shards(store: DirectoryStore) -> None:
    shards = {store.path_of(cid_of(number.to_bytes(4))).parent.name for number in range(512)}
    assert len(shards) > 300


def test_files_are_for_the_owner_only(store: DirectoryStore, root: Path) -> None:
    assert root.stat().st_mode & 0o077 == 0
    store.put(CID, io.BytesIO(CONTENT))
    assert store.path_of(CID).parent.stat().st_mode & 0o077 == 0


def test_it_tells_its_name_domain_and_location(store: DirectoryStore) -> None:
    assert (store.name, store.failure_domain, store.location) == ("disk", "ward", 4)
