"""``POST /v1/release``: a custodian's answer to a reader's signed request.

It needs no session: the request carries the reader's EIP-712 signature, and everything is decided on that and on the
chain.
"""

from __future__ import annotations

from flask import Response, jsonify
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api.release import ReleaseAnswered, ReleaseAsked
from mendrec.domain.limits import LIMITS
from mendrec.domain.release import parse_request
from mendrec.web.answers import PUBLIC, responses
from mendrec.web.context import app_context, current_custodian
from mendrec.web.limiting import address_key
from mendrec.web.rules import rules

_BODY_MAX_BYTES = LIMITS.release_max_records * 6_144
"""A record with the longest path is under 5 KiB of JSON."""
_WEIGHT = 0.25
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
    @rules(public=True, body_max_bytes=_BODY_MAX_BYTES, weight=_WEIGHT)
    def release_shares(body: ReleaseAsked) -> Response:
        """Asks this custodian for its shares of the keys of records.

        The request is signed by the reader (docs/format.md). Each record is answered on its own: its shares, sealed to
        the reader's published recipient, or the reason why not. A receipt is written before anything is answered.
        """
        signature = bytes.fromhex(body.signature.removeprefix("0x"))
        asked = parse_request(body.request.model_dump())
        custodian, buckets, reader = current_custodian(), app_context().buckets, f"reader {asked.reader}"
        buckets.charge(address_key(), len(asked.records) * _ADDRESS_WEIGHT_PER_RECORD)
        buckets.require_no_debt(reader)
        released = custodian.release(asked, signature)
        # Only who has signed pays as a reader: nobody uses up the allowance of another.
        buckets.charge(reader, max(_WEIGHT, len(asked.records) * _READER_WEIGHT_PER_RECORD))
        return jsonify(released.to_json())

    return api
