"""Seeded sample records: the same seed gives the same bytes. Needs nothing from outside; nobody in them exists.

python -m deploy.sample_data --seed 7 --patients 3 some-folder
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from deploy.sample_data.ct_slice import make_ct_slice
from deploy.sample_data.documents import make_letter, make_pdf
from deploy.sample_data.history import make_history, make_scan
from deploy.sample_data.people import Person, make_person


@dataclass(frozen=True, slots=True)
class SampleFile:
    """One file of a patient."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class SamplePatient:
    """A patient and the files: ``history.json``, ``ct-slice.dcm``, ``letter.txt`` and ``letter.pdf``."""

    person: Person
    files: tuple[SampleFile, ...]

    def file(self, name: str) -> bytes:
        """Returns the bytes of one of the files."""
        return next(file.data for file in self.files if file.name == name)


def generate(seed: int, patients: int) -> Iterator[SamplePatient]:
    """Yields ``patients`` patients. The first n of a seed are the same however many are asked for."""
    for number in range(patients):
        rng = Random(f"mendrec-sample/{seed}/{number}")  # noqa: S311  (repeatable on purpose)
        person, scan = make_person(rng), make_scan(rng)
        history = json.dumps(make_history(rng, person, scan), indent=1, ensure_ascii=False)
        letter = make_letter(person, scan)
        yield SamplePatient(
            person,
            (
                SampleFile("history.json", history.encode("utf-8")),
                SampleFile("ct-slice.dcm", make_ct_slice(person, scan)),
                SampleFile("letter.txt", letter.encode("utf-8")),
                SampleFile("letter.pdf", make_pdf(letter)),
            ),
        )


def write(folder: Path, seed: int, patients: int) -> list[Path]:
    """Writes each patient's files to a folder of their own; returns the paths written."""
    paths = []
    for patient in generate(seed, patients):
        home = folder / patient.person.slug
        home.mkdir(parents=True, exist_ok=True)
        for file in patient.files:
            path = home / file.name
            path.write_bytes(file.data)
            paths.append(path)
    return paths
