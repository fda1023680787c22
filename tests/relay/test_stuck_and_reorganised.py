"""What is stuck is replaced, what a pool lost is sent again, what was undone is in flight again."""

from __future__ import annotations

import pytest

from mendrec.ports import SKIP_NONCE, ContractCall, Fees
from mendrec.services.relay import RelayState
from mendrec.services.sender import SenderLimits
from tests.relay.relay_world import GWEI, LIMITS, Office, RelayWorld
from tests.relay.test_every_act_relayed import recipient

pytestmark = pytest.mark.chain


def enrol(relay: RelayWorld, name: str = "patient") -> str:
    return relay.bring(relay.world.wallets[name], "enrol", {"recipient": recipient(name)}).act_id_hex


def is_enrolled(relay: RelayWorld, name: str = "patient") -> bool:
    return bool(relay.world.reader.participant(relay.world.wallets[name].address).roles)


def enrolments(relay: RelayWorld) -> int:
    events = relay.world.reader.events(0, relay.world.reader.head_block().number)
    return sum(event.name == "Enrolled" for event in events)


def base_fee(relay: RelayWorld, gwei: int) -> None:
    relay.world.anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(gwei * GWEI))
    relay.world.anvil.mine()


def stuck(relay: RelayWorld) -> tuple[Office, str]:
    """Sent, and then the base fee rises above what it offers."""
    relay.world.anvil.rpc("evm_setAutomine", False)
    act_id_hex = enrol(relay)
    office = relay.office()
    office.round()
    base_fee(relay, 50)
    assert relay.desk.status(act_id_hex).state is RelayState.SENT
    assert not is_enrolled(relay)
    return office, act_id_hex


def test_what_is_stuck_is_replaced_under_its_nonce_at_a_higher_fee(relay: RelayWorld) -> None:
    office, act_id_hex = stuck(relay)
    before = office.round()
    assert before is not None
    assert before.replaced == 0, "not before its time"
    relay.clock.at += LIMITS.replace_after_s
    done = office.round()
    assert done is not None
    assert (done.replaced, done.in_flight) == (1, 1)
    (lane,) = relay.lane.in_flight()
    first, second = lane.attempts
    assert first.transaction.nonce == second.transaction.nonce
    assert second.fees.max_fee_wei >= 50 * GWEI
    for old, new in (
        (first.fees.max_fee_wei, second.fees.max_fee_wei),
        (first.fees.priority_fee_wei, second.fees.priority_fee_wei),
    ):
        assert new * 1000 >= old * 1125
    relay.world.anvil.mine()
    office.round()
    told = relay.desk.status(act_id_hex)
    assert told.state is RelayState.FINAL
    assert told.transaction_hash_hex == second.transaction.hash_hex
    assert enrolments(relay) == 1


def test_the_replaced_one_may_be_the_one_that_is_mined(relay: RelayWorld) -> None:
    """A miner had the first already when it was replaced elsewhere."""
    office, act_id_hex = stuck(relay)
    relay.clock.at += LIMITS.replace_after_s
    office.round()
    (lane,) = relay.lane.in_flight()
    first, second = lane.attempts
    relay.world.anvil.rpc("anvil_dropTransaction", "0x" + second.transaction.hash_hex)
    relay.world.anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(GWEI // 2))
    relay.world.writer.broadcast(first.transaction)
    relay.world.anvil.mine()
    office.round()
    told = relay.desk.status(act_id_hex)
    assert told.state is RelayState.FINAL
    assert told.transaction_hash_hex == first.transaction.hash_hex
    assert enrolments(relay) == 1


def test_nothing_is_replaced_while_no_block_comes(relay: RelayWorld) -> None:
    """The chain stands still: more money would not move it."""
    relay.world.anvil.rpc("evm_setAutomine", False)
    enrol(relay)
    office = relay.office()
    office.round()
    for _ in range(3):
        relay.clock.at += LIMITS.replace_after_s
        done = office.round()
        assert done is not None
        assert done.replaced == 0


def test_above_the_limit_nothing_is_offered_and_nothing_new_is_sent(relay: RelayWorld) -> None:
    relay.limits = SenderLimits(max_fee_wei=40 * GWEI, replace_after_s=60)
    office, act_id_hex = stuck(relay)
    relay.clock.at += LIMITS.replace_after_s
    done = office.round()
    assert done is not None
    assert (done.replaced, done.held_up_by) == (0, "too_dear")
    waiting = enrol(relay, "other_patient")
    done = office.round()
    assert done is not None
    assert (done.sent, done.waiting, done.held_up_by) == (0, 1, "too_dear")
    assert relay.desk.status(waiting).state is RelayState.QUEUED
    base_fee(relay, 1)
    relay.world.anvil.rpc("evm_setAutomine", True)
    relay.world.anvil.mine()
    relay.work(office)
    assert {relay.desk.status(one).state for one in (act_id_hex, waiting)} == {RelayState.FINAL}


def test_what_the_pool_lost_is_sent_again_as_it_is(relay: RelayWorld) -> None:
    relay.world.anvil.rpc("evm_setAutomine", False)
    ids = [enrol(relay, name) for name in ("patient", "other_patient")]
    office = relay.office()
    office.round()
    sent = [lane.attempts[-1].transaction.hash_hex for lane in relay.lane.in_flight()]
    for hash_hex in sent:
        relay.world.anvil.rpc("anvil_dropTransaction", "0x" + hash_hex)
    office.round()
    relay.world.anvil.mine()
    office.round()
    told = [relay.desk.status(one) for one in ids]
    assert [one.state for one in told] == [RelayState.FINAL] * 2
    assert [one.transaction_hash_hex for one in told] == sent


def test_a_nonce_that_another_program_spent_costs_the_act_nothing_but_time(relay: RelayWorld) -> None:
    relay.world.anvil.rpc("evm_setAutomine", False)
    act_id_hex = enrol(relay)
    office = relay.office()
    office.round()
    (lane,) = relay.lane.in_flight()
    ours = lane.attempts[-1].transaction
    relay.world.anvil.rpc("anvil_dropTransaction", "0x" + ours.hash_hex)
    foreign = relay.world.writer.sign(ContractCall("Directory", "cancelNonce", (7,)), relay.payer, ours.nonce)
    relay.world.writer.broadcast(foreign)
    relay.world.anvil.mine()
    relay.world.anvil.rpc("evm_setAutomine", True)
    relay.work(office)
    told = relay.desk.status(act_id_hex)
    assert told.state is RelayState.FINAL
    assert told.transaction_hash_hex != ours.hash_hex
    assert enrolments(relay) == 1


def test_a_nonce_that_nothing_uses_holds_up_nobody_for_long(relay: RelayWorld) -> None:
    """The relayer's account was used elsewhere, and that transaction is gone: ours wait behind its nonce."""
    act_id_hex = enrol(relay)
    mark = relay.world.anvil.snapshot()
    relay.world.send_elsewhere(ContractCall("Directory", "cancelNonce", (7,)), "stranger", 0)
    foreign = relay.world.writer.sign(ContractCall("Directory", "cancelNonce", (7,)), relay.payer, 0)
    relay.world.writer.broadcast(foreign)
    relay.world.anvil.mine()
    relay.world.anvil.rpc("evm_setAutomine", False)
    office = relay.office()
    office.round()
    relay.world.anvil.rpc("anvil_dropAllTransactions")
    relay.world.anvil.revert(mark)
    relay.world.anvil.rpc("evm_setAutomine", True)
    (lane,) = relay.lane.in_flight()
    assert lane.attempts[-1].transaction.nonce == 1
    done = office.round()
    assert done is not None
    assert done.skipped == 0, "what spent it may come back by itself"
    relay.clock.at += LIMITS.replace_after_s
    done = office.round()
    assert done is not None
    assert done.skipped == 1
    relay.work(office)
    assert relay.desk.status(act_id_hex).state is RelayState.FINAL
    assert relay.world.writer.spent_nonces(relay.payer.address) == 2
    skipped = [lane for lane in relay.lane.newest_settled() if lane.row.call == SKIP_NONCE]
    assert len(skipped) == 1


def test_a_waiting_act_takes_the_nonce_that_nothing_uses(relay: RelayWorld) -> None:
    relay.world.anvil.rpc("evm_setAutomine", False)
    act_id_hex = enrol(relay)
    lease = relay.lease()
    (lane,) = relay.lane.waiting(1)
    office = relay.office()
    gas = relay.world.writer.estimate_gas(lane.row.call, relay.payer.address)
    quote = relay.world.writer.fee_quote()
    ahead = office.sender._signed(lane.row.call, 1, gas, relay_fees(quote.base_fee_wei), quote, relay.clock.at)
    relay.lane.store_signed({lane.row.key: ahead}, lease=lease)
    second = enrol(relay, "other_patient")
    relay.clock.at += 60
    relay.world.anvil.rpc("evm_setAutomine", True)
    relay.work(office)
    assert {relay.desk.status(one).state for one in (act_id_hex, second)} == {RelayState.FINAL}
    assert relay.world.writer.spent_nonces(relay.payer.address) == 2


def relay_fees(base_fee_wei: int) -> Fees:
    return Fees(2 * base_fee_wei + GWEI, GWEI)


def test_a_reorganisation_is_told_and_undone_acts_are_sent_again_as_they_are(relay: RelayWorld) -> None:
    relay.finality_depth = 3
    mark = relay.world.anvil.snapshot()
    act_id_hex = enrol(relay)
    relay.work()
    told = relay.desk.status(act_id_hex)
    assert (told.state, told.confirmations) == (RelayState.MINED, 0)
    first = told.transaction_hash_hex
    relay.world.anvil.revert(mark)
    assert relay.desk.status(act_id_hex).state is RelayState.SENT
    assert relay.desk.of_signer(told.signer)[0].state is RelayState.SENT
    relay.work()
    told = relay.desk.status(act_id_hex)
    assert (told.state, told.transaction_hash_hex) == (RelayState.MINED, first)
    relay.world.anvil.mine(2)
    assert relay.desk.status(act_id_hex).state is RelayState.MINED
    relay.world.anvil.mine()
    told = relay.desk.status(act_id_hex)
    assert (told.state, told.confirmations) == (RelayState.FINAL, 3)
    assert enrolments(relay) == 1


def test_an_act_whose_failure_was_undone_is_looked_at_again(relay: RelayWorld) -> None:
    relay.world.anvil.rpc("evm_setAutomine", False)
    first, second = (
        enrol(relay),
        relay.bring(relay.world.wallets["patient"], "enrol", {"recipient": recipient("another")}).act_id_hex,
    )
    mark = relay.world.anvil.snapshot()
    office = relay.office()
    office.round()
    relay.world.anvil.mine()
    office.round()
    assert relay.desk.status(second).state is RelayState.FAILED
    relay.world.anvil.revert(mark)
    assert relay.desk.status(second).state is RelayState.SENT
    relay.world.anvil.rpc("evm_setAutomine", True)
    relay.work(office)
    assert relay.desk.status(first).state is RelayState.FINAL
    assert relay.desk.status(second).state is RelayState.FAILED
    assert enrolments(relay) == 1


def test_a_relayer_without_ether_keeps_acts_waiting_and_sends_them_once_it_has_some(relay: RelayWorld) -> None:
    relay.world.anvil.rpc("anvil_setBalance", relay.payer.address, "0x0")
    act_id_hex = enrol(relay)
    done = relay.work()[-1]
    assert (done.sent, done.waiting, done.held_up_by) == (0, 1, "unfunded")
    assert relay.desk.status(act_id_hex).state is RelayState.QUEUED
    relay.world.anvil.fund(relay.payer.address)
    relay.work()
    assert relay.desk.status(act_id_hex).state is RelayState.FINAL


def test_another_relayers_key_takes_over_what_waits_and_watches_what_is_in_flight(relay: RelayWorld) -> None:
    relay.world.anvil.rpc("evm_setAutomine", False)
    sent = enrol(relay)
    first = relay.office()
    first.round()
    first.holder.give_back()
    waiting = enrol(relay, "other_patient")
    other = relay.world.wallets["stranger"]
    relay.world.anvil.rpc("evm_setAutomine", True)
    relay.world.anvil.mine()
    relay.work(relay.office(payer=other))
    assert {relay.desk.status(one).state for one in (sent, waiting)} == {RelayState.FINAL}
    assert relay.world.writer.spent_nonces(relay.payer.address) == 1
    assert relay.world.writer.spent_nonces(other.address) == 1


def test_a_command_with_the_relayers_key_and_the_sender_do_not_take_each_others_nonces(relay: RelayWorld) -> None:
    relay.world.anvil.rpc("evm_setAutomine", False)
    office = relay.office()
    ids = [enrol(relay)]
    office.round()
    relay.world.anvil.rpc("evm_setAutomine", True)
    relay.world.anvil.mine()
    receipt = relay.outbox().submit(ContractCall("Directory", "cancelNonce", (7,)), relay.payer, "by hand")
    assert receipt.succeeded
    ids.append(enrol(relay, "other_patient"))
    relay.work(office)
    assert {relay.desk.status(one).state for one in ids} == {RelayState.FINAL}
    assert relay.world.writer.spent_nonces(relay.payer.address) == 3


def test_the_outbox_leaves_the_senders_rows_alone(relay: RelayWorld) -> None:
    """Without its caller it would give them up: here the worker's turn has just not come."""
    act_id_hex = enrol(relay)
    outbox = relay.outbox()
    assert outbox.resume({relay.payer.address: relay.payer}).failed == ()
    assert outbox.rebroadcast() == 0
    assert relay.desk.status(act_id_hex).state is RelayState.QUEUED
