"""A contract call that carries its signer's authorization: what a person signed, ready to be sent by anybody.

It holds no secret and can be shown to anyone. Its arguments are read strictly, by the shape of the contract's
function, into one spelling: so the same act has the same id however it was written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mendrec.domain import tags
from mendrec.domain.errors import InputError
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address
from mendrec.domain.signed_act_shapes import SHAPES, ArgumentError, Shape

_TEXT_MAX_CHARS = 1_000_000


class MalformedSignedAct(InputError):
    """Not a signed act of one of the contracts."""

    code = "input.signed_act"
    default_remedy = "Have the act prepared again, and signed as it is."


@dataclass(frozen=True, slots=True)
class Authorization:
    """What lets a relayer act for the signer (contracts/src/types/Types.sol)."""

    nonce: int
    deadline_at: int
    """Unix seconds, the last second in which it may be used."""
    signature_hex: str


@dataclass(frozen=True, slots=True)
class SignedAct:
    """One signed act. Make it with :func:`signed_act` or :func:`parse_signed_act`, which check its shape."""

    signer: Address
    contract: str
    function: str
    args: tuple[Any, ...]
    """JSON-safe, in one spelling: addresses in EIP-55, bytes as lower-case 0x-hex, numbers as int."""

    @property
    def authorization(self) -> Authorization:
        """The last argument of every signed act."""
        found = self.args[-1]
        return Authorization(found["nonce"], found["deadline"], found["signature"].removeprefix("0x"))

    @property
    def id_hex(self) -> str:
        """64 hex digits: what is asked for, by whom, with this very signature."""
        spelled = json.dumps([self.contract, self.function, self.args], sort_keys=True, separators=(",", ":"))
        return tags.tagged_sha256_hex(tags.SIGNED_ACT, spelled.encode("ascii"))

    def named_args(self) -> dict[str, Any]:
        """The arguments by their names in the contract."""
        return dict(zip((name for name, _ in SHAPES[self.contract, self.function].members), self.args, strict=True))

    def to_json(self) -> str:
        """The file's text."""
        body = {"signer": self.signer, "contract": self.contract, "function": self.function, "args": self.args}
        return json.dumps(body, indent=2)


def signed_act(contract: str, function: str, args: object, *, signer: Address | None = None) -> SignedAct:
    """Reads a call's arguments by the shape of its function. The signer is the one that the contract will ask.

    Args:
        contract: ``Directory``, ``Consent`` or ``Records``.
        function: its name in the contract, for example ``grantBySig``.
        args: in the contract's order, the authorization last; numbers may be decimal strings.
        signer: who is said to have signed, where that is said.

    Raises:
        MalformedSignedAct: no such act, arguments of another shape, or another signer than is said.
    """
    shape = SHAPES.get((contract, function))
    if shape is None:
        raise MalformedSignedAct("This is not an act that can be made by signature.")
    found = _read(shape, args)
    who = Address(shape.signer_of(found))
    if signer is not None and signer != who:
        raise MalformedSignedAct(f"The act is {who}'s, and not {signer}'s.")
    return SignedAct(who, contract, function, found)


def parse_signed_act(text: str) -> SignedAct:
    """Reads a signed act. A file without a contract is one of consent.

    Raises:
        MalformedSignedAct: not of the shape :meth:`SignedAct.to_json` writes.
    """
    try:
        body = json.loads(text) if len(text) <= _TEXT_MAX_CHARS else None
    except (ValueError, RecursionError) as error:
        raise MalformedSignedAct("This is not a signed act.") from error
    if not isinstance(body, Mapping) or not isinstance(body.get("signer"), str):
        raise MalformedSignedAct("This is not a signed act.")
    contract, function = body.get("contract", "Consent"), body.get("function")
    if not isinstance(contract, str) or not isinstance(function, str):
        raise MalformedSignedAct("This is not a signed act.")
    try:
        signer = parse_address(body["signer"])
    except InputError as error:
        raise MalformedSignedAct("The signer of the act is not an address.") from error
    return signed_act(contract, function, body.get("args"), signer=signer)


def _read(shape: Shape, args: object) -> tuple[Any, ...]:
    if not isinstance(args, list | tuple) or len(args) != len(shape.members):
        raise MalformedSignedAct(f"{shape.function} takes {len(shape.members)} arguments, the authorization last.")
    found = []
    for (name, kind), value in zip(shape.members, args, strict=True):
        try:
            found.append(kind(value))
        except ArgumentError as error:
            raise MalformedSignedAct(f"{shape.function}: {name} {error}") from error
    return tuple(found)
