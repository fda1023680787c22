"""The demo, as a new user meets it: it stays up, its own printed commands work, Ctrl-C stops it, again goes on."""

from __future__ import annotations

import base64
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from mendrec.api.applications import ApplicationsAnswered
from mendrec.api.copies import MendingsAnswered
from mendrec.api.professionals import ProfessionalsAnswered
from mendrec.api.safe import SafeItemAnswered
from mendrec.bootstrap import open_node
from mendrec.client.node_client import NodeClient
from mendrec.config import load_config
from mendrec.crypto.identity import restore_with_wallet
from mendrec.crypto.sealed_to_oneself import SelfPlace, open_from_oneself
from mendrec.crypto.wallet import LocalWallet

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

    @property
    def url(self) -> str:
        """The page's address, as told."""
        found = re.search(r"^Open (http://127\.0\.0\.1:\d+) in a browser", self.said, re.MULTILINE)
        assert found is not None, self.said
        return found[1]

    def wallet(self, name: str) -> LocalWallet:
        """A wallet that the door offers, by the name it shows."""
        people = requests.get(f"{self.url}/demo/wallets", timeout=30).json()["people"]
        return LocalWallet(bytes.fromhex(next(one["private_key_hex"] for one in people if one["name"] == name)))

    def client(self, name: str) -> NodeClient:
        """Signed in as one of the people."""
        client = NodeClient(self.url)
        client.sign_in(self.wallet(name))
        return client

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
    for number in range(1, 11):
        assert f"\n{number}. " in demo.said
    assert "byte for byte what was added" in demo.said
    assert "all is healthy again" in demo.said
    assert "no fault" in demo.said


def test_it_ends_with_the_page_s_address_and_a_wallet_for_everybody(demo: Demo) -> None:
    assert "browser" in demo.said.splitlines()[-3]
    offered = requests.get(f"{demo.url}/demo/wallets", timeout=30).json()
    assert {one["role"] for one in offered["people"]} == {
        "patient",
        "clinician",
        "institution",
        "verifier",
        "newcomer",
    }
    asked = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}
    told = requests.post(f"{demo.url}/demo/rpc", json=asked, headers={"Origin": demo.url}, timeout=30).json()
    assert told["result"] == hex(31337)
    assert requests.get(f"{demo.url}/v1/node", timeout=30).json()["relays"] is True


PUBLISHED = ("Patient", "GP, North Hospital", "Cardiologist, South Hospital", "North Hospital", "Licensing Board")


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_wallet_alone_restores_the_identity_that_is_published(demo: Demo, name: str) -> None:
    wallet = demo.wallet(name)
    with demo.client(name) as client:
        kept = client.transport.get("/v1/me/safe/identity", SafeItemAnswered)
        published = client.me().recipient
    backup = base64.b64decode(kept.sealed)
    restore_with_wallet(backup, wallet, demo.url, expected_recipient=published)


def test_clinicians_know_the_patient_by_a_name_that_the_node_cannot_read(demo: Demo) -> None:
    wallet = demo.wallet("Cardiologist, South Hospital")
    with demo.client("Cardiologist, South Hospital") as client:
        slots = {
            slot: client.transport.get(f"/v1/me/safe/{slot}", SafeItemAnswered) for slot in ("identity", "address-book")
        }
    identity = restore_with_wallet(base64.b64decode(slots["identity"].sealed), wallet, demo.url)
    kept = slots["address-book"]
    place = SelfPlace(wallet.address, "address-book")
    book = open_from_oneself(identity, place, base64.b64decode(kept.sealed)).content
    assert book["format"] == "mendrec-address-book/1"
    assert [one["name"] for one in book["contacts"].values()] == ["Patient"]
    assert list(book["contacts"]) == [demo.wallet("Patient").address]


def test_professionals_have_names_and_somebody_waits_for_an_answer(demo: Demo) -> None:
    with demo.client("North Hospital") as client:
        named = client.transport.get("/v1/professionals", ProfessionalsAnswered).items
        assert "Cardiologist, South Hospital" in {one.display_name for one in named}
        assert demo.wallet("Patient").address not in {one.address for one in named}
        hospital = demo.wallet("North Hospital").address
        waiting = client.transport.get(f"/v1/institutions/{hospital}/applications", ApplicationsAnswered).items
    assert [(one.display_name, one.state) for one in waiting] == [("Resident, North Hospital", "waiting")]


def test_the_chain_lived_through_two_years(demo: Demo) -> None:
    node = open_node(load_config(demo.home))
    recorded = [one.entry.recorded_at for one in node.index.entries(demo.wallet("Patient").address)]
    assert recorded == sorted(recorded)
    assert 700 * 86_400 < recorded[-1] - recorded[0] < 730 * 86_400
    assert abs(node.ledger.head_block().timestamp - time.time()) < 60, "it is in the present now"


def test_the_patient_finds_a_story(demo: Demo) -> None:
    patient = demo.wallet("Patient").address
    with demo.client("Patient") as client:
        assert {one.effective.state for one in client.consents(patient)} >= {"in_force", "expired", "nothing"}
        assert [one.state for one in client.requests(patient)] == ["pending"]
        receipts = list(client.receipts(patient))
        mended = client.transport.get(f"/v1/patients/{patient}/mendings", MendingsAnswered).items
    assert {one.act for one in receipts} == {"LIST", "OPEN"}
    assert len({one.reader for one in receipts}) == 3
    assert any(one.outcome != "released" for one in receipts)
    assert [(one.kind, one.reason) for one in mended] == [("path", "relocated"), ("copy", "damaged")]


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
    url = demo.url
    again = Demo(demo.home)
    try:
        assert "goes on as you left it" in again.until_up()
        assert again.url == url, "what points to the page, and the backups that are bound to it, stay right"
        second = subprocess.run(
            [sys.executable, "-m", "deploy.demo", "--home", str(demo.home)],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert (second.returncode, "A demo runs in" in second.stderr) == (1, True), second.stderr
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


def test_a_story_that_was_cut_off_is_told_anew(tmp_path: Path) -> None:
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
        assert "61 entries, 197 records" in again.said, "nothing was added twice"
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
