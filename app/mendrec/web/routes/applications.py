"""Applications of staff: made by the applicant, confirmed by the institution, signed by a verifier."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api.applications import (
    ApplicationAnswered,
    ApplicationAsked,
    ApplicationPath,
    ApplicationsAnswered,
    ApplicationsQuery,
    CredentialTermsAnswered,
    DecisionAsked,
    InstitutionPath,
)
from mendrec.api.common import PageQuery
from mendrec.domain.errors import InputError
from mendrec.domain.ids import parse_address
from mendrec.ports_people import Application, ApplicationState
from mendrec.services.applications import SignedTerms
from mendrec.web.answers import SIGNED_IN, answer, responses
from mendrec.web.context import current_node, signed_in
from mendrec.web.cursors import decode_cursor, encode_cursor
from mendrec.web.idempotency import idempotent
from mendrec.web.newcomers import charge_newcomer
from mendrec.web.rules import rules


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint(
        "applications", __name__, abp_tags=[Tag(name="applications", description="Becoming a clinician")]
    )

    @api.post(
        "/v1/applications",
        security=SIGNED_IN,
        responses=responses({201: ApplicationAnswered}, 409, body=True),
    )
    @rules()
    @idempotent
    def apply(body: ApplicationAsked) -> Response:
        """Applies to work as a clinician of an institution. One undecided application to each, ten a day."""
        charge_newcomer()
        made = current_node().applications.apply(
            signed_in(), parse_address(body.institution), body.display_name, body.licence_commitment_hex
        )
        return answer(_words(made), 201)

    @api.get("/v1/me/applications", security=SIGNED_IN, responses=responses({200: ApplicationsAnswered}, cached=True))
    @rules()
    def own_applications(query: PageQuery) -> Response:
        """Lists one's own applications, newest first."""
        who = signed_in()
        kind = f"applications of {who}"
        found = current_node().applications.own(who, before=_before(kind, query.cursor), limit=query.limit + 1)
        return _page(kind, found, query.limit)

    @api.get(
        "/v1/institutions/<address>/applications",
        security=SIGNED_IN,
        responses=responses({200: ApplicationsAnswered}, cached=True),
    )
    @rules()
    def applications_to_institution(path: InstitutionPath, query: ApplicationsQuery) -> Response:
        """Lists the applications to an institution, newest first; for itself, and for verifiers in standing."""
        institution = parse_address(path.address)
        kind = f"applications to {institution} {query.state}"
        found = current_node().applications.to_institution(
            signed_in(),
            institution,
            state=None if query.state is None else ApplicationState(query.state),
            before=_before(kind, query.cursor),
            limit=query.limit + 1,
        )
        return _page(kind, found, query.limit)

    @api.post(
        "/v1/applications/<application_id>/decision",
        security=SIGNED_IN,
        responses=responses({200: ApplicationAnswered}, 404, 409, body=True),
    )
    @rules()
    @idempotent
    def decide(path: ApplicationPath, body: DecisionAsked) -> Response:
        """Decides on an application.

        `confirm`: the institution says that this is one of its staff. `sign`: a verifier in standing hands in its
        signature over the credential; the application has to be confirmed. `decline`: either of the two says no.
        """
        service, who = current_node().applications, signed_in()
        _require_fitting(body)
        if body.decision == "confirm":
            return answer(_words(service.confirm(who, path.application_id)))
        if body.decision == "decline":
            return answer(_words(service.decline(who, path.application_id, body.reason)))
        return answer(_words(service.sign(who, path.application_id, _signed(body))))

    return api


def _require_fitting(body: DecisionAsked) -> None:
    """Raises InputError for what a decision does not take: it would be lost without a word."""
    if body.reason is not None and body.decision != "decline":
        raise InputError("Only a declined application has a reason.")
    if body.decision != "sign" and (body.credential is not None or body.verifier_signature_hex is not None):
        raise InputError("Only a signed application has a credential and a signature.")


def _signed(body: DecisionAsked) -> SignedTerms:
    if body.credential is None or body.verifier_signature_hex is None:
        raise InputError("The credential's times, or the signature over it, are missing.")
    signature = bytes.fromhex(body.verifier_signature_hex.removeprefix("0x"))
    return SignedTerms(body.credential.issued_at, body.credential.expires_at, signature)


def _before(kind: str, cursor: str | None) -> tuple[int, str] | None:
    place = decode_cursor(kind, cursor, int, str)
    return None if place is None else (int(place[0]), str(place[1]))


def _page(kind: str, found: Sequence[Application], limit: int) -> Response:
    shown = found[:limit]
    more = len(found) > limit
    return answer(
        ApplicationsAnswered(
            items=[_words(one) for one in shown],
            next_cursor=encode_cursor(kind, [shown[-1].created_at, shown[-1].application_id]) if more else None,
        )
    )


def _words(one: Application) -> ApplicationAnswered:
    credential = (
        None
        if one.issued_at is None or one.expires_at is None
        else CredentialTermsAnswered(issued_at=one.issued_at, expires_at=one.expires_at)
    )
    return ApplicationAnswered.model_validate(
        {
            "application_id": one.application_id,
            "applicant": one.applicant,
            "institution": one.institution,
            "display_name": one.display_name,
            "licence_commitment_hex": one.licence_commitment_hex,
            "state": one.state.value,
            "reason": one.reason,
            "credential": credential,
            "verifier": one.verifier,
            "verifier_signature_hex": one.verifier_signature_hex,
            "created_at": one.created_at,
            "decided_at": one.decided_at,
        }
    )
