"""One's own safe: small sealed things that the node keeps and cannot open."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mendrec.api.common import Answered, Asked, AskedInUrl, UnixSeconds
from mendrec.domain.limits import LIMITS

SlotWord = Literal["identity", "identity-passphrase", "address-book", "settings"]
SEALED_MAX_CHARS = -(-LIMITS.safe_item_max_bytes // 3) * 4
_BASE64 = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"


class SlotPath(AskedInUrl):
    """Which slot."""

    slot: SlotWord


class SafeItemAsked(Asked):
    """What is to be in the slot."""

    sealed: str = Field(
        min_length=4, max_length=SEALED_MAX_CHARS, pattern=_BASE64, description="A binary age v1 file, standard base64."
    )
    expected_version: int = Field(ge=0, lt=2**31 - 1, description="The version to replace; 0 where nothing is there.")


class SafeEntryAnswered(Answered):
    """One thing in the safe, without its bytes."""

    slot: SlotWord
    version: int
    size_bytes: int
    changed_at: UnixSeconds


class SafeAnswered(Answered):
    """All of it."""

    items: list[SafeEntryAnswered]


class SafeItemAnswered(Answered):
    """One thing in the safe."""

    slot: SlotWord
    version: int
    sealed: str = Field(description="The age file, standard base64.")
    changed_at: UnixSeconds


class SafeChangedAnswered(Answered):
    """What is in the slot now."""

    slot: SlotWord
    version: int
    changed_at: UnixSeconds
