"""What a patient took back stays taken back, whatever the outbox still remembers of earlier acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mendrec.adapters.db.outbox_rows import SqlOutboxRepository
from mendrec.domain.model import Right
from mendrec.ports import ContractCall, TransactionReceipt
from mendrec.ports_db import OutboxState
from mendrec.services.outbox import Outbox, ReceiptGone, TransactionPending
from tests.simulators.chain_people import enrol_everybody, terms
from tests.simulators.chain_world import QUICK, World, no_sleep

LABORATORY = 2


class Killed(BaseException):
    """The process ends here."""


def outbox_of(world: World, die_at: str | None = None, ledger: Any = None) -> Outbox:
    """As after a restart; dies at a step where one is named."""

    def fault_point(reached: str) -> None:
        if reached == die_at:
            raise Killed

    rows = SqlOutboxRepository(world.engine)
    return Outbox(ledger or world.writer, rows, sleep=no_sleep, patience=QUICK, fault_point=fault_point)


def grant(world: World) -> ContractCall:
    grantee = world.wallets["clinician_a"].address
    return ContractCall("Consent", "grant", (grantee, [LABORATORY], terms(world, Right.READ)))


def revoke(world: World) -> ContractCall:
    return ContractCall("Consent", "revoke", (world.wallets["clinician_a"].address, [LABORATORY]))


def rights(world: World) -> Right:
    patient, grantee = world.wallets["patient"].address, world.wallets["clinician_a"].address
    return world.reader.effective_access(patient, grantee, LABORATORY).rights


@pytest.fixture
def people(deployed: World) -> World:
    enrol_everybody(deployed)
    return deployed


@pytest.mark.parametrize("step", ["queued", "signed"])
def test_a_grant_whose_process_died_is_not_made_after_a_revoke(people: World, step: str) -> None:
    patient = people.wallets["patient"]
    with pytest.raises(Killed):
        outbox_of(people, step).submit(grant(people), patient, "forgotten")
    outbox_of(people).submit(grant(people), patient, "again")
    outbox_of(people).submit(revoke(people), patient, "revoke")
    assert not rights(people)
    outbox_of(people).resume({patient.address: patient})
    assert not rights(people), "what was revoked stays revoked"


def test_a_queued_grant_is_given_up_and_said_to_be(people: World) -> None:
    patient = people.wallets["patient"]
    with pytest.raises(Killed):
        outbox_of(people, "queued").submit(grant(people), patient, "forgotten")
    assert outbox_of(people).resume({patient.address: patient}).failed == ("forgotten",)
    row = SqlOutboxRepository(people.engine).get("forgotten")
    assert row is not None
    assert row.state is OutboxState.FAILED
    assert row.failure is not None
    assert row.failure.name == "Superseded"
    outbox_of(people).submit(grant(people), patient, "forgotten")
    assert rights(people) == Right.READ, "who asks for it again, now, gets it"


def test_a_grant_whose_nonce_a_revoke_from_elsewhere_took_is_not_signed_anew(people: World) -> None:
    patient = people.wallets["patient"]
    outbox_of(people).submit(grant(people), patient, "first")
    longer = ContractCall("Consent", "grant", (*grant(people).args[:2], terms(people, Right.READ, days=60)))
    with pytest.raises(Killed):
        outbox_of(people, "signed").submit(longer, patient, "longer")
    nonce = people.writer.spent_nonces(patient.address)
    people.send_elsewhere(revoke(people), "patient", nonce)  # another program, the same wallet
    assert not rights(people)
    assert outbox_of(people).resume({patient.address: patient}).failed == ("longer",)
    assert not rights(people)


class PrunedNode:
    """A node that no longer keeps receipts."""

    def __init__(self, world: World) -> None:
        self._inner = world.writer

    def receipt(self, _hash_hex: str) -> TransactionReceipt | None:
        return None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return getattr(self._inner, name)  # type: ignore[no-any-return]


def test_what_was_mined_is_not_made_again_because_its_receipt_is_gone(people: World) -> None:
    patient = people.wallets["patient"]
    call = grant(people)
    outbox_of(people).submit(call, patient, "visit")
    outbox_of(people).submit(revoke(people), patient, "revoke")
    sent = people.writer.spent_nonces(patient.address)
    with pytest.raises(ReceiptGone):
        outbox_of(people, ledger=PrunedNode(people)).submit(call, patient, "visit")
    assert people.writer.spent_nonces(patient.address) == sent
    assert not rights(people)


def test_a_signed_revoke_is_sent_when_the_next_process_starts(people: World) -> None:
    patient = people.wallets["patient"]
    outbox_of(people).submit(grant(people), patient, "grant")
    with pytest.raises(Killed):
        outbox_of(people, "signed").submit(revoke(people), patient, "revoke")
    assert rights(people) == Right.READ
    assert outbox_of(people).rebroadcast() == 1
    people.anvil.mine()  # a receipt can be a moment late
    assert not rights(people)


def test_somebody_present_may_have_an_act_signed_anew_under_its_key(people: World) -> None:
    patient = people.wallets["patient"]
    call = grant(people)
    with pytest.raises(Killed):
        outbox_of(people, "signed").submit(call, patient, "asked twice")
    nonce = people.writer.spent_nonces(patient.address)
    people.send_elsewhere(revoke(people), "patient", nonce)
    outbox_of(people).submit(call, patient, "asked twice")
    assert rights(people) == Right.READ


def test_what_is_under_way_names_its_key(people: World) -> None:
    patient = people.wallets["patient"]
    people.anvil.rpc("evm_setAutomine", False)
    try:
        with pytest.raises(TransactionPending) as pending:
            outbox_of(people).submit(grant(people), patient, "my key")
    finally:
        people.anvil.rpc("evm_setAutomine", True)
        people.anvil.mine()
    assert "--key my key" in pending.value.remedy
