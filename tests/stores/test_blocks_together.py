"""Many small objects at once: a store gives back what it was given, and holds what ``put`` would have made it hold."""

from __future__ import annotations

import os

import pytest

from mendrec.adapters.stores.directory import DirectoryStore
from mendrec.domain.cid import RAW_BLOCK_MAX_BYTES, cid_of
from mendrec.domain.errors import MendrecError
from mendrec.domain.model import Cid
from mendrec.domain.storage_errors import BlobMissing
from mendrec.ports import BlockStore
from mendrec.services.copies import holds_good_copy

SIZES = (0, 1, 33, 2_000, 65_537, RAW_BLOCK_MAX_BYTES)


@pytest.fixture(params=["directory", pytest.param("ipfs", marks=pytest.mark.kubo)])
def blocks_store(request: pytest.FixtureRequest) -> BlockStore:
    found: BlockStore = request.getfixturevalue(request.param)
    return found


def fresh_blocks() -> list[tuple[Cid, bytes]]:
    """More than go into one request of a store, of every size; an empty one is the same in every test."""
    contents = [os.urandom(size) for size in (*SIZES, *(range(100, 300)))]
    return [(cid_of(data), data) for data in contents]


def test_blocks_come_back_in_the_order_asked_for(blocks_store: BlockStore) -> None:
    blocks = fresh_blocks()
    blocks_store.put_blocks(blocks)
    for order in (blocks, blocks[::-1], blocks[:1], []):
        assert b"".join(blocks_store.read_blocks([cid for cid, _ in order])) == b"".join(data for _, data in order)
    for cid, data in blocks[:: len(blocks) // 10]:
        assert b"".join(blocks_store.read(cid)) == data


def test_a_missing_block_is_told_and_never_passed_over(blocks_store: BlockStore) -> None:
    blocks = fresh_blocks()[1:]
    blocks_store.put_blocks(blocks)
    gone = blocks[len(blocks) // 2][0]
    blocks_store.delete(gone)
    with pytest.raises(BlobMissing):
        list(blocks_store.read_blocks([cid for cid, _ in blocks]))
    assert not holds_good_copy(blocks_store, gone)
    assert holds_good_copy(blocks_store, blocks[0][0])


def test_bytes_under_another_name_are_refused(blocks_store: BlockStore) -> None:
    named, other = os.urandom(50), os.urandom(50)
    with pytest.raises(MendrecError):
        blocks_store.put_blocks([(cid_of(named), other)])
    with pytest.raises(BlobMissing):
        list(blocks_store.read(cid_of(named)))


def test_what_was_put_together_is_deleted_one_by_one(blocks_store: BlockStore) -> None:
    blocks = fresh_blocks()[1:20]
    blocks_store.put_blocks(blocks)
    for cid, _ in blocks:
        blocks_store.delete(cid)
        with pytest.raises(BlobMissing):
            list(blocks_store.read(cid))


def test_a_block_put_into_a_folder_is_durable_and_whole(directory: DirectoryStore) -> None:
    blocks = fresh_blocks()
    directory.put_blocks(blocks)
    assert all(directory.path_of(cid).read_bytes() == data for cid, data in blocks)
    assert not list((directory.path_of(blocks[0][0]).parents[2] / "incoming").iterdir())
