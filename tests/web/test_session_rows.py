"""Sessions and remembered answers on SQLite and PostgreSQL alike, with several who want the same at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TypeVar

from sqlalchemy import Engine

from mendrec.adapters.db.session_rows import SqlAnswerRepository, SqlSessionRepository
from mendrec.domain.ids import parse_address
from mendrec.ports_web import SessionRow

PERSON = parse_address("0x" + "11" * 20)
OTHER = parse_address("0x" + "22" * 20)
SESSION = SessionRow("a" * 32, "b" * 64, PERSON, in_cookie=False, created_at=10, last_used_at=10, expires_at=100)
AT_ONCE = 6
T = TypeVar("T")


def at_once(do: Callable[[int], T]) -> list[T]:
    """The same by several, beginning together."""
    barrier = Barrier(AT_ONCE)

    def begin(number: int) -> T:
        barrier.wait()
        return do(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(begin, range(AT_ONCE)))


def test_of_several_with_one_nonce_one_gets_in(any_engine: Engine) -> None:
    rows = SqlSessionRepository(any_engine)
    rows.add_nonce("c" * 64, expires_at=100, now=10)
    assert sorted(at_once(lambda _: rows.use_nonce("c" * 64, now=20))) == [False] * (AT_ONCE - 1) + [True]


def test_a_nonce_serves_until_the_second_before_its_end(any_engine: Engine) -> None:
    rows = SqlSessionRepository(any_engine)
    for nonce in ("c", "d"):
        rows.add_nonce(nonce * 64, expires_at=100, now=10)
    assert rows.use_nonce("c" * 64, now=99)
    assert not rows.use_nonce("d" * 64, now=100)
    assert not rows.use_nonce("e" * 64, now=50)


def test_of_several_rotations_one_wins_and_its_token_alone_serves(any_engine: Engine) -> None:
    rows = SqlSessionRepository(any_engine)
    rows.add(SESSION)
    won = at_once(lambda number: rows.rotate("b" * 64, str(number) * 64, at=20))
    assert won.count(True) == 1
    assert rows.find("b" * 64) is None
    found = [number for number in range(AT_ONCE) if rows.find(str(number) * 64)]
    assert found == [won.index(True)]


def test_a_session_comes_back_as_it_went(any_engine: Engine) -> None:
    rows = SqlSessionRepository(any_engine)
    rows.add(SESSION)
    rows.add(replace(SESSION, session_id_hex="1" * 32, token_digest_hex="2" * 64, in_cookie=True, created_at=11))
    assert rows.find("b" * 64) == SESSION
    assert [row.session_id_hex for row in rows.of_person(PERSON)] == ["1" * 32, "a" * 32]
    assert not rows.of_person(OTHER)


def test_use_is_never_moved_back(any_engine: Engine) -> None:
    rows = SqlSessionRepository(any_engine)
    rows.add(SESSION)
    rows.touch("a" * 32, at=30)
    rows.touch("a" * 32, at=20)
    assert rows.find("b" * 64) == replace(SESSION, last_used_at=30)


def test_one_ends_one_own_session_only(any_engine: Engine) -> None:
    rows = SqlSessionRepository(any_engine)
    rows.add(SESSION)
    assert not rows.end(OTHER, "a" * 32)
    assert rows.end(PERSON, "a" * 32)
    assert not rows.end(PERSON, "a" * 32)


def test_what_is_over_is_forgotten_and_nothing_else(any_engine: Engine) -> None:
    rows = SqlSessionRepository(any_engine)
    for number, (used, ends) in enumerate([(90, 200), (90, 100), (50, 200), (51, 101)]):
        digit = str(number)
        rows.add(replace(SESSION, session_id_hex=digit, token_digest_hex=digit, last_used_at=used, expires_at=ends))
    assert rows.forget(expired_before_at=100, unused_since_at=50) == 2
    assert {row.session_id_hex for row in rows.of_person(PERSON)} == {"0", "3"}


def test_of_several_with_one_key_one_answers(any_engine: Engine) -> None:
    answers = SqlAnswerRepository(any_engine)
    begun = at_once(lambda _: answers.begin(PERSON, "key", "a" * 64, now=10))
    assert begun.count(None) == 1
    assert {one.status for one in begun if one} == {None}


def test_an_answer_is_remembered_for_its_person_and_key(any_engine: Engine) -> None:
    answers = SqlAnswerRepository(any_engine)
    answers.begin(PERSON, "key", "a" * 64, now=10)
    answers.keep(PERSON, "key", status=202, body='{"a":1}', location="/v1/a")
    known = answers.begin(PERSON, "key", "b" * 64, now=20)
    assert known is not None
    assert (known.request_digest_hex, known.status, known.body, known.location) == ("a" * 64, 202, '{"a":1}', "/v1/a")
    assert answers.begin(OTHER, "key", "b" * 64, now=20) is None
    assert answers.begin(PERSON, "other", "b" * 64, now=20) is None


def test_a_claim_is_released_but_an_answer_is_not(any_engine: Engine) -> None:
    answers = SqlAnswerRepository(any_engine)
    answers.begin(PERSON, "key", "a" * 64, now=10)
    answers.release(PERSON, "key")
    assert answers.begin(PERSON, "key", "b" * 64, now=11) is None
    answers.keep(PERSON, "key", status=200, body="", location=None)
    answers.release(PERSON, "key")
    assert answers.begin(PERSON, "key", "b" * 64, now=12) is not None


def test_of_several_that_take_over_one_does(any_engine: Engine) -> None:
    answers = SqlAnswerRepository(any_engine)
    answers.begin(PERSON, "key", "a" * 64, now=10)
    taken = at_once(lambda number: answers.take_over(PERSON, "key", begun_at=10, now=100 + number))
    assert taken.count(True) == 1


def test_old_answers_are_forgotten(any_engine: Engine) -> None:
    answers = SqlAnswerRepository(any_engine)
    for number in range(3):
        answers.begin(PERSON, str(number), "a" * 64, now=number)
    assert answers.forget(begun_before_at=2) == 2
    assert answers.begin(PERSON, "2", "a" * 64, now=5) is not None
