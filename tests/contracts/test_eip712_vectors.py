"""tests/vectors/eip712.json: every signed act as people sign it, with its hashes; shared with the browser.

Each vector is built here by :mod:`mendrec.domain.typed_data`, hashed by eth_account, and accepted by the contract at
the address and on the chain that it names. ``MENDREC_UPDATE=1`` writes the file anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from eth_account.messages import encode_typed_data
from eth_utils import keccak

from mendrec.domain.model import SEEDED_CATEGORIES, Address, MendReason, Purpose, Right
from mendrec.domain.typed_data import Validity, cancel_nonce, directory, records
from mendrec.domain.typed_data.consent import rights_text
from tests.contracts.chain import ROOT
from tests.contracts.snapshots import committed
from tests.contracts.test_consent_by_signature import ACTS, Signing
from tests.contracts.world import LABORATORY, UPLOAD, Person, World, code, digest

VECTORS = ROOT / "tests/vectors"


@pytest.fixture
def fresh(world: World) -> World:
    """The world with no nonce used yet, so that vectors come out the same."""
    world.people = {name: Person(name) for name in world.people}
    return world


def vector(name: str, contract: str, person: Person, typed_data: dict[str, Any]) -> dict[str, Any]:
    signable = encode_typed_data(full_message=typed_data)
    return {
        "name": name,
        "contract": contract,
        "signer": person.address,
        "typedData": typed_data,
        "domainSeparatorHex": signable.header.hex(),
        "structHashHex": signable.body.hex(),
        "digestHex": keccak(b"\x19\x01" + signable.header + signable.body).hex(),
        "signatureHex": person.sign(typed_data).hex(),
    }


def consent_vectors(world: World) -> Iterator[dict[str, Any]]:
    for act in ACTS:
        snapshot = world.chain.snapshot()
        signing = Signing(world)
        signed = signing.by("", act)
        world.consent.send(world["relayer"], signed.function, *signed.arguments)
        world.chain.revert(snapshot)
        yield vector(act, "Consent", world.people[signed.signer], signing.typed_data)


def directory_vectors(world: World) -> Iterator[dict[str, Any]]:
    zoe, domain, recipient = world.person("zoe"), world.domain("Directory"), digest("recipient")
    credential = world.credential("zoe")
    stated = directory.Credential(credential[0], credential[1], credential[2].hex(), credential[3], credential[4])
    verifier = Address(world["verifier"])
    credential_data = directory.clinician_credential(domain, stated, verifier)
    by_verifier = world.people["verifier"].sign(credential_data)
    yield vector("clinician_credential", "Directory", world.people["verifier"], credential_data)

    def submit(function: str, typed_data: dict[str, Any], validity: Validity, *arguments: Any) -> dict[str, Any]:
        auth = (validity.nonce, validity.deadline_at, zoe.sign(typed_data))
        world.directory.send(world["relayer"], function, *arguments, auth)
        return vector(function.removesuffix("BySig"), "Directory", zoe, typed_data)

    validity = world.validity("zoe")
    typed_data = directory.enrol_clinician(domain, stated, verifier, recipient.hex(), validity)
    yield submit("enrolClinicianBySig", typed_data, validity, recipient, credential, verifier, by_verifier)
    validity = world.validity("zoe")
    typed_data = directory.enrol(domain, zoe.address, recipient.hex(), validity)
    yield submit("enrolBySig", typed_data, validity, zoe.address, recipient)
    validity = world.validity("zoe")
    typed_data = directory.publish_recipient(domain, zoe.address, digest("new").hex(), validity)
    yield submit("publishRecipientBySig", typed_data, validity, zoe.address, digest("new"))
    validity = world.validity("zoe")
    typed_data = cancel_nonce(domain, zoe.address, 2**256 - 1, validity)
    yield submit("cancelNonceBySig", typed_data, validity, zoe.address, 2**256 - 1)


def records_vectors(world: World) -> Iterator[dict[str, Any]]:
    world.grant("alice", "carol", UPLOAD, LABORATORY)
    carol, alice, domain = world.people["carol"], Address(world["alice"]), world.domain("Records")

    def submit(function: str, typed_data: dict[str, Any], validity: Validity, *arguments: Any) -> dict[str, Any]:
        auth = (validity.nonce, validity.deadline_at, carol.sign(typed_data))
        world.records.send(world["relayer"], function, *arguments, auth)
        return vector(function.removesuffix("BySig"), "Records", carol, typed_data)

    validity = world.validity("carol")
    record = records.SingleRecord(code(LABORATORY), 1, digest("manifest").hex())
    typed_data = records.add_record(domain, carol.address, alice, record, 0, "00" * 32, validity)
    call = (carol.address, alice, LABORATORY, 1, digest("manifest"), 0, bytes(32))
    yield submit("addBySig", typed_data, validity, *call)

    validity, head = world.validity("carol"), world.head("alice")
    batch = records.RecordBatch(code(LABORATORY), 1, 256, digest("root").hex(), digest("list").hex())
    typed_data = records.add_batches(domain, carol.address, alice, [batch], 1, head.hex(), validity)
    batches = [(LABORATORY, 1, 256, digest("root"), digest("list"))]
    yield submit("addBatchesBySig", typed_data, validity, carol.address, alice, batches, 1, head)

    validity = world.validity("carol")
    keys = [records.EntryKey(alice, 0), records.EntryKey(alice, 1)]
    typed_data = records.mend_paths(domain, carol.address, keys, 2, MendReason.DAMAGED, validity)
    entries = [(key.patient, key.sequence) for key in keys]
    yield submit("mendPathsBySig", typed_data, validity, carol.address, entries, 2, 1)


def test_every_signed_act_is_hashed_alike_and_accepted_by_its_contract(fresh: World) -> None:
    built = [*consent_vectors(fresh), *directory_vectors(fresh), *records_vectors(fresh)]
    assert len({one["name"] for one in built}) == len(built) == 19
    assert committed(VECTORS / "eip712.json", built) == built


def test_the_words_of_signed_acts_are_those_of_the_contract() -> None:
    words = {
        "categories": list(SEEDED_CATEGORIES),
        "mendReasons": {reason.name: reason.value for reason in MendReason},
        "purposes": {purpose.name: purpose.value for purpose in Purpose},
        "rights": {rights_text(Right(bits)): bits for bits in range(1, 8)},
    }
    assert committed(VECTORS / "purposes.json", words) == words
