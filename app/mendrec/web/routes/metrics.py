"""Metrics in Prometheus' text format, for the networks of ``[metrics] allow``; others find nothing here."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response

from mendrec.domain.errors import MendrecError, NotFoundError
from mendrec.web.metering import condition_figures
from mendrec.web.observing import Operations, operations, sees_details
from mendrec.web.rules import rules

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def blueprint() -> Blueprint:
    """``/metrics``."""
    api = Blueprint("metrics", __name__)

    @api.get("/metrics")
    @rules(public=True, counted=False, body_max_bytes=0)
    def metrics() -> Response:
        if not sees_details():
            raise NotFoundError("There is nothing at this address.")
        watched = operations()
        return Response(watched.meters.exposition(lambda: _figures(watched)), content_type=_CONTENT_TYPE)

    return api


def _figures(watched: Operations) -> Iterator[tuple[str, str, dict[str, str], float]]:
    state = watched.readiness.state()
    yield "mendrec_ready", "1 where the node can serve", {}, float(state.is_ready)
    yield from condition_figures(state.conditions)
    try:
        counts = watched.looks.rows.outbox_counts()
    except MendrecError:  # readiness says it already
        return
    for name, count in counts.items():
        yield "mendrec_outbox_acts", "Acts in the outbox, by state", {"state": name}, float(count)
