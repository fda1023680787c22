"""Rows of findings and of mended copies, on each database; and how copies and paths are told in one order."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from mendrec.adapters.db.care_log_rows import SqlCareLogRepository
from mendrec.domain.errors import MendrecError
from mendrec.domain.health import EntryRef, Health, ObjectRole, ObjectToCheck
from mendrec.domain.mending import CopyStep, Why
from mendrec.domain.model import Address, Cid, MendReason
from mendrec.ports_care import MendedCopy, ObjectFinding
from mendrec.ports_db import PathVersion, PlacedPathVersion
from mendrec.services.care_log import CareLog, CareRecorder, Place
from mendrec.services.mend import StepResult

PATIENT, OTHER = Address("0xP"), Address("0xO")


def finding(sequence: int, leaf: int | None, role: ObjectRole, state: Health, **more: Any) -> ObjectFinding:
    values = {"patient": PATIENT, "cid": Cid("bafk"), "copies": {"ward": "good"}, "checked_at": 10, **more}
    return ObjectFinding(sequence=sequence, leaf_index=leaf, role=role, state=state, **values)


def test_the_last_finding_of_an_object_stands(any_engine: Engine) -> None:
    rows = SqlCareLogRepository(any_engine)
    rows.keep([])
    first = finding(0, None, ObjectRole.PAYLOAD, Health.DAMAGED)
    other = finding(0, None, ObjectRole.MANIFEST, Health.HEALTHY)
    rows.keep([first, other, finding(0, None, ObjectRole.PAYLOAD, Health.LOST, patient=OTHER)])
    later = finding(0, None, ObjectRole.PAYLOAD, Health.HEALTHY, copies={"ward": "wrong"}, checked_at=20)
    rows.keep([later])
    assert rows.of_records(PATIENT, [(0, None), (7, 3)]) == [other, later]
    assert rows.of_records(PATIENT, []) == []


def test_a_record_is_as_bad_as_its_worst_object_and_its_batchs_list(any_engine: Engine) -> None:
    rows = SqlCareLogRepository(any_engine)
    rows.keep(
        [
            finding(0, None, ObjectRole.PAYLOAD, Health.DAMAGED),
            finding(0, None, ObjectRole.MANIFEST, Health.HEALTHY),
            finding(1, None, ObjectRole.MANIFEST, Health.HEALTHY),
            finding(2, None, ObjectRole.BATCH_LIST, Health.DEGRADED),
            finding(2, 0, ObjectRole.MANIFEST, Health.HEALTHY),
            finding(2, 1, ObjectRole.MANIFEST, Health.LOST),
            finding(0, None, ObjectRole.MANIFEST, Health.LOST, patient=OTHER),
        ]
    )
    assert rows.records_by_state(PATIENT) == {
        Health.DAMAGED: 1,
        Health.HEALTHY: 1,
        Health.DEGRADED: 1,
        Health.LOST: 1,
    }
    assert rows.records_by_state(Address("0xN")) == {}


def test_mended_copies_go_newest_first(any_engine: Engine) -> None:
    rows = SqlCareLogRepository(any_engine)
    made = [
        MendedCopy(PATIENT, number, None, ObjectRole.PAYLOAD, "ward", "damaged", None, at)
        for number, at in enumerate((10, 20, 20))
    ]
    rows.add_mended(made)
    rows.add_mended([])
    found = rows.mended(PATIENT, before=None, limit=9)
    assert [one.sequence for one in found] == [2, 1, 0]
    assert [one.sequence for one in rows.mended(PATIENT, before=(20, found[0].number), limit=9)] == [1, 0]
    assert rows.mended(OTHER, before=None, limit=9) == []


def test_only_copies_that_were_made_are_told_as_mended(any_engine: Engine) -> None:
    rows = SqlCareLogRepository(any_engine)
    recorder = CareRecorder(rows, cast(Any, SimpleNamespace(now=lambda: 10)), "1" * 32)
    subject = ObjectToCheck(Cid("bafk"), ObjectRole.PAYLOAD, EntryRef(PATIENT, 3), leaf_index=1)
    step = CopyStep(subject.cid, subject.record_label, "ward", Why.TOO_FEW, ("archive",), subject)
    recorder.did(StepResult(step, was_good_already=True))
    recorder.did(StepResult(step, error=MendrecError("no room")))
    assert rows.mended(PATIENT, before=None, limit=9) == []
    recorder.did(StepResult(step))
    (one,) = rows.mended(PATIENT, before=None, limit=9)
    assert (one.sequence, one.leaf_index, one.store_name, one.reason) == (3, 1, "ward", "too_few")
    assert (one.job_id, one.mended_at) == ("1" * 32, 10)


class _Rows:
    """Both sources in memory, by the ports' own words."""

    def __init__(self, copies_at: list[int], paths_at: list[int]) -> None:
        self._copies = [
            MendedCopy(PATIENT, 0, None, ObjectRole.PAYLOAD, "ward", "damaged", None, at, number)
            for number, at in enumerate(copies_at)
        ]
        self._paths = [
            PlacedPathVersion(0, PathVersion(1, 2, MendReason.DAMAGED, OTHER, at), number, 0)
            for number, at in enumerate(sorted(paths_at))
        ]

    def mended(self, _patient: Address, *, before: tuple[int, int] | None, limit: int) -> list[MendedCopy]:
        found = [one for one in self._copies if before is None or (one.mended_at, one.number) < before]
        return sorted(found, key=lambda one: (one.mended_at, one.number), reverse=True)[:limit]

    def newest_path_versions(
        self, _patient: Address, *, before: tuple[int, int, int] | None, limit: int
    ) -> list[PlacedPathVersion]:
        placed = [((one.version.mended_at, one.block_number, one.log_index), one) for one in self._paths]
        found = [(place, one) for place, one in placed if before is None or place < before]
        return [one for _, one in sorted(found, key=lambda pair: pair[0], reverse=True)][:limit]


@given(st.lists(st.integers(0, 4), max_size=8), st.lists(st.integers(0, 4), max_size=8), st.integers(1, 4))
def test_pages_over_copies_and_paths_leave_nothing_out_and_repeat_nothing(
    copies_at: list[int], paths_at: list[int], limit: int
) -> None:
    rows = _Rows(copies_at, paths_at)
    log = CareLog(cast(Any, rows), cast(Any, SimpleNamespace(rows=rows)), cast(Any, None))
    places: list[Place] = []
    before: Place | None = None
    while page := log.mendings(PATIENT, before=before, limit=limit):
        places += [one.place for one in page]
        before = page[-1].place
    assert len(places) == len(set(places)) == len(copies_at) + len(paths_at)
    assert places == sorted(places, reverse=True)
