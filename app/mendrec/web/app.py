"""The node's HTTP door: for now the custodian's release and a liveness answer.

``POST /v1/release`` needs no session: the request carries the reader's EIP-712 signature, and everything is decided
on that and on the chain. Errors are uniform: ``{code, message, remedy, request_id}``.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from typing import Any

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from mendrec import __version__
from mendrec.domain.errors import (
    InputError,
    MendrecError,
    NotFoundError,
    RefusedError,
    UnavailableError,
    VerificationError,
)
from mendrec.domain.limits import LIMITS
from mendrec.domain.release import MalformedRequest, parse_request
from mendrec.ports import CustodianPort

_LOG = logging.getLogger(__name__)
_SIGNATURE_HEX = re.compile(r"0x[0-9a-f]{130,8192}")
_STATUS: tuple[tuple[type[MendrecError], int], ...] = (
    (InputError, 400),
    (RefusedError, 403),
    (VerificationError, 409),
    (NotFoundError, 404),
    (UnavailableError, 503),
)
_RELEASE_MAX_BYTES = LIMITS.release_max_records * 6_144
"""A record with the longest path is under 5 KiB of JSON."""


def create_app(custodian: CustodianPort) -> Flask:
    """Returns the WSGI application of one custodian's node."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _RELEASE_MAX_BYTES

    @app.before_request
    def _name_request() -> None:
        g.request_id = secrets.token_hex(8)

    @app.after_request
    def _harden(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Request-Id"] = g.get("request_id", "")
        return response

    @app.get("/health/live")
    def _live() -> Response:
        return jsonify({"status": "live", "version": __version__})

    @app.post("/v1/release")
    def _release() -> Response:
        body = _json_object(request.get_data())
        if not isinstance(body.get("request"), dict):
            raise MalformedRequest("The body is a JSON object with `request` and `signature`.")
        signature = body.get("signature")
        if not isinstance(signature, str) or not _SIGNATURE_HEX.fullmatch(signature):
            raise MalformedRequest("The signature is 0x and lower-case hex digits.")
        answer = custodian.release(parse_request(body["request"]), bytes.fromhex(signature[2:]))
        return jsonify(answer.to_json())

    app.register_error_handler(MendrecError, _mendrec_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)
    return app


def _json_object(data: bytes) -> dict[str, Any]:
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as error:  # a hostile nesting is malformed too, and no fault of ours
        raise MalformedRequest("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise MalformedRequest("The body is not a JSON object.")
    return body


def _mendrec_error(error: MendrecError) -> tuple[Response, int]:
    status = next((status for family, status in _STATUS if isinstance(error, family)), 500)
    _LOG.info("request %s answered %s %s", g.request_id, status, error.code)
    return _body(error.as_dict()), status


def _http_error(error: HTTPException) -> tuple[Response, int]:
    status = error.code or 500
    return _body({"code": f"http.{status}", "message": error.name, "remedy": ""}), status


def _fault(error: Exception) -> tuple[Response, int]:
    # The kind of the fault only: its text may hold what must not be logged.
    _LOG.error("request %s failed with %s", g.request_id, type(error).__name__)
    fault = {"code": "fault", "message": "Mendrec failed.", "remedy": "Tell the operator the request_id."}
    return _body(fault), 500


def _body(fields: dict[str, Any]) -> Response:
    return jsonify({**fields, "request_id": g.request_id})
