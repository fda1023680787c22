"""Who is answered what: every endpoint of the OpenAPI description, by every role.

The roles are columns, in the order of :data:`ROLES`. A new endpoint needs a row here; the test fails until it has one.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mendrec.domain.car import pack
from mendrec.domain.cid import raw_cid_from_digest, sha256_hex
from tests.web.conftest import Clinic

ROLES = {
    "anonymous": "anonymous",
    "patient": "patient",
    "reader": "gp",  # READ of laboratory
    "revoked": "cardiologist",  # had READ, revoked
    "expired": "radiologist",  # had READ, its time is over
    "stranger": "stranger",  # in no directory
    "institution": "south-hospital",
    "custodian": "north-hospital",
}
"""Role → who plays it in the clinic."""


def raw_cid(data: bytes) -> str:
    """The CID of one raw block."""
    return raw_cid_from_digest(sha256_hex(data))


SENT = b"sealed bytes"
SENT_CID = raw_cid(SENT)

Statuses = tuple[int, int, int, int, int, int, int, int]
ALL: Statuses = (200, 200, 200, 200, 200, 200, 200, 200)
SIGNED_IN: Statuses = (401, 200, 200, 200, 200, 200, 200, 200)
PATIENT: Statuses = (401, 200, 403, 403, 403, 403, 403, 403)
PATIENT_AND_READER: Statuses = (401, 200, 200, 403, 403, 403, 403, 403)
PATIENT_READER_AND_KEEPER: Statuses = (401, 200, 200, 403, 403, 403, 403, 200)
"""The custodian of this world also operates the location."""
CHECKED: Statuses = (401, 202, 403, 403, 403, 403, 202, 202)
MENDED: Statuses = (401, 403, 403, 403, 403, 403, 202, 202)
OWN_ONLY: Statuses = (401, 200, 404, 404, 404, 404, 404, 404)
"""What is the patient's and is not told apart from nothing to anybody else."""


@dataclass(frozen=True)
class Scene:
    """What requests are made of."""

    clinic: Clinic
    act_id_hex: str
    signed_act: Mapping[str, Any]
    session_id: Callable[[], str]
    """The id of a fresh session of the patient."""
    upload_id: Callable[[], str]
    """The id of a fresh upload of the patient, to the patient's own record."""
    job_id: str
    """A check that the patient asked for."""

    @property
    def places(self) -> dict[str, str]:
        """Path parameters."""
        patient = self.clinic.address("patient")
        return {
            "patient": patient,
            "address": patient,
            "act_id_hex": self.act_id_hex,
            "job_id": self.job_id,
            "sequence": "0",  # a record of the patient's, in laboratory
            "leaf_index": "1",
            "cid": SENT_CID,
        }


@dataclass(frozen=True)
class Row:
    """One endpoint: what is sent, and what each role is answered."""

    statuses: Statuses
    body: Callable[[Scene, str], Mapping[str, Any]] | None = None
    """By the name of who asks."""
    query: Callable[[Scene], Mapping[str, str]] | None = None
    data: bytes | None = None
    """Bytes to send, with their checksum."""
    media_type: str = "application/octet-stream"
    """Of those bytes."""
    places: Callable[[Scene], Mapping[str, str]] | None = None
    """Path parameters that are made anew for each request."""
    ends_session: bool = False
    """It is asked with a session of its own, which is over then."""


def _unknown_nonce(scene: Scene, who: str) -> Mapping[str, Any]:
    who = "stranger" if who == "anonymous" else who
    return scene.clinic.signed(who, scene.clinic.message(who, nonce="f" * 32))


def _stale_release(scene: Scene, _who: str) -> Mapping[str, Any]:
    request = {
        "act": "OPEN",
        "patient": scene.clinic.address("patient"),
        "reader": scene.clinic.address("gp"),
        "records": [{"sequence": 0, "manifestDigest": "ab" * 32, "leafIndex": None, "path": []}],
        "purpose": "TREAT",
        "nonce": "cd" * 32,
        "deadline": 1,
    }
    return {"request": request, "signature": "0x" + "12" * 65}


def upload_words(patient: str) -> Mapping[str, Any]:
    """An upload of one record; nothing has to be sent for it."""
    objects = [
        {"role": "payload", "cid": SENT_CID, "size_bytes": len(SENT)},
        {"role": "manifest", "cid": raw_cid(b"manifest"), "size_bytes": 8},
        {"role": "envelopes", "cid": raw_cid(b"envelopes"), "size_bytes": 9},
    ]
    return {"patient": patient, "records": [{"category_code": "laboratory", "objects": objects}]}


def _upload(scene: Scene, _who: str) -> Mapping[str, Any]:
    return upload_words(scene.clinic.address("patient"))


def _fresh_upload(scene: Scene) -> Mapping[str, str]:
    return {"upload_id": scene.upload_id()}


def _batch(_scene: Scene) -> Mapping[str, str]:
    return {"sequence": "1"}  # two records in one entry, in laboratory


def _institution(scene: Scene) -> Mapping[str, str]:
    return {"address": scene.clinic.address("south-hospital")}


def _application_to_nobody(scene: Scene, _who: str) -> Mapping[str, Any]:
    """To somebody who is no institution: nothing is left behind."""
    institution = scene.clinic.address("patient")
    return {"institution": institution, "display_name": "A Name", "licence_commitment_hex": "ab" * 32}


SEALED = base64.b64encode(b"age-encryption.org/v1\n-> X25519 abc\n--- def\nsealed").decode("ascii")
"""What looks like an age file."""

TABLE: dict[str, Row] = {
    "POST /v1/release": Row((403,) * 8, body=_stale_release),  # the signature decides, never a session
    "POST /v1/custodians/{address}/release": Row(
        (403,) * 8, body=_stale_release, places=lambda scene: {"address": scene.clinic.address("north-hospital")}
    ),
    "GET /v1/node": Row(ALL),
    "GET /v1/categories": Row(ALL),
    "GET /v1/locations": Row(SIGNED_IN),
    "POST /v1/sign-in/nonce": Row(ALL),
    "POST /v1/sessions": Row((403,) * 8, body=_unknown_nonce),
    "GET /v1/sessions": Row(SIGNED_IN),
    "GET /v1/sessions/current": Row(SIGNED_IN),
    "POST /v1/sessions/current/rotation": Row(SIGNED_IN, ends_session=True),
    "DELETE /v1/sessions/current": Row((401, 204, 204, 204, 204, 204, 204, 204), ends_session=True),
    "DELETE /v1/sessions/{session_id}": Row(
        (401, 204, 404, 404, 404, 404, 404, 404), places=lambda scene: {"session_id": scene.session_id()}
    ),
    "GET /v1/me": Row(SIGNED_IN),
    "GET /v1/people/{address}": Row(SIGNED_IN),
    "GET /v1/people/{address}/credential": Row(SIGNED_IN),
    "GET /v1/patients/{patient}/consents": Row(PATIENT_AND_READER),
    "GET /v1/me/grants-held": Row(SIGNED_IN),
    "GET /v1/me/grants-passed-on": Row(SIGNED_IN),
    "GET /v1/patients/{patient}/access-requests": Row(PATIENT),
    "GET /v1/me/access-requests": Row(SIGNED_IN),
    "POST /v1/acts/preparations": Row(
        SIGNED_IN, body=lambda _scene, _who: {"kind": "cancel_nonce", "params": {"contract": "Consent", "nonce": 7}}
    ),
    "POST /v1/acts": Row((401, 202, 403, 403, 403, 403, 403, 403), body=lambda scene, _who: scene.signed_act),
    "GET /v1/acts": Row(SIGNED_IN),
    "GET /v1/acts/{act_id_hex}": Row(OWN_ONLY),
    "GET /v1/patients/{patient}/receipts": Row(PATIENT_AND_READER),
    "GET /v1/patients/{patient}/events": Row(PATIENT_AND_READER),
    "GET /v1/patients/{patient}/events/stream": Row(PATIENT_AND_READER),
    # The safe: one's own, and nobody else's.
    "GET /v1/me/safe": Row(SIGNED_IN),
    "GET /v1/me/safe/{slot}": Row((401, *(404,) * 7), places=lambda _scene: {"slot": "settings"}),
    "PUT /v1/me/safe/{slot}": Row(
        (401, *(409,) * 7),
        places=lambda _scene: {"slot": "settings"},
        body=lambda _scene, _who: {"sealed": SEALED, "expected_version": 7},
    ),
    "DELETE /v1/me/safe/{slot}": Row((401, *(404,) * 7), places=lambda _scene: {"slot": "settings"}),
    # Professionals and their paperwork: who may decide on one is in tests/web/test_applications.py.
    "GET /v1/professionals": Row(SIGNED_IN),
    "GET /v1/institutions/{address}/staff": Row(SIGNED_IN, places=_institution),
    "POST /v1/applications": Row((401, *(403,) * 7), body=_application_to_nobody),
    "GET /v1/me/applications": Row(SIGNED_IN),
    "GET /v1/institutions/{address}/applications": Row((401, 403, 403, 403, 403, 403, 200, 403), places=_institution),
    "POST /v1/applications/{application_id}/decision": Row(
        (401, *(404,) * 7),
        places=lambda _scene: {"application_id": "0" * 32},
        body=lambda _scene, _who: {"decision": "confirm"},
    ),
    # Uploads: whose upload it is, and who may write where.
    "GET /v1/uploads/context": Row(SIGNED_IN, query=lambda scene: {"patient": scene.clinic.address("patient")}),
    "POST /v1/uploads": Row((401, 201, 403, 403, 403, 403, 403, 403), body=_upload),
    "GET /v1/uploads/{upload_id}": Row(OWN_ONLY, places=_fresh_upload),
    "GET /v1/uploads/{upload_id}/objects": Row(OWN_ONLY, places=_fresh_upload),
    "DELETE /v1/uploads/{upload_id}": Row(OWN_ONLY, places=_fresh_upload),
    "GET /v1/uploads/{upload_id}/objects/{cid}": Row(OWN_ONLY, places=_fresh_upload),
    "PUT /v1/uploads/{upload_id}/objects/{cid}": Row(OWN_ONLY, places=_fresh_upload, data=SENT),
    "POST /v1/uploads/{upload_id}/packs": Row(
        OWN_ONLY, places=_fresh_upload, data=b"".join(pack([])), media_type="application/vnd.ipld.car"
    ),
    "POST /v1/uploads/{upload_id}/position": Row((401, 409, 404, 404, 404, 404, 404, 404), places=_fresh_upload),
    "POST /v1/uploads/{upload_id}/finish": Row(
        (401, 409, 404, 404, 404, 404, 404, 404),
        places=_fresh_upload,
        body=lambda _scene, _who: {"nonce": 1, "deadline_at": 1, "signature": "0x" + "12" * 65},
    ),
    # Records: the patient, who may READ laboratory, and the operator of the location that they are at.
    "GET /v1/patients/{patient}/records": Row(PATIENT_READER_AND_KEEPER),
    "GET /v1/patients/{patient}/entries": Row(PATIENT_READER_AND_KEEPER),
    "GET /v1/patients/{patient}/records/{sequence}": Row(PATIENT_READER_AND_KEEPER),
    "GET /v1/patients/{patient}/records/{sequence}/{leaf_index}": Row(PATIENT_READER_AND_KEEPER, places=_batch),
    "GET /v1/patients/{patient}/records/{sequence}/proof": Row(PATIENT_READER_AND_KEEPER),
    "GET /v1/patients/{patient}/records/{sequence}/{leaf_index}/proof": Row(PATIENT_READER_AND_KEEPER, places=_batch),
    "GET /v1/patients/{patient}/records/{sequence}/manifest": Row(PATIENT_READER_AND_KEEPER),
    "GET /v1/patients/{patient}/records/{sequence}/envelopes": Row(PATIENT_READER_AND_KEEPER),
    "GET /v1/patients/{patient}/records/{sequence}/payload": Row(PATIENT_READER_AND_KEEPER),
    "GET /v1/patients/{patient}/records/{sequence}/{leaf_index}/manifest": Row(
        PATIENT_READER_AND_KEEPER, places=_batch
    ),
    "GET /v1/patients/{patient}/records/{sequence}/{leaf_index}/envelopes": Row(
        PATIENT_READER_AND_KEEPER, places=_batch
    ),
    "GET /v1/patients/{patient}/records/{sequence}/{leaf_index}/payload": Row(PATIENT_READER_AND_KEEPER, places=_batch),
    "GET /v1/patients/{patient}/sealed-objects": Row(PATIENT_READER_AND_KEEPER),
    # Care: the patient has their own checked; who operates one of the node's stores, anything checked and mended.
    # Both hospitals do.
    "POST /v1/patients/{patient}/checks": Row(CHECKED, body=lambda _scene, _who: {}),
    "POST /v1/mending/plans": Row(MENDED, body=lambda _scene, _who: {}),
    "POST /v1/mending": Row(MENDED, body=lambda _scene, _who: {}),
    "GET /v1/patients/{patient}/copies": Row((401, 200, 403, 403, 403, 403, 200, 200)),
    "GET /v1/patients/{patient}/mendings": Row((401, 200, 403, 403, 403, 403, 200, 200)),
    "GET /v1/operations": Row((401, 403, 403, 403, 403, 403, 200, 200)),
    "GET /v1/jobs": Row(SIGNED_IN),
    "GET /v1/jobs/{job_id}": Row((401, 200, 404, 404, 404, 404, 200, 200)),
}
