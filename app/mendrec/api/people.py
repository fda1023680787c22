"""The node, and people as the directory knows them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mendrec.api.common import AddressText, Answered, CategoryCode, UnixSeconds

RoleWord = Literal["patient", "clinician", "institution", "verifier", "custodian"]


class CustodianAnswered(Answered):
    """One custodian that new records are sealed to."""

    address: AddressText
    url: str = Field(description="Where its POST /v1/release is.")
    recipient: str | None = Field(description="The age recipient that the directory publishes for it now.")
    this_node: bool


class NodeAnswered(Answered):
    """What a client has to know of a node. What it says of the chain can be checked there."""

    version: str
    origin: str
    chain_id: int
    contracts: dict[str, AddressText]
    finality_depth: int = Field(description="Blocks on top of one after which it is taken for final.")
    custodians: list[CustodianAnswered]
    threshold: int = Field(description="Custodians' shares that it takes to open a record.")
    relays: bool = Field(description="Whether the node pays for signed acts.")


class CategoryAnswered(Answered):
    """One category."""

    number: int
    code: CategoryCode


class CategoriesAnswered(Answered):
    """All of them."""

    items: list[CategoryAnswered]


class LocationAnswered(Answered):
    """One place: path = base URI + CID."""

    number: int
    operator: AddressText
    kind: int
    active: bool
    base_uri: str
    store: str | None = Field(
        description="The name by which this node's store there is spoken of; null: not this node's."
    )


class LocationsAnswered(Answered):
    """All of them."""

    items: list[LocationAnswered]


class StandingAnswered(Answered):
    """Whether everything that somebody is in the directory holds at the head."""

    good: bool
    code: str | None = Field(description="The code of the reason why not.")
    message: str | None


class CredentialAnswered(Answered):
    """A clinician's credential as the directory has it."""

    state: Literal["none", "in_force", "expired", "suspended"]
    expires_at: UnixSeconds | None
    institution: AddressText | None
    verifier: AddressText | None


class PersonAnswered(Answered):
    """What the directory says of an address; no roles where it says nothing."""

    address: AddressText
    roles: list[RoleWord]
    suspended: bool
    recipient: str | None = Field(description="age recipient (age1…).")
    standing: StandingAnswered
    credential: CredentialAnswered


class MeAnswered(Answered):
    """Who is signed in."""

    person: PersonAnswered
    session_id: str
