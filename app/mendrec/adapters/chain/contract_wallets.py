"""Asking a contract wallet for its word (EIP-1271). The contract is a stranger's: it is believed for itself only."""

from __future__ import annotations

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from mendrec.adapters.chain.client import ChainClient
from mendrec.domain.errors import RefusedError
from mendrec.domain.model import Address

_SELECTOR = keccak(text="isValidSignature(bytes32,bytes)")[:4]
_MAGIC = bytes.fromhex("1626ba7e") + bytes(28)
"""EIP-1271: bytes4(keccak256("isValidSignature(bytes32,bytes)")), ABI-encoded."""

_GAS = 10_000_000
"""Several signatures of any kind are judged with less; a contract that never ends costs the node no more than this."""


class NotTheWalletsWord(RefusedError):
    """There is no contract wallet at the address, or the signature is not its own."""

    code = "refused.contract_signature"


def require_wallet_word(client: ChainClient, wallet: Address, digest_hex: str, signature: bytes) -> None:
    """See :meth:`mendrec.ports.LedgerReader.require_contract_signature`."""
    if not client.code(wallet):
        raise NotTheWalletsWord(f"There is no contract at {wallet}, and the signature is not of its key.")
    data = _SELECTOR + encode(["bytes32", "bytes"], [bytes.fromhex(digest_hex), signature])
    # The wallet's own errors are nobody's words here: whatever it fails with means no.
    answer = client.call_stranger(wallet, "0x" + data.hex(), gas=_GAS)
    if answer != _MAGIC:
        raise NotTheWalletsWord(f"The contract at {wallet} does not take the signature for its own.")
