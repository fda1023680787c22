"""``kill -9`` of node and development chain at any moment, then start again: every acknowledged act is there."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from deploy.world import World
from mendrec.adapters.chain.anvil import Anvil
from mendrec.domain.model import Address, Right

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("crash")]
_SEED = 20_261
_KILLS = 4
_TIMEOUT_S = 120
_ENOUGH = 7
"""Acts to wait for before a kill may come: more than one round, so that two entries stand on each other."""


class Node:
    """One run of the program, in a session of its own."""

    def __init__(self, home: Path, acks: Path, how: str | None = None) -> None:
        self._acks = acks
        self._before = len(read_acks(acks))
        arguments = [sys.executable, "-m", "tests.crash.embedded_node", str(home), str(acks), *([how] if how else [])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["app", "."])}
        with (home.parent / "node.log").open("ab") as log:
            self.process = subprocess.Popen(
                arguments, cwd=Path(__file__).parents[2], env=environment, stdout=log, stderr=log
            )

    def acks(self) -> Sequence[Mapping[str, Any]]:
        """What it has acknowledged so far."""
        return read_acks(self._acks)[self._before :]

    def wait_for(self, count: int) -> None:
        """Until it has acknowledged ``count`` acts."""
        deadline = time.monotonic() + _TIMEOUT_S
        while len(self.acks()) < count + 1:
            assert self.process.poll() is None, "it ended by itself"
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def kill(self, *, chain_first: bool) -> None:
        """Both die; neither can do anything about it."""
        victims = [self.process.pid, *(one["anvil"] for one in self.acks() if one["kind"] == "ready")]
        for pid in reversed(victims) if chain_first else victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def read_acks(path: Path) -> list[Mapping[str, Any]]:
    """The whole lines; half of one was never told to anybody."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]


@pytest.fixture
def home(tmp_path: Path, anvil: Anvil) -> Path:
    """A populated home (the shared chain tells whether anvil is there at all)."""
    home = tmp_path / "home"
    with World(home, block_time_s=10, with_kubo=False) as world:
        world.populate()
    return home


def require_everything_acknowledged(world: World, acks: Sequence[Mapping[str, Any]]) -> None:
    node, patient = world.node, world.people["patient"].address
    categories = {code: number for number, code in node.ledger.categories().items()}
    rights: dict[tuple[str, str], int] = {}
    receipts = {(one.sequence, one.reader) for one in node.receipts.of_patient(patient) if one.outcome == "released"}
    for ack in acks:
        match ack["kind"]:
            case "record":
                assert node.ledger.entry(patient, ack["sequence"]).digest_hex == ack["digest_hex"], ack
            case "grant":
                rights[ack["grantee"], ack["code"]] = ack["right"]
            case "revoke":
                rights[ack["grantee"], ack["code"]] = 0
            case "receipt":
                assert (ack["sequence"], ack["reader"]) in receipts, ack
    if acks[-1]["kind"] == "begun":
        rights.pop((acks[-1]["grantee"], acks[-1]["code"]), None)
    for (grantee, code), right in rights.items():
        block = node.ledger.permission(patient, Address(grantee), categories[code])
        assert block.rights == Right(right), (grantee, code)
    node.index.sync()
    digests = [one.entry.digest_hex for one in node.index.entries(patient)]
    assert len(digests) == len(set(digests)), "nothing is there twice"
    assert node.verifying.verify(patient).findings == ()


def restarted(home: Path, acks: Path) -> None:
    with World(home, block_time_s=10, with_kubo=False) as world:
        world.come_back()
        require_everything_acknowledged(world, [one for one in read_acks(acks) if one["kind"] != "ready"])


def test_killed_at_any_moment_every_acknowledged_act_is_there(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, acks = random.Random(_SEED), tmp_path / "acks"
    for _ in range(_KILLS):
        node = Node(home, acks)
        node.wait_for(_ENOUGH + chance.randrange(6))
        time.sleep(chance.random() / 2)
        node.kill(chain_first=chance.random() < 0.5)
        restarted(home, acks)
    with capsys.disabled():
        print(
            f"\nkilled node and chain {_KILLS} times; {len(read_acks(acks)) - _KILLS} acknowledged acts are all there"
        )


@pytest.mark.parametrize("how", ["torn", "unnamed"])
def test_killed_while_a_checkpoint_is_written_every_acknowledged_act_is_there(
    home: Path, tmp_path: Path, how: str
) -> None:
    acks = tmp_path / "acks"
    node = Node(home, acks, how)
    assert node.process.wait(_TIMEOUT_S) == -signal.SIGKILL
    assert (home / "chain" / "state.tmp").exists()
    assert len(node.acks()) > 1
    restarted(home, acks)
