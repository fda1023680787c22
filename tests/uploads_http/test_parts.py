"""Parts: resumed after a loss, refused when wrong, never half kept; and nobody else's business."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mendrec.domain.cid import cid_of
from tests.uploads_http.desk import Desk, digest_field

FAR_CID = cid_of(b"somebody else's")


def begun(desk: Desk, data: bytes = b"x" * 1000) -> tuple[str, str, bytes]:
    """An upload with nothing sent: its id, its payload's CID and bytes."""
    sealed = desk.seal(data)
    return desk.begin([sealed]), sealed.cid("payload"), sealed.payload


def received(desk: Desk, upload_id: str, cid: str) -> int:
    answer = desk.ask("HEAD", f"/v1/uploads/{upload_id}/objects/{cid}")
    assert answer.status_code == 200
    return int(answer.headers["Upload-Offset"])


def place(start: int, stop: int, total: int) -> str:
    return f"bytes {start}-{stop - 1}/{total}"


def test_an_upload_says_what_is_missing_and_goes_on_after_a_dropped_part(desk: Desk) -> None:
    upload_id, cid, data = begun(desk)
    told = desk.told(upload_id)
    assert (told["state"], told["missing_count"], len(told["missing"])) == ("open", 3, 3)
    assert desk.put(upload_id, cid, data[:400], place=place(0, 400, len(data))).status_code == 200
    cut = desk.put(upload_id, cid, data[400:500], place=place(400, 600, len(data)))
    assert cut.status_code == 400
    assert received(desk, upload_id, cid) == 400
    rest = desk.put(upload_id, cid, data[400:], place=place(400, len(data), len(data))).json
    assert rest is not None
    assert rest["received_bytes"] == len(data)
    assert desk.told(upload_id)["missing_count"] == 2


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.sets(st.integers(1, 1200), max_size=6))
def test_however_it_is_cut_the_same_object_arrives(desk: Desk, cuts: set[int]) -> None:
    upload_id, cid, data = begun(desk)
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    for start, stop in pairwise(edges):
        answer = desk.put(upload_id, cid, data[start:stop], place=place(start, stop, len(data)))
        assert answer.status_code == 200, answer.json
    with desk.node.remote_uploads.spool.open(upload_id, cid) as file:  # type: ignore[arg-type]
        assert file.read() == data
    assert desk.ask("DELETE", f"/v1/uploads/{upload_id}").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Content_Digest": digest_field(b"other")}, 409, "verification.upload_part"),
        ({"Content_Digest": None}, 400, "input.checksum"),
        ({"Content_Digest": "sha-512=:AAAA:"}, 400, "input.checksum"),
        ({"Content_Digest": "sha-256=:!!!:"}, 400, "input.checksum"),
        ({"Content_Range": "bytes 0-399/9999"}, 400, "input.content_range"),
        ({"Content_Range": "bytes 0-500/{total}"}, 400, "input.invalid"),
        ({"Content_Range": "bytes 5-404/{total}"}, 409, "input.upload_offset"),
        ({"Content_Range": "bytes 399-0/{total}"}, 400, "input.content_range"),
        ({"Content_Range": "bytes 0-399/*"}, 400, "input.content_range"),
        ({"Content_Range": "lines 0-399/{total}"}, 400, "input.content_range"),
        ({"Content_Type": "text/plain"}, 415, "input.content_type"),
    ],
)
def test_a_wrong_part_is_refused_and_nothing_of_it_is_kept(
    desk: Desk, headers: dict[str, Any], status: int, code: str
) -> None:
    upload_id, cid, data = begun(desk)
    stated = {name: value and value.format(total=len(data)) for name, value in headers.items()}
    answer = desk.put(upload_id, cid, data[:400], **{"place": place(0, 400, len(data)), **stated})
    assert (answer.status_code, answer.json["code"]) == (status, code)  # type: ignore[index]
    assert received(desk, upload_id, cid) == 0
    assert desk.put(upload_id, cid, data).status_code == 200, "and the right one is taken"


def test_repr_digest_serves_for_a_whole_object_only(desk: Desk) -> None:
    upload_id, cid, data = begun(desk)
    whole = {"Content_Digest": None, "Repr_Digest": digest_field(data)}
    part = desk.put(upload_id, cid, data[:400], place=place(0, 400, len(data)), **whole)
    assert part.status_code == 400
    assert desk.put(upload_id, cid, data, **whole).status_code == 200


def test_other_bytes_than_were_announced_are_refused_at_the_end_and_can_be_sent_anew(desk: Desk) -> None:
    upload_id, cid, data = begun(desk)
    other = bytes([data[0] ^ 1]) + data[1:]
    assert desk.put(upload_id, cid, other[:400], place=place(0, 400, len(data))).status_code == 200
    answer = desk.put(upload_id, cid, other[400:], place=place(400, len(data), len(data)))
    assert (answer.status_code, answer.json["code"]) == (409, "verification.cid_mismatch")  # type: ignore[index]
    assert received(desk, upload_id, cid) == 0
    assert desk.put(upload_id, cid, data).status_code == 200


def test_a_part_sent_again_because_its_answer_was_lost(desk: Desk) -> None:
    upload_id, cid, data = begun(desk)
    first = desk.put(upload_id, cid, data[:400], place=place(0, 400, len(data)))
    again = desk.put(upload_id, cid, data[:400], place=place(0, 400, len(data)))
    assert (first.status_code, again.status_code) == (200, 409)
    assert again.json["remedy"] == "Go on from byte 400."  # type: ignore[index]
    assert desk.put(upload_id, cid, data[400:], place=place(400, len(data), len(data))).status_code == 200
    assert desk.put(upload_id, cid, data[400:], place=place(400, len(data), len(data))).status_code == 200


def test_an_oversized_part_is_refused_before_it_is_read(desk: Desk) -> None:
    upload_id, cid, data = begun(desk)
    unstated = desk.ask("PUT", f"/v1/uploads/{upload_id}/objects/{cid}", content_type="application/octet-stream")
    assert unstated.status_code == 411
    answer = desk.ask(
        "PUT",
        f"/v1/uploads/{upload_id}/objects/{cid}",
        headers={"Content-Type": "application/octet-stream", "Content-Digest": digest_field(data)},
        environ_overrides={"CONTENT_LENGTH": str(2**40)},
    )
    assert answer.status_code == 413
    assert received(desk, upload_id, cid) == 0


def test_more_bytes_than_the_object_has_are_refused(desk: Desk) -> None:
    upload_id, cid, data = begun(desk)
    assert desk.put(upload_id, cid, data + b"more").status_code == 400
    assert received(desk, upload_id, cid) == 0


@pytest.mark.parametrize(
    "path",
    [
        "/v1/uploads/../../etc/passwd",
        "/v1/uploads/{id}/objects/..%2F..%2Fsecret",
        "/v1/uploads/%2e%2e%2f{id}/objects/{cid}",
        "/v1/uploads/{id}/objects/{cid}%00.part",
        "/v1/uploads/{id}%00/objects/{cid}",
        "/v1/uploads/{ID}/objects/{cid}",
        "/v1/uploads/{id}/objects/{CID}",
        "/v1/uploads/{id}/objects/lock",
    ],
)
def test_paths_that_are_no_ids_lead_nowhere(desk: Desk, path: str) -> None:
    upload_id, cid, data = begun(desk)
    url = path.format(id=upload_id, cid=cid, ID=upload_id.upper() + "A", CID=cid.upper())
    for method in ("GET", "PUT"):
        answer = desk.ask(method, url, data=data if method == "PUT" else None, content_type="application/octet-stream")
        assert answer.status_code in {400, 404, 405, 415}, (method, url, answer.json)
    assert received(desk, upload_id, cid) == 0


def test_another_persons_upload_looks_as_if_it_did_not_exist(desk: Desk) -> None:
    upload_id, cid, data = begun(desk)
    for who in ("gp", "stranger"):
        other = desk.as_author(who)
        for method, tail in (
            ("GET", ""),
            ("GET", "/objects"),
            ("GET", f"/objects/{cid}"),
            ("POST", "/position"),
            ("DELETE", ""),
        ):
            theirs = other.ask(method, f"/v1/uploads/{upload_id}{tail}")
            nobodys = other.ask(method, f"/v1/uploads/{hashlib.md5(b'x').hexdigest()}{tail}")
            assert theirs.status_code == nobodys.status_code == 404
            assert {**theirs.json, "request_id": ""} == {**nobodys.json, "request_id": ""}  # type: ignore[dict-item]
        assert other.put(upload_id, cid, data).status_code == 404
    assert desk.put(upload_id, FAR_CID, b"somebody else's").status_code == 404


def test_who_may_not_write_is_refused_before_a_byte(desk: Desk) -> None:
    sealed = desk.seal(b"x")
    for who in ("gp", "stranger", "south-hospital"):
        answer = desk.as_author(who).announce([sealed])
        assert answer.status_code == 403, (who, answer.json)


def test_the_same_key_is_the_same_upload_and_serves_for_no_other(desk: Desk) -> None:
    sealed, other = desk.seal(b"x"), desk.seal(b"y")
    upload_id = desk.begin([sealed], key="the-key")
    assert desk.begin([sealed], key="the-key") == upload_id
    assert desk.announce([other], key="the-key").status_code == 409


def test_announcements_that_cannot_be_records_are_refused(desk: Desk) -> None:
    good = desk.seal(b"x").announced()
    payload, manifest, envelopes = good["objects"]
    bad = [
        [],
        [{**good, "objects": [payload, manifest]}],
        [{**good, "objects": [payload, manifest, manifest]}],
        [{**good, "objects": [payload, manifest, {**manifest, "role": "envelopes"}]}],
        [good, good],
        [{**good, "objects": [{**payload, "size_bytes": 0}, manifest, envelopes]}],
        [{**good, "objects": [{**payload, "size_bytes": 2**52}, manifest, envelopes]}],
        [{**good, "objects": [{**payload, "cid": "Qm" + "a" * 44}, manifest, envelopes]}],
        [{**good, "objects": [{**payload, "role": "batch-list"}, manifest, envelopes]}],
    ]
    for records in bad:
        answer = desk.announce([], records=records)
        assert answer.status_code == 400, (records, answer.json)
    assert desk.announce([], records=[{**good, "category_code": "astrology"}]).status_code == 404
