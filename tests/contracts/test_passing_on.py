"""Passing access on: never more than is held, never longer, and never against the patient's word."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.world import (
    CAREMGT,
    DAY,
    IMAGING,
    LABORATORY,
    READ,
    SHARE,
    UPLOAD,
    World,
    refused,
)


def pass_on(world: World, by: str, to: str, rights: int = READ | SHARE, **window: Any) -> Any:
    terms = world.terms(rights, **{"until_in": 10 * DAY, **window})
    return world.consent.send(world[by], "passOn", world["alice"], world[to], [LABORATORY], terms)


def pass_on_refused(world: World, error: str, by: str, to: str, rights: int = READ, **window: Any) -> None:
    terms = world.terms(rights, **{"until_in": 10 * DAY, **window})
    with refused(error):
        world.consent.call("passOn", world["alice"], world[to], [LABORATORY], terms, sender=world[by])


@pytest.fixture
def sharing(world: World) -> World:
    """Alice has given carol READ | SHARE of the laboratory for thirty days."""
    world.grant("alice", "carol", READ | SHARE, LABORATORY)
    return world


def test_passing_on_writes_the_block_and_who_did_it(sharing: World) -> None:
    done = pass_on(sharing, "carol", "dave", READ)
    said = done.only("PassedOn")
    assert (said["delegator"], said["sequence"], said["generation"]) == (sharing["carol"], 1, 1)
    assert said["delegatorGeneration"] == 1
    block = sharing.consent.call("permission", sharing["alice"], sharing["dave"], LABORATORY)
    assert (block["rights"], block["passedOn"], block["patientSequence"]) == (READ, True, 0)
    delegation = sharing.consent.call("delegation", sharing["alice"], sharing["dave"], LABORATORY)
    assert delegation == {"delegator": sharing["carol"], "generation": 1}
    sharing.consent.call("requireRight", sharing["alice"], sharing["dave"], LABORATORY, READ)


def test_no_more_rights_no_longer_and_no_other_purpose(sharing: World) -> None:
    pass_on_refused(sharing, "BeyondOwnAccess", "carol", "dave", READ | UPLOAD)
    pass_on_refused(sharing, "BeyondOwnAccess", "carol", "dave", READ, until_in=30 * DAY + 1)
    pass_on_refused(sharing, "BeyondOwnAccess", "carol", "dave", READ, purpose=CAREMGT)
    pass_on(sharing, "carol", "dave", READ | SHARE, until_in=30 * DAY)


def test_bad_terms_and_wrong_people_are_refused(sharing: World) -> None:
    pass_on_refused(sharing, "InvalidRights", "carol", "dave", 0)
    pass_on_refused(sharing, "InvalidWindow", "carol", "dave", READ, until_in=0, from_in=-10)
    pass_on_refused(sharing, "InvalidPurpose", "carol", "dave", READ, purpose=0)
    pass_on_refused(sharing, "SelfGrant", "carol", "alice")
    pass_on_refused(sharing, "SelfGrant", "carol", "carol")
    pass_on_refused(sharing, "NotEnrolled", "carol", "stranger")
    pass_on_refused(sharing, "RightMissing", "dave", "erin")
    with refused("NoCategories"):
        terms = sharing.terms(READ)
        sharing.consent.call("passOn", sharing["alice"], sharing["dave"], [], terms, sender=sharing["carol"])
    with refused("RightMissing"):
        terms = sharing.terms(READ, until_in=DAY)
        arguments = (sharing["alice"], sharing["dave"], [LABORATORY, IMAGING], terms)
        sharing.consent.call("passOn", *arguments, sender=sharing["carol"])


def test_a_sharer_passes_on_within_the_own_window_only(world: World) -> None:
    world.grant("alice", "carol", READ | SHARE, LABORATORY, from_in=100, until_in=DAY)
    pass_on_refused(world, "NotYetValid", "carol", "dave", READ, until_in=DAY)
    world.chain.set_time(world.chain.now() + DAY)
    pass_on_refused(world, "Expired", "carol", "dave", READ, until_in=10)


@pytest.mark.parametrize(
    ("by", "function", "of", "more", "error"),
    [
        ("hospital", "suspend", "carol", (), "ParticipantSuspended"),
        ("verifier", "revokeCredential", "carol", (), "CredentialNotInForce"),
        ("governance", "setBodyStanding", "hospital", (False,), "NotInStanding"),
    ],
)
def test_a_sharer_out_of_standing_passes_nothing_on_and_what_was_passed_on_rests(
    sharing: World, by: str, function: str, of: str, more: tuple[bool, ...], error: str
) -> None:
    sharing.enrol("carol")  # being a patient too does not help
    pass_on(sharing, "carol", "dave")
    sharing.directory.send(sharing[by], function, sharing[of], *more)
    pass_on_refused(sharing, error, "carol", "bob")
    assert sharing.effective_rights("alice", "dave") == 0
    with refused("RightMissing"):
        sharing.consent.call("requireRight", sharing["alice"], sharing["dave"], LABORATORY, READ)
    assert sharing.effective_rights("alice", "carol") == READ | SHARE


def test_what_was_passed_on_returns_with_the_sharers_standing(sharing: World) -> None:
    pass_on(sharing, "carol", "dave")
    sharing.directory.send(sharing["hospital"], "suspend", sharing["carol"])
    assert sharing.effective_rights("alice", "dave") == 0
    sharing.directory.send(sharing["verifier"], "reinstate", sharing["carol"])
    assert sharing.effective_rights("alice", "dave") == READ | SHARE


@pytest.mark.parametrize("end", ["revoke", "grant again", "renounce"])
def test_when_the_sharers_own_block_ends_or_changes_so_does_what_came_from_it(sharing: World, end: str) -> None:
    pass_on(sharing, "carol", "dave")
    pass_on(sharing, "dave", "erin", READ)
    assert sharing.effective_rights("alice", "erin") == READ
    if end == "revoke":
        sharing.consent.send(sharing["alice"], "revoke", sharing["carol"], [LABORATORY])
    elif end == "grant again":
        sharing.grant("alice", "carol", READ | SHARE, LABORATORY)
    else:
        sharing.consent.send(sharing["carol"], "renounce", sharing["alice"], [LABORATORY])
    assert sharing.effective_rights("alice", "dave") == 0 == sharing.effective_rights("alice", "erin")
    if end != "grant again":
        # Granting the sharer anew does not bring the old ones back.
        sharing.grant("alice", "carol", READ | SHARE, LABORATORY)
        assert sharing.effective_rights("alice", "dave") == 0


def test_narrowing_the_sharer_narrows_everything_below(sharing: World) -> None:
    sharing.grant("alice", "carol", READ | UPLOAD | SHARE, LABORATORY)
    pass_on(sharing, "carol", "dave", READ | UPLOAD | SHARE)
    end = sharing.chain.now() + DAY
    sharing.consent.send(sharing["alice"], "narrow", sharing["carol"], [LABORATORY], READ | SHARE, end)
    terms, sequence = sharing.consent.call("effective", sharing["alice"], sharing["dave"], LABORATORY)
    assert (terms["rights"], terms["until"], sequence) == (READ | SHARE, end, 1)
    sharing.consent.send(sharing["alice"], "narrow", sharing["carol"], [LABORATORY], READ, end)
    assert sharing.effective_rights("alice", "dave") == 0
    assert sharing.effective_rights("alice", "carol") == READ


def test_the_later_start_of_two_counts(world: World) -> None:
    world.grant("alice", "carol", READ | SHARE, LABORATORY, from_in=-50)
    now = world.chain.now()
    pass_on(world, "carol", "dave", READ, from_in=-100)
    pass_on(world, "carol", "erin", READ, from_in=100)
    starts = [
        world.consent.call("effective", world["alice"], world[name], LABORATORY)[0]["from"] for name in ("dave", "erin")
    ]
    assert starts == [now - 50, now + 100]


def test_windows_that_no_longer_meet_give_nothing(sharing: World) -> None:
    pass_on(sharing, "carol", "dave", READ, from_in=5 * DAY)
    end = sharing.chain.now() + 5 * DAY
    sharing.consent.send(sharing["alice"], "narrow", sharing["carol"], [LABORATORY], READ | SHARE, end)
    assert sharing.effective_rights("alice", "dave") == 0


def test_three_times_and_no_further(sharing: World) -> None:
    pass_on(sharing, "carol", "dave")
    pass_on(sharing, "dave", "erin")
    pass_on(sharing, "erin", "frank")
    assert sharing.effective_rights("alice", "frank") == READ | SHARE
    pass_on_refused(sharing, "DelegationTooDeep", "frank", "bob")
    assert sharing.consent.call("MAX_DELEGATION_DEPTH") == 3


def test_every_link_of_the_chain_counts(sharing: World) -> None:
    pass_on(sharing, "carol", "dave")
    pass_on(sharing, "dave", "erin")
    sharing.directory.send(sharing["hospital"], "suspend", sharing["carol"])
    assert sharing.effective_rights("alice", "erin") == 0


def test_a_block_of_the_patient_or_of_another_sharer_is_not_overwritten(sharing: World) -> None:
    sharing.grant("alice", "erin", READ | SHARE, LABORATORY)
    sharing.grant("alice", "frank", UPLOAD, LABORATORY, from_in=DAY)
    pass_on(sharing, "carol", "dave", READ)
    pass_on_refused(sharing, "BlockHeld", "erin", "dave")
    pass_on_refused(sharing, "BlockHeld", "carol", "erin")
    pass_on_refused(sharing, "BlockHeld", "carol", "frank")  # though it has not begun
    pass_on(sharing, "carol", "dave", READ | SHARE)
    assert sharing.effective_rights("alice", "dave") == READ | SHARE


def test_what_is_over_or_void_may_be_passed_on_anew_by_another(sharing: World) -> None:
    sharing.grant("alice", "erin", READ | SHARE, LABORATORY)
    pass_on(sharing, "carol", "dave", READ, until_in=100)
    sharing.chain.set_time(sharing.chain.now() + 99)
    pass_on_refused(sharing, "BlockHeld", "erin", "dave")
    sharing.chain.set_time(sharing.chain.now() + 1)
    pass_on(sharing, "erin", "dave", READ)
    sharing.consent.send(sharing["alice"], "revoke", sharing["erin"], [LABORATORY])
    pass_on(sharing, "carol", "dave", READ)
    assert sharing.effective_rights("alice", "dave") == READ


def test_access_is_not_taken_back_through_a_sharer_after_the_patients_revoke(sharing: World) -> None:
    """The fault: a second, parallel grant that is left over after revoking the first."""
    sharing.grant("alice", "dave", READ, LABORATORY)
    sharing.consent.send(sharing["alice"], "revoke", sharing["dave"], [LABORATORY])
    pass_on_refused(sharing, "BlockHeld", "carol", "dave")
    assert sharing.effective_rights("alice", "dave") == 0
    # The same for someone who never had access, and for what the sharer had passed on itself.
    sharing.consent.send(sharing["alice"], "revoke", sharing["erin"], [LABORATORY])
    pass_on_refused(sharing, "BlockHeld", "carol", "erin")
    pass_on(sharing, "carol", "frank", READ)
    sharing.consent.send(sharing["alice"], "revoke", sharing["frank"], [LABORATORY])
    pass_on_refused(sharing, "BlockHeld", "carol", "frank")
    delegation = sharing.consent.call("delegation", sharing["alice"], sharing["frank"], LABORATORY)
    assert int(delegation["delegator"], 16) == 0


def test_a_grant_of_the_patient_replaces_what_was_passed_on(sharing: World) -> None:
    pass_on(sharing, "carol", "dave", READ)
    sharing.grant("alice", "dave", READ | UPLOAD, LABORATORY)
    delegation = sharing.consent.call("delegation", sharing["alice"], sharing["dave"], LABORATORY)
    assert int(delegation["delegator"], 16) == 0
    sharing.consent.send(sharing["alice"], "revoke", sharing["carol"], [LABORATORY])
    assert sharing.effective_rights("alice", "dave") == READ | UPLOAD
    with refused("NotAllowed", sharing["carol"]):
        arguments = (sharing["alice"], sharing["dave"], [LABORATORY])
        sharing.consent.call("takeBack", *arguments, sender=sharing["carol"])


def test_the_patient_does_not_renew_or_narrow_what_was_passed_on(sharing: World) -> None:
    pass_on(sharing, "carol", "dave")
    for function, arguments in (
        ("renew", (sharing["dave"], [LABORATORY], sharing.chain.now() + 20 * DAY)),
        ("narrow", (sharing["dave"], [LABORATORY], READ, sharing.chain.now() + DAY)),
    ):
        with refused("NotGrantedByPatient", sharing["alice"], sharing["dave"], LABORATORY):
            sharing.consent.call(function, *arguments, sender=sharing["alice"])


def test_take_back_ends_what_the_caller_passed_on_and_what_came_from_it(sharing: World) -> None:
    pass_on(sharing, "carol", "dave")
    pass_on(sharing, "dave", "erin", READ)
    for other in ("dave", "erin", "frank", "alice", "stranger"):
        with refused("NotAllowed", sharing[other]):
            arguments = (sharing["alice"], sharing["dave"], [LABORATORY])
            sharing.consent.call("takeBack", *arguments, sender=sharing[other])
    done = sharing.consent.send(sharing["carol"], "takeBack", sharing["alice"], sharing["dave"], [LABORATORY])
    assert done.only("Revoked")["by"] == sharing["carol"]
    assert sharing.effective_rights("alice", "dave") == 0 == sharing.effective_rights("alice", "erin")
    with refused("NotAllowed", sharing["carol"]):
        arguments = (sharing["alice"], sharing["dave"], [LABORATORY])
        sharing.consent.call("takeBack", *arguments, sender=sharing["carol"])
    pass_on(sharing, "carol", "dave", READ)
    assert sharing.effective_rights("alice", "dave") == READ


def test_a_grantee_cannot_stop_taking_back_by_renouncing_one_category(world: World) -> None:
    world.grant("alice", "carol", READ | SHARE, LABORATORY, IMAGING)
    both = [LABORATORY, IMAGING]
    world.consent.send(world["carol"], "passOn", world["alice"], world["dave"], both, world.terms(READ))
    world.consent.send(world["dave"], "renounce", world["alice"], [LABORATORY])
    done = world.consent.send(world["carol"], "takeBack", world["alice"], world["dave"], both)
    assert [event.args["category"] for event in done.events] == [IMAGING]
    assert world.effective_rights("alice", "dave", IMAGING) == 0


def test_a_sharer_out_of_standing_can_still_take_back(sharing: World) -> None:
    pass_on(sharing, "carol", "dave")
    sharing.directory.send(sharing["hospital"], "suspend", sharing["carol"])
    sharing.consent.send(sharing["carol"], "takeBack", sharing["alice"], sharing["dave"], [LABORATORY])
    sharing.directory.send(sharing["verifier"], "reinstate", sharing["carol"])
    assert sharing.effective_rights("alice", "dave") == 0


def test_renouncing_frees_the_block_for_other_sharers(sharing: World) -> None:
    sharing.grant("alice", "erin", READ | SHARE, LABORATORY)
    pass_on(sharing, "carol", "dave", READ)
    sharing.consent.send(sharing["dave"], "renounce", sharing["alice"], [LABORATORY])
    pass_on(sharing, "erin", "dave", READ)
    assert sharing.effective_rights("alice", "dave") == READ


def test_a_void_chain_is_not_revived_by_passing_it_in_a_circle(sharing: World) -> None:
    pass_on(sharing, "carol", "dave")
    sharing.consent.send(sharing["carol"], "renounce", sharing["alice"], [LABORATORY])
    pass_on_refused(sharing, "RightMissing", "dave", "carol")
    assert sharing.effective_rights("alice", "dave") == 0 == sharing.effective_rights("alice", "carol")


def test_an_institution_can_hold_and_pass_on_while_in_standing(world: World) -> None:
    world.grant("alice", "hospital", READ | SHARE, LABORATORY)
    pass_on(world, "hospital", "dave", READ)
    assert world.effective_rights("alice", "dave") == READ
    world.directory.send(world["governance"], "setBodyStanding", world["hospital"], False)
    assert world.effective_rights("alice", "dave") == 0
