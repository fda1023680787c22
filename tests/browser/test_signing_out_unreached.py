"""Signing out while the node can't be reached: what the page says, and that the session is over once it can be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from playwright.sync_api import Locator, Page, expect

from benchmarks.served import Served
from tests.browser.acting import ACT_MS, settled, sign_in
from tests.browser.conftest import OpensWindows
from tests.browser.visiting import Visit

UNREACHED = "net::ERR_"
"""What the browser says of every line that a stopped node cuts or does not take."""


def test_signing_out_of_a_node_that_is_away_is_completed_when_it_is_back(town: Served, person: OpensWindows) -> None:
    """The page says that the site does not know yet, and until when; the key is gone at once, the session at last."""
    visit = person("patient")
    page = sign_in(visit)
    settled(page)
    cookie = _cookie(visit)
    assert _serves(town, cookie)
    visit.watch.allow(UNREACHED)
    with _away(town):
        _sign_out(page)
        expect(_remains(page)).to_be_visible(timeout=ACT_MS)
        expect(_remains(page)).to_contain_text("somebody at this computer could go on as you")
        expect(page.get_by_role("navigation", name="Main navigation")).to_have_count(0)
        visit.require_accessible()
        visit.picture("signed-out-unreached")
        _remains(page).get_by_role("button", name="Try again").click()
        expect(_remains(page).get_by_role("button", name="Try again")).to_be_enabled(timeout=ACT_MS)
        expect(_remains(page)).to_be_visible()
    assert _serves(town, cookie), "the node was not told: what the page says is true"
    _remains(page).get_by_role("button", name="Try again").click()
    expect(_remains(page)).to_have_count(0, timeout=ACT_MS)
    assert not _serves(town, cookie)
    assert _cookie(visit) == {}

    # Whoever comes in next is asked for everything anew.
    signed = len(visit.wallet.asked)
    sign_in(visit)
    asked = [method for method, _ in visit.wallet.asked[signed:]]
    assert asked.count("personal_sign") == 1, "the sign-in"
    assert asked.count("eth_signTypedData_v4") == 1, "the key, which had gone from this browser"


def test_signing_out_is_completed_by_a_window_that_is_opened_later(town: Served, person: OpensWindows) -> None:
    """The window was closed while the node was away: the next one ends the session before anything else."""
    visit = person("gp")
    page = sign_in(visit)
    settled(page)
    cookie = _cookie(visit)
    visit.watch.allow(UNREACHED)
    with _away(town):
        _sign_out(page)
        expect(_remains(page)).to_be_visible(timeout=ACT_MS)
        page.close()
    assert _serves(town, cookie)
    later = visit.context.new_page()
    later.goto(town.url + "/patients")
    expect(later.get_by_role("button", name=re.compile("Test wallet"))).to_be_visible(timeout=ACT_MS)
    expect(_remains(later)).to_have_count(0)
    expect(later.get_by_role("navigation", name="Main navigation")).to_have_count(0)
    assert not _serves(town, cookie)
    assert visit.context.cookies() == []


@contextmanager
def _away(town: Served) -> Iterator[None]:
    """The node is stopped, and started again whatever happens meanwhile."""
    town.stop()
    try:
        yield
    finally:
        town.start()


def _sign_out(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Your account")).click()
    page.get_by_role("menuitem", name="Sign out").click()


def _remains(page: Page) -> Locator:
    return page.get_by_role("alert").filter(has_text="The site does not know yet that you signed out")


def _cookie(visit: Visit) -> dict[str, str]:
    """What the browser would send: whoever sits down at it has this."""
    return {str(one["name"]): str(one["value"]) for one in visit.context.cookies()}


def _serves(town: Served, cookie: dict[str, str]) -> bool:
    """Whether the node takes the cookie for somebody's session; asked beside the page."""
    assert cookie
    answered = requests.get(f"{town.url}/v1/me", cookies=cookie, timeout=30)
    assert answered.status_code in {200, 401}, answered.text
    return answered.status_code == 200
