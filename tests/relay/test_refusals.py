"""What the relayer does not take on, or does not send: told before it costs anything, in the contract's own words."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from eth_utils.crypto import keccak

from mendrec.adapters.db.relay_rows import SqlRelayRepository
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.errors import ContractRefusal, InputError, MendrecError
from mendrec.domain.signed_act import MalformedSignedAct, SignedAct, parse_signed_act, signed_act
from mendrec.ports_relay import AuthorizationInUse, QuotaExceeded
from mendrec.services.act_params import MalformedActParams
from mendrec.services.act_preparation import InvalidDeadline, UnknownAct
from mendrec.services.relay import NoRelayer, NotTheSigner, RelayState
from mendrec.services.relay import UnknownAct as NoSuchAct
from tests.relay.relay_world import RelayWorld
from tests.relay.test_every_act_relayed import recipient, terms

pytestmark = pytest.mark.chain

DAY_S = 24 * 3600


def cancel(nonce: int) -> dict[str, Any]:
    return {"contract": "Directory", "nonce": nonce}


def nothing_was_taken_on(relay: RelayWorld) -> bool:
    return relay.lane.count_waiting() == 0 and not relay.lane.in_flight()


def altered(act: SignedAct, position: int, value: Any) -> SignedAct:
    args = list(act.args)
    args[position] = value
    return signed_act(act.contract, act.function, args)


def test_what_somebody_else_signed_is_refused(relay: RelayWorld) -> None:
    act = relay.sign(relay.world.wallets["patient"], "cancel_nonce", cancel(1_000))
    with pytest.raises(NotTheSigner):
        relay.desk.accept(act, by=relay.world.wallets["other_patient"].address)
    assert nothing_was_taken_on(relay)


def test_a_signature_that_is_not_the_named_persons_is_refused_by_the_contract(relay: RelayWorld) -> None:
    patient, other = relay.world.wallets["patient"], relay.world.wallets["other_patient"]
    prepared = relay.acts.prepare("cancel_nonce", patient.address, cancel(1_000))
    act = prepared.signed(other.sign_typed_data(prepared.typed_data))
    with pytest.raises(ContractRefusal) as refusal:
        relay.desk.accept(act, by=patient.address)
    assert refusal.value.code == "refused.Directory.InvalidSignature"
    assert nothing_was_taken_on(relay)


def test_words_that_were_changed_after_signing_are_refused(ward: RelayWorld) -> None:
    patient = ward.world.wallets["patient"]
    grantee = ward.world.wallets["clinician_a"].address
    params = {"grantee": grantee, "categories": ["laboratory"], **terms(ward, "READ")}
    act = ward.sign(patient, "grant", params)
    for position, value in ((1, ward.world.wallets["clinician_b"].address), (2, [1]), (4, [1])):
        with pytest.raises(ContractRefusal):
            ward.desk.accept(altered(act, position, value), by=patient.address)
    assert nothing_was_taken_on(ward)


def test_the_same_act_again_is_the_same_act_however_far_it_is_and_however_it_is_spelled(relay: RelayWorld) -> None:
    patient = relay.world.wallets["patient"]
    act = relay.sign(patient, "enrol", {"recipient": recipient("patient")})
    first = relay.desk.accept(act, by=patient.address)
    spelled = json.loads(act.to_json())
    spelled["args"][0] = spelled["args"][0].lower()
    spelled["args"][1] = spelled["args"][1].upper().replace("0X", "0x")
    spelled["args"][2]["nonce"] = str(spelled["args"][2]["nonce"])
    again = parse_signed_act(json.dumps(spelled))
    assert again == act
    assert relay.desk.accept(again, by=patient.address) == first
    relay.work()
    done = relay.desk.accept(again, by=patient.address)
    assert (done.act_id_hex, done.state) == (first.act_id_hex, RelayState.FINAL)
    assert relay.world.writer.spent_nonces(relay.payer.address) == 1


def test_an_act_whose_number_is_in_use_or_spent_is_refused(relay: RelayWorld) -> None:
    patient = relay.world.wallets["patient"]
    prepared = relay.acts.prepare("cancel_nonce", patient.address, cancel(1_000))
    first = prepared.signed(patient.sign_typed_data(prepared.typed_data))
    relay.desk.accept(first, by=patient.address)
    # The same number under other words.
    typed_data = {**prepared.typed_data, "message": {**prepared.typed_data["message"], "cancelledNonce": "1001"}}
    other = altered(first, 1, 1_001)
    authorization = {**other.args[-1], "signature": "0x" + patient.sign_typed_data(typed_data).hex()}
    other = altered(other, 2, authorization)
    with pytest.raises(AuthorizationInUse):
        relay.desk.accept(other, by=patient.address)
    relay.work()
    with pytest.raises(ContractRefusal) as refusal:
        relay.desk.accept(other, by=patient.address)
    assert refusal.value.code == "refused.Directory.NonceAlreadySpent"


def test_a_stale_grant_is_refused(ward: RelayWorld) -> None:
    patient = ward.world.wallets["patient"]
    whom = {"grantee": ward.world.wallets["clinician_a"].address, "categories": ["laboratory"]}
    held_back = ward.sign(patient, "grant", {**whom, **terms(ward, "READ")})
    ward.relayed(patient, "grant", {**whom, **terms(ward, "UPLOAD")})
    ward.relayed(patient, "revoke", whom)
    with pytest.raises(ContractRefusal) as refusal:
        ward.desk.accept(held_back, by=patient.address)
    assert refusal.value.code == "refused.Consent.StaleSequence"


def test_an_act_past_its_last_second_is_refused(relay: RelayWorld) -> None:
    patient = relay.world.wallets["patient"]
    act = relay.sign(patient, "cancel_nonce", cancel(1_000), deadline_at=relay.clock.at + 60)
    relay.world.anvil.increase_time(61)
    with pytest.raises(ContractRefusal) as refusal:
        relay.desk.accept(act, by=patient.address)
    assert refusal.value.code == "refused.Directory.SignatureExpired"


def test_an_act_that_became_wrong_while_it_waited_fails_without_being_sent(relay: RelayWorld) -> None:
    patient = relay.world.wallets["patient"]
    late = relay.bring(patient, "cancel_nonce", cancel(1_000), deadline_at=relay.clock.at + 60)
    good = relay.bring(patient, "cancel_nonce", cancel(1_001))
    relay.world.anvil.increase_time(61)
    relay.work()
    told = relay.desk.status(late.act_id_hex)
    assert told.state is RelayState.FAILED
    assert told.failure is not None
    assert told.failure.name == "SignatureExpired"
    assert told.transaction_hash_hex is None
    assert relay.desk.status(good.act_id_hex).state is RelayState.FINAL, "it keeps nobody else waiting"
    assert relay.world.writer.spent_nonces(relay.payer.address) == 1, "it cost nothing"


def test_an_act_that_reverts_in_its_block_fails_with_the_contracts_words(relay: RelayWorld) -> None:
    patient = relay.world.wallets["patient"]
    relay.world.anvil.rpc("evm_setAutomine", False)
    first = relay.bring(patient, "enrol", {"recipient": recipient("one")})
    second = relay.bring(patient, "enrol", {"recipient": recipient("two")})
    office = relay.office()
    office.round()
    relay.world.anvil.mine()
    office.round()
    assert relay.desk.status(first.act_id_hex).state is RelayState.FINAL
    told = relay.desk.status(second.act_id_hex)
    assert told.state is RelayState.FAILED
    assert told.failure is not None
    assert told.failure.name == "AlreadyEnrolled"
    assert told.block is not None


def test_a_failed_act_can_be_taken_on_anew(relay: RelayWorld) -> None:
    """It failed because the relayer's node was a moment behind; the signature still stands."""
    patient = relay.world.wallets["patient"]
    act = relay.sign(patient, "cancel_nonce", cancel(1_000))
    mark = relay.world.anvil.snapshot()
    relay.desk.accept(act, by=patient.address)
    relay.world.send("patient", "Directory", "cancelNonce", act.authorization.nonce)
    relay.work()
    assert relay.desk.status(act.id_hex).state is RelayState.FAILED
    relay.world.anvil.revert(mark)
    assert relay.desk.accept(act, by=patient.address).state is RelayState.QUEUED
    relay.work()
    assert relay.desk.status(act.id_hex).state is RelayState.FINAL


def test_a_quota_is_a_persons_own_and_frees_when_it_says(relay: RelayWorld) -> None:
    relay.quota = 2
    patient, other = relay.world.wallets["patient"], relay.world.wallets["other_patient"]
    started_at = relay.clock.at
    relay.relayed(patient, "cancel_nonce", cancel(1_000))
    relay.clock.at += 100
    second = relay.bring(patient, "cancel_nonce", cancel(1_001))
    third = relay.sign(patient, "cancel_nonce", cancel(1_002), deadline_at=started_at + 2 * DAY_S)
    with pytest.raises(QuotaExceeded) as refusal:
        relay.desk.accept(third, by=patient.address)
    assert refusal.value.frees_at == started_at + DAY_S
    assert str(DAY_S - 100) in refusal.value.message
    relay.bring(other, "cancel_nonce", cancel(1_000))
    assert relay.desk.status(second.act_id_hex).state is RelayState.QUEUED
    relay.clock.at = refusal.value.frees_at - 1
    with pytest.raises(QuotaExceeded):
        relay.desk.accept(third, by=patient.address)
    relay.clock.at = refusal.value.frees_at
    relay.desk.accept(third, by=patient.address)


def test_many_at_once_do_not_get_past_the_quota(relay: RelayWorld) -> None:
    patient = relay.world.wallets["patient"]
    acts = [relay.sign(patient, "cancel_nonce", cancel(1_000 + number)) for number in range(8)]
    numbers = {act.authorization.nonce for act in acts}
    rows = SqlRelayRepository(relay.world.engine)
    start = threading.Barrier(8)
    refused: list[MendrecError] = []

    def work(act: SignedAct) -> None:
        start.wait()
        try:
            rows.queue(act, relayer=relay.payer.address, now=relay.clock.at, per_day=3)
        except (QuotaExceeded, AuthorizationInUse) as error:
            refused.append(error)

    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert relay.lane.count_waiting() == min(3, len(numbers))
    assert len(refused) == 8 - relay.lane.count_waiting()


def test_without_a_relayer_the_desk_says_so_and_still_tells_what_was(relay: RelayWorld) -> None:
    patient = relay.world.wallets["patient"]
    told = relay.relayed(patient, "cancel_nonce", cancel(1_000))
    desk = type(relay.desk)(
        relay.world.reader, relay.world.writer, SqlRelayRepository(relay.world.engine), relay.clock, None, 0, 0
    )
    with pytest.raises(NoRelayer):
        desk.accept(relay.sign(patient, "cancel_nonce", cancel(1_001)), by=patient.address)
    assert desk.status(told.act_id_hex) == told
    with pytest.raises(NoSuchAct):
        desk.status("00" * 32)


def test_a_persons_acts_come_newest_first_in_pages_and_no_others(relay: RelayWorld) -> None:
    patient, other = relay.world.wallets["patient"], relay.world.wallets["other_patient"]
    mine = [relay.bring(patient, "cancel_nonce", cancel(5_000 + number)).act_id_hex for number in range(5)]
    relay.bring(other, "cancel_nonce", cancel(1_000))
    relay.work()
    pages = []
    after = None
    while page := relay.desk.of_signer(patient.address, after=after, limit=2):
        pages.append([one.act_id_hex for one in page])
        after = page[-1].act_id_hex
    assert pages == [mine[:2:-1], mine[2:0:-1], mine[:1]]
    theirs = relay.desk.of_signer(other.address)[0].act_id_hex
    assert not relay.desk.of_signer(patient.address, after=theirs)


@pytest.mark.parametrize(
    ("contract", "function", "args"),
    [
        ("Directory", "enrol", []),
        ("Directory", "setGovernance", []),
        ("Consent", "enrolBySig", []),
        ("Directory", "enrolBySig", None),
        ("Directory", "enrolBySig", ["0x00"]),
        ("Directory", "enrolBySig", ["0x" + "00" * 20, "0x" + "00" * 31, {}]),
        ("Directory", "enrolBySig", ["0x" + "00" * 20, 7, {}]),
        ("Directory", "enrolBySig", [7, "0x" + "00" * 32, {}]),
        ("Directory", "cancelNonceBySig", ["0x" + "00" * 20, -1, {}]),
        ("Directory", "cancelNonceBySig", ["0x" + "00" * 20, 2**256, {}]),
        ("Directory", "cancelNonceBySig", ["0x" + "00" * 20, True, {}]),
        ("Directory", "cancelNonceBySig", ["0x" + "00" * 20, 1, {"nonce": 1, "deadline": 1}]),
        ("Directory", "cancelNonceBySig", ["0x" + "00" * 20, 1, {"nonce": 1, "deadline": 1, "signature": "0xzz"}]),
        ("Consent", "revokeBySig", ["0x" + "00" * 20, "0x" + "00" * 20, [2**16], [0], {}]),
        ("Consent", "revokeBySig", ["0x" + "00" * 20, "0x" + "00" * 20, [0] * 2000, [0], {}]),
    ],
)
def test_what_is_no_signed_act_is_malformed(contract: str, function: str, args: Any) -> None:
    with pytest.raises(MalformedSignedAct):
        signed_act(contract, function, args)
    body = {"signer": "0x" + "00" * 20, "contract": contract, "function": function, "args": args}
    with pytest.raises(MalformedSignedAct):
        parse_signed_act(json.dumps(body))


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{}", '{"signer": 1}', '{"signer": "0x12", "function": "x"}', "[" * 9999]
)
def test_a_file_that_is_none_is_malformed(text: str) -> None:
    with pytest.raises(MalformedSignedAct):
        parse_signed_act(text)


GRANT = {
    "grantee": "0x" + "11" * 20,
    "categories": ["laboratory"],
    "rights": ["READ"],
    "from_at": 1,
    "until_at": 2,
    "purpose": "TREAT",
}


@pytest.mark.parametrize(
    ("kind", "params", "error"),
    [
        ("give", {}, UnknownAct),
        ("grant", [], MalformedActParams),
        ("grant", {}, MalformedActParams),
        ("grant", {**GRANT, "more": 1}, MalformedActParams),
        ("grant", {**GRANT, "grantee": "0x11"}, MalformedActParams),
        ("grant", {**GRANT, "grantee": 5}, MalformedActParams),
        ("grant", {**GRANT, "rights": []}, MalformedActParams),
        ("grant", {**GRANT, "rights": ["OWN"]}, MalformedActParams),
        ("grant", {**GRANT, "rights": "READ"}, MalformedActParams),
        ("grant", {**GRANT, "purpose": "treat"}, MalformedActParams),
        ("grant", {**GRANT, "until_at": 1}, MalformedActParams),
        ("grant", {**GRANT, "until_at": 2**40}, MalformedActParams),
        ("grant", {**GRANT, "from_at": "-1"}, MalformedActParams),
        ("grant", {**GRANT, "categories": []}, MalformedActParams),
        ("grant", {**GRANT, "categories": ["no-such"]}, MendrecError),
        ("approve", {"request_id_hex": "00" * 32}, MendrecError),
        ("approve", {"request_id_hex": "00"}, MalformedActParams),
        ("enrol", {"recipient": "age1"}, MalformedActParams),
        ("mend_paths", {"entries": [1], "to_location": 1, "reason": "MISSING"}, MalformedActParams),
        ("mend_paths", {"entries": [{}], "to_location": 1, "reason": "MISSING"}, MalformedActParams),
        ("cancel_nonce", {"contract": "Account", "nonce": 1}, MalformedActParams),
    ],
)
def test_what_cannot_be_prepared_is_said(relay: RelayWorld, kind: str, params: Any, error: type[Exception]) -> None:
    with pytest.raises(error) as refusal:
        relay.acts.prepare(kind, relay.world.wallets["patient"].address, params)
    assert isinstance(refusal.value, MendrecError)


@pytest.mark.parametrize("ahead_s", [-1, 0, 31 * DAY_S])
def test_a_last_second_that_is_past_or_far_ahead_is_refused(relay: RelayWorld, ahead_s: int) -> None:
    with pytest.raises(InvalidDeadline):
        relay.acts.prepare(
            "cancel_nonce",
            relay.world.wallets["patient"].address,
            cancel(1),
            deadline_at=relay.clock.at + ahead_s,
        )


def test_a_contract_wallet_signs_and_one_that_says_no_is_refused(relay: RelayWorld) -> None:
    """EIP-1271: the contract asks the wallet's code, here a stub that always answers with the magic value, or never."""
    yes = "0x7f1626ba7e" + "00" * 28 + "60005260206000f3"
    no = "0x60006000fd"
    wallet = LocalWallet(keccak(text="a contract"))
    for code, accepted in ((no, False), (yes, True)):
        relay.world.anvil.rpc("anvil_setCode", wallet.address, code)
        prepared = relay.acts.prepare("cancel_nonce", wallet.address, cancel(1_000))
        act = prepared.signed(b"any words of its owners")
        if accepted:
            relay.desk.accept(act, by=wallet.address)
            relay.work()
            assert relay.world.reader.is_nonce_spent("Directory", wallet.address, 1_000)
        else:
            with pytest.raises(ContractRefusal) as refusal:
                relay.desk.accept(act, by=wallet.address)
            assert refusal.value.name == "InvalidSignature"


def test_input_errors_are_of_the_input_family() -> None:
    assert issubclass(MalformedActParams, InputError)
    assert issubclass(MalformedSignedAct, InputError)
