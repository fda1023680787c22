"""The placement rule against a reference that tries every set of stores."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mendrec.domain.errors import ConfigurationError
from mendrec.domain.placement import (
    PlacementRule,
    StorePlace,
    additions,
    choose,
    is_met,
    require_distinct,
)
from mendrec.domain.storage_errors import PlacementImpossible, StoreNameTaken

rules = st.tuples(st.integers(1, 5), st.integers(1, 5)).map(lambda two: PlacementRule(max(two), min(two)))


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[StorePlace], list[StorePlace]]:
    """Up to six stores in up to four domains; some of them hold a copy already."""
    domains = draw(st.lists(st.sampled_from("ABCD"), max_size=6))
    places = [StorePlace(f"s{number}", domain) for number, domain in enumerate(domains)]
    holds = draw(st.lists(st.booleans(), min_size=len(places), max_size=len(places)))
    return (
        [place for place, has in zip(places, holds, strict=True) if not has],
        [place for place, has in zip(places, holds, strict=True) if has],
    )


def fewest(rule: PlacementRule, free: list[StorePlace], holding: list[StorePlace]) -> int | None:
    """By trying all: how many more stores the rule needs; None where no set of them will do."""
    for count in range(len(free) + 1):
        if any(is_met(rule, [*holding, *more]) for more in combinations(free, count)):
            return count
    return None


@given(rule=rules, situation=situations())
def test_choice_is_the_smallest_that_meets_the_rule_and_fails_only_where_none_can(
    rule: PlacementRule, situation: tuple[list[StorePlace], list[StorePlace]]
) -> None:
    free, holding = situation
    least = fewest(rule, free, holding)
    if least is None:
        with pytest.raises(PlacementImpossible):
            choose(rule, free, holding)
        return
    chosen = choose(rule, free, holding)
    assert len(chosen) == least
    assert is_met(rule, [*holding, *chosen])


@given(rule=rules, situation=situations())
def test_additions_never_repeat_a_store_and_tell_what_is_short(
    rule: PlacementRule, situation: tuple[list[StorePlace], list[StorePlace]]
) -> None:
    free, holding = situation
    found = additions(rule, [*holding, *free], holding)
    after = [*holding, *found.places]
    assert len(set(after)) == len(after)
    assert found.suffices == is_met(rule, after)
    assert found.copies_short == max(0, rule.copies - len(after))
    assert found.domains_short == max(0, rule.domains - len({place.failure_domain for place in after}))


def test_two_stores_of_one_domain_are_one_domain() -> None:
    same = [StorePlace("a", "ward"), StorePlace("b", "ward")]
    assert not is_met(PlacementRule(2, 2), same)
    with pytest.raises(PlacementImpossible):
        choose(PlacementRule(2, 2), same)


def test_earlier_candidates_are_preferred() -> None:
    first, second, third = StorePlace("a", "x"), StorePlace("b", "x"), StorePlace("c", "y")
    assert choose(PlacementRule(1, 1), [first, second, third]) == (first,)
    assert choose(PlacementRule(2, 2), [first, second, third]) == (first, third)


@pytest.mark.parametrize(("copies", "domains"), [(0, 0), (1, 2), (2, 0), (-1, -1)])
def test_a_rule_that_makes_no_sense_is_refused(copies: int, domains: int) -> None:
    with pytest.raises(ConfigurationError):
        PlacementRule(copies, domains)


@pytest.mark.parametrize(
    "places",
    [
        [StorePlace("a", "x"), StorePlace("a", "y")],
        [StorePlace("a", "x", 1), StorePlace("b", "y", 1)],
    ],
)
def test_stores_that_share_a_name_or_a_location_are_refused(places: list[StorePlace]) -> None:
    with pytest.raises(StoreNameTaken):
        require_distinct(places)


def test_unregistered_stores_may_be_many() -> None:
    require_distinct([StorePlace("a", "x"), StorePlace("b", "y")])
