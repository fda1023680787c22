"""Verification goes on past what is bad and lists all of it; proofs convince, and only for what is true."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import Any

import pytest

from mendrec.domain.cid import raw_cid_from_digest
from mendrec.domain.errors import ContractRefusal, MendrecError, NotFoundError
from mendrec.domain.health import Health, ObjectToCheck
from mendrec.domain.merkle import NotIncludedError
from mendrec.domain.model import Address, Cid
from mendrec.ports_db import IndexedEntry, ObjectCopy
from mendrec.services.index import IndexService
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.services.inventory import Inventory
from mendrec.services.verifying import NotABatch, VerifyingService
from tests.main_job.conftest import Ward

pytestmark = pytest.mark.xdist_group("world")


@pytest.fixture(scope="module")
def filled(ward: Ward) -> Ward:
    """At least five single entries and one batch."""
    for number in range(5):
        ward.upload(f"entry {number}".encode(), "laboratory")
    items = plan_intake([NamedBytes(f"{at}.txt", f"leaf {at}".encode()) for at in range(5)], "imaging").items
    ward.node.ingest.upload(ward.patient.wallet, ward.patient.address, items, key=ward.key())
    ward.node.index.sync()
    return ward


class LyingIndex:
    """An index whose entries were tampered with, by somebody who has the database."""

    def __init__(self, inner: IndexService, entries: Sequence[IndexedEntry]) -> None:
        self._inner = inner
        self._entries = entries

    def entries(self, _patient: Address) -> Sequence[IndexedEntry]:
        return self._entries

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def verify(ward: Ward, entries: Sequence[IndexedEntry] | None = None) -> list[tuple[int, str]]:
    index: Any = ward.node.index if entries is None else LyingIndex(ward.node.index, entries)
    service = VerifyingService(ward.node.ledger, index, ward.node.reading)
    return [(found.sequence, found.code) for found in service.verify(ward.patient.address).findings]


def entries_of(ward: Ward) -> list[IndexedEntry]:
    return list(ward.node.index.entries(ward.patient.address))


def test_an_intact_chain_has_no_findings(filled: Ward) -> None:
    assert verify(filled) == []


def test_several_tampered_entries_are_all_listed(filled: Ward) -> None:
    entries = entries_of(filled)
    for at in (1, 3):
        author = filled.person("gp").address
        entries[at] = dataclasses.replace(entries[at], entry=dataclasses.replace(entries[at].entry, author=author))
    found = verify(filled, entries)
    assert {(1, "chain.wrong_link"), (3, "chain.wrong_link")} <= set(found)
    assert {(1, "state.differs"), (3, "state.differs")} <= set(found)
    assert {sequence for sequence, _ in found} == {1, 3}, "what is around them is not blamed"


def test_a_cut_off_end_and_a_gap_are_found(filled: Ward) -> None:
    entries = entries_of(filled)
    assert "chain.wrong_head" in {code for _, code in verify(filled, entries[:-1])}
    assert (2, "chain.missing") in verify(filled, entries[:2] + entries[3:])


@pytest.fixture
def take_away(filled: Ward) -> Iterator[Callable[[Cid], None]]:
    """Takes every copy of an object away; what a test took is put back after it."""
    copies = filled.node.copies
    taken: dict[Cid, bytes] = {}

    def take(cid: Cid) -> None:
        taken[cid] = copies.read_bytes(cid, 10**6)
        for store in copies.stores:
            store.delete(cid)

    yield take
    for cid, data in taken.items():
        copies.store(cid, BytesIO(data))


def test_two_lost_manifests_are_both_listed_and_the_rest_is_verified(
    filled: Ward, take_away: Callable[[Cid], None]
) -> None:
    entries = entries_of(filled)
    for at in (0, 2):
        take_away(raw_cid_from_digest(entries[at].entry.digest_hex))
    assert verify(filled) == [(0, "storage.no_good_copy"), (2, "storage.no_good_copy")]


def last_batch(ward: Ward) -> IndexedEntry:
    return [indexed for indexed in entries_of(ward) if indexed.entry.count == 5][-1]


def test_every_leaf_of_a_batch_is_proved_offline_and_by_the_contract(filled: Ward) -> None:
    batch = last_batch(filled).entry
    for leaf_index in range(batch.count):
        proof = filled.node.verifying.prove(filled.patient.address, batch.sequence, leaf_index)
        proof.verify_offline()
        assert proof.root_hex == batch.digest_hex


def test_a_proof_of_something_else_convinces_neither_offline_nor_the_contract(filled: Ward) -> None:
    batch = last_batch(filled).entry
    proof = filled.node.verifying.prove(filled.patient.address, batch.sequence, 2)
    wrong = "00" * 32
    for path in ((wrong, *proof.path_hex[1:]), proof.path_hex[:-1], (*proof.path_hex, wrong)):
        with pytest.raises(NotIncludedError):
            dataclasses.replace(proof, path_hex=path).verify_offline()
        with pytest.raises(ContractRefusal) as refusal:
            filled.node.ledger.require_inclusion_on_chain(
                filled.patient.address, batch.sequence, proof.ref.manifest_digest_hex, 2, path
            )
        assert refusal.value.name == "NotIncluded"


def test_a_single_record_needs_no_proof_and_a_missing_one_has_none(filled: Ward) -> None:
    batch = last_batch(filled).entry
    with pytest.raises(NotABatch):
        filled.node.verifying.prove(filled.patient.address, 0, None)
    with pytest.raises(NotFoundError):
        filled.node.verifying.prove(filled.patient.address, batch.sequence, batch.count)
    with pytest.raises(NotFoundError):
        filled.node.verifying.prove(filled.patient.address, 9_999, 0)


def test_a_batch_list_that_is_not_the_anchored_one_is_refused(filled: Ward) -> None:
    indexed = last_batch(filled)
    assert indexed.list_digest_hex is not None
    other = entries_of(filled)[0].entry.digest_hex
    lying = LyingIndex(filled.node.index, entries_of(filled))
    lying.list_digest_hex = lambda _patient, _sequence: other  # type: ignore[attr-defined]
    reading = type(filled.node.reading)(
        ledger=filled.node.ledger,
        index=lying,  # type: ignore[arg-type]
        copies=filled.node.copies,
        keys=filled.node.reading._keys,
    )
    with pytest.raises(MendrecError):
        list(reading.records_of_entry(indexed.entry))


class NoRows:
    """The objects of a node that lost its database."""

    def of_patient(self, _patient: Address) -> Sequence[ObjectCopy]:
        return ()


def test_a_node_that_lost_its_database_finds_the_same_objects_on_its_own(filled: Ward) -> None:
    def named(objects: Iterator[ObjectToCheck]) -> set[tuple[str, str, str]]:
        return {(one.cid, one.role.value, one.record_label) for one in objects}

    known = filled.node.inventory
    found = Inventory(filled.node.ledger, filled.node.index, NoRows(), filled.node.copies)  # type: ignore[arg-type]
    patients = [filled.patient.address]
    assert named(found.of(patients)) == named(known.of(patients))
    states = filled.node.checker().check(found.of(patients)).records()
    assert set(states.values()) <= {Health.HEALTHY}
