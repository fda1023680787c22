"""A key that is replaced by clicking: which key opens what afterwards, and what a wallet's no leaves as it was."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from benchmarks.served import Served
from mendrec.client.node_client import NodeClient
from mendrec.crypto.identity import restore_with_wallet
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.model import Address, Purpose, Right, Terms
from mendrec.services.key_release import Reader
from tests.browser.acting import (
    ACT_MS,
    become_patient,
    go_to,
    inside,
    name_patient,
    open_entry,
    save_copy,
    settled,
    sign_in,
    upload_files,
)
from tests.browser.conftest import OpensWindows
from tests.browser.safe import kept_in_safe
from tests.browser.visiting import Visit

BEFORE = "Letter from before"
AFTER = "Letter from after"
DAY_S = 86_400


def test_each_key_opens_what_was_locked_for_it(town: Served, person: OpensWindows, tmp_path: Path) -> None:
    """The old key is a file before anything is sent; the chain has the new one; each opens its own entries."""
    visit = person(LocalWallet.generate())
    patient = visit.wallet.key.address
    become_patient(visit)
    _add(visit, tmp_path, BEFORE)
    old, old_backup = _published(town, patient), kept_in_safe(town, visit.wallet.key, "identity")

    page = inside(visit, "/keys")
    dialog = _begin(page)
    held = _hold_what_is_sent(page)
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Sign and replace").click()
    # The file is there, and the node has neither the new backup nor the new key.
    saved = download.value.path().read_bytes()
    assert download.value.suggested_filename == "mendrec-old-key-backup.age"
    assert saved == old_backup == kept_in_safe(town, visit.wallet.key, "identity")
    assert _published(town, patient) == old
    _let_go(page, held)
    expect(dialog.get_by_text("Your new key is registered")).to_be_visible(timeout=ACT_MS)
    visit.require_accessible()
    visit.picture("key-replaced")
    assert [one["primaryType"] for one in visit.wallet.signed()[-3:]] == [
        "IdentityBackup",
        "IdentityBackup",
        "PublishRecipient",
    ]
    new = _published(town, patient)
    assert new != old
    assert (
        restore_with_wallet(kept_in_safe(town, visit.wallet.key, "identity"), visit.wallet.key, town.url).recipient
        == new
    )

    # This browser keeps the old one, and gives it as a file again.
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_role("heading", name="Replaced keys")).to_be_visible()
    page.get_by_role("button", name="Registered as").click()
    expect(page.get_by_text(new, exact=True)).to_be_visible()
    with page.expect_download() as again:
        page.get_by_role("button", name=re.compile("Save the old key.s backup again")).click()
    assert again.value.path().read_bytes() == saved

    # This browser, which holds both, opens what is added from now on and what was there.
    _add(visit, tmp_path, AFTER)
    fresh = person(visit.wallet.key)
    sign_in(fresh, "/record")
    inside(visit, "/record")
    _opens(visit, AFTER, tmp_path)
    _opens(visit, BEFORE, tmp_path)

    # A browser of its own has the new key alone, says what is closed, and opens it with the file that was saved.
    _opens(fresh, AFTER, tmp_path)
    lines = fresh.page.get_by_role("list", name="Entries, newest first").get_by_role("link")
    expect(lines).to_have_count(2)
    expect(lines.filter(has_text=BEFORE)).to_have_count(0)
    expect(lines.filter(has_text="Your key does not open this entry.")).to_have_count(1)
    _the_old_entry_is_not_called_wrong(fresh)
    (tmp_path / "old-key.age").write_bytes(saved)
    _take_up_older_key(fresh, tmp_path / "old-key.age")
    go_to(fresh, "My record")
    _opens(fresh, BEFORE, tmp_path)
    inside(fresh, "/record")
    _opens(fresh, BEFORE, tmp_path)
    assert _published(town, patient) == new, "what an older key opens changes nothing about which one counts"

    # The file that was saved opens what was there, with the same wallet.
    identity = restore_with_wallet(saved, visit.wallet.key, town.url)
    assert identity.recipient == old
    with NodeClient(town.url) as client:
        client.sign_in(visit.wallet.key)
        reader = Reader(visit.wallet.key, identity)
        listed = client.records.list_records(patient, reader)
        (found,) = [one for one in listed if one.descriptor is not None]
        opened = client.records.open_record(found.record, reader, tmp_path / "before")
    assert BEFORE in opened.title
    assert (tmp_path / "before").read_bytes() == _words(BEFORE)


@pytest.mark.parametrize("signed", [1, 2], ids=["at the backup's second signature", "at the registration"])
def test_a_no_midway_loses_nothing(town: Served, person: OpensWindows, tmp_path: Path, signed: int) -> None:
    """Chain and safe stay as they were, nothing is saved, and the key opens the record again."""
    visit = person(LocalWallet.generate())
    patient = visit.wallet.key.address
    become_patient(visit)
    _add(visit, tmp_path, BEFORE)
    old, old_backup = _published(town, patient), kept_in_safe(town, visit.wallet.key, "identity")
    saved: list[str] = []
    visit.page.on("download", lambda download: saved.append(download.suggested_filename))
    page = inside(visit, "/keys")
    dialog = _begin(page)
    visit.wallet.signs_left = signed
    dialog.get_by_role("button", name="Sign and replace").click()
    expect(dialog.get_by_text("You said no in your wallet.")).to_be_visible(timeout=ACT_MS)
    dialog.get_by_role("button", name="Cancel").click()
    visit.wallet.agree()
    assert _published(town, patient) == old
    assert kept_in_safe(town, visit.wallet.key, "identity") == old_backup
    before = len(visit.wallet.signed())
    expect(page.get_by_role("button", name=re.compile("Save the old key.s backup again"))).to_have_count(0)
    go_to(visit, "My record")
    panel = open_entry(visit, f"{BEFORE}.txt", signs=False)
    assert not saved, "nothing was replaced: there is no old key's backup to save"
    assert save_copy(panel, tmp_path / "copy") == _words(BEFORE)
    assert len(visit.wallet.signed()) == before, "the key was open all the while"


def test_names_outlive_a_no_and_a_new_key(town: Served, person: OpensWindows) -> None:
    """A clinician says no to the registration, then yes in the same dialog: the names are sealed to the new key."""
    gp, patient = town.world.people["gp"], town.world.people["patient"]
    node = town.world.node
    terms = Terms(Right.READ, node.now(), node.now() + DAY_S, Purpose.TREAT)
    node.consent.grant(patient.wallet, gp.address, ["imaging"], terms, key="replaced key: names")
    node.index.sync()
    old = _published(town, gp.address)
    visit = person("gp")
    sign_in(visit)
    name_patient(visit, patient.address, "Mina Park")
    page = inside(visit, "/keys")
    dialog = _begin(page)
    visit.wallet.signs_left = 2
    dialog.get_by_role("button", name="Sign and replace").click()
    expect(dialog.get_by_text("You said no in your wallet.")).to_be_visible(timeout=ACT_MS)
    visit.wallet.agree()
    dialog.get_by_role("button", name="Sign and replace").click()
    expect(dialog.get_by_text("Your new key is registered")).to_be_visible(timeout=ACT_MS)
    assert _published(town, gp.address) != old
    dialog.get_by_role("button", name="Done").click()
    inside(visit, "/patients")
    expect(page.get_by_role("heading", name="Mina Park")).to_be_visible()
    fresh = person("gp")
    page = sign_in(fresh, "/patients")
    settled(page)
    expect(page.get_by_role("heading", name="Mina Park")).to_be_visible()


def _the_old_entry_is_not_called_wrong(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("list", name="Entries, newest first").get_by_role("link", name="Title not available").click()
    panel = page.get_by_role("dialog", name="Title not available")
    expect(panel.get_by_text("If you have replaced your key since it was added").first).to_be_visible(timeout=ACT_MS)
    panel.get_by_role("button", name="Check this entry").click()
    check = page.get_by_role("dialog", name="Check this entry")
    expect(check.get_by_text("This entry is exactly what was recorded.")).to_be_visible(timeout=ACT_MS)
    expect(check.get_by_text("This entry does not hold.")).to_have_count(0)
    expect(check.get_by_role("listitem").filter(has_text="done")).to_have_count(8)
    visit.require_accessible()
    visit.picture("key-replaced-old-entry")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def _opens(visit: Visit, title: str, folder: Path) -> None:
    panel = open_entry(visit, f"{title}.txt", signs=False)
    assert save_copy(panel, folder / "copy") == _words(title)
    visit.page.keyboard.press("Escape")
    expect(visit.page.get_by_role("dialog")).to_have_count(0)


def _take_up_older_key(visit: Visit, backup: Path) -> None:
    go_to(visit, "Keys and recovery")
    page = visit.page
    page.get_by_role("button", name="Open older entries with a saved key").click()
    dialog = page.get_by_role("dialog", name="Open older entries")
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(str(backup))
    expect(dialog.get_by_text("Your wallet asks for one signature")).to_be_visible()
    before = len(visit.wallet.signed())
    dialog.get_by_role("button", name="Open with it").click()
    expect(dialog.get_by_text("What was locked for this key opens now.")).to_be_visible(timeout=ACT_MS)
    assert len(visit.wallet.signed()) == before + 1
    visit.require_accessible()
    visit.picture("older-key")
    dialog.get_by_role("button", name="Close").first.click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def _begin(page: Page) -> Locator:
    """Opens the dialog; it acts only after the person has said that they understood."""
    page.get_by_role("button", name="Replace the key", exact=True).click()
    dialog = page.get_by_role("dialog", name=re.compile("Replace your record.s key"))
    expect(dialog.get_by_text(re.compile("Keep the old key.s backup"))).to_be_visible()
    expect(dialog.get_by_role("button", name="Sign and replace")).to_be_disabled()
    box = page.get_by_role("checkbox", name=re.compile("older entries need the old key"))
    dialog.locator("label").filter(has=box).click()
    return dialog


def _hold_what_is_sent(page: Page) -> list[Route]:
    """From now on what changes the safe or the chain waits on its way to the node."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "GET":
            route.fallback()
        else:
            held.append(route)

    page.route(_CHANGES, hold)
    return held


def _let_go(page: Page, held: list[Route]) -> None:
    page.unroute(_CHANGES)
    for route in held:
        route.continue_()


_CHANGES = re.compile(r"/v1/(me/safe/identity|acts)$")


def _published(town: Served, who: Address) -> str:
    """By the chain itself."""
    recipient = town.world.node.ledger.participant(who).recipient
    assert recipient is not None
    return recipient


def _words(title: str) -> bytes:
    return f"{title}: the knee is well again.\n".encode()


def _add(visit: Visit, folder: Path, title: str) -> None:
    path = folder / f"{title}.txt"
    path.write_bytes(_words(title))
    upload_files(visit, str(visit.wallet.key.address), [path], category="Medical history")
