"""Applications of staff: off-chain paperwork between an applicant, an institution and a verifier."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mendrec.api.common import AddressText, Answered, Asked, AskedInUrl, DigestHex, Page, PageQuery, UnixSeconds
from mendrec.domain.display_name import DISPLAY_NAME_MAX_CHARS

ApplicationStateWord = Literal["waiting", "confirmed", "signed", "declined"]
DecisionWord = Literal["confirm", "decline", "sign"]


class ApplicationAsked(Asked):
    """An application to an institution."""

    institution: AddressText
    display_name: str = Field(
        min_length=1,
        max_length=DISPLAY_NAME_MAX_CHARS,
        description="The professional's name, as patients will be shown it. One line, no control or bidi characters.",
    )
    licence_commitment_hex: DigestHex


class ApplicationPath(AskedInUrl):
    """Which application."""

    application_id: str = Field(pattern=r"^[0-9a-f]{32}$")


class InstitutionPath(AskedInUrl):
    """Which institution."""

    address: AddressText


class ApplicationsQuery(PageQuery):
    """Which part of the applications to an institution."""

    state: ApplicationStateWord | None = Field(default=None, description="Only those in this state; left out: all.")


class CredentialTerms(Asked):
    """What a verifier's signature says beside the application."""

    issued_at: UnixSeconds
    expires_at: UnixSeconds


class DecisionAsked(Asked):
    """What becomes of an application."""

    decision: DecisionWord
    reason: str | None = Field(default=None, min_length=1, max_length=300, description="With decline only.")
    credential: CredentialTerms | None = Field(default=None, description="With sign only.")
    verifier_signature_hex: str | None = Field(
        default=None,
        pattern=r"^(?:0x)?(?:[0-9a-f]{2}){65,8192}$",
        description="With sign only: EIP-712, ClinicianCredential of the Directory.",
    )


class CredentialTermsAnswered(Answered):
    """The signed credential's times."""

    issued_at: UnixSeconds
    expires_at: UnixSeconds


class ApplicationAnswered(Answered):
    """One application."""

    application_id: str
    applicant: AddressText
    institution: AddressText
    display_name: str
    licence_commitment_hex: DigestHex
    state: ApplicationStateWord
    reason: str | None
    credential: CredentialTermsAnswered | None
    verifier: AddressText | None
    verifier_signature_hex: str | None = Field(description="Bare lower-case hex.")
    created_at: UnixSeconds
    decided_at: UnixSeconds | None = Field(description="When it was signed or declined.")


class ApplicationsAnswered(Page):
    """A page of applications, newest first."""

    items: list[ApplicationAnswered]
