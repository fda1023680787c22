"""Jobs that check and mend copies: :class:`mendrec.ports_uploads.JobRepository`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from mendrec.adapters.db.engine import reading, writing
from mendrec.adapters.db.tables import object_copies
from mendrec.adapters.db.tables_uploads import care_jobs as jobs
from mendrec.domain.model import Address, Cid
from mendrec.ports_uploads import BEGUN_COUNT, ChangedMeanwhile, Job, JobKind, JobState

_OPEN = (JobState.QUEUED.value, JobState.RUNNING.value)


class SqlJobRepository:
    """See the port for what each method promises."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, job: Job) -> None:
        """Adds a job."""
        columns = asdict(job) | {"kind": job.kind.value, "state": job.state.value}
        with writing(self._engine) as connection:
            connection.execute(insert(jobs).values(columns))

    def get(self, job_id: str) -> Job | None:
        """One job."""
        return self._first(jobs.c.job_id == job_id)

    def page(self, *, of: Address | None, before: tuple[int, str] | None, limit: int) -> Sequence[Job]:
        """By falling time."""
        place = (jobs.c.created_at, jobs.c.job_id)
        query = select(jobs).order_by(*(column.desc() for column in place)).limit(limit)
        if of is not None:
            query = query.where(or_(jobs.c.asked_by == of, jobs.c.patient == of))
        if before is not None:
            query = query.where(tuple_(*place) < tuple_(*before))
        with reading(self._engine) as connection:
            return [_job(found) for found in connection.execute(query).mappings()]

    def waiting_like(self, kind: JobKind, patient: Address | None, sequence: int | None) -> Job | None:
        """One that waits and would do the same."""
        return self._first(
            jobs.c.state == JobState.QUEUED.value,
            jobs.c.kind == kind.value,
            jobs.c.patient.is_(None) if patient is None else jobs.c.patient == patient,
            jobs.c.sequence.is_(None) if sequence is None else jobs.c.sequence == sequence,
        )

    def open_of(self, asked_by: Address) -> int:
        """How many of a person's are not over."""
        query = select(func.count()).select_from(jobs).where(jobs.c.asked_by == asked_by, jobs.c.state.in_(_OPEN))
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())

    def last_own(self, kind: JobKind) -> Job | None:
        """The newest over everything that nobody asked for."""
        return self._first(jobs.c.kind == kind.value, jobs.c.asked_by.is_(None), jobs.c.patient.is_(None), newest=True)

    def claim(self, *, now: int, lease_s: int) -> Job | None:
        """Compares and sets: of two that claim at once, one gets the job. Counts how often it was begun."""
        free = or_(
            jobs.c.state == JobState.QUEUED.value,
            and_(jobs.c.state == JobState.RUNNING.value, jobs.c.lease_until_at <= now),
        )
        with writing(self._engine) as connection:
            query = select(jobs).where(free).order_by(jobs.c.created_at, jobs.c.job_id).limit(1)
            found = connection.execute(query).mappings().first()
            if found is None:
                return None
            job = _job(found)
            begun = {**job.progress, BEGUN_COUNT: job.begun_count + 1}
            values = {"state": JobState.RUNNING.value, "lease_until_at": now + lease_s, "progress": begun}
            return _reread(connection, job) if _set(connection, job, values) else None

    def note(self, job: Job, progress: Mapping[str, Any], *, lease_until_at: int) -> Job:
        """Notes progress and renews the lease; the count of beginnings stays."""
        kept = {**progress, BEGUN_COUNT: job.begun_count}
        return self._change(job, {"progress": kept, "lease_until_at": lease_until_at})

    def finish(self, job: Job, state: JobState, result: Mapping[str, Any], *, now: int) -> Job:
        """Ends a job."""
        return self._change(job, {"state": state.value, "result": dict(result), "finished_at": now})

    def forget(self, *, finished_before_at: int) -> int:
        """Drops old ones."""
        with writing(self._engine) as connection:
            return connection.execute(delete(jobs).where(jobs.c.finished_at < finished_before_at)).rowcount

    def entries_with(self, cid: Cid, store_name: str) -> frozenset[tuple[Address, int]]:
        """The entries that a store was told to keep this object of."""
        copies = object_copies.c
        query = select(copies.patient, copies.sequence).where(copies.cid == cid, copies.store_name == store_name)
        with reading(self._engine) as connection:
            return frozenset((Address(patient), sequence) for patient, sequence in connection.execute(query))

    def _change(self, job: Job, values: Mapping[str, Any]) -> Job:
        with writing(self._engine) as connection:
            if not _set(connection, job, values):
                raise ChangedMeanwhile("The job was taken over by another process.")
            return _reread(connection, job)

    def _first(self, *conditions: ColumnElement[bool], newest: bool = False) -> Job | None:
        order = jobs.c.created_at.desc() if newest else jobs.c.created_at
        with reading(self._engine) as connection:
            found = connection.execute(select(jobs).where(*conditions).order_by(order).limit(1)).mappings().first()
        return None if found is None else _job(found)


def _set(connection: Connection, job: Job, values: Mapping[str, Any]) -> bool:
    mine = (jobs.c.job_id == job.job_id, jobs.c.version == job.version)
    return connection.execute(update(jobs).where(*mine).values(**values, version=job.version + 1)).rowcount == 1


def _reread(connection: Connection, job: Job) -> Job:
    return _job(connection.execute(select(jobs).where(jobs.c.job_id == job.job_id)).mappings().one())


def _job(found: RowMapping) -> Job:
    return Job(**{**found, "kind": JobKind(found["kind"]), "state": JobState(found["state"])})
