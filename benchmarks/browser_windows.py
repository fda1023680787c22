"""Windows of people with wallets for the measurements in a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

from benchmarks.served import Served
from mendrec.web.ui import find_page
from tests.browser.people import keep_identities
from tests.browser.visiting import Visit, open_visit

_ARGUMENTS = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


def missing() -> str | None:
    """Why nothing can be measured here; None: it can."""
    if find_page() is None:
        return "the page is not built (make page)"
    return None if _program() else "Chromium is not installed (Debian: apt-get install chromium)"


@contextmanager
def windows(town: Served) -> Iterator[Callable[[str], Visit]]:
    """Yields what opens a window of one of the town's people; their identities wait for them in the safe."""
    keep_identities(town)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_program(), chromium_sandbox=os.geteuid() != 0, args=_ARGUMENTS
        )
        yield lambda who: open_visit(browser, town.url, town.world.anvil.rpc_url, town.world.people[who].wallet)
        browser.close()


def _program() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")
