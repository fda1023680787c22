"""What happened to a patient's record, for whoever may see it: contract events and receipts, in one order.

A place in this order has two parts: the chain's event id, and the number of the receipt. Each source is paged by its
own part, so that an event that comes late on the one side hides nothing on the other.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mendrec.api.common import BlockWords
from mendrec.api.events import EventAnswered
from mendrec.bootstrap import Node
from mendrec.domain.errors import InputError
from mendrec.domain.event_id import EventId
from mendrec.domain.model import ChainEvent
from mendrec.ports_db import ReleaseReceipt
from mendrec.web.authorisation import Viewer
from mendrec.web.routes.receipts import receipt_words

_PAGE = 200
_PLACE = re.compile(r"([0-9]{1,18}-[0-9]{1,9})?\.([0-9]{1,18})?", re.ASCII)
NumberedReceipt = tuple[int, ReleaseReceipt]
Source = ChainEvent | NumberedReceipt


@dataclass(frozen=True, slots=True)
class Place:
    """Where one has come to, in each of the two sources; None: at its beginning."""

    event: EventId | None = None
    receipt: int | None = None

    def __str__(self) -> str:
        return f"{'' if self.event is None else self.event}.{'' if self.receipt is None else self.receipt}"

    @classmethod
    def parse(cls, text: str) -> Place:
        """Reads what ``str`` wrote. Raises InputError."""
        found = _PLACE.fullmatch(text)
        if found is None:
            raise InputError("This is not the id of an event of this stream.", remedy="Begin again without it.")
        event = None if found[1] is None else EventId.parse(found[1])
        return cls(event, None if found[2] is None else int(found[2]))


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, and the place after it."""

    words: EventAnswered
    place: Place


def newest(node: Node, viewer: Viewer, before: Place, limit: int) -> tuple[list[Happening], Place | None]:
    """Returns a page, newest first, and where the next one begins; None where there is no more."""
    events = node.index.rows.newest_events_of_patient(viewer.patient, before=before.event, limit=limit + 1)
    receipts = _receipts_before(node, viewer, before.receipt, limit + 1)
    sources: tuple[Sequence[Source], ...] = (receipts, events)
    merged = list(heapq.merge(*sources, key=_at, reverse=True))
    found, place = _told(node, viewer, merged[:limit], before)
    return found, place if len(merged) > limit else None


def after(node: Node, viewer: Viewer, place: Place) -> tuple[list[Happening], Place]:
    """Returns what came after a place, oldest first and at most a page of each source, and where one is then."""
    events = node.index.rows.events_of_patient(viewer.patient, after=place.event, limit=_PAGE)
    receipts = _receipts_after(node, viewer, place.receipt or 0)
    sources: tuple[Iterable[Source], ...] = (events, receipts)
    return _told(node, viewer, heapq.merge(*sources, key=_at), place)


def _told(node: Node, viewer: Viewer, merged: Iterable[Source], place: Place) -> tuple[list[Happening], Place]:
    found = []
    for one in merged:
        if isinstance(one, ChainEvent):
            place = replace(place, event=EventId.of(one))
            if _is_theirs(node, viewer, one):
                found.append(Happening(_event_words(node, one), place))
        else:
            place = replace(place, receipt=one[0])
            found.append(Happening(_receipt_event(*one), place))
    return found, place


def _at(one: Source) -> int:
    """A merge by time keeps the order within each source, also where a clock was set back."""
    return one.block_timestamp if isinstance(one, ChainEvent) else one[1].decided_at


def now(node: Node, viewer: Viewer) -> Place:
    """The place after everything that has happened so far."""
    events = node.index.rows.newest_events_of_patient(viewer.patient, before=None, limit=1)
    receipts = _receipts_before(node, viewer, None, 1)
    return Place(EventId.of(events[0]) if events else None, receipts[0][0] if receipts else None)


def _receipts_before(node: Node, viewer: Viewer, before_id: int | None, limit: int) -> Sequence[NumberedReceipt]:
    reader = None if viewer.is_patient else viewer.person
    return node.receipts.page(patient=viewer.patient, reader=reader, before_id=before_id, limit=limit)


def _receipts_after(node: Node, viewer: Viewer, after_id: int) -> Sequence[NumberedReceipt]:
    reader = None if viewer.is_patient else viewer.person
    return node.receipts.after(patient=viewer.patient, reader=reader, after_id=after_id, limit=_PAGE)


def _is_theirs(node: Node, viewer: Viewer, event: ChainEvent) -> bool:
    """Somebody who is not the patient sees entries of what they may read, and what was granted to or asked by them."""
    if viewer.is_patient:
        return True
    args = event.args
    if event.contract == "Consent":
        return viewer.person in (args.get("grantee"), args.get("requester"))
    if event.contract == "Records":
        category = args.get("category")
        if category is None:
            entry = node.index.rows.entry(viewer.patient, args["sequence"])
            category = None if entry is None else entry.entry.category
        return category is not None and viewer.may_read(category)
    return False


def _event_words(node: Node, event: ChainEvent) -> EventAnswered:
    return EventAnswered(
        kind=f"{event.contract}.{event.name}",
        at=event.block_timestamp,
        source="chain",
        final=event.block_number <= node.index.final_block(),
        block=BlockWords(number=event.block_number, hash_hex=event.block_hash_hex, timestamp=event.block_timestamp),
        transaction_hash_hex=event.transaction_hash_hex,
        details=dict(event.args),
    )


def _receipt_event(number: int, receipt: ReleaseReceipt) -> EventAnswered:
    return EventAnswered(
        kind="receipt",
        at=receipt.decided_at,
        source="custodian",
        final=True,
        block=None,
        transaction_hash_hex=None,
        details=receipt_words(number, receipt).model_dump(),
    )
