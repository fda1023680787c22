"""Signing in with a wallet: what lets in, and every attack that does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from werkzeug.test import TestResponse

from mendrec.adapters.chain.client import ChainClient
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.errors import UnavailableError
from tests.web.conftest import Clinic


def attempt(clinic: Clinic, who: str, text: str, **more: object) -> TestResponse:
    return clinic.client().post("/v1/sessions", json={**clinic.signed(who, text), **more})


def refused(answer: TestResponse, code: str) -> None:
    assert answer.json is not None
    assert (answer.json["code"], "token" in answer.json) == (code, False), answer.json
    assert answer.status_code in {400, 403}
    assert "Set-Cookie" not in answer.headers


def iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("who", ["patient", "gp", "north-hospital", "stranger"])
def test_any_address_may_sign_in_with_its_own_key(clinic: Clinic, who: str) -> None:
    answer = attempt(clinic, who, clinic.message(who))
    assert answer.status_code == 201
    assert answer.json is not None
    assert answer.json["session"]["person"] == clinic.address(who)
    me = clinic.client().get("/v1/me", headers={"Authorization": f"Bearer {answer.json['token']}"})
    assert me.json is not None
    assert me.json["person"]["address"] == clinic.address(who)


def test_a_nonce_serves_once(clinic: Clinic) -> None:
    text = clinic.message("patient")
    assert attempt(clinic, "patient", text).status_code == 201
    refused(attempt(clinic, "patient", text), "refused.sign_in.nonce")


def test_a_nonce_is_spent_by_a_wrong_signature_too(clinic: Clinic) -> None:
    text = clinic.message("patient")
    refused(attempt(clinic, "gp", text), "refused.sign_in.signature")
    refused(attempt(clinic, "patient", text), "refused.sign_in.nonce")


def test_a_nonce_from_elsewhere_is_unknown(clinic: Clinic) -> None:
    refused(attempt(clinic, "patient", clinic.message("patient", nonce="a" * 32)), "refused.sign_in.nonce")


def test_a_nonce_expires(clinic: Clinic, later: Callable[[int], None]) -> None:
    text = clinic.message("patient")
    later(601)
    refused(attempt(clinic, "patient", text), "refused.sign_in.nonce")


@pytest.mark.parametrize(
    "changes",
    [
        {"domain": "evil.example"},
        {"domain": "127.0.0.1:8547"},
        {"domain": "127.0.0.1"},
        {"uri": "http://evil.example"},
        {"uri": "https://127.0.0.1:8546"},
        {"uri": "http://127.0.0.1:8546/elsewhere"},
        {"chain_id": 1},
    ],
    ids=str,
)
def test_a_message_for_another_site_or_chain_lets_nobody_in(clinic: Clinic, changes: dict[str, object]) -> None:
    refused(attempt(clinic, "patient", clinic.message("patient", **changes)), "refused.sign_in.wrong_site")


def test_a_message_for_another_site_is_not_even_read(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading one takes long: who has not taken the trouble to name this site gets no more than a look."""
    text = clinic.message("patient", domain="evil.example")
    monkeypatch.setattr("mendrec.services.sessions.parse_sign_in_message", pytest.fail)
    refused(attempt(clinic, "patient", text), "refused.sign_in.wrong_site")


def test_a_message_of_another_scheme_lets_nobody_in(clinic: Clinic) -> None:
    refused(attempt(clinic, "patient", "https://" + clinic.message("patient")), "refused.sign_in.wrong_site")


@pytest.mark.parametrize(("ahead_s", "lets_in"), [(91, False), (80, True), (-3590, True), (-3700, False)])
def test_the_message_was_issued_about_now(clinic: Clinic, ahead_s: int, lets_in: bool) -> None:
    answer = attempt(clinic, "patient", clinic.message("patient", issued_at=clinic.clock.now() + ahead_s))
    if lets_in:
        assert answer.status_code == 201
    else:
        refused(answer, "refused.sign_in.not_in_time")


@pytest.mark.parametrize(
    ("line", "offset_s", "lets_in"),
    [
        ("Expiration Time", -1, False),
        ("Expiration Time", 0, False),
        ("Expiration Time", 60, True),
        ("Not Before", 60, False),
        ("Not Before", 0, True),
    ],
)
def test_the_message_own_times_bind(
    clinic: Clinic, later: Callable[[int], None], line: str, offset_s: int, lets_in: bool
) -> None:
    later(0)
    text = clinic.message("patient") + f"\n{line}: {iso(clinic.clock.now() + offset_s)}"
    answer = attempt(clinic, "patient", text)
    if lets_in:
        assert answer.status_code == 201
    else:
        refused(answer, "refused.sign_in.not_in_time")


def test_a_session_ends_with_its_message(clinic: Clinic, later: Callable[[int], None]) -> None:
    later(0)
    text = clinic.message("patient") + f"\nExpiration Time: {iso(clinic.clock.now() + 60)}"
    answer = attempt(clinic, "patient", text)
    assert answer.json is not None
    headers = {"Authorization": f"Bearer {answer.json['token']}"}
    later(59)
    assert clinic.client().get("/v1/me", headers=headers).status_code == 200
    later(60)
    assert clinic.client().get("/v1/me", headers=headers).status_code == 401


def test_a_signature_over_something_else_lets_nobody_in(clinic: Clinic) -> None:
    text = clinic.message("patient")
    other = clinic.signed("patient", clinic.message("patient"))["signature"]
    refused(
        clinic.client().post("/v1/sessions", json={"message": text, "signature": other}), "refused.sign_in.signature"
    )


@pytest.mark.parametrize("change", ["high s", "v 0", "short", "empty", "long"])
def test_a_signature_has_one_form(clinic: Clinic, change: str) -> None:
    text = clinic.message("patient")
    signature = clinic.wallet("patient").sign_message(text)
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    changed = {
        "high s": signature[:32]
        + (order - int.from_bytes(signature[32:64], "big")).to_bytes(32, "big")
        + bytes([55 - signature[64]]),
        "v 0": signature[:64] + bytes([signature[64] - 27]),
        "short": signature[:64],
        "empty": b"",
        "long": signature + b"\x00",
    }[change]
    answer = clinic.client().post("/v1/sessions", json={"message": text, "signature": "0x" + changed.hex()})
    refused(answer, "refused.sign_in.signature")


MALFORMED: dict[str, Callable[[str], str]] = {
    "version 2": lambda text: text.replace("Version: 1", "Version: 2"),
    "no version": lambda text: text.replace("Version: 1\n", ""),
    "no nonce": lambda text: re.sub(r"Nonce: .*\n", "", text),
    "a short nonce": lambda text: re.sub(r"Nonce: .*", "Nonce: abc", text),
    "two nonces": lambda text: re.sub(r"(Nonce: .*\n)", r"\1\1", text),
    "an address without its checksum": lambda text: re.sub(r"0x[0-9A-Fa-f]{40}", lambda m: m[0].lower(), text),
    "chain 0": lambda text: re.sub(r"Chain ID: .*", "Chain ID: 0", text),
    "a chain with zeros before it": lambda text: text.replace("Chain ID: ", "Chain ID: 0"),
    "a text after its end": lambda text: text + "\nand I own the moon",
    "a line break at its end": lambda text: text + "\n",
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
    "a time that is none": lambda text: re.sub(r"Issued At: .*", "Issued At: yesterday", text),
    "a time without a zone": lambda text: text.rstrip("Z"),
    "the thirtieth of February": lambda text: re.sub(r"Issued At: \d+-..-..", "Issued At: 2026-02-30", text),
    "letters beyond ASCII": lambda text: text.replace("wants", "want\u0455"),
    "nothing of it": lambda _text: "let me in",
    "resources": lambda text: text + "\nResources:\n- urn:recap:everything",
    "two addresses": lambda text: text.replace("\n\n", "\n0x" + "1" * 40 + "\n\n", 1),
    "too long": lambda text: text + "\nRequest ID: " + "a" * 1_000,
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_malformed_message_is_a_400(clinic: Clinic, what: str) -> None:
    answer = attempt(clinic, "patient", MALFORMED[what](clinic.message("patient")))
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["code"] in {"input.sign_in_message", "input.invalid"}, answer.json


def test_nonce_and_token_are_stored_hashed_only(clinic: Clinic) -> None:
    told = clinic.client().post("/v1/sign-in/nonce").json
    assert told is not None
    token = clinic.sign_in("gp")
    files = [path for path in clinic.world.home.glob("node.db*") if path.is_file()]
    assert files
    for path in files:
        stored = path.read_bytes()
        assert token.encode() not in stored
        assert told["nonce"].encode() not in stored


# Contract wallets (EIP-1271): codes put at an address of the chain.

SAYS_YES = "631626ba7e60e01b60005260206000f3"
SAYS_NO = "60206000f3"
REVERTS = "60006000fd"
NEVER_ENDS = "5b600056"
SAYS_TOO_MUCH = "631626ba7e60e01b60005260406000f3"


def attempt_as_contract(clinic: Clinic, code_hex: str) -> TestResponse:
    wallet = LocalWallet.generate().address  # an address whose key nobody uses
    clinic.world.anvil.rpc("anvil_setCode", wallet, "0x" + code_hex)
    text = clinic.message("patient", address=wallet)
    return clinic.client().post("/v1/sessions", json={"message": text, "signature": "0x1234"})


def test_a_contract_wallet_signs_in_by_its_own_word(clinic: Clinic) -> None:
    assert attempt_as_contract(clinic, SAYS_YES).status_code == 201


@pytest.mark.parametrize("code_hex", [SAYS_NO, REVERTS, NEVER_ENDS, SAYS_TOO_MUCH, ""])
def test_a_contract_that_does_not_say_yes_lets_nobody_in(clinic: Clinic, code_hex: str) -> None:
    refused(attempt_as_contract(clinic, code_hex), "refused.sign_in.signature")


def test_a_chain_that_cannot_be_asked_is_told_apart_from_no(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_more: object) -> bytes:
        raise UnavailableError("the chain is away")

    monkeypatch.setattr(ChainClient, "code", away)
    text = clinic.message("patient", address=LocalWallet.generate().address)
    answer = clinic.client().post("/v1/sessions", json={"message": text, "signature": "0x1234"})
    assert answer.status_code == 503
