"""The page's shell in a real browser, at a real node: it loads whole, under its policy, and finds the wallet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.conftest import OpensWindows
from tests.browser.visiting import PHONE, WIDE, ColorScheme

LOOKS = [(WIDE, "light", "en-GB"), (PHONE, "light", "ko-KR"), (WIDE, "dark", "ko-KR"), (PHONE, "dark", "en-GB")]
FIRST_LOAD_MAX_BYTES = 300_000


@pytest.mark.parametrize(
    ("viewport", "scheme", "locale"), LOOKS, ids=lambda one: str(one.get("width") if isinstance(one, dict) else one)
)
def test_the_shell_loads_without_trouble(
    person: OpensWindows, viewport: object, scheme: ColorScheme, locale: str
) -> None:
    visit = person("patient", viewport=viewport, color_scheme=scheme, locale=locale)  # type: ignore[arg-type]
    page = visit.go()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", locale[:2])
    expect(page.get_by_role("main")).to_have_count(1)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the screen"
    visit.require_accessible()
    visit.picture(f"welcome-{viewport['width']}-{scheme}-{locale[:2]}")  # type: ignore[index]


def test_what_is_loaded_first_is_small_and_compressed(page_build: Path, person: OpensWindows) -> None:
    assert (page_build / "index.html.br").is_file(), "built by vite alone; `make page` compresses too"
    visit = person("patient")
    asked: set[str] = set()
    visit.page.on("request", lambda request: asked.add(request.url))
    visit.go()
    expect(visit.page.get_by_role("heading", level=1)).to_be_visible()
    visit.page.wait_for_load_state("networkidle")
    sizes: dict[str, int] = {}
    for url in asked:
        if "/v1/" in url or "/demo/" in url:
            continue
        with requests.get(url, headers={"Accept-Encoding": "br"}, timeout=10, stream=True) as answer:
            sizes[url] = int(answer.headers["Content-Length"])
            assert sizes[url] < 1_000 or answer.headers.get("Content-Encoding") == "br", url
    assert len(sizes) > 3
    assert sum(sizes.values()) <= FIRST_LOAD_MAX_BYTES, sorted(sizes.items(), key=lambda one: -one[1])


def test_an_address_that_is_not_there_is_said_so(person: OpensWindows) -> None:
    visit = person("patient")
    page = visit.go("/nowhere/at/all")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    visit.require_accessible()


def test_the_wallet_in_the_browser_is_offered_and_signs_in(person: OpensWindows) -> None:
    visit = person("patient")
    page = visit.go()
    page.get_by_role("button", name=re.compile("Test wallet")).click()
    page.get_by_role("button", name="Open with my wallet").click()
    expect(page.get_by_role("navigation").first).to_be_visible(timeout=60_000)
    expect(page.get_by_role("heading", level=1)).to_be_visible()  # not the frame of a page that still loads
    methods = [method for method, _ in visit.wallet.asked]
    assert "personal_sign" in methods
    (opened,) = visit.wallet.signed()
    assert "IdentityBackup" in opened["primaryType"]
    visit.picture("patient-home")
    visit.require_accessible()


def test_without_a_wallet_it_says_what_to_do(person: OpensWindows) -> None:
    visit = person("patient", with_wallet=False)
    page = visit.go()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Test wallet"))).to_have_count(0)
    visit.require_accessible()
