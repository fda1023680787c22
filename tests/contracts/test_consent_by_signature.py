"""Consent by signature: the same acts through a relayer, and every way in which a signature must not count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from mendrec.domain.model import Address, Purpose, Right, Terms
from mendrec.domain.typed_data import Domain, Validity, contract_domain
from mendrec.domain.typed_data import consent as acts
from tests.contracts.world import (
    DAY,
    IMAGING,
    LABORATORY,
    READ,
    SHARE,
    UPLOAD,
    World,
    code,
    refused,
)

CATEGORIES = [LABORATORY, IMAGING]
CODES = [code(category) for category in CATEGORIES]


@dataclass
class Signed:
    """A signed act, ready to be submitted by anyone."""

    function: str
    arguments: list[Any]
    signer: str


def to_terms(terms: tuple[int, ...]) -> Terms:
    rights, from_at, until_at, purpose = terms
    return Terms(Right(rights), from_at, until_at, Purpose(purpose))


class Signing:
    """Prepares the world for each act, and signs it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.domain = world.domain("Consent")
        self.lifetime = 3600
        self.terms = world.terms(READ)
        self.typed_data: dict[str, Any] = {}

    def by(self, name: str, act: str) -> Signed:
        signer, function, arguments, build = getattr(self, f"_{act}")()
        assert name in ("", signer)
        return self._sign(signer, function, arguments, build)

    def _sign(self, signer: str, function: str, arguments: list[Any], build: Callable[..., dict[str, Any]]) -> Signed:
        validity = self.world.validity(signer, self.lifetime)
        self.typed_data = build(self.domain, validity)
        signature = self.world.people[signer].sign(self.typed_data)
        return Signed(function, [*arguments, (validity.nonce, validity.deadline_at, signature)], signer)

    def _address(self, name: str) -> Address:
        return Address(self.world[name])

    def _sequences(self, grantee: str) -> list[int]:
        return [self.world.sequence("alice", grantee, category) for category in CATEGORIES]

    def _grant(self) -> Any:
        alice, carol, sequences = self._address("alice"), self._address("carol"), self._sequences("carol")
        arguments = [alice, carol, CATEGORIES, self.terms, sequences]

        def build(domain: Domain, validity: Validity) -> dict[str, Any]:
            return acts.grant(domain, alice, carol, CODES, to_terms(self.terms), sequences, validity)

        return "alice", "grantBySig", arguments, build

    def _renew(self) -> Any:
        self.world.grant("alice", "carol", READ, *CATEGORIES)
        alice, carol, sequences = self._address("alice"), self._address("carol"), self._sequences("carol")
        until = self.world.chain.now() + 60 * DAY

        def build(domain: Domain, validity: Validity) -> dict[str, Any]:
            return acts.renew(domain, alice, carol, CODES, until, sequences, validity)

        return "alice", "renewBySig", [alice, carol, CATEGORIES, until, sequences], build

    def _narrow(self) -> Any:
        self.world.grant("alice", "carol", READ | UPLOAD | SHARE, *CATEGORIES)
        alice, carol, sequences = self._address("alice"), self._address("carol"), self._sequences("carol")
        until = self.world.chain.now() + DAY

        def build(domain: Domain, validity: Validity) -> dict[str, Any]:
            return acts.narrow(domain, alice, carol, CODES, Right.READ | Right.SHARE, until, sequences, validity)

        return "alice", "narrowBySig", [alice, carol, CATEGORIES, READ | SHARE, until, sequences], build

    def _revoke(self) -> Any:
        self.world.grant("alice", "carol", READ, *CATEGORIES)
        alice, carol, sequences = self._address("alice"), self._address("carol"), self._sequences("carol")

        def build(domain: Domain, validity: Validity) -> dict[str, Any]:
            return acts.revoke(domain, alice, carol, CODES, sequences, validity)

        return "alice", "revokeBySig", [alice, carol, CATEGORIES, sequences], build

    def _approve(self) -> Any:
        self.world.consent.send(self.world["carol"], "ask", self.world["alice"], CATEGORIES, self.terms)
        alice, carol, sequences = self._address("alice"), self._address("carol"), self._sequences("carol")

        def build(domain: Domain, validity: Validity) -> dict[str, Any]:
            return acts.approve(domain, alice, carol, CODES, to_terms(self.terms), sequences, validity)

        return "alice", "approveBySig", [alice, carol, CATEGORIES, self.terms, sequences], build

    def _decline(self) -> Any:
        self.world.consent.send(self.world["carol"], "ask", self.world["alice"], CATEGORIES, self.terms)
        alice, carol = self._address("alice"), self._address("carol")

        def build(domain: Domain, validity: Validity) -> dict[str, Any]:
            return acts.decline(domain, alice, carol, CODES, to_terms(self.terms), validity)

        return "alice", "declineBySig", [alice, carol, CATEGORIES, self.terms], build

    def _ask(self) -> Any:
        alice, carol = self._address("alice"), self._address("carol")

        def build(domain: Domain, validity: Validity) -> dict[str, Any]:
            return acts.ask(domain, carol, alice, CODES, to_terms(self.terms), validity)

        return "carol", "askBySig", [carol, alice, CATEGORIES, self.terms], build

    def _withdraw(self) -> Any:
        self.world.consent.send(self.world["carol"], "ask", self.world["alice"], CATEGORIES, self.terms)
        alice, carol = self._address("alice"), self._address("carol")

        def build(domain: Domain, validity: Validity) -> dict[str, Any]:
            return acts.withdraw_request(domain, carol, alice, CODES, to_terms(self.terms), validity)

        return "carol", "withdrawRequestBySig", [carol, alice, CATEGORIES, self.terms], build

    def _pass_on(self) -> Any:
        self.world.grant("alice", "carol", READ | SHARE, *CATEGORIES)
        alice, carol, dave = self._address("alice"), self._address("carol"), self._address("dave")
        sequences = self._sequences("dave")

        def build(domain: Domain, validity: Validity) -> dict[str, Any]:
            return acts.pass_on(domain, carol, alice, dave, CODES, to_terms(self.terms), sequences, validity)

        return "carol", "passOnBySig", [carol, alice, dave, CATEGORIES, self.terms, sequences], build

    def _take_back(self) -> Any:
        self.world.grant("alice", "carol", READ | SHARE, *CATEGORIES)
        alice, carol, dave = self._address("alice"), self._address("carol"), self._address("dave")
        self.world.consent.send(carol, "passOn", alice, dave, CATEGORIES, self.terms)

        def build(domain: Domain, validity: Validity) -> dict[str, Any]:
            return acts.take_back(domain, carol, alice, dave, CODES, validity)

        return "carol", "takeBackBySig", [carol, alice, dave, CATEGORIES], build

    def _renounce(self) -> Any:
        self.world.grant("alice", "carol", READ, *CATEGORIES)
        alice, carol = self._address("alice"), self._address("carol")

        def build(domain: Domain, validity: Validity) -> dict[str, Any]:
            return acts.renounce(domain, carol, alice, CODES, validity)

        return "carol", "renounceBySig", [carol, alice, CATEGORIES], build


ACTS = [
    *("grant", "renew", "narrow", "revoke", "approve", "decline"),
    *("ask", "withdraw", "pass_on", "take_back", "renounce"),
]
WITH_SEQUENCES = ["grant", "renew", "narrow", "revoke", "approve", "pass_on"]
EVENTS = {
    **{"grant": "Granted", "renew": "Renewed", "narrow": "Narrowed", "revoke": "Revoked", "approve": "Granted"},
    **{"decline": "RequestClosed", "ask": "AccessAsked", "withdraw": "RequestClosed", "pass_on": "PassedOn"},
    **{"take_back": "Revoked", "renounce": "Revoked"},
}


@pytest.fixture
def signing(world: World) -> Signing:
    return Signing(world)


def submit(world: World, signed: Signed) -> Any:
    return world.consent.send(world["relayer"], signed.function, *signed.arguments)


def submit_refused(world: World, signed: Signed, error: str, *values: Any) -> None:
    with refused(error, *values):
        world.consent.call(signed.function, *signed.arguments, sender=world["relayer"])


@pytest.mark.parametrize("act", ACTS)
def test_every_act_counts_through_a_relayer_once(signing: Signing, act: str) -> None:
    signed = signing.by("", act)
    nonce = signed.arguments[-1][0]
    done = submit(signing.world, signed)
    assert EVENTS[act] in [event.name for event in done.events]
    assert done.only("NonceSpent") == {"signer": signing.world[signed.signer], "nonce": nonce}
    submit_refused(signing.world, signed, "NonceAlreadySpent", signing.world[signed.signer], nonce)


@pytest.mark.parametrize("act", ACTS)
def test_no_act_counts_after_its_deadline(signing: Signing, act: str) -> None:
    signed = signing.by("", act)
    deadline = signed.arguments[-1][1]
    signing.world.chain.set_time(deadline)
    signing.world.consent.call(signed.function, *signed.arguments, sender=signing.world["relayer"])
    signing.world.chain.set_time(deadline + 1)
    submit_refused(signing.world, signed, "SignatureExpired", deadline, deadline + 1)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("change", ["chain", "contract", "nonce", "deadline", "signer", "categories"])
def test_no_act_counts_for_anything_but_what_was_signed(signing: Signing, act: str, change: str) -> None:
    world = signing.world
    if change == "chain":
        signing.domain = contract_domain("Consent", world.chain.chain_id + 1, Address(world.consent.address))
    if change == "contract":
        twin = world.chain.deploy("Consent", world.directory.address, sender=world["governance"])
        signing.domain = contract_domain("Consent", world.chain.chain_id, Address(twin.address))
    signed = signing.by("", act)
    nonce, deadline, signature = signed.arguments[-1]
    if change == "nonce":
        signed.arguments[-1] = (nonce + 1, deadline, signature)
    if change == "deadline":
        signed.arguments[-1] = (nonce, deadline + 1, signature)
    if change == "signer":
        signed.arguments[0] = world["bob"]
        signed.signer = "bob"
    if change == "categories":
        position = signed.arguments.index(CATEGORIES)
        signed.arguments[position] = [LABORATORY, LABORATORY]
    submit_refused(world, signed, "InvalidSignature", world[signed.signer])


@pytest.mark.parametrize("act", ["grant", "approve", "decline", "ask", "withdraw", "pass_on"])
@pytest.mark.parametrize("member", range(4))
def test_every_member_of_the_terms_is_signed(signing: Signing, act: str, member: int) -> None:
    signed = signing.by("", act)
    position = signed.arguments.index(signing.terms)
    changed = list(signing.terms)
    changed[member] += 1
    signed.arguments[position] = tuple(changed)
    submit_refused(signing.world, signed, "InvalidSignature", signing.world[signed.signer])


@pytest.mark.parametrize(("act", "position"), [("renew", 3), ("narrow", 3), ("narrow", 4), ("revoke", 1), ("grant", 1)])
def test_the_other_members_are_signed_too(signing: Signing, act: str, position: int) -> None:
    signed = signing.by("", act)
    value = signed.arguments[position]
    signed.arguments[position] = signing.world["erin"] if isinstance(value, str) else value - 1
    submit_refused(signing.world, signed, "InvalidSignature", signing.world["alice"])


@pytest.mark.parametrize("act", WITH_SEQUENCES)
def test_the_sequences_are_signed_and_one_for_each_category(signing: Signing, act: str) -> None:
    signed = signing.by("", act)
    sequences = signed.arguments[-2]
    signed.arguments[-2] = [*sequences[:-1], sequences[-1] + 1]
    submit_refused(signing.world, signed, "InvalidSignature")


@pytest.mark.parametrize("act", WITH_SEQUENCES)
def test_a_list_of_sequences_of_another_length_is_refused(signing: Signing, act: str) -> None:
    for wrong in ([], [0], [0, 0, 0]):
        signing._sequences = lambda grantee, wrong=wrong: wrong  # type: ignore[method-assign]
        snapshot = signing.world.chain.snapshot()
        submit_refused(signing.world, signing.by("", act), "SequenceCountMismatch", 2, len(wrong))
        signing.world.chain.revert(snapshot)


@pytest.mark.parametrize("act", ACTS)
def test_unknown_categories_cannot_be_signed_for(signing: Signing, act: str) -> None:
    signed = signing.by("", act)
    signed.arguments[signed.arguments.index(CATEGORIES)] = [LABORATORY, 99]
    submit_refused(signing.world, signed, "UnknownCategory", 99)


@pytest.mark.parametrize("act", ["grant", "renew", "narrow", "approve", "pass_on"])
def test_a_signature_is_stale_once_the_block_has_changed_by_whomever(signing: Signing, act: str) -> None:
    world = signing.world
    signed = signing.by("", act)
    grantee = "dave" if act == "pass_on" else "carol"
    world.consent.send(world["alice"], "revoke", world[grantee], [IMAGING])
    stated = signed.arguments[-2][1]
    submit_refused(world, signed, "StaleSequence", world["alice"], world[grantee], IMAGING, stated, stated + 1)


def test_a_signed_grant_is_not_replayed_after_a_revoke(signing: Signing) -> None:
    world = signing.world
    signed = signing.by("alice", "grant")
    submit(world, signed)
    world.consent.send(world["alice"], "revoke", world["carol"], CATEGORIES)
    submit_refused(world, signed, "NonceAlreadySpent")
    assert world.effective_rights("alice", "carol") == 0


def test_a_withheld_signed_grant_is_dead_after_a_revoke(signing: Signing) -> None:
    """Also where nothing had been granted: the revoke itself counts the sequence up."""
    world = signing.world
    signed = signing.by("alice", "grant")
    world.consent.send(world["alice"], "revoke", world["carol"], CATEGORIES)
    submit_refused(world, signed, "StaleSequence", world["alice"], world["carol"], LABORATORY, 0, 1)


def test_a_cancelled_nonce_is_dead(signing: Signing) -> None:
    world = signing.world
    signed = signing.by("alice", "grant")
    world.consent.send(world["alice"], "cancelNonce", signed.arguments[-1][0])
    submit_refused(world, signed, "NonceAlreadySpent", world["alice"], signed.arguments[-1][0])


def test_nobody_but_the_patient_can_make_a_signed_revoke_stale(signing: Signing) -> None:
    world = signing.world
    world.grant("alice", "erin", READ | SHARE, *CATEGORIES)
    world.consent.send(world["erin"], "passOn", world["alice"], world["carol"], [IMAGING], world.terms(READ))
    world.grant("alice", "carol", READ, LABORATORY)
    sequences = [world.sequence("alice", "carol", category) for category in CATEGORIES]
    people = (Address(world["alice"]), Address(world["carol"]))
    auth = world.authorization("alice", acts.revoke, signing.domain, *people, CODES, sequences)
    signed = Signed("revokeBySig", [*people, CATEGORIES, sequences, auth], "alice")
    # The sharer passes on again and again, the grantee renounces: the revoke still comes through.
    for _ in range(2):
        world.consent.send(world["erin"], "passOn", world["alice"], world["carol"], [IMAGING], world.terms(READ))
    world.consent.send(world["carol"], "renounce", world["alice"], [LABORATORY])
    submit(world, signed)
    assert world.effective_rights("alice", "carol", IMAGING) == 0


def test_a_withheld_signed_revoke_does_not_end_a_later_grant(signing: Signing) -> None:
    world = signing.world
    signed = signing.by("alice", "revoke")
    world.grant("alice", "carol", READ | UPLOAD, LABORATORY)
    submit_refused(world, signed, "StaleSequence", world["alice"], world["carol"], LABORATORY, 1, 2)


def test_a_revoke_is_not_signed_ahead_of_time(signing: Signing) -> None:
    world = signing.world
    signing._sequences = lambda grantee: [2, 2]  # type: ignore[method-assign]
    submit_refused(world, signing.by("alice", "revoke"), "StaleSequence")


def test_a_contract_wallet_grants_by_its_own_rule(signing: Signing) -> None:
    """EIP-1271: accepted while the wallet says so, refused when it does not."""
    world = signing.world
    wallet = world.chain.deploy("ContractWallet", world["erin"], sender=world["governance"])
    world.directory.send(wallet.address, "enrol", world.recipient("wallet"))
    carol, patient = Address(world["carol"]), Address(wallet.address)
    arguments = (signing.domain, patient, carol, CODES, to_terms(signing.terms), [0, 0])

    def grant(signer: str) -> Signed:
        auth = world.authorization(signer, acts.grant, *arguments)
        return Signed("grantBySig", [patient, carol, CATEGORIES, signing.terms, [0, 0], auth], signer)

    submit_refused(world, grant("frank"), "InvalidSignature", patient)
    by_erin = grant("erin")
    wallet.send(world["governance"], "setSigner", world["frank"])
    submit_refused(world, by_erin, "InvalidSignature", patient)
    wallet.send(world["governance"], "setSigner", world["erin"])
    submit(world, by_erin)
    assert world.consent.call("effective", patient, carol, LABORATORY)[0]["rights"] == READ


def test_a_wallet_without_the_standard_and_garbage_are_refused(signing: Signing) -> None:
    world = signing.world
    signed = signing.by("alice", "grant")
    nonce, deadline, signature = signed.arguments[-1]
    half_order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    s, v = int.from_bytes(signature[32:64], "big"), signature[64]
    malleable = signature[:32] + (half_order - s).to_bytes(32, "big") + bytes([55 - v])
    for garbage in (b"", signature[:64], signature + b"\0", bytes(65), malleable):
        signed.arguments[-1] = (nonce, deadline, garbage)
        submit_refused(world, signed, "InvalidSignature", world["alice"])
    signed.arguments[0] = world.directory.address
    submit_refused(world, signed, "InvalidSignature", world.directory.address)


@pytest.mark.parametrize("act", ["grant", "renew", "approve"])
def test_signed_acts_check_standing_as_those_by_call(signing: Signing, act: str) -> None:
    world = signing.world
    signed = signing.by("alice", act)
    world.directory.send(world["hospital"], "suspend", world["carol"])
    submit_refused(world, signed, "ParticipantSuspended", world["carol"])
    world.directory.send(world["verifier"], "reinstate", world["carol"])
    world.directory.send(world["governance"], "suspend", world["alice"])
    submit_refused(world, signed, "ParticipantSuspended", world["alice"])


def test_a_suspended_clinician_does_not_ask_by_signature(signing: Signing) -> None:
    signed = signing.by("carol", "ask")
    signing.world.directory.send(signing.world["hospital"], "suspend", signing.world["carol"])
    submit_refused(signing.world, signed, "ParticipantSuspended", signing.world["carol"])


def test_signed_lists_of_no_category_are_refused(signing: Signing) -> None:
    world = signing.world
    people = (Address(world["alice"]), Address(world["carol"]))
    auth = world.authorization("alice", acts.grant, signing.domain, *people, [], to_terms(signing.terms), [])
    submit_refused(world, Signed("grantBySig", [*people, [], signing.terms, [], auth], "alice"), "NoCategories")
    asking = (people[1], people[0])
    auth = world.authorization("carol", acts.ask, signing.domain, *asking, [], to_terms(signing.terms))
    submit_refused(world, Signed("askBySig", [*asking, [], signing.terms, auth], "carol"), "NoCategories")
