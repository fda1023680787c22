"""A person's history over some years, as one FHIR R4 bundle: visits, series of measurements, treatment, bills."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from deploy.sample_data import catalog as c
from deploy.sample_data import resources as r
from deploy.sample_data.people import AS_OF, Person, make_id

_YEARS = 4
_VISITS_A_YEAR = 2


@dataclass(frozen=True, slots=True)
class Scan:
    """Names a CT scan in both worlds, FHIR and DICOM."""

    day: date
    study_uid: str
    series_uid: str
    instance_uid: str


def make_scan(rng: Random) -> Scan:
    """Returns a scan with UIDs derived from UUIDs (PS3.5 B.2)."""
    uids = [f"2.25.{rng.getrandbits(127)}" for _ in range(3)]
    return Scan(AS_OF - timedelta(days=rng.randrange(30, 700)), *uids)


def make_history(rng: Random, person: Person, scan: Scan) -> r.Resource:
    """Returns the bundle; entries are in the order of time within each kind."""
    resources = [r.patient(person), *_background(rng, person)]
    for day in _visit_days(rng):
        resources.extend(_visit(rng, person, day))
    resources.extend(_scan_resources(rng, person, scan))
    resources.extend(_steps(rng, person))
    return r.bundle(resources)


def _visit_days(rng: Random) -> list[date]:
    gap_days = 365 // _VISITS_A_YEAR
    first = AS_OF - timedelta(days=_YEARS * 365)
    return [first + timedelta(days=n * gap_days + rng.randrange(40)) for n in range(_YEARS * _VISITS_A_YEAR)]


def _background(rng: Random, person: Person) -> Iterator[r.Resource]:
    start = AS_OF - timedelta(days=_YEARS * 365)
    if person.is_diabetic:
        yield r.condition(make_id(rng), person, start, c.DIABETES, "active")
        yield r.prescription(make_id(rng), person, start, c.METFORMIN, "One tablet twice a day with meals.")
    if person.is_hypertensive:
        yield r.condition(make_id(rng), person, start, c.HYPERTENSION, "active")
        yield r.prescription(make_id(rng), person, start, c.LISINOPRIL, "One tablet in the morning.")
    yield r.condition(make_id(rng), person, start, c.SINUSITIS, "resolved")
    yield r.prescription(make_id(rng), person, start, c.IBUPROFEN, "One tablet every eight hours while in pain.")
    yield r.allergy(make_id(rng), person, start, rng.choice(c.ALLERGIES))
    for year, vaccine in enumerate(c.VACCINES):
        yield r.immunization(make_id(rng), person, start + timedelta(days=365 * year + 120), vaccine)
    yield r.procedure(make_id(rng), person, start + timedelta(days=rng.randrange(900)), c.COLONOSCOPY)


def _visit(rng: Random, person: Person, day: date) -> Iterator[r.Resource]:
    visit = r.encounter(make_id(rng), person, day, c.CHECK_UP)
    yield visit
    yield from _vital_signs(rng, person, day)
    results = []
    for measure in c.LABORATORY:
        mean = measure.mean + (measure.diabetic_shift if person.is_diabetic else 0.0)
        value = max(rng.gauss(mean, measure.spread), 0.1)
        results.append(r.measured(make_id(rng), person, day, "laboratory", measure, value))
    yield from results
    yield r.laboratory_report(make_id(rng), person, day, c.METABOLIC_PANEL, results)
    yield r.claim(make_id(rng), person, day, visit, rng.uniform(60, 240))


def _vital_signs(rng: Random, person: Person, day: date) -> Iterator[r.Resource]:
    for measure in c.VITAL_SIGNS:
        value = min(rng.gauss(measure.mean, measure.spread), 100.0) if measure.unit == "%" else None
        value = rng.gauss(measure.mean, measure.spread) if value is None else value
        yield r.measured(make_id(rng), person, day, "vital-signs", measure, value)
    systolic = rng.gauss(142 if person.is_hypertensive else 118, 7)
    pressure = r.observation(make_id(rng), person, day, "vital-signs", c.BLOOD_PRESSURE)
    pressure["component"] = [
        {"code": r.concept(c.SYSTOLIC), "valueQuantity": r.quantity(systolic, "mm[Hg]", 0)},
        {"code": r.concept(c.DIASTOLIC), "valueQuantity": r.quantity(systolic * 0.64, "mm[Hg]", 0)},
    ]
    yield pressure
    weight_kg = person.weight_kg + rng.gauss(0, 1.2)
    for code, value, unit in ((c.WEIGHT, weight_kg, "kg"), (c.HEIGHT, person.height_cm, "cm")):
        body = r.observation(make_id(rng), person, day, "vital-signs", code)
        yield {**body, "valueQuantity": r.quantity(value, unit, 1)}


def _scan_resources(rng: Random, person: Person, scan: Scan) -> Iterator[r.Resource]:
    yield r.imaging_study(make_id(rng), person, scan.day, scan.study_uid, scan.series_uid)
    dose = r.observation(make_id(rng), person, scan.day, "imaging", c.RADIATION_EXPOSURE)
    product = r.quantity(rng.gauss(820, 60), "mGy.cm", 1)
    yield {**dose, "component": [{"code": r.concept(c.DOSE_LENGTH_PRODUCT), "valueQuantity": product}]}


def _steps(rng: Random, person: Person) -> Iterator[r.Resource]:
    for days_ago in range(7, 0, -1):
        steps = max(rng.gauss(c.STEPS.mean, c.STEPS.spread), 200.0)
        day = AS_OF - timedelta(days=days_ago)
        yield r.measured(make_id(rng), person, day, "activity", c.STEPS, steps)
