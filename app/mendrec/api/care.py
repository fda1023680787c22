"""Care of the copies: checks, mending plans and mending, as jobs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mendrec.api.common import AddressText, Answered, Asked, AskedInUrl, Page, UnixSeconds

KindWord = Literal["check", "plan", "mend"]
JobStateWord = Literal["queued", "running", "done", "failed"]


class CheckAsked(Asked):
    """A check; nothing is to be said beyond whose records."""


class MendingAsked(Asked):
    """What to plan, or to mend."""

    patient: AddressText | None = Field(default=None, description="Whose records; left out: everybody's.")


class JobPath(AskedInUrl):
    """Which job."""

    job_id: str = Field(pattern=r"^[0-9a-f]{32}$")


class JobProgressAnswered(Answered):
    """How far it is."""

    objects_done: int = 0
    bytes_read: int = 0


class FindingAnswered(Answered):
    """One object that is not healthy."""

    patient: AddressText
    sequence: int
    leaf_index: int | None
    role: str
    cid: str
    state: str = Field(description="degraded, damaged, unreachable, never stored or lost; docs/mending.md.")
    copies: dict[str, str] = Field(description="By store: good, wrong, missing or unreachable.")


class PlannedCopyAnswered(Answered):
    """One copy that mending would make."""

    cid: str
    record: str
    to: str
    why: str


class PathMoveAnswered(Answered):
    """One path that has to be moved on chain. The operator has ``mend_paths`` prepared for it, and signs."""

    patient: AddressText
    sequence: int
    from_location: int
    to_location: int
    reason: str


class FailedStepAnswered(Answered):
    """A step that could not be done."""

    step: str
    code: str
    message: str
    remedy: str


class PlanAnswered(Answered):
    """What mending would do."""

    copies: list[PlannedCopyAnswered]
    moves: list[PathMoveAnswered]
    cannot: list[str] = Field(description="What can't be put right with the stores that answer now.")


class JobResultAnswered(Answered):
    """What was found and done."""

    healthy: bool
    counts: dict[str, int] = Field(description="Objects by state, after the last step.")
    records_checked: int
    findings: list[FindingAnswered] = Field(description="The first of them; findings_count says how many there are.")
    findings_count: int
    plan: PlanAnswered | None = None
    before: dict[str, int] | None = Field(default=None, description="Mending: objects by state before the first step.")
    done: list[str] = Field(default_factory=list)
    failed: list[FailedStepAnswered] = Field(default_factory=list)
    cannot: list[str] = Field(default_factory=list)
    to_sign: list[PathMoveAnswered] = Field(default_factory=list)


class JobFailureAnswered(Answered):
    """Why the job as a whole could not be done."""

    code: str
    message: str
    remedy: str


class JobAnswered(Answered):
    """One job."""

    job_id: str
    kind: KindWord
    patient: AddressText | None
    sequence: int | None
    state: JobStateWord
    progress: JobProgressAnswered
    result: JobResultAnswered | None
    failure: JobFailureAnswered | None
    created_at: UnixSeconds
    finished_at: UnixSeconds | None


class JobsAnswered(Page):
    """A page of jobs, newest first. Ask for one by its id to have its findings and its plan."""

    items: list[JobAnswered]
