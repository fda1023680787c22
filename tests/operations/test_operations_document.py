"""The runbook is true: its marked commands run, its metrics exist, its alerts are about metrics, its numbers hold."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from mendrec.adapters.db.tables import METADATA
from mendrec.cli.main import cli
from mendrec.domain.condition import Condition
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import BlockRef
from mendrec.domain.placement import PlacementRule
from mendrec.services import readiness
from mendrec.web import serving, supervising
from mendrec.web.metering import Meters, condition_figures
from tests.operations.conftest import RunningNode
from tests.operations.test_doctor import edit
from tests.simulators.memory_store import MemoryStore

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "operations.md").read_text("utf-8")
BLOCKS = re.findall(r"^```([^\n]*)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_every_block_says_whether_it_is_run() -> None:
    assert {kind for kind, _ in BLOCKS} == {"sh run", "sh by hand", "yaml"}


@pytest.mark.chain
def test_the_marked_commands_run(home: Path, tmp_path: Path) -> None:
    edit(home, "[web]\n", '[web]\ncustodian_key = "north-hospital"\n')
    environment = {**os.environ, "MENDREC_HOME": str(home)}
    with RunningNode(home) as node:
        for command in (line for kind, block in BLOCKS if kind == "sh run" for line in block.splitlines()):
            words = shlex.split(command.replace("http://127.0.0.1:8546", node.url))
            words = [word.replace("$RECIPIENT", environment.get("RECIPIENT", "")) for word in words]
            if words[0] == "mendrec":
                words[:1] = [sys.executable, "-m", "mendrec.cli.main"]
            done = subprocess.run(
                words,
                cwd=tmp_path,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, (command, done.stdout, done.stderr)
            if "backup-key" in words and "restore" not in words:
                environment["RECIPIENT"] = done.stdout.split()[0]
            if "--json" in words:
                assert json.loads(done.stdout)["verdict"] in {"ok", "warning"}
    assert (tmp_path / "restored" / "config.toml").is_file()


def test_commands_by_hand_are_commands_that_there_are() -> None:
    for kind, block in BLOCKS:
        for line in block.splitlines() if kind == "sh by hand" else ():
            if line.startswith("mendrec "):
                words = shlex.split(line)
                assert words[words.index("--home") + 2] in cli.commands


def measured() -> set[str]:
    """Every metric that a node can show."""
    conditions: list[Condition] = []
    head = BlockRef(1_000, "", 1_000)
    for found in (
        readiness.head_conditions(head, 1_000),
        readiness.index_conditions(head, None, 0),
        readiness.store_conditions([MemoryStore()], PlacementRule(1, 1)),
        readiness.disk_conditions("home", 1, 2),
        readiness.outbox_conditions(1, 2),
        readiness.relayer_conditions(1, 1),
        readiness.worker_conditions(1, 2),
    ):
        conditions += found
    names = {name for name, *_ in condition_figures(tuple(conditions))}
    counted = {family.name for family in Meters().registry.collect()}
    return names | counted | {"mendrec_ready", "mendrec_outbox_acts"}


def test_every_metric_named_exists() -> None:
    known = measured()
    named = {name.removesuffix("_total") for name in re.findall(r"\bmendrec_[a-z_]+", TEXT)}
    assert named, "the document names metrics"
    assert named <= known
    assert known - named == {"mendrec_head_number"}, "and leaves out none that is of use"


def test_every_alert_is_explained() -> None:
    (rules,) = (block for kind, block in BLOCKS if kind == "yaml")
    alerts = re.findall(r"alert: (\w+)", rules)
    assert len(alerts) == len(set(alerts)) >= 10
    for alert in alerts:
        assert re.search(rf"^\*\*{alert}\b", TEXT, re.MULTILINE), alert


def test_the_numbers_in_the_words_are_those_of_the_code() -> None:
    for number, words in {
        LIMITS.clock_skew_max_s: "more than {} seconds old",
        serving.GRACEFUL_S: "in flight have {} seconds",
        supervising._STOP_WITHIN_S: "with 0 within {} seconds",
        int(serving._PATIENCE_S): "{} seconds of waiting in all",
        serving._RATE_BYTES_PER_S // 1024: "at {} KiB a second",
    }.items():
        assert words.format(number) in TEXT
    assert "sessions" in METADATA.tables
