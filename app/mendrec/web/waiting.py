"""What a web process answers while its application can't be built: a chain or a database that is away comes back.

A process that ended instead would end the whole server with it; so it stays, answers 503, and tries again.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Flask, g, jsonify, request

from mendrec import __version__
from mendrec.adapters.logs import logger
from mendrec.domain.errors import MendrecError, UnavailableError
from mendrec.web.errors import register_error_handlers
from mendrec.web.observing import Operations, observe

_FIRST_S = 20.0
"""How long the first try may hold up the server's own start of the process."""
_PAUSE_S, _PAUSE_MAX_S = 1.0, 10.0
_LIVE = "/health/live"
_LOG = logger("mendrec.node")


class NotOpenYet(UnavailableError):
    """This process waits for something that the node needs."""

    code = "unavailable.opening"
    default_remedy = "Try again soon. The operator: `mendrec doctor` tells what is away, and the log since when."


class WaitingApp:
    """A WSGI application that is another one as soon as that could be built."""

    def __init__(self, build: Callable[[], Flask], meanwhile: Flask, *, pause_s: float = _PAUSE_S) -> None:
        """Tries at once, and then again and again; nothing is raised, every other reason is logged once."""
        self._build = build
        self._meanwhile = meanwhile
        self._pause_s = pause_s
        self._app: Flask | None = None
        self._tried = threading.Event()
        threading.Thread(target=self._try, name="opening", daemon=True).start()
        self._tried.wait(_FIRST_S)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answers with what there is by now."""
        return (self._app or self._meanwhile)(environ, start_response)

    @property
    def extensions(self) -> Mapping[str, Any]:
        """Those of the application that answers."""
        return (self._app or self._meanwhile).extensions

    def _try(self) -> None:
        pause_s, told = self._pause_s, ""
        while True:
            try:
                self._app = self._build()
            except Exception as error:
                code = error.code if isinstance(error, MendrecError) else type(error).__name__
                if code != told:
                    told = code
                    _LOG.error("web process waits", code=code)
            else:
                break
            finally:
                self._tried.set()
            threading.Event().wait(pause_s)
            pause_s = min(2 * pause_s, _PAUSE_MAX_S)
        if told:
            _LOG.info("web process serves")


def meanwhile_app(operations: Operations) -> Flask:
    """Returns what answers 503 to everything but the question whether the process lives."""
    app = Flask("mendrec.waiting", static_folder=None)
    register_error_handlers(app)

    @app.before_request
    def _wait() -> None:
        g.request_id = secrets.token_hex(8)
        if request.path != _LIVE:
            raise NotOpenYet("The node waits for its chain or its database.")

    @app.get(_LIVE)
    def _live() -> Any:
        return jsonify({"status": "live", "version": __version__})

    observe(app, operations)
    return app
