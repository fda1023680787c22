"""A network file that can't be used says where, before anything is asked of a chain."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from deploy.networks import FOLDER, InvalidNetwork, load_network
from mendrec.domain.model import SEEDED_CATEGORIES

HEAD = 'chain_id = 5\nrpc_url = "http://127.0.0.1:1"\nfinality_depth_blocks = 3\n'
ADDRESS = "0x000000000000000000000000000000000000dEaD"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_the_shipped_files_load(path: Path) -> None:
    assert load_network(path.stem).chain_id == tomllib.loads(path.read_text("utf-8"))["chain_id"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "chain_id"),
        ("chain_id = \nrpc_url = 1", "line 1"),
        (HEAD.replace("5", "-5"), "chain_id"),
        (HEAD.replace("5", "true"), "chain_id"),
        (HEAD.replace("http:", "file:"), "rpc_url"),
        (HEAD + 'goverance = "0x"', "goverance"),
        (HEAD + 'governance = "0x12"', "governance"),
        (HEAD + f'governance = "{ADDRESS.replace("dE", "De")}"', "governance"),
        (HEAD + 'categories = ["laboratory"]', "categories"),
        (HEAD + 'categories = ["a", "a"]', "categories"),
        (HEAD + "categories = [1]", "categories"),
        (HEAD + 'categories = "a"', "categories"),
        (HEAD + '[deployer]\naddress = "0x1"', "deployer"),
        (HEAD + '[deployer]\nkeystore = "a"\nsigner_url = "http://a"', "deployer"),
        (HEAD + '[deployer]\nkeystore = "a"\npassword = "b"', "deployer.password"),
        (HEAD + '[deployer]\nsigner_url = "http://a"', "deployer.address"),
        (HEAD + f'[deployer]\nsigner_url = "ftp://a"\naddress = "{ADDRESS}"', "deployer.signer_url"),
        (HEAD + f'[deployer]\nsigner_url = "http://a"\naddress = "{ADDRESS}"\nsigner_api = "x"', "deployer.signer_api"),
        (HEAD + "[fees]\nmax_fee_gwei = 0", "fees.max_fee_gwei"),
        (HEAD + "[fees]\nmax_fee_gwei = nan", "fees.max_fee_gwei"),
        (HEAD + "[fees]\nmax_total_ether = inf", "fees.max_total_ether"),
        (HEAD + "[fees]\nmax_total_ether = true", "fees.max_total_ether"),
        (HEAD + "[fees]\nmax_gas_per_step = 0", "fees.max_gas_per_step"),
        (HEAD + "[fees]\nmax_gas_per_step = 1.5", "fees.max_gas_per_step"),
        (HEAD + "[fees]\nmax_gas_per_step = true", "fees.max_gas_per_step"),
        (HEAD + "fees = 1", "fees"),
        (HEAD + "bodies = [1]", "bodies[0]"),
        (HEAD + f'[[bodies]]\naddress = "{ADDRESS}"\nroles = ["patient"]\nrecipient = "age1"', "bodies[0].roles"),
        (HEAD + f'[[bodies]]\naddress = "{ADDRESS}"\nroles = []\nrecipient = "age1"', "bodies[0].roles"),
        (HEAD + f'[[bodies]]\naddress = "{ADDRESS}"\nroles = ["verifier"]\nrecipient = "age1"', "bodies[0].recipient"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    path = tmp_path / "trial.toml"
    path.write_text(text)
    with pytest.raises(InvalidNetwork) as fault:
        load_network(str(path))
    assert f"{path}: " in fault.value.message
    assert place in fault.value.message


def test_a_file_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(InvalidNetwork) as fault:
        load_network("nowhere")
    assert "development" in fault.value.remedy


def test_amounts_are_exact_and_another_node_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "trial.toml"
    path.write_text(HEAD + 'categories = ["genomics"]\n[fees]\nmax_fee_gwei = 1.1\nmax_total_ether = 0.3')
    network = load_network(str(path), rpc_url="https://node.example")
    assert network.ceilings.max_fee_per_gas_wei == 1_100_000_000
    assert network.ceilings.max_total_wei == 3 * 10**17
    assert network.categories == (*SEEDED_CATEGORIES, "genomics")
    assert network.rpc_url == "https://node.example"
