"""What a node counts, for Prometheus. Labels are route templates, outcomes and error codes: nothing from outside.

Where several processes serve, each counts into a file of its own in ``PROMETHEUS_MULTIPROC_DIR``, and whichever is
asked adds them up. The variable has to be set before the library is loaded, so this module loads it late.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mendrec.domain.condition import Condition, Severity
from mendrec.domain.errors import MendrecError
from mendrec.domain.model import Address
from mendrec.domain.release import ReleaseRequest
from mendrec.domain.release_answer import ReleaseAnswer
from mendrec.ports import CustodianPort

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_STATE = {Severity.OK: 0.0, Severity.WARNING: 1.0, Severity.ERROR: 2.0}
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


class Meters:
    """The counters of one process."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram  # noqa: PLC0415 - see the module's words

        self.registry = CollectorRegistry()
        made: dict[str, Any] = {"registry": self.registry, "namespace": "mendrec"}
        self._requests = Counter("http_requests", "Requests answered", ["method", "route", "status"], **made)
        self._seconds = Histogram(
            "http_request_seconds", "Time to answer", ["method", "route"], buckets=_BUCKETS_S, **made
        )
        self._errors = Counter("errors", "Errors told, by code", ["code"], **made)
        self._releases = Counter("releases", "Records decided on by this custodian", ["outcome"], **made)
        self._rounds = Counter("worker_rounds", "Rounds of the worker", ["lease"], **made)
        self._faults = Counter("worker_faults", "Faults in rounds of the worker", ["part", "code"], **made)

    def request(self, method: str, route: str | None, status: int, seconds: float, code: str | None) -> None:
        """Counts one request. ``route`` is the template, None where no route fits; ``code`` is the error's."""
        method = method if method in _METHODS else "other"
        self._requests.labels(method, route or "none", str(status)).inc()
        self._seconds.labels(method, route or "none").observe(seconds)
        if code is not None:
            self._errors.labels(code).inc()

    def release(self, outcome: str) -> None:
        """Counts one record of a release, or a request refused as a whole."""
        self._releases.labels(outcome).inc()

    def worker_round(self, *, holds_lease: bool, faults: tuple[tuple[str, str], ...]) -> None:
        """Counts one round of a worker."""
        self._rounds.labels("held" if holds_lease else "not held").inc()
        for part, code in faults:
            self._faults.labels(part, code).inc()

    def exposition(self, figures: Callable[[], Iterator[tuple[str, str, dict[str, str], float]]]) -> bytes:
        """Returns everything in Prometheus' text format 0.0.4.

        Args:
            figures: what is measured at this moment: name, help, labels, value.
        """
        from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415
        from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

        counted = self.registry
        if os.environ.get(FOLDER_VARIABLE):
            counted = CollectorRegistry()
            MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        measured = CollectorRegistry()
        measured.register(_Figures(figures))
        return generate_latest(counted) + generate_latest(measured)


@dataclass(frozen=True)
class _Figures:
    read: Callable[[], Iterator[tuple[str, str, dict[str, str], float]]]

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415

        families: dict[str, Any] = {}
        for name, words, labels, value in self.read():
            family = families.setdefault(name, GaugeMetricFamily(name, words, labels=list(labels)))
            family.add_metric(list(labels.values()), value)
        yield from families.values()


def condition_figures(conditions: tuple[Condition, ...]) -> Iterator[tuple[str, str, dict[str, str], float]]:
    """What readiness measured, as gauges."""
    for one in conditions:
        yield "mendrec_condition", "0 well, 1 to be looked at, 2 wrong", {"check": one.check}, _STATE[one.severity]
        kind, _, name = one.check.partition(" ")
        for figure, value in one.figures.items():
            labels = {kind: name} if name else {}
            yield f"mendrec_{figure}", "See docs/operations.md", labels, value


@dataclass(frozen=True)
class MeteredCustodian:
    """Counts what a custodian decides. Satisfies :class:`mendrec.ports.CustodianPort`."""

    inner: CustodianPort
    meters: Meters

    @property
    def address(self) -> Address:
        """The custodian's."""
        return self.inner.address

    def release(self, request: ReleaseRequest, signature: bytes) -> ReleaseAnswer:
        """As the custodian itself."""
        try:
            answer = self.inner.release(request, signature)
        except MendrecError as error:
            self.meters.release(error.code)
            raise
        for outcome in answer.outcomes:
            self.meters.release(outcome.code)
        return answer
