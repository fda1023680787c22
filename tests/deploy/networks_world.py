"""A network file over the test run's chain, and the command line over it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.__main__ import main
from mendrec.adapters.chain.anvil import Anvil
from mendrec.crypto.wallet import KeystoreWallet, LocalWallet
from mendrec.domain.age_recipient import recipient_from_bytes
from tests.simulators.chain_world import wallet_of

PASSWORD = "a password of the test"
BODY_RECIPIENT = recipient_from_bytes(bytes(range(9, 41)))
OTHER_RECIPIENT = recipient_from_bytes(bytes(range(40, 72)))


@dataclass
class Place:
    """A folder with a network file, a keystore and an address registry."""

    folder: Path
    anvil: Anvil
    wallet: LocalWallet

    @property
    def network(self) -> Path:
        return self.folder / "trial.toml"

    @property
    def registry(self) -> Path:
        return self.folder / "deployments"

    def declare(self, text: str = "", *, deployer: str = '[deployer]\nkeystore = "deployer.json"\n') -> None:
        head = f'chain_id = 31337\nrpc_url = "{self.anvil.rpc_url}"\nfinality_depth_blocks = 0\n'
        self.network.write_text(head + text + "\n" + deployer)

    def run(self, command: str, *more: str) -> int:
        arguments = [command, "--network", str(self.network), "--registry", str(self.registry), "--json", *more]
        if command == "apply":
            arguments += ["--password-file", str(self.folder / "password"), "--yes"]
        if command == "verify":
            arguments += ["--no-rebuild"]
        return main(arguments)

    def answer(self, capsys: pytest.CaptureFixture[str], command: str, *more: str, exit_code: int = 0) -> Any:
        capsys.readouterr()
        assert self.run(command, *more) == exit_code, capsys.readouterr()
        return json.loads(capsys.readouterr().out)


def make_place(folder: Path, anvil: Anvil) -> Place:
    wallet = wallet_of(f"deployer of {folder.name}")
    anvil.fund(wallet.address)
    key = bytes(wallet._account.key)
    KeystoreWallet.create(folder / "deployer.json", PASSWORD, private_key_bytes=key, scrypt_n=2**4)
    (folder / "password").write_text(PASSWORD + "\n")
    place = Place(folder, anvil, wallet)
    place.declare()
    return place
