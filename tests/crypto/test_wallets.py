"""Wallets: signatures verify on exactly one digest and signer; keystores are safe to write and clear when wrong."""

from __future__ import annotations

import copy
import json
import pickle
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from mendrec.crypto.wallet import (
    InvalidSignatureError,
    KeystoreExists,
    KeystoreMissing,
    KeystoreWallet,
    LocalWallet,
    MalformedKeystoreError,
    WrongPasswordError,
    recover_typed_data_signer,
    require_typed_data_signer,
    typed_data_digest,
)
from mendrec.domain.errors import InputError
from mendrec.domain.typed_data_record import identity_backup_typed_data, manifest_typed_data
from mendrec.ports import Wallet
from tests.domain_rules.record_objects import MANIFEST, PATIENT

KEY = b"\x07" * 32
WALLET = LocalWallet(KEY)
CHEAP_SCRYPT_N = 2
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
TYPED_DATA = identity_backup_typed_data(WALLET.address, "https://records.example")


def test_the_digest_of_eip_712s_own_example() -> None:
    """The "Ether Mail" of EIP-712 and the digest that the EIP's own test gives for it."""
    person = [{"name": "name", "type": "string"}, {"name": "wallet", "type": "address"}]
    mail = {
        "types": {
            "EIP712Domain": [
                {"name": "name", "type": "string"},
                {"name": "version", "type": "string"},
                {"name": "chainId", "type": "uint256"},
                {"name": "verifyingContract", "type": "address"},
            ],
            "Person": person,
            "Mail": [
                {"name": "from", "type": "Person"},
                {"name": "to", "type": "Person"},
                {"name": "contents", "type": "string"},
            ],
        },
        "primaryType": "Mail",
        "domain": {
            "name": "Ether Mail",
            "version": "1",
            "chainId": 1,
            "verifyingContract": "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC",
        },
        "message": {
            "from": {"name": "Cow", "wallet": "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},
            "to": {"name": "Bob", "wallet": "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},
            "contents": "Hello, Bob!",
        },
    }
    assert typed_data_digest(mail).hex() == "be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2"


def test_a_signature_recovers_to_its_signer_and_repeats() -> None:
    signature = WALLET.sign_typed_data(TYPED_DATA)
    assert len(signature) == 65
    assert signature == WALLET.sign_typed_data(TYPED_DATA)
    assert recover_typed_data_signer(TYPED_DATA, signature) == WALLET.address
    digest_hex = require_typed_data_signer(TYPED_DATA, signature, WALLET.address)
    assert digest_hex == typed_data_digest(TYPED_DATA).hex()


def test_anothers_signature_or_one_over_something_else_is_refused() -> None:
    signature = WALLET.sign_typed_data(TYPED_DATA)
    other = identity_backup_typed_data(WALLET.address, "https://records.example.evil")
    for typed_data, signer in ((TYPED_DATA, PATIENT), (other, WALLET.address)):
        with pytest.raises(InvalidSignatureError):
            require_typed_data_signer(typed_data, signature, signer)


def _variants() -> list[bytes]:
    signature = WALLET.sign_typed_data(TYPED_DATA)
    r, s, v = signature[:32], int.from_bytes(signature[32:64], "big"), signature[64]
    high_s = (ORDER - s).to_bytes(32, "big")
    return [
        b"",
        signature[:64],
        signature + b"\0",
        r + signature[32:64] + bytes([v - 27]),
        r + high_s + bytes([55 - v]),
        r + signature[32:64] + b"\x1d",
        bytes(32) + signature[32:],
        r + bytes(32) + bytes([v]),
        bytes(64) + b"\x1b",
        b"\xff" * 32 + signature[32:],
    ]


@pytest.mark.parametrize("index", range(10))
def test_every_other_form_of_a_signature_is_refused(index: int) -> None:
    """The malleable twin (n - s) among them: it would give one signed thing two spellings."""
    with pytest.raises(InvalidSignatureError):
        recover_typed_data_signer(TYPED_DATA, _variants()[index])


@pytest.mark.parametrize("broken", [{}, {"types": {}}, {**TYPED_DATA, "primaryType": "Nothing"}, {"x": 1}])
def test_malformed_typed_data_is_refused_as_input(broken: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        WALLET.sign_typed_data(broken)
    with pytest.raises(InputError):
        recover_typed_data_signer(broken, b"\x01" * 65)


def test_a_transaction_is_signed_as_the_library_signs_it() -> None:
    fields = {
        "chainId": 31337,
        "nonce": 3,
        "to": PATIENT,
        "value": 0,
        "data": "0x",
        "gas": 21000,
        "maxFeePerGas": 10**9,
        "maxPriorityFeePerGas": 1,
        "type": 2,
    }
    raw_hex, hash_hex = WALLET.sign_transaction(fields)
    assert raw_hex.startswith("0x02")
    assert Account.recover_transaction(raw_hex) == WALLET.address
    assert (raw_hex, hash_hex) == WALLET.sign_transaction(fields)
    assert len(hash_hex) == 66


def test_a_wallet_shows_no_key() -> None:
    wallet: Wallet = WALLET
    for shown in (repr(wallet), str(wallet), f"{[wallet]}"):
        assert KEY.hex() not in shown
        assert wallet.address in shown
    for leak in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(wallet)
    for wrong in (b"", b"\x01" * 31, bytes(32), b"\xff" * 32):
        with pytest.raises(InputError) as caught:
            LocalWallet(wrong)
        assert caught.value.__cause__ is None
    assert LocalWallet.generate().address != LocalWallet.generate().address


def test_a_keystore_opens_to_the_same_key_and_only_with_its_password(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    created = KeystoreWallet.create(path, "correct horse", private_key_bytes=KEY, scrypt_n=CHEAP_SCRYPT_N)
    assert created.address == WALLET.address
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KEY.hex() not in path.read_text()
    opened = KeystoreWallet.open(path, "correct horse")
    assert opened.sign_typed_data(TYPED_DATA) == WALLET.sign_typed_data(TYPED_DATA)
    for wrong in ("", "Correct horse", "correct horse "):
        with pytest.raises(WrongPasswordError) as caught:
            KeystoreWallet.open(path, wrong)
        assert caught.value.remedy
        assert "horse" not in str(caught.value.as_dict())


def test_an_existing_keystore_is_never_touched(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text("precious")
    with pytest.raises(KeystoreExists):
        KeystoreWallet.create(path, "password", scrypt_n=CHEAP_SCRYPT_N)
    assert path.read_text() == "precious"


def test_a_keystore_that_does_not_read_back_is_not_left_behind(tmp_path: Path, monkeypatch: Any) -> None:
    path = tmp_path / "key.json"
    monkeypatch.setattr("mendrec.crypto.wallet._decrypt", lambda *_: b"\x09" * 32)
    with pytest.raises(MalformedKeystoreError):
        KeystoreWallet.create(path, "password", private_key_bytes=KEY, scrypt_n=CHEAP_SCRYPT_N)
    assert list(tmp_path.iterdir()) == []


def test_a_keystore_needs_a_password(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        KeystoreWallet.create(tmp_path / "key.json", "", scrypt_n=CHEAP_SCRYPT_N)
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_no_keystores_are_refused_as_input(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    with pytest.raises(KeystoreMissing):
        KeystoreWallet.open(path, "password")
    KeystoreWallet.create(path, "password", scrypt_n=CHEAP_SCRYPT_N)
    good = json.loads(path.read_text())
    broken = [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"version":3}',
        json.dumps({**good, "version": 1}).encode(),
        json.dumps({**good, "crypto": {**good["crypto"], "kdf": "none"}}).encode(),
        json.dumps({**good, "crypto": {**good["crypto"], "kdfparams": {}}}).encode(),
        json.dumps({**good, "crypto": {**good["crypto"], "ciphertext": "zz"}}).encode(),
        json.dumps({**good, "crypto": None}).encode(),
    ]
    for data in broken:
        path.write_bytes(data)
        with pytest.raises(MalformedKeystoreError):
            KeystoreWallet.open(path, "password")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("chain_id", 1),
        ("records", PATIENT),
        ("patient", MANIFEST.author),
        ("author", PATIENT),
        ("category", 3),
        ("created_at", 5),
        ("sealed_descriptor", b"other"),
        ("envelopes", MANIFEST.payload.cid),
    ],
)
def test_every_field_of_a_manifest_changes_what_is_signed(field: str, value: Any) -> None:
    changed = replace(MANIFEST, **{field: value})
    assert typed_data_digest(manifest_typed_data(changed)) != typed_data_digest(manifest_typed_data(MANIFEST))
