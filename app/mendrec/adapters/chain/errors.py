"""What can be wrong with the chain itself. A contract's own refusals are made in refusals.py."""

from __future__ import annotations

from mendrec.domain.errors import ConfigurationError, UnavailableError


class ChainUnavailable(UnavailableError):
    """The node of the chain does not answer, or answers with something that is no answer."""

    code = "unavailable.chain"
    default_remedy = "Check that the chain's node runs and that its address is right, then try again; nothing is lost."


class WrongChainError(ConfigurationError):
    """Another chain answers than the one that was set up."""

    code = "configuration.wrong_chain"
    default_remedy = "Set the address of a node of the right chain, or deploy to this chain with `mendrec deploy`."


class WrongContractsError(ConfigurationError):
    """What is at an address is not the contract that this version of Mendrec was built with."""

    code = "configuration.wrong_contracts"
    default_remedy = "Check the deployment file of this chain, or deploy afresh with `mendrec deploy`."


class ArtifactError(ConfigurationError):
    """A contract artifact is missing from the installation, or damaged."""

    code = "configuration.artifact"
    default_remedy = "Install the package again, or run `make artifacts` in a checkout."


class AnvilNotFound(ConfigurationError):
    """The program of the development chain is not installed."""

    code = "configuration.anvil_missing"
    default_remedy = "Run `make setup`, put anvil on PATH, or name it in MENDREC_ANVIL."
