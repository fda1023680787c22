"""Adding to a record: files in, looked through, sealed in the browser, signed, and followed until they are anchored."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from benchmarks.served import Served
from mendrec.domain.model import Purpose, Right, Terms
from tests.browser.acting import ACT_MS, choose_files, inside, settled, sign_in, upload_files
from tests.browser.conftest import OpensWindows
from tests.browser.visiting import PHONE, WIDE, ColorScheme, Visit

YEAR_S = 365 * 86_400
Write = Callable[[str, bytes | str], Path]


@pytest.fixture(scope="module")
def patient(town: Served) -> str:
    """The patient's address; from now on the GP may read laboratory results, and add to these and to imaging."""
    node, people = town.world.node, town.world.people
    now = node.now()
    terms = Terms(Right.READ | Right.UPLOAD | Right.SHARE, now, now + YEAR_S, Purpose.TREAT)
    owner = people["patient"]
    codes = ("laboratory", "imaging")
    node.consent.grant(owner.wallet, people["gp"].address, codes, terms, key="test_upload: the GP may add")
    node.index.sync()
    return str(owner.address)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of the person's."""

    def written(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def observation(name: str, value: float) -> str:
    """A laboratory result of FHIR R4."""
    return json.dumps(
        {
            "resourceType": "Observation",
            "status": "final",
            "category": [
                {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                            "code": "laboratory",
                        }
                    ]
                }
            ],
            "code": {"coding": [{"system": "urn:example:results", "code": "result", "display": name}], "text": name},
            "effectiveDateTime": "2026-05-03",
            "valueQuantity": {"value": value, "unit": "mg/dL"},
        }
    )


def rows(page: Page) -> list[str]:
    """The titles in the list, in its order."""
    expect(page.get_by_role("list", name="Entries to add")).to_be_visible()
    return page.get_by_role("list", name="Entries to add").get_by_role("listitem").all_inner_texts()


def start(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Seal and add")).click()


def expect_added(page: Page) -> None:
    words = re.compile("was added|were added")
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible(timeout=ACT_MS)


def test_files_are_looked_through_sealed_and_added(
    person: OpensWindows, town: Served, patient: str, write: Write
) -> None:
    visit = person("gp")
    sign_in(visit)
    before = len(visit.wallet.signed())
    files = [write("glucose.json", observation("Glucose", 92.5)), write("letter.pdf", b"%PDF-1.4\n%%EOF\n")]
    page = upload_files(visit, patient, files, category="Laboratory")
    kinds = [one["primaryType"] for one in visit.wallet.signed()[before:]]
    assert len(kinds) == 3, "one under each entry, one for their place"
    link = page.get_by_role("link", name=re.compile("Glucose"))
    expect(link).to_have_attribute("href", re.compile(f"^/patients/{patient}/\\d"))
    visit.require_accessible()
    town.world.node.index.sync()


def test_what_cant_be_added_is_said_file_by_file(person: OpensWindows, patient: str, write: Write) -> None:
    visit = person("gp")
    sign_in(visit)
    page = inside(visit, f"/upload/{patient}")
    good = write("good.json", observation("Creatinine", 1.1))
    choose_files(
        page,
        [
            good,
            write("again.json", good.read_bytes()),
            write("empty.txt", b""),
            write("cut.json", observation("Cut", 1)[:-9]),
            write("broken.dcm", b"\0" * 128 + b"DICM" + b"\xff" * 40),
            write("scan.pdf", b"this is no PDF"),
            write("..%2f..%2fetc%2fpasswd.txt", "named like a path"),
        ],
    )
    for words in ("The file is empty", "It is broken, perhaps cut short", "DICOM file", "promises another kind"):
        expect(page.get_by_text(words).first).to_be_visible()
    shown = rows(page)
    assert len(shown) == 3, shown
    assert any("The same as" in one and "Left out" in one for one in shown), shown
    expect(page.get_by_role("button", name="Where do these belong? (1)")).to_be_visible()
    visit.require_accessible()
    visit.picture("upload-review", whole=True)
    page.get_by_role("button", name="Remove all").click()
    expect(page.get_by_role("list", name="Entries to add")).to_have_count(0)


def test_a_wallet_that_refuses_loses_nothing(person: OpensWindows, patient: str, write: Write) -> None:
    visit = person("gp")
    sign_in(visit)
    page = inside(visit, f"/upload/{patient}")
    choose_files(page, [write("one.json", observation("Sodium", 140)), write("two.json", observation("Potassium", 4))])
    visit.wallet.refuses = {"eth_signTypedData_v4"}
    start(page)
    expect(page.get_by_text("You said no in your wallet.")).to_be_visible(timeout=ACT_MS)
    expect(page.get_by_text("is kept in this browser, sealed")).to_be_visible()
    visit.require_accessible()
    visit.wallet.agree()
    page.get_by_role("button", name="Go on").click()
    expect_added(page)


def test_a_node_that_stops_half_way_is_waited_for(person: OpensWindows, patient: str, write: Write) -> None:
    visit = person("gp")
    sign_in(visit)
    page = inside(visit, f"/upload/{patient}")
    choose_files(page, [write("long.json", observation("Calcium", 9.4))])
    visit.watch.allow("503|ERR_FAILED|Failed to load resource")
    gone = True

    def answer(route: Route) -> None:
        if gone:
            route.fulfill(status=503, headers={"Retry-After": "1"}, json={"code": "unavailable.node", "title": "Away"})
        else:
            route.fallback()

    visit.context.route(re.compile(r"/v1/uploads"), answer)
    start(page)
    expect(page.get_by_text("It pauses: the site does not answer.")).to_be_visible(timeout=120_000)
    expect(page.get_by_text("All that is done is kept")).to_be_visible()
    visit.picture("upload-pauses")
    gone = False
    expect_added(page)


def test_a_reload_goes_on_where_it_was(person: OpensWindows, patient: str, write: Write) -> None:
    visit = person("gp")
    sign_in(visit)
    page = inside(visit, f"/upload/{patient}")
    choose_files(page, [write("kept.json", observation("Magnesium", 2))])
    visit.wallet.refuses = {"eth_signTypedData_v4"}
    start(page)
    expect(page.get_by_text("You said no in your wallet.")).to_be_visible(timeout=ACT_MS)
    visit.wallet.agree()
    page = inside(visit, "/patients")
    expect(page.get_by_text("An upload of one entry is unfinished")).to_be_visible()
    expect(page.get_by_text("It is all sealed and in this browser")).to_be_visible()
    expect(page.get_by_text("Magnesium")).to_be_visible()
    visit.require_accessible()
    visit.picture("upload-unfinished")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="Look at it").click()
    expect_added(page)
    page = inside(visit, "/patients")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("is unfinished")).to_have_count(0)


def test_an_unfinished_one_can_be_discarded(person: OpensWindows, patient: str, write: Write) -> None:
    visit = person("gp")
    sign_in(visit)
    page = inside(visit, f"/upload/{patient}")
    choose_files(page, [write("gone.json", observation("Iron", 80))])
    visit.wallet.refuses = {"eth_signTypedData_v4"}
    start(page)
    page.get_by_role("button", name="Discard it").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Stop and discard").click()
    expect(page.get_by_role("list", name="Entries to add")).to_be_visible()
    inside(visit, "/patients")
    settled(page)
    expect(page.get_by_text("is unfinished")).to_have_count(0)


def test_the_patient_keeps_one_to_themself(person: OpensWindows, patient: str, write: Write) -> None:
    visit = person("patient")
    sign_in(visit)
    page = inside(visit, f"/upload/{patient}?private")
    choose_files(page, [write("diary.txt", "what I tell nobody")])
    expect(page.get_by_role("radio", name=re.compile("Only me"))).to_be_checked()
    page.get_by_role("button", name=re.compile("Where do these belong")).click()
    page.get_by_role("option", name=re.compile("Wearable")).click()
    start(page)
    expect_added(page)
    link = page.get_by_role("listitem").get_by_role("link", name="diary.txt")
    expect(link).to_have_attribute("href", re.compile(r"^/record/\d+$"))
    visit.require_accessible()


def test_a_thousand_files_stay_smooth(person: OpensWindows, patient: str, write: Write) -> None:
    visit = person("gp")
    sign_in(visit)
    page = inside(visit, f"/upload/{patient}")
    files = [write(f"many/{at:04}.json", observation(f"Result {at}", at)) for at in range(1_000)]
    began = time.monotonic()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files([str(path) for path in files])
    expect(page.get_by_role("button", name="Seal and add 1,000 entries")).to_be_visible(timeout=60_000)
    took_s = time.monotonic() - began
    drawn = page.get_by_role("list", name="Entries to add").get_by_role("listitem").count()
    assert drawn < 60, "only what is in sight is drawn"
    page.locator(".row-list").evaluate("(list) => list.scrollTo(0, list.scrollHeight)")
    expect(page.get_by_text("Result 999")).to_be_visible()
    assert took_s < 60, took_s


def test_a_folder_is_taken_with_what_is_in_it(person: OpensWindows, patient: str, write: Write) -> None:
    visit = person("gp")
    sign_in(visit)
    page = inside(visit, f"/upload/{patient}")
    inner = write("stay/day1/chloride.json", observation("Chloride", 101))
    write("stay/zinc.json", observation("Zinc", 90))
    write("stay/.DS_Store", b"x")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a folder").click()
    chooser.value.set_files(str(inner.parent.parent))
    expect(page.get_by_role("button", name="Seal and add 2 entries")).to_be_visible()
    expect(page.get_by_text("hidden or belong to the computer (1)")).to_be_visible()


def test_who_may_not_add_is_told_so(person: OpensWindows, patient: str) -> None:
    visit = person("radiologist")
    sign_in(visit)
    page = inside(visit, f"/upload/{patient}")
    expect(page.get_by_text("You may not add to this record")).to_be_visible()
    page = inside(visit, "/upload/nobody")
    expect(page.get_by_text("There is no such patient")).to_be_visible()


@pytest.mark.parametrize(
    ("viewport", "scheme", "locale"),
    [(WIDE, "light", "en-GB"), (PHONE, "dark", "ko-KR"), (PHONE, "light", "en-GB")],
    ids=["wide-light-en", "phone-dark-ko", "phone-light-en"],
)
def test_the_page_on_screens(
    person: OpensWindows, patient: str, write: Write, viewport: object, scheme: ColorScheme, locale: str
) -> None:
    visit: Visit = person("gp", viewport=viewport, color_scheme=scheme, locale=locale)  # type: ignore[arg-type]
    page = visit.go(f"/upload/{patient}")
    page.get_by_role("button", name=re.compile("Test wallet")).click()
    page.get_by_role("button", name=re.compile("Open with my wallet|지갑으로 열기")).click()
    expect(page.locator(".file-drop")).to_be_visible(timeout=60_000)
    with page.expect_file_chooser() as chooser:
        page.locator(".file-drop button.button").first.click()
    chooser.value.set_files(
        [
            write("glucose.json", observation("Glucose", 92.5)),
            write("a note.txt", "words"),
            write("empty.txt", b""),
        ]
    )
    expect(page.locator(".row-line").first).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the screen"
    visit.require_accessible()
    visit.picture(f"upload-{viewport['width']}-{scheme}-{locale[:2]}", whole=True)  # type: ignore[index]
