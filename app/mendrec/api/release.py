"""A custodian's release over the wire. The names are those of the signed request (docs/format.md)."""

# ruff: noqa: N815 - the names are those of a wire format that is older than this API
from __future__ import annotations

from typing import Literal

from pydantic import Field

from mendrec.api.common import Answered, Asked


class ReleaseRecordAsked(Asked):
    """One record of a request, with what it takes to find it under its entry."""

    sequence: int = Field(ge=0, lt=2**63)
    manifestDigest: str = Field(max_length=66, description="SHA-256 of the manifest, hex.")
    leafIndex: int | None = Field(ge=0, lt=2**63, description="Its leaf where the entry is a batch.")
    path: list[str] = Field(max_length=64, description="RFC 9162 inclusion path, hex; not signed.")


class ReleaseRequestAsked(Asked):
    """What the reader signed."""

    act: Literal["LIST", "OPEN"]
    patient: str = Field(max_length=42)
    reader: str = Field(max_length=42)
    records: list[ReleaseRecordAsked] = Field(min_length=1, max_length=256)
    purpose: str = Field(max_length=16, description="HL7 v3 PurposeOfUse, for example TREAT.")
    nonce: str = Field(pattern=r"^[0-9a-f]{64}$")
    deadline: int = Field(ge=0, lt=2**63, description="Unix seconds.")


class ReleaseAsked(Asked):
    """A signed request."""

    request: ReleaseRequestAsked
    signature: str = Field(
        pattern=r"^0x(?:[0-9a-f]{2}){65,4096}$", description="The reader's EIP-712 signature, 0x and lower-case hex."
    )


class OutcomeAnswered(Answered):
    """What became of one record."""

    sequence: int
    manifestDigest: str
    code: str = Field(description="`released`, or the code of the refusal.")
    message: str
    remedy: str
    shares: dict[str, str] = Field(description="`descriptor`, `payload` → base64 of the share, age-encrypted.")


class ReleaseAnswered(Answered):
    """Shares sealed to the reader, or refusals, record by record."""

    custodian: str
    headNumber: int = Field(description="The block that was decided on.")
    outcomes: list[OutcomeAnswered]
