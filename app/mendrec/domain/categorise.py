"""Which category a FHIR R4 resource or a DICOM object belongs to. Consent is given by category, so this is a rule
of access: what is filed wrongly is opened to someone whose grant was meant for something else.

Three principles:

* What the content does not tell goes to :data:`DEFAULT_CATEGORY`, the whole clinical story, which is granted to those
  whom the patient trusts with all of it. It never goes to a narrow category on a guess.
* Claims that contradict each other tell nothing, so they go there too; the order of codings never matters.
* A more special claim replaces the general one that it refines (a wearable's heart rate is also a vital sign).

The tables are the documentation: ``docs/intake.md`` shows them, and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

DEFAULT_CATEGORY = "history-and-physical-exam"

_LOINC = "http://loinc.org"
_DCM = "http://dicom.nema.org/resources/ontology/DCM"
_SNOMED = "http://snomed.info/sct"
_OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_V2_0074 = "http://terminology.hl7.org/CodeSystem/v2-0074"
_PHD_PROFILE_PREFIX = "http://hl7.org/fhir/uv/phd/StructureDefinition/"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@dataclass(frozen=True, slots=True)
class Placement:
    """Where something belongs."""

    category_code: str
    told: bool
    """Whether the content says so. Where it does not, a person may say another category."""


BY_TYPE: Mapping[str, tuple[str, ...]] = {
    "demographics": ("Patient", "Person", "RelatedPerson"),
    "medication": (
        "Medication",
        "MedicationAdministration",
        "MedicationDispense",
        "MedicationKnowledge",
        "MedicationRequest",
        "MedicationStatement",
    ),
    "allergy": ("AllergyIntolerance",),
    "immunization": ("Immunization", "ImmunizationEvaluation", "ImmunizationRecommendation"),
    "imaging": ("ImagingStudy",),
    "laboratory": ("Specimen",),
    "billing": (
        "Account",
        "ChargeItem",
        "Claim",
        "ClaimResponse",
        "Coverage",
        "CoverageEligibilityRequest",
        "CoverageEligibilityResponse",
        "EnrollmentRequest",
        "EnrollmentResponse",
        "ExplanationOfBenefit",
        "InsurancePlan",
        "Invoice",
        "PaymentNotice",
        "PaymentReconciliation",
    ),
    "history-and-physical-exam": (
        "AdverseEvent",
        "CarePlan",
        "CareTeam",
        "ClinicalImpression",
        "Composition",
        "Condition",
        "Encounter",
        "EpisodeOfCare",
        "FamilyMemberHistory",
        "Flag",
        "Goal",
        "NutritionOrder",
        "Procedure",
        "RiskAssessment",
        "VisionPrescription",
    ),
}
"""Where resources of a type belong when none of their codings (see BY_CONTENT) says otherwise."""

BY_CONTENT: Mapping[str, tuple[str, ...]] = {
    "Observation": ("category", "code", "component.code"),
    "DiagnosticReport": ("category", "code"),
    "DocumentReference": ("category", "type"),
    "Procedure": ("category", "code"),
    "ServiceRequest": ("category", "code"),
}
"""Types that are told by the codings of these elements."""

BY_CODING: Mapping[tuple[str, str], tuple[str, ...]] = {
    (_OBSERVATION_CATEGORY, "laboratory"): ("laboratory",),
    (_OBSERVATION_CATEGORY, "imaging"): ("imaging",),
    (_OBSERVATION_CATEGORY, "vital-signs"): ("vital-signs",),
    (_OBSERVATION_CATEGORY, "wearable"): ("activity",),
    (_OBSERVATION_CATEGORY, "history-and-physical-exam"): (
        "exam",
        "procedure",
        "social-history",
        "survey",
        "therapy",
    ),
    (_V2_0074, "laboratory"): _words("BG BLB CG CH CP GE HM IMM LAB MB MCB MYC OSL SP SR TX VR"),
    (_V2_0074, "imaging"): _words("CT CUS NMR NMS OUS RAD RUS RX VUS XRC"),
    (_V2_0074, "delivered-radiation-dose"): ("RT",),
    (_V2_0074, "medication"): ("PHR",),
    (_V2_0074, "history-and-physical-exam"): _words("AU CTH EC EN ICU NRS OT PF PHY PT RC"),
    # LOINC parts that US Core uses as report categories: Pathology; Radiology.
    (_LOINC, "laboratory"): ("LP7839-6", "11502-2", "26436-6"),
    (_LOINC, "imaging"): ("LP29684-5", "18748-4"),
    (_LOINC, "immunization"): ("11369-6",),
    (_LOINC, "delivered-radiation-dose"): ("73569-6",),
    (_LOINC, "history-and-physical-exam"): ("34117-2",),
    (_SNOMED, "laboratory"): ("108252007",),
    (_SNOMED, "imaging"): ("363679005",),
    # Radiation oncology; teleradiotherapy; brachytherapy.
    (_SNOMED, "delivered-radiation-dose"): ("108290001", "33195004", "152198000"),
    # DICOM PS3.16 dose concepts: totals of CT, projection X-ray and nuclear medicine, and effective dose.
    (_DCM, "delivered-radiation-dose"): _words(
        "111637 113507 113701 113702 113722 113725 113726 113727 113728 113729 113738 113811 113813 113830 113838 "
        "113839 122130"
    ),
}
"""(code system, category) to the codes of that system which claim the category."""

VITAL_SIGN_LOINC_CODES: tuple[str, ...] = (
    *("85353-1", "9279-1", "8867-4", "2708-6", "59408-5", "8310-5", "8302-2", "9843-4", "29463-7", "39156-5"),
    *("85354-9", "8480-6", "8462-4"),
)
"""Codes of FHIR R4's vital signs profiles. Heeded only in an Observation that claims nothing else: a laboratory
measures oxygen saturation under the same code."""

REFINES: Mapping[str, frozenset[str]] = {
    "delivered-radiation-dose": frozenset({"imaging", "history-and-physical-exam"}),
    "wearable": frozenset({"vital-signs"}),
}
"""A claim of the key silences claims of its values."""

CONTEXT_TYPES = frozenset(
    {"Endpoint", "HealthcareService", "Location", "Organization", "Practitioner", "PractitionerRole"}
)
"""Who and where, nothing of the patient: may be contained in a resource of any category."""

_STUB_ELEMENTS = frozenset(
    {"resourceType", "id", "status", "intent", "subject", "patient", "beneficiary", "requester", "performer", "author"}
)
_STUB_REFERENCE_ELEMENTS = frozenset({"reference", "type", "display"})

_TYPE_INDEX = {name: code for code, names in BY_TYPE.items() for name in names}
_CODING_INDEX = {(system, code): category for (system, category), codes in BY_CODING.items() for code in codes}


def categorise(resource: Mapping[str, Any]) -> Placement:
    """Returns where a FHIR R4 resource (parsed JSON, already validated) belongs. Total and deterministic."""
    resource_type = resource.get("resourceType")
    if not isinstance(resource_type, str):
        return Placement(DEFAULT_CATEGORY, told=False)
    claims = _claims(resource, resource_type)
    if not claims and resource_type in _TYPE_INDEX:
        return Placement(_TYPE_INDEX[resource_type], told=True)
    silenced = set().union(*(REFINES[claim] for claim in claims if claim in REFINES))
    left = claims - silenced
    if len(left) == 1:
        return Placement(left.pop(), told=True)
    return Placement(DEFAULT_CATEGORY, told=bool(left))


def is_stub(resource: Mapping[str, Any]) -> bool:
    """Whether a contained resource says only that it exists and for whom: no code, no text, no extension.

    An insurer's ExplanationOfBenefit contains such a ServiceRequest, to name the referring doctor.
    """
    return set(resource) <= _STUB_ELEMENTS and all(
        _is_plain(value) for name, value in resource.items() if name not in {"resourceType", "id"}
    )


DOSE_SOP_CLASSES: frozenset[str] = frozenset(
    f"1.2.840.10008.5.1.4.1.1.{suffix}"
    for suffix in (
        # X-ray, radiopharmaceutical, patient and enhanced X-ray radiation dose SR
        *("88.67", "88.68", "88.73", "88.76"),
        # RT Dose; RT beams, brachy, summary and ion beams treatment records
        *("481.2", "481.4", "481.6", "481.7", "481.9"),
        # radiation record set; salvage, tomotherapeutic, C-arm and robotic radiation records
        *("481.16", "481.17", "481.18", "481.19", "481.20"),
    )
)
"""SOP classes (DICOM PS3.4 annex B) of a dose or of a treatment that was given. A plan is not a delivered dose."""

_STORAGE_PREFIX = "1.2.840.10008.5.1.4.1.1."
_ANY_CONTENT_PREFIXES = (f"{_STORAGE_PREFIX}104.", f"{_STORAGE_PREFIX}9.", f"{_STORAGE_PREFIX}88.")
"""Encapsulated documents, waveforms and structured reports: the class does not tell what they are about."""


def categorise_dicom(sop_class_uid: str) -> Placement:
    """Returns where a DICOM object of this SOP class belongs."""
    if sop_class_uid in DOSE_SOP_CLASSES:
        return Placement("delivered-radiation-dose", told=True)
    if not sop_class_uid.startswith(_STORAGE_PREFIX) or sop_class_uid.startswith(_ANY_CONTENT_PREFIXES):
        return Placement(DEFAULT_CATEGORY, told=False)
    return Placement("imaging", told=True)


def _claims(resource: Mapping[str, Any], resource_type: str) -> set[str]:
    codings = set(_codings_at(resource, BY_CONTENT.get(resource_type, ())))
    claims = {_CODING_INDEX[coding] for coding in codings if coding in _CODING_INDEX}
    if resource_type != "Observation":
        return claims
    if _has_device_profile(resource):
        claims.add("wearable")
    if not claims and any((_LOINC, code) in codings for code in VITAL_SIGN_LOINC_CODES):
        claims.add("vital-signs")
    return claims


def _has_device_profile(resource: Mapping[str, Any]) -> bool:
    meta = resource.get("meta")
    profiles = _as_list(meta.get("profile")) if isinstance(meta, Mapping) else []
    return any(isinstance(profile, str) and profile.startswith(_PHD_PROFILE_PREFIX) for profile in profiles)


def _codings_at(resource: Mapping[str, Any], paths: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for path in paths:
        nodes: list[Any] = [resource]
        for name in path.split("."):
            nodes = [child for node in nodes if isinstance(node, Mapping) for child in _as_list(node.get(name))]
        for concept in nodes:
            if not isinstance(concept, Mapping):
                continue
            for coding in _as_list(concept.get("coding")):
                if isinstance(coding, Mapping):
                    system, code = coding.get("system"), coding.get("code")
                    if isinstance(system, str) and isinstance(code, str):
                        yield system, code


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    if isinstance(value, Mapping):
        return set(value) <= _STUB_REFERENCE_ELEMENTS and all(isinstance(text, str) for text in value.values())
    return isinstance(value, str)
