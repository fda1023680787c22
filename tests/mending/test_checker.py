"""The check: by content, told apart, and without writing."""

from __future__ import annotations

import pytest

from mendrec.domain.cid import RAW_BLOCK_MAX_BYTES, cid_of
from mendrec.domain.health import EntryRef, Health, ObjectRole, ObjectToCheck, Outcome
from mendrec.domain.limits import Limits
from mendrec.services.check import GIVE_UP_AFTER, Checker, CheckProgress
from tests.mending.world import PATIENT, RULE, EndlessStore, World, three_stores
from tests.simulators.memory_store import MemoryStore


def outcomes(world: World) -> dict[str, str]:
    report = next(iter(world.checker().check_each(world.objects())))
    return {finding.place.name: finding.outcome.value for finding in report.findings}


def test_each_kind_of_damage_is_told_apart() -> None:
    stores = three_stores()
    world = World(stores)
    assert outcomes(world) == {"ward": "good", "swarm": "good", "cloud": "missing"}
    stores[0].faults.flipped.add(world.payload)
    stores[1].faults.missing.add(world.payload)
    stores[2].faults.unreachable = True
    assert outcomes(world) == {"ward": "wrong", "swarm": "missing", "cloud": "unreachable"}


@pytest.mark.parametrize(
    ("switch", "outcome"),
    [("truncated", Outcome.WRONG), ("breaks_off", Outcome.UNREACHABLE), ("flipped", Outcome.WRONG)],
)
def test_a_partial_answer_is_wrong_and_a_broken_connection_is_not(switch: str, outcome: Outcome) -> None:
    stores = three_stores()
    world = World(stores)
    getattr(stores[0].faults, switch).add(world.payload)
    assert outcomes(world)["ward"] == outcome


def test_a_store_that_never_ends_is_wrong_and_not_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Limits(payload_max_bytes=2 * RAW_BLOCK_MAX_BYTES)
    monkeypatch.setattr("mendrec.domain.cid.LIMITS", small)
    for content, bound in ((b"one block", RAW_BLOCK_MAX_BYTES), (bytes(400_000), small.object_max_bytes)):
        endless = EndlessStore("a", "x")
        subject = ObjectToCheck(cid_of(content), ObjectRole.PAYLOAD, EntryRef(PATIENT, 0))
        report = Checker([endless, MemoryStore("b", "y")], RULE).check([subject]).objects[0]
        assert [finding.outcome for finding in report.findings] == [Outcome.WRONG, Outcome.MISSING]
        assert bound < endless.sent_bytes <= bound + 65_536


def test_a_check_never_writes() -> None:
    stores = three_stores()
    world = World(stores)
    stores[0].faults.flipped.add(world.payload)
    stores[1].faults.missing.add(world.payload)
    for store in stores:
        store.calls.clear()
    world.checker().check(world.objects())
    world.mender().plan(world.objects())
    assert {method for store in stores for method, _cid in store.calls} == {"read"}


def test_a_store_that_never_answers_is_not_asked_for_every_object() -> None:
    stores = three_stores()
    world = World(stores, records=5)
    stores[1].faults.unreachable = True
    stores[1].calls.clear()
    report = world.checker().check(world.objects())
    assert len(stores[1].calls) == GIVE_UP_AFTER
    assert all(len(found.places(Outcome.UNREACHABLE)) == 1 for found in report.objects)


def test_a_store_that_answers_in_between_is_asked_on() -> None:
    stores = three_stores()
    world = World(stores, records=3)
    stores[1].faults.breaks_off.update(world.cids[::2])
    stores[1].calls.clear()
    world.checker().check(world.objects())
    assert len(stores[1].calls) == len(world.cids)


def test_an_object_that_many_records_share_is_fetched_once_and_reported_for_each() -> None:
    stores = three_stores()
    world = World(stores)
    entries = [EntryRef(PATIENT, number) for number in range(4)]
    for store in stores:
        store.calls.clear()
    report = world.checker().check(
        ObjectToCheck(world.payload, ObjectRole.ENVELOPES, entry, None, 1) for entry in entries
    )
    assert [len(store.calls) for store in stores] == [1, 1, 1]
    assert list(report.records()) == [entry.label for entry in entries]


def test_a_path_to_another_nodes_location_is_never_called_lost() -> None:
    stores = three_stores()
    world = World(stores)
    elsewhere = ObjectToCheck(world.payload, ObjectRole.PAYLOAD, EntryRef(PATIENT, 0), None, recorded_location=99)
    assert world.checker().check([elsewhere]).objects[0].state is Health.HEALTHY
    for store in stores:
        store.faults.missing.add(world.payload)
    assert world.checker().check([elsewhere]).objects[0].state is Health.UNREACHABLE


def test_never_stored_is_told_from_lost() -> None:
    world = World(three_stores())
    unknown = world.payload
    for store in world.stores:
        store.delete(unknown)
    never = ObjectToCheck(unknown, ObjectRole.PAYLOAD, EntryRef(PATIENT, 0))
    told = ObjectToCheck(unknown, ObjectRole.PAYLOAD, EntryRef(PATIENT, 0), expected_stores=("swarm",))
    anchored = ObjectToCheck(unknown, ObjectRole.PAYLOAD, EntryRef(PATIENT, 0), recorded_location=2)
    states = [report.state for report in world.checker().check([never, told, anchored]).objects]
    assert states == [Health.NEVER_STORED, Health.LOST, Health.LOST]


def test_progress_tells_objects_and_bytes() -> None:
    world = World(three_stores())
    told: list[CheckProgress] = []
    Checker(world.stores, world.rule, on_progress=told.append).check(world.objects())
    assert [progress.objects_done for progress in told] == [1, 2, 3]
    assert told[-1].bytes_read == 2 * sum(len(content) for content in world.contents.values())


def test_reports_are_json_safe() -> None:
    world = World(three_stores())
    report = world.checker().check(world.objects()).as_dict()
    assert report["healthy"] is True
    assert report["counts"] == {"healthy": 3}
    assert report["records"] == {f"{PATIENT}/0": "healthy"}
