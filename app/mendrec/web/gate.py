"""What every request passes before its route's own code: its id, its size and type, the session, the allowance.

The order matters: what is cheap and says nothing comes first; who is not let in learns nothing about what is there.
"""

from __future__ import annotations

import json
import re
import secrets
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response, g, request

from mendrec.config import WebConfig
from mendrec.domain.errors import InputError, RefusedError
from mendrec.ports_web import SessionRow
from mendrec.services.sessions import CsrfRefused, require_csrf_token
from mendrec.web.answers import with_etag
from mendrec.web.context import NotSignedIn, app_context, current_node, request_id
from mendrec.web.errors import BodyTooLarge, UnsupportedContentType
from mendrec.web.limiting import address_key
from mendrec.web.rules import Rules, rules_of_request

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_PERSON_HEADER = "X-Mendrec-Person"
_BEARER = re.compile(r"Bearer ([A-Za-z0-9_-]{20,64})", re.ASCII)
_JSON_MAX_DEPTH = 32
_PAGE = "/openapi"
_CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_PAGE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""The API's page: its script puts its own style elements in; nothing may come from, or go to, anywhere else."""


class MalformedJson(InputError):
    """The body is not JSON, or not of a kind that is taken."""

    code = "input.json"


class StrictRequest(Request):
    """A request whose JSON is read once, strictly, and within bounds; whatever is wrong with it is a 400."""

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """The body's object. ``silent`` is not: what can't be read is said so."""
        del force, silent, cache
        if "mendrec_json" not in g:
            data = self.get_data()
            if self.content_length is None and len(data) >= (self.max_content_length or 0):
                # The stream of a body that states no length ends at the bound as if the body did.
                raise _too_large(self.max_content_length or 0)
            g.mendrec_json = _object_of(data)
        return g.mendrec_json


def open_gate(app: Flask) -> None:
    """Lets every request of an application pass through here."""
    app.request_class = StrictRequest
    app.before_request(_come_in)
    app.after_request(_go_out)


def cookie_name(web: WebConfig) -> str:
    """``__Host-`` binds a cookie to this host and to TLS; a plain name serves on a machine's own http origin only."""
    return "__Host-mendrec-session" if is_secure(web) else "mendrec-session"


def is_secure(web: WebConfig) -> bool:
    """Whether browsers reach the node over TLS."""
    return urlsplit(web.origin).scheme == "https"


class OtherHost(InputError):
    """The request's Host is no name of this node."""

    code = "input.host"
    default_remedy = "Ask the node by its web.origin; its operator can add other names to web.names."
    http_status = 421


class OtherPerson(RefusedError):
    """The page that asks was opened by somebody else than who is signed in now.

    A browser has one cookie for all of its tabs: whoever signs in in one of them is who every other one asks as.
    """

    code = "refused.session.other_person"
    default_remedy = "Sign in again on this page; nothing was done in the other person's name."
    http_status = 409


class CookieNeedsTls(RefusedError):
    """Browsers reach the node over plain HTTP from other machines: a cookie would go over the wire readable."""

    code = "refused.cookie_needs_tls"
    default_remedy = "Put a TLS proxy before the node and make web.origin an https:// address."


def require_safe_cookies() -> None:
    """Raises CookieNeedsTls unless browsers reach the node over TLS, or on its own machine."""
    web = current_node().config.web
    host = urlsplit(web.origin).hostname or ""
    if not is_secure(web) and host != "localhost" and not _is_loopback(host):
        raise CookieNeedsTls("This node gives out no cookies over plain HTTP.")


def require_own_origin() -> None:
    """Raises CsrfRefused unless a page of this node's own origin made the request."""
    stated = request.headers.get("Origin")
    if stated != current_node().config.web.origin:
        raise CsrfRefused("The request does not come from this node's own origin.")
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise CsrfRefused("The request does not come from this node's own origin.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _come_in() -> None:
    g.request_id = secrets.token_hex(8)
    g.session = None
    _require_own_name()
    if request.endpoint is None or request.routing_exception is not None:
        _count_address()
        return
    rules = rules_of_request()
    _require_url_of_text()
    _require_body_as_stated(rules)
    if request.method == "OPTIONS":
        return
    node = app_context().node
    refused: RefusedError | None = None
    if node is not None and request.path.startswith("/v1/"):
        try:
            _find_session()
        except RefusedError as error:
            refused = error
    if g.session is None:
        if rules.counted or not rules.public:  # who tries tokens is counted wherever they are tried
            _count_address(rules.weight)
    else:
        _give_time()
        if rules.counted:
            app_context().buckets.take(f"person {g.session.person}", tokens_taken=rules.weight)
    if refused is not None and not rules.public:
        raise refused
    if g.session is None and not rules.public:
        raise NotSignedIn("Nobody is signed in, or the session is over.")


def _require_own_name() -> None:
    """Raises OtherHost where a name is asked for that is not this node's.

    A page of anybody's whose name is made to point at this machine (DNS rebinding) asks by its own name; what is asked
    by an address was asked by no such page.
    """
    node, stated = app_context().node, request.environ.get("HTTP_HOST")
    if node is None or not stated:
        return
    try:
        name = urlsplit(f"//{stated}").hostname or ""
    except ValueError:
        name = ""
    web = node.config.web
    own = {urlsplit(web.origin).hostname, "localhost", *web.names}
    if name not in own and not _is_address(name):
        raise OtherHost("This node does not answer to that name.")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _give_time() -> None:
    """Tells the connection that somebody is signed in: the short time of strangers ends (see web.serving)."""
    known = getattr(request.environ.get("gunicorn.socket"), "person_is_known", None)
    if known is not None:
        known()


def _count_address(weight: float = 1.0) -> None:
    app_context().buckets.take(address_key(), tokens_taken=weight)


def _require_url_of_text() -> None:
    try:
        for text in (request.path, *request.args.keys(), *request.args.values()):
            _require_text(text)
    except ValueError as error:
        raise InputError("The address holds characters that are no text.") from error


def _require_body_as_stated(rules: Rules) -> None:
    request.max_content_length = rules.body_max_bytes
    if (request.content_length or 0) > rules.body_max_bytes:
        raise _too_large(rules.body_max_bytes)
    has_body = bool(request.content_length) or "Transfer-Encoding" in request.headers
    if has_body and request.method not in _SAFE_METHODS and request.mimetype not in rules.content_types:
        raise UnsupportedContentType(
            "The body is of a type that this address does not take.",
            remedy=f"Send it as {' or '.join(rules.content_types)}, with that Content-Type.",
        )


def _too_large(max_bytes: int) -> BodyTooLarge:
    return BodyTooLarge(f"The body is larger than {max_bytes} bytes.", remedy="Send less at a time.")


def _find_session() -> None:
    """Sets ``g.session``. The Authorization header goes before the cookie: it can't be sent by another site."""
    node = current_node()
    stated = request.headers.get("Authorization")
    if stated is not None:
        match = _BEARER.fullmatch(stated)
        if match:
            found = node.sessions.find(match[1], in_cookie=False)
            _require_person_as_stated(found)
            g.session = found
            g.session_token = match[1]
        return
    token = request.cookies.get(cookie_name(node.config.web))
    if token is None:
        return
    found = node.sessions.find(token, in_cookie=True)
    if found is None:
        return
    _require_person_as_stated(found)
    if request.method not in _SAFE_METHODS:
        require_own_origin()
        require_csrf_token(token, request.headers.get("X-CSRF-Token"))
    g.session = found
    g.session_token = token


def _require_person_as_stated(found: SessionRow | None) -> None:
    """Raises OtherPerson where the request says that it is for somebody else. It need not say so."""
    stated = request.headers.get(_PERSON_HEADER)
    if found is not None and stated is not None and stated.lower() != found.person.lower():
        raise OtherPerson("Another person is signed in in this browser.")


def _go_out(response: Response) -> Response:
    page = request.path == _PAGE or request.path.startswith(_PAGE + "/")
    if not page:
        response = with_etag(response)
    headers = response.headers
    headers.setdefault("Cache-Control", "no-store")
    headers.setdefault("Content-Security-Policy", _PAGE_CSP if page else _CSP)  # the page for people has its own
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers.setdefault("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
    headers["X-Request-Id"] = request_id()
    node = app_context().node
    if node is not None and is_secure(node.config.web):
        headers["Strict-Transport-Security"] = "max-age=63072000"
    headers.pop("Server", None)
    return response


def _object_of(data: bytes) -> dict[str, Any]:
    try:
        body = json.loads(data.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_unique)
        _require_plain(body, _JSON_MAX_DEPTH)
    except (ValueError, RecursionError) as error:  # a hostile nesting is malformed too, and no fault of ours
        raise MalformedJson("The body is not JSON that is taken here.") from error
    if not isinstance(body, dict):
        raise MalformedJson("The body is not a JSON object.")
    return body


def _require_plain(value: Any, levels: int) -> None:
    """Raises ValueError for what nests too deeply, and for texts that no database or log can hold."""
    if isinstance(value, str):
        _require_text(value)
    elif isinstance(value, dict | list):
        if levels == 0:
            raise ValueError("nested too deeply")
        for part in value:
            _require_plain(part, levels - 1)
            if isinstance(value, dict):
                _require_plain(value[part], levels - 1)


def _require_text(text: str) -> None:
    """Raises ValueError for NUL and for halves of surrogate pairs."""
    if "\x00" in text:
        raise ValueError("NUL in a text")
    text.encode("utf-8")  # a UnicodeEncodeError is a ValueError


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(word)
