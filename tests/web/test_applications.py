"""From an application to a credential on chain, with a name that somebody vouches for; and whoever tries otherwise."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import pytest

from mendrec.crypto.age import SecretIdentity
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.model import Role
from mendrec.domain.typed_data import contract_domain
from mendrec.domain.typed_data.directory import Credential, clinician_credential
from mendrec.ports import ContractCall
from mendrec.web.limiting import TokenBuckets
from tests.web.conftest import Clinic, open_clinic

YEAR_S = 365 * 86_400
_COUNTER = itertools.count(1)


class Newcomer:
    """Somebody with a wallet of their own, whom the directory does not know."""

    def __init__(self, clinic: Clinic) -> None:
        self._clinic = clinic
        self.wallet = LocalWallet.generate()
        self.licence_hex = f"{next(_COUNTER):064x}"
        before, clinic.stranger = clinic.stranger, self.wallet
        token = clinic.sign_in("stranger")
        clinic.stranger = before
        self._headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, url: str, **more: Any) -> Any:
        headers = {**self._headers, **more.pop("headers", {})}
        return self._clinic.client().open(url, method=method, headers=headers, **more)

    def apply(self, institution: str = "south-hospital", name: str = "Dr Ana Straße", **more: Any) -> Any:
        asked = {
            "institution": self._clinic.address(institution),
            "display_name": name,
            "licence_commitment_hex": self.licence_hex,
        }
        return self.ask("POST", "/v1/applications", json=asked, **more)


def decide(clinic: Clinic, who: str, application: Mapping[str, Any], **words: Any) -> Any:
    return clinic.ask(who, "POST", f"/v1/applications/{application['application_id']}/decision", json=words)


def signed(clinic: Clinic, application: Mapping[str, Any], by: str = "licensing-board", **other: Any) -> dict[str, Any]:
    """What a verifier sends; ``other`` are what it signs otherwise than it says."""
    now = clinic.node.now()
    said = {"issued_at": now, "expires_at": now + YEAR_S}
    terms = {
        "clinician": application["applicant"],
        "institution": application["institution"],
        "licence_commitment_hex": application["licence_commitment_hex"],
        **said,
        **other,
    }
    node, verifier = clinic.node, clinic.wallet(by)
    domain = contract_domain("Directory", node.ledger.chain_id, node.ledger.contract_address("Directory"))
    signature = verifier.sign_typed_data(clinician_credential(domain, Credential(**terms), verifier.address))
    return {"decision": "sign", "credential": said, "verifier_signature_hex": signature.hex()}


@pytest.fixture
def newcomer(clinic: Clinic) -> Newcomer:
    return Newcomer(clinic)


def test_the_whole_way_to_a_name_in_the_directory(clinic: Clinic, newcomer: Newcomer) -> None:
    made = newcomer.apply().json
    assert (made["state"], made["credential"], made["decided_at"]) == ("waiting", None, None)
    url = f"/v1/institutions/{clinic.address('south-hospital')}/applications?state=waiting"
    assert made in clinic.ask("south-hospital", "GET", url).json["items"]
    assert decide(clinic, "south-hospital", made, decision="confirm").json["state"] == "confirmed"
    url = f"/v1/institutions/{clinic.address('south-hospital')}/applications?state=confirmed"
    (confirmed,) = clinic.ask("licensing-board", "GET", url).json["items"]
    done = decide(clinic, "licensing-board", confirmed, **signed(clinic, confirmed))
    assert done.status_code == 200, done.json
    assert done.json["verifier"] == clinic.address("licensing-board")
    (own,) = newcomer.ask("GET", "/v1/me/applications").json["items"]
    assert own == done.json

    # With what is answered here the newcomer enrols: an act like any other.
    params = {
        "recipient": SecretIdentity.generate().recipient,
        "verifier": own["verifier"],
        "verifier_signature_hex": own["verifier_signature_hex"],
        "credential": {
            "clinician": own["applicant"],
            "institution": own["institution"],
            "licence_commitment_hex": own["licence_commitment_hex"],
            **own["credential"],
        },
    }
    prepared = newcomer.ask("POST", "/v1/acts/preparations", json={"kind": "enrol_clinician", "params": params})
    assert prepared.status_code == 200, prepared.json
    node, credential = clinic.node, params["credential"]
    clinic.world.anvil.fund(newcomer.wallet.address)
    call = (
        "0x" + "07" * 32,
        {
            "clinician": newcomer.wallet.address,
            "institution": credential["institution"],
            "licenceCommitment": "0x" + credential["licence_commitment_hex"],
            "issuedAt": credential["issued_at"],
            "expiresAt": credential["expires_at"],
        },
        own["verifier"],
        "0x" + own["verifier_signature_hex"],
    )
    node.outbox.submit(ContractCall("Directory", "enrolClinician", call), newcomer.wallet, newcomer.wallet.address)

    listed = clinic.ask("patient", "GET", "/v1/professionals?q=ana%20stras").json["items"]
    assert [(one["address"], one["display_name"]) for one in listed] == [(newcomer.wallet.address, "Dr Ana Straße")]
    assert listed[0]["standing"]["good"]
    assert listed[0]["institution"]["address"] == clinic.address("south-hospital")
    staff = clinic.ask("patient", "GET", f"/v1/institutions/{clinic.address('south-hospital')}/staff").json["items"]
    mine = next(one for one in staff if one["address"] == newcomer.wallet.address)
    assert mine == {
        "address": newcomer.wallet.address,
        "display_name": "Dr Ana Straße",
        "credential": {
            "state": "in_force",
            "issued_at": credential["issued_at"],
            "expires_at": credential["expires_at"],
            "verifier": clinic.address("licensing-board"),
        },
    }

    # Revoked by the institution: shown as such, still with the name.
    revoke = ContractCall("Directory", "revokeCredential", (newcomer.wallet.address,))
    node.outbox.submit(revoke, clinic.wallet("south-hospital"), f"revoke {newcomer.wallet.address}")  # type: ignore[arg-type]
    staff = clinic.ask("patient", "GET", f"/v1/institutions/{clinic.address('south-hospital')}/staff").json["items"]
    mine = next(one for one in staff if one["address"] == newcomer.wallet.address)
    assert (mine["credential"]["state"], mine["credential"]["expires_at"]) == ("revoked", None)


def test_who_may_decide(clinic: Clinic, newcomer: Newcomer) -> None:
    made = newcomer.apply().json
    for who in ("patient", "gp", "north-hospital", "stranger"):
        for words in ({"decision": "confirm"}, {"decision": "decline"}, signed(clinic, made)):
            assert decide(clinic, who, made, **words).status_code == 404, (who, words["decision"])
    own = newcomer.ask("POST", f"/v1/applications/{made['application_id']}/decision", json={"decision": "confirm"})
    assert (own.status_code, own.json["code"]) == (403, "refused.not_yours_to_decide")
    assert decide(clinic, "licensing-board", made, decision="confirm").status_code == 403
    early = decide(clinic, "licensing-board", made, **signed(clinic, made))
    assert (early.status_code, early.json["code"]) == (409, "conflict.application")
    decide(clinic, "south-hospital", made, decision="confirm")
    assert decide(clinic, "south-hospital", made, **signed(clinic, made, by="south-hospital")).status_code == 403
    declined = decide(clinic, "licensing-board", made, decision="decline", reason="The licence is not known.")
    assert (declined.json["state"], declined.json["reason"]) == ("declined", "The licence is not known.")
    assert decide(clinic, "south-hospital", made, decision="confirm").status_code == 409
    assert newcomer.ask("GET", "/v1/me/applications").json["items"][0]["reason"] == "The licence is not known."


def test_a_verifier_that_is_an_institution_too_confirms_its_own_staff_only(clinic: Clinic, newcomer: Newcomer) -> None:
    both = Newcomer(clinic)
    governance, roles = clinic.world.people["governance"].wallet, Role.INSTITUTION | Role.VERIFIER
    recipient = SecretIdentity.generate().recipient
    clinic.node.enrolment.admit_body(governance, both.wallet.address, roles, recipient, key="admit both")
    made = newcomer.apply().json
    url = f"/v1/applications/{made['application_id']}/decision"
    refused = both.ask("POST", url, json={"decision": "confirm"})
    assert (refused.status_code, refused.json["code"]) == (403, "refused.not_yours_to_decide")
    assert both.ask("POST", url, json={"decision": "decline"}).status_code == 200


@pytest.mark.parametrize(
    "other",
    [
        {"expires_at": 2**31},
        {"issued_at": 1},
        {"licence_commitment_hex": "ff" * 32},
        {"clinician": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"},
        {"institution": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"},
    ],
)
def test_a_signature_over_other_words_is_not_kept(clinic: Clinic, newcomer: Newcomer, other: dict[str, Any]) -> None:
    made = newcomer.apply().json
    decide(clinic, "south-hospital", made, decision="confirm")
    answer = decide(clinic, "licensing-board", made, **signed(clinic, made, **other))
    assert (answer.status_code, answer.json["code"]) == (409, "verification.signature")
    assert newcomer.ask("GET", "/v1/me/applications").json["items"][0]["state"] == "confirmed"


def test_somebody_elses_signature_is_not_a_verifiers(clinic: Clinic, newcomer: Newcomer) -> None:
    made = newcomer.apply().json
    decide(clinic, "south-hospital", made, decision="confirm")
    assert decide(clinic, "licensing-board", made, **signed(clinic, made, by="gp")).status_code == 409


@pytest.mark.parametrize(
    ("issued", "expires"), [(0, -YEAR_S), (YEAR_S, 2 * YEAR_S), (0, 0)], ids=["over", "ahead", "no time"]
)
def test_impossible_times_are_refused(clinic: Clinic, newcomer: Newcomer, issued: int, expires: int) -> None:
    made = newcomer.apply().json
    decide(clinic, "south-hospital", made, decision="confirm")
    now = clinic.node.now()
    words = signed(clinic, made, issued_at=now + issued, expires_at=now + expires)
    words["credential"] = {"issued_at": now + issued, "expires_at": now + expires}
    answer = decide(clinic, "licensing-board", made, **words)
    assert (answer.status_code, answer.json["code"]) == (400, "input.unusable_credential")


@pytest.mark.parametrize(
    "words",
    [
        {"decision": "sign"},
        {"decision": "confirm", "reason": "because"},
        {"decision": "confirm", "credential": {"issued_at": 1, "expires_at": 2}},
        {"decision": "decline", "verifier_signature_hex": "ab" * 65},
        {"decision": "decline", "reason": "two\nlines"},
        {"decision": "maybe"},
        {},
    ],
)
def test_a_decision_takes_what_it_takes(clinic: Clinic, newcomer: Newcomer, words: dict[str, Any]) -> None:
    made = newcomer.apply().json
    who = "licensing-board" if words.get("decision") == "sign" else "south-hospital"
    assert decide(clinic, who, made, **words).status_code == 400
    assert newcomer.ask("GET", "/v1/me/applications").json["items"][0]["state"] == "waiting"


@pytest.mark.parametrize("name", ["", " ", " Ana", "Ana\n", "A\u202ena", "A\u2066na", "A\u200bna", "A" * 81, "\ud800"])
def test_names_that_trick_the_eye_are_refused(newcomer: Newcomer, name: str) -> None:
    assert newcomer.apply(name=name).status_code == 400


def test_one_application_is_open_at_a_time_and_ten_a_day_are_taken(clinic: Clinic, newcomer: Newcomer) -> None:
    made = newcomer.apply().json
    again = newcomer.apply()
    assert (again.status_code, again.json["code"]) == (409, "conflict.application_open")
    for _ in range(9):
        decide(clinic, "south-hospital", made, decision="decline")
        made = newcomer.apply().json
    decide(clinic, "south-hospital", made, decision="decline")
    full = newcomer.apply()
    assert (full.status_code, full.json["code"]) == (429, "refused.too_many_applications")


def test_who_is_in_no_directory_applies_so_often_from_one_address(clinic: Clinic) -> None:
    small = open_clinic(clinic.world, clinic.clock, buckets=TokenBuckets(30, monotonic=lambda: 0.0))
    fresh = [Newcomer(small) for _ in range(3)]
    assert [one.apply().status_code for one in fresh] == [201, 201, 429]


def test_an_application_that_is_sent_twice_is_made_once(newcomer: Newcomer) -> None:
    first, second = (newcomer.apply(headers={"Idempotency-Key": "apply"}).json for _ in range(2))
    assert first == second


def test_it_is_made_to_an_institution_in_standing(clinic: Clinic, newcomer: Newcomer) -> None:
    for who in ("patient", "gp", "licensing-board", "stranger"):
        assert newcomer.apply(institution=who).json["code"] == "refused.not_an_institution"
    governance, body = clinic.wallet("governance"), clinic.address("south-hospital")
    for number, standing in enumerate((False, True)):
        call = ContractCall("Directory", "setBodyStanding", (body, standing))
        clinic.node.outbox.submit(call, governance, f"standing {number}")  # type: ignore[arg-type]
        if not standing:
            assert newcomer.apply().json["code"] == "refused.not_an_institution"
    assert newcomer.apply().status_code == 201


# The directory with names


def test_professionals_are_listed_and_no_patient(clinic: Clinic) -> None:
    clinic.node.index.sync()
    found: list[dict[str, Any]] = []
    url = "/v1/professionals?limit=2"
    cursor = ""
    while True:
        page = clinic.ask("patient", "GET", url + cursor).json
        found += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    addresses = [one["address"] for one in found]
    assert len(addresses) == len(set(addresses))
    known = {clinic.address(who) for who in ("north-hospital", "south-hospital", "licensing-board", "gp")}
    assert known <= set(addresses)
    assert clinic.address("patient") not in addresses
    assert not any("patient" in one["roles"] for one in found)
    gp = next(one for one in found if one["address"] == clinic.address("gp"))
    assert gp["credential"]["state"] == "in_force"
    assert gp["institution"] == {"address": clinic.address("north-hospital"), "display_name": None}


def test_some_are_asked_for_by_address(clinic: Clinic) -> None:
    wanted = [clinic.address(who) for who in ("gp", "patient", "stranger", "north-hospital")]
    query = "&".join(f"address={one.lower()}" for one in wanted)
    found = clinic.ask("patient", "GET", f"/v1/professionals?{query}").json["items"]
    assert {one["address"] for one in found} == {wanted[0], wanted[3]}
    too_many = "&".join(f"address=0x{number:040x}" for number in range(101))
    assert clinic.ask("patient", "GET", f"/v1/professionals?{too_many}").status_code == 400


def test_a_clinician_who_is_a_patient_too_is_not_told_to_be_one(clinic: Clinic) -> None:
    who = clinic.world.people["gp"]
    clinic.node.enrolment.enrol_patient(who.wallet, who.identity.recipient, key="the gp is ill too")
    assert Role.PATIENT in clinic.node.ledger.participant(who.address).roles
    found = clinic.ask("patient", "GET", f"/v1/professionals?address={who.address}").json["items"]
    assert found[0]["roles"] == ["clinician"]


def test_a_page_of_professionals_costs_by_how_many_the_chain_is_asked_of(clinic: Clinic) -> None:
    small = open_clinic(clinic.world, clinic.clock, buckets=TokenBuckets(4, monotonic=lambda: 0.0))
    small.stranger = clinic.stranger
    listed = len(clinic.ask("patient", "GET", "/v1/professionals?limit=200").json["items"])
    assert listed >= 5
    small._tokens.update(patient=clinic.headers("patient")["Authorization"].removeprefix("Bearer "))
    told = [small.ask("patient", "GET", "/v1/professionals?limit=200").status_code for _ in range(4)]
    assert told == [200, 200, 429, 429]
