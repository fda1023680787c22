"""``Idempotency-Key`` on requests that create: the same key with the same request gets the same answer.

Kept per person in the database, for a day. Only what was done is remembered: a refused request leaves its key free.
A process that dies while it answers leaves the key claimed; after a while the next request takes it over. What is
behind these routes does nothing twice either, so a takeover is safe.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, make_response, request
from pydantic import BaseModel, ConfigDict, Field

from mendrec.domain.errors import MendrecError
from mendrec.domain.model import Address
from mendrec.domain.tags import REQUEST_DIGEST, tagged_sha256_hex
from mendrec.ports_db import IdempotencyConflict
from mendrec.ports_web import RememberedAnswer
from mendrec.web.context import current_node, signed_in

_TAKE_OVER_AFTER_S = 60
KEPT_S = 86_400
"""How long an answer is remembered; the worker's chore forgets older ones."""


class IdempotencyHeader(BaseModel):
    """The header."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    idempotency_key: str | None = Field(
        default=None,
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9._:-]{1,128}$",
        description="The same key with the same request gets the same answer, for a day.",
    )


class StillAnswering(MendrecError):
    """The first request with this key is still being answered."""

    code = "conflict.still_answering"
    default_remedy = "Wait a moment, then ask again with the same key."
    http_status = 409


def idempotent(view: Callable[..., Response]) -> Callable[..., Response]:
    """Decorates a view beneath ``@rules``. It takes no ``header`` of its own; the key is documented for it."""

    @wraps(view)
    def remembering(*, header: IdempotencyHeader, **kwargs: Any) -> Response:
        if header.idempotency_key is None:
            return view(**kwargs)
        return _answer_once(header.idempotency_key, lambda: view(**kwargs))

    remembering.__annotations__ = {**view.__annotations__, "header": IdempotencyHeader}
    return remembering


def _answer_once(key: str, make: Callable[[], Response]) -> Response:
    person, answers, now = signed_in(), current_node().answers, current_node().clock.now()
    digest_hex = _request_digest_hex()
    known = answers.begin(person, key, digest_hex, now=now)
    if known is not None:
        if known.request_digest_hex != digest_hex:
            raise IdempotencyConflict("This key was used for another request.")
        if known.status is not None:
            return _again(known)
        if now - known.begun_at < _TAKE_OVER_AFTER_S:
            raise StillAnswering("The first request with this key is still being answered.")
        if not answers.take_over(person, key, begun_at=known.begun_at, now=now):
            raise StillAnswering("Another request with this key is being answered.")
    return _remembered(person, key, make)


def _remembered(person: Address, key: str, make: Callable[[], Response]) -> Response:
    answers = current_node().answers
    try:
        response = make()
    except BaseException:
        answers.release(person, key)
        raise
    if not 200 <= response.status_code < 300:
        answers.release(person, key)
        return response
    answers.keep(
        person,
        key,
        status=response.status_code,
        body=response.get_data(as_text=True),
        location=response.headers.get("Location"),
    )
    return response


def _again(known: RememberedAnswer) -> Response:
    response = make_response(known.body, known.status)
    response.mimetype = "application/json"
    response.headers["Idempotent-Replayed"] = "true"
    if known.location is not None:
        response.headers["Location"] = known.location
    return response


def _request_digest_hex() -> str:
    words = f"{request.method} {request.full_path}\n".encode("utf-8", "replace")
    return tagged_sha256_hex(REQUEST_DIGEST, words + request.get_data())
