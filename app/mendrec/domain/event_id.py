"""Where an event stands in the chain, as a cursor: for paging, and for going on with a stream of events."""

from __future__ import annotations

import re
from typing import NamedTuple

from mendrec.domain.errors import InputError
from mendrec.domain.model import ChainEvent

_TEXT = re.compile(r"(0|[1-9][0-9]{0,17})-(0|[1-9][0-9]{0,8})")


class InvalidEventId(InputError):
    """An event's id is not one."""

    code = "input.event_id"
    default_remedy = "Give back an id exactly as it came, for example 1207-3."


class EventId(NamedTuple):
    """Ordered as the chain orders its events. After a reorganisation another event may stand at the same place."""

    block_number: int
    log_index: int

    def __str__(self) -> str:
        return f"{self.block_number}-{self.log_index}"

    @classmethod
    def of(cls, event: ChainEvent) -> EventId:
        """The place of an event."""
        return cls(event.block_number, event.log_index)

    @classmethod
    def parse(cls, text: str) -> EventId:
        """Reads what ``str`` wrote. Raises InvalidEventId."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise InvalidEventId("This is not an event's id.")
        return cls(int(found[1]), int(found[2]))
