"""A small hospital world on the contracts, and the signing that its people do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from eth_account import Account

from mendrec.domain.model import SEEDED_CATEGORIES, Address
from mendrec.domain.typed_data import Domain, Validity, contract_domain
from mendrec.domain.typed_data import directory as directory_acts
from tests.contracts.chain import Chain, Contract, Done, Reverted

DAY = 86_400
YEAR = 365 * DAY

READ, UPLOAD, SHARE = 1, 2, 4
TREAT, CAREMGT = 1, 3
PATIENT, CLINICIAN, INSTITUTION, VERIFIER, CUSTODIAN = 1, 2, 4, 8, 16

LABORATORY, MEDICATION, IMAGING = 2, 4, 7
UNKNOWN_CATEGORY = 99


class Person:
    """Someone with a key of their own. The keys are made up from the name: they exist for tests alone."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._account = Account.from_key(hashlib.sha256(f"mendrec test key of {name}".encode()).digest())
        self.address = Address(self._account.address)
        self._last_nonce = 0

    def sign(self, typed_data: dict[str, Any]) -> bytes:
        return bytes(self._account.sign_typed_data(full_message=typed_data).signature)

    def validity(self, deadline_at: int) -> Validity:
        """A fresh nonce."""
        self._last_nonce += 1
        return Validity(self._last_nonce, deadline_at)


def code(category: int) -> str:
    return SEEDED_CATEGORIES[category - 1]


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


@dataclass
class World:
    chain: Chain
    directory: Contract
    consent: Contract
    records: Contract
    people: dict[str, Person]

    def __getitem__(self, name: str) -> str:
        """The address of someone."""
        return self.people[name].address

    def person(self, name: str) -> Person:
        return self.people.setdefault(name, Person(name))

    def domain(self, contract: str) -> Domain:
        return contract_domain(contract, self.chain.chain_id, Address(getattr(self, contract.lower()).address))

    def validity(self, name: str, lifetime: int = 3600) -> Validity:
        return self.people[name].validity(self.chain.now() + lifetime)

    def authorization(
        self, name: str, build: Callable[..., dict[str, Any]], domain: Domain, *arguments: Any, lifetime: int = 3600
    ) -> tuple[int, int, bytes]:
        """Signs an act; the Authorization that the contracts take."""
        validity = self.validity(name, lifetime)
        signature = self.people[name].sign(build(domain, *arguments, validity))
        return (validity.nonce, validity.deadline_at, signature)

    def terms(self, rights: int, from_in: int = 0, until_in: int = 30 * DAY, purpose: int = TREAT) -> tuple[int, ...]:
        """Terms from so many seconds from now, until so many seconds from now."""
        return (rights, self.chain.now() + from_in, self.chain.now() + until_in, purpose)

    def sequence(self, patient: str, grantee: str, category: int) -> int:
        return int(self.consent.call("permission", self[patient], self[grantee], category)["sequence"])

    # ------------------------------------------------------------------ enrolling

    def recipient(self, name: str) -> bytes:
        return digest(f"recipient of {name}")

    def enrol(self, name: str) -> Done:
        return self.directory.send(self.person(name).address, "enrol", self.recipient(name))

    def credential(
        self, clinician: str, institution: str = "hospital", issued_at: int | None = None, expires_at: int | None = None
    ) -> tuple[Any, ...]:
        now = self.chain.now()
        return (
            self.person(clinician).address,
            self[institution],
            digest(f"licence of {clinician}"),
            now if issued_at is None else issued_at,
            now + YEAR if expires_at is None else expires_at,
        )

    def credential_signature(self, credential: tuple[Any, ...], verifier: str = "verifier") -> bytes:
        clinician, institution, commitment, issued_at, expires_at = credential
        stated = directory_acts.Credential(clinician, institution, commitment.hex(), issued_at, expires_at)
        return self.people[verifier].sign(
            directory_acts.clinician_credential(self.domain("Directory"), stated, Address(self[verifier]))
        )

    def enrol_clinician(self, name: str, institution: str = "hospital", verifier: str = "verifier") -> Done:
        credential = self.credential(name, institution)
        signature = self.credential_signature(credential, verifier)
        arguments = (self.recipient(name), credential, self[verifier], signature)
        return self.directory.send(self[name], "enrolClinician", *arguments)

    # ------------------------------------------------------------------ consent and records

    def grant(self, patient: str, grantee: str, rights: int, *categories: int, **window: Any) -> Done:
        return self.consent.send(self[patient], "grant", self[grantee], list(categories), self.terms(rights, **window))

    def effective_rights(self, patient: str, grantee: str, category: int = LABORATORY) -> int:
        return int(self.consent.call("effective", self[patient], self[grantee], category)[0]["rights"])

    def head(self, patient: str) -> bytes:
        return bytes(self.records.call("head", self[patient]))

    def add(self, author: str, patient: str, sequence: int, category: int = LABORATORY, location: int = 1) -> Done:
        arguments = (category, location, digest(f"manifest {sequence}"), sequence, self.head(patient))
        return self.records.send(self[author], "add", self[patient], *arguments)


def build_world(chain: Chain) -> World:
    """Deploys, admits, enrols: two hospitals, two verifiers, three clinicians, two patients, two locations."""
    people = {
        name: Person(name)
        for name in (
            *("governance", "hospital", "clinic", "verifier", "other verifier", "custodian"),
            *("alice", "bob", "carol", "dave", "erin", "frank", "stranger", "relayer"),
        )
    }
    governance = people["governance"].address
    directory = chain.deploy("Directory", governance, sender=governance)
    consent = chain.deploy("Consent", directory.address, sender=governance)
    records = chain.deploy("Records", directory.address, consent.address, sender=governance)
    world = World(chain, directory, consent, records, people)
    directory.send(governance, "addCategories", list(SEEDED_CATEGORIES))
    for name, roles in (
        ("hospital", INSTITUTION),
        ("clinic", INSTITUTION),
        ("verifier", VERIFIER),
        ("other verifier", VERIFIER),
        ("custodian", CUSTODIAN),
    ):
        directory.send(governance, "admitBody", world[name], roles, world.recipient(name))
    for name in ("alice", "bob"):
        world.enrol(name)
    for name in ("carol", "dave", "erin", "frank"):
        world.enrol_clinician(name)
    directory.send(world["hospital"], "addLocation", 1, "file:///ward/")
    directory.send(world["clinic"], "addLocation", 2, "ipfs://")
    return world


class refused(pytest.RaisesExc):  # noqa: N801 - reads like pytest.raises
    """``with refused("StaleHead", ...)``: the contract reverts with that error, and with these values if given."""

    def __init__(self, name: str, *arguments: Any) -> None:
        def is_expected(error: Reverted) -> bool:
            return error.name == name and (not arguments or error.arguments == arguments)

        super().__init__(Reverted, check=is_expected)
