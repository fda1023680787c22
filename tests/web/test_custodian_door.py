"""The custodian's HTTP door: what goes in is checked, what comes out is uniform, and a fault tells nothing."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from mendrec.adapters.custodian_http import CustodianUnavailable, HttpCustodian
from mendrec.domain.errors import MendrecError, UnavailableError
from mendrec.domain.ids import parse_address
from mendrec.domain.limits import Limits
from mendrec.domain.model import Act, Address, Purpose
from mendrec.domain.release import ReleaseRequest, RequestedRecord, StaleRequest
from mendrec.domain.release_answer import MalformedAnswer, ReleaseAnswer, ReleaseRefused, refused, released
from mendrec.web.app import create_custodian_app

CUSTODIAN = parse_address("0x" + "33" * 20)
SIGNATURE = bytes(range(65))
REQUEST = ReleaseRequest(
    act=Act.OPEN,
    patient=parse_address("0x" + "11" * 20),
    reader=parse_address("0x" + "22" * 20),
    records=(RequestedRecord(3, "ab" * 32), RequestedRecord(4, "cd" * 32, 7, ("ef" * 32,))),
    purpose=Purpose.TREAT,
    nonce_hex="9a" * 32,
    deadline_at=1_800_000_000,
)
ANSWER = ReleaseAnswer(
    CUSTODIAN,
    17,
    (
        released(3, "ab" * 32, {"descriptor": b"sealed to the reader", "payload": b"this too"}),
        refused(4, "cd" * 32, StaleRequest("no")),
    ),
)


@dataclass
class PlayedCustodian:
    """Answers what it is told to, and keeps what it was asked."""

    answer: ReleaseAnswer | Exception = ANSWER
    asked: list[tuple[ReleaseRequest, bytes]] = field(default_factory=list)
    address: Address = CUSTODIAN

    def release(self, request: ReleaseRequest, signature: bytes) -> ReleaseAnswer:
        self.asked.append((request, signature))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def played() -> PlayedCustodian:
    return PlayedCustodian()


@pytest.fixture
def client(played: PlayedCustodian) -> FlaskClient:
    return create_custodian_app(played).test_client()


@pytest.fixture
def over_http(played: PlayedCustodian) -> Iterator[HttpCustodian]:
    server = make_server("127.0.0.1", 0, create_custodian_app(played), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield HttpCustodian(CUSTODIAN, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


def body(**changes: Any) -> dict[str, Any]:
    return {"request": REQUEST.to_json(), "signature": "0x" + SIGNATURE.hex(), **changes}


def test_request_and_answer_go_round_over_http(over_http: HttpCustodian, played: PlayedCustodian) -> None:
    assert over_http.release(REQUEST, SIGNATURE) == ANSWER
    assert played.asked == [(REQUEST, SIGNATURE)]


def test_a_refusal_keeps_its_own_code_words_and_remedy(over_http: HttpCustodian, played: PlayedCustodian) -> None:
    played.answer = StaleRequest("The request is past its deadline.")
    with pytest.raises(ReleaseRefused) as refusal:
        over_http.release(REQUEST, SIGNATURE)
    assert refusal.value.as_dict() == played.answer.as_dict()


@pytest.mark.parametrize("failure", [UnavailableError("the chain is away"), RuntimeError("bug: secret in the text")])
def test_unavailable_and_failed_are_told_apart_from_refused(
    over_http: HttpCustodian, played: PlayedCustodian, failure: Exception
) -> None:
    played.answer = failure
    with pytest.raises(CustodianUnavailable) as unavailable:
        over_http.release(REQUEST, SIGNATURE)
    assert "secret" not in unavailable.value.message


def test_an_answer_from_another_custodian_is_not_believed(over_http: HttpCustodian, played: PlayedCustodian) -> None:
    played.answer = ReleaseAnswer(parse_address("0x" + "44" * 20), 17, ())
    with pytest.raises(MalformedAnswer):
        over_http.release(REQUEST, SIGNATURE)


def test_nobody_listening_is_said_so() -> None:
    with pytest.raises(CustodianUnavailable):
        HttpCustodian(CUSTODIAN, "http://127.0.0.1:9").release(REQUEST, SIGNATURE)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.fixture
def dripping() -> Iterator[Callable[[bytes, bytes], HttpCustodian]]:
    """Starts servers that answer with a first part and then one drop after the other, until the test is over."""
    stop = threading.Event()
    with contextlib.ExitStack() as stack:

        def start(first: bytes, drop: bytes) -> HttpCustodian:
            listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def serve() -> None:
                connection, _ = listening.accept()
                with connection, contextlib.suppress(OSError):
                    connection.recv(65_536)
                    connection.sendall(first)
                    while not stop.wait(0.02):
                        connection.sendall(drop)

            thread = threading.Thread(target=serve)
            thread.start()
            stack.callback(thread.join)
            stack.callback(stop.set)
            return HttpCustodian(CUSTODIAN, f"http://127.0.0.1:{listening.getsockname()[1]}", Limits(chain_timeout_s=1))

        yield start


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (HEAD + b"Content-Length: 4000000\r\n\r\n", b" "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;", b"x"),
        (HEAD + b"X-Long: ", b"x"),
        (b"HTTP/1.1 200 ", b"x"),
    ],
    ids=["body", "chunks", "chunk extension", "header", "status line"],
)
def test_a_custodian_that_drips_for_ever_is_given_up(
    dripping: Callable[[bytes, bytes], HttpCustodian], first: bytes, drop: bytes
) -> None:
    with pytest.raises(CustodianUnavailable):
        dripping(first, drop).release(REQUEST, SIGNATURE)


def test_an_answer_that_was_given_up_is_not_read_on(dripping: Callable[[bytes, bytes], HttpCustodian]) -> None:
    """While the server still drips, the thread that read it comes to its end."""
    with pytest.raises(CustodianUnavailable):
        dripping(HEAD + b"Content-Length: 4000000\r\n\r\n", b" ").release(REQUEST, SIGNATURE)
    for thread in threading.enumerate():
        if thread.name == "custodian-exchange":
            thread.join(timeout=20)
            assert not thread.is_alive()


def test_a_custodian_that_breaks_off_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(HEAD + b"Content-Length: 400\r\n\r\n{")

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(CustodianUnavailable):
            HttpCustodian(CUSTODIAN, f"http://127.0.0.1:{listening.getsockname()[1]}").release(REQUEST, SIGNATURE)
        thread.join()


BAD_BODIES = {
    "no JSON": b"{",
    "a list": b"[]",
    "no signature": json.dumps({"request": REQUEST.to_json()}).encode(),
    "a short signature": json.dumps(body(signature="0x12")).encode(),
    "half a byte at the end of the signature": json.dumps(body(signature="0x" + SIGNATURE.hex() + "1")).encode(),
    "an upper-case signature": json.dumps(body(signature="0x" + SIGNATURE.hex().upper())).encode(),
    "a request that is a text": json.dumps(body(request="OPEN")).encode(),
    "a request without records": json.dumps(body(request={**REQUEST.to_json(), "records": []})).encode(),
    "nested deeply": b'{"request":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "not UTF-8": b'{"request": "\xff"}',
}


@pytest.mark.parametrize("what", BAD_BODIES)
def test_a_bad_body_is_a_400_and_reaches_nobody(client: FlaskClient, played: PlayedCustodian, what: str) -> None:
    answer = client.post("/v1/release", data=BAD_BODIES[what], content_type="application/json")
    assert answer.status_code == 400
    assert answer.json is not None
    assert set(answer.json) == {"code", "message", "remedy", "request_id"}
    assert not played.asked


def test_an_oversized_body_is_refused_before_it_is_read(client: FlaskClient, played: PlayedCustodian) -> None:
    answer = client.post("/v1/release", data=b"x" * 2_000_000, content_type="application/json")
    assert answer.status_code == 413
    assert not played.asked


@pytest.mark.parametrize(
    ("error", "status"),
    [(StaleRequest("no"), 403), (UnavailableError("away"), 503), (MendrecError("odd"), 500), (ValueError("x"), 500)],
)
def test_errors_are_uniform_and_carry_the_request_id(
    client: FlaskClient, played: PlayedCustodian, error: Exception, status: int
) -> None:
    played.answer = error
    answer = client.post("/v1/release", json=body())
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_every_answer_is_hardened_and_names_no_server_insides(client: FlaskClient) -> None:
    for answer in (client.get("/health/live"), client.get("/nothing"), client.get("/v1/release")):
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Traceback" not in answer.text


def test_a_failing_custodian_logs_the_kind_of_fault_and_not_its_text(
    client: FlaskClient, played: PlayedCustodian, caplog: pytest.LogCaptureFixture
) -> None:
    played.answer = RuntimeError("AGE-SECRET-KEY-1 would be here")
    client.post("/v1/release", json=body())
    assert "RuntimeError" in caplog.text
    assert "AGE-SECRET-KEY" not in caplog.text
