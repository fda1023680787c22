"""Storing the many small objects of an import together: what :mod:`mendrec.services.copies` promises, in few requests.

For objects that were sealed a moment ago only: their CIDs come from fresh keys, so that no store can have them yet, and
whatever has to be taken back was put there by this call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from io import BytesIO
from typing import BinaryIO

from mendrec.domain.cid import RAW_BLOCK_MAX_BYTES, CidMismatch, is_raw_cid, raw_cid_from_digest, sha256_hex
from mendrec.domain.errors import MendrecError, UnavailableError
from mendrec.domain.model import Cid
from mendrec.domain.placement import choose
from mendrec.domain.storage_errors import BlobMissing, StoreFault
from mendrec.ports import BlobStore, BlockStore
from mendrec.services.copies import Copies, StoredCopies, place_of

Object = tuple[Cid, Callable[[], BinaryIO]]


def store_fresh(copies: Copies, objects: Sequence[Object]) -> tuple[StoredCopies, ...]:
    """Stores new objects by the placement rule, each copy read back and hashed; all of them or none.

    Args:
        copies: the node's stores and rule.
        objects: each CID with what opens its source (seekable; closed here).

    Raises:
        CidMismatch: bytes are not those of their CID; nothing is kept.
        UnavailableError: the rule can't be met now; nothing is kept, as far as the stores answer.
    """
    stores = _block_stores(copies)
    small = [one for one in objects if is_raw_cid(one[0])] if stores else []
    large = [one for one in objects if not (stores and is_raw_cid(one[0]))]
    blocks = [(cid, _block(cid, open_source)) for cid, open_source in small]
    try:
        _put_all(stores, blocks)
    except UnavailableError:
        # One store fails: the ordinary way finds another for each object, or says that there is none.
        read = dict(blocks)  # their sources were read, and may not open a second time
        return copies.store_many(
            (cid, partial(BytesIO, read[cid]) if cid in read else open_source) for cid, open_source in objects
        )
    try:
        stored = list(copies.store_many(large))
    except BaseException:
        _take_back(stores, blocks)
        raise
    places = tuple(place_of(store) for store in stores)
    names = tuple(store.name for store in stores)
    done = {cid: StoredCopies(cid, places, names, ()) for cid, _ in blocks} | {one.cid: one for one in stored}
    return tuple(done[cid] for cid, _ in objects)


def _block_stores(copies: Copies) -> list[BlockStore]:
    """The stores that the rule chooses, where all of them take blocks; else none."""
    chosen = {place.name for place in choose(copies.rule, [place_of(store) for store in copies.stores])}
    stores = [store for store in copies.stores if store.name in chosen]
    found = [store for store in stores if isinstance(store, BlockStore)]
    return found if len(found) == len(stores) else []


def _block(cid: Cid, open_source: Callable[[], BinaryIO]) -> bytes:
    with open_source() as source:
        data = source.read(RAW_BLOCK_MAX_BYTES + 1)
    if raw_cid_from_digest(sha256_hex(data)) != cid:
        raise CidMismatch(f"The bytes are not those of {cid}; nothing was kept.")
    return data


def _put_all(stores: Sequence[BlockStore], blocks: Sequence[tuple[Cid, bytes]]) -> None:
    """Puts the blocks into every store at once. Raises what the first store raised, and takes all of them back."""
    if not blocks:
        return

    def put(store: BlockStore) -> None:
        store.put_blocks(blocks)
        _require_good(store, blocks)

    with ThreadPoolExecutor(len(stores)) as pool:
        running = [pool.submit(put, store) for store in stores]
    failure = next((error for one in running if (error := one.exception()) is not None), None)
    if failure is not None:
        _take_back(stores, blocks)
        raise failure


def _require_good(store: BlockStore, blocks: Sequence[tuple[Cid, bytes]]) -> None:
    """Reads all of them back, byte for byte. Raises StoreFault where one is not what was put there."""
    expected = b"".join(data for _, data in blocks)
    at = 0
    try:
        for chunk in store.read_blocks([cid for cid, _ in blocks]):
            if expected[at : at + len(chunk)] != chunk:
                raise StoreFault(f"The store {store.name} gives other bytes back than it was given.")
            at += len(chunk)
    except BlobMissing as error:
        raise StoreFault(f"The store {store.name} does not give back what it says it stored.") from error
    if at != len(expected):
        raise StoreFault(f"The store {store.name} gives back less than it was given.")


def _take_back(stores: Sequence[BlobStore], blocks: Sequence[tuple[Cid, bytes]]) -> None:
    for store in stores:
        for cid, _ in blocks:
            with suppress(MendrecError):
                store.delete(cid)
