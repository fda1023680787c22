"""The files in the demo patient's record that are not FHIR: DICOM, a drawn ECG, a letter. Nobody is named in them."""

from __future__ import annotations

import io
import math
import struct
import zlib
from datetime import date
from random import Random

from deploy.sample_data.documents import make_pdf

DISCHARGE_LETTER = "discharge-letter"
_WIDTH, _HEIGHT = 1200, 360
_SMALL_SQUARE_PIXELS, _SQUARES_A_LARGE_ONE = 8, 5
_PAPER, _FINE, _BOLD, _INK = (255, 250, 247), (248, 222, 216), (236, 186, 176), (32, 36, 44)
_BEAT_PIXELS = 150
_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")


def ct_slice(day: date, uids: tuple[str, ...]) -> bytes:
    """A CT slice: the one that comes with pydicom, as of ``day``."""
    return _dicom("CT_small.dcm", day, uids, body_part="CHEST", description="CT of the chest, axial")


def echocardiogram(day: date, uids: tuple[str, ...]) -> bytes:
    """An ultrasound of 30 frames: the one that comes with pydicom, as of ``day``."""
    return _dicom("examples_ybr_color.dcm", day, uids, body_part="HEART", description="Echocardiogram, loop")


def _dicom(name: str, day: date, uids: tuple[str, ...], *, body_part: str, description: str) -> bytes:
    from pydicom import dcmread  # noqa: PLC0415  (takes a quarter of a second: only when needed)
    from pydicom.data import get_testdata_file  # noqa: PLC0415

    data_set = dcmread(str(get_testdata_file(name, download=False)))
    data_set.remove_private_tags()
    for keyword in (
        *(
            "InstitutionName",
            "InstitutionAddress",
            "ReferringPhysicianName",
            "OperatorsName",
            "PerformingPhysicianName",
        ),
        *("NameOfPhysiciansReadingStudy", "PhysiciansOfRecord", "OtherPatientIDs", "PatientBirthDate", "StationName"),
        *("AccessionNumber", "PatientComments", "PatientAge", "PatientWeight", "AdditionalPatientHistory"),
    ):
        if keyword in data_set:
            delattr(data_set, keyword)
    data_set.PatientName, data_set.PatientID, data_set.PatientSex = "Patient", "demo", "F"
    for keyword in ("StudyDate", "SeriesDate", "ContentDate", "AcquisitionDate", "InstanceCreationDate"):
        if keyword in data_set or keyword == "StudyDate":
            setattr(data_set, keyword, f"{day:%Y%m%d}")
    for keyword, uid in zip(_UIDS, uids, strict=True):
        setattr(data_set, keyword, uid)
    data_set.file_meta.MediaStorageSOPInstanceUID = data_set.SOPInstanceUID
    data_set.BodyPartExamined, data_set.SeriesDescription = body_part, description
    stream = io.BytesIO()
    data_set.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def discharge_letter(admitted: date, discharged: date) -> bytes:
    """A letter of one page (PDF)."""
    return make_pdf(
        "\n".join(
            [
                "South Hospital, Department of Cardiology",
                "",
                "Discharge letter",
                f"Stay from {admitted.isoformat()} to {discharged.isoformat()}",
                "",
                "Dear colleague,",
                "",
                "your patient came to us with pressure in the chest on exertion.",
                "",
                "Findings",
                "  ECG: sinus rhythm, 74 per minute, no acute change.",
                "  Echocardiogram: good pump function, no valve disease.",
                "  CT of the chest: mild coronary arteriosclerosis, lungs free.",
                "  LDL cholesterol above target.",
                "",
                "Treatment",
                "  Atorvastatin 40 mg in the evening is continued.",
                "  Lisinopril 10 mg and metformin 500 mg as before.",
                "",
                "We suggest",
                "  LDL cholesterol and creatinine in three months,",
                "  blood pressure at home, target below 130/80,",
                "  half an hour of walking on most days.",
                "",
                "With kind regards",
                "Cardiology, South Hospital",
                "",
                "This letter is synthetic: nobody in it exists.",
            ]
        )
    )


def electrocardiogram(rng: Random) -> bytes:
    """A strip of ECG paper with some beats (PNG)."""
    rows = [bytearray(_paper_row(y)) for y in range(_HEIGHT)]
    before = _trace(0)
    for x in range(_WIDTH):
        y = round(_trace(x) + rng.gauss(0, 0.7))
        for dot in range(min(before, y) - 1, max(before, y) + 2):
            rows[dot][3 * x : 3 * x + 3] = bytes(_INK)
        before = y
    return _png(rows)


def _paper_row(y: int) -> bytes:
    large = _SMALL_SQUARE_PIXELS * _SQUARES_A_LARGE_ONE
    colours = (
        _BOLD
        if y % large == 0 or x % large == 0
        else _FINE
        if y % _SMALL_SQUARE_PIXELS == 0 or x % _SMALL_SQUARE_PIXELS == 0
        else _PAPER
        for x in range(_WIDTH)
    )
    return b"".join(bytes(colour) for colour in colours)


def _trace(x: int) -> int:
    """The height of the line, in pixels from above: P, QRS and T as bumps on a base line."""
    at = x % _BEAT_PIXELS
    bumps = ((32, 7, 14), (55, 2.2, -14), (60, 2.6, 150), (66, 2.6, -38), (104, 12, 30))
    return round(_HEIGHT * 0.6 - sum(high * math.exp(-(((at - centre) / wide) ** 2)) for centre, wide, high in bumps))


def _png(rows: list[bytearray]) -> bytes:
    """8 bits a sample, RGB (ISO 15948)."""
    head = struct.pack(">IIBBBBB", len(rows[0]) // 3, len(rows), 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    chunks = ((b"IHDR", head), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
