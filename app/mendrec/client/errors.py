"""What a node answers instead of an answer, as errors of the same family that everything here raises."""

from __future__ import annotations

from typing import Any

from mendrec.domain.errors import (
    ConfigurationError,
    InputError,
    MendrecError,
    NotFoundError,
    RefusedError,
    UnavailableError,
    VerificationError,
)

_WORDS_MAX_CHARS = 2_000


class NodeUnavailable(UnavailableError):
    """The node can't be reached, or what answers is no node."""

    code = "unavailable.node"
    default_remedy = "Check the node's address and that it runs, then repeat; nothing is done twice."


class LyingNode(VerificationError):
    """The node's answer contradicts what was asked for, what was told before, or what can be computed here."""

    code = "verification.node"
    default_remedy = "Do not sign or believe it; tell the institution that runs the node, or use another node."


class NodeError(MendrecError):
    """Mixed into every error that a node answered with.

    Attributes:
        request_id: names the request in the node's logs; empty where it told none.
    """

    request_id: str = ""

    def as_dict(self) -> dict[str, str]:
        """With the request's id."""
        return {**super().as_dict(), "request_id": self.request_id}


class _Input(NodeError, InputError):
    """The request can't be used."""


class _Refused(NodeError, RefusedError):
    """The rules don't allow it."""


class SignInNeeded(NodeError, RefusedError):
    """Nobody is signed in, or the session is over."""

    default_remedy = "Sign in again."


class _Verification(NodeError, VerificationError):
    """Something does not match."""


class _NotFound(NodeError, NotFoundError):
    """There is no such thing, or it is not for this person."""


class _Unavailable(NodeError, UnavailableError):
    """Not now."""


class _Configuration(NodeError, ConfigurationError):
    """The node is not set up for this."""


_BY_AREA: dict[str, type[NodeError]] = {
    "input": _Input,
    "refused": _Refused,
    "verification": _Verification,
    "not_found": _NotFound,
    "unavailable": _Unavailable,
    "configuration": _Configuration,
}
_UNAUTHORIZED, _NOT_FOUND, _TOO_MANY, _SERVER_FAULT = 401, 404, 429, 500


def error_of(status: int, body: Any) -> MendrecError:
    """Returns the error that an answer stands for. Its code decides the family, its status where there is no code."""
    told = body if isinstance(body, dict) else {}
    code, message, remedy, request_id = (_words(told.get(name)) for name in ("code", "message", "remedy", "request_id"))
    kind = _BY_AREA.get(code.partition(".")[0]) or _by_status(status)
    if status == _UNAUTHORIZED:
        kind = SignInNeeded
    error = kind(message or f"The node answered with status {status}.", remedy=remedy or None)
    error.code = code or error.code
    error.request_id = request_id
    return error


def _by_status(status: int) -> type[NodeError]:
    if status in {_TOO_MANY} or status >= _SERVER_FAULT:
        return _Unavailable
    return _NotFound if status == _NOT_FOUND else _Input


def _words(value: Any) -> str:
    """One line that a terminal can show: it comes from another machine."""
    text = value if isinstance(value, str) else ""
    return "".join(one if one.isprintable() else " " for one in text[:_WORDS_MAX_CHARS])
