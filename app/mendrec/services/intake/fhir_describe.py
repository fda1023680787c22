"""What the sealed descriptor says of a FHIR resource: what it is and when, never whose or with what result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mendrec.domain.descriptor import Coding, Descriptor
from mendrec.services.intake.items import clean_text

MEDIA_TYPE = "application/fhir+json"
URI_SYSTEM = "urn:ietf:rfc:3986"
"""FHIR's code system for codes that are URIs."""

_CONCEPT_ELEMENTS = ("code", "vaccineCode", "medicationCodeableConcept", "type", "modality", "category")
_DATE_ELEMENTS = (
    *("effectiveDateTime", "occurrenceDateTime", "performedDateTime", "authoredOn", "recordedDate", "started"),
    *("onsetDateTime", "created", "date", "issued", "recorded"),
)
_PERIOD_ELEMENTS = ("effectivePeriod", "performedPeriod", "period", "billablePeriod")
_CODES_MAX_COUNT = 16
_DISPLAY_MAX_CHARS = 120
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])")


def describe(resource: Mapping[str, Any], full_url: str | None) -> Descriptor:
    """Returns the descriptor of a valid resource.

    Other resources may refer to it by its ``fullUrl``. Where that does not end in the resource's own id it would be
    lost with the bundle, so it is kept as a code of the system :data:`URI_SYSTEM`.
    """
    resource_type = str(resource["resourceType"])
    resource_id = resource.get("id")
    codes = list(_codings(resource))[:_CODES_MAX_COUNT]
    if full_url and not (isinstance(resource_id, str) and re.split(r"[/:]", full_url)[-1] == resource_id):
        codes.append(Coding(URI_SYSTEM, clean_text(full_url, max_chars=512)))
    return Descriptor(
        title=_title(resource, resource_type),
        media_type=MEDIA_TYPE,
        fhir_type=resource_type,
        codes=tuple(dict.fromkeys(codes)),
        file_name=f"{resource_type}-{resource_id}.json" if isinstance(resource_id, str) else f"{resource_type}.json",
    )


def _title(resource: Mapping[str, Any], resource_type: str) -> str:
    words = _WORD_START.sub(" ", resource_type).capitalize()
    name = next(_concept_names(resource), "")
    day = _day(resource)
    return ", ".join(part for part in (f"{words}: {name}" if name else words, day) if part)


def _concepts(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for element in _CONCEPT_ELEMENTS:
        value = resource.get(element)
        for concept in value if isinstance(value, list) else [value]:
            if isinstance(concept, Mapping):
                yield concept


def _concept_names(resource: Mapping[str, Any]) -> Iterator[str]:
    for concept in _concepts(resource):
        texts = [concept.get("text"), *(coding.get("display") for coding in _coding_list(concept))]
        for text in texts:
            if isinstance(text, str) and (name := clean_text(text, max_chars=_DISPLAY_MAX_CHARS)):
                yield name


def _codings(resource: Mapping[str, Any]) -> Iterator[Coding]:
    for concept in _concepts(resource):
        for coding in _coding_list(concept):
            system, code, display = (_clean(coding.get(name)) for name in ("system", "code", "display"))
            if system and code:
                yield Coding(system, code, display)


def _coding_list(concept: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The codings of a CodeableConcept, or a Coding itself (Encounter.class, ImagingStudy.modality)."""
    codings = concept.get("coding")
    if isinstance(codings, list):
        return [coding for coding in codings if isinstance(coding, Mapping)]
    return [concept] if "system" in concept else []


def _clean(value: Any) -> str | None:
    return (clean_text(value, max_chars=_DISPLAY_MAX_CHARS) or None) if isinstance(value, str) else None


def _day(resource: Mapping[str, Any]) -> str:
    periods = (resource.get(name) for name in _PERIOD_ELEMENTS)
    starts = (period.get("start") for period in periods if isinstance(period, Mapping))
    for value in (*(resource.get(name) for name in _DATE_ELEMENTS), *starts):
        if isinstance(value, str) and (match := _DATE.match(value)):
            return match.group()
    return ""
