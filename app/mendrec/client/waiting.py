"""How long to pause between two looks at something that the node is working on."""

from __future__ import annotations

from collections.abc import Iterator

_FIRST_S = 0.1
_LONGEST_S = 1.0
BEHIND_S = (0.25, 1.0, 2.0)
"""Pauses before a contradiction is believed to be one: of two chain nodes, one may be a block behind."""


def pauses_s(total_s: float) -> Iterator[float]:
    """Yields pauses that grow to a second and end with ``total_s``: soon done is soon seen, and nobody is pestered."""
    pause_s, waited_s = _FIRST_S, 0.0
    while waited_s < total_s:
        pause_s = min(pause_s, _LONGEST_S, total_s - waited_s)
        yield pause_s
        waited_s += pause_s
        pause_s *= 1.5
