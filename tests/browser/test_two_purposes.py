"""A reader to whom one patient allows different things for different purposes: what is asked, signed and told."""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from benchmarks.served import Served
from mendrec.domain.model import Purpose, Right, Terms
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from tests.browser.acting import ACT_MS, inside, sign_in
from tests.browser.conftest import OpensWindows
from tests.browser.visiting import Visit

DAY_S = 86_400
LETTER, VALUES = "Letter about the knee", "Values of the blood"


@pytest.fixture(scope="module")
def patient(town: Served) -> str:
    """A letter, which the cardiologist may read for treatment, and values, which they may read for research."""
    node, people = town.world.node, town.world.people
    owner, reader = people["patient"], people["cardiologist"]
    with town.client("patient") as client:
        for title, category in ((LETTER, "imaging"), (VALUES, "laboratory")):
            items = plan_intake([NamedBytes(f"{title}.txt", f"{title}: all is well.\n".encode())], category).items
            client.uploads.upload(owner.wallet, owner.address, items, key=f"two purposes: {title}")
    now = node.now()
    for category, purpose in (("imaging", Purpose.TREAT), ("laboratory", Purpose.HRESCH)):
        terms = Terms(Right.READ, now, now + 30 * DAY_S, purpose)
        node.consent.grant(owner.wallet, reader.address, [category], terms, key=f"two purposes: {category}")
    node.index.sync()
    return str(owner.address)


def test_each_entry_is_opened_for_what_it_was_shared_for(town: Served, person: OpensWindows, patient: str) -> None:
    """What is shared for the other purpose alone is named, not asked for; each signature and receipt has its own."""
    visit = person("cardiologist")
    sign_in(visit)
    page = inside(visit, f"/patients/{patient}")
    _choose(page, "Treatment")
    page.get_by_role("button", name="Show the entries").click()
    expect(_lines(page).filter(has_text=LETTER)).to_be_visible(timeout=ACT_MS)
    expect(_lines(page).filter(has_text=VALUES)).to_have_count(0)
    elsewhere = _lines(page).filter(has_text="Shared for Research: choose that purpose to see it")
    expect(elsewhere).to_have_count(1)
    _read(visit, LETTER)

    # What the other purpose is for can't be opened under this one: it says so and asks the wallet for nothing.
    before = len(visit.wallet.signed())
    elsewhere.click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_text("Shared for Research: choose that purpose to see it")).to_be_visible()
    expect(panel.get_by_role("button", name="Open", exact=True)).to_have_count(0)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    assert len(visit.wallet.signed()) == before

    _choose(page, "Research")
    page.get_by_role("button", name="Show the entries").click()
    expect(_lines(page).filter(has_text=VALUES)).to_be_visible(timeout=ACT_MS)
    visit.require_accessible()
    visit.picture("two-purposes")
    _read(visit, VALUES)

    signed = [one["message"] for one in visit.wallet.signed() if one["primaryType"] == "ReleaseRequest"]
    assert [(one["act"], one["purpose"]) for one in signed] == [
        ("LIST", "TREAT"),
        ("OPEN", "TREAT"),
        ("LIST", "HRESCH"),
        ("OPEN", "HRESCH"),
    ], signed

    _the_patient_sees_it(town, person("patient"))


def _the_patient_sees_it(town: Served, visit: Visit) -> None:
    page = sign_in(visit, "/who-read")
    rows = page.get_by_role("row").filter(has=page.get_by_text("Opened"))
    for title, why, other in ((LETTER, "Treatment", "Research"), (VALUES, "Research", "Treatment")):
        row = rows.filter(has=page.get_by_role("link", name=title))
        expect(row).to_have_count(1)
        expect(row).to_contain_text(why)
        expect(row).not_to_contain_text(other)
        expect(row).to_contain_text("Allowed")
    expect(page.get_by_text("Refused", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Save as a file").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Table (CSV)").click()
    table = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    reader = str(town.world.people["cardiologist"].address)
    told = sorted(
        (row["act"], row["category"], row["purpose"], row["outcome"]) for row in table if row["address"] == reader
    )
    assert told == sorted(
        [
            ("Saw what there is", "Imaging", "Treatment", "Allowed"),
            ("Opened", "Imaging", "Treatment", "Allowed"),
            ("Saw what there is", "Laboratory results", "Research", "Allowed"),
            ("Opened", "Laboratory results", "Research", "Allowed"),
        ]
    )


def _choose(page: Page, purpose: str) -> None:
    """By the field that names both; it may be chosen already."""
    field = page.get_by_role("button", name=re.compile("You read for"))
    field.click()
    expect(page.get_by_role("option")).to_have_count(2)
    page.get_by_role("option", name=purpose).click()
    expect(field).to_contain_text(purpose)


def _lines(page: Page) -> Locator:
    return page.get_by_role("list", name="Entries, newest first").get_by_role("link")


def _read(visit: Visit, title: str) -> None:
    page = visit.page
    _lines(page).filter(has_text=title).click()
    panel = page.get_by_role("dialog", name=title)
    panel.get_by_role("button", name="Open", exact=True).click()
    expect(panel.get_by_text(f"{title}: all is well.")).to_be_visible(timeout=ACT_MS)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
