"""Verifying finds each thing that can be wrong with a deployment."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deploy import __main__ as command
from deploy.compile_contracts import SHIPPED
from tests.deploy.networks_world import BODY_RECIPIENT, OTHER_RECIPIENT, Place
from tests.simulators.chain_world import wallet_of

pytestmark = pytest.mark.chain
STRANGER = wallet_of("stranger").address


def wrong(place: Place, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, str]:
    findings = place.answer(capsys, "verify", *more, exit_code=1)["findings"]
    return {one["what"]: one["words"] for one in findings if not one["is_as_declared"]}


def registry(place: Place) -> dict[str, Any]:
    return dict(json.loads((place.registry / "31337.json").read_text()))


@pytest.fixture
def applied(place: Place, capsys: pytest.CaptureFixture[str]) -> Place:
    place.answer(capsys, "apply")
    assert place.run("verify") == 0
    return place


def test_other_code_at_an_address(applied: Place, capsys: pytest.CaptureFixture[str]) -> None:
    for contract, entry in registry(applied)["contracts"].items():
        mark = applied.anvil.snapshot()
        code = applied.anvil.rpc("eth_getCode", entry["address"], "latest")
        applied.anvil.rpc("anvil_setCode", entry["address"], code[:-2] + f"{int(code[-2:], 16) ^ 1:02x}")
        assert contract in wrong(applied, capsys)
        applied.anvil.revert(mark)


def test_no_code_at_an_address(applied: Place, capsys: pytest.CaptureFixture[str]) -> None:
    applied.anvil.rpc("anvil_setCode", registry(applied)["contracts"]["Consent"]["address"], "0x")
    assert "no contract" in wrong(applied, capsys)["Consent"]


def test_contracts_of_two_deployments(applied: Place, capsys: pytest.CaptureFixture[str]) -> None:
    first = registry(applied)
    (applied.registry / "31337.json").rename(applied.folder / "first.json")
    applied.answer(capsys, "apply")
    mixed = registry(applied)
    mixed["contracts"]["Directory"] = first["contracts"]["Directory"]
    (applied.registry / "31337.json").write_text(json.dumps(mixed))
    found = wrong(applied, capsys)
    assert set(found) == {"Consent", "Records"}
    assert "belongs to another Directory" in found["Consent"]


def test_another_owner(applied: Place, capsys: pytest.CaptureFixture[str]) -> None:
    applied.declare(f'governance = "{STRANGER}"')
    assert set(wrong(applied, capsys)) == {"owner"}


def test_a_missing_category(applied: Place, capsys: pytest.CaptureFixture[str]) -> None:
    applied.declare('categories = ["genomics"]')
    assert wrong(applied, capsys) == {"categories": "missing: genomics"}


def test_a_body_that_is_not_admitted_or_not_as_declared(applied: Place, capsys: pytest.CaptureFixture[str]) -> None:
    def declare(roles: str, recipient: str = BODY_RECIPIENT) -> None:
        body = f'[[bodies]]\naddress = "{STRANGER}"\nroles = [{roles}]\nrecipient = "{recipient}"\n'
        applied.declare("", deployer='[deployer]\nkeystore = "deployer.json"\n' + body)

    declare('"institution"')
    assert wrong(applied, capsys) == {f"body {STRANGER}": "is not admitted"}
    applied.answer(capsys, "apply")
    assert applied.run("verify") == 0
    declare('"institution", "verifier"')
    assert "roles" in wrong(applied, capsys)[f"body {STRANGER}"]
    declare('"institution"', OTHER_RECIPIENT)
    assert "recipient" in wrong(applied, capsys)[f"body {STRANGER}"]


def test_another_chain(applied: Place, capsys: pytest.CaptureFixture[str]) -> None:
    text = applied.network.read_text()
    applied.network.write_text(text.replace("chain_id = 31337", "chain_id = 31338"))
    assert "31337" in wrong(applied, capsys)["chain"]


def test_no_deployment_at_all(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert set(wrong(place, capsys)) == {"address registry"}


def test_sources_that_do_not_give_the_shipped_artifacts(
    applied: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "render", lambda: {SHIPPED.folder / "Directory.json": "{}"})
    finding = command._rebuilt()
    assert not finding.is_as_declared
    assert "Directory.json" in finding.words
