"""A mender that is killed at any point is finished by the next one.

Every call to a store and to the chain is a point: the run is killed just before it, and, for the chain, just after.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mendrec.domain.model import Cid
from mendrec.services.copies import holds_good_copy
from tests.mending.world import World, three_stores
from tests.simulators.faulty_store import FaultyStore


class PowerCut(BaseException):
    """Nothing may catch this, as nothing can catch a power cut."""


class Fuse:
    """Blows at the n-th point."""

    def __init__(self, at: int) -> None:
        self.left = at

    def point(self, *_what: object) -> None:
        if self.left == 0:
            raise PowerCut
        self.left -= 1


def flip_in_two(stores: list[FaultyStore], cids: list[Cid]) -> None:
    stores[0].faults.flipped.add(cids[0])
    stores[1].faults.missing.add(cids[1])


def stop_the_first(stores: list[FaultyStore], _cids: list[Cid]) -> None:
    stores[0].faults.unreachable = True


def first_is_damaged_and_full(stores: list[FaultyStore], cids: list[Cid]) -> None:
    stores[0].faults.missing.update(cids)
    stores[0].faults.full = True


@pytest.mark.parametrize("damage", [flip_in_two, stop_the_first, first_is_damaged_and_full])
def test_killed_at_any_call_the_next_run_finishes(damage: Callable[[list[FaultyStore], list[Cid]], None]) -> None:
    points = 0
    while True:
        stores = three_stores()
        world = World(stores)
        damage(stores, world.cids)
        fuse = Fuse(points)
        for store in stores:
            store.faults.before_each_call = fuse.point
        world.chain.before_move = world.chain.after_move = fuse.point
        try:
            world.mender().run(world.objects)
            finished_unharmed = True
        except PowerCut:
            finished_unharmed = False
        fuse.left = -1  # from here on nothing is cut
        if damage is not stop_the_first:
            assert all(any(holds_good_copy(store, cid) for store in stores) for cid in world.cids)
        assert world.mender().run(world.objects).is_healthy
        assert set(world.states().values()) == {"healthy"}
        assert len(world.chain.history) <= 1
        if finished_unharmed:
            break
        points += 1
    assert points > 10
