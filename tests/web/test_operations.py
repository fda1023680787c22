"""The node at a glance, over HTTP: true, for those who run it, and without secrets."""

from __future__ import annotations

from typing import Any

from mendrec.web.app import create_app
from tests.web.conftest import Clinic


def overview(clinic: Clinic, who: str = "north-hospital") -> Any:
    answer = clinic.ask(who, "GET", "/v1/operations")
    assert answer.status_code == 200, answer.json
    return answer.json


def test_it_tells_what_the_settings_and_the_chain_say(clinic: Clinic) -> None:
    node, told = clinic.node, overview(clinic)
    assert [(one["name"], one["kind"], one["location"]) for one in told["stores"]] == [
        (one.name, one.kind, one.location) for one in node.config.stores
    ]
    assert all(one["up"] and one["fault_code"] is None for one in told["stores"])
    assert told["placement"] == {"copies": 2, "failure_domains": 2}
    node.index.sync()
    head = node.ledger.head_block()
    index = overview(clinic)["index"]
    assert (index["block_number"], index["head_number"], index["lag_blocks"]) == (head.number, head.number, 0)
    relay = told["relay"]
    assert relay["address"] == clinic.address("south-hospital")
    assert int(relay["balance_wei"]) > 0
    assert told["worker"] == {"lease_holder_alive": False, "lease_expires_at": None}
    assert {one["check"] for one in told["conditions"]} >= {"chain", "index", "placement", "outbox", "worker"}
    assert all(one["message"] and (one["remedy"] or one["state"] == "ok") for one in told["conditions"])


def test_acts_that_wait_are_counted(clinic: Clinic) -> None:
    before = overview(clinic)
    asked = {"kind": "cancel_nonce", "params": {"contract": "Consent", "nonce": 300}}
    prepared = clinic.ask("patient", "POST", "/v1/acts/preparations", json=asked).json
    assert prepared is not None
    signature = clinic.wallet("patient").sign_typed_data(prepared["typed_data"])
    act = {name: prepared[name] for name in ("contract", "function", "args", "nonce", "deadline_at")}
    clinic.ask("patient", "POST", "/v1/acts", json={**act, "signature": "0x" + signature.hex()})
    after = overview(clinic)
    for part in ("outbox", "relay"):
        assert after[part]["by_state"].get("queued", 0) == before[part]["by_state"].get("queued", 0) + 1
    assert after["outbox"]["oldest_at"] is not None
    assert sum(after["relay"]["by_state"].values()) < sum(after["outbox"]["by_state"].values())


def test_a_store_that_is_away_is_told_with_its_fault(clinic: Clinic) -> None:
    folder = clinic.world.home / "stores" / "ward-disk"
    app = create_app(clinic.node, custodian=None)  # an application of its own has looked at nothing yet
    fresh = Clinic(clinic.world, clinic.clock, app)
    folder.rename(folder.with_suffix(".away"))
    try:
        told = overview(fresh)
    finally:
        folder.with_suffix(".away").rename(folder)
    by_name = {one["name"]: one for one in told["stores"]}
    assert not by_name["ward-disk"]["up"]
    assert by_name["ward-disk"]["fault_code"] == "storage.unreachable"
    assert by_name["south-disk"]["up"]
    assert "store ward-disk" in {one["check"] for one in told["conditions"] if one["state"] == "warning"}


def test_who_is_told(clinic: Clinic) -> None:
    """Operators of stores; the custodian and the relayer of this node are two of them in this world."""
    for who, status in {
        "south-hospital": 200,
        "north-hospital": 200,
        "patient": 403,
        "gp": 403,
        "anonymous": 401,
    }.items():
        assert clinic.ask(who, "GET", "/v1/operations").status_code == status, who
    refused = clinic.ask("licensing-board", "GET", "/v1/operations").json
    assert refused is not None
    assert refused["code"] == "refused.not_the_operator"


def test_no_key_and_no_path_of_this_machine_is_in_it(clinic: Clinic) -> None:
    text = clinic.ask("north-hospital", "GET", "/v1/operations").text
    assert str(clinic.world.home) not in text
    assert "password" not in text
    assert "sqlite" not in text
