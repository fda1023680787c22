"""The rule of access: proven against a reference written the other way round, for every combination."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mendrec.domain.access import (
    AccessExpired,
    AccessRefused,
    NothingGranted,
    NotYetValid,
    PurposeMismatch,
    RightMissing,
    require_access,
)
from mendrec.domain.model import EffectiveAccess, Purpose, Right

FROM_AT, UNTIL_AT = 1_000, 2_000


def access(rights: Right = Right.READ, purpose: int = Purpose.TREAT) -> EffectiveAccess:
    return EffectiveAccess(rights, FROM_AT, UNTIL_AT, purpose, 1)


@pytest.mark.parametrize("second", [FROM_AT, FROM_AT + 1, UNTIL_AT - 1])
def test_every_second_of_the_window_is_allowed_from_its_first_to_its_last(second: int) -> None:
    require_access(access(), Right.READ, Purpose.TREAT, at_times=(second,))


@pytest.mark.parametrize(("second", "refusal"), [(FROM_AT - 1, NotYetValid), (UNTIL_AT, AccessExpired)])
def test_one_second_outside_the_window_is_refused(second: int, refusal: type[AccessRefused]) -> None:
    with pytest.raises(refusal):
        require_access(access(), Right.READ, Purpose.TREAT, at_times=(second,))


@pytest.mark.parametrize("times", [(1_500, UNTIL_AT), (UNTIL_AT, 1_500), (1_500, FROM_AT - 1), (FROM_AT - 1, 1_500)])
def test_the_head_and_the_own_clock_must_both_lie_in_the_window(times: tuple[int, int]) -> None:
    with pytest.raises(AccessRefused):
        require_access(access(), Right.READ, Purpose.TREAT, at_times=times)


def test_another_right_another_purpose_and_nothing_at_all_are_told_apart() -> None:
    with pytest.raises(RightMissing):
        require_access(access(Right.UPLOAD), Right.READ, Purpose.TREAT, at_times=(1_500,))
    with pytest.raises(PurposeMismatch):
        require_access(access(), Right.READ, Purpose.HRESCH, at_times=(1_500,))
    with pytest.raises(NothingGranted):
        require_access(access(Right(0)), Right.READ, Purpose.TREAT, at_times=(1_500,))


def test_a_rule_about_time_without_a_time_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="needs a time"):
        require_access(access(), Right.READ, None, at_times=())


@given(
    rights=st.integers(0, 7),
    right=st.sampled_from(list(Right)),
    held=st.sampled_from(list(Purpose)),
    wanted=st.sampled_from(list(Purpose)),
    times=st.lists(st.integers(FROM_AT - 3, UNTIL_AT + 3), min_size=1, max_size=3),
)
def test_it_agrees_with_a_plain_reference(
    rights: int, right: Right, held: Purpose, wanted: Purpose, times: list[int]
) -> None:
    allowed = bool(rights & right) and held == wanted and all(t in range(FROM_AT, UNTIL_AT) for t in times)
    try:
        require_access(access(Right(rights), held), right, wanted, at_times=tuple(times))
    except AccessRefused:
        assert not allowed
    else:
        assert allowed
