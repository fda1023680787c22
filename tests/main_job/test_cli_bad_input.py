"""Bad input at the command line: a clear error with a remedy, an exit code that means something, nothing half done."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.sample_data import generate
from tests.main_job.conftest import Ward

pytestmark = pytest.mark.xdist_group("world")


@dataclass(frozen=True)
class Said:
    """What a run of the command said."""

    exit_code: int
    answer: dict[str, Any]
    stderr: str

    @property
    def code(self) -> str:
        return str(self.answer["error"]["code"])

    def require_clear(self) -> None:
        """An error names what is wrong and what to do, and never shows Python's insides."""
        error = self.answer["error"]
        assert error["message"].strip()
        assert error["remedy"].strip()
        assert "Traceback" not in self.stderr
        assert "Error(" not in error["message"]


def run(home: Path, *arguments: str) -> Said:
    """Runs the command as a user does, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "mendrec.cli.main", "--home", str(home), "--json", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    lines = done.stdout.strip().splitlines()
    return Said(done.returncode, json.loads(lines[-1]) if lines else {}, done.stderr)


@pytest.fixture
def home(ward: Ward) -> Path:
    return ward.world.home


def refused(ward: Ward, *arguments: str, exit_code: int, code: str) -> Said:
    before = ward.footprint()
    said = run(ward.world.home, *arguments)
    assert (said.exit_code, said.code) == (exit_code, code), said
    said.require_clear()
    assert ward.footprint() == before
    return said


def test_an_empty_file(ward: Ward, tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.touch()
    refused(ward, "--as", "patient", "upload", "patient", str(path), exit_code=2, code="intake.refused")


def test_a_truncated_dicom_file(ward: Ward, tmp_path: Path) -> None:
    path = tmp_path / "scan.dcm"
    data = next(generate(1, 1)).file("ct-slice.dcm")
    path.write_bytes(data[: len(data) // 2])
    refused(ward, "--as", "patient", "upload", "patient", str(path), exit_code=2, code="intake.refused")


def test_a_fhir_bundle_with_a_wrong_type(ward: Ward, tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    bundle = json.loads(next(generate(1, 1)).file("history.json"))
    bundle["entry"][3]["resource"]["resourceType"] = "Horoscope"
    path.write_text(json.dumps(bundle), encoding="utf-8")
    said = refused(ward, "--as", "patient", "upload", "patient", str(path), exit_code=2, code="intake.refused")
    assert "entry" in json.dumps(said.answer), "the place of the fault is named"


def test_an_unknown_category(ward: Ward, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("note", encoding="utf-8")
    arguments = ("--as", "patient", "upload", "patient", str(path), "-c", "horoscope")
    refused(ward, *arguments, exit_code=2, code="input.unknown_category")
    arguments = ("--as", "patient", "grant", "gp", "-c", "horoscope", "--until", "1d")
    refused(ward, *arguments, exit_code=6, code="not_found.category")


def test_a_grant_that_ends_before_it_begins(ward: Ward) -> None:
    arguments = ("--as", "patient", "grant", "gp", "-c", "laboratory", "--from", "2d", "--until", "1d")
    refused(ward, *arguments, exit_code=2, code="input.window")


def test_a_malformed_address(ward: Ward) -> None:
    arguments = ("--as", "patient", "grant", "0x12", "-c", "laboratory", "--until", "1d")
    refused(ward, *arguments, exit_code=2, code="input.malformed_address")


def test_a_time_without_a_zone(ward: Ward) -> None:
    arguments = ("--as", "patient", "grant", "gp", "-c", "laboratory", "--until", "2027-01-01T08:00:00")
    refused(ward, *arguments, exit_code=2, code="input.malformed_time")


def test_a_file_over_the_size_limit_is_refused_without_being_read(ward: Ward, tmp_path: Path) -> None:
    path = tmp_path / "huge.bin"
    with path.open("wb") as file:
        file.truncate(4 * 1024**3 + 1)  # sparse: takes no room
    refused(
        ward, "--as", "patient", "upload", "patient", str(path), "-c", "imaging", exit_code=2, code="intake.refused"
    )


def test_a_wrong_keystore_password(ward: Ward, tmp_path: Path) -> None:
    wrong = tmp_path / "password"
    wrong.write_text("not it\n", encoding="utf-8")
    arguments = ("--as", "patient", "--password-file", str(wrong), "grant", "gp", "-c", "laboratory", "--until", "1d")
    refused(ward, *arguments, exit_code=2, code="input.wrong_password")


def test_an_unknown_name_and_an_unknown_record(ward: Ward) -> None:
    refused(ward, "--as", "nobody-here", "list", "patient", exit_code=6, code="not_found.person")
    refused(ward, "--as", "patient", "open", "patient", "99999", exit_code=6, code="not_found")


@pytest.fixture
def other_home(home: Path, tmp_path: Path) -> Path:
    """A copy of the home, to be pointed elsewhere."""
    copy = tmp_path / "home"
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("chain", "kubo"))
    return copy


def point(home: Path, old: str, new: str) -> None:
    path = home / "config.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_chain_that_is_not_there(ward: Ward, other_home: Path) -> None:
    point(other_home, ward.world.anvil.rpc_url, "http://127.0.0.1:9")
    said = run(other_home, "access", "patient")
    assert (said.exit_code, said.code) == (5, "unavailable.chain")
    said.require_clear()


def test_a_chain_with_another_id(other_home: Path) -> None:
    point(other_home, "chain_id = 31337", "chain_id = 1")
    said = run(other_home, "access", "patient")
    assert (said.exit_code, said.code) == (7, "configuration.wrong_chain")
    said.require_clear()


def test_a_chain_with_other_contracts_at_the_addresses(other_home: Path) -> None:
    path = other_home / "deployments" / "31337.json"
    registry = path.read_text(encoding="utf-8")
    deployment = json.loads(registry)
    text = json.dumps(deployment)
    flat = text.replace("Consent", "\0").replace("Records", "Consent").replace("\0", "Records")
    path.write_text(flat, encoding="utf-8")
    said = run(other_home, "access", "patient")
    assert (said.exit_code, said.code) == (7, "configuration.wrong_contracts")
    said.require_clear()


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("copies = 2", "copies = 0", "placement.copies"),
        ("copies = 2", 'copies = "two"', "placement.copies"),
        ('kind = "directory"', 'kind = "floppy"', "stores[0].kind"),
        ("[chain]", "[chain", "line"),
        ('name = "archive"', 'name = "ward-disk"', "stores"),
        ("threshold = 1", "threshold = 2", "threshold"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(other_home: Path, old: str, new: str, named: str) -> None:
    point(other_home, old, new)
    said = run(other_home, "access", "patient")
    assert said.exit_code == 7
    assert named in said.answer["error"]["message"]


def test_a_home_that_is_none(tmp_path: Path) -> None:
    said = run(tmp_path, "access", "patient")
    assert (said.exit_code, said.code) == (7, "configuration.invalid")
    said.require_clear()
