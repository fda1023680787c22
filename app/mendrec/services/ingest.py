"""Putting records in: seal, store by the placement rule, anchor. Nothing counts until it is anchored.

1. Whoever may not write is refused before anything is sealed.
2. Each item is sealed, and its objects (payload, envelopes, manifest) are stored and read back.
3. The anchoring call is written down, then sent (:mod:`mendrec.services.anchoring`).
4. Which copies were put where is written down, and the upload is done.

What fails before 3 removes the copies that it made, and so does what the contract refuses before anything was signed.
All else keeps them, and is finished by calling again with the same key.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from mendrec.domain.errors import InputError, RefusedError
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Address, RecordRef
from mendrec.ports import Clock, LedgerReader, Wallet
from mendrec.ports_db import ObjectCopy, ObjectRepository, UploadRepository, UploadState
from mendrec.services.anchoring import Anchored, Anchorer, StoredRecord, remove_copies
from mendrec.services.consent import category_numbers
from mendrec.services.intake.items import IntakeItem
from mendrec.services.may_write import recipient_of, require_may_write
from mendrec.services.sealing import RecordDraft
from mendrec.services.spooling import PRIVATE, Custody, SpooledRecord, seal_to_spool, store_all

_SEALED_AT_A_TIME = 32
"""Records that wait in temporary files while their objects are stored together."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class UploadResult:
    """What an upload did; JSON-safe through :meth:`to_json`."""

    records: tuple[RecordRef, ...]
    transaction_hash_hex: str
    gas_used: int

    def to_json(self) -> dict[str, Any]:
        """The stored answer."""
        return {
            "records": [[ref.sequence, ref.leaf_index, ref.manifest_digest_hex] for ref in self.records],
            "transactionHash": self.transaction_hash_hex,
            "gasUsed": self.gas_used,
        }

    @classmethod
    def from_json(cls, patient: Address, data: Mapping[str, Any]) -> UploadResult:
        """Reads what :meth:`to_json` wrote."""
        refs = tuple(RecordRef(patient, sequence, leaf, digest) for sequence, leaf, digest in data["records"])
        return cls(refs, str(data["transactionHash"]), int(data["gasUsed"]))


class IngestService:
    """The use case of whoever may add to a record: the patient, or a clinician with UPLOAD."""

    def __init__(
        self,
        *,
        ledger: LedgerReader,
        anchorer: Anchorer,
        objects: ObjectRepository,
        uploads: UploadRepository,
        clock: Clock,
        custody: Callable[[], Custody],
        secret: bytes,
        exclusive: Callable[[str], AbstractContextManager[None]],
    ) -> None:
        """Args:
        custody: who holds shares of new records, asked at each upload: a custodian can lose its standing.
        secret: of this home; nothing is sealed with it.
        exclusive: keeps two runs with one key apart: each would remove what the other one anchors.
        """
        self._ledger = ledger
        self._anchorer = anchorer
        self._copies = anchorer.copies
        self._objects = objects
        self._uploads = uploads
        self._clock = clock
        self._custody = custody
        self._secret = secret
        self._exclusive = exclusive

    def upload(
        self,
        wallet: Wallet,
        patient: Address,
        items: Sequence[IntakeItem],
        *,
        key: str,
        private: bool = False,
        progress: Progress = lambda _done, _total: None,
    ) -> UploadResult:
        """Seals, stores and anchors ``items``; calling again with the same key finishes, or repeats the answer.

        Args:
            wallet: the author's.
            patient: whose record it becomes part of.
            items: from intake, already judged.
            key: idempotency key.
            private: no shares are made; only the patient opens it.
            progress: called with (sealed and stored, all).

        Raises:
            AccessRefused, NotAPatient, ContractRefusal: the author may not write here; nothing is kept.
            UnavailableError: stores or chain can't be reached; nothing is kept, or the same key goes on.
            IdempotencyConflict: the key was used for another upload.
        """
        if not items:
            raise InputError("There is nothing to upload.")
        with self._exclusive(f"upload:{key}"):
            return self._upload(wallet, patient, items, key, private, progress)

    def _upload(
        self,
        wallet: Wallet,
        patient: Address,
        items: Sequence[IntakeItem],
        key: str,
        private: bool,
        progress: Progress,
    ) -> UploadResult:
        asked = self._request_digest(wallet.address, patient, items, private)
        upload = self._uploads.begin(key, asked, now=self._clock.now())
        if upload.state is UploadState.DONE:
            return UploadResult.from_json(patient, upload.progress)
        stored = [StoredRecord.from_json(one) for one in upload.progress.get("stored", ())]
        fresh = not stored
        if fresh:
            numbers = category_numbers(self._ledger, [item.category_code for item in items])
            require_may_write(self._ledger, wallet.address, patient, numbers)  # 1
            stored = self._seal_all(wallet, patient, items, PRIVATE if private else self._custody(), progress)  # 2
            self._uploads.save_progress(key, {"stored": [one.to_json() for one in stored]})
        try:
            anchored = self._anchorer.anchor(  # 3
                wallet,
                patient,
                stored,
                key=key,
                begun=upload.progress.get("call"),
                ledger=self._ledger,
                fresh=fresh,
            )
        except RefusedError:
            # Removed is only what nobody can ever have sent. All else stays, sealed, for the same key to go on with:
            # an index that is behind, or a transaction that is shown late, must not cost the only copies.
            if fresh and not self._anchorer.was_written(key):
                self._uploads.save_progress(key, {})  # first: nothing may build on what is removed
                remove_copies(self._copies, (copy for one in stored for copy in one.copies))
            raise
        return self._finish(key, patient, stored, anchored)  # 4

    def _seal_all(
        self, wallet: Wallet, patient: Address, items: Sequence[IntakeItem], custody: Custody, progress: Progress
    ) -> list[StoredRecord]:
        by_code = {code: number for number, code in self._ledger.categories().items()}
        recipient = recipient_of(self._ledger, patient)

        def seal(item: IntakeItem) -> SpooledRecord:
            draft = RecordDraft(
                chain_id=self._ledger.chain_id,
                records=self._ledger.contract_address("Records"),
                patient=patient,
                category=by_code[item.category_code],
                created_at=self._clock.now(),
                descriptor=item.descriptor,
            )
            return seal_to_spool(wallet, draft, item, recipient, custody)

        stored: list[StoredRecord] = []
        groups = [items[start : start + _SEALED_AT_A_TIME] for start in range(0, len(items), _SEALED_AT_A_TIME)]
        # While one group waits for the disks, the next one is sealed: sealing needs the processor, storing does not.
        with ThreadPoolExecutor(1) as storing:
            waiting: deque[Future[list[StoredRecord]]] = deque()
            try:
                for group in groups:
                    sealed = [seal(item) for item in group]
                    while waiting:
                        stored += waiting.popleft().result()
                        progress(len(stored), len(items))
                    waiting.append(storing.submit(store_all, self._copies, sealed))
                stored += waiting.popleft().result()
                progress(len(stored), len(items))
            except BaseException:
                stored += [one for future in waiting if future.exception() is None for one in future.result()]
                remove_copies(self._copies, (copy for one in stored for copy in one.copies))
                raise
        return stored

    def _request_digest(self, author: Address, patient: Address, items: Sequence[IntakeItem], private: bool) -> str:
        """Tells one upload from another under a key. Keyed: who has the database can't try guesses of a content."""
        digest = hmac.new(self._secret, json.dumps([author, patient, private]).encode("utf-8"), hashlib.sha256)
        for item in items:
            digest.update(json.dumps([item.category_code, repr(item.descriptor), item.size_bytes]).encode("utf-8"))
            with item.source.open() as source:
                while chunk := source.read(LIMITS.copy_chunk_bytes):
                    digest.update(chunk)
        return digest.hexdigest()

    def _finish(self, key: str, patient: Address, stored: Sequence[StoredRecord], anchored: Anchored) -> UploadResult:
        now = self._clock.now()
        rows = [
            ObjectCopy(
                patient,
                ref.sequence,
                ref.leaf_index,
                ref.manifest_digest_hex,
                copy.role,
                copy.cid,
                copy.store_name,
                now,
            )
            for one, ref in zip(stored, anchored.refs, strict=True)
            for copy in one.copies
        ]
        rows += [
            ObjectCopy(patient, sequence, None, "", copy.role, copy.cid, copy.store_name, now)
            for sequence, copy in anchored.list_copies
        ]
        self._objects.add(rows)
        result = UploadResult(anchored.refs, anchored.receipt.hash_hex, anchored.receipt.gas_used)
        self._uploads.finish(key, result.to_json())
        return result
