"""``POST /v1/release``: a custodian's answer to a reader's signed request.

It needs no session: the request carries the reader's EIP-712 signature, and everything is decided on that and on the
chain.
"""

from __future__ import annotations

from flask import Response, jsonify
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api.release import ReleaseAnswered, ReleaseAsked
from mendrec.domain.limits import LIMITS
from mendrec.domain.release import ReleaseRequest, parse_request
from mendrec.web.answers import PUBLIC, responses
from mendrec.web.context import app_context, current_custodian
from mendrec.web.limiting import address_key
from mendrec.web.rules import rules

BODY_MAX_BYTES = LIMITS.release_max_records * 6_144
"""A record with the longest path is under 5 KiB of JSON."""
WEIGHT = 0.25
"""The readers of an institution come from one address, and none of them is signed in here."""
_ADDRESS_WEIGHT_PER_RECORD = 1 / 32
_READER_WEIGHT_PER_RECORD = 1 / 8
"""Each record costs the chain's node some questions, and a receipt."""


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint("release", __name__, abp_tags=[Tag(name="release", description="Key shares, read by read")])

    @api.post(
        "/v1/release",
        security=PUBLIC,
        responses=responses({200: ReleaseAnswered}, 403, 404, 409, public=True, body=True),
    )
    @rules(public=True, body_max_bytes=BODY_MAX_BYTES, weight=WEIGHT)
    def release_shares(body: ReleaseAsked) -> Response:
        """Asks this custodian for its shares of the keys of records.

        The request is signed by the reader (docs/format.md). Each record is answered on its own: its shares, sealed to
        the reader's published recipient, or the reason why not. A receipt is written before anything is answered.
        """
        return release_here(body)

    return api


def release_here(body: ReleaseAsked) -> Response:
    """The answer of the custodian that this node is."""
    signature = bytes.fromhex(body.signature.removeprefix("0x"))
    asked, custodian = parse_request(body.request.model_dump()), current_custodian()
    charge_address(asked)
    released = custodian.release(asked, signature)
    charge_reader(asked)
    return jsonify(released.to_json())


def charge_address(asked: ReleaseRequest) -> None:
    """Counts a request to where it comes from. Raises TooManyRequests while its reader owes something."""
    buckets = app_context().buckets
    buckets.charge(address_key(), len(asked.records) * _ADDRESS_WEIGHT_PER_RECORD)
    buckets.require_no_debt(_bucket(asked))


def charge_reader(asked: ReleaseRequest) -> None:
    """Counts a request to its reader, once it is known that they signed it: nobody uses up another's allowance."""
    app_context().buckets.charge(_bucket(asked), max(WEIGHT, len(asked.records) * _READER_WEIGHT_PER_RECORD))


def _bucket(asked: ReleaseRequest) -> str:
    return f"reader {asked.reader}"
