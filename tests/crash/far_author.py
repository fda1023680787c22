"""An author on another machine: has sealed, sends parts, signs; and asks for the same again after the node has died."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from mendrec.adapters.system import SystemClock
from mendrec.bootstrap import Node, open_worker
from mendrec.crypto.custody import CustodianKey
from mendrec.domain.cid import cid_of
from mendrec.domain.descriptor import Descriptor
from mendrec.domain.health import ObjectRole
from mendrec.keyring import Person
from mendrec.ports_uploads import AnnouncedRecord, RemoteUploadState, UploadObject
from mendrec.services.remote_uploads import Part
from mendrec.services.remote_uploads_anchoring import Act
from mendrec.services.sealing import RecordDraft, seal_record

_PART_BYTES = 2_000
_ROUNDS_MAX = 400
_LEASE_S = 40
"""A dead worker's lease has run out by then."""


@dataclass(frozen=True)
class ClockAhead:
    """The machine's, by so much ahead: waits for leases without waiting."""

    by_s: int

    def now(self) -> int:
        return SystemClock().now() + self.by_s


def seal(node: Node, patient: Person, texts: Sequence[bytes], path: Path) -> None:
    """Seals once; what the author has is on their own disk."""
    context = node.remote_uploads.context(patient.address)
    category = {code: number for number, code in node.ledger.categories().items()}["laboratory"]
    records = []
    for text in texts:
        draft = RecordDraft(
            chain_id=context.chain_id,
            records=context.records,
            patient=context.patient,
            category=category,
            created_at=node.clock.now(),
            descriptor=Descriptor(title="A note", media_type="text/plain"),
        )
        sink = BytesIO()
        record = seal_record(
            draft,
            BytesIO(text),
            sink,
            patient_recipient=context.recipient,
            custodians=[CustodianKey(one.address, one.recipient) for one in context.custody.custodians],
            threshold=context.custody.threshold,
            wallet=patient.wallet,
        )
        objects = {"payload": sink.getvalue(), "manifest": record.manifest_bytes, "envelopes": record.envelopes_bytes}
        records.append({role: data.hex() for role, data in objects.items()})
    path.write_text(json.dumps({"category": category, "records": records}))


def send(node: Node, people: dict[str, Person], job: dict[str, Any], path: Path) -> dict[str, Any]:
    """The whole way from wherever it was: begin, parts, place, signature, relayer, chain, index, done."""
    sealed, service, patient = json.loads(path.read_text()), node.remote_uploads, people["patient"]
    records = [{role: bytes.fromhex(data) for role, data in one.items()} for one in sealed["records"]]
    upload = service.begin(
        patient.address,
        patient.address,
        [AnnouncedRecord(sealed["category"], private=False) for _ in records],
        [
            [UploadObject(number, ObjectRole(role), cid_of(data), len(data)) for role, data in one.items()]
            for number, one in enumerate(records)
        ],
        key=job["key"],
    )
    worker = open_worker(node.config, people["south-hospital"], clock=ClockAhead(job["number"] * _LEASE_S))
    for _ in range(_ROUNDS_MAX):
        upload = service.asked(patient.address, upload.upload_id)
        if upload.state is RemoteUploadState.OPEN:
            for one in records:
                for data in one.values():
                    _send_parts(node, patient, upload.upload_id, data)
        if upload.state in {RemoteUploadState.OPEN, RemoteUploadState.STORED}:
            place = service.position(patient.address, upload.upload_id)
            signature = patient.wallet.sign_typed_data(place.typed_data)
            service.finish(patient.address, upload.upload_id, Act(place.nonce, place.deadline_at, signature.hex()))
        elif upload.state is RemoteUploadState.DONE:
            return {"records": [list(one) for one in upload.progress["result"]["records"]]}
        worker.tick()
    raise AssertionError(f"still {upload.state}")


def _send_parts(node: Node, patient: Person, upload_id: str, data: bytes) -> None:
    cid, service = cid_of(data), node.remote_uploads
    while not (found := service.object(patient.address, upload_id, cid)).is_complete:
        piece = data[found.received_bytes : found.received_bytes + _PART_BYTES]
        part = Part(found.received_bytes, len(piece), hashlib.sha256(piece).digest())
        service.put(patient.address, upload_id, cid, part, [piece])
