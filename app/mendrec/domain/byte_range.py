"""Byte ranges of a request (RFC 9110 section 14), and of a part that is sent (section 14.4). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mendrec.domain.errors import InputError

_RANGE = re.compile(r"bytes[ \t]*=[ \t]*(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))", re.IGNORECASE)
_PART = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})", re.IGNORECASE)


class RangeNotSatisfiable(InputError):
    """The range begins behind the last byte."""

    code = "input.range"
    http_status = 416

    def __init__(self, size_bytes: int) -> None:
        super().__init__(f"The range lies outside of the {size_bytes} bytes that there are.")
        self.size_bytes = size_bytes


class MalformedPartRange(InputError):
    """Not a ``Content-Range`` of one part."""

    code = "input.content_range"
    default_remedy = "Write it like: bytes 0-1048575/5000000."


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes ``start`` up to and without ``stop``."""

    start: int
    stop: int

    @property
    def size_bytes(self) -> int:
        """How many."""
        return self.stop - self.start

    def content_range(self, size_bytes: int) -> str:
        """The value of ``Content-Range`` over a whole of ``size_bytes``."""
        return f"bytes {self.start}-{self.stop - 1}/{size_bytes}"


def parse_range(header: str | None, size_bytes: int) -> ByteRange | None:
    """Returns what a ``Range`` header asks for of ``size_bytes`` bytes; None where all of them are to be sent.

    A header that is malformed, in other units, or of several ranges is ignored, as the RFC allows.

    Raises:
        RangeNotSatisfiable: well-formed, and there is no such byte.
    """
    found = _RANGE.fullmatch(header.strip(" \t")) if header else None
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        if int(suffix) == 0 or size_bytes == 0:
            raise RangeNotSatisfiable(size_bytes)
        return ByteRange(max(0, size_bytes - int(suffix)), size_bytes)
    start = int(first)
    if last and int(last) < start:
        return None  # invalid, so ignored (section 14.1.1)
    if start >= size_bytes:
        raise RangeNotSatisfiable(size_bytes)
    return ByteRange(start, min(int(last) + 1, size_bytes) if last else size_bytes)


def parse_part_range(header: str, size_bytes: int) -> ByteRange:
    """Returns where a part belongs, by its ``Content-Range``.

    Args:
        header: ``bytes first-last/complete``; the complete length is to be said.
        size_bytes: of the whole, as it was announced.

    Raises:
        MalformedPartRange: anything else, or another whole.
    """
    found = _PART.fullmatch(header)
    if found is None:
        raise MalformedPartRange("The Content-Range is not one of bytes with a complete length.")
    first, last, total = (int(number) for number in found.groups())
    if last < first or total != size_bytes or last >= total:
        raise MalformedPartRange(f"The Content-Range does not lie within the {size_bytes} bytes that were announced.")
    return ByteRange(first, last + 1)
