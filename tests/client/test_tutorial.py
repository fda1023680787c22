"""The tutorial's blocks, taken from its page and run one after the other, as a reader would."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from mendrec.adapters.chain.anvil_process import find_anvil, free_port
from mendrec.adapters.chain.errors import AnvilNotFound

pytestmark = pytest.mark.chain
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DEADLINE_S = 300
CHAIN_PORT, NODE_PORT = 8545, 8546


def blocks() -> list[tuple[str, str, str]]:
    """(language, note, text) of every block of the page."""
    return [(found[1], found[2] or "", found[3]) for found in BLOCK.finditer(PAGE.read_text("utf-8"))]


@dataclass
class Terminal:
    """One shell that keeps its variables from block to block, and those that run beside it."""

    folder: Path
    ports: dict[int, int]
    stack: ExitStack
    kept: Path = field(init=False)

    def __post_init__(self) -> None:
        self.kept = self.folder / "variables"
        self.kept.touch()

    def words(self, text: str) -> str:
        """The page's ports are taken on a machine that runs several things at a time."""
        for wanted, free in self.ports.items():
            text = text.replace(str(wanted), str(free))
        if "deploy.chain" in text:
            text = text.replace("--folder", f"--port {self.ports[CHAIN_PORT]} --folder")
        if "mendrec --home tutorial/node init" in text:
            text = text.replace(" init", f" init --rpc-url http://127.0.0.1:{self.ports[CHAIN_PORT]}")
        return text

    @property
    def environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'app'}"}

    def run(self, text: str) -> subprocess.CompletedProcess[str]:
        script = f"set -ea\n. {self.kept}\nset -x\n{self.words(text)}\nset +x\nexport -p > {self.kept}\n"
        return subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=False,
        )

    def start(self, text: str, port: int, probe: bytes | None) -> None:
        # A terminal of its own knows nothing of the first one's environment.
        activate, command = text.split("\n", 1)
        assert activate == ". .venv/bin/activate"
        log = self.stack.enter_context((self.folder / f"{port}.log").open("wb"))
        process = subprocess.Popen(
            ["bash", "-c", f"exec {self.words(command)}"], cwd=self.folder, env=self.environment, stdout=log, stderr=log
        )
        self.stack.callback(stop, process)
        wait_until_it_answers(process, port, probe, self.folder / f"{port}.log")


def stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until_it_answers(process: subprocess.Popen[bytes], port: int, probe: bytes | None, log: Path) -> None:
    url = f"http://127.0.0.1:{port}" + ("" if probe else "/v1/node")
    headers = {"Content-Type": "application/json"} if probe else {}
    ends_at = time.monotonic() + DEADLINE_S
    while time.monotonic() < ends_at:
        assert process.poll() is None, log.read_text("utf-8")
        try:
            with urlopen(Request(url, data=probe, headers=headers), timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise AssertionError(log.read_text("utf-8"))


@contextmanager
def terminal(folder: Path) -> Iterator[Terminal]:
    with ExitStack() as stack:
        yield Terminal(folder, {CHAIN_PORT: free_port(), NODE_PORT: free_port()}, stack)


@pytest.mark.skipif(shutil.which("bash") is None, reason="the tutorial's commands are for bash")
def test_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    try:
        find_anvil()
    except AnvilNotFound:
        pytest.skip("anvil is not installed (npm ci in contracts/)")
    said: list[str] = []
    with terminal(tmp_path) as shell:
        for language, note, text in blocks():
            if language == "text":
                assert said[-1].strip() == text.strip()
            elif language == "python":
                (tmp_path / note).write_text(text, encoding="utf-8")
            elif note == "background":
                is_chain = "deploy.chain" in text
                port = shell.ports[CHAIN_PORT if is_chain else NODE_PORT]
                probe = b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}' if is_chain else None
                shell.start(text, port, probe)
            elif note != "setup":  # done already, by whoever runs this test
                done = shell.run(text)
                assert (done.returncode == 0) == (note != "fails"), f"{text}\n{done.stdout}\n{done.stderr}"
                assert "Traceback" not in done.stderr or note == "fails"
                said.append(done.stdout)
    assert sum(1 for language, note, _ in blocks() if language == "sh" and not note) >= 8


def test_the_program_is_about_thirty_lines() -> None:
    (program,) = [text for language, _, text in blocks() if language == "python"]
    assert len(program.splitlines()) <= 36
