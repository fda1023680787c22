"""What a transaction of the sender offers: at first, and when it is stuck (EIP-1559). Pure."""

from __future__ import annotations

from mendrec.ports import FeeQuote, Fees

_BASE_FEE_FACTOR = 2
"""The base fee can double in six full blocks (EIP-1559: at most 12.5 % a block)."""
_BUMP_PERCENT = 113
"""Pools replace a transaction for at least 10 % (geth) to 12.5 % more, of both fees."""


def first_fees(quote: FeeQuote, max_fee_wei: int) -> Fees | None:
    """Returns what to offer for a new transaction; None where even the base fee is above the limit.

    Args:
        quote: what the chain asks now.
        max_fee_wei: nothing is offered above it, for each unit of gas.
    """
    if (quote.priority_fee_wei if quote.legacy else quote.base_fee_wei) > max_fee_wei:
        return None
    if quote.legacy:
        return Fees(quote.priority_fee_wei, quote.priority_fee_wei, legacy=True)
    max_fee = min(quote.base_fee_wei * _BASE_FEE_FACTOR + quote.priority_fee_wei, max_fee_wei)
    return Fees(max_fee, min(quote.priority_fee_wei, max_fee))


def bumped_fees(offered: Fees, quote: FeeQuote, max_fee_wei: int) -> Fees | None:
    """Returns what to offer in place of ``offered``; None where a pool would not replace it within the limit."""
    least_max, least_priority = _bumped(offered.max_fee_wei), _bumped(offered.priority_fee_wei)
    if least_max > max_fee_wei:
        return None
    wanted = first_fees(quote, max_fee_wei)
    if wanted is None:
        return None
    max_fee = max(least_max, wanted.max_fee_wei)
    if offered.legacy:
        return Fees(max_fee, max_fee, legacy=True)
    return Fees(max_fee, min(max(least_priority, wanted.priority_fee_wei), max_fee))


def _bumped(fee_wei: int) -> int:
    return max(fee_wei + 1, -(-fee_wei * _BUMP_PERCENT // 100))
