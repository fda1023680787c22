"""age recipients: bech32 both ways, one spelling a key, and no key that breaks whoever encrypts to it."""

from __future__ import annotations

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mendrec.domain.age_recipient import (
    _SMALL_ORDER_U,
    MalformedIdentity,
    MalformedRecipient,
    _encode,
    identity_from_bytes,
    identity_to_bytes,
    parse_recipient,
    recipient_from_bytes,
    recipient_to_bytes,
)

PRIME = 2**255 - 19
ORDER_8 = (
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
)


def le(number: int) -> bytes:
    return number.to_bytes(32, "little")


@given(st.binary(min_size=32, max_size=32))
def test_identities_and_their_recipients_equal_what_the_age_library_writes(secret: bytes) -> None:
    text = identity_from_bytes(secret)
    native = pyrage.x25519.Identity.from_str(text)
    assert str(native) == text
    assert identity_to_bytes(text) == secret
    recipient = str(native.to_public())
    assert recipient_from_bytes(recipient_to_bytes(recipient)) == recipient


@pytest.mark.parametrize(
    "public_key",
    [le(0), le(1), le(PRIME - 1), le(PRIME), le(PRIME + 1), le(2**255 - 1), le(2**255 + 9), le(2**256 - 1)]
    + [bytes.fromhex(text) for text in ORDER_8],
)
def test_small_order_and_unreduced_points_are_refused(public_key: bytes) -> None:
    """With these the age library aborts (a panic that is no Exception): a reader's own recipient must not do that to
    a custodian."""
    with pytest.raises(MalformedRecipient):
        recipient_from_bytes(public_key)
    with pytest.raises(MalformedRecipient):
        parse_recipient(_encode("age", public_key))


def test_the_listed_points_are_those_on_which_x25519_gives_zero() -> None:
    """Derives the constants: 8 times such a point is the neutral element (RFC 7748's Montgomery ladder, scalar 8)."""

    def times_eight_is_zero(u: int) -> bool:
        x2, z2, x3, z3 = 1, 0, u, 1
        for bit in (1, 0, 0, 0):
            if bit:
                x2, x3, z2, z3 = x3, x2, z3, z2
            a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
            x3, z3 = (d * a + c * b) ** 2 % PRIME, u * (d * a - c * b) ** 2 % PRIME
            aa, bb = a * a % PRIME, b * b % PRIME
            x2, z2 = aa * bb % PRIME, (aa - bb) * (aa + 121665 * (aa - bb)) % PRIME
            if bit:
                x2, x3, z2, z3 = x3, x2, z3, z2
        return z2 == 0 or x2 * pow(z2, -1, PRIME) % PRIME == 0

    assert len(_SMALL_ORDER_U) == 5
    assert all(times_eight_is_zero(u) for u in _SMALL_ORDER_U)
    assert not times_eight_is_zero(9)


@pytest.mark.parametrize("index", range(62))
def test_every_mistyped_character_is_noticed(index: int) -> None:
    text = str(pyrage.x25519.Identity.from_str(identity_from_bytes(b"\x07" * 32)).to_public())
    wrong = "q" if text[index] != "q" else "p"
    with pytest.raises(MalformedRecipient):
        parse_recipient(text[:index] + wrong + text[index + 1 :])


def test_other_spellings_and_kinds_are_refused() -> None:
    recipient = recipient_from_bytes(le(9))
    identity = identity_from_bytes(b"\x07" * 32)
    for text in ("", recipient.upper(), recipient.title(), " " + recipient, recipient + "\n", recipient[:-1], identity):
        with pytest.raises(MalformedRecipient):
            parse_recipient(text)
    for text in ("", identity.lower(), identity[:-1], recipient, recipient.upper()):
        with pytest.raises(MalformedIdentity):
            identity_to_bytes(text)
    for size in (0, 31, 33):
        with pytest.raises(MalformedRecipient):
            recipient_from_bytes(b"\x09" * size)
        with pytest.raises(MalformedIdentity):
            identity_from_bytes(b"\x09" * size)


def test_a_refused_identity_is_not_repeated_in_the_message() -> None:
    identity = identity_from_bytes(b"\x07" * 32)
    with pytest.raises(MalformedIdentity) as caught:
        identity_to_bytes(identity[:-1] + ("A" if identity[-1] != "A" else "C"))
    assert identity[20:40] not in f"{caught.value} {caught.value.as_dict()} {caught.value.__cause__}"
