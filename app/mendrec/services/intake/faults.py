"""What is wrong with something that was given, all of it at once, each with its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mendrec.domain.errors import InputError
from mendrec.domain.limits import LIMITS


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        place: file, then entry, element or byte offset; never a value from inside the file.
        code: stable, ``intake.what``.
        message: what is wrong there.
        remedy: what the person can do about it.
    """

    place: str
    code: str
    message: str
    remedy: str

    def as_dict(self) -> dict[str, str]:
        """``{place, code, message, remedy}``."""
        return {"place": self.place, "code": self.code, "message": self.message, "remedy": self.remedy}


class IntakeRefused(InputError):
    """Nothing was taken in, because something of it is bad.

    Attributes:
        faults: in the order of the input; the first ``LIMITS.intake_max_faults`` of them.
        fault_count: how many there are in all.
    """

    code = "intake.refused"
    default_remedy = "Mend what is listed and give all the files again; nothing was stored."

    def __init__(self, faults: Sequence[Fault], fault_count: int) -> None:
        first = faults[0]
        more = f" (and {fault_count - 1} more)" if fault_count > 1 else ""
        super().__init__(f"{first.place}: {first.message}{more}")
        self.faults = tuple(faults)
        self.fault_count = fault_count


class FaultLog:
    """Collects faults; keeps the first ones and counts all, so that a hostile file cannot fill the memory."""

    def __init__(self) -> None:
        self._kept: list[Fault] = []
        self.count = 0

    def add(self, place: str, code: str, message: str, remedy: str = "") -> None:
        """Notes a fault. ``code`` is given without its ``intake.`` prefix."""
        self.count += 1
        if len(self._kept) < LIMITS.intake_max_faults:
            self._kept.append(Fault(place, f"intake.{code}", message, remedy))

    def absorb(self, refused: IntakeRefused) -> None:
        """Takes over what another log had found."""
        room = LIMITS.intake_max_faults - len(self._kept)
        self._kept.extend(refused.faults[:room])
        self.count += refused.fault_count

    def raise_if_any(self) -> None:
        """Raises:
        IntakeRefused: something was noted.
        """
        if self._kept:
            raise IntakeRefused(self._kept, self.count)


def refusal(place: str, code: str, message: str, remedy: str = "") -> IntakeRefused:
    """Returns the refusal for a single fault, for where there is no going on."""
    return IntakeRefused([Fault(place, f"intake.{code}", message, remedy)], 1)
