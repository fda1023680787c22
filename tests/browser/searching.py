"""Finds a secret in bytes however it was spelled: raw, hex, base64 at any offset, base32, URL, JSON, UTF-16, bech32, …

A spelling is looked for as it is, or without regard to case where its alphabet has only one.
"""

from __future__ import annotations

import base64
import gzip
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

from bech32 import CHARSET, convertbits

MIN_BYTES = 12
"""What is shorter is found by chance, and finding it would prove nothing."""
_GZIP = b"\x1f\x8b\x08"
_ZLIB = (b"\x78\x01", b"\x78\x9c", b"\x78\xda")


@dataclass(frozen=True)
class Spelling:
    """One way to write a secret."""

    name: str
    needle: bytes
    any_case: bool = False


@dataclass(frozen=True)
class Found:
    """A secret, where it must not be."""

    secret: str
    spelling: str
    place: str

    def __str__(self) -> str:
        return f"{self.secret} as {self.spelling} in {self.place}"


def spellings(secret: bytes) -> list[Spelling]:
    """Returns the usual ways to write some bytes; for a text give its UTF-8."""
    assert len(secret) >= MIN_BYTES, "too short to tell from chance"
    text = _text_of(secret)
    ways = [
        Spelling("raw", secret),
        Spelling("reversed", secret[::-1]),
        Spelling("hex", secret.hex().encode(), any_case=True),
        Spelling("hex of reversed", secret[::-1].hex().encode(), any_case=True),
        Spelling("hex with colons", secret.hex(":").encode(), any_case=True),
        Spelling("hex with spaces", secret.hex(" ").encode(), any_case=True),
        Spelling("escaped bytes", "".join(f"\\x{one:02x}" for one in secret).encode(), any_case=True),
        Spelling("percent-encoded bytes", "".join(f"%{one:02x}" for one in secret).encode(), any_case=True),
        Spelling("decimal list", ",".join(map(str, secret)).encode()),
        Spelling("decimal list with spaces", ", ".join(map(str, secret)).encode()),
        Spelling("object of bytes", json.dumps(dict(enumerate(secret)), separators=(",", ":"))[1:-1].encode()),
        Spelling("decimal number", str(int.from_bytes(secret, "big")).encode()),
        Spelling("decimal number, little end", str(int.from_bytes(secret, "little")).encode()),
        Spelling("bech32", _bech32_data(secret), any_case=True),
    ]
    for offset in range(3):
        middle = _middle(base64.b64encode, secret, offset, group_bytes=3, group_chars=4)
        ways.append(Spelling(f"base64 at {offset}", middle))
        ways.append(Spelling(f"base64url at {offset}", middle.replace(b"+", b"-").replace(b"/", b"_")))
    for offset in range(5):
        middle = _middle(base64.b32encode, secret, offset, group_bytes=5, group_chars=8)
        ways.append(Spelling(f"base32 at {offset}", middle, any_case=True))
    if text is not None:
        ways += [
            Spelling("text, any case", text.lower().encode(), any_case=True),
            Spelling("reversed text", text[::-1].encode()),
            Spelling("UTF-16, little end", text.encode("utf-16-le")),
            Spelling("UTF-16, big end", text.encode("utf-16-be")),
            Spelling("URL", quote(text, safe="").encode(), any_case=True),
            Spelling("form", quote_plus(text, safe="").encode(), any_case=True),
            Spelling("JSON", json.dumps(text)[1:-1].encode(), any_case=True),
            Spelling("JSON, every letter", "".join(f"\\u{ord(one):04x}" for one in text).encode(), any_case=True),
            Spelling("HTML", "".join(f"&#{ord(one)};" for one in text).encode()),
        ]
        for offset in range(3):
            for end in ("le", "be"):
                wide = _middle(base64.b64encode, text.encode(f"utf-16-{end}"), offset, group_bytes=3, group_chars=4)
                ways.append(Spelling(f"base64 of UTF-16 {end} at {offset}", wide))
    return ways


def search(secrets: Mapping[str, bytes], places: Iterable[tuple[str, bytes]]) -> list[Found]:
    """Looks for every secret in every place, also in what is packed there. A place is (name, bytes)."""
    ways = [(name, spelling) for name, secret in secrets.items() for spelling in spellings(secret)]
    found: dict[Found, None] = {}
    for place, data in places:
        for layer, plain in _layers(data):
            folded = plain.lower()
            for name, spelling in ways:
                needle = spelling.needle.lower() if spelling.any_case else spelling.needle
                if needle in (folded if spelling.any_case else plain):
                    found[Found(name, spelling.name, place + layer)] = None
    return list(found)


def files_under(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file in a folder, with its name as a place of its own: names can tell too.

    A database is read through SQLite as well: a value that is spread over pages is not in one piece in the file.
    """
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        yield f"the name {name}", name.encode()
        try:
            if not path.is_file():
                continue
            data = path.read_bytes()
        except OSError:  # gone meanwhile, or a socket
            continue
        yield name, data
        if data.startswith(b"SQLite format 3\0"):
            yield from _values_of(path, name)


def _values_of(path: Path, name: str) -> Iterator[tuple[str, bytes]]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = database.execute(f'SELECT * FROM "{table}"').fetchall()
            values = b"\0".join(_value_bytes(value) for row in rows for value in row)
            yield f"{name}, table {table}", values
    database.close()


def _value_bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def _layers(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The bytes themselves, and what a packer's mark in front of them promises."""
    yield "", data
    if data.startswith(_GZIP):
        try:
            yield ", unpacked", gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            return
    elif data.startswith(_ZLIB):
        try:
            yield ", unpacked", zlib.decompress(data)
        except zlib.error:
            return


def _text_of(secret: bytes) -> str | None:
    try:
        text = secret.decode()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None


def _middle(encode: object, secret: bytes, offset: int, *, group_bytes: int, group_chars: int) -> bytes:
    """The characters that only the secret decides, where ``offset`` unknown bytes come before it in their group."""
    assert callable(encode)
    whole = (offset + len(secret)) // group_bytes * group_bytes
    encoded: bytes = encode((bytes(offset) + secret)[:whole])
    first = -(-offset * 8 // (8 * group_bytes // group_chars))  # the first character without a bit of the unknown ones
    return encoded[first:]


def _bech32_data(secret: bytes) -> bytes:
    """bech32 digits without prefix, checksum and the last digit, which may hold padding."""
    digits = convertbits(list(secret), 8, 5)
    assert digits is not None
    return "".join(CHARSET[one] for one in digits[:-1]).encode()


def require_none(found: Iterable[Found]) -> None:
    """Raises AssertionError that names each. Never with the secret itself: a failing test is read by many."""
    told = sorted({str(one) for one in found})
    assert not told, "Found where it must not be:\n" + "\n".join(f"  {one}" for one in told)


__all__ = ["Found", "Spelling", "files_under", "require_none", "search", "spellings"]
