"""What a stranger, or a person with a free account, can't take from everybody else by asking much or oddly."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
import hmac
import json
import os
from collections import Counter

import pytest

from mendrec.bootstrap import open_node
from mendrec.domain.model import Act, Purpose
from mendrec.domain.release import ReleaseRequest, RequestedRecord, release_typed_data
from mendrec.ports_db import NO_SUCH_RECORD
from mendrec.web import happenings
from mendrec.web.app import create_app
from mendrec.web.cursors import encode_cursor
from mendrec.web.limiting import StreamSlots, TokenBuckets, TooManyRequests
from mendrec.web.routes import objects
from tests.web.conftest import Clinic, open_clinic
from tests.web.test_events import receipt

NOWHERE = 10_000
"""A sequence that no patient has come to."""
_PLACES = [
    b"",
    b"x",
    b"\xff",
    b"[" * 300,
    b'"x"',
    b"[1,",
    b"[" + b"9" * 300 + b"]",
    b"[-3]",
    b"[-5,-5,-5]",
    b"[1,1,9999999999999999999999]",
    b"[" + b"9" * 5_000 + b"]",
]


def lists(clinic: Clinic) -> dict[str, str]:
    """URL → the kind of its cursors, as the patient asks."""
    who = clinic.address("patient")
    return {
        f"/v1/patients/{who}/receipts": f"receipts {who} None",
        f"/v1/patients/{who}/events": f"events {who} {who}",
        f"/v1/patients/{who}/entries": f"entries {who}",
        f"/v1/patients/{who}/records": f"records {who}",
        "/v1/acts": f"acts {who}",
    }


def signed_cursor(key: bytes, kind: str, data: bytes) -> str:
    check = hmac.new(key, kind.encode() + b"\x00" + data, hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(check + data).rstrip(b"=").decode()


@pytest.mark.parametrize("data", _PLACES)
def test_whatever_a_cursor_holds_is_a_400(clinic: Clinic, data: bytes) -> None:
    """Even with the node's own key."""
    for url, kind in lists(clinic).items():
        cursor = signed_cursor(clinic.node.cursor_key, kind, data)
        answer = clinic.ask("patient", "GET", url, query_string={"cursor": cursor})
        assert answer.status_code == 400, (url, answer.text)
        if len(cursor) <= 512:
            assert answer.json is not None
            assert answer.json["code"] == "input.cursor"


def test_cursors_can_t_be_made_by_others_and_serve_every_process_of_a_home(clinic: Clinic) -> None:
    url = f"/v1/patients/{clinic.address('patient')}/events"
    kind = lists(clinic)[url]
    place = json.dumps([1, 1, 1]).encode()
    made = signed_cursor(os.urandom(32), kind, place)
    assert clinic.ask("patient", "GET", url, query_string={"cursor": made}).status_code == 400
    with clinic.app.app_context():
        own = encode_cursor(kind, [1, 1, 1])
    assert own == signed_cursor(clinic.node.cursor_key, kind, b"[1,1,1]"), "under the home's own key"
    other = create_app(clinic.node, custodian=None).test_client()
    assert other.get(url, headers=clinic.headers("patient"), query_string={"cursor": own}).status_code == 200
    assert open_node(clinic.node.config).cursor_key == clinic.node.cursor_key
    assert clinic.node.cursor_key.hex() not in repr(clinic.node)


# Failed sign-ins


@pytest.mark.parametrize("method", ["PUT", "GET", "DELETE"])
def test_wrong_tokens_are_counted_wherever_they_are_tried(clinic: Clinic, method: str) -> None:
    app = create_app(clinic.node, custodian=None, buckets=TokenBuckets(5))
    url = f"/v1/uploads/{'ab' * 16}/objects/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
    headers = {"Authorization": "Bearer " + "A" * 43, "Content-Type": "application/octet-stream"}
    told = Counter(
        app.test_client().open(url, method=method, data=b"x", headers=headers).status_code for _ in range(20)
    )
    assert told[429] >= 14, told


# Host


@pytest.mark.parametrize("url", ["/v1/node", "/health/ready", "/metrics", "/nothing"])
@pytest.mark.parametrize("host", ["rebound.example", "rebound.example:8546", "127.0.0.1.rebound.example", "[", "a b"])
def test_a_name_that_is_not_the_node_s_is_refused(clinic: Clinic, url: str, host: str) -> None:
    answer = clinic.client().get(url, headers={"Host": host})
    assert answer.status_code in {400, 421}
    assert b"conditions" not in answer.data
    assert b"mendrec_ready" not in answer.data


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8546", "localhost", "LOCALHOST:1", "[::1]:8546", "10.1.2.3", "ward.internal"]
)
def test_its_own_names_and_addresses_serve(clinic: Clinic, host: str) -> None:
    config = clinic.node.config
    web = dataclasses.replace(config.web, names=("ward.internal",))
    node = dataclasses.replace(clinic.node, config=dataclasses.replace(config, web=web))
    client = create_app(node, custodian=None).test_client()
    assert client.get("/health/live", headers={"Host": host}).status_code == 200


# Release


def release(clinic: Clinic, who: str, records: tuple[RequestedRecord, ...]) -> int:
    wallet, ledger = clinic.wallet(who), clinic.node.ledger
    request = ReleaseRequest(
        Act.OPEN,
        clinic.address("patient"),  # type: ignore[arg-type]
        wallet.address,
        records,
        Purpose.TREAT,
        os.urandom(32).hex(),
        clinic.clock.now() + 200,
    )
    typed = release_typed_data(request, chain_id=ledger.chain_id, records_contract=ledger.contract_address("Records"))
    body = {"request": request.to_json(), "signature": "0x" + wallet.sign_typed_data(typed).hex()}
    return clinic.client().post("/v1/release", json=body).status_code


def nowhere(count: int) -> tuple[RequestedRecord, ...]:
    return tuple(RequestedRecord(NOWHERE + index, f"{index + 1:064x}") for index in range(count))


def test_what_does_not_exist_leaves_one_receipt_that_is_not_in_the_patient_s_list(clinic: Clinic) -> None:
    clinic.upload(b"a note")
    rows, patient = clinic.node.receipts, clinic.world.people["patient"].address
    before, newest = list(rows.of_patient(patient)), rows.page(limit=1)
    wrong = RequestedRecord(0, "ab" * 32)  # the entry is there; it anchors something else
    assert release(clinic, "radiologist", (*nowhere(20), wrong, wrong)) == 200
    assert list(rows.of_patient(patient)) == before
    assert [one for one in rows.page(patient=patient, limit=200) if one[1].sequence >= NOWHERE] == []
    written = [one for number, one in rows.page(limit=50) if not newest or number > newest[0][0]]
    assert [(one.sequence, one.outcome) for one in written] == [(NOWHERE, NO_SUCH_RECORD)]
    shown = clinic.ask("patient", "GET", f"/v1/patients/{patient}/events", query_string={"limit": 200})
    assert NO_SUCH_RECORD not in shown.text


def test_a_record_that_is_named_often_leaves_one_receipt(clinic: Clinic) -> None:
    clinic.upload(b"another note")
    rows, patient = clinic.node.receipts, clinic.world.people["patient"].address
    listed = clinic.ask("patient", "GET", f"/v1/patients/{patient}/entries", query_string={"limit": 200}).json
    assert listed is not None
    entry = clinic.node.index.rows.entry(patient, len(listed["items"]) - 1)
    assert entry is not None
    before = len(rows.of_patient(patient))
    named = RequestedRecord(entry.entry.sequence, entry.entry.digest_hex)
    assert release(clinic, "radiologist", (named,) * 8) == 200
    assert len(rows.of_patient(patient)) == before + 1


def test_a_reader_pays_for_each_record(clinic: Clinic) -> None:
    small = open_clinic(clinic.world, clinic.clock, buckets=TokenBuckets(40, monotonic=lambda: 0.0))
    told = [release(small, "gp", nowhere(128)) for _ in range(4)]
    assert told == [200, 200, 200, 429]
    assert release(small, "radiologist", nowhere(1)) == 200, "the allowance of one is not another's"


def test_nobody_uses_up_another_reader_s_allowance(clinic: Clinic) -> None:
    """Only a request with the reader's own signature is counted for the reader."""
    small = open_clinic(clinic.world, clinic.clock, buckets=TokenBuckets(1_000, monotonic=lambda: 0.0))
    reader = f"reader {clinic.address('gp')}"
    request = {
        **ReleaseRequest(
            Act.OPEN,
            clinic.address("patient"),  # type: ignore[arg-type]
            clinic.address("gp"),  # type: ignore[arg-type]
            nowhere(256),
            Purpose.TREAT,
            "ab" * 32,
            clinic.clock.now() + 200,
        ).to_json()
    }
    forged = {"request": request, "signature": "0x" + bytes(65).hex()}
    for _ in range(3):
        assert small.client().post("/v1/release", json=forged).status_code >= 400
    buckets = small.app.extensions["mendrec"].buckets
    buckets.take(reader, tokens_taken=1_000)


# Receipts in a stream


def test_a_stream_that_begins_at_the_beginning_is_read_page_by_page(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(happenings, "_PAGE", 5)
    for _ in range(12):
        receipt(clinic, "cardiologist")
    asked: list[int] = []
    rows = type(clinic.node.receipts)
    for name in ("page", "after"):
        real = getattr(rows, name)

        def counted(self: object, *, _real=real, **more: object) -> object:  # type: ignore[no-untyped-def]
            found = _real(self, **more)
            asked.append(len(found))
            return found

        monkeypatch.setattr(rows, name, counted)
    answer = clinic.ask(
        "patient", "GET", f"/v1/patients/{clinic.address('patient')}/events/stream", headers={"Last-Event-ID": ".0"}
    )
    lines = answer.get_data(as_text=True).splitlines()
    told = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
    numbers = [one["details"]["receipt_id"] for one in told if one["kind"] == "receipt"]
    assert numbers == sorted(set(numbers))
    assert len(numbers) >= 12
    assert len(asked) <= 4, "one page a poll"
    assert max(asked) <= 5


# Streams and payloads


def test_two_people_with_many_streams_keep_nobody_from_a_first_one() -> None:
    slots = StreamSlots(per_person=4, in_all=8)
    for greedy in ("a", "b") * 4:
        with contextlib.suppress(TooManyRequests):
            slots.take(greedy)
    for other in ("c", "d", "e"):
        slots.take(other)


def test_one_byte_of_a_payload_costs_as_much_as_all_of_it(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read and hashed whole, whatever is sent of it."""
    monkeypatch.setattr(objects, "_BYTES_PER_REQUEST", 10)
    small = open_clinic(clinic.world, clinic.clock, buckets=TokenBuckets(100, monotonic=lambda: 0.0))
    small.upload(os.urandom(2_000))
    patient = small.address("patient")
    listed = clinic.ask("patient", "GET", f"/v1/patients/{patient}/entries", query_string={"limit": 200}).json
    assert listed is not None
    url = f"/v1/patients/{patient}/records/{len(listed['items']) - 1}/payload"
    told = [small.ask("patient", "GET", url, headers={"Range": "bytes=0-0"}).status_code for _ in range(3)]
    assert told == [206, 429, 429]


def test_what_is_owed_is_waited_for_and_bounded() -> None:
    now = [0.0]
    buckets = TokenBuckets(60, monotonic=lambda: now[0])
    buckets.charge("a", 10_000)
    with pytest.raises(TooManyRequests) as refusal:
        buckets.require_no_debt("a")
    assert refusal.value.retry_after_s == 60
    now[0] = 60.0
    buckets.require_no_debt("a")
    buckets.require_no_debt("b")
