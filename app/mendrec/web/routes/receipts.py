"""Who read, or wanted to read, what: the receipts of this node's custodian."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api.common import PageQuery, PatientPath
from mendrec.api.receipts import ReceiptAnswered, ReceiptsAnswered
from mendrec.domain.ids import parse_address
from mendrec.ports_db import ReleaseReceipt
from mendrec.web.answers import SIGNED_IN, answer, responses
from mendrec.web.authorisation import viewer_of
from mendrec.web.context import current_node, signed_in
from mendrec.web.cursors import decode_cursor, encode_cursor
from mendrec.web.rules import rules


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint("receipts", __name__, abp_tags=[Tag(name="receipts", description="Who read what")])

    @api.get(
        "/v1/patients/<patient>/receipts",
        security=SIGNED_IN,
        responses=responses({200: ReceiptsAnswered}, cached=True),
    )
    @rules()
    def receipts_of_patient(path: PatientPath, query: PageQuery) -> Response:
        """Lists the receipts of a patient's record, newest first.

        The patient sees all. A reader sees the receipts of their own requests, also when their access is over; who may
        read now and has asked for nothing sees an empty list.
        """
        patient, person = parse_address(path.patient), signed_in()
        reader = None if person == patient else person
        kind = f"receipts {patient} {reader}"
        place = decode_cursor(kind, query.cursor, int)
        before_id = None if place is None else int(place[0])
        rows = current_node().receipts
        found = rows.page(patient=patient, reader=reader, before_id=before_id, limit=query.limit + 1)
        if not found and reader is not None and not rows.page(patient=patient, reader=reader, limit=1):
            viewer_of(patient)  # refuses whoever may read nothing now either
        shown = found[: query.limit]
        more = len(found) > query.limit
        return answer(
            ReceiptsAnswered(
                items=[receipt_words(number, receipt) for number, receipt in shown],
                next_cursor=encode_cursor(kind, [shown[-1][0]]) if more else None,
            )
        )

    return api


def receipt_words(number: int, receipt: ReleaseReceipt) -> ReceiptAnswered:
    """A receipt on the wire."""
    return ReceiptAnswered.model_validate({"receipt_id": number, **asdict(receipt)})
