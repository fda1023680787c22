"""One hospital world a module for the tests of the whole job: a real chain, real stores, a custodian in-process."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from deploy.world import PlayClock, World
from mendrec.bootstrap import Node
from mendrec.domain.model import Purpose, Right, Terms
from mendrec.keyring import Person
from mendrec.services.ingest import UploadResult
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.services.key_release import LocatedRecord, Reader

_COUNTER = itertools.count()
DAY_S = 86_400
UNIXFS_DIRECTORY = bytes([0x0A, 2, 0x08, 1])
"""How the dag-pb node of a directory ends: field 1, Data, holds a UnixFS message whose field 1, Type, is Directory."""


@dataclass(frozen=True)
class Ward:
    """The world with short words for what most tests do."""

    world: World
    clock: PlayClock

    @property
    def node(self) -> Node:
        return self.world.node

    def person(self, name: str) -> Person:
        return self.world.people[name]

    @property
    def patient(self) -> Person:
        return self.person("patient")

    def reader(self, name: str) -> Reader:
        return Reader(self.person(name).wallet, self.person(name).identity)

    def now(self) -> int:
        return self.world.anvil.head_timestamp()

    def key(self) -> str:
        """An idempotency key of its own."""
        return f"test {next(_COUNTER)}"

    def grant(self, who: str, *codes: str, right: Right = Right.READ, seconds: int = DAY_S) -> None:
        terms = Terms(right, self.node.now(), self.node.now() + seconds, Purpose.TREAT)
        self.node.consent.grant(self.patient.wallet, self.person(who).address, codes, terms, key=self.key())

    def revoke(self, who: str, *codes: str) -> None:
        self.node.consent.revoke(self.patient.wallet, self.person(who).address, codes, key=self.key())

    def upload(self, data: bytes, code: str, *, author: str = "patient", private: bool = False) -> UploadResult:
        items = plan_intake([NamedBytes("note.txt", data)], code).items
        wallet = self.person(author).wallet
        result = self.node.ingest.upload(wallet, self.patient.address, items, key=self.key(), private=private)
        self.node.index.sync()
        return result

    def record(self, result: UploadResult) -> LocatedRecord:
        ref = result.records[0]
        return self.node.reading.locate(ref.patient, ref.sequence, ref.leaf_index)

    def open(self, who: str, record: LocatedRecord, folder: Path) -> bytes:
        path = folder / f"opened-{next(_COUNTER)}"
        try:
            self.node.reading.open_record(record, self.reader(who), Purpose.TREAT, path)
        except BaseException:
            assert not path.exists(), "a refused or failed opening leaves no file"
            raise
        return path.read_bytes()

    def footprint(self) -> tuple[frozenset[Path | str], str, int]:
        """What an act could leave behind: objects in the stores, the head of the patient's chain, transactions.

        The objects are the files of the directories and, as CIDs, every block that the Kubo has, pinned or not, but for
        the directory node that it makes of its own accord around each file added: it holds no content, and goes when
        the Kubo collects its garbage.
        """
        stores = self.world.home / "stores"
        objects: set[Path | str] = {path for path in stores.rglob("*") if path.is_file()}
        if self.world.kubo is not None:
            _, _, host, _, port = self.world.kubo.api_multiaddr.split("/")
            api = f"http://{host}:{port}/api/v0"
            with requests.Session() as session:
                for line in session.post(f"{api}/refs/local", timeout=20).iter_lines():
                    cid = json.loads(line)["Ref"]
                    block = session.post(f"{api}/block/get", params={"arg": cid, "offline": "true"}, timeout=20)
                    block.raise_for_status()
                    if not block.content.endswith(UNIXFS_DIRECTORY):
                        objects.add(cid)
        sent = sum(
            int(self.world.anvil.rpc("eth_getTransactionCount", person.address, "latest"), 16)
            for person in self.world.people.values()
        )
        return frozenset(objects), self.node.ledger.head_link_hex(self.patient.address), sent


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    """The populated world. Tests add to it and never take away what others need."""
    clock = PlayClock()
    with World(tmp_path_factory.mktemp("world") / "home", clock=clock) as world:
        world.populate()
        yield Ward(world, clock)


@pytest.fixture
def at(ward: Ward) -> Iterator[Callable[[int], None]]:
    """Moves the chain's time and lets the custodian's clock stand there; both run on after the test."""

    def move(timestamp: int) -> None:
        ward.world.anvil.set_time(timestamp)
        ward.clock.freeze(timestamp)

    yield move
    ward.clock.run_from(ward.now())
