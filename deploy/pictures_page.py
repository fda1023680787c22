"""Makes the README's pictures of the page: a demo world of its own, a real browser, every role, and the story in turn.

    python -m deploy.pictures_page [--home FOLDER]

A picture is what Chromium itself draws when it prints the page as it stands on the screen, as outlines in SVG: no
binary is committed. Where a page has come to look different from its picture, run it again; between two runs of the
same page times and addresses differ. Needs Chromium and ``pdftocairo`` (Debian's ``chromium`` and ``poppler-utils``).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from deploy.demo_paperwork import do_paperwork
from deploy.demo_process import node_process, wait_until_ready
from deploy.demo_world import demo_world
from deploy.picture_svg import Shot, in_turn, still
from mendrec.domain.errors import MendrecError, UnavailableError

_FOLDER = Path(__file__).parents[1] / "docs/pictures"
_WIDTH, _HEIGHT = 1200, 780
_PATIENCE_MS = 60_000
_SECONDS_EACH = 3.5
_BLOCK_EVERY_S = 2
_FOR_PAPER = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { box-shadow: none !important } .skip-link { display: none !important }");
  document.adoptedStyleSheets.push(sheet);
}"""


def main() -> int:
    """Draws all of them; returns the exit status."""
    parser = argparse.ArgumentParser(description="Draw the README's pictures of the page.")
    parser.add_argument("--home", type=Path, help="a demo world to use and keep; else one is made and thrown away")
    home = parser.parse_args().home
    try:
        with (
            tempfile.TemporaryDirectory(prefix="mendrec-pictures-") as folder,
            _served(home or Path(folder) / "world") as url,
            _chromium() as browser,
        ):
            _draw(_Tour(browser, url))
    except MendrecError as error:
        print(f"Not drawn: {error.message}\n{error.remedy}", file=sys.stderr)
        return 1
    return 0


class _Tour:
    """People of the demo world at the page, and what they see."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url

    def window(self) -> Page:
        """A new browser profile at the page."""
        context = self._browser.new_context(
            viewport={"width": _WIDTH, "height": _HEIGHT}, locale="en-GB", reduced_motion="reduce"
        )
        context.set_default_timeout(_PATIENCE_MS)
        page = context.new_page()
        page.goto(self._url)
        return page

    def enter(self, who: str) -> Page:
        """Comes in through the demo's door, as one of its people."""
        page = self.window()
        page.get_by_role("button", name=re.compile(f"^{who}")).click()
        expect(page.get_by_role("navigation").first).to_be_visible(timeout=_PATIENCE_MS)
        return page

    def go(self, page: Page, label: str) -> Page:
        """By the menu."""
        page.get_by_role("navigation").get_by_role("link", name=label, exact=True).first.click()
        return page

    def shot(self, page: Page, words: str, *, wait_for: Locator | None = None) -> Shot:
        """What is on the screen, once nothing is being looked up any more."""
        if wait_for is not None:
            expect(wait_for).to_be_visible(timeout=_PATIENCE_MS)
        expect(page.locator(".skeleton, .spinner, .progress")).to_have_count(0, timeout=_PATIENCE_MS)
        page.wait_for_timeout(300)  # toasts and drawers have come to rest
        page.emulate_media(media="screen")
        # On paper what waits above the screen would come to stand below it, and shadows would become bitmaps.
        page.evaluate(_FOR_PAPER)
        pdf = page.pdf(width=f"{_WIDTH}px", height=f"{_HEIGHT}px", print_background=True, page_ranges="1")
        return Shot(pdf, words)


def _draw(tour: _Tour) -> None:
    welcome = tour.shot(tour.window(), "The way in: a person chooses who they are.")
    page = tour.enter("Patient")
    home = tour.shot(page, "A patient's start page: who can see what until when, who read it, and whether it is safe.")
    tour.go(page, "My record")
    entries = page.get_by_role("list", name="Entries, newest first")
    expect(entries).to_be_visible()
    page.get_by_role("tab", name="Measurements").click()
    measurements = tour.shot(
        page, "Measurements over time, drawn in the browser.", wait_for=page.get_by_role("application").first
    )
    tour.go(page, "Sharing")
    page.get_by_role("button", name="Share with somebody").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").first.fill("Radiologist")
    page.get_by_role("option", name=re.compile("Radiologist")).first.click()
    for part in ("Imaging", "Laboratory results"):
        dialog.locator("label").filter(has_text=part).first.click()
    grant = tour.shot(page, "Sharing in three choices: with whom, what, for how long.")
    clinician = tour.enter("Cardiologist")
    patients = tour.shot(clinician, "A clinician's patients, and what each of them shares.")
    clinician.get_by_role("link", name="Open the record").first.click()
    clinician.get_by_role("button", name="Show the entries").click()
    shown = clinician.get_by_role("list", name="Entries, newest first")
    reading = tour.shot(clinician, "A clinician sees what was shared, and nothing else.", wait_for=shown)
    shown.get_by_role("link", name=re.compile("HbA1c|[Bb]lood|Heart rate|metabolic panel")).first.click()
    panel = clinician.get_by_role("dialog")
    panel.get_by_role("button", name="Open", exact=True).click()
    opened = tour.shot(
        clinician, "An entry, opened in the browser.", wait_for=panel.get_by_role("button", name="Save a copy")
    )
    page = tour.enter("Patient")
    tour.go(page, "Who read it")
    who_read = tour.shot(
        page, "Every look into the record: who, what, why and when.", wait_for=page.get_by_role("table")
    )
    institution = tour.enter("North Hospital")
    tour.go(institution, "Storage")
    stores = tour.shot(institution, "An institution's storage places, and how they are.")

    _write("page-patient", still(home))
    _write("page-record", still(measurements))
    _write("page-clinician", still(reading))
    _write("page-institution", still(stores))
    story = (welcome, home, grant, patients, opened, who_read)
    _write("page-story", in_turn(story, seconds_each=_SECONDS_EACH))


def _write(name: str, svg: str) -> None:
    path = _FOLDER / f"{name}.svg"
    path.write_text(svg, encoding="utf-8")
    print(f"Drew {path.name}: {len(svg) // 1000} kB.", flush=True)


@contextmanager
def _served(home: Path) -> Iterator[str]:
    with demo_world(home, block_time_s=_BLOCK_EVERY_S) as demo:
        command = [sys.executable, "-m", "deploy.demo_node", "--home", str(home)]
        with node_process(command, log=home / "node.log") as node:
            wait_until_ready(node, demo.url)
            do_paperwork(demo.world, demo.url)
            yield demo.url


@contextmanager
def _chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise UnavailableError("Chromium is not installed.", remedy="Debian: apt-get install chromium poppler-utils")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=os.geteuid() != 0)
        yield browser
        browser.close()


if __name__ == "__main__":
    raise SystemExit(main())
