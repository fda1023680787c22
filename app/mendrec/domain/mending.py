"""What a mend plan says: copies to make, paths to move, and what can't be helped. Pure data; it changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from mendrec.domain.health import EntryRef, Health, ObjectToCheck
from mendrec.domain.model import Cid, MendReason


class Why(StrEnum):
    """Why a copy is made."""

    DAMAGED = "its copy there is wrong"
    MISSING = "its copy there is gone"
    TOO_FEW = "there are too few good copies"
    PATH = "the path on chain is to lead there"


@dataclass(frozen=True, slots=True)
class CopyStep:
    """Copy one verified object to one store, over what is there or to a new place."""

    cid: Cid
    record_label: str
    target: str
    why: Why
    good_in: tuple[str, ...]
    """Stores that had a good copy when the plan was made."""
    subject: ObjectToCheck | None = field(default=None, compare=False, repr=False)
    """What it was planned for; an object that several records share is copied for the first of them."""

    @property
    def text(self) -> str:
        """One line for a person."""
        over = "over the copy in" if self.why is Why.DAMAGED else "to"
        return f"{self.record_label}: copy {self.cid} from {self.good_in[0]} {over} {self.target}: {self.why.value}"


@dataclass(frozen=True, slots=True)
class PathMove:
    """Write another location on chain for one entry; every one of ``cids`` must be good at the new one first."""

    entry: EntryRef
    from_location: int
    to_location: int
    to_store: str
    reason: MendReason
    cids: tuple[Cid, ...]

    @property
    def text(self) -> str:
        """One line for a person."""
        return (
            f"{self.entry.label}: move the path on chain from location {self.from_location} "
            f"to {self.to_location} ({self.to_store}): {self.reason.name.lower()}"
        )


@dataclass(frozen=True, slots=True)
class CannotMend:
    """What no plan can put right with the stores that answer now."""

    record_label: str
    cid: Cid
    state: Health
    text: str
    """One line for a person."""


@dataclass(frozen=True, slots=True)
class MendPlan:
    """What to do, in order: copies first, then paths."""

    copies: tuple[CopyStep, ...] = ()
    moves: tuple[PathMove, ...] = ()
    cannot: tuple[CannotMend, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True where there is nothing that can be done."""
        return not self.copies and not self.moves

    def lines(self) -> list[str]:
        """The plan in words, one line a step."""
        return [
            *(step.text for step in self.copies),
            *(move.text for move in self.moves),
            *(one.text for one in self.cannot),
        ]

    def as_dict(self) -> dict[str, object]:
        """JSON-safe, for ``--json``."""
        return {
            "copies": [
                {"cid": step.cid, "record": step.record_label, "to": step.target, "why": step.why.name.lower()}
                for step in self.copies
            ],
            "moves": [
                {
                    "entry": move.entry.label,
                    "from": move.from_location,
                    "to": move.to_location,
                    "reason": move.reason.name.lower(),
                }
                for move in self.moves
            ],
            "cannot": [{"cid": one.cid, "record": one.record_label, "state": one.state.label} for one in self.cannot],
        }
