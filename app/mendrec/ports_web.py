"""What the HTTP door needs of the database: sessions, sign-in nonces, remembered answers; and of custodians elsewhere.

Every method of a repository is one transaction. Nothing that lets anyone in is stored: tokens and nonces by their
SHA-256 only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from mendrec.domain.model import Address


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session."""

    session_id_hex: str
    """Names it to its owner; it lets nobody in."""
    token_digest_hex: str
    person: Address
    in_cookie: bool
    """Whether its token is taken from the cookie; else from the Authorization header. Never from both."""
    created_at: int
    last_used_at: int
    expires_at: int
    """However much it is used."""


class SessionRepository(Protocol):
    """Sessions and nonces."""

    def add_nonce(self, nonce_digest_hex: str, *, expires_at: int, now: int) -> None:
        """Keeps a nonce, and forgets those that have expired."""
        ...

    def use_nonce(self, nonce_digest_hex: str, *, now: int) -> bool:
        """Takes a nonce away. False where it is unknown, used or expired; of two at once one gets True."""
        ...

    def add(self, session: SessionRow) -> None: ...

    def find(self, token_digest_hex: str) -> SessionRow | None: ...

    def touch(self, session_id_hex: str, *, at: int) -> None:
        """Notes that it was used at ``at``; never moves back."""
        ...

    def rotate(self, old_token_digest_hex: str, new_token_digest_hex: str, *, at: int) -> bool:
        """Puts a new token in the place of the old one. False where the old one is gone already."""
        ...

    def end(self, person: Address, session_id_hex: str) -> bool:
        """Ends one of a person's sessions. False where the person has no such session."""
        ...

    def of_person(self, person: Address) -> Sequence[SessionRow]:
        """Newest first; those that are over may be among them."""
        ...

    def forget(self, *, expired_before_at: int, unused_since_at: int) -> int:
        """Drops sessions that are over; returns how many."""
        ...


@dataclass(frozen=True, slots=True)
class RememberedAnswer:
    """What was answered to a request with an idempotency key."""

    request_digest_hex: str
    status: int | None
    """None while the first request is still being answered."""
    body: str
    location: str | None
    begun_at: int


class AnswerRepository(Protocol):
    """Answers by person and idempotency key."""

    def begin(self, person: Address, key: str, request_digest_hex: str, *, now: int) -> RememberedAnswer | None:
        """Claims a key for a request: None where it is this caller's to answer, else what is known of it."""
        ...

    def take_over(self, person: Address, key: str, *, begun_at: int, now: int) -> bool:
        """Claims a key whose first request was never answered; False where somebody else was faster."""
        ...

    def keep(self, person: Address, key: str, *, status: int, body: str, location: str | None) -> None: ...

    def release(self, person: Address, key: str) -> None:
        """Forgets a key that nothing was done for."""
        ...

    def forget(self, *, begun_before_at: int) -> int:
        """Drops what is older; returns how many."""
        ...


@dataclass(frozen=True, slots=True)
class CustodianAnswer:
    """What a custodian answered, as it is: nothing of it was believed."""

    status: int
    """200, or an error's."""
    body: bytes
    """A JSON object."""
    retry_after_s: int | None = None


class CustodianElsewhere(Protocol):
    """A custodian on another node, for those who can't ask it themselves."""

    def pass_on(self, body: Mapping[str, Any]) -> CustodianAnswer:
        """Hands a signed release request on, and returns what comes.

        Raises:
            UnavailableError: it can't be reached, or too many are waiting for it.
            VerificationError: what came is no answer.
        """
        ...
