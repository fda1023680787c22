"""Codes and plausible ranges that sample histories are made of. Systems: LOINC, SNOMED CT, RxNorm, CVX, UCUM."""

from __future__ import annotations

from dataclasses import dataclass

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"
UCUM = "http://unitsofmeasure.org"
DCM = "http://dicom.nema.org/resources/ontology/DCM"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"


@dataclass(frozen=True, slots=True)
class Code:
    """One concept."""

    system: str
    code: str
    display: str


@dataclass(frozen=True, slots=True)
class Measure:
    """Something measured again and again.

    Attributes:
        unit: UCUM.
        mean, spread: of a healthy person's values.
        low, high: reference range; None where there is no such bound.
        decimals: digits after the point, as the laboratory writes them.
        diabetic_shift: added to the mean for a diabetic.
    """

    code: Code
    unit: str
    mean: float
    spread: float
    low: float | None
    high: float | None
    decimals: int
    diabetic_shift: float = 0.0


LABORATORY = (
    Measure(Code(LOINC, "4548-4", "Hemoglobin A1c"), "%", 5.3, 0.2, 4.0, 5.6, 1, 2.1),
    Measure(Code(LOINC, "2345-7", "Glucose"), "mg/dL", 88.0, 7.0, 70.0, 99.0, 0, 62.0),
    Measure(Code(LOINC, "2160-0", "Creatinine"), "mg/dL", 0.9, 0.12, 0.6, 1.2, 2),
    Measure(Code(LOINC, "718-7", "Hemoglobin"), "g/dL", 14.2, 0.9, 12.0, 16.0, 1),
    Measure(Code(LOINC, "2093-3", "Cholesterol"), "mg/dL", 188.0, 22.0, None, 200.0, 0),
    Measure(Code(LOINC, "2823-3", "Potassium"), "mmol/L", 4.2, 0.3, 3.5, 5.1, 1),
)
VITAL_SIGNS = (
    Measure(Code(LOINC, "8867-4", "Heart rate"), "/min", 72.0, 8.0, None, None, 0),
    Measure(Code(LOINC, "9279-1", "Respiratory rate"), "/min", 15.0, 1.5, None, None, 0),
    Measure(Code(LOINC, "8310-5", "Body temperature"), "Cel", 36.7, 0.3, None, None, 1),
    Measure(Code(LOINC, "59408-5", "Oxygen saturation"), "%", 97.5, 0.8, None, None, 0),
)
STEPS = Measure(Code(LOINC, "55423-8", "Number of steps"), "{steps}", 6500.0, 1800.0, None, None, 0)
BLOOD_PRESSURE = Code(LOINC, "85354-9", "Blood pressure panel")
SYSTOLIC = Code(LOINC, "8480-6", "Systolic blood pressure")
DIASTOLIC = Code(LOINC, "8462-4", "Diastolic blood pressure")
WEIGHT = Code(LOINC, "29463-7", "Body weight")
HEIGHT = Code(LOINC, "8302-2", "Body height")
METABOLIC_PANEL = Code(LOINC, "24323-8", "Comprehensive metabolic panel")
RADIATION_EXPOSURE = Code(LOINC, "73569-6", "Radiation exposure and protection information")
DOSE_LENGTH_PRODUCT = Code(DCM, "113813", "CT Dose Length Product Total")

DIABETES = Code(SNOMED, "44054006", "Diabetes mellitus type 2")
HYPERTENSION = Code(SNOMED, "38341003", "Hypertensive disorder")
SINUSITIS = Code(SNOMED, "36971009", "Sinusitis")
CHECK_UP = Code(SNOMED, "185349003", "Encounter for check up")
COLONOSCOPY = Code(SNOMED, "73761001", "Colonoscopy")
METFORMIN = Code(RXNORM, "861007", "Metformin hydrochloride 500 MG Oral Tablet")
LISINOPRIL = Code(RXNORM, "314076", "Lisinopril 10 MG Oral Tablet")
IBUPROFEN = Code(RXNORM, "310965", "Ibuprofen 200 MG Oral Tablet")
ALLERGIES = (
    Code(SNOMED, "91936005", "Allergy to penicillin"),
    Code(SNOMED, "91935009", "Allergy to peanut"),
    Code(SNOMED, "300916003", "Latex allergy"),
)
VACCINES = (
    Code(CVX, "140", "Influenza, seasonal, injectable, preservative free"),
    Code(CVX, "113", "Td (adult), 5 Lf tetanus toxoid, preservative free"),
    Code(CVX, "33", "Pneumococcal polysaccharide PPV23"),
)
