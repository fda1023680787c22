"""Asking a custodian directly, without the reader's own checks around it."""

from __future__ import annotations

import dataclasses

from mendrec.domain.model import Act, Purpose
from mendrec.domain.release import ReleaseRequest, RequestedRecord, release_typed_data
from mendrec.domain.release_answer import RELEASED, ReleaseAnswer
from mendrec.services.custodian import Custodian
from mendrec.services.key_release import LocatedRecord
from tests.main_job.conftest import Ward


def make_request(ward: Ward, record: LocatedRecord, *, who: str = "cardiologist", **changes: object) -> ReleaseRequest:
    request = ReleaseRequest(
        act=Act.OPEN,
        patient=record.ref.patient,
        reader=ward.person(who).address,
        records=(RequestedRecord(record.ref.sequence, record.ref.manifest_digest_hex, record.ref.leaf_index),),
        purpose=Purpose.TREAT,
        nonce_hex=ward.key().encode().hex().rjust(64, "0"),
        deadline_at=ward.clock.now() + 60,
    )
    return dataclasses.replace(request, **changes)  # type: ignore[arg-type]


def sign(ward: Ward, request: ReleaseRequest, *, who: str = "cardiologist", **domain: object) -> bytes:
    ledger = ward.node.ledger
    settings = {"chain_id": ledger.chain_id, "records_contract": ledger.contract_address("Records"), **domain}
    return ward.person(who).wallet.sign_typed_data(release_typed_data(request, **settings))  # type: ignore[arg-type]


def ask(ward: Ward, custodian: Custodian, request: ReleaseRequest, *, who: str = "cardiologist") -> ReleaseAnswer:
    return custodian.release(request, sign(ward, request, who=who))


def outcome_code(answer: ReleaseAnswer) -> str:
    (outcome,) = answer.outcomes
    assert (outcome.code == RELEASED) == bool(outcome.sealed_shares), "a refusal carries no share"
    return outcome.code
