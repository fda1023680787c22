"""The demo's own door: the wallets of its people, and their way to its development chain. Never part of the product.

    GET  /demo/wallets   {chain_id, rpc, people: [{role, name, address, private_key_hex}]}
    POST /demo/rpc       one JSON-RPC request of those that a wallet makes, passed on to the chain

It stands before a node's application, and is there only where nothing is at stake: on a development chain, for a node
that listens on this machine alone, and for a browser on this machine. All others are told that there is no such page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from eth_account import Account
from flask import Flask
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from mendrec.adapters.chain.anvil import CHAIN_ID
from mendrec.config import Config
from mendrec.keyring import Keyring

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WALLETS_PATH, RPC_PATH = "/demo/wallets", "/demo/rpc"
BODY_MAX_BYTES = 128 * 1024
METHODS = frozenset(
    {
        "eth_call",
        "eth_chainId",
        "eth_blockNumber",
        "eth_getBlockByNumber",
        "eth_getTransactionCount",
        "eth_gasPrice",
        "eth_estimateGas",
        "eth_sendRawTransaction",
        "eth_getTransactionReceipt",
        "eth_feeHistory",
        "eth_maxPriorityFeePerGas",
    }
)
"""What reads, and what was signed by a key; nothing that only whoever started the chain may do."""
NEWCOMER = "newcomer"
"""The role of who has a wallet, and is in no directory yet."""
PEOPLE: tuple[tuple[str, str, str], ...] = (
    ("patient", "patient", "Patient"),
    ("gp", "clinician", "GP, North Hospital"),
    ("cardiologist", "clinician", "Cardiologist, South Hospital"),
    ("radiologist", "clinician", "Radiologist, South Hospital"),
    ("north-hospital", "institution", "North Hospital"),
    ("south-hospital", "institution", "South Hospital"),
    ("licensing-board", "verifier", "Licensing Board"),
    ("resident", NEWCOMER, "Resident, applies at North Hospital"),
    ("newcomer", NEWCOMER, "Somebody new"),
)
"""(key, role, name as the page shows it) of whom one can be in the demo."""
_TIMEOUT_S = 30
_FAILURES = {
    403: ("refused.csrf", "The request does not come from this node's own origin."),
    404: ("not_found", "There is no such page."),
    413: ("input.too_large", "The request is too large."),
    502: ("unavailable.chain", "The development chain does not answer."),
}
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def open_door(app: Flask, config: Config) -> None:
    """Puts the door before a node's application; does nothing where it must not be."""
    if config.chain.chain_id == CHAIN_ID and _is_loopback(config.web.host) and not config.web.trusted_proxies:
        app.wsgi_app = DemoDoor(app.wsgi_app, config)  # type: ignore[method-assign]


class DemoDoor:
    """WSGI: answers ``/demo/…`` itself, and leaves the rest to the application behind it."""

    def __init__(self, inside: WSGIApplication, config: Config) -> None:
        self._inside = inside
        self._config = config
        self._people = _people(config)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if path != "/demo" and not path.startswith("/demo/"):
            return self._inside(environ, start_response)
        try:
            response = self._answer(Request(environ))
        except HTTPException as error:
            response = _failed(error.code or 400)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if not _is_local(request) or site not in {"same-origin", "none"}:
            return _failed(404)
        if (request.method, request.path) == ("GET", WALLETS_PATH):
            return _json({"chain_id": self._config.chain.chain_id, "rpc": RPC_PATH, "people": self._people})
        if (request.method, request.path) == ("POST", RPC_PATH):
            return self._pass_on(request)
        return _failed(404)

    def _pass_on(self, request: Request) -> Response:
        if request.headers.get("Origin") != self._config.web.origin:
            return _failed(403)
        if request.mimetype != "application/json":
            return _failed(415)
        asked = _rpc_request(request)
        if asked is None:
            return _failed(400)
        if asked["method"] not in METHODS:
            refusal = {"code": -32601, "message": "The demo does not pass this method on."}
            return _json({"jsonrpc": "2.0", "id": asked["id"], "error": refusal})
        try:
            with requests.Session() as session:
                session.trust_env = False  # loopback never goes through a proxy
                answer = session.post(self._config.chain.rpc_url, json=asked, timeout=_TIMEOUT_S).json()
        except (requests.RequestException, ValueError):
            return _failed(502)
        return _json(answer)


def _people(config: Config) -> list[dict[str, str]]:
    ring = Keyring(config.keys_path)
    known = set(ring.names())
    found = []
    for key, role, name in PEOPLE:
        if key not in known:
            continue
        password = ring.password_file(key).read_text(encoding="utf-8").strip()
        keystore = (config.keys_path / key / "wallet.json").read_text(encoding="utf-8")
        private_key_hex = bytes(Account.decrypt(keystore, password)).hex()
        found.append({"role": role, "name": name, "address": ring.address(key), "private_key_hex": private_key_hex})
    return found


def _rpc_request(request: Request) -> dict[str, Any] | None:
    """One JSON-RPC 2.0 request, or None. Batches are not taken. Raises RequestEntityTooLarge."""
    if (request.content_length or 0) > BODY_MAX_BYTES:
        raise RequestEntityTooLarge
    data = request.stream.read(BODY_MAX_BYTES + 1)
    if len(data) > BODY_MAX_BYTES:
        raise RequestEntityTooLarge
    try:
        asked = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(asked, dict) or not isinstance(asked.get("method"), str):
        return None
    params, number = asked.get("params", []), asked.get("id")
    if not isinstance(params, list) or not isinstance(number, int | str):
        return None
    return {"jsonrpc": "2.0", "id": number, "method": asked["method"], "params": params}


def _is_local(request: Request) -> bool:
    """Whether a browser of this machine asks, by this machine's own name: a page of anybody's can't (DNS rebinding)."""
    try:
        host = urlsplit(f"//{request.headers.get('Host', '')}").hostname
    except ValueError:
        return False
    return host in _LOCAL_HOSTS and _is_loopback(request.remote_addr or "")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _json(body: Any) -> Response:
    return Response(json.dumps(body), mimetype="application/json")


def _failed(status: int) -> Response:
    code, message = _FAILURES.get(status, ("input.demo", "The request is not one that is taken here."))
    body = {"code": code, "message": message, "remedy": "Use the page of this node, in a browser on this machine."}
    return Response(json.dumps(body), status=status, mimetype="application/json")
