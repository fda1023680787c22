"""Receipts of a custodian's decisions."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mendrec.api.common import AddressText, Answered, DigestHex, Page, UnixSeconds


class ReceiptAnswered(Answered):
    """What this node's custodian decided about one record of one request, as it decided it."""

    receipt_id: int = Field(description="Grows in the order in which receipts were written.")
    request_digest_hex: DigestHex = Field(description="The EIP-712 digest that the reader signed.")
    signature_hex: str = Field(description="The reader's signature over it.")
    custodian: AddressText
    reader: AddressText
    patient: AddressText
    sequence: int
    manifest_digest_hex: DigestHex
    act: Literal["LIST", "OPEN"]
    purpose: str
    outcome: str = Field(description="`released`, or the code of the refusal.")
    head_number: int
    head_hash_hex: DigestHex
    decided_at: UnixSeconds


class ReceiptsAnswered(Page):
    """Newest first."""

    items: list[ReceiptAnswered]
