"""Anchoring stored records on top of a patient's head: one entry for a single record, one batch a category for many."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from mendrec.domain.batch_list import batch_list_bytes
from mendrec.domain.cid import raw_cid_from_digest, sha256_hex
from mendrec.domain.errors import ConfigurationError, ContractRefusal, MendrecError, RefusedError
from mendrec.domain.health import ObjectRole
from mendrec.domain.limits import LIMITS
from mendrec.domain.merkle import root_hex
from mendrec.domain.model import Address, Cid, RecordRef
from mendrec.ports import ContractCall, TransactionReceipt, Wallet
from mendrec.ports_db import UploadRepository
from mendrec.services.copies import Copies
from mendrec.services.index import IndexService
from mendrec.services.outbox import Outbox

_HEAD_ATTEMPTS = 8
_MOVED_ON = frozenset({"StaleHead", "WrongSequence"})


class NoLocation(ConfigurationError):
    """None of the stores that hold the record is registered on chain, so its entry could point nowhere."""

    code = "configuration.no_location"
    default_remedy = "Register a store's location with `mendrec location add` and write its number into config.toml."


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

    def is_anchored(self, patient: Address, stored: Sequence[StoredRecord]) -> bool:
        """Whether the chain names any of these records, by its digest or as a leaf of a batch."""
        self.index.sync()
        known = {indexed.entry.digest_hex for indexed in self.index.entries(patient)}
        roots = {root_hex(leaves) for _, leaves in _groups(stored)}
        return bool(known & (roots | {one.manifest_digest_hex for one in stored}))

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
    """Sends the anchoring call through the outbox."""

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
    ) -> Anchored:
        """Anchors ``stored``; on a newer head where somebody else was faster.

        Args:
            wallet: the author's.
            patient: whose chain.
            stored: at least one.
            key: of the upload; the call is written into its progress before it is sent.
            begun: the progress of an earlier try that may have been sent, which is then finished and not repeated.

        Raises:
            ContractRefusal: the contract does not take it.
            UnavailableError: stores or chain can't be reached; the same key goes on.
        """
        batches = self.calls.batches(stored)
        call = _call_from_json(begun) if begun else self.calls.call(patient, stored, batches)
        for _ in range(_HEAD_ATTEMPTS):
            self.uploads.save_progress(key, {"stored": [one.to_json() for one in stored], "call": _call_to_json(call)})
            try:
                receipt = self.outbox.submit(call, wallet, f"upload:{key}")
            except ContractRefusal as refusal:
                if refusal.name not in _MOVED_ON:
                    remove_copies(self.copies, (copy for batch in batches for copy in batch.list_copies))
                    raise
                call = self.calls.call(patient, stored, batches)
            else:
                return _anchored(patient, stored, batches, receipt)
        raise RefusedError("Others kept adding to this record at the same time.", remedy="Try again with the same key.")


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


def _anchored(
    patient: Address, stored: Sequence[StoredRecord], batches: Sequence[Batch], receipt: TransactionReceipt
) -> Anchored:
    sequences = [int(event.args["sequence"]) for event in receipt.events if event.name == "EntryAdded"]
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
