"""A chain that goes away and comes back: what dies meanwhile is replaced; the node stays, and says 503 until then."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask

from mendrec.config import load_config
from mendrec.domain.errors import ConfigurationError, UnavailableError
from mendrec.web import running
from mendrec.web.observing import open_operations
from mendrec.web.waiting import WaitingApp, meanwhile_app
from tests.operations.conftest import RunningNode
from tests.operations.test_dev_and_units import unit


class Door:
    """Passes connections on to a port while it is open; closed, it ends what there is and refuses what comes."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    def open(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port))
        self._stop.clear()
        self._thread = threading.Thread(target=self._pass, args=(listener,))
        self._thread.start()

    def close(self) -> None:
        if self._thread is not None:
            self._stop.set()
            self._thread.join()
            self._thread = None

    def _pass(self, listener: socket.socket) -> None:
        other: dict[socket.socket, socket.socket] = {}
        while not self._stop.is_set():
            for ready in select.select([listener, *other], [], [], 0.05)[0]:
                if ready is listener:
                    near, _ = listener.accept()
                    far = socket.create_connection(("127.0.0.1", self._target))
                    other |= {near: far, far: near}
                    continue
                if ready not in other:
                    continue
                try:
                    data = ready.recv(65536)
                    if data:
                        other[ready].sendall(data)
                except OSError:
                    data = b""
                if not data:
                    for end in (other.pop(ready), ready):
                        other.pop(end, None)
                        end.close()
        for end in (listener, *other):
            end.close()


@pytest.fixture
def door(home: Path) -> Iterator[Door]:
    """Stands between the home and its chain; open."""
    path = home / "config.toml"
    text = path.read_text("utf-8")
    found = re.search(r'rpc_url = "(.*)"', text)
    assert found is not None
    door = Door(urlsplit(found[1]).port or 0)
    path.write_text(text.replace(found[1], f"http://127.0.0.1:{door.port}"), "utf-8")
    door.open()
    yield door
    door.close()


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def statuses(url: str, path: str, wanted: int) -> list[int]:
    """Asks until an answer is the wanted one three times in a row; returns all answers."""
    seen: list[int] = []
    until = time.monotonic() + 60
    while seen[-3:] != [wanted] * 3:
        assert time.monotonic() < until, seen
        seen.append(requests.get(f"{url}{path}", timeout=60).status_code)
        time.sleep(0.05)
    return seen


def test_processes_that_die_while_the_chain_is_away_come_back_with_it(home: Path, door: Door) -> None:
    with RunningNode(home) as node:
        (arbiter,), (worker,) = node.pids("web"), node.pids("worker")
        door.close()
        for pid in (*children_of(arbiter), worker):
            os.kill(pid, signal.SIGKILL)
        node.until('"event": "web process waits"', count=2)
        node.until('"event": "worker waits"')
        answer = requests.get(f"{node.url}/v1/node", timeout=60)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable.opening")
        assert answer.headers["Retry-After"]
        assert requests.get(f"{node.url}/health/ready", timeout=60).status_code == 503
        assert requests.get(f"{node.url}/health/live", timeout=60).status_code == 200
        door.open()
        statuses(node.url, "/v1/node", 200)
        node.until('"event": "worker runs"', count=2)
        assert node.pids("web") == [arbiter], "the server itself never ended"
        assert node.stop() == 0


def test_a_fault_of_the_worker_does_not_end_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_AGAIN_AFTER_S", 0.0)
    stop, done = threading.Event(), []

    def work() -> None:
        done.append(1)
        if len(done) == 1:
            raise UnavailableError("away")
        if len(done) == 2:
            raise ZeroDivisionError
        stop.set()

    running._again_and_again(work, stop)
    assert len(done) == 3


def test_a_setting_that_is_wrong_ends_the_worker() -> None:
    def work() -> None:
        raise ConfigurationError("wrong")

    with pytest.raises(ConfigurationError):
        running._again_and_again(work, threading.Event())


def test_an_application_that_cannot_be_built_is_tried_again_and_asked_for_nothing_else(home: Path) -> None:
    may, tries = threading.Event(), []
    app = Flask("built")
    app.get("/v1/node", endpoint="node")(lambda: "here")

    def build() -> Flask:
        tries.append(1)
        if not may.is_set():
            raise RuntimeError("a word that nobody outside reads")
        return app

    waiting = WaitingApp(build, meanwhile_app(open_operations(load_config(home))), pause_s=0.001)
    client = Flask("outer")
    client.wsgi_app = waiting  # type: ignore[method-assign]
    answer = client.test_client().get("/v1/node")
    assert answer.status_code == 503
    assert "a word" not in answer.text
    assert client.test_client().get("/health/live").status_code == 200
    may.set()
    until = time.monotonic() + 60
    while client.test_client().get("/v1/node").status_code != 200:
        assert time.monotonic() < until
    assert waiting.extensions is app.extensions


def test_systemd_never_gives_the_node_up() -> None:
    assert unit("mendrec.service")["Unit"]["StartLimitIntervalSec"] == "0"


AS_FIRST = textwrap.dedent(
    """
    import os, signal
    from mendrec.adapters.logs import configure_logs
    from mendrec.web.supervising import Supervisor

    configure_logs("error")  # its lines would come between those of the child

    def work():
        os.write(1, b"pid %d\\n" % os.getppid())
        signal.pause()
        return 0

    raise SystemExit(Supervisor({"web": work}).run())
    """
)
UNSHARE = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child"]


def test_a_node_runs_as_the_first_process_of_a_container() -> None:
    try:
        subprocess.run([*UNSHARE, "true"], check=True, capture_output=True, timeout=20)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine makes no namespaces for its users")
    with subprocess.Popen(
        [*UNSHARE, sys.executable, "-c", AS_FIRST], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as first:
        guard = threading.Timer(60, first.kill)  # what hangs must not hang the run
        guard.start()
        try:
            assert first.stdout is not None
            assert first.stderr is not None
            assert any(line == "pid 1\n" for line in first.stdout), first.stderr.read()
            (inside,) = children_of(first.pid)
            os.kill(inside, signal.SIGTERM)
            assert first.wait(60) == 0
        finally:
            guard.cancel()
            first.kill()
