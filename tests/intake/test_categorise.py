"""Filing by category: a rule of access, so its tables are held against the standard, the docs and each other."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mendrec.domain import categorise as c
from mendrec.domain.model import SEEDED_CATEGORIES
from mendrec.services.intake.fhir_validate import is_known_type
from tests.intake.builders import OBSERVATION_CATEGORY, concept, condition, observation, patient

DOCS = Path(__file__).parents[2] / "docs" / "intake.md"
ALL_CODINGS = [((system, code), category) for (system, category), codes in c.BY_CODING.items() for code in codes]
DOSE, WEARABLE = "delivered-radiation-dose", "wearable"


def render_tables() -> str:
    """The tables of docs/intake.md, from the code."""
    lines = ["| category | FHIR resource types |", "| --- | --- |"]
    lines += [f"| {code} | {', '.join(c.BY_TYPE[code])} |" for code in SEEDED_CATEGORIES if code in c.BY_TYPE]
    lines += ["", "| type | told by |", "| --- | --- |"]
    lines += [f"| {name} | {', '.join(elements)} |" for name, elements in c.BY_CONTENT.items()]
    lines += ["", "| code system | category | codes |", "| --- | --- | --- |"]
    lines += [f"| {system} | {category} | {' '.join(codes)} |" for (system, category), codes in c.BY_CODING.items()]
    lines += [f"| http://loinc.org (no other claim) | vital-signs | {' '.join(c.VITAL_SIGN_LOINC_CODES)} |"]
    return "\n".join(lines)


def test_the_tables_in_the_docs_are_those_of_the_code() -> None:
    shown = DOCS.read_text(encoding="utf-8").split("<!-- tables -->")[1].strip()
    assert shown == render_tables()


def test_every_category_of_the_tables_is_seeded_on_chain() -> None:
    named = set(c.BY_TYPE) | {category for _, category in c.BY_CODING} | {c.DEFAULT_CATEGORY, *c.REFINES}
    assert named <= set(SEEDED_CATEGORIES)


def test_every_seeded_category_can_be_reached() -> None:
    assert set(c.BY_TYPE) | {category for _, category in c.BY_CODING} == set(SEEDED_CATEGORIES)


def test_every_type_of_the_tables_is_a_resource_type_of_fhir_r4_and_stands_once() -> None:
    names = [name for group in c.BY_TYPE.values() for name in group]
    assert len(names) == len(set(names))
    assert all(map(is_known_type, [*names, *c.BY_CONTENT, *c.CONTEXT_TYPES]))


def test_no_coding_claims_two_categories() -> None:
    codings = [coding for coding, _ in ALL_CODINGS]
    assert len(codings) == len(set(codings))


def test_dicom_dose_concepts_are_those_of_the_standard() -> None:
    concepts = pytest.importorskip("pydicom.sr._concepts_dict").concepts["DCM"]
    meanings = {code: meaning for entry in concepts.values() for code, (meaning, _) in entry.items()}
    dose_codes = c.BY_CODING["http://dicom.nema.org/resources/ontology/DCM", DOSE]
    words = ("dose", "ctdi", "dlp", "administered activity")
    assert all(any(word in meanings[code].lower() for word in words) for code in dose_codes)


def test_dicom_dose_classes_are_those_of_the_standard() -> None:
    registered = pytest.importorskip("pydicom.uid").UID_dictionary
    words = ("Radiation Dose SR", "RT Dose", "Treatment Record", "Treatment Summary Record", "Radiation Record")
    expected = {uid for uid, (name, *_) in registered.items() if any(word in name for word in words)}
    expected |= {uid for uid, (name, *_) in registered.items() if name == "RT Radiation Salvage Record Storage"}
    assert expected == c.DOSE_SOP_CLASSES


@pytest.mark.parametrize(
    ("sop_class_uid", "category_code", "told"),
    [
        ("1.2.840.10008.5.1.4.1.1.2", "imaging", True),
        ("1.2.840.10008.5.1.4.1.1.481.2", DOSE, True),
        ("1.2.840.10008.5.1.4.1.1.481.5", "imaging", True),  # a plan is not a delivered dose
        ("1.2.840.10008.5.1.4.1.1.88.67", DOSE, True),
        ("1.2.840.10008.5.1.4.1.1.88.33", c.DEFAULT_CATEGORY, False),
        ("1.2.840.10008.5.1.4.1.1.104.1", c.DEFAULT_CATEGORY, False),
        ("1.2.3.4", c.DEFAULT_CATEGORY, False),
        ("", c.DEFAULT_CATEGORY, False),
    ],
)
def test_dicom_is_filed_by_its_class(sop_class_uid: str, category_code: str, told: bool) -> None:
    assert c.categorise_dicom(sop_class_uid) == c.Placement(category_code, told)


@pytest.mark.parametrize(("coding", "category_code"), ALL_CODINGS)
@pytest.mark.parametrize("resource_type", c.BY_CONTENT)
def test_each_coding_of_the_table_is_heeded(resource_type: str, coding: tuple[str, str], category_code: str) -> None:
    resource = {"resourceType": resource_type, "category": [concept(*coding)]}
    assert c.categorise(resource) == c.Placement(category_code, told=True)


def test_what_tells_nothing_goes_to_the_default_and_says_so() -> None:
    for resource in (observation(category=None), {"resourceType": "Binary"}, {"resourceType": "Basic"}, {}):
        assert c.categorise(resource) == c.Placement(c.DEFAULT_CATEGORY, told=False)


def test_a_local_code_system_with_a_known_word_claims_nothing() -> None:
    resource = observation(category=None) | {"category": [concept("https://hospital.example/categories", "laboratory")]}
    assert c.categorise(resource) == c.Placement(c.DEFAULT_CATEGORY, told=False)


@given(st.lists(st.sampled_from(ALL_CODINGS), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_contradicting_claims_open_nothing_narrow_and_their_order_does_not_matter(
    chosen: list[tuple[tuple[str, str], str]], rng: random.Random
) -> None:
    categories = [concept(*coding) for coding, _ in chosen]
    placement = c.categorise(observation(category=None) | {"category": categories})
    claims = {category for _, category in chosen}
    allowed = {claim for claim in claims if claims - {claim} <= c.REFINES.get(claim, frozenset())}
    assert placement.category_code in (allowed or {c.DEFAULT_CATEGORY})
    rng.shuffle(categories)
    one_concept = [{"coding": [coding for item in categories for coding in item["coding"]]}]
    assert c.categorise(observation(category=None) | {"category": categories}) == placement
    assert c.categorise(observation(category=None) | {"category": one_concept}) == placement


@pytest.mark.parametrize("pair", list(itertools.permutations(("laboratory", "vital-signs"))))
def test_an_observation_of_two_categories_goes_to_neither_and_cannot_be_overruled(pair: tuple[str, str]) -> None:
    resource = observation(category=None) | {"category": [concept(OBSERVATION_CATEGORY, code) for code in pair]}
    assert c.categorise(resource) == c.Placement(c.DEFAULT_CATEGORY, told=True)


def test_a_dose_in_a_component_takes_the_observation_out_of_imaging() -> None:
    component = {"code": concept("http://dicom.nema.org/resources/ontology/DCM", "113813")}
    assert c.categorise(observation(category="imaging", component=[component])).category_code == DOSE
    assert c.categorise(observation(category="laboratory", component=[component])).category_code == c.DEFAULT_CATEGORY


def test_a_vital_sign_by_its_code_only_where_nothing_else_is_claimed() -> None:
    saturation = concept("http://loinc.org", "2708-6")
    assert c.categorise(observation(category=None, code=saturation)).category_code == "vital-signs"
    assert c.categorise(observation(category="laboratory", code=saturation)).category_code == "laboratory"


def test_what_a_personal_health_device_measured_is_wearable_even_when_it_is_a_vital_sign() -> None:
    meta = {"profile": ["http://hl7.org/fhir/uv/phd/StructureDefinition/PhdNumericObservation"]}
    assert c.categorise(observation(category="vital-signs", meta=meta)).category_code == WEARABLE
    assert c.categorise(observation(category=None, meta=meta)).category_code == WEARABLE


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.text(max_size=8) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
ELEMENTS = st.sampled_from(["category", "code", "component", "meta", "coding", "type"])


@given(st.sampled_from([*c.BY_CONTENT, "Patient", "Nonsense"]), st.dictionaries(ELEMENTS, JSON_VALUES))
def test_filing_is_total(resource_type: str, elements: dict[str, Any]) -> None:
    placement = c.categorise(elements | {"resourceType": resource_type})
    assert placement.category_code in SEEDED_CATEGORIES


def test_a_stub_says_nothing_but_that_it_exists() -> None:
    stub = {"resourceType": "ServiceRequest", "id": "r", "status": "active", "subject": {"reference": "Patient/1"}}
    assert c.is_stub(stub)
    assert c.is_stub(stub | {"performer": [{"display": "A practice"}]})
    for content in (
        {"code": {"text": "HIV test"}},
        {"reasonCode": [{"text": "x"}]},
        {"extension": [{"url": "http://x", "valueString": "x"}]},
        {"text": {"status": "generated", "div": "<div/>"}},
        {"subject": {"reference": "Patient/1", "identifier": {"value": "x"}}},
        {"_status": {"extension": [{"url": "http://x", "valueString": "x"}]}},
        {"status": 1},
    ):
        assert not c.is_stub(stub | content), content
    assert not c.is_stub(condition())
    assert not c.is_stub(patient())
