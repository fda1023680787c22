"""How a patient's copies were found last, and what was mended of them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mendrec.api.common import Answered, Page, UnixSeconds

ObjectStateWord = Literal["healthy", "degraded", "damaged", "unreachable", "never stored", "lost"]
RecordStateWord = Literal["healthy", "degraded", "damaged", "unreachable", "never stored", "lost", "unchecked"]
ObjectRoleWord = Literal["payload", "manifest", "envelopes", "batch-list"]
OutcomeWord = Literal["good", "wrong", "missing", "unreachable"]
MendReasonWord = Literal["damaged", "missing", "too_few", "path", "unreachable", "relocated"]


class ObjectCopiesAnswered(Answered):
    """One object of a record, as the last check found it."""

    role: ObjectRoleWord
    state: ObjectStateWord = Field(description="docs/mending.md.")
    checked_at: UnixSeconds
    copies: dict[str, OutcomeWord] = Field(description="By store.")


class RecordCopiesAnswered(Answered):
    """One record, as the last check found it."""

    sequence: int
    leaf_index: int | None
    state: RecordStateWord = Field(description="The worst of its objects' states; unchecked where none was looked at.")
    checked_at: UnixSeconds | None
    objects: list[ObjectCopiesAnswered] = Field(description="A record of a batch needs the batch's list, too.")


class CopiesAnswered(Page):
    """A page of a patient's records, in the chain's order."""

    items: list[RecordCopiesAnswered]
    records_by_state: dict[RecordStateWord, int] | None = Field(
        description="How many of all records are in each state; on the first page only."
    )


class MendingAnswered(Answered):
    """One thing that was mended."""

    at: UnixSeconds
    sequence: int
    leaf_index: int | None = Field(description="Null for an entry that is one record, and for an entry as a whole.")
    kind: Literal["copy", "path"] = Field(description="A copy that this node made, or a path that was moved on chain.")
    role: ObjectRoleWord | None = Field(description="Which object was copied.")
    store: str | None = Field(description="Where the copy was made.")
    from_location: int | None
    to_location: int | None
    reason: MendReasonWord = Field(description="docs/mending.md; too_few: there were too few good copies.")
    job_id: str | None


class MendingsAnswered(Page):
    """A page of what was mended, newest first."""

    items: list[MendingAnswered]
