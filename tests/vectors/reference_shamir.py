"""Shamir's sharing in Vault's form, written from the scheme's definition: the reference the tests compare with.

GF(2^8) with the polynomial x^8 + x^4 + x^3 + x + 1, multiplication by shift and reduce, division by search. Slow and
plain on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence


def multiply(left: int, right: int) -> int:
    """Product in GF(2^8)."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left = left << 1 ^ (0x11B if left & 0x80 else 0)
        right >>= 1
    return product


def divide(left: int, right: int) -> int:
    """The element that times ``right`` is ``left``."""
    return next(quotient for quotient in range(256) if multiply(quotient, right) == left)


def reference_split(secret: bytes, coefficients: Sequence[bytes], coordinates: Sequence[int]) -> list[bytes]:
    """Shares at ``coordinates`` of the polynomials with the constant terms ``secret`` and the next terms given."""
    shares = []
    for x in coordinates:
        values = bytearray()
        for position, constant in enumerate(secret):
            value, power = constant, 1
            for coefficient in coefficients:
                power = multiply(power, x)
                value ^= multiply(coefficient[position], power)
            values.append(value)
        shares.append(bytes(values) + bytes([x]))
    return shares


def reference_combine(shares: Sequence[bytes]) -> bytes:
    """Lagrange interpolation at 0."""
    coordinates = [share[-1] for share in shares]
    weights = []
    for x in coordinates:
        weight = 1
        for other in coordinates:
            if other != x:
                weight = multiply(weight, divide(other, other ^ x))
        weights.append(weight)
    secret = bytearray(len(shares[0]) - 1)
    for share, weight in zip(shares, weights, strict=True):
        for position in range(len(secret)):
            secret[position] ^= multiply(share[position], weight)
    return bytes(secret)
