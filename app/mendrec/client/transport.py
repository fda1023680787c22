"""HTTP to one node: JSON in and out, streams of bytes, errors as errors. The only importer of ``requests`` here.

Redirects are not followed: a session's token goes to the node that gave it and nowhere else. Answers are bounded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3
from pydantic import BaseModel, ValidationError

from mendrec.client.errors import LyingNode, NodeUnavailable, error_of
from mendrec.domain.errors import InputError, MendrecError

_ANSWER_MAX_BYTES = 16 * 1024**2
_PIECE_BYTES = 256 * 1024
_TIMEOUT_S = 60
_FIRST_ERROR_STATUS = 300
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

M = TypeVar("M", bound=BaseModel)


class Transport:
    """One node and, once signed in, one session. Threads must not share it."""

    def __init__(self, url: str, *, timeout_s: float = _TIMEOUT_S) -> None:
        """Raises InputError for what is no node's address; plain http is taken on this machine only."""
        self.url = require_node_url(url)
        self._http = requests.Session()
        self._http.trust_env = False  # no .netrc, no proxy that was set for something else
        self._timeout_s = timeout_s
        self._token: str | None = None

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    @property
    def is_signed_in(self) -> bool:
        """Whether there is a token; the node may have ended its session."""
        return self._token is not None

    def use_token(self, token: str | None) -> None:
        """Sends ``token`` with every request from now on; None: no token."""
        self._token = token

    def get(self, path: str, answer: type[M], **query: Any) -> M:
        """Asks for JSON of a shape. Raises MendrecError."""
        return self.exchange("GET", path, answer, query=query)

    def post(self, path: str, answer: type[M], body: Any = None, *, key: str | None = None) -> M:
        """Posts JSON. ``key``: the same again does not happen twice (Idempotency-Key)."""
        return self.exchange("POST", path, answer, body=body, headers={"Idempotency-Key": key} if key else {})

    def delete(self, path: str) -> None:
        """Deletes something; the answer is empty."""
        with self.stream("DELETE", path):
            pass

    def exchange(
        self,
        method: str,
        path: str,
        answer: type[M],
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> M:
        """One request and its JSON answer, read by a schema.

        Raises:
            MendrecError: the error that the node told, of its own family.
            NodeUnavailable: no answer.
            LyingNode: an answer of another shape than the API's.
        """
        headers = dict(headers or {})
        if body is not None:
            data = json.dumps(body).encode("utf-8")
            headers["Content-Type"] = "application/json"
        with self.stream(method, path, query=query, data=data, headers=headers) as response:
            document = _json(response)
        try:
            return answer.model_validate(document)
        except ValidationError as error:
            raise LyingNode("The node's answer is not of the API's shape.") from error

    @contextmanager
    def stream(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> Iterator[requests.Response]:
        """One request; its body is read piece by piece inside the block. Raises as :meth:`exchange`."""
        sent = dict(headers or {})
        if self._token is not None:
            sent["Authorization"] = f"Bearer {self._token}"
        stated = {name: value for name, value in (query or {}).items() if value is not None}
        with _guarded():
            response = self._http.request(
                method,
                f"{self.url}{path}",
                params=stated,
                data=data,
                headers=sent,
                timeout=timeout_s or self._timeout_s,
                allow_redirects=False,
                stream=True,
            )
        with response:
            if response.status_code >= _FIRST_ERROR_STATUS:
                raise _told(response)
            yield response

    @staticmethod
    def pieces(response: requests.Response, *, max_bytes: int) -> Iterator[bytes]:
        """Yields the body. Raises NodeUnavailable where it breaks off, LyingNode where it is larger than told."""
        read = 0
        with _guarded():
            for piece in response.iter_content(_PIECE_BYTES):
                read += len(piece)
                if read > max_bytes:
                    raise LyingNode("The node sent more than what was asked for.")
                yield piece

    @staticmethod
    def lines(response: requests.Response) -> Iterator[str]:
        """Yields the lines of an event stream as they come. Raises NodeUnavailable where it breaks off."""
        with _guarded():
            for line in response.iter_lines(chunk_size=1, decode_unicode=False):
                yield line.decode("utf-8", errors="replace")


def _told(response: requests.Response) -> MendrecError:
    try:
        return error_of(response.status_code, _json(response))
    except MendrecError:
        return error_of(response.status_code, None)


def _json(response: requests.Response) -> Any:
    raw = b"".join(Transport.pieces(response, max_bytes=_ANSWER_MAX_BYTES))
    try:
        return json.loads(raw) if raw else None
    except (ValueError, RecursionError) as error:
        raise NodeUnavailable("What answers at this address is no Mendrec node.") from error


@contextmanager
def _guarded() -> Iterator[None]:
    try:
        yield
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise NodeUnavailable("The node can't be reached, or broke off.") from error


def require_node_url(text: str) -> str:
    """Returns a node's address without a slash at its end. Raises InputError for any other text."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment or parts.username:
        raise InputError("That is not a node's address.", remedy="Write it as https://node.example.")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise InputError(
            "A node on another machine is asked over https only.", remedy="Write https://, or ask its operator for TLS."
        )
    return text.rstrip("/")


Pages = Callable[[str | None], tuple[list[Any], str | None]]


def all_pages(page: Pages) -> Iterator[Any]:
    """Yields the items of every page; ``page`` takes a cursor and returns items and the next cursor.

    Raises:
        LyingNode: the node leads round in a circle.
    """
    seen: set[str] = set()
    cursor: str | None = None
    while True:
        items, cursor = page(cursor)
        yield from items
        if cursor is None:
            return
        if cursor in seen:
            raise LyingNode("The node's pages lead round in a circle.")
        seen.add(cursor)
