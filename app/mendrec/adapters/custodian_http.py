"""A custodian that runs on another node, asked over HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread
from typing import Any

import requests
import urllib3

from mendrec.domain.errors import UnavailableError
from mendrec.domain.limits import LIMITS, Limits
from mendrec.domain.model import Address
from mendrec.domain.release import ReleaseRequest
from mendrec.domain.release_answer import MalformedAnswer, ReleaseAnswer, ReleaseRefused, parse_answer

_ANSWER_MAX_BYTES = 4 * 1024**2
_PIECE_BYTES = 64 * 1024


class CustodianUnavailable(UnavailableError):
    """The custodian can't be reached, or it can't decide now; nothing was released."""

    code = "unavailable.custodian"
    default_remedy = "Try again; if it lasts, tell the institution that runs the custodian."


@dataclass(frozen=True)
class HttpCustodian:
    """Implements :class:`mendrec.ports.CustodianPort` over ``POST {url}/v1/release``."""

    address: Address
    url: str
    limits: Limits = LIMITS

    def release(self, request: ReleaseRequest, signature: bytes) -> ReleaseAnswer:
        """See :meth:`mendrec.ports.CustodianPort.release`."""
        body = self._post({"request": request.to_json(), "signature": "0x" + signature.hex()})
        answer = parse_answer(body)
        if answer.custodian != self.address:
            raise MalformedAnswer("Another custodian answered than the one that was asked.")
        return answer

    def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        deadline = time.monotonic() + self.limits.chain_timeout_s
        try:
            raw, status = _within(self.limits.chain_timeout_s, lambda: self._exchange(body, deadline))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise CustodianUnavailable(f"The custodian {self.address} does not answer.") from error
        return _decoded(raw, status)

    def _exchange(self, body: dict[str, Any], deadline: float) -> tuple[bytes, int]:
        with requests.post(
            f"{self.url}/v1/release",
            json=body,
            timeout=self.limits.chain_timeout_s,
            allow_redirects=False,
            stream=True,
        ) as response:
            return _body_until(deadline, response.raw), response.status_code


def _within(seconds: float, exchange: Callable[[], tuple[bytes, int]]) -> tuple[bytes, int]:
    """Returns what ``exchange`` returns, or raises TimeoutError when it lasts too long.

    The timeouts of the HTTP library are per received piece, and it gives no hold on a status line or headers that come
    a byte at a time. So the exchange has a thread of its own, which is let go: it ends with the connection, and does
    not keep the program from ending.
    """
    answer: Future[tuple[bytes, int]] = Future()

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
    try:
        body = json.loads(raw) if len(raw) <= _ANSWER_MAX_BYTES else None
    except ValueError as error:
        raise MalformedAnswer("The custodian's answer is not JSON.") from error
    if not isinstance(body, dict):
        raise MalformedAnswer("The custodian's answer is not a JSON object, or is too large.")
    if status == requests.codes.ok:
        return body
    message, remedy, code = (str(body.get(key, "")) for key in ("message", "remedy", "code"))
    if status >= requests.codes.internal_server_error:
        raise CustodianUnavailable(message or "The custodian failed.", remedy=remedy or None)
    raise ReleaseRefused(message, remedy=remedy, reason_code=code or ReleaseRefused.code)
