"""Shamir's secret sharing over GF(2^8) in HashiCorp Vault's form. The only importer of ``pyshamir``.

A share is the secret's length plus one byte: the polynomials' values, then the x-coordinate (1 to 255).

A threshold of 1 means polynomials of degree 0: every value is the secret byte itself, so a share is the secret
followed by an x-coordinate. The library refuses that case because nothing is hidden by it; it is built here in the
same form, so that one custodian and many differ in numbers only and no caller knows the case.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import pyshamir

from mendrec.domain.errors import InputError, VerificationError

_SHARES_MAX = 255


class InvalidThreshold(InputError):
    """The threshold and the number of shares do not fit each other."""

    code = "input.threshold"


class CannotCombineError(VerificationError):
    """These shares do not make a secret."""

    code = "verification.cannot_combine"


def split(secret: bytes, *, total: int, threshold: int) -> tuple[bytes, ...]:
    """Returns ``total`` shares, any ``threshold`` of which make ``secret`` again; the x-coordinates are random.

    Raises:
        InvalidThreshold: not 1 <= threshold <= total <= 255, or an empty secret.
    """
    if not 1 <= threshold <= total <= _SHARES_MAX or not secret:
        raise InvalidThreshold(f"{threshold} of {total} is not a possible sharing.")
    if threshold == 1:
        coordinates = secrets.SystemRandom().sample(range(1, _SHARES_MAX + 1), total)
        return tuple(secret + bytes([x]) for x in coordinates)
    return tuple(bytes(share) for share in pyshamir.split(secret, total, threshold))


def combine(shares: Sequence[bytes], *, threshold: int) -> bytes:
    """Returns the secret that ``threshold`` of ``shares`` make; further shares are not used.

    NOTE: Shamir's scheme cannot tell a wrong share: the result is then another secret. Check the shares against their
    commitments before, and the secret against its public half after.

    Raises:
        CannotCombineError: too few, of different lengths, or two with one x-coordinate.
    """
    used = list(shares)[:threshold]
    if threshold < 1 or len(used) < threshold:
        raise CannotCombineError(f"{threshold} shares are needed; there are {len(used)}.")
    if any(len(share) != len(used[0]) or len(share) < 2 or share[-1] == 0 for share in used):
        raise CannotCombineError("The shares do not fit each other.")
    if threshold == 1:
        return used[0][:-1]
    try:
        return bytes(pyshamir.combine([bytearray(share) for share in used]))
    except ValueError as error:
        raise CannotCombineError("The shares do not fit each other.") from error
