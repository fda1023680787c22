"""What a client holds on to about a node: chain and contracts that signatures are made for, and who keeps key shares.

A node that names other contracts could have people sign for a deployment of its own; one that names other custodians
could open what is sealed to them. So the first answer is kept (or given from elsewhere: a deployment's public registry
file), and every later one must agree; custodians may change, but only with an explicit yes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mendrec.adapters.chain.client import ChainClient
from mendrec.adapters.chain.deployer import Web3Deployer
from mendrec.api.people import NodeAnswered
from mendrec.client.errors import LyingNode
from mendrec.domain.cid import sha256_hex
from mendrec.domain.errors import ConfigurationError, MendrecError
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address
from mendrec.domain.typed_data import Domain, contract_domain
from mendrec.ports import Deployment, LedgerReader

_CONTRACTS = ("Consent", "Directory", "Records")


class TrustUnreadable(ConfigurationError):
    """The file of a known node does not say what it should."""

    code = "configuration.known_node"
    default_remedy = "Remove the file to get to know the node anew, if you are sure of its address."


@dataclass(frozen=True, slots=True)
class KnownCustody:
    """The custodians that records are sealed to, with their age recipients, and how many of them a reader needs."""

    recipients: Mapping[Address, str | None]
    threshold: int

    @property
    def id_hex(self) -> str:
        """Names exactly this custody, 32 hex digits: what a person says yes to."""
        return sha256_hex(json.dumps(self.to_json(), sort_keys=True).encode("utf-8"))[:32]

    def agrees_with(self, other: KnownCustody, *, keys_too: bool) -> bool:
        """Whether it is the same set with the same threshold; with ``keys_too`` under the same keys."""
        if keys_too:
            return self == other
        return (set(self.recipients), self.threshold) == (set(other.recipients), other.threshold)

    def to_json(self) -> dict[str, Any]:
        """For a file."""
        return {"custodians": dict(sorted(self.recipients.items())), "threshold": self.threshold}


@dataclass(frozen=True, slots=True)
class NodeTrust:
    """Chain, contracts and custody."""

    chain_id: int
    contracts: Mapping[str, Address]
    custody: KnownCustody | None = None
    """None where only chain and contracts were given: the node says it first."""

    @classmethod
    def of(cls, answered: NodeAnswered) -> NodeTrust:
        """What a node says of itself. Raises LyingNode where a contract is missing."""
        if not set(_CONTRACTS) <= set(answered.contracts):
            raise LyingNode("The node does not name all three contracts.")
        custody = KnownCustody({Address(one.address): one.recipient for one in answered.custodians}, answered.threshold)
        contracts = {name: Address(answered.contracts[name]) for name in _CONTRACTS}
        return cls(answered.chain_id, contracts, custody)

    def require_same(self, answered: NodeAnswered) -> None:
        """Raises LyingNode where a node now names another chain or other contracts.

        Other custodians are no error here: whoever reads is not harmed by them. Whoever seals is: see
        :mod:`mendrec.client.custodians`.
        """
        now = NodeTrust.of(answered)
        if (now.chain_id, now.contracts) != (self.chain_id, self.contracts):
            raise LyingNode("The node names another chain or other contracts than the ones that are known.")

    def with_custody(self, answered: NodeAnswered, *, accepted_id_hex: str | None) -> NodeTrust:
        """What is known after an answer: its custody where none was known, or where exactly this one was accepted."""
        told = NodeTrust.of(answered).custody
        if self.custody is None or (told is not None and told.id_hex == accepted_id_hex):
            return replace(self, custody=told)
        return self

    def domain(self, contract: str) -> Domain:
        """The EIP-712 domain of a contract."""
        return contract_domain(contract, self.chain_id, self.contracts[contract])

    def on_chain(self, rpc_url: str) -> LedgerReader:
        """Reads the contracts over a chain node of one's own, after proving that they are this version's.

        Raises:
            WrongChainError, WrongContractsError, ChainUnavailable.
        """
        client = ChainClient.connect(rpc_url, expected_chain_id=self.chain_id)
        reader, _ = Web3Deployer(client).open(
            Deployment(self.chain_id, self.contracts, dict.fromkeys(self.contracts, 0))
        )
        return reader

    def to_json(self) -> dict[str, Any]:
        """For a file."""
        custody = {} if self.custody is None else {"custody": self.custody.to_json()}
        return {"chain_id": self.chain_id, "contracts": dict(sorted(self.contracts.items())), **custody}


def load_trust(path: Path) -> NodeTrust | None:
    """Reads what is known of a node; None where nothing is. Raises TrustUnreadable."""
    try:
        document = json.loads(path.read_text("utf-8"))
        contracts = {name: parse_address(document["contracts"][name]) for name in _CONTRACTS}
        custody = document.get("custody")  # a file from before it was kept has none
        return NodeTrust(int(document["chain_id"]), contracts, None if custody is None else _custody(custody))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, MendrecError) as error:
        raise TrustUnreadable(f"{path.name} can't be read.") from error


def _custody(document: Mapping[str, Any]) -> KnownCustody:
    recipients = {parse_address(address): key for address, key in document["custodians"].items()}
    if not all(key is None or isinstance(key, str) for key in recipients.values()):
        raise ValueError("a key that is none")
    return KnownCustody(recipients, int(document["threshold"]))


def save_trust(path: Path, trust: NodeTrust) -> None:
    """Writes it down, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_suffix(f".{os.getpid()}.new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(trust.to_json(), file, indent=2)
        file.write("\n")
    beside.replace(path)
