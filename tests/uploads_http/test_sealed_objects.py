"""Many records' sealed objects at once: exactly what could be fetched one by one, in pages that stay small."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, cast

import pytest

from deploy.damage import flip_bit
from mendrec.domain.model import Cid, Right
from mendrec.ports import BlobStore
from mendrec.services import sealed_objects
from mendrec.services.sealed_objects import SealedObjects
from mendrec.services.timely_reads import PageReads, TimelyReads
from mendrec.services.timely_store import TimelyStore
from mendrec.web.limiting import TokenBuckets
from tests.simulators.hanging_store import HangingStore
from tests.uploads_http.desk import Desk
from tests.web.conftest import open_clinic

ROLES = ("patient", "gp", "cardiologist", "radiologist", "north-hospital", "south-hospital", "stranger")


@dataclass(frozen=True)
class Kept:
    """What is on the chain: places in its order."""

    places: tuple[dict[str, Any], ...]


@pytest.fixture(scope="module")
def kept(clinic: Any) -> Kept:
    """One that the gp added, a private one, a batch of three, and one that nobody but the patient may read."""
    desk = Desk(clinic)
    clinic.grant("gp", "laboratory", right=Right.UPLOAD)
    clinic.grant("cardiologist", "laboratory")
    clinic.grant("radiologist", "laboratory")
    clinic.revoke("radiologist", "laboratory")
    author = desk.as_author("gp")
    places = author.upload(author.seal(b"by the gp"))["records"]
    places += desk.upload(desk.seal(b"mine alone", private=True))["records"]
    places += desk.upload(*(desk.seal(f"batch {at}".encode()) for at in range(3)))["records"]
    places += desk.upload(desk.seal(b"an image", "imaging"))["records"]
    return Kept(tuple(places))


def url(desk: Desk) -> str:
    return f"/v1/patients/{desk.patient}/sealed-objects"


def pages(desk: Desk, **query: Any) -> Iterator[list[dict[str, Any]]]:
    cursor: str | None = None
    while True:
        asked = {**query} if cursor is None else {"limit": query.get("limit", 50), "cursor": cursor}
        page = desk.ask("GET", url(desk), query_string=asked).json
        assert page is not None
        assert "items" in page, page
        yield page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


def listed(desk: Desk, **query: Any) -> list[dict[str, Any]]:
    return [one for page in pages(desk, **query) for one in page]


def place_of(one: dict[str, Any]) -> tuple[int, int | None]:
    return one["sequence"], one["leaf_index"]


def single(desk: Desk, place: dict[str, Any], what: str) -> str | None:
    answer = desk.ask("GET", desk.url(place, what))
    assert answer.status_code in {200, 403}
    return base64.b64encode(answer.data).decode() if answer.status_code == 200 else None


@pytest.mark.parametrize("who", ROLES)
def test_each_is_given_what_they_could_fetch_one_by_one(desk: Desk, kept: Kept, who: str) -> None:
    desk = desk.as_author(who)
    alone = [
        {
            **{name: place[name] for name in ("sequence", "leaf_index")},
            "manifest": single(desk, place, "manifest"),
            "envelopes": single(desk, place, "envelopes"),
            "problem": None,
        }
        for place in kept.places
    ]
    alone = [one for one in alone if one["manifest"] is not None]
    if not alone:
        assert desk.ask("GET", url(desk)).status_code == 403
        assert desk.ask("GET", url(desk), query_string={"from_sequence": 0}).status_code == 403
        return
    assert listed(desk) == alone
    private = next(one for one in listed(desk) if one["sequence"] == kept.places[1]["sequence"]) if who != "gp" else {}
    if who == "cardiologist":
        assert private["envelopes"] is None, "a private record's envelopes are the patient's"
    assert any(one["envelopes"] for one in alone) == (who != "gp"), "who may only add reads nothing back"


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_together_are_the_list_each_once(desk: Desk, kept: Kept, limit: int) -> None:
    found = list(pages(desk, limit=limit))
    assert all(len(page) <= limit for page in found)
    assert [place_of(one) for page in found for one in page] == [place_of(one) for one in kept.places]


def test_it_can_begin_at_any_record(desk: Desk, kept: Kept) -> None:
    whole = listed(desk)
    for at, place in enumerate(kept.places):
        query = {"from_sequence": place["sequence"], "from_leaf_index": place["leaf_index"] or 0}
        assert listed(desk, **query, limit=2) == whole[at:]
    assert desk.ask("GET", url(desk), query_string={"from_sequence": 10_000}).json == {
        "items": [],
        "next_cursor": None,
    }
    page = desk.ask("GET", url(desk), query_string={"limit": 1}).json
    assert page is not None
    both = {"from_sequence": 0, "cursor": page["next_cursor"]}
    assert desk.ask("GET", url(desk), query_string=both).status_code == 400
    assert desk.ask("GET", url(desk), query_string={"from_leaf_index": 1}).status_code == 400
    other = desk.ask("GET", f"/v1/patients/{desk.patient}/records", query_string={"cursor": page["next_cursor"]})
    assert other.status_code == 400, "a cursor serves its own list"


def test_a_page_is_bounded_in_bytes_and_in_time(desk: Desk, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = listed(desk)
    sizes = [len(one["manifest"]) + len(one["envelopes"] or "") for one in whole]
    monkeypatch.setattr(sealed_objects, "PAGE_MAX_BYTES", max(sizes) * 2 + 3 * 1024)
    found = list(pages(desk))
    assert [one for page in found for one in page] == whole
    assert [len(page) for page in found] == [2, 2, 2]
    monkeypatch.setattr(sealed_objects, "PAGE_MAX_BYTES", 1)
    assert [len(page) for page in pages(desk)] == [1] * len(whole)
    monkeypatch.undo()
    ticks = iter(range(0, 10_000, 3))
    node = desk.clinic.node
    slow = SealedObjects(node.access, node.listing, TimelyReads(node.copies.read_bytes, monotonic=lambda: next(ticks)))
    page = slow.page(desk.patient, desk.patient, after=None, limit=50, is_first=True)
    assert 1 <= len(page.items) < len(whole)
    assert page.next_place is not None


def test_a_damaged_copy_is_passed_over_and_mended(desk: Desk, kept: Kept) -> None:
    cid, files = copies_of(desk, kept.places[0], "manifest")
    good = files[0].read_bytes()
    flip_bit(files[0])
    (first, *_) = listed(desk)
    assert base64.b64decode(first["manifest"]) == good
    assert desk.node.care.care_chore() >= 1, f"the failed read of {cid} has queued a mending"
    assert files[0].read_bytes() == good


@pytest.mark.parametrize("role", ["manifest", "envelopes"])
def test_one_that_cannot_be_had_says_so_and_hides_no_other(desk: Desk, kept: Kept, role: str) -> None:
    whole = listed(desk)
    _, files = copies_of(desk, kept.places[0], role)
    held = [file.read_bytes() for file in files]
    for file in files:
        file.unlink()
    try:
        found = listed(desk)
        alone = desk.ask("GET", desk.url(kept.places[0], role)).json
    finally:
        for file, data in zip(files, held, strict=True):
            file.write_bytes(data)
    assert found[1:] == whole[1:]
    assert alone is not None
    assert found[0]["problem"] == {name: alone[name] for name in ("code", "message", "remedy")}
    assert found[0]["envelopes"] is None
    assert found[0]["manifest"] == (None if role == "manifest" else whole[0]["manifest"])


def test_a_batch_whose_list_cannot_be_had_is_one_item_and_is_passed(
    desk: Desk, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = kept.places[2]["sequence"]
    files = [
        file
        for copy in desk.node.objects.of_patient(desk.patient)
        if copy.sequence == batch and copy.role.value == "batch-list"
        for file in (desk.clinic.world.home / "stores" / copy.store_name).rglob(copy.cid)
    ]
    held = [file.read_bytes() for file in files]
    assert files
    desk.node.listing._lists.clear()
    monkeypatch.setattr(sealed_objects, "PAGE_MAX_BYTES", 1)
    for file in files:
        file.unlink()
    try:
        found = listed(desk)
    finally:
        for file, data in zip(files, held, strict=True):
            file.write_bytes(data)
    sequences = [place["sequence"] for place in kept.places]
    assert [one["sequence"] for one in found] == sorted(set(sequences))
    assert [one["problem"] is not None for one in found] == [one["sequence"] == batch for one in found]


class HangsOn:
    """A store that never answers for some objects, and does for the others."""

    def __init__(self, store: BlobStore, cids: Collection[str], answers: Event) -> None:
        self.cids = cids
        self.hanging = TimelyStore(HangingStore(store, answers), read_max_s=0.001)
        self.well = TimelyStore(store, read_max_s=60)
        self.name, self.failure_domain, self.location = store.name, store.failure_domain, store.location

    def read(self, cid: Cid) -> Iterator[bytes]:
        return (self.hanging if cid in self.cids else self.well).read(cid)


@pytest.fixture
def hang(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Sequence[str]], None]]:
    """Has every store hang on some objects."""
    answers = Event()

    def begin(cids: Sequence[str]) -> None:
        reached = desk.node.copies.over(lambda store: cast(BlobStore, HangsOn(store, cids, answers)))
        still = TimelyReads(reached.read_bytes, monotonic=lambda: 0.0)
        monkeypatch.setattr(TimelyReads, "page", lambda _: PageReads(still.read, 1.0, still.monotonic))

    yield begin
    answers.set()


@pytest.mark.parametrize("role", ["manifest", "envelopes"])
def test_one_that_a_store_hangs_on_is_said_to_be_late_and_holds_no_other(
    desk: Desk, kept: Kept, hang: Callable[[Sequence[str]], None], role: str
) -> None:
    whole = listed(desk)
    cid, _ = copies_of(desk, kept.places[0], role)
    hang([cid])
    found = listed(desk)
    assert found[1:] == whole[1:]
    assert found[0]["problem"]["code"] == "unavailable.read_late"
    assert found[0]["manifest"] == (None if role == "manifest" else whole[0]["manifest"])
    assert found[0]["envelopes"] is None


def test_a_list_of_a_batch_that_a_store_hangs_on_holds_no_other(
    desk: Desk, kept: Kept, hang: Callable[[Sequence[str]], None]
) -> None:
    batch = kept.places[2]["sequence"]
    (cid, *_) = [
        copy.cid
        for copy in desk.node.objects.of_patient(desk.patient)
        if copy.sequence == batch and copy.role.value == "batch-list"
    ]
    desk.node.listing._lists.clear()
    hang([cid])
    found = listed(desk)
    assert {one["sequence"]: (one["problem"] or {}).get("code") for one in found} == {
        place["sequence"]: "unavailable.read_late" if place["sequence"] == batch else None for place in kept.places
    }


def test_it_has_an_etag_and_is_kept_by_nobody(desk: Desk, kept: Kept) -> None:
    first = desk.ask("GET", url(desk))
    assert first.headers["Cache-Control"] == "no-store"
    again = desk.ask("GET", url(desk), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_it_is_counted_by_its_records(desk: Desk, kept: Kept) -> None:
    still = 0.0
    strict = open_clinic(desk.clinic.world, desk.clinic.clock, buckets=TokenBuckets(2.5, monotonic=lambda: still))
    headers = desk.clinic.headers("patient")
    statuses = [
        strict.client().get(url(desk), headers=headers, query_string={"limit": 200}).status_code for _ in range(4)
    ]
    assert statuses == [200, 200, 429, 429], "each is 1 and 6/50: of 2.5 there is not enough for a third"


def test_it_is_charged_before_it_is_fetched_and_what_was_not_sent_is_given_back(
    desk: Desk, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    still = 0.0
    buckets = TokenBuckets(100, monotonic=lambda: still)
    strict = open_clinic(desk.clinic.world, desk.clinic.clock, buckets=buckets)
    key = f"person {desk.clinic.address('patient')}"
    left: list[float] = []

    def page(of: SealedObjects, *args: Any, **named: Any) -> Any:
        left.append(buckets._buckets[key][0])
        return whole(of, *args, **named)

    whole = SealedObjects.page
    monkeypatch.setattr(SealedObjects, "page", page)
    headers = desk.clinic.headers("patient")
    assert strict.client().get(url(desk), headers=headers, query_string={"limit": 200}).status_code == 200
    assert left == [100 - 1 - 200 / 50]
    assert buckets._buckets[key][0] == pytest.approx(100 - 1 - len(kept.places) / 50)
    stranger = f"person {desk.clinic.address('stranger')}"
    refused = strict.client().get(url(desk), headers=desk.clinic.headers("stranger"))
    assert refused.status_code == 403
    assert buckets._buckets[stranger][0] == pytest.approx(100 - 1)


def copies_of(desk: Desk, place: dict[str, Any], role: str) -> tuple[str, list[Path]]:
    """The CID of a record's object, and its files in the stores, the preferred one first."""
    copies = [
        copy
        for copy in desk.node.objects.of_patient(desk.patient)
        if (copy.sequence, copy.role.value) == (place["sequence"], role)
    ]
    order = [store.name for store in desk.node.copies.stores]
    copies.sort(key=lambda one: order.index(one.store_name))
    stores = desk.clinic.world.home / "stores"
    return copies[0].cid, [file for one in copies for file in (stores / one.store_name).rglob(one.cid)]
