"""A hospital world with its node's application, for uploads and what is read back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.world import PlayClock, World
from tests.uploads_http.desk import Desk
from tests.web.conftest import Clinic, open_clinic


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """One populated world a module, over directories."""
    clock = PlayClock()
    with World(tmp_path_factory.mktemp("clinic") / "home", clock=clock, with_kubo=False) as world:
        world.populate()
        clock.run_from(world.anvil.head_timestamp())
        yield open_clinic(world, clock)


@pytest.fixture
def desk(clinic: Clinic) -> Desk:
    """The patient's own."""
    return Desk(clinic)
