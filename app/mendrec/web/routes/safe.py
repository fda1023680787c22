"""One's own safe. Whoever is signed in has one; nobody has another's."""

from __future__ import annotations

import base64
import binascii

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api.safe import (
    SEALED_MAX_CHARS,
    SafeAnswered,
    SafeChangedAnswered,
    SafeEntryAnswered,
    SafeItemAnswered,
    SafeItemAsked,
    SlotPath,
)
from mendrec.domain.age_file import NotSealed
from mendrec.web.answers import SIGNED_IN, answer, no_content, responses
from mendrec.web.context import current_node, signed_in
from mendrec.web.newcomers import charge_newcomer
from mendrec.web.rules import rules

_BODY_MAX_BYTES = SEALED_MAX_CHARS + 1_024
_WRITING_WEIGHT = 4.0
"""Each is a write to disk of up to 256 KiB."""


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint("safe", __name__, abp_tags=[Tag(name="safe", description="One's own sealed things")])

    @api.get("/v1/me/safe", security=SIGNED_IN, responses=responses({200: SafeAnswered}, cached=True))
    @rules()
    def safe() -> Response:
        """Lists what is in one's safe, without its bytes."""
        return answer(
            SafeAnswered(
                items=[
                    SafeEntryAnswered.model_validate(
                        {
                            "slot": one.slot,
                            "version": one.version,
                            "size_bytes": one.size_bytes,
                            "changed_at": one.changed_at,
                        }
                    )
                    for one in current_node().safe.items(signed_in())
                ]
            )
        )

    @api.get("/v1/me/safe/<slot>", security=SIGNED_IN, responses=responses({200: SafeItemAnswered}, 404, cached=True))
    @rules()
    def safe_item(path: SlotPath) -> Response:
        """Answers one sealed thing of one's own."""
        found = current_node().safe.item(signed_in(), path.slot)
        return answer(
            SafeItemAnswered(
                slot=path.slot,
                version=found.entry.version,
                sealed=base64.b64encode(found.sealed).decode("ascii"),
                changed_at=found.entry.changed_at,
            )
        )

    @api.put(
        "/v1/me/safe/<slot>",
        security=SIGNED_IN,
        responses=responses({200: SafeChangedAnswered}, 409, body=True),
    )
    @rules(body_max_bytes=_BODY_MAX_BYTES, weight=_WRITING_WEIGHT)
    def put_safe_item(path: SlotPath, body: SafeItemAsked) -> Response:
        """Puts a sealed thing into a slot, in the place of the version that was expected there.

        At most 256 KiB; 8 KiB for who is not in the directory yet, and that is kept for a week. The same bytes over
        the same version again get the same answer.
        """
        sealed = _bytes_of(body.sealed)
        charge_newcomer()
        kept = current_node().safe.put(signed_in(), path.slot, sealed, expected_version=body.expected_version)
        return answer(SafeChangedAnswered(slot=path.slot, version=kept.version, changed_at=kept.changed_at))

    @api.delete("/v1/me/safe/<slot>", security=SIGNED_IN, responses=responses({204: None}, 404, 413, 415))
    @rules()
    def drop_safe_item(path: SlotPath) -> Response:
        """Empties a slot."""
        current_node().safe.drop(signed_in(), path.slot)
        return no_content()

    return api


def _bytes_of(sealed: str) -> bytes:
    try:
        return base64.b64decode(sealed, validate=True)
    except (ValueError, binascii.Error) as error:
        raise NotSealed("This is not base64.") from error
