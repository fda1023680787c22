"""People as the directory knows them. It is public on the chain; here it is told to who is signed in."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api.common import PersonPath
from mendrec.api.people import CredentialAnswered, MeAnswered, PersonAnswered
from mendrec.domain.ids import parse_address
from mendrec.web.answers import SIGNED_IN, answer, responses
from mendrec.web.context import current_node, required_session, signed_in
from mendrec.web.people_words import credential_of, person_of
from mendrec.web.rules import rules


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint("people", __name__, abp_tags=[Tag(name="people", description="The directory")])

    @api.get("/v1/me", security=SIGNED_IN, responses=responses({200: MeAnswered}, cached=True))
    @rules()
    def me() -> Response:
        """Tells who is signed in, and what the chain says of them now."""
        person = person_of(signed_in())
        return answer(MeAnswered(person=person, session_id=required_session().session_id_hex))

    @api.get("/v1/people/<address>", security=SIGNED_IN, responses=responses({200: PersonAnswered}, cached=True))
    @rules()
    def person(path: PersonPath) -> Response:
        """Tells an address's roles, recipient, standing and credential, as of the head block."""
        return answer(person_of(parse_address(path.address)))

    @api.get(
        "/v1/people/<address>/credential",
        security=SIGNED_IN,
        responses=responses({200: CredentialAnswered}, cached=True),
    )
    @rules()
    def credential(path: PersonPath) -> Response:
        """Tells the state of a clinician's credential. Presenting one is an act: `enrol_clinician`."""
        node = current_node()
        head = node.ledger.head_block()
        return answer(credential_of(node.ledger.participant(parse_address(path.address), at=head), head))

    return api
