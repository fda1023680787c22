"""What the use cases need of the outside world, as Protocols. Adapters implement them; nothing here does I/O.

Every method may raise :class:`mendrec.domain.errors.UnavailableError` when the other side cannot be reached;
"could not reach" is never reported as "is not there" or "is wrong".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol, runtime_checkable

from mendrec.domain.errors import ContractRefusal
from mendrec.domain.model import (
    Address,
    BlockRef,
    ChainEntry,
    ChainEvent,
    Cid,
    EffectiveAccess,
    LocationInfo,
    ParticipantInfo,
    PermissionBlock,
)
from mendrec.domain.release import ReleaseRequest
from mendrec.domain.release_answer import ReleaseAnswer


class Clock(Protocol):
    """The machine's own time."""

    def now(self) -> int:
        """Unix seconds."""
        ...


class Randomness(Protocol):
    """A cryptographically secure source."""

    def token(self, size_bytes: int) -> bytes:
        """``size_bytes`` fresh random bytes."""
        ...


class BlobStore(Protocol):
    """A place that keeps bytes under their CID. It may lose them, alter them or be away; callers verify."""

    @property
    def name(self) -> str:
        """Unique within a node, for example ``ward-disk``."""
        ...

    @property
    def failure_domain(self) -> str:
        """Stores that fail together share one."""
        ...

    @property
    def location(self) -> int | None:
        """Number of this store in the on-chain location registry; None while it is not registered."""
        ...

    def put(self, cid: Cid, source: BinaryIO) -> None:
        """Stores the bytes of ``source`` (from its position to its end) under ``cid``, durably, replacing a bad copy.

        Raises:
            StoreFull, StoreReadOnly: nothing is left half written.
            CidMismatch: the bytes are not those of ``cid``; nothing is kept.
        """
        ...

    def read(self, cid: Cid) -> Iterator[bytes]:
        """Yields the stored bytes, unverified.

        Raises:
            BlobMissing: the store answers, and does not have it.
            StoreUnreachable: the store does not answer.
        """
        ...

    def delete(self, cid: Cid) -> None:
        """Forgets a copy; no error where there is none."""
        ...


@runtime_checkable
class BlockStore(BlobStore, Protocol):
    """A store that takes and gives many small objects at once, where asking for each would cost more than its bytes.

    Small objects are those of one raw block: up to 256 KiB, whose CID's digest is their SHA-256.
    """

    def put_blocks(self, blocks: Sequence[tuple[Cid, bytes]]) -> None:
        """Stores each block under its CID, durably. What it raises leaves some of them stored: callers delete them.

        Raises:
            As :meth:`put`.
        """
        ...

    def read_blocks(self, cids: Sequence[Cid]) -> Iterator[bytes]:
        """Yields the stored bytes of the blocks in their order, unverified, as one stream cut anywhere.

        Raises:
            BlobMissing, StoreUnreachable: as :meth:`read`; which one is missing is not told.
        """
        ...


@dataclass(frozen=True, slots=True)
class ContractCall:
    """A state-changing call. Arguments are JSON-safe: bytes as 0x-hex, structs as mappings, enums as numbers."""

    contract: str
    """``Directory``, ``Consent`` or ``Records``."""
    function: str
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """A transaction that can be sent again and again and happens at most once: its nonce is fixed."""

    sender: Address
    nonce: int
    raw_hex: str
    hash_hex: str


SKIP_NONCE = ContractCall("Account", "skipNonce", ())
"""Not a contract's: a transfer of nothing to oneself, which uses up a nonce that nothing else will use."""


@dataclass(frozen=True, slots=True)
class Fees:
    """What a transaction offers for each unit of gas (EIP-1559), in wei."""

    max_fee_wei: int
    priority_fee_wei: int
    legacy: bool = False
    """A chain from before EIP-1559: both are the gas price."""


@dataclass(frozen=True, slots=True)
class FeeQuote:
    """What a transaction would have to pay now, in wei for each unit of gas, as of the head block."""

    head: BlockRef
    base_fee_wei: int
    """Without it no block takes a transaction; 0 on a chain from before EIP-1559."""
    priority_fee_wei: int
    """What the chain's node suggests on top; on a chain from before EIP-1559 the gas price."""
    legacy: bool = False


@dataclass(frozen=True, slots=True)
class TransactionReceipt:
    """What became of a transaction."""

    hash_hex: str
    succeeded: bool
    gas_used: int
    block: BlockRef
    events: tuple[ChainEvent, ...]


@dataclass(frozen=True, slots=True)
class MinedTransaction:
    """A transaction as this node wrote it down, and the block that it came into."""

    raw_hex: str
    block: BlockRef


class Wallet(Protocol):
    """Something that signs as one address: a keystore file, or an external signer."""

    @property
    def address(self) -> Address: ...

    def sign_transaction(self, fields: Mapping[str, Any]) -> tuple[str, str]:
        """Returns (raw transaction 0x-hex, transaction hash 0x-hex)."""
        ...

    def sign_typed_data(self, typed_data: Mapping[str, Any]) -> bytes:
        """Signs EIP-712 data given in ``eth_signTypedData_v4`` form; 65 bytes."""
        ...


class EventSource(Protocol):
    """What the index needs of a chain."""

    @property
    def chain_id(self) -> int: ...

    def head_block(self) -> BlockRef: ...

    def block(self, number: int) -> BlockRef:
        """The block that the chain has at ``number`` now. Raises NotFoundError above the head."""
        ...

    def events(self, from_block: int, to_block: int) -> Iterator[ChainEvent]:
        """Every event of the three contracts in [from_block, to_block], in chain order."""
        ...


class LedgerReader(EventSource, Protocol):
    """The contracts' state. ``at`` pins a block, so that several reads agree; None is the head."""

    def contract_address(self, contract: str) -> Address: ...

    def participant(self, who: Address, *, at: BlockRef | None = None) -> ParticipantInfo: ...

    def require_in_standing(self, who: Address, *, at: BlockRef | None = None) -> None:
        """Raises ContractRefusal unless everything that ``who`` is in the directory holds.

        A clinician is not suspended and has a credential in force, whatever else they are; anyone else is enrolled.
        """
        ...

    def effective_access(
        self, patient: Address, grantee: Address, category: int, *, at: BlockRef | None = None
    ) -> EffectiveAccess: ...

    def permission(
        self, patient: Address, grantee: Address, category: int, *, at: BlockRef | None = None
    ) -> PermissionBlock:
        """The stored block as it is, whether or not its window is open now."""
        ...

    def permission_sequence(self, patient: Address, grantee: Address, category: int) -> int: ...

    def request_state(self, request_id_hex: str) -> int:
        """0 none, 1 pending, 2 approved, 3 declined, 4 withdrawn."""
        ...

    def is_nonce_spent(self, contract: str, signer: Address, nonce: int) -> bool:
        """Whether a number can no longer serve in a signed act of ``contract``."""
        ...

    def require_contract_signature(self, wallet: Address, digest_hex: str, signature: bytes) -> None:
        """Asks a contract wallet whether ``signature`` over a digest is its own (EIP-1271).

        Raises:
            RefusedError: there is no contract at the address, or it does not say yes.
        """
        ...

    def entry(self, patient: Address, sequence: int, *, at: BlockRef | None = None) -> ChainEntry:
        """Raises NotFoundError where the patient's chain has no such entry."""
        ...

    def head_link_hex(self, patient: Address, *, at: BlockRef | None = None) -> str: ...

    def categories(self) -> Mapping[int, str]:
        """Number → code."""
        ...

    def location(self, number: int) -> LocationInfo: ...

    def body_address(self, number: int) -> Address:
        """Address of the admitted body with this number."""
        ...

    def location_count(self) -> int: ...

    def require_inclusion_on_chain(
        self, patient: Address, sequence: int, manifest_digest_hex: str, leaf_index: int, path_hex: Sequence[str]
    ) -> None:
        """Asks the contract itself. Raises ContractRefusal where the leaf is not in the batch."""
        ...


class LedgerWriter(Protocol):
    """Sending. Used by the outbox service only."""

    def simulate(self, call: ContractCall, sender: Address) -> None:
        """Raises ContractRefusal, with the contract's own error in words, for a call that would revert."""
        ...

    def next_nonce(self, sender: Address) -> int:
        """The sender's next nonce as the chain counts it, pending transactions included."""
        ...

    def spent_nonces(self, sender: Address) -> int:
        """How many transactions of the sender the head block's state counts; pending ones are left out."""
        ...

    def sign(self, call: ContractCall, wallet: Wallet, nonce: int) -> SignedTransaction:
        """Estimates gas, sets fees (EIP-1559) and signs. Raises ContractRefusal for a call that would revert."""
        ...

    def fee_quote(self) -> FeeQuote: ...

    def balance_wei(self, who: Address) -> int: ...

    def estimate_gas(self, call: ContractCall, sender: Address) -> int:
        """The gas limit to sign with, a margin included. Raises ContractRefusal for a call that would revert."""
        ...

    def sign_priced(self, call: ContractCall, wallet: Wallet, nonce: int, *, gas: int, fees: Fees) -> SignedTransaction:
        """Signs with what was decided on before; asks the chain nothing."""
        ...

    def broadcast(self, transaction: SignedTransaction) -> None:
        """Sends; sending one that the chain already knows, or whose nonce is spent, is not an error."""
        ...

    def receipt(self, hash_hex: str) -> TransactionReceipt | None:
        """None while it is not mined."""
        ...

    def block(self, number: int) -> BlockRef:
        """The block that the chain has at ``number`` now. Raises NotFoundError above the head."""
        ...

    def find_act(self, call: ContractCall) -> TransactionReceipt | None:
        """The transaction that made a signed act happen, whoever sent it; for one whose number is spent.

        None where the number was spent by another act, or cancelled.

        Raises:
            NotFoundError: what spent the number is not to be seen (yet), or long past.
        """
        ...

    def explain_failure(self, call: ContractCall, sender: Address, receipt: TransactionReceipt) -> ContractRefusal:
        """Why a mined transaction failed, as far as the chain can still tell."""
        ...


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where the three contracts are."""

    chain_id: int
    addresses: Mapping[str, Address]
    """``Directory``, ``Consent`` and ``Records``."""
    blocks: Mapping[str, int]
    """Block number that each was created in; the index reads events from the lowest."""


class ContractDeployer(Protocol):
    """Creating contracts from the artifacts, and proving that what is at an address came from them."""

    @property
    def chain_id(self) -> int: ...

    def next_nonce(self, sender: Address) -> int: ...

    def spent_nonces(self, sender: Address) -> int: ...

    def sign_creation(
        self, contract: str, constructor_args: tuple[Any, ...], wallet: Wallet, nonce: int
    ) -> SignedTransaction: ...

    def created_address(self, transaction: SignedTransaction) -> Address:
        """Where the creation will put its contract: it follows from sender and nonce."""
        ...

    def require_creation(self, transaction: SignedTransaction, contract: str, constructor_args: tuple[Any, ...]) -> int:
        """Compares a signed creation with the one that would be signed now; returns the most it can cost, in wei.

        Raises:
            CreationDiffers: it creates something else, or with other arguments.
        """
        ...

    def broadcast(self, transaction: SignedTransaction) -> None: ...

    def receipt(self, hash_hex: str) -> TransactionReceipt | None: ...

    def block(self, number: int) -> BlockRef: ...

    def require_contracts(self, addresses: Mapping[str, Address]) -> None:
        """Compares code, version and wiring of every contract given with the artifacts.

        Raises:
            WrongContractsError: something else, or nothing, is at an address.
        """
        ...

    def open(self, deployment: Deployment) -> tuple[LedgerReader, LedgerWriter]:
        """The deployed contracts, after all of them were checked as :meth:`require_contracts` does."""
        ...


class DeploymentInspector(Protocol):
    """Looking at a deployment, or at what one would cost, without changing anything."""

    @property
    def chain_id(self) -> int: ...

    def next_address(self, sender: Address, later: int) -> Address:
        """Where a creation would put its contract if the sender sent ``later`` transactions before it."""
        ...

    def is_there(self, address: Address) -> bool:
        """Whether there is any contract at an address."""
        ...

    def gas_of_creation(
        self, contract: str, constructor_args: tuple[Any, ...], sender: Address, *, given: Sequence[Address]
    ) -> int | None:
        """Gas that a creation uses, taking it that there is a contract at each address of ``given`` already.

        None where the chain's node can't tell (it knows no state overrides).
        """
        ...

    def gas_of_call(self, call: ContractCall, sender: Address, address: Address, *, owner: Address) -> int | None:
        """Gas that a call uses, where the contract is at ``address`` or would be, with that owner; None as above."""
        ...

    def call_data(self, call: ContractCall) -> str:
        """0x-hex, for whoever sends it by other means."""
        ...

    def max_fee_per_gas_wei(self) -> int: ...

    def balance_wei(self, address: Address) -> int: ...

    def require_genuine(self, contract: str, addresses: Mapping[str, Address]) -> None:
        """Compares one contract's code, immutables and wiring with this version. Raises WrongContractsError."""
        ...

    def owner(self, directory: Address) -> Address:
        """Who governs the directory."""
        ...


class DeploymentRegistry(Protocol):
    """Remembers, per chain, where the contracts are and which creations are under way. Every write is atomic."""

    def load(self, chain_id: int) -> Deployment | None: ...

    def save(self, deployment: Deployment) -> None:
        """Raises DeploymentExists where another deployment is written down for that chain."""
        ...

    def load_steps(self, chain_id: int) -> Mapping[str, SignedTransaction]:
        """The creations signed so far, by contract; empty when none is under way."""
        ...

    def save_step(self, chain_id: int, contract: str, transaction: SignedTransaction) -> None: ...

    def clear_steps(self, chain_id: int) -> None: ...


class CustodianPort(Protocol):
    """One custodian, wherever it runs."""

    @property
    def address(self) -> Address: ...

    def release(self, request: ReleaseRequest, signature: bytes) -> ReleaseAnswer:
        """Answers with shares sealed to the reader, or with refusals, record by record.

        Raises:
            RefusedError: the request as a whole is refused (stale, replayed, wrongly signed, clocks apart).
            UnavailableError: the custodian or its chain cannot be reached; nothing was released.
        """
        ...
