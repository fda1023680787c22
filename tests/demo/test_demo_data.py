"""The demo patient's record: the same bytes again, valid FHIR R4, taken by intake, and nobody's name."""

from __future__ import annotations

import importlib
from collections import Counter
from datetime import date

import pydicom
import pytest
from pydicom.filebase import DicomBytesIO

from deploy.demo_data import DAYS, Chapter, make_chapters, resources_of
from mendrec.domain.model import SEEDED_CATEGORIES
from mendrec.services.intake.plan import plan_intake

FIRST_DAY = date(2024, 11, 21)


@pytest.fixture(scope="module")
def chapters() -> tuple[Chapter, ...]:
    return make_chapters(FIRST_DAY)


def test_the_same_first_day_gives_the_same_bytes(chapters: tuple[Chapter, ...]) -> None:
    assert make_chapters(FIRST_DAY) == chapters
    assert make_chapters(date(2024, 11, 22)) != chapters


def test_every_resource_is_valid_r4(chapters: tuple[Chapter, ...]) -> None:
    seen = Counter[str]()
    for chapter in chapters:
        for resource in resources_of(chapter):
            kind = resource["resourceType"]
            model = getattr(importlib.import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
            model.model_validate(resource)
            seen[kind] += 1
    assert {"Patient", "Observation", "Condition", "MedicationRequest", "AllergyIntolerance"} <= set(seen)
    assert {"Immunization", "Encounter", "DiagnosticReport", "ImagingStudy", "Procedure"} <= set(seen)


def test_intake_takes_all_of_it_and_every_category_has_something(chapters: tuple[Chapter, ...]) -> None:
    counts = Counter[str]()
    for chapter in chapters:
        counts.update(plan_intake(chapter.files, chapter.category_code).counts)
    assert 150 <= sum(counts.values()) <= 300
    assert set(counts) == set(SEEDED_CATEGORIES)


def test_nothing_is_put_in_before_it_happened(chapters: tuple[Chapter, ...]) -> None:
    assert [chapter.day for chapter in chapters] == sorted(chapter.day for chapter in chapters)
    for chapter in chapters:
        assert 0 <= chapter.day < DAYS
        for resource in resources_of(chapter):
            on = resource.get("effectiveDateTime") or resource.get("recordedDate") or resource.get("authoredOn")
            if on is not None:
                assert (date.fromisoformat(on[:10]) - FIRST_DAY).days <= chapter.day, (chapter.name, on)
    assert all(12 * 3600 < chapter.second_of_day < 20 * 3600 for chapter in chapters)


def test_series_are_long_enough_to_be_drawn(chapters: tuple[Chapter, ...]) -> None:
    codes = Counter[str]()
    for chapter in chapters:
        for resource in resources_of(chapter):
            if resource["resourceType"] == "Observation":
                codes[resource["code"]["coding"][0]["code"]] += 1
    for code in ("85354-9", "29463-7", "8867-4", "4548-4", "2160-0", "13457-7"):
        assert codes[code] >= 9


def test_nobody_is_named(chapters: tuple[Chapter, ...]) -> None:
    for chapter in chapters:
        for resource in resources_of(chapter):
            if resource["resourceType"] == "Patient":
                assert resource["name"] == [{"text": "Patient"}]
                assert "address" not in resource
        for file in chapter.files:
            if file.name.endswith(".dcm"):
                data_set = pydicom.dcmread(DicomBytesIO(file.data))
                names = {str(one.value) for one in data_set.iterall() if one.VR == "PN" and one.value}
                assert names == {"Patient"}
                assert not {"InstitutionName", "PatientBirthDate", "AccessionNumber"} & set(data_set.dir())


def test_the_files_are_what_they_are_named_after(chapters: tuple[Chapter, ...]) -> None:
    files = {file.name: file.data for chapter in chapters for file in chapter.files}
    assert files["discharge letter.pdf"].startswith(b"%PDF-1.4")
    assert files["electrocardiogram.png"].startswith(b"\x89PNG\r\n\x1a\n")
    assert pydicom.dcmread(DicomBytesIO(files["echocardiogram.dcm"])).NumberOfFrames == 30
    assert pydicom.dcmread(DicomBytesIO(files["ct-slice.dcm"])).Modality == "CT"
    assert sum(chapter.private for chapter in chapters) == 1
