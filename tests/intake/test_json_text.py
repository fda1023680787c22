"""Strict JSON in, the same values out."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mendrec.domain.limits import LIMITS
from mendrec.services.intake.json_text import JsonFault, parse_json, write_json

NUMBER_TEXTS = ("0", "-0", "1.50", "1.5", "1e2", "1E+2", "100", "0.000000100", "123456789012345678901234567890.10")
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.text(st.characters(exclude_categories=("Cs",))) | st.integers(-(10**20), 10**20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=30,
)


@pytest.mark.parametrize("text", NUMBER_TEXTS)
def test_a_number_keeps_its_spelling(text: str) -> None:
    assert write_json(parse_json(f'{{"value": {text}}}'.encode())) == f'{{"value":{text}}}'.encode()


@given(DOCUMENTS)
def test_what_is_written_back_is_the_same_value_in_the_same_order(document: Any) -> None:
    for source in (json.dumps(document), json.dumps(document, indent=2, ensure_ascii=False)):
        written = write_json(parse_json(source.encode()))
        assert written == json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        assert write_json(parse_json(written)) == written


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b'{"a": 1} {"b": 2}',
        b'{"a": 1}\n{"b": 2}\n',
        b'{"a": 01}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "\\u0062": 2}}',
        b"\xff\xfe{\x00}\x00",
        b'{"a": "\xe9"}',
        b'{"a": "line\nbreak"}',
        b'{"a": ' + b"1" * 65 + b"}",
        b"[" * (LIMITS.json_max_depth + 2) + b"]" * (LIMITS.json_max_depth + 2),
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"[" + b"," * (LIMITS.json_max_values + 1),
    ],
    ids=lambda text: repr(text[:24]),
)
def test_what_is_not_strict_json_is_refused(text: bytes) -> None:
    with pytest.raises(JsonFault):
        parse_json(text)


def test_nesting_up_to_the_limit_is_taken() -> None:
    depth = LIMITS.json_max_depth
    text = b"[" * depth + b"]" * depth
    assert write_json(parse_json(text)) == text


def test_half_a_surrogate_pair_is_refused_when_written() -> None:
    with pytest.raises(JsonFault):
        write_json(parse_json(b'{"a": "\\ud800"}'))


def test_a_byte_order_mark_is_let_pass_and_not_kept() -> None:
    assert write_json(parse_json(b'\xef\xbb\xbf{"a":1}')) == b'{"a":1}'


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_else(text: bytes) -> None:
    with contextlib.suppress(JsonFault):
        parse_json(text)
