"""The table of docs/mending.md, over every combination of findings of up to four stores."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from mendrec.domain.errors import InputError
from mendrec.domain.health import (
    CheckReport,
    CopyFinding,
    EntryRef,
    Health,
    ObjectReport,
    ObjectRole,
    ObjectToCheck,
    Outcome,
    object_state,
    record_state,
)
from mendrec.domain.model import Address, Cid
from mendrec.domain.placement import PlacementRule, StorePlace

RULES = [PlacementRule(1, 1), PlacementRule(2, 1), PlacementRule(2, 2), PlacementRule(3, 2)]
DOMAINS = ("ward", "ward", "swarm", "cloud")  # the first two fail together
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "mending.md"


def all_findings() -> Iterator[list[CopyFinding]]:
    """Every outcome of each store times which of them were told to keep it times where the path on chain leads."""
    for count in range(1, 5):
        places = [StorePlace(f"s{number}", DOMAINS[number], number + 1) for number in range(count)]
        for outcomes in product(Outcome, repeat=count):
            for expected in (0, 1, count):
                for recorded in range(-1, count):
                    yield [
                        CopyFinding(place, outcome, number < expected, number == recorded)
                        for number, (place, outcome) in enumerate(zip(places, outcomes, strict=True))
                    ]


def reference(findings: list[CopyFinding], rule: PlacementRule, elsewhere: bool) -> Health:
    """The table once more, row by row from the worst, written from the document and not from the code."""
    outcomes = [finding.outcome for finding in findings]
    good_domains = [f.place.failure_domain for f in findings if f.outcome == "good"]
    all_answered = "unreachable" not in outcomes and not elsewhere
    nobody_knew_of_it = all(f.outcome == "missing" and not f.expected and not f.recorded for f in findings)
    rows = [
        (Health.NEVER_STORED, all_answered and nobody_knew_of_it),
        (Health.LOST, all_answered and "good" not in outcomes),
        (Health.UNREACHABLE, "good" not in outcomes),
        (Health.DAMAGED, "wrong" in outcomes),
        (Health.DEGRADED, len(good_domains) < rule.copies),
        (Health.DEGRADED, len(set(good_domains)) < rule.domains),
        (Health.DEGRADED, any(f.recorded and f.outcome != "good" for f in findings)),
    ]
    return next((state for state, applies in rows if applies), Health.HEALTHY)


def test_every_combination_has_the_state_of_the_table() -> None:
    seen = set()
    for findings in all_findings():
        for rule in RULES:
            for elsewhere in (False, True):
                if elsewhere and any(finding.recorded for finding in findings):
                    continue
                state = object_state(findings, rule, recorded_elsewhere=elsewhere)
                assert state is reference(findings, rule, elsewhere), (findings, rule, elsewhere)
                seen.add(state)
    assert seen == set(Health)


def test_nothing_is_lost_while_a_store_does_not_answer() -> None:
    for findings in all_findings():
        if any(finding.outcome is Outcome.UNREACHABLE for finding in findings):
            assert object_state(findings, RULES[0]) not in (Health.LOST, Health.NEVER_STORED)


def test_nothing_is_healthy_beside_wrong_bytes_or_on_a_bad_path() -> None:
    for findings in all_findings():
        if object_state(findings, PlacementRule(1, 1)) is Health.HEALTHY:
            assert all(finding.outcome is not Outcome.WRONG for finding in findings)
            assert all(finding.outcome is Outcome.GOOD for finding in findings if finding.recorded)


def test_one_more_good_copy_never_makes_it_worse() -> None:
    for findings in all_findings():
        before = object_state(findings, PlacementRule(2, 2))
        for number, finding in enumerate(findings):
            better = CopyFinding(finding.place, Outcome.GOOD, finding.expected, finding.recorded)
            after = object_state([*findings[:number], better, *findings[number + 1 :]], PlacementRule(2, 2))
            # A damaged object may come from an unreachable one: it can be read again, which is better.
            assert after <= before


def test_a_record_is_as_bad_as_its_worst_object() -> None:
    for states in product(Health, repeat=3):
        assert record_state(states) is max(states)
    with pytest.raises(InputError):
        record_state([])


PATIENT = Address("0x" + "1" * 40)


def report(state: Health, role: ObjectRole, sequence: int, leaf: int | None = None) -> ObjectReport:
    return ObjectReport(ObjectToCheck(Cid("b"), role, EntryRef(PATIENT, sequence), leaf), (), state)


def test_the_list_of_a_batch_counts_for_each_of_its_records_and_for_no_other() -> None:
    found = CheckReport(
        (
            report(Health.HEALTHY, ObjectRole.PAYLOAD, 0),
            report(Health.DEGRADED, ObjectRole.MANIFEST, 0),
            report(Health.LOST, ObjectRole.BATCH_LIST, 1),
            report(Health.HEALTHY, ObjectRole.PAYLOAD, 1, 0),
            report(Health.DAMAGED, ObjectRole.PAYLOAD, 1, 1),
            report(Health.UNREACHABLE, ObjectRole.BATCH_LIST, 2),
        )
    )
    assert found.records() == {
        f"{PATIENT}/0": Health.DEGRADED,
        f"{PATIENT}/1/0": Health.LOST,
        f"{PATIENT}/1/1": Health.LOST,
        f"{PATIENT}/2": Health.UNREACHABLE,
    }
    assert found.counts() == {"healthy": 2, "degraded": 1, "damaged": 1, "unreachable": 1, "lost": 1}


def test_the_document_names_every_state_in_the_order_of_severity() -> None:
    table = DOCUMENT.read_text(encoding="utf-8").split("## States of an object")[1].split("\n## ")[0]
    assert re.findall(r"^\| \*\*([a-z ]+)\*\*", table, re.MULTILINE) == [state.label for state in sorted(Health)[::-1]]
