"""A clinician's list of names that can't be believed any more: what the page says, and how a new list begins."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from benchmarks.served import Served
from mendrec.domain.model import Purpose, Right, Terms
from tests.browser.acting import inside, name_patient, settled, sign_in
from tests.browser.conftest import OpensWindows
from tests.browser.safe import kept_in_safe, put_in_safe
from tests.browser.visiting import Visit

DAY_S = 86_400
NAME, OTHER_NAME, NAME_ANEW, LATER_NAME = "Mina Park", "Mina P.", "Mina Park, knee", "Mina Park-Lee"


@pytest.fixture(scope="module")
def patient(town: Served) -> str:
    """Shares with both clinicians of this file."""
    node, people = town.world.node, town.world.people
    for name in ("gp", "cardiologist"):
        terms = Terms(Right.READ, node.now(), node.now() + 300 * DAY_S, Purpose.TREAT)
        node.consent.grant(people["patient"].wallet, people[name].address, ["imaging"], terms, key=f"names: {name}")
    node.index.sync()
    return str(people["patient"].address)


def test_a_list_that_was_rolled_back_is_refused_and_begun_anew(
    town: Served, person: OpensWindows, patient: str, tmp_path: Path
) -> None:
    """The node gives back an older list than this browser has seen: no name of it is used until a new list begins."""
    visit = person("gp")
    sign_in(visit)
    name_patient(visit, patient, NAME)
    older = kept_in_safe(town, visit.wallet.key, "address-book")
    _rename(visit, OTHER_NAME)
    put_in_safe(town, visit.wallet.key, "address-book", older)

    page = inside(visit, "/patients")
    settled(page)
    said = page.get_by_role("alert")
    expect(said).to_contain_text("This site gave back an older list of your names than this browser has seen.")
    expect(said).to_contain_text("You can begin a new list when you give somebody a name.")
    _no_name_is_shown(page)
    _begin_anew(town, visit, older, tmp_path)
    _names_work_again(visit, person("gp"))
    put_in_safe(town, visit.wallet.key, "address-book", older)
    page = inside(visit, "/patients")
    expect(page.get_by_role("alert")).to_contain_text("an older list of your names")
    _no_name_is_shown(page)


def test_a_list_that_does_not_open_is_refused_and_begun_anew(
    town: Served, person: OpensWindows, patient: str, tmp_path: Path
) -> None:
    """One bit of the sealed list is another: it says so, keeps what was there as a file, and begins a new one."""
    visit = person("cardiologist")
    sign_in(visit)
    name_patient(visit, patient, NAME)
    sealed = bytearray(kept_in_safe(town, visit.wallet.key, "address-book"))
    sealed[-1] ^= 1
    put_in_safe(town, visit.wallet.key, "address-book", bytes(sealed))

    page = inside(visit, "/patients")
    settled(page)
    expect(page.get_by_role("alert")).to_contain_text("Your list of names does not open with your key.")
    _no_name_is_shown(page)
    _begin_anew(town, visit, bytes(sealed), tmp_path)
    _names_work_again(visit, person("cardiologist"))


def _begin_anew(town: Served, visit: Visit, kept: bytes, folder: Path) -> None:
    """Gives a name, is told that the list is not to be believed, is asked, and begins a new one."""
    page = visit.page
    dialog = _name_dialog(page)
    dialog.get_by_label("Name").fill(NAME_ANEW)
    dialog.get_by_role("button", name="Save", exact=True).click()
    begin = dialog.get_by_role("button", name="Begin a new list with this name")
    expect(begin).to_be_visible()
    assert kept_in_safe(town, visit.wallet.key, "address-book") == kept, "nothing is replaced without a question"

    begin.click()
    expect(dialog.get_by_text(re.compile("^All names of the list that is kept here now are lost then"))).to_be_visible()
    visit.require_accessible()
    visit.picture("names-begin-anew")
    dialog.get_by_role("alert").get_by_role("button", name="Cancel").click()
    expect(begin).to_be_visible()
    assert kept_in_safe(town, visit.wallet.key, "address-book") == kept, "nor where the person thought better of it"

    begin.click()
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Save the old list and begin a new one").click()
    expect(dialog).to_have_count(0)
    assert download.value.suggested_filename == "mendrec-names-before.age"
    download.value.save_as(folder / "before.age")
    assert (folder / "before.age").read_bytes() == kept
    assert kept_in_safe(town, visit.wallet.key, "address-book") != kept


def _names_work_again(visit: Visit, fresh: Visit) -> None:
    """After a reload and in another browser the new name is there, and it can be changed in each."""
    for window in (visit, fresh):
        page = sign_in(window) if window is fresh else inside(window, "/patients")
        expect(page.get_by_role("heading", name=NAME_ANEW, exact=False)).to_be_visible()
        expect(page.get_by_role("alert")).to_have_count(0)
    _rename(fresh, LATER_NAME)
    page = inside(visit, "/patients")
    expect(page.get_by_role("heading", name=LATER_NAME)).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def _rename(visit: Visit, name: str) -> None:
    dialog = _name_dialog(visit.page)
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(visit.page.get_by_role("heading", name=name)).to_be_visible()


def _name_dialog(page: Page) -> Locator:
    page.get_by_role("button", name=re.compile("^More for ")).first.click()
    page.get_by_role("menuitem", name=re.compile("^(Give a|Change the) name$")).click()
    return page.get_by_role("dialog", name="Your own name for this patient")


def _no_name_is_shown(page: Page) -> None:
    expect(page.get_by_role("button", name=re.compile("^More for 0x"))).to_be_visible()
    expect(page.get_by_text("Mina")).to_have_count(0)
