"""Puts play ether into accounts of a home, on a development chain: ``python -m deploy.fund --home HOME NAME …``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import requests

from mendrec.config import load_config
from mendrec.domain.errors import MendrecError
from mendrec.keyring import Keyring

_WEI = 1_000 * 10**18
_TIMEOUT_S = 10


def main() -> int:
    """Funds the named accounts; returns the exit status."""
    parser = argparse.ArgumentParser(description="Put play ether into accounts, on a development chain.")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("names", nargs="+", metavar="NAME")
    arguments = parser.parse_args()
    try:
        url = load_config(arguments.home).chain.rpc_url
        for name in arguments.names:
            _fund(url, Keyring(arguments.home / "keys").address(name))
            print(f"{name} has 1,000 ether of no worth.")
    except MendrecError as error:
        print(f"Not done: {error.message}\n{error.remedy}", file=sys.stderr)
        return 1
    return 0


def _fund(rpc_url: str, address: str) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "anvil_setBalance", "params": [address, hex(_WEI)]}
    try:
        answer = requests.post(rpc_url, json=request, timeout=_TIMEOUT_S).json()
    except (requests.RequestException, ValueError) as error:
        raise MendrecError("The chain does not answer.", remedy="Start it, or mend rpc_url in config.toml.") from error
    if "error" in answer:
        raise MendrecError("This is no development chain: it does not give ether away.", remedy="Get ether otherwise.")


if __name__ == "__main__":
    raise SystemExit(main())
