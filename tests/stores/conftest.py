"""Stores to test against: a folder, a real Kubo, and the reference in memory."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mendrec.adapters.stores.directory import DirectoryStore
from mendrec.adapters.stores.ipfs import IpfsStore
from mendrec.adapters.stores.kubo_process import PrivateKubo
from mendrec.ports import BlobStore
from tests.simulators.kubo import running_kubo
from tests.simulators.memory_store import MemoryStore


@pytest.fixture(scope="package")
def kubo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateKubo]:
    """One daemon for all tests of this folder; they use fresh content, so they do not meet."""
    with running_kubo(tmp_path_factory.mktemp("kubo") / "repo") as daemon:
        yield daemon


@pytest.fixture
def directory(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore.create(tmp_path / "ward", name="ward-disk", failure_domain="ward")


@pytest.fixture
def ipfs(kubo: PrivateKubo) -> IpfsStore:
    return IpfsStore(kubo.api_multiaddr, name="ipfs", failure_domain="swarm")


@pytest.fixture(params=["memory", "directory", pytest.param("ipfs", marks=pytest.mark.kubo)])
def store(request: pytest.FixtureRequest) -> BlobStore:
    """Each kind of store in turn: what every test of a behaviour takes."""
    if request.param == "memory":
        return MemoryStore()
    found: BlobStore = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 20 MiB."""
    mounted = tmp_path / "small"
    mounted.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(mounted)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small file system needs root")
    try:
        yield mounted
    finally:
        subprocess.run(["umount", str(mounted)], check=True)
