"""Bad input: a clear, uniform error at the edge, and never a fault of the node."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from mendrec.adapters.chain.errors import ChainUnavailable
from mendrec.adapters.chain.ledger import Web3LedgerReader
from mendrec.adapters.db.index_rows import SqlIndexRepository
from mendrec.domain.model import BlockRef
from mendrec.services.index import IndexService
from mendrec.web.limiting import StreamSlots, TokenBuckets, TooManyRequests, site_of
from tests.web.conftest import Clinic, open_clinic

DEEP = b'{"kind":"grant","params":{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}}"


def uniform(answer: TestResponse, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.json is not None
    assert set(answer.json) == {"code", "message", "remedy", "request_id"}
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    body: dict[str, Any] = answer.json
    return body


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a number": b"1",
    "a text": b'"{}"',
    "an object in a text": json.dumps(json.dumps({"kind": "grant", "params": {}})).encode(),
    "null": b"null",
    "not UTF-8": b'{"kind": "\xff", "params": {}}',
    "UTF-16": '{"kind": "grant", "params": {}}'.encode("utf-16"),
    "NUL": b'{"kind": "grant\\u0000", "params": {}}',
    "NUL in a name": b'{"kind": "grant", "params": {"\\u0000": 1}}',
    "half a surrogate pair": b'{"kind": "\\ud800", "params": {}}',
    "a name twice": b'{"kind": "grant", "kind": "revoke", "params": {}}',
    "not a number": b'{"kind": "grant", "params": {"nonce": NaN}}',
    "an endless number": b'{"kind": "grant", "params": {"nonce": ' + b"9" * 50_000 + b"}}",
    "nested deeply": DEEP,
    "nested too deeply by one": b'{"kind":"grant","params":{"a":' + b"[" * 31 + b"]" * 31 + b"}}",
    "an unknown name": b'{"kind": "grant", "params": {}, "more": 1}',
    "a wrong type": b'{"kind": 5, "params": {}}',
    "an unknown kind": b'{"kind": "steal", "params": {}}',
    "unknown parameters": b'{"kind": "cancel_nonce", "params": {"contract": "Consent", "nonce": 1, "x": 1}}',
    "a number as a text": b'{"kind": "grant", "params": {}, "deadline_at": "1"}',
}


@pytest.mark.parametrize("what", BODIES)
def test_a_bad_body_is_a_400(clinic: Clinic, what: str) -> None:
    answer = clinic.ask("patient", "POST", "/v1/acts/preparations", data=BODIES[what], content_type="application/json")
    uniform(answer, 400)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_of_another_type_is_a_415(clinic: Clinic, content_type: str) -> None:
    answer = clinic.ask("patient", "POST", "/v1/acts/preparations", data=b"{}", content_type=content_type)
    assert "application/json" in uniform(answer, 415)["remedy"]


def test_a_body_too_large_is_a_413_before_it_is_read(clinic: Clinic) -> None:
    class Unread(io.BytesIO):
        def read(self, *_args: Any) -> bytes:
            raise AssertionError("the body was read")

    stated = {"CONTENT_LENGTH": str(10**9), "CONTENT_TYPE": "application/json", "wsgi.input": Unread()}
    for url in ("/v1/sessions", "/v1/acts", "/v1/acts/preparations", "/v1/release"):
        answer = clinic.client().post(url, headers=clinic.headers("patient"), environ_overrides=stated)
        assert answer.status_code == 413
        assert answer.json is not None
        assert answer.json["code"] == "input.body_too_large"


def test_a_chunked_body_too_large_is_a_413_too(clinic: Clinic) -> None:
    """It states no length: what is over the bound is not read on."""
    answer = clinic.client().post(
        "/v1/sessions",
        input_stream=io.BytesIO(b" " * 1_000_000),
        headers={"Transfer-Encoding": "chunked", "Content-Type": "application/json"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    uniform(answer, 413)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/people/../../etc/passwd",
        "/v1/people/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/v1/people/..%5c..%5cwindows",
        "/openapi/scalar/../../../../etc/passwd",
        "/openapi/scalar/%2e%2e/%2e%2e/plugins.py",
        "/openapi/scalar/js/%2e%2e/%2e%2e/%2e%2e/plugins.py",
        "/v1/people/0x%00",
        "/v1/people/" + "a" * 5_000,
        "/v1/patients/0x/consents",
        "/v1/patients/0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD/consents",  # a digit's case is wrong: EIP-55
        "/v1/acts/" + "AB" * 32,
        "/v1/acts/" + "ab" * 31,
        "/v1/acts?limit=0",
        "/v1/acts?limit=201",
        "/v1/acts?limit=ten",
        "/v1/acts?cursor=nonsense",
        "/v1/acts?cursor=%00",
        "/v1/acts?cursor=%F0%9F%92%A9",
        "/v1/acts?more=1",
        "/v1/acts?%ff=1",
    ],
)
def test_a_bad_address_is_a_client_error(clinic: Clinic, path: str) -> None:
    answer = clinic.ask("patient", "GET", path)
    uniform(answer, answer.status_code)
    assert answer.status_code in {400, 404}
    assert "root:" not in answer.text


def test_a_cursor_serves_its_own_list_only(clinic: Clinic) -> None:
    for who in ("gp", "cardiologist"):
        clinic.grant(who, "laboratory", "imaging")
    url = f"/v1/patients/{clinic.address('patient')}/consents"
    page = clinic.ask("patient", "GET", url, query_string={"limit": 1}).json
    assert page is not None
    cursor = page["next_cursor"]
    assert cursor
    uniform(clinic.ask("patient", "GET", "/v1/acts", query_string={"cursor": cursor}), 400)
    changed = cursor[:-2] + ("A" if cursor[-2] != "A" else "B") + cursor[-1]
    uniform(clinic.ask("patient", "GET", url, query_string={"cursor": changed}), 400)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_another_method_is_a_405_that_names_the_right_ones(clinic: Clinic, method: str) -> None:
    answer = clinic.ask("patient", method, "/v1/node")
    uniform(answer, 405)
    assert "GET" in answer.headers["Allow"]


INJECTED = "x\r\nSet-Cookie: mendrec-session=stolen\r\n\x1b[31mfake log line"


def test_nothing_that_is_sent_comes_back_in_a_header_or_in_the_log(
    clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = clinic.headers("patient")["Authorization"].removeprefix("Bearer ")
    answers = [
        clinic.ask("patient", "GET", "/v1/acts", query_string={"cursor": INJECTED, INJECTED: INJECTED}),
        clinic.ask("patient", "POST", "/v1/acts/preparations", json={"kind": INJECTED, "params": {INJECTED: 1}}),
        clinic.ask("patient", "POST", "/v1/acts/preparations", json={INJECTED: 1}),
        clinic.ask("patient", "GET", f"/v1/people/{INJECTED}"),
        clinic.client().post("/v1/sessions", json={"message": INJECTED, "signature": "0x"}),
    ]
    for answer in answers:
        assert answer.status_code in {400, 404}
        assert "Set-Cookie" not in answer.headers
        assert "stolen" not in str(answer.headers)
        assert "\x1b" not in answer.json["message"]  # type: ignore[index]
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("mendrec")]
    assert ours
    for line in ours:
        assert "stolen" not in line
        assert "\n" not in line
        assert "\x1b" not in line
        assert token not in line


@pytest.mark.parametrize("url", ["/v1/node", "/v1/me", "/v1/categories", "/v1/acts"])
def test_a_chain_that_answers_garbage_is_a_503(clinic: Clinic, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    def garbage(*_args: Any, **_more: Any) -> Any:
        raise ChainUnavailable("The chain's node can't be reached or gave no usable answer.")

    headers = clinic.headers("patient")
    for name in ("head_block", "participant", "categories"):
        monkeypatch.setattr(Web3LedgerReader, name, garbage)
    answer = clinic.client().get(url, headers=headers)
    if url == "/v1/acts":
        assert answer.status_code in {200, 503}  # a list without acts asks the chain nothing
    else:
        uniform(answer, 503)
        assert answer.headers["Retry-After"]


def test_an_index_far_behind_is_a_503(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request does not read the whole chain; the worker does."""
    head = clinic.node.ledger.head_block()
    far = BlockRef(head.number - 10_000, "ab" * 32, head.timestamp - 10_000)
    monkeypatch.setattr(IndexService, "cursor", lambda _self: far)
    body = uniform(clinic.ask("patient", "GET", "/v1/me/grants-held"), 503)
    assert body["code"] == "unavailable.index_behind"


@pytest.mark.parametrize("what", ["empty", "far behind"])
def test_access_is_the_chain_s_word_however_the_index_stands(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    clinic.grant("gp", "laboratory")
    head = clinic.node.ledger.head_block()
    cursor = None if what == "empty" else BlockRef(1, "ab" * 32, head.timestamp)
    url = f"/v1/patients/{clinic.address('patient')}/receipts"
    monkeypatch.setattr(IndexService, "cursor", lambda _self: cursor)
    monkeypatch.setattr(SqlIndexRepository, "permissions", lambda *_args, **_more: [])
    assert clinic.ask("gp", "GET", url).status_code == 200
    assert clinic.ask("stranger", "GET", url).status_code == 403


# Limits


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@given(steps=st.lists(st.floats(min_value=0, max_value=30), max_size=80), per_minute=st.integers(1, 30))
@settings(max_examples=60, deadline=None)
def test_a_bucket_never_gives_more_than_its_allowance(steps: list[float], per_minute: int) -> None:
    """In any stretch of time: a full bucket, and what came in meanwhile."""
    hand = Hand()
    buckets = TokenBuckets(per_minute, monotonic=hand)
    let_in: list[float] = []
    for step in steps:
        hand.now += step
        try:
            buckets.take("person")
        except TooManyRequests as refusal:
            hand.now += refusal.retry_after_s
            buckets.take("person")  # what it said was true
        let_in.append(hand.now)
    for index, began in enumerate(let_in):
        for count, at in enumerate(let_in[index:], start=1):
            assert count <= per_minute + (at - began) * per_minute / 60 + 1e-6


def test_the_allowance_of_one_is_not_another_s(clinic: Clinic) -> None:
    small = open_clinic(clinic.world, clinic.clock, buckets=TokenBuckets(5, monotonic=Hand()))
    gp = small.headers("gp")  # two requests of the address
    for _ in range(3):
        assert small.client().get("/v1/node").status_code == 200
    refused = small.client().get("/v1/node")
    uniform(refused, 429)
    assert int(refused.headers["Retry-After"]) > 0
    for _ in range(5):
        assert small.client().get("/v1/me", headers=gp).status_code == 200
    uniform(small.client().get("/v1/me", headers=gp), 429)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        (None, "not an address", True),
    ],
)
def test_an_ipv6_site_counts_as_one(one: str | None, other: str, same: bool) -> None:
    assert (site_of(one) == site_of(other)) is same


def test_slots_of_streams_are_bounded_and_given_back() -> None:
    slots = StreamSlots(per_person=2, in_all=3)
    slots.take("a")
    slots.take("a")
    with pytest.raises(TooManyRequests):
        slots.take("a")
    slots.take("b")
    with pytest.raises(TooManyRequests):
        slots.take("c")
    slots.give_back("a")
    slots.take("c")
