"""The declared networks are those that the code runs."""

from __future__ import annotations

import tomllib
from pathlib import Path

from mendrec.adapters.chain.anvil import CHAIN_ID, AnvilOptions

NETWORKS = Path(__file__).resolve().parents[2] / "deploy" / "networks"


def test_the_development_network_is_the_embedded_chain() -> None:
    network = tomllib.loads((NETWORKS / "development.toml").read_text("utf-8"))
    options = AnvilOptions(Path())
    assert network["chain_id"] == CHAIN_ID == options.chain_id
    assert network["block_time_s"] == options.block_time_s


def test_every_network_says_the_same_things() -> None:
    fields = {"chain_id": int, "rpc_url": str, "finality_depth_blocks": int}
    for path in sorted(NETWORKS.glob("*.toml")):
        network = tomllib.loads(path.read_text("utf-8"))
        assert {name: type(network[name]) for name in fields} == fields, path.name
