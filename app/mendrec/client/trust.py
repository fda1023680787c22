"""What a client holds on to about a node: the chain and the contracts that signatures are made for.

A node that names other contracts could have people sign for a deployment of its own. So the first answer is kept (or
given from elsewhere: a deployment's public registry file), and every later one must agree.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mendrec.adapters.chain.client import ChainClient
from mendrec.adapters.chain.deployer import Web3Deployer
from mendrec.api.people import NodeAnswered
from mendrec.client.errors import LyingNode
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
class NodeTrust:
    """Chain and contracts."""

    chain_id: int
    contracts: Mapping[str, Address]

    @classmethod
    def of(cls, answered: NodeAnswered) -> NodeTrust:
        """What a node says of itself. Raises LyingNode where a contract is missing."""
        if not set(_CONTRACTS) <= set(answered.contracts):
            raise LyingNode("The node does not name all three contracts.")
        return cls(answered.chain_id, {name: Address(answered.contracts[name]) for name in _CONTRACTS})

    def require_same(self, answered: NodeAnswered) -> None:
        """Raises LyingNode where a node now names another chain or other contracts."""
        if NodeTrust.of(answered) != self:
            raise LyingNode("The node names another chain or other contracts than the ones that are known.")

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
        return {"chain_id": self.chain_id, "contracts": dict(sorted(self.contracts.items()))}


def load_trust(path: Path) -> NodeTrust | None:
    """Reads what is known of a node; None where nothing is. Raises TrustUnreadable."""
    try:
        document = json.loads(path.read_text("utf-8"))
        contracts = {name: parse_address(document["contracts"][name]) for name in _CONTRACTS}
        return NodeTrust(int(document["chain_id"]), contracts)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, MendrecError) as error:
        raise TrustUnreadable(f"{path.name} can't be read.") from error


def save_trust(path: Path, trust: NodeTrust) -> None:
    """Writes it down, the first time only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("x", encoding="utf-8") as file:
        json.dump(trust.to_json(), file, indent=2)
        file.write("\n")
