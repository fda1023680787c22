"""How people of the directory are told: roles, standing, credential. For the routes that list or name them."""

from __future__ import annotations

from typing import Literal

from mendrec.api.people import CredentialAnswered, PersonAnswered, RoleWord, StandingAnswered
from mendrec.domain.errors import ContractRefusal
from mendrec.domain.model import Address, BlockRef, ParticipantInfo, Role
from mendrec.web.context import current_node

_WORDS: dict[Role, RoleWord] = {
    Role.PATIENT: "patient",
    Role.CLINICIAN: "clinician",
    Role.INSTITUTION: "institution",
    Role.VERIFIER: "verifier",
    Role.CUSTODIAN: "custodian",
}


def roles_of(roles: Role) -> list[RoleWord]:
    """The words of a participant's roles."""
    return [word for role, word in _WORDS.items() if role in roles]


def person_of(who: Address) -> PersonAnswered:
    """What the directory says of an address at the head."""
    node = current_node()
    head = node.ledger.head_block()
    found = node.ledger.participant(who, at=head)
    return PersonAnswered(
        address=who,
        roles=roles_of(found.roles),
        suspended=found.suspended,
        recipient=found.recipient,
        standing=standing_of(who, head),
        credential=credential_of(found, head),
    )


def standing_of(who: Address, head: BlockRef) -> StandingAnswered:
    """Whether everything that somebody is in the directory holds."""
    try:
        current_node().ledger.require_in_standing(who, at=head)
    except ContractRefusal as refusal:
        return StandingAnswered(good=False, code=refusal.code, message=refusal.message)
    return StandingAnswered(good=True, code=None, message=None)


def credential_of(found: ParticipantInfo, head: BlockRef) -> CredentialAnswered:
    """The state of somebody's credential, as the chain has it."""
    if not found.credential_expires_at and not found.institution:
        return CredentialAnswered(state="none", expires_at=None, institution=None, verifier=None)
    ledger = current_node().ledger
    return CredentialAnswered(
        state=credential_state(suspended=found.suspended, expires_at=found.credential_expires_at, head=head),
        expires_at=found.credential_expires_at,
        institution=ledger.body_address(found.institution) if found.institution else None,
        verifier=ledger.body_address(found.verifier) if found.verifier else None,
    )


def credential_state(
    *, suspended: bool, expires_at: int, head: BlockRef
) -> Literal["suspended", "expired", "in_force"]:
    """The state of a credential that somebody has, or had: a revoked one expired at 0."""
    if suspended:
        return "suspended"
    return "expired" if head.timestamp >= expires_at else "in_force"
