"""An external signer over HTTP: what it answers is looked into, and a no is a no."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from mendrec.adapters.signers import RpcSigner, SignerRefused, SignerUnavailable
from mendrec.crypto.signed_transaction import require_signed_transaction
from mendrec.crypto.wallet import InvalidSignatureError, LocalWallet, require_typed_data_signer
from mendrec.domain.typed_data import Validity, contract_domain
from mendrec.domain.typed_data.signed_acts import cancel_nonce
from tests.deploy.networks_world import Place
from tests.simulators.chain_world import wallet_of

Fields = dict[str, Any]
DYNAMIC: Fields = {
    "to": "0x000000000000000000000000000000000000dEaD",
    "data": "0x1234",
    "value": 0,
    "gas": 50_000,
    "nonce": 7,
    "chainId": 31337,
    "maxFeePerGas": 30,
    "maxPriorityFeePerGas": 1,
}
LEGACY: Fields = {
    **{name: value for name, value in DYNAMIC.items() if not name.startswith("max")},
    "gasPrice": 30,
}


@dataclass
class Signer:
    """A JSON-RPC signer that can be told to misbehave."""

    wallet: LocalWallet
    meddle: Callable[[Fields], Fields] = lambda fields: fields
    key: LocalWallet | None = None
    answer: bytes | None = None
    asked: list[str] = field(default_factory=list)

    def reply(self, request: dict[str, Any]) -> Any:
        method, params = request["method"], request["params"]
        self.asked.append(method)
        wallet = self.key or self.wallet
        if method.endswith("signTypedData"):
            return {"result": "0x" + wallet.sign_typed_data(params[1]).hex()}
        if not method.endswith("signTransaction"):
            return {"error": {"code": -32601, "message": "no such method"}}
        fields = {name: _number(value) for name, value in params[0].items() if name != "from"}
        raw, hash_ = wallet.sign_transaction(self.meddle(fields))
        return {"result": {"raw": raw, "tx": {"hash": hash_}} if method.startswith("account_") else raw}


def _number(value: str) -> int | str:
    return (
        value if len(value) == 42 or value.startswith("0x6") or value == "0x1234" or len(value) > 66 else int(value, 16)
    )


@pytest.fixture
def signer() -> Iterator[tuple[Signer, str]]:
    one = Signer(wallet_of("key in the signer"))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = one.answer or json.dumps({"jsonrpc": "2.0", "id": request["id"], **one.reply(request)}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield one, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def wallet_over(one: Signer, url: str, api: str = "web3signer") -> RpcSigner:
    return RpcSigner(url, one.wallet.address, api, require_signed_transaction, require_typed_data_signer)


@pytest.mark.parametrize("api", ["web3signer", "clef"])
@pytest.mark.parametrize("fields", [DYNAMIC, LEGACY], ids=["EIP-1559", "legacy"])
def test_it_signs_as_the_key_itself_would(signer: tuple[Signer, str], api: str, fields: Fields) -> None:
    one, url = signer
    assert wallet_over(one, url, api).sign_transaction(fields) == one.wallet.sign_transaction(fields)


@pytest.mark.parametrize("api", ["web3signer", "clef"])
def test_it_signs_typed_data(signer: tuple[Signer, str], api: str) -> None:
    one, url = signer
    data = cancel_nonce(
        contract_domain("Consent", 31337, one.wallet.address), one.wallet.address, 5, Validity(1, 2_000_000_000)
    )
    assert wallet_over(one, url, api).sign_typed_data(data) == one.wallet.sign_typed_data(data)
    one.key = wallet_of("another")
    with pytest.raises(InvalidSignatureError):
        wallet_over(one, url, api).sign_typed_data(data)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("to", "0x0000000000000000000000000000000000000001"),
        ("data", "0x6666"),
        ("value", 1),
        ("gas", 50_001),
        ("nonce", 8),
        ("chainId", 1),
        ("maxFeePerGas", 31),
        ("maxPriorityFeePerGas", 0),
    ],
)
def test_another_transaction_than_asked_for_is_caught(signer: tuple[Signer, str], name: str, value: Any) -> None:
    one, url = signer
    one.meddle = lambda fields: {**fields, name: value}
    with pytest.raises(InvalidSignatureError, match="another transaction"):
        wallet_over(one, url).sign_transaction(DYNAMIC)


@pytest.mark.parametrize("chain_id", [1, None])
def test_a_legacy_transaction_for_another_chain_is_caught(signer: tuple[Signer, str], chain_id: int | None) -> None:
    one, url = signer
    one.meddle = lambda fields: {
        name: value for name, value in {**fields, "chainId": chain_id}.items() if value is not None
    }
    with pytest.raises(InvalidSignatureError):
        wallet_over(one, url).sign_transaction(LEGACY)


def test_a_creation_cannot_be_turned_into_a_call(signer: tuple[Signer, str]) -> None:
    one, url = signer
    one.meddle = lambda fields: {**fields, "to": "0x0000000000000000000000000000000000000001"}
    creation = {name: value for name, value in DYNAMIC.items() if name != "to"}
    with pytest.raises(InvalidSignatureError, match="another transaction"):
        wallet_over(one, url).sign_transaction(creation)


def test_another_key_is_caught(signer: tuple[Signer, str]) -> None:
    one, url = signer
    one.key = wallet_of("another")
    with pytest.raises(InvalidSignatureError, match="another key"):
        wallet_over(one, url).sign_transaction(DYNAMIC)


@pytest.mark.parametrize("answer", [b"", b"no", b"[]", b"{}", b'{"id": 1}', b"x" * (1 << 21)])
def test_an_answer_that_is_none(signer: tuple[Signer, str], answer: bytes) -> None:
    one, url = signer
    one.answer = answer or b" "
    with pytest.raises((SignerUnavailable, InvalidSignatureError)):
        wallet_over(one, url).sign_transaction(DYNAMIC)


def test_a_no_and_a_signer_that_is_away(signer: tuple[Signer, str]) -> None:
    one, url = signer
    one.reply = lambda _request: {"error": {"code": 4001, "message": "denied, with a secret"}}  # type: ignore[method-assign]
    with pytest.raises(SignerRefused) as refused:
        wallet_over(one, url).sign_transaction(DYNAMIC)
    assert "secret" not in refused.value.message
    with pytest.raises(SignerUnavailable):
        wallet_over(one, "http://127.0.0.1:9").sign_transaction(DYNAMIC)


@pytest.mark.chain
def test_a_deployment_is_paid_by_a_key_that_never_was_here(
    place: Place, signer: tuple[Signer, str], capsys: pytest.CaptureFixture[str]
) -> None:
    one, url = signer
    place.anvil.fund(one.wallet.address)
    place.declare(deployer=f'[deployer]\nsigner_url = "{url}"\naddress = "{one.wallet.address}"\n')
    assert len(place.answer(capsys, "plan")["steps"]) == 4
    assert one.asked == []  # planning needs no signer
    place.answer(capsys, "apply")
    assert one.asked == ["eth_signTransaction"] * 4
    assert place.run("verify") == 0
