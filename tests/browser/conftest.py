"""The browser test bench: one whole node for all tests, one Chromium, and windows of people with wallets."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Playwright, ViewportSize

from benchmarks.served import Served
from mendrec.adapters.chain.anvil_process import find_anvil
from mendrec.adapters.chain.errors import AnvilNotFound
from mendrec.crypto.wallet import LocalWallet
from mendrec.web.ui import find_page
from tests.browser.people import keep_identities
from tests.browser.visiting import WIDE, ColorScheme, Visit, open_visit

_QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    # Nobody outside is ever asked, not even for a name: a request that a watch overlooked goes nowhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


_SHORT = frozenset({"test_page", "test_bench"})
"""What `make test` runs. The others click through the pages for minutes: `make journeys`, which CI runs beside it."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """All tests here need a browser, and a file's share one node. Told before xdist looks for groups."""
    item.add_marker(pytest.mark.browser)
    is_short = item.path.stem in _SHORT
    # Where several processes run them, a file goes to one of them whole.
    item.add_marker(pytest.mark.xdist_group("browser" if is_short else f"browser-{item.path.stem}"))
    if not is_short:
        item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def page_build() -> Path:
    """The built page."""
    folder = find_page()
    if folder is None:
        pytest.skip("the page is not built (make page)")
    return folder


@pytest.fixture(scope="module")
def town(page_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A small world and its node, run as an operator runs one. A file's tests add to it, and take nothing away."""
    try:
        find_anvil()
    except AnvilNotFound:
        pytest.skip("anvil is not installed (npm ci in contracts/)")
    # What is damaged here is to be found by whom the test has look for it, and not by the node a moment before.
    home = tmp_path_factory.mktemp("town") / "home"
    with Served(home, processes=1, with_kubo=False, cares_by_itself=False) as served:
        keep_identities(served)
        yield served


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The system's Chromium; Playwright's own is never downloaded."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium fonts-nanum)")
    sandboxed = os.geteuid() != 0  # Chromium refuses its sandbox to root
    browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=sandboxed, args=_QUIET)
    yield browser
    browser.close()


class OpensWindows(Protocol):
    """What the fixture ``person`` is."""

    def __call__(
        self,
        who: str | LocalWallet,
        *,
        locale: str = "en-GB",
        color_scheme: ColorScheme = "light",
        viewport: ViewportSize = WIDE,
        with_wallet: bool = True,
    ) -> Visit: ...


@pytest.fixture
def person(town: Served, browser: Browser) -> Iterator[OpensWindows]:
    """Opens windows of the town's people, or of whoever has a key; what must never happen in one fails the test."""
    visits: list[Visit] = []

    def open_window(who: str | LocalWallet, **how: Any) -> Visit:
        key = town.world.people[who].wallet if isinstance(who, str) else who
        visits.append(open_visit(browser, town.url, town.world.anvil.rpc_url, key, **how))
        return visits[-1]

    yield open_window
    for visit in visits:
        visit.context.close()
    for visit in visits:
        visit.watch.require_none()
