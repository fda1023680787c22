"""The index says of every row what the contracts themselves say: random histories on the development chain."""

from __future__ import annotations

import contextlib
import random

import pytest

from mendrec.adapters.db.index_rows import SqlIndexRepository
from mendrec.domain.errors import ContractRefusal
from mendrec.domain.model import MendReason, Right
from mendrec.domain.projection import RULES
from mendrec.ports import ContractCall
from mendrec.services.index import IndexService
from tests.simulators.chain_people import (
    DAY_S,
    add_record,
    digest_hex,
    enrol_everybody,
    grant,
    recipient_hex,
    signed_credential,
    terms,
)
from tests.simulators.chain_world import World, database

pytestmark = pytest.mark.chain

PATIENTS = ("patient", "other_patient")
CLINICIANS = ("clinician_a", "clinician_b", "clinician_c")
CATEGORIES = (1, 2, 3)
ASKED_ABOUT = (*CATEGORIES, 4, 5)


def index_of(world: World, *, range_blocks: int = 2_000) -> IndexService:
    first_block = min(world.deployment.blocks.values())
    return IndexService(
        world.reader, SqlIndexRepository(world.engine), first_block=first_block, range_blocks=range_blocks
    )


ACTS = (
    *("grant", "grant", "pass_on", "renew", "narrow", "revoke", "renounce", "take_back", "ask", "answer"),
    *("add", "add", "add_batch", "mend", "suspend", "reinstate", "standing", "recipient", "location", "credential"),
)


class History:
    """Acts at random, as people might; what the contracts refuse does not happen."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.entries = dict.fromkeys(PATIENTS, 0)

    def step(self) -> None:
        patient, clinician = self.random.choice(PATIENTS), self.random.choice(CLINICIANS)
        act = self.random.choice(ACTS)
        with contextlib.suppress(ContractRefusal):
            getattr(self, act)(patient, clinician)

    def every_event_once(self) -> None:
        """Acts that all succeed, so that no rule is left to luck."""
        patient, other = self._address("patient"), self._address("clinician_b")
        until = self.world.reader.head_block().timestamp + 90 * DAY_S
        grant(self.world, "clinician_a", Right.READ | Right.SHARE, 4)
        self._send("clinician_a", "Consent", "passOn", patient, other, [4], terms(self.world, Right.READ, days=1))
        self._send("clinician_a", "Consent", "takeBack", patient, other, [4])
        self._send("patient", "Consent", "renew", self._address("clinician_a"), [4], until)
        self._send("patient", "Consent", "narrow", self._address("clinician_a"), [4], 1, until - 1)
        self._send("patient", "Consent", "revoke", self._address("clinician_a"), [4])
        grant(self.world, "clinician_c", Right.READ, 5)
        self._send("patient", "Consent", "renew", self._address("clinician_c"), [5], until)
        request = (patient, [5], terms(self.world, Right.READ, days=3))
        self._send("clinician_b", "Consent", "ask", *request)
        self._send("clinician_b", "Consent", "withdrawRequest", *request)
        self._send("clinician_b", "Consent", "ask", *request)
        self.add("patient", "clinician_a")
        self.add_batch("patient", "clinician_a")
        self._send("patient", "Records", "mendPath", patient, 0, 2, 1)
        self._send("verifier", "Directory", "suspend", other)
        self._send("verifier", "Directory", "reinstate", other)
        self._send("hospital_b", "Directory", "revokeCredential", other)
        for stands in (False, True):
            self._send("governance", "Directory", "setBodyStanding", self._address("hospital_b"), stands)
        self.recipient("patient", "")
        self._send("hospital_a", "Directory", "addLocation", 2, "ipfs://one/")
        self._send("hospital_a", "Directory", "moveLocation", 3, "ipfs://two/")
        self._send("hospital_a", "Directory", "retireLocation", 3)

    def _send(self, who: str, contract: str, function: str, *args: object) -> None:
        self.world.send(who, contract, function, *args)

    def _address(self, name: str) -> str:
        return self.world.wallets[name].address

    def _categories(self) -> list[int]:
        return sorted(self.random.sample(CATEGORIES, self.random.randint(1, 2)))

    def _terms(self, *, days: int) -> dict[str, int]:
        return terms(self.world, Right(self.random.randint(1, 7)), days=days)

    def grant(self, patient: str, clinician: str) -> None:
        self._send(patient, "Consent", "grant", self._address(clinician), self._categories(), self._terms(days=40))

    def pass_on(self, patient: str, clinician: str) -> None:
        to = self.random.choice([name for name in CLINICIANS if name != clinician])
        words = (self._address(patient), self._address(to), self._categories(), self._terms(days=1))
        self._send(clinician, "Consent", "passOn", *words)

    def renew(self, patient: str, clinician: str) -> None:
        until = self.world.reader.head_block().timestamp + 10**7
        self._send(patient, "Consent", "renew", self._address(clinician), self._categories(), until)

    def narrow(self, patient: str, clinician: str) -> None:
        until = self.world.reader.head_block().timestamp + 1_000
        self._send(patient, "Consent", "narrow", self._address(clinician), self._categories(), 1, until)

    def revoke(self, patient: str, clinician: str) -> None:
        self._send(patient, "Consent", "revoke", self._address(clinician), self._categories())

    def renounce(self, patient: str, clinician: str) -> None:
        self._send(clinician, "Consent", "renounce", self._address(patient), self._categories())

    def take_back(self, patient: str, clinician: str) -> None:
        to = self.random.choice(CLINICIANS)
        self._send(clinician, "Consent", "takeBack", self._address(patient), self._address(to), list(CATEGORIES))

    def ask(self, patient: str, clinician: str) -> None:
        self._send(clinician, "Consent", "ask", self._address(patient), self._categories(), self._terms(days=9))

    def answer(self, patient: str, clinician: str) -> None:
        categories, words = self._categories(), self._terms(days=self.random.randint(2, 9))
        self._send(clinician, "Consent", "ask", self._address(patient), categories, words)
        who, answer, other = self.random.choice(
            [(patient, "approve", clinician), (clinician, "withdrawRequest", patient)]
        )
        self._send(who, "Consent", answer, self._address(other), categories, words)

    def add(self, patient: str, clinician: str) -> None:
        author = self.random.choice([patient, clinician])
        add_record(self.world, author, self.entries[patient], category=self.random.choice(CATEGORIES), patient=patient)
        self.entries[patient] += 1

    def add_batch(self, patient: str, clinician: str) -> None:
        sequence = self.entries[patient]
        batches = [
            {
                "category": one,
                "location": 1,
                "count": 3,
                "root": digest_hex(f"{one} {sequence}"),
                "listDigest": digest_hex("l"),
            }
            for one in self._categories()
        ]
        head = "0x" + self.world.reader.head_link_hex(self.world.wallets[patient].address)
        self._send(patient, "Records", "addBatches", self._address(patient), batches, sequence, head)
        self.entries[patient] += len(batches)

    def mend(self, patient: str, clinician: str) -> None:
        sequence = self.random.randrange(self.entries[patient] + 1)
        reason = int(self.random.choice(list(MendReason)))
        self._send(patient, "Records", "mendPath", self._address(patient), sequence, self.random.randint(1, 2), reason)

    def suspend(self, patient: str, clinician: str) -> None:
        self._send("verifier", "Directory", "suspend", self._address(clinician))

    def reinstate(self, patient: str, clinician: str) -> None:
        for name in CLINICIANS:
            self._send("governance", "Directory", "reinstate", self._address(name))

    def standing(self, patient: str, clinician: str) -> None:
        hospital, stands = self._address("hospital_b"), self.random.random() < 0.5
        self._send("governance", "Directory", "setBodyStanding", hospital, stands)

    def recipient(self, patient: str, clinician: str) -> None:
        self._send(patient, "Directory", "publishRecipient", recipient_hex(str(self.random.random())))

    def location(self, patient: str, clinician: str) -> None:
        self._send("hospital_a", "Directory", "addLocation", 2, f"ipfs://{self.random.random()}/")
        number = self.world.reader.location_count()
        function, *args = self.random.choice([("moveLocation", "ipfs://elsewhere/"), ("retireLocation",)])
        self._send("hospital_a", "Directory", function, number, *args)

    def credential(self, patient: str, clinician: str) -> None:
        if self.random.random() < 0.5:
            self._send("hospital_a", "Directory", "revokeCredential", self._address(clinician))
            return
        self.world.anvil.increase_time(120)
        credential, signature = signed_credential(self.world, clinician, "hospital_a")
        verifier = self._address("verifier")
        self._send("stranger", "Directory", "renewCredential", credential, verifier, "0x" + signature.hex())


def require_index_says_what_the_contracts_say(world: World, index: IndexService) -> None:
    reader, rows = world.reader, index.rows
    assert rows.categories() == reader.categories()
    locations = [reader.location(number) for number in range(1, reader.location_count() + 1)]
    assert list(rows.locations()) == locations
    people = {person.address: person for person in rows.participants()}
    for name, wallet in world.wallets.items():
        said = reader.participant(wallet.address)
        if not said.roles:
            assert wallet.address not in people, name
            continue
        row = people[wallet.address]
        assert (row.roles, row.suspended) == (said.roles, said.suspended), name
        assert row.credential_expires_at == said.credential_expires_at, name
        bodies = [reader.body_address(number) if number else None for number in (said.institution, said.verifier)]
        assert [row.institution, row.verifier] == bodies, name
    permissions = {(row.patient, row.grantee, row.category): row for row in rows.permissions()}
    for patient in PATIENTS:
        for grantee in CLINICIANS:
            for category in ASKED_ABOUT:
                key = (world.wallets[patient].address, world.wallets[grantee].address, category)
                said_block = reader.permission(*key)
                if said_block.sequence == 0:
                    assert key not in permissions
                else:
                    assert permissions[key].block == said_block
    for request in rows.requests():
        assert request.state == reader.request_state(request.request_id_hex)
    for patient in PATIENTS:
        address = world.wallets[patient].address
        entries = rows.entries(address)
        assert [one.entry for one in entries] == [reader.entry(address, number) for number in range(len(entries))]
        tip = index.tip(address)
        assert (tip.next_sequence, tip.head_link_hex) == (len(entries), reader.head_link_hex(address))
        for one in entries:
            moves = rows.path_versions(address, one.entry.sequence)
            assert not moves or moves[-1].to_location == one.entry.location


@pytest.mark.parametrize("seed", [1, 2])
def test_after_a_random_history_every_row_is_what_the_contract_says(deployed: World, seed: int) -> None:
    enrol_everybody(deployed)
    for grantee in CLINICIANS:
        grant(deployed, grantee, Right.READ | Right.UPLOAD | Right.SHARE, *CATEGORIES)
    history, index = History(deployed, seed), index_of(deployed, range_blocks=7)
    history.every_event_once()
    index.sync()
    require_index_says_what_the_contracts_say(deployed, index)
    assert {(row["contract"], row["name"]) for row in index.dump()["events"]} >= set(RULES)
    for _ in range(40):
        history.step()
    index.sync()
    require_index_says_what_the_contracts_say(deployed, index)


def test_a_rebuilt_index_equals_the_one_that_grew(deployed: World) -> None:
    enrol_everybody(deployed)
    history, index = History(deployed, 11), index_of(deployed)
    for _ in range(40):
        history.step()
        index.sync()
    grown = index.dump()
    assert index.rebuild().events == len(grown["events"]) > 0
    assert index.dump() == grown


def test_an_index_read_by_a_new_process_goes_on_at_its_cursor(deployed: World) -> None:
    first = index_of(deployed).sync()
    assert first.events > 0
    assert index_of(deployed).sync().events == 0
    deployed.send("patient", "Directory", "enrol", recipient_hex("patient"))
    assert index_of(deployed).sync().events == 1


def test_a_real_reorganisation_is_followed(deployed: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    enrol_everybody(deployed)
    index = index_of(deployed)
    mark = deployed.anvil.snapshot()
    add_record(deployed, "patient", 0)
    add_record(deployed, "patient", 1)
    index.sync()
    assert index.tip(deployed.wallets["patient"].address).next_sequence == 2
    deployed.anvil.revert(mark)
    nonce = deployed.writer.next_nonce(deployed.wallets["patient"].address)
    deployed.send_elsewhere(ContractCall("Directory", "cancelNonce", (1,)), "patient", nonce)
    synced = index.sync()
    assert synced.roll_backs == 1
    assert index.tip(deployed.wallets["patient"].address).next_sequence == 0
    require_index_says_what_the_contracts_say(deployed, index)
    fresh_engine = database(tmp_path_factory.mktemp("fresh"))
    fresh = IndexService(deployed.reader, SqlIndexRepository(fresh_engine), first_block=0)
    fresh.sync()
    assert fresh.dump() == index.dump()
    fresh_engine.dispose()
