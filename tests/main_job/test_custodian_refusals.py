"""The custodian: each refusal, one by one, against a real chain. Each fails when its check is taken out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mendrec.crypto.custody import open_resealed
from mendrec.crypto.wallet import InvalidSignatureError, LocalWallet
from mendrec.domain.access import AccessExpired, NothingGranted, NotYetValid, PurposeMismatch, RightMissing
from mendrec.domain.bindings import ManifestMismatch
from mendrec.domain.errors import ContractRefusal, MendrecError, RefusedError, UnavailableError
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Act, Purpose, Right, Terms
from mendrec.domain.release import RequestedRecord, StaleRequest, release_typed_data
from mendrec.domain.release_answer import RELEASED
from mendrec.ports_db import ReleaseReceipt, ReplayError
from mendrec.services.custodian import ClocksApart, Custodian
from mendrec.services.key_release import LocatedRecord
from tests.main_job.asking import ask, make_request, outcome_code, sign
from tests.main_job.conftest import Ward

pytestmark = pytest.mark.xdist_group("world")
TEXT = b"what was written"


@pytest.fixture
def record(ward: Ward) -> LocatedRecord:
    """A laboratory record of the patient's own."""
    return ward.record(ward.upload(TEXT, "laboratory"))


@pytest.fixture
def granted(ward: Ward) -> Iterator[None]:
    """The cardiologist may read laboratory records."""
    ward.grant("cardiologist", "laboratory")
    yield
    ward.revoke("cardiologist", "laboratory")


@pytest.fixture
def custodian(ward: Ward) -> Custodian:
    return ward.node.custodian(ward.person("north-hospital"))


@pytest.mark.usefixtures("granted")
def test_an_allowed_reader_gets_shares_that_only_they_can_open(
    ward: Ward, custodian: Custodian, record: LocatedRecord
) -> None:
    answer = ask(ward, custodian, make_request(ward, record))
    (outcome,) = answer.outcomes
    assert set(outcome.sealed_shares) == {"descriptor", "payload"}
    for sealed in outcome.sealed_shares.values():
        assert open_resealed(ward.person("cardiologist").identity, sealed).binding.patient == ward.patient.address
        with pytest.raises(MendrecError):
            open_resealed(ward.person("radiologist").identity, sealed)


@pytest.mark.usefixtures("granted")
def test_a_list_request_never_yields_the_share_of_the_payload_key(
    ward: Ward, custodian: Custodian, record: LocatedRecord
) -> None:
    answer = ask(ward, custodian, make_request(ward, record, act=Act.LIST))
    assert set(answer.outcomes[0].sealed_shares) == {"descriptor"}


@pytest.mark.usefixtures("granted")
def test_a_request_past_its_deadline_is_refused(ward: Ward, custodian: Custodian, record: LocatedRecord) -> None:
    with pytest.raises(StaleRequest):
        ask(ward, custodian, make_request(ward, record, deadline_at=ward.clock.now() - 1))


@pytest.mark.usefixtures("granted")
def test_a_request_used_once_is_refused_the_second_time_even_by_another_process(
    ward: Ward, custodian: Custodian, record: LocatedRecord
) -> None:
    request = make_request(ward, record)
    assert outcome_code(ask(ward, custodian, request)) == RELEASED
    with pytest.raises(ReplayError):
        ask(ward, ward.node.custodian(ward.person("north-hospital")), request)


@pytest.mark.usefixtures("granted")
def test_a_request_signed_by_somebody_else_or_altered_is_refused(
    ward: Ward, custodian: Custodian, record: LocatedRecord
) -> None:
    request = make_request(ward, record)
    with pytest.raises(InvalidSignatureError):
        custodian.release(request, sign(ward, request, who="radiologist"))
    signature = sign(ward, request)
    changes: tuple[dict[str, object], ...] = (
        {"act": Act.LIST},
        {"purpose": Purpose.HRESCH},
        {"deadline_at": request.deadline_at + 1},
        {"nonce_hex": "f" * 64},
        {"patient": ward.person("gp").address},
        {"records": (dataclasses.replace(request.records[0], sequence=request.records[0].sequence + 1),)},
    )
    for change in changes:
        with pytest.raises(InvalidSignatureError):
            custodian.release(dataclasses.replace(request, **change), signature)  # type: ignore[arg-type]


@pytest.mark.usefixtures("granted")
def test_a_request_signed_for_another_chain_or_another_contract_is_refused(
    ward: Ward, custodian: Custodian, record: LocatedRecord
) -> None:
    request = make_request(ward, record)
    for domain in ({"chain_id": 1}, {"records_contract": ward.node.ledger.contract_address("Consent")}):
        with pytest.raises(InvalidSignatureError):
            custodian.release(request, sign(ward, request, **domain))


def test_a_stranger_and_a_grantee_of_another_category_get_nothing(
    ward: Ward, custodian: Custodian, record: LocatedRecord
) -> None:
    ward.grant("cardiologist", "imaging")
    assert outcome_code(ask(ward, custodian, make_request(ward, record))) == NothingGranted.code
    ward.revoke("cardiologist", "imaging")


def test_upload_without_read_gets_nothing(ward: Ward, custodian: Custodian, record: LocatedRecord) -> None:
    ward.grant("gp", "laboratory", right=Right.UPLOAD)
    assert outcome_code(ask(ward, custodian, make_request(ward, record, who="gp"), who="gp")) == RightMissing.code
    ward.revoke("gp", "laboratory")


@pytest.mark.usefixtures("granted")
def test_another_purpose_than_the_granted_one_gets_nothing(
    ward: Ward, custodian: Custodian, record: LocatedRecord
) -> None:
    answer = ask(ward, custodian, make_request(ward, record, purpose=Purpose.HRESCH))
    assert outcome_code(answer) == PurposeMismatch.code


def test_the_window_binds_to_the_second(
    ward: Ward, custodian: Custodian, record: LocatedRecord, at: Callable[[int], None]
) -> None:
    first = ward.now() + 100
    terms = Terms(Right.READ, first, first + 50, Purpose.TREAT)
    radiologist = ward.person("radiologist").address
    ward.node.consent.grant(ward.patient.wallet, radiologist, ["laboratory"], terms, key=ward.key())
    seen = {}
    for second in (first - 1, first, first + 49, first + 50):
        at(second)
        request = make_request(ward, record, who="radiologist")
        seen[second - first] = outcome_code(ask(ward, custodian, request, who="radiologist"))
    assert seen == {-1: NotYetValid.code, 0: RELEASED, 49: RELEASED, 50: AccessExpired.code}


@pytest.mark.parametrize(("head_s", "clock_s"), [(-10, 5), (5, -10)], ids=["only the clock", "only the head"])
def test_the_window_must_hold_by_the_head_and_by_the_custodians_own_clock(
    ward: Ward, custodian: Custodian, record: LocatedRecord, head_s: int, clock_s: int
) -> None:
    """Both are within the allowed skew of each other; one of them is past the end."""
    until = ward.now() + 200
    terms = Terms(Right.READ, ward.now(), until, Purpose.TREAT)
    radiologist = ward.person("radiologist").address
    ward.node.consent.grant(ward.patient.wallet, radiologist, ["laboratory"], terms, key=ward.key())
    ward.world.anvil.set_time(until + head_s)
    ward.clock.freeze(until + clock_s)
    try:
        answer = ask(ward, custodian, make_request(ward, record, who="radiologist"), who="radiologist")
    finally:
        ward.clock.run_from(ward.now())
        ward.revoke("radiologist", "laboratory")
    assert outcome_code(answer) == AccessExpired.code


@pytest.mark.usefixtures("granted")
def test_a_revoke_binds_at_once(ward: Ward, custodian: Custodian, record: LocatedRecord) -> None:
    assert outcome_code(ask(ward, custodian, make_request(ward, record))) == RELEASED
    ward.revoke("cardiologist", "laboratory")
    assert outcome_code(ask(ward, custodian, make_request(ward, record))) == NothingGranted.code
    ward.grant("cardiologist", "laboratory")


@pytest.mark.usefixtures("granted")
def test_a_suspended_reader_gets_nothing_until_reinstated(
    ward: Ward, custodian: Custodian, record: LocatedRecord
) -> None:
    board, reader = ward.person("licensing-board").wallet, ward.person("cardiologist").address
    ward.node.enrolment.suspend(board, reader, key=ward.key())
    with pytest.raises(ContractRefusal, match="suspended"):
        ask(ward, custodian, make_request(ward, record))
    ward.node.enrolment.reinstate(board, reader, key=ward.key())
    assert outcome_code(ask(ward, custodian, make_request(ward, record))) == RELEASED


@pytest.mark.usefixtures("granted")
def test_being_a_patient_too_does_not_help_a_suspended_clinician(
    ward: Ward, custodian: Custodian, record: LocatedRecord
) -> None:
    board, reader = ward.person("licensing-board").wallet, ward.person("cardiologist")
    ward.node.enrolment.enrol_patient(reader.wallet, reader.identity.recipient, key=ward.key())
    ward.node.enrolment.suspend(board, reader.address, key=ward.key())
    with pytest.raises(ContractRefusal, match="suspended"):
        ask(ward, custodian, make_request(ward, record))
    ward.node.enrolment.reinstate(board, reader.address, key=ward.key())


@pytest.mark.parametrize("apart_s", [LIMITS.clock_skew_max_s + 1, -LIMITS.clock_skew_max_s - 1])
@pytest.mark.usefixtures("granted")
def test_it_fails_closed_when_chain_and_clock_are_apart(
    ward: Ward, custodian: Custodian, record: LocatedRecord, apart_s: int
) -> None:
    ward.clock.freeze(ward.now() + apart_s)
    try:
        with pytest.raises(ClocksApart):
            ask(ward, custodian, make_request(ward, record))
    finally:
        ward.clock.run_from(ward.now())


class UnreadableLedger:
    """A ledger whose node does not answer: everything but the addresses fails."""

    def __init__(self, ward: Ward) -> None:
        self._ledger = ward.node.ledger

    @property
    def chain_id(self) -> int:
        return self._ledger.chain_id

    def contract_address(self, contract: str) -> str:
        return self._ledger.contract_address(contract)

    def __getattr__(self, name: str) -> Callable[..., None]:
        def unavailable(*_args: object, **_kwargs: object) -> None:
            raise UnavailableError(f"{name}: the chain does not answer")

        return unavailable


@pytest.mark.usefixtures("granted")
def test_it_fails_closed_when_the_chain_cannot_be_read(ward: Ward, custodian: Custodian, record: LocatedRecord) -> None:
    blind = dataclasses.replace(custodian, ledger=UnreadableLedger(ward))  # type: ignore[arg-type]
    with pytest.raises(UnavailableError):
        ask(ward, blind, make_request(ward, record))


@pytest.mark.usefixtures("granted")
def test_a_manifest_that_the_entry_does_not_anchor_gets_nothing(
    ward: Ward, custodian: Custodian, record: LocatedRecord
) -> None:
    """The other manifest is of the same patient, author and category: only the anchor tells them apart."""
    other = ward.record(ward.upload(b"another", "laboratory"))
    swapped = dataclasses.replace(
        make_request(ward, record), records=(RequestedRecord(record.ref.sequence, other.ref.manifest_digest_hex),)
    )
    assert outcome_code(ask(ward, custodian, swapped)) == ManifestMismatch.code


@pytest.mark.usefixtures("granted")
def test_one_refused_record_does_not_open_or_close_the_others(
    ward: Ward, custodian: Custodian, record: LocatedRecord
) -> None:
    hidden = ward.record(ward.upload(b"not for the cardiologist", "billing"))
    both = tuple(RequestedRecord(one.ref.sequence, one.ref.manifest_digest_hex) for one in (hidden, record))
    answer = ask(ward, custodian, make_request(ward, record, records=both))
    assert [outcome.code for outcome in answer.outcomes] == [NothingGranted.code, RELEASED]


@pytest.mark.usefixtures("granted")
def test_nothing_is_answered_unless_the_receipt_is_durable(
    ward: Ward, custodian: Custodian, record: LocatedRecord
) -> None:
    class FullDisk:
        def forget_nonces(self, **kwargs: object) -> None: ...

        def spend_nonce(self, *args: object, **kwargs: object) -> None: ...

        def append(self, receipts: list[ReleaseReceipt]) -> None:
            raise OSError("no space left on device")

    broken = dataclasses.replace(custodian, receipts=FullDisk())  # type: ignore[arg-type]
    with pytest.raises(OSError, match="no space"):
        ask(ward, broken, make_request(ward, record))


@pytest.mark.usefixtures("granted")
def test_releases_and_refusals_leave_receipts_that_say_who_what_why_and_when(
    ward: Ward, custodian: Custodian, record: LocatedRecord
) -> None:
    before = len(ward.node.receipts.of_patient(ward.patient.address))
    ask(ward, custodian, make_request(ward, record))
    ask(ward, custodian, make_request(ward, record, who="radiologist"), who="radiologist")
    released, refused = ward.node.receipts.of_patient(ward.patient.address)[before:]
    assert (released.reader, released.outcome) == (ward.person("cardiologist").address, RELEASED)
    assert refused.reader == ward.person("radiologist").address
    assert refused.outcome.startswith("refused.access.")
    assert released.manifest_digest_hex == record.ref.manifest_digest_hex
    assert (released.act, released.purpose) == ("OPEN", "TREAT")
    assert released.head_hash_hex == ward.node.ledger.block(released.head_number).hash_hex


def test_somebody_who_is_not_enrolled_gets_nothing(ward: Ward, custodian: Custodian, record: LocatedRecord) -> None:
    stranger = LocalWallet.generate()
    request = make_request(ward, record, reader=stranger.address)
    typed_data = release_typed_data(
        request,
        chain_id=ward.node.ledger.chain_id,
        records_contract=ward.node.ledger.contract_address("Records"),
    )
    with pytest.raises(RefusedError):
        custodian.release(request, stranger.sign_typed_data(typed_data))


def test_a_private_entry_is_opened_by_the_patient_and_by_nobody_else(
    ward: Ward, custodian: Custodian, tmp_path: Path
) -> None:
    private = ward.record(ward.upload(TEXT, "laboratory", private=True))
    ward.grant("cardiologist", "laboratory")
    assert ward.open("patient", private, tmp_path) == TEXT
    assert outcome_code(ask(ward, custodian, make_request(ward, private))) == "not_found.custodian"
    ward.revoke("cardiologist", "laboratory")
