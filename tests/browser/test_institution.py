"""An institution at its node's pages, a licensing board at its own: staff, requests, stores, mending, and refusals."""

from __future__ import annotations

import re
import shutil

import pytest
from playwright.sync_api import Page, Route, expect

from benchmarks.served import Served
from deploy.damage import damage_one
from mendrec.api.applications import ApplicationAnswered, ApplicationsAnswered
from mendrec.api.people import PersonAnswered
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from tests.browser.acting import ACT_MS, SIGN_IN_MS, inside
from tests.browser.conftest import OpensWindows
from tests.browser.visiting import Visit

_NAME = "Resident, ward three"
_MARK = "ab" * 32


@pytest.fixture(scope="module")
def kept(town: Served) -> Served:
    """Something to keep copies of."""
    patient = town.world.people["patient"]
    with town.client("patient") as client:
        letter = [NamedBytes("note.txt", b"Kept in two places.\n")]
        items = plan_intake(letter, "imaging").items
        client.uploads.upload(patient.wallet, patient.address, items, key="institution: note")
    return town


def come_in(visit: Visit, path: str = "/") -> Page:
    """By the wallet; who keeps no record needs no key."""
    page = visit.go(path)
    page.get_by_role("button", name=re.compile("Test wallet")).click()
    expect(page.get_by_role("navigation").first).to_be_visible(timeout=SIGN_IN_MS)
    return page


def test_an_applicant_becomes_staff_by_two_yeses(town: Served, person: OpensWindows) -> None:
    newcomer = town.newcomer("resident-of-test")
    hospital = town.world.people["north-hospital"]
    with town.client("resident-of-test") as client:
        body = {"institution": hospital.address, "display_name": _NAME, "licence_commitment_hex": _MARK}
        client.transport.post("/v1/applications", ApplicationAnswered, body, key="institution.applies")

    institution = person("north-hospital")
    page = come_in(institution, "/institution/requests")
    page.get_by_role("button", name=f"Yes, they work here: {_NAME}").click()
    asked = page.get_by_role("alertdialog")
    expect(asked).to_contain_text(newcomer.address)
    institution.require_accessible()
    asked.get_by_role("button", name="Yes, they work here").click()
    expect(page.get_by_role("table", name="Answered")).to_contain_text("confirmed")
    assert institution.wallet.signed() == [], "paperwork is not signed by a wallet"

    board = person("licensing-board")
    page = come_in(board)
    page.get_by_role("button", name=f"Sign: {_NAME}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(_MARK)
    board.wallet.refuses = {"eth_signTypedData_v4"}
    dialog.get_by_role("button", name="Sign", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("the request is still here")
    board.wallet.agree()
    dialog.get_by_text("6 months").click()
    dialog.get_by_role("button", name="Sign", exact=True).click()
    expect(dialog).to_have_count(0, timeout=ACT_MS)
    words = board.wallet.signed()[-1]["message"]
    assert words["clinician"] == newcomer.address
    assert words["institution"] == hospital.address
    assert words["licenceCommitment"] == f"0x{_MARK}"
    with town.client("resident-of-test") as client:
        (application,) = client.transport.get("/v1/me/applications", ApplicationsAnswered).items
    assert application.state == "signed"


def test_staff_is_suspended_by_the_institution_and_lifted_by_the_board(town: Served, person: OpensWindows) -> None:
    clinician = town.world.people["radiologist"].address

    def state() -> str:
        with town.client("licensing-board") as client:
            person_of: PersonAnswered = client.person(clinician)
        return person_of.credential.state

    institution = person("south-hospital")
    page = come_in(institution, "/institution/staff")
    row = page.get_by_role("row").filter(has=page.locator(f'[title="{clinician}"]'))
    expect(row.get_by_role("button", name=re.compile("^Lift"))).to_have_count(0)
    row.get_by_role("button", name=re.compile("^Suspend")).click()
    dialog = page.get_by_role("alertdialog")
    institution.wallet.refuses = {"eth_sendTransaction"}
    dialog.get_by_role("button", name="Suspend").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Nothing was changed")
    assert state() == "in_force"
    institution.wallet.agree()
    dialog.get_by_role("button", name="Suspend").click()
    expect(dialog).to_have_count(0, timeout=ACT_MS)
    expect(row).to_contain_text("Only the board that vouched for them can lift it.")
    assert state() == "suspended"

    board = person("licensing-board")
    page = come_in(board)
    row = page.get_by_role("row").filter(has=page.locator(f'[title="{clinician}"]'))
    expect(row.get_by_role("button", name=re.compile("^Renew"))).to_have_count(0)
    row.get_by_role("button", name=re.compile("^Lift")).click()
    page.get_by_role("alertdialog").get_by_role("button", name="Lift suspension").click()
    expect(row).to_contain_text("in force", timeout=ACT_MS)
    assert state() == "in_force"

    row.get_by_role("button", name=re.compile("^Renew")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name=re.compile("Mark")).fill(_MARK)
    dialog.get_by_text("2 years").click()
    dialog.get_by_role("button", name="Sign", exact=True).click()
    expect(dialog).to_have_count(0, timeout=ACT_MS)
    assert state() == "in_force"


def test_nothing_is_mended_before_its_plan_was_seen(kept: Served, person: OpensWindows) -> None:
    damage_one(kept.world.node, kept.world.people["patient"].address)
    visit = person("north-hospital")
    mended: list[str] = []
    visit.page.on("request", lambda one: mended.append(one.url) if one.url.endswith("/v1/mending") else None)
    page = come_in(visit, "/institution/mending")
    expect(page.get_by_role("button", name="Apply this plan")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Check")).click()
    apply = page.get_by_role("button", name="Apply this plan")
    expect(apply).to_be_visible(timeout=ACT_MS)
    expect(page.get_by_text("the copy there is damaged").first).to_be_visible()
    visit.require_accessible()
    visit.picture("institution-plan", whole=True)
    apply.click()
    page.get_by_role("alertdialog").get_by_role("button", name="Cancel").click()
    assert not mended
    apply.click()
    page.get_by_role("alertdialog").get_by_role("button", name="Apply this plan").click()
    expect(page.get_by_text("Everything is as it should be now.")).to_be_visible(timeout=ACT_MS)
    assert len(mended) == 1
    expect(apply).to_have_count(0)


def test_a_path_moves_by_the_operators_signature(kept: Served, person: OpensWindows) -> None:
    disk = kept.home / "stores" / "ward-disk"
    away = disk.with_name("ward-disk-away")
    visit = person("north-hospital")
    page = come_in(visit, "/institution/mending")
    shutil.move(disk, away)
    try:
        page.get_by_role("button", name=re.compile("^Check")).click()
        expect(page.get_by_text(re.compile("would have to move"))).to_be_visible(timeout=ACT_MS)
        page.get_by_role("button", name="Apply this plan").click()
        page.get_by_role("alertdialog").get_by_role("button", name="Apply this plan").click()
        expect(page.get_by_role("heading", name="Paths to sign")).to_be_visible(timeout=ACT_MS)
        visit.picture("institution-paths", whole=True)
        page.get_by_role("button", name="Sign", exact=True).first.click()
        expect(page.get_by_text("The paths are signed.")).to_be_visible(timeout=ACT_MS)
    finally:
        if disk.exists():
            shutil.rmtree(disk)
        shutil.move(away, disk)
    (signed,) = visit.wallet.signed()
    assert signed["primaryType"] == "MendPaths"
    expect(page.get_by_role("heading", name="Paths to sign")).to_have_count(0, timeout=ACT_MS)


def test_a_node_in_trouble_is_said_so_and_tried_again(town: Served, person: OpensWindows) -> None:
    visit = person("north-hospital")
    visit.watch.allow("status of 503")
    page = come_in(visit)

    def away(route: Route) -> None:
        body = '{"code": "unavailable", "message": "Away.", "remedy": "Wait.", "request_id": "r-1"}'
        route.fulfill(status=503, content_type="application/json", body=body)

    page.route("**/v1/operations", away)
    page = inside(visit, "/institution/operations")
    expect(page.get_by_role("alert").first).to_be_visible(timeout=ACT_MS)
    page.unroute("**/v1/operations")
    page.get_by_role("button", name="Try again").first.click()
    expect(page.get_by_role("heading", name="Outbox")).to_be_visible(timeout=ACT_MS)
