"""``mendrec doctor``: what is wrong with an installation, and what to do about it."""

from __future__ import annotations

import click

from mendrec.bootstrap_doctor import Doctor
from mendrec.cli.output import EXIT_UNHEALTHY
from mendrec.cli.session import Session, pass_session
from mendrec.domain.condition import Condition, Severity, worst

_WORDS = {Severity.OK: "ok", Severity.WARNING: "look", Severity.ERROR: "WRONG"}


@click.command(epilog="Example: mendrec --home clinic doctor")
@click.option("--quiet", is_flag=True, help="Show only what should be looked at.")
@pass_session
def doctor(session: Session, quiet: bool) -> int:
    """Look at settings, keys, database, chain, contracts, stores, custodians, port and disks, and say what to do.

    Ends with 4 where something does not work; what only should be looked at ends with 0.
    """
    found = []
    for condition in Doctor(session.home).examine():
        found.append(condition)
        if not session.out.as_json and not (quiet and condition.severity is Severity.OK):
            click.echo(_lines(condition))
    verdict = worst(found)
    if session.out.as_json:
        data = {"verdict": verdict.value, "findings": [one.as_dict() for one in found]}
        session.out.result(data, "")
    else:
        count = {severity: sum(one.severity is severity for one in found) for severity in Severity}
        click.echo(
            f"{count[Severity.ERROR]} wrong, {count[Severity.WARNING]} to be looked at, {count[Severity.OK]} well."
        )
    return EXIT_UNHEALTHY if verdict is Severity.ERROR else 0


def _lines(condition: Condition) -> str:
    line = f"{_WORDS[condition.severity]:<6} {condition.check}: {condition.what}"
    return line if not condition.remedy else f"{line}\n       What to do: {condition.remedy}"


COMMANDS = (doctor,)
