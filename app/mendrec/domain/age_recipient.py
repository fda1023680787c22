"""age X25519 recipients and identities as bech32 (BIP 173): ``age1…`` and ``AGE-SECRET-KEY-1…`` ↔ 32 bytes.

Source: the age v1 format, "The X25519 recipient type". The only importer of ``bech32``.
"""

from __future__ import annotations

from functools import lru_cache

import bech32

from mendrec.domain.errors import InputError

_RECIPIENT_HRP = "age"
_IDENTITY_HRP = "age-secret-key-"
_REMEMBERED_RECIPIENTS = 4096
"""Each is parsed several times on its way into and out of a record; they are public, so they may be remembered."""
_KEY_BYTES = 32
_FIELD_PRIME = 2**255 - 19
# u-coordinates of the points of order 1, 2, 4 and 8 (RFC 7748 section 6.1): with one of them as a public key the
# shared secret is zero whoever computes it. age libraries abort on it, and it must not be a custodian that aborts.
_SMALL_ORDER_U = frozenset(
    {
        0,
        1,
        _FIELD_PRIME - 1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
    }
)


class MalformedRecipient(InputError):
    """Not an age X25519 recipient."""

    code = "input.malformed_recipient"
    default_remedy = "A recipient is age1 and 58 more characters; copy it again from where it was shown."


class MalformedIdentity(InputError):
    """Not an age X25519 identity. The message never repeats what was given."""

    code = "input.malformed_identity"
    default_remedy = "An identity is AGE-SECRET-KEY-1 and 58 more characters in upper case."


def recipient_from_bytes(public_key_bytes: bytes) -> str:
    """Returns ``age1…`` for a 32-byte X25519 public key, the form the Directory keeps on chain.

    Raises:
        MalformedRecipient: not 32 bytes, or not a usable key (see :func:`recipient_to_bytes`).
    """
    _require_usable(public_key_bytes)
    return _encode(_RECIPIENT_HRP, public_key_bytes)


@lru_cache(maxsize=_REMEMBERED_RECIPIENTS)
def recipient_to_bytes(recipient: str) -> bytes:
    """Returns the 32 bytes of an X25519 public key written as ``age1…``.

    Raises:
        MalformedRecipient: any other text, upper case included; a coordinate that is not reduced, so that one key
            has one spelling; a point of small order, all zero included.
    """
    public_key_bytes = _decode(_RECIPIENT_HRP, recipient) if recipient == recipient.lower() else None
    if public_key_bytes is None:
        raise MalformedRecipient("Not an age X25519 recipient.")
    _require_usable(public_key_bytes)
    return public_key_bytes


def parse_recipient(text: str) -> str:
    """Returns ``text`` where it is an age X25519 recipient.

    Raises:
        MalformedRecipient: any other text.
    """
    recipient_to_bytes(text)
    return text


def identity_from_bytes(secret_key_bytes: bytes) -> str:
    """Returns ``AGE-SECRET-KEY-1…`` for 32 secret bytes.

    Raises:
        MalformedIdentity: not 32 bytes.
    """
    if len(secret_key_bytes) != _KEY_BYTES:
        raise MalformedIdentity("An identity is 32 bytes.")
    return _encode(_IDENTITY_HRP, secret_key_bytes).upper()


def identity_to_bytes(identity: str) -> bytes:
    """Returns the 32 secret bytes of an identity written as ``AGE-SECRET-KEY-1…``.

    Raises:
        MalformedIdentity: any other text, lower case included.
    """
    secret_key_bytes = _decode(_IDENTITY_HRP, identity) if identity == identity.upper() else None
    if secret_key_bytes is None:
        raise MalformedIdentity("Not an age X25519 identity.")
    return secret_key_bytes


def _require_usable(public_key_bytes: bytes) -> None:
    u_coordinate = int.from_bytes(public_key_bytes, "little")
    if len(public_key_bytes) != _KEY_BYTES or u_coordinate >= _FIELD_PRIME or u_coordinate in _SMALL_ORDER_U:
        raise MalformedRecipient("A recipient is 32 bytes that are a usable X25519 public key.")


def _encode(hrp: str, data: bytes) -> str:
    words = bech32.convertbits(data, 8, 5, True)
    if words is None:  # convertbits refuses values outside 0..255 only; bytes have none
        raise MalformedRecipient("Bytes expected.")
    return str(bech32.bech32_encode(hrp, words))


def _decode(hrp: str, text: str) -> bytes | None:
    found_hrp, words = bech32.bech32_decode(text)
    if found_hrp != hrp or words is None:
        return None
    data = bech32.convertbits(words, 5, 8, False)
    if data is None or len(data) != _KEY_BYTES:
        return None
    return bytes(data)
