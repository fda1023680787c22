"""Creating the contracts, and proving that what is at an address came from the artifacts of this version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rlp import decode as rlp_decode  # type: ignore[import-untyped]
from rlp.exceptions import RLPException  # type: ignore[import-untyped]

from mendrec.adapters.chain.artifacts_loader import CONTRACTS
from mendrec.adapters.chain.client import ChainClient
from mendrec.adapters.chain.errors import WrongContractsError
from mendrec.adapters.chain.events import EventDecoder
from mendrec.adapters.chain.genuine import require_genuine
from mendrec.adapters.chain.inspector import creation_address
from mendrec.adapters.chain.ledger import Web3LedgerReader, Web3LedgerWriter, receipt_of
from mendrec.domain.errors import ConfigurationError
from mendrec.domain.model import Address, BlockRef
from mendrec.ports import Deployment, SignedTransaction, TransactionReceipt, Wallet

_DYNAMIC_FEE = 2
"""First byte of an EIP-1559 transaction; its fields are RLP after that, a legacy transaction's from the start."""


class CreationDiffers(ConfigurationError):
    """A creation that was signed and written down is not the one that would be signed now."""

    code = "configuration.creation_differs"
    default_remedy = (
        "Finish with the governance, the account and the version that it was signed with; or, to give it up, move the "
        "chain's .steps.json in the address registry away. If it was sent it may still be mined."
    )


class Web3Deployer:
    """Implements :class:`mendrec.ports.ContractDeployer`."""

    def __init__(self, client: ChainClient) -> None:
        self._client = client

    @property
    def chain_id(self) -> int:
        """The chain's number (EIP-155)."""
        return self._client.chain_id

    def next_nonce(self, sender: Address) -> int:
        """See :meth:`mendrec.ports.LedgerWriter.next_nonce`."""
        return self._client.next_nonce(sender)

    def spent_nonces(self, sender: Address) -> int:
        """See :meth:`mendrec.ports.LedgerWriter.spent_nonces`."""
        return self._client.spent_nonces(sender)

    def sign_creation(
        self, contract: str, constructor_args: tuple[Any, ...], wallet: Wallet, nonce: int
    ) -> SignedTransaction:
        """Signs the creation of ``contract``; its address follows from sender and nonce."""
        data = self._client.encode_creation(contract, constructor_args)
        return self._client.sign(contract, None, data, wallet, nonce)

    def created_address(self, transaction: SignedTransaction) -> Address:
        """See :func:`mendrec.adapters.chain.inspector.creation_address`."""
        return creation_address(transaction.sender, transaction.nonce)

    def require_creation(self, transaction: SignedTransaction, contract: str, constructor_args: tuple[Any, ...]) -> int:
        """See :meth:`mendrec.ports.ContractDeployer.require_creation`."""
        to, data, cost_wei = _creation_fields(transaction, contract)
        if to or "0x" + data.hex() != self._client.encode_creation(contract, constructor_args):
            raise CreationDiffers(
                f"The creation of {contract} that was signed before is of other code, or gives the contract another "
                "owner or other contracts, than is declared now."
            )
        return cost_wei

    def broadcast(self, transaction: SignedTransaction) -> None:
        """See :meth:`mendrec.ports.LedgerWriter.broadcast`."""
        self._client.broadcast(transaction)

    def receipt(self, hash_hex: str) -> TransactionReceipt | None:
        """The receipt of a creation, without events; None while it is not mined."""
        found = self._client.receipt(hash_hex)
        return None if found is None else receipt_of(self._client, found, EventDecoder({}, self._client.artifacts))

    def block(self, number: int) -> BlockRef:
        """See :meth:`mendrec.ports.EventSource.block`."""
        return self._client.block(number)

    def require_contracts(self, addresses: Mapping[str, Address]) -> None:
        """See :meth:`mendrec.ports.ContractDeployer.require_contracts`."""
        for contract in CONTRACTS:
            if contract in addresses:
                require_genuine(self._client, contract, addresses)

    def open(self, deployment: Deployment) -> tuple[Web3LedgerReader, Web3LedgerWriter]:
        """See :meth:`mendrec.ports.ContractDeployer.open`."""
        return open_ledger(self._client, deployment)


def _creation_fields(transaction: SignedTransaction, contract: str) -> tuple[bytes, bytes, int]:
    """Returns target, data, and gas limit times the highest price for one unit of it (EIP-1559, EIP-155)."""
    try:
        raw = bytes.fromhex(transaction.raw_hex)
        if raw[0] == _DYNAMIC_FEE:
            _chain_id, _nonce, _tip, price, gas, to, _value, data = rlp_decode(raw[1:])[:8]
        else:
            _nonce, price, gas, to, _value, data = rlp_decode(raw)[:6]
        return to, data, int.from_bytes(gas, "big") * int.from_bytes(price, "big")
    except (RLPException, ValueError, IndexError, TypeError) as error:
        raise CreationDiffers(f"What was written down as the creation of {contract} is no transaction.") from error


def open_ledger(client: ChainClient, deployment: Deployment) -> tuple[Web3LedgerReader, Web3LedgerWriter]:
    """Returns the deployed contracts after checking that they are the ones of this version.

    Raises:
        WrongContractsError: the deployment is of another chain, incomplete, or other contracts are at the addresses.
    """
    if deployment.chain_id != client.chain_id or set(deployment.addresses) != set(CONTRACTS):
        raise WrongContractsError("The deployment file is not of this chain, or not complete.")
    Web3Deployer(client).require_contracts(deployment.addresses)
    return Web3LedgerReader(client, deployment.addresses), Web3LedgerWriter(client, deployment.addresses)
