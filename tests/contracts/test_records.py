"""Records: who may add, what an entry fixes for good, and who may move its path."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi import encode
from eth_utils import keccak

from mendrec.domain.model import Address, MendReason
from mendrec.domain.typed_data import records as acts
from tests.contracts.reference import inclusion_path, tree_root
from tests.contracts.world import (
    DAY,
    IMAGING,
    LABORATORY,
    READ,
    SHARE,
    UNKNOWN_CATEGORY,
    UPLOAD,
    World,
    code,
    digest,
    refused,
)

GENESIS = bytes(32)
LINK_TAG = keccak(text="mendrec/link/v1")
HOSPITAL_STORE, CLINIC_STORE = 1, 2


def link_of(previous: bytes, said: dict[str, Any]) -> bytes:
    """The link as IRecords states it, from what the event said."""
    types = ["bytes32", "bytes32", "address", "uint64", "address", "uint16", "bytes32", "uint24", "uint40"]
    names = ("patient", "sequence", "author", "category", "digest", "count", "recordedAt")
    return keccak(encode(types, [LINK_TAG, previous, *(said[name] for name in names)]))


@pytest.fixture
def uploading(world: World) -> World:
    """Carol may upload to alice's laboratory."""
    world.grant("alice", "carol", UPLOAD, LABORATORY)
    return world


def add_refused(world: World, author: str, error: str, *values: Any, **change: Any) -> None:
    arguments = {
        **{"patient": world["alice"], "category": LABORATORY, "location": HOSPITAL_STORE},
        **{"digest": digest("m"), "sequence": 0, "previous": world.head("alice")},
        **change,
    }
    with refused(error, *values):
        world.records.call("add", *arguments.values(), sender=world[author])


# ------------------------------------------------------------------ adding


def test_an_entry_is_stored_linked_and_said(uploading: World) -> None:
    world = uploading
    first = world.add("carol", "alice", 0).only("EntryAdded")
    world.chain.set_time(world.chain.now() + 5)
    second = world.add("alice", "alice", 1, IMAGING, CLINIC_STORE).only("EntryAdded")
    assert first["link"] == link_of(GENESIS, first)
    assert second["link"] == link_of(first["link"], second) == world.head("alice")
    assert world.records.call("entry", world["alice"], 0) == {
        **{"digest": digest("manifest 0"), "author": world["carol"], "category": LABORATORY, "count": 0},
        **{"location": HOSPITAL_STORE, "recordedAt": world.chain.now() - 5},
    }
    assert world.records.call("entry", world["alice"], 1)["recordedAt"] == world.chain.now()
    assert world.head("bob") == GENESIS


@pytest.mark.parametrize("lapse", ["no right", "other category", "read only", "revoked", "expired", "not yet"])
def test_a_clinician_without_upload_now_adds_nothing(world: World, lapse: str) -> None:
    if lapse == "other category":
        world.grant("alice", "carol", UPLOAD, IMAGING)
    if lapse == "read only":
        world.grant("alice", "carol", READ | SHARE, LABORATORY)
    if lapse in ("revoked", "expired"):
        world.grant("alice", "carol", UPLOAD, LABORATORY, until_in=DAY)
    if lapse == "revoked":
        world.consent.send(world["alice"], "revoke", world["carol"], [LABORATORY])
    if lapse == "expired":
        world.chain.set_time(world.chain.now() + DAY)
    if lapse == "not yet":
        world.grant("alice", "carol", UPLOAD, LABORATORY, from_in=1)
    add_refused(world, "carol", {"expired": "Expired", "not yet": "NotYetValid"}.get(lapse, "RightMissing"))


def test_clinicians_unverified_expired_revoked_or_suspended_add_nothing(uploading: World) -> None:
    world = uploading
    snapshot = world.chain.snapshot()
    expires_at = world.directory.call("participant", world["carol"])["credentialExpiresAt"]
    world.grant("alice", "carol", UPLOAD, LABORATORY, until_in=800 * DAY)
    world.chain.set_time(expires_at)
    add_refused(world, "carol", "CredentialExpired", world["carol"], expires_at)
    world.chain.revert(snapshot)
    for by, function, error in (
        ("verifier", "revokeCredential", "CredentialNotInForce"),
        ("hospital", "suspend", "ParticipantSuspended"),
        ("governance", "suspend", "ParticipantSuspended"),
    ):
        snapshot = world.chain.snapshot()
        world.directory.send(world[by], function, world["carol"])
        add_refused(world, "carol", error, world["carol"])
        world.chain.revert(snapshot)
    world.directory.send(world["governance"], "setBodyStanding", world["verifier"], False)
    add_refused(world, "carol", "NotInStanding", world["verifier"])


def test_a_right_does_not_make_a_patient_or_a_stranger_a_clinician(world: World) -> None:
    world.grant("alice", "bob", UPLOAD, LABORATORY)
    add_refused(world, "bob", "NotAClinician", world["bob"])
    add_refused(world, "stranger", "NotEnrolled", world["stranger"])
    add_refused(world, "stranger", "NotEnrolled", world["stranger"], patient=world["stranger"], previous=GENESIS)


def test_a_patient_adds_to_the_own_record_only_as_enrolled_and_not_suspended(uploading: World) -> None:
    world = uploading
    add_refused(world, "carol", "NotAPatient", world["carol"], patient=world["carol"], previous=GENESIS)
    world.directory.send(world["governance"], "suspend", world["alice"])
    add_refused(world, "alice", "ParticipantSuspended", world["alice"])


@pytest.mark.parametrize("author", ["alice", "carol"])
def test_what_an_entry_says_must_exist(uploading: World, author: str) -> None:
    world = uploading
    add_refused(world, author, "EmptyDigest", digest=bytes(32))
    add_refused(world, author, "UnknownLocation", 3, location=3)
    world.directory.send(world["hospital"], "retireLocation", HOSPITAL_STORE)
    add_refused(world, author, "LocationNotActive", HOSPITAL_STORE)
    error = "UnknownCategory" if author == "alice" else "RightMissing"
    add_refused(world, author, error, category=UNKNOWN_CATEGORY, location=CLINIC_STORE)


def test_an_entry_that_does_not_follow_the_head_is_refused(uploading: World) -> None:
    world = uploading
    add_refused(world, "carol", "WrongSequence", world["alice"], 1, sequence=1)
    add_refused(world, "carol", "StaleHead", world["alice"], digest("x"), GENESIS, previous=digest("x"))
    world.add("carol", "alice", 0)
    head = world.head("alice")
    add_refused(world, "carol", "StaleHead", world["alice"], GENESIS, head, previous=GENESIS)
    for wrong in (0, 2, 7):
        add_refused(world, "carol", "WrongSequence", world["alice"], wrong, sequence=wrong)
    world.add("carol", "alice", 1)
    for wrong in (0, 1):
        add_refused(world, "carol", "WrongSequence", world["alice"], wrong, sequence=wrong)


def test_no_stranger_overwrites_a_pointer_or_moves_it(uploading: World) -> None:
    """The fault: a pointer that anyone may overwrite."""
    world = uploading
    world.add("carol", "alice", 0)
    before = world.records.call("entry", world["alice"], 0)
    for name in ("stranger", "bob", "dave", "clinic", "governance", "custodian"):
        with refused("NotAllowed", world[name]):
            world.records.call("mendPath", world["alice"], 0, CLINIC_STORE, 1, sender=world[name])
    add_refused(world, "carol", "WrongSequence", sequence=0)
    assert world.records.call("entry", world["alice"], 0) == before


# ------------------------------------------------------------------ batches


def batch(name: str, count: int = 256, category: int = LABORATORY, location: int = HOSPITAL_STORE) -> tuple[Any, ...]:
    return (category, location, count, digest(f"root {name}"), digest(f"list {name}"))


def test_batches_become_entries_in_their_order(uploading: World) -> None:
    world = uploading
    world.grant("alice", "carol", UPLOAD, IMAGING)
    world.add("carol", "alice", 0)
    head = world.head("alice")
    batches = [batch("a"), batch("b", 1, IMAGING, CLINIC_STORE)]
    done = world.records.send(world["carol"], "addBatches", world["alice"], batches, 1, head)
    first, second = (event.args for event in done.events if event.name == "EntryAdded")
    assert (first["sequence"], first["count"], first["digest"]) == (1, 256, digest("root a"))
    assert (second["sequence"], second["count"], second["location"]) == (2, 1, CLINIC_STORE)
    assert second["link"] == link_of(link_of(head, first), second) == world.head("alice")
    listed = [event.args for event in done.events if event.name == "BatchListed"]
    assert [(one["sequence"], one["listDigest"]) for one in listed] == [(1, digest("list a")), (2, digest("list b"))]
    world.add("carol", "alice", 3)


def test_batches_are_refused_as_entries_are(uploading: World) -> None:
    world = uploading

    def add(error: str, batches: list[tuple[Any, ...]], sequence: int = 0, previous: bytes = GENESIS) -> None:
        with refused(error):
            arguments = (world["alice"], batches, sequence, previous)
            world.records.call("addBatches", *arguments, sender=world["carol"])

    add("NoEntries", [])
    add("EmptyBatch", [batch("a"), batch("b", 0)])
    add("RightMissing", [batch("a"), batch("b", category=IMAGING)])
    add("UnknownLocation", [batch("a"), batch("b", location=3)])
    add("EmptyDigest", [(LABORATORY, HOSPITAL_STORE, 1, bytes(32), digest("list"))])
    add("StaleHead", [batch("a")], previous=digest("x"))
    add("WrongSequence", [batch("a")], sequence=1)
    world.directory.send(world["hospital"], "suspend", world["carol"])
    add("ParticipantSuspended", [batch("a")])


def test_inclusion_is_shown_for_batches_alone_and_for_their_leaves_alone(uploading: World) -> None:
    world = uploading
    leaves = [digest(f"leaf {index}") for index in range(5)]
    batches = [(LABORATORY, HOSPITAL_STORE, 5, tree_root(leaves), digest("list"))]
    world.records.send(world["carol"], "addBatches", world["alice"], batches, 0, GENESIS)
    world.add("carol", "alice", 1)
    path = inclusion_path(leaves, 3)
    world.records.call("requireIncluded", world["alice"], 0, leaves[3], 3, path)
    for leaf, index in ((leaves[2], 3), (leaves[3], 2), (leaves[3], 5)):
        with refused("NotIncluded", world["alice"], 0, leaf):
            world.records.call("requireIncluded", world["alice"], 0, leaf, index, path)
    with refused("NotABatch", world["alice"], 1):
        world.records.call("requireIncluded", world["alice"], 1, leaves[3], 3, path)
    with refused("UnknownEntry", world["alice"], 2):
        world.records.call("requireIncluded", world["alice"], 2, leaves[3], 3, path)


# ------------------------------------------------------------------ mending


@pytest.fixture
def recorded(uploading: World) -> World:
    """Entry 0 is carol's, entry 1 alice's own; both lie in the hospital's store."""
    uploading.add("carol", "alice", 0)
    uploading.add("alice", "alice", 1)
    return uploading


@pytest.mark.parametrize("by", ["alice", "carol", "hospital"])
def test_patient_author_and_institution_move_a_path_and_nothing_else(recorded: World, by: str) -> None:
    world, before = recorded, recorded.records.call("entry", recorded["alice"], 0)
    head = world.head("alice")
    done = world.records.send(world[by], "mendPath", world["alice"], 0, CLINIC_STORE, MendReason.DAMAGED)
    assert done.only("PathMended") == {
        **{"patient": world["alice"], "sequence": 0, "fromLocation": HOSPITAL_STORE, "toLocation": CLINIC_STORE},
        **{"reason": 1, "by": world[by]},
    }
    assert world.records.call("entry", world["alice"], 0) == {**before, "location": CLINIC_STORE}
    assert world.head("alice") == head
    world.consent.call("requireRight", world["alice"], world["carol"], LABORATORY, UPLOAD)


def test_the_operator_of_the_current_place_moves_it_and_the_former_one_does_not(recorded: World) -> None:
    world = recorded
    mend = ("mendPath", world["alice"], 1)
    # Entry 1 is alice's own: the hospital has a say as operator of the place only.
    world.records.send(world["hospital"], *mend, CLINIC_STORE, 4)
    with refused("NotAllowed", world["hospital"]):
        world.records.call(*mend, HOSPITAL_STORE, 4, sender=world["hospital"])
    world.records.send(world["clinic"], *mend, HOSPITAL_STORE, 4)
    with refused("NotAllowed", world["clinic"]):
        world.records.call(*mend, CLINIC_STORE, 4, sender=world["clinic"])


def test_an_institution_has_no_say_in_what_its_clinician_added_as_a_patient(world: World) -> None:
    world.enrol("carol")
    world.records.send(world["carol"], "add", world["carol"], LABORATORY, CLINIC_STORE, digest("own"), 0, GENESIS)
    with refused("NotAllowed", world["hospital"]):
        world.records.call("mendPath", world["carol"], 0, HOSPITAL_STORE, 1, sender=world["hospital"])


def test_an_institution_mends_its_clinicians_entries_wherever_they_lie(recorded: World) -> None:
    world = recorded
    world.records.send(world["alice"], "mendPath", world["alice"], 0, CLINIC_STORE, 1)
    world.records.send(world["hospital"], "mendPath", world["alice"], 0, HOSPITAL_STORE, 1)


def test_who_lost_standing_mends_nothing(recorded: World) -> None:
    world = recorded

    def mend_refused(by: str, error: str) -> None:
        with refused(error):
            world.records.call("mendPath", world["alice"], 0, CLINIC_STORE, 1, sender=world[by])

    world.directory.send(world["governance"], "setBodyStanding", world["hospital"], False)
    mend_refused("hospital", "NotAllowed")
    mend_refused("carol", "NotInStanding")
    world.directory.send(world["governance"], "suspend", world["alice"])
    mend_refused("alice", "ParticipantSuspended")


def test_an_institution_out_of_standing_has_no_say_by_its_clinician_either(recorded: World) -> None:
    world = recorded
    world.records.send(world["alice"], "mendPath", world["alice"], 0, CLINIC_STORE, 1)
    world.directory.send(world["governance"], "setBodyStanding", world["hospital"], False)
    with refused("NotAllowed", world["hospital"]):
        world.records.call("mendPath", world["alice"], 0, HOSPITAL_STORE, 1, sender=world["hospital"])


def test_a_path_moves_to_another_active_place_for_a_known_reason(recorded: World) -> None:
    world = recorded

    def mend_refused(error: str, sequence: int, to: int, reason: int, *values: Any) -> None:
        with refused(error, *values):
            world.records.call("mendPath", world["alice"], sequence, to, reason, sender=world["alice"])

    mend_refused("SameLocation", 0, HOSPITAL_STORE, 1, HOSPITAL_STORE)
    mend_refused("UnknownLocation", 0, 3, 1, 3)
    mend_refused("UnknownEntry", 2, CLINIC_STORE, 1, world["alice"], 2)
    for reason in (0, 5):
        mend_refused("InvalidReason", 0, CLINIC_STORE, reason, reason)
    world.directory.send(world["clinic"], "retireLocation", CLINIC_STORE)
    mend_refused("LocationNotActive", 0, CLINIC_STORE, 1, CLINIC_STORE)


def test_many_paths_move_at_once_or_none(recorded: World) -> None:
    world = recorded
    keys = [(world["alice"], 0), (world["alice"], 1)]
    with refused("NotAllowed", world["carol"]):
        world.records.call("mendPaths", keys, CLINIC_STORE, 2, sender=world["carol"])
    with refused("NoEntries"):
        world.records.call("mendPaths", [], CLINIC_STORE, 2, sender=world["alice"])
    for to, reason, error in ((CLINIC_STORE, 0, "InvalidReason"), (3, 1, "UnknownLocation")):
        with refused(error):
            world.records.call("mendPaths", keys, to, reason, sender=world["alice"])
    done = world.records.send(world["alice"], "mendPaths", keys, CLINIC_STORE, 2)
    assert [event.args["sequence"] for event in done.events] == [0, 1]


# ------------------------------------------------------------------ by signature


def test_adding_by_signature_and_only_what_was_signed(uploading: World) -> None:
    world = uploading
    people = (Address(world["carol"]), Address(world["alice"]))
    record = acts.SingleRecord(code(LABORATORY), HOSPITAL_STORE, digest("m").hex())
    auth = world.authorization("carol", acts.add_record, world.domain("Records"), *people, record, 0, GENESIS.hex())
    good = [*people, LABORATORY, HOSPITAL_STORE, digest("m"), 0, GENESIS, auth]
    world.grant("alice", "carol", UPLOAD, IMAGING)
    for position, value in ((1, world["bob"]), (2, IMAGING), (3, 2), (4, digest("n")), (5, 1), (6, digest("p"))):
        changed = [*good[:position], value, *good[position + 1 :]]
        with refused("InvalidSignature", world["carol"]):
            world.records.call("addBySig", *changed, sender=world["relayer"])
    with refused("InvalidSignature", world["dave"]):
        world.records.call("addBySig", world["dave"], *good[1:], sender=world["relayer"])
    done = world.records.send(world["relayer"], "addBySig", *good)
    assert done.only("EntryAdded")["author"] == world["carol"]
    with refused("NonceAlreadySpent"):
        world.records.call("addBySig", *good, sender=world["relayer"])


def test_a_signed_entry_is_refused_like_one_by_call(uploading: World) -> None:
    world = uploading
    people = (Address(world["carol"]), Address(world["alice"]))
    record = acts.SingleRecord(code(LABORATORY), HOSPITAL_STORE, digest("m").hex())
    build = (acts.add_record, world.domain("Records"), *people, record)
    auth = world.authorization("carol", *build, 0, GENESIS.hex())
    good = [*people, LABORATORY, HOSPITAL_STORE, digest("m"), 0, GENESIS, auth]
    snapshot = world.chain.snapshot()
    world.add("carol", "alice", 0)
    with refused("StaleHead"):
        world.records.call("addBySig", *good)
    world.chain.revert(snapshot)
    world.directory.send(world["hospital"], "suspend", world["carol"])
    with refused("ParticipantSuspended"):
        world.records.call("addBySig", *good)


def test_batches_by_signature_and_only_what_was_signed(uploading: World) -> None:
    world = uploading
    people = (Address(world["carol"]), Address(world["alice"]))
    batches = [batch("a"), batch("b", 7)]
    stated = [
        acts.RecordBatch(code(category), location, count, root.hex(), listed.hex())
        for category, location, count, root, listed in batches
    ]
    auth = world.authorization("carol", acts.add_batches, world.domain("Records"), *people, stated, 0, GENESIS.hex())
    for position, value in enumerate((IMAGING, CLINIC_STORE, 8, digest("x"), digest("y"))):
        changed = [batches[0], (*batches[1][:position], value, *batches[1][position + 1 :])]
        with refused("InvalidSignature", world["carol"]):
            world.records.call("addBatchesBySig", *people, changed, 0, GENESIS, auth)
    with refused("InvalidSignature", world["carol"]):
        world.records.call("addBatchesBySig", *people, batches[:1], 0, GENESIS, auth)
    done = world.records.send(world["relayer"], "addBatchesBySig", *people, batches, 0, GENESIS, auth)
    assert [event.args["count"] for event in done.events if event.name == "EntryAdded"] == [256, 7]


def test_mending_by_signature_and_only_what_was_signed(recorded: World) -> None:
    world = recorded
    keys = [(world["alice"], 0), (world["alice"], 1)]
    stated = [acts.EntryKey(Address(patient), sequence) for patient, sequence in keys]
    mender = Address(world["alice"])
    auth = world.authorization(
        "alice", acts.mend_paths, world.domain("Records"), mender, stated, CLINIC_STORE, MendReason.MISSING
    )
    for arguments in ((keys[:1], CLINIC_STORE, 2), (keys, HOSPITAL_STORE, 2), (keys, CLINIC_STORE, 1)):
        with refused("InvalidSignature", mender):
            world.records.call("mendPathsBySig", mender, *arguments, auth)
    world.records.send(world["relayer"], "mendPathsBySig", mender, keys, CLINIC_STORE, 2, auth)
    assert [world.records.call("entry", world["alice"], number)["location"] for number in (0, 1)] == [CLINIC_STORE] * 2
