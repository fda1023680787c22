"""A job's lease holds for as long as it runs; a job that ends whoever runs it is given up in the end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from deploy.damage import flip_bit
from mendrec.adapters.db.care_rows import SqlJobRepository
from mendrec.domain.cid import cid_of
from mendrec.domain.errors import MendrecError
from mendrec.ports import BlobStore
from mendrec.ports_uploads import ChangedMeanwhile, Job, JobKind, JobState
from mendrec.services.care import CareService
from tests.uploads_http.desk import Desk, Sealed

LEASE_S = 120
TIMES = 5
LONG_S = 20.0


@pytest.fixture(scope="module")
def kept(clinic: Any) -> Sealed:
    """One record that is there."""
    desk = Desk(clinic)
    sealed = desk.seal(b"to be looked after for long")
    desk.upload(sealed)
    return sealed


class WatchedJobs:
    """The repository, and when a lease was renewed or found lost."""

    def __init__(self, jobs: Any) -> None:
        self._jobs = jobs
        self.renewed, self.lost = threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._jobs, name)

    def note(self, job: Job, progress: Mapping[str, Any], *, lease_until_at: int) -> Job:
        try:
            noted: Job = self._jobs.note(job, progress, lease_until_at=lease_until_at)
        except ChangedMeanwhile:
            self.lost.set()
            raise
        self.renewed.set()
        return noted


@pytest.fixture
def mending(desk: Desk, kept: Sealed) -> Iterator[tuple[CareService, WatchedJobs, Job]]:
    """A job that has one bad copy to mend, claimed."""
    desk.node.care.care_chore()  # what is due by itself is out of the way
    bad = min((desk.clinic.world.home / "stores").rglob(cid_of(kept.payload)))
    flip_bit(bad)
    jobs = WatchedJobs(desk.node.care.jobs)
    care = replace(desk.node.care, jobs=jobs, renew_every_s=0.005)
    care.ask_mending(desk.clinic.wallet("north-hospital").address, desk.patient)
    job = care.jobs.claim(now=care.clock.now(), lease_s=LEASE_S)
    assert job is not None
    yield care, jobs, job
    assert bad.read_bytes() == kept.payload


def while_copying(desk: Desk, monkeypatch: pytest.MonkeyPatch, then: Callable[[], object]) -> None:
    for kind in {type(store) for store in desk.node.copies.stores}:
        real = kind.put

        def put(self: BlobStore, *args: Any, real: Any = real, **more: Any) -> Any:
            then()
            return real(self, *args, **more)

        monkeypatch.setattr(kind, "put", put)


def test_the_lease_is_renewed_while_one_copy_takes_long(
    desk: Desk, mending: tuple[CareService, WatchedJobs, Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    care, jobs, job = mending
    seen: list[bool] = []

    def long_copy() -> None:
        jobs.renewed.clear()
        seen.append(jobs.renewed.wait(LONG_S))

    while_copying(desk, monkeypatch, long_copy)
    care.run(job)
    assert seen == [True]
    done = care.jobs.get(job.job_id)
    assert done is not None
    assert (done.state, done.result["healthy"]) == (JobState.DONE, True)


def test_who_lost_the_lease_while_mending_stops_and_writes_nothing(
    desk: Desk, mending: tuple[CareService, WatchedJobs, Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    care, jobs, job = mending
    heirs: list[Job | None] = []

    def taken_over() -> None:
        until_at = care.clock.now() + 3 * LEASE_S
        heirs.append(desk.node.care.jobs.claim(now=until_at, lease_s=LEASE_S))
        assert jobs.lost.wait(LONG_S)

    while_copying(desk, monkeypatch, taken_over)
    care.run(job)
    monkeypatch.undo()
    (heir,) = heirs
    assert heir is not None
    assert desk.node.care.jobs.get(job.job_id) == heir
    desk.node.care.run(heir)
    done = desk.node.care.jobs.get(job.job_id)
    assert done is not None
    assert done.state is JobState.DONE


def test_a_job_that_ends_its_worker_each_time_is_told_as_failed(desk: Desk, kept: Sealed) -> None:
    told: list[MendrecError] = []
    care, clock = replace(desk.node.care, told=lambda _job, error: told.append(error)), desk.clinic.clock
    care.care_chore()
    began, told[:] = clock.now(), []
    queued = care.ask_check(desk.patient, desk.patient)
    try:
        for times in range(TIMES):
            job = care.jobs.claim(now=began + times * LEASE_S, lease_s=LEASE_S)  # and its worker dies
            assert job is not None
            assert job.job_id == queued.job_id
        clock.freeze(began + TIMES * LEASE_S)
        assert care.care_chore() == 1
    finally:
        clock.run_from(began)
    answer = desk.ask("GET", f"/v1/jobs/{queued.job_id}").json
    assert answer is not None
    assert (answer["state"], answer["failure"]["code"]) == ("failed", "unavailable.job_given_up")
    assert [error.code for error in told] == ["unavailable.job_given_up"]
    assert care.care_chore() == 0


def test_the_beginnings_are_counted_whatever_is_noted(any_engine: Engine) -> None:
    jobs = SqlJobRepository(any_engine)
    jobs.add(Job("ab" * 16, JobKind.CHECK, None, None, None, JobState.QUEUED, 1, {}, {}, 10, 0, None))
    for times in range(1, 4):
        job = jobs.claim(now=times * LEASE_S, lease_s=LEASE_S)
        assert job is not None
        job = jobs.note(job, {"objects_done": 1, "bytes_read": 2}, lease_until_at=(times + 1) * LEASE_S)
        assert job.begun_count == times
        assert job.progress["objects_done"] == 1
