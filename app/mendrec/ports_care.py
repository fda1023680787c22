"""What checks found last of each object, and the copies that mending made: a Protocol with the rows it passes.

Every method is one transaction. Neither follows from the chain; a lost finding comes back with the next check.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from mendrec.domain.health import Health, ObjectRole
from mendrec.domain.model import Address, Cid


@dataclass(frozen=True, slots=True)
class ObjectFinding:
    """What the last check found of one object of one record."""

    patient: Address
    sequence: int
    leaf_index: int | None
    """None for a single record, and for the list of a batch."""
    role: ObjectRole
    cid: Cid
    state: Health
    copies: Mapping[str, str]
    """Store → good, wrong, missing or unreachable."""
    checked_at: int


@dataclass(frozen=True, slots=True)
class MendedCopy:
    """One copy that mending made."""

    patient: Address
    sequence: int
    leaf_index: int | None
    role: ObjectRole
    store_name: str
    reason: str
    """The name of a :class:`mendrec.domain.mending.Why`, in lower case."""
    job_id: str | None
    """None where it was mended from the command line."""
    mended_at: int
    number: int = 0
    """Grows with each; given by the database."""


class CareLogRepository(Protocol):
    """Findings by object, and mended copies."""

    def keep(self, findings: Sequence[ObjectFinding]) -> None:
        """Puts findings in the place of earlier ones of the same objects; one object comes once at most."""
        ...

    def of_records(self, patient: Address, records: Collection[tuple[int, int | None]]) -> Sequence[ObjectFinding]:
        """What was found of these records, (sequence, leaf), by sequence, leaf and role."""
        ...

    def records_by_state(self, patient: Address) -> Mapping[Health, int]:
        """How many of a patient's records are as bad as that; the list of a batch is part of each of its records."""
        ...

    def add_mended(self, copies: Sequence[MendedCopy]) -> None: ...

    def mended(self, patient: Address, *, before: tuple[int, int] | None, limit: int) -> Sequence[MendedCopy]:
        """Newest first; those before (mended_at, number)."""
        ...
