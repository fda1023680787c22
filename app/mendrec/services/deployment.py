"""Deploying the three contracts: create what is not there, seed the categories, write the addresses down.

It can stop anywhere and be called again. A creation is signed and stored before it is sent, so that it is sent again
as it is and happens at most once; what is there already is verified, not created a second time. The addresses are
written down, and the signed creations forgotten, only once they are as deep in the chain as the network calls final.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mendrec.domain.errors import ConfigurationError, NotFoundError, UnavailableError
from mendrec.domain.model import SEEDED_CATEGORIES, Address, BlockRef
from mendrec.ports import (
    ContractCall,
    ContractDeployer,
    Deployment,
    DeploymentRegistry,
    LedgerWriter,
    SignedTransaction,
    TransactionReceipt,
    Wallet,
)
from mendrec.services.outbox import Outbox

ORDER = ("Directory", "Consent", "Records")
"""Each can be given the ones before it."""
Progress = Callable[[str], None]
Sleeper = Callable[[float], None]


class CategoriesDiffer(ConfigurationError):
    """The directory's categories are not those that this version was made for."""

    code = "configuration.categories_differ"
    default_remedy = "Use the contracts of this version, or deploy afresh with `mendrec deploy`."


class CreationFailed(ConfigurationError):
    """The chain took the creation of a contract and it failed."""

    code = "configuration.creation_failed"
    default_remedy = "The chain must run EVM version paris or later; then deploy again."


class StoredByAnother(ConfigurationError):
    """Another account signed a creation that is not mined yet."""

    code = "configuration.stored_by_another"
    default_remedy = "Finish with that account first; or, to give it up, move the chain's .steps.json away."


class CreationPending(UnavailableError):
    """A creation was sent and is not mined yet, or not final."""

    code = "unavailable.creation_pending"
    default_remedy = "Run the same command again; it goes on where it stopped."


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one creation is waited for; and, until it is final, one more block."""

    polls: int = 240
    interval_s: float = 0.25


class DeploymentService:
    """Use cases of the operator who sets a chain up."""

    def __init__(
        self,
        deployer: ContractDeployer,
        registry: DeploymentRegistry,
        *,
        outbox_for: Callable[[LedgerWriter], Outbox],
        sleep: Sleeper,
        patience: Patience = Patience(),
    ) -> None:
        self._deployer = deployer
        self._registry = registry
        self._outbox_for = outbox_for
        self._sleep = sleep
        self._patience = patience

    def deploy(
        self,
        wallet: Wallet,
        *,
        governance: Address | None = None,
        categories: Sequence[str] = SEEDED_CATEGORIES,
        finality_depth_blocks: int = 0,
        progress: Progress = lambda _step: None,
    ) -> Deployment:
        """Creates what is missing and returns the verified deployment.

        Args:
            wallet: pays for it, and is the governance of the directory unless another is named.
            governance: owner of the directory; the categories are seeded only where it is the wallet's own address,
                otherwise the owner has them added.
            categories: the codes that the directory is to hold, the seeded ones first.
            finality_depth_blocks: blocks on top of one after which it is final.
            progress: called with a line a step.

        Raises:
            WrongContractsError: the deployment on file is not what is on the chain.
            CreationDiffers, StoredByAnother: what was signed before a stop is not what is asked for now.
            CreationPending: not mined, or not final, in time; calling again goes on.
        """
        there = self._registry.load(self._deployer.chain_id)
        if there is None:
            there = self._create_all(wallet, governance or wallet.address, finality_depth_blocks, progress)
        self._deployer.require_contracts(there.addresses)
        self._registry.clear_steps(there.chain_id)
        if governance is None or governance == wallet.address:
            self._seed(there, wallet, categories, progress)
            self.verify(there)
        progress("deployment verified")
        return there

    def verify(self, deployment: Deployment) -> None:
        """Compares code, wiring and seeded categories of a deployment with this version.

        Raises:
            WrongContractsError: other contracts are at the addresses.
            CategoriesDiffer: a seeded category is missing or has another number.
        """
        reader, _ = self._deployer.open(deployment)
        found = tuple(code for _, code in sorted(reader.categories().items()))
        if found[: len(SEEDED_CATEGORIES)] != SEEDED_CATEGORIES:
            raise CategoriesDiffer("The directory does not hold the seeded categories in their order.")

    def _seed(self, deployment: Deployment, wallet: Wallet, categories: Sequence[str], progress: Progress) -> None:
        reader, writer = self._deployer.open(deployment)
        outbox = self._outbox_for(writer)
        known = set(reader.categories().values())
        missing = [code for code in categories if code not in known]
        if missing:
            call = ContractCall("Directory", "addCategories", (missing,))
            after = f":{len(known)}" if known else ""  # more categories later are an act of their own
            outbox.submit(call, wallet, f"seed-categories:{deployment.addresses['Directory']}{after}")
            progress(f"{len(missing)} categories")

    def _create_all(self, wallet: Wallet, governance: Address, depth: int, progress: Progress) -> Deployment:
        chain_id = self._deployer.chain_id
        addresses: dict[str, Address] = {}
        created: dict[str, SignedTransaction] = {}
        for contract in ORDER:
            args = constructor_args(contract, governance, addresses)
            transaction = self._stored_creation(contract, args, wallet)
            self._mined(transaction, contract)
            addresses[contract] = self._deployer.created_address(transaction)
            created[contract] = transaction
            self._deployer.require_contracts(addresses)
            progress(f"{contract} at {addresses[contract]}")
        if depth:
            progress(f"waiting for {depth} block(s) on top of them")
        blocks = self._final_blocks(created, depth)
        self._deployer.require_contracts(addresses)
        deployment = Deployment(chain_id, addresses, blocks)
        self._registry.save(deployment)
        return deployment

    def _stored_creation(self, contract: str, args: tuple[Any, ...], wallet: Wallet) -> SignedTransaction:
        chain_id = self._deployer.chain_id
        stored = self.stored_creation(contract, args, wallet.address)
        if stored is not None:
            return stored
        nonce = self._deployer.next_nonce(wallet.address)
        transaction = self._deployer.sign_creation(contract, args, wallet, nonce)
        self._registry.save_step(chain_id, contract, transaction)
        return transaction

    def stored_creation(
        self, contract: str, args: tuple[Any, ...], sender: Address, *, ahead: int = 0
    ) -> SignedTransaction | None:
        """Returns the creation that was signed before a stop and is to be sent as it is; None where there is none.

        Args:
            contract: which.
            args: what its constructor is to be given now.
            sender: who would sign it now.
            ahead: how many transactions of the sender come before it that the chain does not know of.

        Raises:
            CreationDiffers: it would create something else than is asked for now.
            StoredByAnother: it waits to be mined, and another account pays for it.
        """
        stored = self._registry.load_steps(self._deployer.chain_id).get(contract)
        if stored is None or self._is_lost(stored, ahead):
            return None
        self._deployer.require_creation(stored, contract, args)
        if stored.sender != sender and self._deployer.receipt(stored.hash_hex) is None:
            raise StoredByAnother(f"The creation of {contract} was signed by {stored.sender} and is not mined yet.")
        return stored

    def _is_lost(self, stored: SignedTransaction, ahead: int) -> bool:
        """Whether it can't be mined any more. Nonce first, receipt second: a mined one always has its receipt.

        At worst a contract is created that nobody was told about; it holds nothing.
        """
        if self._deployer.next_nonce(stored.sender) + ahead < stored.nonce:
            return True  # the chain forgot what came before it: it would wait for ever
        spent = self._deployer.spent_nonces(stored.sender) > stored.nonce
        return spent and self._deployer.receipt(stored.hash_hex) is None

    def _mined(self, transaction: SignedTransaction, contract: str) -> TransactionReceipt:
        self._deployer.broadcast(transaction)
        for _ in range(self._patience.polls):
            receipt = self._deployer.receipt(transaction.hash_hex)
            if receipt is not None:
                if not receipt.succeeded:
                    raise CreationFailed(f"The creation of {contract} failed on the chain.")
                return receipt
            self._sleep(self._patience.interval_s)
        raise CreationPending(f"The creation of {contract} was sent and is not mined yet.")

    def _final_blocks(self, created: Mapping[str, SignedTransaction], depth: int) -> dict[str, int]:
        """Returns each creation's block once all are final; sends again what a reorganisation took back."""
        top = looks = 0
        while looks < self._patience.polls:
            receipts = {contract: self._deployer.receipt(one.hash_hex) for contract, one in created.items()}
            blocks = {contract: one.block for contract, one in receipts.items() if one is not None and one.succeeded}
            if len(blocks) == len(created) and all(self._is_final(block, depth) for block in blocks.values()):
                return {contract: block.number for contract, block in blocks.items()}
            for contract, transaction in created.items():
                if receipts[contract] is None:
                    self._deployer.broadcast(transaction)
            looks += 1
            top = max([top, *(block.number for block in blocks.values())])
            while self._block(top + 1) is not None:
                top += 1
                if len(blocks) == len(created):
                    looks = 0  # as long as blocks come on top it is worth waiting
            self._sleep(self._patience.interval_s)
        raise CreationPending("The contracts are created and not final yet; no block came for a while.")

    def _is_final(self, block: BlockRef, depth: int) -> bool:
        found = self._block(block.number)
        return found is not None and found.hash_hex == block.hash_hex and self._block(block.number + depth) is not None

    def _block(self, number: int) -> BlockRef | None:
        try:
            return self._deployer.block(number)
        except NotFoundError:
            return None


def constructor_args(contract: str, governance: Address, addresses: dict[str, Address]) -> tuple[Any, ...]:
    """Returns what a contract's constructor is given; ``addresses`` holds the contracts before it."""
    match contract:
        case "Directory":
            return (governance,)
        case "Consent":
            return (addresses["Directory"],)
        case _:
            return (addresses["Directory"], addresses["Consent"])
