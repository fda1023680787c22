"""Consents as they stand, and requests for access."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mendrec.api.common import AddressText, Answered, CategoryCode, DigestHex, Page, UnixSeconds

RightWord = Literal["READ", "UPLOAD", "SHARE"]
RequestState = Literal["pending", "approved", "declined", "withdrawn"]


class EffectiveAnswered(Answered):
    """What holds in the end at the head, delegations and standing of those between counted in."""

    state: Literal["in_force", "not_yet", "expired", "nothing"]
    rights: list[RightWord]
    from_at: UnixSeconds
    until_at: UnixSeconds = Field(description="The first second in which it no longer holds.")


class ConsentAnswered(Answered):
    """One permission block: patient, grantee, category; and what it comes to now."""

    patient: AddressText
    grantee: AddressText
    category_code: CategoryCode
    rights: list[RightWord]
    from_at: UnixSeconds
    until_at: UnixSeconds
    purpose: str = Field(description="HL7 v3 PurposeOfUse; empty where nothing is granted.")
    sequence: int = Field(description="Grows with each change; a signed act states it.")
    passed_on: bool
    delegator: AddressText | None
    revoked_by_patient: bool
    effective: EffectiveAnswered


class ConsentsAnswered(Page):
    """Permission blocks by grantee and category."""

    items: list[ConsentAnswered]


class AccessRequestAnswered(Answered):
    """Somebody asked for access."""

    request_id_hex: DigestHex
    patient: AddressText
    requester: AddressText
    category_codes: list[CategoryCode]
    rights: list[RightWord]
    from_at: UnixSeconds
    until_at: UnixSeconds
    purpose: str
    asked_at: UnixSeconds
    state: RequestState


class AccessRequestsAnswered(Page):
    """Requests, oldest first."""

    items: list[AccessRequestAnswered]
