"""The demo, as a new user meets it: it stays up, its own printed commands work, Ctrl-C stops it, again goes on."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.xdist_group("demo")


class Demo:
    """One run of ``make demo``'s program."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "deploy.demo", "--home", str(home)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = ""

    def until_up(self) -> str:
        """Reads what it says until the world is up."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if line.startswith("The world is up"):
                return self.said
        raise AssertionError(f"the demo ended: {self.said}")

    def interrupt(self) -> int:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=60)
        self.said += rest
        return self.process.returncode

    def close(self) -> None:
        """Ends it in whatever state it is, by the polite way first: only that takes its chain and stores along."""
        if self.process.poll() is not None:
            return
        try:
            self.interrupt()
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.communicate()

    def commands(self) -> list[tuple[str, list[str]]]:
        """(what it is for, command) as printed."""
        found = re.findall(r"^  # (.+)\n  (.+)$", self.said, re.MULTILINE)
        return [(what, shlex.split(line)) for what, line in found]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    run = Demo(tmp_path_factory.mktemp("demo") / "demo-world")
    try:
        run.until_up()
        yield run
    finally:
        run.close()


def test_the_story_is_told_to_its_end_and_comes_true(demo: Demo) -> None:
    for number in range(1, 8):
        assert f"\n{number}. " in demo.said
    assert "byte for byte what was added" in demo.said
    assert "all is healthy again" in demo.said
    assert "no fault" in demo.said


EXPECTED_EXIT = {
    "try the same as the radiologist (refused)": 3,
    "have it found": 4,
}


def test_every_command_it_prints_does_what_it_says(demo: Demo) -> None:
    commands = demo.commands()
    assert len(commands) >= 10
    for what, command in commands:
        program = (
            [sys.executable, *command[1:]]
            if command[0].endswith("python")
            else [
                sys.executable,
                "-m",
                "mendrec.cli.main",
                *command[1:],
            ]
        )
        done = subprocess.run(
            program,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
        assert done.returncode == EXPECTED_EXIT.get(what, 0), f"{what}: {done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
    assert (demo.home / "scan.dcm").read_bytes()[128:132] == b"DICM"
    assert not (demo.home / "no.dcm").exists()


def test_ctrl_c_stops_it_cleanly_and_running_it_again_goes_on(demo: Demo) -> None:
    assert demo.interrupt() == 0
    assert "Stopped." in demo.said
    again = Demo(demo.home)
    try:
        assert "goes on as you left it" in again.until_up()
        _, listing = next(one for one in again.commands() if one[0] == "verify the whole chain")
        done = subprocess.run(
            [sys.executable, "-m", "mendrec.cli.main", *listing[1:]],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "Intact" in done.stdout
        assert again.interrupt() == 0
    finally:
        again.close()


def test_a_story_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    home = tmp_path / "demo-world"
    cut = Demo(home)
    assert cut.process.stdout is not None
    for line in cut.process.stdout:
        if line.startswith("1. "):
            break
    assert cut.interrupt() == 0
    again = Demo(home)
    try:
        again.until_up()
        assert "no fault" in again.said
        assert "12 entries, 148 records" in again.said, "nothing was added twice"
        assert again.interrupt() == 0
    finally:
        again.close()


def test_what_the_readme_names_is_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z]+)", readme)) <= targets
    for link in re.findall(r"\]\(([^)#:]+)\)", readme):
        assert (ROOT / link).is_file(), link


def test_every_direct_dependency_has_a_line_of_why() -> None:
    told = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for name in ("runtime.in", "dev.in"):
        for line in (ROOT / "deploy" / "requirements" / name).read_text(encoding="utf-8").splitlines():
            package = line.split("#")[0].split("==")[0].strip()
            if package and not package.startswith("-r"):
                assert re.search(rf"^\| .*{re.escape(package)}.* \|", told, re.MULTILINE), package
