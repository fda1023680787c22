"""Uniform errors: ``{code, message, remedy, request_id}`` whatever went wrong, and nothing of the server's insides."""

from __future__ import annotations

import logging
from email.utils import formatdate
from typing import Any

from flask import Flask, Response, g, jsonify, make_response
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from mendrec.domain.errors import (
    InputError,
    MendrecError,
    NotFoundError,
    RefusedError,
    UnavailableError,
    VerificationError,
)
from mendrec.ports_db import IdempotencyConflict
from mendrec.ports_relay import AuthorizationInUse, QuotaExceeded
from mendrec.web.context import NotSignedIn, request_id
from mendrec.web.limiting import TooManyRequests

_LOG = logging.getLogger(__name__)
_FAULTS_TOLD_MAX = 5
_RETRY_AFTER_S = 5
"""Told with 503: chain, database and stores are tried again soon."""


class UnsupportedContentType(InputError):
    """The body is of a type that this route does not take."""

    code = "input.content_type"


class BodyTooLarge(InputError):
    """The body is larger than this route takes."""

    code = "input.body_too_large"


class RangeNotSatisfiable(InputError):
    """The range lies outside of what there is."""

    code = "input.range"


class InsufficientStorage(UnavailableError):
    """There is no room left for it here."""

    code = "unavailable.storage_full"


_STATUS: tuple[tuple[type[MendrecError], int], ...] = (
    (NotSignedIn, 401),
    (TooManyRequests, 429),
    (QuotaExceeded, 429),
    (AuthorizationInUse, 409),
    (IdempotencyConflict, 409),
    (UnsupportedContentType, 415),
    (BodyTooLarge, 413),
    (RangeNotSatisfiable, 416),
    (InsufficientStorage, 507),
    (InputError, 400),
    (RefusedError, 403),
    (VerificationError, 409),
    (NotFoundError, 404),
    (UnavailableError, 503),
)
"""The first family that fits. A class may say its own status with an attribute ``http_status``."""

_HTTP_WORDS = {
    400: "The request can't be understood.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The body is too large.",
    415: "The body is of a type that this address does not take.",
}


def register_error_handlers(app: Flask) -> None:
    """Gives an application the uniform errors."""
    app.register_error_handler(MendrecError, _mendrec_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)


def status_of(error: MendrecError) -> int:
    """The HTTP status of one of this package's errors."""
    own = getattr(type(error), "http_status", None)
    if isinstance(own, int):
        return own
    return next((status for family, status in _STATUS if isinstance(error, family)), 500)


def error_response(error: MendrecError) -> Response:
    """The answer that an error is told with; for those that are not raised."""
    status = status_of(error)
    g.error_code = error.code
    _LOG.info("request %s answered %s %s", request_id(), status, error.code)
    response = _body(error.as_dict(), status)
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after_s)
    elif isinstance(error, QuotaExceeded):
        response.headers["Retry-After"] = formatdate(error.frees_at, usegmt=True)
    elif status == 503:
        response.headers["Retry-After"] = str(_RETRY_AFTER_S)
    elif status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="mendrec"'
    return response


def validation_error(error: ValidationError) -> Response:
    """What pydantic found in a body or in parameters, by place and without repeating what was sent."""
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    words = [f"{_place(fault['loc'])}: {_printable(fault['msg'])}" for fault in faults[:_FAULTS_TOLD_MAX]]
    if len(faults) > _FAULTS_TOLD_MAX:
        words.append(f"and {len(faults) - _FAULTS_TOLD_MAX} more")
    return error_response(
        InputError("; ".join(words) + ".", remedy="The API's page at /openapi/ shows what this address takes.")
    )


def _mendrec_error(error: MendrecError) -> Response:
    return error_response(error)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None and isinstance(error.response, Response):
        return error.response  # made by us already: a refused validation
    status = error.code or 500
    g.error_code = f"http.{status}"
    fields = {"code": f"http.{status}", "message": _HTTP_WORDS.get(status, error.name), "remedy": ""}
    response = _body(fields, status)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "Content-Range"}:
            response.headers[name] = value
    return response


def _fault(error: Exception) -> Response:
    # The kind of the fault only: its text may hold what must not be logged.
    _LOG.error("request %s failed with %s", request_id(), type(error).__name__)
    g.error_code = "fault"
    return _body({"code": "fault", "message": "Mendrec failed.", "remedy": "Tell the operator the request_id."}, 500)


def _body(fields: dict[str, Any], status: int) -> Response:
    return make_response(jsonify({**fields, "request_id": request_id()}), status)


def _place(location: tuple[int | str, ...]) -> str:
    return _printable(".".join(str(step) for step in location))[:80] or "body"


def _printable(text: str) -> str:
    """Names of unknown fields come from outside: control characters and the like are not repeated."""
    return "".join(character if character.isprintable() else "?" for character in text)[:200]
