"""A clinician's own pages: who shares, names of one's own, asking, withdrawing, passing on, giving up."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from benchmarks.served import Served
from mendrec.domain.model import Purpose, Right, Terms
from tests.browser.acting import ACT_MS, inside, settled, sign_in
from tests.browser.conftest import OpensWindows
from tests.browser.visiting import PHONE, WIDE, ColorScheme

DAY_S = 86_400


@pytest.fixture(scope="module")
def patient(town: Served) -> str:
    """The patient's address; the GP may pass on some of it, and something of it ends soon."""
    node, people = town.world.node, town.world.people
    owner, gp, now = people["patient"], people["gp"].address, node.now()
    everything = Terms(Right.READ | Right.UPLOAD | Right.SHARE, now, now + 300 * DAY_S, Purpose.TREAT)
    node.consent.grant(owner.wallet, gp, ("medication", "allergy"), everything, key="test_clinician: may pass on")
    soon = Terms(Right.READ, now, now + 2 * DAY_S, Purpose.TREAT)
    node.consent.grant(owner.wallet, gp, ("vital-signs",), soon, key="test_clinician: ends soon")
    node.index.sync()
    return str(owner.address)


def menu(page: Page, item: str) -> None:
    page.get_by_role("button", name=re.compile("^More for")).first.click()
    page.get_by_role("menuitem", name=item).click()


def tick(where: Page | Locator, label: str) -> None:
    where.get_by_role("checkbox", name=re.compile(f"^{label}")).click(force=True)


def test_patients_are_listed_named_and_found(person: OpensWindows, town: Served, patient: str) -> None:
    visit = person("gp")
    page = sign_in(visit)
    settled(page)
    expect(page.get_by_text("Ends soon")).to_be_visible()
    visit.require_accessible()
    visit.picture("patients-wide", whole=True)
    menu(page, "Give a name")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Mina Park")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("heading", name="Mina Park")).to_be_visible()
    page = inside(visit, "/patients")
    expect(page.get_by_role("heading", name="Mina Park")).to_be_visible()
    expect(page.get_by_role("link", name="Open the record").first).to_have_attribute("href", f"/patients/{patient}")
    expect(page.get_by_role("link", name="Add to it").first).to_have_attribute("href", f"/upload/{patient}")
    stored = b"".join(path.read_bytes() for path in town.home.rglob("*") if path.is_file())
    assert b"Mina Park" not in stored, "a name is sealed before it leaves the browser"


def test_access_is_asked_for_and_withdrawn(person: OpensWindows, patient: str) -> None:
    visit = person("radiologist")
    sign_in(visit)
    page = inside(visit, "/ask")
    page.get_by_role("combobox", name="Patient").fill(f"ethereum:{patient}@31337")
    page.keyboard.press("Tab")  # leaves the list of names
    tick(page, "Imaging")
    page.get_by_role("button", name="Sign and ask").focus()
    expect(page.get_by_text("What the patient will read")).to_be_visible()
    visit.require_accessible()
    visit.picture("ask-wide", whole=True)
    visit.wallet.refuse_all()
    page.get_by_role("button", name="Sign and ask").click()
    expect(page.get_by_text("You said no in your wallet.")).to_be_visible(timeout=ACT_MS)
    visit.wallet.agree()
    page.get_by_role("button", name="Sign and ask").click()
    expect(page.get_by_text("Your request is with the patient")).to_be_visible(timeout=ACT_MS)
    signed = visit.wallet.signed()[-1]
    assert signed["primaryType"] == "Ask"
    assert (signed["message"]["categories"], signed["message"]["rights"]) == (["imaging"], "READ")
    expect(page.get_by_role("table").get_by_text("Waiting")).to_be_visible()
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Sign and withdraw").click()
    expect(page.get_by_role("table").get_by_text("Withdrawn")).to_be_visible(timeout=ACT_MS)


def test_who_is_no_patient_is_not_asked(person: OpensWindows, town: Served, patient: str) -> None:
    visit = person("radiologist")
    sign_in(visit)
    page = inside(visit, "/ask")
    who = page.get_by_role("combobox", name="Patient")
    who.fill(str(town.world.people["gp"].address))
    expect(page.get_by_text("This address belongs to no patient here")).to_be_visible()
    who.fill(patient[:-1] + ("0" if patient[-1] != "0" else "1"))
    page.keyboard.press("Tab")
    tick(page, "Imaging")
    expect(page.get_by_role("button", name="Sign and ask")).to_be_disabled()


def test_a_part_is_passed_on_within_what_is_held(person: OpensWindows, town: Served, patient: str) -> None:
    visit = person("gp")
    page = sign_in(visit)
    menu(page, "Pass on")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("checkbox", name=re.compile("^Vital signs"))).to_have_count(0)
    dialog.get_by_role("combobox", name="To whom").fill(str(town.world.people["cardiologist"].address))
    page.keyboard.press("Tab")
    tick(dialog, "Allergies")
    expect(dialog.get_by_text("What they have opened by then")).to_be_visible()
    expect(dialog.get_by_text("What it is given for stays the same")).to_be_visible()
    expect(dialog.get_by_text("What your wallet shows you to sign")).to_be_visible()
    visit.require_accessible()
    visit.picture("pass-on")
    dialog.get_by_role("button", name="Sign and pass on").click()
    expect(dialog).to_have_count(0, timeout=ACT_MS)
    passed_on = page.get_by_role("region", name=re.compile("^Passed on by you"))
    expect(passed_on).to_contain_text("Allergies")
    reader = sign_in(person("cardiologist"))
    expect(reader.get_by_text("passed on by").first).to_be_visible()
    passed_on.get_by_role("button", name=re.compile("^Take back from")).click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog.get_by_text("What your wallet shows you to sign")).to_be_visible()
    visit.require_accessible()
    visit.picture("take-back")
    dialog.get_by_role("button", name="Sign and take back").click()
    expect(dialog).to_have_count(0, timeout=ACT_MS)
    assert visit.wallet.signed()[-1]["primaryType"] == "TakeBack"
    expect(passed_on).to_have_count(0)
    reader.reload()
    settled(reader)
    expect(reader.get_by_text("passed on by")).to_have_count(0)


def test_access_is_given_up(person: OpensWindows, patient: str) -> None:
    visit = person("gp")
    page = sign_in(visit)
    settled(page)
    menu(page, "Give up access")
    dialog = page.get_by_role("alertdialog")
    tick(dialog, "Everything")  # all of it is ticked at first
    tick(dialog, "Vital signs")
    dialog.get_by_role("button", name="Sign and give up").click()
    expect(dialog).to_have_count(0, timeout=ACT_MS)
    assert visit.wallet.signed()[-1]["message"]["categories"] == ["vital-signs"]
    expect(page.get_by_text("Ends soon")).to_have_count(0)


def test_a_node_that_fails_is_said_so(person: OpensWindows, patient: str) -> None:
    visit = person("gp")
    sign_in(visit)
    visit.watch.allow("500|Failed to load resource")
    visit.context.route(
        re.compile("/v1/me/grants-held"),
        _fail,
    )
    page = inside(visit, "/patients")
    expect(page.get_by_role("alert")).to_be_visible()
    visit.context.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name="Open the record").first).to_be_visible()


def _fail(route: Route) -> None:
    route.fulfill(status=500, json={"code": "fault", "title": "Fault", "status": 500})


@pytest.mark.parametrize("path", ["/patients", "/ask"])
@pytest.mark.parametrize(
    ("viewport", "scheme", "locale"),
    [(PHONE, "light", "en-GB"), (PHONE, "dark", "ko-KR"), (WIDE, "dark", "ko-KR")],
    ids=["phone-light-en", "phone-dark-ko", "wide-dark-ko"],
)
def test_the_pages_on_screens(
    person: OpensWindows, patient: str, path: str, viewport: object, scheme: ColorScheme, locale: str
) -> None:
    visit = person("gp", viewport=viewport, color_scheme=scheme, locale=locale)
    page = visit.go(path)
    page.get_by_role("button", name=re.compile("Test wallet")).click()
    page.get_by_role("button", name=re.compile("Open with my wallet|지갑으로 열기")).click()
    expect(page.locator(".person, form").first).to_be_visible(timeout=60_000)
    settled(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the screen"
    visit.require_accessible()
    visit.picture(f"clinician{path.replace('/', '-')}-{viewport['width']}-{scheme}-{locale[:2]}", whole=True)  # type: ignore[index]
