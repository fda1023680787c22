"""Several files, all or nothing: a plan of what would be sealed, or every fault of all of them. Nothing is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mendrec.domain.errors import InputError
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import SEEDED_CATEGORIES
from mendrec.services.intake.faults import FaultLog, IntakeRefused
from mendrec.services.intake.files import NamedBytes, place_of, read_input
from mendrec.services.intake.items import BytesSource, IntakeItem, SourceChanged, clean_text

Progress = Callable[[int, int], None]
"""Called with (files done, files in all), at first with 0."""


class UnknownCategory(InputError):
    """There is no such category."""

    code = "input.unknown_category"


@dataclass(frozen=True, slots=True)
class IntakePlan:
    """What would be sealed, in the order of the files and of the entries in them."""

    items: tuple[IntakeItem, ...]

    @property
    def by_category(self) -> Mapping[str, tuple[IntakeItem, ...]]:
        """Category code to its items, in order: one batch each. Categories without items are left out."""
        groups: dict[str, list[IntakeItem]] = {}
        for item in self.items:
            groups.setdefault(item.category_code, []).append(item)
        return {code: tuple(groups[code]) for code in sorted(groups)}

    @property
    def counts(self) -> Mapping[str, int]:
        """Category code to the number of its items."""
        return {code: len(items) for code, items in self.by_category.items()}

    @property
    def size_bytes(self) -> int:
        """Bytes of all payloads before sealing."""
        return sum(item.size_bytes for item in self.items)


def plan_intake(
    inputs: Sequence[Path | NamedBytes],
    category_code: str | None = None,
    *,
    known_categories: Collection[str] = SEEDED_CATEGORIES,
    progress: Progress | None = None,
) -> IntakePlan:
    """Reads, judges and splits all inputs.

    Args:
        inputs: paths, or bytes with a name.
        category_code: what a person said they all are; None leaves it to the content.
        known_categories: the codes that the directory knows now.
        progress: told after each file.

    Raises:
        UnknownCategory: ``category_code`` is none of ``known_categories``.
        IntakeRefused: anything is bad; all faults of all files are in it, and nothing is planned.
    """
    _require_known(category_code, known_categories)
    log = FaultLog()
    items: list[IntakeItem] = []
    seen: set[str] = set()
    if not inputs:
        log.add("input", "nothing", "No file was given.", "Give at least one file.")
    for index, given in enumerate(inputs):
        _report(progress, index, len(inputs))
        place, identity = _identify(given)
        if identity in seen:
            log.add(place, "given_twice", "The same file was given before.", "Give each file once.")
            continue
        seen.add(identity)
        try:
            items.extend(read_input(given, category_code))
        except IntakeRefused as refused:
            log.absorb(refused)
        except SourceChanged as error:
            log.add(place, "source_changed", error.message, error.remedy)
        if _bytes_in_memory(items) > LIMITS.intake_in_memory_max_bytes:
            message = f"FHIR resources of more than {LIMITS.intake_in_memory_max_bytes} bytes in one import."
            log.add(place, "too_much", message, "Import the files in several turns.")
            break
    log.raise_if_any()
    _require_placed(items, known_categories)
    _report(progress, len(inputs), len(inputs))
    return IntakePlan(tuple(items))


def _require_known(category_code: str | None, known_categories: Collection[str]) -> None:
    if category_code is not None and category_code not in known_categories:
        raise UnknownCategory(
            f"{clean_text(category_code, max_chars=60)!r} is no category.",
            remedy=f"Use one of: {', '.join(known_categories)}.",
        )


def _require_placed(items: Sequence[IntakeItem], known_categories: Collection[str]) -> None:
    """A directory may know fewer categories than the content tells: then nothing is filed elsewhere instead."""
    for item in items:
        _require_known(item.category_code, known_categories)


def _identify(given: Path | NamedBytes) -> tuple[str, str]:
    """Returns (place, identity): two paths to one file, by links too, have one identity."""
    place = place_of(given)
    if isinstance(given, NamedBytes):
        return place, f"bytes:{given.name}"
    try:
        return place, f"path:{os.path.realpath(given)}"
    except (OSError, ValueError):  # read_input says what is wrong with it
        return place, f"path:{given}"


def _bytes_in_memory(items: Sequence[IntakeItem]) -> int:
    return sum(item.size_bytes for item in items if isinstance(item.source, BytesSource))


def _report(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)
