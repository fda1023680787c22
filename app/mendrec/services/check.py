"""The check: fetches every copy, hashes it, and reports. It never writes, and believes no store's own word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from mendrec.domain.cid import CidMismatch, verified
from mendrec.domain.errors import UnavailableError
from mendrec.domain.health import CheckReport, CopyFinding, ObjectReport, ObjectToCheck, Outcome, object_state
from mendrec.domain.model import Cid
from mendrec.domain.placement import PlacementRule
from mendrec.domain.storage_errors import BlobMissing
from mendrec.ports import BlobStore
from mendrec.services.copies import place_of

GIVE_UP_AFTER = 3
"""So many unanswered calls in a row and a store is not asked again in this run: each may cost its whole timeout."""


@dataclass(frozen=True, slots=True)
class CheckProgress:
    """How far a check is."""

    objects_done: int
    bytes_read: int
    latest: ObjectReport


class Checker:
    """Checks objects against all stores of a node."""

    def __init__(
        self,
        stores: Sequence[BlobStore],
        rule: PlacementRule,
        *,
        on_progress: Callable[[CheckProgress], None] = lambda _progress: None,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        """Args:
        on_progress: told of each object as it is finished.
        on_end: called when a check is over, also one that is broken off.
        """
        self._stores = tuple(stores)
        self._rule = rule
        self._on_progress = on_progress
        self._on_end = on_end

    def check(self, objects: Iterable[ObjectToCheck]) -> CheckReport:
        """Checks every object in every store. See :meth:`check_each` to have the reports one by one."""
        return CheckReport(tuple(self.check_each(objects)))

    def check_each(self, objects: Iterable[ObjectToCheck]) -> Iterator[ObjectReport]:
        """Yields a report for each object, in order. An object that several records share is fetched once."""
        run = _Run()
        known: dict[Cid, dict[str, Outcome]] = {}
        try:
            for done, subject in enumerate(objects, start=1):
                if subject.cid not in known:
                    known[subject.cid] = {store.name: run.outcome(store, subject.cid) for store in self._stores}
                report = self._report(subject, known[subject.cid])
                self._on_progress(CheckProgress(done, run.bytes_read, report))
                yield report
        finally:
            self._on_end()

    def _report(self, subject: ObjectToCheck, outcomes: dict[str, Outcome]) -> ObjectReport:
        findings = tuple(
            CopyFinding(
                place=place_of(store),
                outcome=outcomes[store.name],
                expected=store.name in subject.expected_stores,
                recorded=store.location is not None and store.location == subject.recorded_location,
            )
            for store in self._stores
        )
        elsewhere = subject.recorded_location is not None and not any(finding.recorded for finding in findings)
        return ObjectReport(subject, findings, object_state(findings, self._rule, recorded_elsewhere=elsewhere))


class _Run:
    """What one check remembers as it goes."""

    def __init__(self) -> None:
        self.bytes_read = 0
        self._unanswered: Counter[str] = Counter()

    def outcome(self, store: BlobStore, cid: Cid) -> Outcome:
        if self._unanswered[store.name] >= GIVE_UP_AFTER:
            return Outcome.UNREACHABLE
        try:
            for chunk in verified(cid, store.read(cid)):
                self.bytes_read += len(chunk)
        except UnavailableError:
            self._unanswered[store.name] += 1
            return Outcome.UNREACHABLE
        except BlobMissing:
            found = Outcome.MISSING
        except CidMismatch:
            found = Outcome.WRONG
        else:
            found = Outcome.GOOD
        self._unanswered[store.name] = 0
        return found
