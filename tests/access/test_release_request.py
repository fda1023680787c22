"""The release request: its wire form goes round, whatever is malformed is refused, and freshness has two edges."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mendrec.domain.errors import InputError, LimitExceeded
from mendrec.domain.ids import parse_address
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Act, Purpose
from mendrec.domain.release import (
    MalformedRequest,
    ReleaseRequest,
    RequestedRecord,
    StaleRequest,
    parse_request,
    require_fresh,
)

PATIENT = parse_address("0x" + "11" * 20)
READER = parse_address("0x" + "22" * 20)

REQUEST = ReleaseRequest(
    act=Act.OPEN,
    patient=PATIENT,
    reader=READER,
    records=(
        RequestedRecord(3, "ab" * 32),
        RequestedRecord(4, "cd" * 32, leaf_index=7, path_hex=("ef" * 32, "01" * 32)),
    ),
    purpose=Purpose.TREAT,
    nonce_hex="9a" * 32,
    deadline_at=1_800_000_000,
)


def test_the_wire_form_goes_round() -> None:
    assert parse_request(REQUEST.to_json()) == REQUEST


MALFORMED: dict[str, tuple[tuple[Any, ...], Any]] = {
    "an unknown act": (("act",), "ERASE"),
    "no records": (("records",), []),
    "records that are no list": (("records",), {}),
    "a malformed address": (("reader",), "0x12"),
    "an unknown purpose": (("purpose",), "FUN"),
    "a short nonce": (("nonce",), "ab"),
    "a nonce in capitals": (("nonce",), "AB" * 32),
    "a deadline that is a text": (("deadline",), "1800000000"),
    "a deadline that is true": (("deadline",), True),
    "a negative sequence": (("records", 0, "sequence"), -1),
    "a short digest": (("records", 0, "manifestDigest"), "ab"),
    "a path that is no list": (("records", 1, "path"), "ef" * 32),
    "a path longer than any tree": (("records", 1, "path"), ["ef" * 32] * 65),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_malformed_requests_are_refused(what: str) -> None:
    path, value = MALFORMED[what]
    body: Any = copy.deepcopy(REQUEST.to_json())
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(InputError):
        parse_request(body)


@pytest.mark.parametrize("key", list(REQUEST.to_json()))
def test_a_missing_part_is_refused(key: str) -> None:
    body = REQUEST.to_json()
    del body[key]
    with pytest.raises(MalformedRequest):
        parse_request(body)


def test_too_many_records_are_refused() -> None:
    body = REQUEST.to_json()
    body["records"] = [body["records"][0]] * (LIMITS.release_max_records + 1)
    with pytest.raises(LimitExceeded):
        parse_request(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(key=st.sampled_from(list(REQUEST.to_json())), value=JSON)
def test_whatever_is_put_in_is_read_or_refused_in_the_family(key: str, value: Any) -> None:
    with contextlib.suppress(InputError):
        parse_request({**REQUEST.to_json(), key: value})


def test_the_deadline_second_is_still_fresh_and_the_next_is_not() -> None:
    require_fresh(REQUEST, now=REQUEST.deadline_at)
    with pytest.raises(StaleRequest):
        require_fresh(REQUEST, now=REQUEST.deadline_at + 1)


def test_a_deadline_too_far_ahead_is_refused() -> None:
    require_fresh(REQUEST, now=REQUEST.deadline_at - LIMITS.release_max_lifetime_s)
    with pytest.raises(StaleRequest):
        require_fresh(REQUEST, now=REQUEST.deadline_at - LIMITS.release_max_lifetime_s - 1)
