"""The outbox: whatever dies, and when, each act happens exactly once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mendrec.adapters.chain.anvil import Anvil, AnvilOptions
from mendrec.adapters.chain.client import ChainClient
from mendrec.adapters.chain.deployer import open_ledger
from mendrec.adapters.db.outbox_rows import SqlOutboxRepository
from mendrec.domain.errors import ContractRefusal, RefusedError
from mendrec.ports import ContractCall, SignedTransaction
from mendrec.ports_db import IdempotencyConflict, NonceTaken, OutboxState
from mendrec.services.outbox import Outbox, TransactionPending
from tests.simulators.chain_people import recipient_hex
from tests.simulators.chain_world import QUICK, World, database, deploy_world, no_sleep, wallet_of

pytestmark = pytest.mark.chain

KILL_POINTS = ("simulated", "queued", "signed", "broadcast", "mined")
ENROL = ContractCall("Directory", "enrol", (recipient_hex("patient"),))


class Killed(BaseException):
    """The process ends here."""


def die_at(step: str) -> Callable[[str], None]:
    def fault_point(reached: str) -> None:
        if reached == step:
            raise Killed

    return fault_point


def rows_of(world: World) -> SqlOutboxRepository:
    return SqlOutboxRepository(world.engine)


def outbox_of(world: World, fault_point: Callable[[str], None] = lambda _step: None) -> Outbox:
    """As after a restart: nothing is shared but the database and the chain."""
    return Outbox(world.writer, rows_of(world), sleep=no_sleep, patience=QUICK, fault_point=fault_point)


def enrolments(world: World) -> int:
    events = world.reader.events(0, world.reader.head_block().number)
    return sum(event.name == "Enrolled" for event in events)


def test_the_kill_points_are_all_that_the_outbox_has(deployed: World) -> None:
    reached: list[str] = []
    outbox_of(deployed, reached.append).submit(ENROL, deployed.wallets["patient"], "enrol")
    assert tuple(reached) == KILL_POINTS


@pytest.mark.parametrize("step", KILL_POINTS)
def test_a_crash_at_any_step_followed_by_the_same_submission_anchors_exactly_once(deployed: World, step: str) -> None:
    with pytest.raises(Killed):
        outbox_of(deployed, die_at(step)).submit(ENROL, deployed.wallets["patient"], "enrol")
    receipt = outbox_of(deployed).submit(ENROL, deployed.wallets["patient"], "enrol")
    assert receipt.succeeded
    assert enrolments(deployed) == 1


@pytest.mark.parametrize("step", KILL_POINTS)
def test_a_crash_at_any_step_followed_by_resume_forgets_nothing_that_was_queued(deployed: World, step: str) -> None:
    patient = deployed.wallets["patient"]
    with pytest.raises(Killed):
        outbox_of(deployed, die_at(step)).submit(ENROL, patient, "enrol")
    outbox_of(deployed).resume({patient.address: patient})
    outbox_of(deployed).resume({patient.address: patient})
    # Before it was queued nothing had been promised.
    assert enrolments(deployed) == (0 if step == "simulated" else 1)
    row = rows_of(deployed).get("enrol")
    assert row is None if step == "simulated" else row is not None and row.state is OutboxState.MINED


@pytest.mark.parametrize("second_step", KILL_POINTS[1:])
@pytest.mark.parametrize("step", KILL_POINTS[1:])
def test_a_second_crash_while_finishing_changes_nothing(deployed: World, step: str, second_step: str) -> None:
    patient = deployed.wallets["patient"]
    for where in (step, second_step):
        try:
            outbox_of(deployed, die_at(where)).submit(ENROL, patient, "enrol")
        except Killed:
            continue
    outbox_of(deployed).resume({patient.address: patient})
    assert enrolments(deployed) == 1


def test_repeating_a_finished_submission_returns_its_receipt_and_sends_nothing(deployed: World) -> None:
    first = deployed.outbox.submit(ENROL, deployed.wallets["patient"], "enrol")
    head = deployed.reader.head_block()
    assert outbox_of(deployed).submit(ENROL, deployed.wallets["patient"], "enrol") == first
    assert deployed.reader.head_block() == head


def test_a_key_cannot_serve_for_another_call_or_another_sender(deployed: World) -> None:
    deployed.outbox.submit(ENROL, deployed.wallets["patient"], "enrol")
    other = ContractCall("Directory", "enrol", (recipient_hex("somebody"),))
    with pytest.raises(IdempotencyConflict):
        deployed.outbox.submit(other, deployed.wallets["patient"], "enrol")
    with pytest.raises(IdempotencyConflict):
        deployed.outbox.submit(ENROL, deployed.wallets["other_patient"], "enrol")


def test_what_the_contract_refuses_is_refused_before_anything_is_written(deployed: World) -> None:
    deployed.send("patient", "Directory", "enrol", recipient_hex("patient"))
    with pytest.raises(ContractRefusal) as caught:
        deployed.outbox.submit(ENROL, deployed.wallets["patient"], "again")
    assert caught.value.code == "refused.Directory.AlreadyEnrolled"
    assert rows_of(deployed).get("again") is None


def test_a_call_that_became_wrong_between_signing_and_mining_fails_with_its_reason(deployed: World) -> None:
    patient = deployed.wallets["patient"]
    with pytest.raises(Killed):
        outbox_of(deployed, die_at("signed")).submit(ENROL, patient, "late")
    row = rows_of(deployed).get("late")
    assert row is not None
    assert row.transaction is not None
    # The same wallet, used elsewhere, enrols with the next nonce; both wait in the pool and come in nonce order:
    # so the stored one succeeds, and the other one reverts in its block.
    deployed.anvil.rpc("evm_setAutomine", False)
    rival = deployed.writer.sign(ENROL, patient, row.transaction.nonce + 1)
    deployed.writer.broadcast(rival)
    deployed.writer.broadcast(row.transaction)
    deployed.anvil.mine()
    deployed.anvil.rpc("evm_setAutomine", True)
    reverted = deployed.writer.receipt(rival.hash_hex)
    assert reverted is not None
    assert not reverted.succeeded
    refusal = deployed.writer.explain_failure(ENROL, patient.address, reverted)
    assert refusal.code == "refused.Directory.AlreadyEnrolled"
    outbox_of(deployed).resume({})
    settled = rows_of(deployed).get("late")
    assert settled is not None
    assert settled.state is OutboxState.MINED


def test_a_reverted_transaction_is_refused_with_the_contracts_own_error_and_may_be_made_anew(deployed: World) -> None:
    patient = deployed.wallets["patient"]
    mark = deployed.anvil.snapshot()
    with pytest.raises(Killed):
        outbox_of(deployed, die_at("signed")).submit(ENROL, patient, "enrol")
    row = rows_of(deployed).get("enrol")
    assert row is not None
    assert row.transaction is not None
    # Somebody enrols the patient by another way first, with a nonce below the stored one's: done here by giving the
    # stored one a later nonce.
    deployed.anvil.revert(mark)
    later = deployed.writer.sign(ENROL, patient, row.transaction.nonce + 1)
    rows_of(deployed).store_signed("enrol", later, replaces=row.transaction)
    deployed.send_elsewhere(ENROL, "patient", row.transaction.nonce)
    with pytest.raises(ContractRefusal) as caught:
        outbox_of(deployed).submit(ENROL, patient, "enrol")
    assert caught.value.code == "refused.Directory.AlreadyEnrolled"
    failed = rows_of(deployed).get("enrol")
    assert failed is not None
    assert failed.state is OutboxState.FAILED
    assert failed.failure is not None
    assert failed.failure.name == "AlreadyEnrolled"
    publish = ContractCall("Directory", "publishRecipient", (recipient_hex("new"),))
    assert outbox_of(deployed).submit(publish, patient, "enrol").succeeded
    anew = rows_of(deployed).get("enrol")
    assert anew is not None
    assert (anew.attempt, anew.state) == (2, OutboxState.MINED)


def test_a_nonce_spent_by_something_else_is_replaced_and_the_act_still_happens_once(deployed: World) -> None:
    patient = deployed.wallets["patient"]
    with pytest.raises(Killed):
        outbox_of(deployed, die_at("signed")).submit(ENROL, patient, "enrol")
    row = rows_of(deployed).get("enrol")
    assert row is not None
    assert row.transaction is not None
    # The same wallet is used elsewhere in the meantime: another transaction with the very nonce.
    cancel = ContractCall("Directory", "cancelNonce", (7,))
    deployed.send_elsewhere(cancel, "patient", row.transaction.nonce)
    outbox_of(deployed).resume({patient.address: patient})
    settled = rows_of(deployed).get("enrol")
    assert settled is not None
    assert settled.transaction is not None
    assert settled.transaction.nonce == row.transaction.nonce + 1
    assert enrolments(deployed) == 1


def test_without_the_wallet_an_unsigned_row_waits_and_is_not_forgotten(deployed: World) -> None:
    patient = deployed.wallets["patient"]
    with pytest.raises(Killed):
        outbox_of(deployed, die_at("queued")).submit(ENROL, patient, "enrol")
    assert outbox_of(deployed).resume({}).waiting == ("enrol",)
    assert enrolments(deployed) == 0
    assert outbox_of(deployed).resume({patient.address: patient}).mined == ("enrol",)
    assert enrolments(deployed) == 1


def test_a_transaction_that_is_not_mined_in_time_is_told_and_finished_later(deployed: World) -> None:
    deployed.anvil.rpc("evm_setAutomine", False)
    with pytest.raises(TransactionPending):
        outbox_of(deployed).submit(ENROL, deployed.wallets["patient"], "enrol")
    deployed.anvil.rpc("evm_setAutomine", True)
    deployed.anvil.mine()
    assert outbox_of(deployed).resume({}).mined == ("enrol",)
    assert enrolments(deployed) == 1


def test_two_rows_of_a_sender_never_share_a_nonce(deployed: World) -> None:
    patient = deployed.wallets["patient"]
    rows = rows_of(deployed)
    for key in ("one", "two"):
        rows.queue(key, ENROL, patient.address)
    first = SignedTransaction(patient.address, 0, "aa", "01" * 32)
    rows.store_signed("one", first, replaces=None)
    with pytest.raises(NonceTaken):
        rows.store_signed("two", SignedTransaction(patient.address, 0, "bb", "02" * 32), replaces=None)
    # Who signs second gets what the first one stored.
    second = SignedTransaction(patient.address, 5, "cc", "03" * 32)
    assert rows.store_signed("one", second, replaces=None).transaction == first


def test_a_new_submission_sends_the_forgotten_ones_first(deployed: World) -> None:
    """Signed, then dead before it was sent: a later nonce alone would wait in the pool for ever."""
    patient = deployed.wallets["patient"]
    with pytest.raises(Killed):
        outbox_of(deployed, die_at("signed")).submit(ENROL, patient, "enrol")
    cancel = ContractCall("Directory", "cancelNonce", (7,))
    assert outbox_of(deployed).submit(cancel, patient, "cancel").succeeded
    assert enrolments(deployed) == 1


def test_what_a_killed_chain_lost_is_sent_again_from_the_outbox(tmp_path: Path) -> None:
    options = AnvilOptions(tmp_path / "chain", block_time_s=None)
    chain = Anvil(options)
    chain.start()
    try:
        deployment = deploy_world(chain, tmp_path)
        client = ChainClient.connect(chain.rpc_url, expected_chain_id=31337)
        _, writer = open_ledger(client, deployment)
        engine = database(tmp_path)
        patient = wallet_of("patient")
        outbox = Outbox(writer, SqlOutboxRepository(engine), sleep=no_sleep, patience=QUICK)
        chain.checkpoint()
        outbox.submit(ENROL, patient, "enrol")
        outbox.submit(ContractCall("Directory", "cancelNonce", (7,)), patient, "cancel")
        chain.kill()
        chain.start()
        client = ChainClient.connect(chain.rpc_url, expected_chain_id=31337)
        reader, writer = open_ledger(client, deployment)
        assert reader.participant(patient.address).roles == 0
        outbox = Outbox(writer, SqlOutboxRepository(engine), sleep=no_sleep, patience=QUICK)
        resumed = outbox.resume({})
        assert resumed.mined == ("enrol", "cancel")
        assert reader.participant(patient.address).roles != 0
        assert reader.is_nonce_spent("Directory", patient.address, 7)
        assert outbox.resume({}).mined == ()
        engine.dispose()
    finally:
        chain.kill()


def test_threads_and_processes_that_send_as_one_wallet_do_not_get_in_each_others_way(deployed: World) -> None:
    """Two outboxes of their own, as two processes have them, and two threads in each."""
    patient = deployed.wallets["patient"]
    outboxes = [Outbox(deployed.writer, rows_of(deployed), sleep=time.sleep, patience=QUICK) for _ in range(2)]
    calls = [ContractCall("Directory", "cancelNonce", (number,)) for number in range(8)]
    start = threading.Barrier(4)
    failures: list[BaseException] = []

    def work(number: int) -> None:
        start.wait()
        try:
            for at in (number, number + 4):
                outboxes[number % 2].submit(calls[at], patient, f"cancel {at}")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert all(deployed.reader.is_nonce_spent("Directory", patient.address, number) for number in range(8))
    assert deployed.writer.spent_nonces(patient.address) == 8


def test_who_is_refused_because_another_process_just_did_the_same_gets_its_receipt(deployed: World) -> None:
    """Also between reading the queued row and signing it: the other's success must not be written over."""
    patient = deployed.wallets["patient"]

    def another_process_finishes(step: str) -> None:
        if step == "queued":
            outbox_of(deployed).submit(ENROL, patient, "enrol")

    receipt = outbox_of(deployed, another_process_finishes).submit(ENROL, patient, "enrol")
    assert receipt.succeeded
    row = rows_of(deployed).get("enrol")
    assert row is not None
    assert row.state is OutboxState.MINED
    assert enrolments(deployed) == 1


def test_one_key_submitted_by_many_at_once_happens_once(deployed: World) -> None:
    patient = deployed.wallets["patient"]
    start = threading.Barrier(4)
    hashes: list[str] = []

    def work() -> None:
        outbox = Outbox(deployed.writer, rows_of(deployed), sleep=time.sleep, patience=QUICK)
        start.wait()
        hashes.append(outbox.submit(ENROL, patient, "enrol").hash_hex)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(hashes) == 4
    assert len(set(hashes)) == 1
    assert enrolments(deployed) == 1


def test_an_act_that_the_account_cannot_pay_for_is_not_done_later_either(deployed: World) -> None:
    """Who is told that an access was not given must be able to rely on it."""
    poor = deployed.wallets["patient"]
    anvil = deployed.anvil
    anvil.rpc("anvil_setBalance", poor.address, "0x0")
    recipient = "0x" + "09".rjust(64, "0")
    with pytest.raises(RefusedError) as refusal:
        deployed.send("patient", "Directory", "enrol", recipient, key="could not pay")
    assert refusal.value.code == "refused.sender_unfunded"
    anvil.fund(poor.address)
    assert deployed.outbox.resume({poor.address: poor}).mined == ()
    sent = deployed.writer.spent_nonces(poor.address)
    assert sent == 0, "nothing was sent once the account could pay"
    deployed.send("patient", "Directory", "enrol", recipient, key="could not pay")
    assert deployed.writer.spent_nonces(poor.address) == 1, "asking again does it"
