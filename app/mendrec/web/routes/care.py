"""Checks and mending of the copies that this node keeps: asked for here, run by the worker, told as jobs."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from mendrec.api import care as words
from mendrec.api.common import PageQuery, PatientPath
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address
from mendrec.ports_uploads import Job, JobState
from mendrec.web.answers import SIGNED_IN, answer, responses
from mendrec.web.context import current_node, signed_in
from mendrec.web.cursors import decode_cursor, encode_cursor
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

    @api.get("/v1/jobs", security=SIGNED_IN, responses=responses({200: words.JobsAnswered}, cached=True))
    @rules()
    def jobs(query: PageQuery) -> Response:
        """Lists jobs, newest first, without their findings and plans: one's own, and all of them to operators."""
        who = signed_in()
        kind = f"jobs {who}"
        place = decode_cursor(kind, query.cursor, int, str)
        before = None if place is None else (int(place[0]), str(place[1]))
        found = current_node().care.jobs_for(who, before=before, limit=query.limit + 1)
        shown = found[: query.limit]
        more = len(found) > query.limit
        return answer(
            words.JobsAnswered(
                items=[_words(one, short=True) for one in shown],
                next_cursor=encode_cursor(kind, [shown[-1].created_at, shown[-1].job_id]) if more else None,
            )
        )

    @api.get("/v1/jobs/<job_id>", security=SIGNED_IN, responses=responses({200: words.JobAnswered}, 404, cached=True))
    @rules()
    def job(path: words.JobPath) -> Response:
        """Tells how far a check or a mending is, and what it found and did."""
        return _told(current_node().care.job(signed_in(), path.job_id))

    return api


def _patient(body: words.MendingAsked) -> Address | None:
    return None if body.patient is None else parse_address(body.patient)


def _told(job: Job, *, status: int = 200) -> Response:
    return answer(_words(job), status, location=f"/v1/jobs/{job.job_id}" if status == 202 else None)


def _words(job: Job, *, short: bool = False) -> words.JobAnswered:
    left_out: dict[str, object] = {"findings": [], "plan": None} if short else {}
    return words.JobAnswered.model_validate(
        {
            "job_id": job.job_id,
            "kind": job.kind.value,
            "patient": job.patient,
            "sequence": job.sequence,
            "state": job.state.value,
            "progress": dict(job.progress),
            "result": {**job.result, **left_out} if job.state is JobState.DONE else None,
            "failure": job.result.get("error") if job.state is JobState.FAILED else None,
            "created_at": job.created_at,
            "finished_at": job.finished_at,
        }
    )
