"""Deploying: complete, verifiable, and able to stop anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mendrec.adapters.chain.anvil import Anvil
from mendrec.adapters.chain.client import ChainClient
from mendrec.adapters.chain.deployer import Web3Deployer
from mendrec.adapters.chain.errors import WrongContractsError
from mendrec.adapters.chain.registry import DeploymentExists, DeploymentUnreadable, FileDeploymentRegistry
from mendrec.adapters.db.outbox_rows import SqlOutboxRepository
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.model import SEEDED_CATEGORIES
from mendrec.ports import Deployment, SignedTransaction
from mendrec.services.deployment import CategoriesDiffer, CreationPending, DeploymentService, Patience
from mendrec.services.outbox import Outbox
from tests.simulators.chain_world import World, database, no_sleep, wallet_of

pytestmark = pytest.mark.chain

CHAIN_ID = 31337


class Killed(BaseException):
    """The process ends here."""


class Steps:
    """Counts the durable steps, and dies after the one that is wanted."""

    def __init__(self, die_after: int | None) -> None:
        self.taken = 0
        self._die_after = die_after

    def __call__(self, _name: str = "") -> None:
        self.taken += 1
        if self.taken == self._die_after:
            raise Killed


class SteppingRegistry(FileDeploymentRegistry):
    """Every write is a step."""

    def __init__(self, folder: Path, step: Callable[[str], None]) -> None:
        super().__init__(folder)
        self._step = step

    def save(self, deployment: Deployment) -> None:
        super().save(deployment)
        self._step("save")

    def save_step(self, chain_id: int, contract: str, transaction: SignedTransaction) -> None:
        super().save_step(chain_id, contract, transaction)
        self._step("save_step")

    def clear_steps(self, chain_id: int) -> None:
        super().clear_steps(chain_id)
        self._step("clear_steps")


class SteppingDeployer(Web3Deployer):
    """Every sending is a step."""

    def __init__(self, client: ChainClient, step: Callable[[str], None]) -> None:
        super().__init__(client)
        self._step = step

    def broadcast(self, transaction: SignedTransaction) -> None:
        super().broadcast(transaction)
        self._step("broadcast")


@pytest.fixture
def owner(anvil: Anvil, deployment: Deployment) -> Iterator[LocalWallet]:
    """Deploys anew, beside the shared deployment; the chain goes back after the test."""
    mark = anvil.snapshot()
    wallet = wallet_of("owner of another deployment")
    anvil.fund(wallet.address)
    yield wallet
    anvil.revert(mark)


def deploy(anvil: Anvil, folder: Path, wallet: LocalWallet, steps: Steps) -> Deployment:
    """With new objects, as a new process has them."""
    client = ChainClient.connect(anvil.rpc_url, expected_chain_id=CHAIN_ID)
    engine = database(folder)
    service = DeploymentService(
        SteppingDeployer(client, steps),
        SteppingRegistry(folder / "deployments", steps),
        outbox_for=lambda writer: Outbox(writer, SqlOutboxRepository(engine), sleep=no_sleep, fault_point=steps),
        sleep=no_sleep,
    )
    try:
        return service.deploy(wallet)
    finally:
        engine.dispose()


def test_a_fresh_deployment_holds_the_seeded_categories_in_order(deployed: World) -> None:
    assert deployed.reader.categories() == dict(enumerate(SEEDED_CATEGORIES, start=1))


def test_a_deployment_that_dies_after_any_step_is_finished_by_the_next_run(
    anvil: Anvil, owner: LocalWallet, tmp_path: Path
) -> None:
    counted = Steps(None)
    whole = tmp_path / "whole"
    whole.mkdir()
    deploy(anvil, whole, owner, counted)
    assert counted.taken == 13  # three creations of two steps, two of the registry, five of the outbox's
    for die_after in range(1, counted.taken + 1):
        folder = tmp_path / str(die_after)
        folder.mkdir()
        mark = anvil.snapshot()
        client = ChainClient.connect(anvil.rpc_url, expected_chain_id=CHAIN_ID)
        before = client.spent_nonces(owner.address)
        with pytest.raises(Killed):
            deploy(anvil, folder, owner, Steps(die_after))
        finished = deploy(anvil, folder, owner, Steps(None))
        assert client.spent_nonces(owner.address) == before + 4, die_after  # three creations, one seeding
        assert FileDeploymentRegistry(folder / "deployments").load(CHAIN_ID) == finished
        assert [path.name for path in (folder / "deployments").iterdir()] == [f"{CHAIN_ID}.json"]
        anvil.revert(mark)


def test_deploying_again_creates_and_sends_nothing(anvil: Anvil, owner: LocalWallet, tmp_path: Path) -> None:
    first = deploy(anvil, tmp_path, owner, Steps(None))
    head = anvil.rpc("eth_blockNumber")
    assert deploy(anvil, tmp_path, owner, Steps(None)) == first
    assert anvil.rpc("eth_blockNumber") == head


def test_a_creation_whose_nonce_was_spent_elsewhere_is_made_anew(
    anvil: Anvil, owner: LocalWallet, tmp_path: Path
) -> None:
    with pytest.raises(Killed):
        deploy(anvil, tmp_path, owner, Steps(1))  # signed and stored, not sent
    client = ChainClient.connect(anvil.rpc_url, expected_chain_id=CHAIN_ID)
    other = Web3Deployer(client)
    stranger = other.sign_creation(
        "Directory", (wallet_of("stranger").address,), owner, other.next_nonce(owner.address)
    )
    other.broadcast(stranger)
    anvil.mine()  # on demand is a moment late
    finished = deploy(anvil, tmp_path, owner, Steps(None))
    assert finished.addresses["Directory"] != other.created_address(stranger)


def test_a_creation_that_is_not_mined_in_time_goes_on_later(anvil: Anvil, owner: LocalWallet, tmp_path: Path) -> None:
    client = ChainClient.connect(anvil.rpc_url, expected_chain_id=CHAIN_ID)
    service = DeploymentService(
        Web3Deployer(client),
        FileDeploymentRegistry(tmp_path / "deployments"),
        outbox_for=_no_outbox,
        sleep=no_sleep,
        patience=Patience(polls=3),
    )
    anvil.rpc("evm_setAutomine", False)
    with pytest.raises(CreationPending):
        service.deploy(owner)
    anvil.rpc("evm_setAutomine", True)
    anvil.mine()
    deploy(anvil, tmp_path, owner, Steps(None))
    assert client.spent_nonces(owner.address) == 4


def test_a_deployment_whose_chain_is_gone_is_refused(deployed: World, tmp_path: Path) -> None:
    registry = FileDeploymentRegistry(tmp_path / "deployments")
    addresses = dict.fromkeys(deployed.deployment.addresses, wallet_of("stranger").address)
    registry.save(replace(deployed.deployment, addresses=addresses))
    with pytest.raises(WrongContractsError, match="no contract"):
        deploy(deployed.anvil, tmp_path, deployed.wallets["governance"], Steps(None))


def test_other_categories_than_the_seeded_are_refused(anvil: Anvil, owner: LocalWallet, tmp_path: Path) -> None:
    with pytest.raises(Killed):
        deploy(anvil, tmp_path, owner, Steps(8))  # created and saved; nothing seeded
    client = ChainClient.connect(anvil.rpc_url, expected_chain_id=CHAIN_ID)
    registry = FileDeploymentRegistry(tmp_path / "deployments")
    created = registry.load(CHAIN_ID)
    assert created is not None
    service = DeploymentService(Web3Deployer(client), registry, outbox_for=_no_outbox, sleep=no_sleep)
    with pytest.raises(CategoriesDiffer):
        service.verify(created)


def test_a_deployment_file_is_never_overwritten(deployed: World, tmp_path: Path) -> None:
    registry = FileDeploymentRegistry(tmp_path)
    registry.save(deployed.deployment)
    before = registry.path(CHAIN_ID).read_bytes()
    registry.save(deployed.deployment)
    other = replace(deployed.deployment, blocks=dict.fromkeys(deployed.deployment.blocks, 99))
    with pytest.raises(DeploymentExists):
        registry.save(other)
    assert registry.path(CHAIN_ID).read_bytes() == before
    document = json.loads(before)
    assert json.dumps(document, indent=2, sort_keys=True) + "\n" == before.decode()
    assert registry.load(CHAIN_ID) == deployed.deployment
    assert registry.load(1) is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"chain_id": 1}', '{"chain_id": 31337, "contracts": {"Directory": {"address": "0x1"}}}']
)
def test_a_damaged_deployment_file_is_named(tmp_path: Path, text: str) -> None:
    registry = FileDeploymentRegistry(tmp_path)
    registry.path(CHAIN_ID).write_text(text)
    with pytest.raises(DeploymentUnreadable):
        registry.load(CHAIN_ID)


def _no_outbox(_writer: object) -> Outbox:
    raise AssertionError("nothing is submitted here")
