"""One family of errors: each has a stable code, a message that is safe to show, and a remedy.

A message never holds plaintext, a key, a token or a query string. The cause is chained (``raise … from``)
for the developer and is not shown to the user.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class MendrecError(Exception):
    """Base of every error this package raises on purpose.

    Attributes:
        code: stable, machine-readable, ``area.what``.
        message: safe to show to anyone who made the request.
        remedy: what the person can do about it; may be empty.
    """

    code: str = "mendrec.error"
    default_remedy: ClassVar[str] = ""

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = self.default_remedy if remedy is None else remedy

    def as_dict(self) -> dict[str, str]:
        """``{code, message, remedy}``, the shape every door answers with."""
        return {"code": self.code, "message": self.message, "remedy": self.remedy}


class InputError(MendrecError):
    """What was given cannot be used; nothing was changed."""

    code = "input.invalid"


class LimitExceeded(InputError):
    """The input is larger than a documented limit."""

    code = "input.too_large"


class VerificationError(MendrecError):
    """Something does not match what was anchored, signed or committed to."""

    code = "verification.failed"


class RefusedError(MendrecError):
    """The rules do not allow it."""

    code = "refused"


class ContractRefusal(RefusedError):
    """A contract refused a call. The words are made in one place, adapters/chain/refusals.py.

    Attributes:
        contract: the contract whose rule it is, for example ``Consent``.
        name: the custom error, for example ``Expired``.
        args_by_name: the error's arguments, JSON-safe: bytes as 0x-hex.
    """

    code = "refused.contract"

    def __init__(
        self, message: str, *, contract: str, name: str, args_by_name: Mapping[str, Any], remedy: str | None = None
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.contract = contract
        self.name = name
        self.args_by_name = args_by_name
        self.code = f"refused.{contract}.{name}"


class NotFoundError(MendrecError):
    """There is no such thing."""

    code = "not_found"


class UnavailableError(MendrecError):
    """Something that is needed cannot be reached now; trying again may help."""

    code = "unavailable"


class ConfigurationError(MendrecError):
    """The installation is not set up for this."""

    code = "configuration"
