"""What goes wrong in people's hands: each says what happened, what was kept and what to do, and nothing is lost.

Beside it, where the pages are tested: access that ends mid-read (test_record), a node that stops half-way through an
upload, reloads and broken files (test_upload).
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from benchmarks.served import Served
from deploy.damage import flip_bit
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.limits import LIMITS
from tests.browser.acting import (
    ACT_MS,
    become_patient,
    choose,
    choose_files,
    inside,
    open_entry,
    settled,
    sign_in_dialog,
    upload_files,
)
from tests.browser.behind import copies_of, places_of
from tests.browser.conftest import OpensWindows
from tests.browser.visiting import Visit

SAID_NO = "You said no in your wallet."
OWN_PART = "Medical history"


@pytest.fixture
def owner(person: OpensWindows) -> Visit:
    """Somebody with an empty record of their own, signed in."""
    visit = person(LocalWallet.generate())
    become_patient(visit)
    return visit


def test_a_wallet_that_says_no_at_every_door(town: Served, person: OpensWindows) -> None:
    """To connecting, to signing in, to opening the key and to an act: each can be tried again."""
    visit = person("patient")
    page = visit.go()
    for refused, door in (
        ("eth_requestAccounts", re.compile("Test wallet")),
        ("personal_sign", re.compile("Test wallet")),
    ):
        visit.wallet.refuses = {refused}
        page.get_by_role("button", name=door).click()
        expect(page.get_by_text(SAID_NO).first).to_be_visible()
    visit.wallet.refuses = {"eth_signTypedData_v4"}
    page.get_by_role("button", name=re.compile("Test wallet")).click()
    page.get_by_role("button", name="Open with my wallet").click()
    expect(page.get_by_text(SAID_NO).first).to_be_visible()
    visit.wallet.agree()
    page.get_by_role("button", name="Open with my wallet").click()
    expect(page.get_by_role("navigation").first).to_be_visible(timeout=ACT_MS)

    page = inside(visit, "/sharing")
    page.get_by_role("button", name="Share with somebody").click()
    dialog = page.get_by_role("dialog", name="Share with somebody")
    dialog.get_by_role("combobox", name="With whom").fill(town.world.people["radiologist"].address)
    page.keyboard.press("Tab")
    choose(dialog.get_by_role("group", name="What of it"), ["Vaccinations"])
    visit.wallet.refuse_all()
    dialog.get_by_role("button", name="Sign and share").click()
    expect(dialog.get_by_text(SAID_NO)).to_be_visible()
    expect(dialog.get_by_text("Nothing was changed.").first).to_be_visible()
    visit.picture("bad-wallet-refused")
    visit.wallet.agree()
    sign_in_dialog(dialog, "Sign and share")


def test_a_wallet_that_locks_moves_and_changes_its_owner(town: Served, owner: Visit) -> None:
    page = inside(owner, "/sharing")
    owner.wallet.change_chain(1)
    expect(page.get_by_text("Your wallet is set to another network").first).to_be_visible()
    page.get_by_role("button", name="Switch the network").click()
    expect(page.get_by_text("Your wallet is set to another network")).to_have_count(0)
    assert owner.wallet.chain_id == 31337
    owner.wallet.locked = True  # without a word, as some do
    page.get_by_role("button", name="Share with somebody").click()
    dialog = page.get_by_role("dialog", name="Share with somebody")
    dialog.get_by_role("combobox", name="With whom").fill(town.world.people["radiologist"].address)
    page.keyboard.press("Tab")
    choose(dialog.get_by_role("group", name="What of it"), ["Vaccinations"])
    dialog.get_by_role("button", name="Sign and share").click()
    expect(dialog.get_by_text("Your wallet is locked.")).to_be_visible()
    owner.picture("bad-wallet-locked")
    owner.wallet.agree()
    owner.wallet.change_account(LocalWallet.generate())
    expect(page.get_by_text("Your wallet changed to another account").first).to_be_visible()
    expect(page.get_by_role("navigation", name="Main navigation")).to_have_count(0)
    owner.picture("bad-wallet-other-account")


def test_a_copy_that_is_wrong_in_every_store_is_not_shown(town: Served, owner: Visit, tmp_path: Path) -> None:
    address = owner.wallet.key.address
    note = _note(tmp_path, "note.txt", "What is written here must come out as it went in.\n" * 50)
    upload_files(owner, address, [note], category=OWN_PART, title="A note")
    (place,) = places_of(town, address)
    copies = list(copies_of(town, address, place).values())
    assert len(copies) == 2
    for path in copies:
        flip_bit(path)
    try:
        inside(owner, "/record")
        panel = open_entry(owner, "A note", signs=False)
        expect(panel.get_by_role("alert").first).to_be_visible(timeout=ACT_MS)
        expect(panel.get_by_text("Nothing was shown.").first).to_be_visible()
        expect(panel.get_by_text("must come out")).to_have_count(0)
        owner.picture("bad-every-copy-damaged")
    finally:
        for path in copies:
            if path.exists():
                flip_bit(path)
    owner.watch.allow("console error: Failed to load resource")


def test_what_a_file_says_and_how_it_is_called_stays_words(town: Served, owner: Visit, tmp_path: Path) -> None:
    hostile = '<img src=x onerror="globalThis.ran=1"><script>globalThis.ran=1</script>'
    observation = {
        "resourceType": "Observation",
        "status": "final",
        "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{hostile}</div>'},
        "category": [{"coding": [{"system": _CATEGORY, "code": "vital-signs"}]}],
        "code": {"text": f"Heart rate {hostile}"},
        "valueQuantity": {"value": 61, "unit": hostile},
        "note": [{"text": hostile}],
    }
    (tmp_path / "observation.json").write_text(json.dumps(observation))
    path_like = _note(tmp_path, "..\\..\\windows\\start.txt", "words")
    address = owner.wallet.key.address
    page = inside(owner, f"/upload/{address}")
    choose_files(page, [tmp_path / "observation.json"])
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files([str(path_like)])
    expect(page.get_by_text("start.txt").first).to_be_visible()
    owner.picture("bad-named-like-a-path")
    for name in page.get_by_role("list", name="Entries to add").get_by_role("listitem").all_inner_texts():
        assert not re.search(r"\.\.[\\/]", name), name
    page.get_by_role("button", name="Remove all").click()
    upload_files(owner, address, [tmp_path / "observation.json"])
    inside(owner, "/record")
    panel = open_entry(owner, "Heart rate", signs=False)
    expect(panel.get_by_text("onerror").first).to_be_visible(timeout=ACT_MS)
    owner.picture("bad-script-in-fhir")
    assert owner.page.evaluate("() => globalThis.ran") is None
    assert panel.locator("script, img[onerror]").count() == 0


def test_a_file_over_the_limit_is_refused_before_it_is_read(owner: Visit, tmp_path: Path) -> None:
    huge = tmp_path / "scan.bin"
    with huge.open("wb") as file:
        file.truncate(LIMITS.payload_max_bytes + 1)  # holds nothing, and takes no room
    page = inside(owner, f"/upload/{owner.wallet.key.address}")
    before = time.monotonic()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files([str(huge)])
    expect(page.get_by_text("The file is too large.").first).to_be_visible()
    assert time.monotonic() - before < 15
    owner.picture("bad-too-large")


def test_two_tabs_are_one_person(owner: Visit) -> None:
    first = inside(owner, "/record")
    second = owner.context.new_page()
    second.goto(f"{owner.origin}/sharing")
    expect(second.get_by_role("button", name="Share with somebody")).to_be_visible(timeout=ACT_MS)
    second.get_by_role("button", name=re.compile("Your account")).click()
    second.get_by_role("menuitem", name="Sign out").click()
    expect(first.get_by_text("You signed out in another tab").first).to_be_visible()
    expect(first.get_by_role("navigation", name="Main navigation")).to_have_count(0)


@pytest.mark.parametrize("ahead_s", [-3 * 3_600, 3 * 3_600])
def test_a_clock_that_is_wrong_is_said_to_be(person: OpensWindows, ahead_s: int) -> None:
    visit = person("patient")
    visit.page.clock.install(time=time.time() + ahead_s)
    page = visit.go()
    page.get_by_role("button", name=re.compile("Test wallet")).click()
    expect(page.get_by_text("Check this computer's clock").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Test wallet"))).to_be_visible()
    visit.picture(f"bad-clock-{ahead_s}")


def test_offline_is_said_and_over_when_it_is_over(owner: Visit) -> None:
    page = inside(owner, "/record")
    settled(page)
    owner.context.set_offline(True)
    expect(page.get_by_text("What is open stays open.")).to_be_visible()
    owner.picture("bad-offline")
    owner.context.set_offline(False)
    expect(page.get_by_text("What is open stays open.")).to_have_count(0)
    again = page.get_by_role("button", name="Try again")  # where something was looked up meanwhile
    if again.count() > 0:
        again.first.click()
    expect(page.get_by_text("You are offline.")).to_have_count(0)
    owner.watch.allow("net::ERR_INTERNET_DISCONNECTED")


_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"


def _note(folder: Path, name: str, words: str) -> Path:
    path = folder / name
    path.write_text(words, encoding="utf-8")
    return path
