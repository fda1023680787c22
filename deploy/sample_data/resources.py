"""FHIR R4 resources as plain mappings: one function per type, no randomness."""

from __future__ import annotations

from datetime import date
from typing import Any

from deploy.sample_data.catalog import CVX, DCM, TERMINOLOGY, UCUM, Code, Measure
from deploy.sample_data.people import Person

Resource = dict[str, Any]


def concept(code: Code) -> Resource:
    """CodeableConcept of one coding."""
    return {"coding": [{"system": code.system, "code": code.code, "display": code.display}], "text": code.display}


def coded(system_name: str, code: str) -> Resource:
    """CodeableConcept of a code of terminology.hl7.org."""
    return {"coding": [{"system": f"{TERMINOLOGY}/{system_name}", "code": code}]}


def quantity(value: float, unit: str, decimals: int) -> Resource:
    """Quantity in UCUM, rounded as it is reported."""
    rounded = round(value, decimals)
    return {"value": rounded if decimals else int(rounded), "unit": unit, "system": UCUM, "code": unit}


def reference(resource_id: str) -> Resource:
    """Reference to another entry of the bundle."""
    return {"reference": f"urn:uuid:{resource_id}"}


def noon(day: date) -> str:
    """FHIR instant at noon, UTC."""
    return f"{day.isoformat()}T12:00:00Z"


def patient(person: Person) -> Resource:
    """Patient."""
    return {
        "resourceType": "Patient",
        "id": person.id,
        "name": [{"use": "official", "family": person.family_name, "given": [person.given_name]}],
        "gender": person.gender,
        "birthDate": person.birth_date.isoformat(),
        "address": [{"city": person.town, "country": "ZZ"}],
    }


def encounter(resource_id: str, person: Person, day: date, reason: Code) -> Resource:
    """Encounter: an ambulatory visit."""
    return {
        "resourceType": "Encounter",
        "id": resource_id,
        "status": "finished",
        "class": {"system": f"{TERMINOLOGY}/v3-ActCode", "code": "AMB"},
        "type": [concept(reason)],
        "subject": reference(person.id),
        "period": {"start": f"{day.isoformat()}T08:30:00Z", "end": f"{day.isoformat()}T09:00:00Z"},
    }


def condition(resource_id: str, person: Person, day: date, code: Code, clinical_status: str) -> Resource:
    """Condition."""
    return {
        "resourceType": "Condition",
        "id": resource_id,
        "clinicalStatus": coded("condition-clinical", clinical_status),
        "verificationStatus": coded("condition-ver-status", "confirmed"),
        "category": [coded("condition-category", "problem-list-item")],
        "code": concept(code),
        "subject": reference(person.id),
        "recordedDate": day.isoformat(),
    }


def observation(resource_id: str, person: Person, day: date, category: str, code: Code) -> Resource:
    """Observation without a value yet."""
    return {
        "resourceType": "Observation",
        "id": resource_id,
        "status": "final",
        "category": [coded("observation-category", category)],
        "code": concept(code),
        "subject": reference(person.id),
        "effectiveDateTime": noon(day),
    }


def measured(resource_id: str, person: Person, day: date, category: str, measure: Measure, value: float) -> Resource:
    """Observation of a measure, with its reference range and, outside it, an interpretation."""
    resource = observation(resource_id, person, day, category, measure.code)
    resource["valueQuantity"] = quantity(value, measure.unit, measure.decimals)
    bounds = {
        name: quantity(bound, measure.unit, measure.decimals)
        for name, bound in (("low", measure.low), ("high", measure.high))
        if bound is not None
    }
    if bounds:
        resource["referenceRange"] = [bounds]
        reported = round(value, measure.decimals)
        is_high = measure.high is not None and reported > measure.high
        is_low = measure.low is not None and reported < measure.low
        flag = "H" if is_high else "L" if is_low else "N"
        resource["interpretation"] = [coded("v3-ObservationInterpretation", flag)]
    return resource


def laboratory_report(resource_id: str, person: Person, day: date, code: Code, results: list[Resource]) -> Resource:
    """DiagnosticReport over laboratory observations."""
    return {
        "resourceType": "DiagnosticReport",
        "id": resource_id,
        "status": "final",
        "category": [coded("v2-0074", "LAB")],
        "code": concept(code),
        "subject": reference(person.id),
        "effectiveDateTime": noon(day),
        "issued": noon(day),
        "result": [reference(result["id"]) for result in results],
    }


def prescription(resource_id: str, person: Person, day: date, medication: Code, text: str) -> Resource:
    """MedicationRequest."""
    return {
        "resourceType": "MedicationRequest",
        "id": resource_id,
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": concept(medication),
        "subject": reference(person.id),
        "authoredOn": noon(day),
        "dosageInstruction": [{"text": text}],
    }


def allergy(resource_id: str, person: Person, day: date, code: Code) -> Resource:
    """AllergyIntolerance."""
    return {
        "resourceType": "AllergyIntolerance",
        "id": resource_id,
        "clinicalStatus": coded("allergyintolerance-clinical", "active"),
        "verificationStatus": coded("allergyintolerance-verification", "confirmed"),
        "code": concept(code),
        "patient": reference(person.id),
        "recordedDate": day.isoformat(),
    }


def immunization(resource_id: str, person: Person, day: date, vaccine: Code) -> Resource:
    """Immunization."""
    return {
        "resourceType": "Immunization",
        "id": resource_id,
        "status": "completed",
        "vaccineCode": {"coding": [{"system": CVX, "code": vaccine.code, "display": vaccine.display}]},
        "patient": reference(person.id),
        "occurrenceDateTime": noon(day),
        "primarySource": True,
    }


def procedure(resource_id: str, person: Person, day: date, code: Code) -> Resource:
    """Procedure."""
    return {
        "resourceType": "Procedure",
        "id": resource_id,
        "status": "completed",
        "code": concept(code),
        "subject": reference(person.id),
        "performedDateTime": noon(day),
    }


def claim(resource_id: str, person: Person, day: date, visit: Resource, amount: float) -> Resource:
    """Claim for a visit."""
    money = {"value": round(amount, 2), "currency": "EUR"}
    return {
        "resourceType": "Claim",
        "id": resource_id,
        "status": "active",
        "type": coded("claim-type", "professional"),
        "use": "claim",
        "patient": reference(person.id),
        "created": noon(day),
        "provider": {"display": "Sampleton Practice"},
        "priority": coded("processpriority", "normal"),
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"display": "Example Mutual"}}],
        "item": [
            {"sequence": 1, "productOrService": visit["type"][0], "encounter": [reference(visit["id"])], "net": money}
        ],
        "total": money,
    }


def imaging_study(resource_id: str, person: Person, day: date, study_uid: str, series_uid: str) -> Resource:
    """ImagingStudy of one CT series of one image."""
    modality = {"system": DCM, "code": "CT", "display": "CT"}
    return {
        "resourceType": "ImagingStudy",
        "id": resource_id,
        "identifier": [{"system": "urn:dicom:uid", "value": f"urn:oid:{study_uid}"}],
        "status": "available",
        "modality": [modality],
        "subject": reference(person.id),
        "started": noon(day),
        "numberOfSeries": 1,
        "numberOfInstances": 1,
        "description": "CT head, phantom",
        "series": [{"uid": series_uid, "modality": modality, "numberOfInstances": 1}],
    }


def bundle(resources: list[Resource]) -> Resource:
    """Bundle of type collection; every entry is named by its id."""
    entries = [{"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}
