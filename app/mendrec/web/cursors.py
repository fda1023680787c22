"""Cursors of pages: opaque to clients, and checked when they come back.

A cursor is no secret and lets nobody see anything: every page is asked for, and allowed, on its own. It carries a
HMAC (RFC 2104) under a key of this home, so that nothing but what the node wrote is ever read as a place, and a cursor
of one list does not serve another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

from mendrec.domain.errors import InputError
from mendrec.web.context import app_context

_CHECK_BYTES = 16
_NUMBER_MIN, _NUMBER_MAX = -1, 2**63 - 1
"""What a place's numbers lie between; -1 stands for none."""


class MalformedCursor(InputError):
    """Not a cursor of this list."""

    code = "input.cursor"
    default_remedy = "Take next_cursor from the page before, as it is; or begin again without one."


def encode_cursor(kind: str, place: list[int | str]) -> str:
    """Returns the cursor of a place in the list ``kind``."""
    data = json.dumps(place, separators=(",", ":")).encode("utf-8")
    return base64.urlsafe_b64encode(_check(kind, data) + data).rstrip(b"=").decode("ascii")


def decode_cursor(kind: str, cursor: str | None, *shape: type) -> list[Any] | None:
    """Returns the place that a cursor stands for; None where there is no cursor.

    Args:
        kind: the list's own word, with whatever the cursor belongs to in it.
        cursor: as the client sent it.
        shape: the types of the place's parts.

    Raises:
        MalformedCursor: anything but a cursor of this list.
    """
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise MalformedCursor("This is not a cursor.") from error
    check, data = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
    if not hmac.compare_digest(check, _check(kind, data)):
        raise MalformedCursor("This is not a cursor of this list.")
    try:
        place = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MalformedCursor("This is not a cursor of this list.") from error
    if not isinstance(place, list) or [type(part) for part in place] != list(shape):
        raise MalformedCursor("This is not a cursor of this list.")
    if any(isinstance(part, int) and not _NUMBER_MIN <= part <= _NUMBER_MAX for part in place):
        raise MalformedCursor("This is not a cursor of this list.")
    return place


def _check(kind: str, data: bytes) -> bytes:
    message = kind.encode("utf-8") + b"\x00" + data
    return hmac.new(app_context().cursor_key, message, hashlib.sha256).digest()[:_CHECK_BYTES]
