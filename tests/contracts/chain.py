"""A chain for contract tests: anvil over plain JSON-RPC, with a clock that stands still unless a test moves it."""

from __future__ import annotations

import http.client
import json
import os
import platform
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from eth_abi import decode, encode
from eth_utils import keccak, to_checksum_address

ROOT = Path(__file__).resolve().parents[2]
SHIPPED_ARTIFACTS = ROOT / "app/mendrec/adapters/chain/artifacts"
TEST_ARTIFACTS = ROOT / "tests/contracts/artifacts"

GAS_LIMIT = 12_000_000
START_AT = 1_800_000_000
"""Unix seconds at which every test starts: 2027-01-15T08:00:00Z."""


class Reverted(Exception):
    """A contract refused, with the name of its error and the values it carries."""

    def __init__(self, name: str, arguments: tuple[Any, ...] = ()) -> None:
        super().__init__(f"{name}{arguments}")
        self.name = name
        self.arguments = arguments


@dataclass(frozen=True)
class Event:
    name: str
    args: dict[str, Any]


@dataclass(frozen=True)
class Done:
    """A mined transaction."""

    gas_used: int
    events: list[Event]

    def only(self, name: str) -> dict[str, Any]:
        """The arguments of the one event of that name."""
        (found,) = [event for event in self.events if event.name == name]
        return found.args


def find_anvil() -> Path | None:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    packaged = ROOT / f"contracts/node_modules/@foundry-rs/anvil-{platform.system().lower()}-{machine}/bin/anvil"
    named = os.environ.get("MENDREC_ANVIL") or shutil.which("anvil")
    return packaged if packaged.is_file() else Path(named) if named else None


def artifact(name: str) -> dict[str, Any]:
    for folder in (SHIPPED_ARTIFACTS, TEST_ARTIFACTS):
        path = folder / f"{name}.json"
        if path.is_file():
            return json.loads(path.read_text(encoding="utf-8"))
    raise FileNotFoundError(name)


def type_of(parameter: Mapping[str, Any]) -> str:
    """The canonical ABI type of a parameter, tuples spelled out."""
    if not parameter["type"].startswith("tuple"):
        return parameter["type"]
    inner = ",".join(type_of(component) for component in parameter["components"])
    return f"({inner}){parameter['type'][5:]}"


def signature_of(entry: Mapping[str, Any]) -> str:
    return f"{entry['name']}({','.join(type_of(parameter) for parameter in entry['inputs'])})"


@dataclass
class Abi:
    entries: list[dict[str, Any]]

    @cached_property
    def functions(self) -> dict[str, dict[str, Any]]:
        return {entry["name"]: entry for entry in self.entries if entry["type"] == "function"}

    @cached_property
    def errors(self) -> dict[bytes, dict[str, Any]]:
        errors = (entry for entry in self.entries if entry["type"] == "error")
        return {keccak(text=signature_of(entry))[:4]: entry for entry in errors}

    @cached_property
    def events(self) -> dict[bytes, dict[str, Any]]:
        return {keccak(text=signature_of(entry)): entry for entry in self.entries if entry["type"] == "event"}


class Chain:
    """One anvil process, ended by :meth:`stop`."""

    def __init__(self, anvil: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._process = subprocess.Popen(
            [
                *(str(anvil), "--host", "127.0.0.1", "--port", str(self.port), "--silent", "--accounts", "1"),
                *("--hardfork", "paris", "--base-fee", "0", "--gas-price", "0", "--timestamp", str(START_AT - 1)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self._errors: dict[bytes, dict[str, Any]] = {}
        self._event_entries: dict[bytes, dict[str, Any]] = {}
        self._await_ready()
        self.chain_id = int(self.rpc("eth_chainId"), 16)
        self.rpc("anvil_autoImpersonateAccount", True)
        self.rpc("anvil_setBlockTimestampInterval", 0)
        self.set_time(START_AT)

    def _await_ready(self) -> None:
        give_up_at = time.monotonic() + 20
        while True:
            try:
                self._connection.connect()
            except ConnectionRefusedError:
                if self._process.poll() is not None or time.monotonic() > give_up_at:
                    raise
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        self._connection.close()
        self._process.terminate()
        self._process.wait(timeout=10)

    def rpc(self, method: str, *parameters: Any) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters})
        self._connection.request("POST", "/", body, {"Content-Type": "application/json"})
        answer = json.loads(self._connection.getresponse().read())
        if "error" not in answer:
            return answer["result"]
        data = answer["error"].get("data")
        if isinstance(data, str) and data.startswith("0x"):
            raise self._reverted(bytes.fromhex(data[2:]))
        raise RuntimeError(answer["error"])

    def _reverted(self, data: bytes) -> Reverted:
        entry = self._errors.get(data[:4])
        if entry is None:
            return Reverted("unknown", (data,))
        values = decode([type_of(one) for one in entry["inputs"]], data[4:])
        return Reverted(entry["name"], tuple(shape(*pair) for pair in zip(entry["inputs"], values, strict=True)))

    def snapshot(self) -> str:
        return str(self.rpc("evm_snapshot"))

    def revert(self, snapshot: str) -> None:
        assert self.rpc("evm_revert", snapshot)

    def now(self) -> int:
        """Unix seconds at which the next call or transaction happens."""
        return int(self.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def set_time(self, unix_seconds: int) -> None:
        self.rpc("evm_setNextBlockTimestamp", unix_seconds)
        self.rpc("evm_mine")
        # Mining right after would else count from the wall clock again.
        self.rpc("anvil_setBlockTimestampInterval", 0)

    def transact(self, sender: str, to: str | None, data: bytes) -> Done:
        fields = {"from": sender, "data": "0x" + data.hex(), "gas": hex(GAS_LIMIT), "gasPrice": "0x0"}
        receipt = self._receipt(self.rpc("eth_sendTransaction", {**fields, **({"to": to} if to else {})}))
        if receipt["status"] != "0x1":
            self.rpc("eth_call", {**fields, **({"to": to} if to else {})}, "latest")
            raise RuntimeError("a transaction failed whose call does not revert")
        self.last_created = receipt.get("contractAddress")
        return Done(int(receipt["gasUsed"], 16), list(self._events(receipt["logs"])))

    def _receipt(self, transaction_hash: str) -> dict[str, Any]:
        # anvil returns the hash a moment before the receipt can be read.
        for _ in range(500):
            receipt = self.rpc("eth_getTransactionReceipt", transaction_hash)
            if receipt is not None:
                return receipt
            time.sleep(0.002)
        raise RuntimeError("no receipt")

    def _events(self, logs: Iterable[Mapping[str, Any]]) -> Iterable[Event]:
        for log in logs:
            topics = [bytes.fromhex(topic[2:]) for topic in log["topics"]]
            entry = self._event_entries[topics[0]]
            indexed = [one for one in entry["inputs"] if one["indexed"]]
            plain = [one for one in entry["inputs"] if not one["indexed"]]
            values = dict(zip((one["name"] for one in indexed), _decode_topics(indexed, topics[1:]), strict=True))
            data = decode([type_of(one) for one in plain], bytes.fromhex(log["data"][2:]))
            values |= {one["name"]: shape(one, value) for one, value in zip(plain, data, strict=True)}
            yield Event(entry["name"], values)

    def deploy(self, name: str, *arguments: Any, sender: str) -> Contract:
        compiled = artifact(name)
        abi = Abi(compiled["abi"])
        inputs = next((entry["inputs"] for entry in compiled["abi"] if entry["type"] == "constructor"), [])
        code = bytes.fromhex(compiled["bytecode"][2:]) + encode([type_of(one) for one in inputs], arguments)
        self._errors |= abi.errors
        self._event_entries |= abi.events
        self.transact(sender, None, code)
        return Contract(self, to_checksum_address(self.last_created), abi)


@dataclass
class Contract:
    chain: Chain
    address: str
    abi: Abi
    _selectors: dict[str, bytes] = field(default_factory=dict)

    def data(self, function: str, *arguments: Any) -> bytes:
        entry = self.abi.functions[function]
        selector = self._selectors.setdefault(function, keccak(text=signature_of(entry))[:4])
        return selector + encode([type_of(one) for one in entry["inputs"]], arguments)

    def send(self, sender: str, function: str, *arguments: Any) -> Done:
        """Sends a transaction. Raises Reverted."""
        return self.chain.transact(sender, self.address, self.data(function, *arguments))

    def call(self, function: str, *arguments: Any, sender: str | None = None) -> Any:
        """Calls without changing anything. Raises Reverted; structs come as dicts."""
        outputs = self.abi.functions[function]["outputs"]
        data = "0x" + self.data(function, *arguments).hex()
        fields = {"to": self.address, "data": data, "gas": hex(GAS_LIMIT), **({"from": sender} if sender else {})}
        answer = bytes.fromhex(self.chain.rpc("eth_call", fields, "latest")[2:])
        values = decode([type_of(one) for one in outputs], answer)
        shaped = [shape(one, value) for one, value in zip(outputs, values, strict=True)]
        return shaped[0] if len(shaped) == 1 else tuple(shaped)


def shape(parameter: Mapping[str, Any], value: Any) -> Any:
    """A decoded value as tests like it: structs as dicts, addresses checksummed."""
    kind = parameter["type"]
    if kind == "tuple":
        return {one["name"]: shape(one, item) for one, item in zip(parameter["components"], value, strict=True)}
    if kind.endswith("]"):
        element = {**parameter, "type": kind[: kind.rindex("[")]}
        return [shape(element, item) for item in value]
    return to_checksum_address(value) if kind == "address" else value


def _decode_topics(parameters: list[dict[str, Any]], topics: list[bytes]) -> list[Any]:
    return [shape(one, decode([one["type"]], topic)[0]) for one, topic in zip(parameters, topics, strict=True)]
