"""In which line of a TOML text a table or a key is written: the standard parser does not say.

The text must have been parsed without a fault before; what is not recognised has no line, and is no error.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

Path = tuple[str | int, ...]
"""Where a value is: names, and positions within an array of tables counted from 0."""

_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?")
_NAME = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*')"""
_ASSIGNMENT = re.compile(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=")
_TOKEN = re.compile(r'"""|\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*|[\[\]{}]')
_OPENING, _CLOSING = "[{", "]}"


def toml_lines(text: str) -> Mapping[Path, int]:
    """Returns the line, counted from 1, of every table and key: ``("stores", 0, "kind")`` → 12."""
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    depth, quote = 0, ""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not depth and not quote:
            if header := _HEADER.fullmatch(line):
                table = _enter(header[1], _names(header[2]), counts)
                lines.setdefault(table, number)
                if isinstance(table[-1], int):
                    lines.setdefault(table[:-1], number)
                continue
            if assignment := _ASSIGNMENT.match(line):
                lines.setdefault((*table, *_names(assignment[1])), number)
        depth, quote = _after(line, depth, quote)
    return lines


def _enter(brackets: str, names: Path, counts: dict[Path, int]) -> Path:
    """The path of a table; a name that is an array of tables stands for its newest one."""
    path: Path = ()
    for name in names[:-1]:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path])
    path = (*path, names[-1])
    if brackets == "[[":
        counts[path] = counts.get(path, -1) + 1
        path = (*path, counts[path])
    return path


def _names(dotted: str) -> Path:
    """The names of a dotted key; the standard parser unquotes them."""
    found = tomllib.loads(f"{dotted} = 0")
    names: list[str] = []
    while isinstance(found, dict):
        ((name, found),) = found.items()
        names.append(name)
    return tuple(names)


def _after(line: str, depth: int, quote: str) -> tuple[int, str]:
    """How many brackets, and which long quotation, are open at the end of a line."""
    at = 0
    while at < len(line):
        if quote:
            end = line.find(quote, at)
            if end < 0:
                return depth, quote
            at, quote = end + len(quote), ""
            continue
        token = _TOKEN.search(line, at)
        if token is None:
            break
        at = token.end()
        if token[0] in {'"""', "'''"}:
            quote = token[0]
        elif token[0] in _OPENING:
            depth += 1
        elif token[0] in _CLOSING:
            depth -= 1
    return depth, quote
