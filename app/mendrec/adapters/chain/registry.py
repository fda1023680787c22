"""Deployment files: ``<folder>/<chain id>.json``, and beside it the creations that are under way."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mendrec.domain.errors import ConfigurationError, MendrecError
from mendrec.domain.ids import parse_address
from mendrec.ports import Deployment, SignedTransaction


class DeploymentExists(ConfigurationError):
    """Another deployment is written down for the chain; it is never overwritten."""

    code = "configuration.deployment_exists"
    default_remedy = "Move the old deployment file away first, if the contracts in it are really given up."


class DeploymentUnreadable(ConfigurationError):
    """A deployment file does not say what it should."""

    code = "configuration.deployment_unreadable"
    default_remedy = "Restore the file from a backup; its addresses are public and anyone of the deployment has them."


class FileDeploymentRegistry:
    """Implements :class:`mendrec.ports.DeploymentRegistry` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, chain_id: int) -> Path:
        """The deployment file of a chain."""
        return self._folder / f"{chain_id}.json"

    def load(self, chain_id: int) -> Deployment | None:
        """The chain's deployment; None where there is none.

        Raises:
            DeploymentUnreadable: there is a file, and it is not a deployment of this chain.
        """
        document = _read(self.path(chain_id))
        if document is None:
            return None
        try:
            if document["chain_id"] != chain_id:
                raise DeploymentUnreadable(f"{self.path(chain_id).name} is of another chain.")
            contracts = document["contracts"]
            return Deployment(
                chain_id=chain_id,
                addresses={name: parse_address(entry["address"]) for name, entry in contracts.items()},
                blocks={name: int(entry["block"]) for name, entry in contracts.items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError, MendrecError) as error:
            raise DeploymentUnreadable(f"{self.path(chain_id).name} is not a deployment file.") from error

    def save(self, deployment: Deployment) -> None:
        """Writes the deployment down, sorted; the same again is no error.

        Raises:
            DeploymentExists: another one is there.
        """
        there = self.load(deployment.chain_id)
        if there is not None and there != deployment:
            raise DeploymentExists(f"Chain {deployment.chain_id} has another deployment already.")
        contracts = {
            name: {"address": address, "block": deployment.blocks[name]}
            for name, address in deployment.addresses.items()
        }
        _write(self.path(deployment.chain_id), {"chain_id": deployment.chain_id, "contracts": contracts})

    def load_steps(self, chain_id: int) -> Mapping[str, SignedTransaction]:
        """The creations signed so far."""
        path = self._steps_path(chain_id)
        document = _read(path) or {}
        try:
            return {name: SignedTransaction(**step) for name, step in document.items()}
        except (TypeError, AttributeError) as error:
            raise DeploymentUnreadable(f"{path.name} is not a file of deployment steps.") from error

    def save_step(self, chain_id: int, contract: str, transaction: SignedTransaction) -> None:
        """Adds one creation, durably, before it is sent."""
        steps = {**self.load_steps(chain_id), contract: transaction}
        _write(
            self._steps_path(chain_id),
            {
                name: {"sender": step.sender, "nonce": step.nonce, "raw_hex": step.raw_hex, "hash_hex": step.hash_hex}
                for name, step in steps.items()
            },
        )

    def clear_steps(self, chain_id: int) -> None:
        """Forgets the steps of a deployment that is complete."""
        self._steps_path(chain_id).unlink(missing_ok=True)

    def _steps_path(self, chain_id: int) -> Path:
        return self._folder / f"{chain_id}.steps.json"


def _read(path: Path) -> dict[str, Any] | None:
    try:
        document = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise DeploymentUnreadable(f"{path.name} can't be read.") from error
    if not isinstance(document, dict):
        raise DeploymentUnreadable(f"{path.name} does not hold a JSON object.")
    return document


def _write(path: Path, document: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8") as stream:
        json.dump(document, stream, indent=2, sort_keys=True)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the rename itself
    finally:
        os.close(folder)
