"""DICOM in: one file, one item, after it was read to its end.

The steps, in order, each before the next may trust its result:

1. preamble and prefix (PS3.10 section 7.1); a preamble that makes the file a program as well is refused;
2. file meta information: transfer syntax and SOP class;
3. a deflated data set is inflated, within a bound;
4. the structure, to the last byte (dicom_structure.py);
5. ``pydicom`` decodes every value but the pixels; what identifies the object must be there;
6. the pixel data is as long as the image is large.

The title is made of modality, body part and series description, never of the patient's name.
"""

from __future__ import annotations

import io
import logging
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from mendrec.domain.categorise import categorise_dicom
from mendrec.domain.descriptor import Coding, Descriptor
from mendrec.domain.errors import InputError
from mendrec.domain.limits import LIMITS
from mendrec.services.intake.dicom_pixels import pixel_fault
from mendrec.services.intake.dicom_structure import (
    LARGE_VALUE_BYTES,
    Encoding,
    FileMeta,
    PixelExtent,
    StructureFault,
    read_file_meta,
    walk_data_set,
)
from mendrec.services.intake.faults import refusal
from mendrec.services.intake.items import IntakeItem, Source, clean_text

if TYPE_CHECKING:
    from pydicom.dataelem import DataElement
    from pydicom.dataset import FileDataset

MEDIA_TYPE = "application/dicom"
PREAMBLE_BYTES = 128
PREFIX = b"DICM"

_DCM_SYSTEM = "http://dicom.nema.org/resources/ontology/DCM"
_UID_SYSTEM = "urn:ietf:rfc:3986"
_EXECUTABLE_MAGICS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa")
_EXPLICIT_BIG_ENDIAN, _IMPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.2", "1.2.840.10008.1.2"
_DEFLATED = "1.2.840.10008.1.2.1.99"
_DIRECTORY_CLASS = "1.2.840.10008.1.3.10"
_IDENTIFYING = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")
_SEND_AGAIN = "Export or send it again from the system that made it."


def read_dicom(
    source: Source, size_bytes: int, place: str, *, file_name: str | None = None, category_code: str | None = None
) -> IntakeItem:
    """Returns the item of one DICOM file (PS3.10).

    Args:
        source: the file; its bytes become the item's as they are.
        size_bytes: of the file.
        place: how the file is called in faults.
        file_name: for the descriptor, already made safe.
        category_code: what a person said; places only an object whose SOP class does not tell.

    Raises:
        IntakeRefused: at the first fault, with the byte offset and the tag nearest to it.
    """
    with source.open() as stream:
        data_set, pixels = _read(stream, size_bytes, place)
    with _decoding(place):
        message = pixel_fault(data_set, pixels)
    if message is not None:
        raise refusal(f"{place}, (7fe0,0010) PixelData", "dicom_pixels", message, _SEND_AGAIN)
    with _decoding(place):
        sop_class_uid = str(data_set.SOPClassUID)
        descriptor = _describe(data_set, file_name)
    placement = categorise_dicom(sop_class_uid)
    if category_code is not None and placement.told and category_code != placement.category_code:
        raise refusal(
            place,
            "category_conflict",
            f"It belongs to {placement.category_code}, not to {category_code}.",
            "Leave the category out: DICOM objects are filed by their SOP class.",
        )
    placed_code = placement.category_code if placement.told else (category_code or placement.category_code)
    return IntakeItem(source, size_bytes, placed_code, descriptor)


def _read(stream: BinaryIO, size_bytes: int, place: str) -> tuple[FileDataset, PixelExtent | None]:
    _check_preamble(stream.read(PREAMBLE_BYTES + len(PREFIX)), place)
    with _structure_faults(place, "byte"):
        meta = read_file_meta(stream, PREAMBLE_BYTES + len(PREFIX), size_bytes)
    _check_meta(meta, place)
    syntax = meta.transfer_syntax_uid
    encoding = Encoding(syntax != _IMPLICIT_LITTLE_ENDIAN, syntax != _EXPLICIT_BIG_ENDIAN)
    if syntax == _DEFLATED:
        data = _inflate(stream, meta.end_at, place)
        with _structure_faults(place, "inflated byte"):
            pixels = walk_data_set(io.BytesIO(data), 0, len(data), encoding)
    else:
        with _structure_faults(place, "byte"):
            pixels = walk_data_set(stream, meta.end_at, size_bytes, encoding)
    data_set = _decode(stream, place)
    _check_identity(data_set, meta, place)
    return data_set, pixels


def _check_preamble(head: bytes, place: str) -> None:
    if len(head) < PREAMBLE_BYTES + len(PREFIX) or not head.endswith(PREFIX):
        raise refusal(
            f"{place}, byte {PREAMBLE_BYTES}",
            "dicom_no_prefix",
            "No DICOM file: the prefix DICM is not there.",
            "Export it as a DICOM file (PS3.10), with file meta information.",
        )
    if head.startswith(_EXECUTABLE_MAGICS):
        raise refusal(
            f"{place}, byte 0",
            "dicom_executable",
            "The preamble makes this file a program as well.",
            "Have it looked at; a clean preamble is 128 zero bytes.",
        )


def _check_meta(meta: FileMeta, place: str) -> None:
    from pydicom.uid import UID  # noqa: PLC0415  (pydicom takes a quarter of a second: only when needed)

    if meta.sop_class_uid == _DIRECTORY_CLASS:
        raise refusal(place, "dicom_directory", "A DICOMDIR only lists files.", "Give the files that it lists.")
    with _decoding(place):
        syntax = UID(meta.transfer_syntax_uid)
        is_known = not syntax.is_private and syntax.is_transfer_syntax
    if not is_known:
        raise refusal(
            f"{place}, (0002,0010) TransferSyntaxUID",
            "dicom_syntax",
            "The transfer syntax is missing or not one of the standard.",
            _SEND_AGAIN,
        )


def _inflate(stream: BinaryIO, start: int, place: str) -> bytes:
    """Inflates a deflated data set (PS3.5 A.5) within LIMITS.intake_in_memory_max_bytes."""
    stream.seek(start)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    data = bytearray()
    try:
        while not inflater.eof and (chunk := inflater.unconsumed_tail or stream.read(LIMITS.copy_chunk_bytes)):
            data += inflater.decompress(chunk, LIMITS.copy_chunk_bytes)
            if len(data) > LIMITS.intake_in_memory_max_bytes:
                message = f"It inflates to more than {LIMITS.intake_in_memory_max_bytes} bytes."
                raise refusal(place, "dicom_too_large", message, "Export it without deflation.")
    except zlib.error as error:
        message = "The deflated data can't be inflated."
        raise refusal(f"{place}, byte {stream.tell()}", "dicom_structure", message, _SEND_AGAIN) from error
    if not inflater.eof:
        message = "The deflated data breaks off."
        raise refusal(f"{place}, byte {stream.tell()}", "dicom_structure", message, _SEND_AGAIN)
    return bytes(data)


def _decode(stream: BinaryIO, place: str) -> FileDataset:
    """Decodes every value but pixels and what is larger than LARGE_VALUE_BYTES."""
    from pydicom import dcmread  # noqa: PLC0415
    from pydicom.dataelem import RawDataElement  # noqa: PLC0415

    stream.seek(0)
    with _decoding(place):
        data_set: FileDataset = dcmread(stream, stop_before_pixels=True, defer_size=LARGE_VALUE_BYTES)
    for tag in sorted(data_set.keys()):
        with _decoding(f"{place}, {tag}"):
            raw: Any = data_set.get_item(tag)
            if isinstance(raw, RawDataElement) and raw.value is None and raw.length > 0:
                continue  # larger than LARGE_VALUE_BYTES, left in the file
            _touch(data_set[tag])
    return data_set


def _touch(element: DataElement) -> None:
    """Makes pydicom decode an element and all in it. It hands on number strings that are no numbers as text."""
    if element.VR == "SQ":
        for item in element.value:
            for inner in item:
                _touch(inner)
    elif element.VR in {"DS", "IS"}:
        values = element.value if element.VM > 1 else [element.value]
        if any(isinstance(value, str) and value for value in values):
            raise ValueError("not a number")


def _check_identity(data_set: FileDataset, meta: FileMeta, place: str) -> None:
    with _decoding(place):
        for keyword in _IDENTIFYING:
            if not str(data_set.get(keyword) or ""):
                raise refusal(f"{place}, {keyword}", "dicom_identity", "A required identifier is missing.", _SEND_AGAIN)
        if meta.sop_class_uid not in {"", str(data_set.SOPClassUID)}:
            raise refusal(
                f"{place}, (0002,0002) MediaStorageSOPClassUID",
                "dicom_identity",
                "The file meta information names another SOP class than the data set.",
                _SEND_AGAIN,
            )


def _describe(data_set: FileDataset, file_name: str | None) -> Descriptor:
    from pydicom.uid import UID  # noqa: PLC0415

    sop_class_uid = UID(str(data_set.SOPClassUID))
    sop_class_name = clean_text(sop_class_uid.name) or "DICOM object"
    modality = _text(data_set, "Modality")
    about = " ".join(part for part in (modality, _text(data_set, "BodyPartExamined").lower()) if part)
    series = _text(data_set, "SeriesDescription") or _text(data_set, "StudyDescription")
    title = clean_text(": ".join(part for part in (about, series or sop_class_name) if part))
    codes = [Coding(_UID_SYSTEM, f"urn:oid:{sop_class_uid}", sop_class_name)]
    if modality:
        codes.insert(0, Coding(_DCM_SYSTEM, modality))
    return Descriptor(title=title, media_type=MEDIA_TYPE, codes=tuple(codes), file_name=file_name)


def _text(data_set: FileDataset, keyword: str) -> str:
    value = data_set.get(keyword)
    return "" if value is None else clean_text(str(value))


@contextmanager
def _structure_faults(place: str, unit: str) -> Iterator[None]:
    try:
        yield
    except StructureFault as fault:
        near = f" near {fault.tag}" if fault.tag else ""
        where = f"{place}, {unit} {fault.offset_bytes}{near}"
        raise refusal(where, "dicom_structure", str(fault), _SEND_AGAIN) from fault


@contextmanager
def _decoding(place: str) -> Iterator[None]:
    """Runs pydicom. What it cannot read it raises in many ways, all of which mean the same here.

    Its warnings and log lines are about values that the standard would have written otherwise, and quote them; they
    are a patient's, so none may get out.
    """
    logger = logging.getLogger("pydicom")
    was_disabled, logger.disabled = logger.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except InputError:
        raise
    except Exception as error:  # struct, value, key, type, lookup, recursion, and pydicom's own family
        raise refusal(place, "dicom_value", "A value can't be decoded.", _SEND_AGAIN) from error
    finally:
        logger.disabled = was_disabled
