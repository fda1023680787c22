"""Mending: what is planned and done for each kind of damage, and what is never done."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mendrec.domain.errors import UnavailableError
from mendrec.domain.health import EntryRef, Health
from mendrec.domain.mending import PathMove, Why
from mendrec.domain.model import MendReason
from mendrec.domain.placement import PlacementRule
from mendrec.domain.storage_errors import StoreFault
from mendrec.services.copies import holds_good_copy
from mendrec.services.mend import Mender, StepResult
from tests.mending.world import PATIENT, World, three_stores
from tests.simulators.faulty_store import FaultyStore
from tests.simulators.memory_store import MemoryStore

ENTRY = EntryRef(PATIENT, 0)


def healthy(world: World) -> bool:
    return set(world.states().values()) == {"healthy"}


def test_a_healthy_world_is_left_alone() -> None:
    stores = three_stores()
    world = World(stores)
    for store in stores:
        store.calls.clear()
    result = world.mender().run(world.objects)
    assert result.is_healthy
    assert result.done == ()
    assert {method for store in stores for method, _cid in store.calls} == {"read"}


@pytest.mark.parametrize("switch", ["flipped", "truncated", "missing"])
@pytest.mark.parametrize("where", [0, 1])
def test_a_bad_copy_is_mended_in_place_and_the_path_stays(switch: str, where: int) -> None:
    stores = three_stores()
    world = World(stores)
    getattr(stores[where].faults, switch).update(world.cids)
    assert not healthy(world)
    result = world.mender().run(world.objects)
    assert result.is_healthy
    assert len(result.done) == len(world.cids)
    assert world.chain.history == []
    assert all(holds_good_copy(stores[where], cid) for cid in world.cids)


def test_a_store_that_stopped_is_replaced_and_the_path_moved_with_its_reason() -> None:
    stores = three_stores()
    world = World(stores)
    stores[0].faults.unreachable = True
    result = world.mender().run(world.objects)
    assert result.is_healthy
    assert world.chain.history == [(ENTRY, 2, MendReason.UNREACHABLE)]
    assert all(holds_good_copy(stores[2], cid) for cid in world.cids)


def test_when_the_store_is_back_nothing_is_deleted_and_nothing_moves_again() -> None:
    stores = three_stores()
    world = World(stores)
    stores[0].faults.unreachable = True
    world.mender().run(world.objects)
    stores[0].faults.unreachable = False
    assert world.mender().run(world.objects).done == ()
    assert all(holds_good_copy(store, cid) for store in stores for cid in world.cids)
    assert len(world.chain.history) == 1


def test_a_stopped_store_off_the_path_moves_no_path() -> None:
    stores = three_stores()
    world = World(stores)
    stores[1].faults.unreachable = True
    result = world.mender().run(world.objects)
    assert result.is_healthy
    assert world.chain.history == []


@pytest.mark.parametrize(("damage", "reason"), [("flipped", MendReason.DAMAGED), ("missing", MendReason.MISSING)])
@pytest.mark.parametrize("refusal", ["full", "read_only", "lies_about_success", "stores_rubbish"])
def test_a_bad_copy_that_cannot_be_written_over_moves_the_path(damage: str, reason: MendReason, refusal: str) -> None:
    stores = three_stores()
    world = World(stores)
    getattr(stores[0].faults, damage).update(world.cids)
    setattr(stores[0].faults, refusal, True)
    result = world.mender().run(world.objects)
    assert [(entry, location) for entry, location, _reason in world.chain.history] == [(ENTRY, 2)]
    # Rubbish written over a missing copy is damage by the time that the path is moved.
    expected = MendReason.DAMAGED if refusal == "stores_rubbish" else reason
    assert world.chain.history[0][2] is expected
    assert all(holds_good_copy(stores[1], cid) and holds_good_copy(stores[2], cid) for cid in world.cids)
    assert {failed.step.target for failed in result.failed if hasattr(failed.step, "target")} == {"ward"}
    if damage == "flipped" or refusal == "stores_rubbish":
        assert any("ward gives wrong bytes" in one.text for one in result.cannot)
    else:
        assert result.is_healthy


def test_one_bad_object_moves_the_path_only_to_a_store_that_holds_all_of_the_entry() -> None:
    stores = three_stores()
    world = World(stores)
    stores[1].faults.missing.update(world.cids[1:])
    stores[0].faults.unreachable = True
    for cid in world.cids[1:]:
        stores[2].put(cid, io.BytesIO(world.contents[cid]))
    result = world.mender().run(world.objects)
    assert result.is_healthy
    to_location = world.chain.location_of[ENTRY]
    assert all(holds_good_copy(stores[to_location - 1], cid) for cid in world.cids)


def test_the_recorded_copy_is_put_back_even_where_the_rule_holds_without_it() -> None:
    stores = three_stores()
    world = World(stores)
    for cid, content in world.contents.items():
        stores[2].put(cid, io.BytesIO(content))
    stores[0].delete(world.payload)
    assert world.states()[world.payload] == "degraded"
    assert world.mender().run(world.objects).is_healthy
    assert holds_good_copy(stores[0], world.payload)
    assert world.chain.history == []


def test_a_copy_goes_back_to_the_store_that_was_told_to_keep_it() -> None:
    ward, swarm, cloud = three_stores()
    world = World([ward, swarm, cloud])
    world.stores = [ward, cloud, swarm]
    swarm.delete(world.payload)
    _report, plan = world.mender().plan(world.objects())
    assert [(step.target, step.why) for step in plan.copies] == [("swarm", Why.MISSING)]


def test_no_path_moves_to_a_store_without_a_location_or_to_one_that_takes_only_part_of_the_entry() -> None:
    stores = [
        FaultyStore(MemoryStore("ward", "ward", 1)),
        FaultyStore(MemoryStore("swarm", "swarm", 2)),
        FaultyStore(MemoryStore("archive", "archive", None)),
    ]
    world = World(stores)
    stores[2].put(world.payload, io.BytesIO(world.contents[world.payload]))
    stores[1].delete(world.payload)
    stores[1].faults.full = True
    stores[0].faults.unreachable = True
    result = world.mender().run(world.objects)
    assert world.chain.history == []
    assert any("no store with a location can replace it" in one.text for one in result.cannot)
    assert all(holds_good_copy(stores[2], cid) for cid in world.cids)


def test_what_a_run_does_not_touch_is_checked_once() -> None:
    stores = three_stores()
    world = World(stores, records=5)
    stores[1].delete(world.payload)
    for store in stores:
        store.calls.clear()
    assert world.mender().run(world.objects).is_healthy
    untouched = world.cids[3:]
    assert all(stores[0].calls.count(("read", cid)) == 1 for cid in untouched)


def test_no_path_moves_away_from_the_only_copy() -> None:
    stores = three_stores()
    world = World(stores)
    stores[1].delete(world.payload)
    stores[0].faults.unreachable = True
    result = world.mender().run(world.objects)
    assert world.chain.history == []
    assert any("no good copy answers now" in one.text for one in result.cannot)
    stores[0].faults.unreachable = False
    assert world.mender().run(world.objects).is_healthy


def test_what_is_lost_is_said_and_the_rest_is_mended() -> None:
    stores = three_stores()
    world = World(stores)
    for store in stores:
        store.delete(world.payload)
    stores[1].faults.flipped.add(world.cids[1])
    result = world.mender().run(world.objects)
    assert world.states() == {world.payload: "lost", world.cids[1]: "healthy", world.cids[2]: "healthy"}
    assert [one.state for one in result.cannot] == [Health.LOST]
    assert result.after.records() == {ENTRY.label: Health.LOST}


def test_two_stores_of_one_domain_are_not_two_domains() -> None:
    stores = [
        FaultyStore(MemoryStore("disk-1", "ward", 1)),
        FaultyStore(MemoryStore("swarm", "swarm", 2)),
        FaultyStore(MemoryStore("disk-2", "ward", 3)),
    ]
    world = World(stores)
    stores[1].faults.unreachable = True
    result = world.mender().run(world.objects)
    assert not result.is_healthy
    assert set(world.states().values()) == {"degraded"}
    assert any("failure domains short" in one.text for one in result.cannot)


def test_a_good_copy_is_never_written_over() -> None:
    """The plan is made, another node mends the copy meanwhile, and then the plan is applied."""
    stores = three_stores()
    world = World(stores)
    stores[1].faults.flipped.add(world.payload)
    mender = world.mender()
    _report, plan = mender.plan(world.objects())
    stores[1].faults.flipped.clear()
    stores[1].calls.clear()
    results = mender.apply(plan)
    assert [result.was_good_already for result in results] == [True]
    assert ("put", world.payload) not in stores[1].calls


def test_a_path_is_not_moved_to_a_copy_that_went_bad_after_the_plan() -> None:
    stores = three_stores()
    world = World(stores)
    stores[0].faults.unreachable = True
    mender = world.mender()
    _report, plan = mender.plan(world.objects())
    assert plan.moves[0].to_store == "swarm"
    stores[1].faults.flipped.add(world.cids[2])
    results = mender.apply(plan)
    assert world.chain.history == []
    assert [type(one.error) for one in results if one.step is plan.moves[0]] == [StoreFault]


def test_a_chain_that_refuses_is_reported_and_not_asked_for_ever() -> None:
    stores = three_stores()
    world = World(stores)
    stores[0].faults.unreachable = True

    def refuse() -> None:
        raise UnavailableError("The chain does not answer.")

    world.chain.before_move = refuse
    result = world.mender().run(world.objects)
    assert {type(one.error) for one in result.failed} == {UnavailableError}
    assert 1 <= len(result.failed) <= 2
    world.chain.before_move = lambda: None
    assert world.mender().run(world.objects).is_healthy


def test_an_index_that_does_not_show_the_new_path_yet_ends_the_run() -> None:
    stores = three_stores()
    world = World(stores)
    stores[0].faults.unreachable = True
    stale = list(world.objects())
    moved: list[PathMove] = []

    class Mover:
        def move_paths(self, moves: Sequence[PathMove]) -> None:
            moved.extend(moves)

    result = Mender(world.copies(), Mover()).run(lambda: stale)
    assert not result.is_healthy
    assert 1 <= len(moved) <= 2


def test_every_step_is_told() -> None:
    stores = three_stores()
    world = World(stores)
    stores[0].faults.unreachable = True
    told: list[StepResult] = []
    result = Mender(world.copies(), world.chain, on_step=told.append).run(world.objects)
    assert tuple(told) == result.done
    assert [type(one.step).__name__ for one in told] == ["CopyStep"] * 3 + ["PathMove"]


def test_a_plan_says_in_words_what_it_would_do() -> None:
    stores = three_stores()
    world = World(stores)
    stores[0].faults.unreachable = True
    _report, plan = world.mender().plan(world.objects())
    assert plan.lines() == [
        *(f"{ENTRY.label}: copy {cid} from swarm to cloud: there are too few good copies" for cid in world.cids),
        f"{ENTRY.label}: move the path on chain from location 1 to 2 (swarm): unreachable",
    ]


damages = st.sampled_from(["flipped", "truncated", "missing", "deleted", "none", "none"])


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.lists(st.tuples(damages, damages, damages), min_size=3, max_size=3), st.sampled_from([None, 0, 1, 2]))
def test_whatever_is_damaged_is_whole_again_where_a_good_copy_and_enough_stores_are_left(
    damage: list[tuple[str, str, str]], down: int | None
) -> None:
    stores = three_stores()
    world = World(stores, PlacementRule(2, 2))
    for cid, per_store in zip(world.cids, damage, strict=True):
        for store, kind in zip(stores, per_store, strict=True):
            if kind == "deleted":
                store.delete(cid)
            elif kind != "none":
                getattr(store.faults, kind).add(cid)
    if down is not None:
        stores[down].faults.unreachable = True
    before = world.states()
    result = world.mender().run(world.objects)
    after = world.states()
    for cid in world.cids:
        if before[cid] in ("lost", "unreachable"):
            assert after[cid] == before[cid]
        elif all(state not in ("lost", "unreachable") for state in before.values()):
            assert after[cid] == "healthy", (before, after, result.cannot)
        else:
            assert after[cid] in ("healthy", "degraded")
    again = world.mender().run(world.objects)
    assert [one for one in again.done if not one.was_good_already] == []


def test_every_single_and_double_fault_is_mended_or_named() -> None:
    kinds = ["flipped", "missing"]
    for first, second in product(kinds, repeat=2):
        for cid_number in range(3):
            stores = three_stores()
            world = World(stores, PlacementRule(3, 3))
            cid = world.cids[cid_number]
            getattr(stores[0].faults, first).add(cid)
            getattr(stores[1].faults, second).add(cid)
            assert world.mender().run(world.objects).is_healthy
            assert healthy(world)
