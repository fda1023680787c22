"""What all of the API has in common: idempotency keys, cursors, ETags, headers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from mendrec.adapters.db.session_rows import SqlAnswerRepository
from mendrec.domain.errors import UnavailableError
from mendrec.services.relay import RelayService
from mendrec.web.context import EXTENSION
from mendrec.web.cursors import MalformedCursor, decode_cursor, encode_cursor
from mendrec.web.idempotency import KEPT_S
from tests.web.conftest import Clinic
from tests.web.test_access_table import signed_act


@pytest.fixture
def submissions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The acts that reach the relay."""
    reached: list[str] = []
    accept = RelayService.accept

    def noting(self: RelayService, act: Any, *, by: Any) -> Any:
        reached.append(act.id_hex)
        return accept(self, act, by=by)

    monkeypatch.setattr(RelayService, "accept", noting)
    return reached


def submit(clinic: Clinic, act: Any, key: str, who: str = "patient") -> TestResponse:
    return clinic.ask(who, "POST", "/v1/acts", json=act, headers={"Idempotency-Key": key})


def test_the_same_key_and_request_get_the_same_answer_and_are_done_once(clinic: Clinic, submissions: list[str]) -> None:
    act = signed_act(clinic)
    first, again = submit(clinic, act, "one"), submit(clinic, act, "one")
    assert first.status_code == again.status_code == 202
    assert first.data == again.data
    assert first.headers["Location"] == again.headers["Location"] == f"/v1/acts/{submissions[0]}"
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(submissions) == 1


def test_the_same_key_with_another_request_is_a_409(clinic: Clinic, submissions: list[str]) -> None:
    act = signed_act(clinic)
    assert submit(clinic, act, "two").status_code == 202
    other = submit(clinic, {**act, "nonce": act["nonce"] + 1}, "two")
    assert other.status_code == 409
    assert other.json is not None
    assert other.json["code"] == "input.idempotency_conflict"
    assert len(submissions) == 1


def test_a_key_is_its_person_s_own(clinic: Clinic) -> None:
    act = signed_act(clinic)
    assert submit(clinic, act, "three").status_code == 202
    assert submit(clinic, act, "three", who="gp").status_code == 403  # judged on its own: not the gp's act


def test_a_refused_request_leaves_its_key_free(clinic: Clinic) -> None:
    act = signed_act(clinic)
    wrong = {**act, "signature": "0x" + "12" * 65}
    assert submit(clinic, wrong, "four").status_code == 403
    assert submit(clinic, act, "four").status_code == 202


def test_a_request_that_failed_leaves_its_key_free(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    act = signed_act(clinic)
    with monkeypatch.context() as broken:
        broken.setattr(RelayService, "accept", _away)
        assert submit(clinic, act, "five").status_code == 503
    assert submit(clinic, act, "five").status_code == 202


def _away(*_args: Any, **_more: Any) -> Any:
    raise UnavailableError("away")


def test_while_the_first_is_being_answered_the_second_waits(clinic: Clinic, later: Callable[[int], None]) -> None:
    """A process that died in between leaves its claim; after a minute the next request takes it over."""
    later(0)
    act = signed_act(clinic)
    with pytest.MonkeyPatch.context() as dying:
        dying.setattr(RelayService, "accept", _die)
        dying.setattr(SqlAnswerRepository, "release", lambda *_args: None)
        submit(clinic, act, "six")
    waiting = submit(clinic, act, "six")
    assert waiting.status_code == 409
    assert waiting.json is not None
    assert waiting.json["code"] == "conflict.still_answering"
    later(61)
    assert submit(clinic, act, "six").status_code == 202


def _die(*_args: Any, **_more: Any) -> Any:
    raise RuntimeError("killed")


def test_answers_are_forgotten_after_a_day(
    clinic: Clinic, later: Callable[[int], None], submissions: list[str]
) -> None:
    later(0)
    act = signed_act(clinic)
    submit(clinic, act, "seven")
    clinic.node.answers.forget(begun_before_at=clinic.clock.now() + KEPT_S - KEPT_S)
    assert submit(clinic, act, "seven").headers["Idempotent-Replayed"]
    clinic.node.answers.forget(begun_before_at=clinic.clock.now() + 1)
    assert "Idempotent-Replayed" not in submit(clinic, act, "seven").headers
    assert len(submissions) == 2


@pytest.mark.parametrize("key", ["", "a b", "a" * 129, "é", "a\\n"])
def test_a_malformed_key_is_a_400(clinic: Clinic, key: str) -> None:
    assert submit(clinic, signed_act(clinic), key).status_code == 400


# ETags


def test_what_has_not_changed_is_not_sent_again(clinic: Clinic) -> None:
    url = f"/v1/patients/{clinic.address('patient')}/consents"
    first = clinic.ask("patient", "GET", url)
    etag = first.headers["ETag"]
    same = clinic.ask("patient", "GET", url, headers={"If-None-Match": etag})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", etag)
    clinic.grant("gp", "medication")
    changed = clinic.ask("patient", "GET", url, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag


def test_an_etag_opens_nothing(clinic: Clinic) -> None:
    """Whoever knows the tag of an answer is refused as before."""
    url = f"/v1/patients/{clinic.address('patient')}/consents"
    etag = clinic.ask("patient", "GET", url).headers["ETag"]
    assert clinic.ask("stranger", "GET", url, headers={"If-None-Match": etag}).status_code == 403
    assert clinic.ask("stranger", "GET", url, headers={"If-None-Match": "*"}).status_code == 403


# Pages


@contextmanager
def a_node() -> Iterator[None]:
    """As much of an application as cursors ask for: the key of a home."""
    app = Flask(__name__)
    app.extensions[EXTENSION] = SimpleNamespace(cursor_key=b"k" * 32)
    with app.app_context():
        yield


@given(
    place=st.lists(st.one_of(st.integers(-1, 2**63 - 1), st.text(max_size=50)), min_size=1, max_size=4),
    kind=st.text(max_size=30),
    other=st.text(max_size=30),
)
@settings(max_examples=200, deadline=None)
def test_a_cursor_comes_back_as_it_went_and_to_its_own_list_only(place: list[int | str], kind: str, other: str) -> None:
    with a_node():
        cursor = encode_cursor(kind, place)
        assert decode_cursor(kind, cursor, *map(type, place)) == place
        if other != kind:
            with pytest.raises(MalformedCursor):
                decode_cursor(other, cursor, *map(type, place))


@given(text=st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_what_is_no_cursor_is_refused_as_one(text: str) -> None:
    with a_node(), pytest.raises(MalformedCursor):
        decode_cursor("list", text, int)


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_together_are_the_whole_list_each_once(clinic: Clinic, limit: int) -> None:
    for who in ("gp", "cardiologist", "radiologist"):
        clinic.grant(who, "laboratory", "imaging", "allergy")
    for url in (
        f"/v1/patients/{clinic.address('patient')}/consents",
        f"/v1/patients/{clinic.address('patient')}/events",
        "/v1/acts",
    ):
        whole = clinic.ask("patient", "GET", url, query_string={"limit": 200}).json
        assert whole is not None
        assert whole["next_cursor"] is None
        found: list[Any] = []
        cursor: str | None = None
        while True:
            query = {"limit": limit, **({"cursor": cursor} if cursor else {})}
            page = clinic.ask("patient", "GET", url, query_string=query).json
            assert page is not None
            assert len(page["items"]) <= limit
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert found == whole["items"]


# Headers


@pytest.mark.parametrize("url", ["/v1/node", "/v1/me", "/v1/nothing", "/nothing", "/openapi/openapi.json"])
def test_every_answer_is_hardened(clinic: Clinic, url: str) -> None:
    answer = clinic.client().get(url)
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }.items():
        assert answer.headers[name] == value
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["X-Request-Id"]
