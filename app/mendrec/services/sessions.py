"""Signing in with a wallet (EIP-4361), and the sessions that come of it.

The checks, in their order; each is numbered where it is made:

1. the message is one that EIP-4361 describes, version 1, and nothing beside it;
2. it names this node: its authority as domain, its origin as URI, its chain;
3. it is in time by this node's clock: issued, not before, not expired;
4. its nonce was given out by this node, is still good, and serves this once;
5. the address that it names signed it: with its key, or, where it is a contract, by the contract's word (EIP-1271).

A nonce is spent before the signature is looked at, so that none can be tried twice.

A token is 32 random bytes; the database has its SHA-256. A session ends when it was not used for a while, when its time
is over however much it was used, when its message expires, and when it is ended by its owner. What a session may do is
not kept with it: every request asks the chain.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from mendrec.crypto.sign_in import SignInMessage, parse_sign_in_message, site_of_message
from mendrec.crypto.wallet import InvalidSignatureError, message_digest, require_message_signer
from mendrec.domain.errors import NotFoundError, RefusedError
from mendrec.domain.model import Address
from mendrec.domain.tags import SESSION_CSRF
from mendrec.ports import Clock, LedgerReader, Randomness
from mendrec.ports_web import SessionRepository, SessionRow

NONCE_LIFETIME_S = 600
ISSUED_AHEAD_MAX_S = 90
"""How far a browser's clock may be ahead of the node's."""
MESSAGE_AGE_MAX_S = 3600
"""A message that was issued longer ago is not taken, whatever it says of its own end."""
_TOKEN_BYTES = 32
_TOUCH_EVERY_S = 30
"""Use is written down at most this often: an idle session may end this much early or late."""


class SignInRefused(RefusedError):
    """The signed message does not let anyone in."""

    code = "refused.sign_in"
    default_remedy = "Ask for a new nonce and sign the message again."


class WrongSite(SignInRefused):
    """The message was made for another site or chain."""

    code = "refused.sign_in.wrong_site"
    default_remedy = "Sign in only at the address that your browser shows; somebody may have tried to use your wallet."


class MessageNotInTime(SignInRefused):
    """The message is not valid yet, or not any more."""

    code = "refused.sign_in.not_in_time"
    default_remedy = "Check this computer's clock; ask for a new nonce and sign again."


class UnknownNonce(SignInRefused):
    """The nonce was not given out here, was used, or is too old."""

    code = "refused.sign_in.nonce"


class NotTheSigner(SignInRefused):
    """Somebody else signed, or something else was signed."""

    code = "refused.sign_in.signature"
    default_remedy = "Sign with the wallet of the address that the message names."


@dataclass(frozen=True, slots=True)
class SignInTerms:
    """What a message has to say to be this node's."""

    domain: str
    """RFC 3986 authority."""
    uri: str
    chain_id: int


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session with its token, which is told once."""

    row: SessionRow
    token: str
    csrf_token: str


@dataclass(frozen=True)
class SessionService:
    """Nonces, sign-in, sessions."""

    rows: SessionRepository
    ledger: LedgerReader
    clock: Clock
    randomness: Randomness
    origin: str
    lifetime_s: int
    idle_s: int

    @property
    def terms(self) -> SignInTerms:
        """What a sign-in message has to say."""
        return SignInTerms(urlsplit(self.origin).netloc, self.origin, self.ledger.chain_id)

    def new_nonce(self) -> tuple[str, int]:
        """Returns a nonce (alphanumeric, 128 bits) and until when it serves."""
        now = self.clock.now()
        nonce = self.randomness.token(16).hex()
        self.rows.add_nonce(_digest_hex(nonce), expires_at=now + NONCE_LIFETIME_S, now=now)
        return nonce, now + NONCE_LIFETIME_S

    def sign_in(self, message: str, signature: bytes, *, in_cookie: bool) -> OpenSession:
        """Opens a session for whoever signed ``message``.

        Raises:
            MalformedSignIn: not a message as EIP-4361 has it.
            SignInRefused: one of its kinds.
            UnavailableError: a contract wallet's word was needed, and the chain can't be asked.
        """
        now = self.clock.now()
        self._require_site(*site_of_message(message))  # 2, quickly: reading a message takes long
        said = parse_sign_in_message(message)  # 1
        self._require_this_site(said)  # 2
        _require_in_time(said, now)  # 3
        if not self.rows.use_nonce(_digest_hex(said.nonce), now=now):  # 4
            raise UnknownNonce("The nonce was not given out here, was used, or is too old.")
        self._require_signer(said, message, signature)  # 5
        ends_at = now + self.lifetime_s
        if said.expires_at is not None:
            ends_at = min(ends_at, said.expires_at)
        token = self._new_token()
        row = SessionRow(
            session_id_hex=self.randomness.token(16).hex(),
            token_digest_hex=_digest_hex(token),
            person=said.address,
            in_cookie=in_cookie,
            created_at=now,
            last_used_at=now,
            expires_at=ends_at,
        )
        self.rows.add(row)
        return OpenSession(row, token, csrf_token_of(token))

    def find(self, token: str, *, in_cookie: bool) -> SessionRow | None:
        """The session of a token that came this way; None where there is none, or it is over. Notes its use."""
        if len(token) > 2 * _TOKEN_BYTES:
            return None
        row = self.rows.find(_digest_hex(token))
        now = self.clock.now()
        if row is None or row.in_cookie != in_cookie or not self._is_open(row, now):
            return None
        if now - row.last_used_at >= min(_TOUCH_EVERY_S, self.idle_s / 4):
            self.rows.touch(row.session_id_hex, at=now)
        return row

    def still_open(self, token_digest_hex: str) -> bool:
        """Whether a session is open now; asked by what runs for longer than a request. Notes no use."""
        row = self.rows.find(token_digest_hex)
        return row is not None and self._is_open(row, self.clock.now())

    def rotate(self, session: SessionRow) -> OpenSession:
        """Gives a session a new token; the old one is worth nothing from now on. Its end stays where it was.

        Raises:
            NotFoundError: it was rotated or ended in the meantime.
        """
        token = self._new_token()
        now = self.clock.now()
        if not self.rows.rotate(session.token_digest_hex, _digest_hex(token), at=now):
            raise NotFoundError("The session was renewed or ended in the meantime.")
        renewed = replace(session, token_digest_hex=_digest_hex(token), last_used_at=now)
        return OpenSession(renewed, token, csrf_token_of(token))

    def end(self, person: Address, session_id_hex: str) -> None:
        """Ends one of a person's own sessions.

        Raises:
            NotFoundError: the person has no such session; somebody else's is not told apart from none.
        """
        if not self.rows.end(person, session_id_hex):
            raise NotFoundError("You have no such session.")

    def end_quietly(self, session: SessionRow) -> None:
        """Ends a session; no error where it is over already."""
        self.rows.end(session.person, session.session_id_hex)

    def of_person(self, person: Address) -> Sequence[SessionRow]:
        """A person's open sessions, newest first."""
        now = self.clock.now()
        return [row for row in self.rows.of_person(person) if self._is_open(row, now)]

    def forget(self) -> int:
        """Drops sessions that are over; a chore of the worker. Returns how many."""
        now = self.clock.now()
        return self.rows.forget(expired_before_at=now, unused_since_at=now - self.idle_s)

    def _is_open(self, row: SessionRow, now: int) -> bool:
        return now < row.expires_at and now - row.last_used_at < self.idle_s

    def _new_token(self) -> str:
        return base64.urlsafe_b64encode(self.randomness.token(_TOKEN_BYTES)).rstrip(b"=").decode("ascii")

    def _require_this_site(self, said: SignInMessage) -> None:
        terms = self.terms
        self._require_site(said.domain, said.uri)
        if said.scheme is not None and said.scheme != urlsplit(terms.uri).scheme:
            raise WrongSite("The message was signed for another site.")
        if said.chain_id != terms.chain_id:
            raise WrongSite(f"The message was signed for chain {said.chain_id}; this node is on {terms.chain_id}.")

    def _require_site(self, domain: str, uri: str) -> None:
        if domain != self.terms.domain or uri not in {self.terms.uri, self.terms.uri + "/"}:
            raise WrongSite("The message was signed for another site.")

    def _require_signer(self, said: SignInMessage, message: str, signature: bytes) -> None:
        try:
            require_message_signer(message, signature, said.address)
        except InvalidSignatureError:
            try:
                self.ledger.require_contract_signature(said.address, message_digest(message).hex(), signature)
            except RefusedError as error:
                raise NotTheSigner("The message was not signed by the address that it names.") from error


def csrf_token_of(token: str) -> str:
    """The word that unsafe requests with a session's cookie carry in ``X-CSRF-Token``: known to who has the token."""
    return hmac.new(token.encode("utf-8"), SESSION_CSRF.encode("ascii"), hashlib.sha256).hexdigest()


def require_csrf_token(token: str, stated: str | None) -> None:
    """Compares in constant time.

    Raises:
        RefusedError: missing, or another session's.
    """
    if stated is None or not secrets.compare_digest(csrf_token_of(token).encode(), stated.encode("utf-8", "replace")):
        raise CsrfRefused("The request does not carry this session's X-CSRF-Token.")


class CsrfRefused(RefusedError):
    """An unsafe request with a cookie that may have been made by another site."""

    code = "refused.csrf"
    default_remedy = "Send the csrf_token of GET /v1/sessions/current as X-CSRF-Token, from the node's own origin."


def _require_in_time(said: SignInMessage, now: int) -> None:
    if said.issued_at > now + ISSUED_AHEAD_MAX_S:
        raise MessageNotInTime("The message was issued in the future.")
    if said.issued_at < now - MESSAGE_AGE_MAX_S:
        raise MessageNotInTime("The message was issued too long ago.")
    if said.not_before_at is not None and now < said.not_before_at:
        raise MessageNotInTime("The message is not valid yet.")
    if said.expires_at is not None and now >= said.expires_at:
        raise MessageNotInTime("The message has expired.")


def _digest_hex(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
