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
from hexbytes import HexBytes
from web3 import HTTPProvider, Web3
from web3.exceptions import (
    BlockNotFound,
    ContractLogicError,
    TransactionNotFound,
    Web3Exception,
    Web3RPCError,
)
from web3.middleware import ExtraDataToPOAMiddleware
from web3.types import BlockData, FilterParams, LogReceipt, TxData, TxParams, TxReceipt

from mendrec.adapters.chain.artifacts_loader import Artifact, load_artifacts
from mendrec.adapters.chain.codec import bare_hex, decode_named, encode_args, selector_of
from mendrec.adapters.chain.errors import ChainUnavailable, WrongChainError
from mendrec.adapters.chain.faults import SenderUnfunded, guarded, revert_data, rpc_fault
from mendrec.adapters.chain.refusals import RefusalDecoder
from mendrec.domain.errors import InputError, NotFoundError
from mendrec.domain.limits import LIMITS, Limits
from mendrec.domain.model import Address, BlockRef
from mendrec.ports import FeeQuote, Fees, SignedTransaction, Wallet
from mendrec.ports_relay import NotTaken

_GAS_MARGIN_PERCENT = 20
"""On top of the estimate: another transaction may come first and make a cold slot of what was a warm one."""
_BASE_FEE_FACTOR = 2
"""The base fee can double in six full blocks (EIP-1559: at most 12.5 % a block)."""
_UNUSED_MIDDLEWARE = ("gas_price_strategy", "ens_name_to_address", "validation", "gas_estimate")
"""What web3 does for callers who leave things out; nothing is left out here, and it asks for the chain id each time."""
_ALREADY_SENT = ("already known", "already imported", "known transaction", "nonce too low")

_TOO_MUCH_GAS = ("gas required exceeds", "exceeds block gas limit", "exceeds the block gas limit", "out of gas")
_REFUSED_TRANSACTION_CODES = (-32000, -32003)
"""What nodes answer of the transaction itself (EIP-1474: invalid input, transaction rejected), not of themselves."""
_PASSING_REFUSALS = (
    *("underpriced", "fee too low", "base fee", "fee per gas", "nonce"),
    *("pool is full", "already reserved", "too many", "limit reached", "timeout"),
)
"""Of what the pool has or asks at the moment: the same transaction, or one that offers more, may be taken later."""


class TooMuchGas(InputError):
    """No block has room for the transaction."""

    code = "input.too_much_gas"
    default_remedy = "Do less at once."


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
        self._functions = {
            (name, item["name"]): item
            for name, artifact in artifacts.items()
            for item in artifact.abi
            if item["type"] == "function"
        }
        # web3 would look the function up and hash every signature of the contract at each call.
        self._encoders = {key: (selector_of(item), item["inputs"]) for key, item in self._functions.items()}
        self._refusals = RefusalDecoder(artifacts)
        self.artifacts = artifacts
        self.chain_id = chain_id
        self._gas_limit: int | None = None

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
            selector, inputs = self._encoders[contract, function]
            return "0x" + (selector + encode_args(inputs, args)).hex()
        except (EncodingError, TypeError, ValueError, KeyError, OverflowError) as error:
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

    def call_stranger(self, address: Address, data: str, *, gas: int) -> bytes | None:
        """Asks a contract that is none of ours, with a bound on what it may burn; None where it fails, however."""
        fields = {"to": address, "data": data, "gas": gas}
        try:
            with guarded(passing=Web3RPCError):
                try:
                    return bytes(self._web3.eth.call(cast(TxParams, fields), "latest"))
                except ContractLogicError:
                    return None
        except Web3RPCError:
            return None

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
        with self._finding(number):
            return _block_ref(self._web3.eth.get_block(number))

    def logs(
        self, addresses: Sequence[Address], from_block: int, to_block: int, *, topics: Sequence[str] = ()
    ) -> list[LogReceipt]:
        """Returns the raw logs of the addresses in a range of blocks, only those that begin with ``topics``."""
        wanted: FilterParams = {
            "address": [_checksum(address) for address in addresses],
            "fromBlock": from_block,
            "toBlock": to_block,
        }
        if topics:
            wanted["topics"] = cast(Any, list(topics))
        with guarded():
            return self._web3.eth.get_logs(wanted)

    def block_on_parent(self, number: int) -> tuple[BlockRef, str]:
        """Returns the block that the chain has at ``number`` now, and its parent's hash. Raises as :meth:`block`."""
        with self._finding(number):
            found = self._web3.eth.get_block(number)
            return _block_ref(found), bare_hex(bytes(found["parentHash"]))

    def logs_of_block(self, addresses: Sequence[Address], block: BlockRef) -> list[LogReceipt]:
        """Returns the raw logs of the addresses in one block, by its hash (EIP-234).

        A node that does not have the block says so; asked by number it would answer that there are none.
        """
        with guarded():
            return self._web3.eth.get_logs(
                {"address": [_checksum(address) for address in addresses], "blockHash": HexBytes(block.hash_hex)}
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
        fees = _ample(self.fee_quote())
        gas = self.estimate_gas(contract, to, data, wallet.address)
        # Before it is signed: a signed transaction that nobody can pay now could still be sent later.
        if self.balance_wei(wallet.address) < gas * fees.max_fee_wei:
            raise SenderUnfunded("The sending account can't pay for this transaction.")
        return self.sign_priced(to, data, wallet, nonce, gas=gas, fees=fees)

    def estimate_gas(self, contract: str, to: Address | None, data: str, sender: Address) -> int:
        """Returns the gas limit for a transaction: a margin included, but never more than a block has room for.

        Raises:
            ContractRefusal: it would revert.
            TooMuchGas: no block has room for it.
        """
        fields: dict[str, Any] = {"from": sender, "data": data, "value": 0}
        if to is not None:
            fields["to"] = to
        try:
            with self._refusing(contract):
                estimate = self._web3.eth.estimate_gas(cast(TxParams, fields))
        except ChainUnavailable as fault:
            if isinstance(fault.__cause__, Web3RPCError) and _is_too_much(str(fault.__cause__).lower()):
                raise TooMuchGas("This takes more gas than a block has room for.") from fault
            raise
        ample = estimate + estimate * _GAS_MARGIN_PERCENT // 100
        return max(estimate, min(ample, self._block_gas_limit()))

    def sign_priced(
        self, to: Address | None, data: str, wallet: Wallet, nonce: int, *, gas: int, fees: Fees
    ) -> SignedTransaction:
        """Signs a transaction whose gas and fees were decided on; asks the chain nothing."""
        fields: dict[str, Any] = {"data": data, "value": 0, "gas": gas, "nonce": nonce, "chainId": self.chain_id}
        if to is not None:
            fields["to"] = to
        if fees.legacy:
            fields["gasPrice"] = fees.max_fee_wei
        else:
            fields |= {"maxFeePerGas": fees.max_fee_wei, "maxPriorityFeePerGas": fees.priority_fee_wei}
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
            fault = rpc_fault(error)
            if isinstance(fault, ChainUnavailable) and _is_of_the_transaction(error, text):
                raise NotTaken("The chain's node does not take this transaction.") from error
            raise fault from error

    def transaction(self, hash_hex: str) -> TxData:
        """Returns a transaction that is in a block or waits for one. Raises NotFoundError."""
        try:
            with guarded(passing=TransactionNotFound):
                return self._web3.eth.get_transaction(cast(Any, "0x" + hash_hex))
        except TransactionNotFound as error:
            raise NotFoundError("The chain has no such transaction.") from error

    def receipt(self, hash_hex: str) -> TxReceipt | None:
        """Returns the node's receipt; None while the transaction is not mined."""
        try:
            with guarded(passing=TransactionNotFound):
                return self._web3.eth.get_transaction_receipt(cast(Any, "0x" + hash_hex))
        except TransactionNotFound:
            return None

    def estimate(
        self, contract: str, fields: Mapping[str, Any], *, assuming: Mapping[Address, Mapping[str, Any]] | None = None
    ) -> int:
        """Returns the gas that a transaction would use, on a state that ``assuming`` changes (geth's state overrides).

        Raises:
            ContractRefusal: it would revert.
            ChainUnavailable: no usable answer, as from a node that knows no state overrides.
        """
        with self._refusing(contract):
            return self._web3.eth.estimate_gas(cast(TxParams, dict(fields)), "latest", cast(Any, assuming))

    def created_code(self, contract: str, constructor_args: Sequence[Any], sender: Address) -> bytes:
        """Returns the runtime code that a creation by ``sender`` would leave; nothing is created."""
        data = self.encode_creation(contract, constructor_args)
        with self._refusing(contract):
            return bytes(self._web3.eth.call(cast(TxParams, {"from": sender, "data": data})))

    def balance_wei(self, address: Address) -> int:
        """Returns what an account holds."""
        with guarded():
            return self._web3.eth.get_balance(_checksum(address))

    def max_fee_per_gas_wei(self) -> int:
        """Returns the most that a transaction which is signed now would pay for one unit of gas."""
        return _ample(self.fee_quote()).max_fee_wei

    def fee_quote(self) -> FeeQuote:
        """See :meth:`mendrec.ports.LedgerWriter.fee_quote`."""
        with guarded():
            head = self._web3.eth.get_block("latest")
            self._gas_limit = head["gasLimit"]
            base_fee = head.get("baseFeePerGas")
            if base_fee is None:  # a chain from before EIP-1559
                return FeeQuote(_block_ref(head), 0, self._web3.eth.gas_price, legacy=True)
            return FeeQuote(_block_ref(head), base_fee, self._web3.eth.max_priority_fee)

    @contextmanager
    def _finding(self, number: int) -> Iterator[None]:
        try:
            with guarded(passing=BlockNotFound):
                yield
        except BlockNotFound as error:
            raise NotFoundError(
                f"The chain has no block {number} yet.", remedy="Wait until the chain's node has caught up."
            ) from error

    def _block_gas_limit(self) -> int:
        """Of the head when a fee was last asked for: it moves by a thousandth from block to block."""
        if self._gas_limit is None:
            with guarded():
                self._gas_limit = self._web3.eth.get_block("latest")["gasLimit"]
        return self._gas_limit

    @contextmanager
    def _refusing(self, contract: str) -> Iterator[None]:
        try:
            with guarded(passing=ContractLogicError):
                yield
        except ContractLogicError as error:
            raise self._refusals.refusal(contract, revert_data(error)) from error


def _ample(quote: FeeQuote) -> Fees:
    """What to offer so that a transaction still counts when the base fee has doubled."""
    return Fees(quote.base_fee_wei * _BASE_FEE_FACTOR + quote.priority_fee_wei, quote.priority_fee_wei, quote.legacy)


def _is_too_much(text: str) -> bool:
    return any(words in text for words in _TOO_MUCH_GAS)


def _is_of_the_transaction(error: Web3RPCError, text: str) -> bool:
    answer = (error.rpc_response or {}).get("error")
    code = answer.get("code") if isinstance(answer, Mapping) else None
    return code in _REFUSED_TRANSACTION_CODES and not any(words in text for words in _PASSING_REFUSALS)


def _checksum(address: Address) -> ChecksumAddress:
    return cast(ChecksumAddress, address)


def _block_ref(block: BlockData) -> BlockRef:
    return BlockRef(block["number"], bare_hex(bytes(block["hash"])), block["timestamp"])
