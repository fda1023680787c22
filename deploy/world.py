"""A small hospital world over one home: chain, stores, people, credentials. Demo and smoke run are played on it.

Everything is done through the use cases that hospitals have; only starting the development chain and putting play money
into wallets is special to it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from mendrec.adapters.chain.anvil import Anvil, AnvilOptions
from mendrec.adapters.stores.kubo_process import PrivateKubo, find_kubo
from mendrec.bootstrap import Node, create_store, mined_transactions, open_deployment, open_node
from mendrec.config import CONFIG_NAME, load_config
from mendrec.domain.cid import sha256_hex
from mendrec.domain.errors import MendrecError
from mendrec.domain.model import Role
from mendrec.domain.typed_data.directory import Credential
from mendrec.keyring import Keyring, Person
from mendrec.ports import Clock, MinedTransaction, TransactionReceipt

TOOLS = Path(__file__).parents[1] / ".tools"
BODIES = {
    "north-hospital": Role.INSTITUTION | Role.CUSTODIAN,
    "south-hospital": Role.INSTITUTION,
    "licensing-board": Role.VERIFIER,
}
CLINICIANS = {"gp": "north-hospital", "cardiologist": "south-hospital", "radiologist": "south-hospital"}
RELAYER = "governance"
"""Who pays for acts that people signed, where a node serves over the world."""
PEOPLE = (RELAYER, *BODIES, *CLINICIANS, "patient")
_LIGHT_SCRYPT_N = 2**12
"""These passwords are random and lie beside the keys: a costly derivation would guard nothing."""
_CHECKPOINT_EVERY_S = 15
_YEAR_S = 365 * 86_400


@dataclass(frozen=True, slots=True)
class StorePlan:
    """One store of the world and how the chain will know it."""

    name: str
    kind: str
    failure_domain: str
    operator: str


STORES = (
    StorePlan("ward-disk", "directory", "north-building", "north-hospital"),
    StorePlan("archive", "ipfs", "north-archive", "north-hospital"),
    StorePlan("south-disk", "directory", "south-building", "south-hospital"),
)


@dataclass
class World:
    """The running world. Use as a context manager: leaving it stops what it started."""

    home: Path
    port: int = 0
    custodian_url: str = "http://127.0.0.1:0"
    block_time_s: int | None = None
    clock: Clock | None = None
    serve_custodian_in_process: bool = True
    with_kubo: bool = True
    """Where one is built; else a directory stands in."""
    web_port: int | None = None
    """Where a node will serve, at ``custodian_url``: its settings are written too. None: there is none."""
    begins_at: int | None = None
    """The time a new chain begins at, Unix seconds, in the past, together with ``clock``; None: now."""
    credentials_last_s: int = _YEAR_S
    newcomers: tuple[str, ...] = ()
    """Others who have keys, and are in no directory."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What the node calls bodies and clinicians, by their key."""
    gas: dict[str, int] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict, init=False)
    kubo: PrivateKubo | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def is_new(self) -> bool:
        """Whether nobody lives here yet."""
        return not (self.home / CONFIG_NAME).exists()

    def _start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        options = AnvilOptions(
            self.home / "chain",
            port=self.port,
            block_time_s=self.block_time_s,
            checkpoint_interval_s=_CHECKPOINT_EVERY_S if self.block_time_s else None,
            begins_at=self.begins_at,
        )
        self.anvil = self._stack.enter_context(Anvil(options, history=self._mined))
        if not self.with_kubo:
            return
        try:
            self.kubo = self._stack.enter_context(PrivateKubo(find_kubo(TOOLS), self.home / "kubo"))
        except MendrecError:
            self.kubo = None  # a directory stands in; the caller says so

    def _mined(self) -> Iterable[MinedTransaction]:
        return () if self.is_new else mined_transactions(load_config(self.home))

    def populate(self) -> None:
        """Makes keys, contracts, bodies, locations and people. Each step can be repeated: the outbox knows them."""
        ring = Keyring(self.home / "keys", scrypt_n=_LIGHT_SCRYPT_N)
        known = set(ring.names())
        for name in (*PEOPLE, *self.newcomers):
            if name not in known:
                password = secrets.token_urlsafe(24)
                self.people[name] = ring.create(name, password)
                path = ring.password_file(name)
                path.touch(mode=0o600)
                path.write_text(password + "\n", encoding="utf-8")
            else:
                self.people[name] = ring.open(name, ring.password_file(name).read_text(encoding="utf-8").strip())
            self.anvil.fund(self.people[name].address)
        self._write_config(custodian=None, locations={})
        open_deployment(load_config(self.home)).deploy(self.people["governance"].wallet)
        self.anvil.checkpoint()  # creations are not in the outbox: a chain that forgot them could not be gone on with
        self.node = self._open(own_custodian=None)
        for name, roles in BODIES.items():
            recipient = self.people[name].identity.recipient
            self.node.enrolment.admit_body(
                self.people["governance"].wallet, self.people[name].address, roles, recipient, key=f"admit {name}"
            )
        locations = {plan.name: self._add_location(plan) for plan in STORES}
        self._write_config(custodian="north-hospital", locations=locations)
        self.reopen()
        self._enrol_people()
        self.node.index.sync()

    def come_back(self) -> None:
        """Opens a world that was populated before: same people, same chain, other ports."""
        ring = Keyring(self.home / "keys", scrypt_n=_LIGHT_SCRYPT_N)
        there = set(ring.names())
        for name in (*PEOPLE, *(name for name in self.newcomers if name in there)):
            self.people[name] = ring.open(name, ring.password_file(name).read_text(encoding="utf-8").strip())
        known = load_config(self.home)
        self._write_config(
            custodian="north-hospital",
            locations={store.name: store.location for store in known.stores if store.location is not None},
        )
        self.reopen()
        self.node.index.sync()

    @property
    def is_populated(self) -> bool:
        """Whether a world lives here, whole: its settings name a custodian, which is written last."""
        return not self.is_new and bool(load_config(self.home).custodians)

    def reopen(self) -> None:
        """Opens the node anew over the home, as after a restart."""
        own = self.people["north-hospital"] if self.serve_custodian_in_process else None
        self.node = self._open(own_custodian=own)

    def count_gas(self, operation: str, receipt: TransactionReceipt) -> TransactionReceipt:
        """Notes what an operation cost; the latest counts, so that it is a person's second or later act of its kind."""
        self.gas[operation] = receipt.gas_used
        return receipt

    def _open(self, own_custodian: Person | None) -> Node:
        node = open_node(load_config(self.home), clock=self.clock, own_custodian=own_custodian)
        node.outbox.resume({person.address: person.wallet for person in self.people.values()})
        return node

    def _add_location(self, plan: StorePlan) -> int:
        kind = "ipfs" if plan.kind == "ipfs" and self.kubo else "directory"
        base_uri = f"{kind}://{plan.name}.{plan.operator}.example/"
        return self.node.enrolment.add_location(
            self.people[plan.operator].wallet, kind, base_uri, key=f"location {plan.name}"
        )

    def _enrol_people(self) -> None:
        enrolment = self.node.enrolment
        patient = self.people["patient"]
        self.count_gas(
            "enrol", enrolment.enrol_patient(patient.wallet, patient.identity.recipient, key="enrol patient")
        )
        now = self.node.now()
        for name, institution in CLINICIANS.items():
            person = self.people[name]
            if Role.CLINICIAN in self.node.ledger.participant(person.address).roles:
                continue
            credential = Credential(
                clinician=person.address,
                institution=self.people[institution].address,
                licence_commitment_hex=sha256_hex(f"{secrets.token_hex(16)}:{name}".encode()),
                issued_at=now,
                expires_at=now + self.credentials_last_s,
            )
            signed = enrolment.sign_credential(self.people["licensing-board"].wallet, credential)
            enrolment.enrol_clinician(person.wallet, person.identity.recipient, signed, key=f"enrol {name}")

    def _write_config(self, *, custodian: str | None, locations: Mapping[str, int]) -> None:
        lines = [
            "# Written anew at each start of this world, which takes free ports: what you change here is lost.",
            "[chain]",
            f'rpc_url = "{self.anvil.rpc_url}"',
            "chain_id = 31337",
            "[database]",
            'url = "sqlite:///node.db"',
            "[placement]",
            "copies = 2",
            "failure_domains = 2",
            "[custody]",
            "threshold = 1",
        ]
        for plan in STORES:
            lines += self._store_lines(plan, locations.get(plan.name))
        if custodian is not None:
            lines += [
                "[[custodians]]",
                f'address = "{self.people[custodian].address}"',
                f'url = "{self.custodian_url}"',
            ]
        if custodian is not None and self.web_port is not None:
            lines += [
                "[web]",
                f'origin = "{self.custodian_url}"',
                f"port = {self.web_port}",
                f'custodian_key = "{custodian}"',
                "[relayer]",
                f'key = "{RELAYER}"',
            ]
        if self.names:
            lines += ["[names]", *(f'{self.people[key].address} = "{name}"' for key, name in self.names.items())]
        (self.home / CONFIG_NAME).write_text("\n".join(lines) + "\n", encoding="utf-8")
        for store in load_config(self.home).stores:
            create_store(store)

    def _store_lines(self, plan: StorePlan, location: int | None) -> Iterable[str]:
        yield "[[stores]]"
        yield f'name = "{plan.name}"'
        yield f'failure_domain = "{plan.failure_domain}"'
        if location is not None:
            yield f"location = {location}"
        if plan.kind == "ipfs" and self.kubo is not None:
            yield 'kind = "ipfs"'
            yield f'api = "{self.kubo.api_multiaddr}"'
        else:
            yield 'kind = "directory"'
            yield f'path = "stores/{plan.name}"'


class PlayClock:
    """A clock that runs, stands, or is set ahead, together with a development chain's."""

    def __init__(self) -> None:
        self._offset_s = 0
        self._frozen_at: int | None = None

    def now(self) -> int:
        """Unix seconds."""
        return self._frozen_at if self._frozen_at is not None else int(time.time()) + self._offset_s

    def freeze(self, at: int) -> None:
        """Stands at ``at``."""
        self._frozen_at = at

    def run_from(self, at: int) -> None:
        """Runs on from ``at``."""
        self._frozen_at = None
        self._offset_s = at - int(time.time())
