"""What every part of the HTTP API shares: the error's shape, the basic types, pages.

Bodies and parameters that are asked (:class:`Asked`) refuse what they don't know; answers (:class:`Answered`) may get
new fields, and a client reads past those it doesn't know.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from mendrec.domain.errors import InputError
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address

PAGE_MAX = 200
"""Items of one page at most."""


class Asked(BaseModel):
    """A request's body. Nothing is coerced, nothing unknown is read past."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AskedInUrl(BaseModel):
    """Parameters of a path or a query: text by nature, so numbers are read from it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answered(BaseModel):
    """An answer."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def _address(text: str) -> Address:
    try:
        return parse_address(text)
    except InputError as error:
        raise ValueError(error.message) from error


AddressText = Annotated[
    str,
    Field(
        pattern=r"^0x[0-9a-fA-F]{40}$",
        description="Ethereum address, EIP-55; all lower case is taken too.",
        json_schema_extra={"example": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"},
    ),
    AfterValidator(_address),
]
"""Validates to an EIP-55 :class:`mendrec.domain.model.Address`."""

DigestHex = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 or another 32-byte digest, lower-case hex without a prefix.",
        json_schema_extra={"example": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    ),
]
UnixSeconds = Annotated[int, Field(ge=0, lt=2**53, description="Unix seconds.")]
HexData = Annotated[
    str, Field(pattern=r"^0x(?:[0-9a-f]{2})*$", max_length=20_000, description="Bytes, 0x and lower-case hex.")
]
CategoryCode = Annotated[str, Field(min_length=1, max_length=64, description="A category's code.")]
JsonObject = dict[str, Any]


class ErrorBody(Answered):
    """How every error is answered."""

    code: str = Field(description="Stable, machine-readable: `area.what`.", examples=["input.invalid"])
    message: str = Field(description="What is wrong, in words that are safe to show.")
    remedy: str = Field(description="What can be done about it; may be empty.")
    request_id: str = Field(description="Names this request in the node's logs.")


class PageQuery(AskedInUrl):
    """Which part of a list."""

    cursor: str | None = Field(
        default=None, max_length=512, description="`next_cursor` of the page before; opaque. Left out: the first page."
    )
    limit: int = Field(default=50, ge=1, le=PAGE_MAX, description="Items at most.")


class Page(Answered):
    """Base of a page of a list; a subclass has ``items``."""

    next_cursor: str | None = Field(description="Asks for the next page; null on the last one.")


class PatientPath(AskedInUrl):
    """Whose record."""

    patient: AddressText


class PersonPath(AskedInUrl):
    """Who."""

    address: AddressText


class BlockWords(Answered):
    """One block of the chain."""

    number: int
    hash_hex: DigestHex
    timestamp: UnixSeconds
