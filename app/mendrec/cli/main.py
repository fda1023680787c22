"""The ``mendrec`` command: one group, its options, and what becomes of errors."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from mendrec import __version__
from mendrec.cli import access, backup, care, consent, doctor, ending, node, people, receipts, records, setup
from mendrec.cli.output import EXIT_FAULT, EXIT_STOPPED, Output, exit_code
from mendrec.cli.remote import NodeAwareGroup
from mendrec.cli.session import Session
from mendrec.domain.errors import MendrecError


@click.group(
    cls=NodeAwareGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 a fault of Mendrec itself, 2 unusable input, 3 refused, 4 does not verify or is not "
    "healthy, 5 unavailable, 6 not found, 7 set-up, 130 stopped.",
)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: Path(os.environ.get("MENDREC_HOME", "mendrec-home")),
    metavar="DIR",
    help="The home: settings, keys, database. Default: $MENDREC_HOME, else ./mendrec-home.",
)
@click.option("--as", "name", metavar="NAME", help="Whose key of this home acts.")
@click.option(
    "--password-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where the password of NAME's key is. Default: keys/NAME/password of the home where there is one, else asked.",
)
@click.option(
    "--node",
    "node_url",
    metavar="URL",
    envvar="MENDREC_NODE",
    help="Do it through this node: no chain or stores are needed here, and keys stay in the home. [$MENDREC_NODE]",
)
@click.option(
    "--own-chain",
    metavar="URL",
    envvar="MENDREC_OWN_CHAIN",
    help="With --node: a chain node of your own, to check what the node says of the chain. [$MENDREC_OWN_CHAIN]",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output, no progress.")
@click.version_option(__version__)
@click.pass_context
def cli(
    context: click.Context,
    home: Path,
    name: str | None,
    password_file: Path | None,
    node_url: str | None,
    own_chain: str | None,
    as_json: bool,
) -> None:
    """Patient-owned consent over sealed, anchored and self-mending health records."""
    context.obj = Session(
        home=home, name=name, password_file=password_file, as_json=as_json, node_url=node_url, own_chain=own_chain
    )


def _speak_json(context: click.Context, _option: click.Parameter, as_json: bool) -> None:
    if as_json:
        context.ensure_object(Session).out = Output(as_json=True)


def _add_json_option(command: click.Command) -> None:
    """Every command takes ``--json`` at its own end too, where people write it."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _add_json_option(inner)
        return
    option = click.Option(
        ["--json"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_speak_json,
        help="One JSON object on standard output, no progress.",
    )
    command.params.append(option)


_DOORS = (setup, people, consent, ending, access, records, care, receipts, node, backup, doctor)

for one in (command for door in _DOORS for command in door.COMMANDS):
    _add_json_option(one)
    cli.add_command(one)


def main() -> None:
    """Runs the command; every error of the family becomes words, a remedy and an exit code."""
    os.umask(0o077)  # a home holds keys, and who read what
    output = Output("--json" in sys.argv)
    try:
        code = cli(standalone_mode=False)
    except MendrecError as error:
        output.failure(error)
        sys.exit(exit_code(error))
    except click.Abort:
        click.echo(
            "Stopped. What had been sent to the chain before may still happen; what had not been sent will not.",
            err=True,
        )
        sys.exit(EXIT_STOPPED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:  # the last door; its text may hold what must not be shown
        if os.environ.get("MENDREC_TRACEBACK"):
            raise
        click.echo(f"Mendrec failed ({type(error).__name__}). Set MENDREC_TRACEBACK=1 to see where.", err=True)
        sys.exit(EXIT_FAULT)
    sys.exit(code if isinstance(code, int) else 0)  # click hands an early exit's code back


if __name__ == "__main__":
    main()
