"""Authorisation as a table: every endpoint by every role, on a real chain."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from mendrec.ports import ContractCall
from tests.web.access_table import ROLES, TABLE, Scene, upload_words
from tests.web.conftest import Clinic


@pytest.fixture(scope="module")
def scene(clinic: Clinic) -> Scene:
    """Grants that hold, were revoked and are over, and an act of the patient's."""
    clinic.grant("gp", "laboratory")
    clinic.grant("cardiologist", "laboratory", "imaging")
    clinic.revoke("cardiologist", "laboratory", "imaging")
    clinic.grant("radiologist", "laboratory", seconds=60)
    clinic.world.anvil.set_time(clinic.node.now() + 120)
    clinic.world.anvil.mine()
    clinic.clock.run_from(clinic.world.anvil.head_timestamp())
    act = signed_act(clinic)
    answer = clinic.ask("patient", "POST", "/v1/acts", json=act)
    assert answer.status_code == 202, answer.json
    assert answer.json is not None

    def session_id() -> str:
        token = clinic.sign_in("patient")
        found = clinic.client().get("/v1/sessions/current", headers={"Authorization": f"Bearer {token}"}).json
        assert found is not None
        identifier: str = found["session"]["session_id"]
        return identifier

    clinic.upload(b"glucose")
    clinic.upload(b"sodium", b"potassium")
    job = clinic.ask("patient", "POST", f"/v1/patients/{clinic.address('patient')}/checks", json={}).json
    assert job is not None

    def upload_id() -> str:
        begun = clinic.ask("patient", "POST", "/v1/uploads", json=upload_words(clinic.address("patient"))).json
        assert begun is not None
        identifier: str = begun["upload_id"]
        return identifier

    return Scene(clinic, answer.json["act_id_hex"], act, session_id, upload_id, job["job_id"])


def signed_act(clinic: Clinic) -> dict[str, Any]:
    asked = {"kind": "cancel_nonce", "params": {"contract": "Consent", "nonce": 200}}
    prepared = clinic.ask("patient", "POST", "/v1/acts/preparations", json=asked).json
    assert prepared is not None
    signature = clinic.wallet("patient").sign_typed_data(prepared["typed_data"])
    kept = ("contract", "function", "args", "nonce", "deadline_at")
    return {**{name: prepared[name] for name in kept}, "signature": "0x" + signature.hex()}


def described(clinic: Clinic) -> dict[str, Any]:
    document = clinic.client().get("/openapi/openapi.json").json
    assert document is not None
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def test_every_endpoint_has_a_row_and_every_row_an_endpoint(clinic: Clinic) -> None:
    assert set(described(clinic)) == set(TABLE)


@pytest.mark.parametrize("endpoint", TABLE)
def test_every_role_is_answered_as_the_table_says(scene: Scene, endpoint: str) -> None:
    row, clinic = TABLE[endpoint], scene.clinic
    method, template = endpoint.split(" ", 1)
    documented = set(described(clinic)[endpoint]["responses"])
    answered = []
    for who in ROLES.values():
        places = {**scene.places, **(row.places(scene) if row.places else {})}
        headers = clinic.headers(who)
        if row.ends_session and who != "anonymous":
            headers = {"Authorization": f"Bearer {clinic.sign_in(who)}"}
        body = None if row.body is None else row.body(scene, who)
        if row.data is not None:
            digest = base64.b64encode(hashlib.sha256(row.data).digest()).decode()
            headers = {
                **headers,
                "Content-Digest": f"sha-256=:{digest}:",
                "Content-Type": row.media_type,
            }
        query = None if row.query is None else row.query(scene)
        with clinic.client() as client:
            url = template.format(**places)
            answer = client.open(url, method=method, headers=headers, json=body, data=row.data, query_string=query)
            answered.append(answer.status_code)
            assert str(answer.status_code) in documented
            answer.close()
    assert dict(zip(ROLES, answered, strict=True)) == dict(zip(ROLES, row.statuses, strict=True))


def test_a_refusal_does_not_tell_whether_a_patient_exists(scene: Scene) -> None:
    nobody = "0x" + "ab" * 20
    for template in ("consents", "receipts", "events", "events/stream", "access-requests"):
        answers = [
            scene.clinic.ask("stranger", "GET", f"/v1/patients/{patient}/{template}").json
            for patient in (scene.clinic.address("patient"), nobody)
        ]
        for answer in answers:
            assert answer is not None
            del answer["request_id"]
        assert answers[0] == answers[1]


def test_access_ends_with_the_revoke(scene: Scene) -> None:
    """Decided from the head on each request: nothing is remembered from the one before."""
    clinic, url = scene.clinic, f"/v1/patients/{scene.clinic.address('patient')}/events"
    clinic.grant("cardiologist", "imaging")
    assert clinic.ask("cardiologist", "GET", url).status_code == 200
    clinic.revoke("cardiologist", "imaging")
    assert clinic.ask("cardiologist", "GET", url).status_code == 403


def test_a_suspended_reader_sees_nothing(scene: Scene) -> None:
    clinic, url = scene.clinic, f"/v1/patients/{scene.clinic.address('patient')}/consents"
    board, who = clinic.world.people["licensing-board"].wallet, clinic.address("cardiologist")
    clinic.grant("cardiologist", "imaging")
    assert clinic.ask("cardiologist", "GET", url).status_code == 200
    clinic.node.outbox.submit(ContractCall("Directory", "suspend", (who,)), board, "suspend")
    assert clinic.ask("cardiologist", "GET", url).status_code == 403
    clinic.node.outbox.submit(ContractCall("Directory", "reinstate", (who,)), board, "reinstate")
    assert clinic.ask("cardiologist", "GET", url).status_code == 200
    clinic.revoke("cardiologist", "imaging")
