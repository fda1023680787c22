"""Applying is held to the plan that was shown: its steps, its fee for one unit of gas, and its cost."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from deploy.__main__ import main
from mendrec.adapters.chain.client import ChainClient
from mendrec.adapters.chain.deployer import CreationDiffers, Web3Deployer
from mendrec.domain.model import Address
from mendrec.domain.network import FeeCeilings
from mendrec.ports import SignedTransaction
from mendrec.services.deployment_plan import AbovePlan, GasUnknown, Plan, PlanWallet, Step
from tests.deploy.networks_world import Place, make_place
from tests.simulators.chain_world import wallet_of

GWEI = 10**9
NO_CEILINGS = FeeCeilings()
OWN, OTHER, TARGET, CREATED = (Address(f"0x{n:040x}") for n in range(1, 5))


class Typist:
    """Types the network's name, after something has happened."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self._meanwhile = meanwhile

    def readline(self) -> str:
        self._meanwhile()
        return "trial\n"


def apply_after(place: Place, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> int:
    monkeypatch.setattr(sys, "stdin", Typist(meanwhile))
    command = ["apply", "--network", str(place.network), "--registry", str(place.registry)]
    return main([*command, "--password-file", str(place.folder / "password")])


@pytest.fixture
def priced(place: Place) -> Iterator[Place]:
    """For tests that set the base fee: the chain forgets a snapshot's blocks, and not the fee of the next one."""
    before = int(place.anvil.rpc("eth_getBlockByNumber", "latest", False)["baseFeePerGas"], 16)
    yield place
    set_base_fee(place, before)


def set_base_fee(place: Place, fee_wei: int) -> None:
    place.anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(fee_wei))
    place.anvil.mine()


def sent(place: Place) -> list[Mapping[str, Any]]:
    """Every transaction of the deployer."""
    blocks = range(int(place.anvil.rpc("eth_blockNumber"), 16) + 1)
    found = (
        one for number in blocks for one in place.anvil.rpc("eth_getBlockByNumber", hex(number), True)["transactions"]
    )
    return [one for one in found if one["from"].lower() == place.wallet.address.lower()]


def without_overrides(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a node that knows no state overrides answers."""
    real = ChainClient.estimate
    monkeypatch.setattr(
        ChainClient, "estimate", lambda self, contract, fields, assuming=None: real(self, contract, fields)
    )


@pytest.mark.chain
def test_json_without_a_yes_sends_nothing(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["apply", "--network", str(place.network), "--registry", str(place.registry), "--json"]) == 1
    assert "nothing was sent" in capsys.readouterr().err
    assert sent(place) == []


@pytest.mark.chain
def test_fees_that_rose_a_little_are_paid_within_what_was_shown(
    priced: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_base_fee(priced, 2 * GWEI)
    shown = priced.answer(capsys, "plan")
    assert apply_after(priced, monkeypatch, lambda: set_base_fee(priced, 3 * GWEI)) == 0
    transactions = sent(priced)
    assert len(transactions) == 4
    assert max(int(one["maxFeePerGas"], 16) for one in transactions) <= shown["max_fee_per_gas_wei"]
    assert sum(int(one["gas"], 16) * int(one["maxFeePerGas"], 16) for one in transactions) <= shown["cost_wei"]


@pytest.mark.chain
def test_fees_that_rose_beyond_what_was_shown_send_nothing(
    priced: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_base_fee(priced, 2 * GWEI)
    assert apply_after(priced, monkeypatch, lambda: set_base_fee(priced, 20 * GWEI)) == 1
    assert "the plan said" in capsys.readouterr().err
    assert sent(priced) == []


@pytest.mark.chain
def test_a_plan_that_is_no_longer_right_sends_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The account was used elsewhere: the contracts would come to other addresses than were shown."""
    assert apply_after(place, monkeypatch, lambda: place.anvil.rpc("anvil_setNonce", place.wallet.address, "0x5")) == 1
    assert "since the plan was shown" in capsys.readouterr().err
    assert sent(place) == []


@pytest.mark.chain
def test_a_step_of_unknown_gas_is_not_free(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place.declare("[fees]\nmax_total_ether = 1")
    with monkeypatch.context() as patch:
        without_overrides(patch)
        assert place.answer(capsys, "plan")["cost_wei"] is None
        assert place.answer(capsys, "apply", exit_code=1)["error"]["code"] == "refused.gas_unknown"
        place.declare("[fees]\nmax_gas_per_step = 6_000_000\nmax_total_ether = 0.001")
        assert place.answer(capsys, "apply", exit_code=1)["error"]["code"] == "refused.fee_above_ceiling"
        place.declare("[fees]\nmax_gas_per_step = 1_000_000")
        assert place.answer(capsys, "apply", exit_code=1)["error"]["code"] == "refused.fee_above_ceiling"
        assert sent(place) == []
        place.declare("[fees]\nmax_gas_per_step = 6_000_000")
        cost_wei = place.answer(capsys, "plan")["cost_wei"]
        place.answer(capsys, "apply")
    assert sum(int(one["gas"], 16) * int(one["maxFeePerGas"], 16) for one in sent(place)) <= cost_wei


def die_before_sending(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def broadcast(_self: ChainClient, _transaction: SignedTransaction) -> None:
        raise SystemExit(137)

    with monkeypatch.context() as patch:
        patch.setattr(ChainClient, "broadcast", broadcast)
        with pytest.raises(SystemExit):
            place.run("apply")


@pytest.mark.chain
def test_a_stored_creation_with_another_owner_is_not_sent(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    die_before_sending(place, monkeypatch)
    place.declare(f'governance = "{wallet_of("who governs since").address}"')
    for command in ("plan", "apply"):
        assert place.answer(capsys, command, exit_code=1)["error"]["code"] == "configuration.creation_differs"
    assert sent(place) == []
    place.declare()
    place.answer(capsys, "apply")
    assert len(sent(place)) == 4


@pytest.mark.chain
def test_a_stored_creation_is_not_sent_for_another_account(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place.declare(f'governance = "{OTHER}"')
    die_before_sending(place, monkeypatch)
    (place.folder / "another").mkdir()
    another = make_place(place.folder / "another", place.anvil)
    another.declare(f'governance = "{OTHER}"')
    place.registry.rename(another.registry)
    assert another.answer(capsys, "apply", exit_code=1)["error"]["code"] == "configuration.stored_by_another"
    assert sent(place) == sent(another) == []


@pytest.mark.chain
def test_a_stored_creation_is_shown_with_what_it_was_signed_for(
    priced: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_base_fee(priced, 50 * GWEI)
    die_before_sending(priced, monkeypatch)
    set_base_fee(priced, GWEI)
    shown = priced.answer(capsys, "plan")
    priced.answer(capsys, "apply")
    paid = [int(one["gas"], 16) * int(one["maxFeePerGas"], 16) for one in sent(priced)]
    assert int(sent(priced)[0]["maxFeePerGas"], 16) > 100 * GWEI > shown["max_fee_per_gas_wei"]
    assert paid[0] < sum(paid) <= shown["cost_wei"]


@pytest.mark.chain
def test_a_stored_creation_is_compared_in_code_and_arguments(place: Place) -> None:
    deployer = Web3Deployer(ChainClient.connect(place.anvil.rpc_url, expected_chain_id=31337))
    args = (place.wallet.address,)
    signed = deployer.sign_creation("Directory", args, place.wallet, 0)
    assert deployer.require_creation(signed, "Directory", args) > 0
    for transaction, contract, other in (
        (signed, "Directory", (OTHER,)),
        (signed, "Consent", args),
        (replace(signed, raw_hex=""), "Directory", args),
        (replace(signed, raw_hex="02"), "Directory", args),
        (replace(signed, raw_hex="zz"), "Directory", args),
        (replace(signed, raw_hex="c0"), "Directory", args),
    ):
        with pytest.raises(CreationDiffers):
            deployer.require_creation(transaction, contract, other)


class Pen:
    """Signs anything, and keeps it."""

    address = OWN

    def __init__(self) -> None:
        self.signed: list[Mapping[str, Any]] = []

    def sign_transaction(self, fields: Mapping[str, Any]) -> tuple[str, str]:
        self.signed.append(fields)
        return "0x", "0x"

    def sign_typed_data(self, typed_data: Mapping[str, Any]) -> bytes:
        raise AssertionError


def plan_of(*, ceilings: FeeCeilings = NO_CEILINGS, gas: int | None = 1_000) -> Plan:
    steps = (
        Step("create it", OWN, CREATED, gas),
        Step("call it", OWN, TARGET, gas, data_hex="0xaa"),
        Step("the owner's", OTHER, TARGET, gas, data_hex="0xbb"),
    )
    return Plan(OWN, {}, steps, 100, 10**18, ceilings)


CALL = {"to": TARGET, "data": "0xaa", "nonce": 8, "gas": 1_250, "maxFeePerGas": 100, "maxPriorityFeePerGas": 10}
CREATION = {"data": "0x60", "nonce": 7, "gas": 1_250, "maxFeePerGas": 100, "maxPriorityFeePerGas": 10}
LEGACY = {"to": TARGET, "data": "0xaa", "nonce": 8, "gas": 1_250, "gasPrice": 100}


def held(pen: Pen, plan: Plan) -> PlanWallet:
    return PlanWallet(pen, plan, lambda one: CREATED if (one.sender, one.nonce) == (OWN, 7) else OTHER)


def test_what_the_plan_says_is_signed_once_a_nonce() -> None:
    pen = Pen()
    wallet = held(pen, plan_of())
    for fields in (CREATION, CALL, CALL, LEGACY):  # the same nonce again is paid for once
        wallet.sign_transaction(fields)
    assert pen.signed == [CREATION, CALL, CALL, LEGACY]


@pytest.mark.parametrize(
    "fields",
    [
        {**CALL, "gas": 1_251},
        {**CALL, "to": OTHER},
        {**CALL, "data": "0xbb"},
        {**CREATION, "nonce": 9},
        {**CALL, "maxFeePerGas": 192},
        {**LEGACY, "gasPrice": 101},
    ],
    ids=["gas", "target", "the owner's", "address", "fee", "price"],
)
def test_what_the_plan_does_not_say_is_not_signed(fields: Mapping[str, Any]) -> None:
    pen = Pen()
    with pytest.raises(AbovePlan):
        held(pen, plan_of()).sign_transaction(fields)
    assert pen.signed == []


def test_a_fee_reckoned_higher_is_brought_down_while_the_chain_would_take_it() -> None:
    pen = Pen()
    held(pen, plan_of()).sign_transaction({**CALL, "maxFeePerGas": 190})  # base fee 90, tip 10
    assert pen.signed == [{**CALL, "maxFeePerGas": 100}]


def test_more_than_the_cost_in_all_is_not_signed() -> None:
    pen = Pen()
    wallet = held(pen, plan_of())
    wallet.sign_transaction(CALL)
    wallet.sign_transaction({**CALL, "nonce": 9})
    with pytest.raises(AbovePlan, match="signed away"):
        wallet.sign_transaction({**CALL, "nonce": 10})
    assert len(pen.signed) == 2


def test_a_ceiling_for_a_step_stands_in_for_gas_that_nobody_knows() -> None:
    with pytest.raises(GasUnknown):
        plan_of(gas=None).require_affordable()
    plan = plan_of(gas=None, ceilings=FeeCeilings(max_gas_per_step=1_250))
    plan.require_affordable()
    assert plan.cost_wei == 2 * 1_250 * 100
