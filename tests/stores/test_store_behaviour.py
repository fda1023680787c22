"""What every store must do, whatever it is made of. Memory is the reference; a folder and a real Kubo follow it."""

from __future__ import annotations

import io
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mendrec.domain.cid import CidMismatch, cid_of
from mendrec.domain.errors import InputError
from mendrec.domain.model import Cid
from mendrec.domain.storage_errors import BlobMissing
from mendrec.ports import BlobStore

KIB, MIB = 1024, 1024**2
EDGES = [0, 1, 2, 256 * KIB - 1, 256 * KIB, 256 * KIB + 1, MIB + 1, 4 * MIB, 4 * MIB + 1, 8 * MIB + 5]
per_store = settings(
    max_examples=25,
    deadline=None,  # disks and daemons have no deadline; nothing here is timed
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # content-addressed: examples do not meet
)


def sizes() -> st.SearchStrategy[int]:
    """Sizes close to where the tree of blocks changes shape."""
    near = st.sampled_from([0, 256 * KIB, 512 * KIB, MIB]).flatmap(lambda edge: st.integers(edge - 3, edge + 3))
    return near.filter(lambda size: size >= 0)


def stored(store: BlobStore, content: bytes) -> Cid:
    cid = cid_of(content)
    store.put(cid, io.BytesIO(content))
    return cid


def write_and_close(descriptor: int, content: bytes) -> None:
    with os.fdopen(descriptor, "wb") as pipe:
        pipe.write(content)


def content_of(store: BlobStore, cid: Cid) -> bytes:
    return b"".join(store.read(cid))


@pytest.mark.parametrize("size", EDGES)
def test_bytes_come_back_as_they_went_in(store: BlobStore, size: int) -> None:
    content = os.urandom(size)
    assert content_of(store, stored(store, content)) == content


@per_store
@given(size=sizes(), seed=st.binary(min_size=1, max_size=8))
def test_any_size_comes_back_under_the_same_name(store: BlobStore, size: int, seed: bytes) -> None:
    content = (seed * (size // len(seed) + 1))[:size]
    assert content_of(store, stored(store, content)) == content


def test_what_is_not_there_is_missing(store: BlobStore) -> None:
    for size in (10, MIB):
        with pytest.raises(BlobMissing, match=store.name):
            content_of(store, cid_of(os.urandom(size)))


@pytest.mark.parametrize("size", [0, 10, MIB])
def test_bytes_of_another_name_are_refused_and_not_kept(store: BlobStore, size: int) -> None:
    asked_for = cid_of(os.urandom(size + 1))
    given_instead = os.urandom(size)
    with pytest.raises(CidMismatch):
        store.put(asked_for, io.BytesIO(given_instead))
    for cid in (asked_for, cid_of(given_instead)):
        if size:  # the empty object is one and the same in all tests of a store
            with pytest.raises(BlobMissing):
                content_of(store, cid)


def test_a_refused_put_leaves_the_good_copy(store: BlobStore) -> None:
    content = os.urandom(MIB)
    cid = stored(store, content)
    with pytest.raises(CidMismatch):
        store.put(cid, io.BytesIO(content[:-1]))
    assert content_of(store, cid) == content


def test_putting_twice_is_putting_once(store: BlobStore) -> None:
    content = os.urandom(MIB + 1)
    assert stored(store, content) == stored(store, content)
    assert content_of(store, cid_of(content)) == content


def test_put_takes_the_source_from_its_position_on(store: BlobStore) -> None:
    source = io.BytesIO(b"header" + b"x" * MIB)
    source.seek(6)
    cid = cid_of(b"x" * MIB)
    store.put(cid, source)
    assert content_of(store, cid) == b"x" * MIB


def test_put_takes_a_source_that_cannot_be_rewound(store: BlobStore) -> None:
    content = os.urandom(MIB)
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as source, ThreadPoolExecutor(1) as pool:
        written = pool.submit(write_and_close, writing, content)
        store.put(cid_of(content), source)
        written.result()
    assert content_of(store, cid_of(content)) == content


def test_many_threads_may_use_one_store(store: BlobStore) -> None:
    contents = [os.urandom(size) for size in (0, 10, 300 * KIB, MIB) for _time in range(6)]
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda content: stored(store, content), contents))
        assert list(pool.map(lambda cid: content_of(store, cid), names)) == contents


@pytest.mark.parametrize("size", [10, MIB])
def test_deleted_is_gone_and_deleting_again_is_no_error(store: BlobStore, size: int) -> None:
    cid = stored(store, os.urandom(size))
    for _time in range(2):
        store.delete(cid)
        with pytest.raises(BlobMissing):
            content_of(store, cid)


def test_delete_leaves_objects_that_share_blocks_whole(store: BlobStore) -> None:
    shared = os.urandom(512 * KIB)
    first, second = shared + b"a", shared + b"b"
    gone, kept = stored(store, first), stored(store, second)
    store.delete(gone)
    assert content_of(store, kept) == second


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "", "a/b", "b" * 59, "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKUaA"]
)
def test_only_a_cid_names_an_object(store: BlobStore, name: str) -> None:
    for act in (
        lambda: content_of(store, Cid(name)),
        lambda: store.put(Cid(name), io.BytesIO(b"x")),
        lambda: store.delete(Cid(name)),
    ):
        with pytest.raises(InputError):
            act()


def test_an_unreadable_source_is_not_blamed_on_the_store(store: BlobStore) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "input/output error")

    with pytest.raises(InputError):
        store.put(cid_of(b"x" * MIB), Broken(b"x" * MIB))
