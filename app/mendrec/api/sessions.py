"""Signing in, sessions, and the node's own words."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mendrec.api.common import AddressText, Answered, Asked, AskedInUrl, UnixSeconds

SESSION_ID = r"^[0-9a-f]{32}$"


class NonceAnswered(Answered):
    """A nonce, and what the message has to say beside it."""

    nonce: str
    expires_at: UnixSeconds
    domain: str = Field(description="The message's domain (RFC 3986 authority).")
    uri: str = Field(description="The message's URI.")
    chain_id: int
    version: Literal["1"] = "1"


class SignInAsked(Asked):
    """A signed message."""

    message: str = Field(min_length=1, max_length=1_024, description="The EIP-4361 message as it was signed.")
    signature: str = Field(
        pattern=r"^0x(?:[0-9a-f]{2}){0,4096}$",
        description="EIP-191 signature of the address's key, or whatever its contract takes (EIP-1271).",
    )
    cookie: bool = Field(
        default=False,
        description="True for browsers: the token comes as a cookie that no script can read. Else it is answered.",
    )


class SessionAnswered(Answered):
    """One session."""

    session_id: str = Field(pattern=SESSION_ID, description="Names it; lets nobody in.")
    person: AddressText
    in_cookie: bool
    created_at: UnixSeconds
    last_used_at: UnixSeconds
    expires_at: UnixSeconds = Field(description="It ends then however much it is used.")
    idle_s: int = Field(description="It ends when it was not used for so long.")
    current: bool = Field(description="Whether it is the one that asked.")


class OpenSessionAnswered(Answered):
    """A session that was opened or renewed."""

    session: SessionAnswered
    token: str | None = Field(description="For `Authorization: Bearer`; null where it is in the cookie.")
    csrf_token: str | None = Field(description="For X-CSRF-Token with the cookie; null for a bearer.")


class CurrentSessionAnswered(Answered):
    """The session that asked."""

    session: SessionAnswered
    csrf_token: str | None


class SessionsAnswered(Answered):
    """One's own open sessions, newest first."""

    items: list[SessionAnswered]


class SessionPath(AskedInUrl):
    """Which session."""

    session_id: str = Field(pattern=SESSION_ID)
