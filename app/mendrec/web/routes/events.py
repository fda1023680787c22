"""What happened to a record: as a list, and as a stream of server-sent events."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, stream_with_context
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field

from mendrec.api.common import PageQuery, PatientPath
from mendrec.api.events import EventsAnswered
from mendrec.domain.errors import MendrecError, UnavailableError
from mendrec.domain.event_id import EventId
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address
from mendrec.ports_web import SessionRow
from mendrec.web import happenings
from mendrec.web.answers import SIGNED_IN, answer, responses
from mendrec.web.authorisation import fresh_index, viewer_of
from mendrec.web.context import app_context, current_node, required_session
from mendrec.web.cursors import decode_cursor, encode_cursor
from mendrec.web.happenings import Happening, Place
from mendrec.web.rules import rules

_STREAM = {
    "description": "A stream of events (HTML Living Standard, server-sent events); each data line is an EventAnswered.",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}
_RETRY_MS = 3_000


class StreamHeader(BaseModel):
    """Where to go on."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    last_event_id: str | None = Field(
        default=None,
        alias="Last-Event-ID",
        max_length=80,
        description="The id of the last event that came; browsers send it by themselves. Left out: only what is new.",
    )


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint("events", __name__, abp_tags=[Tag(name="events", description="What happened to a record")])

    @api.get(
        "/v1/patients/<patient>/events",
        security=SIGNED_IN,
        responses=responses({200: EventsAnswered}, cached=True),
    )
    @rules()
    def events_of_patient(path: PatientPath, query: PageQuery) -> Response:
        """Lists what happened to a patient's record, newest first: entries, grants, requests, mended paths, receipts.

        The patient sees all. Somebody who may read a category sees its entries, and what concerns themselves; a page
        may hold fewer items than asked for, and more can follow as long as there is a cursor.
        """
        node = current_node()
        viewer = viewer_of(parse_address(path.patient))
        fresh_index(node)
        kind = f"events {viewer.patient} {viewer.person}"
        before = _place(decode_cursor(kind, query.cursor, int, int, int))
        found, following = happenings.newest(node, viewer, before, query.limit)
        return answer(
            EventsAnswered(
                items=[one.words for one in found],
                next_cursor=None if following is None else encode_cursor(kind, _numbers(following)),
            )
        )

    @api.get(
        "/v1/patients/<patient>/events/stream",
        security=SIGNED_IN,
        responses=responses({200: _STREAM}),
    )
    @rules()
    def stream(path: PatientPath, header: StreamHeader) -> Response:
        """Streams what happens to a patient's record from now on, or from Last-Event-ID on.

        A comment comes when nothing else does. The stream ends with the session, with the access, when the node stops,
        and after a while by itself; a browser then opens it again where it was.
        """
        viewer = viewer_of(parse_address(path.patient))
        fresh_index(current_node())
        stated = header.last_event_id
        place = Place.parse(stated) if stated else happenings.now(current_node(), viewer)
        session = required_session()
        slots = app_context().streams
        slots.take(session.person)
        lines = _lines(viewer.patient, session, place)
        response = Response(stream_with_context(lines), mimetype="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"  # proxies are to pass on each event as it comes
        response.call_on_close(lambda: slots.give_back(session.person))
        return response

    return api


def _lines(patient: Address, session: SessionRow, place: Place) -> Iterator[str]:
    node, context = current_node(), app_context()
    pace = context.pace
    yield f"retry: {_RETRY_MS}\nid: {place}\n\n"
    silent = 0
    for _ in range(pace.polls_max):
        try:
            if not node.sessions.still_open(session.token_digest_hex):
                return
            viewer = viewer_of(patient)  # anew each time: a revoke ends the stream
            fresh_index(node)
            found, place = happenings.after(node, viewer, place)
        except UnavailableError:
            found = []
        except MendrecError:
            return
        for one in found:
            yield _message(one)
        silent = 0 if found else silent + 1
        if silent >= pace.heartbeat_every:
            silent = 0
            yield ": still here\n\n"
        if context.stopping.wait(pace.poll_s):
            return


def _message(one: Happening) -> str:
    return f"id: {one.place}\nevent: {one.words.kind}\ndata: {one.words.model_dump_json()}\n\n"


def _numbers(place: Place) -> list[int | str]:
    event = place.event or EventId(-1, -1)
    return [event.block_number, event.log_index, -1 if place.receipt is None else place.receipt]


def _place(numbers: list[int] | None) -> Place:
    if numbers is None:
        return Place()
    block_number, log_index, receipt = numbers
    return Place(None if block_number < 0 else EventId(block_number, log_index), None if receipt < 0 else receipt)
