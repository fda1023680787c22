"""Planning changes nothing and is right about the gas; applying does it once, whenever it was stopped."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from deploy.__main__ import main
from mendrec.adapters.chain.client import ChainClient
from mendrec.adapters.chain.deployer import open_ledger
from mendrec.adapters.chain.registry import FileDeploymentRegistry
from mendrec.domain.model import SEEDED_CATEGORIES, Role
from tests.deploy.networks_world import BODY_RECIPIENT, Place
from tests.simulators.chain_world import wallet_of

pytestmark = pytest.mark.chain
CHAIN_ID = 31337
BODY = wallet_of("a hospital of the network file").address
OTHER_BODY = wallet_of("a second hospital of the network file").address
FULL = f"""
categories = ["genomics", "dental"]
[[bodies]]
address = "{BODY}"
roles = ["institution", "custodian"]
recipient = "{BODY_RECIPIENT}"
[[bodies]]
address = "{OTHER_BODY}"
roles = ["verifier"]
recipient = "{BODY_RECIPIENT}"
"""


def gas_spent(place: Place) -> int:
    """Of every transaction of the deployer, from the receipts."""
    total = 0
    for number in range(int(place.anvil.rpc("eth_blockNumber"), 16) + 1):
        for transaction in place.anvil.rpc("eth_getBlockByNumber", hex(number), True)["transactions"]:
            if transaction["from"].lower() == place.wallet.address.lower():
                total += int(place.anvil.rpc("eth_getTransactionReceipt", transaction["hash"])["gasUsed"], 16)
    return total


def nonce(place: Place) -> int:
    return int(place.anvil.rpc("eth_getTransactionCount", place.wallet.address, "latest"), 16)


def test_a_plan_changes_nothing_and_tells_the_addresses_that_apply_then_uses(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    place.declare(FULL)
    before = place.anvil.rpc("eth_blockNumber"), sorted(path.name for path in place.folder.iterdir())
    plan = place.answer(capsys, "plan")
    assert (place.anvil.rpc("eth_blockNumber"), sorted(path.name for path in place.folder.iterdir())) == before
    assert [step["words"] for step in plan["steps"]] == [
        "create Directory",
        "create Consent",
        "create Records",
        "add 13 categories",
        f"admit {BODY}",
        f"admit {OTHER_BODY}",
    ]
    assert place.answer(capsys, "apply")["addresses"] == plan["addresses"]


def test_the_planned_gas_is_what_is_then_spent(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.declare(FULL)
    planned = place.answer(capsys, "plan")
    assert all(step["gas"] for step in planned["steps"])
    place.run("apply")
    assert gas_spent(place) == pytest.approx(planned["gas"], rel=0.02)
    assert planned["cost_wei"] == pytest.approx(1.25 * planned["gas"] * planned["max_fee_per_gas_wei"], rel=1e-6)


def test_everything_declared_is_there_afterwards(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.declare(FULL)
    assert place.answer(capsys, "apply")["left"] == []
    deployment = FileDeploymentRegistry(place.registry).load(CHAIN_ID)
    assert deployment is not None
    reader, _ = open_ledger(ChainClient.connect(place.anvil.rpc_url, expected_chain_id=CHAIN_ID), deployment)
    assert tuple(reader.categories().values()) == (*SEEDED_CATEGORIES, "genomics", "dental")
    assert reader.participant(BODY).roles == Role.INSTITUTION | Role.CUSTODIAN
    findings = place.answer(capsys, "verify")["findings"]
    assert all(finding["is_as_declared"] for finding in findings)


def test_applying_again_sends_nothing_and_what_was_declared_since_is_added(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    place.answer(capsys, "apply")
    sent = nonce(place)
    place.answer(capsys, "apply")
    assert nonce(place) == sent
    place.declare(FULL)
    assert len(place.answer(capsys, "plan")["steps"]) == 3
    place.answer(capsys, "apply")
    assert nonce(place) == sent + 3
    assert place.answer(capsys, "plan")["steps"] == []


def test_an_apply_that_was_killed_after_any_sending_is_finished_by_the_next(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place.declare(FULL)
    sendings = 6
    for die_after in range(1, sendings + 1):
        mark = place.anvil.snapshot()
        with monkeypatch.context() as patch:
            _die_after_sending(patch, die_after)
            with pytest.raises(SystemExit):
                place.run("apply")
        halfway = place.answer(capsys, "plan")
        place.answer(capsys, "apply")
        assert nonce(place) == sendings, die_after
        assert FileDeploymentRegistry(place.registry).load(CHAIN_ID) is not None
        assert halfway["addresses"] == place.answer(capsys, "plan")["addresses"]
        assert place.answer(capsys, "verify")
        place.anvil.revert(mark)
        for path in sorted(place.registry.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()


def _die_after_sending(patch: pytest.MonkeyPatch, die_after: int) -> None:
    real = ChainClient.broadcast
    sent = 0

    def broadcast(self: ChainClient, transaction: Any) -> None:
        nonlocal sent
        real(self, transaction)
        sent += 1
        if sent == die_after:
            raise SystemExit(137)

    patch.setattr(ChainClient, "broadcast", broadcast)


def test_acts_of_another_owner_are_told_with_their_data_and_not_sent(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = wallet_of("governance of the network file")
    place.declare(f'governance = "{owner.address}"' + FULL)
    left = place.answer(capsys, "apply")["left"]
    assert nonce(place) == 3
    assert [step["sender"] for step in left] == [owner.address] * 3
    place.anvil.fund(owner.address)
    for step in left:  # whoever governs sends exactly what was told
        place.anvil.rpc("anvil_impersonateAccount", owner.address)
        place.anvil.rpc("eth_sendTransaction", {"from": owner.address, "to": step["to"], "data": step["data_hex"]})
        place.anvil.mine()
    assert all(one["is_as_declared"] for one in place.answer(capsys, "verify")["findings"])


@pytest.mark.parametrize("typed", ["", "yes\n", "trial \n", "TRIAL\n"])
def test_without_the_exact_name_nothing_is_sent(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    command = ["apply", "--network", str(place.network), "--registry", str(place.registry)]
    assert main([*command, "--password-file", str(place.folder / "password")]) == 1
    assert nonce(place) == 0
    assert "nothing was sent" in capsys.readouterr().err


def test_the_exact_name_is_a_yes(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("trial\n"))
    command = ["apply", "--network", str(place.network), "--registry", str(place.registry)]
    assert main([*command, "--password-file", str(place.folder / "password")]) == 0
    assert nonce(place) == 4


@pytest.mark.parametrize("fees", ["max_fee_gwei = 0.000001", "max_total_ether = 0.000001"])
def test_above_a_ceiling_nothing_is_sent(place: Place, capsys: pytest.CaptureFixture[str], fees: str) -> None:
    place.declare(f"[fees]\n{fees}")
    error = place.answer(capsys, "apply", exit_code=1)["error"]
    assert error["code"] == "refused.fee_above_ceiling"
    assert nonce(place) == 0


def test_an_account_that_cannot_pay_for_all_sends_nothing(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.anvil.rpc("anvil_setBalance", place.wallet.address, hex(10**9))
    assert place.answer(capsys, "apply", exit_code=1)["error"]["code"] == "refused.deployer_unfunded"
    assert nonce(place) == 0


def test_a_node_without_state_overrides_says_what_it_cannot_tell(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ChainClient.estimate
    monkeypatch.setattr(
        ChainClient, "estimate", lambda self, contract, fields, assuming=None: real(self, contract, fields)
    )
    steps = place.answer(capsys, "plan")["steps"]
    assert [step["gas"] is None for step in steps] == [False, True, True, True]
