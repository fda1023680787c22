"""Sealed records on their way into the stores: kept in temporary files, stored together, removed again together."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, cast

from mendrec.crypto.custody import CustodianKey
from mendrec.domain.health import ObjectRole
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Cid
from mendrec.ports import Wallet
from mendrec.services.anchoring import StoredCopy, StoredRecord
from mendrec.services.bulk_copies import store_fresh
from mendrec.services.copies import Copies
from mendrec.services.intake.items import IntakeItem
from mendrec.services.sealing import RecordDraft, SealedRecord, seal_record


@dataclass(frozen=True, slots=True)
class Custody:
    """Who holds shares of new records, and how many are needed to open one."""

    custodians: tuple[CustodianKey, ...]
    threshold: int


PRIVATE = Custody((), 0)


@dataclass(frozen=True, slots=True)
class SpooledRecord:
    """One sealed record, its ciphertext in a temporary file that is gone once it was stored."""

    record: SealedRecord
    payload: BinaryIO

    def objects(self) -> tuple[tuple[ObjectRole, Cid, Callable[[], BinaryIO]], ...]:
        """Role, CID and what opens the bytes, of the three objects."""
        record = self.record
        return (
            (ObjectRole.PAYLOAD, record.payload.cid, lambda: self.payload),
            (ObjectRole.ENVELOPES, record.envelopes_cid, lambda: BytesIO(record.envelopes_bytes)),
            (ObjectRole.MANIFEST, record.manifest_cid, lambda: BytesIO(record.manifest_bytes)),
        )


def seal_to_spool(
    wallet: Wallet, draft: RecordDraft, item: IntakeItem, recipient: str, custody: Custody
) -> SpooledRecord:
    """Seals one item; the ciphertext waits in a temporary file until it is stored.

    Raises:
        As :func:`mendrec.services.sealing.seal_record`, and SourceChanged; nothing is left behind.
    """
    payload = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=LIMITS.copy_chunk_bytes))  # noqa: SIM115 - handed on
    try:
        with item.source.open() as source:
            record = seal_record(
                draft,
                source,
                payload,
                patient_recipient=recipient,
                custodians=custody.custodians,
                threshold=custody.threshold,
                wallet=wallet,
            )
    except BaseException:
        payload.close()
        raise
    payload.seek(0)
    return SpooledRecord(record, payload)


def store_all(copies_of: Copies, sealed: Sequence[SpooledRecord]) -> list[StoredRecord]:
    """Stores the objects of all of them, or none."""
    found = iter(store_fresh(copies_of, [(cid, opener) for each in sealed for _, cid, opener in each.objects()]))
    return [
        StoredRecord(
            each.record.manifest.category,
            each.record.manifest_digest_hex,
            tuple(StoredCopy(role, cid, place.name) for role, cid, _ in each.objects() for place in next(found).stores),
        )
        for each in sealed
    ]
