"""Fixtures shared by the tests of several parts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright
from sqlalchemy import Engine

from mendrec.adapters.chain.anvil import Anvil, AnvilOptions
from mendrec.adapters.chain.anvil_process import find_anvil
from mendrec.adapters.chain.errors import AnvilNotFound
from mendrec.adapters.db.engine import open_engine
from mendrec.adapters.db.migrate import upgrade
from mendrec.ports import Deployment
from tests.simulators.chain_world import World, deploy_world, open_world
from tests.simulators.postgres import PostgresCluster, PostgresNotFound

BOTH_DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives the browsers. One for the whole run: a second one in the same process is refused."""
    with sync_playwright() as playwright:
        yield playwright


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


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresCluster]:
    """One PostgreSQL server for the whole run (of one process); it need not survive a power cut."""
    try:
        cluster = PostgresCluster()
        cluster.__enter__()
    except PostgresNotFound as missing:
        pytest.skip(str(missing))
    yield cluster
    cluster.__exit__()


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresCluster) -> str:
    """A migrated database to copy."""
    name = postgres.create_database()
    upgrade(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=BOTH_DATABASES)
def any_empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a table, of each kind that is supported."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres")
    name = cluster.create_database()
    yield cluster.url(name)
    cluster.drop_database(name)


@pytest.fixture(params=BOTH_DATABASES)
def any_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of the test's own, of each kind that is supported."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "any.db")
        yield f"sqlite:///{tmp_path / 'any.db'}"
        return
    template: str = request.getfixturevalue("postgres_template")
    cluster: PostgresCluster = request.getfixturevalue("postgres")
    name = cluster.create_database(template)
    yield cluster.url(name)
    cluster.drop_database(name)


@pytest.fixture
def any_engine(any_database_url: str) -> Iterator[Engine]:
    """An engine over ``any_database_url``."""
    engine = open_engine(any_database_url)
    yield engine
    engine.dispose()
