"""The bench itself: the page's policy holds in a real browser, and what must never happen in a page is noticed.

A small page that does it all is served by the node's own code, in the place of the built one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from playwright.sync_api import Browser, Error
from werkzeug.serving import make_server

from mendrec.adapters.chain.anvil import Anvil
from mendrec.bootstrap import Node
from mendrec.config import WebConfig
from mendrec.crypto.wallet import LocalWallet, recover_typed_data_signer
from mendrec.web import ui
from mendrec.web.app import create_app
from tests.browser.visiting import PHONE, Visit, open_visit

INDEX = """<!doctype html><html lang="en"><head><title>Small page</title><meta name="viewport"
content="width=device-width, initial-scale=1"></head><body><main><h1>Small page</h1><p>Words.</p>
<script type="module" src="/assets/page-1.js"></script></main></body></html>"""
SCRIPT = """
globalThis.offered = [];
addEventListener("eip6963:announceProvider", (event) => globalThis.offered.push(event.detail));
dispatchEvent(new Event("eip6963:requestProvider"));
globalThis.heard = [];
const provider = globalThis.offered[0]?.provider;
for (const event of ["accountsChanged", "chainChanged", "disconnect"]) {
  provider?.on(event, (value) => globalThis.heard.push([event, value]));
}
globalThis.ask = (method, params) =>
  provider.request({ method, params }).catch((error) => ({ code: error.code, message: error.message }));
"""
TYPED = """{"types": {"EIP712Domain": [{"name": "name", "type": "string"}, {"name": "chainId", "type": "uint256"}],
"Grant": [{"name": "who", "type": "address"}, {"name": "until", "type": "uint40"}, {"name": "of", "type": "uint16[]"}]},
"primaryType": "Grant", "domain": {"name": "Consent", "chainId": 31337},
"message": {"who": "0x00000000000000000000000000000000000000aa", "until": "1800000000", "of": ["1", 2]}}"""


@dataclass
class SmallPage:
    """A page of a few lines under the real policy."""

    origin: str
    folder: Path

    def write(self, script: str) -> None:
        (self.folder / "assets/page-1.js").write_text(script)
        (self.folder / "index.html").write_text(INDEX)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallPage]:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    page = SmallPage("", folder)
    page.write(SCRIPT)
    (folder / "assets/worker-1.js").write_text("postMessage('works')")
    monkeypatch.setattr(ui, "find_page", lambda: folder)
    stub = SimpleNamespace(config=SimpleNamespace(web=WebConfig()), cursor_key=b"x" * 32)
    server = make_server("127.0.0.1", 0, create_app(cast("Node", stub), custodian=None), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    page.origin = f"http://127.0.0.1:{server.server_port}"
    yield page
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(small: SmallPage, browser: Browser, anvil: Anvil) -> Iterator[Visit]:
    opened = open_visit(browser, small.origin, anvil.rpc_url, LocalWallet.generate(), viewport=PHONE)
    yield opened
    opened.context.close()


def test_a_page_that_does_nothing_wrong_has_no_trouble(visit: Visit) -> None:
    visit.go()
    visit.page.wait_for_function("() => !!globalThis.ask")
    visit.require_accessible()
    assert visit.picture("bench-small-page").stat().st_size > 1000
    visit.watch.require_none()
    assert {url.removeprefix(visit.origin) for url in visit.watch.requests} >= {"/", "/assets/page-1.js"}


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("eval('1')", "stopped: EvalError"),
        ("document.body.innerHTML = '<b>x</b>'", "policy: require-trusted-types-for"),
        ("trustedTypes.createPolicy('other', {})", "policy: trusted-types"),
        (
            "document.body.append(Object.assign(document.createElement('style'), {textContent: 'a{}'}))",
            "policy: style-src",
        ),
        ("fetch('https://elsewhere.example/').catch(() => 0)", "policy: connect-src"),
        ("navigator.sendBeacon('https://elsewhere.example/')", "policy: connect-src"),
        ("Object.assign(new Image(), {src: 'https://elsewhere.example/x.png'})", "policy: img-src"),
        ("new WebSocket('wss://elsewhere.example/')", "policy: connect-src"),
        ("document.body.append(Object.assign(document.createElement('iframe'), {src: '/'}))", "policy: frame-src"),
        ("console.error('words')", "console error: words"),
        ("console.warn('words')", "console warning: words"),
        ("setTimeout(() => { throw new TypeError('thrown') })", "uncaught: TypeError: thrown"),
        ("Promise.reject(new TypeError('rejected'))", "uncaught: TypeError: rejected"),
        ("location.assign('https://elsewhere.example/')", "asked another origin"),
    ],
)
def test_what_must_not_happen_is_stopped_and_noticed(small: SmallPage, visit: Visit, deed: str, told: str) -> None:
    small.write(SCRIPT + "try { " + deed + " } catch (error) { console.error(`stopped: ${error.name}`) }")
    visit.go()
    until = time.monotonic() + 10
    while not any(told in one for one in visit.watch.trouble) and time.monotonic() < until:
        visit.page.wait_for_timeout(50)
    with pytest.raises(AssertionError, match=told):
        visit.watch.require_none()


def test_an_inline_script_never_runs(small: SmallPage, visit: Visit) -> None:
    page = INDEX.replace("<p>", "<script>globalThis.ran = 1</script><p onclick='ran = 2' style='color:red'>")
    (small.folder / "index.html").write_text(page)
    visit.go()
    assert visit.page.evaluate("globalThis.ran") is None
    with pytest.raises(AssertionError, match="script-src"):
        visit.watch.require_none()


def test_a_worker_comes_from_the_build_by_the_one_policy(small: SmallPage, visit: Visit) -> None:
    small.write(
        SCRIPT + "const policy = trustedTypes.createPolicy('mendrec', { createScriptURL: (url) => url });"
        "const worker = new Worker(policy.createScriptURL('/assets/worker-1.js'));"
        "worker.onmessage = ({ data }) => { globalThis.said = data; };"
    )
    visit.go()
    visit.page.wait_for_function("() => globalThis.said === 'works'")
    visit.watch.require_none()


def test_what_a_test_provokes_on_purpose_can_be_allowed(visit: Visit) -> None:
    visit.go()
    visit.watch.allow("console error: on purpose")
    visit.page.evaluate("console.error('on purpose')")
    visit.page.evaluate("fetch('/v1/me').then((answer) => answer.status)")
    visit.watch.require_none()
    visit.page.evaluate("console.error('by accident')")
    with pytest.raises(AssertionError, match="by accident"):
        visit.watch.require_none()


def test_a_fault_that_keeps_people_out_is_found(small: SmallPage, visit: Visit) -> None:
    page = INDEX.replace("<p>Words.</p>", "<button></button><img src='/icon.svg'>")
    (small.folder / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (small.folder / "index.html").write_text(page)
    visit.go()
    with pytest.raises(AssertionError, match="critical: button-name") as told:
        visit.require_accessible()
    assert "critical: image-alt" in str(told.value)
    visit.require_accessible(but=frozenset({"button-name", "image-alt"}))


# The wallet


def test_the_wallet_is_found_and_signs_as_the_person(visit: Visit) -> None:
    visit.go()
    ask = "([method, params]) => globalThis.ask(method, params)"
    info = visit.page.evaluate("() => globalThis.offered[0].info")
    assert (info["name"], info["rdns"]) == ("Test wallet", "example.test-wallet")
    (account,) = visit.page.evaluate(ask, ["eth_requestAccounts", []])
    assert account == visit.wallet.key.address.lower()
    assert visit.page.evaluate(ask, ["eth_chainId", []]) == "0x7a69"
    signature = visit.page.evaluate(ask, ["personal_sign", ["0x" + "서명 me".encode().hex(), account]])
    assert Account.recover_message(encode_defunct(text="서명 me"), signature=signature) == visit.wallet.key.address
    signature = visit.page.evaluate(ask, ["eth_signTypedData_v4", [account, TYPED]])
    (typed,) = visit.wallet.signed()
    typed["message"] = {**typed["message"], "until": 1_800_000_000, "of": [1, 2]}
    assert recover_typed_data_signer(typed, bytes.fromhex(signature[2:])) == visit.wallet.key.address
    assert visit.page.evaluate(ask, ["eth_call", [{"to": account, "data": "0x"}, "latest"]]) == "0x"
    assert visit.page.evaluate(ask, ["eth_decrypt", ["0x", account]])["code"] == 4200
    visit.watch.require_none()


def test_the_wallet_refuses_locks_and_goes_as_real_ones_do(visit: Visit) -> None:
    visit.go()
    account = visit.wallet.key.address.lower()

    def ask(method: str, *params: object) -> object:
        answer = visit.page.evaluate("([method, params]) => globalThis.ask(method, params)", [method, params])
        return answer.get("code") if isinstance(answer, dict) else answer

    visit.wallet.refuse_all()
    assert ask("personal_sign", "0x00", account) == 4001
    visit.wallet.agree()
    assert ask("personal_sign", "0x00", "0x" + "11" * 20) == 4100
    assert ask("eth_signTypedData_v4", account, TYPED.replace("31337}", "1}")) == -32602
    visit.wallet.lock()
    assert ask("eth_accounts") == []
    assert ask("personal_sign", "0x00", account) == 4100
    visit.wallet.unlock()
    visit.wallet.busy = True
    assert ask("eth_requestAccounts") == -32002
    visit.wallet.agree()
    assert ask("wallet_switchEthereumChain", {"chainId": "0x539"}) == 4902
    assert ask("wallet_switchEthereumChain", {"chainId": "0x1"}) is None
    other = LocalWallet.generate()
    visit.wallet.change_account(other)
    visit.wallet.disconnect()
    assert ask("eth_chainId") == 4900
    events = visit.page.evaluate("() => globalThis.heard")
    assert [name for name, _ in events] == [
        "accountsChanged", "accountsChanged", "chainChanged", "accountsChanged", "disconnect"
    ]  # fmt: skip
    assert events[3][1] == [other.address]


def test_the_wallet_sends_what_nobody_relays(visit: Visit, anvil: Anvil) -> None:
    anvil.fund(visit.wallet.key.address)
    visit.go()
    asked = {"from": visit.wallet.key.address, "to": LocalWallet.generate().address, "data": "0x1234"}
    found = visit.page.evaluate("([sent]) => globalThis.ask('eth_sendTransaction', [sent])", [asked])
    assert isinstance(found, str), found
    receipt = visit.page.evaluate("([sent]) => globalThis.ask('eth_getTransactionReceipt', [sent])", [found])
    assert receipt["status"] == "0x1"


def test_the_key_is_not_in_the_page(visit: Visit) -> None:
    visit.go()
    assert visit.page.evaluate("() => JSON.stringify(Object.keys(globalThis.offered[0].provider))")
    with pytest.raises(Error):
        visit.page.evaluate("() => globalThis.offered[0].provider.key.private")
