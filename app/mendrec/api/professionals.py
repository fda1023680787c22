"""The directory's professionals, by the names that verifiers or the node's settings vouch for. Never a patient."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mendrec.api.common import AddressText, Answered, Page, PageQuery, UnixSeconds
from mendrec.api.people import CredentialAnswered, RoleWord, StandingAnswered

ADDRESSES_MAX_COUNT = 100


class ProfessionalsQuery(PageQuery):
    """Whom to list."""

    q: str | None = Field(
        default=None,
        min_length=1,
        max_length=80,
        description="Part of a name, whatever its case, or the beginning of an address.",
    )
    address: list[AddressText] | None = Field(
        default=None, max_length=ADDRESSES_MAX_COUNT, description="Only these; the parameter may come again."
    )


class NamedAnswered(Answered):
    """An address with its name."""

    address: AddressText
    display_name: str | None


class ProfessionalAnswered(Answered):
    """One clinician, institution, verifier or custodian."""

    address: AddressText
    roles: list[RoleWord]
    display_name: str | None = Field(description="As a verifier confirmed it, or the node's settings have it.")
    institution: NamedAnswered | None
    standing: StandingAnswered
    credential: CredentialAnswered


class ProfessionalsAnswered(Page):
    """A page of professionals, by address."""

    items: list[ProfessionalAnswered]


class StaffCredentialAnswered(Answered):
    """The credential of one of the staff, as the directory has it."""

    state: Literal["in_force", "expired", "suspended", "revoked"]
    issued_at: UnixSeconds | None = Field(description="Where the application that it came from is known here.")
    expires_at: UnixSeconds | None = Field(description="Null where it was revoked.")
    verifier: AddressText | None


class StaffAnswered(Answered):
    """One clinician of an institution."""

    address: AddressText
    display_name: str | None
    credential: StaffCredentialAnswered


class StaffPageAnswered(Page):
    """A page of an institution's staff, by address."""

    items: list[StaffAnswered]
