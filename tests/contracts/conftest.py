"""One chain and one world for all contract tests; each test finds it as it was, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.chain import Chain, find_anvil
from tests.contracts.world import World, build_world


@pytest.fixture(scope="session")
def anvil_chain() -> Iterator[Chain]:
    anvil = find_anvil()
    if anvil is None:
        pytest.skip("anvil is not installed: run `npm ci` in contracts/")
    chain = Chain(anvil)
    try:
        yield chain
    finally:
        chain.stop()


@pytest.fixture(scope="session")
def built_world(anvil_chain: Chain) -> World:
    return build_world(anvil_chain)


@pytest.fixture
def world(built_world: World) -> Iterator[World]:
    snapshot = built_world.chain.snapshot()
    people = dict(built_world.people)
    yield built_world
    built_world.people = people
    built_world.chain.revert(snapshot)
