"""From what was found of each copy to the state of an object, and of a record. Pure.

The table is in docs/mending.md. Two rules stand above it: "could not fetch" is never "is wrong", and nothing is
called lost while a store that may hold it does not answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from mendrec.domain.errors import InputError
from mendrec.domain.model import Address, Cid
from mendrec.domain.placement import PlacementRule, StorePlace, is_met


class Outcome(StrEnum):
    """What a check found of one copy."""

    GOOD = "good"
    """Fetched, and its bytes hash to the CID."""
    WRONG = "wrong"
    """Fetched, and its bytes do not; or part of it only is there."""
    MISSING = "missing"
    """The store answered, and does not have it."""
    UNREACHABLE = "unreachable"
    """The store did not answer, or broke off."""


class Health(IntEnum):
    """State of an object or a record. The greater, the worse: a record is as bad as its worst object."""

    HEALTHY = 0
    """The placement rule holds, the recorded path leads to a good copy, and no store gives wrong bytes."""
    DEGRADED = 1
    """There is a good copy, but too few, in too few domains, or not at the recorded path."""
    DAMAGED = 2
    """There is a good copy, and a store that gives wrong bytes."""
    UNREACHABLE = 3
    """No good copy was found, and a place that may hold one did not answer."""
    NEVER_STORED = 4
    """Every store answered, none has it, and none was ever told to keep it."""
    LOST = 5
    """Every store answered, and none has a good copy."""

    @property
    def label(self) -> str:
        """In words, such as ``never stored``."""
        return self.name.lower().replace("_", " ")


class ObjectRole(StrEnum):
    """What an object is to its record."""

    PAYLOAD = "payload"
    MANIFEST = "manifest"
    ENVELOPES = "envelopes"
    BATCH_LIST = "batch-list"
    """The list of a batch's manifests: every record of the batch needs it."""


@dataclass(frozen=True, slots=True, order=True)
class EntryRef:
    """Names one entry of one patient's chain. Its location on chain covers all its objects: path = base URI + CID."""

    patient: Address
    sequence: int

    @property
    def label(self) -> str:
        """``<patient>/<sequence>``."""
        return f"{self.patient}/{self.sequence}"


@dataclass(frozen=True, slots=True)
class ObjectToCheck:
    """One object, and what is known of where it should be."""

    cid: Cid
    role: ObjectRole
    entry: EntryRef
    leaf_index: int | None = None
    """Which record of a batch it belongs to; None for a single record, and for the leaf list."""
    recorded_location: int | None = None
    """The entry's location on chain; None where the entry was not anchored yet."""
    expected_stores: tuple[str, ...] = ()
    """Names of the stores that were told to keep it. May be empty when that is not known."""

    @property
    def record_label(self) -> str:
        """``<patient>/<sequence>``, and ``/<leaf>`` in a batch."""
        return self.entry.label if self.leaf_index is None else f"{self.entry.label}/{self.leaf_index}"


@dataclass(frozen=True, slots=True)
class CopyFinding:
    """What was found in one store."""

    place: StorePlace
    outcome: Outcome
    expected: bool = False
    """The store was told to keep it."""
    recorded: bool = False
    """The path on chain leads here."""


def object_state(findings: Sequence[CopyFinding], rule: PlacementRule, *, recorded_elsewhere: bool = False) -> Health:
    """Returns the state of one object.

    Args:
        findings: one for each store of the node.
        recorded_elsewhere: the path on chain leads to a location that is no store of this node, so that nothing is
            known of the copy there; keeping that path good is its operator's affair.
    """
    good = [finding.place for finding in findings if finding.outcome is Outcome.GOOD]
    outcomes = {finding.outcome for finding in findings}
    if not good:
        if Outcome.UNREACHABLE in outcomes or recorded_elsewhere:
            return Health.UNREACHABLE
        known = Outcome.WRONG in outcomes or any(finding.expected or finding.recorded for finding in findings)
        return Health.LOST if known else Health.NEVER_STORED
    if Outcome.WRONG in outcomes:
        return Health.DAMAGED
    path_is_good = all(finding.outcome is Outcome.GOOD for finding in findings if finding.recorded)
    return Health.HEALTHY if path_is_good and is_met(rule, good) else Health.DEGRADED


def record_state(objects: Iterable[Health]) -> Health:
    """Returns the state of what needs all of these objects: the worst of theirs.

    Raises:
        InputError: there are none.
    """
    worst = max(objects, default=None)
    if worst is None:
        raise InputError("A record has at least a manifest; none was given.")
    return worst


@dataclass(frozen=True, slots=True)
class ObjectReport:
    """What a check found of one object."""

    subject: ObjectToCheck
    findings: tuple[CopyFinding, ...]
    state: Health

    def places(self, outcome: Outcome) -> tuple[StorePlace, ...]:
        """Returns the stores with this outcome, in the node's order."""
        return tuple(finding.place for finding in self.findings if finding.outcome is outcome)

    def as_dict(self) -> dict[str, object]:
        """JSON-safe, for ``--json``."""
        return {
            "record": self.subject.record_label,
            "role": self.subject.role.value,
            "cid": self.subject.cid,
            "state": self.state.label,
            "recorded_location": self.subject.recorded_location,
            "copies": {finding.place.name: finding.outcome.value for finding in self.findings},
        }


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found of many objects."""

    objects: tuple[ObjectReport, ...]

    @property
    def is_healthy(self) -> bool:
        """True where there is nothing to mend."""
        return all(report.state is Health.HEALTHY for report in self.objects)

    def updated(self, newer: CheckReport) -> CheckReport:
        """Returns this report with what ``newer`` found in place of what was found before."""
        found = {_same_object(report): report for report in newer.objects}
        return CheckReport(tuple(found.get(_same_object(report), report) for report in self.objects))

    def records(self) -> Mapping[str, Health]:
        """Returns the state of each record by its label; a batch's leaf list counts for every record of the batch."""
        by_record: dict[str, list[Health]] = {}
        entry_of: dict[str, EntryRef] = {}
        shared: dict[EntryRef, list[Health]] = {}
        for report in self.objects:
            if report.subject.role is ObjectRole.BATCH_LIST:
                shared.setdefault(report.subject.entry, []).append(report.state)
            else:
                by_record.setdefault(report.subject.record_label, []).append(report.state)
                entry_of[report.subject.record_label] = report.subject.entry
        for entry in shared.keys() - set(entry_of.values()):
            by_record[entry.label] = []
            entry_of[entry.label] = entry
        return {label: record_state([*states, *shared.get(entry_of[label], [])]) for label, states in by_record.items()}

    def counts(self) -> dict[str, int]:
        """Returns how many objects are in each state, by its words."""
        return {
            state.label: sum(report.state is state for report in self.objects)
            for state in Health
            if any(report.state is state for report in self.objects)
        }

    def as_dict(self) -> dict[str, object]:
        """JSON-safe, for ``--json``."""
        return {
            "healthy": self.is_healthy,
            "counts": self.counts(),
            "records": {label: state.label for label, state in self.records().items()},
            "objects": [report.as_dict() for report in self.objects],
        }


def _same_object(report: ObjectReport) -> tuple[object, ...]:
    """Names an object by what a mend does not change: not by its recorded location."""
    subject = report.subject
    return subject.entry, subject.leaf_index, subject.role, subject.cid
