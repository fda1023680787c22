"""How the command speaks: plain words for people, one JSON object for machines, exit codes that mean something.

====  =========================================================
code  meaning
====  =========================================================
0     done
1     a fault of Mendrec itself
2     the command or its input cannot be used
3     refused: the rules do not allow it
4     something does not verify, or is not healthy
5     something needed cannot be reached now; try again
6     there is no such thing
7     the installation is not set up for this
130   stopped by whoever ran it
====  =========================================================
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from mendrec.domain.errors import (
    ConfigurationError,
    InputError,
    MendrecError,
    NotFoundError,
    RefusedError,
    UnavailableError,
    VerificationError,
)
from mendrec.domain.model import Right
from mendrec.services.intake.faults import IntakeRefused
from mendrec.services.outbox import TransactionPending

EXIT_FAULT = 1
EXIT_UNHEALTHY = 4
EXIT_STOPPED = 130
_UNBOUNDED_COLUMNS = 1_000_000
"""A width that no row reaches: what goes to a file or another program is never wrapped."""
_EXIT_CODES: tuple[tuple[type[MendrecError], int], ...] = (
    (InputError, 2),
    (RefusedError, 3),
    (VerificationError, 4),
    (UnavailableError, 5),
    (NotFoundError, 6),
    (ConfigurationError, 7),
)


def exit_code(error: MendrecError) -> int:
    """Returns the exit code of an error's family."""
    return next((code for family, code in _EXIT_CODES if isinstance(error, family)), EXIT_FAULT)


@dataclass(frozen=True, slots=True)
class Output:
    """Where results go. Progress and words about failure go to standard error, results to standard output."""

    as_json: bool

    def result(self, data: Mapping[str, Any], text: str) -> None:
        """Prints ``data`` as one JSON object, or ``text``."""
        click.echo(json.dumps(data, sort_keys=True) if self.as_json else text)

    def table(self, data: Mapping[str, Any], columns: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> None:
        """Prints ``data`` as JSON, or ``rows`` as a table; ``empty`` where there are none."""
        if self.as_json:
            click.echo(json.dumps(data, sort_keys=True))
            return
        if not rows:
            click.echo(empty)
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            # Text, and not str: a record's title is its author's, and must not be read as markup.
            table.add_row(*(Text(_printable(cell)) for cell in row))
        width = None if sys.stdout.isatty() else _UNBOUNDED_COLUMNS
        Console(highlight=False, width=width).print(table)

    def failure(self, error: MendrecError) -> None:
        """Says what happened and what to do about it."""
        faults = error.faults if isinstance(error, IntakeRefused) else ()
        if self.as_json:
            listed = {"faults": [fault.as_dict() for fault in faults]} if faults else {}
            click.echo(json.dumps({"error": {**error.as_dict(), **listed}}, sort_keys=True))
            return
        remedy = error.remedy
        if isinstance(error, IntakeRefused) and len(faults) > 1:
            click.echo(f"Not done: {error.fault_count} things are wrong with what was given.", err=True)
            for fault in faults:
                click.echo(f"  {fault.place}: {fault.message} {fault.remedy}", err=True)
        else:
            click.echo(f"{_verdict(error)}: {error.message}", err=True)
            remedy = next((fault.remedy for fault in faults if fault.remedy), remedy)
        if remedy:
            click.echo(f"What to do: {remedy}", err=True)

    @contextmanager
    def progress(self, label: str) -> Iterator[Any]:
        """Yields ``advance(done, total)``; draws a bar where standard error is a terminal and no JSON is asked for."""
        if self.as_json or not sys.stderr.isatty():
            yield lambda _done, _total: None
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(label, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)


def _verdict(error: MendrecError) -> str:
    """What was sent to the chain may still happen: nobody may read that it was not done."""
    return "Under way" if isinstance(error, TransactionPending) else "Not done"


def when(at: int) -> str:
    """A Unix time as a person reads it, in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def rights_words(rights: Right) -> str:
    """Rights as a person reads them, such as ``read and upload``."""
    return " and ".join(right.name.lower() for right in rights if right.name)


def _printable(cell: str) -> str:
    """Without what a terminal would obey: a title comes from whoever uploaded the record."""
    return "".join(character if character.isprintable() else " " for character in cell)
