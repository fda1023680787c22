"""What a route lets in before its own code runs: who, how large a body, of which type.

A route that states nothing takes a session, and JSON bodies of at most 64 KiB. So a route that forgets to state
something is too strict, never too open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app, request

_DEFAULT_BODY_MAX_BYTES = 64 * 1024
_ATTRIBUTE = "mendrec_rules"

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Rules:
    """What one route lets in."""

    public: bool = False
    """Nobody needs to be signed in."""
    body_max_bytes: int = _DEFAULT_BODY_MAX_BYTES
    content_types: tuple[str, ...] = ("application/json",)
    counted: bool = True
    """Whether it counts against the allowance of requests."""
    weight: float = 1.0
    """How much it counts."""


_STRICT = Rules()
_NOT_OURS = Rules(public=True, body_max_bytes=0)
"""Addresses that nobody wrote a rule for because they are not of the API: its page, and what is not there."""


def rules(
    *,
    public: bool = False,
    body_max_bytes: int = _DEFAULT_BODY_MAX_BYTES,
    content_types: tuple[str, ...] = ("application/json",),
    counted: bool = True,
    weight: float = 1.0,
) -> Callable[[F], F]:
    """Decorates a view, beneath the route's decorator: ``@api.post(...)``, then ``@rules(...)``, then the function."""

    def decorate(view: F) -> F:
        setattr(view, _ATTRIBUTE, Rules(public, body_max_bytes, content_types, counted, weight))
        return view

    return decorate


def rules_of_request() -> Rules:
    """The rules of the route that this request goes to."""
    endpoint = request.endpoint
    if endpoint is None or not request.path.startswith("/v1/"):
        view = current_app.view_functions.get(endpoint or "")
        found: Rules = getattr(view, _ATTRIBUTE, _NOT_OURS)
        return found
    stated: Rules = getattr(current_app.view_functions[endpoint], _ATTRIBUTE, _STRICT)
    return stated
