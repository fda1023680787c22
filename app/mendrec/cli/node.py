"""Running a node on the command line: the HTTP door with a worker beside it, or the worker alone."""

from __future__ import annotations

from dataclasses import replace

import click

from mendrec.cli.files import read_text
from mendrec.cli.session import Session, pass_session
from mendrec.keyring import Person
from mendrec.web.running import Keys, run_node, run_worker


@click.command(epilog="Example: mendrec --as north-hospital node --port 8546")
@click.option("--host", help="The address to listen on. Default: [web] host.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 for any. Default: [web] port.")
@click.option("--no-worker", is_flag=True, help="Serve only; `mendrec worker` runs elsewhere.")
@pass_session
def node(session: Session, host: str | None, port: int | None, no_worker: bool) -> int:
    """Serve this home over HTTP, with a worker beside it, until Ctrl-C. Put a TLS proxy before it for other machines.

    With --as NAME, or [web] custodian_key, it is the custodian that NAME is.
    """
    config = session.config
    web = replace(
        config.web,
        host=config.web.host if host is None else host,
        port=config.web.port if port is None else port,
    )
    named = session.person if session.acts_as is not None else None
    custodian = named or _open(session, config.web.custodian_key)
    relayer = None if no_worker else _relayer(session)
    who = f"Custodian {custodian.address} answers" if custodian else "The node answers"
    return run_node(
        replace(config, web=web),
        Keys(custodian, relayer),
        with_worker=not no_worker,
        told=lambda url: click.echo(f"{who} at {url}", err=True),
    )


@click.command(epilog="Example: mendrec worker")
@pass_session
def worker(session: Session) -> int:
    """Send what was signed, keep the index and look after the copies, until Ctrl-C. Several may run; one works."""
    return run_worker(session.config, _relayer(session))


def _relayer(session: Session) -> Person | None:
    relayer = session.config.relayer
    return None if relayer is None else _open(session, relayer.key)


def _open(session: Session, name: str | None) -> Person | None:
    """Opens a key that the settings name, with the password that is stored for it; else a person is asked."""
    if name is None:
        return None
    session.keyring.address(name)
    stored = session.keyring.stored_password(name)
    if stored is None:
        password = str(click.prompt(f"Password of {name}", hide_input=True, err=True))
    else:
        password = read_text(stored, "password file").rstrip("\n")
    return session.keyring.open(name, password)


COMMANDS = (node, worker)
