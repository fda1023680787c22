"""Checks and mending of the copies that this node keeps: asked for here, run by the worker, told as jobs."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api import care as words
from mendrec.api.common import PatientPath
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address
from mendrec.ports_uploads import Job, JobState
from mendrec.web.answers import SIGNED_IN, answer, responses
from mendrec.web.context import current_node, signed_in
from mendrec.web.idempotency import idempotent
from mendrec.web.rules import rules


def blueprint() -> APIBlueprint:
    """The routes."""
    api = APIBlueprint("care", __name__, abp_tags=[Tag(name="care", description="Checking and mending copies")])

    @api.post(
        "/v1/patients/<patient>/checks",
        security=SIGNED_IN,
        responses=responses({202: words.JobAnswered}, 409),
    )
    @rules()
    @idempotent
    def check(path: PatientPath) -> Response:
        """Has every copy of a patient's records fetched and hashed. For the patient, and the stores' operator."""
        return _told(current_node().care.ask_check(signed_in(), parse_address(path.patient)), status=202)

    @api.post(
        "/v1/mending/plans",
        security=SIGNED_IN,
        responses=responses({202: words.JobAnswered}, 409, body=True),
    )
    @rules()
    @idempotent
    def plan(body: words.MendingAsked) -> Response:
        """Has a check made that says what mending would do. Changes nothing. For the stores' operator."""
        return _told(current_node().care.ask_plan(signed_in(), _patient(body)), status=202)

    @api.post(
        "/v1/mending",
        security=SIGNED_IN,
        responses=responses({202: words.JobAnswered}, 409, body=True),
    )
    @rules()
    @idempotent
    def mend(body: words.MendingAsked) -> Response:
        """Has bad copies mended from good ones. For the stores' operator.

        Where a path has to be moved on chain, the result's `to_sign` says so: have the act `mend_paths` prepared.
        """
        return _told(current_node().care.ask_mending(signed_in(), _patient(body)), status=202)

    @api.get("/v1/jobs/<job_id>", security=SIGNED_IN, responses=responses({200: words.JobAnswered}, 404, cached=True))
    @rules()
    def job(path: words.JobPath) -> Response:
        """Tells how far a check or a mending is, and what it found and did."""
        return _told(current_node().care.job(signed_in(), path.job_id))

    return api


def _patient(body: words.MendingAsked) -> Address | None:
    return None if body.patient is None else parse_address(body.patient)


def _told(job: Job, *, status: int = 200) -> Response:
    told = words.JobAnswered.model_validate(
        {
            "job_id": job.job_id,
            "kind": job.kind.value,
            "patient": job.patient,
            "sequence": job.sequence,
            "state": job.state.value,
            "progress": dict(job.progress),
            "result": dict(job.result) if job.state is JobState.DONE else None,
            "failure": job.result.get("error") if job.state is JobState.FAILED else None,
            "created_at": job.created_at,
            "finished_at": job.finished_at,
        }
    )
    return answer(told, status, location=f"/v1/jobs/{job.job_id}" if status == 202 else None)
