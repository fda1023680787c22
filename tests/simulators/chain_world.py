"""A deployment on a development chain, with funded people, for tests of any part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak
from sqlalchemy import Engine

from mendrec.adapters.chain.anvil import Anvil
from mendrec.adapters.chain.client import ChainClient
from mendrec.adapters.chain.deployer import Web3Deployer, open_ledger
from mendrec.adapters.chain.ledger import Web3LedgerReader, Web3LedgerWriter
from mendrec.adapters.chain.registry import FileDeploymentRegistry
from mendrec.adapters.db.engine import open_engine
from mendrec.adapters.db.migrate import upgrade
from mendrec.adapters.db.outbox_rows import SqlOutboxRepository
from mendrec.crypto.wallet import LocalWallet
from mendrec.ports import ContractCall, Deployment, TransactionReceipt
from mendrec.services.deployment import DeploymentService
from mendrec.services.outbox import Outbox, Patience

PEOPLE = (
    "governance",
    "hospital_a",
    "hospital_b",
    "verifier",
    "custodian",
    "clinician_a",
    "clinician_b",
    "clinician_c",
    "patient",
    "other_patient",
    "stranger",
)
QUICK = Patience(polls=100, interval_s=0.01)


def wallet_of(name: str) -> LocalWallet:
    """The same key for the same name, in every run."""
    return LocalWallet(keccak(text=f"mendrec test {name}"))


def database(folder: Path) -> Engine:
    """A migrated database of its own."""
    url = f"sqlite:///{folder / 'mendrec.db'}"
    upgrade(url)
    return open_engine(url)


def no_sleep(_seconds: float) -> None:
    """For chains that mine on demand."""


def deployment_service(client: ChainClient, folder: Path, engine: Engine) -> DeploymentService:
    """The service over a registry in ``folder``."""
    return DeploymentService(
        Web3Deployer(client),
        FileDeploymentRegistry(folder / "deployments"),
        outbox_for=lambda writer: Outbox(writer, SqlOutboxRepository(engine), sleep=no_sleep),
        sleep=no_sleep,
    )


@dataclass(frozen=True)
class World:
    """The contracts, deployed and seeded; nobody is enrolled yet."""

    anvil: Anvil
    client: ChainClient
    deployment: Deployment
    reader: Web3LedgerReader
    writer: Web3LedgerWriter
    wallets: Mapping[str, LocalWallet]
    engine: Engine
    outbox: Outbox

    def send_elsewhere(self, call: ContractCall, who: str, nonce: int) -> None:
        """Another program with the same wallet: past the outbox, and in a block when this returns.

        The chain mines on demand, but a moment after it has answered; the extra block is made after that one.
        """
        self.writer.broadcast(self.writer.sign(call, self.wallets[who], nonce))
        self.anvil.mine()

    def send(self, who: str, contract: str, function: str, *args: Any, key: str | None = None) -> TransactionReceipt:
        """One transaction through the outbox; without a key, each is an act of its own."""
        sender = self.wallets[who]
        if key is None:
            key = f"{who} {contract}.{function} {self.writer.next_nonce(sender.address)}"
        return self.outbox.submit(ContractCall(contract, function, args), sender, key)


def deploy_world(anvil: Anvil, folder: Path) -> Deployment:
    """Funds everybody and deploys."""
    for name in PEOPLE:
        anvil.fund(wallet_of(name).address)
    client = ChainClient.connect(anvil.rpc_url, expected_chain_id=31337)
    engine = database(folder)
    try:
        return deployment_service(client, folder, engine).deploy(wallet_of("governance"))
    finally:
        engine.dispose()


def open_world(anvil: Anvil, deployment: Deployment, folder: Path) -> World:
    """The world with a fresh database in ``folder``."""
    client = ChainClient.connect(anvil.rpc_url, expected_chain_id=31337)
    reader, writer = open_ledger(client, deployment)
    engine = database(folder)
    return World(
        anvil=anvil,
        client=client,
        deployment=deployment,
        reader=reader,
        writer=writer,
        wallets={name: wallet_of(name) for name in PEOPLE},
        engine=engine,
        outbox=Outbox(writer, SqlOutboxRepository(engine), sleep=no_sleep, patience=QUICK),
    )
