"""A release request passed on to another node's custodian: only to whom the settings name, and its answer as it is."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask.testing import FlaskClient

from mendrec.adapters import custodian_http
from mendrec.adapters.custodian_http import CustodianUnavailable, HttpCustodian
from mendrec.domain.ids import parse_address
from mendrec.domain.limits import Limits
from mendrec.domain.release_answer import MalformedAnswer
from mendrec.web.app import create_app
from mendrec.web.limiting import TokenBuckets
from tests.web.conftest import Clinic
from tests.web.test_custodian_door import ANSWER, CUSTODIAN, REQUEST, body

URL = f"/v1/custodians/{CUSTODIAN}/release"
OTHER = parse_address("0x" + "55" * 20)


@dataclass
class Played:
    """Another node: what it answers, and what it was asked."""

    status: int = 200
    body: bytes = json.dumps(ANSWER.to_json(), indent=3).encode()
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    port: int = 0


@pytest.fixture
def played() -> Iterator[Played]:
    found = Played()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            found.asked.append((self.path, dict(self.headers), json.loads(sent)))
            self.send_response(found.status)
            for name, value in {"Content-Type": "text/html", "Set-Cookie": "a=b", **found.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(found.body)))
            self.end_headers()
            self.wfile.write(found.body)

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    found.port = server.server_port
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def door(clinic: Clinic, played: Played) -> FlaskClient:
    return door_of(clinic, HttpCustodian(CUSTODIAN, f"http://127.0.0.1:{played.port}"))


def door_of(clinic: Clinic, elsewhere: HttpCustodian, buckets: TokenBuckets | None = None) -> FlaskClient:
    """The clinic's application, with one custodian elsewhere."""
    node = replace(clinic.node, custodians_elsewhere={CUSTODIAN: elsewhere})
    own = clinic.node.custodian(clinic.world.people["north-hospital"])
    return create_app(node, custodian=own, buckets=buckets or TokenBuckets(1_000_000)).test_client()


def test_the_request_goes_on_as_it_is_signed_and_the_answer_comes_untouched(door: FlaskClient, played: Played) -> None:
    answer = door.post(URL, json=body())
    assert (answer.status_code, answer.data) == (200, played.body)
    ((path, headers, sent),) = played.asked
    assert (path, sent) == ("/v1/release", body())
    assert answer.mimetype == "application/json", "whatever the other machine calls it"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert not {"Cookie", "Authorization", "X-Forwarded-For"} & set(headers)


def test_a_session_is_neither_needed_nor_passed_on(clinic: Clinic, door: FlaskClient, played: Played) -> None:
    answer = door.post(URL, json=body(), headers=clinic.headers("gp"))
    assert answer.status_code == 200
    assert "Authorization" not in played.asked[0][1]


@pytest.mark.parametrize("status", [400, 403, 404, 409, 500, 503])
def test_an_error_keeps_its_status_and_its_words(door: FlaskClient, played: Played, status: int) -> None:
    played.status, played.headers = status, {"Retry-After": "7"}
    played.body = b'{"code": "refused.release.stale", "message": "late", "remedy": "", "request_id": "theirs"}'
    answer = door.post(URL, json=body())
    assert (answer.status_code, answer.data) == (status, played.body)
    assert answer.headers["Retry-After"] == "7"


@pytest.mark.parametrize("status", [401, 407, 421, 429])
def test_what_is_meant_for_this_node_ends_here(door: FlaskClient, played: Played, status: int) -> None:
    played.status, played.headers = status, {"Retry-After": "3600", "WWW-Authenticate": "Bearer"}
    played.body = b'{"code": "refused.sign_in_needed", "message": "theirs", "remedy": "", "request_id": "theirs"}'
    answer = door.post(URL, json=body())
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable.custodian")
    assert not {"Retry-After", "WWW-Authenticate"} & set(answer.headers)
    assert b"theirs" not in answer.data


@pytest.mark.parametrize("told", ["soon", "-1", "9" * 30, "²"])
def test_another_machines_odd_words_go_no_further(door: FlaskClient, played: Played, told: str) -> None:
    played.status, played.body, played.headers = 503, b"{}", {"Retry-After": told.encode().decode("latin-1")}
    assert "Retry-After" not in door.post(URL, json=body()).headers


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(door: FlaskClient, played: Played, status: int) -> None:
    played.status, played.headers = status, {"Location": f"http://127.0.0.1:{played.port}/elsewhere"}
    answer = door.post(URL, json=body())
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["code"] == "unavailable.custodian"
    assert [path for path, *_ in played.asked] == ["/v1/release"]


@pytest.mark.parametrize(
    ("status", "sent", "expected", "code"),
    [
        (200, b"<html>", 409, "verification.release_answer"),
        (200, b"[1]", 409, "verification.release_answer"),
        (200, b'{"a": "' + b"x" * 5_000_000 + b'"}', 409, "verification.release_answer"),
        (200, b"[" * 100_000, 409, "verification.release_answer"),
        (502, b"<html>a proxy's words</html>", 503, "unavailable.custodian"),
        (204, b"", 503, "unavailable.custodian"),
    ],
    ids=["no JSON", "a list", "too large", "nested", "a proxy", "nothing"],
)
def test_what_is_no_answer_goes_no_further(
    door: FlaskClient, played: Played, status: int, sent: bytes, expected: int, code: str
) -> None:
    played.status, played.body = status, sent
    answer = door.post(URL, json=body())
    assert answer.status_code == expected
    assert answer.json is not None
    assert answer.json["code"] == code
    assert b"proxy's words" not in answer.data


def test_only_who_is_configured_is_asked(clinic: Clinic, door: FlaskClient, played: Played) -> None:
    answer = door.post(f"/v1/custodians/{OTHER}/release", json=body())
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["code"] == "not_found.custodian"
    assert not played.asked
    assert door.post("/v1/custodians/nobody/release", json=body()).status_code == 400


def test_this_nodes_own_custodian_decides_here(clinic: Clinic, door: FlaskClient, played: Played) -> None:
    own = clinic.address("north-hospital")
    here = door.post("/v1/release", json=body()).json
    answer = door.post(f"/v1/custodians/{own}/release", json=body()).json
    assert here is not None
    assert answer is not None
    assert {**answer, "request_id": ""} == {**here, "request_id": ""}
    assert not played.asked


@pytest.mark.parametrize("sent", [b"{", b"[]", b'{"request": {}}', json.dumps(body(signature="0x12")).encode()])
def test_a_bad_body_is_a_400_and_reaches_nobody(door: FlaskClient, played: Played, sent: bytes) -> None:
    assert door.post(URL, data=sent, content_type="application/json").status_code == 400
    assert not played.asked


def test_an_oversized_body_reaches_nobody(door: FlaskClient, played: Played) -> None:
    assert door.post(URL, data=b"x" * 2_000_000, content_type="application/json").status_code == 413
    assert not played.asked


def test_it_counts_as_a_release_does(clinic: Clinic, played: Played) -> None:
    many = {**REQUEST.to_json(), "records": [REQUEST.to_json()["records"][0]] * 64}
    still = 0.0

    def statuses(status: int) -> list[int]:
        buckets = TokenBuckets(6.0, monotonic=lambda: still)
        door = door_of(clinic, HttpCustodian(CUSTODIAN, f"http://127.0.0.1:{played.port}"), buckets)
        played.status = status
        return [door.post(URL, json=body(request=many)).status_code for _ in range(4)]

    assert statuses(200) == [200, 429, 429, 429], "of the reader's 6, 64 records took 8: the rest is owed"
    played.body = b'{"code": "refused.release"}'
    assert statuses(403) == [403, 403, 403, 429], "an unproven reader owes nothing; the address paid 2 and 1/4 each"


def test_nobody_listening_is_unavailable(clinic: Clinic) -> None:
    answer = door_of(clinic, HttpCustodian(CUSTODIAN, "http://127.0.0.1:9")).post(URL, json=body())
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["code"] == "unavailable.custodian"


@pytest.fixture
def silent() -> Iterator[Callable[[], HttpCustodian]]:
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield lambda: HttpCustodian(
            CUSTODIAN, f"http://127.0.0.1:{listening.getsockname()[1]}", Limits(chain_timeout_s=1)
        )


def test_a_custodian_that_says_nothing_holds_few_threads_and_not_for_long(
    silent: Callable[[], HttpCustodian], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(custodian_http, "_PASSED_ON_AT_A_TIME", 2)
    custodian = silent()
    said: list[str] = []

    def ask() -> None:
        with pytest.raises(CustodianUnavailable) as unavailable:
            custodian.pass_on(body())
        said.append(unavailable.value.message.split()[0])

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
        assert not thread.is_alive()
    assert sorted(said) == ["The", "The", "Too", "Too", "Too"]
    with pytest.raises(CustodianUnavailable, match="does not answer"):
        custodian.pass_on(body())  # there is room again


def test_malformed_is_still_told_apart_for_who_asks_themselves(played: Played) -> None:
    played.status, played.body = 503, b"<html>"
    with pytest.raises(MalformedAnswer):
        HttpCustodian(CUSTODIAN, f"http://127.0.0.1:{played.port}").release(REQUEST, bytes(65))
