"""The descriptor: what a record is, for those who may see that it exists. It is sealed under the descriptor key."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from mendrec.domain.canonical import MalformedJson, canonical_bytes, parse_canonical
from mendrec.domain.errors import InputError
from mendrec.domain.json_fields import FORMAT, Fields
from mendrec.domain.limits import LIMITS

_KIND = "descriptor"
_TEXT_MAX_CHARS = 512
_CODES_MAX_COUNT = 64
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")  # RFC 6838 4.2
_FHIR_TYPE = re.compile(r"[A-Z][A-Za-z0-9]{0,63}")
_HIDING_CATEGORIES = ("Cc", "Cf", "Cs", "Zl", "Zp")  # controls, bidirectional overrides, line breaks


class InvalidDescriptor(InputError):
    """A descriptor's field is empty, too long, or would deceive whoever is shown it."""

    code = "input.descriptor"


@dataclass(frozen=True, slots=True)
class Coding:
    """One code of a code system, as in FHIR's Coding."""

    system: str
    code: str
    display: str | None = None

    def __post_init__(self) -> None:
        _require_texts("codes", self.system, self.code, self.display)


@dataclass(frozen=True, slots=True)
class Descriptor:
    """Title, media type (RFC 6838), FHIR resource type, codes and file name. Checked when made.

    A file name is one path component without control or direction-changing characters: who saves under it can
    neither be led out of a folder nor be shown another ending than the real one.
    """

    title: str
    media_type: str
    fhir_type: str | None = None
    codes: tuple[Coding, ...] = ()
    file_name: str | None = None

    def __post_init__(self) -> None:
        _require_texts("title", self.title)
        _require_texts("fileName", self.file_name)
        if not _MEDIA_TYPE.fullmatch(self.media_type):
            raise InvalidDescriptor("The media type is not of the form type/subtype in lower case.")
        if self.fhir_type is not None and not _FHIR_TYPE.fullmatch(self.fhir_type):
            raise InvalidDescriptor("The FHIR type is not the name of a resource type.")
        if self.file_name is not None and (self.file_name in {".", ".."} or set(self.file_name) & set("/\\")):
            raise InvalidDescriptor("The file name is not a single path component.")
        if len(self.codes) > _CODES_MAX_COUNT:
            raise InvalidDescriptor(f"A descriptor has at most {_CODES_MAX_COUNT} codes.")

    def to_bytes(self) -> bytes:
        """Returns the canonical JSON. Optional fields that are not set are left out."""
        value: dict[str, Any] = {"format": FORMAT, "kind": _KIND, "title": self.title, "mediaType": self.media_type}
        if self.fhir_type is not None:
            value["fhirType"] = self.fhir_type
        if self.codes:
            value["codes"] = [_coding_to_json(coding) for coding in self.codes]
        if self.file_name is not None:
            value["fileName"] = self.file_name
        return canonical_bytes(value)


def parse_descriptor(data: bytes) -> Descriptor:
    """Returns the descriptor that ``data`` holds.

    Raises:
        InputError: too large, malformed, not canonical, or a field that :class:`Descriptor` refuses.
    """
    value = parse_canonical(data, max_bytes=LIMITS.manifest_max_bytes, what=_KIND)
    fields = Fields(
        value,
        _KIND,
        required=("format", "kind", "title", "mediaType"),
        optional=("fhirType", "codes", "fileName"),
    )
    fields.require_kind(_KIND)
    codes = fields.objects("codes", max_count=_CODES_MAX_COUNT) if "codes" in fields else ()
    if "codes" in fields and not codes:
        raise MalformedJson("descriptor.codes is empty; it is left out then.")
    return Descriptor(
        title=_text(fields, "title"),
        media_type=_text(fields, "mediaType"),
        fhir_type=_optional_text(fields, "fhirType"),
        codes=tuple(_parse_coding(item) for item in codes),
        file_name=_optional_text(fields, "fileName"),
    )


def _coding_to_json(coding: Coding) -> dict[str, str]:
    value = {"system": coding.system, "code": coding.code}
    return value if coding.display is None else {**value, "display": coding.display}


def _parse_coding(value: Any) -> Coding:
    fields = Fields(value, "descriptor.codes", required=("system", "code"), optional=("display",))
    return Coding(_text(fields, "system"), _text(fields, "code"), _optional_text(fields, "display"))


def _text(fields: Fields, name: str) -> str:
    return fields.text(name, max_chars=_TEXT_MAX_CHARS)


def _optional_text(fields: Fields, name: str) -> str | None:
    return _text(fields, name) if name in fields else None


def _require_texts(name: str, *texts: str | None) -> None:
    for text in texts:
        if text is None:
            continue
        if not 0 < len(text) <= _TEXT_MAX_CHARS:
            raise InvalidDescriptor(f"{name} is empty or longer than {_TEXT_MAX_CHARS} characters.")
        if any(unicodedata.category(character) in _HIDING_CATEGORIES for character in text):
            raise InvalidDescriptor(f"{name} holds a control or direction-changing character.")
