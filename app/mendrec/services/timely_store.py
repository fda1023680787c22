"""A store as pages of many read it: one that hangs is waited for a few times, and skipped until it answers again.

A read cannot be taken back: a folder of a network that is gone keeps its thread for good. So each read has a thread
that nothing waits for, not even the end of the process, and a store that holds some for too long is given no more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import Empty, Queue
from threading import Event, Lock, Thread
from typing import BinaryIO

from mendrec.domain.model import Cid
from mendrec.domain.storage_errors import ReadLate
from mendrec.ports import BlobStore

READ_MAX_S = 2.0
"""Of one copy. A store that needs longer is asked for it alone, where waiting costs nobody else."""
HANGS_AT = 4
"""Reads that are late and not back yet: from so many on it is the store that hangs, and not an object of it."""
ASKED_AGAIN_AFTER_S = 30.0
"""A store that hangs is asked by one read so often, since what hangs may never come back and the next may."""
HANGING_MAX = 32
"""Reads that a store keeps; with so many it is asked no more until one comes back, or the node starts anew."""
PIECES_AHEAD = 4
"""How far a thread reads ahead of who hashes, so that memory stays bounded."""


@dataclass(eq=False)
class _Asked:
    """One read on its way."""

    pieces: Queue[bytes | BaseException | None] = field(default_factory=lambda: Queue(PIECES_AHEAD))
    """The bytes in order, then None, or what the store raised."""
    dropped: Event = field(default_factory=Event)
    is_late: bool = False
    is_back: bool = False


class TimelyStore:
    """Satisfies :class:`mendrec.ports.BlobStore`; only reading differs from the store inside."""

    def __init__(
        self, store: BlobStore, *, read_max_s: float = READ_MAX_S, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Takes the store, and how long one read of it is waited for."""
        self._store = store
        self._read_max_s = read_max_s
        self._monotonic = monotonic
        self._lock = Lock()
        self._hanging = 0
        self._asked_again_at = 0.0

    @property
    def name(self) -> str:
        """Of the store inside."""
        return self._store.name

    @property
    def failure_domain(self) -> str:
        """Of the store inside."""
        return self._store.failure_domain

    @property
    def location(self) -> int | None:
        """Of the store inside."""
        return self._store.location

    def put(self, cid: Cid, source: BinaryIO) -> None:
        """As the store inside does."""
        self._store.put(cid, source)

    def delete(self, cid: Cid) -> None:
        """As the store inside does."""
        self._store.delete(cid)

    def read(self, cid: Cid) -> Iterator[bytes]:
        """Yields the stored bytes, unverified.

        Raises:
            ReadLate: they did not all come in time; at once where the store hangs already, or no thread is free.
            BlobMissing, StoreUnreachable: as the store inside.
        """
        self._require_answering()
        asked = _Asked()
        ends_at = time.monotonic() + self._read_max_s
        try:
            Thread(target=self._work, args=(cid, asked), name="page-read", daemon=True).start()
        except RuntimeError as error:
            raise ReadLate("No thread is free to read with.") from error
        try:
            while (piece := self._next(asked, ends_at)) is not None:
                yield piece
        finally:
            asked.dropped.set()
            self._drain(asked)

    def _require_answering(self) -> None:
        with self._lock:
            if self._hanging < HANGS_AT:
                return
            now = self._monotonic()
            if self._hanging >= HANGING_MAX or now < self._asked_again_at:
                raise ReadLate(f"The store {self.name} does not answer.")
            self._asked_again_at = now + ASKED_AGAIN_AFTER_S

    def _work(self, cid: Cid, asked: _Asked) -> None:
        """In a thread of its own, which the store may keep."""
        try:
            for piece in self._store.read(cid):
                asked.pieces.put(piece)
                if asked.dropped.is_set():
                    return
            asked.pieces.put(None)
        except BaseException as error:  # whatever it is, it is for who asked
            asked.pieces.put(error)
        finally:
            with self._lock:
                asked.is_back = True
                self._hanging -= asked.is_late

    def _next(self, asked: _Asked, ends_at: float) -> bytes | None:
        try:
            piece = asked.pieces.get(timeout=max(0.0, ends_at - time.monotonic()))
        except Empty:
            self._give_up(asked)
            raise ReadLate(f"The store {self.name} did not give the object in time.") from None
        if isinstance(piece, BaseException):
            raise piece
        return piece

    def _give_up(self, asked: _Asked) -> None:
        with self._lock:
            if asked.is_back:
                return
            asked.is_late = True
            self._hanging += 1
            self._asked_again_at = self._monotonic() + ASKED_AGAIN_AFTER_S

    @staticmethod
    def _drain(asked: _Asked) -> None:
        """A thread that waits for room sees then that nobody reads on."""
        try:
            while True:
                asked.pieces.get_nowait()
        except Empty:
            return
