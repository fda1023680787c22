"""Parsing of identifiers at the edge. The keccak here is the checksum of EIP-55 only."""

from __future__ import annotations

import re
from functools import lru_cache

from eth_utils.address import is_address, is_checksum_formatted_address, to_checksum_address

from mendrec.domain.errors import InputError
from mendrec.domain.model import Address

_REMEMBERED_ADDRESSES = 4096
"""The same few come again and again, and each costs a Keccak; they are public."""
_DIGEST_HEX = re.compile(r"[0-9a-f]{64}")


class MalformedAddress(InputError):
    """Not an Ethereum address, or its checksum does not hold."""

    code = "input.malformed_address"
    default_remedy = "An address is 0x and 40 hex digits; copy it again from where it was shown."


@lru_cache(maxsize=_REMEMBERED_ADDRESSES)
def parse_address(text: str) -> Address:
    """Returns the EIP-55 form of ``text``.

    Raises:
        MalformedAddress: wrong shape, or mixed case with a wrong checksum (EIP-55).
    """
    if not text.startswith("0x") or not is_address(text):
        raise MalformedAddress(f"{text[:60]!r} is not an Ethereum address.")
    checksummed = to_checksum_address(text)
    if is_checksum_formatted_address(text) and text != checksummed:
        raise MalformedAddress(f"{text!r} has a wrong checksum; a digit may be mistyped.")
    return Address(checksummed)


def parse_digest_hex(text: str) -> str:
    """Returns ``text`` as 64 lower-case hex digits, without a prefix.

    Raises:
        InputError: any other shape.
    """
    digest_hex = text.removeprefix("0x").lower()
    if not _DIGEST_HEX.fullmatch(digest_hex):
        raise InputError("A digest is 64 hex digits (SHA-256).", remedy="Copy it again from where it was shown.")
    return digest_hex
