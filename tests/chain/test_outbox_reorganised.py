"""After a reorganisation: what was mined is sent again as it is, and never signed again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mendrec.adapters.db.outbox_rows import SqlOutboxRepository
from mendrec.domain.errors import ContractRefusal, UnavailableError
from mendrec.domain.model import Right
from mendrec.ports import ContractCall, SignedTransaction
from mendrec.ports_db import OutboxRow, OutboxState
from mendrec.services.outbox import Outbox, Superseded
from tests.simulators.chain_people import enrol_everybody, recipient_hex, terms
from tests.simulators.chain_world import QUICK, World, no_sleep

LABORATORY = 2
ELSEWHERE = ContractCall("Directory", "cancelNonce", (7,))


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def people(deployed: World) -> World:
    enrol_everybody(deployed)
    return deployed


def outbox_of(world: World, fault_point: Callable[[str], None] = lambda _step: None) -> Outbox:
    rows = SqlOutboxRepository(world.engine)
    return Outbox(world.writer, rows, sleep=no_sleep, patience=QUICK, fault_point=fault_point)


def row_of(world: World, key: str) -> OutboxRow:
    row = SqlOutboxRepository(world.engine).get(key)
    assert row is not None
    return row


def grant(world: World) -> ContractCall:
    grantee = world.wallets["clinician_a"].address
    return ContractCall("Consent", "grant", (grantee, [LABORATORY], terms(world, Right.READ)))


def rights(world: World) -> Right:
    patient, grantee = world.wallets["patient"].address, world.wallets["clinician_a"].address
    return world.reader.effective_access(patient, grantee, LABORATORY).rights


def granted_and_undone(world: World, key: str) -> tuple[ContractCall, SignedTransaction]:
    """A grant is mined and its block taken back."""
    mark = world.anvil.snapshot()
    call = grant(world)
    outbox_of(world).submit(call, world.wallets["patient"], key)
    transaction = row_of(world, key).transaction
    assert transaction is not None
    world.anvil.revert(mark)
    assert not rights(world)
    return call, transaction


def spend_elsewhere(world: World, nonce: int) -> None:
    world.send_elsewhere(ELSEWHERE, "patient", nonce)


def test_what_a_reorganisation_undid_is_sent_again_byte_for_byte(people: World) -> None:
    call, transaction = granted_and_undone(people, "visit")
    receipt = outbox_of(people).submit(call, people.wallets["patient"], "visit")
    assert receipt.hash_hex == transaction.hash_hex
    assert row_of(people, "visit").state is OutboxState.MINED
    assert rights(people) == Right.READ


@pytest.mark.parametrize("asked", [True, False])
def test_what_was_undone_and_lost_its_nonce_is_not_signed_again(people: World, asked: bool) -> None:
    patient = people.wallets["patient"]
    call, transaction = granted_and_undone(people, "visit")
    spend_elsewhere(people, transaction.nonce)
    if asked:
        with pytest.raises(Superseded):
            outbox_of(people).submit(call, patient, "visit")
    else:
        assert outbox_of(people).resume({patient.address: patient}).failed == ("visit",)
    row = row_of(people, "visit")
    assert (row.state, row.transaction, row.block) == (OutboxState.FAILED, None, None)
    assert people.writer.spent_nonces(patient.address) == transaction.nonce + 1
    assert not rights(people)


def test_even_a_late_safe_act_is_not_signed_again_once_it_was_mined(deployed: World) -> None:
    patient = deployed.wallets["patient"]
    enrol = ContractCall("Directory", "enrol", (recipient_hex("patient"),))
    mark = deployed.anvil.snapshot()
    outbox_of(deployed).submit(enrol, patient, "enrol")
    deployed.anvil.revert(mark)
    spend_elsewhere(deployed, 0)
    assert outbox_of(deployed).resume({patient.address: patient}).failed == ("enrol",)
    assert deployed.writer.spent_nonces(patient.address) == 1


def test_what_reverted_in_a_block_that_is_gone_is_not_signed_anew(deployed: World) -> None:
    """It was told to have failed: nobody waits for it any more."""
    patient = deployed.wallets["patient"]
    enrol = ContractCall("Directory", "enrol", (recipient_hex("patient"),))
    mark = deployed.anvil.snapshot()

    def die(step: str) -> None:
        if step == "signed":
            raise Killed

    with pytest.raises(Killed):
        outbox_of(deployed, die).submit(enrol, patient, "enrol")
    first = row_of(deployed, "enrol").transaction
    assert first is not None
    rows = SqlOutboxRepository(deployed.engine)
    rows.store_signed("enrol", deployed.writer.sign(enrol, patient, 1), replaces=first)
    deployed.send_elsewhere(enrol, "patient", 0)
    with pytest.raises(ContractRefusal):
        outbox_of(deployed).submit(enrol, patient, "enrol")
    deployed.anvil.revert(mark)
    spend_elsewhere(deployed, 0)
    deployed.send_elsewhere(ContractCall("Directory", "cancelNonce", (8,)), "patient", 1)
    assert outbox_of(deployed).resume({patient.address: patient}).failed == ("enrol",)
    assert deployed.writer.spent_nonces(patient.address) == 2


def test_what_was_given_up_while_its_process_slept_is_not_signed_when_it_wakes(people: World) -> None:
    patient = people.wallets["patient"]

    def another_process_gives_it_up(step: str) -> None:
        if step == "queued":
            assert outbox_of(people).resume({}).failed == ("visit",)

    with pytest.raises(Superseded):
        outbox_of(people, another_process_gives_it_up).submit(grant(people), patient, "visit")
    assert not rights(people)


def test_a_chain_that_cannot_be_reached_does_not_stop_a_process_from_starting(people: World) -> None:
    patient = people.wallets["patient"]

    def die(step: str) -> None:
        if step == "signed":
            raise Killed

    with pytest.raises(Killed):
        outbox_of(people, die).submit(grant(people), patient, "visit")

    class Unreachable:
        def broadcast(self, _transaction: SignedTransaction) -> None:
            raise UnavailableError("The chain can't be reached.")

    rows = SqlOutboxRepository(people.engine)
    Outbox(Unreachable(), rows, sleep=no_sleep).rebroadcast()  # type: ignore[arg-type]
    assert row_of(people, "visit").state is OutboxState.SIGNED


def test_a_settled_row_takes_no_other_transaction(deployed: World) -> None:
    """Also from a process that read it before, on a node that is behind."""
    patient = deployed.wallets["patient"]
    enrol = ContractCall("Directory", "enrol", (recipient_hex("patient"),))
    outbox_of(deployed).submit(enrol, patient, "enrol")
    mined = row_of(deployed, "enrol")
    other = SignedTransaction(patient.address, 9, "aa", "09" * 32)
    rows = SqlOutboxRepository(deployed.engine)
    assert rows.store_signed("enrol", other, replaces=mined.transaction) == mined
