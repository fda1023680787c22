"""FHIR in: what is wrong is refused with its place, and nothing gets into a category that is not its own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mendrec.domain.errors import InputError
from mendrec.domain.limits import LIMITS
from mendrec.services.intake import plan_intake
from mendrec.services.intake.fhir_describe import URI_SYSTEM
from tests.intake.builders import (
    OBSERVATION_CATEGORY,
    as_file,
    bundle,
    concept,
    condition,
    faults_of,
    observation,
    patient,
    plan,
    sole_fault,
)


def payload(item: Any) -> bytes:
    with item.source.open() as stream:
        return stream.read()


def test_a_bundle_becomes_one_item_per_resource_each_in_its_own_category() -> None:
    resources = [patient(), observation("o1"), observation("o2", "vital-signs"), condition()]
    result = plan(bundle(*resources))
    assert [json.loads(payload(item)) for item in result.items] == resources
    assert [item.category_code for item in result.items] == [
        "demographics",
        "laboratory",
        "vital-signs",
        "history-and-physical-exam",
    ]
    assert result.counts == {"demographics": 1, "history-and-physical-exam": 1, "laboratory": 1, "vital-signs": 1}
    assert result.size_bytes == sum(len(payload(item)) for item in result.items)
    grouped = [item for group in result.by_category.values() for item in group]
    assert sorted(map(id, grouped)) == sorted(map(id, result.items))


def test_the_bytes_of_a_resource_are_those_of_its_source_without_the_spaces() -> None:
    text = (
        '{"resourceType":"Observation","status":"final","valueQuantity":{"value":1.50,"unit":"µg"},"code":{"text":"€"}}'
    )
    spaced = text.replace(":", " : ").replace(",", " ,\n ")
    (item,) = plan(spaced.encode()).items
    assert payload(item) == text.encode()
    in_bundle = f'{{"resourceType":"Bundle","type":"batch","entry":[{{"resource":{spaced}}}]}}'
    (item,) = plan(in_bundle.encode()).items
    assert payload(item) == text.encode()


def test_the_descriptor_says_what_and_when_and_not_who_or_with_what_result() -> None:
    code = concept("http://loinc.org", "718-7") | {"text": "Hemoglobin"}
    resource = observation(code=code, effectiveDateTime="2026-03-04T10:00:00Z", valueString="Secretvalue")
    (item,) = plan(resource).items
    descriptor = item.descriptor
    assert descriptor.title == "Observation: Hemoglobin, 2026-03-04"
    assert (descriptor.media_type, descriptor.fhir_type) == ("application/fhir+json", "Observation")
    assert ("http://loinc.org", "718-7") in {(coding.system, coding.code) for coding in descriptor.codes}
    assert "Secret" not in repr(descriptor)
    (item,) = plan(patient()).items
    assert "Secret" not in repr(item.descriptor)


def test_a_full_url_that_is_not_the_id_is_kept_so_that_references_can_be_followed() -> None:
    value = bundle(observation("o1"))
    value["entry"][0]["fullUrl"] = "urn:uuid:7c1f4be2-32f7-4b6e-b1c6-0d4e84e1c3a0"
    (item,) = plan(value).items
    assert (URI_SYSTEM, value["entry"][0]["fullUrl"]) in {(code.system, code.code) for code in item.descriptor.codes}


@pytest.mark.parametrize(
    ("elements", "code", "element"),
    [
        ({"valueQuantity": {"value": "5"}}, "fhir_wrong_type", "valueQuantity.value"),
        ({"valueBoolean": "yes"}, "fhir_wrong_type", "valueBoolean"),
        ({"valueBoolean": 1}, "fhir_wrong_type", "valueBoolean"),
        ({"valueInteger": 5.5}, "fhir_wrong_type", "valueInteger"),
        ({"valueInteger": "5"}, "fhir_wrong_type", "valueInteger"),
        ({"valueString": 5}, "fhir_wrong_type", "valueString"),
        ({"effectiveDateTime": 1600000000}, "fhir_wrong_type", "effectiveDateTime"),
        ({"effectiveDateTime": "yesterday"}, "fhir_bad_value", "effectiveDateTime"),
        ({"effectiveDateTime": "2020-13-45"}, "fhir_bad_value", "effectiveDateTime"),
        ({"category": {"text": "x"}}, "fhir_wrong_type", "category"),
        ({"code": [{"text": "x"}]}, "fhir_wrong_type", "code"),
        ({"subject": {}}, "fhir_empty", "subject"),
        ({"note": None}, "fhir_empty", "note"),
        ({"category": []}, "fhir_empty", "category"),
        ({"bodyStructure": {"reference": "x"}}, "fhir_unknown_element", "bodyStructure"),  # R5
        ({"fhir_comments": "x"}, "fhir_unknown_element", ""),
        ({"status__ext": {"id": "x"}}, "fhir_unknown_element", ""),
        ({"component": [{"valueString": "x"}]}, "fhir_missing_element", "component[0].code"),
        ({"identifier": [{"use": "hidden", "value": "x"}]}, "fhir_bad_code", "identifier[0].use"),
        ({"id": "not an id!"}, "fhir_bad_value", "id"),
        ({"subject": {"resourceType": "Reference", "reference": "x"}}, "fhir_unknown_element", "subject.resourceType"),
    ],
)
def test_each_kind_of_fault_is_named_with_its_place(elements: dict[str, Any], code: str, element: str) -> None:
    faults = faults_of(lambda: plan(bundle(patient(), observation(**elements))))
    assert (f"intake.{code}", True) in {
        (fault.code, f"Observation.{element}".rstrip(".") in fault.place) for fault in faults
    }
    assert all(fault.place.startswith("in.json: entry 1 (Observation") for fault in faults)


def test_a_missing_required_element_is_named() -> None:
    resource = observation()
    del resource["status"]
    fault = sole_fault(resource)
    assert fault.code == "intake.fhir_missing_element"
    assert fault.place == "in.json: Observation/o1, Observation.status"


def test_all_faults_of_all_entries_are_listed_and_counted() -> None:
    bad = [observation(f"o{n}", valueQuantity={"value": "x", "code": 5}) for n in range(4)]
    faults = faults_of(lambda: plan(bundle(patient(), *bad)))
    assert len(faults) >= 4
    assert {fault.place.split(" (")[0] for fault in faults} == {f"in.json: entry {n}" for n in range(1, 5)}


def test_the_list_of_faults_is_bounded_and_their_count_is_not() -> None:
    count = LIMITS.intake_max_faults + 20
    with pytest.raises(InputError) as caught:
        plan(bundle(*({"resourceType": "Nonsense", "id": str(n)} for n in range(count))))
    assert len(caught.value.faults) == LIMITS.intake_max_faults  # type: ignore[attr-defined]
    assert caught.value.fault_count == count  # type: ignore[attr-defined]


def test_no_fault_holds_a_value_from_the_file() -> None:
    secret = "Secretname"
    bad = [
        observation(valueQuantity={"value": secret}),
        observation(effectiveDateTime=secret, id=f"{secret} {secret}"),
        observation(valueString="x", valueInteger=secret),
        {"resourceType": f"{secret} {secret}", "id": "x"},
        condition() | {"onsetDateTime": secret, "subject": secret, f"{secret} key": 1},
        observation(contained=[{"resourceType": secret}]),
        observation(contained=[secret]),
    ]
    faults = faults_of(lambda: plan(bundle(patient(), *bad)))
    assert len(faults) >= len(bad)
    assert secret not in repr(faults)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b'{"resourceType": "Bundle", "entry": [', "json"),
        (json.dumps(bundle(observation())).encode("utf-16"), "utf16"),
        (json.dumps(bundle(observation())).encode("utf-16-le"), "utf16"),
        (json.dumps(observation(note=[{"text": "é"}]), ensure_ascii=False).encode("latin-1"), "json"),
        (b'{"resourceType": "Observation", "resourceType": "Claim"}', "json"),
        ({"resourceType": "Nonsense"}, "fhir_unknown_type"),
        ({"resourceType": "Resource"}, "fhir_unknown_type"),
        ({"resourceType": "HumanName"}, "fhir_unknown_type"),
        ({"resourceType": "Transport"}, "fhir_unknown_type"),  # R5
        ({"resourceType": 5}, "fhir_unknown_type"),
        ({"resourceType": "Bundle", "type": "collection"}, "fhir_no_entries"),
        ({"resourceType": "Parameters"}, "fhir_container"),
        ({"data": bundle(observation())}, "fhir_wrapped"),
        ([observation()], "fhir_wrapped"),
        (b'{"resourceType":"Patient"}\n{"resourceType":"Patient"}\n', "json"),
        (b'<?xml version="1.0"?>\n<Bundle xmlns="http://hl7.org/fhir"/>', "fhir_xml"),
        (b"<!--" + b"-" * 2_000_000 + b"--><Bundle xmlns='http://hl7.org/fhir'/>", "fhir_xml"),
    ],
)
def test_what_is_no_readable_fhir_is_refused_and_never_sealed_whole(value: Any, code: str) -> None:
    assert sole_fault(value, name="in").code == f"intake.{code}"


def test_a_bundle_over_the_limit_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    padding = b" " * (LIMITS.fhir_bundle_max_bytes + 1)
    monkeypatch.setattr("mendrec.services.intake.files.parse_json", None)
    assert sole_fault(b"{" + padding + b'"resourceType":"Bundle"}').code == "intake.fhir_too_large"


@pytest.mark.parametrize("level", [70, 50_000])
def test_a_nesting_bomb_is_refused(level: int) -> None:
    extension = b'{"url":"http://x","extension":['
    text = b'{"resourceType":"Basic","extension":[' + extension * level + b"]}" * level + b"]}"
    assert sole_fault(text).code == "intake.json"


def test_half_a_surrogate_pair_anywhere_is_refused() -> None:
    assert sole_fault(observation(note=[{"text": "\ud800"}])).code == "intake.json"
    assert sole_fault(bundle(observation(), identifier={"value": "\ud800"})).code == "intake.json"


def test_a_wrong_bundle_around_good_resources_is_refused() -> None:
    assert sole_fault(bundle(observation(), type=5)).place == "in.json: Bundle, Bundle.type"
    value = bundle(observation())
    value["entry"][0]["request"] = {"method": "FETCH", "url": "x"}
    assert sole_fault(value).place == "in.json: Bundle, Bundle.entry[0].request.method"


def test_a_second_entry_with_the_same_full_url_is_refused_unless_it_is_another_version() -> None:
    fault = sole_fault(bundle(observation(), observation()))
    assert (fault.code, fault.place) == ("intake.fhir_duplicate", "in.json: entry 1")
    versions = [observation(meta={"versionId": version}) for version in "12"]
    assert len(plan(bundle(*versions)).items) == 2
    assert len(plan(bundle(observation(), observation(), type="history")).items) == 2


def test_entries_without_a_resource_and_servers_answers_are_refused() -> None:
    value = bundle(observation())
    value["entry"].append({"request": {"method": "DELETE", "url": "Observation/1"}})
    assert sole_fault(value).code == "intake.fhir_no_resource"
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "invalid"}]}
    value = bundle(observation())
    value["entry"][0]["response"] = {"status": "200", "outcome": outcome}
    assert sole_fault(value).code == "intake.fhir_outcome"


@pytest.mark.parametrize(
    "others",
    [
        [patient("p2")],
        [observation("o2", subject={"reference": "Patient/p2"})],
        [observation("o2", subject={"reference": "https://example.org/fhir/Patient/p2"})],
        [observation("o2", subject={"reference": "https://elsewhere.example/fhir/Patient/p1"})],
        [observation("o2", subject={"reference": "urn:uuid:0f2fbd1a-0000-4000-8000-000000000000"})],
    ],
)
def test_a_second_patient_is_refused(others: list[dict[str, Any]]) -> None:
    assert sole_fault(bundle(patient(), observation(), *others)).code == "intake.fhir_second_patient"


def test_one_patient_under_several_names_is_one() -> None:
    references = ("Patient/p1", "https://example.org/fhir/Patient/p1", "Patient/p1/_history/3", "#inside", "Group/g")
    resources = [observation(f"o{n}", subject={"reference": name}) for n, name in enumerate(references)]
    assert len(plan(bundle(patient(), *resources)).items) == 6
    assert len(plan(bundle(*resources)).items) == 5


# --- attacks: something of another category inside a container -------------------------------------------------------

CLAIM = {
    "resourceType": "Coverage",
    "id": "in",
    "status": "active",
    "beneficiary": {"reference": "Patient/p1"},
    "payor": [{"display": "x"}],
    "type": {"text": "x"},
}


@pytest.mark.parametrize(
    "hidden",
    [
        CLAIM,
        condition("in"),
        patient("in"),
        observation("in", "vital-signs"),
        observation("in", None),
        observation("in", "laboratory") | {"category": [concept(OBSERVATION_CATEGORY, "survey")]},
        {"resourceType": "Binary", "id": "in", "contentType": "text/plain", "data": "eA=="},
    ],
    ids=lambda hidden: hidden["resourceType"],
)
def test_a_contained_resource_of_another_category_is_refused(hidden: dict[str, Any]) -> None:
    fault = sole_fault(bundle(observation(contained=[hidden])))
    assert fault.code == "intake.fhir_hidden_category"
    assert fault.place.endswith("contained[0]")


@pytest.mark.parametrize(
    "inner",
    [
        observation("in", "laboratory"),
        {"resourceType": "Practitioner", "id": "in", "name": [{"family": "x"}]},
        {"resourceType": "Organization", "id": "in", "name": "x"},
        {
            "resourceType": "ServiceRequest",
            "id": "in",
            "status": "active",
            "intent": "order",
            "subject": {"display": "x"},
        },
    ],
    ids=lambda inner: inner["resourceType"],
)
def test_a_contained_resource_that_opens_nothing_stays_where_it_is(inner: dict[str, Any]) -> None:
    resource = observation(contained=[inner])
    (item,) = plan(resource).items
    assert json.loads(payload(item)) == resource


def test_containers_that_carry_other_resources_are_refused() -> None:
    parameters = {"resourceType": "Parameters", "id": "x", "parameter": [{"name": "a", "resource": CLAIM}]}
    for container in (bundle(CLAIM) | {"id": "x"}, parameters):
        assert sole_fault(bundle(observation(), container)).code == "intake.fhir_container"
        assert sole_fault(bundle(observation(contained=[container]))).code == "intake.fhir_nested"
    nested = observation("in", contained=[CLAIM])
    assert sole_fault(bundle(observation(contained=[nested]))).code == "intake.fhir_nested"


def test_a_person_cannot_file_a_resource_where_its_content_does_not_belong() -> None:
    fault = sole_fault(bundle(observation(), CLAIM), "laboratory")
    assert fault.code == "intake.category_conflict"
    assert "billing" in fault.message


def test_a_person_may_say_what_the_content_does_not_tell() -> None:
    assert plan(observation(category=None)).counts == {"history-and-physical-exam": 1}
    assert plan(observation(category=None), "laboratory").counts == {"laboratory": 1}


def test_saying_a_category_does_not_let_another_one_in_through_containment() -> None:
    hidden = observation("in", "survey")
    resource = observation(category=None, contained=[hidden])
    assert sole_fault(resource, "laboratory").code == "intake.fhir_hidden_category"


def test_one_bad_entry_means_that_nothing_is_planned() -> None:
    good, bad = as_file(bundle(patient(), observation()), "a.json"), as_file({"resourceType": "Patient", "x": 1}, "b")
    assert len(plan_intake([good]).items) == 2
    faults = faults_of(lambda: plan_intake([good, bad]))
    assert [fault.place for fault in faults] == ["b: Patient, Patient.x"]
