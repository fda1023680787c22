"""The generic part: EIP-712 type strings, domains, and times as people read them. Pure; signs and hashes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mendrec.domain.errors import InputError
from mendrec.domain.model import Address

Types = dict[str, list[dict[str, str]]]
"""EIP-712 ``types``: type name → members in order, each ``{name, type}``."""

CONTRACT_DOMAIN_VERSION = "1"
ISO8601_LAST_SECOND = 253_402_300_799
"""9999-12-31T23:59:59Z, the last second that four digits of a year can show."""

_STRUCT = re.compile(r"(\w+)\(([^()]*)\)")


class TimeNotRepresentable(InputError):
    """A time that the signed form cannot show."""

    code = "input.time_not_representable"
    default_remedy = "Give a time between 1970 and 9999."


@dataclass(frozen=True, slots=True)
class Domain:
    """An EIP-712 domain: what keeps a signature from counting elsewhere."""

    name: str
    version: str
    chain_id: int | None = None
    verifying_contract: Address | None = None

    def members(self) -> dict[str, tuple[str, str | int]]:
        """Member name → (EIP-712 type, value), in the order of EIP-712, without those that are not set."""
        present: dict[str, tuple[str, str | int]] = {
            "name": ("string", self.name),
            "version": ("string", self.version),
        }
        if self.chain_id is not None:
            present["chainId"] = ("uint256", self.chain_id)
        if self.verifying_contract is not None:
            present["verifyingContract"] = ("address", self.verifying_contract)
        return present


def contract_domain(contract: str, chain_id: int, verifying_contract: Address) -> Domain:
    """Returns the domain of one of the contracts: ``Directory``, ``Consent`` or ``Records``."""
    return Domain(f"Mendrec {contract}", CONTRACT_DOMAIN_VERSION, chain_id, verifying_contract)


def parse_type(encoded_type: str) -> tuple[str, Types]:
    """Splits an EIP-712 ``encodeType`` string into the primary type's name and the types.

    The type strings are kept as Solidity has them, so that the two can be compared as text.
    """
    types: Types = {}
    for name, members in _STRUCT.findall(encoded_type):
        pairs = (member.split(" ") for member in members.split(",") if member)
        types[name] = [{"name": member_name, "type": member_type} for member_type, member_name in pairs]
    return next(iter(types)), types


def typed_data(domain: Domain, primary_type: str, types: Types, message: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the dict that ``eth_signTypedData_v4`` takes.

    Args:
        domain: of the contract or service that will check the signature.
        primary_type: a key of ``types``.
        types: without ``EIP712Domain``, which is derived from the domain.
        message: JSON-safe: bytes as 0x-hex; integers that may pass 2**53 as decimal strings.
    """
    members = domain.members()
    return {
        "types": {"EIP712Domain": [{"name": name, "type": kind} for name, (kind, _) in members.items()], **types},
        "primaryType": primary_type,
        "domain": {name: value for name, (_, value) in members.items()},
        "message": dict(message),
    }


def iso8601_utc(unix_seconds: int) -> str:
    """Returns ``YYYY-MM-DDTHH:MM:SSZ``, the one form in which signed acts show times.

    Raises:
        TimeNotRepresentable: before 1970 or after 9999.
    """
    if not 0 <= unix_seconds <= ISO8601_LAST_SECOND:
        raise TimeNotRepresentable("The time is before 1970 or after the year 9999.")
    return datetime.fromtimestamp(unix_seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def hex_0x(value_hex: str) -> str:
    """Returns the digits of ``*_hex`` in the form wallets take."""
    return f"0x{value_hex}"
