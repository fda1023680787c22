"""An author's side of an upload: seals by itself, and talks to the node over HTTP only."""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from mendrec.bootstrap import Node, open_worker
from mendrec.crypto.custody import CustodianKey
from mendrec.domain.cid import cid_of
from mendrec.domain.descriptor import Descriptor
from mendrec.domain.model import Address, Purpose
from mendrec.domain.typed_data import contract_domain
from mendrec.domain.typed_data import records as typed
from mendrec.domain.typed_data.signed_acts import Validity
from mendrec.services.key_release import Reader
from mendrec.services.sealing import RecordDraft, SealedRecord, seal_record
from mendrec.services.worker import Worker
from tests.web.conftest import Clinic

_KEYS = itertools.count()
_ROUNDS_MAX = 200
_WORKERS: dict[Path, Worker] = {}
"""One a home: a second one would wait for the first one's lease."""


@dataclass(frozen=True)
class Sealed:
    """One sealed record with its payload's ciphertext."""

    code: str
    private: bool
    record: SealedRecord
    payload: bytes

    def objects(self) -> dict[str, bytes]:
        return {
            "payload": self.payload,
            "manifest": self.record.manifest_bytes,
            "envelopes": self.record.envelopes_bytes,
        }

    def cid(self, role: str) -> str:
        return cid_of(self.objects()[role])

    def announced(self) -> dict[str, Any]:
        return {
            "category_code": self.code,
            "private": self.private,
            "objects": [
                {"role": role, "cid": cid_of(data), "size_bytes": len(data)} for role, data in self.objects().items()
            ],
        }


def digest_field(data: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


@dataclass
class Desk:
    """Uploads as one author."""

    clinic: Clinic
    author: str = "patient"

    @property
    def node(self) -> Node:
        return self.clinic.node

    @property
    def patient(self) -> Address:
        return self.clinic.world.people["patient"].address

    def as_author(self, who: str) -> Desk:
        return replace(self, author=who)

    def ask(self, method: str, url: str, **more: Any) -> TestResponse:
        return self.clinic.ask(self.author, method, url, **more)

    def seal(self, data: bytes, code: str = "laboratory", *, private: bool = False, **changes: Any) -> Sealed:
        """Seals by what the node says to seal to. ``changes`` are made to the draft."""
        context = self.ask("GET", f"/v1/uploads/context?patient={self.patient}").json
        assert context is not None
        numbers = {known: number for number, known in self.node.ledger.categories().items()}
        draft = RecordDraft(
            chain_id=context["chain_id"],
            records=context["records_contract"],
            patient=context["patient"],
            category=numbers[code],
            created_at=self.clinic.clock.now(),
            descriptor=Descriptor(title="A note", media_type="text/plain"),
        )
        sink = BytesIO()
        custodians = [CustodianKey(one["address"], one["recipient"]) for one in context["custodians"]]
        record = seal_record(
            replace(draft, **changes),
            BytesIO(data),
            sink,
            patient_recipient=context["recipient"],
            custodians=[] if private else custodians,
            threshold=0 if private else context["threshold"],
            wallet=self.clinic.wallet(self.author),
        )
        return Sealed(code, private, record, sink.getvalue())

    def announce(self, sealed: Sequence[Sealed], *, key: str | None = None, **changes: Any) -> TestResponse:
        body = {"patient": self.patient, "records": [one.announced() for one in sealed], **changes}
        headers = {"Idempotency-Key": key or f"upload-{next(_KEYS)}"}
        return self.ask("POST", "/v1/uploads", json=body, headers=headers)

    def begin(self, sealed: Sequence[Sealed], **more: Any) -> str:
        answer = self.announce(sealed, **more)
        assert answer.status_code == 201, answer.json
        upload_id: str = answer.json["upload_id"]  # type: ignore[index]
        return upload_id

    def put(
        self, upload_id: str, cid: str, data: bytes, *, place: str | None = None, **headers: str | None
    ) -> TestResponse:
        """Sends a part. ``place`` is its Content-Range; other headers replace the right ones, or leave them out."""
        sent = {
            "Content-Type": "application/octet-stream",
            "Content-Digest": digest_field(data),
            "Content-Range": place,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        url = f"/v1/uploads/{upload_id}/objects/{cid}"
        return self.ask("PUT", url, data=data, headers={name: value for name, value in sent.items() if value})

    def send_all(self, upload_id: str, sealed: Iterable[Sealed]) -> None:
        for one in sealed:
            for role, data in one.objects().items():
                answer = self.put(upload_id, one.cid(role), data)
                assert answer.status_code == 200, answer.json

    def send_pack(self, upload_id: str, data: bytes, **headers: str) -> TestResponse:
        sent = {"Content-Type": "application/vnd.ipld.car", "Content-Digest": digest_field(data)}
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", f"/v1/uploads/{upload_id}/packs", data=data, headers={**sent, **more})

    def position(self, upload_id: str) -> dict[str, Any]:
        answer = self.ask("POST", f"/v1/uploads/{upload_id}/position")
        assert answer.status_code == 200, answer.json
        assert answer.json is not None
        return dict(answer.json)

    def sign(self, position: dict[str, Any]) -> dict[str, Any]:
        """Signs what was worked out here from the arguments; a node that words it otherwise is found out."""
        assert position["typed_data"] == self.typed_data(position)
        signature = self.clinic.wallet(self.author).sign_typed_data(position["typed_data"])
        return {
            "nonce": position["nonce"],
            "deadline_at": position["deadline_at"],
            "signature": "0x" + signature.hex(),
        }

    def typed_data(self, position: dict[str, Any]) -> dict[str, Any]:
        ledger = self.node.ledger
        domain = contract_domain("Records", ledger.chain_id, ledger.contract_address("Records"))
        codes, validity = ledger.categories(), Validity(position["nonce"], position["deadline_at"])
        author, patient, *rest = position["args"]
        if position["function"] == "addBySig":
            category, location, digest, sequence, previous = rest
            record = typed.SingleRecord(codes[category], location, digest[2:])
            return typed.add_record(domain, author, patient, record, sequence, previous[2:], validity)
        bodies, sequence, previous = rest
        batches = [
            typed.RecordBatch(
                codes[one["category"]], one["location"], one["count"], one["root"][2:], one["listDigest"][2:]
            )
            for one in bodies
        ]
        return typed.add_batches(domain, author, patient, batches, sequence, previous[2:], validity)

    def finish(self, upload_id: str, authorization: dict[str, Any]) -> TestResponse:
        return self.ask("POST", f"/v1/uploads/{upload_id}/finish", json=authorization)

    def told(self, upload_id: str) -> dict[str, Any]:
        answer = self.ask("GET", f"/v1/uploads/{upload_id}")
        assert answer.status_code == 200, answer.json
        assert answer.json is not None
        return dict(answer.json)

    def work(self) -> None:
        """One round of the worker that sends what people signed, and a block for it."""
        home = self.node.config.home
        if home not in _WORKERS:
            payer = self.clinic.world.people["south-hospital"]
            _WORKERS[home] = open_worker(self.node.config, payer, clock=self.clinic.clock)
        _WORKERS[home].tick()
        self.clinic.world.anvil.mine()

    def until(self, upload_id: str, *states: str) -> dict[str, Any]:
        """Works until an upload is in one of these states."""
        for _ in range(_ROUNDS_MAX):
            told = self.told(upload_id)
            if told["state"] in states:
                return told
            self.work()
        raise AssertionError(f"still {told['state']}: {told}")

    def upload(self, *sealed: Sealed) -> dict[str, Any]:
        """The whole way; returns the receipt."""
        upload_id = self.begin(sealed)
        self.send_all(upload_id, sealed)
        answer = self.finish(upload_id, self.sign(self.position(upload_id)))
        assert answer.status_code == 202, answer.json
        receipt: dict[str, Any] = self.until(upload_id, "done")["receipt"]
        return receipt

    def open(self, who: str, place: dict[str, Any], path: Any) -> bytes:
        """Opens a record as a person, with their own keys."""
        person = self.clinic.world.people[who]
        record = self.node.reading.locate(self.patient, place["sequence"], place["leaf_index"])
        self.node.reading.open_record(record, Reader(person.wallet, person.identity), Purpose.TREAT, path)
        data: bytes = path.read_bytes()
        return data

    def url(self, place: dict[str, Any], what: str = "") -> str:
        leaf = "" if place["leaf_index"] is None else f"/{place['leaf_index']}"
        return f"/v1/patients/{self.patient}/records/{place['sequence']}{leaf}" + (f"/{what}" if what else "")
