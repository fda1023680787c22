"""The page's intake (``frontend/src/core/intake``) and Python's take the same files, and make the same of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pydicom.data
import pytest

from deploy.frontend_tables import frontend_tables
from deploy.sample_data import generate
from mendrec.services.intake import IntakeItem, IntakeRefused, NamedBytes, plan_intake
from tests.intake.builders import bundle, concept, condition, observation, patient

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "frontend"
TABLES = FRONTEND / "src/generated/categories.json"
DICOM_FILES = Path(pydicom.data.__file__).parent / "test_files"
SYNTHEA = ROOT.parent / "shared" / "data" / "synthea"
LARGE_BYTES = 3_000_000
TIMEOUT_S = 300
SYNTHEA_BUNDLES = 8

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not (FRONTEND / "node_modules").is_dir() or not TABLES.is_file(),
    reason="the page's packages are not installed",
)

Case = tuple[str, bytes, str | None]


def test_both_make_the_same_of_every_file(tmp_path: Path) -> None:
    cases = [_case(tmp_path, number, case) for number, case in enumerate(_inputs())]
    (tmp_path / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    assert sum("items" in one for one in cases) > 40
    assert len({code for one in cases for code in one.get("faults", [])}) > 15
    found = subprocess.run(
        [shutil.which("npx") or "npx", "vitest", "run", "src/core/intake/differential.test.ts"],
        cwd=FRONTEND,
        env={**os.environ, "MENDREC_INTAKE_CASES": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert found.returncode == 0, found.stderr[:6000]
    assert f"{len(cases) + 1} passed" in found.stdout


def test_the_tables_of_the_page_are_these() -> None:
    assert json.loads(TABLES.read_text(encoding="utf-8")) == json.loads(json.dumps(frontend_tables()))


def _case(folder: Path, number: int, case: Case) -> dict[str, Any]:
    name, data, category_code = case
    (folder / f"{number}.bin").write_bytes(data)
    asked = {"file": f"{number}.bin", "name": name, "categoryCode": category_code}
    try:
        plan = plan_intake([NamedBytes(name, data)], category_code)
    except IntakeRefused as refused:
        return {**asked, "faults": [fault.code for fault in refused.faults]}
    return {**asked, "items": [_item(item) for item in plan.items]}


def _item(item: IntakeItem) -> dict[str, Any]:
    with item.source.open() as stream:
        data = stream.read()
    descriptor = item.descriptor
    codes = [
        {"system": one.system, "code": one.code, **({} if one.display is None else {"display": one.display})}
        for one in descriptor.codes
    ]
    return {
        "categoryCode": item.category_code,
        "title": descriptor.title,
        "mediaType": descriptor.media_type,
        "fhirType": descriptor.fhir_type,
        "codes": codes,
        "fileName": descriptor.file_name,
        "sha256Hex": sha256(data).hexdigest(),
    }


def _inputs() -> Iterator[Case]:
    for number, sample in enumerate(generate(5, 2)):
        for file in sample.files:
            yield f"{number}-{file.name}", file.data, None
    yield from _fhir()
    yield from _others()
    for path in sorted(DICOM_FILES.glob("*.dcm")):
        if path.stat().st_size < LARGE_BYTES and path.name not in _DECODER_ONLY:
            yield path.name, path.read_bytes(), None
    for path in sorted(SYNTHEA.glob("*.json"))[:SYNTHEA_BUNDLES]:
        yield path.name, path.read_bytes(), None


_DECODER_ONLY = {"badVR.dcm"}
"""Refused by what pydicom makes of a value that is written under another kind than its own."""


def _fhir() -> Iterator[Case]:
    loinc = "http://loinc.org"
    values: list[tuple[Any, str | None]] = [
        (observation(), None),
        (observation(category=None, code=concept(loinc, "8867-4")), None),
        (observation(category="survey"), None),
        (observation(category="nothing-known"), None),
        (observation(category="nothing-known"), "imaging"),
        (observation(), "imaging"),
        (bundle(patient(), observation(), condition()), None),
        (bundle(patient(), observation(subject={"reference": "Patient/p2"})), None),
        (bundle(observation(), observation()), None),
        (bundle(observation(text={"status": "generated", "div": "<div><script>alert(1)</script></div>"})), None),
        (bundle(observation(contained=[{"resourceType": "Organization", "id": "x", "name": "A"}])), None),
        (bundle(observation(contained=[condition()])), None),
        (bundle(observation(contained=[bundle(condition())])), None),
        (bundle(bundle(condition())), None),
        (bundle(), None),
        ({"resourceType": "Bundle", "type": "collection"}, None),
        ({"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "urn:uuid:1"}]}, None),
        ({"resourceType": "Unheard"}, None),
        ({"resourceType": "Resource"}, None),
        ({"wrapped": [observation()]}, None),
        ([observation()], None),
        (observation(note=[]), None),
        (observation(extension=None), None),
        (observation("o/1"), None),
        (observation(code={"text": "\u202egnp.exe", "coding": [{"system": loinc, "code": "1-8"}]}), None),
        (observation(effectivePeriod={"start": "2024-02-03"}), None),
        (observation(effectiveDateTime="yesterday"), None),
        (observation(valueQuantity={"value": "5"}), None),
        (observation(valueInteger=1.5), None),
        (observation(valueBoolean="yes"), None),
        (observation(unheardOf=1), None),
        (observation(note={"text": "one, and no list of one"}), None),
        (observation(_status={"extension": [{"url": "http://example.org/x", "valueString": "x"}]}), None),
        (observation(_note=[{"id": "x"}]), None),
        ({"resourceType": "Observation", "status": "final"}, None),
        ({"resourceType": "Patient", "gender": "none of these"}, None),
        ({"resourceType": "Patient", "deceasedBoolean": 1}, None),
        ({"resourceType": "Patient", "contact": [{"name": {"family": 3}}]}, None),
        ({"resourceType": "MedicationRequest", "status": "active", "intent": "order"}, None),
    ]
    for number, (value, category_code) in enumerate(values):
        yield f"fhir-{number}.json", json.dumps(value).encode(), category_code
    exact = json.dumps(observation(valueQuantity={"value": 0})).replace('"value": 0', '"value": 1.50')
    yield "decimal.json", exact.encode(), None
    yield "twice.json", b'{"resourceType":"Patient","resourceType":"Observation"}', None
    yield "cut.json", json.dumps(bundle(observation())).encode()[:-3], None
    yield "nan.json", b'{"resourceType":"Observation","valueInteger":NaN}', None
    yield "half.json", json.dumps({**observation(), "id": None}).replace("null", '"\\ud800"').encode(), None
    yield "deep.json", b'{"resourceType":' + b"[" * 70 + b"]" * 70 + b"}", None
    yield "latin1.json", '{"resourceType":"Patient","id":"é"}'.encode("latin-1"), None
    yield "ndjson.json", b'{"resourceType":"Patient"}\n{"resourceType":"Patient"}', None
    yield "bom.json", b"\xef\xbb\xbf" + json.dumps(observation()).encode(), None


def _others() -> Iterator[Case]:
    yield "steps.json", b'{"steps": [1, 2]}', None
    yield "letter.txt", b"[Letterhead] Dear colleague", None
    yield "letter.txt", b"Dear colleague", "laboratory"
    yield "utf16.json", '{"resourceType":"Patient"}'.encode("utf-16"), None
    yield "fhir.xml", b'<Patient xmlns="http://hl7.org/fhir"/>', None
    yield "cda.xml", b"<ClinicalDocument/>", None
    yield "page.html", b"<!DOCTYPE html><p>", None
    yield "empty.txt", b"", None
    yield "scan.pdf", b"plain words", None
    yield "scan.dcm", b"\x00\x01\x02", None
    yield "scan.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 20, None
    yield "photo.png", b"\xff\xd8\xff\xe0", None
    yield "hl7.txt", b"MSH|^~\\&|", None
    yield "blob", b"\x00\x01\x02", None
    yield "../../etc/pass\u202ewd .txt", b"words", None
    yield "a\\b\tc.txt", b"words", None
    yield "x" * 300 + ".txt", b"words", None
    yield "..", b"words", None
    yield ".json", b"words", None
    yield "program.dcm", b"MZ" + b"\0" * 126 + b"DICM", None
