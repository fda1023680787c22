"""What people do at the page, by what they see there: roles and words, as a screen reader tells them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from tests.browser.visiting import Visit

SIGN_IN_MS = 60_000
ACT_MS = 60_000
"""An act is sealed, signed, sent, mined (a block every two seconds) and indexed."""


def sign_in(visit: Visit, path: str = "/") -> Page:
    """Comes in by the wallet, as on a new device. Then the page stands at ``path``.

    One signature to sign in, and one that opens the key, for those who read or own records.
    """
    page = visit.go(path)
    page.get_by_role("button", name=re.compile("Test wallet")).click()
    key = page.get_by_role("button", name="Open with my wallet")
    expect(key.or_(page.get_by_role("navigation").first)).to_be_visible(timeout=SIGN_IN_MS)
    if key.is_visible():
        key.click()
    expect(page.get_by_role("navigation").first).to_be_visible(timeout=SIGN_IN_MS)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def go_to(visit: Visit, label: str) -> Page:
    """By the menu, and waits for the page that it leads to."""
    visit.page.get_by_role("navigation").get_by_role("link", name=label, exact=True).first.click()
    expect(visit.page.get_by_role("heading", level=1)).to_be_visible()
    return visit.page


def settled(page: Page) -> None:
    """Waits until nothing on the page says that it is still being looked up."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".skeleton, .spinner")).to_have_count(0, timeout=ACT_MS)


def choose_files(page: Page, files: Iterable[Path]) -> None:
    """Through the file chooser, as by the button."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files([str(path) for path in files])
    expect(page.get_by_role("list", name="Entries to add")).to_be_visible()


def upload_files(
    visit: Visit, patient: str, files: Iterable[Path], *, category: str | None = None, title: str | None = None
) -> Page:
    """Adds files to a record, from choosing them to the word that they were added.

    Args:
        visit: of somebody who may add, signed in.
        patient: whose record; an address.
        files: as the person has them.
        category: where what does not say so by itself belongs; the name of a part of the record.
        title: another title for the only entry.
    """
    page = inside(visit, f"/upload/{patient}")
    choose_files(page, files)
    asked = page.get_by_role("button", name=re.compile("Where do these belong"))
    if category is not None and asked.count() > 0:  # who may add to one part only is not asked
        asked.click()
        page.get_by_role("option", name=re.compile(category)).click()
    if title is not None:
        page.get_by_role("button", name=re.compile("^Change “")).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Title").fill(title)
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Seal and add")).click()
    expect(page.get_by_role("status").filter(has_text=re.compile("was added|were added"))).to_be_visible(timeout=ACT_MS)
    return page


def inside(visit: Visit, path: str) -> Page:
    """Another address of the page, for somebody who is signed in; the session and the key are taken up again."""
    page = visit.go(path)
    expect(page.get_by_role("navigation").first).to_be_visible(timeout=SIGN_IN_MS)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def list_as_reader(visit: Visit, patient: str) -> Page:
    """A clinician's look at the list of a patient's entries: one signature, where they may read."""
    page = inside(visit, f"/patients/{patient}")
    page.get_by_role("button", name="Show the entries").click()
    expect(page.get_by_role("list", name="Entries, newest first")).to_be_visible(timeout=ACT_MS)
    return page


def ask_for_access(visit: Visit, patient: str, categories: Iterable[str]) -> None:
    """A clinician asks to read, for treatment, for 30 days. One signature; returns when it is with the patient."""
    page = inside(visit, f"/ask?patient={patient}")
    choose(page.get_by_role("group", name="Which part of the record"), categories)
    page.get_by_role("button", name="Sign and ask").click()
    expect(page.get_by_text("Your request is with the patient")).to_be_visible(timeout=ACT_MS)


def mend_all(visit: Visit, look: Callable[[str], None] = lambda _name: None) -> None:
    """An institution checks, reads the plan, applies it and signs the paths that have to move.

    Args:
        visit: the institution's, signed in.
        look: called with a word for what is on the screen, step by step.
    """
    page = inside(visit, "/institution/mending")
    page.get_by_role("button", name=re.compile("^Check (everything|again)$")).click()
    expect(page.get_by_role("heading", name="The plan")).to_be_visible(timeout=ACT_MS)
    look("the-plan")
    page.get_by_role("button", name="Apply this plan").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Apply this plan").click()
    expect(page.get_by_role("heading", name="What was mended", exact=True)).to_be_visible(timeout=ACT_MS)


def open_entry(visit: Visit, title: str, *, signs: bool) -> Locator:
    """From the list that is shown; returns the panel, with the content in it or about to come.

    Args:
        visit: at a list of entries.
        title: of the entry.
        signs: whether opening has to be asked for: everybody but the patient signs.
    """
    page = visit.page
    page.get_by_role("list", name="Entries, newest first").get_by_role("link", name=title).first.click()
    panel = page.get_by_role("dialog", name=title)
    if signs:
        panel.get_by_role("button", name="Open", exact=True).click()
    return panel


def save_copy(panel: Locator, to: Path) -> bytes:
    """What a person gets by "Save a copy": the plaintext, byte for byte."""
    page = panel.page
    with page.expect_download() as download:
        panel.get_by_role("button", name="Save a copy").or_(panel.get_by_role("link", name="Save a copy")).first.click()
    download.value.save_as(to)
    return to.read_bytes()


def name_patient(visit: Visit, patient: str, name: str) -> None:
    """A clinician's own label for a patient; it is nobody else's to read."""
    page = inside(visit, "/patients")
    page.get_by_role("button", name=re.compile(f"^More for .*{patient[-4:]}")).click()
    page.get_by_role("menuitem", name="Give a name").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text(name).first).to_be_visible()


def become_patient(visit: Visit) -> Page:
    """Somebody whom the site does not know makes their key: three signatures."""
    page = visit.go()
    page.get_by_role("button", name=re.compile("Test wallet")).click()
    tick(page.get_by_role("main"), "radio", "I have a health record")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Make my key").click()
    expect(page.get_by_role("navigation").first).to_be_visible(timeout=ACT_MS)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def share(
    visit: Visit,
    with_whom: str,
    categories: Iterable[str],
    *,
    may: Iterable[str] = ("Read",),
    how_long: str = "30 days",
) -> None:
    """A patient shares in three choices: who, what, how long. One signature; returns when it is in force.

    Args:
        visit: the patient's, signed in.
        with_whom: an address, as it would be pasted.
        categories: parts of the record, by the names that people read.
        may: Read, Add, Pass on.
        how_long: one of the usual lengths.
    """
    page = inside(visit, "/sharing")
    page.get_by_role("button", name="Share with somebody").click()
    dialog = page.get_by_role("dialog", name="Share with somebody")
    dialog.get_by_role("combobox", name="With whom").fill(with_whom)
    page.keyboard.press("Tab")  # what is offered for a whole address closes
    choose(dialog.get_by_role("group", name="What of it"), categories)
    choose(dialog.get_by_role("group", name="What may they do with it"), may, only=True)
    tick(dialog, "radio", how_long)
    sign_in_dialog(dialog, "Sign and share")


def choose(group: Locator, names: Iterable[str], *, only: bool = False) -> None:
    """Ticks boxes by their names; ``only``: and no others."""
    wanted = list(names)
    ticked = group.locator("label").filter(has=group.page.get_by_role("checkbox", checked=True))
    while only and ticked.count() > 0:
        ticked.first.click()
    for name in wanted:
        tick(group, "checkbox", name)


def tick(place: Locator, role: Literal["checkbox", "radio"], name: str) -> None:
    """As a person does, by the words beside it: what the browser calls the box is not to be seen."""
    box = place.page.get_by_role(role, name=re.compile(f"^{name}"))
    if not place.get_by_role(role, name=re.compile(f"^{name}")).is_checked():
        place.locator("label").filter(has=box).click()
    expect(place.get_by_role(role, name=re.compile(f"^{name}"))).to_be_checked()


def sign_in_dialog(dialog: Locator, button: str) -> None:
    """Presses what signs, and waits until the dialog closes because it is in force."""
    dialog.get_by_role("button", name=button).click()
    expect(dialog).to_have_count(0, timeout=ACT_MS)
