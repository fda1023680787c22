"""The generated contract artifacts, read once and frozen. The only reader of ``artifacts/*.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from mendrec.adapters.chain.errors import ArtifactError

CONTRACTS = ("Directory", "Consent", "Records")
"""The contracts of a deployment, in the order in which each can be given the ones before it."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """One compiled contract."""

    contract: str
    abi: tuple[Mapping[str, Any], ...]
    creation_code: bytes
    runtime_code: bytes
    """With zeros where the constructor writes the immutables."""
    immutable_places: tuple[tuple[tuple[int, int], ...], ...]
    """For each immutable, every (start, length) in bytes of the runtime code that it is written to."""

    def masked(self, code: bytes) -> bytes:
        """Returns ``code`` with every immutable zeroed, to be compared with :attr:`runtime_code`."""
        masked = bytearray(code)
        for places in self.immutable_places:
            for start, length in places:
                masked[start : start + length] = bytes(length)
        return bytes(masked)

    def immutables(self, code: bytes) -> list[frozenset[bytes]]:
        """Returns, for each immutable, the values found in deployed ``code``: one each, where nobody meddled."""
        return [frozenset(code[start : start + length] for start, length in places) for places in self.immutable_places]


@cache
def load_artifacts() -> Mapping[str, Artifact]:
    """Returns the artifacts by contract name.

    Raises:
        ArtifactError: one is missing or is not an artifact.
    """
    return MappingProxyType({name: _load(name) for name in CONTRACTS})


def _load(name: str) -> Artifact:
    try:
        text = resources.files("mendrec.adapters.chain").joinpath("artifacts", f"{name}.json").read_text("utf-8")
        return parse_artifact(json.loads(text))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArtifactError(f"The artifact of the contract {name} can't be read.") from error


def parse_artifact(document: Mapping[str, Any]) -> Artifact:
    """Returns one artifact document (Hardhat's field names) as a frozen value."""
    references: Mapping[str, list[Mapping[str, int]]] = document["immutableReferences"]
    return Artifact(
        contract=document["contractName"],
        abi=tuple(document["abi"]),
        creation_code=bytes.fromhex(document["bytecode"].removeprefix("0x")),
        runtime_code=bytes.fromhex(document["deployedBytecode"].removeprefix("0x")),
        immutable_places=tuple(
            tuple((place["start"], place["length"]) for place in places) for places in references.values()
        ),
    )
