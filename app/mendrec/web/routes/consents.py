"""Consents and requests for access, as lists. Granting, renewing, narrowing, revoking, asking … are acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api.common import PageQuery, PatientPath
from mendrec.api.consents import (
    AccessRequestAnswered,
    AccessRequestsAnswered,
    ConsentAnswered,
    ConsentsAnswered,
    EffectiveAnswered,
    RequestState,
    RightWord,
)
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address, BlockRef, EffectiveAccess, Purpose, Right
from mendrec.ports_db import IndexedPermission, IndexedRequest
from mendrec.web.answers import SIGNED_IN, answer, responses
from mendrec.web.authorisation import fresh_index, require_patient, viewer_of
from mendrec.web.context import current_node, signed_in
from mendrec.web.cursors import decode_cursor, encode_cursor
from mendrec.web.rules import rules

_RIGHTS: tuple[RightWord, ...] = ("READ", "UPLOAD", "SHARE")
_STATES: dict[int, RequestState] = {1: "pending", 2: "approved", 3: "declined", 4: "withdrawn"}


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint("consents", __name__, abp_tags=[Tag(name="consents", description="Who may do what, until when")])

    @api.get(
        "/v1/patients/<patient>/consents",
        security=SIGNED_IN,
        responses=responses({200: ConsentsAnswered}, cached=True),
    )
    @rules()
    def consents_of_patient(path: PatientPath, query: PageQuery) -> Response:
        """Lists a patient's permission blocks, with what each comes to at the head.

        The patient sees all; somebody who may read something now sees their own.
        """
        viewer = viewer_of(parse_address(path.patient))
        of = _Of(patient=viewer.patient, grantee=None if viewer.is_patient else viewer.person)
        return _consents(of, query, viewer.head)

    @api.get("/v1/me/grants-held", security=SIGNED_IN, responses=responses({200: ConsentsAnswered}, cached=True))
    @rules()
    def grants_held(query: PageQuery) -> Response:
        """Lists the permission blocks of which one is the grantee, revoked and expired ones too."""
        return _consents(_Of(grantee=signed_in()), query, current_node().ledger.head_block())

    @api.get("/v1/me/grants-passed-on", security=SIGNED_IN, responses=responses({200: ConsentsAnswered}, cached=True))
    @rules()
    def grants_passed_on(query: PageQuery) -> Response:
        """Lists the permission blocks that one passed on to others, with what each comes to at the head.

        One that the patient has given anew since is the patient's, and no longer here.
        """
        return _consents(_Of(delegator=signed_in()), query, current_node().ledger.head_block())

    @api.get(
        "/v1/patients/<patient>/access-requests",
        security=SIGNED_IN,
        responses=responses({200: AccessRequestsAnswered}, cached=True),
    )
    @rules()
    def requests_to_patient(path: PatientPath, query: PageQuery) -> Response:
        """Lists the requests for access to a patient's record, whatever became of them; the patient's to see."""
        patient = parse_address(path.patient)
        require_patient(patient)
        return _requests(patient, None, query)

    @api.get(
        "/v1/me/access-requests", security=SIGNED_IN, responses=responses({200: AccessRequestsAnswered}, cached=True)
    )
    @rules()
    def own_requests(query: PageQuery) -> Response:
        """Lists the requests for access that one made."""
        return _requests(None, signed_in(), query)

    return api


@dataclass(frozen=True, kw_only=True, slots=True)
class _Of:
    """Whose permission blocks: those that have all that is given here."""

    patient: Address | None = None
    grantee: Address | None = None
    delegator: Address | None = None


def _consents(of: _Of, query: PageQuery, head: BlockRef) -> Response:
    node = current_node()
    fresh_index(node)
    kind = f"consents {of.patient} {of.grantee} {of.delegator}"
    place = decode_cursor(kind, query.cursor, str, str, int)
    after = None if place is None else (Address(place[0]), Address(place[1]), int(place[2]))
    found = node.index.rows.permissions(**asdict(of), after=after, limit=query.limit + 1)
    codes = node.index.rows.categories()
    shown = found[: query.limit]
    more = len(found) > query.limit
    last = shown[-1] if shown else None
    return answer(
        ConsentsAnswered(
            items=[_consent(one, codes, head) for one in shown],
            next_cursor=encode_cursor(kind, [last.patient, last.grantee, last.category]) if more and last else None,
        )
    )


def _consent(one: IndexedPermission, codes: Mapping[int, str], head: BlockRef) -> ConsentAnswered:
    effective = current_node().ledger.effective_access(one.patient, one.grantee, one.category, at=head)
    block = one.block
    return ConsentAnswered(
        patient=one.patient,
        grantee=one.grantee,
        category_code=codes[one.category],
        rights=_rights(block.rights),
        from_at=block.from_at,
        until_at=block.until_at,
        purpose=Purpose(block.purpose).name if block.purpose else "",
        sequence=block.sequence,
        passed_on=block.passed_on,
        delegator=one.delegator,
        revoked_by_patient=block.revoked_by_patient,
        effective=_effective(effective, head),
    )


def _effective(access: EffectiveAccess, head: BlockRef) -> EffectiveAnswered:
    if not access.rights:
        return EffectiveAnswered(state="nothing", rights=[], from_at=0, until_at=0)
    if head.timestamp < access.from_at:
        state = "not_yet"
    else:
        state = "expired" if head.timestamp >= access.until_at else "in_force"
    return EffectiveAnswered.model_validate(
        {
            "state": state,
            "rights": _rights(access.rights),
            "from_at": access.from_at,
            "until_at": access.until_at,
        }
    )


def _requests(patient: Address | None, requester: Address | None, query: PageQuery) -> Response:
    node = current_node()
    fresh_index(node)
    kind = f"access-requests {patient} {requester}"
    place = decode_cursor(kind, query.cursor, int, str)
    after = None if place is None else (int(place[0]), str(place[1]))
    found = node.index.rows.requests(patient=patient, requester=requester, after=after, limit=query.limit + 1)
    shown: Sequence[IndexedRequest] = found[: query.limit]
    more = len(found) > query.limit
    codes = node.index.rows.categories()
    last = shown[-1] if shown else None
    return answer(
        AccessRequestsAnswered(
            items=[
                AccessRequestAnswered(
                    request_id_hex=one.request_id_hex,
                    patient=one.patient,
                    requester=one.requester,
                    category_codes=[codes[number] for number in one.categories],
                    rights=_rights(one.terms.rights),
                    from_at=one.terms.from_at,
                    until_at=one.terms.until_at,
                    purpose=one.terms.purpose.name,
                    asked_at=one.asked_at,
                    state=_STATES[one.state],
                )
                for one in shown
            ],
            next_cursor=encode_cursor(kind, [last.asked_at, last.request_id_hex]) if more and last else None,
        )
    )


def _rights(rights: Right) -> list[RightWord]:
    return [word for word in _RIGHTS if Right[word] in rights]
