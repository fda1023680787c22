"""Each act that can be signed, from its preparation over the relayer to what the chain then says. Nobody has ether."""

from __future__ import annotations

from typing import Any

import pytest
from eth_utils.crypto import keccak

from mendrec.adapters.chain.artifacts_loader import load_artifacts
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.age_recipient import recipient_from_bytes
from mendrec.domain.model import Purpose, Right, Role
from mendrec.domain.signed_act_shapes import SHAPES
from mendrec.services.act_drafts import DRAFTS
from mendrec.services.relay import RelayState
from tests.relay.relay_world import RelayWorld
from tests.simulators.chain_people import DAY_S, add_record, digest_hex, grant, recipient_hex, signed_credential

pytestmark = pytest.mark.chain

LABORATORY = 2


def penniless(relay: RelayWorld, name: str) -> LocalWallet:
    wallet = relay.world.wallets[name]
    relay.world.anvil.rpc("anvil_setBalance", wallet.address, "0x0")
    return wallet


def recipient(name: str) -> str:
    return recipient_from_bytes(bytes.fromhex(recipient_hex(name)[2:]))


def terms(relay: RelayWorld, *rights: str, days: int = 30) -> dict[str, Any]:
    now = relay.world.reader.head_block().timestamp
    return {"rights": list(rights), "from_at": now, "until_at": now + days * DAY_S, "purpose": "TREAT"}


def rights_now(relay: RelayWorld, grantee: str) -> Right:
    wallets = relay.world.wallets
    return relay.world.reader.effective_access(wallets["patient"].address, wallets[grantee].address, LABORATORY).rights


def address(relay: RelayWorld, name: str) -> str:
    return relay.world.wallets[name].address


def ask(relay: RelayWorld) -> str:
    asked = relay.relayed(
        penniless(relay, "clinician_a"),
        "ask",
        {"patient": address(relay, "patient"), "categories": ["laboratory"], **terms(relay, "READ")},
    )
    (event,) = [event for event in asked.events if event.name == "AccessAsked"]
    return str(event.args["requestId"]).removeprefix("0x")


def test_the_relayer_takes_every_signed_act_that_the_contracts_have_and_no_other() -> None:
    declared = {
        (name, item["name"]): item["inputs"]
        for name, artifact in load_artifacts().items()
        for item in artifact.abi
        if item["type"] == "function" and item["name"].endswith("BySig")
    }
    assert set(SHAPES) == set(declared)
    for function, inputs in declared.items():
        assert [name for name, _ in SHAPES[function].members] == [one["name"] for one in inputs], function


def test_a_person_without_ether_enrols(relay: RelayWorld) -> None:
    patient = penniless(relay, "patient")
    told = relay.relayed(patient, "enrol", {"recipient": recipient("patient")})
    found = relay.world.reader.participant(patient.address)
    assert (found.roles, found.recipient) == (Role.PATIENT, recipient("patient"))
    assert told.signer == patient.address
    assert [event.name for event in told.events if event.name == "Enrolled"]


def test_a_clinician_enrols_with_a_credential_and_publishes_another_recipient(relay: RelayWorld) -> None:
    world = relay.world
    for name, role in (("hospital_a", Role.INSTITUTION), ("verifier", Role.VERIFIER)):
        world.send("governance", "Directory", "admitBody", address(relay, name), int(role), recipient_hex(name))
    clinician = penniless(relay, "clinician_a")
    struct, signature = signed_credential(world, "clinician_a", "hospital_a")
    params = {
        "recipient": recipient("clinician_a"),
        "verifier": address(relay, "verifier"),
        "verifier_signature_hex": signature.hex(),
        "credential": {
            "clinician": struct["clinician"],
            "institution": struct["institution"],
            "licence_commitment_hex": struct["licenceCommitment"],
            "issued_at": struct["issuedAt"],
            "expires_at": struct["expiresAt"],
        },
    }
    relay.relayed(clinician, "enrol_clinician", params)
    assert Role.CLINICIAN in world.reader.participant(clinician.address).roles
    relay.relayed(clinician, "publish_recipient", {"recipient": recipient("another")})
    assert world.reader.participant(clinician.address).recipient == recipient("another")


def test_a_grant_is_given_renewed_narrowed_and_revoked(ward: RelayWorld) -> None:
    patient = penniless(ward, "patient")
    whom: dict[str, Any] = {"grantee": address(ward, "clinician_a"), "categories": ["laboratory"]}
    given = terms(ward, "READ", "UPLOAD")
    ward.relayed(patient, "grant", {**whom, **given})
    assert rights_now(ward, "clinician_a") == Right.READ | Right.UPLOAD
    ward.relayed(patient, "renew", {**whom, "until_at": given["until_at"] + DAY_S})
    ward.relayed(patient, "narrow", {**whom, "rights": ["READ"], "until_at": given["until_at"]})
    found = ward.world.reader.permission(patient.address, ward.world.wallets["clinician_a"].address, LABORATORY)
    assert (found.rights, found.until_at, found.purpose) == (Right.READ, given["until_at"], Purpose.TREAT)
    ward.relayed(patient, "revoke", whom)
    assert not rights_now(ward, "clinician_a")


def test_a_request_is_asked_and_approved(ward: RelayWorld) -> None:
    request_id_hex = ask(ward)
    ward.relayed(penniless(ward, "patient"), "approve", {"request_id_hex": request_id_hex})
    assert rights_now(ward, "clinician_a") == Right.READ
    assert ward.world.reader.request_state(request_id_hex) == 2


def test_a_request_is_declined_and_another_withdrawn(ward: RelayWorld) -> None:
    declined = ask(ward)
    ward.relayed(penniless(ward, "patient"), "decline", {"request_id_hex": declined})
    assert ward.world.reader.request_state(declined) == 3
    withdrawn = ask(ward)
    ward.relayed(penniless(ward, "clinician_a"), "withdraw_request", {"request_id_hex": withdrawn})
    assert ward.world.reader.request_state(withdrawn) == 4


def test_access_is_passed_on_taken_back_and_renounced(ward: RelayWorld) -> None:
    grant(ward.world, "clinician_a", Right.READ | Right.SHARE, LABORATORY)
    sharer, patient = penniless(ward, "clinician_a"), address(ward, "patient")
    where: dict[str, Any] = {"patient": patient, "categories": ["laboratory"]}
    onward = {**where, "grantee": address(ward, "clinician_b")}
    ward.relayed(sharer, "pass_on", {**onward, **terms(ward, "READ", days=3)})
    assert rights_now(ward, "clinician_b") == Right.READ
    ward.relayed(sharer, "take_back", onward)
    assert not rights_now(ward, "clinician_b")
    ward.relayed(sharer, "renounce", where)
    assert not rights_now(ward, "clinician_a")


def test_records_are_added_alone_and_in_batches_and_their_paths_are_moved(ward: RelayWorld) -> None:
    grant(ward.world, "clinician_a", Right.UPLOAD, LABORATORY)
    author, patient = penniless(ward, "clinician_a"), ward.world.wallets["patient"].address
    digest = digest_hex("one").removeprefix("0x")
    single = {"patient": patient, "category": "laboratory", "location": 1, "digest_hex": digest}
    ward.relayed(author, "add", single)
    batch = {
        "category": "laboratory",
        "location": 1,
        "count": 3,
        "root_hex": keccak(text="root").hex(),
        "list_digest_hex": keccak(text="list").hex(),
    }
    ward.relayed(author, "add_batches", {"patient": patient, "batches": [batch]})
    entries = [ward.world.reader.entry(patient, sequence) for sequence in range(2)]
    assert [(one.author, one.count, one.digest_hex) for one in entries] == [
        (author.address, 0, digest),
        (author.address, 3, batch["root_hex"]),
    ]
    keys = [{"patient": patient, "sequence": sequence} for sequence in range(2)]
    ward.relayed(author, "mend_paths", {"entries": keys, "to_location": 2, "reason": "MISSING"})
    assert [ward.world.reader.entry(patient, sequence).location for sequence in range(2)] == [2, 2]


@pytest.mark.parametrize("contract", ["Directory", "Consent", "Records"])
def test_a_signature_that_was_given_out_is_taken_back(ward: RelayWorld, contract: str) -> None:
    patient = penniless(ward, "patient")
    ward.relayed(patient, "cancel_nonce", {"contract": contract, "nonce": str(2**255)})
    assert ward.world.reader.is_nonce_spent(contract, patient.address, 2**255)


def test_there_is_a_preparation_for_every_act_of_the_contracts(ward: RelayWorld) -> None:
    """By the functions that the preparations of this module's tests led to."""
    functions = {function.removesuffix("BySig").lower() for _, function in SHAPES}
    assert {kind.replace("_", "") for kind in DRAFTS} == functions


def test_many_acts_of_many_people_are_in_flight_together(relay: RelayWorld) -> None:
    people = [LocalWallet(keccak(text=f"person {number}")) for number in range(20)]
    relay.world.anvil.rpc("evm_setAutomine", False)
    ids = [relay.bring(one, "enrol", {"recipient": recipient(one.address)}).act_id_hex for one in people]
    office = relay.office()
    done = office.round()
    assert done is not None
    assert (done.sent, done.in_flight, done.waiting) == (20, 20, 0)
    relay.world.anvil.mine()
    done = office.round()
    assert done is not None
    assert (done.mined, done.in_flight) == (20, 0)
    assert {relay.desk.status(one).state for one in ids} == {RelayState.FINAL}
    blocks = {relay.desk.status(one).block for one in ids}
    assert len(blocks) == 1, "they waited for nothing of each other"


def test_no_more_are_in_flight_than_the_limit_and_the_rest_follow_in_order(relay: RelayWorld) -> None:
    patient = relay.world.wallets["patient"]
    ids = [
        relay.bring(patient, "cancel_nonce", {"contract": "Directory", "nonce": 10_000 + number}).act_id_hex
        for number in range(7)
    ]
    relay.world.anvil.rpc("evm_setAutomine", False)
    limits = type(relay.limits)(max_fee_wei=relay.limits.max_fee_wei, replace_after_s=60, in_flight=3)
    office = relay.office(limits=limits)
    seen = []
    for _ in range(3):
        done = office.round()
        assert done is not None
        assert done.in_flight <= 3
        seen.append([one for one in ids if relay.desk.status(one).state is RelayState.SENT])
        relay.world.anvil.mine()
    office.round()
    assert seen == [ids[:3], ids[3:6], ids[6:]]


def test_an_entry_is_put_on_the_head_that_is_stated(ward: RelayWorld) -> None:
    add_record(ward.world, "patient", 0)
    patient = ward.world.wallets["patient"]
    head_hex = ward.world.reader.head_link_hex(patient.address)
    digest = digest_hex("two").removeprefix("0x")
    stated = {"sequence": 1, "previous_link_hex": head_hex}
    params = {"patient": patient.address, "category": "laboratory", "location": 1, "digest_hex": digest}
    ward.relayed(patient, "add", {**params, **stated})
    assert ward.world.reader.entry(patient.address, 1).digest_hex == digest
