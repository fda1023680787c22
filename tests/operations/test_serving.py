"""``mendrec node`` as a service: it serves, replaces what dies, ends politely, and refuses to start where it can't.

Real processes. Waiting is for what the log says or for an answer, never for time.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import requests
from click.testing import CliRunner

from mendrec.cli.main import cli
from mendrec.domain.errors import MendrecError, NotFoundError
from mendrec.web import crowds, serving
from mendrec.web.crowds import Crowd
from mendrec.web.serving import PacedSocket
from tests.operations.conftest import RunningNode, free_port
from tests.operations.test_doctor import edit

CLI = [sys.executable, "-m", "mendrec.cli.main"]


@pytest.fixture
def node(home: Path) -> Iterator[RunningNode]:
    """A node with two web processes, a custodian and a relayer."""
    edit(home, "[web]\n", '[web]\ncustodian_key = "north-hospital"\n')
    with (home / "config.toml").open("a", encoding="utf-8") as file:
        file.write('[relayer]\nkey = "governance"\n')
    with RunningNode(home) as running:
        yield running


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    assert parts.hostname
    return socket.create_connection((parts.hostname, parts.port or 80), timeout=60)


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or only waits for its parent to notice."""
    try:
        return re.search(r"^State:\s+Z", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE) is not None
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_for_end(pids: list[int]) -> None:
    until = time.monotonic() + 60
    while not all(map(has_ended, pids)):
        assert time.monotonic() < until, pids
        time.sleep(0.05)


def lease(home: Path) -> int:
    connection = sqlite3.connect(home / "node.db")
    ((expires_at,),) = connection.execute("SELECT expires_at FROM leases").fetchall()
    connection.close()
    return int(expires_at)


def test_it_serves_counts_and_ends_politely(node: RunningNode, home: Path) -> None:
    with requests.Session() as session:
        assert session.get(f"{node.url}/health/live").json()["status"] == "live"
        ready = session.get(f"{node.url}/health/ready")
        assert ready.status_code == 200, ready.text
        checks = {one["check"] for one in ready.json()["conditions"]}
        assert {"chain", "clock", "index", "placement", "outbox", "relayer", "worker", "disk home"} <= checks
        assert session.get(f"{node.url}/v1/node").json()["relays"] is True
    for _ in range(20):  # a connection each: they are spread over the processes
        requests.get(f"{node.url}/health/live")
    text = requests.get(f"{node.url}/metrics").text
    counted = re.search(r'http_requests_total\{method="GET",route="/health/live",status="200"\} ([0-9.]+)', text)
    assert counted is not None, text
    assert float(counted[1]) == 21, "what every process counted is added up"
    for wanted in ("mendrec_head_age_s ", "mendrec_index_lag_blocks ", 'store_up{store="ward-disk"} 1.0', "ready 1.0"):
        assert wanted in text
    assert lease(home) > 0
    assert node.stop() == 0
    assert lease(home) == 0, "the lease was given back"
    wait_for_end(node.pids("web") + node.pids("worker"))


def test_ctrl_c_lets_a_request_in_flight_finish(node: RunningNode, home: Path) -> None:
    body = b'{"request": {}, "signature": "0x"}'
    with connect(node.url) as client:
        client.sendall(
            b"POST /v1/release HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body) + body[:5]
        )
        requests.get(f"{node.url}/health/live")  # the other one has been accepted by then
        node.process.send_signal(signal.SIGINT)
        node.until(r'"event": "stopping"')
        node.until(r'"event": "Handling signal"')
        client.sendall(body[5:])
        answer = client.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert node.process.wait(60) == 0
    assert lease(home) == 0


def test_what_dies_is_replaced_and_nobody_is_turned_away(node: RunningNode) -> None:
    (web,), (worker,) = node.pids("web"), node.pids("worker")
    os.kill(web, signal.SIGKILL)
    os.kill(worker, signal.SIGKILL)
    assert requests.get(f"{node.url}/health/live", timeout=60).status_code == 200
    node.until(r'"event": "worker runs"', count=2)
    # The answer may come from a process that has not yet noticed that its parent was killed: the log says who follows.
    assert len(node.pids("web", at_least=2)) == len(node.pids("worker", at_least=2)) == 2
    assert node.stop() == 0


def test_nothing_outlives_a_parent_that_is_killed(node: RunningNode) -> None:
    children = node.pids("web") + node.pids("worker")
    node.process.kill()
    node.process.wait()
    wait_for_end(children)


def test_a_web_process_can_run_without_a_worker_and_a_worker_alone(home: Path) -> None:
    with RunningNode(home, "--no-worker") as node:
        assert node.pids("worker") == []
        alone = subprocess.Popen(
            [*CLI, "--home", str(home), "worker"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        assert alone.stderr is not None
        for line in alone.stderr:
            if "worker runs" in line:
                break
        alone.terminate()
        rest = alone.stderr.read()
        alone.stderr.close()
        assert alone.wait(60) == 0, rest
        assert "worker stopped" in rest


def test_a_password_comes_from_systemd_where_no_file_lies_beside_the_key(home: Path, tmp_path: Path) -> None:
    edit(home, "[web]\n", '[web]\ncustodian_key = "north-hospital"\n')
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (home / "keys" / "north-hospital" / "password").rename(credentials / "north-hospital")
    with RunningNode(home, "--no-worker", environment={"CREDENTIALS_DIRECTORY": str(credentials)}) as node:
        assert "Custodian 0x" in node.text()
        assert any(one["this_node"] for one in requests.get(f"{node.url}/v1/node").json()["custodians"])


def start_and_fail(home: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [*CLI, "--home", str(home), "node", *arguments],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "What to do: " in done.stderr
    return done.returncode, done.stderr


def test_it_refuses_to_start_on_another_chain(home: Path) -> None:
    edit(home, "31337", "31338")
    code, words = start_and_fail(home)
    assert (code, "31338 was expected" in words) == (7, True)


def test_it_refuses_to_start_without_its_chain(home: Path) -> None:
    path = home / "config.toml"
    path.write_text(re.sub("rpc_url = .*", f'rpc_url = "http://127.0.0.1:{free_port()}"', path.read_text("utf-8")))
    code, words = start_and_fail(home)
    assert code == 5
    assert "chain" in words


def refuse(home: Path) -> MendrecError:
    """The same without a process of its own: it stops before anything is forked."""
    done = CliRunner().invoke(cli, ["--home", str(home), "node"], standalone_mode=False)
    assert isinstance(done.exception, MendrecError)
    assert done.exception.remedy
    return done.exception


def test_it_refuses_to_start_where_a_setting_is_wrong(home: Path) -> None:
    edit(home, "processes", "proceses")
    error = refuse(home)
    assert re.search(r"config\.toml, line [0-9]+: web\.proceses", error.message)
    assert "Is processes meant?" in error.remedy


def test_it_refuses_to_start_without_its_key(home: Path) -> None:
    edit(home, "[web]\n", '[web]\ncustodian_key = "nobody"\n')
    assert isinstance(refuse(home), NotFoundError)


def test_it_refuses_to_start_on_a_port_that_is_taken(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        code, words = start_and_fail(home, "--port", str(other.getsockname()[1]))
    assert code == 7
    assert "can't be listened on" in words


# Slow clients, over a server with one thread and little patience

SLOW = textwrap.dedent(
    """
    import socket, sys
    from flask import Flask, request
    from mendrec.adapters.logs import configure_logs
    from mendrec.config import WebConfig
    from mendrec.web import serving

    serving._PATIENCE_S = serving.PacedSocket._left_s = 0.5
    serving._SEND_S = 0.5
    configure_logs("error")
    app = Flask("slow")
    app.post("/", endpoint="post")(lambda: str(len(request.get_data())))
    app.get("/", endpoint="get")(lambda: b"x" * 50_000_000)
    listener = socket.create_server(("127.0.0.1", 0))  # gunicorn closes it
    print(listener.getsockname()[1], flush=True)
    serving.NodeServer(WebConfig(threads=1), listener, lambda: app).run()
    """
)


@pytest.fixture
def impatient() -> Iterator[int]:
    with subprocess.Popen(
        [sys.executable, "-c", SLOW], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.terminate()
        assert process.wait(60) == 0


def post(port: int, size: int) -> str:
    return requests.post(f"http://127.0.0.1:{port}/", data=b"x" * size, timeout=60).text


@pytest.mark.parametrize(
    "begun",
    [b"GET / HT", b"POST / HTTP/1.1\r\nHost: x\r\nX: ", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx"],
)
def test_a_client_that_stalls_is_cut_off_and_keeps_nobody_out(impatient: int, begun: bytes) -> None:
    with socket.create_connection(("127.0.0.1", impatient), timeout=60) as stalled:
        stalled.sendall(begun)
        assert post(impatient, 3) == "3", "the only thread is free again"
        with suppress(ConnectionResetError):
            assert not stalled.recv(65536).startswith(b"HTTP/1.1 200")


def test_a_client_that_drips_is_cut_off(impatient: int) -> None:
    with socket.create_connection(("127.0.0.1", impatient), timeout=60) as dripping:
        dripping.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nX: ")
        with suppress(BrokenPipeError, ConnectionResetError):
            while True:  # each byte comes in time, and the whole never would
                dripping.sendall(b"x")
                time.sleep(0.05)
    assert post(impatient, 3) == "3"


def test_a_client_that_does_not_read_is_cut_off(impatient: int) -> None:
    with socket.create_connection(("127.0.0.1", impatient), timeout=60) as deaf:
        deaf.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert post(impatient, 3) == "3"


def test_many_silent_connections_keep_nobody_out(impatient: int) -> None:
    silent = [socket.create_connection(("127.0.0.1", impatient), timeout=60) for _ in range(3)]
    assert post(impatient, 1_000_000) == "1000000"
    for one in silent:
        one.close()


def test_a_steady_client_may_take_as_long_as_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes earn time: in all it waits for far longer than the patience it began with."""
    monkeypatch.setattr(serving, "_PATIENCE_S", 0.2)
    monkeypatch.setattr(serving, "_RATE_BYTES_PER_S", 1_000)
    ours, theirs = socket.socketpair()
    paced = PacedSocket(ours.family, ours.type, ours.proto, fileno=ours.detach())
    paced._left_s = 0.2
    with paced, theirs:
        for _ in range(10):
            theirs.sendall(b"x" * 300)
            assert len(paced.recv(65536)) == 300
        assert 0 < paced._left_s <= 0.2
        with pytest.raises(ConnectionResetError):
            paced.recv(1)
        assert paced._left_s == 0
        paced.begin()
        theirs.sendall(b"y")
        assert paced.recv(1) == b"y"


def paced(crowd: Crowd, site: str) -> tuple[PacedSocket, socket.socket]:
    ours, theirs = socket.socketpair()
    found = PacedSocket(ours.family, ours.type, ours.proto, fileno=ours.detach())
    found.crowd, found.site = crowd, site
    found.begin()
    return found, theirs


@pytest.mark.parametrize("phase", ["head", "body", "body of a person"])
def test_a_stranger_s_request_has_to_be_there_in_time_at_whatever_rate(
    monkeypatch: pytest.MonkeyPatch, phase: str
) -> None:
    now = [0.0]
    monkeypatch.setattr(serving, "time", SimpleNamespace(monotonic=lambda: now[0]))
    one, theirs = paced(Crowd(in_all=9, per_site=9), "a")
    with one, theirs:
        if phase != "head":
            one.head_has_come()
        now[0] = 11.0 if phase == "head" else 31.0
        if phase == "body of a person":
            one.person_is_known()
            late = threading.Timer(0.2, theirs.sendall, [b"x"])
            late.start()
            assert one.recv(1) == b"x"
            late.join()
            return
        with pytest.raises(ConnectionResetError):
            one.recv(1)
        theirs.sendall(b"x")
        one.begin()
        assert one.recv(1) == b"x", "the next request has a time of its own"


def test_too_many_slow_requests_of_one_site_lose_the_slowest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where each gets some bytes whenever it looks; other sites and quick ones stay."""
    now = [0.0]
    monkeypatch.setattr(crowds, "time", SimpleNamespace(monotonic=lambda: now[0]))
    crowd = Crowd(in_all=6, per_site=2)

    @dataclass(eq=False)
    class Request:
        site: str
        received_bytes: int
        began_at: float = 0.0
        has_to_go: bool = False

    dripping = [Request("a", size) for size in (10, 30, 20, 40)]
    quick, other = Request("a", 10_000_000), Request("b", 1)
    everybody = [*dripping, quick, other]
    for one in everybody:
        crowd.enter(one)
    assert not any(crowd.is_too_many(one) for one in everybody), "nobody is slow at once"
    now[0] = 2.0
    dripping[0].received_bytes += 100  # who looks has just got something
    assert [crowd.is_too_many(one) for one in everybody] == [False, True, True, False, False, False]
    for site in "cdefg":
        crowd.enter(Request(site, 50))
    assert not crowd.is_too_many(other)
    assert [one.has_to_go for one in dripping] == [True, True, True, True], "the site with the most goes first"
    for one in everybody:
        crowd.leave(one)
    assert not crowd.is_too_many(Request("h", 0))


def test_dripping_on_every_thread_keeps_nobody_out() -> None:
    """A whole server with eight threads and long patience: the site that holds them all is cut to its share."""
    program = SLOW.replace("0.5", "60.0").replace("threads=1", "threads=8")
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        stop = threading.Event()

        def drip() -> None:
            with socket.create_connection(("127.0.0.1", port), timeout=60) as one, suppress(OSError):
                one.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n")
                while not stop.wait(0.1):
                    one.sendall(b"x" * 1_000)

        dripping = [threading.Thread(target=drip) for _ in range(8)]
        for one in dripping:
            one.start()
        try:
            for _ in range(3):
                assert requests.post(f"http://127.0.0.1:{port}/", data=b"xxx", timeout=20).text == "3"
        finally:
            stop.set()
            for one in dripping:
                one.join()
            process.terminate()
            process.wait(60)
