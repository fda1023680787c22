"""What the patient is told of their copies: as found last, what was mended, and the jobs that did it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.damage import flip_bit
from mendrec.domain.cid import cid_of
from tests.uploads_http.desk import Desk, Sealed


@pytest.fixture(scope="module")
def kept(clinic: Any) -> Sealed:
    """One record that is there, and a batch of two."""
    desk = Desk(clinic)
    desk.node.care.care_chore()  # what the node has due by itself, which would mend before a test has looked
    sealed = desk.seal(b"to be looked after")
    desk.upload(sealed)
    clinic.upload(b"sodium", b"potassium")
    return sealed


def copies_of(desk: Desk, data: bytes) -> list[Path]:
    return sorted((desk.clinic.world.home / "stores").rglob(cid_of(data)))


def told(desk: Desk, what: str = "copies", who: str = "patient", query: str = "") -> Mapping[str, Any]:
    answer = desk.as_author(who).ask("GET", f"/v1/patients/{desk.patient}/{what}{query}")
    assert answer.status_code == 200, answer.json
    found: Mapping[str, Any] = answer.json
    return found


def check(desk: Desk) -> None:
    desk.ask("POST", f"/v1/patients/{desk.patient}/checks")
    desk.node.care.care_chore()


def test_before_a_check_nothing_is_known_and_said_so(desk: Desk, kept: Sealed) -> None:
    found = told(desk)
    assert [(one["sequence"], one["leaf_index"]) for one in found["items"]] == [(0, None), (1, 0), (1, 1)]
    assert {one["state"] for one in found["items"]} == {"unchecked"}
    assert [one["checked_at"] for one in found["items"]] == [None] * 3
    assert found["records_by_state"] == {"unchecked": 3}


def test_what_a_check_found_is_told_of_each_copy(desk: Desk, kept: Sealed) -> None:
    check(desk)
    found = told(desk)
    assert found["records_by_state"] == {"healthy": 3}
    single, *batch = found["items"]
    assert {one["role"] for one in single["objects"]} == {"payload", "manifest", "envelopes"}
    assert all({one["role"] for one in record["objects"]} >= {"batch-list", "payload"} for record in batch)
    stores = {store.name for store in desk.node.copies.stores}
    for record in found["items"]:
        assert record["state"] == "healthy"
        assert abs(record["checked_at"] - desk.clinic.clock.now()) < 60
        assert all(set(one["copies"]) == stores for one in record["objects"])


def test_a_place_of_the_registry_is_told_with_the_name_of_this_node_s_store_there(desk: Desk, kept: Sealed) -> None:
    answer = desk.ask("GET", "/v1/locations")
    told_names = {one["number"]: one["store"] for one in answer.json["items"]}
    own = {store.location: store.name for store in desk.node.copies.stores if store.location is not None}
    assert own
    assert told_names == {number: own.get(number) for number in told_names}


def test_pages_leave_nothing_out(desk: Desk, kept: Sealed) -> None:
    seen, cursor = [], ""
    while True:
        page = told(desk, query=f"?limit=1{cursor}")
        assert (page["records_by_state"] is None) == bool(cursor)
        seen += [(one["sequence"], one["leaf_index"]) for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [(0, None), (1, 0), (1, 1)]


def test_damage_and_its_mending_are_told(desk: Desk, kept: Sealed) -> None:
    bad = copies_of(desk, kept.payload)[0]
    flip_bit(bad)
    check(desk)
    found = told(desk)
    assert found["records_by_state"] == {"healthy": 2, "damaged": 1}
    payload = next(one for one in found["items"][0]["objects"] if one["role"] == "payload")
    assert payload["state"] == found["items"][0]["state"] == "damaged"
    (store,) = [name for name, outcome in payload["copies"].items() if outcome == "wrong"]

    asked = desk.as_author("north-hospital").ask("POST", "/v1/mending", json={})
    desk.node.care.care_chore()
    assert told(desk)["records_by_state"] == {"healthy": 3}
    newest = told(desk, "mendings")["items"][0]
    assert newest == {
        "at": newest["at"],
        "sequence": 0,
        "leaf_index": None,
        "kind": "copy",
        "role": "payload",
        "store": store,
        "from_location": None,
        "to_location": None,
        "reason": "damaged",
        "job_id": asked.json["job_id"],
    }
    count = len(told(desk, "mendings")["items"])
    desk.as_author("north-hospital").ask("POST", "/v1/mending", json={})
    desk.node.care.care_chore()
    assert len(told(desk, "mendings")["items"]) == count, "nothing was mended, so nothing is told"


def test_what_was_mended_from_the_command_line_is_told_too(desk: Desk, kept: Sealed) -> None:
    flip_bit(copies_of(desk, kept.record.manifest_bytes)[0])
    node = desk.node
    mender = node.mender(desk.clinic.wallet("north-hospital"))
    node.checker().check(node.inventory.of([desk.patient]))
    assert told(desk)["records_by_state"] == {"healthy": 2, "damaged": 1}
    mender.run(lambda: list(node.inventory.of([desk.patient])))
    assert told(desk)["records_by_state"] == {"healthy": 3}
    newest = told(desk, "mendings")["items"][0]
    assert (newest["role"], newest["reason"], newest["job_id"]) == ("manifest", "damaged", None)


def test_a_path_that_was_moved_is_told_with_its_reason(desk: Desk, kept: Sealed) -> None:
    node, operator = desk.node, desk.clinic.wallet("north-hospital")
    recorded = node.ledger.entry(desk.patient, 1).location
    folder = desk.clinic.world.home / "stores" / next(s.name for s in node.copies.stores if s.location == recorded)
    folder.rename(folder.with_suffix(".away"))
    try:
        node.mender(operator).run(lambda: list(node.inventory.of([desk.patient])))
    finally:
        folder.with_suffix(".away").rename(folder)
    moved = [one for one in told(desk, "mendings")["items"] if one["kind"] == "path"]
    assert {one["sequence"] for one in moved} == {0, 1}
    assert {one["from_location"] for one in moved} == {recorded}
    assert {one["reason"] for one in moved} == {"unreachable"}
    assert all(one["to_location"] not in {None, recorded} and one["store"] is None for one in moved)
    everything = told(desk, "mendings")["items"]
    seen, cursor = [], ""
    while True:
        page = told(desk, "mendings", query=f"?limit=2{cursor}")
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == everything


def test_who_is_told(desk: Desk, kept: Sealed) -> None:
    for what in ("copies", "mendings"):
        for who, status in (("north-hospital", 200), ("gp", 403), ("licensing-board", 403), ("anonymous", 401)):
            answer = desk.as_author(who).ask("GET", f"/v1/patients/{desk.patient}/{what}")
            assert answer.status_code == status, (what, who)
        nobody = desk.as_author("gp").ask("GET", f"/v1/patients/0x{'ab' * 20}/{what}").json
        hidden = desk.as_author("gp").ask("GET", f"/v1/patients/{desk.patient}/{what}").json
        assert nobody["code"] == hidden["code"] == "refused.not_yours"


def test_jobs_are_listed_to_those_they_concern(desk: Desk, kept: Sealed) -> None:
    operator = desk.as_author("north-hospital")
    plan = operator.ask("POST", "/v1/mending/plans", json={}).json
    check(desk)
    own = desk.ask("GET", "/v1/jobs").json["items"]
    every = operator.ask("GET", "/v1/jobs").json["items"]
    assert {one["patient"] for one in own} == {desk.patient}
    assert plan["job_id"] in {one["job_id"] for one in every} - {one["job_id"] for one in own}
    assert [one["created_at"] for one in every] == sorted((one["created_at"] for one in every), reverse=True)
    assert all(one["result"] is None or one["result"]["plan"] is None for one in every)
    assert desk.as_author("gp").ask("GET", "/v1/jobs").json["items"] == []
    seen, cursor = [], ""
    while True:
        page = operator.ask("GET", f"/v1/jobs?limit=2{cursor}").json
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == every


def test_what_was_found_survives_a_rebuild_of_the_index(desk: Desk, kept: Sealed) -> None:
    before = told(desk)
    desk.node.index.rebuild()
    assert told(desk) == before
