"""Reading tables of a settings file: each value by its kind and bounds, each fault with its place and line.

Values are not repeated in a fault where they may hold a token: an RPC address or a database URL often does.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar
from urllib.parse import SplitResult, urlsplit

from mendrec.domain.display_name import require_display_name
from mendrec.domain.errors import ConfigurationError, MendrecError
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address
from mendrec.domain.toml_places import Path, toml_lines

_KEY_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_HOST_NAME = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}")
_MANY = 2**31 - 1
_SEE = "See docs/configuration.md for an example."
T = TypeVar("T")


class InvalidConfig(ConfigurationError):
    """The configuration file is missing, or says something that cannot be used.

    Attributes:
        line: where, counted from 1; None where it is about no line.
    """

    code = "configuration.invalid"

    def __init__(self, message: str, *, remedy: str | None = None, line: int | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.line = line


@dataclass
class _File:
    name: str
    lines: Mapping[Path, int]
    tables: list[ConfigTable] = field(default_factory=list)
    seen: dict[tuple[str, str, str], str] = field(default_factory=dict)


class ConfigTable:
    """One table. A key that is asked for is a known one; :meth:`finish` refuses all others."""

    def __init__(self, file: _File, path: Path, entries: Mapping[str, Any]) -> None:
        self._file = file
        self._path = path
        self._entries = entries
        self._known: dict[str, None] = {}
        file.tables.append(self)

    def has(self, key: str) -> bool:
        """Whether the key is there; from then on it is a known one."""
        self._known[key] = None
        return key in self._entries

    def table(self, key: str, *, optional: bool = False) -> ConfigTable:
        """Returns a table within; an empty one where it is optional and not there."""
        if not self.has(key):
            if not optional:
                raise InvalidConfig(f"{self._file.name}: The table [{key}] is missing.", remedy=_SEE)
            return ConfigTable(self._file, (*self._path, key), {})
        value = self._entries[key]
        if not isinstance(value, dict):
            raise self.fault(key, "is not a table", f"Write it as [{key}], with its settings below.")
        return ConfigTable(self._file, (*self._path, key), value)

    def tables(self, key: str) -> Sequence[ConfigTable]:
        """Returns the tables of an array of tables; none where it is not there."""
        found = self._entries.get(key, []) if self.has(key) else []
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self.fault(key, "is not a list of tables", f"Write each as [[{key}]], with its settings below.")
        return [ConfigTable(self._file, (*self._path, key, at), one) for at, one in enumerate(found)]

    def text(self, key: str, default: str | None = None) -> str:
        """A string that is not empty and holds no control character."""
        value = self._value(key, str, "a text in quotes", default)
        if not value or not value.isprintable():
            raise self.fault(key, "is empty, or holds what can't be printed", _SEE)
        return value

    def unique_text(self, key: str) -> str:
        """A string that no other table of the same array has there."""
        value = self.text(key)
        seen = self._file.seen.setdefault((str(self._path[0]), key, value), self._place(key))
        if seen != self._place(key):
            raise self.fault(key, f"is {value!r}, as {seen} is", "Give each its own.")
        return value

    def key_name(self, key: str) -> str:
        """The name of a key in keys/."""
        value = self.text(key)
        if not _KEY_NAME.fullmatch(value):
            raise self.fault(key, "is no name of a key", "1 to 40 lower-case letters, digits and hyphens, as in keys/.")
        return value

    def number(self, key: str, default: int | None = None, *, low: int = 0, high: int = _MANY) -> int:
        """A whole number within [low, high]."""
        value = self._value(key, int, "a whole number", default)
        if not low <= value <= high:
            raise self.fault(key, f"is {value}", f"Write a whole number from {low} to {high}.")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self._entries[key] if self.has(key) else default
        if not isinstance(value, bool):
            raise self.fault(key, "is neither true nor false", "Write true or false, without quotes.")
        return value

    def choice(self, key: str, choices: Sequence[str], default: str | None = None) -> str:
        """One of a few words."""
        value = self._value(key, str, "a text in quotes", default)
        if value not in choices:
            raise self.fault(key, f"is {value!r}", f"One of: {', '.join(choices)}.")
        return value

    def url(self, key: str) -> str:
        """An http or https URL."""
        value = self.text(key)
        self._split(key, value)
        return value

    def origin(self, key: str, default: str) -> str:
        """Scheme, host and port as a browser says them (RFC 6454): no path, no capital letters."""
        value = self.text(key, default)
        parts = self._split(key, value)
        if value != f"{parts.scheme}://{parts.netloc}" or value != value.lower() or "@" in value:
            raise self.fault(key, "is no origin", "Write scheme, host and port only, as https://node.example.")
        return value

    def address(self, key: str) -> Address:
        """An Ethereum address."""
        try:
            return parse_address(self.text(key))
        except InvalidConfig:
            raise
        except MendrecError as error:
            raise self.fault(key, "is no address", error.remedy or _SEE) from error

    def networks(self, key: str, default: Sequence[str]) -> tuple[str, ...]:
        """A list of networks in CIDR form."""
        found = self._value(key, list, "a list", list(default))
        for one in found:
            try:
                ipaddress.ip_network(one if isinstance(one, str) else "")
            except ValueError as error:
                remedy = 'Write networks as ["127.0.0.0/8", "10.1.2.3/32"].'
                raise self.fault(key, "holds what is no network", remedy) from error
        return tuple(found)

    def host_names(self, key: str, default: Sequence[str]) -> tuple[str, ...]:
        """A list of host names without ports, in lower case."""
        found = self._value(key, list, "a list", list(default))
        for one in found:
            if not isinstance(one, str) or not _HOST_NAME.fullmatch(one):
                raise self.fault(key, "holds what is no host name", 'Write names without port as ["node.internal"].')
        return tuple(found)

    def names(self) -> Mapping[Address, str]:
        """A table whose keys are addresses and whose values are names."""
        found: dict[Address, str] = {}
        for key in self._entries:
            value = self.text(key)
            try:
                found[parse_address(key)] = require_display_name(value)
            except MendrecError as error:
                raise self.fault(key, "is no address with a name", error.remedy or _SEE) from error
        if len(found) != len(self._entries):
            raise InvalidConfig(f"{self._file.name}: [names] has an address twice.", remedy="Name each once.")
        return found

    def fault(self, key: str, what: str, remedy: str) -> InvalidConfig:
        """Returns the error of one setting, with its place and line."""
        line = self._line(key)
        where = self._file.name if line is None else f"{self._file.name}, line {line}"
        return InvalidConfig(f"{where}: {self._place(key)} {what}.", remedy=remedy, line=line)

    def finish(self) -> None:
        """Refuses every key, in every table, that nobody asked for. Raises InvalidConfig."""
        for table in self._file.tables:
            for key in table._entries:
                if key not in table._known:
                    table._refuse_unknown(key)

    def _refuse_unknown(self, key: str) -> NoReturn:
        near = difflib.get_close_matches(key, self._known, n=1)
        known = ", ".join(self._known)
        raise self.fault(key, "is not a setting", f"Is {near[0]} meant?" if near else f"Known here: {known}.")

    def _value(self, key: str, kind: type[T], words: str, default: T | None) -> T:
        if not self.has(key):
            if default is None:
                self._refuse_missing(key)
            return default
        value = self._entries[key]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.fault(key, f"is not {words}", _SEE)
        return value

    def _refuse_missing(self, key: str) -> NoReturn:
        line = self._file.lines.get(self._path)
        where = self._file.name if line is None else f"{self._file.name}, line {line}"
        # A misspelt key is the likeliest reason for a missing one.
        near = difflib.get_close_matches(key, [one for one in self._entries if one not in self._known], n=1)
        remedy = f"Is it what {near[0]} was meant to be?" if near else _SEE
        raise InvalidConfig(f"{where}: {self._place(key)} is missing.", remedy=remedy, line=line)

    def _split(self, key: str, value: str) -> SplitResult:
        try:
            parts = urlsplit(value)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 0) >= 0
        except ValueError:
            usable = False
        if not usable or " " in value:
            raise self.fault(key, "is no http or https URL", "Write it as http://127.0.0.1:8545.")
        return parts

    def _place(self, key: str) -> str:
        place = ""
        for part in (*self._path, key):
            place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else part
        return place

    def _line(self, key: str) -> int | None:
        path: Path = (*self._path, key)
        while path and path not in self._file.lines:  # within an inline table: the line of the table
            path = path[:-1]
        return self._file.lines.get(path)


def top_table(document: Mapping[str, Any], text: str, *, file_name: str) -> ConfigTable:
    """Returns the top of a parsed document; ``text`` is what it was parsed from."""
    return ConfigTable(_File(file_name, toml_lines(text)), (), document)
