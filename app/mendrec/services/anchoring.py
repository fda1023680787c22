"""Anchoring stored records on top of a patient's head: one entry for a single record, one batch a category for many."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from mendrec.domain.batch_list import batch_list_bytes
from mendrec.domain.cid import raw_cid_from_digest, sha256_hex
from mendrec.domain.errors import (
    ConfigurationError,
    ContractRefusal,
    MendrecError,
    NotFoundError,
    RefusedError,
    UnavailableError,
)
from mendrec.domain.event_id import EventId
from mendrec.domain.health import ObjectRole
from mendrec.domain.limits import LIMITS
from mendrec.domain.merkle import root_hex
from mendrec.domain.model import Address, Cid, RecordRef
from mendrec.ports import ContractCall, LedgerReader, TransactionReceipt, Wallet
from mendrec.ports_db import UploadRepository
from mendrec.services.copies import Copies
from mendrec.services.index import IndexService
from mendrec.services.outbox import Outbox

_HEAD_ATTEMPTS = 8
_EVENTS_READ = 200
_MOVED_ON = frozenset({"StaleHead", "WrongSequence"})


class NoLocation(ConfigurationError):
    """None of the stores that hold the record is registered on chain, so its entry could point nowhere."""

    code = "configuration.no_location"
    default_remedy = "Register a store's location with `mendrec location add` and write its number into config.toml."


class ChainBehind(UnavailableError):
    """Two answers of the chain's node don't fit: the one behind is waited for, and nothing is given up."""

    code = "unavailable.chain_behind"
    default_remedy = "Nothing is lost; repeat the same act with the same key once the node has caught up."


@dataclass(frozen=True, slots=True)
class StoredCopy:
    """One verified copy of one object."""

    role: ObjectRole
    cid: Cid
    store_name: str


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A sealed record whose objects are in the stores, and which no entry names yet."""

    category: int
    manifest_digest_hex: str
    copies: tuple[StoredCopy, ...]

    def to_json(self) -> dict[str, Any]:
        """For going on after a crash."""
        return {
            "category": self.category,
            "manifestDigest": self.manifest_digest_hex,
            "copies": [[copy.role.value, copy.cid, copy.store_name] for copy in self.copies],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> StoredRecord:
        """Reads what :meth:`to_json` wrote."""
        copies = tuple(StoredCopy(ObjectRole(role), Cid(cid), name) for role, cid, name in data["copies"])
        return cls(int(data["category"]), str(data["manifestDigest"]), copies)


@dataclass(frozen=True, slots=True)
class Batch:
    """The records of one category, in the order of their leaves, and the copies of their list."""

    category: int
    leaves_hex: tuple[str, ...]
    list_copies: tuple[StoredCopy, ...]


@dataclass(frozen=True, slots=True)
class Anchored:
    """What the chain now says of the records, in the order they were given."""

    refs: tuple[RecordRef, ...]
    list_copies: tuple[tuple[int, StoredCopy], ...]
    """(sequence of the batch's entry, copy of its list)"""
    receipt: TransactionReceipt


@dataclass(frozen=True)
class AnchoringCalls:
    """What to say to the contract so that stored records become the next entries of a patient's chain."""

    index: IndexService
    copies: Copies

    @staticmethod
    def leaves(stored: Sequence[StoredRecord]) -> list[list[str]]:
        """The leaves of each batch of the call, in its order, wherever it comes on the chain; none for one record."""
        return [] if len(stored) == 1 else [list(leaves_hex) for _, leaves_hex in _groups(stored)]

    def batches(self, stored: Sequence[StoredRecord]) -> tuple[Batch, ...]:
        """Stores the list of each batch; a single record needs none."""
        if len(stored) == 1:
            return ()
        return tuple(self._batch(category, leaves) for category, leaves in _groups(stored))

    def _batch(self, category: int, leaves_hex: tuple[str, ...]) -> Batch:
        data = batch_list_bytes(leaves_hex)
        cid = raw_cid_from_digest(sha256_hex(data))
        places = self.copies.store(cid, BytesIO(data)).stores
        return Batch(
            category, leaves_hex, tuple(StoredCopy(ObjectRole.BATCH_LIST, cid, place.name) for place in places)
        )

    def call(self, patient: Address, stored: Sequence[StoredRecord], batches: Sequence[Batch]) -> ContractCall:
        """The call ``add`` or ``addBatches`` on top of the head as it is now.

        Raises:
            NoLocation: no store that holds the records is registered on chain.
        """
        self.index.sync()
        tip = self.index.tip(patient)
        position = (tip.next_sequence, "0x" + tip.head_link_hex)
        by_digest = {one.manifest_digest_hex: one for one in stored}
        if not batches:
            one = stored[0]
            location = self._location(one.copies)
            return ContractCall(
                "Records", "add", (patient, one.category, location, "0x" + one.manifest_digest_hex, *position)
            )
        bodies = [
            {
                "category": batch.category,
                "location": self._location(
                    [*batch.list_copies, *(copy for leaf in batch.leaves_hex for copy in by_digest[leaf].copies)]
                ),
                "count": len(batch.leaves_hex),
                "root": "0x" + root_hex(batch.leaves_hex),
                "listDigest": "0x" + sha256_hex(batch_list_bytes(batch.leaves_hex)),
            }
            for batch in batches
        ]
        return ContractCall("Records", "addBatches", (patient, bodies, *position))

    def _location(self, copies: Iterable[StoredCopy]) -> int:
        """Returns the location that an entry will point to: a registered one that holds every object of it.

        Where a store failed half-way there may be none; then one that holds most is taken, and a check will say so.
        """
        numbers = {store.name: store.location for store in self.copies.stores}
        held: dict[int, set[Cid]] = {}
        for copy in copies:
            number = numbers.get(copy.store_name)
            if number is not None:
                held.setdefault(number, set()).add(copy.cid)
        if not held:
            raise NoLocation("No store that holds the record has a location on chain.")
        return max(held, key=lambda number: len(held[number]))


@dataclass(frozen=True)
class Anchorer:
    """Sends the anchoring call through the outbox.

    A refusal is never taken for "it did not happen": the records may be there already (a receipt that is shown late, a
    database that was put back from a backup). They are looked for on the chain before they are given another place, and
    copies are removed only where the call was never written down, so that nothing was ever sent.
    """

    outbox: Outbox
    index: IndexService
    copies: Copies
    uploads: UploadRepository

    @property
    def calls(self) -> AnchoringCalls:
        """What to say to the contract."""
        return AnchoringCalls(self.index, self.copies)

    def anchor(
        self,
        wallet: Wallet,
        patient: Address,
        stored: Sequence[StoredRecord],
        *,
        key: str,
        begun: Mapping[str, Any] | None,
        ledger: LedgerReader,
        fresh: bool = False,
    ) -> Anchored:
        """Anchors ``stored``; on a newer head where somebody else was faster.

        Args:
            wallet: the author's.
            patient: whose chain.
            stored: at least one.
            key: of the upload; the call is written into its progress before it is sent.
            begun: the progress of an earlier try that may have been sent, which is then finished and not repeated.
            ledger: asked whether the records are there already, past where the index may have come.
            fresh: the records were sealed just now, so that no earlier try can have sent anything of them.

        Raises:
            RefusedError: the contract does not take it, or others kept being faster.
            UnavailableError: stores or chain can't be reached, or the chain's node is behind; the same key goes on.
        """
        batches = self.calls.batches(stored)
        upload = _Sought(wallet, patient, stored, batches, ledger)
        try:
            return self._anchor(upload, key, begun, fresh=fresh)
        except RefusedError:
            if fresh and not self.was_written(key):
                remove_copies(self.copies, (copy for batch in batches for copy in batch.list_copies))
            raise

    def was_written(self, key: str) -> bool:
        """Whether the outbox knows of the upload: something of it may have been signed, and may still land."""
        return self.outbox.submitted(_outbox_key(key)) is not None

    def _anchor(self, upload: _Sought, key: str, begun: Mapping[str, Any] | None, *, fresh: bool) -> Anchored:
        call = _call_from_json(begun) if begun else self._call(upload)
        if not begun and not fresh:  # below the place of this call everything is in the index
            indexed = self.index.rows.entry_of_digest(upload.patient, upload.digests_hex[0])
            if indexed is not None and indexed.entry.author == upload.wallet.address:
                return self._found(upload, indexed.entry.sequence)
        is_moving = False
        for _ in range(_HEAD_ATTEMPTS):
            stored = [one.to_json() for one in upload.stored]
            self.uploads.save_progress(key, {"stored": stored, "call": _call_to_json(call)})
            try:
                receipt = self.outbox.submit(call, upload.wallet, _outbox_key(key))
            except RefusedError as refusal:
                newer = self._call(upload)
                # Whatever comes before the newer place was looked at, and nothing else than that place can be taken.
                there = upload.first_sequence(_sequence(call), below=_sequence(newer))
                if there is not None:
                    return self._found(upload, there)
                if not isinstance(refusal, ContractRefusal) or refusal.name not in _MOVED_ON:
                    raise
                if newer == call:  # the contract has a newer head than the index
                    self.outbox.pause()
                is_moving = is_moving or newer != call
                call = newer
            else:
                sequences = [int(event.args["sequence"]) for event in receipt.events if event.name == "EntryAdded"]
                return _anchored(upload, sequences, receipt)
        if not is_moving:
            raise ChainBehind("The contract has a newer entry of this record than the chain's node shows.")
        raise RefusedError("Others kept adding to this record at the same time.", remedy="Try again with the same key.")

    def _call(self, upload: _Sought) -> ContractCall:
        return self.calls.call(upload.patient, upload.stored, upload.batches)

    def _found(self, upload: _Sought, first_sequence: int) -> Anchored:
        """What became of records that are on the chain already, by the transaction that brought them."""
        self.index.sync()
        before: EventId | None = None
        while events := self.index.rows.newest_events_of_patient(upload.patient, before=before, limit=_EVENTS_READ):
            for event in events:
                if event.name == "EntryAdded" and int(event.args["sequence"]) == first_sequence:
                    receipt = self.outbox.receipt_of(event.transaction_hash_hex)
                    return _anchored(upload, range(first_sequence, first_sequence + len(upload.digests_hex)), receipt)
            before = EventId.of(events[-1])
        raise ChainBehind(f"The records are anchored from entry {first_sequence} on; the index is not there yet.")


@dataclass(frozen=True)
class _Sought:
    """One upload on its way, and the question whether the chain has it."""

    wallet: Wallet
    patient: Address
    stored: Sequence[StoredRecord]
    batches: Sequence[Batch]
    ledger: LedgerReader

    @property
    def digests_hex(self) -> tuple[str, ...]:
        """Of its entries: one transaction brings them all, in this order."""
        if not self.batches:
            return (self.stored[0].manifest_digest_hex,)
        return tuple(root_hex(batch.leaves_hex) for batch in self.batches)

    def first_sequence(self, start: int, *, below: int) -> int | None:
        """Returns where the upload's entries begin, from ``start`` to the end of the chain; None: they are not there.

        Raises:
            ChainBehind: the ledger does not know all entries below ``below``, which the index has.
        """
        for sequence in itertools.count(start):
            try:
                entry = self.ledger.entry(self.patient, sequence)
            except NotFoundError:
                if sequence < below:
                    raise ChainBehind("The chain's node shows fewer entries than the index has.") from None
                return None
            if entry.digest_hex == self.digests_hex[0] and entry.author == self.wallet.address:
                return sequence
        return None


def remove_copies(copies: Copies, unwanted: Iterable[StoredCopy]) -> None:
    """Removes copies that no entry will ever name. A store that is away keeps an orphan: ciphertext, harmless."""
    stores = {store.name: store for store in copies.stores}
    for copy in unwanted:
        with contextlib.suppress(MendrecError):
            stores[copy.store_name].delete(copy.cid)


def _groups(stored: Sequence[StoredRecord]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yields (category, manifest digests) of each batch that many records make."""
    groups: dict[int, list[str]] = {}
    for one in stored:
        groups.setdefault(one.category, []).append(one.manifest_digest_hex)
    for category, leaves in groups.items():
        for start in range(0, len(leaves), LIMITS.batch_max_leaves):
            yield category, tuple(leaves[start : start + LIMITS.batch_max_leaves])


def _outbox_key(key: str) -> str:
    return f"upload:{key}"


def _sequence(call: ContractCall) -> int:
    """The place that a call takes on the patient's chain."""
    return int(call.args[-2])


def _anchored(upload: _Sought, sequences: Sequence[int], receipt: TransactionReceipt) -> Anchored:
    patient, stored, batches = upload.patient, upload.stored, upload.batches
    if not batches:
        return Anchored((RecordRef(patient, sequences[0], None, stored[0].manifest_digest_hex),), (), receipt)
    places = {
        leaf: (sequence, position)
        for sequence, batch in zip(sequences, batches, strict=True)
        for position, leaf in enumerate(batch.leaves_hex)
    }
    refs = tuple(RecordRef(patient, *places[one.manifest_digest_hex], one.manifest_digest_hex) for one in stored)
    lists = tuple(
        (sequence, copy) for sequence, batch in zip(sequences, batches, strict=True) for copy in batch.list_copies
    )
    return Anchored(refs, lists, receipt)


def _call_to_json(call: ContractCall) -> dict[str, Any]:
    return {"contract": call.contract, "function": call.function, "args": list(call.args)}


def _call_from_json(data: Mapping[str, Any]) -> ContractCall:
    return ContractCall(str(data["contract"]), str(data["function"]), tuple(data["args"]))
