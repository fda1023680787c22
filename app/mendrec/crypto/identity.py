"""A person's age identity, and its backup.

The identity is random. Its backup is kept by the node as ciphertext, sealed either

- under a key derived from one wallet signature over typed data that names the site: a new browser needs the wallet
  alone. The signature is the secret; it is never stored and never sent. Signatures of ordinary keys repeat (RFC 6979);
  those of many contract wallets do not, so two are compared before a backup is made; or
- under a passphrase (age's scrypt recipient), where signatures do not repeat.

    key = HKDF-SHA256(ikm = r || s, salt = none, info = "mendrec/identity-backup-key/v1")

v is left out: wallets write it as 0/1 or as 27/28, and r and s alone are fixed.
"""

from __future__ import annotations

import hmac

from mendrec.crypto.age import (
    CannotOpenError,
    SecretIdentity,
    WrongPassphraseError,
    open_sealed,
    open_with_passphrase,
    seal,
    seal_with_passphrase,
)
from mendrec.crypto.kdf import hkdf_sha256
from mendrec.crypto.wallet import SIGNATURE_BYTES, InvalidSignatureError
from mendrec.domain import tags
from mendrec.domain.canonical import canonical_bytes, parse_canonical
from mendrec.domain.errors import InputError, RefusedError, VerificationError
from mendrec.domain.json_fields import FORMAT, Fields
from mendrec.domain.typed_data_record import identity_backup_typed_data
from mendrec.ports import Wallet

__all__ = [
    "BackupMismatchError",
    "CannotOpenError",
    "NonRepeatingSignatureError",
    "SecretIdentity",
    "WrongPassphraseError",
    "backup_with_passphrase",
    "backup_with_wallet",
    "create_identity",
    "restore_with_passphrase",
    "restore_with_wallet",
]

_KIND = "identity-backup"
_BACKUP_MAX_BYTES = 4096
_SIGNATURE_RS_BYTES = 64


class NonRepeatingSignatureError(RefusedError):
    """The wallet signs the same text differently each time, so no key can be derived from a signature."""

    code = "refused.non_repeating_signature"
    default_remedy = "Make a backup with a passphrase instead."


class BackupMismatchError(VerificationError):
    """A backup opened, and is another identity's."""

    code = "verification.identity_backup"
    default_remedy = "Ask the node for the newest backup; if it stays so, tell the node's operator."


def create_identity() -> SecretIdentity:
    """Returns a fresh identity."""
    return SecretIdentity.generate()


def backup_with_wallet(identity: SecretIdentity, wallet: Wallet, site: str) -> bytes:
    """Returns the backup, sealed under a key derived from the wallet's signature.

    Args:
        identity: what is backed up.
        wallet: asked for two signatures.
        site: the origin the person sees, for example ``https://records.example``.

    Raises:
        NonRepeatingSignatureError: the two signatures differ.
    """
    key = _backup_key(wallet, site)
    if not hmac.compare_digest(key.reveal_bytes(), _backup_key(wallet, site).reveal_bytes()):
        raise NonRepeatingSignatureError("This wallet's signatures do not repeat.")
    return seal(_plaintext(identity), key.recipient)


def restore_with_wallet(
    backup: bytes, wallet: Wallet, site: str, *, expected_recipient: str | None = None
) -> SecretIdentity:
    """Returns the identity in a backup made by :func:`backup_with_wallet` for the same wallet and site.

    Args:
        backup: as the node returned it, untrusted.
        wallet: asked for one signature.
        site: as when the backup was made.
        expected_recipient: what the directory publishes for this person. Give it wherever it is known: else a node
            could return an older backup.

    Raises:
        CannotOpenError: another wallet or site, or an altered backup.
        BackupMismatchError: the identity is not the published one.
    """
    return _parse_backup(open_sealed(backup, _backup_key(wallet, site)), expected_recipient)


def backup_with_passphrase(identity: SecretIdentity, passphrase: str) -> bytes:
    """Returns the backup, sealed under a passphrase. Raises InputError for an empty one."""
    if not passphrase:
        raise InputError("A backup needs a passphrase.")
    return seal_with_passphrase(_plaintext(identity), passphrase)


def restore_with_passphrase(backup: bytes, passphrase: str, *, expected_recipient: str | None = None) -> SecretIdentity:
    """Returns the identity in a backup made by :func:`backup_with_passphrase`.

    Raises:
        WrongPassphraseError: it does not open it, or the backup was altered.
        BackupMismatchError: the identity is not the published one.
    """
    return _parse_backup(open_with_passphrase(backup, passphrase), expected_recipient)


def _backup_key(wallet: Wallet, site: str) -> SecretIdentity:
    signature = wallet.sign_typed_data(identity_backup_typed_data(wallet.address, site))
    if len(signature) != SIGNATURE_BYTES:
        raise InvalidSignatureError("A backup key needs an ordinary wallet's 65-byte signature.")
    return SecretIdentity(hkdf_sha256(signature[:_SIGNATURE_RS_BYTES], info=tags.IDENTITY_BACKUP_KEY))


def _plaintext(identity: SecretIdentity) -> bytes:
    return canonical_bytes(
        {"format": FORMAT, "kind": _KIND, "recipient": identity.recipient, "identity": identity.reveal_text()}
    )


def _parse_backup(plaintext: bytes, expected_recipient: str | None) -> SecretIdentity:
    try:
        value = parse_canonical(plaintext, max_bytes=_BACKUP_MAX_BYTES, what=_KIND)
        fields = Fields(value, _KIND, required=("format", "kind", "recipient", "identity"))
        fields.require_kind(_KIND)
        stated = fields.text("recipient", max_chars=128)
        identity = fields.parsed("identity", SecretIdentity.from_text)
    except InputError as error:
        raise CannotOpenError("What was sealed here is not an identity's backup.") from error
    if identity.recipient != stated or expected_recipient not in {None, stated}:
        raise BackupMismatchError("The backup holds another identity than the published one.")
    return identity
