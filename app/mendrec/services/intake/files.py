"""Any file in: looked at, and handed to the reader of its kind. What has no reader is one opaque record.

A file that could be FHIR is read as FHIR or refused, never sealed whole: it would carry records of every category into
one. That is why broken JSON, FHIR in XML, a list or a wrapper of resources are refused here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mendrec.domain.categorise import DEFAULT_CATEGORY
from mendrec.domain.descriptor import Descriptor
from mendrec.domain.limits import LIMITS
from mendrec.services.intake.dicom import MEDIA_TYPE as DICOM
from mendrec.services.intake.dicom import read_dicom
from mendrec.services.intake.faults import refusal
from mendrec.services.intake.fhir import fhir_items
from mendrec.services.intake.items import BytesSource, FileSource, IntakeItem, Source, clean_text, safe_file_name
from mendrec.services.intake.json_text import JsonFault, parse_json
from mendrec.services.intake.sniff import HEAD_BYTES, JSON, XML, broken_promise, is_utf16_markup, media_type_of

_RESOURCE_KEY = b'"resourceType"'
_FHIR_NAMESPACES = (b'"http://hl7.org/fhir"', b"'http://hl7.org/fhir'")


@dataclass(frozen=True, slots=True)
class NamedBytes:
    """A file that is in memory."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class _Given:
    source: Source
    size_bytes: int
    place: str
    file_name: str | None


def read_input(given: Path | NamedBytes, category_code: str | None = None) -> tuple[IntakeItem, ...]:
    """Returns the items of one file: one per resource for FHIR, one for anything else.

    Args:
        given: a path, or bytes with a name.
        category_code: what a person said it is. FHIR and DICOM content that says otherwise wins: it is refused.

    Raises:
        IntakeRefused: with the place of every fault.
        SourceChanged: the file is written to at this moment.
    """
    it = _look_at(given)
    if it.size_bytes == 0:
        raise refusal(it.place, "empty", "The file is empty.", "Export or copy it again.")
    if it.size_bytes > LIMITS.payload_max_bytes:
        message = f"{it.size_bytes} bytes; at most {LIMITS.payload_max_bytes} can be taken."
        raise refusal(it.place, "too_large", message, "Split it into several files.")
    with it.source.open() as stream:
        head = stream.read(HEAD_BYTES)
    media_type = media_type_of(head)
    _check_promise(it, head, media_type)
    if media_type == DICOM:
        item = read_dicom(it.source, it.size_bytes, it.place, file_name=it.file_name, category_code=category_code)
        return (item,)
    if media_type == JSON:
        return _read_json(it, category_code)
    if media_type == XML and _contains(it.source, _FHIR_NAMESPACES):
        raise refusal(it.place, "fhir_xml", "FHIR in XML is not taken.", "Export it as FHIR JSON.")
    return (_opaque(it, media_type, category_code),)


def place_of(given: Path | NamedBytes) -> str:
    """Returns how an input is called in faults: its path or name, safe to print."""
    return clean_text(given.name if isinstance(given, NamedBytes) else str(given), max_chars=1024) or "input"


def _look_at(given: Path | NamedBytes) -> _Given:
    if isinstance(given, NamedBytes):
        name = safe_file_name(Path(given.name))
        return _Given(BytesSource(given.data), len(given.data), place_of(given), name)
    source = FileSource.of(given, place_of(given))
    return _Given(source, source.size_bytes, place_of(given), safe_file_name(given))


def _check_promise(it: _Given, head: bytes, media_type: str) -> None:
    if is_utf16_markup(head):
        raise refusal(f"{it.place}, byte 0", "utf16", "JSON or XML in UTF-16.", "Save it as UTF-8.")
    promised = broken_promise(it.file_name or "", media_type)
    if promised is not None:
        message = f"The name promises {promised}, and the content is not that."
        raise refusal(it.place, "not_what_it_says", message, "Export it again, or give it its right name.")


def _opaque(it: _Given, media_type: str, category_code: str | None) -> IntakeItem:
    descriptor = Descriptor(title=it.file_name or "Document", media_type=media_type, file_name=it.file_name)
    return IntakeItem(it.source, it.size_bytes, category_code or DEFAULT_CATEGORY, descriptor)


def _read_json(it: _Given, category_code: str | None) -> tuple[IntakeItem, ...]:
    if it.size_bytes > LIMITS.fhir_bundle_max_bytes:
        return _read_large_json(it, category_code)
    with it.source.open() as stream:
        data = stream.read()
    try:
        value = parse_json(data)
    except JsonFault as error:
        if not _may_be_fhir(data, it.file_name):
            return (_opaque(it, "text/plain", category_code),)
        remedy = "Export it again: it may have been cut short. One file holds one bundle; NDJSON is not taken."
        raise refusal(it.place, "json", str(error), remedy) from error
    if isinstance(value, dict) and "resourceType" in value:
        return fhir_items(value, it.place, category_code)
    if _holds_resource(value):
        message = "FHIR resources inside something that is no FHIR bundle."
        raise refusal(it.place, "fhir_wrapped", message, "Export them as a FHIR bundle.")
    return (_opaque(it, JSON, category_code),)


def _read_large_json(it: _Given, category_code: str | None) -> tuple[IntakeItem, ...]:
    if _contains(it.source, (_RESOURCE_KEY,)):
        message = f"FHIR JSON of more than {LIMITS.fhir_bundle_max_bytes} bytes."
        raise refusal(it.place, "fhir_too_large", message, "Export it in several bundles.")
    return (_opaque(it, JSON, category_code),)


def _contains(source: Source, needles: tuple[bytes, ...]) -> bool:
    """Whether any of ``needles`` is in the whole of ``source``; chunks overlap, so that nothing is missed between."""
    overlap_bytes = max(map(len, needles)) - 1
    tail = b""
    with source.open() as stream:
        while chunk := stream.read(LIMITS.copy_chunk_bytes):
            window = tail + chunk
            if any(needle in window for needle in needles):
                return True
            tail = window[-overlap_bytes:]
    return False


def _may_be_fhir(data: bytes, file_name: str | None) -> bool:
    """Whether broken JSON could have been FHIR. A letter may begin with a bracket; it does not begin with a brace."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"{") or _RESOURCE_KEY in data or (file_name or "").lower().endswith(".json")


def _holds_resource(value: Any) -> bool:
    if isinstance(value, dict):
        return "resourceType" in value or any(map(_holds_resource, value.values()))
    return isinstance(value, list) and any(map(_holds_resource, value))
