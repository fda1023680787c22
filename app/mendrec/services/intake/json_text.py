"""JSON read strictly and written back without changing a value.

FHIR gives meaning to how a decimal is written (1.50 is not 1.5), so numbers keep their spelling. Keys keep their
order. A key given twice is refused: readers disagree on which one counts, and one could be shown a harmless
``resourceType`` where another sees the real one.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring
from typing import Any, NoReturn

from mendrec.domain.limits import LIMITS

_NUMBER_MAX_CHARS = 64


class JsonFault(ValueError):
    """The text is not acceptable JSON. The message is safe to show: it never quotes the text."""


class JsonNumber:
    """A number as it was written."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        if len(text) > _NUMBER_MAX_CHARS:
            raise JsonFault(f"A number has more than {_NUMBER_MAX_CHARS} characters.")
        self.text = text

    @property
    def is_integer(self) -> bool:
        """Whether it is written without fraction and exponent."""
        return not set(self.text) & set(".eE")


def parse_json(text_bytes: bytes) -> Any:
    """Returns the value, with every number as :class:`JsonNumber`.

    Raises:
        JsonFault: not UTF-8, no JSON, a repeated key, NaN or Infinity, nested or wide beyond the limits.
    """
    if sum(map(text_bytes.count, (b",", b"{", b"["))) > LIMITS.json_max_values:
        raise JsonFault(f"More than {LIMITS.json_max_values} values.")
    try:
        text = text_bytes.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise JsonFault(f"Not UTF-8 at byte {error.start}.") from error
    try:
        value = _DECODER.decode(text)
    except JsonFault:
        raise
    except json.JSONDecodeError as error:
        raise JsonFault(f"No valid JSON at line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise JsonFault(f"Nested deeper than {LIMITS.json_max_depth} levels.") from error
    _require_depth(value, LIMITS.json_max_depth)
    return value


def write_json(value: Any) -> bytes:
    """Returns compact UTF-8: keys in their order, numbers in their spelling, no character escaped without need.

    Raises:
        JsonFault: a string holds half of a surrogate pair, which UTF-8 cannot carry.
    """
    parts: list[str] = []
    _write(value, parts)
    try:
        return "".join(parts).encode("utf-8")
    except UnicodeEncodeError as error:
        raise JsonFault("A text holds half of a surrogate pair.") from error


def _write(value: Any, parts: list[str]) -> None:
    if isinstance(value, str):
        parts.append(encode_basestring(value))
    elif isinstance(value, dict):
        separator = "{"
        for key, item in value.items():
            parts.append(f"{separator}{encode_basestring(key)}:")
            _write(item, parts)
            separator = ","
        parts.append("}" if value else "{}")
    elif isinstance(value, list):
        separator = "["
        for item in value:
            parts.append(separator)
            _write(item, parts)
            separator = ","
        parts.append("]" if value else "[]")
    elif isinstance(value, JsonNumber):
        parts.append(value.text)
    else:
        parts.append({None: "null", True: "true", False: "false"}[value])


def _require_depth(value: Any, levels: int) -> None:
    if levels < 0:
        raise JsonFault(f"Nested deeper than {LIMITS.json_max_depth} levels.")
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        if isinstance(child, dict | list):
            _require_depth(child, levels - 1)


def _unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise JsonFault("An object has the same key twice.")
    return value


def _refuse_constant(_name: str) -> NoReturn:
    raise JsonFault("NaN and Infinity are not JSON.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique_pairs,
    parse_int=JsonNumber,
    parse_float=JsonNumber,
    parse_constant=_refuse_constant,
)
