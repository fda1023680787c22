"""``mendrec --node URL``: the same commands, from a folder that holds keys and nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from mendrec.cli.main import cli
from mendrec.cli.remote import REMOTE, NotThroughANode
from mendrec.cli.remote_session import KeyInUse
from mendrec.client.custodians import CustodiansChanged
from mendrec.client.errors import LyingNode
from mendrec.domain.errors import InputError, MendrecError, RefusedError
from tests.client.conftest import Town

pytestmark = pytest.mark.chain
Run = Callable[..., Any]


@pytest.fixture
def away(town: Town, tmp_path: Path) -> Path:
    """A home on another machine: keys, no settings, no chain, no stores."""
    home = tmp_path / "away"
    for name in ("patient", "gp", "cardiologist"):
        shutil.copytree(town.world.home / "keys" / name, home / "keys" / name)
    return home


@pytest.fixture
def run(town: Town, away: Path) -> Run:
    def run(who: str, *words: str, url: str = town.url) -> Any:
        arguments = ["--home", str(away), "--as", who, "--node", url, "--json", *words]
        done = CliRunner().invoke(cli, arguments, catch_exceptions=True, standalone_mode=False)
        if isinstance(done.exception, MendrecError):
            raise done.exception
        assert done.exception is None, done.output
        return json.loads(done.stdout)

    return run


def test_a_record_from_a_grant_to_its_end(run: Run, away: Path, tmp_path: Path, town: Town) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Sodium 140 mmol/l\n")
    run("patient", "grant", "gp", "-c", "allergy", "--right", "UPLOAD", "--until", "1d")
    run("patient", "grant", "cardiologist", "-c", "allergy", "--until", "30d")
    record = str(run("gp", "upload", "patient", str(note), "-c", "allergy")["records"][0]["sequence"])
    listed = run("cardiologist", "list", "patient")["records"]
    assert next(one for one in listed if one["record"] == record)["title"]
    out = tmp_path / "opened"
    run("cardiologist", "open", "patient", record, "-o", str(out))
    assert out.read_bytes() == note.read_bytes()
    assert run("patient", "verify", "patient")["findings"] == []
    held = {(one["grantee"], one["effective"]["state"]) for one in run("patient", "access", "patient")["access"]}
    assert (town.person("cardiologist").address, "in_force") in held
    run("patient", "renew", "cardiologist", "-c", "allergy", "--until", "60d")
    run("patient", "narrow", "cardiologist", "-c", "allergy", "--until", "7d")
    assert run("patient", "revoke", "cardiologist", "-c", "allergy")["staysOpen"] == []
    with pytest.raises(RefusedError):
        run("cardiologist", "open", "patient", record, "-o", str(tmp_path / "late"))
    assert not (tmp_path / "late").exists()
    assert all(one["healthy"] for one in run("patient", "check", "patient")["reports"])
    assert {"released"} <= {one["outcome"] for one in run("patient", "receipts", "patient")["receipts"]}
    assert sorted(path.name for path in away.iterdir()) == ["acts", "keys", "nodes", "sealing"]
    assert not any((away / "sealing").iterdir())


def test_a_request_is_asked_and_approved(run: Run) -> None:
    asked = run("cardiologist", "ask", "patient", "-c", "immunization", "--until", "7d")["requestId"]
    assert [one["requestId"] for one in run("patient", "requests", "patient")["requests"]] == [asked]
    run("patient", "approve", asked)
    assert run("patient", "requests", "patient")["requests"] == []


def test_repeating_a_command_with_its_key_does_it_once(run: Run) -> None:
    words = ("grant", "gp", "-c", "imaging", "--from", "2026-01-01T00:00:00Z", "--until", "2027-12-01T00:00:00Z")
    first = run("patient", *words, "--key", "once")
    assert run("patient", *words, "--key", "once") == first
    with pytest.raises(KeyInUse):
        run("patient", "revoke", "gp", "-c", "imaging", "--key", "once")


def test_people_categories_and_enrolling(run: Run, away: Path, town: Town) -> None:
    assert {one["name"]: one["roles"] for one in run("patient", "people")["people"]}["gp"] == ["clinician"]
    assert run("gp", "categories")["categories"][1] == {"number": 2, "code": "laboratory"}
    password = away / "new-password"
    password.write_text("a password")
    made = CliRunner().invoke(
        cli,
        [
            "--home",
            str(away),
            "--node",
            "http://127.0.0.1:9",
            "keys",
            "new",
            "ann",
            "--new-password-file",
            str(password),
        ],
    )
    assert made.exit_code == 0  # keys are made here, whatever node is named
    enrolled = CliRunner().invoke(
        cli,
        ["--home", str(away), "--as", "ann", "--password-file", str(password), "--node", town.url, "enrol"],
        standalone_mode=False,
    )
    assert enrolled.exception is None
    assert "enrolled as a patient" in enrolled.output


def test_what_cannot_be_done_through_a_node_says_so(run: Run) -> None:
    every = {name for name in cli.commands if name not in {*REMOTE, "keys"}}
    assert {"init", "deploy", "admit", "mend", "node"} <= every
    for name in sorted(every):
        with pytest.raises(NotThroughANode, match=f"mendrec {name}"):
            run("patient", name)


@pytest.mark.parametrize("name", sorted(REMOTE))
def test_a_remote_command_takes_exactly_the_options_of_the_local_one(name: str) -> None:
    context = click.Context(cli, info_name="mendrec")
    context.params = {"node_url": "http://127.0.0.1:9"}
    remote, local = cli.get_command(context, name), cli.commands[name]
    assert remote is not None
    assert remote is not local
    assert remote.params == local.params


def test_a_node_that_names_other_contracts_than_before_is_refused(run: Run, away: Path) -> None:
    run("patient", "categories")
    (known,) = (away / "nodes").iterdir()
    document = json.loads(known.read_text())
    document["contracts"]["Consent"] = document["contracts"]["Directory"]
    known.write_text(json.dumps(document))
    with pytest.raises(LyingNode):
        run("patient", "categories")


def test_other_custodians_on_the_command_line_need_a_yes(
    run: Run, away: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Sodium 140 mmol/l\n")
    run("patient", "categories")
    (known,) = (away / "nodes").iterdir()
    document = json.loads(known.read_text())
    document["custody"]["threshold"] = 2  # as it was, when this home came to know the node
    known.write_text(json.dumps(document))
    words = ("upload", "patient", str(note), "-c", "laboratory")
    with pytest.raises(CustodiansChanged) as refused:
        run("patient", *words)
    assert json.loads(known.read_text()) == document
    run("patient", "list", "patient")  # reading goes on
    monkeypatch.setenv("MENDREC_ACCEPT_CUSTODY", "00" * 16)
    with pytest.raises(CustodiansChanged):
        run("patient", *words)
    monkeypatch.setenv("MENDREC_ACCEPT_CUSTODY", refused.value.remedy.rpartition("=")[2].rstrip("."))
    run("patient", *words)
    assert json.loads(known.read_text())["custody"]["threshold"] == 1
    monkeypatch.delenv("MENDREC_ACCEPT_CUSTODY")
    run("patient", *words, "--key", "again")


def test_nobody_named_and_no_node(run: Run, away: Path) -> None:
    done = CliRunner().invoke(
        cli, ["--home", str(away), "--node", "http://127.0.0.1:9", "categories"], standalone_mode=False
    )
    assert isinstance(done.exception, InputError)
    with pytest.raises(InputError):
        run("patient", "categories", url="http://node.example")
