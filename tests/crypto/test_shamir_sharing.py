"""Shamir's sharing against an independent implementation of GF(256), and the threshold of 1 in the same form."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mendrec.crypto.shamir import CannotCombineError, InvalidThreshold, combine, split
from tests.vectors.reference_shamir import reference_combine, reference_split

SECRET = bytes(range(32))


@settings(max_examples=15, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.integers(1, 7), st.data())
def test_any_threshold_shares_make_the_secret_again(secret: bytes, total: int, data: st.DataObject) -> None:
    threshold = data.draw(st.integers(1, total))
    shares = split(secret, total=total, threshold=threshold)
    assert len(shares) == total
    assert all(len(share) == 33 for share in shares)
    assert len({share[-1] for share in shares} - {0}) == total
    chosen = data.draw(st.permutations(shares))[:threshold]
    assert combine(chosen, threshold=threshold) == secret
    assert reference_combine(chosen) == secret


@settings(max_examples=10, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.integers(1, 5), st.integers(0, 1), st.randoms(use_true_random=False))
def test_shares_of_an_independent_implementation_combine(secret: bytes, threshold: int, more: int, random) -> None:
    coefficients = [random.randbytes(32) for _ in range(threshold - 1)]
    coordinates = random.sample(range(1, 256), threshold + more)
    shares = reference_split(secret, coefficients, coordinates)
    for chosen in itertools.combinations(shares, threshold):
        assert combine(chosen, threshold=threshold) == secret


def test_a_threshold_of_one_is_the_degree_0_polynomial() -> None:
    shares = split(SECRET, total=3, threshold=1)
    assert {share[:-1] for share in shares} == {SECRET}
    assert reference_split(SECRET, [], [share[-1] for share in shares]) == list(shares)
    for share in shares:
        assert combine([share], threshold=1) == SECRET


def test_less_than_the_threshold_is_refused_and_would_not_give_the_secret() -> None:
    shares = split(SECRET, total=5, threshold=3)
    for chosen in itertools.combinations(shares, 2):
        with pytest.raises(CannotCombineError):
            combine(chosen, threshold=3)
        assert reference_combine(chosen) != SECRET
    with pytest.raises(CannotCombineError):
        combine([], threshold=0)


def test_shares_that_do_not_fit_each_other_are_refused() -> None:
    shares = split(SECRET, total=3, threshold=2)
    for wrong in ([shares[0], shares[0]], [shares[0], shares[1][:-1]], [b"", b""], [shares[0], shares[1][:-1] + b"\0"]):
        with pytest.raises(CannotCombineError):
            combine(wrong, threshold=2)


@pytest.mark.parametrize(("total", "threshold"), [(0, 0), (1, 0), (0, 1), (2, 3), (256, 2), (3, -1)])
def test_impossible_sharings_are_refused(total: int, threshold: int) -> None:
    with pytest.raises(InvalidThreshold):
        split(SECRET, total=total, threshold=threshold)


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(InvalidThreshold):
        split(b"", total=3, threshold=2)
