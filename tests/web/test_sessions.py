"""Sessions: how they are carried, how they end, and what other sites can't do with them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mendrec.web.app import create_app
from tests.web.conftest import Clinic

COOKIE = "mendrec-session"


def browser(clinic: Clinic, who: str = "patient") -> tuple[FlaskClient, str]:
    """A client that signed in from the node's own page, and its CSRF word."""
    client = clinic.client()
    body = {**clinic.signed(who, clinic.message(who)), "cookie": True}
    answer = client.post("/v1/sessions", json=body, headers={"Origin": clinic.origin})
    assert answer.status_code == 201, answer.json
    assert answer.json is not None
    assert answer.json["token"] is None
    return client, answer.json["csrf_token"]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def status(clinic: Clinic, token: str) -> int:
    return clinic.client().get("/v1/me", headers=bearer(token)).status_code


def test_a_browser_gets_a_cookie_that_no_script_and_no_other_site_can_use(clinic: Clinic) -> None:
    client = clinic.client()
    body = {**clinic.signed("patient", clinic.message("patient")), "cookie": True}
    answer = client.post("/v1/sessions", json=body, headers={"Origin": clinic.origin})
    (stated,) = answer.headers.getlist("Set-Cookie")
    parts = {part.strip().split("=")[0] for part in stated.split(";")}
    assert parts == {COOKIE, "HttpOnly", "SameSite", "Path", "Max-Age", "Expires"}
    assert "SameSite=Strict" in stated
    assert client.get("/v1/me").status_code == 200


def signed_in_at(clinic: Clinic, origin: str) -> TestResponse:
    """A browser's sign-in at a node that is called otherwise."""
    config = dataclasses.replace(clinic.node.config, web=dataclasses.replace(clinic.node.config.web, origin=origin))
    sessions = dataclasses.replace(clinic.node.sessions, origin=origin)
    app = create_app(dataclasses.replace(clinic.node, config=config, sessions=sessions), custodian=None)
    text = clinic.message("patient", domain=origin.partition("://")[2], uri=origin)
    body = {**clinic.signed("patient", text), "cookie": True}
    return app.test_client().post("/v1/sessions", json=body, headers={"Origin": origin})


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://records.example", 403),
        ("http://192.0.2.1:8546", 403),
        ("http://localhost:8546", 201),
        ("http://127.0.0.2", 201),
        ("http://[::1]:8546", 201),
    ],
)
def test_no_cookie_goes_over_a_wire_readable(clinic: Clinic, origin: str, status: int) -> None:
    answer = signed_in_at(clinic, origin)
    assert answer.status_code == status, answer.json
    assert ("Set-Cookie" in answer.headers) == (status == 201)


def test_over_tls_the_cookie_is_bound_to_host_and_tls(clinic: Clinic) -> None:
    answer = signed_in_at(clinic, "https://records.example")
    (stated,) = answer.headers.getlist("Set-Cookie")
    assert stated.startswith("__Host-mendrec-session=")
    assert "; Secure" in stated
    assert "; Path=/" in stated
    assert "Domain" not in stated
    assert answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "https://127.0.0.1:8546"])
def test_a_cookie_is_given_to_the_node_own_page_only(clinic: Clinic, origin: str | None) -> None:
    body = {**clinic.signed("patient", clinic.message("patient")), "cookie": True}
    headers = {} if origin is None else {"Origin": origin}
    answer = clinic.client().post("/v1/sessions", json=body, headers=headers)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("origin", "csrf", "expected"),
    [
        ("own", "own", 200),
        ("own", "missing", 403),
        ("own", "another session's", 403),
        ("own", "not ASCII", 403),
        ("http://evil.example", "own", 403),
        ("null", "own", 403),
        (None, "own", 403),
    ],
)
def test_an_unsafe_request_with_a_cookie_needs_origin_and_word(
    clinic: Clinic, origin: str | None, csrf: str, expected: int
) -> None:
    client, own = browser(clinic)
    words = {"own": own, "missing": None, "another session's": browser(clinic)[1], "not ASCII": "é" * 64}
    headers = {"X-CSRF-Token": words[csrf], "Origin": clinic.origin if origin == "own" else origin}
    answer = client.post("/v1/sessions/current/rotation", headers={k: v for k, v in headers.items() if v is not None})
    assert answer.status_code == expected, answer.json
    if expected == 403:
        assert answer.json is not None
        assert answer.json["code"] == "refused.csrf"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("stated", "expected"), [("patient", 200), ("gp", 409), ("nobody", 409), ("lower case", 200), (None, 200)]
)
def test_a_request_for_somebody_else_than_who_is_signed_in_is_refused_first(
    clinic: Clinic, method: str, stated: str | None, expected: int
) -> None:
    """Somebody else signed in in another tab: what this one asks is neither answered nor done as them."""
    client, csrf = browser(clinic)
    url = "/v1/me" if method == "GET" else "/v1/sessions/current/rotation"
    persons = {"nobody": "é", "lower case": clinic.address("patient").lower(), None: ""}
    person = persons[stated] if stated in persons else clinic.address(str(stated))
    headers = {"X-CSRF-Token": csrf if expected == 200 else "another session's", "Origin": clinic.origin}
    if stated is not None:
        headers["X-Mendrec-Person"] = person
    answer = client.open(url, method=method, headers=headers)
    assert answer.status_code == expected, answer.json
    by_bearer = clinic.ask("patient", "GET", "/v1/me", headers=headers)
    assert by_bearer.status_code == expected
    if expected == 409:
        assert answer.json is not None
        assert answer.json["code"] == "refused.session.other_person"
        assert client.get("/v1/me").status_code == 200, "the other person stays signed in"


def test_a_cross_site_fetch_is_refused_whatever_origin_it_states(clinic: Clinic) -> None:
    client, csrf = browser(clinic)
    headers = {"X-CSRF-Token": csrf, "Origin": clinic.origin, "Sec-Fetch-Site": "cross-site"}
    assert client.post("/v1/sessions/current/rotation", headers=headers).status_code == 403


def test_the_word_can_be_asked_for_again_and_is_the_session_own(clinic: Clinic) -> None:
    client, csrf = browser(clinic)
    answer = client.get("/v1/sessions/current")
    assert answer.json is not None
    assert answer.json["csrf_token"] == csrf
    assert answer.json["session"]["current"] is True


def test_a_bearer_needs_no_word_and_a_cookie_token_is_no_bearer(clinic: Clinic) -> None:
    token = clinic.sign_in("patient")
    assert clinic.client().post("/v1/sessions/current/rotation", headers=bearer(token)).status_code == 200
    client, _ = browser(clinic)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    assert status(clinic, cookie.value) == 401
    other = clinic.client()
    other.set_cookie(COOKIE, clinic.sign_in("patient"))
    assert other.get("/v1/me").status_code == 401


def test_a_rotated_token_is_worth_nothing(clinic: Clinic) -> None:
    token = clinic.sign_in("patient")
    answer = clinic.client().post("/v1/sessions/current/rotation", headers=bearer(token))
    assert answer.json is not None
    assert (status(clinic, token), status(clinic, answer.json["token"])) == (401, 200)


def test_rotation_does_not_move_the_session_end(clinic: Clinic, later: Callable[[int], None]) -> None:
    token = clinic.sign_in("patient")
    before = clinic.client().get("/v1/sessions/current", headers=bearer(token)).json
    later(600)
    after = clinic.client().post("/v1/sessions/current/rotation", headers=bearer(token)).json
    assert before is not None
    assert after is not None
    assert after["session"]["expires_at"] == before["session"]["expires_at"]
    assert after["session"]["session_id"] == before["session"]["session_id"]


def test_signing_in_again_in_a_browser_ends_the_session_before(clinic: Clinic) -> None:
    client, _ = browser(clinic)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    body = {**clinic.signed("patient", clinic.message("patient")), "cookie": True}
    assert client.post("/v1/sessions", json=body, headers={"Origin": clinic.origin}).status_code == 201
    stolen = clinic.client()
    stolen.set_cookie(COOKIE, cookie.value)
    assert stolen.get("/v1/me").status_code == 401
    assert client.get("/v1/me").status_code == 200


def test_signing_out_ends_the_session_and_drops_the_cookie(clinic: Clinic) -> None:
    client, csrf = browser(clinic)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    headers = {"X-CSRF-Token": csrf, "Origin": clinic.origin}
    assert client.delete("/v1/sessions/current", headers=headers).status_code == 204
    assert client.get_cookie(COOKIE) is None
    stolen = clinic.client()
    stolen.set_cookie(COOKIE, cookie.value)
    assert stolen.get("/v1/me").status_code == 401


def test_an_idle_session_ends(clinic: Clinic, later: Callable[[int], None]) -> None:
    idle_s = clinic.node.config.web.session_idle_s
    token = clinic.sign_in("patient")
    later(idle_s - 1)
    assert status(clinic, token) == 200
    later(2 * idle_s - 2)
    assert status(clinic, token) == 200, "use keeps it open"
    later(3 * idle_s)
    assert status(clinic, token) == 401


def test_a_session_ends_however_much_it_is_used(clinic: Clinic, later: Callable[[int], None]) -> None:
    web = clinic.node.config.web
    token = clinic.sign_in("patient")
    for at in range(0, web.session_lifetime_s, web.session_idle_s - 1):
        later(at)
        assert status(clinic, token) == 200
    later(web.session_lifetime_s)
    assert status(clinic, token) == 401


def test_one_lists_and_ends_one_own_sessions_only(clinic: Clinic) -> None:
    mine, other, gps = clinic.sign_in("patient"), clinic.sign_in("patient"), clinic.sign_in("gp")
    listed = clinic.client().get("/v1/sessions", headers=bearer(mine)).json
    assert listed is not None
    assert {item["person"] for item in listed["items"]} == {clinic.address("patient")}
    assert [item["current"] for item in listed["items"]].count(True) == 1

    def session_id(token: str) -> str:
        found = clinic.client().get("/v1/sessions/current", headers=bearer(token)).json
        assert found is not None
        identifier: str = found["session"]["session_id"]
        return identifier

    gps_id, other_id = session_id(gps), session_id(other)
    theirs = clinic.client().delete(f"/v1/sessions/{gps_id}", headers=bearer(mine))
    nobodys = clinic.client().delete(f"/v1/sessions/{'0' * 32}", headers=bearer(mine))
    assert theirs.json is not None
    assert nobodys.json is not None
    assert (theirs.status_code, theirs.json["message"]) == (nobodys.status_code, nobodys.json["message"])
    assert status(clinic, gps) == 200
    assert clinic.client().delete(f"/v1/sessions/{other_id}", headers=bearer(mine)).status_code == 204
    assert (status(clinic, other), status(clinic, mine)) == (401, 200)


@pytest.mark.parametrize(
    "stated", ["Bearer", "Bearer ", "Bearer x", "Basic abcdefghijklmnopqrstuvwxyz", "Bearer " + "a" * 43, "é" * 50]
)
def test_what_is_no_token_is_a_401(clinic: Clinic, stated: str) -> None:
    answer = clinic.client().get("/v1/me", headers={"Authorization": stated})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_wrong_authorization_header_is_not_made_good_by_a_cookie(clinic: Clinic) -> None:
    client, _ = browser(clinic)
    assert client.get("/v1/me", headers={"Authorization": "Bearer " + "a" * 43}).status_code == 401


def test_what_is_over_is_forgotten(clinic: Clinic, later: Callable[[int], None]) -> None:
    clinic.sign_in("patient")
    later(clinic.node.config.web.session_lifetime_s + 1)
    assert clinic.node.sessions.forget() >= 1
    assert not clinic.node.sessions.of_person(clinic.world.people["patient"].address)
