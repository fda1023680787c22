"""The generator of sample records: repeatable, plausible, and acceptable to the product's own intake."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from deploy.sample_data import generate, write
from mendrec.domain.model import SEEDED_CATEGORIES
from mendrec.services.intake import plan_intake


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert list(generate(3, 2)) == list(generate(3, 2))


def test_another_seed_gives_other_people() -> None:
    assert {sample.person.id for sample in generate(3, 2)}.isdisjoint(sample.person.id for sample in generate(4, 2))


def test_asking_for_more_patients_does_not_change_the_first() -> None:
    assert list(generate(3, 3))[:2] == list(generate(3, 2))


@pytest.mark.parametrize("seed", [1, 2])
def test_every_file_is_taken_in_and_every_category_is_there(seed: int, tmp_path: Path) -> None:
    paths = write(tmp_path, seed, 2)
    plan = plan_intake(paths)
    assert set(plan.counts) == set(SEEDED_CATEGORIES)
    assert {item.descriptor.media_type for item in plan.items} == {
        "application/fhir+json",
        "application/dicom",
        "application/pdf",
        "text/plain",
    }


def test_every_reference_leads_to_an_entry() -> None:
    (sample,) = generate(1, 1)
    text = sample.file("history.json").decode()
    urls = {entry["fullUrl"] for entry in json.loads(text)["entry"]}
    assert set(re.findall(r'"reference": "([^"]+)"', text)) <= urls


def test_values_are_flagged_by_their_reference_range() -> None:
    flags = set()
    for sample in generate(1, 3):
        for entry in json.loads(sample.file("history.json"))["entry"]:
            resource = entry["resource"]
            for bounds in resource.get("referenceRange", []):
                value = resource["valueQuantity"]["value"]
                low = bounds.get("low", {}).get("value", float("-inf"))
                high = bounds.get("high", {}).get("value", float("inf"))
                flag = resource["interpretation"][0]["coding"][0]["code"]
                assert flag == ("L" if value < low else "H" if value > high else "N")
                flags.add(flag)
    assert {"N", "H"} <= flags


def test_the_slice_belongs_to_the_imaging_study_and_shows_the_phantom() -> None:
    pydicom = pytest.importorskip("pydicom")
    (sample,) = generate(1, 1)
    data_set = pydicom.dcmread(io.BytesIO(sample.file("ct-slice.dcm")))
    entries = json.loads(sample.file("history.json"))["entry"]
    (study,) = (entry["resource"] for entry in entries if entry["resource"]["resourceType"] == "ImagingStudy")
    assert study["identifier"][0]["value"] == f"urn:oid:{data_set.StudyInstanceUID}"
    assert study["series"][0]["uid"] == data_set.SeriesInstanceUID
    middle = 2 * (data_set.Columns * data_set.Rows // 2 + data_set.Columns // 2)
    assert int.from_bytes(data_set.PixelData[:2], "little", signed=True) == -1000
    assert int.from_bytes(data_set.PixelData[middle : middle + 2], "little", signed=True) == 35


def test_the_cross_reference_table_of_the_pdf_points_at_its_objects() -> None:
    (sample,) = generate(1, 1)
    pdf = sample.file("letter.pdf")
    table_at = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])
    assert pdf[table_at:].startswith(b"xref\n0 6\n")
    offsets = [int(line.split()[0]) for line in pdf[table_at:].splitlines()[3:8]]
    assert [pdf[offset : offset + 7] for offset in offsets] == [b"%d 0 obj" % number for number in range(1, 6)]
    stream = pdf.partition(b"stream\n")[2].partition(b"endstream")[0]
    assert f"/Length {len(stream)} ".encode() in pdf
