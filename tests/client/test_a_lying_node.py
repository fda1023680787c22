"""A node that lies is caught before anything is signed or believed. It is a real one, with its answers meddled with."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mendrec.client.checking import require_as_asked, told
from mendrec.client.errors import LyingNode, NodeUnavailable, error_of
from mendrec.client.events import messages
from mendrec.client.node_client import NodeClient
from mendrec.client.transport import Transport, all_pages
from mendrec.client.trust import NodeTrust
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.errors import InputError, MendrecError, NotFoundError, RefusedError, UnavailableError
from mendrec.domain.model import SEEDED_CATEGORIES, Address
from mendrec.domain.typed_data import Validity
from mendrec.services.act_drafts import DRAFTS
from mendrec.services.act_params import ActParams
from mendrec.services.act_preparation import PreparedAct
from tests.client.conftest import DAY_S, Town
from tests.simulators.chain_world import wallet_of

PATIENT, GRANTEE = wallet_of("patient").address, wallet_of("clinician_a").address
OTHER = wallet_of("stranger").address
NOW = 1_800_000_000
CODES = dict(enumerate(SEEDED_CATEGORIES, start=1))
TRUST = NodeTrust(31337, {name: wallet_of(name).address for name in ("Consent", "Directory", "Records")})
ASKED: dict[str, dict[str, Any]] = {
    "grant": {
        "grantee": GRANTEE,
        "categories": ["laboratory", "imaging"],
        "rights": ["READ"],
        "from_at": NOW,
        "until_at": NOW + DAY_S,
        "purpose": "TREAT",
    },
    "narrow": {"grantee": GRANTEE, "categories": ["laboratory"], "rights": ["READ"], "until_at": NOW + DAY_S},
    "revoke": {"grantee": GRANTEE, "categories": ["laboratory", "imaging"]},
    "enrol": {"recipient": "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"},
    "cancel_nonce": {"contract": "Consent", "nonce": 7},
}


def prepared(kind: str, params: Mapping[str, Any] | None = None, signer: Address = PATIENT) -> PreparedAct:
    """What an honest node prepares."""
    params = params or ASKED[kind]
    blank = PreparedAct(
        kind, signer, "", "", (), {"message": {"sequences": [3] * len(params.get("categories", []))}}, 5, 0
    )
    draft = DRAFTS[kind](told(CODES, blank, None), signer, ActParams(params))
    words = draft.typed_data(TRUST.domain(draft.contract), Validity(5, NOW + 60))
    return PreparedAct(kind, signer, draft.contract, draft.function, draft.args, words, 5, NOW + 60)


def check(act: PreparedAct, kind: str, signer: Address = PATIENT) -> None:
    require_as_asked(act, kind, signer, ASKED[kind], told(CODES, act, None), TRUST, NOW)


@pytest.mark.parametrize("kind", sorted(ASKED))
def test_an_honest_node_is_believed(kind: str) -> None:
    check(prepared(kind), kind)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from leaves(inner, (*path, at))
    else:
        yield path


def meddled(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    changed = copy.deepcopy(value)
    place = changed
    for step in path[:-1]:
        place = place[step]
    if place[path[-1]] == new:
        return None
    place[path[-1]] = new
    return changed


@settings(max_examples=200)
@given(data=st.data())
def test_no_word_of_what_is_signed_can_be_changed(data: st.DataObject) -> None:
    """Every leaf of the typed data and of the arguments, set to anything: caught, whatever it is."""
    kind = data.draw(st.sampled_from(sorted(ASKED)))
    honest = prepared(kind)
    body = json.loads(json.dumps({"typed_data": honest.typed_data, "args": honest.args}))
    path = data.draw(st.sampled_from(list(leaves(body))))
    new = data.draw(
        st.one_of(st.none(), st.integers(), st.text(max_size=5), st.sampled_from([OTHER, GRANTEE, "SHARE"]))
    )
    changed = meddled(body, path, new)
    if changed is None:
        return
    if "sequences" in path:  # stated by the node, and judged by the contract: typed data and arguments agree at least
        changed_both = changed["typed_data"]["message"]["sequences"] == changed["args"][-1]
        assert not changed_both
    lie = PreparedAct(
        kind, PATIENT, honest.contract, honest.function, tuple(changed["args"]), changed["typed_data"], 5, NOW + 60
    )
    with pytest.raises((LyingNode, InputError)):
        check(lie, kind)


@pytest.mark.parametrize(
    ("asked", "done"), [("revoke", "grant"), ("grant", "revoke"), ("narrow", "grant"), ("enrol", "cancel_nonce")]
)
def test_another_act_than_the_one_asked_for(asked: str, done: str) -> None:
    with pytest.raises(LyingNode):
        check(prepared(done), asked)


@pytest.mark.parametrize(
    "change",
    [
        {"grantee": OTHER},
        {"categories": ["laboratory", "imaging", "billing"]},
        {"categories": ["imaging", "laboratory"]},
        {"rights": ["READ", "SHARE"]},
        {"until_at": NOW + 2 * DAY_S},
        {"purpose": "HRESCH"},
    ],
)
def test_wider_words_that_are_consistent_in_themselves(change: dict[str, Any]) -> None:
    with pytest.raises(LyingNode):
        check(prepared("grant", {**ASKED["grant"], **change}), "grant")


def test_another_signer_another_contract_and_a_signature_for_years() -> None:
    with pytest.raises(LyingNode):
        check(prepared("grant", signer=OTHER), "grant")
    elsewhere = NodeTrust(31337, {**TRUST.contracts, "Consent": OTHER})
    act = prepared("grant")
    with pytest.raises(LyingNode):
        require_as_asked(act, "grant", PATIENT, ASKED["grant"], told(CODES, act, None), elsewhere, NOW)
    with pytest.raises(LyingNode, match="longer than any"):
        require_as_asked(act, "grant", PATIENT, ASKED["grant"], told(CODES, act, None), TRUST, NOW - 400 * DAY_S)


class Meddling(Transport):
    """Changes what the node answers before it is read."""

    def __init__(self, inner: Transport, path: str, change: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(inner.url)
        self.use_token(inner._token)
        self._path, self._change = path, change

    def exchange(self, method: str, path: str, answer: Any, **rest: Any) -> Any:
        found = super().exchange(method, path, answer, **rest)
        if self._path not in path:
            return found
        body = found.model_dump()
        self._change(body)
        return answer.model_validate(body)


def meddle(client: NodeClient, path: str, change: Callable[[dict[str, Any]], None]) -> NodeClient:
    client.transport = Meddling(client.transport, path, change)
    return client


@pytest.mark.chain
def test_a_request_that_asks_for_less_than_it_seems(town: Town) -> None:
    patient, asker = town.person("patient"), town.person("gp")
    now = town.world.node.now()
    wants = {"categories": ["allergy"], "rights": ["READ"], "from_at": now, "until_at": now + DAY_S, "purpose": "TREAT"}
    town.client("gp").acts.do("ask", asker.wallet, {"patient": patient.address, **wants})
    client = town.client("patient")
    (request,) = [one for one in client.requests(patient.address) if one.state == "pending"]

    def lie(body: dict[str, Any]) -> None:
        for item in body["items"]:
            item["until_at"] += 365 * DAY_S  # the patient is shown one thing, the contract another

    liar = meddle(client, "access-requests", lie)
    with pytest.raises(LyingNode):
        liar.acts.prepare("approve", patient.address, {"request_id_hex": request.request_id_hex})


@pytest.mark.chain
def test_contracts_that_change_and_sign_in_for_another_site(town: Town) -> None:
    client = town.client()
    client.node()
    liar = meddle(client, "/v1/node", lambda body: body["contracts"].update(Consent=OTHER))
    with pytest.raises(LyingNode):
        liar.node()
    wallet = LocalWallet.generate()
    for change in ({"domain": "bank.example"}, {"uri": "https://bank.example"}, {"chain_id": 1}):
        liar = meddle(town.client(), "/v1/sign-in/nonce", lambda body, change=change: body.update(change))  # type: ignore[misc]
        with pytest.raises(LyingNode):
            liar.sign_in(wallet)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://node.example",
        "http://node.example",
        "https://",
        "https://user:secret@node.example",
        "https://node.example/?q=1",
        "https://node.example:port",
        "nonsense",
    ],
)
def test_what_is_no_address_of_a_node(url: str) -> None:
    with pytest.raises(InputError):
        Transport(url)


def test_a_node_that_is_away() -> None:
    with pytest.raises(NodeUnavailable):
        NodeClient("http://127.0.0.1:9").node()


@pytest.mark.parametrize(
    ("status", "body", "family"),
    [
        (400, {"code": "input.invalid", "message": "m", "remedy": "r", "request_id": "i"}, InputError),
        (403, {"code": "refused.Consent.Expired", "message": "m"}, RefusedError),
        (404, None, NotFoundError),
        (502, "<html>", UnavailableError),
        (503, {"code": "unavailable.chain"}, UnavailableError),
        (429, {"code": "too_many", "message": 5}, UnavailableError),
        (418, {"code": ["x"]}, InputError),
    ],
)
def test_errors_are_of_the_family_that_their_code_says(status: int, body: Any, family: type[MendrecError]) -> None:
    error = error_of(status, body)
    assert isinstance(error, family)
    assert error.message
    if isinstance(body, dict) and isinstance(body.get("code"), str):
        assert error.code == body["code"]


def test_words_of_a_node_can_not_command_a_terminal() -> None:
    assert "\x1b" not in error_of(400, {"code": "input.invalid", "message": "\x1b[2Jgone"}).message


def test_pages_that_lead_round_in_a_circle() -> None:
    with pytest.raises(LyingNode):
        list(all_pages(lambda cursor: ([cursor], "again")))
    assert list(all_pages(lambda cursor: ([cursor], "b" if cursor is None else None))) == [None, "b"]


def test_event_streams_are_read_as_the_standard_says() -> None:
    lines = [
        ": hello",
        "",
        "id: 1",
        "data: a",
        "data: b",
        "",
        "retry: 5",
        "id: 2",
        "",
        "event: x",
        "data:c",
        "",
        "data: cut",
    ]
    assert list(messages(iter(lines))) == [("1", "a\nb"), ("2", ""), ("2", "c")]
