"""Times as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mendrec.cli.output import when
from mendrec.cli.times import MalformedTime, parse_time

NOW = 1_800_000_000


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("now", NOW),
        ("30d", NOW + 30 * 86_400),
        ("+12h", NOW + 12 * 3_600),
        ("45m", NOW + 45 * 60),
        ("2w", NOW + 14 * 86_400),
        ("1970-01-01T00:00:10Z", 10),
        ("1970-01-01T09:00:10+09:00", 10),
    ],
)
def test_dates_and_spans_are_read(text: str, at: int) -> None:
    assert parse_time(text, now=NOW) == at


@pytest.mark.parametrize(
    "text",
    ["", "soon", "30", "d", "-1d", "1y", "2027-01-01", "2027-13-01T00:00:00Z", "\u0661d", "0001-01-01T00:00:00+23:00"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(MalformedTime):
        parse_time(text, now=NOW)


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(9000, 1, 1)))
def test_what_is_shown_can_be_read_again(moment: datetime) -> None:
    at = int(moment.replace(tzinfo=UTC).timestamp())
    assert parse_time(when(at).replace(" UTC", "Z").replace(" ", "T"), now=NOW) == at


@given(st.text(max_size=30))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        parse_time(text, now=NOW)
    except MalformedTime:
        return
