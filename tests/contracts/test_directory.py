"""Directory: who may take which role, who may take it away, and what each check refuses."""

from __future__ import annotations

import pytest

from mendrec.domain.typed_data import directory as acts
from mendrec.domain.typed_data.signed_acts import cancel_nonce
from tests.contracts.world import (
    CLINICIAN,
    CUSTODIAN,
    DAY,
    INSTITUTION,
    PATIENT,
    VERIFIER,
    World,
    digest,
    refused,
)

ZERO = bytes(32)


def participant(world: World, name: str) -> dict[str, object]:
    return world.directory.call("participant", world[name])


def standing_checks(world: World, name: str) -> dict[str, str | None]:
    """What each check says of someone: None where it passes, else the error's name."""
    answers: dict[str, str | None] = {}
    for check in ("requireEnrolled", "requirePatient", "requireClinician", "requireInStanding"):
        try:
            world.directory.call(check, world[name])
            answers[check.removeprefix("require")] = None
        except Exception as error:
            answers[check.removeprefix("require")] = getattr(error, "name", repr(error))
    return answers


def enrol_clinician_refused(world: World, name: str, credential: tuple, verifier: str, error: str, *values: object):
    signature = world.credential_signature(credential, verifier)
    with refused(error, *values):
        world.directory.call(
            "enrolClinician", world.recipient(name), credential, world[verifier], signature, sender=world[name]
        )


# ------------------------------------------------------------------ enrolling


def test_enrol_stores_role_and_recipient_and_says_so(world: World) -> None:
    done = world.enrol("zoe")
    assert done.only("Enrolled") == {"who": world["zoe"], "roles": PATIENT, "recipient": world.recipient("zoe")}
    assert participant(world, "zoe")["roles"] == PATIENT
    assert world.directory.call("recipientOf", world["zoe"]) == world.recipient("zoe")


def test_enrol_refuses_a_second_time_a_body_and_no_recipient(world: World) -> None:
    with refused("AlreadyEnrolled", world["alice"]):
        world.directory.call("enrol", digest("other"), sender=world["alice"])
    with refused("AlreadyEnrolled", world["hospital"]):
        world.directory.call("enrol", digest("other"), sender=world["hospital"])
    with refused("InvalidRecipient", world["stranger"]):
        world.directory.call("enrol", ZERO, sender=world["stranger"])


def test_one_person_can_be_patient_and_clinician_in_either_order(world: World) -> None:
    world.enrol("carol")
    world.enrol_clinician("alice")
    for name in ("carol", "alice"):
        assert participant(world, name)["roles"] == PATIENT | CLINICIAN
        assert standing_checks(world, name) == dict.fromkeys(("Enrolled", "Patient", "Clinician", "InStanding"))


def test_enrol_clinician_stores_institution_verifier_and_expiry(world: World) -> None:
    credential = world.credential("stranger", "clinic")
    signature = world.credential_signature(credential, "other verifier")
    arguments = (world.recipient("stranger"), credential, world["other verifier"], signature)
    done = world.directory.send(world["stranger"], "enrolClinician", *arguments)
    assert done.only("CredentialAccepted") == {
        "clinician": world["stranger"],
        "institution": world["clinic"],
        "verifier": world["other verifier"],
        "licenceCommitment": digest("licence of stranger"),
        "expiresAt": credential[4],
    }
    stored = participant(world, "stranger")
    assert (stored["roles"], stored["institution"], stored["verifier"]) == (CLINICIAN, 2, 4)
    assert (stored["credentialExpiresAt"], stored["credentialNotBefore"]) == (credential[4], credential[3])
    assert world.directory.call("recipientOf", world["stranger"]) == world.recipient("stranger")


def test_enrol_clinician_refuses_whoever_is_not_the_clinician(world: World) -> None:
    credential = world.credential("zoe")
    signature = world.credential_signature(credential)
    with refused("NotAllowed", world["stranger"]):
        arguments = (digest("r"), credential, world["verifier"], signature)
        world.directory.call("enrolClinician", *arguments, sender=world["stranger"])


def test_enrol_clinician_refuses_bad_credentials(world: World) -> None:
    now, good = world.chain.now(), world.credential("zoe")
    zoe = world["zoe"]
    # signed by a body that is no verifier, for a body that is no institution
    enrol_clinician_refused(world, "zoe", good, "custodian", "NotInStanding", world["custodian"])
    wrong = world.credential("zoe", "custodian")
    enrol_clinician_refused(world, "zoe", wrong, "verifier", "NotInStanding", world["custodian"])
    # over already, at this very second; dated too far ahead
    over = world.credential("zoe", expires_at=now)
    enrol_clinician_refused(world, "zoe", over, "verifier", "CredentialExpired", zoe, now)
    ahead = world.credential("zoe", issued_at=now + 61)
    enrol_clinician_refused(world, "zoe", ahead, "verifier", "InvalidCredential", zoe, world["verifier"])
    # what was signed is something else
    signature = world.credential_signature(world.credential("zoe", expires_at=now + DAY))
    with refused("InvalidCredential", zoe, world["verifier"]):
        world.directory.call("enrolClinician", digest("r"), good, world["verifier"], signature, sender=zoe)
    with refused("InvalidRecipient", zoe):
        good_signature = world.credential_signature(good)
        world.directory.call("enrolClinician", ZERO, good, world["verifier"], good_signature, sender=zoe)


def test_a_credential_may_be_dated_as_far_ahead_as_the_clock_skew(world: World) -> None:
    credential = world.credential("zoe", issued_at=world.chain.now() + 60)
    signature = world.credential_signature(credential)
    arguments = (digest("r"), credential, world["verifier"], signature)
    world.directory.call("enrolClinician", *arguments, sender=world["zoe"])


@pytest.mark.parametrize("lapsed", ["verifier", "hospital"])
def test_no_credential_counts_from_or_for_a_body_out_of_standing(world: World, lapsed: str) -> None:
    world.directory.send(world["governance"], "setBodyStanding", world[lapsed], False)
    enrol_clinician_refused(world, "zoe", world.credential("zoe"), "verifier", "NotInStanding", world[lapsed])


def test_a_clinician_or_a_body_cannot_enrol_as_clinician(world: World) -> None:
    world.chain.set_time(world.chain.now() + 10)
    for name in ("carol", "hospital"):
        enrol_clinician_refused(world, name, world.credential(name), "verifier", "AlreadyEnrolled", world[name])


def test_a_suspended_patient_cannot_enrol_as_clinician(world: World) -> None:
    world.directory.send(world["governance"], "suspend", world["alice"])
    credential = world.credential("alice")
    enrol_clinician_refused(world, "alice", credential, "verifier", "ParticipantSuspended", world["alice"])


# ------------------------------------------------------------------ credentials


def renew(world: World, name: str, **details: object) -> object:
    credential = world.credential(name, **details)  # type: ignore[arg-type]
    signature = world.credential_signature(credential)
    return world.directory.send(world["relayer"], "renewCredential", credential, world["verifier"], signature)


def test_renewing_replaces_the_credential_by_a_newer_one_only(world: World) -> None:
    issued_at = participant(world, "carol")["credentialNotBefore"]
    with refused("CredentialNotNewer", world["carol"], issued_at, issued_at):
        renew(world, "carol")
    world.chain.set_time(world.chain.now() + 1)
    renew(world, "carol", institution="clinic")
    assert participant(world, "carol")["institution"] == 2
    with refused("CredentialNotNewer"):
        renew(world, "carol", institution="hospital", issued_at=issued_at)


def test_renewing_refuses_who_is_no_clinician_or_is_suspended(world: World) -> None:
    with refused("NotEnrolled", world["stranger"]):
        renew(world, "stranger")
    with refused("NotAClinician", world["alice"]):
        renew(world, "alice")
    world.directory.send(world["hospital"], "suspend", world["carol"])
    world.chain.set_time(world.chain.now() + 1)
    with refused("ParticipantSuspended", world["carol"]):
        renew(world, "carol")


def test_credential_holds_until_its_last_second_and_not_at_its_expiry(world: World) -> None:
    expires_at = participant(world, "carol")["credentialExpiresAt"]
    world.chain.set_time(expires_at - 1)
    world.directory.call("requireClinician", world["carol"])
    world.chain.set_time(expires_at)
    for check in ("requireClinician", "requireEnrolled", "requireInStanding"):
        with refused("CredentialExpired", world["carol"], expires_at):
            world.directory.call(check, world["carol"])


@pytest.mark.parametrize("by", ["governance", "verifier", "hospital"])
def test_a_revoked_credential_is_dead_and_cannot_be_presented_again(world: World, by: str) -> None:
    world.chain.set_time(world.chain.now() + 100)
    withheld = world.credential("carol", issued_at=world.chain.now() + 60)
    withheld_signature = world.credential_signature(withheld)
    done = world.directory.send(world[by], "revokeCredential", world["carol"])
    assert done.only("CredentialRevoked") == {"clinician": world["carol"], "by": world[by]}
    for check in ("requireClinician", "requireEnrolled", "requireInStanding"):
        with refused("CredentialNotInForce", world["carol"]):
            world.directory.call(check, world["carol"])
    world.chain.set_time(world.chain.now() + 61)
    with refused("CredentialNotNewer"):
        arguments = (withheld, world["verifier"], withheld_signature)
        world.directory.call("renewCredential", *arguments, sender=world["carol"])
    renew(world, "carol")
    world.directory.call("requireClinician", world["carol"])


@pytest.mark.parametrize("act", ["revokeCredential", "suspend"])
@pytest.mark.parametrize("by", ["clinic", "other verifier", "custodian", "carol", "stranger", "alice"])
def test_only_governance_verifier_and_institution_revoke_and_suspend(world: World, act: str, by: str) -> None:
    with refused("NotAllowed", world[by]):
        world.directory.call(act, world["carol"], sender=world[by])


@pytest.mark.parametrize("act", ["revokeCredential", "suspend"])
@pytest.mark.parametrize("by", ["verifier", "hospital"])
def test_a_body_out_of_standing_neither_revokes_nor_suspends(world: World, act: str, by: str) -> None:
    world.directory.send(world["governance"], "setBodyStanding", world[by], False)
    with refused("NotAllowed", world[by]):
        world.directory.call(act, world["carol"], sender=world[by])


def test_revoking_a_credential_needs_a_clinician(world: World) -> None:
    for name, error in (("alice", "NotAClinician"), ("stranger", "NotEnrolled"), ("hospital", "IsABody")):
        with refused(error, world[name]):
            world.directory.call("revokeCredential", world[name], sender=world["governance"])


# ------------------------------------------------------------------ suspension


def test_governance_suspends_the_whole_person_and_alone_reinstates(world: World) -> None:
    world.enrol("carol")
    done = world.directory.send(world["governance"], "suspend", world["carol"])
    assert done.only("Suspended") == {"who": world["carol"], "by": world["governance"]}
    everything = ("Enrolled", "Patient", "Clinician", "InStanding")
    assert standing_checks(world, "carol") == dict.fromkeys(everything, "ParticipantSuspended")
    for name in ("verifier", "hospital", "carol"):
        with refused("NotAllowed", world[name]):
            world.directory.call("reinstate", world["carol"], sender=world[name])
    done = world.directory.send(world["governance"], "reinstate", world["carol"])
    assert done.only("Reinstated") == {"who": world["carol"], "by": world["governance"]}
    assert standing_checks(world, "carol") == dict.fromkeys(everything)


@pytest.mark.parametrize("by", ["verifier", "hospital"])
def test_an_employer_or_verifier_suspends_the_practice_and_not_the_patient(world: World, by: str) -> None:
    world.enrol("carol")
    world.directory.send(world[by], "suspend", world["carol"])
    assert standing_checks(world, "carol") == {
        "Enrolled": None,
        "Patient": None,
        "Clinician": "ParticipantSuspended",
        "InStanding": "ParticipantSuspended",
    }
    for name in ("hospital", "other verifier", "carol"):
        with refused("NotAllowed", world[name]):
            world.directory.call("reinstate", world["carol"], sender=world[name])
    world.directory.send(world["verifier"], "reinstate", world["carol"])
    world.directory.call("requireClinician", world["carol"])


def test_a_suspended_clinician_who_is_no_patient_is_not_enrolled_either(world: World) -> None:
    world.directory.send(world["hospital"], "suspend", world["carol"])
    with refused("ParticipantSuspended", world["carol"]):
        world.directory.call("requireEnrolled", world["carol"])


def test_a_verifiers_suspension_does_not_lift_that_of_governance(world: World) -> None:
    world.directory.send(world["governance"], "suspend", world["carol"])
    world.directory.send(world["verifier"], "suspend", world["carol"])
    with refused("NotAllowed", world["verifier"]):
        world.directory.call("reinstate", world["carol"], sender=world["verifier"])


def test_a_verifier_out_of_standing_reinstates_nobody(world: World) -> None:
    world.directory.send(world["hospital"], "suspend", world["carol"])
    world.directory.send(world["governance"], "setBodyStanding", world["verifier"], False)
    with refused("NotAllowed", world["verifier"]):
        world.directory.call("reinstate", world["carol"], sender=world["verifier"])


@pytest.mark.parametrize("by", ["hospital", "verifier", "stranger"])
def test_bodies_do_not_suspend_patients(world: World, by: str) -> None:
    with refused("NotAllowed", world[by]):
        world.directory.call("suspend", world["alice"], sender=world[by])


def test_bodies_are_not_suspended_and_strangers_neither(world: World) -> None:
    for act in ("suspend", "reinstate"):
        with refused("IsABody", world["hospital"]):
            world.directory.call(act, world["hospital"], sender=world["governance"])
        with refused("NotEnrolled", world["stranger"]):
            world.directory.call(act, world["stranger"], sender=world["governance"])


def test_lapsed_clinician_who_is_a_patient_stays_enrolled_as_patient_only(world: World) -> None:
    world.enrol("carol")
    world.directory.send(world["governance"], "revokeCredential", world["carol"])
    assert standing_checks(world, "carol") == {
        "Enrolled": None,
        "Patient": None,
        "Clinician": "CredentialNotInForce",
        "InStanding": "CredentialNotInForce",
    }


def test_checks_tell_roles_apart(world: World) -> None:
    assert standing_checks(world, "alice") == {
        "Enrolled": None,
        "Patient": None,
        "Clinician": "NotAClinician",
        "InStanding": None,
    }
    assert standing_checks(world, "carol") == {
        "Enrolled": None,
        "Patient": "NotAPatient",
        "Clinician": None,
        "InStanding": None,
    }
    assert standing_checks(world, "hospital")["Enrolled"] is None
    everything = ("Enrolled", "Patient", "Clinician", "InStanding")
    assert standing_checks(world, "stranger") == dict.fromkeys(everything, "NotEnrolled")


@pytest.mark.parametrize("body", ["verifier", "hospital"])
def test_a_body_takes_its_clinicians_standing_with_it_and_gives_it_back(world: World, body: str) -> None:
    done = world.directory.send(world["governance"], "setBodyStanding", world[body], False)
    assert done.only("BodyStandingChanged")["inStanding"] is False
    for check in ("requireClinician", "requireEnrolled", "requireInStanding"):
        with refused("NotInStanding", world[body]):
            world.directory.call(check, world["carol"])
    with refused("NotInStanding", world[body]):
        world.directory.call("requireEnrolled", world[body])
    world.directory.send(world["governance"], "setBodyStanding", world[body], True)
    world.directory.call("requireClinician", world["carol"])


# ------------------------------------------------------------------ governance


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("admitBody", ("0x" + "11" * 20, INSTITUTION, bytes(32))),
        ("setBodyStanding", ("0x" + "11" * 20, False)),
        ("addCategory", ("dental",)),
        ("addCategories", (["dental"],)),
        ("renounceOwnership", ()),
    ],
)
def test_only_governance_governs(world: World, function: str, arguments: tuple[object, ...]) -> None:
    with refused("OwnableUnauthorizedAccount", world["hospital"]):
        world.directory.call(function, *arguments, sender=world["hospital"])


def test_governance_moves_in_two_steps_and_cannot_be_given_up(world: World) -> None:
    world.directory.send(world["governance"], "transferOwnership", world["stranger"])
    assert world.directory.call("owner") == world["governance"]
    world.directory.send(world["stranger"], "acceptOwnership")
    assert world.directory.call("owner") == world["stranger"]
    with refused("GovernanceRequired"):
        world.directory.call("renounceOwnership", sender=world["stranger"])


def test_admit_body_numbers_from_one_and_stores_it(world: World) -> None:
    assert [world.directory.call("bodyOf", number) for number in (1, 3)] == [world["hospital"], world["verifier"]]
    arguments = (world["stranger"], INSTITUTION | CUSTODIAN, digest("key"))
    done = world.directory.send(world["governance"], "admitBody", *arguments)
    assert done.only("BodyAdmitted")["number"] == 6 == world.directory.call("bodyCount")
    assert world.directory.call("isBodyInStanding", 6)
    assert not world.directory.call("isBodyInStanding", 7)
    assert participant(world, "stranger")["body"] == 6
    assert world.directory.call("recipientOf", world["stranger"]) == digest("key")


def test_admit_body_refuses_wrong_roles_missing_keys_and_who_is_known(world: World) -> None:
    def admit(error: str, name: str, roles: int, recipient: bytes = digest("key")) -> None:
        with refused(error):
            world.directory.call("admitBody", world[name], roles, recipient, sender=world["governance"])

    admit("InvalidBodyRoles", "stranger", 0)
    admit("InvalidBodyRoles", "stranger", INSTITUTION | PATIENT)
    admit("InvalidBodyRoles", "stranger", 32)
    admit("InvalidRecipient", "stranger", CUSTODIAN | VERIFIER, ZERO)
    admit("AlreadyEnrolled", "alice", INSTITUTION)
    admit("AlreadyEnrolled", "hospital", CUSTODIAN)
    with refused("NotEnrolled"):
        zero = "0x" + "00" * 20
        world.directory.call("admitBody", zero, INSTITUTION, digest("key"), sender=world["governance"])
    world.directory.call("admitBody", world["stranger"], VERIFIER, ZERO, sender=world["governance"])


def test_standing_is_of_bodies_only(world: World) -> None:
    for name in ("alice", "stranger"):
        with refused("NotEnrolled", world[name]):
            world.directory.call("setBodyStanding", world[name], False, sender=world["governance"])
    for number in (0, 6):
        with refused("UnknownBody", number):
            world.directory.call("bodyOf", number)


def test_standing_bits_do_not_touch_each_other_across_words(world: World) -> None:
    """130 bodies reach the second word; a location's bit lies beside them."""
    for index in range(6, 131):
        address = "0x" + index.to_bytes(20, "big").hex()
        world.directory.send(world["governance"], "admitBody", address, INSTITUTION, ZERO)
    last = "0x" + (130).to_bytes(20, "big").hex()
    world.directory.send(world["governance"], "setBodyStanding", last, False)
    standing = [number for number in range(260) if world.directory.call("isBodyInStanding", number)]
    assert standing == list(range(1, 130))
    assert world.directory.call("location", 2)["active"]
    world.directory.send(world["clinic"], "retireLocation", 2)
    assert world.directory.call("isBodyInStanding", 2)
    assert world.directory.call("isBodyInStanding", 130) is False


# ------------------------------------------------------------------ categories


def test_categories_are_numbered_from_one_and_never_twice(world: World) -> None:
    assert world.directory.call("categoryCount") == 11
    done = world.directory.send(world["governance"], "addCategories", ["dental", "x-9"])
    assert [event.args["category"] for event in done.events] == [12, 13]
    assert world.directory.call("categoryCode", 13) == "x-9"
    for code in ("dental", "laboratory"):
        with refused("CategoryExists", code):
            world.directory.call("addCategory", code, sender=world["governance"])
    assert world.directory.call("addCategory", "eye", sender=world["governance"]) == 14
    assert world.directory.call("addCategories", ["eye"], sender=world["governance"]) == 14


@pytest.mark.parametrize("code", ["", "Dental", "den tal", "den_tal", "zähne", "a" * 65, "a`", "a{", "a/", "a:"])
def test_category_codes_outside_the_alphabet_are_refused(world: World, code: str) -> None:
    with refused("InvalidCategoryCode", code):
        world.directory.call("addCategory", code, sender=world["governance"])


def test_the_longest_category_code_is_64_characters(world: World) -> None:
    world.directory.call("addCategory", "a" * 64, sender=world["governance"])


def test_unknown_categories_are_refused(world: World) -> None:
    for function in ("categoryCode", "categoryCodeHash", "requireCategory"):
        for category in (0, 12):
            with refused("UnknownCategory", category):
                world.directory.call(function, category)
    with refused("UnknownCategory", 12):
        world.directory.call("requireCategories", [1, 12])
    world.directory.call("requireCategories", [1, 11])


# ------------------------------------------------------------------ locations


def test_locations_are_added_by_institutions_in_standing(world: World) -> None:
    done = world.directory.send(world["hospital"], "addLocation", 3, "s3://bucket/")
    assert done.only("LocationAdded") == {
        "location": 3,
        "operator": world["hospital"],
        "kind": 3,
        "baseUri": "s3://bucket/",
    }
    expected = {"operator": world["hospital"], "kind": 3, "active": True, "baseUri": "s3://bucket/"}
    assert world.directory.call("location", 3) == expected
    assert world.directory.call("locationCount") == 3
    for name in ("verifier", "alice", "carol", "stranger", "governance"):
        with refused("NotAllowed", world[name]):
            world.directory.call("addLocation", 1, "file:///x/", sender=world[name])
    world.directory.send(world["governance"], "setBodyStanding", world["hospital"], False)
    with refused("NotAllowed", world["hospital"]):
        world.directory.call("addLocation", 1, "file:///x/", sender=world["hospital"])


def test_locations_need_a_known_kind_and_a_uri(world: World) -> None:
    for kind in (0, 6):
        with refused("InvalidLocationKind", kind):
            world.directory.call("addLocation", kind, "file:///x/", sender=world["hospital"])
    world.directory.call("addLocation", 5, "https://x/", sender=world["hospital"])
    with refused("EmptyBaseUri"):
        world.directory.call("addLocation", 1, "", sender=world["hospital"])
    with refused("EmptyBaseUri"):
        world.directory.call("moveLocation", 1, "", sender=world["hospital"])


@pytest.mark.parametrize("by", ["hospital", "governance"])
def test_locations_are_moved_and_retired_by_operator_or_governance(world: World, by: str) -> None:
    world.directory.send(world[by], "moveLocation", 1, "file:///new-ward/")
    assert world.directory.call("location", 1)["baseUri"] == "file:///new-ward/"
    world.directory.send(world[by], "retireLocation", 1)
    assert world.directory.call("location", 1)["active"] is False
    with refused("LocationNotActive", 1):
        world.directory.call("requireLocation", 1)
    for function, arguments in (("moveLocation", (1, "file:///x/")), ("retireLocation", (1,))):
        with refused("LocationNotActive", 1):
            world.directory.call(function, *arguments, sender=world[by])


@pytest.mark.parametrize(("function", "arguments"), [("moveLocation", (1, "file:///x/")), ("retireLocation", (1,))])
def test_locations_of_others_stay_where_they_are(world: World, function: str, arguments: tuple[object, ...]) -> None:
    for name in ("clinic", "alice", "stranger"):
        with refused("NotAllowed", world[name]):
            world.directory.call(function, *arguments, sender=world[name])
    world.directory.send(world["governance"], "setBodyStanding", world["hospital"], False)
    with refused("NotAllowed", world["hospital"]):
        world.directory.call(function, *arguments, sender=world["hospital"])


def test_unknown_locations_are_refused(world: World) -> None:
    for number in (0, 3):
        for function, arguments in (("location", (number,)), ("requireLocation", (number,))):
            with refused("UnknownLocation", number):
                world.directory.call(function, *arguments)
        with refused("UnknownLocation", number):
            world.directory.call("isOperatorInStanding", world["hospital"], number)


# ------------------------------------------------------------------ recipients and signatures


def test_recipients_are_replaced_by_those_enrolled(world: World) -> None:
    done = world.directory.send(world["custodian"], "publishRecipient", digest("new"))
    assert done.only("RecipientPublished") == {"who": world["custodian"], "recipient": digest("new")}
    assert world.directory.call("recipientOf", world["custodian"]) == digest("new")
    with refused("NotEnrolled", world["stranger"]):
        world.directory.call("publishRecipient", digest("new"), sender=world["stranger"])
    with refused("InvalidRecipient", world["alice"]):
        world.directory.call("publishRecipient", ZERO, sender=world["alice"])


def test_enrolling_and_publishing_by_signature(world: World) -> None:
    world.person("zoe")
    domain = world.domain("Directory")
    auth = world.authorization("zoe", acts.enrol, domain, world["zoe"], digest("r").hex())
    world.directory.send(world["relayer"], "enrolBySig", world["zoe"], digest("r"), auth)
    assert participant(world, "zoe")["roles"] == PATIENT
    auth = world.authorization("zoe", acts.publish_recipient, domain, world["zoe"], digest("s").hex())
    with refused("InvalidSignature", world["zoe"]):
        arguments = (world["zoe"], digest("another"), auth)
        world.directory.call("publishRecipientBySig", *arguments, sender=world["relayer"])
    world.directory.send(world["relayer"], "publishRecipientBySig", world["zoe"], digest("s"), auth)
    assert world.directory.call("recipientOf", world["zoe"]) == digest("s")


def test_enrolling_a_clinician_by_signature_of_that_clinician(world: World) -> None:
    credential = world.credential("zoe")
    stated = acts.Credential(credential[0], credential[1], credential[2].hex(), credential[3], credential[4])
    signature = world.credential_signature(credential)
    domain = world.domain("Directory")
    for signer in ("stranger", "zoe"):
        auth = world.authorization(signer, acts.enrol_clinician, domain, stated, world["verifier"], digest("r").hex())
        arguments = (digest("r"), credential, world["verifier"], signature, auth)
        if signer == "stranger":
            with refused("InvalidSignature", world["zoe"]):
                world.directory.call("enrolClinicianBySig", *arguments, sender=world["relayer"])
    world.directory.send(world["relayer"], "enrolClinicianBySig", *arguments)
    world.directory.call("requireClinician", world["zoe"])


def test_nonces_are_cancelled_by_their_owner_and_by_signature(world: World) -> None:
    done = world.directory.send(world["alice"], "cancelNonce", 300)
    assert done.only("NonceSpent") == {"signer": world["alice"], "nonce": 300}
    assert world.directory.call("isNonceSpent", world["alice"], 300)
    assert not world.directory.call("isNonceSpent", world["alice"], 44)
    assert not world.directory.call("isNonceSpent", world["bob"], 300)
    with refused("NonceAlreadySpent", world["alice"], 300):
        world.directory.call("cancelNonce", 300, sender=world["alice"])
    auth = world.authorization("alice", cancel_nonce, world.domain("Directory"), world["alice"], 2**256 - 1)
    with refused("InvalidSignature", world["bob"]):
        world.directory.call("cancelNonceBySig", world["bob"], 2**256 - 1, auth)
    world.directory.send(world["relayer"], "cancelNonceBySig", world["alice"], 2**256 - 1, auth)
    assert world.directory.call("isNonceSpent", world["alice"], 2**256 - 1)
    assert world.directory.call("isNonceSpent", world["alice"], auth[0])


def test_version_is_that_of_the_signing_domain(world: World) -> None:
    for name in ("Directory", "Consent", "Records"):
        contract = getattr(world, name.lower())
        _, domain_name, version, chain_id, address, *_ = contract.call("eip712Domain")
        assert (domain_name, version) == (f"Mendrec {name}", contract.call("version"))
        assert (chain_id, address) == (world.chain.chain_id, contract.address)
