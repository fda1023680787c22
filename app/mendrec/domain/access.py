"""May this person do this now? The rule, without asking anybody.

A window is ``[from_at, until_at)``: the first second counts, the last does not. The rule is evaluated at every time
given to it and all must hold: a custodian gives the chain's head time and its own clock.
"""

from __future__ import annotations

from mendrec.domain.errors import RefusedError
from mendrec.domain.model import EffectiveAccess, Purpose, Right


class AccessRefused(RefusedError):
    """Base of the reasons why access is refused."""

    code = "refused.access"


class NothingGranted(AccessRefused):
    """There is no permission block, or it was revoked."""

    code = "refused.access.nothing_granted"
    default_remedy = "Ask the patient for access: `mendrec ask`."


class RightMissing(AccessRefused):
    """The block allows something else."""

    code = "refused.access.right_missing"
    default_remedy = "Ask the patient for this right: `mendrec ask`."


class PurposeMismatch(AccessRefused):
    """The block was given for another purpose."""

    code = "refused.access.purpose_mismatch"
    default_remedy = "State the purpose that the patient allowed, or ask for another one."


class NotYetValid(AccessRefused):
    """The window has not begun."""

    code = "refused.access.not_yet_valid"
    default_remedy = "Wait until the access begins."


class AccessExpired(AccessRefused):
    """The window is over."""

    code = "refused.access.expired"
    default_remedy = "Ask the patient to renew the access: `mendrec ask`."


def require_access(
    access: EffectiveAccess, right: Right, purpose: Purpose | None, *, at_times: tuple[int, ...]
) -> None:
    """Returns only if ``access`` allows ``right`` for ``purpose`` at every one of ``at_times``.

    Args:
        access: what holds in the end for (patient, grantee, category).
        right: one right.
        purpose: what the person wants it for; None where the act has no purpose (writing).
        at_times: Unix seconds, at least one.

    Raises:
        AccessRefused: one of its kinds, the most telling first.
    """
    if not at_times:
        raise ValueError("a rule about time needs a time")
    if not access.rights:
        raise NothingGranted("Nothing is granted for this category.")
    if right not in access.rights:
        raise RightMissing(f"What is granted for this category does not include {right.name}.")
    if purpose is not None and purpose != access.purpose:
        raise PurposeMismatch(f"The access was not given for the purpose {purpose.name}.")
    if min(at_times) < access.from_at:
        raise NotYetValid(f"The access begins at {access.from_at} (Unix seconds).")
    if max(at_times) >= access.until_at:
        raise AccessExpired(f"The access ended at {access.until_at} (Unix seconds).")
