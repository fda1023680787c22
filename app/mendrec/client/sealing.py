"""Sealing on the caller's side: items become sealed objects in a folder, ready to be sent, and to be sent again.

With a folder of its own an upload can be taken up again by a later run: what was sealed is kept until it is anchored.
Only ciphertext lies there. A salted digest tells whether a later run means the same files.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mendrec.domain.cid import digest_of_raw_cid
from mendrec.domain.errors import InputError
from mendrec.domain.health import ObjectRole
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Cid
from mendrec.ports import Wallet
from mendrec.services.intake.items import IntakeItem
from mendrec.services.sealing import RecordDraft, seal_record
from mendrec.services.spooling import Custody

_INDEX = "sealed.json"


class SealedOtherwise(InputError):
    """Something else was sealed under this key."""

    code = "input.sealed_otherwise"
    default_remedy = "Use a new key for other files, another patient or another privacy."


@dataclass(frozen=True, slots=True)
class SealedObject:
    """One object, its bytes in a file named by its CID."""

    role: ObjectRole
    cid: Cid
    size_bytes: int


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """One sealed record: payload, manifest and envelopes."""

    category_code: str
    objects: tuple[SealedObject, ...]

    @property
    def manifest_digest_hex(self) -> str:
        """What is anchored."""
        return digest_of_raw_cid(next(one.cid for one in self.objects if one.role is ObjectRole.MANIFEST))


@dataclass(frozen=True)
class SealedFolder:
    """The sealed objects of one upload."""

    folder: Path

    def path(self, cid: Cid) -> Path:
        """Where an object's bytes are."""
        return self.folder / cid

    def seal(
        self,
        wallet: Wallet,
        items: Sequence[IntakeItem],
        *,
        draft: Callable[[IntakeItem], RecordDraft],
        recipient: str,
        custody: Custody,
        progress: Callable[[int, int], None],
    ) -> tuple[SealedRecord, ...]:
        """Seals the items, or returns what was sealed here before from the same ones.

        Args:
            wallet: the author's.
            items: from intake, already judged.
            draft: what each record is.
            recipient: the patient's age recipient.
            custody: who gets shares.
            progress: called with (sealed, all).

        Raises:
            SealedOtherwise: other items were sealed here.
            As :func:`mendrec.services.sealing.seal_record`, and SourceChanged: begun anew the next time.
        """
        words = [wallet.address, draft(items[0]).patient, len(custody.custodians) == 0]
        before = self._load()
        if before is not None:
            if before["means"] != _means(items, words, before["salt"]):
                raise SealedOtherwise("Something else was sealed under this key.")
            return tuple(_record_from_json(one) for one in before["records"])
        self.remove()
        self.folder.mkdir(parents=True, mode=0o700)
        records = []
        for done, item in enumerate(items):
            progress(done, len(items))
            records.append(self._seal_one(wallet, item, draft(item), recipient, custody))
        salt = secrets.token_hex(32)
        index = {
            "salt": salt,
            "means": _means(items, words, salt),
            "records": [_record_to_json(one) for one in records],
        }
        _write(self.folder / _INDEX, json.dumps(index).encode("utf-8"))
        progress(len(items), len(items))
        return tuple(records)

    def remove(self) -> None:
        """Removes everything; no error where there is nothing."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _load(self) -> dict[str, Any] | None:
        """What a run before this one sealed completely; None where there is nothing whole."""
        try:
            found: dict[str, Any] = json.loads((self.folder / _INDEX).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return found

    def _seal_one(
        self, wallet: Wallet, item: IntakeItem, draft: RecordDraft, recipient: str, custody: Custody
    ) -> SealedRecord:
        partial = self.folder / "payload.part"
        with item.source.open() as source, partial.open("wb") as sink:
            sealed = seal_record(
                draft,
                source,
                sink,
                patient_recipient=recipient,
                custodians=custody.custodians,
                threshold=custody.threshold,
                wallet=wallet,
            )
            sink.flush()
            os.fsync(sink.fileno())
        partial.replace(self.path(sealed.payload.cid))
        _write(self.path(sealed.envelopes_cid), sealed.envelopes_bytes)
        _write(self.path(sealed.manifest_cid), sealed.manifest_bytes)
        objects = (
            SealedObject(ObjectRole.PAYLOAD, sealed.payload.cid, sealed.payload.size_bytes),
            SealedObject(ObjectRole.MANIFEST, sealed.manifest_cid, len(sealed.manifest_bytes)),
            SealedObject(ObjectRole.ENVELOPES, sealed.envelopes_cid, len(sealed.envelopes_bytes)),
        )
        return SealedRecord(item.category_code, objects)


def _means(items: Sequence[IntakeItem], words: Sequence[Any], salt: str) -> str:
    digest = hashlib.sha256(json.dumps([salt, *words]).encode("utf-8"))
    for item in items:
        digest.update(json.dumps([item.category_code, repr(item.descriptor), item.size_bytes]).encode("utf-8"))
        with item.source.open() as source:
            while chunk := source.read(LIMITS.copy_chunk_bytes):
                digest.update(chunk)
    return digest.hexdigest()


def _record_to_json(record: SealedRecord) -> dict[str, Any]:
    objects = [[one.role.value, one.cid, one.size_bytes] for one in record.objects]
    return {"category_code": record.category_code, "objects": objects}


def _record_from_json(data: Mapping[str, Any]) -> SealedRecord:
    objects = tuple(SealedObject(ObjectRole(role), Cid(cid), size) for role, cid, size in data["objects"])
    return SealedRecord(data["category_code"], objects)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
