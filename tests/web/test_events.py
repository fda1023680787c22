"""What happened to my record: as a list and as a stream, for whoever may see it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mendrec.ports_db import ReleaseReceipt
from tests.web.conftest import Clinic


def url(clinic: Clinic, tail: str = "") -> str:
    return f"/v1/patients/{clinic.address('patient')}/events{tail}"


def kinds(clinic: Clinic, who: str) -> list[str]:
    page = clinic.ask(who, "GET", url(clinic), query_string={"limit": 200}).json
    assert page is not None
    return [item["kind"] for item in page["items"]]


def receipt(clinic: Clinic, reader: str) -> None:
    """A receipt as this node's custodian writes it."""
    head = clinic.node.ledger.head_block()
    clinic.node.receipts.append(
        [
            ReleaseReceipt(
                request_digest_hex="ab" * 32,
                signature_hex="12" * 65,
                custodian=clinic.world.people["north-hospital"].address,
                reader=clinic.world.people[reader].address,
                patient=clinic.world.people["patient"].address,
                sequence=0,
                manifest_digest_hex="cd" * 32,
                act="OPEN",
                purpose="TREAT",
                outcome="released",
                head_number=head.number,
                head_hash_hex=head.hash_hex,
                decided_at=clinic.clock.now(),
            )
        ]
    )


class Stream:
    """An open event stream, read message by message."""

    def __init__(self, clinic: Clinic, who: str, last_id: str | None = None) -> None:
        headers = {**clinic.headers(who), **({"Last-Event-ID": last_id} if last_id is not None else {})}
        self.answer = clinic.client().get(url(clinic, "/stream"), headers=headers, buffered=False)
        self._lines = iter(self.answer.response) if self.answer.status_code == 200 else iter(())

    def next(self) -> dict[str, str]:
        """The next message; empty at the end of the stream. A comment has the name ``""``."""
        chunk = next(self._lines, b"")
        text = chunk.decode() if isinstance(chunk, bytes) else chunk
        return {name: value.strip() for name, _, value in (line.partition(":") for line in text.splitlines()) if value}

    def rest(self) -> list[dict[str, str]]:
        found = []
        while message := self.next():
            found.append(message)
        self.answer.close()
        return found


def test_the_patient_sees_what_happened_newest_first(clinic: Clinic) -> None:
    clinic.grant("gp", "laboratory")
    receipt(clinic, "gp")
    clinic.revoke("gp", "laboratory")
    assert {"Directory.Enrolled", "Consent.Granted", "receipt", "Consent.Revoked"} <= set(kinds(clinic, "patient"))
    page = clinic.ask("patient", "GET", url(clinic)).json
    assert page is not None
    times = [item["at"] for item in page["items"]]
    assert times == sorted(times, reverse=True)


def test_a_reader_sees_what_concerns_them(clinic: Clinic) -> None:
    clinic.grant("gp", "laboratory")
    clinic.grant("cardiologist", "imaging")
    receipt(clinic, "gp")
    receipt(clinic, "cardiologist")
    page = clinic.ask("gp", "GET", url(clinic), query_string={"limit": 200}).json
    assert page is not None
    assert page["items"]
    for item in page["items"]:
        words = item["details"]
        assert clinic.address("gp") in (words.get("grantee"), words.get("reader"))
        assert clinic.address("cardiologist") not in json.dumps(words)


def test_a_stream_begins_with_what_is_new(clinic: Clinic) -> None:
    clinic.grant("gp", "laboratory")
    stream = Stream(clinic, "patient")
    assert stream.next()["retry"]
    clinic.grant("gp", "immunization")
    receipt(clinic, "gp")
    found = [message["event"] for message in stream.rest() if "event" in message]
    assert found == ["Consent.Granted", "receipt"]


def test_a_stream_goes_on_where_it_was(clinic: Clinic) -> None:
    """What happened while nobody listened comes first; nothing comes twice, whichever id one goes on from."""
    stream = Stream(clinic, "patient")
    began = stream.next()["id"]
    stream.answer.close()
    clinic.grant("gp", "billing")
    receipt(clinic, "gp")
    clinic.revoke("gp", "billing")
    receipt(clinic, "gp")
    whole = [message for message in Stream(clinic, "patient", began).rest() if "event" in message]
    assert sorted(message["event"] for message in whole) == ["Consent.Granted", "Consent.Revoked", "receipt", "receipt"]
    for index, message in enumerate(whole):
        rest = [one["id"] for one in Stream(clinic, "patient", message["id"]).rest() if "event" in one]
        assert rest == [one["id"] for one in whole[index + 1 :]]


def test_a_clock_that_was_set_back_loses_nothing(clinic: Clinic) -> None:
    """Receipts then bear times out of their order; pages and stream have each of them once all the same."""
    stream = Stream(clinic, "patient")
    began = stream.next()["id"]
    stream.answer.close()
    for offset_s in (30, -500, 0, -900, 15):
        at = clinic.clock.now()
        clinic.clock.freeze(at + offset_s)
        receipt(clinic, "gp")
        clinic.clock.run_from(at)
        clinic.grant("gp", "laboratory")
    told = [json.loads(one["data"]) for one in Stream(clinic, "patient", began).rest() if "data" in one]
    paged: list[Any] = []
    cursor: str | None = None
    while cursor or not paged:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = clinic.ask("patient", "GET", url(clinic), query_string=query).json
        assert page is not None
        paged += page["items"]
        cursor = page["next_cursor"]

    def numbers(items: list[Any]) -> list[int]:
        return sorted(item["details"]["receipt_id"] for item in items if item["kind"] == "receipt")

    assert len(numbers(told)) == 5
    assert set(numbers(told)) <= set(numbers(paged))
    assert len(set(numbers(paged))) == len(numbers(paged))


def test_each_message_is_the_event_of_the_list(clinic: Clinic) -> None:
    stream = Stream(clinic, "patient")
    stream.next()
    clinic.grant("gp", "wearable")
    (message,) = [json.loads(one["data"]) for one in stream.rest() if "data" in one]
    page = clinic.ask("patient", "GET", url(clinic), query_string={"limit": 200}).json
    assert page is not None
    assert message in page["items"]


def test_a_silent_stream_sends_comments_and_ends(clinic: Clinic) -> None:
    messages = Stream(clinic, "patient").rest()
    assert [message for message in messages if "" in message]
    assert not [message for message in messages if "event" in message]


def test_a_stream_ends_with_its_session(clinic: Clinic) -> None:
    token = clinic.sign_in("patient")
    headers = {"Authorization": f"Bearer {token}"}
    answer = clinic.client().get(url(clinic, "/stream"), headers=headers, buffered=False)
    lines = iter(answer.response)
    assert next(lines)
    assert clinic.client().delete("/v1/sessions/current", headers=headers).status_code == 204
    clinic.grant("gp", "laboratory")
    assert list(lines) == []
    answer.close()


def test_a_stream_ends_with_the_access(clinic: Clinic) -> None:
    clinic.grant("radiologist", "imaging")
    stream = Stream(clinic, "radiologist")
    stream.next()
    clinic.revoke("radiologist", "imaging")
    clinic.grant("gp", "imaging")
    assert not [message for message in stream.rest() if "event" in message]


def test_a_stream_ends_when_the_node_stops(clinic: Clinic) -> None:
    stopping = clinic.app.extensions["mendrec"].stopping
    stream = Stream(clinic, "patient")
    stream.next()
    stopping.set()
    try:
        assert stream.rest() == []
    finally:
        stopping.clear()


def test_streams_of_one_person_are_bounded_and_given_back(clinic: Clinic) -> None:
    streams = [Stream(clinic, "patient") for _ in range(5)]
    assert [stream.answer.status_code for stream in streams] == [200, 200, 200, 200, 429]
    for stream in reversed(streams):  # one thread holds all of their contexts: the last one goes first
        stream.answer.close()
    last = Stream(clinic, "patient")
    assert last.answer.status_code == 200
    last.answer.close()


@pytest.mark.parametrize("last_id", ["x", "1-2-3", "1-1.-1", "9" * 30 + "-1.1", "1207-3", "\u00e9"])
def test_a_malformed_id_is_a_400(clinic: Clinic, last_id: str) -> None:
    assert Stream(clinic, "patient", last_id).answer.status_code == 400


def test_receipts_are_the_patient_s_and_each_reader_s_own(clinic: Clinic) -> None:
    receipt(clinic, "gp")
    receipt(clinic, "cardiologist")

    def of(who: str) -> Any:
        target = f"/v1/patients/{clinic.address('patient')}/receipts"
        return clinic.ask(who, "GET", target, query_string={"limit": 200}).json

    readers = {item["reader"] for item in of("patient")["items"]}
    assert {clinic.address("gp"), clinic.address("cardiologist")} <= readers
    clinic.revoke("gp", "laboratory")
    assert {item["reader"] for item in of("gp")["items"]} == {clinic.address("gp")}
