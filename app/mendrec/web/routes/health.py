"""Whether the node lives, and whether it can serve. Not part of the described API: they are for who runs the node."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from mendrec import __version__
from mendrec.web.observing import operations, sees_details
from mendrec.web.rules import rules


def blueprint() -> Blueprint:
    """``/health/live`` and ``/health/ready``."""
    api = Blueprint("health", __name__)

    @api.get("/health/live")
    @rules(public=True, counted=False, body_max_bytes=0)
    def live() -> Response:
        """Answers as long as the process can; looks at nothing."""
        return jsonify({"status": "live", "version": __version__})

    @api.get("/health/ready")
    @rules(public=True, counted=False, body_max_bytes=0)
    def ready() -> tuple[Response, int]:
        """200 where the node can serve, else 503; each condition with its remedy for whoever may see it."""
        state = operations().readiness.state()
        body: dict[str, Any] = {"status": "ready" if state.is_ready else "not ready"}
        if sees_details():
            body["measured_at"] = state.measured_at
            body["conditions"] = [one.as_dict() for one in state.conditions]
        return jsonify(body), 200 if state.is_ready else 503

    return api
