"""``POST /v1/custodians/{address}/release``: the node passes a signed release request on to another custodian.

A page may speak to its own node only, so that is how it asks the others. The node decides nothing and learns no more
than whom is asked for what: the request is signed by the reader, the shares in the answer are sealed to the reader.
"""

from __future__ import annotations

from flask import Response, make_response
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api.common import PersonPath
from mendrec.api.release import ReleaseAnswered, ReleaseAsked
from mendrec.domain.errors import NotFoundError
from mendrec.domain.ids import parse_address
from mendrec.domain.release import parse_request
from mendrec.web.answers import PUBLIC, responses
from mendrec.web.context import app_context, current_node
from mendrec.web.routes.release import BODY_MAX_BYTES, WEIGHT, charge_address, charge_reader, release_here
from mendrec.web.rules import rules


class UnknownCustodian(NotFoundError):
    """This node's settings name no such custodian."""

    code = "not_found.custodian"
    default_remedy = "GET /v1/node names the custodians that requests are passed on to."


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint("custodians", __name__, abp_tags=[Tag(name="release", description="Key shares, read by read")])

    @api.post(
        "/v1/custodians/<address>/release",
        security=PUBLIC,
        responses=responses({200: ReleaseAnswered}, 403, 404, 409, public=True, body=True),
    )
    @rules(public=True, body_max_bytes=BODY_MAX_BYTES, weight=WEIGHT)
    def pass_release_on(path: PersonPath, body: ReleaseAsked) -> Response:
        """Asks another custodian for its shares, by way of this node.

        The custodian has to be one that `GET /v1/node` names. Its answer comes as it is, errors too; a custodian that
        can't be reached is 503 `unavailable.custodian`.
        """
        address, own = parse_address(path.address), app_context().custodian
        if own is not None and own.address == address:
            return release_here(body)
        custodian = current_node().custodians_elsewhere.get(address)
        if custodian is None:
            raise UnknownCustodian("This node passes nothing on to that address.")
        asked = parse_request(body.request.model_dump())
        charge_address(asked)
        answered = custodian.pass_on(body.model_dump())
        if answered.status == 200:  # the custodian has found the signature right
            charge_reader(asked)
        response = make_response(answered.body, answered.status)
        response.mimetype = "application/json"
        if answered.retry_after_s is not None:
            response.headers["Retry-After"] = str(answered.retry_after_s)
        return response

    return api
