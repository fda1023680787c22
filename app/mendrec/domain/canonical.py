"""Canonical JSON (RFC 8785): one value, one sequence of bytes. The only importer of ``rfc8785``.

What is hashed, signed or sealed as JSON is written here, and read back strictly: bytes that are not their own
canonical form are refused, so that no two byte strings ever mean the same object.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import rfc8785

from mendrec.domain.errors import InputError, LimitExceeded

JsonObject = dict[str, Any]


class MalformedJson(InputError):
    """Not a JSON object of the kind this format has."""

    code = "input.malformed_json"
    default_remedy = "Fetch it again from another copy; what wrote it may not follow docs/format.md."


class NotCanonical(MalformedJson):
    """JSON, but not in the one form that RFC 8785 gives this value."""

    code = "input.not_canonical_json"


def canonical_bytes(value: Mapping[str, Any] | Sequence[Any] | str | int | bool | None) -> bytes:
    """Returns the RFC 8785 form of ``value``, in UTF-8.

    Raises:
        MalformedJson: a value that JSON, or a double without loss, cannot hold.
    """
    try:
        return rfc8785.dumps(value)
    except (ValueError, RecursionError) as error:
        raise MalformedJson("A value cannot be written as canonical JSON.") from error


def parse_canonical(data: bytes, *, max_bytes: int, what: str) -> JsonObject:
    """Returns the JSON object that ``data`` holds in canonical form.

    Args:
        data: unverified bytes.
        max_bytes: checked before anything is parsed.
        what: names the object in messages, for example ``"manifest"``.

    Raises:
        LimitExceeded: longer than ``max_bytes``.
        MalformedJson: not UTF-8, not JSON, a duplicate key, a number that is not an integer, not an object.
        NotCanonical: anything else that differs from the canonical form, be it a space.
    """
    if len(data) > max_bytes:
        raise LimitExceeded(f"The {what} is larger than {max_bytes} bytes.")
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object_without_duplicates,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
    except MalformedJson:
        raise
    except (ValueError, RecursionError) as error:
        raise MalformedJson(f"The {what} is not JSON in UTF-8.") from error
    if not isinstance(value, dict):
        raise MalformedJson(f"The {what} is not a JSON object.")
    if canonical_bytes(value) != data:
        raise NotCanonical(f"The {what} is not in canonical form (RFC 8785).")
    return value


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> JsonObject:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise MalformedJson("A JSON object has the same key twice.")
    return value


def _refuse_number(_text: str) -> NoReturn:
    raise MalformedJson("A number is not an integer; this format has no others.")
