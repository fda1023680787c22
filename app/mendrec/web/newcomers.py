"""What people cost who are not in the directory: accounts are free, so they are counted by where they come from."""

from __future__ import annotations

from mendrec.web.context import app_context, current_node, signed_in
from mendrec.web.limiting import address_key

_WEIGHT = 20.0


def charge_newcomer() -> None:
    """Takes a good part of an address's allowance for what somebody writes whom the directory does not know.

    Raises TooManyRequests while the address owes for what was written before.
    """
    if current_node().safe.is_enrolled(signed_in()):
        return
    buckets, key = app_context().buckets, address_key()
    buckets.require_no_debt(key)
    buckets.charge(key, _WEIGHT)  # a debt, so that the smallest allowance that can be set lets somebody in, too
