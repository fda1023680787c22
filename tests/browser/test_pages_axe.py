"""Every page, as whoever has it sees it: light and dark, wide and on a phone.

No serious or critical fault that axe-core finds, nothing wider than the screen, no word on the console; and a picture.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from benchmarks.served import Served
from mendrec.domain.model import Purpose, Right, Terms
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.services.key_release import Reader
from tests.browser.acting import inside, settled, sign_in
from tests.browser.conftest import OpensWindows
from tests.browser.visiting import PHONE, WIDE, ColorScheme, Visit

ROUTES: dict[str, tuple[str, ...]] = {
    "patient": (
        "/",
        "/record",
        "/sharing",
        "/requests",
        "/who-read",
        "/safety",
        "/private",
        "/keys",
        "/settings",
        "/upload/PATIENT",
        "/nowhere",
    ),
    "gp": ("/patients", "/patients/PATIENT", "/ask", "/upload/PATIENT", "/keys", "/institution"),
    "north-hospital": (
        "/institution",
        "/institution/staff",
        "/institution/requests",
        "/institution/stores",
        "/institution/mending",
        "/institution/operations",
    ),
    "licensing-board": ("/verifier",),
}


@pytest.fixture(scope="module")
def lived_in(town: Served) -> Served:
    """Somebody has a record and shares some of it with somebody who read it, so that pages have something to show."""
    node, patient, gp = town.world.node, town.world.people["patient"], town.world.people["gp"]
    terms = Terms(Right.READ | Right.UPLOAD, node.now(), node.now() + 86_400, Purpose.TREAT)
    node.consent.grant(patient.wallet, gp.address, ["laboratory", "imaging"], terms, key="axe: something is shared")
    with town.client("patient") as client:
        for category in ("laboratory", "imaging"):
            items = plan_intake([NamedBytes(f"{category}.txt", b"The knee is well again.\n")], category).items
            client.uploads.upload(patient.wallet, patient.address, items, key=f"axe: {category}")
    with town.client("gp") as client:
        client.records.list_records(patient.address, Reader(gp.wallet, gp.identity))
    node.index.sync()
    return town


@pytest.mark.parametrize("who", ROUTES)
@pytest.mark.parametrize(("first_scheme", "locale"), [("light", "en-GB"), ("dark", "ko-KR")])
def test_every_page_is_for_everybody(
    lived_in: Served, person: OpensWindows, who: str, first_scheme: ColorScheme, locale: str
) -> None:
    """Each page is loaded once a scheme and looked at wide and narrow; words differ with the scheme to see both."""
    visit = person(who, color_scheme=first_scheme, locale="en-GB")
    sign_in(visit)
    if locale.startswith("ko"):
        visit.page.get_by_role("button", name="English").click()
        visit.page.get_by_role("menuitemradio", name="한국어").or_(
            visit.page.get_by_role("menuitem", name="한국어")
        ).click()
        expect(visit.page.locator("html")).to_have_attribute("lang", "ko")
    for route in ROUTES[who]:
        page = inside(visit, route.replace("PATIENT", lived_in.world.people["patient"].address))
        settled(page)
        for size in (WIDE, PHONE):
            page.set_viewport_size(size)
            _look(visit, f"{who}{route.replace('/', '-')}-{size['width']}-{first_scheme}")
        page.set_viewport_size(WIDE)


def _look(visit: Visit, name: str) -> None:
    wide = visit.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    visit.picture(name, whole=True)
    assert wide <= 0, f"{name}: wider than the screen by {wide} px"
    visit.require_accessible()
