"""What is in the demo patient's record: two years of FHIR R4 resources and files. The same first day, the same bytes.

A person with diabetes and high blood pressure gets better under treatment, with a stay in hospital in between. Nobody
in it exists; nobody has a name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from deploy.demo_files import DISCHARGE_LETTER, ct_slice, discharge_letter, echocardiogram, electrocardiogram
from deploy.sample_data import catalog as c
from deploy.sample_data import resources as r
from deploy.sample_data.people import Person, make_id
from mendrec.services.intake.files import NamedBytes

DAYS = 730
"""From the first visit to today."""
STAY_DAY = 380
"""The day on which the patient comes to hospital."""
_VISIT_DAYS = (0, 92, 183, 275, 366, 458, 549, 640, 721)
_DIARY_DAYS = (60, 150, 240, 330, 420, 510, 600, 690)
_DIARY_SPAN_DAYS = 84
_STATIN_DAY = 366
_FREE_TEXT = "history-and-physical-exam"
"""The category of letters, notes and pictures."""

_LDL = c.Measure(c.Code(c.LOINC, "13457-7", "LDL cholesterol"), "mg/dL", 0, 6.0, None, 130.0, 0)
_HBA1C = c.Measure(c.Code(c.LOINC, "4548-4", "Hemoglobin A1c"), "%", 0, 0.12, 4.0, 5.6, 1)
_CREATININE = c.Measure(c.Code(c.LOINC, "2160-0", "Creatinine"), "mg/dL", 0, 0.04, 0.6, 1.2, 2)
_GLUCOSE = c.Measure(c.Code(c.LOINC, "2345-7", "Glucose"), "mg/dL", 0, 8.0, 70.0, 99.0, 0)
_POTASSIUM = c.Measure(c.Code(c.LOINC, "2823-3", "Potassium"), "mmol/L", 0, 0.2, 3.5, 5.1, 1)
_LABORATORY = (
    (_HBA1C, 8.6, 6.4),
    (_GLUCOSE, 171, 118),
    (_CREATININE, 0.92, 1.08),
    (_LDL, 164, 84),
    (_POTASSIUM, 4.1, 4.4),
)
"""Measure, mean on the first day, mean on the last."""
_HEART_RATE = c.Measure(c.Code(c.LOINC, "8867-4", "Heart rate"), "/min", 0, 4.0, None, None, 0)
_SATURATION = c.Measure(c.Code(c.LOINC, "59408-5", "Oxygen saturation"), "%", 0, 0.6, None, None, 0)
_WEIGHT = c.Measure(c.WEIGHT, "kg", 0, 0.5, None, None, 1)
_VITAL_SIGNS = ((_HEART_RATE, 82, 69), (_SATURATION, 97, 98), (_WEIGHT, 96.4, 86.2))
_SYSTOLIC_MEANS, _SYSTOLIC_SPREAD = (159, 127), 4.0

_ATORVASTATIN = c.Code(c.RXNORM, "617311", "Atorvastatin 40 MG Oral Tablet")
_CORONARY_DISEASE = c.Code(c.SNOMED, "53741008", "Coronary arteriosclerosis")
_ADMISSION = c.Code(c.SNOMED, "183452005", "Emergency hospital admission")
_ECHOCARDIOGRAPHY = c.Code(c.SNOMED, "40701008", "Echocardiography")


@dataclass(frozen=True, slots=True)
class Chapter:
    """What somebody adds to the record on one day.

    Attributes:
        day: counted from the first visit.
        author: role name of who adds it.
        name: of the chapter; unique.
        files: as they are given to intake.
        category_code: where the content does not tell it.
        private: whether only the patient may ever open it.
    """

    day: int
    author: str
    name: str
    files: tuple[NamedBytes, ...]
    category_code: str | None = None
    private: bool = False

    @property
    def second_of_day(self) -> int:
        """When on that day: in the afternoon, after all that the files say happened; not always at the same time."""
        return 13 * 3600 + (self.day * 1399 + len(self.name) * 173) % (4 * 3600)


def make_chapters(first_day: date) -> tuple[Chapter, ...]:
    """Returns the whole record in order of time."""
    return tuple(sorted(_chapters(first_day), key=lambda chapter: chapter.day))


def resources_of(chapter: Chapter) -> tuple[dict[str, Any], ...]:
    """The FHIR resources of a chapter."""
    bundles = [json.loads(file.data) for file in chapter.files if file.name.endswith(".json")]
    return tuple(entry["resource"] for bundle in bundles for entry in bundle["entry"])


def _chapters(first_day: date) -> Iterator[Chapter]:
    rng = Random(f"mendrec-demo/{first_day.isoformat()}")  # noqa: S311  (repeatable on purpose)
    person = _person(rng, first_day)
    for number, day in enumerate(_VISIT_DAYS):
        resources = [*_visit(rng, person, first_day, day)]
        if number == 0:
            resources = [*_background(rng, person, first_day), *resources]
        yield _bundle(day, "gp", f"visit-{number + 1}", resources)
    for number, day in enumerate(_DIARY_DAYS):
        yield _bundle(day, "patient", f"diary-{number + 1}", [*_diary(rng, person, first_day, day)])
    yield from _stay(rng, person, first_day)
    yield _note(STAY_DAY + 8, "gp", "call", _CALL)
    yield Chapter(
        STAY_DAY + 20,
        "patient",
        "own-notes",
        (NamedBytes("my own notes.txt", _OWN_NOTES.encode("utf-8")),),
        _FREE_TEXT,
        private=True,
    )


def _person(rng: Random, first_day: date) -> Person:
    return Person(
        id=make_id(rng),
        given_name="",
        family_name="Patient",
        gender="female",
        birth_date=first_day - timedelta(days=57 * 365 + 104),
        town="",
        height_cm=168.0,
        weight_kg=96.4,
        is_diabetic=True,
        is_hypertensive=True,
    )


def _background(rng: Random, person: Person, first_day: date) -> Iterator[r.Resource]:
    resource = r.patient(person)
    yield {**{key: resource[key] for key in resource if key != "address"}, "name": [{"text": "Patient"}]}
    for code in (c.DIABETES, c.HYPERTENSION):
        yield r.condition(make_id(rng), person, first_day, code, "active")
    yield r.condition(make_id(rng), person, first_day - timedelta(days=410), c.SINUSITIS, "resolved")
    yield r.prescription(make_id(rng), person, first_day, c.METFORMIN, "One tablet twice a day with meals.")
    yield r.prescription(make_id(rng), person, first_day, c.LISINOPRIL, "One tablet in the morning.")
    yield r.allergy(make_id(rng), person, first_day, c.ALLERGIES[0])
    for days_before, vaccine in ((600, c.VACCINES[1]), (240, c.VACCINES[0])):
        yield r.immunization(make_id(rng), person, first_day - timedelta(days=days_before), vaccine)
    yield r.procedure(make_id(rng), person, first_day - timedelta(days=900), c.COLONOSCOPY)


def _visit(rng: Random, person: Person, first_day: date, day: int) -> Iterator[r.Resource]:
    on = first_day + timedelta(days=day)
    visit = r.encounter(make_id(rng), person, on, c.CHECK_UP)
    yield visit
    for measure, first, last in _VITAL_SIGNS:
        value = min(_drift(rng, first, last, measure.spread, day), 100.0)
        yield r.measured(make_id(rng), person, on, "vital-signs", measure, value)
    yield _blood_pressure(rng, person, on, day)
    results = []
    for measure, first, last in _LABORATORY:
        value = _drift(rng, first, last, measure.spread, day)
        results.append(r.measured(make_id(rng), person, on, "laboratory", measure, value))
    yield from results
    yield r.laboratory_report(make_id(rng), person, on, c.METABOLIC_PANEL, results)
    if day == _STATIN_DAY:
        yield r.prescription(make_id(rng), person, on, _ATORVASTATIN, "One tablet in the evening.")
    if day in {_VISIT_DAYS[3], _VISIT_DAYS[7]}:
        yield r.immunization(make_id(rng), person, on, c.VACCINES[0])
    if day in {_VISIT_DAYS[0], _VISIT_DAYS[4]}:
        claim = r.claim(make_id(rng), person, on, visit, 84.5)
        yield {**claim, "provider": {"display": "North practice"}}


def _diary(rng: Random, person: Person, first_day: date, day: int) -> Iterator[r.Resource]:
    """What the patient measured at home in the weeks before ``day``."""
    for days_before in range(_DIARY_SPAN_DAYS, 0, -14):
        at = max(day - days_before, 0)
        yield _blood_pressure(rng, person, first_day + timedelta(days=at), at)
    for days_before in range(_DIARY_SPAN_DAYS, 0, -28):
        at = max(day - days_before, 0)
        steps = max(_drift(rng, 3900, 8200, 700, at), 400.0)
        yield r.measured(make_id(rng), person, first_day + timedelta(days=at), "activity", c.STEPS, steps)


def _blood_pressure(rng: Random, person: Person, on: date, day: int) -> r.Resource:
    systolic = _drift(rng, *_SYSTOLIC_MEANS, _SYSTOLIC_SPREAD, day)
    pressure = r.observation(make_id(rng), person, on, "vital-signs", c.BLOOD_PRESSURE)
    pressure["component"] = [
        {"code": r.concept(c.SYSTOLIC), "valueQuantity": r.quantity(systolic, "mm[Hg]", 0)},
        {"code": r.concept(c.DIASTOLIC), "valueQuantity": r.quantity(systolic * 0.62 + rng.gauss(0, 2), "mm[Hg]", 0)},
    ]
    return pressure


def _stay(rng: Random, person: Person, first_day: date) -> Iterator[Chapter]:
    on = first_day + timedelta(days=STAY_DAY)
    study_uid, series_uid, instance_uid = (f"2.25.{rng.getrandbits(127)}" for _ in range(3))
    dose = r.observation(make_id(rng), person, on, "imaging", c.RADIATION_EXPOSURE)
    dose["component"] = [
        {"code": r.concept(c.DOSE_LENGTH_PRODUCT), "valueQuantity": r.quantity(412.6, "mGy.cm", 1)},
    ]
    study = r.imaging_study(make_id(rng), person, on, study_uid, series_uid)
    yield Chapter(
        STAY_DAY,
        "cardiologist",
        "ct-slice",
        (NamedBytes("ct-slice.dcm", ct_slice(on, (study_uid, series_uid, instance_uid))),),
    )
    yield _bundle(
        STAY_DAY,
        "cardiologist",
        "stay",
        [
            r.encounter(make_id(rng), person, on, _ADMISSION),
            {**study, "description": "CT of the chest"},
            dose,
            r.procedure(make_id(rng), person, on, _ECHOCARDIOGRAPHY),
            r.condition(make_id(rng), person, on, _CORONARY_DISEASE, "active"),
        ],
    )
    yield Chapter(
        STAY_DAY + 1,
        "cardiologist",
        "echocardiogram",
        (
            NamedBytes(
                "echocardiogram.dcm", echocardiogram(on, tuple(f"2.25.{rng.getrandbits(127)}" for _ in range(3)))
            ),
        ),
    )
    yield Chapter(
        STAY_DAY + 1,
        "cardiologist",
        "electrocardiogram",
        (NamedBytes("electrocardiogram.png", electrocardiogram(rng)),),
        _FREE_TEXT,
    )
    yield Chapter(
        STAY_DAY + 4,
        "cardiologist",
        DISCHARGE_LETTER,
        (NamedBytes("discharge letter.pdf", discharge_letter(on, on + timedelta(days=4))),),
        _FREE_TEXT,
    )


def _bundle(day: int, author: str, name: str, resources: list[r.Resource]) -> Chapter:
    text = json.dumps(r.bundle(resources), indent=1, ensure_ascii=False)
    return Chapter(day, author, name, (NamedBytes(f"{name}.json", text.encode("utf-8")),))


def _note(day: int, author: str, name: str, text: str) -> Chapter:
    return Chapter(day, author, name, (NamedBytes(f"{name} note.txt", text.encode("utf-8")),), _FREE_TEXT)


def _drift(rng: Random, first: float, last: float, spread: float, day: int) -> float:
    """A value on the way from ``first`` to ``last``: fast in the beginning, as treatment works."""
    way = 1 - (1 - min(day, DAYS) / DAYS) ** 1.8
    return rng.gauss(first + (last - first) * way, spread)


_CALL = """Call after the stay in hospital

No chest pain since discharge. Walks half an hour every day.
Blood pressure at home is between 130 and 138.
Tablets are taken as agreed; no side effects.
Next visit as planned.
"""
_OWN_NOTES = """What I want to ask at the next visit

- Do I need the second tablet in the morning for good?
- The stairs are easier than a month ago. Is swimming fine as well?
- I slept badly in the week after the hospital. I would rather talk about this than have it in a letter.
"""
