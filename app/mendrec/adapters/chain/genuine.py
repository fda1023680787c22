"""Proving that what is at an address is the contract of this version, with exactly the constructor's arguments meant.

Deployed code is the artifact's runtime code with the immutables written in. So two things are compared: the code with
the immutables masked, and the immutables with the values they must have. Without the second, a forged contract could
carry another contract's EIP-712 domain, and take signatures that were made for that one.
"""

from __future__ import annotations

from collections.abc import Mapping

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from mendrec.adapters.chain.client import ChainClient, Target
from mendrec.adapters.chain.errors import WrongContractsError
from mendrec.domain.model import Address
from mendrec.domain.typed_data import contract_domain

_DOMAIN_TYPEHASH = keccak(text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
_WIRED_TO: Mapping[str, Mapping[str, str]] = {
    "Directory": {},
    "Consent": {"directory": "Directory"},
    "Records": {"directory": "Directory", "consent": "Consent"},
}
"""Which contracts each one was given in its constructor, by the function that tells."""


def require_genuine(client: ChainClient, contract: str, addresses: Mapping[str, Address]) -> None:
    """Checks the contract at ``addresses[contract]``; ``addresses`` holds those it was given, too.

    Raises:
        WrongContractsError: nothing is there, or something else, or one that belongs to other contracts.
    """
    address = addresses[contract]
    artifact = client.artifacts[contract]
    code = client.code(address)
    if not code:
        raise WrongContractsError(f"There is no contract at {address}, where {contract} should be.")
    if len(code) != len(artifact.runtime_code) or artifact.masked(code) != artifact.runtime_code:
        raise WrongContractsError(f"What is at {address} is not the {contract} of this version.")
    for function, other in _WIRED_TO[contract].items():  # the code is right, so its answer is worth a better message
        (wired,) = client.call(Target(contract, address), function, ()).values()
        if wired != addresses[other]:
            raise WrongContractsError(f"The {contract} at {address} belongs to another {other}.")
    found = artifact.immutables(code)
    expected = _expected_immutables(contract, client.chain_id, addresses)
    if any(len(values) != 1 for values in found) or {value for values in found for value in values} != expected:
        raise WrongContractsError(f"The {contract} at {address} was not constructed as this version does it.")


def _expected_immutables(contract: str, chain_id: int, addresses: Mapping[str, Address]) -> set[bytes]:
    """The values, 32 bytes each, of the contract's own immutables and of OpenZeppelin's EIP712."""
    domain = contract_domain(contract, chain_id, addresses[contract])
    name_hash, version_hash = keccak(text=domain.name), keccak(text=domain.version)
    separator = keccak(
        encode(
            ["bytes32", "bytes32", "bytes32", "uint256", "address"],
            [_DOMAIN_TYPEHASH, name_hash, version_hash, chain_id, addresses[contract]],
        )
    )
    return {
        separator,
        name_hash,
        version_hash,
        chain_id.to_bytes(32, "big"),
        _short_string(domain.name),
        _short_string(domain.version),
        _word(addresses[contract]),
        *(_word(addresses[other]) for other in _WIRED_TO[contract].values()),
    }


def _short_string(text: str) -> bytes:
    """OpenZeppelin's ShortString: up to 31 bytes, and the length in the last one."""
    data = text.encode("ascii")
    return data.ljust(31, b"\0") + bytes([len(data)])


def _word(address: Address) -> bytes:
    return bytes.fromhex(address.removeprefix("0x")).rjust(32, b"\0")
