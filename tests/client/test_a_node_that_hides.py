"""A node that leaves something out, or names keepers of keys of its own choice, is caught: told by the chain's word."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from mendrec.adapters.custodian_http import HttpCustodian
from mendrec.api.records import EntriesAnswered, RecordsAnswered
from mendrec.api.uploads import ContextAnswered
from mendrec.cli.node_door import _warn
from mendrec.client.completeness import Held
from mendrec.client.custodians import (
    CustodiansChanged,
    OtherKeyPublished,
    require_known_custody,
    require_location,
    require_own_recipient,
    require_recipients,
)
from mendrec.client.errors import LyingNode, SignInNeeded
from mendrec.client.records import Records
from mendrec.client.trust import KnownCustody, NodeTrust, load_trust, save_trust
from mendrec.crypto.age import SecretIdentity
from mendrec.domain.chain_link import GENESIS_LINK_HEX, link_hex
from mendrec.domain.errors import ContractRefusal, MendrecError, NotFoundError, RefusedError
from mendrec.domain.model import (
    Address,
    BlockRef,
    ChainEntry,
    EffectiveAccess,
    LocationInfo,
    ParticipantInfo,
    Purpose,
    Right,
    Role,
)
from mendrec.domain.release import ReleaseRequest
from mendrec.domain.release_answer import ReleaseAnswer
from mendrec.domain.share import WrongShareError
from tests.client.conftest import Town
from tests.client.test_a_lying_node import TRUST, meddle
from tests.client.test_records_through_a_node import allow, upload
from tests.simulators.chain_world import wallet_of

PATIENT, READER, AUTHOR = (wallet_of(name).address for name in ("patient", "clinician_a", "clinician_b"))
KEEPER, OTHER_KEEPER, STRANGER = (wallet_of(name).address for name in ("custodian", "hospital_b", "stranger"))
KEYS = {who: SecretIdentity.generate().recipient for who in (PATIENT, KEEPER, OTHER_KEEPER, STRANGER)}
NOW = 1_800_000_000
HEAD = BlockRef(7, "77" * 32, NOW)


def refusal(name: str) -> ContractRefusal:
    return ContractRefusal("no", contract="Directory", name=name, args_by_name={}, remedy="")


@dataclass
class FakeChain:
    """What the contracts hold, as a chain node of one's own tells it."""

    entries: list[ChainEntry] = field(default_factory=list)
    readable: frozenset[int] = frozenset()
    roles: dict[Address, Role] = field(default_factory=lambda: {PATIENT: Role.PATIENT, KEEPER: Role.CUSTODIAN})
    fallen: frozenset[Address] = frozenset()
    active: bool = True
    operator: Address = KEEPER

    def head_block(self) -> BlockRef:
        return HEAD

    def head_link_hex(self, patient: Address, *, at: BlockRef | None = None) -> str:
        del patient, at
        return links(self.entries)[-1] if self.entries else GENESIS_LINK_HEX

    def entry(self, patient: Address, sequence: int) -> ChainEntry:
        del patient
        if sequence >= len(self.entries):
            raise NotFoundError("none")
        return self.entries[sequence]

    def categories(self) -> dict[int, str]:
        return {1: "laboratory", 2: "imaging"}

    def require_in_standing(self, who: Address, *, at: BlockRef | None = None) -> None:
        del at
        if who in self.fallen:
            raise refusal("NotInStanding")

    def effective_access(
        self, patient: Address, grantee: Address, category: int, *, at: BlockRef | None = None
    ) -> EffectiveAccess:
        del patient, at
        held = grantee == READER and category in self.readable
        return EffectiveAccess(Right.READ if held else Right(0), NOW - 10, NOW + 10, Purpose.TREAT, 1)

    def participant(self, who: Address) -> ParticipantInfo:
        return ParticipantInfo(who, self.roles.get(who, Role.PATIENT), False, 0, 0, 0, 0, KEYS.get(who))

    def location(self, number: int) -> LocationInfo:
        if number != 1:
            raise refusal("UnknownLocation")
        return LocationInfo(1, self.operator, 1, self.active, "directory://x/")


def links(entries: Sequence[ChainEntry]) -> list[str]:
    found, previous = [], GENESIS_LINK_HEX
    for entry in entries:
        previous = link_hex(previous, entry)
        found.append(previous)
    return found


def chain_of(*counts: int, category: Callable[[int], int] = lambda _at: 1) -> list[ChainEntry]:
    """Entries: single records (0) and batches of some records."""
    return [
        ChainEntry(PATIENT, at, AUTHOR if at % 2 else PATIENT, category(at), 1, f"{at + 1:064x}", NOW, count)
        for at, count in enumerate(counts)
    ]


class FakeNode:
    """Tells a chain and records, as it likes."""

    def __init__(self, entries: Sequence[ChainEntry], records: Sequence[tuple[int, int | None]] | None = None) -> None:
        self.entries = entries
        every = [(one.sequence, leaf) for one in entries for leaf in (range(one.count) if one.count else (None,))]
        self.records = every if records is None else records
        self.refuses: RefusedError | None = None

    def get(self, path: str, answer: Any, **_query: Any) -> Any:
        if path.endswith("/entries"):
            if self.refuses is not None:
                raise self.refuses
            told = [self._entry(one, link) for one, link in zip(self.entries, links(self.entries), strict=True)]
            head = told[-1]["link_hex"] if told else GENESIS_LINK_HEX
            return EntriesAnswered.model_validate(
                {"items": told, "next_cursor": None, "head_link_hex": head, "head_block_number": 7}
            )
        assert path.endswith("/records")
        items = [self._record(sequence, leaf) for sequence, leaf in self.records]
        return RecordsAnswered.model_validate({"items": items, "next_cursor": None})

    def _entry(self, one: ChainEntry, link: str) -> dict[str, Any]:
        words = {name: getattr(one, name) for name in ("patient", "sequence", "author", "category", "location")}
        words |= {name: getattr(one, name) for name in ("digest_hex", "recorded_at", "count")}
        return {**words, "category_code": "laboratory", "link_hex": link, "list_digest_hex": None}

    def _record(self, sequence: int, leaf: int | None) -> dict[str, Any]:
        one = self.entries[sequence]
        words = {"patient": PATIENT, "sequence": sequence, "leaf_index": leaf, "count": one.count, "final": True}
        words |= {"category_code": "laboratory", "author": one.author, "location": 1, "recorded_at": NOW}
        return {**words, "manifest_digest_hex": one.digest_hex, "problem": None}


class Clock:
    def now(self) -> int:
        return NOW


def records(
    node: FakeNode, chain: FakeChain | None, who: Address, told: frozenset[int] = frozenset(), **more: Any
) -> Records:
    held = Held(lambda: chain, Clock(), lambda _patient: told)  # type: ignore[arg-type,return-value]
    return Records(
        node,  # type: ignore[arg-type]
        node=lambda: None,  # type: ignore[arg-type,return-value]
        trust=lambda: TRUST,
        chain=lambda: chain,  # type: ignore[arg-type,return-value]
        clock=Clock(),
        sleep=more.pop("sleep", lambda _pause_s: None),
        held=held,
        who=lambda: who,
        **more,
    )


def left_out_by_verify(found: Records) -> list[int]:
    found._objects = lambda _record: None  # type: ignore[method-assign,assignment,return-value]
    found._placed = lambda *_told: ([], [])  # type: ignore[method-assign]
    return [one.sequence for one in found.verify(PATIENT).findings if one.code == LyingNode.code]


@pytest.mark.parametrize("told", [0, 1, 4])
def test_the_newest_entries_can_not_be_hidden_from_who_has_a_chain_node(told: int) -> None:
    """Any number of them, and all: the contract's head was read first."""
    entries = chain_of(0, 0, 0, 0, 0)
    node, chain = FakeNode(entries[:told]), FakeChain(entries)
    with pytest.raises(LyingNode, match="not sound"):
        records(node, chain, PATIENT)._located(PATIENT, PATIENT)
    verifying = records(node, chain, PATIENT)
    verifying._objects = lambda _record: None  # type: ignore[method-assign,assignment,return-value]
    assert [one.code for one in verifying.verify(PATIENT).findings] == ["chain.wrong_head"]


def test_a_node_whose_chain_node_is_a_block_behind_is_waited_for() -> None:
    entries = chain_of(0, 0, 0)
    node = FakeNode(entries[:2])
    waits: list[float] = []

    def catch_up(pause_s: float) -> None:
        waits.append(pause_s)
        node.__init__(entries)  # type: ignore[misc]

    located, _ = records(node, FakeChain(entries), PATIENT, sleep=catch_up)._located(PATIENT, PATIENT)
    assert [one.ref.sequence for one in located] == [0, 1, 2]
    assert waits == [0.25]


def test_entries_that_the_contract_does_not_hold_are_found() -> None:
    node, chain = FakeNode(chain_of(0, 0, 0)), FakeChain(chain_of(0))
    with pytest.raises(LyingNode, match="contract holds"):
        records(node, chain, PATIENT)._located(PATIENT, PATIENT)


@pytest.mark.parametrize("with_chain", [True, False])
@pytest.mark.parametrize(
    "kept", [[], [(0, None)], [(0, None), (2, None)], [(0, None), (1, 0), (1, 1), (2, None)]], ids=str
)
def test_the_patient_is_told_every_record_and_every_leaf(with_chain: bool, kept: list[tuple[int, int | None]]) -> None:
    entries = chain_of(0, 3, 0)
    node, chain = FakeNode(entries, kept), FakeChain(entries) if with_chain else None
    with pytest.raises(LyingNode, match="leaves records out"):
        records(node, chain, PATIENT)._located(PATIENT, PATIENT)
    whole = {sequence for sequence, _ in kept} - ({1} if (1, 2) not in kept else set())
    assert left_out_by_verify(records(node, chain, PATIENT)) == sorted({0, 1, 2} - whole)
    assert left_out_by_verify(records(FakeNode(entries), chain, PATIENT)) == []


@pytest.mark.parametrize("with_chain", [True, False])
def test_a_reader_is_told_all_of_each_category_they_hold_and_no_more(with_chain: bool) -> None:
    entries = chain_of(0, 0, 0, 0, category=lambda at: 1 + at // 2)  # 0, 1: laboratory; 2, 3: imaging
    held = frozenset({1})
    chain = FakeChain(entries, readable=held) if with_chain else None

    def listed(*kept: int) -> list[int]:
        node = FakeNode(entries, [(one, None) for one in kept])
        located, _ = records(node, chain, READER, held)._located(PATIENT, READER)
        return [one.ref.sequence for one in located]

    assert listed(0, 1) == [0, 1]
    for kept in ((), (0,), (1,)):
        with pytest.raises(LyingNode, match="leaves records out"):
            listed(*kept)
    if chain is not None:
        chain.fallen = frozenset({READER})  # who is not in standing is owed nothing
        assert listed() == []


def test_an_author_is_told_what_they_added() -> None:
    entries = chain_of(0, 0, 0)
    node = FakeNode(entries, [])
    with pytest.raises(LyingNode, match=r"Missing: 1\."):
        records(node, FakeChain(entries), AUTHOR)._located(PATIENT, AUTHOR)


def test_the_chain_is_not_refused_to_who_may_read() -> None:
    entries = chain_of(0)
    node = FakeNode(entries, [])
    node.refuses = RefusedError("not for you")
    assert records(node, FakeChain(entries), READER)._located(PATIENT, READER) == ([], [])
    for chain in (FakeChain(entries, readable=frozenset({1})), None):
        with pytest.raises(LyingNode, match="refuses the chain"):
            records(node, chain, READER, frozenset({1}))._located(PATIENT, READER)
    with pytest.raises(RefusedError):
        records(node, None, PATIENT)._located(PATIENT, PATIENT)
    node.refuses = SignInNeeded("again")
    with pytest.raises(SignInNeeded):
        records(node, FakeChain(entries, readable=frozenset({1})), READER)._located(PATIENT, READER)


def context(*keepers: Address, threshold: int = 1, **changed: Any) -> ContextAnswered:
    words = {
        "patient": PATIENT,
        "recipient": KEYS[PATIENT],
        "custodians": [{"address": one, "recipient": KEYS[one]} for one in keepers],
        "threshold": threshold,
        "chain_id": 31337,
        "records_contract": TRUST.contracts["Records"],
        "limits": {"records_max": 1, "object_max_bytes": 1, "part_max_bytes": 1, "idle_max_s": 1},
    }
    return ContextAnswered.model_validate({**words, **changed})


def test_a_custodian_is_one_in_the_directory_and_in_standing() -> None:
    require_recipients(context(KEEPER), FakeChain())  # type: ignore[arg-type]
    for found, chain in (
        (context(STRANGER), FakeChain()),  # enrolled by themself: a key, and no role
        (context(KEEPER, STRANGER), FakeChain()),
        (context(KEEPER), FakeChain(fallen=frozenset({KEEPER}))),
        (context(KEEPER, recipient=KEYS[STRANGER]), FakeChain()),
        (context(KEEPER, custodians=[{"address": KEEPER, "recipient": KEYS[STRANGER]}]), FakeChain()),
    ):
        with pytest.raises(LyingNode):
            require_recipients(found, chain)  # type: ignore[arg-type]


KNOWN = replace(TRUST, custody=KnownCustody({KEEPER: KEYS[KEEPER], OTHER_KEEPER: KEYS[OTHER_KEEPER]}, 2))


@pytest.mark.parametrize("by_chain", [True, False])
def test_custodians_and_threshold_stay_until_somebody_says_yes(by_chain: bool) -> None:
    require_known_custody(context(OTHER_KEEPER, KEEPER, threshold=2), KNOWN, keys_by_chain=by_chain)
    for found in (
        context(KEEPER, threshold=1),
        context(KEEPER, OTHER_KEEPER, threshold=1),
        context(KEEPER, STRANGER, threshold=2),
        context(KEEPER, OTHER_KEEPER, STRANGER, threshold=2),
        context(threshold=2),
    ):
        with pytest.raises(CustodiansChanged) as refused:
            require_known_custody(found, KNOWN, keys_by_chain=by_chain)
        told = KnownCustody({Address(one.address): one.recipient for one in found.custodians}, found.threshold)
        assert told.id_hex in refused.value.remedy
    with pytest.raises(CustodiansChanged):
        require_known_custody(context(KEEPER), TRUST, keys_by_chain=by_chain)
    for found in (context(KEEPER, KEEPER, threshold=2), context(KEEPER, threshold=2), context(KEEPER, threshold=0)):
        with pytest.raises(LyingNode):
            require_known_custody(found, KNOWN, keys_by_chain=by_chain)


def test_another_key_of_a_custodian_needs_a_yes_or_the_chain() -> None:
    keys = [
        {"address": KEEPER, "recipient": KEYS[STRANGER]},
        {"address": OTHER_KEEPER, "recipient": KEYS[OTHER_KEEPER]},
    ]
    found = context(custodians=keys, threshold=2)
    require_known_custody(found, KNOWN, keys_by_chain=True)
    with pytest.raises(CustodiansChanged):
        require_known_custody(found, KNOWN, keys_by_chain=False)


def test_a_patient_knows_their_own_key() -> None:
    require_own_recipient(context(KEEPER), KEYS[PATIENT], None)
    with pytest.raises(LyingNode):
        require_own_recipient(context(KEEPER), KEYS[STRANGER], None)
    with pytest.raises(OtherKeyPublished):
        require_own_recipient(context(KEEPER), KEYS[STRANGER], FakeChain())  # type: ignore[arg-type]


def test_a_location_is_an_institutions_active_one() -> None:
    roles = {KEEPER: Role.INSTITUTION | Role.CUSTODIAN}
    require_location(FakeChain(roles=roles), 1)  # type: ignore[arg-type]
    for chain, number in (
        (FakeChain(roles=roles), 2),
        (FakeChain(roles=roles, active=False), 1),
        (FakeChain(roles=roles, operator=STRANGER), 1),
        (FakeChain(roles=roles, fallen=frozenset({KEEPER})), 1),
    ):
        with pytest.raises(LyingNode):
            require_location(chain, number)  # type: ignore[arg-type]


def test_what_is_known_of_custodians_is_kept_with_the_node(tmp_path: Path) -> None:
    path = tmp_path / "nodes" / "one.json"
    save_trust(path, TRUST)  # as files were before
    assert load_trust(path) == TRUST
    save_trust(path, KNOWN)
    assert load_trust(path) == KNOWN
    assert list(path.parent.iterdir()) == [path]
    document = json.loads(path.read_text())
    unusable: list[Any] = [{"custodians": {KEEPER: 5}, "threshold": 1}, {"custodians": []}, [], "x"]
    for custody in unusable:
        path.write_text(json.dumps({**document, "custody": custody}))
        with pytest.raises(MendrecError, match="can't be read"):
            load_trust(path)


@pytest.mark.chain
@pytest.mark.parametrize("own_chain", [True, False])
def test_a_node_that_keeps_the_shares_itself_gets_nothing_sealed(town: Town, own_chain: bool) -> None:
    """One custodian, an account that enrolled by itself, threshold 1: all shares would be its own."""
    gp = town.person("gp")
    mine = {"address": gp.address, "recipient": gp.identity.recipient}
    client = town.client("patient", own_chain=own_chain)
    client.node()
    liar = meddle(client, "/context", lambda body: body.update(custodians=[mine]))
    with pytest.raises(LyingNode if own_chain else CustodiansChanged):
        upload(town, liar, "patient", b"text")
    if own_chain:  # not even where it says so from the first contact on
        first = town.client("patient", own_chain=True)
        trust = first.trust()
        first._trust = NodeTrust(trust.chain_id, trust.contracts, KnownCustody({gp.address: mine["recipient"]}, 1))
        with pytest.raises(LyingNode, match="directory does not"):
            upload(town, meddle(first, "/context", lambda body: body.update(custodians=[mine])), "patient", b"text")


@pytest.mark.chain
def test_a_patients_own_key_is_compared_without_a_chain_node(town: Town) -> None:
    other = town.person("gp").identity.recipient
    liar = meddle(town.client("patient"), "/context", lambda body: body.update(recipient=other))
    with pytest.raises(LyingNode, match="another key for you"):
        upload(town, liar, "patient", b"text", own_recipient=town.person("patient").identity.recipient)


@pytest.mark.chain
def test_a_location_of_nobodys_is_not_signed_for(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    client = town.client("patient", own_chain=True)
    chain = client.chain
    assert chain is not None
    patient = town.person("patient").address
    monkeypatch.setattr(chain, "location", lambda number: LocationInfo(number, patient, 1, True, "directory://x/"))
    with pytest.raises(LyingNode, match="institution's active"):
        upload(town, client, "patient", b"text")


@pytest.mark.chain
def test_a_wrong_share_is_told_with_the_custodians_name(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    allow(town, "cardiologist", "laboratory")
    (ref,) = upload(town, town.client("patient"), "patient", b"text").records
    client = town.client("cardiologist")
    seen: list[MendrecError] = []
    client.report = seen.append
    release = HttpCustodian.release

    def wrong(self: HttpCustodian, request: ReleaseRequest, signature: bytes) -> ReleaseAnswer:
        answer = release(self, request, signature)
        return replace(answer, outcomes=tuple(replace(one, sealed_shares={}) for one in answer.outcomes))

    monkeypatch.setattr(HttpCustodian, "release", wrong)
    record = client.records.locate(ref.patient, ref.sequence)
    with pytest.raises(WrongShareError):
        client.records.open_record(record, town.reader("cardiologist"), tmp_path / "out")
    keeper = town.person("north-hospital").address
    assert {one.custodian for one in seen if isinstance(one, WrongShareError)} == {keeper}
    _warn(seen[0])  # what the command line does with it
    assert keeper in capsys.readouterr().err
