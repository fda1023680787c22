"""Looking into a transaction that somebody else signed: it must be the one that was asked for, by the key meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import rlp  # type: ignore[import-untyped]
from eth_utils.crypto import keccak
from hexbytes import HexBytes

from mendrec.crypto.wallet import InvalidSignatureError, sender_of_transaction, typed_transaction_fields
from mendrec.domain.model import Address

_LEGACY_FIELDS = ("nonce", "gasPrice", "gas", "to", "value", "data")
_LEFT_OUT: Mapping[str, Any] = {"to": "0x", "value": 0, "data": "0x"}
"""What a transaction holds where its fields do not say; without ``to`` it creates a contract."""
_NOT_FIELDS = frozenset({"v", "r", "s", "type"})
_HIGHEST_TYPE = 0x7F
"""First byte of a typed transaction (EIP-2718); a legacy one begins with an RLP list, 0xc0 or more."""


def require_signed_transaction(raw_hex: str, fields: Mapping[str, Any], signer: Address) -> str:
    """Returns the transaction's hash, 0x-hex.

    Args:
        raw_hex: the signed transaction, 0x-hex.
        fields: what was to be signed, as :meth:`mendrec.ports.Wallet.sign_transaction` takes it.
        signer: whose key should have signed.

    Raises:
        InvalidSignatureError: no signed transaction, another one than asked for, or another key's.
    """
    try:
        raw = HexBytes(raw_hex)
        signed = _typed(raw) if raw[0] <= _HIGHEST_TYPE else _legacy(raw)
        found = sender_of_transaction(bytes(raw))
    except Exception as error:
        raise InvalidSignatureError("The signer did not answer with a signed transaction.") from error
    wanted = {name: _comparable(value) for name, value in {**_LEFT_OUT, **fields}.items()}
    if signed != wanted:
        raise InvalidSignatureError("The signer signed another transaction than it was asked for.")
    if found != signer:
        raise InvalidSignatureError(f"The signer signed with another key than {signer}'s.")
    return "0x" + keccak(bytes(raw)).hex()


def _typed(raw: HexBytes) -> dict[str, int | bytes]:
    found = typed_transaction_fields(bytes(raw))
    if found.pop("accessList"):
        raise ValueError("an access list was never asked for")
    return {name: _comparable(value) for name, value in found.items() if name not in _NOT_FIELDS}


def _legacy(raw: HexBytes) -> dict[str, int | bytes]:
    """EIP-155: v tells the chain id."""
    parts = rlp.decode(bytes(raw))
    found: dict[str, int | bytes] = {
        name: part if name in {"to", "data"} else int.from_bytes(part, "big")
        for name, part in zip(_LEGACY_FIELDS, parts, strict=False)
    }
    found["chainId"] = (int.from_bytes(parts[6], "big") - 35) // 2
    return found


def _comparable(value: Any) -> int | bytes:
    if isinstance(value, str):
        return bytes.fromhex(value.removeprefix("0x"))
    return value if isinstance(value, int) else bytes(value)
