"""Fixtures of the relayer's tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from tests.relay.relay_world import RelayWorld, open_relay_world
from tests.simulators.chain_people import enrol_everybody
from tests.simulators.chain_world import World


@pytest.fixture
def any_relay(relay: RelayWorld, any_engine: Engine) -> RelayWorld:
    """The same over each database that is supported."""
    return open_relay_world(replace(relay.world, engine=any_engine))


@pytest.fixture
def relay(deployed: World) -> Iterator[RelayWorld]:
    """Nobody is enrolled yet."""
    base_fee = deployed.anvil.rpc("eth_getBlockByNumber", "latest", False)["baseFeePerGas"]
    yield open_relay_world(deployed)
    # Going back to a snapshot gives back neither of these.
    deployed.anvil.rpc("evm_setAutomine", True)
    deployed.anvil.rpc("anvil_setNextBlockBaseFeePerGas", base_fee)
    deployed.anvil.rpc("anvil_dropAllTransactions")


@pytest.fixture
def ward(relay: RelayWorld) -> RelayWorld:
    """Everybody is enrolled."""
    enrol_everybody(relay.world)
    relay.clock.at = relay.world.reader.head_block().timestamp
    return relay
