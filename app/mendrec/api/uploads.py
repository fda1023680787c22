"""Uploads: records that were sealed elsewhere, taken object by object and anchored by their author's signature."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from mendrec.api.common import (
    AddressText,
    Answered,
    Asked,
    AskedInUrl,
    CategoryCode,
    DigestHex,
    HexData,
    JsonObject,
    Page,
    PageQuery,
    UnixSeconds,
)
from mendrec.domain.cid import parse_cid
from mendrec.domain.errors import InputError
from mendrec.domain.limits import LIMITS

RoleWord = Literal["payload", "manifest", "envelopes"]
StateWord = Literal["open", "stored", "anchoring", "anchored", "done", "expired"]


def _cid(text: str) -> str:
    try:
        return parse_cid(text)
    except InputError as error:
        raise ValueError(error.message) from error


CidText = Annotated[
    str,
    Field(
        pattern=r"^b[a-z2-7]{58}$",
        description="CIDv1, base32, sha2-256, raw leaves of 256 KiB.",
        json_schema_extra={"example": "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"},
    ),
    AfterValidator(_cid),
]


class ContextQuery(AskedInUrl):
    """For whom is sealed."""

    patient: AddressText


class CustodianKeyAnswered(Answered):
    """A custodian and its age recipient."""

    address: AddressText
    recipient: str = Field(examples=["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"])


class UploadLimitsAnswered(Answered):
    """What one upload may hold."""

    records_max: int
    object_max_bytes: int
    part_max_bytes: int
    idle_max_s: int = Field(description="An upload that nothing is done for so long is given up.")


class ContextAnswered(Answered):
    """What to seal a record to, and for. Compare it with the chain where you have access to one."""

    patient: AddressText
    recipient: str = Field(description="The patient's age recipient.")
    custodians: list[CustodianKeyAnswered]
    threshold: int = Field(description="How many custodians a reader needs.")
    chain_id: int
    records_contract: AddressText
    limits: UploadLimitsAnswered


class ObjectAsked(Asked):
    """One sealed object that will come."""

    role: RoleWord
    cid: CidText
    size_bytes: int = Field(ge=1, lt=2**53)


class RecordAsked(Asked):
    """One sealed record that will come."""

    category_code: CategoryCode
    private: bool = Field(default=False, description="Without shares for custodians: only the patient opens it.")
    objects: list[ObjectAsked] = Field(min_length=3, max_length=3, description="Payload, manifest and envelopes.")


class UploadAsked(Asked):
    """What will come."""

    patient: AddressText
    records: list[RecordAsked] = Field(min_length=1, max_length=LIMITS.upload_max_records)


class UploadPath(AskedInUrl):
    """Which upload."""

    upload_id: str = Field(pattern=r"^[0-9a-f]{32}$")


class UploadObjectPath(UploadPath):
    """Which object of which upload."""

    cid: CidText


class UploadObjectAnswered(Answered):
    """How much of an object has arrived."""

    record_index: int
    role: RoleWord
    cid: CidText
    size_bytes: int
    received_bytes: int = Field(description="Where to go on.")


class UploadObjectsQuery(PageQuery):
    """Which objects."""

    missing: bool = Field(default=False, description="Only those that have not arrived whole.")


class UploadObjectsAnswered(Page):
    """Objects of an upload."""

    items: list[UploadObjectAnswered]


class UploadFailureAnswered(Answered):
    """Why the last signed act did not come to the chain. Ask for the position again, and sign that."""

    code: str
    message: str
    remedy: str


class AnchoredRecordAnswered(Answered):
    """Where a record is on the patient's chain."""

    sequence: int
    leaf_index: int | None
    manifest_digest_hex: DigestHex


class UploadReceiptAnswered(Answered):
    """What the upload became, record by record in the order they were announced."""

    records: list[AnchoredRecordAnswered]
    transaction_hash_hex: str | None


class UploadAnswered(Answered):
    """How far an upload has come."""

    upload_id: str
    state: StateWord = Field(
        description="open: takes parts. stored: wants a signature. anchoring: on its way to the chain. "
        "anchored: on the chain. done: there for good. expired: given up."
    )
    patient: AddressText
    author: AddressText
    records_count: int
    objects_count: int
    missing_count: int
    missing: list[UploadObjectAnswered] = Field(description="The first of those that have not arrived whole.")
    act_id_hex: str | None = Field(description="The act that is on its way: GET /v1/acts/{id}.")
    failure: UploadFailureAnswered | None
    receipt: UploadReceiptAnswered | None
    created_at: UnixSeconds
    expires_at: UnixSeconds | None = Field(description="When it is given up if nothing more is done; null once signed.")


class PositionAnswered(Answered):
    """The next place on the patient's chain, and what to sign to take it. Work it out again before you sign."""

    contract: Literal["Records"] = "Records"
    function: Literal["addBySig", "addBatchesBySig"]
    args: list[Any] = Field(description="In the contract's order, without the authorization, which comes last.")
    typed_data: JsonObject = Field(description="For eth_signTypedData_v4 (EIP-712).")
    nonce: int
    deadline_at: UnixSeconds
    sequence: int
    previous_link_hex: DigestHex


class FinishAsked(Asked):
    """The author's authorization of the position that was answered last."""

    nonce: int = Field(ge=0, lt=2**256)
    deadline_at: int = Field(ge=0, lt=2**53)
    signature: HexData
