"""What was found when something of an installation was looked at: how bad, in words, what to do, and figures.

Words hold no address of a person, no path of a record, no key and no token: conditions are shown to whoever watches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from mendrec.domain.errors import MendrecError


class Severity(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    """It works; look at it before it does not."""
    ERROR = "error"
    """It does not work."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that was looked at."""

    check: str
    """Short and stable: ``chain``, ``store ward-disk``."""
    severity: Severity
    what: str
    remedy: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    """Measured values by name; the unit is in the name."""
    code: str | None = None
    """Of the error that it was, where it was one."""

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe; the shape of ``/health/ready`` and ``mendrec doctor --json``, without the code."""
        told = {**asdict(self), "severity": self.severity.value, "figures": dict(self.figures)}
        del told["code"]
        return told


def fine(check: str, what: str, **figures: float) -> Condition:
    """A condition that is well."""
    return Condition(check, Severity.OK, what, "", figures)


def warning(check: str, what: str, remedy: str, **figures: float) -> Condition:
    """A condition that should be looked at."""
    return Condition(check, Severity.WARNING, what, remedy, figures)


def bad(check: str, what: str, remedy: str, **figures: float) -> Condition:
    """A condition in which something does not work."""
    return Condition(check, Severity.ERROR, what, remedy, figures)


def failed(check: str, error: Exception) -> Condition:
    """What became of a look that failed; the text of a stranger's error may hold what must not be shown."""
    if isinstance(error, MendrecError):
        return replace(bad(check, error.message, error.remedy), code=error.code)
    return bad(check, f"This could not be looked at ({type(error).__name__}).", "Look into the node's log.")


def worst(conditions: Iterable[Condition]) -> Severity:
    """The worst severity; OK where there is nothing."""
    order = list(Severity)
    return max((one.severity for one in conditions), key=order.index, default=Severity.OK)
