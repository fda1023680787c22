"""Rows of applications and of confirmed names, on each database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import Engine, insert

from mendrec.adapters.db.application_rows import SqlApplicationRepository, SqlProfessionalRepository
from mendrec.adapters.db.engine import writing
from mendrec.adapters.db.tables_index import LIVE
from mendrec.domain.model import Address, Role
from mendrec.ports_people import Application, ApplicationsFull, ApplicationState

APPLICANT, HOSPITAL, BOARD = Address("0xA1"), Address("0xB1"), Address("0xC1")
MADE = Application(
    application_id="1" * 32,
    applicant=APPLICANT,
    institution=HOSPITAL,
    display_name="Ana Straße",
    licence_commitment_hex="ab" * 32,
    state=ApplicationState.WAITING,
    reason=None,
    issued_at=None,
    expires_at=None,
    verifier=None,
    verifier_signature_hex=None,
    created_at=10,
    changed_at=10,
    decided_at=None,
)
SIGNED = replace(
    MADE,
    state=ApplicationState.SIGNED,
    issued_at=20,
    expires_at=1_000,
    verifier=BOARD,
    verifier_signature_hex="cd" * 65,
    changed_at=30,
    decided_at=30,
)
AT_ONCE = 6


def add(
    rows: SqlApplicationRepository,
    application: Application,
    *,
    since_at: int = 0,
    at_most: int = 99,
    waiting_max_count: int = 99,
) -> bool | None:
    return rows.add(application, since_at=since_at, at_most=at_most, waiting_max_count=waiting_max_count)


def person(engine: Engine, address: str, roles: Role, **more: object) -> None:
    row = {"address": address, "roles": int(roles), "suspended": False, "credential_expires_at": 0, **more}
    with writing(engine) as connection:
        connection.execute(insert(LIVE.projections["participants"]).values(row))


def test_an_application_comes_back_as_it_went(any_engine: Engine) -> None:
    rows = SqlApplicationRepository(any_engine)
    assert add(rows, MADE)
    assert rows.get(MADE.application_id) == MADE
    assert rows.get("2" * 32) is None


def test_of_several_of_one_pair_one_is_open(any_engine: Engine) -> None:
    rows, barrier = SqlApplicationRepository(any_engine), Barrier(AT_ONCE)

    def apply(number: int) -> bool | None:
        barrier.wait()
        return add(rows, replace(MADE, application_id=str(number) * 32))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sorted(map(bool, pool.map(apply, range(AT_ONCE)))) == [False] * (AT_ONCE - 1) + [True]
    (one,) = rows.page(applicant=APPLICANT, limit=9)
    assert add(rows, replace(MADE, application_id="8" * 32, institution=BOARD)), "to another it may be"
    assert rows.change(replace(one, state=ApplicationState.CONFIRMED), was=ApplicationState.WAITING)
    assert add(rows, replace(MADE, application_id="7" * 32)) is False, "a confirmed one is undecided too"
    assert rows.change(replace(one, state=ApplicationState.DECLINED), was=ApplicationState.CONFIRMED)
    assert add(rows, replace(MADE, application_id="7" * 32))


def test_so_many_in_a_while_and_no_more(any_engine: Engine) -> None:
    rows = SqlApplicationRepository(any_engine)
    assert add(rows, MADE, at_most=1)
    other = replace(MADE, application_id="2" * 32, institution=BOARD)
    assert add(rows, other, at_most=1) is None
    assert add(rows, other, since_at=10, at_most=1)


def test_so_many_wait_for_an_institution_and_no_more(any_engine: Engine) -> None:
    rows = SqlApplicationRepository(any_engine)
    assert add(rows, MADE, waiting_max_count=1)
    second = replace(MADE, application_id="2" * 32, applicant=Address("0xA2"))
    with pytest.raises(ApplicationsFull):
        add(rows, second, waiting_max_count=1)
    assert rows.get(second.application_id) is None
    assert add(rows, MADE, waiting_max_count=1) is False, "what is open already is a conflict"
    assert add(rows, replace(second, institution=BOARD), waiting_max_count=1), "to another it may be"
    assert rows.change(replace(MADE, state=ApplicationState.CONFIRMED), was=ApplicationState.WAITING)
    third = replace(MADE, application_id="3" * 32, applicant=Address("0xA3"))
    assert add(rows, third, waiting_max_count=1), "one that was looked at waits no more"


def test_of_several_decisions_one_counts(any_engine: Engine) -> None:
    rows, barrier = SqlApplicationRepository(any_engine), Barrier(AT_ONCE)
    add(rows, MADE)

    def decide(number: int) -> bool:
        barrier.wait()
        return rows.change(
            replace(MADE, state=ApplicationState.DECLINED, reason=str(number)), was=ApplicationState.WAITING
        )

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert list(pool.map(decide, range(AT_ONCE))).count(True) == 1


def test_pages_go_newest_first_without_gap_or_repeat(any_engine: Engine) -> None:
    rows = SqlApplicationRepository(any_engine)
    for number in range(5):
        add(
            rows,
            replace(MADE, application_id=str(number) * 32, applicant=Address(f"0x{number}"), created_at=number // 2),
        )
    seen: list[str] = []
    before: tuple[int, str] | None = None
    while page := rows.page(institution=HOSPITAL, before=before, limit=2):
        seen += [one.application_id[0] for one in page]
        before = (page[-1].created_at, page[-1].application_id)
    assert seen == ["4", "3", "2", "1", "0"]
    assert rows.page(institution=HOSPITAL, state=ApplicationState.SIGNED, limit=9) == []


def test_old_ones_are_forgotten_but_no_credential_that_is_in_time(any_engine: Engine) -> None:
    rows = SqlApplicationRepository(any_engine)
    add(rows, MADE)
    rows.change(SIGNED, was=ApplicationState.WAITING)
    declined = replace(MADE, application_id="2" * 32, institution=BOARD)
    add(rows, declined)
    rows.change(
        replace(declined, state=ApplicationState.DECLINED, changed_at=30, decided_at=30), was=ApplicationState.WAITING
    )
    assert rows.forget(changed_before_at=30, now=50) == 0
    assert rows.forget(changed_before_at=31, now=50) == 1
    assert rows.get(MADE.application_id) == SIGNED
    assert rows.forget(changed_before_at=31, now=1_000) == 1


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("strasse", True),
        ("ANA S", True),
        ("ＡＮＡ", True),  # noqa: RUF001 - compatible forms are one
        ("0xa1", True),
        ("0XA", True),
        ("a1", False),
        ("%", False),
        ("_na", False),
        ("bert", False),
    ],
)
def test_professionals_are_found_by_name_and_address(any_engine: Engine, words: str, found: bool) -> None:
    applications, people = SqlApplicationRepository(any_engine), SqlProfessionalRepository(any_engine)
    person(any_engine, APPLICANT, Role.CLINICIAN, institution=HOSPITAL, licence_commitment_hex="ab" * 32)
    add(applications, MADE)
    applications.change(SIGNED, was=ApplicationState.WAITING)
    assert [one.person.address for one in people.page(words=words, limit=9)] == [APPLICANT] * found


def test_no_patient_is_among_the_professionals_whatever_is_asked(any_engine: Engine) -> None:
    applications, people = SqlApplicationRepository(any_engine), SqlProfessionalRepository(any_engine)
    person(any_engine, APPLICANT, Role.PATIENT)
    person(any_engine, HOSPITAL, Role.INSTITUTION)
    add(applications, MADE)
    applications.change(SIGNED, was=ApplicationState.WAITING)
    assert [one.person.address for one in people.page(limit=9)] == [HOSPITAL]
    assert people.page(words="Ana", limit=9) == []
    assert people.page(addresses=[APPLICANT], limit=9) == []
    assert people.page(words="ana", named_here={APPLICANT: "Ana"}, limit=9) == []


def test_names_of_the_settings_stand_in_the_place_of_confirmed_ones(any_engine: Engine) -> None:
    applications, people = SqlApplicationRepository(any_engine), SqlProfessionalRepository(any_engine)
    person(any_engine, APPLICANT, Role.CLINICIAN, institution=HOSPITAL, licence_commitment_hex="ab" * 32)
    add(applications, MADE)
    applications.change(SIGNED, was=ApplicationState.WAITING)
    here = {APPLICANT: "Berta"}
    assert people.page(words="bert", named_here=here, limit=9)
    assert not people.page(words="ana", named_here=here, limit=9)


def test_a_name_that_was_confirmed_for_another_licence_is_not_found(any_engine: Engine) -> None:
    applications, people = SqlApplicationRepository(any_engine), SqlProfessionalRepository(any_engine)
    person(any_engine, APPLICANT, Role.CLINICIAN, institution=HOSPITAL, licence_commitment_hex="ff" * 32)
    add(applications, MADE)
    applications.change(SIGNED, was=ApplicationState.WAITING)
    assert not people.page(words="ana", limit=9)
    (one,) = people.page(staff_of=HOSPITAL, limit=9)
    assert (one.named_licence_hex, one.licence_commitment_hex) == ("ab" * 32, "ff" * 32)


def test_the_newest_name_counts_and_pages_go_by_address(any_engine: Engine) -> None:
    applications, people = SqlApplicationRepository(any_engine), SqlProfessionalRepository(any_engine)
    for number in range(5):
        person(any_engine, f"0xA{number}", Role.CLINICIAN, institution=HOSPITAL)
    add(applications, MADE)
    applications.change(SIGNED, was=ApplicationState.WAITING)
    renamed = replace(SIGNED, display_name="Ana Other")
    applications.change(renamed, was=ApplicationState.SIGNED)
    first = people.page(staff_of=HOSPITAL, limit=2)
    assert [one.named for one in first] == [None, "Ana Other"]
    rest = people.page(staff_of=HOSPITAL, after=first[-1].person.address, limit=9)
    assert [one.person.address for one in (*first, *rest)] == [f"0xA{number}" for number in range(5)]
    assert people.page(staff_of=BOARD, limit=9) == []
