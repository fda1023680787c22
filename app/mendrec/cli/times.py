"""Times as people write them: ``2026-12-24T08:00:00Z``, ``now``, ``30d``, ``+12h``."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from mendrec.domain.errors import InputError

_SPAN = re.compile(r"\+?([0-9]{1,6})([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


class MalformedTime(InputError):
    """Neither a date nor a span."""

    code = "input.malformed_time"
    default_remedy = "Write 2026-12-24T08:00:00Z, or a span from now such as 30d, 12h, 45m."


def parse_time(text: str, *, now: int) -> int:
    """Returns Unix seconds for a date with an offset, a span from ``now``, or the word ``now``.

    Raises:
        MalformedTime: anything else, a date without an offset included: it would mean different times to two people.
    """
    if text == "now":
        return now
    span = _SPAN.fullmatch(text)
    if span:
        return now + int(span[1]) * _SECONDS[span[2]]
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise MalformedTime(f"{text[:40]!r} is not a time.") from error
    if moment.tzinfo is None:
        raise MalformedTime(
            f"{text!r} has no time zone.",
            remedy=f"Write {moment:%Y-%m-%dT%H:%M:%S}Z for UTC, or an offset as in +09:00.",
        )
    try:
        at = int(moment.astimezone(UTC).timestamp())
    except OverflowError as error:
        raise MalformedTime(f"{text!r} is out of range.") from error
    if not 0 <= at < 2**40:
        raise MalformedTime(f"{text!r} is out of range.")
    return at
