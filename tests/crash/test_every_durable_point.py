"""An upload killed before each durable point, then asked for again after a restart: nothing lost, nothing twice.

In CI a fixed sample of the points is tried; ``make crash`` sets ``MENDREC_CRASH_ALL`` and tries all of them.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from deploy.world import World
from mendrec.adapters.chain.anvil import Anvil
from mendrec.domain.model import Purpose, Right, Terms
from tests.conftest import BOTH_DATABASES
from tests.crash.dying_node import TEXTS
from tests.simulators.postgres import PostgresCluster

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("crash")]
_SEED = 20_261
_SAMPLED = {"commit": 4, "send": 2, "store": 1, "flush": 1, "rename": 1}
"""How many points of each kind are tried in CI."""
_COPIES = 2
_OBJECTS = 3


@dataclass
class Desk:
    """Gives jobs to the program."""

    home: Path
    program: subprocess.Popen[str]
    way: str
    """``local``: sealed by the node's command line; ``remote``: sealed elsewhere, sent in parts, relayed."""
    keys: int = field(default=0)
    jobs: int = field(default=0)
    tip: int = field(default=0)

    def job(
        self, name: str, key: str, *, die_at: tuple[str, int] | None = None, verify: bool = False
    ) -> dict[str, Any]:
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.jobs += 1
        places = {"home": self.home, "opened": self.home / f"opened {key}", "sealed": self.home / f"sealed {key}"}
        job = {"job": name, "way": self.way, "number": self.jobs, "key": key, "die_at": die_at, "verify": verify}
        self.program.stdin.write(json.dumps(job | {what: str(path) for what, path in places.items()}) + "\n")
        self.program.stdin.flush()
        answer = self.program.stdout.readline()
        assert answer, "the program itself ended"
        found: dict[str, Any] = json.loads(answer)
        return found

    def new_key(self) -> str:
        self.keys += 1
        key = f"upload {self.keys}"
        if self.way == "remote":
            assert self.job("seal", key)["ended"] == 0
        return key


@pytest.fixture(scope="module")
def world_home(anvil: Anvil, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A populated home whose chain stays up; the cardiologist may read."""
    home = tmp_path_factory.mktemp("crash") / "home"
    with World(home, with_kubo=False) as world:
        world.populate()
        terms = Terms(Right.READ, world.node.now(), world.node.now() + 86_400, Purpose.TREAT)
        reader = world.people["cardiologist"].address
        world.node.consent.grant(world.people["patient"].wallet, reader, ["laboratory"], terms, key="grant")
        with (home / "config.toml").open("a") as settings:
            settings.write('[relayer]\nkey = "south-hospital"\n')
        yield home


@pytest.fixture(scope="module")
def program(world_home: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["app", "."])}
    with (world_home.parent / "node.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.dying_node", str(world_home / "keys")],
            cwd=Path(__file__).parents[2],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    yield process
    assert process.stdin is not None
    process.stdin.close()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


@pytest.fixture(params=BOTH_DATABASES)
def home(request: pytest.FixtureRequest, world_home: Path, tmp_path: Path) -> Path:
    """The same chain and stores, over a database of either kind."""
    home = tmp_path / "home"
    shutil.copytree(world_home, home, ignore=shutil.ignore_patterns("chain", "stores"))
    (home / "stores").symlink_to(world_home / "stores")
    if request.param == "postgresql":
        cluster: PostgresCluster = request.getfixturevalue("postgres")
        url = cluster.url(cluster.create_database(request.getfixturevalue("postgres_template")))
        settings = (home / "config.toml").read_text()
        (home / "config.toml").write_text(settings.replace("sqlite:///node.db", url))
        for left in home.glob("node.db*"):
            left.unlink()
    return home


def points_to_try(points: Sequence[str], seed: str) -> list[tuple[str, int]]:
    """The points to die before, each as kind and number. A run may make a folder less, and so flush a time less."""
    places = {kind: [(kind, number) for number in range(points.count(kind))] for kind in sorted(set(points))}
    if os.environ.get("MENDREC_CRASH_ALL"):
        return [place for of_kind in places.values() for place in of_kind]
    chance = random.Random(seed)
    return [
        place
        for kind, of_kind in places.items()
        for place in sorted(chance.sample(of_kind, min(_SAMPLED[kind], len(of_kind))))
    ]


def counted(points: Sequence[str]) -> str:
    return ", ".join(f"{points.count(kind)} {kind}" for kind in sorted(set(points)))


def require_once(desk: Desk, found: dict[str, Any]) -> None:
    records = found["result"]["records"]
    assert [leaf for _, leaf, _ in records] == [0, 1, 2]
    assert found["texts"] == [text.decode() for text in TEXTS], "every byte is there"
    assert found["tip"] == desk.tip + 1, "one batch, anchored once"
    assert {sequence for sequence, _, _ in records} == {desk.tip}
    assert found["again"] == found["result"], "asking once more repeats the answer"
    assert found["copies"] == (len(TEXTS) * _OBJECTS + 1) * _COPIES, "each copy of each object, and of the list, once"
    assert not found["was_opened"] or found["receipts_before"], "who has opened it has left a receipt"
    assert len(found["receipts"]) == len(found["receipts_before"]) + 2, "a receipt for each release, and no more"
    assert found["damaged"] == []
    desk.tip = found["tip"]


@pytest.mark.parametrize("way", ["local", "remote"])
def test_killed_before_any_durable_point_an_upload_happens_once(
    home: Path, program: subprocess.Popen[str], way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(home, program, way)
    for _ in range(2):  # the first one also makes folders
        whole = desk.job("upload", desk.new_key())
        assert whole["ended"] == 0
    points = whole["found"]["points"]
    desk.tip = whole["found"]["records"][0][0] + 1
    database = "sqlite" if "sqlite" in (home / "config.toml").read_text() else "postgresql"
    tried = points_to_try(points, f"{_SEED} {way} {database}")
    killed = 0
    for place in tried:
        key = desk.new_key()
        died = desk.job("upload", key, die_at=place)
        assert died["ended"] in {-signal.SIGKILL, 0}, "it dies there, or was through"
        killed += died["ended"] != 0
        finished = desk.job("finish", key, verify=place == tried[-1])
        assert finished["ended"] == 0, f"it can't go on after dying before {place}"
        require_once(desk, finished["found"])
    assert killed >= len(tried) * 0.9, "nearly every run comes to its point"
    with capsys.disabled():
        print(f"\n{database}: {killed} kill points tried of {len(points)} ({counted(points)}): nothing lost or doubled")
