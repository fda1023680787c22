"""Keys of a home: made whole or not at all, never overwritten, opened by the right password only."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from mendrec.crypto.wallet import LocalWallet, WrongPasswordError
from mendrec.domain.errors import InputError, MendrecError
from mendrec.keyring import Keyring, PersonExists, UnknownPerson

LIGHT_SCRYPT_N = 2


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys", scrypt_n=LIGHT_SCRYPT_N)


def test_what_was_made_opens_to_the_same_keys(ring: Keyring) -> None:
    made = ring.create("gp", "a password")
    opened = ring.open("gp", "a password")
    assert opened.address == made.address == ring.address("gp")
    assert opened.identity.recipient == made.identity.recipient
    assert list(ring.names()) == ["gp"]


def test_the_wrong_password_opens_nothing(ring: Keyring) -> None:
    ring.create("gp", "a password")
    with pytest.raises(WrongPasswordError):
        ring.open("gp", "another password")


def test_keys_are_never_overwritten(ring: Keyring) -> None:
    made = ring.create("gp", "a password")
    with pytest.raises(PersonExists):
        ring.create("gp", "a password")
    assert ring.address("gp") == made.address


def test_a_key_that_exists_is_taken_in(ring: Keyring) -> None:
    wallet = LocalWallet(bytes(31) + b"\x07")
    assert ring.create("old", "a password", private_key_bytes=bytes(31) + b"\x07").address == wallet.address


@pytest.mark.parametrize("name", ["", "..", "a/b", "GP", "-gp", "gp-", "a" * 41, "gp\n", ".gp"])
def test_a_name_that_could_lead_out_of_the_folder_is_refused(ring: Keyring, name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        ring.create(name, "a password")
    assert not (tmp_path / "keys").exists()


def test_files_are_for_their_owner_only(ring: Keyring, tmp_path: Path) -> None:
    ring.create("gp", "a password")
    files = [path for path in (tmp_path / "keys").rglob("*") if path.is_file()]
    assert len(files) == 2
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert b"AGE-SECRET-KEY" not in path.read_bytes()


def test_making_that_dies_half_way_leaves_no_key(
    ring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_args: object) -> bytes:
        raise MendrecError("died")

    monkeypatch.setattr("mendrec.keyring.backup_with_wallet", die)
    with pytest.raises(MendrecError, match="died"):
        ring.create("gp", "a password")
    assert list((tmp_path / "keys").iterdir()) == []
    monkeypatch.undo()
    ring.create("gp", "a password")


def test_somebody_unknown_is_named_with_those_who_are_known(ring: Keyring) -> None:
    ring.create("gp", "a password")
    with pytest.raises(UnknownPerson) as error:
        ring.open("cardiologist", "a password")
    assert "gp" in error.value.remedy


def test_a_stored_password_is_beside_the_key_or_from_systemd(
    ring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring.create("gp", "a password")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert ring.stored_password("gp") is None
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    assert ring.stored_password("gp") is None
    (credentials / "gp").write_text("a password\n")
    assert ring.stored_password("gp") == credentials / "gp"
    ring.password_file("gp").write_text("a password\n")
    assert ring.stored_password("gp") == ring.password_file("gp")
    with pytest.raises(InputError):
        ring.stored_password("../gp")
