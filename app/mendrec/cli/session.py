"""What every command shares: the home, who acts, and how results are printed. Opened only when a command needs it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cached_property, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from mendrec.bootstrap import Node, open_node
from mendrec.cli.files import read_text
from mendrec.cli.node_door import open_client
from mendrec.cli.output import Output
from mendrec.client.node_client import NodeClient
from mendrec.config import Config, load_config
from mendrec.domain.errors import InputError, NotFoundError
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address, Purpose, Right, Role
from mendrec.keyring import Keyring, Person
from mendrec.services.key_release import Reader

P = ParamSpec("P")
R = TypeVar("R")
TIME_HELP = "2026-12-24T08:00:00Z, or a span from now such as 30d or 12h"


class Session:
    """One run of the command."""

    def __init__(
        self,
        *,
        home: Path,
        name: str | None,
        password_file: Path | None,
        as_json: bool,
        node_url: str | None = None,
        own_chain: str | None = None,
    ) -> None:
        self.home = home
        self.node_url = node_url
        self.own_chain = own_chain
        self.out = Output(as_json)
        self._name = name
        self._password_file = password_file

    @property
    def acts_as(self) -> str | None:
        """The name given with ``--as``; None where nobody was named."""
        return self._name

    @cached_property
    def config(self) -> Config:
        """The home's settings."""
        return load_config(self.home)

    @cached_property
    def keyring(self) -> Keyring:
        """The home's keys."""
        return Keyring(self.home / "keys")

    @cached_property
    def node(self) -> Node:
        """Everything built over the home, with the index brought up to the chain's head."""
        node = open_node(self.config)
        node.index.sync()
        return node

    @cached_property
    def remote(self) -> NodeClient:
        """The node that the command was pointed at, with whoever acts signed in."""
        if self.node_url is None:
            raise InputError("It was not said through which node.", remedy="Name one: mendrec --node URL …")
        return open_client(self.node_url, home=self.home, own_chain=self.own_chain, person=self.person)

    @cached_property
    def person(self) -> Person:
        """Whoever acts. Raises InputError where nobody was named."""
        if self._name is None:
            raise InputError("It was not said who acts.", remedy="Name a key of this home: mendrec --as NAME …")
        self.keyring.address(self._name)
        return self.keyring.open(self._name, self._password())

    @property
    def reader(self) -> Reader:
        """Whoever acts, as a reader."""
        return Reader(self.person.wallet, self.person.identity)

    def resolve(self, text: str) -> Address:
        """Returns the address of a name in this home, or of an address written out."""
        return parse_address(text) if text.startswith("0x") else self.keyring.address(text)

    def patient(self, text: str) -> Address:
        """Returns the address of somebody who is enrolled as a patient. Raises NotFoundError for anybody else."""
        address = self.resolve(text)
        if Role.PATIENT not in self.node.ledger.participant(address).roles:
            raise NotFoundError(f"{text} is not a patient.", remedy="`mendrec people` lists who is enrolled as what.")
        return address

    def name_of(self, address: str) -> str:
        """Returns the local name of an address where there is one, else the address."""
        return self._names.get(address, address)

    @cached_property
    def _names(self) -> dict[str, str]:
        return {self.keyring.address(name): name for name in self.keyring.names()}

    def _password(self) -> str:
        path = self._password_file or self.keyring.stored_password(self._name or "")
        if path is not None:
            return read_text(path, "password file").rstrip("\n")
        return str(click.prompt(f"Password of {self._name}", hide_input=True, err=True))


pass_session = click.make_pass_decorator(Session)


def idempotency_option(command: Callable[P, R]) -> Callable[P, R]:
    """Adds ``--key``: repeating a command with the same key never acts twice."""
    option = click.option(
        "--key",
        default=lambda: secrets.token_hex(16),
        metavar="KEY",
        help="Idempotency key: repeat a command with it, and with absolute times, to go on.",
    )
    return option(command)


def category_option(command: Callable[P, R]) -> Callable[P, R]:
    """Adds ``-c/--category``, one or many."""
    return click.option(
        "-c",
        "--category",
        "categories",
        multiple=True,
        required=True,
        metavar="CODE",
        help="One or many; see `mendrec categories`.",
    )(command)


def terms_options(command: Callable[P, R]) -> Callable[P, R]:
    """Adds ``--right``, ``--from``, ``--until`` and ``--purpose``."""
    rights = click.Choice([right.name for right in Right if right.name], case_sensitive=False)
    purposes = click.Choice([purpose.name for purpose in Purpose], case_sensitive=False)
    options: tuple[Callable[[Any], Any], ...] = (
        click.option("--right", "rights", type=rights, multiple=True, default=("READ",), show_default=True),
        click.option(
            "--from", "from_text", default="now", show_default=True, metavar="TIME", help=f"First second: {TIME_HELP}."
        ),
        click.option("--until", "until_text", required=True, metavar="TIME", help=f"The end: {TIME_HELP}."),
        click.option("--purpose", type=purposes, default="TREAT", show_default=True, help="HL7 PurposeOfUse."),
    )

    @wraps(command)
    def passed(*args: P.args, **kwargs: P.kwargs) -> R:
        return command(*args, **kwargs)

    decorated: Any = passed
    for option in reversed(options):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]
