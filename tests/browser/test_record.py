"""The record in a real browser: found, opened, checked; read by a clinician who signs for it; and what goes wrong."""

from __future__ import annotations

import json
import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from benchmarks.served import Served
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from tests.browser.acting import inside, list_as_reader, open_entry, sign_in
from tests.browser.conftest import OpensWindows
from tests.browser.visiting import PHONE, Visit

_DAY_S = 86_400
_LISTED_MS = 60_000
NOTE = "Letter about the knee"
OWN = "Diary of spring"
REPORT = "Blood fats"
RESULTS = ("HDL cholesterol", "LDL cholesterol")
DAY = "2 March 2026"
PULSES = (72, 75, 71, 80)
ANSWERED_MS = 30_000


@pytest.fixture(scope="module")
def record(town: Served) -> Served:
    """Four measurements of one kind, a report over two results, a letter, and a private entry."""
    patient = town.world.people["patient"]
    with town.client("patient") as client:
        measured = [NamedBytes(f"pulse-{at}.json", _pulse(at, value)) for at, value in enumerate(PULSES)]
        client.uploads.upload(patient.wallet, patient.address, plan_intake(measured).items, key="record: pulses")
        report = plan_intake([NamedBytes("report.json", _report())]).items
        client.uploads.upload(patient.wallet, patient.address, report, key="record: report")
        letter = [NamedBytes(f"{NOTE}.txt", b"The knee is well again.\n")]
        client.uploads.upload(
            patient.wallet, patient.address, plan_intake(letter, "imaging").items, key="record: letter"
        )
        diary = [NamedBytes(f"{OWN}.txt", b"Nobody else reads this.\n")]
        items = plan_intake(diary, "history-and-physical-exam").items
        client.uploads.upload(patient.wallet, patient.address, items, key="record: diary", private=True)
    return town


def test_a_patient_finds_opens_and_checks_an_entry(record: Served, person: OpensWindows) -> None:
    visit = person("patient")
    page = sign_in(visit, "/record")
    lines = page.get_by_role("list", name="Entries, newest first").get_by_role("link")
    expect(lines.first).to_be_visible(timeout=_LISTED_MS)
    visit.require_accessible()
    visit.picture("record-timeline")

    page.get_by_role("searchbox").fill("KNEE letter")
    expect(lines).to_have_count(1)
    assert "knee" not in page.url.lower(), "what is searched for may say what somebody suffers from"
    page.get_by_role("button", name="Show everything").click()
    page.get_by_role("button", name=re.compile("^Imaging")).click()
    expect(page).to_have_url(re.compile(r"kind=imaging"))
    expect(lines.filter(has_text="Heart rate")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name=re.compile("^Imaging"))).to_have_attribute("aria-pressed", "true")

    panel = open_entry(visit, f"{NOTE}.txt", signs=False)
    expect(panel.get_by_text("The knee is well again.")).to_be_visible(timeout=ANSWERED_MS)
    visit.require_accessible()
    visit.picture("record-entry")
    panel.get_by_role("button", name="Check this entry").click()
    check = page.get_by_role("dialog", name="Check this entry")
    expect(check.get_by_text(re.compile("^Everything fits"))).to_be_visible(timeout=ANSWERED_MS)
    expect(check.get_by_role("listitem").filter(has_text="done")).to_have_count(9)
    visit.require_accessible()
    visit.picture("record-check")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(lines.filter(has_text=NOTE)).to_be_focused()


def test_measurements_are_drawn_and_a_point_leads_to_its_entry(record: Served, person: OpensWindows) -> None:
    visit = person("patient")
    page = sign_in(visit, "/record?view=measurements")
    chart = page.get_by_role("application", name=re.compile("Heart rate.*chart with 4 values"))
    expect(chart).to_be_visible(timeout=_LISTED_MS)
    visit.require_accessible()
    visit.picture("record-measurements")
    page.get_by_role("tab", name="Timeline").click()
    page.get_by_role("searchbox").fill("heart rate")
    line = page.get_by_role("list", name="Entries, newest first").get_by_role("link").first
    line.click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("button", name="Show the course").click()
    course = panel.get_by_role("region", name=re.compile("^Course of"))
    expect(course.get_by_role("application")).to_be_visible(timeout=ANSWERED_MS)


def test_a_report_leads_to_its_results_and_back(record: Served, person: OpensWindows) -> None:
    visit = person("patient")
    page = sign_in(visit, "/record")
    expect(page.get_by_role("list", name="Entries, newest first").get_by_role("link").first).to_be_visible(
        timeout=_LISTED_MS
    )
    panel = open_entry(visit, REPORT, signs=False)
    results = panel.get_by_role("link", name=re.compile("cholesterol"))
    expect(results).to_have_text([f"{name}, {DAY}" for name in RESULTS], timeout=ANSWERED_MS)
    visit.require_accessible()
    visit.picture("record-report")
    results.last.click()
    result = page.get_by_role("dialog", name=RESULTS[-1])
    expect(result.get_by_text("3.1 mmol/L").first).to_be_visible(timeout=ANSWERED_MS)
    page.go_back()
    expect(page.get_by_role("dialog", name=REPORT)).to_be_visible()
    expect(results.first).to_be_visible(timeout=ANSWERED_MS)


def test_private_entries_have_a_page_of_their_own(record: Served, person: OpensWindows) -> None:
    visit = person("patient", viewport=PHONE, color_scheme="dark")
    page = sign_in(visit, "/private")
    lines = page.get_by_role("list", name="Entries, newest first").get_by_role("link")
    expect(lines.filter(has_text=OWN)).to_be_visible(timeout=_LISTED_MS)
    expect(lines.filter(has_text=NOTE)).to_have_count(0)
    open_entry(visit, f"{OWN}.txt", signs=False)
    expect(page.get_by_text("Nobody else reads this.")).to_be_visible(timeout=ANSWERED_MS)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the screen"
    visit.require_accessible()
    visit.picture("private-entry-phone")


def test_a_reader_signs_for_the_list_and_for_each_entry(record: Served, person: OpensWindows) -> None:
    _grant(record, "cardiologist", ["vital-signs", "imaging"])
    patient = record.world.people["patient"].address
    visit = person("cardiologist")
    sign_in(visit)
    page = inside(visit, f"/patients/{patient}")
    visit.require_accessible()
    visit.wallet.refuses = {"eth_signTypedData_v4"}
    page.get_by_role("button", name="Show the entries").click()
    expect(page.get_by_text("You said no in your wallet.")).to_be_visible(timeout=ANSWERED_MS)
    visit.wallet.agree()
    page.get_by_role("button", name="Try again").click()
    lines = page.get_by_role("list", name="Entries, newest first").get_by_role("link")
    expect(lines.filter(has_text=NOTE)).to_be_visible(timeout=_LISTED_MS)
    expect(lines.filter(has_text=OWN)).to_have_count(0)
    expect(page.get_by_text(re.compile(r"There (are|is) \d+ more entr(ies|y)"))).to_be_visible()
    before = len(visit.wallet.signed())

    panel = open_entry(visit, f"{NOTE}.txt", signs=False)
    assert len(visit.wallet.signed()) == before, "looking at what is known of an entry costs nothing"
    visit.wallet.refuses = {"eth_signTypedData_v4"}
    panel.get_by_role("button", name="Open", exact=True).click()
    expect(panel.get_by_text("You said no in your wallet.")).to_be_visible(timeout=ANSWERED_MS)
    visit.wallet.agree()
    panel.get_by_role("button", name="Try again").click()
    expect(panel.get_by_text("The knee is well again.")).to_be_visible(timeout=ANSWERED_MS)
    visit.require_accessible()
    visit.picture("reader-entry")


def test_access_that_ends_mid_read_leaves_what_is_open_and_opens_no_more(record: Served, person: OpensWindows) -> None:
    _grant(record, "radiologist", ["vital-signs", "imaging"])
    patient = record.world.people["patient"].address
    visit = person("radiologist")
    sign_in(visit)
    page = list_as_reader(visit, patient)
    panel = open_entry(visit, f"{NOTE}.txt", signs=True)
    expect(panel.get_by_text("The knee is well again.")).to_be_visible(timeout=ANSWERED_MS)
    _revoke(record, "radiologist", ["vital-signs", "imaging"])
    expect(panel.get_by_text("Your access has ended.")).to_be_visible(timeout=90_000)
    expect(panel.get_by_text("The knee is well again.")).to_be_visible()
    visit.picture("reader-access-ended")
    page.keyboard.press("Escape")
    other = open_entry(visit, "Heart rate", signs=False)
    expect(other.get_by_text("Your access has ended.")).to_be_visible()
    expect(other.get_by_role("button", name="Open", exact=True)).to_have_count(0)
    visit.require_accessible()


def test_a_copy_that_was_altered_on_the_way_is_not_shown_and_fails_the_check(
    record: Served, person: OpensWindows
) -> None:
    visit = person("patient")
    page = sign_in(visit, "/record")
    expect(page.get_by_role("list", name="Entries, newest first")).to_be_visible(timeout=_LISTED_MS)
    page.route(re.compile(r"/payload$"), _altered)
    panel = open_entry(visit, f"{NOTE}.txt", signs=False)
    expect(panel.get_by_role("alert")).to_be_visible(timeout=ANSWERED_MS)
    expect(panel.get_by_text("The knee is well again.")).to_have_count(0)
    panel.get_by_role("button", name="Check this entry").click()
    check = page.get_by_role("dialog", name="Check this entry")
    expect(check.get_by_text("This entry does not hold.")).to_be_visible(timeout=ANSWERED_MS)
    expect(check.get_by_role("alert").get_by_text("The content is whole")).to_be_visible()
    expect(check.get_by_role("listitem").filter(has_text="failed")).to_have_count(1)
    visit.require_accessible()
    visit.picture("record-check-fails")
    page.unroute_all()
    check.get_by_role("button", name="Check again").click()
    expect(check.get_by_text(re.compile("^Everything fits"))).to_be_visible(timeout=ANSWERED_MS)


def test_a_node_that_fails_is_said_and_tried_again(record: Served, person: OpensWindows) -> None:
    visit = person("patient")
    visit.watch.allow("503")
    page = sign_in(visit, "/settings")
    _break(page)
    page = inside_link(visit)
    expect(page.get_by_role("alert")).to_be_visible(timeout=ANSWERED_MS)
    page.unroute_all()
    page.get_by_role("button", name="Try again").first.click()
    expect(page.get_by_role("list", name="Entries, newest first")).to_be_visible(timeout=_LISTED_MS)


def test_an_address_of_no_entry_says_so(record: Served, person: OpensWindows) -> None:
    visit = person("patient")
    page = sign_in(visit, "/record/999999")
    expect(page.get_by_role("dialog", name="There is no such entry")).to_be_visible(timeout=_LISTED_MS)
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/record$"))


def inside_link(visit: Visit) -> Page:
    """To the record by the menu, as the page is."""
    visit.page.get_by_role("navigation").get_by_role("link", name="My record", exact=True).first.click()
    return visit.page


def _break(page: Page) -> None:
    body = json.dumps({"error": {"code": "unavailable.chain", "message": "Not now.", "remedy": "Try again."}})
    page.route(
        re.compile(r"/v1/patients/[^/]+/(records|entries)\b"),
        lambda route: route.fulfill(status=503, content_type="application/json", body=body),
    )


def _altered(route: Route) -> None:
    response = route.fetch()
    body = bytearray(response.body())
    body[-1] ^= 1
    route.fulfill(response=response, body=bytes(body))


def _grant(town: Served, name: str, categories: list[str]) -> None:
    now = int(time.time())
    terms = {
        "grantee": town.world.people[name].address,
        "categories": categories,
        "rights": ["READ"],
        "from_at": now - 60,
        "until_at": now + _DAY_S,
        "purpose": "TREAT",
    }
    with town.client("patient") as client:
        done = client.acts.do("grant", town.world.people["patient"].wallet, terms)
        client.acts.wait(done.act_id_hex)


def _revoke(town: Served, name: str, categories: list[str]) -> None:
    terms = {"grantee": town.world.people[name].address, "categories": categories}
    with town.client("patient") as client:
        client.acts.do("revoke", town.world.people["patient"].wallet, terms)


def _report() -> bytes:
    """A bundle of a laboratory report and its two results, which become three entries."""
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}
    measured = {"status": "final", "category": [{"coding": [category]}], "effectiveDateTime": "2026-03-02"}
    ids = [f"00000000-0000-4000-8000-00000000000{at}" for at in range(3)]

    def coded(code: str, text: str) -> dict[str, object]:
        return {"coding": [{"system": "http://loinc.org", "code": code, "display": text}], "text": text}

    def result(at: int, code: str, value: float) -> dict[str, object]:
        quantity = {"value": value, "unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"}
        is_of = {"resourceType": "Observation", "id": ids[at], "code": coded(code, "as sent")}
        return {**is_of, **measured, "valueQuantity": quantity}

    report = {"resourceType": "DiagnosticReport", "id": ids[0], **measured, "code": {"text": REPORT}}
    report["result"] = [{"reference": f"urn:uuid:{one}"} for one in ids[1:]]
    resources = [report, result(1, "2085-9", 1.4), result(2, "2089-1", 3.1)]
    entries = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def _pulse(at: int, value: int) -> bytes:
    """A FHIR R4 Observation of a heart rate."""
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
    code = {"system": "http://loinc.org", "code": "8867-4", "display": "Heart rate"}
    resource = {
        "resourceType": "Observation",
        "id": f"pulse-{at}",
        "status": "final",
        "category": [{"coding": [category]}],
        "code": {"coding": [code], "text": "Heart rate"},
        "effectiveDateTime": f"2026-0{at + 1}-12T12:00:00Z",
        "valueQuantity": {"value": value, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
    }
    return json.dumps(resource).encode()
