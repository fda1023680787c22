"""A custodian that runs on another node, asked over HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Thread
from typing import Any

import requests
import urllib3

from mendrec.domain.errors import UnavailableError
from mendrec.domain.limits import LIMITS, Limits
from mendrec.domain.model import Address
from mendrec.domain.release import ReleaseRequest
from mendrec.domain.release_answer import MalformedAnswer, ReleaseAnswer, ReleaseRefused, parse_answer
from mendrec.ports_web import CustodianAnswer

_ANSWER_MAX_BYTES = 4 * 1024**2
_PIECE_BYTES = 64 * 1024
_PASSED_ON_AT_A_TIME = 4
"""By each process: people who wait for one custodian hold few of the node's threads."""
_RETRY_AFTER_MAX_S = 3_600
_ERRORS = range(400, 600)
_MEANT_FOR_THIS_NODE = frozenset({401, 407, 421, 429})
"""Whoever asks by way of this node has no session there and is not who asks too much: such words end here."""
_Exchanged = tuple[bytes, int, str | None]
"""Body, status, ``Retry-After``."""


class CustodianUnavailable(UnavailableError):
    """The custodian can't be reached, or it can't decide now; nothing was released."""

    code = "unavailable.custodian"
    default_remedy = "Try again; if it lasts, tell the institution that runs the custodian."


@dataclass(frozen=True)
class HttpCustodian:
    """Implements :class:`mendrec.ports.CustodianPort` over ``POST {url}/v1/release``.

    And :class:`mendrec.ports_web.CustodianElsewhere`: whose page may speak to its own node only asks by way of that.
    """

    address: Address
    url: str
    limits: Limits = LIMITS
    _room: BoundedSemaphore = field(
        default_factory=lambda: BoundedSemaphore(_PASSED_ON_AT_A_TIME), init=False, repr=False, compare=False
    )

    def release(self, request: ReleaseRequest, signature: bytes) -> ReleaseAnswer:
        """See :meth:`mendrec.ports.CustodianPort.release`."""
        raw, status, _ = self._post({"request": request.to_json(), "signature": "0x" + signature.hex()})
        answer = parse_answer(_decoded(raw, status))
        if answer.custodian != self.address:
            raise MalformedAnswer("Another custodian answered than the one that was asked.")
        return answer

    def pass_on(self, body: Mapping[str, Any]) -> CustodianAnswer:
        """See :meth:`mendrec.ports_web.CustodianElsewhere.pass_on`."""
        if not self._room.acquire(blocking=False):
            raise CustodianUnavailable(f"Too many are waiting for the custodian {self.address}.")
        try:
            raw, status, retry_after = self._post(body)
        finally:
            self._room.release()
        if status != requests.codes.ok and status not in _ERRORS:  # a redirect leads to what nobody configured
            raise CustodianUnavailable(f"The custodian {self.address} does not answer at its address.")
        if status in _MEANT_FOR_THIS_NODE:
            raise CustodianUnavailable(f"The custodian {self.address} does not serve this node now.")
        try:
            _object(raw)
        except MalformedAnswer:
            if status == requests.codes.ok:
                raise
            raise CustodianUnavailable(f"The custodian {self.address} failed.") from None
        return CustodianAnswer(status, raw, _seconds(retry_after))

    def _post(self, body: Mapping[str, Any]) -> _Exchanged:
        deadline = time.monotonic() + self.limits.chain_timeout_s
        try:
            return _within(self.limits.chain_timeout_s, lambda: self._exchange(body, deadline))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise CustodianUnavailable(f"The custodian {self.address} does not answer.") from error

    def _exchange(self, body: Mapping[str, Any], deadline: float) -> _Exchanged:
        with requests.post(
            f"{self.url}/v1/release",
            json=body,
            timeout=self.limits.chain_timeout_s,
            allow_redirects=False,
            stream=True,
        ) as response:
            raw = _body_until(deadline, response.raw)
            return raw, response.status_code, response.headers.get("Retry-After")


def _within(seconds: float, exchange: Callable[[], _Exchanged]) -> _Exchanged:
    """Returns what ``exchange`` returns, or raises TimeoutError when it lasts too long.

    The timeouts of the HTTP library are per received piece, and it gives no hold on a status line or headers that come
    a byte at a time. So the exchange has a thread of its own, which is let go: it ends with the connection, and does
    not keep the program from ending.
    """
    answer: Future[_Exchanged] = Future()

    def run() -> None:
        try:
            answer.set_result(exchange())
        except BaseException as error:
            answer.set_exception(error)

    Thread(target=run, name="custodian-exchange", daemon=True).start()
    return answer.result(timeout=seconds)


def _body_until(deadline: float, response: urllib3.BaseHTTPResponse) -> bytes:
    """Returns at most one byte more than an answer may have. Raises TimeoutError past ``deadline`` (monotonic)."""
    body = bytearray()
    while len(body) <= _ANSWER_MAX_BYTES:
        # read1 returns with what one receive gave; read would wait until it has all that was asked for.
        piece = response.read1(min(_PIECE_BYTES, _ANSWER_MAX_BYTES + 1 - len(body)), decode_content=True)
        if not piece:
            break
        if time.monotonic() > deadline:
            raise TimeoutError
        body += piece
    return bytes(body)


def _decoded(raw: bytes, status: int) -> dict[str, Any]:
    body = _object(raw)
    if status == requests.codes.ok:
        return body
    message, remedy, code = (str(body.get(key, "")) for key in ("message", "remedy", "code"))
    if status >= requests.codes.internal_server_error:
        raise CustodianUnavailable(message or "The custodian failed.", remedy=remedy or None)
    raise ReleaseRefused(message, remedy=remedy, reason_code=code or ReleaseRefused.code)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw) if len(raw) <= _ANSWER_MAX_BYTES else None
    except (ValueError, RecursionError) as error:
        raise MalformedAnswer("The custodian's answer is not JSON.") from error
    if not isinstance(body, dict):
        raise MalformedAnswer("The custodian's answer is not a JSON object, or is too large.")
    return body


def _seconds(retry_after: str | None) -> int | None:
    """Of a ``Retry-After`` in seconds; another machine's other words are left out."""
    if retry_after is None or not (retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 10):
        return None
    return min(int(retry_after), _RETRY_AFTER_MAX_S)
