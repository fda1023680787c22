"""Acts through a node: who has no ether can do them, and what the node prepares is what was asked for."""

from __future__ import annotations

import pytest

from mendrec.client.errors import LyingNode, SignInNeeded
from mendrec.crypto.identity import create_identity
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.errors import ContractRefusal, InputError, NotFoundError, RefusedError
from tests.client.conftest import DAY_S, Town

pytestmark = pytest.mark.chain


def terms(town: Town, *codes: str, right: str = "READ") -> dict[str, object]:
    now = town.world.node.now()
    return {
        "categories": list(codes),
        "rights": [right],
        "from_at": now,
        "until_at": now + 30 * DAY_S,
        "purpose": "TREAT",
    }


def test_somebody_without_ether_enrols(town: Town, newcomer: LocalWallet) -> None:
    client = town.client()
    client.sign_in(newcomer)
    assert client.me().roles == []
    recipient = create_identity().recipient
    done = client.acts.do("enrol", newcomer, {"recipient": recipient})
    assert done.state in {"mined", "final"}
    found = client.me()
    assert (found.address, found.roles, found.recipient) == (newcomer.address, ["patient"], recipient)
    with pytest.raises(RefusedError):
        client.acts.do("enrol", newcomer, {"recipient": recipient})


def test_a_grant_through_its_whole_life(town: Town) -> None:
    patient, grantee = town.person("patient"), town.person("radiologist").address
    client = town.client("patient", own_chain=True)

    def state() -> tuple[str, list[str]]:
        (found,) = [one for one in client.consents(patient.address) if one.grantee == grantee]
        assert found.category_code == "laboratory"
        return found.effective.state, list(found.effective.rights)

    client.acts.do("grant", patient.wallet, {"grantee": grantee, **terms(town, "laboratory")})
    assert state() == ("in_force", ["READ"])
    later = town.world.node.now() + 60 * DAY_S
    client.acts.do("renew", patient.wallet, {"grantee": grantee, "categories": ["laboratory"], "until_at": later})
    sooner = {"rights": ["READ"], "until_at": later - DAY_S}
    client.acts.do("narrow", patient.wallet, {"grantee": grantee, "categories": ["laboratory"], **sooner})
    (held,) = [one for one in town.client("radiologist").grants_held() if one.category_code == "laboratory"]
    assert held.until_at == later - DAY_S
    client.acts.do("revoke", patient.wallet, {"grantee": grantee, "categories": ["laboratory"]})
    assert state() == ("nothing", [])
    assert [act.function for act in client.acts.mine()][:2] == ["revokeBySig", "narrowBySig"]


def test_what_one_passed_on_is_listed_for_them_alone_until_it_is_taken_back(town: Town) -> None:
    patient, giver, taker = town.person("patient"), town.person("gp"), town.person("cardiologist")
    held = {**terms(town, "immunization"), "rights": ["READ", "SHARE"]}
    town.client("patient").acts.do("grant", patient.wallet, {"grantee": giver.address, **held})
    client = town.client("gp")
    assert list(client.grants_passed_on()) == []
    passed = {"patient": patient.address, "grantee": taker.address, "categories": ["immunization"]}
    client.acts.do("pass_on", giver.wallet, {**passed, **held, "rights": ["READ"]})
    (found,) = client.grants_passed_on()
    assert (found.patient, found.grantee, found.category_code) == (
        patient.address,
        taker.address,
        "immunization",
    )
    assert (found.delegator, found.effective.state) == (giver.address, "in_force")
    assert [list(town.client(name).grants_passed_on()) for name in ("patient", "cardiologist")] == [[], []]
    client.acts.do("take_back", giver.wallet, passed)
    assert list(client.grants_passed_on()) == []


def test_a_request_is_answered_by_its_id(town: Town) -> None:
    patient, asker = town.person("patient"), town.person("cardiologist")
    asking = town.client("cardiologist")
    asking.acts.do("ask", asker.wallet, {"patient": patient.address, **terms(town, "medication")})
    answering = town.client("patient")
    (request,) = [one for one in answering.requests(patient.address) if one.state == "pending"]
    answering.acts.do("approve", patient.wallet, {"request_id_hex": request.request_id_hex})
    assert [one.state for one in answering.requests(patient.address)] == ["approved"]
    with pytest.raises(NotFoundError):
        answering.acts.prepare("decline", patient.address, {"request_id_hex": "0" * 64})


def test_what_the_contract_refuses_is_told_in_its_own_words_and_costs_nothing(town: Town) -> None:
    client = town.client("patient")
    stranger = LocalWallet.generate().address
    with pytest.raises(RefusedError) as refused:
        client.acts.do("grant", town.person("patient").wallet, {"grantee": stranger, **terms(town, "laboratory")})
    assert refused.value.code.startswith("refused.")
    assert refused.value.request_id
    assert not isinstance(refused.value, LyingNode | ContractRefusal)


def test_an_act_is_signed_by_who_asked_for_it_only(town: Town) -> None:
    client = town.client("patient")
    asked = {"grantee": town.person("gp").address, **terms(town, "laboratory")}
    prepared = client.acts.prepare("grant", town.person("patient").address, asked)
    with pytest.raises(InputError, match="another person"):
        prepared.signed(town.person("gp").wallet)
    with pytest.raises(LyingNode):  # the node prepares for who is signed in
        client.acts.prepare("grant", town.person("gp").address, asked)


def test_signed_out_nothing_is_told(town: Town) -> None:
    client = town.client("patient")
    client.sign_out()
    assert not client.transport.is_signed_in
    with pytest.raises(SignInNeeded):
        client.me()
