"""From what a check found to a mend plan: one pure function.

A plan is made from a fresh check each time and never kept: so a crash at any point costs no more than checking again,
and no plan acts on what has changed since.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mendrec.domain.health import CheckReport, EntryRef, Health, ObjectReport, Outcome
from mendrec.domain.mending import CannotMend, CopyStep, MendPlan, PathMove, Why
from mendrec.domain.model import Cid, MendReason
from mendrec.domain.placement import PlacementRule, StorePlace, additions


def make_plan(report: CheckReport, rule: PlacementRule, *, refusing: frozenset[str] = frozenset()) -> MendPlan:
    """Plans the mending of what a check found.

    The report must hold all objects of each entry it touches: a path leads to all of them.

    Args:
        refusing: stores that failed to take a copy in this run; nothing more is copied to them.
    """
    steps: dict[tuple[Cid, str], CopyStep] = {}
    moves: list[PathMove] = []
    cannot: dict[Cid, CannotMend] = {}
    for entry, objects in _by_entry(report.objects).items():
        for found in objects:
            _keep(steps, _object_steps(found, rule, refusing))
        move, copies_for_it = _path_move(entry, objects, steps, refusing)
        _keep(steps, copies_for_it)
        if move is not None:
            moves.append(move)
        for found in objects:
            if (hopeless := _cannot(found, steps, rule, path_stays=move is None)) is not None:
                cannot.setdefault(found.subject.cid, hopeless)
    return MendPlan(tuple(steps.values()), tuple(moves), tuple(cannot.values()))


def _by_entry(objects: Iterable[ObjectReport]) -> dict[EntryRef, list[ObjectReport]]:
    grouped: dict[EntryRef, list[ObjectReport]] = {}
    for found in objects:
        grouped.setdefault(found.subject.entry, []).append(found)
    return grouped


def _keep(steps: dict[tuple[Cid, str], CopyStep], more: Iterable[CopyStep]) -> None:
    """An object that several records share is copied once; the first reason stands."""
    for step in more:
        steps.setdefault((step.cid, step.target), step)


def _object_steps(found: ObjectReport, rule: PlacementRule, refusing: frozenset[str]) -> list[CopyStep]:
    """Repairs in place first, then as many new copies as the rule still lacks."""
    holding = list(found.places(Outcome.GOOD))
    if not holding:
        return []
    steps: list[CopyStep] = []
    for finding in found.findings:
        if finding.place.name in refusing:
            continue
        if finding.outcome is Outcome.WRONG:
            steps.append(_step(found, finding.place, Why.DAMAGED))
        elif finding.outcome is Outcome.MISSING and finding.recorded:
            steps.append(_step(found, finding.place, Why.MISSING))
        else:
            continue
        holding.append(finding.place)
    absent = [f for f in found.findings if f.outcome is Outcome.MISSING and f.place.name not in refusing]
    absent.sort(key=lambda finding: not finding.expected)
    expected = {finding.place for finding in absent if finding.expected}
    for place in additions(rule, [finding.place for finding in absent], holding).places:
        steps.append(_step(found, place, Why.MISSING if place in expected else Why.TOO_FEW))
    return steps


def _step(found: ObjectReport, target: StorePlace, why: Why) -> CopyStep:
    good_in = tuple(place.name for place in found.places(Outcome.GOOD))
    return CopyStep(found.subject.cid, found.subject.record_label, target.name, why, good_in, found.subject)


def _path_move(
    entry: EntryRef,
    objects: Sequence[ObjectReport],
    steps: dict[tuple[Cid, str], CopyStep],
    refusing: frozenset[str],
) -> tuple[PathMove | None, list[CopyStep]]:
    """Plans a new path where the recorded one stays bad after the copies, and the copies that it needs.

    No move while an object can't be had from anywhere but may yet be at the old path: moving would leave it behind.
    """
    old = objects[0].subject.recorded_location
    findings_there = [f for found in objects for f in found.findings if f.recorded]
    if old is None or not findings_there:
        return None, []
    old_name = findings_there[0].place.name
    if any(found.state is Health.UNREACHABLE for found in objects):
        return None, []
    movable = [found for found in objects if found.places(Outcome.GOOD)]
    if not movable or all(_will_hold(found, old_name, steps) for found in movable):
        return None, []
    targets = [
        place
        for place in _places(movable)
        if place.location is not None and place.name != old_name and _can_hold_all(movable, place, steps, refusing)
    ]
    if not targets:
        return None, []
    target = max(targets, key=lambda place: sum(_will_hold(found, place.name, steps) for found in movable))
    copies = [_step(found, target, Why.PATH) for found in movable if not _will_hold(found, target.name, steps)]
    assert target.location is not None  # noqa: S101 - filtered above; for the type checker
    cids = tuple(dict.fromkeys(found.subject.cid for found in movable))
    reason = _reason(finding.outcome for finding in findings_there)
    return PathMove(entry, old, target.location, target.name, reason, cids), copies


def _places(objects: Sequence[ObjectReport]) -> list[StorePlace]:
    return [finding.place for finding in objects[0].findings]


def _will_hold(found: ObjectReport, store: str, steps: dict[tuple[Cid, str], CopyStep]) -> bool:
    is_good = any(place.name == store for place in found.places(Outcome.GOOD))
    return is_good or (found.subject.cid, store) in steps


def _can_hold_all(
    objects: Sequence[ObjectReport],
    place: StorePlace,
    steps: dict[tuple[Cid, str], CopyStep],
    refusing: frozenset[str],
) -> bool:
    return all(
        _will_hold(found, place.name, steps)
        or (place.name not in refusing and place not in found.places(Outcome.UNREACHABLE))
        for found in objects
    )


def _reason(outcomes_there: Iterable[Outcome]) -> MendReason:
    """The worst that was found at the old path, for the record on chain."""
    found = set(outcomes_there)
    if Outcome.WRONG in found:
        return MendReason.DAMAGED
    if Outcome.MISSING in found:
        return MendReason.MISSING
    return MendReason.UNREACHABLE if Outcome.UNREACHABLE in found else MendReason.RELOCATED


def _cannot(
    found: ObjectReport, steps: dict[tuple[Cid, str], CopyStep], rule: PlacementRule, *, path_stays: bool
) -> CannotMend | None:
    subject = found.subject
    where = f"{subject.record_label}: {subject.role.value} {subject.cid}"
    if not found.places(Outcome.GOOD):
        why = {
            Health.UNREACHABLE: "no good copy answers now; nothing is changed until its stores are back",
            Health.LOST: "every store answered and none has a good copy: restore it from a backup",
            Health.NEVER_STORED: "it was never stored: upload it again",
        }[found.state]
        return CannotMend(subject.record_label, subject.cid, found.state, f"{where}: {why}")
    holding = [finding.place for finding in found.findings if _will_hold(found, finding.place.name, steps)]
    short = additions(rule, (), holding)
    problems = []
    if not short.suffices:
        problems.append(
            f"{short.copies_short} copies and {short.domains_short} failure domains short with the usable stores"
        )
    for finding in found.findings:
        if finding.place in holding:
            continue
        if finding.outcome is Outcome.WRONG:
            problems.append(f"{finding.place.name} gives wrong bytes and takes no others")
        if finding.recorded and path_stays:
            problems.append(
                f"the path on chain leads to {finding.place.name}, and no store with a location can replace it"
            )
    if not problems:
        return None
    return CannotMend(subject.record_label, subject.cid, found.state, f"{where}: {'; '.join(problems)}")
