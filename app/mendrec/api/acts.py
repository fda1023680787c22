"""Acts: prepared by the node, signed by a person, paid for by the node, told until they are final."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from mendrec.api.common import (
    AddressText,
    Answered,
    Asked,
    AskedInUrl,
    BlockWords,
    DigestHex,
    HexData,
    JsonObject,
    Page,
    UnixSeconds,
)

ContractName = Literal["Directory", "Consent", "Records"]


class PreparationAsked(Asked):
    """What somebody wants to do."""

    kind: str = Field(min_length=1, max_length=40, examples=["grant"], description="See docs/api.md for all of them.")
    params: JsonObject = Field(
        description="By kind; docs/api.md lists them.",
        examples=[{"grantee": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "categories": ["laboratory"]}],
    )
    deadline_at: int | None = Field(
        default=None, ge=0, lt=2**53, description="The signature's last second; left out: an hour from now."
    )


class PreparedActAnswered(Answered):
    """What to sign. A client makes the typed data again from what it asked for, and compares."""

    kind: str
    signer: AddressText
    contract: ContractName
    function: str
    args: list[Any] = Field(description="In the contract's order, without the authorization, which comes last.")
    typed_data: JsonObject = Field(description="For eth_signTypedData_v4 (EIP-712).")
    nonce: int
    deadline_at: UnixSeconds


class SignedActAsked(Asked):
    """A prepared act with its signature."""

    contract: ContractName
    function: str = Field(min_length=1, max_length=64, examples=["grantBySig"])
    args: list[Any] = Field(max_length=32, description="As prepared, without the authorization.")
    nonce: int = Field(ge=0, lt=2**256)
    deadline_at: int = Field(ge=0, lt=2**53)
    signature: HexData = Field(description="EIP-712 signature, or what a contract wallet takes (EIP-1271).")


class FailureAnswered(Answered):
    """Why an act will not happen, in the contract's own words."""

    contract: str
    name: str
    message: str
    remedy: str


class ActEventAnswered(Answered):
    """What a contract said in the act's transaction."""

    contract: str
    name: str
    args: JsonObject


class RelayedActAnswered(Answered):
    """How far an act has come."""

    act_id_hex: DigestHex
    signer: AddressText
    contract: str
    function: str
    state: Literal["queued", "sent", "mined", "final", "failed"] = Field(
        description="`mined` is `sent` again where a reorganisation undoes it; `final` and `failed` are the end."
    )
    transaction_hash_hex: DigestHex | None
    block: BlockWords | None
    confirmations: int
    failure: FailureAnswered | None
    queued_at: UnixSeconds
    events: list[ActEventAnswered] = Field(description="Told by GET /v1/acts/{act_id_hex} once it is mined.")


class RelayedActsAnswered(Page):
    """One's own acts, newest first."""

    items: list[RelayedActAnswered]


class ActPath(AskedInUrl):
    """Which act."""

    act_id_hex: DigestHex
