"""The node's application over a hospital world, with everybody who could ask it something."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3 import OpenAPI
from werkzeug.test import TestResponse

from deploy.world import PlayClock, World
from mendrec.bootstrap import Node
from mendrec.crypto.sign_in import sign_in_message
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.model import Purpose, Right, Terms
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.web.app import create_app
from mendrec.web.context import StreamPace
from mendrec.web.limiting import TokenBuckets

DAY_S = 86_400
_COUNTER = itertools.count()


@dataclass
class Clinic:
    """World, application and short words for what most tests do."""

    world: World
    clock: PlayClock
    app: OpenAPI
    stranger: LocalWallet = field(default_factory=LocalWallet.generate)
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def node(self) -> Node:
        return self.world.node

    @property
    def origin(self) -> str:
        return self.node.config.web.origin

    def client(self) -> FlaskClient:
        """A client of its own, with its own cookies."""
        return self.app.test_client()

    def wallet(self, who: str) -> LocalWallet:
        return self.stranger if who == "stranger" else self.world.people[who].wallet

    def address(self, who: str) -> str:
        return self.wallet(who).address

    def message(self, who: str, **changes: Any) -> str:
        """A sign-in message with a fresh nonce; ``changes`` are what an attacker, or an accident, makes different."""
        told = self.client().post("/v1/sign-in/nonce").json
        assert told is not None
        words = {
            "domain": told["domain"],
            "uri": told["uri"],
            "chain_id": told["chain_id"],
            "nonce": told["nonce"],
            "address": self.address(who),
            "issued_at": self.clock.now(),
        }
        return sign_in_message(**{**words, **changes})

    def signed(self, who: str, text: str) -> dict[str, Any]:
        return {"message": text, "signature": "0x" + self.wallet(who).sign_message(text).hex()}

    def sign_in(self, who: str) -> str:
        """A bearer token of a new session."""
        answer = self.client().post("/v1/sessions", json=self.signed(who, self.message(who)))
        assert answer.status_code == 201, answer.json
        assert answer.json is not None
        token: str = answer.json["token"]
        return token

    def headers(self, who: str) -> dict[str, str]:
        """As somebody; nothing for ``anonymous``. One session a person serves the whole module."""
        if who == "anonymous":
            return {}
        if who not in self._tokens:
            self._tokens[who] = self.sign_in(who)
        return {"Authorization": f"Bearer {self._tokens[who]}"}

    def ask(self, who: str, method: str, url: str, **more: Any) -> TestResponse:
        return self.client().open(url, method=method, headers={**self.headers(who), **more.pop("headers", {})}, **more)

    def grant(self, grantee: str, *codes: str, seconds: int = DAY_S, right: Right = Right.READ) -> None:
        now = self.node.now()
        terms = Terms(right, now, now + seconds, Purpose.TREAT)
        patient, key = self.world.people["patient"].wallet, f"grant {next(_COUNTER)}"
        self.node.consent.grant(patient, self.world.people[grantee].address, codes, terms, key=key)

    def revoke(self, grantee: str, *codes: str) -> None:
        patient, key = self.world.people["patient"].wallet, f"revoke {next(_COUNTER)}"
        self.node.consent.revoke(patient, self.world.people[grantee].address, codes, key=key)

    def upload(self, *notes: bytes) -> None:
        """Laboratory records of the patient's, in one entry."""
        named = [NamedBytes(f"{number}.txt", note) for number, note in enumerate(notes)]
        patient = self.world.people["patient"]
        key = f"upload {next(_COUNTER)}"
        self.node.ingest.upload(patient.wallet, patient.address, plan_intake(named, "laboratory").items, key=key)
        self.node.index.sync()


def open_clinic(world: World, clock: PlayClock, **more: Any) -> Clinic:
    """The application over a populated world; ``north-hospital`` is its custodian and pays for acts."""
    config = world.home / "config.toml"
    if "[relayer]" not in config.read_text(encoding="utf-8"):
        with config.open("a", encoding="utf-8") as file:
            file.write('[relayer]\nkey = "south-hospital"\n')
        world.reopen()
    app = create_app(
        world.node,
        custodian=world.node.custodian(world.people["north-hospital"]),
        buckets=more.get("buckets") or TokenBuckets(1_000_000),
        pace=StreamPace(poll_s=0, heartbeat_every=2, polls_max=4),
    )
    return Clinic(world, clock, app)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """One populated world a module."""
    clock = PlayClock()
    with World(tmp_path_factory.mktemp("clinic") / "home", clock=clock) as world:
        world.populate()
        clock.run_from(world.anvil.head_timestamp())
        yield open_clinic(world, clock)


@pytest.fixture
def later(clinic: Clinic) -> Iterator[Callable[[int], None]]:
    """Moves the node's clock so many seconds on; it runs on after the test from where it was."""
    began = clinic.clock.now()

    def move(seconds: int) -> None:
        clinic.clock.freeze(began + seconds)

    yield move
    clinic.clock.run_from(began)
