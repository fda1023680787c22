"""Looks that hang hold one thread, whoever asks meanwhile; and what they said long ago is no answer for ever."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from mendrec.domain.condition import Condition, Severity, fine, worst
from mendrec.services import readiness
from mendrec.services.readiness import Readiness, worker_conditions
from mendrec.services.worker import LEASE_LIFETIME_S


class Hanging:
    """A look that comes back when it is let, and a clock that moves with it."""

    def __init__(self) -> None:
        self.at, self.looks = 100.0, 0
        self.began, self.go_on = threading.Event(), threading.Event()

    def __call__(self) -> Iterable[Condition]:
        self.looks += 1
        self.began.set()
        assert self.go_on.wait(60)
        self.at += 30.0  # longer than an answer is kept
        yield fine("chain", "")

    def readiness(self) -> Readiness:
        return Readiness([("chain", self)], now=lambda: 0, monotonic=lambda: self.at)


def test_an_answer_is_kept_from_when_the_look_ended() -> None:
    look = Hanging()
    look.go_on.set()
    asked = look.readiness()
    assert asked.state().is_ready
    assert asked.state().is_ready
    assert look.looks == 1


def test_who_asks_while_one_looks_gets_the_last_answer_at_once() -> None:
    look = Hanging()
    look.go_on.set()
    asked = look.readiness()
    first = asked.state()
    look.go_on.clear()
    look.began.clear()
    look.at += 6.0
    looker = threading.Thread(target=asked.state)
    looker.start()
    assert look.began.wait(60)
    try:
        assert [asked.state() for _ in range(8)] == [first] * 8
        look.at += 61.0
        late = asked.state()
        assert not late.is_ready, "what was well a minute ago is not known to be well now"
        assert late.conditions[0].remedy
    finally:
        look.go_on.set()
        looker.join()
    assert look.looks == 2
    assert asked.state().is_ready


def test_the_first_look_is_waited_for_by_all_and_done_once() -> None:
    look = Hanging()
    asked = look.readiness()
    states: list[bool] = []
    askers = [threading.Thread(target=lambda: states.append(asked.state().is_ready)) for _ in range(8)]
    for one in askers:
        one.start()
    assert look.began.wait(60)
    look.go_on.set()
    for one in askers:
        one.join()
    assert (look.looks, states) == (1, [True] * 8)


def test_a_first_look_that_hangs_is_not_waited_for_for_ever() -> None:
    look = Hanging()
    asked = look.readiness()
    before, readiness._FIRST_LOOK_S = readiness._FIRST_LOOK_S, 0.0
    looker = threading.Thread(target=asked.state)
    looker.start()
    try:
        assert look.began.wait(60)
        assert not asked.state().is_ready
    finally:
        readiness._FIRST_LOOK_S = before
        look.go_on.set()
        looker.join()


def test_stores_looked_at_seldom_are_kept_from_the_end_of_the_look_too() -> None:
    look = Hanging()
    look.go_on.set()
    seldom = readiness.kept(look, lambda: look.at, 20.0)
    assert tuple(seldom()) == tuple(seldom())
    assert look.looks == 1


def test_a_lease_far_ahead_is_no_worker_at_work() -> None:
    now = 1_000_000
    assert worst(tuple(worker_conditions(now + LEASE_LIFETIME_S, now))) is Severity.OK
    found = tuple(worker_conditions(now + 3600, now))
    assert worst(found) is Severity.ERROR
    assert "clock" in found[0].what
