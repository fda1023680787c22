"""Nodes that disagree, refuse or forget: what happened is not told as failed, and nobody waits for ever."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from mendrec.adapters.db import relay_rows
from mendrec.adapters.db.tables import outbox
from mendrec.domain.errors import RefusedError, UnavailableError
from mendrec.ports import SKIP_NONCE, ContractCall, SignedTransaction
from mendrec.ports_db import OutboxState
from mendrec.ports_relay import NotTaken
from mendrec.services.relay import RelayState, call_of
from mendrec.services.sender import SenderLimits
from mendrec.services.sender_fees import first_fees
from tests.relay.relay_world import GWEI, LEASE_S, RelayWorld
from tests.relay.test_crashes_and_takeovers import states
from tests.relay.test_every_act_relayed import recipient, terms
from tests.relay.test_stuck_and_reorganised import enrol, enrolments, is_enrolled
from tests.simulators.chain_world import wallet_of

pytestmark = pytest.mark.chain

PATIENT = SenderLimits(max_fee_wei=500 * GWEI, replace_after_s=60)
HASTY = replace(PATIENT, spent_wait_s=0)


class Node:
    """A chain's node with faults."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.shows_receipts = self.is_searchable = True
        self.refused: set[str] = set()
        """Signers whose acts it does not take, for what they are."""

    def receipt(self, hash_hex: str) -> Any:
        return self.inner.receipt(hash_hex) if self.shows_receipts else None

    def broadcast(self, transaction: SignedTransaction) -> None:
        if any(one.removeprefix("0x").lower() in transaction.raw_hex for one in self.refused):
            raise NotTaken("No.")
        self.inner.broadcast(transaction)

    def find_act(self, call: ContractCall) -> Any:
        if self.is_searchable:
            return self.inner.find_act(call)
        raise UnavailableError("Ask for less.")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


@pytest.mark.parametrize("limits", [PATIENT, HASTY])
def test_an_act_whose_receipt_is_late_is_not_told_as_failed(relay: RelayWorld, limits: SenderLimits) -> None:
    node = Node(relay.world.writer)
    node.shows_receipts = False
    office = relay.office(ledger=node, limits=limits)
    act_id_hex = enrol(relay)
    for _ in range(8):
        office.round()
        assert relay.desk.status(act_id_hex).state is not RelayState.FAILED
    assert is_enrolled(relay)
    node.shows_receipts = True
    relay.work(office)
    assert relay.desk.status(act_id_hex).state is RelayState.FINAL
    assert relay.world.writer.spent_nonces(relay.payer.address) == 1


def test_a_spent_nonce_is_waited_for_over_some_time_and_not_over_some_looks(relay: RelayWorld) -> None:
    node = Node(relay.world.writer)
    node.shows_receipts = False
    office = relay.office(ledger=node, limits=PATIENT)
    enrol(relay)
    for _ in range(8):
        office.round()
    (lane,) = relay.lane.in_flight()
    assert lane.row.state is OutboxState.SIGNED
    relay.clock.at += PATIENT.spent_wait_s
    done = office.round()
    assert done is not None
    assert done.put_back == 1


def test_an_act_that_a_restored_database_does_not_know_to_be_done_is_found(relay: RelayWorld) -> None:
    database = Path(str(relay.world.engine.url.database))
    kept = database.with_suffix(".kept")
    act_id_hex = enrol(relay)
    relay.world.engine.dispose()
    shutil.copy(database, kept)
    relay.work()
    done = relay.desk.status(act_id_hex)
    relay.world.engine.dispose()
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    shutil.copy(kept, database)
    assert relay.desk.status(act_id_hex).state is RelayState.QUEUED
    relay.clock.at += LEASE_S
    relay.work(relay.office())
    told = relay.desk.status(act_id_hex)
    assert (told.state, told.transaction_hash_hex, told.block) == (
        RelayState.FINAL,
        done.transaction_hash_hex,
        done.block,
    )
    assert [event.name for event in told.events] == [event.name for event in done.events]
    assert relay.world.writer.spent_nonces(relay.payer.address) == 1


def brought_by_another(relay: RelayWorld) -> str:
    """Taken on here, and sent by somebody else before its turn came."""
    act = relay.sign(relay.world.wallets["patient"], "enrol", {"recipient": recipient("patient")})
    relay.desk.accept(act, by=act.signer)
    other = relay.world.wallets["stranger"]
    relay.world.writer.broadcast(relay.world.writer.sign(call_of(act), other, 0))
    relay.world.anvil.mine()
    return act.id_hex


def test_an_act_that_somebody_else_brought_is_done_and_sent_anew_where_that_is_undone(relay: RelayWorld) -> None:
    mark = relay.world.anvil.snapshot()
    act_id_hex = brought_by_another(relay)
    relay.work()
    assert relay.desk.status(act_id_hex).state is RelayState.FINAL
    assert relay.world.writer.spent_nonces(relay.payer.address) == 0
    relay.world.anvil.revert(mark)
    relay.work()
    assert relay.desk.status(act_id_hex).state is RelayState.FINAL
    assert relay.world.writer.spent_nonces(relay.payer.address) == 1
    assert enrolments(relay) == 1


def test_an_act_whose_transaction_cannot_be_looked_for_waits_and_keeps_no_other_waiting(relay: RelayWorld) -> None:
    node = Node(relay.world.writer)
    node.is_searchable = False
    office = relay.office(ledger=node)
    first, second = brought_by_another(relay), enrol(relay, "other_patient")
    for _ in range(PATIENT.spent_looks):
        relay.work(office)
        relay.clock.at += 1
    relay.world.anvil.mine()
    office.round()
    assert relay.desk.status(second).state is RelayState.FINAL
    assert relay.desk.status(first).state is RelayState.QUEUED
    relay.clock.at += PATIENT.give_up_after_s
    office.round()
    assert relay.desk.status(first).state is RelayState.FAILED


def test_an_act_whose_number_was_cancelled_has_failed(relay: RelayWorld) -> None:
    patient = relay.world.wallets["patient"]
    act = relay.sign(patient, "enrol", {"recipient": recipient("patient")})
    relay.desk.accept(act, by=act.signer)
    relay.world.anvil.fund(patient.address)
    cancel = replace(call_of(act), function="cancelNonce", args=(act.authorization.nonce,))
    relay.world.writer.broadcast(relay.world.writer.sign(cancel, patient, 0))
    relay.world.anvil.mine()
    relay.work()
    told = relay.desk.status(act.id_hex)
    assert told.failure is not None
    assert (told.state, told.failure.name) == (RelayState.FAILED, "NonceAlreadySpent")


def test_an_act_that_stands_on_what_a_reorganisation_undid_waits_for_it(ward: RelayWorld) -> None:
    anvil, stranger = ward.world.anvil, ward.world.wallets["stranger"]
    mark = anvil.snapshot()
    first = ward.bring(stranger, "enrol", {"recipient": recipient("stranger")}).act_id_hex
    office = ward.office()
    ward.work(office)
    grantee = ward.world.wallets["clinician_a"].address
    params = {"grantee": grantee, "categories": [ward.world.reader.categories()[2]], **terms(ward, "READ")}
    second = ward.bring(stranger, "grant", params).act_id_hex
    anvil.rpc("evm_setAutomine", False)
    anvil.revert(mark)
    done = office.round()
    assert done is not None
    assert (done.undone, done.waiting, done.held_up_by) == (1, 1, "unsettled")
    office.holder.give_back()
    office = ward.office()  # one that does not know what was undone
    done = office.round()
    assert done is not None
    assert (done.failed, done.waiting) == (0, 1)
    anvil.rpc("evm_setAutomine", True)
    anvil.mine()
    ward.work(office)
    assert states(ward, [first, second]) == {RelayState.FINAL}


def test_what_waits_for_undone_acts_does_not_wait_for_ever(ward: RelayWorld) -> None:
    anvil, stranger = ward.world.anvil, ward.world.wallets["stranger"]
    mark = anvil.snapshot()
    ward.bring(stranger, "enrol", {"recipient": recipient("stranger")})
    office = ward.office()
    ward.work(office)
    grantee = ward.world.wallets["clinician_a"].address
    params = {"grantee": grantee, "categories": [ward.world.reader.categories()[2]], **terms(ward, "READ")}
    second = ward.bring(stranger, "grant", params).act_id_hex
    anvil.rpc("evm_setAutomine", False)
    anvil.revert(mark)
    office.round()
    ward.clock.at += PATIENT.undone_wait_s
    office.round()
    assert ward.desk.status(second).state is RelayState.FAILED


def test_an_account_that_is_not_taken_from_holds_up_no_other(relay: RelayWorld) -> None:
    """The relayer's key was changed while its last transaction was on its way; its account is empty."""
    world, old = relay.world, relay.payer
    new = next(one for one in map(wallet_of, (f"relayer-{n}" for n in range(50))) if one.address > old.address)
    world.anvil.fund(new.address)
    world.anvil.rpc("evm_setAutomine", False)
    ids = [enrol(relay, "patient"), enrol(relay, "stranger")]
    office = relay.office()
    office.round()
    office.holder.give_back()
    world.anvil.rpc("anvil_dropAllTransactions")
    world.anvil.rpc("anvil_setBalance", old.address, "0x0")
    office = relay.office(payer=new)
    ids.append(enrol(relay, "other_patient"))
    office.round()
    world.anvil.mine()
    office.round()
    assert relay.desk.status(ids[2]).state is RelayState.FINAL
    for _ in range(PATIENT.refused_tries):
        office.round()
    assert states(relay, ids[:2]) == {RelayState.SENT}
    relay.clock.at += PATIENT.give_up_after_s
    world.anvil.rpc("evm_setAutomine", True)
    relay.work(office)
    assert states(relay, ids) == {RelayState.FINAL}, "the new account took them over"
    assert world.writer.spent_nonces(new.address) == 3
    assert enrolments(relay) == 3


def test_an_act_that_is_never_taken_fails_once_its_nonce_is_used_up_and_others_go_on(relay: RelayWorld) -> None:
    node = Node(relay.world.writer)
    office = relay.office(ledger=node)
    bad, good = enrol(relay, "patient"), enrol(relay, "other_patient")
    node.refused.add(relay.world.wallets["patient"].address)
    for _ in range(PATIENT.refused_tries):
        office.round()
    assert states(relay, [bad, good]) == {RelayState.SENT}
    relay.clock.at += PATIENT.give_up_after_s
    relay.world.anvil.rpc("evm_setAutomine", False)
    office.round()
    office.round()
    assert relay.desk.status(bad).state is RelayState.QUEUED, "what was signed for it could still be mined"
    relay.world.anvil.rpc("evm_setAutomine", True)
    relay.world.anvil.mine()
    relay.work(office)
    for _ in range(PATIENT.spent_looks):
        office.round()
    told = relay.desk.status(bad)
    assert told.failure is not None
    assert (told.state, told.failure.name) == (RelayState.FAILED, "NeverTaken")
    assert relay.desk.status(good).state is RelayState.FINAL
    assert enrolments(relay) == 1
    assert relay.world.writer.spent_nonces(relay.payer.address) == 2
    assert [lane.row.call for lane in relay.lane.newest_settled()].count(SKIP_NONCE) == 1


def test_an_act_that_was_given_up_and_is_mined_after_all_is_done(relay: RelayWorld) -> None:
    node = Node(relay.world.writer)
    office = relay.office(ledger=node)
    act_id_hex = enrol(relay)
    node.refused.add(relay.world.wallets["patient"].address)
    for _ in range(PATIENT.refused_tries):
        office.round()
    (lane,) = relay.lane.in_flight()
    relay.world.anvil.rpc("evm_setAutomine", False)
    relay.clock.at += PATIENT.give_up_after_s
    office.round()
    relay.world.anvil.rpc("anvil_dropAllTransactions")
    relay.world.writer.broadcast(lane.attempts[0].transaction)  # another node had it
    relay.world.anvil.mine()
    relay.world.anvil.rpc("evm_setAutomine", True)
    relay.work(office)
    assert relay.desk.status(act_id_hex).state is RelayState.FINAL
    assert relay.world.writer.spent_nonces(relay.payer.address) == 1


def test_the_margin_of_gas_is_never_more_than_a_block_has_room_for(relay: RelayWorld) -> None:
    anvil = relay.world.anvil
    act = relay.sign(relay.world.wallets["patient"], "enrol", {"recipient": recipient("patient")})
    ample = relay.world.writer.estimate_gas(call_of(act), relay.payer.address)
    before = int(anvil.rpc("eth_getBlockByNumber", "latest", False)["gasLimit"], 16)
    anvil.rpc("evm_setBlockGasLimit", hex(int(ample / 1.2 * 1.1)))
    anvil.mine()
    try:
        relay.desk.accept(act, by=act.signer)
        relay.work()
        assert relay.desk.status(act.id_hex).state is RelayState.FINAL
    finally:
        anvil.rpc("evm_setBlockGasLimit", hex(before))
        anvil.mine()


def test_a_node_says_that_it_is_the_transaction_that_it_does_not_take(relay: RelayWorld) -> None:
    writer = relay.world.writer
    room = int(relay.world.anvil.rpc("eth_getBlockByNumber", "latest", False)["gasLimit"], 16)
    fees = first_fees(writer.fee_quote(), 500 * GWEI)
    assert fees is not None
    with pytest.raises(NotTaken):
        writer.broadcast(writer.sign_priced(SKIP_NONCE, relay.payer, 0, gas=room + 1, fees=fees))
    dear = first_fees(writer.fee_quote(), 10**24)
    assert dear is not None
    with pytest.raises(RefusedError):  # of the account, and not of the transaction
        writer.broadcast(writer.sign_priced(SKIP_NONCE, wallet_of("without ether"), 0, gas=21_000, fees=dear))


def test_a_lease_that_a_wrong_clock_took_keeps_nobody_out(any_relay: RelayWorld) -> None:
    relay = any_relay
    right = relay.clock.at
    relay.clock.at += 3600
    ahead = relay.office()
    old = ahead.holder.hold()
    relay.clock.at = right
    other = relay.office()
    new = other.holder.hold()
    assert old is not None
    assert new is not None
    assert new.fence == old.fence + 1


def test_a_clock_that_is_a_little_ahead_keeps_its_lease(any_relay: RelayWorld) -> None:
    relay = any_relay
    relay.clock.at += LEASE_S
    assert relay.office().holder.hold() is not None
    relay.clock.at -= LEASE_S
    assert relay.office().holder.hold() is None


def test_a_holder_whose_clock_was_put_back_renews_its_lease(any_relay: RelayWorld) -> None:
    relay = any_relay
    relay.clock.at += 3600
    office = relay.office()
    office.holder.hold()
    relay.clock.at -= 3600
    lease = office.holder.hold()
    assert lease is not None
    assert lease.expires_at == relay.clock.at + LEASE_S
    assert relay.office().holder.hold() is None


def test_an_act_that_is_in_flight_again_is_not_begun_anew(relay: RelayWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sender undoes its failure between what the desk reads and what it writes."""
    act = relay.sign(relay.world.wallets["patient"], "enrol", {"recipient": recipient("patient")})
    relay.desk.accept(act, by=act.signer)
    key = f"act:{act.id_hex}"
    with relay.world.engine.begin() as connection:
        connection.execute(update(outbox).where(outbox.c.key == key).values(state="failed"))
    checked = relay_rows._require_free_authorization

    def undone_meanwhile(connection: Any, one: Any) -> None:
        checked(connection, one)
        connection.execute(
            update(outbox).where(outbox.c.key == key).values(state="signed", nonce=5, raw_hex="00", hash_hex="11" * 32)
        )

    monkeypatch.setattr(relay_rows, "_require_free_authorization", undone_meanwhile)
    queued = relay_rows.SqlRelayRepository(relay.world.engine).queue(
        act, relayer=relay.payer.address, now=relay.clock.at, per_day=10
    )
    assert (queued.row.state, queued.row.attempt) == (OutboxState.SIGNED, 1)
    assert queued.row.transaction is not None
