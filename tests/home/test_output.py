"""What is printed: whole rows for programs, no markup from strangers, no progress into files, one fault said once."""

from __future__ import annotations

import pytest

from mendrec.cli.care import _natural_order
from mendrec.cli.output import Output, rights_words
from mendrec.cli.receipts import group_by_request
from mendrec.domain.model import Address, Right
from mendrec.ports_db import ReleaseReceipt
from mendrec.services.intake.faults import Fault, IntakeRefused


def test_a_row_is_one_line_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    long = "x y " * 200
    Output(as_json=False).table({}, ("one", "two"), [[long, "0x" + "5f" * 32]], "nothing")
    _, row = capsys.readouterr().out.splitlines()
    assert row.split()[-1] == "0x" + "5f" * 32
    assert len(row) < 1_000


def test_a_title_is_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=False).table({}, ("what",), [["[/] [red]x :smile: \x1b[2J\n2"]], "nothing")
    _, row = capsys.readouterr().out.splitlines()
    assert row.rstrip() == "[/] [red]x :smile:  [2J 2"


def test_no_progress_is_drawn_where_standard_error_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with Output(as_json=False).progress("Working") as advance:
        advance(1, 2)
    assert capsys.readouterr().err == ""


def fault(place: str) -> Fault:
    return Fault(place, "intake.empty", "It is empty.", f"Fill {place}.")


def test_a_single_fault_is_said_once_with_its_own_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=False).failure(IntakeRefused([fault("a.txt")], 1))
    assert capsys.readouterr().err == "Not done: a.txt: It is empty.\nWhat to do: Fill a.txt.\n"


def test_many_faults_are_listed_each_once(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=False).failure(IntakeRefused([fault("a.txt"), fault("b.txt")], 2))
    said = capsys.readouterr().err
    assert said.count("a.txt: ") == said.count("b.txt: ") == 1
    assert "Not done: 2 " in said


def test_rights_are_words() -> None:
    assert rights_words(Right.READ | Right.SHARE) == "read and share"


def test_records_are_sorted_as_numbers() -> None:
    labels = ["0xb/0", "0xa/10", "0xa/2/11", "0xa/2/2", "0xa/2"]
    assert sorted(labels, key=_natural_order) == ["0xa/2", "0xa/2/2", "0xa/2/11", "0xa/10", "0xb/0"]


def receipt(request: str, sequence: int, outcome: str) -> ReleaseReceipt:
    return ReleaseReceipt(
        request_digest_hex=request,
        signature_hex="",
        custodian=Address("custodian"),
        reader=Address("reader"),
        patient=Address("patient"),
        sequence=sequence,
        manifest_digest_hex=f"{sequence:064x}",
        act="LIST",
        purpose="TREAT",
        outcome=outcome,
        head_number=1,
        head_hash_hex="",
        decided_at=sequence,
    )


def test_one_request_is_one_row_for_each_outcome() -> None:
    found = [
        receipt("a", 1, "released"),
        receipt("a", 2, "refused.x"),
        receipt("a", 3, "released"),
        receipt("b", 4, "released"),
    ]
    assert [[one.sequence for one in group] for group in group_by_request(found)] == [[1, 3], [2], [4]]
