"""Eight Synthea patients, which this repository does not carry: taken in whole, split without loss."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mendrec.domain.categorise import categorise
from mendrec.domain.model import SEEDED_CATEGORIES
from mendrec.services.intake import IntakePlan, plan_intake
from mendrec.services.intake.fhir_validate import element_faults
from mendrec.services.intake.json_text import parse_json

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "synthea"
BUNDLES = sorted(FOLDER.glob("*.json"))

pytestmark = pytest.mark.skipif(not BUNDLES, reason="the Synthea bundles are not beside the repository")


def exact(value: Any) -> str:
    """JSON with the spelling of numbers in it, for comparing multisets of resources."""
    return json.dumps(value, ensure_ascii=False)


def load_exactly(text: bytes) -> Any:
    return json.loads(text, parse_float=lambda spelled: f"number {spelled}", parse_int=lambda spelled: f"int {spelled}")


def payload(item: Any) -> bytes:
    with item.source.open() as stream:
        return stream.read()


@pytest.fixture(scope="module", params=BUNDLES, ids=lambda path: path.name.split("_")[0])
def imported(request: pytest.FixtureRequest) -> tuple[Path, IntakePlan]:
    return request.param, plan_intake([request.param])


def test_splitting_loses_nothing_and_changes_no_number(imported: tuple[Path, IntakePlan]) -> None:
    path, plan = imported
    source = load_exactly(path.read_bytes())
    given = Counter(exact(entry["resource"]) for entry in source["entry"])
    assert Counter(exact(load_exactly(payload(item))) for item in plan.items) == given
    assert sum(plan.counts.values()) == len(source["entry"]) > 200


def test_each_item_stands_by_itself_in_the_category_of_its_content(imported: tuple[Path, IntakePlan]) -> None:
    for item in imported[1].items:
        resource_bytes = payload(item)
        resource = parse_json(resource_bytes)
        assert item.category_code == categorise(resource).category_code in SEEDED_CATEGORIES
        assert element_faults(resource, resource_bytes) == []
        assert item.size_bytes == len(resource_bytes)


def test_no_name_of_the_patient_is_in_a_title(imported: tuple[Path, IntakePlan]) -> None:
    path, plan = imported
    names = path.name.split("_")[:2]
    assert not any(name in item.descriptor.title for item in plan.items for name in names)
