"""A place to deploy from, on the run's chain; the chain goes back after each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mendrec.adapters.chain.anvil import Anvil
from mendrec.ports import Deployment
from tests.deploy.networks_world import Place, make_place


@pytest.fixture
def place(anvil: Anvil, deployment: Deployment, tmp_path: Path) -> Iterator[Place]:
    mark = anvil.snapshot()
    yield make_place(tmp_path, anvil)
    anvil.revert(mark)
