"""Small valid FHIR resources and bundles for the tests of intake, and a way to read them in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mendrec.services.intake import Fault, IntakePlan, IntakeRefused, NamedBytes, plan_intake

OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"

Resource = dict[str, Any]


def concept(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def observation(resource_id: str = "o1", category: str | None = "laboratory", **elements: Any) -> Resource:
    resource: Resource = {
        "resourceType": "Observation",
        "id": resource_id,
        "status": "final",
        "code": {"text": "something measured"},
        "subject": {"reference": "Patient/p1"},
    }
    if category is not None:
        resource["category"] = [concept(OBSERVATION_CATEGORY, category)]
    return resource | elements


def patient(resource_id: str = "p1") -> Resource:
    return {"resourceType": "Patient", "id": resource_id, "name": [{"family": "Secretname"}]}


def condition(resource_id: str = "c1") -> Resource:
    return {
        "resourceType": "Condition",
        "id": resource_id,
        "code": {"text": "a diagnosis"},
        "subject": {"reference": "Patient/p1"},
    }


def bundle(*resources: Resource, **elements: Any) -> Resource:
    entries = [
        {"fullUrl": f"https://example.org/fhir/{r.get('resourceType')}/{r.get('id')}", "resource": r} for r in resources
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries} | elements


def as_file(value: Any, name: str = "in.json") -> NamedBytes:
    return NamedBytes(name, value if isinstance(value, bytes) else json.dumps(value).encode())


def plan(value: Any, category_code: str | None = None, name: str = "in.json") -> IntakePlan:
    return plan_intake([as_file(value, name)], category_code)


def faults_of(action: Callable[[], object]) -> tuple[Fault, ...]:
    """The faults of a refusal; fails where nothing is refused."""
    with pytest.raises(IntakeRefused) as caught:
        action()
    assert caught.value.fault_count == len(caught.value.faults) > 0
    return caught.value.faults


def sole_fault(value: Any, category_code: str | None = None, name: str = "in.json") -> Fault:
    faults = faults_of(lambda: plan(value, category_code, name))
    assert len(faults) == 1, faults
    return faults[0]
