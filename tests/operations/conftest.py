"""A node's home with records, grants and receipts in it, over a real chain; directories stand in for every store."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest

from deploy import world as worlds
from deploy.world import World
from mendrec.domain.errors import ConfigurationError
from mendrec.domain.model import Purpose, Right, Terms
from mendrec.keyring import Person
from mendrec.services.ingest import UploadResult
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.services.key_release import Reader

_COUNTER = itertools.count()
NOTE = b"a note that nobody but its readers reads"


@dataclass(frozen=True)
class Clinic:
    """The world, with one record that the cardiologist has opened."""

    world: World
    record: UploadResult

    @property
    def home(self) -> Path:
        return self.world.home

    def person(self, name: str) -> Person:
        return self.world.people[name]

    def open_as(self, name: str, folder: Path) -> bytes:
        person, node, ref = self.person(name), self.world.node, self.record.records[0]
        path = folder / f"opened-{next(_COUNTER)}"
        record = node.reading.locate(ref.patient, ref.sequence, ref.leaf_index)
        node.reading.open_record(record, Reader(person.wallet, person.identity), Purpose.TREAT, path)
        return path.read_bytes()


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """The populated home. A test that breaks something mends it, or works on a copy."""

    def no_kubo(_folder: Path) -> Path:
        raise ConfigurationError("Directories only.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worlds, "find_kubo", no_kubo)
        with World(tmp_path_factory.mktemp("operations") / "home") as world:
            world.populate()
            node, patient = world.node, world.people["patient"]
            items = plan_intake([NamedBytes("note.txt", NOTE)], "laboratory").items
            record = node.ingest.upload(patient.wallet, patient.address, items, key="operations upload")
            terms = Terms(Right.READ, node.now(), node.now() + 86_400, Purpose.TREAT)
            reader = world.people["cardiologist"].address
            node.consent.grant(patient.wallet, reader, ["laboratory"], terms, key="operations grant")
            node.index.sync()
            clinic = Clinic(world, record)
            assert clinic.open_as("cardiologist", tmp_path_factory.mktemp("opened")) == NOTE
            yield clinic


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def home(clinic: Clinic, tmp_path: Path) -> Path:
    """A copy of the clinic's home on the same chain, for breaking; its web port is free."""
    clinic.world.anvil.mine()  # its chain mines on demand only: a head that is as old as the run is not ready
    copy = tmp_path / "clinic"
    shutil.copytree(clinic.home, copy, ignore=shutil.ignore_patterns("chain", "kubo", "locks"))
    for path in (copy, *copy.rglob("*")):  # as `mendrec` makes them; the tests' own umask is another
        path.chmod(0o700 if path.is_dir() else 0o600)
    text = (copy / "config.toml").read_text("utf-8")
    (copy / "config.toml").write_text(f"{text}\n[web]\nport = {free_port()}\nprocesses = 2\nthreads = 4\n", "utf-8")
    return copy


class RunningNode:
    """``mendrec node`` in processes of its own; its log is in a file."""

    def __init__(self, home: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        self._log = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - closed with the node
        self._has_worker = "--no-worker" not in arguments
        command = [sys.executable, "-m", "mendrec.cli.main", "--home", str(home), "node", "--port", "0", *arguments]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            env={**os.environ, **(environment or {})},
        )

    def __enter__(self) -> Self:
        self.url = self.until(r"answers at (http://\S+)")
        if self._has_worker:
            self.until(r'"event": "worker runs"')
        return self

    def __exit__(self, *_exc: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()

    def text(self) -> str:
        """Everything said so far."""
        self._log.seek(0)
        return self._log.read().decode("utf-8")

    def lines(self) -> list[dict[str, Any]]:
        """The log; every line must be JSON but the one for people."""
        whole = self.text().rpartition("\n")[0]
        return [json.loads(line) for line in whole.split("\n") if line and " answers at " not in line]

    def until(self, pattern: str, *, count: int = 1) -> str:
        """Waits until the log holds a pattern so often; returns its last group."""
        until = time.monotonic() + 60
        while len(found := re.findall(pattern, self.text())) < count:
            assert self.process.poll() is None or re.findall(pattern, self.text()), self.text()
            assert time.monotonic() < until, self.text()
            time.sleep(0.05)
        return str(found[-1])

    def stop(self) -> int:
        """Asks it politely; returns the exit status."""
        self.process.terminate()
        return self.process.wait(60)

    def pids(self, child: str, *, at_least: int = 0) -> list[int]:
        """The processes that were started under that name; waits until there were so many."""
        until = time.monotonic() + 60
        while True:
            found = [line["pid"] for line in self.lines() if line["event"] == "started" and line["child"] == child]
            if len(found) >= at_least:
                return found
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < until, self.text()
            time.sleep(0.05)
