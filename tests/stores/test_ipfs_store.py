"""What is special to Kubo: damage it passes over, answers that end early, and a daemon that goes away."""

from __future__ import annotations

import io
import os
from pathlib import Path

import ipfshttpclient
import pytest

from mendrec.adapters.stores.ipfs import IpfsStore
from mendrec.adapters.stores.kubo_process import PrivateKubo
from mendrec.domain.cid import CidMismatch, cid_of
from mendrec.domain.model import Cid
from mendrec.domain.storage_errors import BlobMissing, StoreFull, StoreUnreachable
from mendrec.services.copies import holds_good_copy
from tests.simulators.kubo import block_file, flip_last_bit, leaf_cid, running_kubo

MIB = 1024**2
kubo_test = pytest.mark.kubo


def put(store: IpfsStore, size: int) -> tuple[Cid, bytes]:
    content = os.urandom(size)
    store.put(cid_of(content), io.BytesIO(content))
    return cid_of(content), content


def content_of(store: IpfsStore, cid: Cid) -> bytes:
    return b"".join(store.read(cid))


@kubo_test
@pytest.mark.parametrize("size", [1000, 9 * MIB + 7])
def test_a_copy_is_pinned(kubo: PrivateKubo, ipfs: IpfsStore, size: int) -> None:
    cid, _content = put(ipfs, size)
    with ipfshttpclient.Client(kubo.api_multiaddr) as client:
        assert client.pin.ls(cid)["Keys"][cid]["Type"] == "recursive"


@kubo_test
@pytest.mark.parametrize("number", [0, 15, 16, 35])
def test_a_flipped_bit_in_any_leaf_is_found_and_mended(kubo: PrivateKubo, ipfs: IpfsStore, number: int) -> None:
    """Leaves at the edges of the ranges that are fetched at a time."""
    cid, content = put(ipfs, 9 * MIB)
    flip_last_bit(block_file(kubo, leaf_cid(content, number)))
    assert cid_of(content_of(ipfs, cid)) != cid
    ipfs.put(cid, io.BytesIO(content))
    assert content_of(ipfs, cid) == content


@kubo_test
@pytest.mark.parametrize("number", [0, 15, 16, 17, 35])
def test_a_missing_leaf_is_part_of_it_only_not_missing_and_not_unreachable(
    kubo: PrivateKubo, ipfs: IpfsStore, number: int
) -> None:
    cid, content = put(ipfs, 9 * MIB)
    block_file(kubo, leaf_cid(content, number)).unlink()
    with pytest.raises(CidMismatch, match="part of"):
        content_of(ipfs, cid)
    ipfs.put(cid, io.BytesIO(content))
    assert content_of(ipfs, cid) == content


@kubo_test
@pytest.mark.parametrize("size", [1000, 9 * MIB])
def test_a_damaged_root_is_wrong_and_a_deleted_one_is_missing(kubo: PrivateKubo, ipfs: IpfsStore, size: int) -> None:
    cid, content = put(ipfs, size)
    flip_last_bit(block_file(kubo, cid))
    assert not holds_good_copy(ipfs, cid)
    ipfs.put(cid, io.BytesIO(content))
    assert content_of(ipfs, cid) == content
    block_file(kubo, cid).unlink()
    with pytest.raises(BlobMissing):
        content_of(ipfs, cid)
    ipfs.put(cid, io.BytesIO(content))
    assert content_of(ipfs, cid) == content


@kubo_test
def test_a_block_that_the_daemon_cannot_read_is_not_called_wrong(kubo: PrivateKubo, ipfs: IpfsStore) -> None:
    cid, _content = put(ipfs, 1000)
    path = block_file(kubo, cid)
    path.unlink()
    path.mkdir()
    with pytest.raises(StoreUnreachable):
        content_of(ipfs, cid)
    path.rmdir()


@kubo_test
def test_delete_removes_the_blocks_and_not_only_the_pin(kubo: PrivateKubo, ipfs: IpfsStore) -> None:
    cid, content = put(ipfs, 50 * MIB)  # over 174 leaves: a tree of two levels, and more than one request
    blocks = [block_file(kubo, leaf_cid(content, number)) for number in range(200)] + [block_file(kubo, cid)]
    assert all(path.exists() for path in blocks)
    ipfs.delete(cid)
    assert not any(path.exists() for path in blocks)


STOCK_SETTINGS = {
    "Datastore.BlockKeyCacheSize": 65_536,
    "Import.CidVersion": 0,
    "Import.UnixFSRawLeaves": False,
    "Import.UnixFSChunker": "size-1048576",
    "Import.UnixFSFileMaxLinks": 1024,
}


@kubo_test
def test_any_daemons_settings_give_the_same_names_and_its_block_cache_hinders_no_mending(tmp_path: Path) -> None:
    """With the default block cache a plain re-add says success and writes nothing."""
    with running_kubo(tmp_path / "repo", STOCK_SETTINGS) as daemon:
        store = IpfsStore(daemon.api_multiaddr, name="stock", failure_domain="x")
        cid, content = put(store, 50 * MIB)
        flip_last_bit(block_file(daemon, leaf_cid(content, 3)))
        block_file(daemon, leaf_cid(content, 4)).unlink()
        assert not holds_good_copy(store, cid)
        store.put(cid, io.BytesIO(content))
        assert content_of(store, cid) == content
        flip_last_bit(block_file(daemon, cid))
        flip_last_bit(block_file(daemon, leaf_cid(content, 5)))
        store.put(cid, io.BytesIO(content))
        assert content_of(store, cid) == content


@kubo_test
def test_a_daemon_that_checks_what_it_reads_tells_damage_apart_too(tmp_path: Path) -> None:
    with running_kubo(tmp_path / "repo", {"Datastore.HashOnRead": True}) as daemon:
        store = IpfsStore(daemon.api_multiaddr, name="careful", failure_domain="x")
        for size, number in ((1000, 0), (9 * MIB, 0), (9 * MIB, 17)):
            cid, content = put(store, size)
            flip_last_bit(block_file(daemon, leaf_cid(content, number)))
            with pytest.raises(CidMismatch):
                content_of(store, cid)
            store.put(cid, io.BytesIO(content))
            assert content_of(store, cid) == content


@kubo_test
def test_a_full_disk_is_full_and_what_was_there_stays(small_disk: Path) -> None:
    with running_kubo(small_disk / "repo") as daemon:
        store = IpfsStore(daemon.api_multiaddr, name="small", failure_domain="x")
        cid, content = put(store, 1 * MIB)
        large = os.urandom(40 * MIB)
        with pytest.raises(StoreFull):
            store.put(cid_of(large), io.BytesIO(large))
        with pytest.raises((BlobMissing, CidMismatch)):
            content_of(store, cid_of(large))
        assert content_of(store, cid) == content


@kubo_test
def test_a_stopped_daemon_is_unreachable_and_its_copies_are_there_when_it_is_back(tmp_path: Path) -> None:
    with running_kubo(tmp_path / "repo") as daemon:
        store = IpfsStore(daemon.api_multiaddr, name="ipfs", failure_domain="x")
        cid, content = put(store, 2 * MIB)
        daemon.stop()
        for act in (
            lambda: content_of(store, cid),
            lambda: store.put(cid, io.BytesIO(content)),
            lambda: store.delete(cid),
        ):
            with pytest.raises(StoreUnreachable):
                act()
        daemon.start()
        store = IpfsStore(daemon.api_multiaddr, name="ipfs", failure_domain="x")
        assert content_of(store, cid) == content
        daemon.kill()
        daemon.start()
        store = IpfsStore(daemon.api_multiaddr, name="ipfs", failure_domain="x")
        assert content_of(store, cid) == content


def test_an_address_that_is_none_is_refused_in_plain_words() -> None:
    with pytest.raises(StoreUnreachable, match="multiaddr"):
        IpfsStore("localhost:5001", name="ipfs", failure_domain="x")
