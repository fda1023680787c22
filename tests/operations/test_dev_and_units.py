"""``make dev`` reloads; the systemd units are sound and hardened."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

from mendrec.cli.main import cli
from mendrec.cli.output import _EXIT_CODES

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "deploy" / "systemd"
PROGRAM = "/opt/mendrec/.venv/bin/mendrec"


@pytest.mark.chain
@pytest.mark.xdist_group("demo")  # it would take the port that a demo comes back to
def test_a_change_starts_the_node_anew_and_ctrl_c_ends_everything(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "deploy.dev", "--home", str(tmp_path / "world")],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    said: list[str] = []
    guard = threading.Timer(240, process.kill)  # what hangs must not hang the run
    guard.start()

    def until(pattern: str) -> str:
        for line in process.stdout or ():
            said.append(line)
            if found := re.search(pattern, line):
                return found[0]
        raise AssertionError("".join(said))

    try:
        node = until(r"http://[0-9.:]+(?=/v1/node)")
        chain = until(r"http://[0-9.:]+$")
        until("The node is up")
        assert requests.get(f"{node}/v1/node", timeout=60).json()["relays"] is True
        os.utime(tmp_path / "world" / "config.toml")
        until("The node is up")
        assert requests.get(f"{node}/openapi/openapi.json", timeout=60).status_code == 200
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.wait(60) == 0
        for url in (node, chain):
            with pytest.raises(requests.ConnectionError):
                requests.get(url, timeout=5)
    finally:
        guard.cancel()
        if process.poll() is None:
            process.terminate()
            process.wait(60)
        process.stdout.close()


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNITS / name)
    return parser


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_the_units_and_finds_them_closed(tmp_path: Path) -> None:
    for path in UNITS.iterdir():
        (tmp_path / path.name).write_text(path.read_text("utf-8").replace(PROGRAM, "/bin/true"), "utf-8")
    files = [str(path) for path in sorted(tmp_path.iterdir())]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    node = str(tmp_path / "mendrec.service")
    closed = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", node],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert closed.returncode == 0, closed.stdout


def test_the_unit_runs_a_command_that_there_is() -> None:
    for name in ("mendrec.service", "mendrec-backup.service"):
        words = unit(name)["Service"]["ExecStart"].replace("exec ", "").split()
        at = next(position for position, word in enumerate(words) if word.endswith("bin/mendrec"))
        assert words[at + 1] == "--home"
        assert words[at + 3] in cli.commands


def test_the_unit_does_not_try_again_what_cannot_get_right() -> None:
    codes = {name.__name__: code for name, code in _EXIT_CODES}
    wanted = {codes[name] for name in ("InputError", "RefusedError", "NotFoundError", "ConfigurationError")}
    service = unit("mendrec.service")["Service"]
    assert {int(code) for code in service["RestartPreventExitStatus"].split()} == wanted
    assert codes["UnavailableError"] not in wanted, "a chain that is away comes back"


def test_the_unit_gives_a_polite_stop_its_time() -> None:
    from mendrec.web import supervising  # noqa: PLC0415

    service = unit("mendrec.service")["Service"]
    assert int(service["TimeoutStopSec"]) > supervising._STOP_WITHIN_S
    assert service["KillMode"] == "mixed"


def test_no_unit_holds_a_secret() -> None:
    for path in UNITS.iterdir():
        assert not re.search(r"(?i)password=|passwd|AGE-SECRET-KEY|0x[0-9a-f]{64}", path.read_text("utf-8"))
