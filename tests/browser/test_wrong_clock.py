"""A device whose clock goes wrong by hours while its person is signed in, and gives access nevertheless."""

from __future__ import annotations

import re
import time
from datetime import datetime

import pytest
from playwright.sync_api import expect

from benchmarks.served import Served
from mendrec.api.consents import ConsentAnswered
from tests.browser.acting import inside, settled, share, sign_in
from tests.browser.conftest import OpensWindows
from tests.browser.visiting import Visit

HOUR_S, DAY_S = 3_600, 86_400
APART_S = 5 * HOUR_S
NEAR_S = 10 * 60
"""Signing takes its time, and both clocks are told in seconds: far less than by how much the device's is wrong."""


@pytest.mark.parametrize(
    ("ahead_s", "who", "says"),
    [(APART_S, "cardiologist", "ahead by 5 hours"), (-APART_S, "radiologist", "behind by 5 hours")],
    ids=["ahead", "behind"],
)
def test_access_that_is_given_begins_and_ends_by_the_nodes_clock(
    town: Served, person: OpensWindows, ahead_s: int, who: str, says: str
) -> None:
    """The page says by how much the clock is off; what is signed, and what the chain has then, is by the node's."""
    visit = person("patient")
    page = sign_in(visit)
    expect(page.get_by_text(re.compile("^This device.s clock is"))).to_have_count(0)
    _set_clock(visit, ahead_s)
    page = inside(visit, "/sharing")
    settled(page)
    assert abs(page.evaluate("() => Date.now() / 1000") - time.time() - ahead_s) < NEAR_S, "the device's clock is off"
    expect(page.get_by_role("status").get_by_text(re.compile(f"^This device.s clock is {says}$"))).to_be_visible()
    visit.require_accessible()
    visit.picture(f"wrong-clock-{ahead_s}")

    reader = town.world.people[who].address
    share(visit, reader, ["Imaging"], how_long="7 days")
    now = time.time()
    (signed,) = [one["message"] for one in visit.wallet.signed() if one["primaryType"] == "Grant"]
    begins, ends = (datetime.fromisoformat(signed[name]).timestamp() for name in ("from", "until"))
    assert abs(begins - now) < NEAR_S, signed
    assert abs(ends - now - 7 * DAY_S) < NEAR_S, signed
    town.world.node.index.sync()
    (held,) = _held(town, who)
    assert (held.effective.from_at, held.effective.until_at) == (begins, ends)
    assert held.effective.state == "in_force"


def _set_clock(visit: Visit, ahead_s: int) -> None:
    """From the next page on; the session of before goes on, as after somebody set the clock or a battery was empty."""
    visit.page.clock.install(time=time.time() + ahead_s)


def _held(town: Served, who: str) -> list[ConsentAnswered]:
    reader, patient = town.world.people[who], town.world.people["patient"]
    with town.client(who) as client:
        return [one for one in client.grants_held() if one.patient == patient.address and one.grantee == reader.address]
