"""An external signer behind the Wallet port: the key stays in Clef, web3signer or a hardware module behind one.

What it answers is not believed: the caller gives the functions that look into it (crypto/), since adapters hold no
signature code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from mendrec.domain.errors import InputError, RefusedError, UnavailableError
from mendrec.domain.model import Address

_TIMEOUT_S = 300
"""A person may have to press a button."""
_ANSWER_MAX_BYTES = 1 << 20
SIGNER_APIS: Mapping[str, tuple[str, str]] = {
    "web3signer": ("eth_signTransaction", "eth_signTypedData"),
    "clef": ("account_signTransaction", "account_signTypedData"),
}
"""Name of the API → its methods for transactions and for EIP-712 data."""

RequireTransaction = Callable[[str, Mapping[str, Any], Address], str]
"""(raw 0x-hex, fields, signer) → hash 0x-hex; raises VerificationError."""
RequireTypedData = Callable[[Mapping[str, Any], bytes, Address], object]
"""(typed data, signature, signer); raises VerificationError."""


class SignerUnavailable(UnavailableError):
    """The external signer does not answer, or not with JSON-RPC."""

    code = "unavailable.signer"
    default_remedy = "Start the signer, and check its address in the network file."


class SignerRefused(RefusedError):
    """The external signer, or the person at it, said no."""

    code = "refused.signer"
    default_remedy = "Look at the signer's own log or screen; allow the request there and run the command again."


@dataclass(frozen=True)
class RpcSigner:
    """Implements :class:`mendrec.ports.Wallet` over JSON-RPC."""

    url: str
    address: Address
    api: str
    require_transaction: RequireTransaction
    require_typed_data: RequireTypedData

    def __post_init__(self) -> None:
        if self.api not in SIGNER_APIS:
            raise InputError(f"There is no signer API {self.api!r}.", remedy=f"One of: {', '.join(SIGNER_APIS)}.")

    def sign_transaction(self, fields: Mapping[str, Any]) -> tuple[str, str]:
        """Returns (raw transaction 0x-hex, hash 0x-hex) after looking into what came back.

        Raises:
            SignerUnavailable, SignerRefused.
            VerificationError: another transaction, or another key's.
        """
        answer = self._ask(SIGNER_APIS[self.api][0], [{"from": self.address, **_rpc_fields(fields)}])
        raw = answer.get("raw") if isinstance(answer, dict) else answer
        raw_hex = raw if isinstance(raw, str) else ""
        return raw_hex, self.require_transaction(raw_hex, fields, self.address)

    def sign_typed_data(self, typed_data: Mapping[str, Any]) -> bytes:
        """Returns the 65 bytes after checking them; errors as for transactions."""
        answer = self._ask(SIGNER_APIS[self.api][1], [self.address, typed_data])
        try:
            signature = bytes.fromhex(str(answer).removeprefix("0x"))
        except ValueError:
            signature = b""
        self.require_typed_data(typed_data, signature, self.address)
        return signature

    def _ask(self, method: str, params: list[Any]) -> Any:
        request = {"jsonrpc": "2.0", "id": next(_IDS), "method": method, "params": params}
        try:
            with requests.post(self.url, json=request, timeout=_TIMEOUT_S, allow_redirects=False, stream=True) as reply:
                document = json.loads(reply.raw.read(_ANSWER_MAX_BYTES, decode_content=True))
        except (requests.RequestException, HTTPError, ValueError, OSError) as error:
            raise SignerUnavailable("The external signer does not answer.") from error
        if not isinstance(document, dict) or document.get("id") != request["id"]:
            raise SignerUnavailable("The external signer's answer is no JSON-RPC answer.")
        if document.get("error") is not None:
            raise SignerRefused("The external signer refused to sign.")
        return document.get("result")


_IDS = count(1)


def _rpc_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as 0x-hex quantities (the Ethereum JSON-RPC specification)."""
    return {name: hex(value) if isinstance(value, int) else value for name, value in fields.items()}
