"""Sign-in messages (EIP-4361): their text, written and read. The only importer of ``siwe``."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import Any

from mendrec.domain.errors import InputError
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address

MESSAGE_MAX_CHARS = 1_024
_TIME = r"[0-9TZ:.+-]{20,35}"
_OUTLINE = re.compile(
    r"(?:[a-z]{1,8}://)?(?P<domain>[!-~]{1,120}) wants you to sign in with your Ethereum account:\n"
    r"0x[0-9A-Fa-f]{40}\n\n(?:[ -~]{1,160}\n)?\n"
    r"URI: (?P<uri>[!-~]{1,120})\nVersion: 1\nChain ID: [0-9]{1,20}\nNonce: [A-Za-z0-9]{8,64}\n"
    rf"Issued At: {_TIME}(?:\nExpiration Time: {_TIME})?(?:\nNot Before: {_TIME})?(?:\nRequest ID: [!-~]{{0,64}})?"
)
"""Bounds each field before the grammar is asked, whose parser takes seconds for a long text that almost fits.

There is no place for resources: a message with them grants more than a session here.
"""


class MalformedSignIn(InputError):
    """Not a sign-in message as EIP-4361 has it."""

    code = "input.sign_in_message"
    default_remedy = "Make the message as EIP-4361 describes; POST /v1/sign-in/nonce tells what it has to say."


@dataclass(frozen=True, slots=True)
class SignInMessage:
    """What a sign-in message says. Whether that is true is for the caller to check."""

    scheme: str | None
    domain: str
    address: Address
    uri: str
    chain_id: int
    nonce: str
    issued_at: int
    expires_at: int | None
    not_before_at: int | None
    """Times in Unix seconds; fractions are cut off, those of the end upwards never."""


def sign_in_message(
    *, domain: str, address: Address, uri: str, chain_id: int, nonce: str, issued_at: int, statement: str | None = None
) -> str:
    """Returns the text to sign (EIP-191, ``personal_sign``) for signing in at ``domain``."""
    siwe = _siwe()
    written: str = siwe.SiweMessage(
        domain=domain,
        address=address,
        uri=uri,
        version="1",
        chain_id=chain_id,
        nonce=nonce,
        issued_at=siwe.ISO8601Datetime.from_datetime(datetime.fromtimestamp(issued_at, UTC), timespec="seconds"),
        statement=statement,
    ).prepare_message()
    return written


def site_of_message(text: str) -> tuple[str, str]:
    """Returns the domain and the URI that a text seems to name: quick, to be asked before the text is really read.

    Raises:
        MalformedSignIn: it can be no message that is taken here.
    """
    found = _OUTLINE.fullmatch(text) if len(text) <= MESSAGE_MAX_CHARS else None
    if found is None:
        raise MalformedSignIn("This is not a sign-in message: version 1, plain ASCII, without resources.")
    return found["domain"], found["uri"]


def parse_sign_in_message(text: str) -> SignInMessage:
    """Reads a message of version 1.

    What was read must also write the same text again: there is one reading of what was signed.

    Raises:
        MalformedSignIn: anything else.
    """
    site_of_message(text)
    try:
        said = _siwe().SiweMessage.from_message(text)
        written = said.prepare_message()
        found = SignInMessage(
            scheme=said.scheme,
            domain=said.domain,
            address=parse_address(str(said.address)),
            uri=str(said.uri),
            chain_id=int(said.chain_id),
            nonce=said.nonce,
            issued_at=_seconds(said.issued_at),
            expires_at=None if said.expiration_time is None else _seconds(said.expiration_time),
            not_before_at=None if said.not_before is None else -(-_milliseconds(said.not_before) // 1000),
        )
    except Exception as error:  # the libraries beneath raise kinds of their own; what they say is not repeated
        raise MalformedSignIn("This is not a sign-in message.") from error
    if written != text:
        raise MalformedSignIn("This is not a sign-in message in its one form.")
    return found


@cache
def _siwe() -> Any:
    """The library. It builds its grammar when it is imported, half a second that only who signs in has to wait."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its parser warns of its own grammars
        return import_module("siwe")


def _seconds(time: str) -> int:
    return _milliseconds(time) // 1000


def _milliseconds(time: str) -> int:
    moment = datetime.fromisoformat(time.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return int(moment.timestamp() * 1000)
