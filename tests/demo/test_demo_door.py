"""The demo's door: wallets and the chain for a browser on this machine, for nobody else, and never on a real chain."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from flask import Flask
from werkzeug.test import Client, TestResponse

from deploy.demo_door import BODY_MAX_BYTES, METHODS, RPC_PATH, WALLETS_PATH, open_door
from mendrec.config import ChainConfig, Config, PlacementConfig, WebConfig
from mendrec.keyring import Keyring

ORIGIN = "http://127.0.0.1:8546"
LOCAL = {"REMOTE_ADDR": "127.0.0.1"}


class Chain(HTTPServer):
    """Stands for the development chain; remembers what came."""

    asked: list[dict[str, Any]]


class _Answers(BaseHTTPRequestHandler):
    server: Chain

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        body = json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": "0x7a69"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture(scope="module")
def chain() -> Iterator[Chain]:
    server = Chain(("127.0.0.1", 0), _Answers)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def config(tmp_path: Path, chain: Chain) -> Config:
    ring = Keyring(tmp_path / "keys", scrypt_n=2**4)
    for name in ("patient", "gp", "governance"):
        ring.create(name, "of no worth")
        ring.password_file(name).write_text("of no worth\n", encoding="utf-8")
    return Config(
        home=tmp_path,
        chain=ChainConfig(f"http://127.0.0.1:{chain.server_port}", 31337),
        database_url="sqlite://",
        stores=(),
        placement=PlacementConfig(1, 1),
        custodians=(),
        threshold=1,
        web=WebConfig(origin=ORIGIN),
    )


def client_of(config: Config) -> Client:
    app = Flask("inside")
    app.add_url_rule("/<path:path>", view_func=lambda path: (f"inside {path}", 418), methods=["GET", "POST"])
    open_door(app, config)
    return Client(app)


def wallets(client: Client, **changes: Any) -> TestResponse:
    return client.get(WALLETS_PATH, base_url=ORIGIN, environ_base=LOCAL, **changes)


def rpc(client: Client, body: object, **changes: Any) -> TestResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    asked = {
        "base_url": ORIGIN, "environ_base": LOCAL, "content_type": "application/json", "headers": {"Origin": ORIGIN},
    }  # fmt: skip
    return client.post(RPC_PATH, data=data, **{**asked, **changes})


def call(method: str = "eth_chainId") -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": 7, "method": method, "params": []}


def test_the_people_s_wallets_and_no_other_keys_of_the_home(config: Config) -> None:
    response = wallets(client_of(config))
    body = json.loads(response.get_data())
    assert (body["chain_id"], body["rpc"]) == (31337, "/demo/rpc")
    assert [(one["role"], one["name"]) for one in body["people"]] == [
        ("patient", "Patient"),
        ("clinician", "GP, North Hospital"),
    ]
    for one in body["people"]:
        assert Account.from_key(one["private_key_hex"]).address == one["address"]
    assert response.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize(
    "changes",
    [
        {"chain": ChainConfig("http://127.0.0.1:1", 1)},
        {"web": WebConfig(origin=ORIGIN, host="0.0.0.0")},
        {"web": WebConfig(origin=ORIGIN, host="192.0.2.7")},
        {"web": WebConfig(origin=ORIGIN, trusted_proxies=1)},
    ],
    ids=["another chain", "all addresses", "another machine's address", "behind a proxy"],
)
def test_there_is_no_door_where_something_is_at_stake(config: Config, changes: dict[str, Any]) -> None:
    client = client_of(replace(config, **changes))
    assert wallets(client).status_code == 418
    assert rpc(client, call()).status_code == 418


@pytest.mark.parametrize(
    "changes",
    [
        {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}},
        {"base_url": "http://evil.example:8546"},
        {"base_url": "http://127.0.0.1.evil.example:8546"},
        {"headers": {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"}},
        {"headers": {"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"}},
    ],
    ids=["another machine", "another name", "a name that begins alike", "another site", "another port"],
)
def test_others_are_told_that_there_is_no_such_page(config: Config, chain: Chain, changes: dict[str, Any]) -> None:
    client, before = client_of(config), len(chain.asked)
    told = client.get(WALLETS_PATH, **{"base_url": ORIGIN, "environ_base": LOCAL, **changes})
    assert (told.status_code, json.loads(told.get_data())["code"]) == (404, "not_found")
    assert b"private" not in told.get_data()
    assert rpc(client, call(), **changes).status_code == 404
    assert len(chain.asked) == before


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_this_machine_has_several_names(config: Config, host: str) -> None:
    assert wallets_at(client_of(config), f"http://{host}:8546").status_code == 200


def wallets_at(client: Client, url: str) -> TestResponse:
    return client.get(WALLETS_PATH, base_url=url, environ_base=LOCAL)


def test_what_a_wallet_asks_is_passed_on_as_it_is(config: Config, chain: Chain) -> None:
    response = rpc(client_of(config), {**call("eth_call"), "params": [{"to": "0x00"}, "latest"], "more": "dropped"})
    assert json.loads(response.get_data()) == {"jsonrpc": "2.0", "id": 7, "result": "0x7a69"}
    assert chain.asked[-1] == {"jsonrpc": "2.0", "id": 7, "method": "eth_call", "params": [{"to": "0x00"}, "latest"]}


@pytest.mark.parametrize("method", ["anvil_setBalance", "evm_revert", "eth_sendTransaction", "debug_traceCall", ""])
def test_what_only_the_chain_s_master_may_is_not_passed_on(config: Config, chain: Chain, method: str) -> None:
    before = len(chain.asked)
    answer = json.loads(rpc(client_of(config), call(method)).get_data())
    assert answer["error"]["code"] == -32601
    assert len(chain.asked) == before
    assert method not in METHODS


@pytest.mark.parametrize(
    ("body", "changes", "status"),
    [
        (call(), {"headers": {}}, 403),
        (call(), {"headers": {"Origin": "http://127.0.0.1:9999"}}, 403),
        (call(), {"content_type": "text/plain"}, 415),
        ([call()], {}, 400),
        ({"id": 1, "method": 5}, {}, 400),
        ({"id": 1, "method": "eth_call", "params": {}}, {}, 400),
        ({"method": "eth_call"}, {}, 400),
        (b"{", {}, 400),
        (b"[" * 100_000, {}, 400),
        (b"\xff\xfe", {}, 400),
        (b" " * (BODY_MAX_BYTES + 1), {}, 413),
    ],
)
def test_what_is_no_request_of_the_page_is_refused(
    config: Config, chain: Chain, body: object, changes: dict[str, Any], status: int
) -> None:
    before = len(chain.asked)
    assert rpc(client_of(config), body, **changes).status_code == status
    assert len(chain.asked) == before


def test_a_chain_that_is_away_is_told(config: Config) -> None:
    away = replace(config, chain=ChainConfig("http://127.0.0.1:1", 31337))
    response = rpc(client_of(away), call())
    assert (response.status_code, json.loads(response.get_data())["code"]) == (502, "unavailable.chain")


def test_other_ways_under_the_door_are_no_pages_and_all_else_goes_inside(config: Config) -> None:
    client = client_of(config)
    for path in ("/demo", "/demo/", "/demo/rpc", "/demo/wallets/x"):
        assert client.get(path, base_url=ORIGIN, environ_base=LOCAL).status_code == 404
    assert client.post(WALLETS_PATH, base_url=ORIGIN, environ_base=LOCAL).status_code == 404
    assert client.get("/demonstration", base_url=ORIGIN, environ_base=LOCAL).status_code == 418
    assert client.get("/v1/node", base_url=ORIGIN, environ_base=LOCAL).status_code == 418


def test_the_product_knows_nothing_of_the_door() -> None:
    package = Path(__file__).parents[2] / "app" / "mendrec"
    for path in package.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "private_key_hex" not in text, path
        assert "deploy." not in text or "import deploy" not in text, path
