"""A network as it is declared: the chain, who governs, and what a deployment on it must hold."""

from __future__ import annotations

from dataclasses import dataclass

from mendrec.domain.model import SEEDED_CATEGORIES, Address, Role


@dataclass(frozen=True, slots=True)
class Body:
    """An institution, verifier or custodian that governance admits."""

    address: Address
    roles: Role
    recipient: str
    """age recipient (``age1…``)."""


@dataclass(frozen=True, slots=True)
class FeeCeilings:
    """What is never paid more than; None: no bound."""

    max_fee_per_gas_wei: int | None = None
    max_total_wei: int | None = None
    max_gas_per_step: int | None = None
    """Gas that one transaction may be signed with; it stands in where the chain's node can't tell what a step uses."""


@dataclass(frozen=True, slots=True)
class DeployerKey:
    """Whose key pays. Exactly one of the two is there."""

    keystore: str | None = None
    """Path of a Web3 secret storage file, absolute."""
    signer_url: str | None = None
    """Where an external signer answers JSON-RPC."""
    signer_api: str = "web3signer"
    """``web3signer`` (eth_signTransaction) or ``clef`` (account_signTransaction)."""
    address: Address | None = None
    """Of the external signer's key."""


@dataclass(frozen=True, slots=True)
class Network:
    """One network file."""

    name: str
    chain_id: int
    rpc_url: str
    finality_depth_blocks: int
    governance: Address | None = None
    """Owner of the directory; None: whoever deploys."""
    extra_categories: tuple[str, ...] = ()
    """Codes after the seeded ones, in order."""
    bodies: tuple[Body, ...] = ()
    deployer: DeployerKey | None = None
    ceilings: FeeCeilings = FeeCeilings()

    @property
    def categories(self) -> tuple[str, ...]:
        """Every code that the directory must hold, in order: the number is the position, counted from 1."""
        return SEEDED_CATEGORIES + self.extra_categories
