"""Identity backups: the wallet alone restores, on the same site only; wallets that do not repeat are told apart."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import pytest

from mendrec.crypto.age import SecretIdentity, open_sealed, seal
from mendrec.crypto.identity import (
    BackupMismatchError,
    CannotOpenError,
    NonRepeatingSignatureError,
    WrongPassphraseError,
    backup_with_passphrase,
    backup_with_wallet,
    create_identity,
    restore_with_passphrase,
    restore_with_wallet,
)
from mendrec.crypto.kdf import hkdf_sha256
from mendrec.crypto.wallet import InvalidSignatureError, LocalWallet
from mendrec.domain import tags
from mendrec.domain.errors import InputError
from mendrec.domain.typed_data_record import identity_backup_typed_data

SITE = "https://records.example"
WALLET = LocalWallet(b"\x07" * 32)
OTHER_WALLET = LocalWallet(b"\x08" * 32)
IDENTITY = SecretIdentity(b"\x05" * 32)


class WrappedWallet(LocalWallet):
    """Signs as its key does, and then changes something."""

    __slots__ = ("change", "signed")

    def __init__(self, change: Any) -> None:
        super().__init__(b"\x07" * 32)
        self.change = change
        self.signed = 0

    def sign_typed_data(self, typed_data: Mapping[str, Any]) -> bytes:
        self.signed += 1
        return self.change(super().sign_typed_data(typed_data), self.signed)


def test_the_same_wallet_and_site_restore() -> None:
    backup = backup_with_wallet(IDENTITY, WALLET, SITE)
    restored = restore_with_wallet(backup, LocalWallet(b"\x07" * 32), SITE, expected_recipient=IDENTITY.recipient)
    assert restored == IDENTITY
    assert restore_with_wallet(backup, WALLET, SITE) == IDENTITY


def test_another_wallet_or_site_does_not() -> None:
    backup = backup_with_wallet(IDENTITY, WALLET, SITE)
    for wallet, site in ((OTHER_WALLET, SITE), (WALLET, "https://records.example.evil"), (WALLET, SITE + "/")):
        with pytest.raises(CannotOpenError):
            restore_with_wallet(backup, wallet, site)


def test_what_is_signed_names_site_account_and_purpose() -> None:
    typed_data = identity_backup_typed_data(WALLET.address, SITE)
    assert typed_data["message"]["site"] == SITE
    assert typed_data["message"]["account"] == WALLET.address
    assert "Sign this only" in typed_data["message"]["statement"]
    assert set(typed_data["domain"]) == {"name", "version"}


def test_a_wallet_whose_signatures_do_not_repeat_is_refused_before_a_backup_is_made() -> None:
    wallet = WrappedWallet(lambda signature, count: bytes([count]) + signature[1:])
    with pytest.raises(NonRepeatingSignatureError) as caught:
        backup_with_wallet(IDENTITY, wallet, SITE)
    assert wallet.signed == 2
    assert "passphrase" in caught.value.remedy


def test_a_contract_wallets_long_signature_is_refused() -> None:
    with pytest.raises(InvalidSignatureError):
        backup_with_wallet(IDENTITY, WrappedWallet(lambda signature, _: signature * 2), SITE)


def test_how_a_wallet_writes_v_does_not_matter() -> None:
    backup = backup_with_wallet(IDENTITY, WALLET, SITE)
    other_v = WrappedWallet(lambda signature, _: signature[:64] + bytes([signature[64] - 27]))
    assert restore_with_wallet(backup, other_v, SITE) == IDENTITY


def test_the_key_is_hkdf_of_r_and_s_under_its_tag() -> None:
    """RFC 5869 written out: extract with no salt, expand one block."""
    signature = WALLET.sign_typed_data(identity_backup_typed_data(WALLET.address, SITE))
    extracted = hmac.digest(bytes(32), signature[:64], "sha256")
    expanded = hmac.digest(extracted, b"mendrec/identity-backup-key/v1" + b"\x01", "sha256")
    key = SecretIdentity(expanded)
    assert open_sealed(backup_with_wallet(IDENTITY, WALLET, SITE), key)


def test_hkdf_equals_rfc_5869_case_3() -> None:
    """Appendix A.3: SHA-256, no salt, no info."""
    okm = hkdf_sha256(b"\x0b" * 22, info="", size_bytes=42)
    assert okm.hex() == ("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")
    assert hkdf_sha256(b"x", info=tags.IDENTITY_BACKUP_KEY) != hkdf_sha256(b"x", info="")


def test_another_identity_than_the_published_one_is_refused() -> None:
    """A node that returns an older backup of the same person."""
    old = backup_with_wallet(create_identity(), WALLET, SITE)
    with pytest.raises(BackupMismatchError):
        restore_with_wallet(old, WALLET, SITE, expected_recipient=IDENTITY.recipient)


@pytest.mark.parametrize("plaintext", [b"", b"{}", b"AGE-SECRET-KEY-1", IDENTITY.reveal_text().encode()])
def test_a_backup_that_holds_something_else_is_refused(plaintext: bytes) -> None:
    signature = WALLET.sign_typed_data(identity_backup_typed_data(WALLET.address, SITE))
    key = SecretIdentity(hkdf_sha256(signature[:64], info=tags.IDENTITY_BACKUP_KEY))
    with pytest.raises(CannotOpenError) as caught:
        restore_with_wallet(seal(plaintext, key.recipient), WALLET, SITE)
    assert IDENTITY.reveal_text() not in str(caught.value)


def test_a_backup_holds_no_plain_key_and_differs_each_time() -> None:
    backups = {backup_with_wallet(IDENTITY, WALLET, SITE) for _ in range(2)}
    assert len(backups) == 2
    assert all(IDENTITY.reveal_bytes() not in backup for backup in backups)


def test_passphrase_backups_restore_with_the_passphrase_only() -> None:
    backup = backup_with_passphrase(IDENTITY, "a long passphrase")
    assert restore_with_passphrase(backup, "a long passphrase", expected_recipient=IDENTITY.recipient) == IDENTITY
    with pytest.raises(WrongPassphraseError) as caught:
        restore_with_passphrase(backup, "A long passphrase")
    assert "long" not in str(caught.value.as_dict())
    with pytest.raises(InputError):
        backup_with_passphrase(IDENTITY, "")
    with pytest.raises(WrongPassphraseError):
        restore_with_passphrase(hashlib.sha256(backup).digest(), "a long passphrase")
