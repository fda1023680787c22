"""A whole small world and a node over it, run as an operator runs one: ``mendrec node``, web processes and a worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import requests

from deploy.world import World
from mendrec.adapters.chain.anvil_process import free_port
from mendrec.client.node_client import NodeClient
from mendrec.config import CONFIG_NAME
from mendrec.keyring import Keyring, Person

_READY_S = 60
_LIGHT_SCRYPT_N = 2**4


@dataclass
class Served:
    """Use as a context manager. The node is a process of its own, so that it can be killed."""

    home: Path
    processes: int = 2
    with_kubo: bool = True
    cares_by_itself: bool = True
    """Whether the node checks and mends on its schedule, for the first time soon after it starts."""
    world: World = field(init=False)
    url: str = field(init=False)

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        self._node: subprocess.Popen[bytes] | None = None
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        try:
            world = World(self.home, port=free_port(), custodian_url=self.url, block_time_s=2, with_kubo=self.with_kubo)
            self.world = self._stack.enter_context(world)
            world.populate()
            self._name_relayer(port)
            self._stack.callback(self.stop)
            self.start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stack.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """The node's processes: the parent, its web processes and its worker."""
        if self._node is None:
            return ()
        found, todo = [], [self._node.pid]
        while todo:
            pid = todo.pop()
            found.append(pid)
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                todo += [int(child) for child in children.read_text().split()]
        return tuple(found)

    def resident_mib(self) -> float:
        """Resident memory of all the node's processes together; pages they share count in each."""
        total = 0
        for pid in self.pids:
            try:
                pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            except (OSError, IndexError):  # it has just ended
                continue
            total += pages * os.sysconf("SC_PAGE_SIZE")
        return total / 1024**2

    def start(self) -> None:
        """Starts the node and waits until it answers."""
        command = [sys.executable, "-m", "mendrec.cli.main", "--home", str(self.home), "node"]
        with (self.home / "node.log").open("ab") as log:
            self._node = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        give_up_at = time.monotonic() + _READY_S
        while time.monotonic() < give_up_at:
            try:
                if requests.get(f"{self.url}/health/live", timeout=1).ok:
                    return
            except requests.RequestException:
                time.sleep(0.05)
            if self._node.poll() is not None:
                break
        raise RuntimeError("The node does not start:\n" + (self.home / "node.log").read_text()[-2000:])

    def stop(self) -> None:
        """Ends it as an operator does."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it as a power cut does: all its processes at once."""
        self._end(signal.SIGKILL)

    def client(self, name: str) -> NodeClient:
        """A client that is signed in as one of the world's people."""
        client = NodeClient(self.url)
        client.sign_in(self.world.people[name].wallet)
        return client

    def newcomer(self, name: str) -> Person:
        """Somebody with keys and without ether."""
        person = Keyring(self.home / "keys", scrypt_n=_LIGHT_SCRYPT_N).create(name, "a password of no worth")
        self.world.people[name] = person
        return person

    def _end(self, how: signal.Signals) -> None:
        if self._node is None:
            return
        pids = self.pids if how is signal.SIGKILL else (self._node.pid,)
        for pid in pids:
            try:
                os.kill(pid, how)
            except ProcessLookupError:
                continue
        self._node.wait(timeout=_READY_S)
        self._node = None

    def _name_relayer(self, port: int) -> None:
        relayer = self.newcomer("relayer")
        ring = Keyring(self.home / "keys")
        password = ring.password_file("relayer")
        password.touch(mode=0o600)
        password.write_text("a password of no worth\n", encoding="utf-8")
        self.world.anvil.fund(relayer.address)
        settings = [
            "[web]",
            f'origin = "{self.url}"',
            f"port = {port}",
            f"processes = {self.processes}",
            "requests_per_minute = 60000",
            'custodian_key = "north-hospital"',
            "[care]",
            f"check_every_hours = {24 if self.cares_by_itself else 0}",
            "[relayer]",
            'key = "relayer"',
            "acts_per_person_per_day = 100000",
        ]
        with (self.home / CONFIG_NAME).open("a", encoding="utf-8") as config:
            config.write("\n".join(settings) + "\n")
