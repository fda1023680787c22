"""Any file in, and several at once: all or nothing, told by content, and unchanged until it is sealed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.sample_data import generate
from mendrec.domain.limits import LIMITS
from mendrec.services.intake import (
    FileSource,
    NamedBytes,
    SourceChanged,
    UnknownCategory,
    plan_intake,
)
from mendrec.services.intake.sniff import media_type_of
from tests.intake.builders import bundle, faults_of, observation, patient, plan, sole_fault

PDF = next(iter(generate(1, 1))).file("letter.pdf")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\0" * 128 + b"DICM", "application/dicom"),
        (b"MZ" + b"\0" * 126 + b"DICM", "application/dicom"),
        (b'{"a": "Gr\xfc\xdfe"}', "application/json"),
        (b'\xef\xbb\xbf {"a": 1}', "application/json"),
        (b"[1]", "application/json"),
        (b"<ClinicalDocument/>", "application/xml"),
        (b"<!DOCTYPE html>", "text/html"),
        (b"MSH|^~\\&|", "x-application/hl7-v2+er7"),
        (b"PK\x03\x04", "application/zip"),
        (b"{\\rtf1", "text/rtf"),
        ("Grüß Gott".encode(), "text/plain"),
        ("é".encode() * 2048 + b"\xc3", "text/plain"),
        (b"Gr\xfc\xdf Gott", "application/octet-stream"),
        (b"\x00\x01\x02", "application/octet-stream"),
    ],
)
def test_the_kind_is_told_from_the_first_bytes(head: bytes, media_type: str) -> None:
    assert media_type_of(head) == media_type


@pytest.mark.parametrize("name", ["letter.pdf", "letter.dcm", "letter.json", "letter"])
def test_the_name_does_not_decide_what_a_file_is(name: str) -> None:
    (item,) = plan(PDF, name=name).items
    assert item.descriptor.media_type == "application/pdf"


@pytest.mark.parametrize("name", ["a.pdf", "a.DCM", "a.png", "a.jpeg", "a.json"])
@pytest.mark.parametrize("content", [b"plain words", b"\x00\x01\x02"])
def test_a_file_that_is_nothing_known_and_claims_to_be_is_refused(name: str, content: bytes) -> None:
    assert sole_fault(content, name=name).code == "intake.not_what_it_says"


def test_an_opaque_file_is_kept_as_it_is_under_the_category_given_or_the_guarded_default(tmp_path: Path) -> None:
    path = tmp_path / "brief é.pdf"
    path.write_bytes(PDF)
    assert plan_intake([path], "laboratory").counts == {"laboratory": 1}
    (item,) = plan_intake([path]).items
    assert item.category_code == "history-and-physical-exam"
    assert (item.descriptor.title, item.descriptor.file_name) == ("brief é.pdf", "brief é.pdf")
    for _ in range(2):
        with item.source.open() as stream:
            assert stream.read() == PDF


def test_json_that_holds_no_fhir_is_an_opaque_file() -> None:
    (item,) = plan(b'{"steps": [1, 2]}').items
    assert item.descriptor.media_type == "application/json"
    (item,) = plan(b"[Letterhead] Dear colleague", name="letter.txt").items
    assert item.descriptor.media_type == "text/plain"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda folder: folder / "absent", "missing"),
        (lambda folder: folder, "directory"),
        (lambda folder: Path(os.devnull), "not_regular"),
        (lambda folder: folder / "a\0b", "unreadable"),
        (lambda folder: _written(folder / "empty", b""), "empty"),
        (lambda folder: _sparse(folder / "large", LIMITS.payload_max_bytes + 1), "too_large"),
    ],
)
def test_a_path_that_cannot_be_used_is_named(make: object, code: str, tmp_path: Path) -> None:
    path = make(tmp_path)  # type: ignore[operator]
    (fault,) = faults_of(lambda: plan_intake([path]))
    assert fault.code == f"intake.{code}"
    assert fault.place == str(path).replace("\0", " ")
    assert fault.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    path = _written(tmp_path / "secret", b"x")
    path.chmod(0)
    (fault,) = faults_of(lambda: plan_intake([path]))
    assert fault.code == "intake.unreadable"


def test_a_large_json_file_is_searched_for_fhir_and_not_parsed(tmp_path: Path) -> None:
    padding = b" " * LIMITS.fhir_bundle_max_bytes
    (fault,) = faults_of(lambda: plan_intake([_written(tmp_path / "a", b"{" + padding + b'"resourceType":"Bundle"}')]))
    assert fault.code == "intake.fhir_too_large"
    (item,) = plan_intake([_written(tmp_path / "b", b"{" + padding + b'"steps":1}')]).items
    assert item.descriptor.media_type == "application/json"


@pytest.mark.parametrize("shift", range(-15, 2))
def test_a_key_across_two_chunks_is_found(shift: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mendrec.services.intake.files.LIMITS", _SmallLimits())
    padding = b" " * (4 * _SmallLimits.copy_chunk_bytes - 1 + shift)
    fault = sole_fault(b"{" + padding + b'"resourceType":"Bundle"}')
    assert fault.code == "intake.fhir_too_large"


def test_a_file_that_is_changed_after_it_was_planned_is_not_sealed(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.txt", b"before")
    (item,) = plan_intake([path]).items
    path.write_bytes(b"after!")
    os.utime(path, ns=(1, 1))
    with pytest.raises(SourceChanged):
        item.source.open()
    replaced = _written(tmp_path / "b.txt", b"before")
    (item,) = plan_intake([replaced]).items
    replaced.unlink()
    with pytest.raises(SourceChanged):
        item.source.open()


def test_a_file_that_changes_while_it_is_planned_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _written(tmp_path / "a.txt", b"before")
    look = FileSource.of.__func__  # type: ignore[attr-defined]

    def look_then_change(cls: type[FileSource], given: Path, place: str) -> FileSource:
        source: FileSource = look(cls, given, place)
        given.write_bytes(b"longer than before")
        return source

    monkeypatch.setattr(FileSource, "of", classmethod(look_then_change))
    (fault,) = faults_of(lambda: plan_intake([path]))
    assert fault.code == "intake.source_changed"


def test_nothing_is_planned_when_anything_is_bad_and_every_file_is_looked_at(tmp_path: Path) -> None:
    good = _written(tmp_path / "good.pdf", PDF)
    faults = faults_of(lambda: plan_intake([tmp_path / "a", good, NamedBytes("b", b""), NamedBytes("c", b"{")]))
    assert [(fault.place, fault.code) for fault in faults] == [
        (str(tmp_path / "a"), "intake.missing"),
        ("b", "intake.empty"),
        ("c", "intake.json"),
    ]


def test_the_same_file_twice_is_refused_under_any_name(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.pdf", PDF)
    link = tmp_path / "link.pdf"
    link.symlink_to(path)
    (fault,) = faults_of(lambda: plan_intake([path, link]))
    assert (fault.place, fault.code) == (str(link), "intake.given_twice")


def test_no_file_at_all_is_refused() -> None:
    (fault,) = faults_of(lambda: plan_intake([]))
    assert fault.code == "intake.nothing"


def test_an_unknown_category_is_refused_and_the_known_ones_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownCategory) as caught:
        plan_intake([tmp_path / "absent"], "astrology")
    assert "laboratory" in caught.value.remedy
    with pytest.raises(UnknownCategory):
        plan_intake([NamedBytes("a", json.dumps(observation()).encode())], known_categories=["billing"])


def test_a_category_that_was_registered_later_can_be_given() -> None:
    given = [NamedBytes("a.pdf", PDF)]
    assert plan_intake(given, "genomics", known_categories=["genomics"]).counts == {"genomics": 1}


def test_what_is_held_in_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mendrec.services.intake.plan.LIMITS", _SmallLimits())
    inputs = [NamedBytes(f"{n}", json.dumps(bundle(patient(), observation())).encode()) for n in range(9)]
    (fault,) = faults_of(lambda: plan_intake(inputs))
    assert fault.code == "intake.too_much"


class _SmallLimits:
    intake_in_memory_max_bytes = 1000
    fhir_bundle_max_bytes = 1000
    copy_chunk_bytes = 512
    payload_max_bytes = 10**6


def test_progress_is_told_for_each_file_and_at_the_end() -> None:
    told: list[tuple[int, int]] = []
    plan_intake(
        [NamedBytes("a.pdf", PDF), NamedBytes("b.pdf", PDF)], progress=lambda done, total: told.append((done, total))
    )
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_a_file_name_that_could_deceive_is_cleaned() -> None:
    (item,) = plan_intake([NamedBytes("a\u202egpj.exe\n.txt", b"words")]).items
    assert item.descriptor.file_name == "a gpj.exe .txt"
    (item,) = plan_intake([NamedBytes("..\\..\\x" + "y" * 900 + ".txt", b"words")]).items
    assert item.descriptor.file_name is not None
    assert item.descriptor.file_name.endswith(".txt")
    assert len(item.descriptor.file_name) <= 200


def test_importing_the_package_does_not_import_the_large_libraries() -> None:
    check = "import sys, mendrec.services.intake; print({'fhir', 'pydicom'} & {m.split('.')[0] for m in sys.modules})"
    app = Path(__file__).parents[2] / "app"
    done = subprocess.run(
        [sys.executable, "-c", check], env={"PYTHONPATH": str(app)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _sparse(path: Path, size_bytes: int) -> Path:
    with path.open("wb") as stream:
        stream.truncate(size_bytes)
    return path
