"""Setting a home up on the command line: init, keys, deploy, index."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import click

from mendrec.bootstrap import create_store, open_deployment
from mendrec.cli.files import UnreadableFile, read_text, writing
from mendrec.cli.session import Session, pass_session
from mendrec.config import CONFIG_NAME
from mendrec.domain.errors import InputError

_TEMPLATE = """# One home of Mendrec. Relative paths are relative to this folder.

# The chain: where its node answers, and the chain id it must have.
[chain]
rpc_url = "{rpc_url}"
chain_id = {chain_id}

# The index, the outbox and the receipts of this home.
[database]
url = "sqlite:///node.db"

# Each object is kept in so many copies, in so many failure domains (buildings, operators, providers).
[placement]
copies = 2
failure_domains = 2

# How many of the custodians below must answer to open a record.
[custody]
threshold = 1

# Who holds shares of the keys of new records. Without a custodian only `upload --private` is possible.
# The address is the one that was admitted on chain; the URL is where `mendrec node` answers for it.
# [[custodians]]
# address = "0x0000000000000000000000000000000000000001"
# url = "https://custodian.example"

# Where copies are kept: kind "directory" with a path, or kind "ipfs" with the API's multiaddress as api.
[[stores]]
name = "first"
kind = "directory"
path = "stores/first"
failure_domain = "first"
# Its number on chain, from `mendrec location add`; a path on chain can lead to a store with one only.
# location = 1

[[stores]]
name = "second"
kind = "directory"
path = "stores/second"
failure_domain = "second"
# location = 2
"""


def _require_url(text: str) -> str:
    """Raises InputError unless ``text`` is an http(s) URL that can stand between quotes in a TOML file."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or not text.isprintable() or set(text) & set(' "\\'):
        raise InputError("--rpc-url is not an http or https URL.", remedy="Write it as http://127.0.0.1:8545.")
    return text


@click.command(epilog="Example: mendrec --home clinic init --rpc-url http://127.0.0.1:8545 --chain-id 31337")
@click.option("--rpc-url", default="http://127.0.0.1:8545", show_default=True, metavar="URL", help="The chain's node.")
@click.option("--chain-id", type=click.IntRange(min=1), default=31337, show_default=True)
@pass_session
def init(session: Session, rpc_url: str, chain_id: int) -> None:
    """Make a home: a folder with a config.toml to be looked through."""
    path = session.home / CONFIG_NAME
    if path.exists():
        raise InputError(f"{path} is there already.", remedy="Name another home with --home.")
    text = _TEMPLATE.format(rpc_url=_require_url(rpc_url), chain_id=chain_id)
    with writing(path):
        session.home.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for store in session.config.stores:
        create_store(store)
    session.out.result({"home": str(session.home)}, f"Made {path}. Look through it, then: mendrec keys new NAME")


@click.group(epilog="Example: mendrec keys new cardiologist")
def keys() -> None:
    """Wallets and age identities of this home."""


@keys.command("new", epilog="Example: mendrec keys new cardiologist")
@click.argument("name")
@click.option(
    "--new-password-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A file that holds the new key's password. Left out, it is asked for.",
)
@pass_session
def keys_new(session: Session, name: str, new_password_file: Path | None) -> None:
    """Make a wallet and an age identity for NAME."""
    if new_password_file is not None:
        password = _new_password(new_password_file)
    else:
        password = str(click.prompt("New password", hide_input=True, confirmation_prompt=True, err=True))
    person = session.keyring.create(name, password)
    session.out.result(
        {"name": name, "address": person.address, "recipient": person.identity.recipient},
        f"{name}: {person.address}\nrecipient: {person.identity.recipient}\n"
        "Nobody can open these keys without the password; keep it, and a copy of the keys folder, safe.",
    )


@keys.command("list", epilog="Example: mendrec keys list")
@pass_session
def keys_list(session: Session) -> None:
    """List the names that have keys here."""
    rows = [[name, session.keyring.address(name)] for name in session.keyring.names()]
    session.out.table({"keys": dict(rows)}, ("name", "address"), rows, "There are no keys in this home.")


@keys.command("show", epilog="Example: mendrec --as north-hospital keys show")
@pass_session
def keys_show(session: Session) -> None:
    """Show the address and the age recipient of whoever acts (public halves only)."""
    person = session.person
    session.out.result(
        {"name": person.name, "address": person.address, "recipient": person.identity.recipient},
        f"{person.name}: {person.address}\nrecipient: {person.identity.recipient}",
    )


@click.command(epilog="Example: mendrec --as governance deploy")
@pass_session
def deploy(session: Session) -> None:
    """Deploy the contracts, seed the categories, and write the addresses down. Safe to run again."""
    deployment = open_deployment(session.config).deploy(
        session.person.wallet,
        progress=lambda line: None if session.out.as_json else click.echo(f"  {line}", err=True),
        finality_depth_blocks=session.config.chain.finality_depth,
    )
    session.out.result(
        {"chainId": deployment.chain_id, "addresses": dict(deployment.addresses)},
        "\n".join(f"{name}: {address}" for name, address in sorted(deployment.addresses.items())),
    )


@click.group(epilog="Example: mendrec index rebuild")
def index() -> None:
    """The local index of the chain's events."""


@index.command("rebuild", epilog="Example: mendrec index rebuild")
@pass_session
def index_rebuild(session: Session) -> None:
    """Drop the index and replay it from the chain; says whether it is equal to what it was."""
    node = session.node
    before = node.index.dump()
    with session.out.progress("Replaying blocks") as advance:
        synced = node.index.rebuild(advance)
    equal = node.index.dump() == before
    words = "equal to what it was" if equal else "different from what it was: the old one was wrong, and is gone"
    session.out.result({"events": synced.events, "equal": equal}, f"Rebuilt from {synced.events} events: {words}.")


def _new_password(path: Path) -> str:
    """Reads a password file, which is never made here: a password that nobody chose would be lost unnoticed."""
    if not path.exists():
        raise UnreadableFile(
            f"There is no password file {path}.",
            remedy="Write the password into it first, readable by you only; or leave the option out to be asked.",
        )
    return read_text(path, "password file").rstrip("\n")


COMMANDS = (init, keys, deploy, index)
