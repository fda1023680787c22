"""Storing an import's small objects together keeps every promise of storing them one by one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import BinaryIO

import pytest

from mendrec.domain.cid import RAW_BLOCK_MAX_BYTES, CidMismatch, cid_of
from mendrec.domain.model import Cid
from mendrec.domain.placement import PlacementRule
from mendrec.domain.storage_errors import StoreFull, StoreUnreachable
from mendrec.services.bulk_copies import store_fresh
from mendrec.services.copies import Copies, holds_good_copy
from tests.simulators.faulty_store import FaultyStore
from tests.simulators.memory_store import MemoryStore

RULE = PlacementRule(2, 2)
SIZES = (0, 1, 400, 2_000, RAW_BLOCK_MAX_BYTES, RAW_BLOCK_MAX_BYTES + 1, 3 * RAW_BLOCK_MAX_BYTES)


class FaultyBlocks(FaultyStore):
    """The faulty store, taking many at a time."""

    together = 0

    def put_blocks(self, blocks: Sequence[tuple[Cid, bytes]]) -> None:
        self.together += 1
        for cid, data in blocks:
            self.put(cid, BytesIO(data))

    def read_blocks(self, cids: Sequence[Cid]) -> Iterator[bytes]:
        for cid in cids:
            yield from self.read(cid)


def stores() -> list[FaultyBlocks]:
    return [FaultyBlocks(MemoryStore(name, name, number)) for number, name in enumerate(("a", "b", "c"), 1)]


def objects() -> list[tuple[Cid, Callable[[], BinaryIO]]]:
    contents = [os.urandom(size) for size in SIZES]
    return [(cid_of(data), lambda data=data: BytesIO(data)) for data in contents]  # type: ignore[misc]


def held(store: FaultyBlocks) -> set[Cid]:
    return set(store._inner.blobs)  # type: ignore[attr-defined]


def test_every_object_is_in_two_domains_and_the_answer_is_in_the_order_asked() -> None:
    places = stores()
    asked = objects()
    stored = store_fresh(Copies(places, RULE), asked)
    assert [one.cid for one in stored] == [cid for cid, _ in asked]
    assert [place.together for place in places] == [1, 1, 0]
    for one in stored:
        assert {place.name for place in one.stores} == {"a", "b"} == set(one.made_in)
        assert all(holds_good_copy(store, one.cid) for store in places[:2])


@pytest.mark.parametrize("broken", [0, 1])
@pytest.mark.parametrize("fault", ["unreachable", "full", "read_only", "lies_about_success", "stores_rubbish"])
def test_a_store_that_fails_is_replaced_by_another(broken: int, fault: str) -> None:
    places = stores()
    setattr(places[broken].faults, fault, True)
    stored = store_fresh(Copies(places, RULE), objects())
    others = [place for at, place in enumerate(places) if at != broken]
    for one in stored:
        assert {place.name for place in one.stores} == {place.name for place in others}
        assert all(holds_good_copy(store, one.cid) for store in others)


def test_a_copy_that_does_not_read_back_does_not_count() -> None:
    places = stores()
    asked = objects()
    places[1].faults.before_each_call = _truncate_when_read(places[1], asked[2][0])
    stored = store_fresh(Copies(places, RULE), asked)
    bad = next(one for one in stored if one.cid == asked[2][0])
    assert {place.name for place in bad.stores} == {"a", "c"}


def test_where_the_rule_cannot_be_met_nothing_is_left() -> None:
    places = stores()
    for place in places[1:]:
        place.faults.full = True
    with pytest.raises(StoreFull):
        store_fresh(Copies(places, RULE), objects())
    assert not any(held(place) for place in places)


def test_a_large_object_that_fails_takes_the_small_ones_with_it() -> None:
    places = stores()
    asked = objects()
    large = asked[-1][0]

    def refuse(method: str, cid: Cid) -> None:
        if method == "put" and cid == large:
            raise StoreUnreachable("Away.")

    for place in places:
        place.faults.before_each_call = refuse
    with pytest.raises(StoreUnreachable):
        store_fresh(Copies(places, RULE), asked)
    assert not any(held(place) for place in places)


def test_bytes_of_another_name_are_refused_before_anything_is_stored() -> None:
    places = stores()
    asked = [*objects(), (cid_of(b"named"), lambda: BytesIO(b"other"))]
    with pytest.raises(CidMismatch):
        store_fresh(Copies(places, RULE), asked)
    assert not any(held(place) for place in places)


def test_stores_that_take_one_at_a_time_are_used_one_at_a_time() -> None:
    places = [FaultyStore(MemoryStore("a", "a", 1)), FaultyBlocks(MemoryStore("b", "b", 2))]
    stored = store_fresh(Copies(places, RULE), objects())
    assert all({place.name for place in one.stores} == {"a", "b"} for one in stored)
    assert places[1].together == 0  # type: ignore[attr-defined]


def _truncate_when_read(store: FaultyBlocks, bad: Cid) -> Callable[[str, Cid], None]:
    def before(method: str, cid: Cid) -> None:
        if method == "read" and cid == bad and bad in held(store):
            store.faults.truncated.add(bad)

    return before
