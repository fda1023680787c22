"""What people keep sealed at the node, and the paperwork of staff, as Protocols with the rows they pass.

Every method is one transaction. Names are those of professionals; no patient's name is in any of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from mendrec.domain.errors import UnavailableError
from mendrec.domain.model import Address
from mendrec.ports_db import IndexedParticipant


class SafesFull(UnavailableError):
    """Those who are not in the directory keep as much together as the node takes from them."""

    code = "unavailable.safes_full"
    default_remedy = "Enrol first, or try again in some days."


class ApplicationsFull(UnavailableError):
    """As many applications wait for an institution as the node keeps for it."""

    code = "unavailable.applications_full"
    default_remedy = "Ask the institution to decide on those that wait, then try again."


@dataclass(frozen=True, slots=True)
class SafeEntry:
    """One thing in a person's safe, without its bytes."""

    slot: str
    version: int
    """1 for the first, then one more with each change."""
    size_bytes: int
    changed_at: int


@dataclass(frozen=True, slots=True)
class SafeItem:
    """One thing in a person's safe."""

    entry: SafeEntry
    sealed: bytes


class SafeRepository(Protocol):
    """Sealed things by person and slot."""

    def list(self, person: Address) -> Sequence[SafeEntry]:
        """By slot."""
        ...

    def get(self, person: Address, slot: str) -> SafeItem | None: ...

    def put(
        self,
        person: Address,
        slot: str,
        sealed: bytes,
        *,
        expected_version: int,
        was_enrolled: bool,
        newcomers_max_count: int,
        now: int,
    ) -> SafeEntry | None:
        """Compares and sets; 0 expects nothing to be there. None where another version is there.

        Raises SafesFull where who had not enrolled adds one to as many as all of those keep.
        """
        ...

    def drop(self, person: Address, slot: str) -> bool:
        """False where nothing was there."""
        ...

    def of_newcomers(self, *, changed_before_at: int, limit: int) -> Sequence[Address]:
        """People who had not enrolled when they wrote, and have changed nothing since; whose turn it was first."""
        ...

    def keep(self, person: Address) -> None:
        """Notes that a person has enrolled."""
        ...

    def forget(self, person: Address, *, changed_before_at: int) -> int:
        """Drops what a person wrote before enrolling and has not changed since; returns how many."""
        ...


class ApplicationState(StrEnum):
    """How far an application is."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    """The institution says that this is one of its staff."""
    SIGNED = "signed"
    """A verifier signed the credential; the applicant can enrol with it."""
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Application:
    """Somebody asks to work as a clinician of an institution."""

    application_id: str
    """32 hex digits, random."""
    applicant: Address
    institution: Address
    display_name: str
    licence_commitment_hex: str
    state: ApplicationState
    reason: str | None
    issued_at: int | None
    """Of the credential that was signed, as the next three."""
    expires_at: int | None
    verifier: Address | None
    verifier_signature_hex: str | None
    created_at: int
    changed_at: int
    decided_at: int | None
    """When it was signed or declined."""


class ApplicationRepository(Protocol):
    """Applications."""

    def add(self, application: Application, *, since_at: int, at_most: int, waiting_max_count: int) -> bool | None:
        """Adds one that waits.

        Returns False where one of the same two is undecided; None where the applicant made ``at_most`` since then.
        Raises ApplicationsFull where ``waiting_max_count`` wait for the institution.
        """
        ...

    def get(self, application_id: str) -> Application | None: ...

    def page(
        self,
        *,
        applicant: Address | None = None,
        institution: Address | None = None,
        state: ApplicationState | None = None,
        before: tuple[int, str] | None = None,
        limit: int,
    ) -> Sequence[Application]:
        """Newest first; those before (created_at, application_id)."""
        ...

    def change(self, application: Application, *, was: ApplicationState) -> bool:
        """Writes what became of one. A signed one gives its applicant the name. False where it was in another state."""
        ...

    def forget(self, *, changed_before_at: int, now: int) -> int:
        """Drops old ones, but none whose signed credential is still in time; returns how many."""
        ...


@dataclass(frozen=True, slots=True)
class Professional:
    """Somebody of the directory who is not a patient alone."""

    person: IndexedParticipant
    licence_commitment_hex: str | None
    named: str | None
    """As a verifier's signature confirmed it."""
    named_licence_hex: str | None
    """The licence commitment that the name was confirmed with."""
    issued_at: int | None
    """Of the credential that was signed then."""


class ProfessionalRepository(Protocol):
    """The directory's professionals with the names that verifiers confirmed."""

    def page(
        self,
        *,
        words: str | None = None,
        addresses: Collection[Address] | None = None,
        named_here: Mapping[Address, str] | None = None,
        staff_of: Address | None = None,
        after: Address | None = None,
        limit: int,
    ) -> Sequence[Professional]:
        """By address.

        Args:
            words: part of a name, whatever its case, or the beginning of an address.
            addresses: only these.
            named_here: names that the node's settings give; they stand in the place of confirmed ones.
            staff_of: only clinicians whose credential names this institution.
            after: the last of the page before.
        """
        ...
