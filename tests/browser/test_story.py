"""The main job, end to end, by clicking: what ``make smoke`` does, as the people who do it.

A new patient, two clinicians, a third who asks, and the institution that mends: each in a window and with a wallet
of their own, against one node and one chain. Each step leaves a picture, numbered in the order of the story.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from benchmarks.served import Served
from deploy.damage import flip_bit
from deploy.sample_data import generate
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.errors import RefusedError
from mendrec.domain.model import Address
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.services.key_release import Reader
from tests.browser.acting import (
    ACT_MS,
    ask_for_access,
    become_patient,
    choose_files,
    inside,
    list_as_reader,
    mend_all,
    open_entry,
    save_copy,
    settled,
    share,
    sign_in,
    sign_in_dialog,
    upload_files,
)
from tests.browser.behind import Place, copies_of, places_of
from tests.browser.conftest import OpensWindows
from tests.browser.visiting import Visit

SHARED = ("Allergies", "Vital signs", "Laboratory results", "Imaging")
ALLERGY = "Peanut allergy, 1 July 2022"
SEALED_ALLERGY = "Allergy intolerance: Allergy to peanut, 2022-07-01"
SCAN = "ct-slice.dcm"


class Story:
    """Its people and files, and the pictures that it leaves."""

    def __init__(self, town: Served, person: OpensWindows, folder: Path) -> None:
        self.town = town
        self.folder = folder
        self.patient = person(LocalWallet.generate())
        self.gp, self.cardiologist, self.radiologist, self.institution = (
            person(name) for name in ("gp", "cardiologist", "radiologist", "north-hospital")
        )
        self.address = self.patient.wallet.key.address
        sample = next(generate(7, 1))
        self.bundle = _short(sample.file("history.json"))
        self.scan = sample.file("ct-slice.dcm")
        (folder / "history.json").write_bytes(self.bundle)
        (folder / SCAN).write_bytes(self.scan)
        self.files = (folder / "history.json", folder / SCAN)
        self._pictures = 0

    def picture(self, visit: Visit, name: str) -> None:
        settled(visit.page)
        self._pictures += 1
        visit.picture(f"story-{self._pictures:02}-{name}")

    def signatures(self, visit: Visit) -> int:
        return len(visit.wallet.signed())


def test_the_whole_story(town: Served, person: OpensWindows, tmp_path: Path) -> None:
    story = Story(town, person, tmp_path)
    a_patient_comes(story)
    the_gp_may_add(story)
    the_gp_adds_and_cannot_read_back(story)
    the_patient_sees_it_all(story)
    the_cardiologist_reads_what_is_shared(story)
    the_radiologist_asks_and_the_patient_approves(story)
    what_is_taken_back_does_not_open(story)
    the_patient_sees_who_read(story)
    a_damaged_copy_is_mended_by_plan(story)
    the_patient_checks_an_entry(story)


def a_patient_comes(story: Story) -> None:
    become_patient(story.patient)
    assert story.signatures(story.patient) == 3
    story.picture(story.patient, "a-new-patient")


def the_gp_may_add(story: Story) -> None:
    before = story.signatures(story.patient)
    share(story.patient, story.town.world.people["gp"].address, SHARED, may=["Add"])
    assert story.signatures(story.patient) == before + 1, "three choices, one signature"
    told = story.patient.wallet.signed()[-1]["message"]
    assert told["grantee"] == story.town.world.people["gp"].address
    assert "2" in str(told), "typed data that can be read"
    story.picture(story.patient, "gp-may-add")


def the_gp_adds_and_cannot_read_back(story: Story) -> None:
    sign_in(story.gp)
    page = inside(story.gp, f"/upload/{story.address}")
    choose_files(page, story.files)
    story.picture(story.gp, "what-the-gp-will-add")
    upload_files(story.gp, story.address, story.files)
    story.picture(story.gp, "added")
    page = list_as_reader(story.gp, story.address)
    expect(page.get_by_text(ALLERGY)).to_have_count(0)
    story.picture(story.gp, "the-gp-cannot-read-back")


def the_patient_sees_it_all(story: Story) -> None:
    page = inside(story.patient, "/record")
    entries = page.get_by_role("list", name="Entries, newest first")
    expect(entries.get_by_role("link", name=ALLERGY)).to_be_visible(timeout=ACT_MS)
    story.picture(story.patient, "the-record")
    panel = open_entry(story.patient, ALLERGY, signs=False)
    assert save_copy(panel, story.folder / "saved") == story_item(story, SEALED_ALLERGY)
    story.picture(story.patient, "an-entry-as-a-table")


def the_cardiologist_reads_what_is_shared(story: Story) -> None:
    share(story.patient, story.town.world.people["cardiologist"].address, SHARED)
    sign_in(story.cardiologist)
    list_as_reader(story.cardiologist, story.address)
    story.picture(story.cardiologist, "the-cardiologist-sees-the-list")
    panel = open_scan(story, story.cardiologist)
    expect(panel.locator("canvas").first).to_be_visible(timeout=ACT_MS)
    story.picture(story.cardiologist, "the-cardiologist-sees-the-scan")
    assert save_copy(panel, story.folder / "saved") == story.scan


def the_radiologist_asks_and_the_patient_approves(story: Story) -> None:
    sign_in(story.radiologist)
    ask_for_access(story.radiologist, story.address, ["Imaging"])
    story.picture(story.radiologist, "the-radiologist-asks")
    page = inside(story.patient, "/requests")
    story.picture(story.patient, "a-request-waits")
    page.get_by_role("button", name="Approve:").click()
    before = story.signatures(story.patient)
    sign_in_dialog(page.get_by_role("dialog"), "Sign and approve")
    assert story.signatures(story.patient) == before + 1
    list_as_reader(story.radiologist, story.address)
    panel = open_scan(story, story.radiologist)
    assert save_copy(panel, story.folder / "saved") == story.scan


def what_is_taken_back_does_not_open(story: Story) -> None:
    """The list stays as it was in the cardiologist's window, which says it is over; past the page it is refused."""
    list_as_reader(story.cardiologist, story.address)
    place = next(place for place in places_of(story.town, story.address) if _category(story, place) == "allergy")
    person = story.town.world.people["cardiologist"]
    with story.town.client("cardiologist") as client:
        allergy = client.records.locate(story.address, *place)
        _take_back_from(story, person.address)
        with pytest.raises(RefusedError):
            client.records.open_record(allergy, Reader(person.wallet, person.identity), story.folder / "refused")
    assert not (story.folder / "refused").exists()
    panel = open_entry(story.cardiologist, ALLERGY, signs=False)
    expect(story.cardiologist.page.get_by_text("Your access has ended.").first).to_be_visible(timeout=ACT_MS)
    expect(panel.get_by_role("button", name="Open", exact=True)).to_have_count(0)
    expect(panel.get_by_role("button", name="Save a copy")).to_have_count(0)
    story.picture(story.cardiologist, "refused-in-words")


def _take_back_from(story: Story, reader: Address) -> None:
    page = inside(story.patient, "/sharing")
    page.get_by_role("button", name="End now:").filter(has_text="End now").and_(
        page.locator(f"[aria-label*='{reader[-4:]}']")
    ).click()
    sign_in_dialog(page.get_by_role("dialog"), "Sign and end it")
    story.picture(story.patient, "taken-back")


def the_patient_sees_who_read(story: Story) -> None:
    page = inside(story.patient, "/who-read")
    rows = page.get_by_role("main").get_by_role("row")
    for name in ("cardiologist", "radiologist"):
        theirs = rows.filter(has_text=story.town.world.people[name].address[-4:])
        opened = theirs.filter(has_text=f"Opened: {SCAN_TITLE}").filter(has_text="Treatment").filter(has_text="Allowed")
        expect(opened.first).to_be_visible(timeout=ACT_MS)
    expect(rows.filter(has_text=f"Tried to open: {ALLERGY}").filter(has_text="Refused").first).to_be_visible()
    story.picture(story.patient, "who-read")


def a_damaged_copy_is_mended_by_plan(story: Story) -> None:
    scan = next(place for place in places_of(story.town, story.address) if _category(story, place) == "imaging")
    store, path = sorted(copies_of(story.town, story.address, scan).items())[0]
    good = path.read_bytes()
    flip_bit(path)
    sign_in(story.institution)
    mend_all(story.institution, look=lambda name: story.picture(story.institution, name))
    assert path.read_bytes() == good, f"{store} has the good copy again"
    story.picture(story.institution, "mended")


def the_patient_checks_an_entry(story: Story) -> None:
    inside(story.patient, "/record")
    panel = open_entry(story.patient, SCAN_TITLE, signs=False)
    panel.get_by_role("button", name="Check this entry").click()
    dialog = story.patient.page.get_by_role("dialog", name="Check this entry")
    expect(dialog.get_by_text("Everything fits.")).to_be_visible(timeout=ACT_MS)
    story.picture(story.patient, "checked-in-the-browser")
    assert any(method == "eth_call" for method, _ in story.patient.wallet.asked), "the wallet asked the chain"


SCAN_TITLE = next(
    iter(plan_intake([NamedBytes(SCAN, next(generate(7, 1)).file("ct-slice.dcm"))]).items)
).descriptor.title


def open_scan(story: Story, visit: Visit) -> Locator:
    return open_entry(visit, SCAN_TITLE, signs=True)


def story_item(story: Story, title: str) -> bytes:
    """The bytes of an entry as intake splits it from the bundle."""
    items = plan_intake([NamedBytes("history.json", story.bundle)]).items
    (item,) = (item for item in items if item.descriptor.title == title)
    with item.source.open() as source:
        return source.read()


def _category(story: Story, place: Place) -> str:
    node = story.town.world.node
    entry = node.ledger.entry(story.address, place[0])
    return node.ledger.categories()[entry.category]


def _short(history: bytes) -> bytes:
    """A few entries of each kind, in place of two years: people sign each."""
    bundle = json.loads(history)
    kept: list[object] = []
    counts: dict[str, int] = {}
    for entry in bundle["entry"]:
        resource = entry["resource"]
        what = resource["resourceType"] + json.dumps(resource.get("code", {}))
        counts[what] = counts.get(what, 0) + 1
        most = {"Observation": 3 if "Heart rate" in what else 1, "AllergyIntolerance": 1}.get(
            resource["resourceType"], 0
        )
        if counts[what] <= most:
            kept.append(entry)
    bundle["entry"] = kept[:10]
    return json.dumps(bundle).encode()
