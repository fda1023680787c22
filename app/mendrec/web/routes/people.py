"""People as the directory knows them. It is public on the chain; here it is told to who is signed in."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api.common import PersonPath
from mendrec.api.people import CredentialAnswered, MeAnswered, PersonAnswered, RoleWord, StandingAnswered
from mendrec.domain.errors import ContractRefusal
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address, BlockRef, ParticipantInfo, Role
from mendrec.web.answers import SIGNED_IN, answer, responses
from mendrec.web.context import current_node, required_session, signed_in
from mendrec.web.rules import rules

_WORDS: dict[Role, RoleWord] = {
    Role.PATIENT: "patient",
    Role.CLINICIAN: "clinician",
    Role.INSTITUTION: "institution",
    Role.VERIFIER: "verifier",
    Role.CUSTODIAN: "custodian",
}


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint("people", __name__, abp_tags=[Tag(name="people", description="The directory")])

    @api.get("/v1/me", security=SIGNED_IN, responses=responses({200: MeAnswered}, cached=True))
    @rules()
    def me() -> Response:
        """Tells who is signed in, and what the chain says of them now."""
        person = _person(signed_in())
        return answer(MeAnswered(person=person, session_id=required_session().session_id_hex))

    @api.get("/v1/people/<address>", security=SIGNED_IN, responses=responses({200: PersonAnswered}, cached=True))
    @rules()
    def person(path: PersonPath) -> Response:
        """Tells an address's roles, recipient, standing and credential, as of the head block."""
        return answer(_person(parse_address(path.address)))

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
        return answer(_credential(node.ledger.participant(parse_address(path.address), at=head), head))

    return api


def _person(who: Address) -> PersonAnswered:
    node = current_node()
    head = node.ledger.head_block()
    found = node.ledger.participant(who, at=head)
    return PersonAnswered(
        address=who,
        roles=[word for role, word in _WORDS.items() if role in found.roles],
        suspended=found.suspended,
        recipient=found.recipient,
        standing=_standing(who, head),
        credential=_credential(found, head),
    )


def _standing(who: Address, head: BlockRef) -> StandingAnswered:
    try:
        current_node().ledger.require_in_standing(who, at=head)
    except ContractRefusal as refusal:
        return StandingAnswered(good=False, code=refusal.code, message=refusal.message)
    return StandingAnswered(good=True, code=None, message=None)


def _credential(found: ParticipantInfo, head: BlockRef) -> CredentialAnswered:
    if not found.credential_expires_at and not found.institution:
        return CredentialAnswered(state="none", expires_at=None, institution=None, verifier=None)
    ledger = current_node().ledger
    expired = head.timestamp >= found.credential_expires_at
    return CredentialAnswered(
        state="suspended" if found.suspended else "expired" if expired else "in_force",
        expires_at=found.credential_expires_at,
        institution=ledger.body_address(found.institution) if found.institution else None,
        verifier=ledger.body_address(found.verifier) if found.verifier else None,
    )
