"""Ethereum keys: signing, recovering signers, keystore files. The only importer of ``eth_account``."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from eth_account import Account
from eth_account.messages import SignableMessage, encode_defunct, encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from eth_keys.constants import SECPK1_N
from eth_utils.crypto import keccak
from hexbytes import HexBytes

from mendrec.domain.errors import InputError, NotFoundError, VerificationError
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address

SIGNATURE_BYTES = 65
KEYSTORE_SCRYPT_N = 2**18
"""The cost geth uses: about a second and 256 MiB, once per opening."""


class InvalidSignatureError(VerificationError):
    """Not a signature that an Ethereum key makes, or not the expected signer's."""

    code = "verification.signature"
    default_remedy = "Sign again with the wallet of the address named; check that it is on the right chain."


class WrongPasswordError(InputError):
    """The password does not open the keystore."""

    code = "input.wrong_password"
    default_remedy = "Type the password again; a keystore whose password is lost can't be opened by anyone."


class MalformedKeystoreError(InputError):
    """Not a Web3 secret storage file, version 3."""

    code = "input.malformed_keystore"
    default_remedy = "Point to a keystore file as geth and other wallets write it."


class KeystoreMissing(NotFoundError):
    """There is no keystore file there."""

    code = "not_found.keystore"
    default_remedy = "Check the name of the file, or bring it back from a copy of the keys folder."


class KeystoreExists(InputError):
    """A keystore file is never overwritten."""

    code = "input.keystore_exists"
    default_remedy = "Choose another file name, or move the old file away yourself."


class LocalWallet:
    """Implements :class:`mendrec.ports.Wallet` over a private key in memory. The key shows in no repr or pickle."""

    __slots__ = ("_account",)

    def __init__(self, private_key_bytes: bytes) -> None:
        """Raises InputError where the bytes are no secp256k1 private key."""
        try:
            self._account: LocalAccount = Account.from_key(private_key_bytes)
        except Exception:
            # The library's own message may repeat the key: it is not chained.
            raise InputError("Not a secp256k1 private key.", remedy="Give the 32 bytes of an Ethereum key.") from None

    @classmethod
    def generate(cls) -> LocalWallet:
        """Returns a wallet over a fresh key from the operating system's randomness."""
        return cls(_fresh_private_key())

    @property
    def address(self) -> Address:
        """The EIP-55 address."""
        return Address(str(self._account.address))

    def sign_transaction(self, fields: Mapping[str, Any]) -> tuple[str, str]:
        """Returns (raw transaction 0x-hex, transaction hash 0x-hex)."""
        signed = self._account.sign_transaction(dict(fields))
        return "0x" + bytes(signed.raw_transaction).hex(), "0x" + bytes(signed.hash).hex()

    def sign_typed_data(self, typed_data: Mapping[str, Any]) -> bytes:
        """Signs EIP-712 data: 65 bytes r, s, v, deterministic (RFC 6979), low s, v 27 or 28."""
        return bytes(self._account.sign_message(_signable(typed_data)).signature)

    def sign_message(self, text: str) -> bytes:
        """Signs a text (EIP-191, ``personal_sign``): 65 bytes as :meth:`sign_typed_data`; for sign-in messages."""
        return bytes(self._account.sign_message(encode_defunct(text=text)).signature)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.address})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A wallet is not pickled.")


class KeystoreWallet(LocalWallet):
    """A wallet opened from a Web3 secret storage file (version 3)."""

    __slots__ = ()

    @classmethod
    def open(cls, path: Path, password: str) -> KeystoreWallet:
        """Decrypts a keystore file.

        Raises:
            KeystoreMissing, MalformedKeystoreError, WrongPasswordError.
        """
        return cls(_decrypt(_read_keystore(path), password))

    @classmethod
    def create(
        cls,
        path: Path,
        password: str,
        *,
        private_key_bytes: bytes | None = None,
        scrypt_n: int = KEYSTORE_SCRYPT_N,
    ) -> KeystoreWallet:
        """Writes a keystore (mode 0600) over a fresh key, or the one given, and opens it again to prove it.

        Raises:
            InputError: an empty password, or no private key.
            KeystoreExists: the file is there; it was not touched.
        """
        if not password:
            raise InputError("The password is empty.", remedy="Choose a password; it guards the private key.")
        wallet = cls(private_key_bytes if private_key_bytes is not None else _fresh_private_key())
        keystore = wallet._account.encrypt(password, kdf="scrypt", iterations=scrypt_n)
        _write_new(path, json.dumps(keystore, indent=2).encode("ascii"))
        try:
            reopened = cls.open(path, password)
        except InputError:
            path.unlink()
            raise
        if reopened.address != wallet.address:
            path.unlink()
            raise MalformedKeystoreError("The keystore that was written does not open to its own key.")
        return reopened


def typed_data_digest(typed_data: Mapping[str, Any]) -> bytes:
    """Returns the 32 bytes that are signed (EIP-712): what EIP-1271's ``isValidSignature`` is asked about.

    Raises:
        InputError: not well-formed typed data.
    """
    return _digest(_signable(typed_data))


def recover_typed_data_signer(typed_data: Mapping[str, Any], signature: bytes) -> Address:
    """Returns the address whose key made ``signature`` over ``typed_data``.

    Only the one form that OpenZeppelin's ECDSA takes is taken here: 65 bytes, s in the lower half, v 27 or 28.

    Raises:
        InvalidSignatureError: any other form, or no key at all.
        InputError: not well-formed typed data.
    """
    return _recover(_signable(typed_data), signature)


def require_typed_data_signer(typed_data: Mapping[str, Any], signature: bytes, signer: Address) -> str:
    """Checks that ``signer`` signed exactly this, and returns the digest that was signed, in hex.

    Raises:
        InvalidSignatureError: somebody else did, or it was over something else.
        InputError: not well-formed typed data.
    """
    if recover_typed_data_signer(typed_data, signature) != signer:
        raise InvalidSignatureError(f"The signature is not {signer}'s over this.")
    return typed_data_digest(typed_data).hex()


def message_digest(text: str) -> bytes:
    """Returns the 32 bytes that ``personal_sign`` signs (EIP-191, version 0x45)."""
    return _digest(encode_defunct(text=text))


def require_message_signer(text: str, signature: bytes, signer: Address) -> None:
    """Checks that ``signer``'s key signed exactly this text (EIP-191).

    Raises:
        InvalidSignatureError: somebody else's did, or it is no signature in its canonical form.
    """
    if _recover(encode_defunct(text=text), signature) != signer:
        raise InvalidSignatureError(f"The signature is not {signer}'s over this message.")


def _digest(signable: SignableMessage) -> bytes:
    return keccak(b"\x19" + signable.version + signable.header + signable.body)


def _recover(signable: SignableMessage, signature: bytes) -> Address:
    """Only the one form that OpenZeppelin's ECDSA takes: 65 bytes, s in the lower half, v 27 or 28."""
    s = int.from_bytes(signature[32:64], "big")
    if len(signature) != SIGNATURE_BYTES or signature[64] not in {27, 28} or s > SECPK1_N // 2:
        raise InvalidSignatureError("Not a signature of an Ethereum key in its canonical form.")
    try:
        return parse_address(str(Account.recover_message(signable, signature=signature)))
    except Exception as error:
        raise InvalidSignatureError("Not a signature of an Ethereum key.") from error


def _signable(typed_data: Mapping[str, Any]) -> SignableMessage:
    try:
        return encode_typed_data(full_message=dict(typed_data))
    except Exception as error:
        raise InputError("The typed data is not well formed (EIP-712).") from error


def _fresh_private_key() -> bytes:
    return bytes(Account.create().key)


def _read_keystore(path: Path) -> dict[str, Any]:
    try:
        keystore = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise KeystoreMissing(f"There is no keystore file {path.name}.") from error
    except ValueError as error:
        raise MalformedKeystoreError(f"{path.name} is not a keystore file.") from error
    if not isinstance(keystore, dict) or keystore.get("version") != 3:
        raise MalformedKeystoreError(f"{path.name} is not a keystore file of version 3.")
    return keystore


def _decrypt(keystore: dict[str, Any], password: str) -> bytes:
    try:
        return bytes(Account.decrypt(keystore, password))
    except ValueError as error:
        if "MAC mismatch" in str(error):
            raise WrongPasswordError("The password does not open this keystore.") from None
        raise MalformedKeystoreError("The keystore can't be read.") from error
    except (KeyError, TypeError, AttributeError, OverflowError, MemoryError) as error:
        raise MalformedKeystoreError("The keystore can't be read.") from error


def _write_new(path: Path, data: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeystoreExists(f"{path.name} exists already.") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def sender_of_transaction(raw: bytes) -> Address:
    """Returns whose key signed a transaction. What is no signed transaction raises whatever the library raises."""
    return parse_address(str(Account.recover_transaction(raw)))


def typed_transaction_fields(raw: bytes) -> dict[str, Any]:
    """Returns the fields of a typed transaction (EIP-2718), signature and type among them; raises as above."""
    return dict(TypedTransaction.from_bytes(HexBytes(raw)).as_dict())
