"""A person at the page: a browser window of their own, with their wallet in it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, ProxySettings, ViewportSize

from mendrec.crypto.wallet import LocalWallet
from tests.browser.axe import require_accessible
from tests.browser.wallet import BINDING, SCRIPT, WalletOfTest
from tests.browser.watching import Watch

WIDE: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
ColorScheme = Literal["light", "dark"]
_PATIENCE_MS = 20_000
_HERE = Path(__file__).parent


@dataclass
class Visit:
    """One person's window."""

    page: Page
    wallet: WalletOfTest
    watch: Watch
    origin: str

    @property
    def context(self) -> BrowserContext:
        """The browser profile that the window belongs to; nothing in it is shared with another visit."""
        return self.page.context

    def go(self, path: str = "/") -> Page:
        """Opens an address of the page."""
        self.page.goto(self.origin + path)
        return self.page

    def picture(self, name: str, *, whole: bool = False) -> Path:
        """Keeps what is on the screen, for people to look at; returns where."""
        folder = Path(os.environ.get("MENDREC_SCREENSHOTS") or _HERE / "screenshots")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / (re.sub(r"[^A-Za-z0-9._-]+", "-", name) + ".png")
        self.page.screenshot(path=path, full_page=whole, animations="disabled")
        return path

    def require_accessible(self, *, but: frozenset[str] = frozenset()) -> None:
        """Raises AssertionError for serious and critical faults that axe-core finds on the screen."""
        require_accessible(self.page, but=but)


def open_visit(
    browser: Browser,
    origin: str,
    rpc_url: str,
    key: LocalWallet,
    *,
    locale: str = "en-GB",
    color_scheme: ColorScheme = "light",
    viewport: ViewportSize = WIDE,
    with_wallet: bool = True,
    proxy: ProxySettings | None = None,
) -> Visit:
    """Opens a window. Who opens it closes its context, and asks its watch.

    Args:
        origin: the node's; nothing else may be asked for.
        rpc_url: where the wallet's chain answers.
        key: the wallet's; it stays in this process.
        with_wallet: whether the window has a wallet at all.
        proxy: a line that all its requests go through, to be watched there.
    """
    context = browser.new_context(
        locale=locale,
        color_scheme=color_scheme,
        viewport=viewport,
        has_touch=viewport["width"] < 600,
        timezone_id="Asia/Seoul" if locale.startswith("ko") else "Europe/London",
        reduced_motion="reduce",
        accept_downloads=True,
        proxy=proxy,
    )
    context.set_default_timeout(_PATIENCE_MS)
    watch = Watch(origin)
    watch.follow(context)
    wallet = WalletOfTest(key, rpc_url)
    if with_wallet:
        context.expose_binding(BINDING, lambda _source, request: wallet.answer(request))
        context.add_init_script(path=SCRIPT)
    page = context.new_page()
    wallet.page = page if with_wallet else None
    return Visit(page, wallet, watch, origin)
