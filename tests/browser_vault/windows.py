"""A page of the vault alone in Chromium, as if a real node served it, under the page's own policy."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Browser, BrowserContext, Page, Route

from benchmarks.served import Served
from mendrec.client.node_client import NodeClient
from mendrec.crypto.identity import backup_with_wallet
from mendrec.crypto.sign_in import sign_in_message
from mendrec.keyring import Person
from tests.browser_crypto.harness import POLICY

_KINDS = {".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm"}
_TIMEOUT_MS = 120_000


@dataclass
class Window:
    """One person's window: the vault in it, and the wallet, which is here."""

    page: Page
    context: BrowserContext
    person: Person
    csrf_token: str
    asked: dict[str, Any]
    """What every reading call of this person says."""
    signed: list[str] = field(default_factory=list)
    """Primary types, in order."""
    refuse: set[str] = field(default_factory=set)
    """Primary types that the wallet refuses."""
    violations: list[str] = field(default_factory=list)

    def call(self, name: str, *parameters: Any) -> Any:
        """Calls the vault; returns what it returned. Raises AssertionError, with the error, where it failed."""
        told = self.tell(name, *parameters)
        assert "done" in told, told
        return told["done"]

    def fails(self, name: str, *parameters: Any) -> str:
        """Calls the vault; returns the code of its error."""
        told = self.tell(name, *parameters)
        assert "error" in told, told
        return str(told["error"]["code"])

    def tell(self, name: str, *parameters: Any) -> Any:
        """Calls the vault; returns ``{done}`` or ``{error}``."""
        return self.page.evaluate("([name, sent]) => window.vaultCalls[name](...sent)", [name, list(parameters)])

    def reload(self) -> None:
        """Loads the page anew: the worker and all that it held are gone."""
        self.page.reload()
        self.page.wait_for_function("() => !!window.vaultCalls")


@dataclass
class Bench:
    """A node with a patient and a doctor, and the built page."""

    served: Served
    browser: Browser
    site: Path

    @contextmanager
    def window(self, name: str) -> Iterator[Window]:
        """Opens a window in a browser profile of its own, signed in as one of the world's people."""
        person = self.served.world.people[name]
        context = self.browser.new_context()
        context.set_default_timeout(_TIMEOUT_MS)
        try:
            yield self.open_page(context, person)
        finally:
            context.close()

    def open_page(self, context: BrowserContext, person: Person) -> Window:
        """Opens a page of somebody in a profile."""
        page = context.new_page()
        token, csrf_token = self._sign_in(person)
        context.add_cookies([{"name": "mendrec-session", "value": token, "url": self.served.url}])
        window = Window(page, context, person, csrf_token, self._asked(person))

        def ask_wallet(typed_data: dict[str, Any]) -> str:
            if typed_data["primaryType"] in window.refuse:
                raise PermissionError("refused")
            window.signed.append(typed_data["primaryType"])
            return "0x" + person.wallet.sign_typed_data(typed_data).hex()

        page.expose_function("askWallet", ask_wallet)
        page.expose_function("askChain", self._ask_chain)
        page.on("console", lambda message: window.violations.append(message.text))
        page.on("pageerror", lambda error: window.violations.append(str(error)))
        context.route(f"{self.served.url}/", self._serve)
        context.route(f"{self.served.url}/assets/*", self._serve)
        page.goto(f"{self.served.url}/")
        page.wait_for_function("() => !!window.vaultCalls")
        return window

    def backup_hex(self, person: Person) -> str:
        """A backup of somebody's identity that their wallet opens in the page."""
        return backup_with_wallet(person.identity, person.wallet, self.served.url).hex()

    def _serve(self, route: Route) -> None:
        name = route.request.url.removeprefix(self.served.url).lstrip("/") or "index.html"
        path = self.site / name
        if not path.is_file():
            route.continue_()
            return
        headers = {"Content-Security-Policy": POLICY, "Content-Type": _KINDS.get(path.suffix, "text/plain")}
        route.fulfill(status=200, headers=headers, body=path.read_bytes())

    def _sign_in(self, person: Person) -> tuple[str, str]:
        url = self.served.url
        with requests.Session() as http:
            http.headers["Origin"] = url
            asked = http.post(f"{url}/v1/sign-in/nonce", json={}, timeout=30).json()
            message = sign_in_message(
                domain=asked["domain"],
                address=person.address,
                uri=asked["uri"],
                chain_id=asked["chain_id"],
                nonce=asked["nonce"],
                issued_at=int(time.time()),
            )
            signature = "0x" + person.wallet.sign_message(message).hex()
            body = {"message": message, "signature": signature, "cookie": True}
            opened = http.post(f"{url}/v1/sessions", json=body, timeout=30)
            opened.raise_for_status()
            return str(http.cookies["mendrec-session"]), str(opened.json()["csrf_token"])

    def _asked(self, person: Person) -> dict[str, Any]:
        with NodeClient(self.served.url) as client:
            node = client.node()
        trust = {
            "chainId": node.chain_id,
            "records": node.contracts["Records"],
            "consent": node.contracts["Consent"],
            "directory": node.contracts["Directory"],
            "custodians": [
                {"address": one.address, "url": one.url, "recipient": one.recipient} for one in node.custodians
            ],
            "threshold": node.threshold,
        }
        patient = self.served.world.people["patient"].address
        return {"trust": trust, "patient": patient, "reader": person.address, "purpose": "TREAT"}

    def _ask_chain(self, to: str, data: str) -> str:
        body = {"jsonrpc": "2.0", "id": 1, "method": "eth_call", "params": [{"to": to, "data": data}, "latest"]}
        answer = requests.post(self.served.world.anvil.rpc_url, json=body, timeout=30).json()
        return str(answer["result"])
