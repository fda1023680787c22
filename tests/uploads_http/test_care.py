"""Checks and mending as jobs: who may ask, what they find and do, and that they survive their runner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deploy.damage import flip_bit
from mendrec.domain.cid import cid_of
from mendrec.domain.limits import LIMITS
from mendrec.ports_uploads import JobKind, JobState
from tests.uploads_http.desk import Desk, Sealed

LEASE_S = 120


@pytest.fixture(scope="module")
def kept(clinic: Any) -> Sealed:
    """One record that is there."""
    desk = Desk(clinic)
    sealed = desk.seal(b"to be looked after")
    desk.upload(sealed)
    return sealed


def copies_of(desk: Desk, data: bytes) -> list[Path]:
    return sorted((desk.clinic.world.home / "stores").rglob(cid_of(data)))


def job(desk: Desk, answer: Any) -> dict[str, Any]:
    assert answer.status_code == 202, answer.json
    assert answer.json["state"] == "queued"
    desk.node.care.care_chore()
    told = desk.ask("GET", answer.headers["Location"]).json
    assert told is not None
    return dict(told)


def check(desk: Desk) -> dict[str, Any]:
    return job(desk, desk.ask("POST", f"/v1/patients/{desk.patient}/checks"))


@pytest.mark.parametrize(
    ("who", "checks", "mends"),
    [
        ("patient", 202, 403),
        ("north-hospital", 202, 202),
        ("south-hospital", 202, 202),
        ("gp", 403, 403),
        ("licensing-board", 403, 403),
        ("stranger", 403, 403),
        ("anonymous", 401, 401),
    ],
)
def test_who_may_ask(desk: Desk, kept: Sealed, who: str, checks: int, mends: int) -> None:
    other = desk.as_author(who)
    assert other.ask("POST", f"/v1/patients/{desk.patient}/checks").status_code == checks
    for url in ("/v1/mending", "/v1/mending/plans"):
        assert other.ask("POST", url, json={"patient": desk.patient}).status_code == mends
    desk.node.care.care_chore()


def test_a_check_finds_what_is_bad_and_mending_puts_it_right(desk: Desk, kept: Sealed) -> None:
    assert check(desk)["result"]["healthy"]
    bad = copies_of(desk, kept.payload)[0]
    flip_bit(bad)
    found = check(desk)
    assert (found["state"], found["result"]["healthy"], found["result"]["findings_count"]) == ("done", False, 1)
    assert found["result"]["findings"][0]["state"] == "damaged"
    operator = desk.as_author("north-hospital")
    plan = job(operator, operator.ask("POST", "/v1/mending/plans", json={}))
    assert [one["cid"] for one in plan["result"]["plan"]["copies"]] == [cid_of(kept.payload)]
    assert bad.read_bytes() != kept.payload, "a plan changes nothing"
    mended = job(operator, operator.ask("POST", "/v1/mending", json={"patient": desk.patient}))
    assert (mended["result"]["healthy"], len(mended["result"]["done"])) == (True, 1)
    assert bad.read_bytes() == kept.payload


def test_a_path_that_has_to_move_is_signed_by_the_operator(desk: Desk, kept: Sealed) -> None:
    """The recorded store takes no more: the copy goes elsewhere, and the worker, who has no key, says what to sign."""
    sealed = desk.seal(b"on its way elsewhere")
    place = desk.upload(sealed)["records"][0]
    entry = desk.node.ledger.entry(desk.patient, place["sequence"])
    recorded = next(store for store in desk.node.copies.stores if store.location == entry.location)
    folder = desk.clinic.world.home / "stores" / recorded.name
    folder.rename(folder.with_suffix(".away"))
    operator = desk.as_author("north-hospital")
    try:
        mended = job(operator, operator.ask("POST", "/v1/mending", json={"patient": desk.patient}))
    finally:
        folder.with_suffix(".away").rename(folder)
    move = next(one for one in mended["result"]["to_sign"] if one["sequence"] == place["sequence"])
    assert (move["from_location"], move["reason"]) == (entry.location, "UNREACHABLE")
    params = {
        "entries": [{"patient": move["patient"], "sequence": move["sequence"]}],
        "to_location": move["to_location"],
        "reason": move["reason"],
    }
    prepared = operator.ask("POST", "/v1/acts/preparations", json={"kind": "mend_paths", "params": params}).json
    assert prepared is not None
    signature = desk.clinic.wallet("north-hospital").sign_typed_data(prepared["typed_data"])
    act = {name: prepared[name] for name in ("contract", "function", "args", "nonce", "deadline_at")}
    taken = operator.ask("POST", "/v1/acts", json={**act, "signature": "0x" + signature.hex()})
    assert taken.status_code == 202, taken.json
    for _ in range(100):
        desk.work()
        if desk.node.ledger.entry(desk.patient, place["sequence"]).location == move["to_location"]:
            break
    else:
        raise AssertionError("the path was not moved")
    assert desk.ask("GET", desk.url(place, "payload")).data == sealed.payload


def test_jobs_are_told_to_those_they_concern(desk: Desk, kept: Sealed) -> None:
    asked = desk.as_author("north-hospital").ask("POST", f"/v1/patients/{desk.patient}/checks")
    url = asked.headers["Location"]
    seen = {who: desk.as_author(who).ask("GET", url).status_code for who in ("patient", "south-hospital", "gp")}
    assert seen == {"patient": 200, "south-hospital": 200, "gp": 404}
    assert desk.ask("GET", "/v1/jobs/" + "0" * 32).status_code == 404
    desk.node.care.care_chore()


def test_a_job_whose_runner_died_is_begun_anew_by_another(desk: Desk, kept: Sealed) -> None:
    care, now = desk.node.care, desk.clinic.clock.now()
    queued = care.ask_check(desk.patient, desk.patient)
    dead = care.jobs.claim(now=now, lease_s=LEASE_S)
    assert dead is not None
    assert dead.job_id == queued.job_id
    assert care.jobs.claim(now=now + LEASE_S - 1, lease_s=LEASE_S) is None, "its lease still holds"
    heir = care.jobs.claim(now=now + LEASE_S, lease_s=LEASE_S)
    assert heir is not None
    care.run(dead)
    assert care.job(desk.patient, queued.job_id).state is JobState.RUNNING, "who lost the lease writes nothing"
    care.run(heir)
    assert care.job(desk.patient, queued.job_id).state is JobState.DONE


def test_a_failed_read_has_its_record_mended_once(desk: Desk, kept: Sealed) -> None:
    care, jobs = desk.node.care, desk.node.care.jobs
    bad = copies_of(desk, kept.payload)
    flip_bit(bad[0])
    for _ in range(3):
        for store in desk.node.copies.stores:  # whichever is asked first, one of them meets the bad copy
            with desk.node.copies.open_verified(cid_of(kept.payload), prefer_stores=[store.name]) as file:
                assert file.read() == kept.payload
    waiting = jobs.waiting_like(JobKind.MEND, desk.patient, 0)
    assert waiting is not None
    assert care.care_chore() == 1
    assert jobs.waiting_like(JobKind.MEND, desk.patient, 0) is None
    assert all(path.read_bytes() == kept.payload for path in bad)


def test_everything_is_looked_after_on_schedule(desk: Desk, kept: Sealed) -> None:
    care, clock = desk.node.care, desk.clinic.clock
    assert care.check_every_hours == 24
    care.care_chore()
    began = clock.now()
    bad = copies_of(desk, kept.record.manifest_bytes)[0]
    flip_bit(bad)
    try:
        clock.freeze(began + 24 * 3600 - 10)
        assert care.care_chore() == 0
        clock.freeze(began + 24 * 3600)
        assert care.care_chore() == 1
        assert bad.read_bytes() == kept.record.manifest_bytes
        assert care.care_chore() == 0
    finally:
        clock.run_from(began)


def test_one_person_has_so_many_jobs_waiting_and_no_more(desk: Desk, kept: Sealed) -> None:
    url = f"/v1/patients/{desk.patient}/checks"
    answers = [desk.ask("POST", url).status_code for _ in range(LIMITS.jobs_open_max_count + 1)]
    assert answers == [202] * LIMITS.jobs_open_max_count + [429]
    desk.node.care.care_chore()
    assert desk.ask("POST", url).status_code == 202
