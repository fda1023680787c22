"""What operators see of the HTTP door: a log line and a count for every request, and who may see more.

A line holds the request's id, method, route template, status, error code and time. It never holds the address that was
asked for, a query string, a header, a body or who asked.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, request

from mendrec.adapters.logs import logger
from mendrec.bootstrap_operations import NodeLooks, open_readiness
from mendrec.config import Config
from mendrec.services.readiness import Readiness
from mendrec.web.context import current_node
from mendrec.web.metering import Meters

EXTENSION = "mendrec.operations"
_LOG = logger("mendrec.requests")
_FORWARDING = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")
_QUIET_ROUTES = frozenset({"/health/live", "/health/ready", "/metrics"})
_MAKING = threading.Lock()


@dataclass(frozen=True)
class Operations:
    """What an application is watched with."""

    config: Config
    readiness: Readiness
    looks: NodeLooks
    meters: Meters


def open_operations(config: Config, meters: Meters | None = None) -> Operations:
    """Builds what an application over this home is watched with; nothing is asked yet."""
    return Operations(config, open_readiness(config), NodeLooks(config), meters or Meters())


def observe(app: Flask, operations: Operations) -> None:
    """Has every request of an application timed, counted and logged; goes around everything else it does."""
    app.extensions[EXTENSION] = operations
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request_funcs.setdefault(None, []).insert(0, _end)  # the first of these runs last


def operations() -> Operations:
    """What the application is watched with; made where nobody did."""
    with _MAKING:
        found = current_app.extensions.get(EXTENSION)
        if found is None:
            found = current_app.extensions[EXTENSION] = open_operations(current_node().config)
    assert isinstance(found, Operations)  # noqa: S101 - nobody else uses the name
    return found


def sees_details() -> bool:
    """Whether this request comes from a network that may see metrics and details.

    A request that came through a proxy which nobody declared is never taken for local: the address of its connection
    is the proxy's.
    """
    config = operations().config
    if not config.web.trusted_proxies and any(name in request.headers for name in _FORWARDING):
        return False
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in ipaddress.ip_network(network) for network in config.metrics.allow)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    route = None if request.url_rule is None else request.url_rule.rule
    code = g.get("error_code") if response.status_code >= 400 else None
    operations().meters.request(request.method, route, response.status_code, seconds, code)
    tell = _LOG.error if response.status_code >= 500 else _LOG.debug if route in _QUIET_ROUTES else _LOG.info
    tell(
        "request",
        request_id=g.get("request_id", ""),
        method=request.method if request.method.isalpha() and len(request.method) < 10 else "other",
        route=route,
        status=response.status_code,
        code=code,
        duration_ms=round(seconds * 1000, 1),
    )
    return response
