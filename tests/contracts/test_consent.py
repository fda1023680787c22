"""Consent by call: what each act changes, and everything it refuses. The acts by signature have a file of their own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.world import (
    CAREMGT,
    DAY,
    IMAGING,
    LABORATORY,
    MEDICATION,
    READ,
    SHARE,
    TREAT,
    UNKNOWN_CATEGORY,
    UPLOAD,
    World,
    refused,
)


def call(world: World, who: str, function: str, *arguments: Any) -> Any:
    return world.consent.call(function, *arguments, sender=world[who])


def send(world: World, who: str, function: str, *arguments: Any) -> Any:
    return world.consent.send(world[who], function, *arguments)


def block(world: World, patient: str, grantee: str, category: int = LABORATORY) -> dict[str, Any]:
    return world.consent.call("permission", world[patient], world[grantee], category)


def suspend_patient(world: World) -> None:
    world.directory.send(world["governance"], "suspend", world["alice"])


def later(world: World, seconds: int) -> None:
    world.chain.set_time(world.chain.now() + seconds)


# ------------------------------------------------------------------ grant


def test_grant_writes_one_block_for_each_category_and_says_so(world: World) -> None:
    terms = world.terms(READ | UPLOAD, 10, DAY, CAREMGT)
    done = send(world, "alice", "grant", world["carol"], [LABORATORY, IMAGING], terms)
    assert [event.args["category"] for event in done.events] == [LABORATORY, IMAGING]
    stated = dict(zip(("rights", "from", "until", "purpose"), terms, strict=True))
    assert done.events[0].args == {
        "patient": world["alice"],
        "grantee": world["carol"],
        "category": LABORATORY,
        "terms": stated,
        "sequence": 1,
        "generation": 1,
    }
    expected = {**stated, "sequence": 1, "generation": 1, "passedOn": False, "revokedByPatient": False}
    for category in (LABORATORY, IMAGING):
        assert block(world, "alice", "carol", category) == {**expected, "patientSequence": 1}
    assert block(world, "alice", "carol", MEDICATION)["sequence"] == 0
    assert block(world, "bob", "carol")["sequence"] == 0
    assert world.consent.call("effective", world["alice"], world["carol"], LABORATORY) == (stated, 1)


def test_grant_again_replaces_and_counts_both_counters(world: World) -> None:
    world.grant("alice", "carol", READ | SHARE, LABORATORY)
    world.grant("alice", "carol", UPLOAD, LABORATORY)
    now = block(world, "alice", "carol")
    assert (now["rights"], now["sequence"], now["generation"]) == (UPLOAD, 2, 2)


def test_grant_refuses_bad_terms(world: World) -> None:
    now = world.chain.now()

    def grant(error: str, terms: tuple[int, ...], *values: Any) -> None:
        with refused(error, *values):
            call(world, "alice", "grant", world["carol"], [LABORATORY], terms)

    grant("InvalidRights", world.terms(0), 0)
    grant("InvalidRights", world.terms(8), 8)
    grant("InvalidRights", world.terms(READ | 128), READ | 128)
    grant("InvalidPurpose", world.terms(READ, purpose=0), 0)
    grant("InvalidPurpose", world.terms(READ, purpose=9), 9)
    grant("InvalidWindow", (READ, now + 10, now + 10, TREAT), now + 10, now + 10, now)
    grant("InvalidWindow", (READ, now + 10, now + 9, TREAT), now + 10, now + 9, now)
    grant("InvalidWindow", (READ, now - 10, now, TREAT), now - 10, now, now)
    call(world, "alice", "grant", world["carol"], [LABORATORY], (READ, now - 10, now + 1, 8))


def test_grant_refuses_wrong_people_and_categories(world: World) -> None:
    terms = world.terms(READ)

    def grant(error: str, by: str, to: str, categories: list[int], *values: Any) -> None:
        with refused(error, *values):
            call(world, by, "grant", world[to], categories, terms)

    grant("NoCategories", "alice", "carol", [])
    grant("SelfGrant", "alice", "alice", [LABORATORY], world["alice"])
    grant("NotEnrolled", "alice", "stranger", [LABORATORY], world["stranger"])
    grant("NotEnrolled", "stranger", "carol", [LABORATORY], world["stranger"])
    grant("NotAPatient", "dave", "carol", [LABORATORY], world["dave"])
    grant("UnknownCategory", "alice", "carol", [LABORATORY, UNKNOWN_CATEGORY], UNKNOWN_CATEGORY)
    grant("UnknownCategory", "alice", "carol", [0], 0)


def test_grant_refuses_a_suspended_patient_and_grantee(world: World) -> None:
    world.directory.send(world["hospital"], "suspend", world["carol"])
    with refused("ParticipantSuspended", world["carol"]):
        call(world, "alice", "grant", world["carol"], [LABORATORY], world.terms(READ))
    suspend_patient(world)
    with refused("ParticipantSuspended", world["alice"]):
        call(world, "alice", "grant", world["dave"], [LABORATORY], world.terms(READ))


# ------------------------------------------------------------------ time


def test_the_window_holds_from_its_first_second_and_not_at_its_end(world: World) -> None:
    now = world.chain.now()
    start, end = now + 100, now + 200
    send(world, "alice", "grant", world["carol"], [LABORATORY], (READ, start, end, TREAT))
    require = ("requireRight", world["alice"], world["carol"], LABORATORY, READ)
    world.chain.set_time(start - 1)
    with refused("NotYetValid", start, start - 1):
        world.consent.call(*require)
    for second in (start, end - 1):
        world.chain.set_time(second)
        world.consent.call(*require)
    world.chain.set_time(end)
    with refused("Expired", end, end):
        world.consent.call(*require)


def test_require_right_needs_every_bit_and_refuses_none_and_unknown(world: World) -> None:
    world.grant("alice", "carol", READ | UPLOAD, LABORATORY)
    pair = (world["alice"], world["carol"])
    world.consent.call("requireRight", *pair, LABORATORY, READ | UPLOAD)
    for right in (SHARE, READ | SHARE):
        with refused("RightMissing", *pair, LABORATORY, right):
            world.consent.call("requireRight", *pair, LABORATORY, right)
    for right in (0, 8):
        with refused("InvalidRights", right):
            world.consent.call("requireRight", *pair, LABORATORY, right)
    for other in ((world["bob"], world["carol"], LABORATORY), (*pair, IMAGING), (world["alice"], world["dave"], 2)):
        with refused("RightMissing", *other, READ):
            world.consent.call("requireRight", *other, READ)


# ------------------------------------------------------------------ renew


def test_renew_moves_the_end_alone(world: World) -> None:
    world.grant("alice", "carol", READ | SHARE, LABORATORY, purpose=CAREMGT)
    before = block(world, "alice", "carol")
    done = send(world, "alice", "renew", world["carol"], [LABORATORY], before["until"] + 1)
    after = {**before, "until": before["until"] + 1, "sequence": 2, "patientSequence": 2}
    assert block(world, "alice", "carol") == after
    assert done.only("Renewed")["until"] == before["until"] + 1
    assert done.only("Renewed")["sequence"] == 2


def test_renew_refuses_what_is_over_missing_or_no_longer(world: World) -> None:
    world.grant("alice", "carol", READ, LABORATORY)
    until = block(world, "alice", "carol")["until"]

    def renew(error: str, to: str, categories: list[int], end: int, *values: Any) -> None:
        with refused(error, *values):
            call(world, "alice", "renew", world[to], categories, end)

    renew("NoCategories", "carol", [], until + 1)
    renew("NotARenewal", "carol", [LABORATORY], until, until, until)
    renew("NothingGranted", "carol", [IMAGING], until + 1, world["alice"], world["carol"], IMAGING)
    world.chain.set_time(until - 1)
    call(world, "alice", "renew", world["carol"], [LABORATORY], until + DAY)
    world.chain.set_time(until)
    renew("Expired", "carol", [LABORATORY], until + DAY, until, until)


def test_renew_refuses_after_revoke_and_without_standing(world: World) -> None:
    world.grant("alice", "carol", READ, LABORATORY)
    world.grant("alice", "dave", READ, LABORATORY)
    end = world.chain.now() + 90 * DAY
    send(world, "alice", "revoke", world["dave"], [LABORATORY])
    with refused("NothingGranted", world["alice"], world["dave"], LABORATORY):
        call(world, "alice", "renew", world["dave"], [LABORATORY], end)
    world.directory.send(world["verifier"], "revokeCredential", world["carol"])
    with refused("CredentialNotInForce", world["carol"]):
        call(world, "alice", "renew", world["carol"], [LABORATORY], end)
    suspend_patient(world)
    with refused("ParticipantSuspended", world["alice"]):
        call(world, "alice", "renew", world["carol"], [LABORATORY], end)


# ------------------------------------------------------------------ narrow


def test_narrow_takes_rights_or_time_and_keeps_the_rest(world: World) -> None:
    world.grant("alice", "carol", READ | UPLOAD | SHARE, LABORATORY, purpose=CAREMGT)
    before = block(world, "alice", "carol")
    done = send(world, "alice", "narrow", world["carol"], [LABORATORY], READ, before["until"])
    assert block(world, "alice", "carol") == {**before, "rights": READ, "sequence": 2, "patientSequence": 2}
    assert done.only("Narrowed")["rights"] == READ
    send(world, "alice", "narrow", world["carol"], [LABORATORY], READ, before["until"] - 1)
    assert block(world, "alice", "carol")["until"] == before["until"] - 1


def test_narrow_refuses_what_is_not_narrower(world: World) -> None:
    world.grant("alice", "carol", READ | UPLOAD, LABORATORY, from_in=100)
    now, held = world.chain.now(), block(world, "alice", "carol")
    until = held["until"]

    def narrow(error: str, categories: list[int], rights: int, end: int) -> None:
        with refused(error):
            call(world, "alice", "narrow", world["carol"], categories, rights, end)

    narrow("NoCategories", [], READ, until)
    narrow("InvalidRights", [LABORATORY], 0, until)
    narrow("NothingGranted", [IMAGING], READ, until)
    narrow("NotNarrower", [LABORATORY], READ | UPLOAD, until)
    narrow("NotNarrower", [LABORATORY], READ, until + 1)
    narrow("NotNarrower", [LABORATORY], READ | UPLOAD, until + 1)
    narrow("NotNarrower", [LABORATORY], READ | SHARE, until - 1)
    narrow("InvalidWindow", [LABORATORY], READ, now + 100)
    call(world, "alice", "narrow", world["carol"], [LABORATORY], READ, now + 101)
    later(world, 200)
    narrow("InvalidWindow", [LABORATORY], READ, now + 200)
    call(world, "alice", "narrow", world["carol"], [LABORATORY], READ, now + 201)


def test_a_suspended_patient_can_still_narrow_and_revoke(world: World) -> None:
    world.grant("alice", "carol", READ | UPLOAD, LABORATORY)
    suspend_patient(world)
    send(world, "alice", "narrow", world["carol"], [LABORATORY], READ, world.chain.now() + DAY)
    send(world, "alice", "revoke", world["carol"], [LABORATORY])
    assert world.effective_rights("alice", "carol") == 0


# ------------------------------------------------------------------ revoke


def test_revoke_ends_access_at_once_and_says_so(world: World) -> None:
    world.grant("alice", "carol", READ, LABORATORY, IMAGING)
    done = send(world, "alice", "revoke", world["carol"], [LABORATORY])
    assert done.only("Revoked")["by"] == world["alice"]
    assert block(world, "alice", "carol") == {
        **dict.fromkeys(("rights", "from", "until", "purpose"), 0),
        **{"sequence": 2, "generation": 2, "patientSequence": 2, "passedOn": False, "revokedByPatient": True},
    }
    with refused("RightMissing"):
        world.consent.call("requireRight", world["alice"], world["carol"], LABORATORY, READ)
    world.consent.call("requireRight", world["alice"], world["carol"], IMAGING, READ)


def test_revoke_works_on_anything_so_that_nobody_can_make_it_fail(world: World) -> None:
    """A grantee who renounces first, an unknown category, a grantee out of standing: nothing stops it."""
    world.grant("alice", "carol", READ, LABORATORY, IMAGING)
    send(world, "carol", "renounce", world["alice"], [LABORATORY])
    world.directory.send(world["hospital"], "suspend", world["carol"])
    send(world, "alice", "revoke", world["carol"], [LABORATORY, IMAGING, UNKNOWN_CATEGORY])
    send(world, "alice", "revoke", world["stranger"], [LABORATORY])
    send(world, "alice", "revoke", world["carol"], [LABORATORY])
    assert block(world, "alice", "carol")["sequence"] == 4
    assert world.effective_rights("alice", "carol", IMAGING) == 0
    with refused("NoCategories"):
        call(world, "alice", "revoke", world["carol"], [])


def test_only_the_patient_revokes_their_own_blocks(world: World) -> None:
    world.grant("alice", "carol", READ, LABORATORY)
    for other in ("bob", "dave", "governance", "hospital", "stranger"):
        send(world, other, "revoke", world["carol"], [LABORATORY])
    assert world.effective_rights("alice", "carol") == READ


def test_the_patient_grants_again_after_a_revoke(world: World) -> None:
    world.grant("alice", "carol", READ, LABORATORY)
    send(world, "alice", "revoke", world["carol"], [LABORATORY])
    world.grant("alice", "carol", UPLOAD, LABORATORY)
    assert world.effective_rights("alice", "carol") == UPLOAD
    assert block(world, "alice", "carol")["revokedByPatient"] is False


# ------------------------------------------------------------------ ask and approve


def asked(world: World) -> tuple[list[int], tuple[int, ...], bytes]:
    categories, terms = [LABORATORY, IMAGING], world.terms(READ)
    done = send(world, "carol", "ask", world["alice"], categories, terms)
    request = done.only("AccessAsked")
    assert (request["patient"], request["requester"], request["categories"]) == (
        *(world["alice"], world["carol"]),
        categories,
    )
    return categories, terms, request["requestId"]


def test_ask_and_approve_grants_what_was_asked_and_once(world: World) -> None:
    categories, terms, request_id = asked(world)
    assert world.consent.call("requestState", request_id) == 1
    done = send(world, "alice", "approve", world["carol"], categories, terms)
    assert done.only("RequestClosed") == {"requestId": request_id, "state": 2}
    assert world.effective_rights("alice", "carol") == READ == world.effective_rights("alice", "carol", IMAGING)
    with refused("RequestNotPending", request_id):
        call(world, "alice", "approve", world["carol"], categories, terms)
    assert world.consent.call("requestState", request_id) == 2
    send(world, "carol", "ask", world["alice"], categories, terms)


def test_approve_refuses_what_was_not_asked(world: World) -> None:
    categories, terms, _ = asked(world)
    more = (READ | UPLOAD, *terms[1:])
    for by, to, what, which in (
        ("alice", "carol", categories, more),
        ("alice", "carol", categories[:1], terms),
        ("alice", "dave", categories, terms),
        ("bob", "carol", categories, terms),
    ):
        with refused("RequestNotPending"):
            call(world, by, "approve", world[to], what, which)


def test_approve_checks_standing_and_window_at_that_time(world: World) -> None:
    categories, terms, _ = asked(world)
    world.directory.send(world["hospital"], "suspend", world["carol"])
    with refused("ParticipantSuspended", world["carol"]):
        call(world, "alice", "approve", world["carol"], categories, terms)
    world.directory.send(world["verifier"], "reinstate", world["carol"])
    suspend_patient(world)
    with refused("ParticipantSuspended", world["alice"]):
        call(world, "alice", "approve", world["carol"], categories, terms)
    world.directory.send(world["governance"], "reinstate", world["alice"])
    world.chain.set_time(terms[2])
    with refused("InvalidWindow"):
        call(world, "alice", "approve", world["carol"], categories, terms)


def test_requests_are_declined_by_the_patient_and_withdrawn_by_the_asker(world: World) -> None:
    categories, terms, request_id = asked(world)
    with refused("RequestNotPending", bytes(32)):
        call(world, "alice", "decline", bytes(32), world["carol"], categories, terms)
    with refused("RequestNotPending", request_id):
        call(world, "bob", "decline", request_id, world["carol"], categories, terms)
    with refused("RequestNotPending"):
        call(world, "dave", "withdrawRequest", world["alice"], categories, terms)
    done = send(world, "alice", "decline", request_id, world["carol"], categories, terms)
    assert done.only("RequestClosed") == {"requestId": request_id, "state": 3}
    for who, function, arguments in (
        ("alice", "decline", (request_id, world["carol"], categories, terms)),
        ("alice", "approve", (world["carol"], categories, terms)),
        ("carol", "withdrawRequest", (world["alice"], categories, terms)),
    ):
        with refused("RequestNotPending", request_id):
            call(world, who, function, *arguments)
    send(world, "carol", "ask", world["alice"], categories, terms)
    done = send(world, "carol", "withdrawRequest", world["alice"], categories, terms)
    assert done.only("RequestClosed")["state"] == 4 == world.consent.call("requestState", request_id)


def test_ask_refuses_who_may_not_ask_and_what_cannot_be_granted(world: World) -> None:
    terms = world.terms(READ)

    def ask(error: str, by: str, of: str, categories: list[int], which: tuple[int, ...] = terms) -> None:
        with refused(error):
            call(world, by, "ask", world[of], categories, which)

    ask("NotAClinician", "bob", "alice", [LABORATORY])
    ask("NotEnrolled", "stranger", "alice", [LABORATORY])
    ask("NotAPatient", "carol", "dave", [LABORATORY])
    ask("NotEnrolled", "carol", "stranger", [LABORATORY])
    ask("NoCategories", "carol", "alice", [])
    ask("UnknownCategory", "carol", "alice", [UNKNOWN_CATEGORY])
    ask("InvalidRights", "carol", "alice", [LABORATORY], world.terms(0))
    ask("InvalidPurpose", "carol", "alice", [LABORATORY], world.terms(READ, purpose=0))
    ask("InvalidWindow", "carol", "alice", [LABORATORY], world.terms(READ, -10, 0))
    world.enrol("carol")
    ask("SelfGrant", "carol", "carol", [LABORATORY])
    send(world, "carol", "ask", world["alice"], [LABORATORY], terms)
    ask("RequestAlreadyPending", "carol", "alice", [LABORATORY])


# ------------------------------------------------------------------ renounce


def test_renounce_gives_up_access_and_the_patient_may_grant_again(world: World) -> None:
    world.grant("alice", "carol", READ, LABORATORY)
    with refused("NothingGranted", world["alice"], world["dave"], LABORATORY):
        call(world, "dave", "renounce", world["alice"], [LABORATORY])
    with refused("NoCategories"):
        call(world, "carol", "renounce", world["alice"], [])
    done = send(world, "carol", "renounce", world["alice"], [LABORATORY])
    assert done.only("Revoked")["by"] == world["carol"]
    held = block(world, "alice", "carol")
    assert (held["rights"], held["generation"], held["revokedByPatient"], held["patientSequence"]) == (0, 2, False, 1)
    world.grant("alice", "carol", READ, LABORATORY)


def test_contracts_refuse_a_directory_without_code(world: World) -> None:
    nowhere = world["stranger"]
    for name, arguments in (
        ("Consent", (nowhere,)),
        ("Records", (nowhere, world.consent.address)),
        ("Records", (world.directory.address, nowhere)),
    ):
        with refused("NotAContract", nowhere):
            world.chain.deploy(name, *arguments, sender=world["governance"])
    assert world.consent.call("directory") == world.directory.address == world.records.call("directory")
    assert world.records.call("consent") == world.consent.address


@pytest.mark.parametrize("rights", [READ, UPLOAD, READ | UPLOAD])
def test_who_has_no_share_passes_nothing_on(world: World, rights: int) -> None:
    world.grant("alice", "carol", rights, LABORATORY)
    with refused("RightMissing", world["alice"], world["carol"], LABORATORY, SHARE):
        call(world, "carol", "passOn", world["alice"], world["dave"], [LABORATORY], world.terms(READ))
