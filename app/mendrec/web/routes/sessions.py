"""Signing in with a wallet (EIP-4361) and one's sessions."""

from __future__ import annotations

from flask import Response, g, request
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api.sessions import (
    CurrentSessionAnswered,
    NonceAnswered,
    OpenSessionAnswered,
    SessionAnswered,
    SessionPath,
    SessionsAnswered,
    SignInAsked,
)
from mendrec.ports_web import SessionRow
from mendrec.services.sessions import OpenSession, csrf_token_of
from mendrec.web.answers import PUBLIC, SIGNED_IN, answer, no_content, responses
from mendrec.web.context import current_node, current_session, required_session, signed_in
from mendrec.web.gate import cookie_name, is_secure, require_own_origin, require_safe_cookies
from mendrec.web.rules import rules


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint("sessions", __name__, abp_tags=[Tag(name="sessions", description="Signing in with a wallet")])

    @api.post("/v1/sign-in/nonce", security=PUBLIC, responses=responses({200: NonceAnswered}, 413, 415, public=True))
    @rules(public=True)
    def new_nonce() -> Response:
        """Gives out a nonce to sign in with. It serves once, for ten minutes."""
        sessions = current_node().sessions
        nonce, expires_at = sessions.new_nonce()
        terms = sessions.terms
        words = NonceAnswered(
            nonce=nonce, expires_at=expires_at, domain=terms.domain, uri=terms.uri, chain_id=terms.chain_id
        )
        return answer(words)

    @api.post(
        "/v1/sessions",
        security=PUBLIC,
        responses=responses({201: OpenSessionAnswered}, 403, public=True, body=True),
    )
    @rules(public=True)
    def sign_in(body: SignInAsked) -> Response:
        """Opens a session for whoever signed the message.

        Any address may sign in; what it may do, the chain says at each request. A session in a cookie can be opened
        from the node's own origin only, and takes the place of the one that the browser had.
        """
        sessions = current_node().sessions
        before = None
        if body.cookie:
            require_safe_cookies()
            require_own_origin()
            before = sessions.find(request.cookies.get(cookie_name(current_node().config.web), ""), in_cookie=True)
        opened = sessions.sign_in(body.message, bytes.fromhex(body.signature.removeprefix("0x")), in_cookie=body.cookie)
        if before is not None:
            sessions.end_quietly(before)
        return _opened(opened, 201)

    @api.get("/v1/sessions", security=SIGNED_IN, responses=responses({200: SessionsAnswered}, cached=True))
    @rules()
    def list_sessions() -> Response:
        """Lists one's own open sessions, newest first."""
        rows = current_node().sessions.of_person(signed_in())
        return answer(SessionsAnswered(items=[_words(row) for row in rows]))

    @api.get(
        "/v1/sessions/current", security=SIGNED_IN, responses=responses({200: CurrentSessionAnswered}, cached=True)
    )
    @rules()
    def current() -> Response:
        """Tells the session that asks, and the word that unsafe requests with its cookie carry."""
        row = required_session()
        csrf_token = csrf_token_of(g.session_token) if row.in_cookie else None
        return answer(CurrentSessionAnswered(session=_words(row), csrf_token=csrf_token))

    @api.post(
        "/v1/sessions/current/rotation",
        security=SIGNED_IN,
        responses=responses({200: OpenSessionAnswered}, 404, 413, 415),
    )
    @rules()
    def rotate() -> Response:
        """Gives the session a new token; the old one is worth nothing from then on."""
        return _opened(current_node().sessions.rotate(required_session()), 200)

    @api.delete("/v1/sessions/current", security=SIGNED_IN, responses=responses({204: None}, 404, 413, 415))
    @rules()
    def sign_out() -> Response:
        """Ends the session that asks."""
        row = required_session()
        current_node().sessions.end(row.person, row.session_id_hex)
        response = no_content()
        if row.in_cookie:
            _drop_cookie(response)
        return response

    @api.delete("/v1/sessions/<session_id>", security=SIGNED_IN, responses=responses({204: None}, 404, 413, 415))
    @rules()
    def end_session(path: SessionPath) -> Response:
        """Ends one of one's own sessions. Somebody else's is not told apart from none."""
        current_node().sessions.end(signed_in(), path.session_id)
        return no_content()

    return api


def _words(row: SessionRow, *, opened: bool = False) -> SessionAnswered:
    asking = current_session()
    is_current = opened or (asking is not None and asking.session_id_hex == row.session_id_hex)
    return SessionAnswered(
        session_id=row.session_id_hex,
        person=row.person,
        in_cookie=row.in_cookie,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        idle_s=current_node().config.web.session_idle_s,
        current=is_current,
    )


def _opened(opened: OpenSession, status: int) -> Response:
    in_cookie = opened.row.in_cookie
    response = answer(
        OpenSessionAnswered(
            session=_words(opened.row, opened=True),
            token=None if in_cookie else opened.token,
            csrf_token=opened.csrf_token if in_cookie else None,
        ),
        status,
    )
    if in_cookie:
        web = current_node().config.web
        response.set_cookie(
            cookie_name(web),
            opened.token,
            max_age=opened.row.expires_at - opened.row.last_used_at,
            path="/",
            secure=is_secure(web),
            httponly=True,
            samesite="Strict",
        )
    return response


def _drop_cookie(response: Response) -> None:
    web = current_node().config.web
    response.delete_cookie(cookie_name(web), path="/", secure=is_secure(web), httponly=True, samesite="Strict")
