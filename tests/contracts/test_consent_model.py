"""Consent against the reference model: any sequence of acts, by call and by signature, while time and standing change.

Invariants, in words: no one but the patient ends the effect of a revoke; what is passed on never exceeds what stands
above it; the counters only grow; contract and model agree on every block, on what holds in the end, and on why an act
is refused.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mendrec.domain.model import Address, Right
from mendrec.domain.typed_data import consent as acts
from tests.contracts.chain import Reverted
from tests.contracts.consent_model import ConsentModel
from tests.contracts.test_consent_by_signature import to_terms
from tests.contracts.world import IMAGING, LABORATORY, World, code

PEOPLE = ("carol", "dave", "erin", "frank")
CATEGORIES = {"laboratory": LABORATORY, "imaging": IMAGING}

people = st.sampled_from(PEOPLE)
categories = st.sampled_from(["laboratory", "laboratory", "laboratory", "imaging"])
rights = st.sampled_from([7, 7, 5, 5, 4, 1, 3])
starts = st.sampled_from([-50, 0, 0, 40])
ends = st.sampled_from([200, 100, 60, 30, -10])
purposes = st.sampled_from([1, 1, 1, 1, 3])
ways = st.booleans()


class ConsentMachine(RuleBasedStateMachine):
    world: ClassVar[World]
    outcomes: ClassVar[Counter[tuple[str, str | None]]]

    def __init__(self) -> None:
        super().__init__()
        self.chain = self.world.chain
        self.snapshot = self.chain.snapshot()
        self.model = ConsentModel("alice", self.chain.now())
        self.domain = self.world.domain("Consent")
        self.alice = Address(self.world["alice"])

    @initialize(end=ends.filter(lambda end: end > 60), by_call=ways)
    def begin_with_one_sharer_and_one_shared_with(self, end: int, by_call: bool) -> None:
        self.do_grant("carol", "laboratory", 7, 0, 200, 1, by_call)
        self.do_pass_on("carol", "dave", "laboratory", 7, 0, end, 1, by_call)

    def teardown(self) -> None:
        self.chain.revert(self.snapshot)

    def at(self, offset: int) -> int:
        return self.chain.now() + offset

    def agree(self, expected: str | None, sender: str, function: str, *arguments: Any) -> None:
        """The contract does what the model did."""
        try:
            self.world.consent.send(self.world[sender], function, *arguments)
            got = None
        except Reverted as error:
            got = error.name
        self.outcomes[function, got] += 1
        assert got == expected, f"{function}: the contract says {got}, the model {expected}"

    def signed(self, signer: str, build: Callable[..., dict[str, Any]], *arguments: Any) -> tuple[int, int, bytes]:
        return self.world.authorization(signer, build, self.domain, *arguments)

    @rule(to=people, what=categories, rights=rights, start=starts, end=ends, purpose=purposes, by_call=ways)
    def grant(self, **chosen: Any) -> None:
        self.do_grant(**chosen)

    def do_grant(self, to: str, what: str, rights: int, start: int, end: int, purpose: int, by_call: bool) -> None:
        terms, category = (rights, self.at(start), self.at(end), purpose), CATEGORIES[what]
        sequence = self.model.block(to, what).sequence
        expected = self.model.grant(to, what, *terms)
        if by_call:
            self.agree(expected, "alice", "grant", self.world[to], [category], terms)
            return
        pair = (self.alice, Address(self.world[to]))
        auth = self.signed("alice", acts.grant, *pair, [code(category)], to_terms(terms), [sequence])
        self.agree(expected, "relayer", "grantBySig", *pair, [category], terms, [sequence], auth)

    @rule(to=people, what=categories, end=ends, by_call=ways)
    def renew(self, to: str, what: str, end: int, by_call: bool) -> None:
        until, category = self.at(end), CATEGORIES[what]
        sequence = self.model.block(to, what).sequence
        expected = self.model.renew(to, what, until)
        if by_call:
            self.agree(expected, "alice", "renew", self.world[to], [category], until)
            return
        pair = (self.alice, Address(self.world[to]))
        auth = self.signed("alice", acts.renew, *pair, [code(category)], until, [sequence])
        self.agree(expected, "relayer", "renewBySig", *pair, [category], until, [sequence], auth)

    @rule(to=people, what=categories, rights=rights, end=ends, by_call=ways)
    def narrow(self, to: str, what: str, rights: int, end: int, by_call: bool) -> None:
        until, category = self.at(end), CATEGORIES[what]
        sequence = self.model.block(to, what).sequence
        expected = self.model.narrow(to, what, rights, until)
        if by_call:
            self.agree(expected, "alice", "narrow", self.world[to], [category], rights, until)
            return
        pair = (self.alice, Address(self.world[to]))
        auth = self.signed("alice", acts.narrow, *pair, [code(category)], Right(rights), until, [sequence])
        self.agree(expected, "relayer", "narrowBySig", *pair, [category], rights, until, [sequence], auth)

    @rule(to=people, what=categories, by_call=ways)
    def revoke(self, to: str, what: str, by_call: bool) -> None:
        category, sequence = CATEGORIES[what], self.model.block(to, what).sequence
        expected = self.model.revoke(to, what)
        if by_call:
            self.agree(expected, "alice", "revoke", self.world[to], [category])
            return
        pair = (self.alice, Address(self.world[to]))
        auth = self.signed("alice", acts.revoke, *pair, [code(category)], [sequence])
        self.agree(expected, "relayer", "revokeBySig", *pair, [category], [sequence], auth)

    @rule(by=people, to=people, what=categories, rights=rights, start=starts, end=ends, purpose=purposes, by_call=ways)
    def pass_on(self, **chosen: Any) -> None:
        self.do_pass_on(**chosen)

    @rule(
        data=st.data(), to=people, rights=st.sampled_from([7, 5, 1]), end=st.sampled_from([100, 50, 20]), by_call=ways
    )
    @precondition(lambda self: self.sharers())
    def share(self, data: st.DataObject, to: str, rights: int, end: int, by_call: bool) -> None:
        """Passing on that has a chance: by someone who holds SHARE."""
        by, what = data.draw(st.sampled_from(self.sharers()))
        self.do_pass_on(by, to, what, rights, 0, end, self.model.block(by, what).purpose, by_call)

    def sharers(self) -> list[tuple[str, str]]:
        return sorted(key for key in self.model.blocks if self.model.effective(*key)[0] & 4)

    def do_pass_on(
        self, by: str, to: str, what: str, rights: int, start: int, end: int, purpose: int, by_call: bool
    ) -> None:
        terms, category = (rights, self.at(start), self.at(end), purpose), CATEGORIES[what]
        sequence = self.model.block(to, what).sequence
        expected = self.model.pass_on(by, to, what, *terms)
        if by_call:
            self.agree(expected, by, "passOn", self.alice, self.world[to], [category], terms)
            return
        three = (Address(self.world[by]), self.alice, Address(self.world[to]))
        auth = self.signed(by, acts.pass_on, *three, [code(category)], to_terms(terms), [sequence])
        self.agree(expected, "relayer", "passOnBySig", *three, [category], terms, [sequence], auth)

    @rule(data=st.data())
    @precondition(lambda self: any(block.giver for block in self.model.blocks.values()))
    def take_back_own(self, data: st.DataObject) -> None:
        given = {key: block.giver for key, block in self.model.blocks.items() if block.giver}
        to, what = data.draw(st.sampled_from(sorted(given)))
        self.do_take_back(str(given[to, what]), to, what)

    @rule(by=people, to=people, what=categories)
    def take_back(self, by: str, to: str, what: str) -> None:
        self.do_take_back(by, to, what)

    def do_take_back(self, by: str, to: str, what: str) -> None:
        expected = self.model.take_back(by, to, what)
        self.agree(expected, by, "takeBack", self.alice, self.world[to], [CATEGORIES[what]])

    @rule(by=people, what=categories)
    def renounce(self, by: str, what: str) -> None:
        expected = self.model.renounce(by, what)
        self.agree(expected, by, "renounce", self.alice, [CATEGORIES[what]])

    @rule(seconds=st.sampled_from([1, 10, 29, 31, 60]))
    def wait(self, seconds: int) -> None:
        self.chain.set_time(self.chain.now() + seconds)
        self.model.now = self.chain.now()

    @rule(who=st.sampled_from([*PEOPLE, "alice"]))
    @precondition(lambda self: len(self.model.suspended) < 2)
    def suspend(self, who: str) -> None:
        self.world.directory.send(self.world["governance"], "suspend", self.world[who])
        self.model.suspended.add(who)

    @precondition(lambda self: self.model.suspended)
    @rule(data=st.data())
    def reinstate(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(sorted(self.model.suspended)))
        self.world.directory.send(self.world["governance"], "reinstate", self.world[who])
        self.model.suspended.remove(who)

    @invariant()
    def every_block_and_its_effect_agree(self) -> None:
        for (who, what), expected in self.model.blocks.items():
            key = (self.alice, self.world[who], CATEGORIES[what])
            block = self.world.consent.call("permission", *key)
            assert (block["rights"], block["from"], block["until"], block["purpose"]) == (
                *(expected.rights, expected.start, expected.end, expected.purpose),
            )
            assert (block["sequence"], block["generation"], block["patientSequence"]) == (
                *(expected.sequence, expected.generation, expected.patient_sequence),
            )
            assert (block["passedOn"], block["revokedByPatient"]) == (expected.giver is not None, expected.barred)
            terms, _ = self.world.consent.call("effective", *key)
            rights, start, end, _ = self.model.effective(who, what)
            assert terms["rights"] == rights
            assert not rights or (terms["from"], terms["until"]) == (start, end)


@pytest.mark.chain
def test_consent_agrees_with_the_reference_model(world: World) -> None:
    ConsentMachine.world = world
    ConsentMachine.outcomes = Counter()
    deep = os.environ.get("MENDREC_DEEP") == "1"
    run_state_machine_as_test(
        ConsentMachine,
        settings=settings(
            max_examples=500 if deep else 25,
            stateful_step_count=60 if deep else 30,
            deadline=None,
            derandomize=not deep,
            suppress_health_check=list(HealthCheck),
        ),
    )
    if os.environ.get("MENDREC_SHOW") == "1":
        for outcome, count in sorted(ConsentMachine.outcomes.items(), key=str):
            print(outcome, count)
