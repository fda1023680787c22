"""Manifests and envelopes of many records at once, for lists of titles.

Two requests for each of ten thousand records would be an hour of anybody's allowance.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api.common import PatientPath
from mendrec.api.records import ProblemAnswered
from mendrec.api.sealed_objects import SealedObjectsAnswered, SealedObjectsOfRecord, SealedObjectsQuery
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address
from mendrec.services.sealed_objects import SealedLeaf
from mendrec.web.answers import SIGNED_IN, answer, responses
from mendrec.web.authorisation import fresh_index
from mendrec.web.context import app_context, current_node, signed_in
from mendrec.web.cursors import decode_cursor, encode_cursor
from mendrec.web.rules import rules

_RECORDS_PER_REQUEST = 50
"""So many records count as one more request."""


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint(
        "sealed_objects", __name__, abp_tags=[Tag(name="objects", description="Sealed objects of records")]
    )

    @api.get(
        "/v1/patients/<patient>/sealed-objects",
        security=SIGNED_IN,
        responses=responses({200: SealedObjectsAnswered}, cached=True),
    )
    @rules()
    def sealed_objects(path: PatientPath, query: SealedObjectsQuery) -> Response:
        """Manifests and envelopes of the records that you may see, each as it could be fetched alone.

        A page is 8 MiB at most, so that it may hold fewer records than `limit`. What counts is on the chain: each
        object is verified before it is sent, and has to be verified again by whoever takes it.
        """
        node, patient = current_node(), parse_address(path.patient)
        fresh_index(node)
        after = _after(patient, query)
        with _charged(query.limit) as sent:
            page = node.sealed_objects.page(
                signed_in(), patient, after=after, limit=query.limit, is_first=query.cursor is None
            )
            sent.records = len(page.items)
        next_cursor = None if page.next_place is None else encode_cursor(_kind(patient), [*page.next_place])
        return answer(SealedObjectsAnswered(items=[_told(one) for one in page.items], next_cursor=next_cursor))

    return api


@dataclass
class _Sent:
    records: int = 0


@contextmanager
def _charged(limit: int) -> Iterator[_Sent]:
    """Charges all that is asked for before it is fetched; what is not sent in the end is given back."""
    buckets, key, sent = app_context().buckets, f"person {signed_in()}", _Sent()
    taken = buckets.charge(key, limit / _RECORDS_PER_REQUEST)
    try:
        yield sent
    finally:
        buckets.give_back(key, max(0.0, taken - sent.records / _RECORDS_PER_REQUEST))


def _kind(patient: Address) -> str:
    return f"sealed-objects {patient}"


def _after(patient: Address, query: SealedObjectsQuery) -> tuple[int, int] | None:
    """The place before the first record that is asked for."""
    if query.from_sequence is not None:
        return query.from_sequence, query.from_leaf_index - 1
    place = decode_cursor(_kind(patient), query.cursor, int, int)
    return None if place is None else (place[0], place[1])


def _told(one: SealedLeaf) -> SealedObjectsOfRecord:
    return SealedObjectsOfRecord(
        sequence=one.listed.entry.entry.sequence,
        leaf_index=one.listed.leaf_index,
        manifest=_base64(one.manifest),
        envelopes=_base64(one.envelopes),
        problem=None if one.problem is None else ProblemAnswered(**one.problem.as_dict()),
    )


def _base64(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode("ascii")
