"""A store that keeps whoever asks, as a folder of a network does that is gone."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Semaphore
from typing import BinaryIO

from mendrec.domain.model import Cid
from mendrec.ports import BlobStore


class HangingStore:
    """Reads only when ``answers`` is set. Satisfies :class:`mendrec.ports.BlobStore`."""

    def __init__(self, store: BlobStore, answers: Event) -> None:
        self._store = store
        self._answers = answers
        self.name, self.failure_domain, self.location = store.name, store.failure_domain, store.location
        self._asked = Semaphore(0)

    def put(self, cid: Cid, source: BinaryIO) -> None:
        self._store.put(cid, source)

    def delete(self, cid: Cid) -> None:
        self._store.delete(cid)

    def read(self, cid: Cid) -> Iterator[bytes]:
        self._asked.release()
        self._answers.wait()
        yield from self._store.read(cid)

    def has_been_asked(self, times: int) -> bool:
        """Whether it was read so often since the last question and no more, waiting for reads on their way."""
        return all(self._asked.acquire(timeout=60) for _ in range(times)) and not self._asked.acquire(blocking=False)
