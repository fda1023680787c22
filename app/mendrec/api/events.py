"""What happened to a record."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mendrec.api.common import Answered, BlockWords, DigestHex, JsonObject, Page, UnixSeconds


class EventAnswered(Answered):
    """One thing that happened to a patient's record: an event of the contracts, or a receipt."""

    kind: str = Field(
        description="`contract.event` as the contracts name it, for example `Consent.Granted`; `receipt` for a read.",
        examples=["Records.EntryAdded"],
    )
    at: UnixSeconds
    source: Literal["chain", "custodian"]
    final: bool = Field(description="False while a reorganisation can still undo it.")
    block: BlockWords | None = Field(description="Null for receipts.")
    transaction_hash_hex: DigestHex | None
    details: JsonObject = Field(description="The event's arguments, or the receipt.")


class EventsAnswered(Page):
    """Newest first."""

    items: list[EventAnswered]
