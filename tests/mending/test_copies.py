"""Storing by the rule and reading a good copy back, over stores that fail in every way."""

from __future__ import annotations

import io
import os
from functools import partial
from itertools import product

import pytest

from mendrec.domain.cid import RAW_BLOCK_MAX_BYTES, CidMismatch, LongerThanAsked, cid_of
from mendrec.domain.errors import LimitExceeded
from mendrec.domain.model import Cid
from mendrec.domain.placement import PlacementRule
from mendrec.domain.storage_errors import (
    BlobMissing,
    NoCopyReachable,
    NoGoodCopy,
    PlacementImpossible,
    StoreFault,
    StoreFull,
    StoreNameTaken,
    StoreReadOnly,
    StoreUnreachable,
)
from mendrec.services.copies import Copies, CopyFailure, StoredCopies, holds_good_copy
from tests.mending.world import RULE, EndlessStore, three_stores
from tests.simulators.faulty_store import FaultyStore
from tests.simulators.memory_store import MemoryStore

CONTENT = os.urandom(400_000)
CID = cid_of(CONTENT)


def stored(copies: Copies) -> list[str]:
    return [place.name for place in copies.store(CID, io.BytesIO(CONTENT)).stores]


def read_back(copies: Copies, **options: int) -> bytes:
    with copies.open_verified(CID, **options) as file:  # type: ignore[arg-type]
        return file.read()


def test_copies_are_made_by_the_rule_and_no_more() -> None:
    stores = three_stores()
    assert stored(Copies(stores, RULE)) == ["ward", "swarm"]
    assert [holds_good_copy(store, CID) for store in stores] == [True, True, False]


@pytest.mark.parametrize(
    ("switch", "error"),
    [
        ("unreachable", StoreUnreachable),
        ("full", StoreFull),
        ("read_only", StoreReadOnly),
        ("lies_about_success", StoreFault),
        ("stores_rubbish", StoreFault),
    ],
)
@pytest.mark.parametrize("bad", [0, 1])
def test_a_store_that_fails_is_replaced_and_named(switch: str, error: type[Exception], bad: int) -> None:
    stores = three_stores()
    setattr(stores[bad].faults, switch, True)
    copies = Copies(stores, RULE)
    result = copies.store(CID, io.BytesIO(CONTENT))
    assert [place.name for place in result.stores] == [store.name for n, store in enumerate(stores) if n != bad]
    assert [(failure.store, type(failure.error)) for failure in result.failures] == [(stores[bad].name, error)]
    assert read_back(copies) == CONTENT


@pytest.mark.parametrize(
    ("switch", "error"),
    [("full", StoreFull), ("read_only", StoreReadOnly), ("lies_about_success", StoreFault)],
)
def test_where_the_rule_cannot_be_met_nothing_is_left_half_done(switch: str, error: type[Exception]) -> None:
    stores = three_stores()[:2]
    setattr(stores[1].faults, switch, True)
    with pytest.raises(error):
        stored(Copies(stores, RULE))
    assert [holds_good_copy(store, CID) for store in stores] == [False, False]


def test_what_fails_leaves_a_copy_that_was_there_before() -> None:
    stores = three_stores()[:2]
    stores[0].put(CID, io.BytesIO(CONTENT))
    stores[1].faults.full = True
    with pytest.raises(StoreFull):
        stored(Copies(stores, RULE))
    assert holds_good_copy(stores[0], CID)


def test_storing_again_writes_nothing() -> None:
    stores = three_stores()
    copies = Copies(stores, RULE)
    stored(copies)
    for store in stores:
        store.calls.clear()
    assert stored(copies) == ["ward", "swarm"]
    assert [call for store in stores for call in store.calls if call[0] != "read"] == []


def test_bytes_of_another_name_are_refused_and_no_copy_stays() -> None:
    stores = three_stores()
    with pytest.raises(CidMismatch):
        Copies(stores, RULE).store(CID, io.BytesIO(CONTENT + b"x"))
    assert not any(holds_good_copy(store, CID) for store in stores)


def test_a_read_falls_over_every_bad_copy_to_the_good_one_and_tells_of_each() -> None:
    """Every pair of faults in the first two stores; the third is good."""
    faults = {"missing": BlobMissing, "flipped": CidMismatch, "truncated": CidMismatch, "breaks_off": StoreUnreachable}
    for first, second in product(faults, repeat=2):
        stores = three_stores()
        told: list[CopyFailure] = []
        copies = Copies(stores, PlacementRule(3, 3), on_failed_read=told.append)
        stored(copies)
        getattr(stores[0].faults, first).add(CID)
        getattr(stores[1].faults, second).add(CID)
        assert read_back(copies) == CONTENT
        assert [(one.store, type(one.error)) for one in told] == [("ward", faults[first]), ("swarm", faults[second])]


def test_nothing_of_a_longer_wrong_copy_stays_behind_the_good_one() -> None:
    longer, good = MemoryStore("a", "x"), MemoryStore("b", "y")
    copies = Copies([longer, good], RULE)
    stored(copies)
    longer.blobs[CID] = CONTENT + b"appended"
    assert read_back(copies) == CONTENT


def test_no_unverified_byte_is_handed_out() -> None:
    stores = three_stores()
    copies = Copies(stores, PlacementRule(3, 3))
    stored(copies)
    for store in stores:
        store.faults.flipped.add(CID)
    with pytest.raises(NoGoodCopy), copies.open_verified(CID):
        pytest.fail("handed out before it was verified")


def test_lost_and_not_reachable_are_told_apart() -> None:
    stores = three_stores()
    copies = Copies(stores, RULE)
    with pytest.raises(NoGoodCopy):
        read_back(copies)
    stores[2].faults.unreachable = True
    with pytest.raises(NoCopyReachable, match="cloud"):
        read_back(copies)


def test_the_recorded_location_is_tried_first() -> None:
    stores = three_stores()
    copies = Copies(stores, PlacementRule(3, 3))
    stored(copies)
    for store in stores:
        store.calls.clear()
    assert read_back(copies, recorded_location=3) == CONTENT
    assert [len(store.calls) for store in stores] == [0, 0, 1]


def test_a_small_read_is_bounded() -> None:
    copies = Copies(three_stores(), RULE)
    stored(copies)
    assert copies.read_bytes(CID, len(CONTENT)) == CONTENT
    with pytest.raises(LimitExceeded):
        copies.read_bytes(CID, len(CONTENT) - 1)


def test_a_store_that_never_ends_is_left_and_another_read() -> None:
    small = b"one block"
    for content, max_bytes in ((small, len(small)), (CONTENT, len(CONTENT))):
        endless, good = EndlessStore("a", "x"), MemoryStore("b", "y")
        told: list[CopyFailure] = []
        good.put(cid_of(content), io.BytesIO(content))
        copies = Copies([endless, good], RULE, on_failed_read=told.append)
        assert copies.read_bytes(cid_of(content), max_bytes) == content
        assert endless.sent_bytes <= max(RAW_BLOCK_MAX_BYTES, max_bytes) + 65_536
        assert [failure.store for failure in told] == ["a"], "beside a good copy it is known to be wrong"


def test_a_raw_block_that_never_ends_is_no_good_copy_however_it_is_read() -> None:
    endless = EndlessStore("a", "x")
    cid = cid_of(b"one block")
    copies = Copies([endless], PlacementRule(1, 1))
    for max_bytes in (5, 10 * RAW_BLOCK_MAX_BYTES):
        with pytest.raises(NoGoodCopy):
            copies.read_bytes(cid, max_bytes)
    with pytest.raises(NoGoodCopy), copies.open_verified(cid):
        pytest.fail("handed out")
    assert not holds_good_copy(endless, cid)


def test_too_large_is_not_said_while_a_store_is_away_nor_told_as_a_bad_copy() -> None:
    stores = three_stores()
    told: list[CopyFailure] = []
    copies = Copies(stores, RULE, on_failed_read=told.append)
    stored(copies)
    with pytest.raises(LimitExceeded), copies.open_verified(CID, max_bytes=1000):
        pytest.fail("handed out")
    assert [failure.store for failure in told] == ["cloud"], "the copies in the two others may be good"
    stores[2].faults.unreachable = True
    with pytest.raises(NoCopyReachable):
        copies.read_bytes(CID, 1000)
    assert not any(isinstance(failure.error, LongerThanAsked) for failure in told)


def test_two_stores_of_one_domain_are_not_accepted_for_two_domains() -> None:
    pair = [MemoryStore("a", "ward"), MemoryStore("b", "ward")]
    with pytest.raises(PlacementImpossible):
        Copies(pair, RULE)
    with pytest.raises(StoreNameTaken):
        Copies([MemoryStore("a", "x"), MemoryStore("a", "y")], RULE)


def test_when_one_of_a_domain_is_down_the_other_takes_its_place() -> None:
    stores = [
        FaultyStore(MemoryStore("a", "ward")),
        FaultyStore(MemoryStore("b", "ward")),
        FaultyStore(MemoryStore("c", "swarm")),
    ]
    stores[0].faults.full = True
    assert stored(Copies(stores, RULE)) == ["b", "c"]
    stores[0].faults.full = False
    stores[2].faults.full = True
    with pytest.raises(StoreFull):
        Copies(stores, RULE).store(cid_of(b"other"), io.BytesIO(b"other"))


def many(count: int) -> dict[Cid, bytes]:
    return {cid_of(content): content for content in (os.urandom(2000) for _number in range(count))}


def test_many_are_stored_in_order_each_by_the_rule() -> None:
    stores = three_stores()
    contents = many(40)
    told: list[StoredCopies] = []
    opened = [(cid, partial(io.BytesIO, content)) for cid, content in contents.items()]
    result = Copies(stores, RULE).store_many(opened, on_stored=told.append)
    assert [stored.cid for stored in result] == list(contents)
    assert told == list(result)
    assert all(holds_good_copy(store, cid) for store in stores[:2] for cid in contents)


@pytest.mark.parametrize("bad", [0, 17, 39])
def test_of_many_with_one_bad_nothing_new_stays_and_what_was_there_does(bad: int) -> None:
    stores = three_stores()
    copies = Copies(stores, RULE)
    contents = many(40)
    cids = list(contents)
    copies.store(cids[5], io.BytesIO(contents[cids[5]]))
    contents[cids[bad]] += b"x"
    opened = [(cid, partial(io.BytesIO, content)) for cid, content in contents.items()]
    with pytest.raises(CidMismatch):
        copies.store_many(opened)
    assert [cid for cid in cids if holds_good_copy(stores[0], cid)] == [cids[5]]
    assert [cid for cid in cids if holds_good_copy(stores[1], cid)] == [cids[5]]


def test_discarding_removes_what_was_made_and_no_more() -> None:
    stores = three_stores()
    copies = Copies(stores, RULE)
    stores[0].put(CID, io.BytesIO(CONTENT))
    kept = copies.store(CID, io.BytesIO(CONTENT))
    assert kept.made_in == ("swarm",)
    copies.discard(kept)
    assert [holds_good_copy(store, CID) for store in stores] == [True, False, False]
