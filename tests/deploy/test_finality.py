"""Addresses are written down, and signed creations forgotten, when the network calls them final and not before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from deploy.networks import load_network
from mendrec.adapters.chain.client import ChainClient
from mendrec.adapters.chain.deployer import CreationDiffers, Web3Deployer
from mendrec.adapters.chain.inspector import Web3Inspector
from mendrec.adapters.chain.registry import FileDeploymentRegistry
from mendrec.adapters.db.outbox_rows import SqlOutboxRepository
from mendrec.domain.model import BlockRef
from mendrec.services.deployment import CreationPending, DeploymentService, Patience
from mendrec.services.network_deployment import NetworkDeployment
from mendrec.services.outbox import Outbox
from tests.deploy.networks_world import Place
from tests.simulators.chain_world import database, wallet_of

pytestmark = pytest.mark.chain
CHAIN_ID = 31337
DEPTH = 3


class WatchedDeployer(Web3Deployer):
    """Tells when blocks are looked at: that is what waiting for finality does."""

    def __init__(self, client: ChainClient) -> None:
        super().__init__(client)
        self.at_first_look: Callable[[], object] = lambda: None

    def block(self, number: int) -> BlockRef:
        then, self.at_first_look = self.at_first_look, lambda: None
        then()
        return super().block(number)


@dataclass
class Bench:
    place: Place
    deployer: WatchedDeployer
    registry: FileDeploymentRegistry
    deployment: NetworkDeployment
    saved_at_blocks: list[int] = field(default_factory=list)

    def apply(self) -> None:
        network = load_network(str(self.place.network))
        assert network.finality_depth_blocks == DEPTH
        shown = self.deployment.plan(network, self.place.wallet.address)
        self.deployment.apply(network, self.place.wallet, shown=shown, progress=lambda _words: None)

    def head(self) -> int:
        return int(self.place.anvil.rpc("eth_blockNumber"), 16)


@contextmanager
def bench(place: Place, *, sleep: Callable[[float], None]) -> Iterator[Bench]:
    text = place.network.read_text().replace("finality_depth_blocks = 0", f"finality_depth_blocks = {DEPTH}")
    place.network.write_text(text)
    client = ChainClient.connect(place.anvil.rpc_url, expected_chain_id=CHAIN_ID)
    deployer, engine = WatchedDeployer(client), database(place.folder)

    class Registry(FileDeploymentRegistry):
        def save(self, deployment: object) -> None:
            one.saved_at_blocks.append(one.head())
            super().save(deployment)  # type: ignore[arg-type]

    def outbox_for(writer: object) -> Outbox:
        return Outbox(writer, SqlOutboxRepository(engine), sleep=sleep)  # type: ignore[arg-type]

    registry = Registry(place.registry)
    patience = Patience(polls=50)
    service = DeploymentService(deployer, registry, outbox_for=outbox_for, sleep=sleep, patience=patience)
    deployment = NetworkDeployment(service, deployer, Web3Inspector(client), registry, outbox_for)
    one = Bench(place, deployer, registry, deployment)
    yield one
    engine.dispose()


def test_nothing_is_written_down_before_the_last_creation_is_final(place: Place) -> None:
    with bench(place, sleep=lambda _s: place.anvil.mine()) as one:
        one.apply()
        there = one.registry.load(CHAIN_ID)
        assert there is not None
        assert one.saved_at_blocks[0] >= max(there.blocks.values()) + DEPTH
        assert one.registry.load_steps(CHAIN_ID) == {}


def test_creations_that_never_become_final_stay_to_be_sent_again(place: Place) -> None:
    def sleep(_seconds: float) -> None:
        """No block comes by itself."""

    with bench(place, sleep=sleep) as one:
        with pytest.raises(CreationPending, match="not final"):
            one.apply()
        assert one.registry.load(CHAIN_ID) is None
        assert set(one.registry.load_steps(CHAIN_ID)) == {"Directory", "Consent", "Records"}
        with pytest.raises(CreationDiffers):
            one.deployment.service.deploy(place.wallet, governance=wallet_of("who governs since").address)
        place.anvil.mine(DEPTH)
        one.apply()
        assert one.registry.load(CHAIN_ID) is not None
        assert one.registry.load_steps(CHAIN_ID) == {}


def test_creations_that_a_reorganisation_takes_back_are_sent_again_as_they_are(place: Place) -> None:
    with bench(place, sleep=lambda _s: place.anvil.mine()) as one:
        mark = place.anvil.snapshot()

        def reorganise() -> None:
            place.anvil.revert(mark)
            place.anvil.mine(2)  # another history: nothing of it is where it was

        one.deployer.at_first_look = reorganise
        shown = one.deployment.plan(load_network(str(place.network)), place.wallet.address)
        one.apply()
        there = one.registry.load(CHAIN_ID)
        assert there is not None
        assert there.addresses == shown.addresses
        for contract, address in there.addresses.items():
            block = one.deployer.block(there.blocks[contract])
            logs = place.anvil.rpc("eth_getBlockByNumber", hex(block.number), True)["transactions"]
            receipts = [place.anvil.rpc("eth_getTransactionReceipt", found["hash"]) for found in logs]
            assert address.lower() in [receipt["contractAddress"] for receipt in receipts]
