"""Storing an object by the placement rule, and reading one verified good copy back.

Two promises: an object is stored only after each copy was read back and hashed; and no byte is handed out as good
before the whole object was verified, so what arrives passes through a temporary file first. Memory stays bounded.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO, cast

from mendrec.domain.cid import CidMismatch, LongerThanAsked, verified
from mendrec.domain.errors import LimitExceeded, MendrecError, UnavailableError
from mendrec.domain.model import Cid
from mendrec.domain.placement import PlacementRule, StorePlace, additions, choose, is_met, require_distinct
from mendrec.domain.storage_errors import (
    BlobMissing,
    NoCopyReachable,
    NoGoodCopy,
    ReadLate,
    StoreFault,
    TemporarySpaceMissing,
)
from mendrec.ports import BlobStore

_SPOOL_IN_MEMORY_BYTES = 1024**2
_STORED_AT_A_TIME = 8


@dataclass(frozen=True, slots=True)
class CopyFailure:
    """One store that could not do its part, and why."""

    store: str
    cid: Cid
    error: MendrecError


@dataclass(frozen=True, slots=True)
class StoredCopies:
    """Where an object now is, each copy verified, and which stores were tried in vain."""

    cid: Cid
    stores: tuple[StorePlace, ...]
    made_in: tuple[str, ...]
    """Names of the stores that did not have it before."""
    failures: tuple[CopyFailure, ...]


class Copies:
    """The ordinary way of objects into the stores and out of them. The mender uses it too."""

    def __init__(
        self,
        stores: Sequence[BlobStore],
        rule: PlacementRule,
        *,
        on_failed_read: Callable[[CopyFailure], None] = lambda _failure: None,
    ) -> None:
        """Takes the node's stores in order of preference.

        Args:
            on_failed_read: told of every copy that a read had to pass over, so that it can be mended.

        Raises:
            StoreNameTaken: two stores share a name or a location.
            PlacementImpossible: the rule can't hold even when every store is up.
        """
        self._places = {store.name: place_of(store) for store in stores}
        require_distinct([place_of(store) for store in stores])
        choose(rule, list(self._places.values()))
        self._stores = {store.name: store for store in stores}
        self._rule = rule
        self._on_failed_read = on_failed_read

    @property
    def stores(self) -> tuple[BlobStore, ...]:
        """The node's stores, in order of preference."""
        return tuple(self._stores.values())

    @property
    def rule(self) -> PlacementRule:
        """How many copies in how many failure domains."""
        return self._rule

    def over(self, reach: Callable[[BlobStore], BlobStore]) -> Copies:
        """Returns the same copies, each store reached in another way."""
        return Copies([reach(store) for store in self.stores], self._rule, on_failed_read=self._on_failed_read)

    def store(self, cid: Cid, source: BinaryIO) -> StoredCopies:
        """Stores the rest of ``source`` by the rule, each copy read back; a store that fails is replaced by another.

        Storing again what is stored already writes nothing: a good copy is never overwritten.

        Args:
            source: seekable; read once for each copy, from its position on.

        Raises:
            CidMismatch: the bytes are not those of ``cid``; no copy was made.
            UnavailableError: the rule can't be met now. It is the last store's own error, such as StoreFull;
                the copies made by this call are removed again, as far as their stores answer.
        """
        start = source.tell()
        holding: list[StorePlace] = []
        made: list[BlobStore] = []
        failures: list[CopyFailure] = []
        while (next_place := self._next_place(holding, failures)) is not None:
            store = self._stores[next_place.name]
            source.seek(start)
            try:
                if self._put_unless_good(store, cid, source):
                    made.append(store)
                holding.append(next_place)
            except UnavailableError as error:
                failures.append(CopyFailure(store.name, cid, error))
            except MendrecError:
                self._undo(made, cid)
                raise
        if not is_met(self._rule, holding):
            self._undo(made, cid)
            raise failures[-1].error
        return StoredCopies(cid, tuple(holding), tuple(store.name for store in made), tuple(failures))

    def store_many(
        self,
        objects: Iterable[tuple[Cid, Callable[[], BinaryIO]]],
        *,
        on_stored: Callable[[StoredCopies], None] = lambda _stored: None,
    ) -> tuple[StoredCopies, ...]:
        """Stores many objects, several at a time: most of the time of a small one is spent waiting for disks.

        All or nothing: where one can't be stored, the copies made by this call are removed again.

        Args:
            objects: each CID with what opens its source (seekable; closed here).
            on_stored: told of each in order, for progress.

        Raises:
            MendrecError: as :meth:`store`, for the first that failed.
        """

        def store_one(cid: Cid, open_source: Callable[[], BinaryIO]) -> StoredCopies:
            with open_source() as source:
                return self.store(cid, source)

        done: list[StoredCopies] = []
        with ThreadPoolExecutor(_STORED_AT_A_TIME) as pool:
            pending = [pool.submit(store_one, *one) for one in objects]
            try:
                for future in pending:
                    done.append(future.result())
                    on_stored(done[-1])
            except BaseException:
                for future in pending:
                    future.cancel()
                pool.shutdown()
                for future in pending[len(done) :]:
                    if not future.cancelled() and future.exception() is None:
                        done.append(future.result())
                for stored in done:
                    self.discard(stored)
                raise
        return tuple(done)

    def discard(self, stored: StoredCopies) -> None:
        """Removes the copies that storing made, and no others, as far as their stores answer.

        For a caller whose next step failed: an object that was never anchored is nobody's.
        """
        self._undo([self._stores[name] for name in stored.made_in], stored.cid)

    @contextmanager
    def open_verified(
        self,
        cid: Cid,
        *,
        recorded_location: int | None = None,
        prefer_stores: Sequence[str] = (),
        max_bytes: int | None = None,
    ) -> Iterator[BinaryIO]:
        """Hands out a file with the verified bytes of one good copy, at its start; it is gone after the ``with``.

        Args:
            recorded_location: the location on chain, tried first.
            prefer_stores: names of stores to be tried before that, such as those that a check found good.
            max_bytes: what the caller takes; no store is read further. Where not given, the largest object there is.

        Raises:
            LimitExceeded: every store answered, and one has more than ``max_bytes`` bytes for a CID that tells no size.
            NoGoodCopy: every store answered, and none has it in good order.
            NoCopyReachable: no good copy was found, and a store did not answer.
            TemporarySpaceMissing: there is no room for the temporary file.
        """
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL_IN_MEMORY_BYTES) as spool:
            self._fetch(cid, self._in_order(recorded_location, prefer_stores), spool, max_bytes)
            spool.seek(0)
            yield cast(BinaryIO, spool)

    def read_bytes(self, cid: Cid, max_bytes: int, *, recorded_location: int | None = None) -> bytes:
        """Returns a small object, verified. However much a store sends, little more than ``max_bytes`` is taken.

        Raises:
            LimitExceeded: it is larger than ``max_bytes``.
            NoGoodCopy, NoCopyReachable: as :meth:`open_verified`.
        """
        with self.open_verified(cid, recorded_location=recorded_location, max_bytes=max_bytes) as file:
            data = file.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise LimitExceeded(f"{cid} is larger than {max_bytes} bytes.")
        return data

    def _next_place(self, holding: Sequence[StorePlace], failures: Sequence[CopyFailure]) -> StorePlace | None:
        """Returns the next store to try, or None when the rule holds or can't be met any more."""
        failed = {failure.store for failure in failures}
        candidates = [place for name, place in self._places.items() if name not in failed]
        found = additions(self._rule, candidates, holding)
        return found.places[0] if found.places and found.suffices else None

    @staticmethod
    def _put_unless_good(store: BlobStore, cid: Cid, source: BinaryIO) -> bool:
        """Makes a copy and reads it back. Returns whether it had to be made."""
        if holds_good_copy(store, cid):
            return False
        try:
            store.put(cid, source)
            require_good_copy(store, cid)
        except UnavailableError:
            Copies._undo([store], cid)
            raise
        return True

    @staticmethod
    def _undo(made: Iterable[BlobStore], cid: Cid) -> None:
        for store in made:
            with suppress(MendrecError):
                store.delete(cid)

    def _in_order(self, recorded_location: int | None, prefer_stores: Sequence[str]) -> list[BlobStore]:
        def rank(store: BlobStore) -> tuple[bool, bool]:
            is_recorded = store.location is not None and store.location == recorded_location
            return store.name not in prefer_stores, not is_recorded

        return sorted(self._stores.values(), key=rank)

    def _fetch(
        self,
        cid: Cid,
        in_order: Iterable[BlobStore],
        spool: tempfile.SpooledTemporaryFile[bytes],
        max_bytes: int | None,
    ) -> None:
        failures: list[CopyFailure] = []
        for store in in_order:
            spool.seek(0)
            spool.truncate()
            try:
                for chunk in verified(cid, store.read(cid), max_bytes=max_bytes):
                    _write(spool, chunk)
            except (BlobMissing, CidMismatch, UnavailableError) as error:
                if isinstance(error, TemporarySpaceMissing):
                    raise
                failures.append(CopyFailure(store.name, cid, error))
            else:
                self._report(failures)
                return
        # One that is too long may be good: only beside a good copy is it known to be wrong.
        self._report(failure for failure in failures if not isinstance(failure.error, LongerThanAsked))
        away = [failure.store for failure in failures if isinstance(failure.error, UnavailableError)]
        late = [failure.store for failure in failures if isinstance(failure.error, ReadLate)]
        if late:
            raise ReadLate(f"{cid} did not come in time from: {', '.join(late)}.")
        if away:
            raise NoCopyReachable(f"No good copy of {cid} can be reached; not answering: {', '.join(away)}.")
        if any(isinstance(failure.error, LongerThanAsked) for failure in failures):
            raise LimitExceeded(f"{cid} is larger than {max_bytes} bytes.")
        raise NoGoodCopy(f"Every store answered, and none has a good copy of {cid}.")

    def _report(self, failures: Iterable[CopyFailure]) -> None:
        for failure in failures:
            self._on_failed_read(failure)


def place_of(store: BlobStore) -> StorePlace:
    """Returns what placement needs to know of a store."""
    return StorePlace(store.name, store.failure_domain, store.location)


def holds_good_copy(store: BlobStore, cid: Cid) -> bool:
    """Fetches and hashes: True for a good copy, False for a wrong one or none.

    Raises:
        UnavailableError: the store does not answer, so it is not known.
    """
    try:
        for _chunk in verified(cid, store.read(cid)):
            pass
    except (BlobMissing, CidMismatch):
        return False
    return True


def require_good_copy(store: BlobStore, cid: Cid) -> None:
    """Fetches and hashes what a store says it has stored.

    Raises:
        StoreFault: it gives other bytes back, or none.
        UnavailableError: the store does not answer.
    """
    if not holds_good_copy(store, cid):
        raise StoreFault(f"The store {store.name} says it stored {cid}, and does not give the bytes back.")


def _write(spool: tempfile.SpooledTemporaryFile[bytes], chunk: bytes) -> None:
    try:
        spool.write(chunk)
    except OSError as error:
        raise TemporarySpaceMissing("There is no room for the object in the folder for temporary files.") from error
