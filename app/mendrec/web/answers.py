"""Answers: how routes make them, and how they say beforehand which ones they can give."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, make_response, request
from pydantic import BaseModel

from mendrec.api.common import ErrorBody

_ALWAYS = (400, 429, 500, 503)
"""Input that can't be used, too many requests, a fault of the node, and something that it needs and can't reach."""
_SIGNED_IN = (401, 403, 409)
"""409 also where the session is another person's than X-Mendrec-Person says (see web.gate)."""

SIGNED_IN: list[dict[str, list[Any]]] = [{"bearer": []}, {"cookie": []}]
"""``security=`` of a route that takes a session, either way."""
PUBLIC: list[dict[str, list[Any]]] = []
"""``security=`` of a route that anybody may ask."""


def responses(
    ok: Mapping[int, type[BaseModel] | dict[str, Any] | None],
    *errors: int,
    public: bool = False,
    body: bool = False,
    cached: bool = False,
) -> Any:
    """What a route can answer, for its OpenAPI description (``responses=`` of the route's decorator).

    Args:
        ok: status → the answer's model; None where there is no body; a dict as OpenAPI has it for other media types.
        errors: statuses of errors that are the route's own, such as 404 and 409.
        public: whether nobody needs to be signed in.
        body: whether it takes a body (413 and 415).
        cached: whether it answers ``If-None-Match`` (304).
    """
    statuses = {*_ALWAYS, *errors, *(() if public else _SIGNED_IN), *((413, 415) if body else ())}
    found: dict[str, Any] = {str(status): model for status, model in ok.items()}
    if cached:
        found["304"] = {"description": "Not modified since the ETag that was sent."}
    for status in sorted(statuses):
        found[str(status)] = ErrorBody
    return found


def answer(model: BaseModel, status: int = 200, *, location: str | None = None) -> Response:
    """The JSON answer of a model."""
    response = make_response(model.model_dump_json(by_alias=True), status)
    response.mimetype = "application/json"
    if location is not None:
        response.headers["Location"] = location
    return response


def no_content() -> Response:
    """204."""
    return make_response("", HTTPStatus.NO_CONTENT)


def with_etag(response: Response) -> Response:
    """Gives a whole JSON answer of a GET its ETag, and answers 304 where the asker has it already (RFC 9110)."""
    if (
        request.method not in {"GET", "HEAD"}
        or response.status_code != HTTPStatus.OK
        or response.is_streamed
        or response.direct_passthrough
        or "ETag" in response.headers
        or response.mimetype != "application/json"
    ):
        return response
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.make_conditional(request)
    return response
