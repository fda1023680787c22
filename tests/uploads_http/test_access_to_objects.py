"""Who may fetch which object, as a table; and that nobody is ever given a wrong byte."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.damage import flip_bit
from mendrec.domain.byte_range import RangeNotSatisfiable, parse_range
from mendrec.domain.cid import cid_of
from mendrec.domain.model import Right
from tests.uploads_http.desk import Desk, Sealed

WHATS = ("", "proof", "manifest", "envelopes", "payload")
NOTHING = dict.fromkeys(WHATS, 403)
ALL = dict.fromkeys(WHATS, 200)
ENTRY_ONLY = {**ALL, "envelopes": 403, "payload": 403}
"""What an author sees: that it is there, and that it can be proved."""
NO_PAYLOAD = {**ALL, "payload": 403}
TABLE: dict[str, dict[str, int]] = {
    "patient": ALL,
    "gp": ENTRY_ONLY,
    "cardiologist": ALL,
    "radiologist": NOTHING,
    "north-hospital": ALL,
    "south-hospital": NOTHING,
    "stranger": NOTHING,
    "anonymous": dict.fromkeys(WHATS, 401),
}
"""By role: the author with UPLOAD only, a reader with READ, a reader whose READ was revoked, the operator of the
location (who is this node's custodian too), another hospital, somebody unknown, nobody."""


@dataclass(frozen=True)
class Kept:
    """One record that the gp added, one that only the patient opens."""

    sealed: Sealed
    place: dict[str, Any]
    private: dict[str, Any]


@pytest.fixture(scope="module")
def kept(clinic: Any) -> Kept:
    desk = Desk(clinic)
    clinic.grant("gp", "laboratory", right=Right.UPLOAD)
    clinic.grant("cardiologist", "laboratory")
    clinic.grant("radiologist", "laboratory")
    clinic.revoke("radiologist", "laboratory")
    sealed = desk.as_author("gp").seal(bytes(range(256)) * 3)
    receipt = desk.as_author("gp").upload(sealed)
    private = desk.upload(desk.seal(b"mine alone", private=True))
    return Kept(sealed, receipt["records"][0], private["records"][0])


@pytest.mark.parametrize("who", TABLE)
def test_the_table(desk: Desk, kept: Kept, who: str) -> None:
    found = {what: desk.as_author(who).ask("GET", desk.url(kept.place, what)).status_code for what in WHATS}
    assert found == TABLE[who]


def test_what_is_not_yours_and_what_is_not_there_are_refused_alike(desk: Desk, kept: Kept) -> None:
    absent = {"sequence": 10_000, "leaf_index": None}
    for who in ("radiologist", "stranger", "south-hospital"):
        for what in WHATS:
            theirs = desk.as_author(who).ask("GET", desk.url(kept.place, what))
            nothing = desk.as_author(who).ask("GET", desk.url(absent, what))
            assert theirs.status_code == nothing.status_code == 403
            assert {**theirs.json, "request_id": ""} == {**nothing.json, "request_id": ""}  # type: ignore[dict-item]


def test_the_sealed_bytes_of_a_private_record_go_to_no_reader(desk: Desk, kept: Kept) -> None:
    reader = desk.as_author("cardiologist")
    found = {what: reader.ask("GET", desk.url(kept.private, what)).status_code for what in WHATS}
    assert found == {**ALL, "envelopes": 403, "payload": 403}
    assert desk.ask("GET", desk.url(kept.private, "payload")).status_code == 200


def test_access_ends_with_its_window_by_the_nodes_own_clock(desk: Desk, kept: Kept) -> None:
    desk.clinic.grant("radiologist", "laboratory", seconds=60)
    reader = desk.as_author("radiologist")
    assert reader.ask("GET", desk.url(kept.place, "payload")).status_code == 200
    began = desk.clinic.clock.now()
    desk.clinic.clock.freeze(began + 61)
    try:
        assert reader.ask("GET", desk.url(kept.place, "payload")).status_code == 403
    finally:
        desk.clinic.clock.run_from(began)
        desk.clinic.revoke("radiologist", "laboratory")


def test_listing_shows_each_what_they_may_see(desk: Desk, kept: Kept) -> None:
    url = f"/v1/patients/{desk.patient}/records"

    def listed(who: str) -> list[int]:
        found, cursor = [], ""
        while True:
            page = desk.as_author(who).ask("GET", f"{url}?limit=1{cursor}").json
            assert page is not None
            found += [one["sequence"] for one in page["items"]]
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"

    both = [kept.place["sequence"], kept.private["sequence"]]
    assert listed("patient") == listed("cardiologist") == both
    refused = [desk.as_author(who).ask("GET", url).status_code for who in ("radiologist", "stranger", "anonymous")]
    assert refused == [403, 403, 401]
    assert listed("gp") == [kept.place["sequence"]], "an author sees what they added"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.integers(0, 1200), last=st.none() | st.integers(0, 1200), suffix=st.booleans())
def test_a_range_is_the_slice(desk: Desk, kept: Kept, first: int, last: int | None, suffix: bool) -> None:
    data = kept.sealed.payload
    header = f"bytes=-{first}" if suffix else f"bytes={first}-{'' if last is None else last}"
    answer = desk.ask("GET", desk.url(kept.place, "payload"), headers={"Range": header})
    if suffix:
        wanted = data[max(0, len(data) - first) :] if first else None
    elif last is not None and last < first:
        assert (answer.status_code, answer.data) == (200, data), "no range at all, so all of it"
        return
    else:
        wanted = data[first:] if last is None else data[first : last + 1]
    if not wanted:
        assert answer.status_code == 416
        assert answer.headers["Content-Range"] == f"bytes */{len(data)}"
        return
    assert (answer.status_code, answer.data) == (206, wanted)
    start = len(data) - len(wanted) if suffix else first
    assert answer.headers["Content-Range"] == f"bytes {start}-{start + len(wanted) - 1}/{len(data)}"


@given(header=st.text(max_size=40), size=st.integers(0, 50))
def test_any_header_at_all_gives_a_range_within_or_none(header: str, size: int) -> None:
    try:
        found = parse_range(header, size)
    except RangeNotSatisfiable:
        return
    assert found is None or 0 <= found.start < found.stop <= size


def test_several_ranges_and_other_units_are_answered_with_the_whole(desk: Desk, kept: Kept) -> None:
    for header in ("bytes=0-1,3-4", "lines=0-1", "bytes=", "bytes=a-b"):
        answer = desk.ask("GET", desk.url(kept.place, "payload"), headers={"Range": header})
        assert (answer.status_code, answer.data) == (200, kept.sealed.payload)


def test_conditions(desk: Desk, kept: Kept) -> None:
    url, tag = desk.url(kept.place, "payload"), f'"{cid_of(kept.sealed.payload)}"'
    whole = desk.ask("GET", url)
    assert whole.headers["ETag"] == tag
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert desk.ask("GET", url, headers={"If-None-Match": tag}).status_code == 304
    for condition, status in ((tag, 206), ('"another"', 200), (f"W/{tag}", 200)):
        answer = desk.ask("GET", url, headers={"Range": "bytes=1-2", "If-Range": condition})
        assert answer.status_code == status
        assert answer.headers["Repr-Digest"] == whole.headers["Repr-Digest"]
    head = desk.ask("HEAD", url)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(kept.sealed.payload))


def test_a_damaged_copy_is_passed_over_and_mended(desk: Desk, kept: Kept) -> None:
    cid = cid_of(kept.sealed.payload)
    bad = next(copy for copy in desk.node.objects.of_patient(desk.patient) if copy.cid == cid)
    path = next((desk.clinic.world.home / "stores" / bad.store_name).rglob(cid))
    flip_bit(path)
    for header, wanted in ((None, kept.sealed.payload), ("bytes=0-0", kept.sealed.payload[:1])):
        headers = {"Range": header} if header else {}
        assert desk.ask("GET", desk.url(kept.place, "payload"), headers=headers).data == wanted
    assert path.read_bytes() != kept.sealed.payload
    assert desk.node.care.care_chore() >= 1, "the failed read has queued a mending"
    assert path.read_bytes() == kept.sealed.payload


def test_a_payload_of_another_record_is_not_handed_out_under_a_record_of_ones_own(desk: Desk, kept: Kept) -> None:
    """Who knows a CID could name it in a manifest of their own, anchored past this node."""
    sealed = desk.seal(b"known to be another's")
    place = desk.upload(sealed)["records"][0]
    assert desk.ask("GET", desk.url(place, "payload")).status_code == 200
    own = [copy for copy in desk.node.objects.of_patient(desk.patient) if copy.cid == cid_of(sealed.payload)]
    for copy in own:
        desk.node.objects.remove(copy.cid, copy.store_name)
    desk.node.objects.add(replace(copy, manifest_digest_hex="ab" * 32, sequence=10_000) for copy in own)
    assert desk.ask("GET", desk.url(place, "payload")).status_code == 403
    desk.node.objects.add(own)
    assert desk.ask("GET", desk.url(place, "payload")).status_code == 200
