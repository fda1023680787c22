"""Random damage to a valid bundle: refused as bad input, or taken and valid. Never anything else, never a loss."""

from __future__ import annotations

import copy
import json
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.sample_data import generate
from mendrec.domain.categorise import CONTEXT_TYPES, categorise, is_stub
from mendrec.domain.errors import InputError
from mendrec.services.intake import IntakePlan, NamedBytes, plan_intake
from mendrec.services.intake.fhir_validate import CONTAINER_TYPES, element_faults
from mendrec.services.intake.json_text import parse_json

SCALARS = st.sampled_from(
    [None, True, False, 0, -1, 1.5, 10**30, "", "x", "2020", "Patient/other", "Bundle", "Claim", "\ud800", "\x00", "é"]
)
VALUES = SCALARS | st.sampled_from(
    [
        [],
        {},
        [None],
        [[]],
        {"resourceType": "Claim"},
        [{"resourceType": "Condition", "subject": {"display": "x"}}],
        {"value": 1},
        {"coding": [{"system": "http://loinc.org", "code": "73569-6"}]},
    ]
)
NAMES = st.sampled_from(
    ["resourceType", "contained", "id", "code", "category", "value", "entry", "resource", "_status", "text", "x y", ""]
)


@lru_cache(maxsize=1)
def small_bundle() -> dict[str, Any]:
    """One resource of each type of a generated history."""
    (sample,) = generate(seed=5, patients=1)
    bundle: dict[str, Any] = json.loads(sample.file("history.json"))
    by_type = {entry["resource"]["resourceType"]: entry for entry in bundle["entry"]}
    return bundle | {"entry": list(by_type.values())}


def containers(value: Any) -> list[Any]:
    if not isinstance(value, dict | list):
        return []
    children = value.values() if isinstance(value, dict) else value
    return [value, *(container for child in children for container in containers(child))]


def damage(bundle: dict[str, Any], data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(containers(bundle)))
    keys = list(target) if isinstance(target, dict) else list(range(len(target)))
    act = data.draw(st.sampled_from(["set", "delete", "add", "duplicate"]))
    if act in {"set", "delete"} and keys:
        key = data.draw(st.sampled_from(keys))
        if act == "delete":
            del target[key]
        else:
            target[key] = copy.deepcopy(data.draw(VALUES))
    elif isinstance(target, dict):
        target[data.draw(NAMES)] = copy.deepcopy(data.draw(VALUES))
    else:
        target.append(copy.deepcopy(data.draw(st.sampled_from(target))) if target and act == "duplicate" else None)


def require_sound(plan: IntakePlan) -> None:
    """Every item is valid by itself, in its own category, and hides nothing of another."""
    for item in plan.items:
        with item.source.open() as stream:
            resource_bytes = stream.read()
        if item.descriptor.media_type == "application/json":
            assert b'"resourceType"' not in resource_bytes  # the damage left nothing of FHIR
            continue
        resource = parse_json(resource_bytes)
        assert element_faults(resource, resource_bytes) == []
        assert resource["resourceType"] not in CONTAINER_TYPES
        assert item.category_code == categorise(resource).category_code
        for inner in resource.get("contained", []):
            assert (
                inner["resourceType"] in CONTEXT_TYPES
                or is_stub(inner)
                or categorise(inner).category_code == item.category_code
            )
        item.descriptor.to_bytes()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_bundle_is_refused_or_sound(data: st.DataObject) -> None:
    bundle = copy.deepcopy(small_bundle())
    for _ in range(data.draw(st.integers(1, 3))):
        damage(bundle, data)
    try:
        plan = plan_intake([NamedBytes("in.json", json.dumps(bundle).encode())])
    except InputError:
        return
    require_sound(plan)
    if "resourceType" in bundle:
        assert len(plan.items) == len(bundle["entry"])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_bundle_cut_short_is_always_refused(data: st.DataObject) -> None:
    text = json.dumps(small_bundle()).encode()
    cut = data.draw(st.integers(1, len(text) - 1))
    with pytest.raises(InputError):
        plan_intake([NamedBytes("in", text[:cut])])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_bundle_with_a_byte_changed_is_refused_or_sound(data: st.DataObject) -> None:
    text = bytearray(json.dumps(small_bundle()).encode())
    text[data.draw(st.integers(1, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        plan = plan_intake([NamedBytes("in", bytes(text))])
    except InputError:
        return
    require_sound(plan)


def test_the_undamaged_bundle_is_taken_whole() -> None:
    plan = plan_intake([NamedBytes("in.json", json.dumps(small_bundle()).encode())])
    require_sound(plan)
    assert len(plan.items) == len(small_bundle()["entry"]) >= 10
