"""What kind of thing a file is, told from its first bytes. The name is only asked whether it agrees."""

from __future__ import annotations

import codecs
from pathlib import PurePath

from mendrec.services.intake.dicom import MEDIA_TYPE as DICOM
from mendrec.services.intake.dicom import PREAMBLE_BYTES, PREFIX

HEAD_BYTES = 4096
"""How much of a file :func:`media_type_of` wants to see."""

JSON = "application/json"
XML = "application/xml"
OCTETS = "application/octet-stream"
_TEXT = "text/plain"

_MAGICS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"{\\rtf", "text/rtf"),
    (b"MSH|", "x-application/hl7-v2+er7"),
)
_UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PROMISES = {
    ".dcm": DICOM,
    ".dicom": DICOM,
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".json": JSON,
}
_UNRECOGNISED = frozenset({OCTETS, _TEXT})
_PLAIN_CONTROLS = frozenset("\t\n\r\f\x1b")


def media_type_of(head: bytes) -> str:
    """Returns the media type of what begins with ``head`` (the first HEAD_BYTES, or the whole of it)."""
    if head[PREAMBLE_BYTES:].startswith(PREFIX):
        return DICOM
    for magic, media_type in _MAGICS:
        if head.startswith(magic):
            return media_type
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:64].lower()
    if start.startswith((b"{", b"[")):
        return JSON  # whatever its encoding: JSON that is not UTF-8 must be refused, not sealed as unknown bytes
    if start.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    if start.startswith(b"<"):
        return XML
    return _TEXT if _is_text(head) else OCTETS


def is_utf16_markup(head: bytes) -> bool:
    """Whether this is JSON or XML in UTF-16, in which FHIR could hide; FHIR and RFC 8259 require UTF-8."""
    text = head if not head.startswith(_UTF16_BOMS) else head[2:]
    return text[:64].replace(b"\0", b"").lstrip()[:1] in {b"{", b"[", b"<"} and b"\0" in text[:2]


def broken_promise(file_name: str, media_type: str) -> str | None:
    """Returns the media type that the name's ending promises, where the content is nothing that is recognised.

    A damaged image must not pass as some unknown file; a JPEG that is called .png harms nobody. A DICOM file cut inside
    its preamble may look like a TIFF, which that preamble may imitate (PS3.10 section 7.1).
    """
    promised = _PROMISES.get(PurePath(file_name).suffix.lower())
    is_cut_preamble = promised == DICOM and media_type == "image/tiff"
    return promised if promised != media_type and (media_type in _UNRECOGNISED or is_cut_preamble) else None


def _is_text(head: bytes) -> bool:
    """Whether ``head`` is UTF-8 without control characters; a character cut at its end does not count."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return all(character >= " " or character in _PLAIN_CONTROLS for character in text)
