"""Deploying the three contracts: create what is not there, seed the categories, write the addresses down.

It can stop anywhere and be called again. A creation is signed and stored before it is sent, so that it is sent again
as it is and happens at most once; what is there already is verified, not created a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mendrec.domain.errors import ConfigurationError, UnavailableError
from mendrec.domain.model import SEEDED_CATEGORIES, Address
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


class CreationPending(UnavailableError):
    """A creation was sent and is not mined yet."""

    code = "unavailable.creation_pending"
    default_remedy = "Run the same command again; it goes on where it stopped."


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one creation is waited for."""

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
        progress: Progress = lambda _step: None,
    ) -> Deployment:
        """Creates what is missing and returns the verified deployment.

        Args:
            wallet: pays for it, and is the governance of the directory unless another is named.
            governance: owner of the directory; the categories are seeded only where it is the wallet's own address,
                otherwise the owner has them added.
            categories: the codes that the directory is to hold, the seeded ones first.
            progress: called with a line a step.

        Raises:
            WrongContractsError: the deployment on file is not what is on the chain.
            CreationPending: not mined in time; calling again goes on.
        """
        there = self._registry.load(self._deployer.chain_id)
        if there is None:
            there = self._create_all(wallet, governance or wallet.address, progress)
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

    def _create_all(self, wallet: Wallet, governance: Address, progress: Progress) -> Deployment:
        chain_id = self._deployer.chain_id
        addresses: dict[str, Address] = {}
        blocks: dict[str, int] = {}
        for contract in ORDER:
            args = constructor_args(contract, governance, addresses)
            transaction = self._stored_creation(contract, args, wallet)
            receipt = self._mined(transaction, contract)
            addresses[contract] = self._deployer.created_address(transaction)
            blocks[contract] = receipt.block.number
            self._deployer.require_contracts(addresses)
            progress(f"{contract} at {addresses[contract]}")
        deployment = Deployment(chain_id, addresses, blocks)
        self._registry.save(deployment)
        return deployment

    def _stored_creation(self, contract: str, args: tuple[Any, ...], wallet: Wallet) -> SignedTransaction:
        chain_id = self._deployer.chain_id
        stored = self._registry.load_steps(chain_id).get(contract)
        if stored is not None and not self._is_lost(stored):
            return stored
        nonce = self._deployer.next_nonce(wallet.address)
        transaction = self._deployer.sign_creation(contract, args, wallet, nonce)
        self._registry.save_step(chain_id, contract, transaction)
        return transaction

    def _is_lost(self, stored: SignedTransaction) -> bool:
        """Whether it can't be mined any more. Nonce first, receipt second: a mined one always has its receipt.

        At worst a contract is created that nobody was told about; it holds nothing.
        """
        if self._deployer.next_nonce(stored.sender) < stored.nonce:
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


def constructor_args(contract: str, governance: Address, addresses: dict[str, Address]) -> tuple[Any, ...]:
    """Returns what a contract's constructor is given; ``addresses`` holds the contracts before it."""
    match contract:
        case "Directory":
            return (governance,)
        case "Consent":
            return (addresses["Directory"],)
        case _:
            return (addresses["Directory"], addresses["Consent"])
