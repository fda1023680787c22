"""What one bad entry, one lying database, one lost standing or one second process may not do to everybody else."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from mendrec.adapters.locks import UnderWay
from mendrec.domain.chain_link import ChainBroken
from mendrec.domain.cid import raw_cid_from_digest
from mendrec.domain.errors import ContractRefusal, MendrecError, UnavailableError
from mendrec.domain.health import Health, ObjectRole
from mendrec.domain.model import Address, Cid, Purpose, Right, Role
from mendrec.domain.release import RequestedRecord
from mendrec.domain.release_answer import RELEASED
from mendrec.ports import ContractCall
from mendrec.ports_db import IdempotencyConflict, IndexedEntry, ObjectCopy
from mendrec.services.consent import category_numbers
from mendrec.services.custodian import RecordOutOfReach
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.services.inventory import Inventory
from tests.main_job.asking import ask, make_request
from tests.main_job.conftest import Ward

pytestmark = pytest.mark.xdist_group("world")


def test_a_batch_that_nobody_stored_does_not_hide_the_rest_of_the_record(ward: Ward) -> None:
    """A clinician who may only upload anchors an invented batch. The patient still sees everything else."""
    kept = ward.record(ward.upload(b"kept", "laboratory"))
    ward.grant("gp", "laboratory", right=Right.UPLOAD)
    ward.node.index.sync()
    tip = ward.node.index.tip(ward.patient.address)
    (laboratory,) = category_numbers(ward.node.ledger, ["laboratory"])
    invented = {
        "category": laboratory,
        "location": 1,
        "count": 3,
        "root": "0x" + "ab" * 32,
        "listDigest": "0x" + "cd" * 32,
    }
    call = ContractCall(
        "Records",
        "addBatches",
        (ward.patient.address, [invented], tip.next_sequence, "0x" + tip.head_link_hex),
    )
    ward.node.outbox.submit(call, ward.person("gp").wallet, ward.key())
    ward.node.index.sync()
    later = ward.record(ward.upload(b"later", "laboratory"))
    listed = ward.node.reading.list_records(ward.patient.address, ward.reader("patient"), Purpose.PATRQT)
    by_sequence = {one.record.ref.sequence: one for one in listed}
    assert by_sequence[kept.ref.sequence].descriptor is not None
    assert by_sequence[later.ref.sequence].descriptor is not None
    assert by_sequence[tip.next_sequence].refusal is not None
    ward.revoke("gp", "laboratory")


def test_one_record_out_of_reach_does_not_close_the_others_of_a_request(ward: Ward) -> None:
    near = ward.record(ward.upload(b"near", "laboratory"))
    far = ward.record(ward.upload(b"far", "laboratory"))
    away = raw_cid_from_digest(far.ref.manifest_digest_hex)
    ward.grant("cardiologist", "laboratory")

    class HalfReachable:
        def read_bytes(self, cid: Cid, max_bytes: int) -> bytes:
            if cid == away:
                raise UnavailableError("that store is away")
            return ward.node.copies.read_bytes(cid, max_bytes)

    custodian = dataclasses.replace(ward.node.custodian(ward.person("north-hospital")), objects=HalfReachable())
    both = tuple(RequestedRecord(one.ref.sequence, one.ref.manifest_digest_hex) for one in (far, near))
    answer = ask(ward, custodian, make_request(ward, near, records=both))
    assert [outcome.code for outcome in answer.outcomes] == [RecordOutOfReach.code, RELEASED]
    ward.revoke("cardiologist", "laboratory")


class LyingRows:
    """A node's own list, in which somebody replaced a lost payload by an object that is fine."""

    def __init__(self, ward: Ward, instead: Cid) -> None:
        self._ward = ward
        self._instead = instead

    def of_patient(self, patient: Address) -> Sequence[ObjectCopy]:
        return [
            dataclasses.replace(row, cid=self._instead) if row.role is ObjectRole.PAYLOAD else row
            for row in self._ward.node.objects.of_patient(patient)
        ]


def test_the_database_cannot_hide_a_loss(ward: Ward) -> None:
    fine = ward.record(ward.upload(b"fine", "laboratory"))
    lost = ward.record(ward.upload(b"lost", "laboratory"))

    def payload(record: Any) -> Cid:
        rows = ward.node.objects.of_record(record.ref.patient, record.ref.manifest_digest_hex)
        return next(row.cid for row in rows if row.role is ObjectRole.PAYLOAD)

    for store in ward.node.copies.stores:
        store.delete(payload(lost))
    node = ward.node
    lying: Any = LyingRows(ward, payload(fine))
    inventory = Inventory(node.ledger, node.index, lying, node.copies)
    states = node.checker().check(inventory.of([ward.patient.address])).records()
    assert states[f"{ward.patient.address}/{lost.ref.sequence}"] is Health.LOST


def test_an_index_that_leaves_an_entry_out_is_not_checked_as_healthy(ward: Ward) -> None:
    ward.upload(b"one", "laboratory")
    ward.upload(b"two", "laboratory")
    node = ward.node

    class Forgetful:
        rows = node.index.rows

        def entries(self, patient: Address) -> Sequence[IndexedEntry]:
            return node.index.entries(patient)[:-1]

    forgetful: Any = Forgetful()
    inventory = Inventory(node.ledger, forgetful, node.objects, node.copies)
    with pytest.raises(ChainBroken):
        list(inventory.of([ward.patient.address]))


@pytest.fixture
def expelled(ward: Ward) -> Any:
    """The custodian loses its standing, and has it back afterwards."""
    governance, body = ward.person("governance").wallet, ward.person("north-hospital").address

    def stand(in_standing: bool) -> None:
        call = ContractCall("Directory", "setBodyStanding", (body, in_standing))
        ward.node.outbox.submit(call, governance, ward.key())

    record = ward.record(ward.upload(b"before", "laboratory"))
    ward.grant("cardiologist", "laboratory")
    stand(False)
    yield record
    stand(True)
    ward.revoke("cardiologist", "laboratory")


def test_a_custodian_without_standing_releases_nothing_and_is_sealed_to_no_more(ward: Ward, expelled: Any) -> None:
    custodian = ward.node.custodian(ward.person("north-hospital"))
    with pytest.raises(ContractRefusal):
        ask(ward, custodian, make_request(ward, expelled))
    before = ward.footprint()
    with pytest.raises(ContractRefusal):
        ward.upload(b"after", "laboratory")
    assert ward.footprint() == before


def test_an_institution_that_is_no_custodian_releases_nothing(ward: Ward) -> None:
    record = ward.record(ward.upload(b"something", "laboratory"))
    ward.grant("cardiologist", "laboratory")
    other = ward.person("south-hospital")
    assert Role.CUSTODIAN not in ward.node.ledger.participant(other.address).roles
    with pytest.raises(MendrecError) as refusal:
        ask(ward, ward.node.custodian(other), make_request(ward, record))
    assert refusal.value.code == "refused.release.not_a_custodian"
    ward.revoke("cardiologist", "laboratory")


def upload(ward: Ward, data: bytes, key: str) -> Any:
    items = plan_intake([NamedBytes("note.txt", data)], "laboratory").items
    return ward.node.ingest.upload(ward.patient.wallet, ward.patient.address, items, key=key)


def test_two_runs_of_one_upload_at_a_time_are_kept_apart(ward: Ward) -> None:
    key = ward.key()
    exclusive: Callable[[str], Any] = ward.node.ingest._exclusive
    with exclusive(f"upload:{key}"), pytest.raises(UnderWay):
        upload(ward, b"once", key)
    upload(ward, b"once", key)


def test_another_content_of_the_same_size_under_one_key_is_refused(ward: Ward, tmp_path: Path) -> None:
    key = ward.key()
    first = upload(ward, b"potassium 3.9", key)
    with pytest.raises(IdempotencyConflict):
        upload(ward, b"potassium 9.3", key)
    assert ward.open("patient", ward.record(first), tmp_path) == b"potassium 3.9"


def test_an_upload_that_is_done_keeps_its_answer_whoever_comes_late(ward: Ward) -> None:
    key = ward.key()
    first = upload(ward, b"done", key)
    ward.node.ingest._uploads.save_progress(key, {})
    assert upload(ward, b"done", key) == first
