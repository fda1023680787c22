"""The test's side of the wallet in the page: it has the key, and does what a person, or an accident, does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Page

from mendrec.crypto.wallet import LocalWallet

SCRIPT = Path(__file__).with_name("wallet.js")
BINDING = "mendrecTestWallet"

REFUSED, NOT_AUTHORISED, UNSUPPORTED, DISCONNECTED, CHAIN_DISCONNECTED = 4001, 4100, 4200, 4900, 4901
UNKNOWN_CHAIN, BUSY, INVALID_PARAMS = 4902, -32002, -32602
_ASKS_A_PERSON = frozenset(
    {
        "eth_requestAccounts",
        "personal_sign",
        "eth_signTypedData_v4",
        "eth_sendTransaction",
        "wallet_switchEthereumChain",
    }
)
_READS = frozenset(
    {
        "eth_call",
        "eth_blockNumber",
        "eth_estimateGas",
        "eth_feeHistory",
        "eth_gasPrice",
        "eth_getBalance",
        "eth_getBlockByNumber",
        "eth_getCode",
        "eth_getTransactionByHash",
        "eth_getTransactionCount",
        "eth_getTransactionReceipt",
        "eth_maxPriorityFeePerGas",
        "net_version",
    }
)


class WalletSays(Exception):
    """An EIP-1193 error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class WalletOfTest:
    """One person's wallet. The switches may be turned at any time; the page hears of a change as from a real one.

    Attributes:
        refuses: methods that the person says no to; ``refuse_all`` names all that ask a person.
        locked: it answers no accounts, and refuses what needs one.
        busy: another window of it is open already.
        gone: it has no connection to anything.
        signs_left: how many typed data the person still signs before they say no; None: all of them.
        knows_chains: chains that it can change to.
        asked: every request that the page made, in order.
    """

    key: LocalWallet = field(repr=False)
    rpc_url: str
    chain_id: int = 31337
    refuses: set[str] = field(default_factory=set)
    locked: bool = False
    busy: bool = False
    gone: bool = False
    signs_left: int | None = None
    knows_chains: set[int] = field(default_factory=lambda: {1, 31337})
    asked: list[tuple[str, Sequence[Any]]] = field(default_factory=list)
    page: Page | None = field(default=None, repr=False)

    # What a person, or an accident, does

    def refuse_all(self) -> None:
        self.refuses = set(_ASKS_A_PERSON)

    def agree(self) -> None:
        """To everything again."""
        self.refuses, self.locked, self.busy, self.gone, self.signs_left = set(), False, False, False, None

    def lock(self) -> None:
        self.locked = True
        self._emit("accountsChanged", [])

    def unlock(self) -> None:
        self.locked = False
        self._emit("accountsChanged", [self.key.address])

    def change_account(self, key: LocalWallet) -> None:
        self.key = key
        self._emit("accountsChanged", [key.address])

    def change_chain(self, chain_id: int) -> None:
        self.chain_id = chain_id
        self._emit("chainChanged", hex(chain_id))

    def disconnect(self) -> None:
        self.gone = True
        self._emit("disconnect", {"code": DISCONNECTED, "message": "Disconnected"})

    def signed(self) -> list[Mapping[str, Any]]:
        """The typed data that the page has asked to have signed, in order."""
        return [json.loads(params[1]) for method, params in self.asked if method == "eth_signTypedData_v4"]

    # What the page asks

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """An EIP-1193 answer: ``{result}`` or ``{error: {code, message}}``."""
        method, params = str(request["method"]), list(request["params"])
        self.asked.append((method, params))
        try:
            return {"result": self._do(method, params)}
        except WalletSays as says:
            return {"error": {"code": says.code, "message": str(says)}}

    def _do(self, method: str, params: list[Any]) -> Any:
        if self.gone:
            raise WalletSays(DISCONNECTED, "The provider is disconnected from all chains.")
        if self.busy and method in _ASKS_A_PERSON:
            raise WalletSays(BUSY, "A request is pending already.")
        if method in self.refuses:
            raise WalletSays(REFUSED, "User rejected the request.")
        if method == "eth_chainId":
            return hex(self.chain_id)
        if method == "eth_accounts":
            return [] if self.locked else [self.key.address.lower()]
        if method == "wallet_switchEthereumChain":
            return self._switch(int(params[0]["chainId"], 16))
        if method == "wallet_addEthereumChain":
            raise WalletSays(REFUSED, "User rejected the request.")
        if method in _READS:
            return self._rpc(method, params)
        if self.locked:
            raise WalletSays(NOT_AUTHORISED, "The wallet is locked.")
        if method == "eth_requestAccounts":
            return [self.key.address.lower()]
        if method == "personal_sign":
            self._require_own(params[1])
            return "0x" + self.key.sign_message(bytes.fromhex(params[0].removeprefix("0x")).decode()).hex()
        if method == "eth_signTypedData_v4":
            self._require_own(params[0])
            if self.signs_left == 0:
                raise WalletSays(REFUSED, "User rejected the request.")
            self.signs_left = None if self.signs_left is None else self.signs_left - 1
            return "0x" + self.key.sign_typed_data(self._typed_data(params[1])).hex()
        if method == "eth_sendTransaction":
            return self._send(params[0])
        raise WalletSays(UNSUPPORTED, f"The wallet does not know {method}.")

    def _switch(self, chain_id: int) -> None:
        if chain_id not in self.knows_chains:
            raise WalletSays(UNKNOWN_CHAIN, "Unrecognized chain ID. Try adding the chain.")
        if chain_id != self.chain_id:
            self.change_chain(chain_id)

    def _require_own(self, address: str) -> None:
        if address.lower() != self.key.address.lower():
            raise WalletSays(NOT_AUTHORISED, "The account is not authorised by the user.")

    def _typed_data(self, text: object) -> Mapping[str, Any]:
        """As wallets judge it: JSON text, a domain type, and the chain that they are on."""
        if not isinstance(text, str):
            raise WalletSays(INVALID_PARAMS, "Typed data must be a JSON text.")
        data = json.loads(text)
        if "EIP712Domain" not in data["types"]:
            raise WalletSays(INVALID_PARAMS, "Typed data must name the type of its domain.")
        stated = data["domain"].get("chainId")
        if stated is not None:
            data["domain"]["chainId"] = _number(stated)
            if _number(stated) != self.chain_id:
                raise WalletSays(INVALID_PARAMS, f"Provided chainId {stated} must match the active one.")
        data["message"] = _plain(data["message"], data["primaryType"], data["types"])
        return dict(data)

    def _send(self, asked: Mapping[str, Any]) -> Any:
        self._require_own(asked["from"])
        sent = {"from": self.key.address, "to": asked["to"], "data": asked.get("data", "0x")}
        raw, _ = self.key.sign_transaction(
            {
                "to": asked["to"],
                "data": sent["data"],
                "value": 0,
                "chainId": self.chain_id,
                "nonce": int(self._rpc("eth_getTransactionCount", [self.key.address, "pending"]), 16),
                "gas": int(self._rpc("eth_estimateGas", [sent]), 16) * 2,
                "maxFeePerGas": 10**11,
                "maxPriorityFeePerGas": 10**9,
            }
        )
        return self._rpc("eth_sendRawTransaction", [raw])

    def _rpc(self, method: str, params: Sequence[Any]) -> Any:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = requests.post(self.rpc_url, json=body, timeout=30).json()
        if "error" in answer:
            raise WalletSays(int(answer["error"]["code"]), str(answer["error"]["message"]))
        return answer["result"]

    def _emit(self, event: str, value: object) -> None:
        if self.page is not None:
            self.page.evaluate("([event, value]) => globalThis.mendrecTestWalletEmit(event, value)", [event, value])


def _number(value: object) -> int:
    return int(value, 0) if isinstance(value, str) else int(str(value))


def _plain(value: Any, kind: str, types: Mapping[str, Any]) -> Any:
    """Typed data comes as JSON, with large numbers as texts; returns it with numbers as numbers."""
    if kind.endswith("]"):
        inner = kind[: kind.rindex("[")]
        return [_plain(one, inner, types) for one in value]
    if kind in types:
        return {one["name"]: _plain(value[one["name"]], one["type"], types) for one in types[kind]}
    return _number(value) if kind.startswith(("uint", "int")) else value
