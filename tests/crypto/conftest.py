"""Fixtures of the sealed record's tests."""

from __future__ import annotations

import pytest

from tests.crypto.sealing_world import Sealed, SealingWorld

PLAINTEXT = b"haemoglobin 13.5 g/dL\n" * 9000  # about 3 age chunks


@pytest.fixture(scope="session")
def world() -> SealingWorld:
    """Everyone's keys."""
    return SealingWorld()


@pytest.fixture(scope="session")
def sealed(world: SealingWorld) -> Sealed:
    """One record of PLAINTEXT, 2 of 3."""
    return world.seal(PLAINTEXT)


@pytest.fixture(scope="session")
def plaintext() -> bytes:
    """What ``sealed`` holds."""
    return PLAINTEXT
