"""Open-loop load: requests begin when their time has come, whether or not earlier ones have been answered.

A latency counts from the moment the request was due, so that a server that stalls cannot hide the queue it makes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What came of one run."""

    name: str
    asked_per_s: float
    latencies_ms: tuple[float, ...]
    """Of the requests that were answered rightly, sorted."""
    failures: tuple[str, ...]
    """Kinds of what went wrong."""
    seconds: float

    @property
    def answered_per_s(self) -> float:
        """Right answers a second, from the first due moment to the last answer."""
        return len(self.latencies_ms) / self.seconds

    def percentile_ms(self, share: float) -> float:
        """The latency that ``share`` (0 to 1) of the right answers do not exceed (nearest rank)."""
        if not self.latencies_ms:
            return float("nan")
        rank = max(1, -int(-share * len(self.latencies_ms) // 1))
        return self.latencies_ms[rank - 1]

    def line(self) -> str:
        """For people."""
        percentiles = ", ".join(f"p{share:g} {self.percentile_ms(share / 100):.1f} ms" for share in (50, 95, 99))
        failed = f", {len(self.failures)} failed ({', '.join(sorted(set(self.failures)))})" if self.failures else ""
        return f"{self.name:28} {self.answered_per_s:6.1f}/s of {self.asked_per_s:g}/s: {percentiles}{failed}"

    def to_json(self) -> dict[str, object]:
        """For machines."""
        return {
            "asked_per_s": self.asked_per_s,
            "answered_per_s": round(self.answered_per_s, 1),
            "requests": len(self.latencies_ms) + len(self.failures),
            "failures": len(self.failures),
            **{f"p{share}_ms": round(self.percentile_ms(share / 100), 1) for share in (50, 95, 99)},
        }


def run(name: str, acts: Sequence[Callable[[], None]], *, per_s: float, at_once: int = 64) -> Load:
    """Starts one act every ``1 / per_s`` seconds. An act raises where its answer is not the right one.

    Args:
        name: of what is measured.
        acts: in order; each is done once.
        per_s: how many begin a second.
        at_once: how many may be under way; more would wait, and their waiting counts.
    """
    begin = time.perf_counter() + 0.05

    def one(number: int) -> tuple[float, str | None]:
        due = begin + number / per_s
        time.sleep(max(0.0, due - time.perf_counter()))
        try:
            acts[number]()
        except Exception as error:  # any wrong answer is a failure to be counted
            return 0.0, type(error).__name__
        return (time.perf_counter() - due) * 1000, None

    with ThreadPoolExecutor(at_once) as pool:
        done = list(pool.map(one, range(len(acts))))
    seconds = time.perf_counter() - begin
    return Load(
        name=name,
        asked_per_s=per_s,
        latencies_ms=tuple(sorted(latency for latency, failure in done if failure is None)),
        failures=tuple(failure for _, failure in done if failure is not None),
        seconds=seconds,
    )
