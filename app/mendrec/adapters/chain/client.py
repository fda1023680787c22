"""One node of one chain, over web3. Every answer is checked, and every fault becomes one of this package's errors.

The only importer of ``web3``. What a transport error says stays in the chained cause: it may hold an address with
a token in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from eth_abi.exceptions import EncodingError
from eth_typing import ChecksumAddress
from web3 import HTTPProvider, Web3
from web3.exceptions import (
    BlockNotFound,
    ContractLogicError,
    InvalidAddress,
    TransactionNotFound,
    Web3Exception,
    Web3RPCError,
)
from web3.middleware import ExtraDataToPOAMiddleware
from web3.types import BlockData, LogReceipt, TxParams, TxReceipt

from mendrec.adapters.chain.artifacts_loader import Artifact, load_artifacts
from mendrec.adapters.chain.codec import bare_hex, decode_named
from mendrec.adapters.chain.errors import WrongChainError
from mendrec.adapters.chain.faults import SenderUnfunded, guarded, revert_data, rpc_fault
from mendrec.adapters.chain.refusals import RefusalDecoder
from mendrec.domain.errors import InputError, NotFoundError
from mendrec.domain.limits import LIMITS, Limits
from mendrec.domain.model import Address, BlockRef
from mendrec.ports import SignedTransaction, Wallet

_GAS_MARGIN_PERCENT = 20
"""On top of the estimate: another transaction may come first and make a cold slot of what was a warm one."""
_BASE_FEE_FACTOR = 2
"""The base fee can double in six full blocks (EIP-1559: at most 12.5 % a block)."""
_UNUSED_MIDDLEWARE = ("gas_price_strategy", "ens_name_to_address", "validation", "gas_estimate")
"""What web3 does for callers who leave things out; nothing is left out here, and it asks for the chain id each time."""
_ALREADY_SENT = ("already known", "already imported", "known transaction", "nonce too low")


class UnusableArguments(InputError):
    """The arguments do not have the shape that the contract's function takes."""

    code = "input.contract_arguments"


@dataclass(frozen=True, slots=True)
class Target:
    """What a call goes to: a contract, by name, at an address."""

    contract: str
    address: Address


class ChainClient:
    """Typed calls to one JSON-RPC node."""

    def __init__(self, web3: Web3, *, chain_id: int, artifacts: Mapping[str, Artifact]) -> None:
        self._web3 = web3
        self._encoders = {name: web3.eth.contract(abi=cast(Any, item.abi)) for name, item in artifacts.items()}
        self._functions = {
            (name, item["name"]): item
            for name, artifact in artifacts.items()
            for item in artifact.abi
            if item["type"] == "function"
        }
        self._refusals = RefusalDecoder(artifacts)
        self.artifacts = artifacts
        self.chain_id = chain_id

    @classmethod
    def connect(cls, rpc_url: str, *, expected_chain_id: int, limits: Limits = LIMITS) -> ChainClient:
        """Opens a node and makes sure that it is one of the chain meant.

        Raises:
            ChainUnavailable: nothing answers.
            WrongChainError: another chain answers.
        """
        provider = HTTPProvider(
            rpc_url,
            request_kwargs={"timeout": limits.chain_timeout_s},
            exception_retry_configuration=None,  # a fault is told at once; the outbox knows when to try again
        )
        web3 = Web3(provider)
        for unused in _UNUSED_MIDDLEWARE:
            web3.middleware_onion.remove(unused)
        # Permissioned networks (Clique, QBFT) keep seals in a longer extraData than web3 takes otherwise.
        web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
        with guarded():
            found = web3.eth.chain_id
        if found != expected_chain_id:
            raise WrongChainError(f"The node is of chain {found}; {expected_chain_id} was expected.")
        return cls(web3, chain_id=found, artifacts=load_artifacts())

    @property
    def refusals(self) -> RefusalDecoder:
        """The decoder of the contracts' errors."""
        return self._refusals

    def encode(self, contract: str, function: str, args: Sequence[Any]) -> str:
        """Returns the call data, 0x-hex.

        Raises:
            UnusableArguments: no such function, or arguments of another shape.
        """
        try:
            return str(self._encoders[contract].encode_abi(function, list(args)))
        except (Web3Exception, EncodingError, InvalidAddress, TypeError, ValueError, KeyError) as error:
            raise UnusableArguments(f"{contract}.{function} does not take these arguments.") from error

    def encode_creation(self, contract: str, constructor_args: Sequence[Any]) -> str:
        """Returns creation code and constructor arguments, 0x-hex.

        Raises:
            UnusableArguments: arguments of another shape.
        """
        encoder = self._web3.eth.contract(
            abi=cast(Any, self.artifacts[contract].abi), bytecode=self.artifacts[contract].creation_code
        )
        try:
            return str(encoder.constructor(*constructor_args).data_in_transaction)
        except (Web3Exception, EncodingError, TypeError, ValueError) as error:
            raise UnusableArguments(f"The constructor of {contract} does not take these arguments.") from error

    def call(
        self,
        target: Target,
        function: str,
        args: Sequence[Any],
        *,
        at: BlockRef | None = None,
        sender: Address | None = None,
    ) -> dict[str, Any]:
        """Asks a contract and returns its answer by name (unnamed outputs: by position, ``"0"``).

        Raises:
            ContractRefusal: the contract reverted.
            ChainUnavailable: no usable answer.
        """
        data = self.encode(target.contract, function, args)
        answer = self.call_raw(target, data, at=at, sender=sender)
        with guarded():
            return decode_named(self._functions[target.contract, function].get("outputs", ()), answer)

    def call_raw(
        self, target: Target, data: str, *, at: BlockRef | None = None, sender: Address | None = None
    ) -> bytes:
        """Asks a contract with ready call data. ``at`` is pinned by hash, so a reorganisation cannot mix two states."""
        fields: dict[str, Any] = {"to": target.address, "data": data}
        if sender is not None:
            fields["from"] = sender
        block: Any = "latest" if at is None else "0x" + at.hash_hex
        with self._refusing(target.contract):
            return bytes(self._web3.eth.call(cast(TxParams, fields), block))

    def code(self, address: Address) -> bytes:
        """Returns the code at an address; empty where there is none."""
        with guarded():
            return bytes(self._web3.eth.get_code(_checksum(address)))

    def head_block(self) -> BlockRef:
        """Returns the newest block."""
        with guarded():
            return _block_ref(self._web3.eth.get_block("latest"))

    def block(self, number: int) -> BlockRef:
        """See :meth:`mendrec.ports.EventSource.block`."""
        try:
            with guarded(passing=BlockNotFound):
                return _block_ref(self._web3.eth.get_block(number))
        except BlockNotFound as error:
            raise NotFoundError(
                f"The chain has no block {number} yet.", remedy="Wait until the chain's node has caught up."
            ) from error

    def logs(self, addresses: Sequence[Address], from_block: int, to_block: int) -> list[LogReceipt]:
        """Returns the raw logs of the addresses in a range of blocks."""
        with guarded():
            return self._web3.eth.get_logs(
                {"address": [_checksum(address) for address in addresses], "fromBlock": from_block, "toBlock": to_block}
            )

    def next_nonce(self, sender: Address) -> int:
        """See :meth:`mendrec.ports.LedgerWriter.next_nonce`."""
        with guarded():
            return self._web3.eth.get_transaction_count(_checksum(sender), "pending")

    def spent_nonces(self, sender: Address) -> int:
        """See :meth:`mendrec.ports.LedgerWriter.spent_nonces`."""
        with guarded():
            return self._web3.eth.get_transaction_count(_checksum(sender), "latest")

    def sign(self, contract: str, to: Address | None, data: str, wallet: Wallet, nonce: int) -> SignedTransaction:
        """Estimates, prices and signs a transaction; ``to`` is None for a creation.

        Raises:
            ContractRefusal: it would revert.
            SenderUnfunded: the account cannot pay for it.
        """
        fields: dict[str, Any] = {"from": wallet.address, "data": data, "value": 0}
        if to is not None:
            fields["to"] = to
        with self._refusing(contract):
            estimate = self._web3.eth.estimate_gas(cast(TxParams, fields))
        del fields["from"]
        fields |= {
            "gas": estimate + estimate * _GAS_MARGIN_PERCENT // 100,
            "nonce": nonce,
            "chainId": self.chain_id,
            **self._fees(),
        }
        self._require_funds(wallet.address, fields)
        raw, hash_ = wallet.sign_transaction(fields)
        return SignedTransaction(wallet.address, nonce, bare_hex(raw), bare_hex(hash_))

    def broadcast(self, transaction: SignedTransaction) -> None:
        """See :meth:`mendrec.ports.LedgerWriter.broadcast`."""
        try:
            with guarded(passing=Web3RPCError):
                self._web3.eth.send_raw_transaction(bytes.fromhex(transaction.raw_hex))
        except Web3RPCError as error:
            text = str(error).lower()
            if any(known in text for known in _ALREADY_SENT):
                return
            raise rpc_fault(error) from error

    def receipt(self, hash_hex: str) -> TxReceipt | None:
        """Returns the node's receipt; None while the transaction is not mined."""
        try:
            with guarded(passing=TransactionNotFound):
                return self._web3.eth.get_transaction_receipt(cast(Any, "0x" + hash_hex))
        except TransactionNotFound:
            return None

    def _fees(self) -> dict[str, int]:
        with guarded():
            base_fee = self._web3.eth.get_block("latest").get("baseFeePerGas")
            if base_fee is None:  # a chain from before EIP-1559
                return {"gasPrice": self._web3.eth.gas_price}
            priority_fee = self._web3.eth.max_priority_fee
        return {"maxFeePerGas": base_fee * _BASE_FEE_FACTOR + priority_fee, "maxPriorityFeePerGas": priority_fee}

    def _require_funds(self, sender: Address, fields: dict[str, Any]) -> None:
        """Before it is signed: a signed transaction that nobody can pay now could still be sent later."""
        with guarded():
            balance = self._web3.eth.get_balance(_checksum(sender))
        if balance < fields["gas"] * fields.get("maxFeePerGas", fields.get("gasPrice", 0)):
            raise SenderUnfunded("The sending account can't pay for this transaction.")

    @contextmanager
    def _refusing(self, contract: str) -> Iterator[None]:
        try:
            with guarded(passing=ContractLogicError):
                yield
        except ContractLogicError as error:
            raise self._refusals.refusal(contract, revert_data(error)) from error


def _checksum(address: Address) -> ChecksumAddress:
    return cast(ChecksumAddress, address)


def _block_ref(block: BlockData) -> BlockRef:
    return BlockRef(block["number"], bare_hex(bytes(block["hash"])), block["timestamp"])
