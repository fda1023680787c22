"""The keys of the people of one home: a keystore each, and an age identity that only that wallet can unseal.

``keys/NAME/wallet.json`` (Web3 keystore v3, 0600) and ``keys/NAME/identity.age``. The name is local: it is never
sent anywhere.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mendrec.crypto.age import SecretIdentity
from mendrec.crypto.identity import backup_with_wallet, create_identity, restore_with_wallet
from mendrec.crypto.wallet import KEYSTORE_SCRYPT_N, KeystoreMissing, KeystoreWallet
from mendrec.domain.errors import InputError, NotFoundError
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address

SITE = "urn:mendrec:home"
"""What the identity backup of a home is bound to; a web page has its own origin."""

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_WALLET, _IDENTITY, _PASSWORD = "wallet.json", "identity.age", "password"


class UnknownPerson(NotFoundError):
    """No key of that name is in this home."""

    code = "not_found.person"


class PersonExists(InputError):
    """A key of that name is there already."""

    code = "input.person_exists"
    default_remedy = "Choose another name; keys are never overwritten."


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose keys are open: the wallet signs, the identity opens."""

    name: str
    wallet: KeystoreWallet
    identity: SecretIdentity

    @property
    def address(self) -> Address:
        """The wallet's address."""
        return self.wallet.address


class Keyring:
    """The ``keys`` folder of a home."""

    def __init__(self, folder: Path, *, scrypt_n: int = KEYSTORE_SCRYPT_N) -> None:
        self._folder = folder
        self._scrypt_n = scrypt_n

    def create(self, name: str, password: str, *, private_key_bytes: bytes | None = None) -> Person:
        """Makes a wallet (or takes a key that exists) and a fresh identity; what was written is opened again.

        Raises:
            InputError: a name that is no name, an empty password.
            PersonExists: nothing was changed.
        """
        folder = self._place(name)
        if folder.exists():
            raise PersonExists(f"There is a key named {name} already.")
        # Made beside its place and moved there whole: a crash leaves no key without its identity.
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        making = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=self._folder))
        try:
            wallet = KeystoreWallet.create(
                making / _WALLET, password, private_key_bytes=private_key_bytes, scrypt_n=self._scrypt_n
            )
            backup = backup_with_wallet(create_identity(), wallet, SITE)
            _write_durably(making / _IDENTITY, backup)
            making.rename(folder)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
        return Person(name, wallet, restore_with_wallet(backup, wallet, SITE))

    def open(self, name: str, password: str) -> Person:
        """Opens a person's keys.

        Raises:
            UnknownPerson, WrongPasswordError, CannotOpenError.
        """
        folder = self._place(name)
        self.address(name)
        wallet = KeystoreWallet.open(folder / _WALLET, password)
        return Person(name, wallet, restore_with_wallet((folder / _IDENTITY).read_bytes(), wallet, SITE))

    def address(self, name: str) -> Address:
        """Returns a person's address; needs no password. Raises UnknownPerson."""
        path = self._place(name) / _WALLET
        try:
            return keystore_address(path)
        except KeystoreMissing as error:
            known = ", ".join(self.names())
            raise UnknownPerson(
                f"There is no key named {name} in this home.",
                remedy=f"Known here: {known}." if known else "Make one: `mendrec keys new NAME`.",
            ) from error

    def names(self) -> Iterator[str]:
        """Yields the names that have keys here, sorted."""
        if self._folder.is_dir():
            yield from sorted(
                path.name
                for path in self._folder.iterdir()
                if _NAME.fullmatch(path.name) and (path / _WALLET).is_file()
            )

    def password_file(self, name: str) -> Path:
        """Where a password may be kept for a key that needs no guarding, as in a demo world."""
        return self._place(name) / _PASSWORD

    def stored_password(self, name: str) -> Path | None:
        """Returns where a program may read the password of a key: keys/NAME/password, else systemd's credentials.

        systemd gives what a unit's ``LoadCredential=NAME:…`` names as files that only the service may read
        (systemd.exec, "Credentials"). None where there is neither: then a person is asked.
        """
        places = [self.password_file(name)]
        if folder := os.environ.get("CREDENTIALS_DIRECTORY"):
            places.append(Path(folder) / name)
        return next((path for path in places if path.is_file()), None)

    def _place(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise InputError(
                "A name is 1 to 40 lower-case letters, digits and hyphens.",
                remedy="Write it like north-hospital, with a letter or a digit at both ends.",
            )
        return self._folder / name


def keystore_address(path: Path) -> Address:
    """Returns whose keystore a file is; needs no password. Raises KeystoreMissing."""
    try:
        keystore = json.loads(path.read_text(encoding="utf-8"))
        return parse_address("0x" + str(keystore["address"]).removeprefix("0x"))
    except (OSError, ValueError, KeyError, TypeError, InputError) as error:
        raise KeystoreMissing(f"{path.name} is not a keystore file, or not there.") from error


def _write_durably(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
