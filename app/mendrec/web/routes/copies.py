"""How a patient's copies were found last, and what was mended: for the patient, and for who operates the stores."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api.common import PageQuery, PatientPath
from mendrec.api.copies import CopiesAnswered, MendingAnswered, MendingsAnswered, RecordCopiesAnswered
from mendrec.domain.health import Health
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address
from mendrec.services.care_log import Mending, RecordCopies
from mendrec.web.answers import SIGNED_IN, answer, responses
from mendrec.web.authorisation import NotYours, fresh_index
from mendrec.web.context import current_node, signed_in
from mendrec.web.cursors import decode_cursor, encode_cursor
from mendrec.web.rules import rules

_UNCHECKED = "unchecked"


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint("copies", __name__, abp_tags=[Tag(name="care", description="Checking and mending copies")])

    @api.get(
        "/v1/patients/<patient>/copies",
        security=SIGNED_IN,
        responses=responses({200: CopiesAnswered}, cached=True),
    )
    @rules()
    def copies(path: PatientPath, query: PageQuery) -> Response:
        """Lists a patient's records in the chain's order, with what the last check found of each copy.

        For the patient, and the stores' operator. Nothing is fetched for it: have a check made for that.
        """
        patient = _required(path)
        node = current_node()
        fresh_index(node)
        kind = f"copies {patient}"
        place = decode_cursor(kind, query.cursor, int, int)
        after = None if place is None else (int(place[0]), int(place[1]))
        found = node.care.log.copies(patient, after=after, limit=query.limit + 1)
        shown = found[: query.limit]
        last = shown[-1] if len(found) > query.limit else None
        return answer(
            CopiesAnswered.model_validate(
                {
                    "items": [_record(one) for one in shown],
                    "next_cursor": None if last is None else encode_cursor(kind, [last.sequence, last.leaf_index or 0]),
                    "records_by_state": None if after is not None else _by_state(patient),
                }
            )
        )

    @api.get(
        "/v1/patients/<patient>/mendings",
        security=SIGNED_IN,
        responses=responses({200: MendingsAnswered}, cached=True),
    )
    @rules()
    def mendings(path: PatientPath, query: PageQuery) -> Response:
        """Lists what was mended of a patient's records, newest first: copies made by this node, paths moved on chain.

        For the patient, and the stores' operator.
        """
        patient = _required(path)
        node = current_node()
        fresh_index(node)
        kind = f"mendings {patient}"
        place = decode_cursor(kind, query.cursor, int, int, int, int)
        before = None if place is None else (int(place[0]), int(place[1]), int(place[2]), int(place[3]))
        found = node.care.log.mendings(patient, before=before, limit=query.limit + 1)
        shown = found[: query.limit]
        more = len(found) > query.limit
        return answer(
            MendingsAnswered(
                items=[_mending(one) for one in shown],
                next_cursor=encode_cursor(kind, list(shown[-1].place)) if more else None,
            )
        )

    return api


def _required(path: PatientPath) -> Address:
    patient, who = parse_address(path.patient), signed_in()
    if who != patient and not current_node().care.is_operator(who):
        raise NotYours
    return patient


def _state_word(state: Health | None) -> str:
    return _UNCHECKED if state is None else state.label


def _by_state(patient: Address) -> dict[str, int]:
    found = current_node().care.log.records_by_state(patient)
    return {_state_word(state): count for state, count in found.items()}


def _record(one: RecordCopies) -> RecordCopiesAnswered:
    return RecordCopiesAnswered.model_validate(
        {
            "sequence": one.sequence,
            "leaf_index": one.leaf_index,
            "state": _state_word(one.state),
            "checked_at": one.checked_at,
            "objects": [
                {
                    "role": finding.role.value,
                    "state": finding.state.label,
                    "checked_at": finding.checked_at,
                    "copies": dict(finding.copies),
                }
                for finding in one.findings
            ],
        }
    )


def _mending(one: Mending) -> MendingAnswered:
    copy, path = one.copy, one.path
    reason = copy.reason if copy is not None else path.version.reason.name.lower() if path is not None else ""
    return MendingAnswered.model_validate(
        {
            "at": one.place[0],
            "sequence": copy.sequence if copy is not None else path.sequence if path is not None else 0,
            "leaf_index": None if copy is None else copy.leaf_index,
            "kind": "path" if copy is None else "copy",
            "role": None if copy is None else copy.role.value,
            "store": None if copy is None else copy.store_name,
            "from_location": None if path is None else path.version.from_location,
            "to_location": None if path is None else path.version.to_location,
            "reason": reason,
            "job_id": None if copy is None else copy.job_id,
        }
    )
