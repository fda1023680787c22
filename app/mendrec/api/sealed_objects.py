"""Sealed objects of many records at once: what a list of titles needs, without two requests for each record."""

from __future__ import annotations

from pydantic import Field, model_validator

from mendrec.api.common import Answered, Page, PageQuery
from mendrec.api.records import ProblemAnswered


class SealedObjectsQuery(PageQuery):
    """Which part of the list; it can begin at any record, so that several parts are fetched at a time."""

    from_sequence: int | None = Field(
        default=None, ge=0, lt=2**63, description="Begin at this entry; not together with `cursor`."
    )
    from_leaf_index: int = Field(
        default=0, ge=0, lt=2**24, description="Begin at this record of that entry, where it is a batch."
    )

    @model_validator(mode="after")
    def _one_beginning(self) -> SealedObjectsQuery:
        if self.cursor is not None and self.from_sequence is not None:
            raise ValueError("a page begins at a cursor or at from_sequence, not at both")
        if self.from_sequence is None and self.from_leaf_index:
            raise ValueError("from_leaf_index needs from_sequence")
        return self


class SealedObjectsOfRecord(Answered):
    """One record's small objects, as far as they are for who asks."""

    sequence: int
    leaf_index: int | None = Field(description="Its place in a batch; null for an entry that is one record.")
    manifest: str | None = Field(description="Standard base64 of its bytes; null where they can't be had now.")
    envelopes: str | None = Field(
        description="Standard base64 of its bytes; null where they are not for you, or can't be had now: see problem."
    )
    problem: ProblemAnswered | None = Field(
        default=None, description="Why something that is for you is missing; a copy that is bad is mended."
    )


class SealedObjectsAnswered(Page):
    """Records in the order of the chain. A page may hold fewer than were asked for, and not be the last."""

    items: list[SealedObjectsOfRecord]
