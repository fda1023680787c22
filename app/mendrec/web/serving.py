"""Serving under gunicorn: threads in processes, slow clients cut off, requests in flight finished at the end.

gunicorn's own logger may write what came from outside, and the text of exceptions; the one here writes templates only.
"""

from __future__ import annotations

import errno
import math
import selectors
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn, ThreadWorker

from mendrec.adapters.logs import logger
from mendrec.config import WebConfig
from mendrec.web.context import EXTENSION, AppContext
from mendrec.web.crowds import Crowd
from mendrec.web.limiting import site_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

GRACEFUL_S = 25
"""How long requests in flight may take when the node is told to stop."""
_SILENT_WORKER_S = 60
"""A process whose main loop says nothing for that long is killed and replaced; requests do not run in that loop."""
_KEEPALIVE_S = 5
_PATIENCE_S = 15.0
"""How long a request may keep a thread waiting for bytes in all, beyond what its rate earns it."""
_RATE_BYTES_PER_S = 8192
"""Bytes that earn one more second: whoever sends slower than this over a while is cut off."""
_HEAD_S = 10.0
"""How long a request's head may take to come, at whatever rate."""
_UNKNOWN_BODY_S = 30.0
"""How long the body may take of a request in which nobody is signed in."""
_LOOK_EVERY_S = 1.0
"""How often a request that waits for its bytes looks whether too many do."""
_SEND_S = 30.0
"""How long one piece of an answer may wait for its reader."""
_CONNECTIONS_PER_THREAD = 8
_KEPT_THREADS = 2
"""Threads that neither streams nor slow clients get: for health, and for whoever is quick."""


class PacedSocket(socket.socket):
    """A connection whose other side must keep going: it may pause, and may not drip."""

    _left_s = _PATIENCE_S
    _until = math.inf
    crowd = Crowd(in_all=1_000_000, per_site=1_000_000)
    site = ""
    began_at = 0.0
    """By the monotonic clock."""
    received_bytes = 0
    """Of this request."""
    has_to_go = False

    def begin(self) -> None:
        """A new request begins: its patience is whole again, and its head has so long to come."""
        self._left_s = _PATIENCE_S
        self.received_bytes = 0
        self.has_to_go = False
        self.began_at = time.monotonic()
        self._until = self.began_at + _HEAD_S

    def head_has_come(self) -> None:
        """The body of somebody unknown has so long to come."""
        self._until = time.monotonic() + _UNKNOWN_BODY_S

    def person_is_known(self) -> None:
        """Somebody is signed in: a large body may take its time, at the rate that is asked of everybody."""
        self._until = math.inf

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """As a socket's own; raises ConnectionResetError when the other side has used up its time."""
        if self.gettimeout() == 0.0:  # gunicorn looks whether something is there
            return super().recv(size, flags)
        began = time.monotonic()
        self.settimeout(None)
        try:
            data = super().recv(size, flags | socket.MSG_DONTWAIT)
        except BlockingIOError:
            data = self._waited_for(size, flags)
        waited_s = time.monotonic() - began
        self._left_s = min(_PATIENCE_S, self._left_s - waited_s + len(data) / _RATE_BYTES_PER_S)
        self.received_bytes += len(data)
        return data

    def _waited_for(self, size: int, flags: int) -> bytes:
        until = min(time.monotonic() + self._left_s, self._until)
        self.crowd.enter(self)
        try:
            while (left_s := until - time.monotonic()) > 0 and not self.crowd.is_too_many(self):
                self.settimeout(min(left_s, _LOOK_EVERY_S))
                try:
                    return super().recv(size, flags)
                except TimeoutError:
                    continue
        finally:
            self.crowd.leave(self)
            self.settimeout(None)
        self._left_s = 0.0
        raise ConnectionResetError(errno.ECONNRESET, "too slow")

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """As a socket's own; raises ConnectionResetError when nobody takes the bytes."""
        try:
            self.settimeout(_SEND_S)
            super().sendall(data, flags)
        except TimeoutError as error:
            raise ConnectionResetError(errno.ECONNRESET, "too slow") from error
        finally:
            self.settimeout(None)


class NodeWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's thread worker with paced connections; tells its application when it is to end."""

    behind_proxies = False
    """Whether connections are a proxy's, so that their addresses tell nobody apart."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        threads = self.cfg.threads
        in_all = max(1, threads - threads // 2 - _KEPT_THREADS)  # half of them may hold event streams
        self._crowd = Crowd(in_all=in_all, per_site=in_all if self.behind_proxies else max(1, threads // 4))

    def accept(self, listener: Any) -> None:
        """Waits for a new connection's first byte without a thread: who says nothing costs nothing."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in {errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED}:
                return  # another process was faster, or the client is gone
            raise
        self.nr_conns += 1
        conn = TConn(self.cfg, client, address, listener.getsockname())
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def enqueue_req(self, conn: Any) -> None:
        """Paces a connection before its first request."""
        if not isinstance(conn.sock, PacedSocket):
            plain = conn.sock
            conn.sock = PacedSocket(plain.family, plain.type, plain.proto, fileno=plain.detach())
            conn.sock.crowd = self._crowd
            conn.sock.site = site_of(conn.client[0])
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Begins a request's time anew, now that a thread is there for it."""
        conn.sock.begin()
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """The head has come; what is still to come is the body."""
        conn.sock.head_has_come()
        return super().handle_request(req, conn)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Ends open event streams, so that they do not keep the process up."""
        application = getattr(self, "wsgi", None)  # none yet where a process is ended while it starts
        context = getattr(application, "extensions", {}).get(EXTENSION)
        if isinstance(context, AppContext):
            context.stopping.set()
        super().handle_exit(sig, frame)


class NodeLog(Logger):  # type: ignore[misc]
    """What gunicorn says, as lines of the node's log: its own words, and never the values in them."""

    def __init__(self, cfg: Any) -> None:
        super().__init__(cfg)
        self._lines = logger("mendrec.server")

    def setup(self, cfg: Any) -> None:
        """Nothing: the process's log is set up already, and shall stay so."""

    def access(self, *_args: Any) -> None:
        """Nothing: every request has its line already."""

    def reopen_files(self) -> None:
        """Nothing: there are none."""

    def close_on_exec(self) -> None:
        """Nothing: there are no files."""

    def critical(self, msg: Any, *_args: Any, **_kwargs: Any) -> None:
        self._lines.critical(_words(msg))

    def error(self, msg: Any, *_args: Any, **_kwargs: Any) -> None:
        self._lines.error(_words(msg))

    def warning(self, msg: Any, *_args: Any, **_kwargs: Any) -> None:
        self._lines.info(_words(msg))  # what clients do wrong is no warning to the operator

    def info(self, msg: Any, *_args: Any, **_kwargs: Any) -> None:
        self._lines.info(_words(msg))

    def debug(self, msg: Any, *_args: Any, **_kwargs: Any) -> None:
        self._lines.debug(_words(msg))

    def exception(self, msg: Any, *_args: Any, **_kwargs: Any) -> None:
        self._lines.error(_words(msg), exc_info=True)

    def log(self, _level: Any, msg: Any, *_args: Any, **_kwargs: Any) -> None:
        self._lines.info(_words(msg))


def _words(message: Any) -> str:
    """A template without its values; gunicorn fills some in by itself, behind a colon or an equals sign."""
    text = str(message)
    for mark in ("=", ":"):
        text = text.partition(mark)[0]
    return text.replace("%s", "…").replace("%r", "…").replace("%d", "…").removesuffix("(pid").strip()


class NodeServer(BaseApplication):  # type: ignore[misc]
    """gunicorn over an application that every process builds for itself."""

    def __init__(self, web: WebConfig, listener: socket.socket, build: Callable[[], WSGIApplication]) -> None:
        self._web = web
        self._listener = listener
        self._build = build
        super().__init__()

    def load_config(self) -> None:
        """Everything is said here; no file and no environment is asked."""
        threads = self._web.threads
        for name, value in {
            "bind": f"fd://{self._listener.fileno()}",
            "workers": self._web.processes,
            "threads": threads,
            "worker_class": type("NodeWorker", (NodeWorker,), {"behind_proxies": self._web.trusted_proxies > 0}),
            "worker_connections": max(64, threads * _CONNECTIONS_PER_THREAD),
            "timeout": _SILENT_WORKER_S,
            "graceful_timeout": GRACEFUL_S,
            "keepalive": _KEEPALIVE_S,
            "logger_class": NodeLog,
            "accesslog": None,
            "limit_request_line": 4094,
            "limit_request_fields": 64,
            "limit_request_field_size": 8190,
            "sendfile": False,  # it would go around the pace
            "control_socket_disable": True,
            "proc_name": "mendrec node",
        }.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        """Builds the application, in the process that serves it."""
        return self._build()
