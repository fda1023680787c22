"""Checks through a node: asked for, waited for, told."""

from __future__ import annotations

import time
from collections.abc import Callable

from mendrec.api.care import JobAnswered
from mendrec.client.transport import Transport
from mendrec.client.waiting import pauses_s
from mendrec.domain.errors import UnavailableError
from mendrec.domain.model import Address


class JobUnderWay(UnavailableError):
    """The job is not over yet."""

    code = "unavailable.job_under_way"
    default_remedy = "It goes on by itself; ask for it again."


class Care:
    """Checks, plans and mending of the copies that the node keeps."""

    def __init__(self, transport: Transport, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._transport = transport
        self._sleep = sleep

    def check(self, patient: Address) -> JobAnswered:
        """Asks for a check of a patient's records; for the patient, and the stores' operator."""
        return self._transport.post(f"/v1/patients/{patient}/checks", JobAnswered)

    def plan(self, patient: Address | None = None) -> JobAnswered:
        """Asks what mending would do; for the operator."""
        return self._transport.post("/v1/mending/plans", JobAnswered, {} if patient is None else {"patient": patient})

    def mend(self, patient: Address | None = None) -> JobAnswered:
        """Asks for mending; for the operator."""
        return self._transport.post("/v1/mending", JobAnswered, {} if patient is None else {"patient": patient})

    def job(self, job_id: str) -> JobAnswered:
        """Tells how far a job is."""
        return self._transport.get(f"/v1/jobs/{job_id}", JobAnswered)

    def wait(
        self, job: JobAnswered, *, timeout_s: float = 3600, told: Callable[[JobAnswered], None] = lambda _job: None
    ) -> JobAnswered:
        """Waits until a job is over. Raises JobUnderWay where it is not in time; it goes on then."""
        pauses = pauses_s(timeout_s)
        while job.state in {"queued", "running"}:
            if (pause_s := next(pauses, None)) is None:
                raise JobUnderWay("The job is not over yet.")
            self._sleep(pause_s)
            job = self.job(job.job_id)
            told(job)
        return job
