"""The patient's pages in a real browser: sharing, requests, who read, safety, keys; and what goes wrong."""

from __future__ import annotations

import csv
import io
import re
import time

from playwright.sync_api import Locator, Page, Route, expect

from benchmarks.served import Served
from mendrec.domain.model import Purpose, Right, Terms
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.services.key_release import Reader
from tests.browser.acting import ACT_MS, choose, inside, sign_in, sign_in_dialog, tick
from tests.browser.conftest import OpensWindows

_DAY_S = 86_400


def test_a_patient_shares_reduces_prolongs_and_ends_it(town: Served, person: OpensWindows) -> None:
    visit = person("patient")
    page = sign_in(visit, "/sharing")
    address = town.world.people["radiologist"].address
    dialog = _fill_in(page, address)
    expect(
        dialog.get_by_text(re.compile("can read and add to your laboratory results and imaging until"))
    ).to_be_visible()
    expect(dialog.get_by_text("cannot be taken back")).to_be_visible()
    visit.require_accessible()
    visit.picture("share-with-somebody")
    sign_in_dialog(dialog, "Sign and share")
    message = visit.wallet.signed()[-1]["message"]
    assert (message["grantee"], message["rights"]) == (address, "READ, UPLOAD")
    assert sorted(message["categories"]) == ["imaging", "laboratory"]

    _change(page, "Less", address)
    dialog = page.get_by_role("dialog")
    dialog.locator("label").filter(has=page.get_by_role("checkbox", name=re.compile("^Add"))).click()
    sign_in_dialog(dialog, "Sign and reduce")
    assert visit.wallet.signed()[-1]["primaryType"] == "Narrow"

    _change(page, "Longer", address)
    sign_in_dialog(page.get_by_role("dialog"), "Sign and prolong")
    assert visit.wallet.signed()[-1]["primaryType"] == "Renew"

    _change(page, "End now", address)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("cannot be taken back")).to_be_visible()
    sign_in_dialog(dialog, "Sign and end it")
    assert visit.wallet.signed()[-1]["primaryType"] == "Revoke"
    expect(_line(page, "End now", address)).to_have_count(0)


def test_somebody_else_is_chosen_by_keyboard(town: Served, person: OpensWindows) -> None:
    visit = person("patient")
    page = sign_in(visit, "/sharing")
    dialog = _fill_in(page, town.world.people["radiologist"].address)
    dialog.get_by_role("button", name="Choose somebody else").press("Enter")
    who = dialog.get_by_role("combobox", name="With whom")
    expect(who).to_be_focused()
    who.press("ArrowDown")  # the list opens of itself, and closes where the dialog scrolls to show the field
    expect(page.get_by_role("listbox")).to_be_visible()
    visit.require_accessible()  # also what is around the open list
    who.fill(town.world.people["radiologist"].address[:-1] + "x")
    page.keyboard.press("Tab")
    expect(who).to_have_value(re.compile("x$"))
    who.fill(town.world.people["cardiologist"].address)
    expect(dialog.get_by_role("button", name="Choose somebody else")).to_be_focused()


def test_a_request_is_approved_with_one_signature(town: Served, person: OpensWindows) -> None:
    _ask(town, "vital-signs")
    visit = person("patient")
    page = sign_in(visit)
    before = len(visit.wallet.signed())
    page.get_by_role("button", name=re.compile("^Approve: ")).first.click()
    sign_in_dialog(page.get_by_role("dialog"), "Sign and approve")
    (signed,) = visit.wallet.signed()[before:]
    assert signed["primaryType"] == "Approve"
    inside(visit, "/requests")
    expect(page.get_by_role("button", name=re.compile(r"^Answered before"))).to_be_visible()


def test_who_says_no_in_the_wallet_changes_nothing_and_loses_nothing(town: Served, person: OpensWindows) -> None:
    visit = person("patient")
    page = sign_in(visit, "/sharing")
    dialog = _fill_in(page, town.world.people["radiologist"].address)
    visit.wallet.refuse_all()
    dialog.get_by_role("button", name="Sign and share").click()
    expect(dialog.get_by_role("alert")).to_contain_text("You said no in your wallet.")
    expect(dialog.get_by_role("alert")).to_contain_text("Nothing was changed.")
    expect(dialog.get_by_role("button", name="Close", exact=True)).to_be_in_viewport()
    expect(dialog.get_by_role("checkbox", name=re.compile("^Imaging"))).to_be_checked()
    visit.wallet.agree()
    sign_in_dialog(dialog, "Sign and share")


def test_a_node_that_fails_is_said_so_and_asked_again(person: OpensWindows) -> None:
    visit = person("patient")
    visit.watch.allow("503")
    page = sign_in(visit)

    def fail(route: Route) -> None:
        body = {"code": "unavailable.chain", "message": "No chain.", "remedy": "Wait.", "request_id": "r-1"}
        route.fulfill(status=503, json=body)

    page.route("**/v1/patients/*/consents*", fail)
    inside(visit, "/sharing")
    expect(page.get_by_role("alert")).to_be_visible(timeout=ACT_MS)
    page.unroute("**/v1/patients/*/consents*")
    page.get_by_role("alert").get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_what_is_saved_of_the_reads_is_what_is_shown(town: Served, person: OpensWindows) -> None:
    patient, reader = (town.world.people[name] for name in ("patient", "cardiologist"))
    items = plan_intake([NamedBytes("letter.txt", b"The knee is well again.\n")], "imaging").items
    now = int(time.time())
    terms = {
        "grantee": reader.address, "categories": ["imaging"], "rights": ["READ"],
        "from_at": now - 60, "until_at": now + _DAY_S, "purpose": "TREAT",
    }  # fmt: skip
    with town.client("patient") as client:
        client.uploads.upload(patient.wallet, patient.address, items, key="patient: letter")
        client.acts.do("grant", patient.wallet, terms)
    with town.client("cardiologist") as client:
        assert client.records.list_records(patient.address, Reader(reader.wallet, reader.identity))
    visit = person("patient")
    page = sign_in(visit, "/who-read")
    expect(page.locator(".skeleton")).to_have_count(0)
    page.get_by_role("button", name="Save as a file").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Table (CSV)").click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    assert rows[0][:4] == ["time", "person", "address", "act"]
    assert any(row[2:4] == [reader.address, "Saw what there is"] for row in rows[1:]), rows


def test_a_backup_is_made_and_opens_again(person: OpensWindows) -> None:
    visit = person("patient")
    page = sign_in(visit, "/keys")
    page.get_by_role("button", name=re.compile("^(Make a passphrase backup|Make a new one)$")).click()
    dialog = page.get_by_role("dialog")
    words = "four plain words here"
    dialog.get_by_label("Passphrase", exact=True).fill(words)
    dialog.get_by_label("The same passphrase again").fill(words)
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Make and save the file").click()
    assert download.value.path().read_bytes().startswith(b"age-encryption.org/v1")
    dialog.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Test a backup").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Passphrase", exact=True).fill("another one than that")
    dialog.get_by_role("button", name="Test it").click()
    expect(dialog.get_by_role("alert")).to_be_visible(timeout=ACT_MS)
    dialog.get_by_label("Passphrase", exact=True).fill(words)
    dialog.get_by_role("button", name="Test it").click()
    expect(dialog.get_by_text("It opens, and it is your key.")).to_be_visible(timeout=ACT_MS)


def _fill_in(page: Page, address: str) -> Locator:
    page.get_by_role("button", name="Share with somebody").first.click()
    dialog = page.get_by_role("dialog", name="Share with somebody")
    dialog.get_by_role("combobox", name="With whom").fill(address)
    expect(dialog.get_by_role("button", name="Choose somebody else")).to_be_visible()
    choose(dialog.get_by_role("group", name="What of it"), ("Laboratory results", "Imaging"))
    choose(dialog.get_by_role("group", name="What may they do with it"), ("Read", "Add"))
    tick(dialog, "radio", "7 days")
    return dialog


def _line(page: Page, change: str, address: str) -> Locator:
    """The button that changes what somebody holds of laboratory and imaging together."""
    card = page.locator(".card").filter(has=page.locator(f"[title='{address}']"))
    return card.get_by_role("button", name=re.compile(f"^{change}: .*Laboratory results, Imaging$"))


def _change(page: Page, change: str, address: str) -> None:
    _line(page, change, address).click()


def _ask(town: Served, category: str) -> None:
    node, people = town.world.node, town.world.people
    now = int(time.time())
    wanted = Terms(Right.READ, now, now + 14 * _DAY_S, Purpose.CAREMGT)
    who, patient = people["radiologist"].wallet, people["patient"].address
    node.consent.ask(who, patient, (category,), wanted, key=f"test ask {now}")
