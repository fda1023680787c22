"""Checking and mending as jobs: asked for over HTTP, by a schedule, or by a read that met a bad copy.

A job is a row. A worker takes one, notes how far it is, and writes down what it found and did; a worker that dies loses
its lease, and the next one begins the job anew: a check changes nothing, and steps of mending are harmless to repeat.
A job that ended its worker several times is told as failed and not begun again.

While a job runs, a thread beside it renews the lease: one large object may take longer than a lease lasts.

A worker holds no institution's key. So it copies good bytes over bad ones by itself, and where a path is to be moved on
chain, the job says which: the operator has the act ``mend_paths`` prepared, and signs it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mendrec.domain.cid import CidMismatch
from mendrec.domain.errors import MendrecError, NotFoundError, RefusedError, UnavailableError
from mendrec.domain.health import CheckReport, EntryRef, Health, ObjectReport, ObjectToCheck
from mendrec.domain.limits import LIMITS
from mendrec.domain.mend_planning import make_plan
from mendrec.domain.mending import PathMove
from mendrec.domain.model import Address, Role
from mendrec.domain.storage_errors import BlobMissing
from mendrec.ports import Clock, LedgerReader, Randomness
from mendrec.ports_uploads import ChangedMeanwhile, Job, JobKind, JobRepository, JobState
from mendrec.services.care_log import CareLog
from mendrec.services.check import Checker, CheckProgress
from mendrec.services.copies import Copies, CopyFailure
from mendrec.services.index import IndexService
from mendrec.services.inventory import Inventory
from mendrec.services.mend import Mender, StepResult

_LEASE_S = 120
_BEGUN_MAX_COUNT = 5
"""A restart of the node in the middle of a long job counts, too."""
_NOTE_EVERY = 25
"""Objects between two notes of progress."""
_PATIENTS_A_PAGE = 500


class UnknownJob(NotFoundError):
    """There is no such job, or it is not for this person."""

    code = "not_found.job"


class NotTheOperator(RefusedError):
    """Only the institution whose stores these are may have that done."""

    code = "refused.not_the_operator"
    default_remedy = "Sign in as the institution that operates a location of this node's stores."


class TooManyJobs(RefusedError):
    """A person has enough jobs waiting."""

    code = "refused.too_many_jobs"
    default_remedy = "Wait until one is done."
    http_status = 429


class JobGivenUp(UnavailableError):
    """Whoever began the job did not live to its end, several times."""

    code = "unavailable.job_given_up"
    default_remedy = "See in the node's log what ended its worker; then ask for the job again."


class SignatureNeeded(RefusedError):
    """A path is moved on chain by its operator's signature only."""

    code = "refused.signature_needed"
    default_remedy = "Have the act mend_paths prepared for these entries, sign it, and bring it back."


@dataclass(frozen=True)
class _NoMover:
    """Moves nothing: a worker has no institution's key."""

    def move_paths(self, moves: Sequence[PathMove]) -> None:
        raise SignatureNeeded(f"{len(moves)} path(s) have to be moved on chain by the operator's signature.")


@dataclass(frozen=True)
class CareService:
    """Jobs over this node's copies."""

    ledger: LedgerReader
    index: IndexService
    inventory: Inventory
    copies: Copies
    jobs: JobRepository
    clock: Clock
    randomness: Randomness
    log: CareLog
    check_every_hours: int = 0
    """How often everything is checked and mended by itself; 0 for never."""
    told: Callable[[Job, MendrecError], None] = lambda _job, _error: None
    """Told of jobs that failed."""
    renew_every_s: float = _LEASE_S / 4
    """How often the lease of a job that runs is renewed."""

    def ask_check(self, who: Address, patient: Address) -> Job:
        """Queues a check of a patient's records, for the patient or an operator.

        Raises:
            NotTheOperator: it is somebody else who asks.
            TooManyJobs: not now.
        """
        if who != patient:
            self.require_operator(who)
        return self._ask(JobKind.CHECK, who, patient, None)

    def ask_plan(self, who: Address, patient: Address | None) -> Job:
        """Queues a check that says what mending would do. For operators. Raises as :meth:`ask_check`."""
        self.require_operator(who)
        return self._ask(JobKind.PLAN, who, patient, None)

    def ask_mending(self, who: Address, patient: Address | None) -> Job:
        """Queues mending. For operators. Raises as :meth:`ask_check`."""
        self.require_operator(who)
        return self._ask(JobKind.MEND, who, patient, None)

    def job(self, who: Address, job_id: str) -> Job:
        """Returns a job: to whom asked for it, to the patient whose records it is about, to operators.

        Raises:
            UnknownJob: none, or not for this person.
        """
        found = self.jobs.get(job_id)
        if found is None or (who not in {found.asked_by, found.patient} and not self.is_operator(who)):
            raise UnknownJob("There is no such job.")
        return found

    def jobs_for(self, who: Address, *, before: tuple[int, str] | None, limit: int) -> Sequence[Job]:
        """Returns jobs, newest first: all of them to operators, to others those that :meth:`job` would give them."""
        return self.jobs.page(of=None if self.is_operator(who) else who, before=before, limit=limit)

    def require_operator(self, who: Address) -> None:
        """Returns only for an institution in standing that operates a location of this node's stores.

        Raises:
            NotTheOperator: anybody else.
        """
        if not self.is_operator(who):
            raise NotTheOperator("This is for the institution that operates this node's stores.")

    def on_failed_read(self, failure: CopyFailure) -> None:
        """For :class:`mendrec.services.copies.Copies`: a read had to pass over a copy, so its record is mended soon.

        A store that does not answer is no bad copy; and one that was never told to keep the object misses nothing.
        Never raises: the read itself goes on with another copy.
        """
        if not isinstance(failure.error, BlobMissing | CidMismatch):
            return
        try:
            for patient, sequence in self.jobs.entries_with(failure.cid, failure.store):
                if self.jobs.waiting_like(JobKind.MEND, patient, sequence) is None:
                    self._add(JobKind.MEND, None, patient, sequence)
        except MendrecError:
            return  # the scheduled check finds it too

    def care_chore(self) -> int:
        """For a worker: queues what is due, runs the jobs that wait, forgets old ones. Returns how many it ran.

        A check fetches everything there is: run this in a thread, or a process, of its own.
        """
        self._queue_due()
        self.jobs.forget(finished_before_at=self.clock.now() - LIMITS.upload_kept_s)
        ran = 0
        while (job := self.jobs.claim(now=self.clock.now(), lease_s=_LEASE_S)) is not None:
            if job.begun_count > _BEGUN_MAX_COUNT:
                self._give_up(job)
            else:
                self.run(job)
            ran += 1
        return ran

    def run(self, job: Job) -> None:
        """Runs one claimed job to its end. Where another worker has taken it over meanwhile, it is left to that one."""
        runner = _Runner(self, job)
        try:
            with runner.leased():
                result, state = runner.result(), JobState.DONE
        except ChangedMeanwhile:
            return
        except MendrecError as error:
            result, state = {"error": error.as_dict()}, JobState.FAILED
            self.told(job, error)
        with contextlib.suppress(ChangedMeanwhile):
            self.jobs.finish(runner.job, state, result, now=self.clock.now())

    def _give_up(self, job: Job) -> None:
        error = JobGivenUp(f"The job was begun {_BEGUN_MAX_COUNT} times, and each time its worker ended before it.")
        self.told(job, error)
        with contextlib.suppress(ChangedMeanwhile):
            self.jobs.finish(job, JobState.FAILED, {"error": error.as_dict()}, now=self.clock.now())

    def objects_of(self, job: Job) -> Iterator[ObjectToCheck]:
        """What a job is about."""
        self.index.sync()
        if job.patient is None:
            yield from self.inventory.of(self._patients())
        elif job.sequence is None:
            yield from self.inventory.of([job.patient])
        else:
            yield from self.inventory.of_entry(job.patient, job.sequence)

    def _queue_due(self) -> None:
        if self.check_every_hours <= 0:
            return
        last = self.jobs.last_own(JobKind.MEND)
        due_at = 0 if last is None else last.created_at + self.check_every_hours * 3600
        is_over = last is None or last.state in {JobState.DONE, JobState.FAILED}
        if is_over and self.clock.now() >= due_at:
            self._add(JobKind.MEND, None, None, None)

    def _ask(self, kind: JobKind, who: Address, patient: Address | None, sequence: int | None) -> Job:
        if self.jobs.open_of(who) >= LIMITS.jobs_open_max_count:
            raise TooManyJobs("You have as many jobs waiting as the node keeps for one person.")
        return self._add(kind, who, patient, sequence)

    def _add(self, kind: JobKind, who: Address | None, patient: Address | None, sequence: int | None) -> Job:
        job = Job(
            job_id=self.randomness.token(16).hex(),
            kind=kind,
            asked_by=who,
            patient=patient,
            sequence=sequence,
            state=JobState.QUEUED,
            version=1,
            progress={},
            result={},
            created_at=self.clock.now(),
            lease_until_at=0,
            finished_at=None,
        )
        self.jobs.add(job)
        return job

    def is_operator(self, who: Address) -> bool:
        """Whether somebody is an institution in standing that operates a location of this node's stores."""
        numbers = [store.location for store in self.copies.stores if store.location is not None]
        if who not in {self.ledger.location(number).operator for number in numbers}:
            return False
        try:
            self.ledger.require_in_standing(who)
        except RefusedError:
            return False
        return Role.INSTITUTION in self.ledger.participant(who).roles

    def _patients(self) -> Iterator[Address]:
        after: Address | None = None
        while page := self.index.rows.participants(after=after, limit=_PATIENTS_A_PAGE):
            yield from (one.address for one in page if Role.PATIENT in one.roles)
            after = page[-1].address


class _Runner:
    """One job being run: notes progress, and keeps the lease."""

    def __init__(self, care: CareService, job: Job) -> None:
        self._care = care
        self.job = job
        self._unnoted = 0
        self._recorder = care.log.recorder(job.job_id)
        self._changing = threading.Lock()
        self._taken_over = threading.Event()

    @contextlib.contextmanager
    def leased(self) -> Iterator[None]:
        """Renews the lease until the block is left."""
        over = threading.Event()
        keeper = threading.Thread(target=self._keep_lease, args=(over,), name="job lease", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            over.set()
            keeper.join()

    def _keep_lease(self, over: threading.Event) -> None:
        while not over.wait(self._care.renew_every_s):
            try:
                self._renew(None)
            except ChangedMeanwhile:
                self._taken_over.set()
                return
            except MendrecError:
                continue  # the database is away: tried again, and the lease may be over by then

    def _renew(self, progress: Mapping[str, Any] | None) -> None:
        with self._changing:
            until_at = self._care.clock.now() + _LEASE_S
            told = self.job.progress if progress is None else progress
            self.job = self._care.jobs.note(self.job, told, lease_until_at=until_at)

    def _require_mine(self) -> None:
        if self._taken_over.is_set():
            raise ChangedMeanwhile("The job was taken over by another process.")

    def result(self) -> dict[str, Any]:
        if self.job.kind is JobKind.MEND:
            return self._mended()
        report = self._checker().check(self._objects())
        result = _told_of(report)
        if self.job.kind is JobKind.PLAN:
            plan = make_plan(report, self._care.copies.rule)
            result["plan"] = {
                "copies": plan.as_dict()["copies"],
                "moves": [_move(step) for step in plan.moves],
                "cannot": [one.text for one in plan.cannot],
            }
        return result

    def _mended(self) -> dict[str, Any]:
        mender = Mender(self._care.copies, _NoMover(), on_step=self._stepped, checker=self._checker())
        found = mender.run(self._objects)
        moves = [one.step for one in found.failed if isinstance(one.error, SignatureNeeded)]
        failed = [one for one in found.failed if one.error is not None and not isinstance(one.error, SignatureNeeded)]
        return {
            **_told_of(found.after),
            "before": found.before.counts(),
            "done": [one.step.text for one in found.done],
            "failed": [{"step": one.step.text, **one.error.as_dict()} for one in failed if one.error],
            "cannot": [one.text for one in found.cannot],
            "to_sign": [_move(step) for step in dict.fromkeys(moves) if isinstance(step, PathMove)],
        }

    def _stepped(self, result: StepResult) -> None:
        self._recorder.did(result)
        self._require_mine()

    def _objects(self) -> Iterable[ObjectToCheck]:
        return self._care.objects_of(self.job)

    def _checker(self) -> Checker:
        copies = self._care.copies
        return Checker(copies.stores, copies.rule, on_progress=self._note, on_end=self._recorder.flush)

    def _note(self, progress: CheckProgress) -> None:
        self._require_mine()
        self._recorder.found(progress.latest)
        self._unnoted += 1
        if self._unnoted < _NOTE_EVERY:
            return
        self._unnoted = 0
        self._renew({"objects_done": progress.objects_done, "bytes_read": progress.bytes_read})


def _told_of(report: CheckReport) -> dict[str, Any]:
    bad = [one for one in report.objects if one.state is not Health.HEALTHY]
    return {
        "healthy": report.is_healthy,
        "counts": report.counts(),
        "records_checked": len(report.records()),
        "findings": [_finding(one) for one in bad[: LIMITS.job_findings_max_count]],
        "findings_count": len(bad),
    }


def _finding(one: ObjectReport) -> dict[str, Any]:
    subject = one.subject
    return {
        "patient": subject.entry.patient,
        "sequence": subject.entry.sequence,
        "leaf_index": subject.leaf_index,
        "role": subject.role.value,
        "cid": subject.cid,
        "state": one.state.label,
        "copies": {finding.place.name: finding.outcome.value for finding in one.findings},
    }


def _move(step: PathMove) -> dict[str, Any]:
    entry: EntryRef = step.entry
    return {
        "patient": entry.patient,
        "sequence": entry.sequence,
        "from_location": step.from_location,
        "to_location": step.to_location,
        "reason": step.reason.name,
    }
