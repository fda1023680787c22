"""What a route knows of its request: the node it runs in, who is signed in, and the request's id."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field

from flask import current_app, g

from mendrec.bootstrap import Node
from mendrec.domain.errors import MendrecError, NotFoundError
from mendrec.domain.model import Address
from mendrec.ports import CustodianPort
from mendrec.ports_web import SessionRow
from mendrec.web.limiting import StreamSlots, TokenBuckets

EXTENSION = "mendrec"


class NotSignedIn(MendrecError):
    """There is no session, or it is over."""

    code = "unauthenticated"
    default_remedy = "Sign in with your wallet: POST /v1/sign-in/nonce, then POST /v1/sessions."


@dataclass(frozen=True, slots=True)
class StreamPace:
    """How an event stream runs."""

    poll_s: float = 1.0
    heartbeat_every: int = 15
    """Polls without an event, after which a comment is sent: proxies and browsers drop what is silent."""
    polls_max: int = 900
    """Then the stream ends and the browser opens it again where it was: no thread is held for ever."""


@dataclass(frozen=True)
class AppContext:
    """What one application of one process was built over."""

    node: Node | None
    custodian: CustodianPort | None
    buckets: TokenBuckets
    streams: StreamSlots
    pace: StreamPace = StreamPace()
    cursor_key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    """Authenticates the cursors of lists; the processes of a node have the same one."""
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when the process is to end: open event streams end too."""


def app_context() -> AppContext:
    """What the application was built over."""
    found: AppContext = current_app.extensions[EXTENSION]
    return found


def current_node() -> Node:
    """The node."""
    node = app_context().node
    if node is None:
        raise NotFoundError("This door serves a custodian only.")
    return node


def current_custodian() -> CustodianPort:
    """The custodian that this node is.

    Raises:
        NotFoundError: it is none.
    """
    custodian = app_context().custodian
    if custodian is None:
        raise NotFoundError(
            "This node is not a custodian.", remedy="Ask the custodians that GET /v1/node names, at their own URLs."
        )
    return custodian


def request_id() -> str:
    """Names this request in logs and answers: 16 hex digits."""
    found: str = g.get("request_id", "")
    return found


def current_session() -> SessionRow | None:
    """The session that this request came in, checked already; None where it came without one."""
    session: SessionRow | None = g.get("session")
    return session


def required_session() -> SessionRow:
    """The session that this request came in.

    Raises:
        NotSignedIn: none, or one that is over.
    """
    session = current_session()
    if session is None:
        raise NotSignedIn("Nobody is signed in.")
    return session


def signed_in() -> Address:
    """Who is signed in.

    Raises:
        NotSignedIn: nobody, or the session is over.
    """
    return required_session().person
