"""Opening a node for one run of the command: keys from the home, everything else over HTTP.

Nothing of a home is needed but ``keys/``. What is known of a node (chain, contracts, custodians) is kept in ``nodes/``
the first time, and a node that names others later is refused; other custodians can be accepted, and are kept then.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

import click

from mendrec.client.node_client import NodeClient
from mendrec.client.trust import load_trust, save_trust
from mendrec.domain.errors import MendrecError
from mendrec.keyring import Person


def open_client(url: str, *, home: Path, own_chain: str | None, person: Person) -> NodeClient:
    """Returns a client with ``person`` signed in; the end of the command signs out.

    Raises:
        LyingNode: the node is not the one that this home knows by that address.
        UnavailableError: it does not answer.
    """
    path = home / "nodes" / (re.sub(r"[^a-z0-9.]+", "_", url.lower()) + ".json")
    known = load_trust(path)
    yes = os.environ.get("MENDREC_ACCEPT_CUSTODY")
    client = NodeClient(url, trust=known, rpc_url=own_chain, accept_custody=yes, report=_warn)
    click.get_current_context().find_root().call_on_close(lambda: _leave(client))
    client.node()
    if client.trust() != known:
        save_trust(path, client.trust())
    client.sign_in(person.wallet)
    return client


def _warn(wrong: MendrecError) -> None:
    """Says on standard error that a custodian gave something wrong, though others may have been enough."""
    click.echo(f"Warning: {wrong.message}", err=True)


def _leave(client: NodeClient) -> None:
    with contextlib.suppress(MendrecError):
        client.sign_out()
    client.close()
