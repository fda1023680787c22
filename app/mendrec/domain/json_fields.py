"""Reading the fields of a parsed JSON object: each is there, has the right type and is within its bounds.

Messages say which field of which object is wrong and never what was in it: the object may be an opened envelope.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from mendrec.domain.canonical import MalformedJson
from mendrec.domain.errors import InputError
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address

FORMAT = "mendrec/1"
"""First field of every object of this format."""

_HEX_64 = re.compile(r"[0-9a-f]{64}")
_INT_MAX = 2**53 - 1
_T = TypeVar("_T")


class Fields:
    """The fields of one JSON object, whose set of names was checked to be exactly the expected one."""

    def __init__(self, value: Any, where: str, *, required: Iterable[str], optional: Iterable[str] = ()) -> None:
        """Raises MalformedJson where ``value`` is no object, lacks a field, or has one that is not known."""
        if not isinstance(value, dict):
            raise MalformedJson(f"{where} is not an object.")
        names, required_names = set(value), set(required)
        if missing := sorted(required_names - names):
            raise MalformedJson(f"{where} lacks the field {missing[0]}.")
        if len(names - required_names - set(optional)) > 0:
            raise MalformedJson(f"{where} has a field that this format does not know.")
        self._value: dict[str, Any] = value
        self._where = where

    def __contains__(self, name: str) -> bool:
        return name in self._value

    def require_kind(self, kind: str) -> None:
        """Checks ``format`` and ``kind``."""
        if self._value["format"] != FORMAT or self._value["kind"] != kind:
            raise MalformedJson(f"{self._where} is not a {kind} of format {FORMAT}.")

    def text(self, name: str, *, max_chars: int) -> str:
        """A string of 1 to ``max_chars`` characters."""
        value = self._value[name]
        if not isinstance(value, str) or not 0 < len(value) <= max_chars:
            raise self._wrong(name, f"a text of 1 to {max_chars} characters")
        return value

    def integer(self, name: str, *, low: int = 0, high: int = _INT_MAX) -> int:
        """An integer in [low, high]; true and false are not integers."""
        value = self._value[name]
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self._wrong(name, f"an integer from {low} to {high}")
        return value

    def hex_64(self, name: str) -> str:
        """32 bytes as 64 lower-case hex digits."""
        value = self._value[name]
        if not isinstance(value, str) or not _HEX_64.fullmatch(value):
            raise self._wrong(name, "64 lower-case hex digits")
        return value

    def address(self, name: str) -> Address:
        """An Ethereum address in its EIP-55 form and in no other."""
        value = self.parsed(name, parse_address)
        if value != self._value[name]:
            raise self._wrong(name, "an address in EIP-55 form")
        return value

    def base64_bytes(self, name: str) -> bytes:
        """Standard base64 with padding (RFC 4648 section 4), in its one canonical spelling, not empty."""
        text = self._value[name]
        try:
            data = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
        except (binascii.Error, ValueError) as error:
            raise self._wrong(name, "base64") from error
        if not data or base64_text(data) != text:
            raise self._wrong(name, "base64")
        return data

    def parsed(self, name: str, parse: Callable[[str], _T]) -> _T:
        """A string that ``parse`` accepts; its InputError is turned into one that names the field."""
        value = self._value[name]
        if not isinstance(value, str):
            raise self._wrong(name, "a text")
        try:
            return parse(value)
        except InputError as error:
            raise MalformedJson(f"{self._where}.{name}: malformed.") from error

    def objects(self, name: str, *, max_count: int) -> list[Any]:
        """A list of at most ``max_count`` items, of any type."""
        value = self._value[name]
        if not isinstance(value, list) or len(value) > max_count:
            raise self._wrong(name, f"a list of at most {max_count} items")
        return value

    def nested(self, name: str, *, required: Iterable[str], optional: Iterable[str] = ()) -> Fields:
        """The fields of an object inside this one."""
        return Fields(self._value[name], f"{self._where}.{name}", required=required, optional=optional)

    def _wrong(self, name: str, expected: str) -> MalformedJson:
        return MalformedJson(f"{self._where}.{name} is not {expected}.")


def base64_text(data: bytes) -> str:
    """Returns standard base64 with padding (RFC 4648 section 4)."""
    return base64.b64encode(data).decode("ascii")
