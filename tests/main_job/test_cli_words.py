"""What the command says of consent is true: what ended, what stays open, which request, which record."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from mendrec.cli.main import main
from mendrec.domain.errors import MendrecError
from mendrec.domain.model import Cid, Right
from mendrec.ports import BlobStore
from tests.main_job.conftest import DAY_S, Ward

pytestmark = pytest.mark.xdist_group("world")


@dataclass(frozen=True)
class Said:
    """What a run of the command said."""

    returncode: int
    stdout: str
    stderr: str


def run(ward: Ward, *arguments: str) -> Said:
    """Runs the command from its outermost door; its output goes where no terminal is."""
    out, err = io.StringIO(), io.StringIO()
    command = ["mendrec", "--home", str(ward.world.home), *arguments]
    with patch("sys.argv", command), redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as exited:
        main()
    assert isinstance(exited.value.code, int)
    return Said(exited.value.code, out.getvalue(), err.getvalue())


def holds(store: BlobStore, cid: Cid) -> bool:
    try:
        return any(True for _ in store.read(cid))
    except MendrecError:
        return False


def answer(ward: Ward, *arguments: str) -> dict[str, Any]:
    done = run(ward, *arguments, "--json")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_revoke_says_what_ended_what_never_was_and_what_stays(ward: Ward) -> None:
    ward.grant("gp", "laboratory", "imaging")
    ward.grant("gp", "billing", right=Right.UPLOAD)
    arguments = ("--as", "patient", "revoke", "gp", "-c", "laboratory", "-c", "medication")
    said = answer(ward, *arguments)
    assert (said["revoked"], said["nothingGranted"]) == (["laboratory"], ["medication"])
    stays = {one["category"]: one["rights"] for one in said["staysOpen"]}
    assert stays == {"imaging": ["READ"], "billing": ["UPLOAD"]}
    words = run(ward, "--as", "patient", "revoke", "gp", "-c", "imaging", "-c", "billing").stdout
    assert "imaging, billing" in words
    assert "No category stays open for gp" in words
    again = run(ward, "--as", "patient", "revoke", "gp", "-c", "imaging").stdout
    assert "nothing to end" in again
    assert "Revoked" not in again


def test_what_narrowing_leaves_out_stays_as_it_is(ward: Ward) -> None:
    ward.grant("gp", "allergy", right=Right.READ | Right.UPLOAD)
    number = next(number for number, code in ward.node.ledger.categories().items() if code == "allergy")

    def block() -> tuple[Right, int]:
        found = ward.node.ledger.permission(ward.patient.address, ward.person("gp").address, number)
        return found.rights, found.until_at

    _, until_at = block()
    narrow = ("--as", "patient", "narrow", "gp", "-c", "allergy")
    assert run(ward, *narrow, "--right", "READ").returncode == 0
    assert block() == (Right.READ, until_at)
    assert run(ward, *narrow, "--until", "1h").returncode == 0
    rights, nearer_at = block()
    assert rights == Right.READ
    assert nearer_at < until_at
    refused = run(ward, *narrow, "--right", "READ")
    assert refused.returncode == 3
    assert "READ until" in refused.stderr


def test_narrowing_categories_that_differ_in_what_is_left_out_is_refused(ward: Ward) -> None:
    ward.grant("radiologist", "imaging", seconds=DAY_S)
    ward.grant("radiologist", "billing", seconds=2 * DAY_S, right=Right.READ | Right.UPLOAD)
    narrow = ("--as", "patient", "narrow", "radiologist", "-c", "imaging")
    for more in (
        ("-c", "billing", "--until", "1h"),
        ("-c", "billing", "--right", "READ"),
        ("-c", "wearable", "--until", "1h"),
    ):
        said = answer(ward, *narrow, *more)
        assert said["error"]["code"] == "input.invalid"
        assert said["error"]["remedy"]


def test_a_request_is_shown_by_the_id_that_approves_it(ward: Ward) -> None:
    asked = answer(ward, "--as", "cardiologist", "ask", "patient", "-c", "immunization", "--until", "7d")["requestId"]
    rows = run(ward, "requests", "patient").stdout.splitlines()
    assert any(row.startswith(f"{asked} ") and "immunization" in row for row in rows)
    bad = answer(ward, "--as", "patient", "approve", asked[:-1])["error"]
    assert "request id is 0x and 64 hex digits" in bad["message"]
    assert "mendrec requests" in bad["remedy"]
    assert run(ward, "--as", "patient", "approve", asked).returncode == 0
    assert "No request waits." in run(ward, "requests", "patient").stdout


def test_categories_are_listed_with_their_numbers(ward: Ward) -> None:
    listed = {one["number"]: one["code"] for one in answer(ward, "categories")["categories"]}
    assert listed == dict(ward.node.ledger.categories())


def test_receipts_name_the_record_and_a_request_is_one_row(ward: Ward, tmp_path: Path) -> None:
    ward.grant("cardiologist", "vital-signs")
    record = ward.record(ward.upload(b"pulse 60", "vital-signs"))
    assert ward.open("cardiologist", record, tmp_path) == b"pulse 60"
    listed = answer(ward, "receipts", "patient")["receipts"]
    assert listed[-1]["record"] == str(record.ref.sequence)
    last = run(ward, "receipts", "patient").stdout.splitlines()[-1].split()
    assert last[3:] == ["cardiologist", "OPEN", str(record.ref.sequence), "TREAT", "released"]


def test_a_bad_copy_is_named_by_patient_and_record_and_a_plan_says_what_it_cannot_mend(ward: Ward) -> None:
    result = ward.upload(b"soon gone", "billing", private=True)
    sequence = result.records[0].sequence
    payload = next(
        copy.cid
        for copy in ward.node.objects.of_record(ward.patient.address, result.records[0].manifest_digest_hex)
        if copy.role == "payload"
    )
    taken = {store: b"".join(store.read(payload)) for store in ward.node.copies.stores if holds(store, payload)}
    for store in taken:
        store.delete(payload)
    try:
        checked = run(ward, "check", "patient")
        plan = run(ward, "--as", "north-hospital", "mend", "patient", "--plan")
        applied = run(ward, "--as", "north-hospital", "mend", "patient", "--apply")
    finally:
        for store, data in taken.items():
            store.put(payload, io.BytesIO(data))
    assert checked.returncode == plan.returncode == applied.returncode == 4
    assert f"patient {sequence}  lost" in checked.stdout
    assert f"patient {sequence}:" in plan.stdout
    assert f"Can't be mended: patient {sequence}:" in applied.stdout
