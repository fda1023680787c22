"""Mending: check, plan, copy over the ordinary way, verify by content, move paths on chain, check again.

Nothing is remembered between runs. Each step is harmless to repeat, and a path is moved only after every object that
it leads to was fetched from the new place and hashed: so a run that was killed anywhere is finished by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from mendrec.domain.errors import MendrecError
from mendrec.domain.health import CheckReport, ObjectToCheck
from mendrec.domain.mend_planning import make_plan
from mendrec.domain.mending import CannotMend, CopyStep, MendPlan, PathMove
from mendrec.domain.storage_errors import NoCopyReachable, NoGoodCopy, TemporarySpaceMissing
from mendrec.services.check import Checker
from mendrec.services.copies import Copies, holds_good_copy, require_good_copy

_COPIED_AT_A_TIME = 8


class PathMover(Protocol):
    """Writes new locations on chain."""

    def move_paths(self, moves: Sequence[PathMove]) -> None:
        """Returns when the chain holds the new locations. Moving what has been moved already is no error.

        Raises:
            MendrecError: the chain refuses, or can't be reached; some of the moves may have been made.
        """
        ...


@dataclass(frozen=True, slots=True)
class StepResult:
    """What became of one step. ``error`` is None where it was done."""

    step: CopyStep | PathMove
    error: MendrecError | None = None
    was_good_already: bool = False
    """Another run, or another node, had mended it since the check: nothing was written."""


@dataclass(frozen=True, slots=True)
class MendResult:
    """What a run found, did, and left."""

    before: CheckReport
    after: CheckReport
    done: tuple[StepResult, ...]
    failed: tuple[StepResult, ...]
    cannot: tuple[CannotMend, ...]

    @property
    def is_healthy(self) -> bool:
        """True where the check after the last step found nothing to mend."""
        return self.after.is_healthy

    def as_dict(self) -> dict[str, object]:
        """JSON-safe, for ``--json``."""
        return {
            "healthy": self.is_healthy,
            "before": self.before.counts(),
            "after": self.after.counts(),
            "done": [result.step.text for result in self.done],
            "failed": [{"step": one.step.text, "error": one.error.as_dict()} for one in self.failed if one.error],
            "cannot": [one.text for one in self.cannot],
        }


class Mender:
    """Plans and applies. Uses the same :class:`Copies` as an upload does."""

    def __init__(
        self,
        copies: Copies,
        mover: PathMover,
        *,
        on_step: Callable[[StepResult], None] = lambda _result: None,
        checker: Checker | None = None,
    ) -> None:
        """Args:
        on_step: told of each step as it is finished.
        checker: for its progress callback; one over the same stores is made where none is given.
        """
        self._copies = copies
        self._stores = {store.name: store for store in copies.stores}
        self._mover = mover
        self._on_step = on_step
        self._checker = checker or Checker(copies.stores, copies.rule)

    def plan(self, objects: Iterable[ObjectToCheck]) -> tuple[CheckReport, MendPlan]:
        """Checks, and says what would be done. Writes nothing."""
        report = self._checker.check(objects)
        return report, make_plan(report, self._copies.rule)

    def run(self, objects: Callable[[], Iterable[ObjectToCheck]]) -> MendResult:
        """Mends until a check finds nothing that can be done; what was mended is checked again, the rest is not.

        A store that fails to take a copy is left out of the next plan, so that the copy goes elsewhere.

        Args:
            objects: called before each check, since moving a path changes what is recorded. It must give all objects
                of each entry it gives any of.
        """
        before = report = self._checker.check(objects())
        refusing: frozenset[str] = frozenset()
        done: list[StepResult] = []
        failed: list[StepResult] = []
        plan = make_plan(report, self._copies.rule)
        for _round in range(len(self._stores) + 1):  # each round but the last leaves one more store out
            if plan.is_empty:
                break
            results = self.apply(plan)
            done += [result for result in results if result.error is None]
            failed += [result for result in results if result.error is not None]
            refusing |= {store for result in results if (store := _refusing_store(result)) is not None}
            report = report.updated(self._checker.check(_touched(plan, report, objects())))
            previous, plan = plan, make_plan(report, self._copies.rule, refusing=refusing)
            if plan == previous:
                break  # trying the same again helps nobody; what failed is in the result
        return MendResult(before, report, tuple(done), tuple(failed), plan.cannot)

    def apply(self, plan: MendPlan) -> tuple[StepResult, ...]:
        """Does the steps of a plan that was just made. A step that fails is reported, and the others go on."""
        with ThreadPoolExecutor(_COPIED_AT_A_TIME) as pool:  # most of a small copy's time is spent waiting for disks
            results = [self._told(result) for result in pool.map(self._copy, plan.copies)]
        ready = []
        for move in plan.moves:
            try:
                self._require_all_good(move)
                ready.append(move)
            except MendrecError as error:
                results.append(self._told(StepResult(move, error)))
        if ready:
            results += [self._told(result) for result in self._move(ready)]
        return tuple(results)

    def _copy(self, step: CopyStep) -> StepResult:
        store = self._stores[step.target]
        try:
            if holds_good_copy(store, step.cid):
                return StepResult(step, was_good_already=True)
            with self._copies.open_verified(step.cid, prefer_stores=step.good_in) as source:
                store.put(step.cid, source)
            require_good_copy(store, step.cid)
        except MendrecError as error:
            return StepResult(step, error)
        return StepResult(step)

    def _require_all_good(self, move: PathMove) -> None:
        for cid in move.cids:
            require_good_copy(self._stores[move.to_store], cid)

    def _move(self, moves: Sequence[PathMove]) -> list[StepResult]:
        try:
            self._mover.move_paths(moves)
        except MendrecError as error:
            return [StepResult(move, error) for move in moves]
        return [StepResult(move) for move in moves]

    def _told(self, result: StepResult) -> StepResult:
        self._on_step(result)
        return result


def _touched(plan: MendPlan, report: CheckReport, objects: Iterable[ObjectToCheck]) -> Iterator[ObjectToCheck]:
    """Yields the objects of the entries that the plan acted on: the others are as they were found."""
    copied = {step.cid for step in plan.copies}
    entries = {move.entry for move in plan.moves}
    entries |= {found.subject.entry for found in report.objects if found.subject.cid in copied}
    return (subject for subject in objects if subject.entry in entries)


def _refusing_store(result: StepResult) -> str | None:
    """Returns the store that failed to take a copy; None where no good copy could be fetched in the first place."""
    not_the_targets = (NoCopyReachable, NoGoodCopy, TemporarySpaceMissing)
    if result.error is None or isinstance(result.error, not_the_targets) or not isinstance(result.step, CopyStep):
        return None
    return result.step.target
