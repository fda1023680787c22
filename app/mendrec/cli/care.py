"""Taking care of records on the command line: verify, prove, check and mend."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mendrec.cli.files import require_folder_of, writing
from mendrec.cli.output import EXIT_UNHEALTHY
from mendrec.cli.records import parse_record
from mendrec.cli.session import Session, pass_session
from mendrec.domain.errors import InputError
from mendrec.domain.health import CheckReport
from mendrec.domain.model import Address, Role
from mendrec.services.mend import StepResult


@click.command(epilog="Example: mendrec verify patient")
@click.argument("patient")
@pass_session
def verify(session: Session, patient: str) -> None:
    """Walk PATIENT's hash chain to the head on chain; list all that is wrong. Exit code 4 where anything is."""
    with session.out.progress("Verifying") as advance:
        found = session.node.verifying.verify(session.patient(patient), advance)
    data = {
        "entries": found.entries,
        "records": found.records,
        "head": found.head_link_hex,
        "findings": [one.as_dict() for one in found.findings],
    }
    rows = [
        [str(one.sequence) if one.leaf_index is None else f"{one.sequence}/{one.leaf_index}", one.code, one.detail]
        for one in found.findings
    ]
    intact = f"Intact: {found.entries} entries, {found.records} records, head {found.head_link_hex[:16]}…"
    session.out.table(data, ("record", "what", "detail"), rows, intact)
    if found.findings:
        raise click.exceptions.Exit(EXIT_UNHEALTHY)


@click.command(epilog="Example: mendrec prove patient 2/17 -o proof.json")
@click.argument("patient")
@click.argument("record")
@click.option(
    "-o", "--out", "path", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it to FILE too."
)
@pass_session
def prove(session: Session, patient: str, record: str, path: Path | None) -> None:
    """Prove that a RECORD (sequence/leaf) is in an anchored batch: offline, and by asking the contract."""
    if path is not None:
        require_folder_of(path)
    proof = session.node.verifying.prove(session.patient(patient), *parse_record(record))
    data = proof.as_dict()
    if path is not None:
        with writing(path):
            path.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    session.out.result(data, f"Proved: record {record} is one of the {proof.count} under root {proof.root_hex[:16]}…")


def _patients(session: Session, who: tuple[str, ...]) -> list[Address]:
    if who:
        return [session.patient(text) for text in who]
    return [one.address for one in session.node.index.rows.participants() if Role.PATIENT in one.roles]


def _named(session: Session, text: str) -> str:
    """Puts the local name in place of the address that a record's label, or a line about it, begins with."""
    address, slash, rest = text.partition("/")
    return f"{session.name_of(address)} {rest}" if slash else text


def _natural_order(label: str) -> tuple[str, tuple[int, ...]]:
    """Sorts records by patient, then by sequence and leaf as the numbers that they are."""
    patient, *numbers = label.split("/")
    return patient, tuple(int(number) for number in numbers)


def _report(session: Session, report: CheckReport) -> None:
    records = report.records()
    bad = sorted((label for label, state in records.items() if state), key=_natural_order)
    rows = [[_named(session, label), records[label].label] for label in bad]
    counts = report.counts()
    data = {"healthy": report.is_healthy, "objects": counts, "records": {k: v.label for k, v in records.items()}}
    session.out.table(data, ("record", "state"), rows, f"Healthy: every copy of {len(records)} record(s) is good.")


@click.command(epilog="Example: mendrec check patient")
@click.argument("patients", nargs=-1)
@pass_session
def check(session: Session, patients: tuple[str, ...]) -> None:
    """Fetch and hash every copy (of PATIENTS, or of all). Writes nothing; exit code 4 where not healthy."""
    node = session.node
    objects = list(node.inventory.of(_patients(session, patients)))
    with session.out.progress("Checking") as advance:
        report = node.checker(lambda progress: advance(progress.objects_done, len(objects))).check(objects)
    _report(session, report)
    if not report.is_healthy:
        raise click.exceptions.Exit(EXIT_UNHEALTHY)


@click.command(epilog="Example: mendrec --as north-hospital mend --plan; mendrec --as north-hospital mend --apply")
@click.argument("patients", nargs=-1)
@click.option("--plan", "plan_only", is_flag=True, help="Say what would be done; change nothing.")
@click.option("--apply", "apply", is_flag=True, help="Do it, and verify again.")
@pass_session
def mend(session: Session, patients: tuple[str, ...], plan_only: bool, apply: bool) -> None:
    """Mend bad copies from good ones, and move the path on chain where the recorded one is bad.

    Exit code 4 where something can't be mended, or is not healthy afterwards.
    """
    if plan_only == apply:
        raise InputError("Say --plan or --apply, one of the two.", remedy="`mendrec mend --plan` changes nothing.")
    node = session.node
    who = _patients(session, patients)
    if plan_only:
        _, plan = node.mender(session.person.wallet).plan(node.inventory.of(who))
        lines = [_named(session, line) for line in plan.lines()]
        session.out.result(plan.as_dict(), "\n".join(lines) or "There is nothing to mend.")
        if plan.cannot:
            raise click.exceptions.Exit(EXIT_UNHEALTHY)
        return
    mender = node.mender(session.person.wallet, lambda step: _tell(session, step))
    result = mender.run(lambda: node.inventory.of(who))
    done = f"{len(result.done)} step(s) done, {len(result.failed)} failed, {len(result.cannot)} can't be mended."
    lines = [f"Can't be mended: {_named(session, one.text)}" for one in result.cannot]
    lines.append(f"{done} {'All is healthy.' if result.is_healthy else 'Not all is healthy.'}")
    session.out.result(result.as_dict(), "\n".join(lines))
    if not result.is_healthy:
        raise click.exceptions.Exit(EXIT_UNHEALTHY)


def _tell(session: Session, result: StepResult) -> None:
    if not session.out.as_json:
        failed = f": failed: {result.error.message}" if result.error else ""
        click.echo(f"  {_named(session, result.step.text)}{failed}", err=True)


COMMANDS = (verify, prove, check, mend)
