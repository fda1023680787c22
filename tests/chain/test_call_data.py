"""Call data is made here, not by web3, which is too slow for it: the two agree on every function of every contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web3 import Web3

from mendrec.adapters.chain.artifacts_loader import load_artifacts
from mendrec.adapters.chain.client import ChainClient, UnusableArguments
from mendrec.adapters.chain.codec import decode_named
from mendrec.ports import Wallet
from tests.simulators.chain_world import wallet_of

ARTIFACTS = load_artifacts()
WEB3 = Web3()
CLIENT = ChainClient(WEB3, chain_id=31337, artifacts=ARTIFACTS)
FUNCTIONS = [
    (contract, item) for contract, artifact in ARTIFACTS.items() for item in artifact.abi if item["type"] == "function"
]
SOMEBODY: Wallet = wallet_of("somebody")


def values(component: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """JSON-safe values of an ABI type."""
    kind: str = component["type"]
    if kind.endswith("]"):
        return st.lists(values({**component, "type": kind[: kind.rindex("[")]}), max_size=3)
    if kind == "tuple":
        return st.fixed_dictionaries({part["name"]: values(part) for part in component["components"]})
    if kind == "address":
        return st.just(SOMEBODY.address)
    if kind == "bool":
        return st.booleans()
    if kind == "string":
        return st.text(st.characters(codec="utf-8"), max_size=40)
    if kind == "bytes":
        return st.binary(max_size=80).map(lambda data: "0x" + data.hex())
    if kind.startswith("bytes"):
        size = int(kind.removeprefix("bytes"))
        return st.binary(min_size=size, max_size=size).map(lambda data: "0x" + data.hex())
    return st.integers(0, 2 ** int(kind.removeprefix("uint")) - 1)


@pytest.mark.parametrize(
    ("contract", "item"), FUNCTIONS, ids=lambda value: value if isinstance(value, str) else value["name"]
)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_call_data_is_what_web3_makes_and_reads_back(
    contract: str, item: Mapping[str, Any], data: st.DataObject
) -> None:
    args = [data.draw(values(component)) for component in item["inputs"]]
    made = CLIENT.encode(contract, item["name"], args)
    encoder = WEB3.eth.contract(abi=ARTIFACTS[contract].abi)  # type: ignore[call-overload]
    assert made == encoder.encode_abi(item["name"], args)
    assert list(decode_named(item["inputs"], bytes.fromhex(made[10:])).values()) == args


def test_no_function_has_a_second_one_of_its_name() -> None:
    """Calls name a function without its types."""
    for contract in ARTIFACTS:
        names = [item["name"] for of, item in FUNCTIONS if of == contract]
        assert len(set(names)) == len(names)


ADDRESS = SOMEBODY.address
WORD = "0x" + "11" * 32


@pytest.mark.parametrize(
    ("contract", "function", "args"),
    [
        ("Directory", "enrol", ()),
        ("Directory", "enrol", (WORD, WORD)),
        ("Directory", "enrol", (WORD[:-2],)),
        ("Directory", "enrol", (WORD + "11",)),
        ("Directory", "enrol", (WORD[2:],)),
        ("Directory", "enrol", (7,)),
        ("Directory", "enrol", (None,)),
        ("Directory", "participant", (ADDRESS.lower(),)),
        ("Directory", "participant", (ADDRESS[:-1],)),
        ("Directory", "participant", (7,)),
        ("Directory", "nothing", ()),
        ("Nothing", "participant", (ADDRESS,)),
        ("Consent", "effective", (ADDRESS, ADDRESS, 2**16)),
        ("Consent", "effective", (ADDRESS, ADDRESS, -1)),
        ("Consent", "effective", (ADDRESS, ADDRESS, "1")),
        ("Consent", "grant", (ADDRESS, 1, {"rights": 1, "from": 1, "until": 2, "purpose": 0})),
        ("Consent", "grant", (ADDRESS, [1], {"rights": 1, "from": 1, "until": 2})),
        ("Consent", "grant", (ADDRESS, [1], {"rights": 1, "from": 1, "until": 2, "purpose": 0, "more": 1})),
        ("Consent", "grant", (ADDRESS, [1], [1, 1, 2, 0])),
    ],
)
def test_arguments_of_another_shape_are_refused(contract: str, function: str, args: tuple[Any, ...]) -> None:
    with pytest.raises(UnusableArguments):
        CLIENT.encode(contract, function, args)
