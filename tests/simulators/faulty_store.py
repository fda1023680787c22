"""A store with switches: each one is a way in which real stores fail.

Wraps any store, so that the same faults are tried over memory, a folder and a real Kubo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO

from mendrec.domain.model import Cid
from mendrec.domain.storage_errors import BlobMissing, StoreFull, StoreReadOnly, StoreUnreachable
from mendrec.ports import BlobStore


@dataclass
class Faults:
    """What is wrong just now. All off: the store behaves as the one it wraps."""

    unreachable: bool = False
    missing: set[Cid] = field(default_factory=set)
    """Says it does not have these."""
    flipped: set[Cid] = field(default_factory=set)
    """Gives these with one bit of the last byte flipped (an empty object gets a byte more)."""
    truncated: set[Cid] = field(default_factory=set)
    """Ends these early, without an error (an empty object gets a byte more)."""
    breaks_off: set[Cid] = field(default_factory=set)
    """Stops answering after the first half of these."""
    full: bool = False
    read_only: bool = False
    lies_about_success: bool = False
    """``put`` returns as if it had stored the bytes, and did not."""
    stores_rubbish: bool = False
    """``put`` returns as if it had stored the bytes, and gives other ones back from then on."""
    before_each_call: Callable[[str, Cid], None] = lambda _method, _cid: None
    """Called first with the method's name: to count, to delay, or to crash at a chosen step."""


class FaultyStore:
    """Satisfies :class:`mendrec.ports.BlobStore`; set ``faults.<switch>``, and look at ``calls``."""

    def __init__(self, inner: BlobStore) -> None:
        self._inner = inner
        self.faults = Faults()
        self.calls: list[tuple[str, Cid]] = []

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def failure_domain(self) -> str:
        return self._inner.failure_domain

    @property
    def location(self) -> int | None:
        return self._inner.location

    def put(self, cid: Cid, source: BinaryIO) -> None:
        self._enter("put", cid)
        if self.faults.full:
            raise StoreFull(f"The store {self.name} is full; nothing was kept.")
        self._require_writable()
        if self.faults.lies_about_success:
            source.read()
            return
        self._inner.put(cid, source)
        for bad in (self.faults.missing, self.faults.flipped, self.faults.truncated, self.faults.breaks_off):
            bad.discard(cid)  # what was bad is replaced
        if self.faults.stores_rubbish:
            self.faults.flipped.add(cid)

    def read(self, cid: Cid) -> Iterator[bytes]:
        self._enter("read", cid)
        if cid in self.faults.missing:
            raise BlobMissing(f"The store {self.name} does not have {cid}.")
        data = b"".join(self._inner.read(cid))
        if cid in self.faults.flipped:
            data = data[:-1] + bytes([data[-1] ^ 1]) if data else b"\x00"
        if cid in self.faults.truncated:
            data = data[:-1] if data else b"\x00"
        half = BytesIO(data).read(len(data) // 2)
        yield half
        if cid in self.faults.breaks_off:
            raise StoreUnreachable(f"The store {self.name} broke off.")
        yield data[len(half) :]

    def delete(self, cid: Cid) -> None:
        self._enter("delete", cid)
        self._require_writable()
        self._inner.delete(cid)

    def _enter(self, method: str, cid: Cid) -> None:
        self.calls.append((method, cid))
        self.faults.before_each_call(method, cid)
        if self.faults.unreachable:
            raise StoreUnreachable(f"The store {self.name} does not answer.")

    def _require_writable(self) -> None:
        if self.faults.read_only:
            raise StoreReadOnly(f"The store {self.name} is read-only; nothing was changed.")
