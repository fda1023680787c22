"""What a reorganisation takes out of the outbox is brought back by the worker, by sender, and never signed anew."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from mendrec.adapters.db.outbox_rows import SqlOutboxRepository
from mendrec.domain.model import Address, BlockRef, Right
from mendrec.ports import ContractCall, SignedTransaction
from mendrec.ports_db import Failure, OutboxRow, OutboxState
from mendrec.services.outbox import Superseded
from tests.relay.relay_world import RelayWorld
from tests.relay.test_worker import worker
from tests.simulators.chain_people import terms

pytestmark = pytest.mark.chain
LABORATORY = 2
ELSEWHERE = ContractCall("Directory", "cancelNonce", (7,))


def grant(ward: RelayWorld, grantee: str = "clinician_a") -> ContractCall:
    return ContractCall(
        "Consent", "grant", (ward.world.wallets[grantee].address, [LABORATORY], terms(ward.world, Right.READ))
    )


def rights(ward: RelayWorld, patient: str = "patient", grantee: str = "clinician_a") -> Right:
    wallets = ward.world.wallets
    return ward.world.reader.effective_access(wallets[patient].address, wallets[grantee].address, LABORATORY).rights


def row_of(ward: RelayWorld, key: str) -> OutboxRow:
    row = SqlOutboxRepository(ward.world.engine).get(key)
    assert row is not None
    return row


def stands(ward: RelayWorld, row: OutboxRow) -> bool:
    return row.block is not None and ward.world.reader.block(row.block.number).hash_hex == row.block.hash_hex


def undo(ward: RelayWorld, mark: str) -> None:
    """Another branch, longer than the one that is left; the pool has forgotten what was on that."""
    ward.world.anvil.revert(mark)
    ward.world.anvil.mine(3)


def test_a_revoke_that_was_undone_comes_back_though_others_acted_since(ward: RelayWorld) -> None:
    """Someone else's newer act stands on the new branch: it says nothing about the acts of others."""
    wallets = ward.world.wallets
    revoke = ContractCall("Consent", "revoke", (wallets["clinician_a"].address, [LABORATORY]))
    ward.outbox().submit(grant(ward), wallets["patient"], "grant")
    node = worker(ward, sends=False)
    node.tick()
    mark = ward.world.anvil.snapshot()
    ward.outbox().submit(revoke, wallets["patient"], "revoke")
    node.tick()
    sent = row_of(ward, "revoke").transaction
    undo(ward, mark)
    ward.outbox().submit(grant(ward), wallets["other_patient"], "another's")
    assert rights(ward) == Right.READ, "the revoke is gone"
    node.tick()
    ward.world.anvil.mine()
    node.tick()
    assert not rights(ward)
    row = row_of(ward, "revoke")
    assert (row.state, row.transaction, row.failure) == (OutboxState.MINED, sent, None)
    assert stands(ward, row)
    assert node.outbox.reopen() == 0


def test_who_acts_next_is_not_held_up_by_what_was_undone(ward: RelayWorld) -> None:
    wallets = ward.world.wallets
    mark = ward.world.anvil.snapshot()
    ward.outbox().submit(grant(ward), wallets["patient"], "first")
    undo(ward, mark)
    ward.outbox().submit(grant(ward), wallets["other_patient"], "another's")
    ward.outbox().submit(grant(ward, "clinician_b"), wallets["patient"], "second")
    assert rights(ward) == rights(ward, grantee="clinician_b") == Right.READ


def test_what_was_undone_is_sent_when_a_process_starts(ward: RelayWorld) -> None:
    mark = ward.world.anvil.snapshot()
    ward.outbox().submit(grant(ward), ward.world.wallets["patient"], "first")
    undo(ward, mark)
    ward.outbox().submit(grant(ward), ward.world.wallets["other_patient"], "another's")
    assert ward.outbox().rebroadcast() == 1
    ward.world.anvil.mine()
    assert rights(ward) == Right.READ
    assert ward.outbox().rebroadcast() == 1, "not settled yet"
    assert ward.outbox().reopen() == 0
    assert ward.outbox().rebroadcast() == 0
    assert stands(ward, row_of(ward, "first"))


def test_the_worker_finds_what_was_undone_where_the_index_saw_no_reorganisation(ward: RelayWorld) -> None:
    """A command saw a branch that the worker's node never had."""
    node = worker(ward, sends=False)
    node.tick()
    mark = ward.world.anvil.snapshot()
    ward.outbox().submit(grant(ward), ward.world.wallets["patient"], "first")
    undo(ward, mark)
    assert node.tick().synced is not None
    assert row_of(ward, "first").state is OutboxState.MINED
    assert not rights(ward)
    ward.clock.at += 60
    node.tick()
    ward.world.anvil.mine()
    node.tick()
    row = row_of(ward, "first")
    assert row.state is OutboxState.MINED
    assert stands(ward, row)
    assert rights(ward) == Right.READ


@pytest.mark.parametrize("asked", [True, False])
def test_what_was_undone_and_lost_its_nonce_is_told_and_not_signed_anew(ward: RelayWorld, asked: bool) -> None:
    patient = ward.world.wallets["patient"]
    mark = ward.world.anvil.snapshot()
    ward.outbox().submit(grant(ward), patient, "visit")
    transaction = row_of(ward, "visit").transaction
    assert transaction is not None
    undo(ward, mark)
    ward.world.send_elsewhere(ELSEWHERE, "patient", transaction.nonce)
    outbox = ward.outbox()
    assert outbox.reopen() == 1, "a receipt may be shown late"
    assert row_of(ward, "visit").state is OutboxState.SIGNED
    if asked:
        with pytest.raises(Superseded):
            outbox.submit(grant(ward), patient, "visit")
    else:
        ward.world.anvil.mine(3)
        assert outbox.reopen() == 0
    row = row_of(ward, "visit")
    assert (row.state, row.transaction) == (OutboxState.FAILED, None)
    assert row.failure is not None
    assert row.failure.name == "Superseded"
    assert ward.world.writer.spent_nonces(patient.address) == transaction.nonce + 1
    assert not rights(ward)


def test_rows_that_are_undone_are_open_again_and_others_are_not(any_engine: Engine) -> None:
    rows, call = SqlOutboxRepository(any_engine), ContractCall("Directory", "enrol", ("0x00",))
    patient, other = Address("0x" + "11" * 20), Address("0x" + "22" * 20)
    told = Failure("Directory", "Undone", {}, "words", "remedy")
    signed: dict[str, SignedTransaction] = {}
    for number in range(205):
        sender = other if number == 204 else patient
        key = str(number)
        rows.queue(key, call, sender)
        signed[key] = SignedTransaction(sender, number, "aa", f"{number:064x}")
        rows.store_signed(key, signed[key], replaces=None)
        if number:
            rows.store_mined(key, signed[key], BlockRef(1_000 - number, "ee" * 32, number))
    assert set(rows.settled_senders()) == {patient, other}
    assert [row.key for row in rows.newest_first(patient)] == [str(number) for number in reversed(range(1, 204))]
    rows.store_undone("7", signed["7"], told)
    rows.store_undone("8", signed["7"], told)  # has another transaction by now
    rows.store_undone("0", signed["0"], told)  # never came into a block
    assert [(row.key, row.failure) for row in rows.unfinished()] == [("0", None), ("7", told)]
    assert len(list(rows.newest_first(patient))) == 202
    rows.store_mined("7", signed["7"], BlockRef(2_000, "ee" * 32, 1))
    assert [row.failure for row in rows.newest_first(patient) if row.key == "7"] == [None]
