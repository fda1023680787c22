"""What happens to a record, as it happens: server-sent events, taken up again where they broke off."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

from pydantic import ValidationError

from mendrec.api.events import EventAnswered
from mendrec.client.errors import LyingNode
from mendrec.client.transport import Transport
from mendrec.domain.errors import UnavailableError
from mendrec.domain.model import Address

_SILENCE_MAX_S = 60
"""The node sends a comment at least every 15 seconds: longer silence is a dead connection."""
_RETRY_MAX_S = 30.0
_DATA_MAX_CHARS = 1_000_000


def stream_events(
    transport: Transport, patient: Address, *, after: str | None = None, sleep: Callable[[float], None] = time.sleep
) -> Iterator[tuple[str, EventAnswered]]:
    """Yields (id, event) for ever; give the last id as ``after`` to go on with nothing missed and nothing twice.

    Raises:
        RefusedError: the session or the access is over.
        LyingNode: what comes is no event.
    """
    failures = 0
    while True:
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": after} if after else {})
        path = f"/v1/patients/{patient}/events/stream"
        try:
            with transport.stream("GET", path, headers=headers, timeout_s=_SILENCE_MAX_S) as response:
                for event_id, data in messages(transport.lines(response)):
                    failures = 0
                    after = event_id or after
                    if data:
                        yield after or "", _event(data)
        except UnavailableError:
            failures += 1
        sleep(min(_RETRY_MAX_S, 2.0 ** min(failures, 5) - 1))


def messages(lines: Iterator[str]) -> Iterator[tuple[str | None, str]]:
    """Yields (id, data) of each message (HTML Living Standard, 9.2.6); one without data moves the id only.

    Raises:
        LyingNode: a message without end.
    """
    event_id: str | None = None
    data: list[str] = []
    for line in lines:
        if not line:
            if event_id is not None or data:
                yield event_id, "\n".join(data)
            data = []
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            data.append(value)
            if sum(map(len, data)) > _DATA_MAX_CHARS:
                raise LyingNode("The node sends an event without end.")
        elif name == "id" and "\0" not in value:
            event_id = value


def _event(data: str) -> EventAnswered:
    try:
        return EventAnswered.model_validate(json.loads(data))
    except (ValueError, ValidationError, RecursionError) as error:
        raise LyingNode("What the node streams is no event.") from error
