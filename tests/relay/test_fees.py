"""What is offered: never above the limit, always enough, and a replacement is always one that pools take."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mendrec.domain.model import BlockRef
from mendrec.ports import FeeQuote, Fees
from mendrec.services.sender_fees import bumped_fees, first_fees

WEI = st.integers(0, 10**13)
LIMIT = st.integers(1, 10**13)
HEAD = BlockRef(1, "00" * 32, 1)


@given(base=WEI, priority=WEI, limit=LIMIT, legacy=st.booleans())
def test_a_first_offer_counts_now_and_is_within_the_limit(base: int, priority: int, limit: int, legacy: bool) -> None:
    quote = FeeQuote(HEAD, 0 if legacy else base, priority, legacy)
    fees = first_fees(quote, limit)
    if fees is None:
        assert (priority if legacy else base) > limit
        return
    assert fees.priority_fee_wei <= fees.max_fee_wei <= limit
    assert fees.max_fee_wei >= quote.base_fee_wei
    assert fees.legacy == legacy


@given(offered=LIMIT, tip=WEI, base=WEI, priority=WEI, limit=LIMIT, legacy=st.booleans())
def test_a_replacement_offers_an_eighth_more_of_both(
    offered: int, tip: int, base: int, priority: int, limit: int, legacy: bool
) -> None:
    before = Fees(offered, offered, True) if legacy else Fees(offered, min(tip, offered))
    quote = FeeQuote(HEAD, 0 if legacy else base, priority, legacy)
    after = bumped_fees(before, quote, limit)
    if after is None:
        return
    assert after.max_fee_wei <= limit
    assert after.max_fee_wei * 8 >= before.max_fee_wei * 9
    assert after.priority_fee_wei * 8 >= before.priority_fee_wei * 9
    assert after.priority_fee_wei <= after.max_fee_wei
    assert after.max_fee_wei >= quote.base_fee_wei


def test_there_is_always_a_replacement_where_the_limit_leaves_room() -> None:
    fees = Fees(0, 0)
    quote = FeeQuote(HEAD, 10**9, 0)
    for _ in range(40):
        bumped = bumped_fees(fees, quote, 10**12)
        assert bumped is not None
        assert bumped.max_fee_wei > fees.max_fee_wei
        fees = bumped
    assert bumped_fees(Fees(10**12, 1), quote, 10**12) is None
