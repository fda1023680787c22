"""Whom patients can share with, and who works at an institution: the directory with names. Never a patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api.applications import InstitutionPath
from mendrec.api.common import PageQuery
from mendrec.api.people import CredentialAnswered
from mendrec.api.professionals import (
    NamedAnswered,
    ProfessionalAnswered,
    ProfessionalsAnswered,
    ProfessionalsQuery,
    StaffAnswered,
    StaffCredentialAnswered,
    StaffPageAnswered,
)
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address, BlockRef, Role
from mendrec.ports_people import Professional
from mendrec.services.professionals import is_confirmed
from mendrec.web.answers import SIGNED_IN, answer, responses
from mendrec.web.authorisation import fresh_index
from mendrec.web.context import app_context, current_node, signed_in
from mendrec.web.cursors import decode_cursor, encode_cursor
from mendrec.web.people_words import credential_state, roles_of, standing_of
from mendrec.web.rules import rules

_PEOPLE_PER_REQUEST = 10
"""So many of whom the chain is asked count as one more request."""


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint(
        "professionals", __name__, abp_tags=[Tag(name="professionals", description="Clinicians and institutions")]
    )

    @api.get("/v1/professionals", security=SIGNED_IN, responses=responses({200: ProfessionalsAnswered}, cached=True))
    @rules()
    def professionals(query: ProfessionalsQuery) -> Response:
        """Lists clinicians, institutions, verifiers and custodians of the directory, by address.

        A name is one that a verifier confirmed for the licence in force, or that the node's settings give.
        """
        node = current_node()
        fresh_index(node)
        addresses = None if query.address is None else sorted({parse_address(one) for one in query.address})
        kind = f"professionals {query.q} {addresses}"
        found = node.professionals.page(
            words=query.q, addresses=addresses, after=_after(kind, query.cursor), limit=query.limit + 1
        )
        shown = found[: query.limit]
        app_context().buckets.charge(f"person {signed_in()}", len(shown) / _PEOPLE_PER_REQUEST)
        names = _names_of_bodies(shown)
        head = node.ledger.head_block()
        return answer(
            ProfessionalsAnswered(
                items=[_professional(one, names, head) for one in shown],
                next_cursor=_next_cursor(kind, found, query.limit),
            )
        )

    @api.get(
        "/v1/institutions/<address>/staff",
        security=SIGNED_IN,
        responses=responses({200: StaffPageAnswered}, cached=True),
    )
    @rules()
    def staff(path: InstitutionPath, query: PageQuery) -> Response:
        """Lists the clinicians whose credential names an institution, ended credentials too, by address."""
        node = current_node()
        fresh_index(node)
        institution = parse_address(path.address)
        kind = f"staff {institution}"
        found = node.professionals.page(staff_of=institution, after=_after(kind, query.cursor), limit=query.limit + 1)
        head = node.ledger.head_block()
        return answer(
            StaffPageAnswered(
                items=[_staff(one, head) for one in found[: query.limit]],
                next_cursor=_next_cursor(kind, found, query.limit),
            )
        )

    return api


def _after(kind: str, cursor: str | None) -> Address | None:
    place = decode_cursor(kind, cursor, str)
    return None if place is None else Address(place[0])


def _next_cursor(kind: str, found: Sequence[Professional], limit: int) -> str | None:
    return encode_cursor(kind, [found[limit - 1].person.address]) if len(found) > limit else None


def _names_of_bodies(shown: Sequence[Professional]) -> Mapping[Address, str]:
    bodies = {one.person.institution for one in shown if one.person.institution is not None}
    return current_node().professionals.names(bodies)


def _professional(one: Professional, names: Mapping[Address, str], head: BlockRef) -> ProfessionalAnswered:
    person = one.person
    institution = person.institution
    return ProfessionalAnswered(
        address=person.address,
        roles=roles_of(person.roles & ~Role.PATIENT),  # whether a clinician is somebody's patient is not told here
        display_name=current_node().professionals.name_of(one),
        institution=None
        if institution is None
        else NamedAnswered(address=institution, display_name=names.get(institution)),
        standing=standing_of(person.address, head),
        credential=_credential(one, head),
    )


def _credential(one: Professional, head: BlockRef) -> CredentialAnswered:
    person = one.person
    if person.institution is None:
        return CredentialAnswered(state="none", expires_at=None, institution=None, verifier=None)
    return CredentialAnswered(
        state=credential_state(suspended=person.suspended, expires_at=person.credential_expires_at, head=head),
        expires_at=person.credential_expires_at,
        institution=person.institution,
        verifier=person.verifier,
    )


def _staff(one: Professional, head: BlockRef) -> StaffAnswered:
    person = one.person
    ends_at = person.credential_expires_at
    return StaffAnswered(
        address=person.address,
        display_name=current_node().professionals.name_of(one),
        credential=StaffCredentialAnswered(
            state=credential_state(suspended=person.suspended, expires_at=ends_at, head=head) if ends_at else "revoked",
            issued_at=one.issued_at if is_confirmed(one) else None,
            expires_at=ends_at or None,
            verifier=person.verifier,
        ),
    )
