"""Canonical JSON: one value, one spelling; everything else is refused as input, never with a raw error."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mendrec.domain.canonical import MalformedJson, NotCanonical, canonical_bytes, parse_canonical
from mendrec.domain.errors import InputError, LimitExceeded

SAFE_INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | SAFE_INTEGERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
OBJECTS = st.dictionaries(TEXTS, VALUES, max_size=6)


def parse(data: bytes) -> dict[str, object]:
    return parse_canonical(data, max_bytes=10**6, what="object")


@given(OBJECTS)
def test_what_is_written_reads_back_equal(value: dict[str, object]) -> None:
    assert parse(canonical_bytes(value)) == value


@given(OBJECTS.filter(lambda value: len(value) > 0))
def test_every_other_spelling_of_the_same_value_is_refused(value: dict[str, object]) -> None:
    for other in (
        json.dumps(value, indent=1).encode(),
        canonical_bytes(value) + b"\n",
        b" " + canonical_bytes(value),
        b"\xef\xbb\xbf" + canonical_bytes(value),
    ):
        with pytest.raises(MalformedJson):
            parse(other)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_or_refused_as_input(data: bytes) -> None:
    try:
        value = parse(data)
    except InputError:
        return
    assert canonical_bytes(value) == data


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"b":2}}',
        b'{"a":1.5}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-0}',
        b'{"a":9007199254740992}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"b":1,"a":2}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        b'{"a":1',
        b"[]",
        b"1",
        b'"text"',
        b"",
        b'{"a":' * 50_000,
        b"[" * 50_000 + b"]" * 50_000,
    ],
)
def test_bad_json_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedJson):
        parse(data)


def test_key_order_is_by_utf_16_units() -> None:
    """RFC 8785 section 3.2.3: U+1F600 (a surrogate pair, D83D...) sorts before U+FB33."""
    assert list(parse('{"\U0001f600":1,"\ufb33":2}'.encode())) == ["\U0001f600", "\ufb33"]
    with pytest.raises(NotCanonical):
        parse('{"\ufb33":2,"\U0001f600":1}'.encode())


@pytest.mark.parametrize("data", [b'{"a":1,"a":1}', b'{"a":1,"a":2}', b'{"a":{"b":1,"b":1}}'])
def test_a_key_given_twice_is_called_that(data: bytes) -> None:
    with pytest.raises(MalformedJson, match="same key twice"):
        parse(data)


def test_size_is_checked_before_parsing() -> None:
    data = canonical_bytes({"a": "x" * 100})
    parse_canonical(data, max_bytes=len(data), what="object")
    with pytest.raises(LimitExceeded):
        parse_canonical(data, max_bytes=len(data) - 1, what="object")
    with pytest.raises(LimitExceeded):
        parse_canonical(b"no json at all", max_bytes=3, what="object")


def test_values_that_json_cannot_hold_are_refused() -> None:
    for value in ({"a": 2**53}, {"a": float("nan")}, {"a": b"bytes"}, {1: "a"}, {"\ud800": 1}, {"a": "\udfff"}):
        with pytest.raises(MalformedJson):
            canonical_bytes(value)  # type: ignore[arg-type]
