"""Fixtures shared by the tests of several parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mendrec.adapters.chain.anvil import Anvil, AnvilOptions
from mendrec.adapters.chain.anvil_process import find_anvil
from mendrec.adapters.chain.errors import AnvilNotFound
from mendrec.ports import Deployment
from tests.simulators.chain_world import World, deploy_world, open_world


@pytest.fixture(scope="session")
def anvil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Anvil]:
    """One development chain for the whole run; its time stands still but when a test moves it."""
    try:
        find_anvil()
    except AnvilNotFound:
        pytest.skip("anvil is not installed (npm ci in contracts/)")
    chain = Anvil(AnvilOptions(tmp_path_factory.mktemp("anvil"), block_time_s=None))
    chain.start()
    yield chain
    chain.kill()


@pytest.fixture(scope="session")
def deployment(anvil: Anvil, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """The contracts, deployed once a run."""
    return deploy_world(anvil, tmp_path_factory.mktemp("deployment"))


@pytest.fixture
def deployed(anvil: Anvil, deployment: Deployment, tmp_path: Path) -> Iterator[World]:
    """The fresh deployment with funded wallets; the chain goes back to it after the test."""
    mark = anvil.snapshot()
    world = open_world(anvil, deployment, tmp_path)
    yield world
    world.engine.dispose()
    anvil.revert(mark)
