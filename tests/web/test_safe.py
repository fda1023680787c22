"""The safe over HTTP: one's own, sealed things only, a version at a time; who never enrols loses it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from mendrec.crypto.age import SecretIdentity, seal
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Address, Role
from mendrec.services.safe import SafeService
from mendrec.web.limiting import TokenBuckets
from tests.web.conftest import Clinic, open_clinic

WEEK_S = 7 * 86_400


def sealed(plain: bytes = b"an identity") -> str:
    return base64.b64encode(seal(plain, SecretIdentity.generate().recipient)).decode("ascii")


def of_size(size_bytes: int) -> str:
    header = b"age-encryption.org/v1\n-> X25519 abc\ndef\n--- ghi\n"
    return base64.b64encode(header + bytes(size_bytes - len(header))).decode("ascii")


def put(clinic: Clinic, who: str, content: str, version: int, slot: str = "identity") -> Any:
    return clinic.ask(who, "PUT", f"/v1/me/safe/{slot}", json={"sealed": content, "expected_version": version})


@pytest.fixture(autouse=True)
def empty(clinic: Clinic) -> Iterator[None]:
    yield
    for who in ("patient", "gp", "stranger"):
        for one in clinic.ask(who, "GET", "/v1/me/safe").json["items"]:
            clinic.ask(who, "DELETE", f"/v1/me/safe/{one['slot']}")


def test_what_was_sealed_comes_back_to_its_owner_alone(clinic: Clinic) -> None:
    content = sealed()
    assert put(clinic, "patient", content, 0).json["version"] == 1
    found = clinic.ask("patient", "GET", "/v1/me/safe/identity").json
    assert (found["sealed"], found["version"], found["slot"]) == (content, 1, "identity")
    (listed,) = clinic.ask("patient", "GET", "/v1/me/safe").json["items"]
    assert listed == {
        "slot": "identity",
        "version": 1,
        "size_bytes": len(base64.b64decode(content)),
        "changed_at": found["changed_at"],
    }
    assert clinic.ask("gp", "GET", "/v1/me/safe").json["items"] == []
    assert clinic.ask("gp", "GET", "/v1/me/safe/identity").json["code"] == "not_found.safe"


def test_two_browsers_do_not_overwrite_each_other(clinic: Clinic) -> None:
    first, second, third = sealed(), sealed(), sealed()
    put(clinic, "patient", first, 0)
    assert put(clinic, "patient", second, 1).json["version"] == 2
    late = put(clinic, "patient", third, 1)
    assert (late.status_code, late.json["code"]) == (409, "conflict.safe")
    assert put(clinic, "patient", third, 0).status_code == 409
    assert clinic.ask("patient", "GET", "/v1/me/safe/identity").json["sealed"] == second


def test_a_put_whose_answer_was_lost_is_answered_again(clinic: Clinic) -> None:
    content = sealed()
    assert put(clinic, "patient", content, 0).json == put(clinic, "patient", content, 0).json


@pytest.mark.parametrize(
    "plain",
    [
        b"AGE-SECRET-KEY-1QQQ",
        b"age-encryption.org/v1",
        b"age-encryption.org/v1\nAGE-SECRET-KEY-1QQQ\n--- x\n",
        b"-----BEGIN AGE ENCRYPTED FILE-----\n",
        b"age-encryption.org/v2\n-> x\n--- y\n",
    ],
)
def test_what_is_not_sealed_is_not_taken(clinic: Clinic, plain: bytes) -> None:
    answer = put(clinic, "patient", base64.b64encode(plain).decode(), 0)
    assert (answer.status_code, answer.json["code"]) == (400, "input.not_sealed")
    assert "AGE-SECRET-KEY" not in answer.text


@pytest.mark.parametrize("wrong", ["", "not base64", "YWJj\n", "YQ", "YQ=", "_-8="])
def test_what_is_not_standard_base64_is_refused(clinic: Clinic, wrong: str) -> None:
    assert put(clinic, "patient", wrong, 0).status_code == 400


def test_slots_are_those_that_there_are(clinic: Clinic) -> None:
    assert put(clinic, "patient", sealed(), 0, slot="diary").status_code == 400
    assert clinic.ask("patient", "GET", "/v1/me/safe/..%2Fidentity").status_code in {400, 404}


def test_a_slot_takes_so_much_and_no_more(clinic: Clinic) -> None:
    assert put(clinic, "patient", of_size(LIMITS.safe_item_max_bytes), 0).status_code == 200
    over = put(clinic, "patient", of_size(LIMITS.safe_item_max_bytes + 1), 1)
    assert over.status_code in {400, 413}
    assert put(clinic, "stranger", of_size(LIMITS.safe_item_unenrolled_max_bytes), 0).status_code == 200
    refused = put(clinic, "stranger", of_size(LIMITS.safe_item_unenrolled_max_bytes + 1), 1)
    assert (refused.status_code, refused.json["code"]) == (400, "input.too_large")
    assert "Enrol" in refused.json["remedy"]


def test_who_never_enrols_loses_theirs_after_a_week_and_nobody_else(clinic: Clinic) -> None:
    """The chain's own time decides: a clock that runs ahead of a chain that stands still costs nobody anything."""
    put(clinic, "stranger", sealed(), 0)
    put(clinic, "patient", sealed(), 0)
    chain, clock, safe = clinic.world.anvil, clinic.clock, clinic.node.safe
    began = clock.now()
    try:
        clock.freeze(began + WEEK_S + 10)
        assert safe.forget() == 0, "the chain has not come so far"
        clock.freeze(began)
        chain.set_time(began + WEEK_S + 10)
        chain.mine()
        assert safe.forget() == 0, "the clock has not"
        clock.freeze(began + WEEK_S + 10)
        assert safe.forget() == 1
    finally:
        clock.run_from(chain.head_timestamp())
        clinic._tokens.clear()  # a week has gone by: every session is over
    assert clinic.ask("stranger", "GET", "/v1/me/safe").json["items"] == []
    assert len(clinic.ask("patient", "GET", "/v1/me/safe").json["items"]) == 1


def test_who_enrols_within_the_week_keeps_it(clinic: Clinic) -> None:
    put(clinic, "stranger", sealed(), 0)
    chain, clock, node = clinic.world.anvil, clinic.clock, clinic.node
    chain.fund(clinic.stranger.address)
    identity = SecretIdentity.generate()
    node.enrolment.enrol_patient(clinic.stranger, identity.recipient, key="enrol stranger")
    chain.set_time(clock.now() + WEEK_S + 100)
    chain.mine()
    clock.run_from(chain.head_timestamp())
    clinic._tokens.clear()
    for _ in range(2):  # the second time it is not even a newcomer any more
        assert node.safe.forget() == 0
    assert len(clinic.ask("stranger", "GET", "/v1/me/safe").json["items"]) == 1


class ManyNewcomers:
    """Rows of people who never enrolled, but for every tenth."""

    def __init__(self, count: int) -> None:
        self.left = [Address(f"0x{number}") for number in range(count)]
        self.kept = 0

    def of_newcomers(self, *, changed_before_at: int, limit: int) -> Sequence[Address]:
        del changed_before_at
        return self.left[:limit]

    def keep(self, person: Address) -> None:
        self.left.remove(person)
        self.kept += 1

    def forget(self, person: Address, *, changed_before_at: int) -> int:
        del changed_before_at
        self.left.remove(person)
        return 1


@pytest.mark.parametrize(("count", "left"), [(450, 0), (1_300, 300)])
def test_more_newcomers_than_one_round_takes_are_looked_through_within_bounds(count: int, left: int) -> None:
    rows = ManyNewcomers(count)
    enrolled, unknown = SimpleNamespace(roles=Role.PATIENT), SimpleNamespace(roles=Role(0))
    ledger = SimpleNamespace(
        head_block=lambda: SimpleNamespace(timestamp=WEEK_S),
        participant=lambda person, at: enrolled if person.endswith("0") else unknown,
    )
    forgotten = cast(Any, SafeService)(rows, ledger, SimpleNamespace(now=lambda: WEEK_S)).forget()
    assert (len(rows.left), forgotten + rows.kept) == (left, count - left)
    assert rows.kept == (count - left) / 10


def test_what_newcomers_write_is_counted_where_they_come_from_and_is_nobody_else_s_matter(clinic: Clinic) -> None:
    """Fresh addresses are free: an allowance for each would be one without end."""
    small = open_clinic(clinic.world, clinic.clock, buckets=TokenBuckets(30, monotonic=lambda: 0.0))
    small.stranger = LocalWallet.generate()
    small.headers("patient")
    told = [put(small, "stranger", sealed(), version) for version in range(3)]
    assert [one.status_code for one in told] == [200, 200, 429]
    assert told[-1].json["code"] == "refused.too_many_requests"
    assert put(small, "patient", sealed(), 0).status_code == 200
