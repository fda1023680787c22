"""What is remembered of checks and mending, and how the patient is told: copies as found last, mendings.

What a job finds is written down as it goes, so that a job that ends half-way leaves what it saw. A remembered finding
decides nothing: every plan is made from a fresh check.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mendrec.domain.health import Health, ObjectReport
from mendrec.domain.mending import CopyStep
from mendrec.domain.model import Address
from mendrec.ports import Clock
from mendrec.ports_care import CareLogRepository, MendedCopy, ObjectFinding
from mendrec.ports_db import PathVersion, PlacedPathVersion
from mendrec.services.index import IndexService
from mendrec.services.mend import StepResult

_WRITTEN_AT_A_TIME = 200
_ENTRIES_A_QUERY = 100
Place = tuple[int, int, int, int]
"""Where a list of mendings goes on: (at, 0 for a copy or 1 for a path, number or block, log index)."""


@dataclass(frozen=True, slots=True)
class RecordCopies:
    """What is known of one record's copies."""

    sequence: int
    leaf_index: int | None
    findings: tuple[ObjectFinding, ...]
    """Its own objects, and the list of its batch. Empty where it was never checked."""

    @property
    def state(self) -> Health | None:
        """The worst of its objects' states; None where it was never checked."""
        return max((one.state for one in self.findings), default=None)

    @property
    def checked_at(self) -> int | None:
        """When the first of its objects was looked at in the last check."""
        return min((one.checked_at for one in self.findings), default=None)


@dataclass(frozen=True, slots=True)
class Mending:
    """One thing that was mended: a copy by this node, or a path on chain by whoever signed it."""

    place: Place
    copy: MendedCopy | None
    path: PlacedPathVersion | None


class CareRecorder:
    """Writes down what one run finds and does. One thread at a time."""

    def __init__(self, rows: CareLogRepository, clock: Clock, job_id: str | None) -> None:
        self._rows = rows
        self._clock = clock
        self._job_id = job_id
        self._unwritten: dict[tuple[Address, int, int | None, str], ObjectFinding] = {}

    def found(self, report: ObjectReport) -> None:
        """Notes what was found of one object; it is on disk some objects later, or with :meth:`flush`."""
        subject = report.subject
        finding = ObjectFinding(
            patient=subject.entry.patient,
            sequence=subject.entry.sequence,
            leaf_index=subject.leaf_index,
            role=subject.role,
            cid=subject.cid,
            state=report.state,
            copies={one.place.name: one.outcome.value for one in report.findings},
            checked_at=self._clock.now(),
        )
        self._unwritten[(finding.patient, finding.sequence, finding.leaf_index, finding.role.value)] = finding
        if len(self._unwritten) >= _WRITTEN_AT_A_TIME:
            self.flush()

    def flush(self) -> None:
        """Writes what is not on disk yet."""
        findings, self._unwritten = tuple(self._unwritten.values()), {}
        self._rows.keep(findings)

    def did(self, result: StepResult) -> None:
        """Notes a copy that was made; paths are told by the chain's own events."""
        step = result.step
        if result.error is not None or result.was_good_already or not isinstance(step, CopyStep):
            return
        subject = step.subject
        if subject is None:
            return
        copy = MendedCopy(
            patient=subject.entry.patient,
            sequence=subject.entry.sequence,
            leaf_index=subject.leaf_index,
            role=subject.role,
            store_name=step.target,
            reason=step.why.name.lower(),
            job_id=self._job_id,
            mended_at=self._clock.now(),
        )
        self._rows.add_mended([copy])


@dataclass(frozen=True)
class CareLog:
    """The remembered findings and mendings of one node."""

    rows: CareLogRepository
    index: IndexService
    clock: Clock

    def recorder(self, job_id: str | None) -> CareRecorder:
        """For one run."""
        return CareRecorder(self.rows, self.clock, job_id)

    def copies(self, patient: Address, *, after: tuple[int, int] | None, limit: int) -> Sequence[RecordCopies]:
        """Returns a patient's records after a place (sequence, leaf), in the chain's order, with what is known."""
        records: list[tuple[int, int | None]] = []
        for record in self._records(patient, after):
            records.append(record)
            if len(records) == limit:
                break
        lists = {(sequence, None) for sequence, leaf_index in records if leaf_index is not None}
        found: dict[tuple[int, int | None], list[ObjectFinding]] = {}
        for one in self.rows.of_records(patient, {*records, *lists}):
            found.setdefault((one.sequence, one.leaf_index), []).append(one)
        return [_with_list(record, found) for record in records]

    def records_by_state(self, patient: Address) -> Mapping[Health | None, int]:
        """How many of a patient's records are as bad as that; None for those that were never checked."""
        known: dict[Health | None, int] = {}
        known.update(self.rows.records_by_state(patient).items())
        unchecked = self.index.rows.record_count(patient) - sum(known.values())
        return {**known, None: unchecked} if unchecked > 0 else known

    def mendings(self, patient: Address, *, before: Place | None, limit: int) -> Sequence[Mending]:
        """What was mended of a patient's records, newest first; those before a place."""
        copies = self.rows.mended(patient, before=_before_copy(before), limit=limit)
        paths = self.index.rows.newest_path_versions(patient, before=_before_path(before), limit=limit)
        merged = [
            *(Mending((one.mended_at, 0, one.number, 0), one, None) for one in copies),
            *(Mending(_path_place(one), None, one) for one in paths),
        ]
        return sorted(merged, key=lambda one: one.place, reverse=True)[:limit]

    def _records(self, patient: Address, after: tuple[int, int] | None) -> Iterator[tuple[int, int | None]]:
        sequence = -1 if after is None else after[0] - 1  # the batch that the last page ended in comes again
        while True:
            entries = self.index.rows.entries(
                patient, after_sequence=None if sequence < 0 else sequence, limit=_ENTRIES_A_QUERY
            )
            for indexed in entries:
                sequence, count = indexed.entry.sequence, indexed.entry.count
                first = after[1] + 1 if after is not None and after[0] == sequence else 0
                if count == 0 and first == 0:
                    yield sequence, None
                yield from ((sequence, leaf_index) for leaf_index in range(first, count))
            if len(entries) < _ENTRIES_A_QUERY:
                return


def _with_list(
    record: tuple[int, int | None], found: Mapping[tuple[int, int | None], Sequence[ObjectFinding]]
) -> RecordCopies:
    sequence, leaf_index = record
    own = found.get(record, ())
    of_batch = found.get((sequence, None), ()) if leaf_index is not None and own else ()
    return RecordCopies(sequence, leaf_index, (*own, *of_batch))


def _before_copy(place: Place | None) -> tuple[int, int] | None:
    """At one moment paths come first in a list that falls: so copies of the moment of a path come after it."""
    if place is None:
        return None
    at, kind, number, _ = place
    return (at, number) if kind == 0 else (at + 1, -1)


def _before_path(place: Place | None) -> tuple[int, int, int] | None:
    if place is None:
        return None
    at, kind, block_number, log_index = place
    return (at, block_number, log_index) if kind == 1 else (at, -1, -1)


def _path_place(one: PlacedPathVersion) -> Place:
    version: PathVersion = one.version
    return (version.mended_at, 1, one.block_number, one.log_index)
