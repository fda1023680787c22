"""The node's HTTP door: the WSGI application over a node, with its OpenAPI 3.1 description and page.

Everything is under ``/v1`` and answers JSON; errors are uniform (:mod:`mendrec.web.errors`); every request passes
:mod:`mendrec.web.gate` first. A route that does not say otherwise takes a session.
"""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Info, OpenAPI
from werkzeug.middleware.proxy_fix import ProxyFix

from mendrec import __version__
from mendrec.api.common import ErrorBody
from mendrec.bootstrap import Node
from mendrec.config import WebConfig
from mendrec.ports import CustodianPort
from mendrec.web import ui
from mendrec.web.api_page import set_up_page
from mendrec.web.context import EXTENSION, AppContext, StreamPace
from mendrec.web.errors import register_error_handlers, validation_error
from mendrec.web.gate import cookie_name, open_gate
from mendrec.web.limiting import StreamSlots, TokenBuckets
from mendrec.web.routes import (
    acts,
    applications,
    care,
    consents,
    copies,
    custodians,
    events,
    health,
    metrics,
    objects,
    operations,
    people,
    professionals,
    receipts,
    records,
    release,
    safe,
    sealed_objects,
    sessions,
    uploads,
)
from mendrec.web.routes import node as node_facts

_ROUTES = (
    release,
    custodians,
    node_facts,
    sessions,
    people,
    safe,
    professionals,
    applications,
    consents,
    acts,
    receipts,
    events,
    uploads,
    records,
    objects,
    sealed_objects,
    care,
    copies,
    operations,
    health,
    metrics,
)
"""In the order in which the API's page shows them."""
_CUSTODIAN_REQUESTS_PER_MINUTE = 6_000
_STREAMS_PER_PERSON = 4


def create_app(
    node: Node,
    *,
    custodian: CustodianPort | None,
    buckets: TokenBuckets | None = None,
    pace: StreamPace | None = None,
) -> OpenAPI:
    """Returns the WSGI application of a node.

    Args:
        node: the use cases; it holds no key of anybody's.
        custodian: who answers ``POST /v1/release`` here; None where this node is no custodian.
        buckets: other allowances than the configured ones, for simulations.
        pace: another pace of event streams than the usual one, for simulations.
    """
    web = node.config.web
    per_process = web.requests_per_minute / max(1, web.processes)
    context = AppContext(
        node=node,
        custodian=custodian,
        buckets=buckets or TokenBuckets(per_process),
        streams=StreamSlots(per_person=_STREAMS_PER_PERSON, in_all=max(1, web.threads // 2)),
        pace=pace or StreamPace(),
        cursor_key=node.cursor_key,
    )
    app = _bare_app(context, web)
    for routes in _ROUTES:
        _register(app, routes.blueprint())
    if web.page:
        app.register_blueprint(ui.blueprint(app))
    if web.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=web.trusted_proxies)  # type: ignore[method-assign]
    return app


def create_custodian_app(custodian: CustodianPort) -> OpenAPI:
    """Returns the WSGI application of a custodian alone: release and a liveness answer, without a node's API."""
    context = AppContext(
        None, custodian, TokenBuckets(_CUSTODIAN_REQUESTS_PER_MINUTE), StreamSlots(per_person=0, in_all=0)
    )
    app = _bare_app(context, WebConfig())
    _register(app, release.blueprint())

    @app.get("/health/live", doc_ui=False)
    def _live() -> dict[str, str]:
        return {"status": "live", "version": __version__}

    return app


def _bare_app(context: AppContext, web: WebConfig) -> OpenAPI:
    app = OpenAPI(
        "mendrec.web",
        info=Info(
            title="Mendrec node",
            version=__version__,
            description="Patient-owned consent over sealed, anchored and self-mending health records.",
        ),
        security_schemes={
            "bearer": {"type": "http", "scheme": "bearer", "description": "A session's token, for programs."},
            "cookie": {
                "type": "apiKey",
                "in": "cookie",
                "name": cookie_name(web),
                "description": "A session's cookie, for browsers; unsafe methods carry X-CSRF-Token too.",
            },
        },
        validation_error_status=400,
        validation_error_model=ErrorBody,
        validation_error_callback=validation_error,
        static_folder=None,
    )
    app.extensions[EXTENSION] = context
    app.json.sort_keys = False  # type: ignore[attr-defined]
    set_up_page(app)
    open_gate(app)
    register_error_handlers(app)
    return app


def _register(app: OpenAPI, part: object) -> None:
    """An APIBlueprint of the API, or a plain one that is not described."""
    if isinstance(part, APIBlueprint):
        app.register_api(part)
    else:
        app.register_blueprint(part)  # type: ignore[arg-type]
