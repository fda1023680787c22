"""DICOM in: read to its last byte or refused with the place; on pydicom's own files and on a generated slice."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import pydicom
import pydicom.data
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from deploy.sample_data import generate
from mendrec.domain.errors import InputError
from mendrec.services.intake import NamedBytes, plan_intake
from mendrec.services.intake.dicom_structure import Encoding, StructureFault, walk_data_set
from tests.intake.builders import sole_fault

SHIPPED = Path(pydicom.data.__file__).parent / "test_files"

REFUSED = {
    "ExplVR_BigEndNoMeta.dcm": "not_what_it_says",
    "ExplVR_LitEndNoMeta.dcm": "not_what_it_says",
    "no_meta.dcm": "not_what_it_says",
    "rtstruct.dcm": "not_what_it_says",
    "MR_truncated.dcm": "dicom_structure",
    "rtplan_truncated.dcm": "dicom_structure",
    "SC_rgb_jpeg.dcm": "dicom_structure",  # implicit VR under an explicit transfer syntax
    "badVR.dcm": "dicom_value",  # NumberOfFrames is no number
    "meta_missing_tsyntax.dcm": "dicom_syntax",
    **dict.fromkeys(
        (
            *("JPEGLSNearLossless_08.dcm", "JPEGLSNearLossless_16.dcm", "SC_rgb_jls_lossy_line.dcm"),
            *("SC_rgb_jls_lossy_sample.dcm", "UN_sequence.dcm", "empty_charset_LEI.dcm", "nested_priv_SQ.dcm"),
            *("no_meta_group_length.dcm", "priv_SQ.dcm"),
        ),
        "dicom_identity",
    ),
}
CATEGORIES = {
    "rtdose": "delivered-radiation-dose",
    "reportsi": "history-and-physical-exam",
    "test-SR": "history-and-physical-exam",
    "waveform_ecg": "history-and-physical-exam",
}
FUZZED = ("MR_small.dcm", "MR_small_implicit.dcm", "MR_small_bigendian.dcm", "MR_small_RLE.dcm", "rtdose.dcm")


@lru_cache
def shipped(name: str) -> bytes:
    return (SHIPPED / name).read_bytes()


@lru_cache(maxsize=1)
def ct_slice() -> bytes:
    (sample,) = generate(1, 1)
    return sample.file("ct-slice.dcm")


def edited(**elements: Any) -> bytes:
    """The generated slice with some elements changed; None takes one out."""
    data_set = pydicom.dcmread(io.BytesIO(ct_slice()))
    for keyword, value in elements.items():
        if value is None:
            delattr(data_set, keyword)
        else:
            setattr(data_set, keyword, value)
    return written(data_set)


def written(data_set: FileDataset) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data_set.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.dcm")), ids=lambda path: path.name)
def test_each_file_that_pydicom_ships_is_taken_whole_or_refused_with_its_reason(path: Path) -> None:
    if path.name in REFUSED:
        assert sole_fault(path.read_bytes(), name=path.name).code == f"intake.{REFUSED[path.name]}"
        return
    (item,) = plan_intake([path]).items
    with item.source.open() as stream:
        assert stream.read() == path.read_bytes()
    expected = next((code for prefix, code in CATEGORIES.items() if path.name.startswith(prefix)), "imaging")
    assert item.category_code == expected
    assert (item.descriptor.media_type, item.descriptor.file_name) == ("application/dicom", path.name)
    name = str(pydicom.dcmread(path, stop_before_pixels=True).get("PatientName") or "\0")
    assert name not in item.descriptor.title


def test_the_generated_slice_is_described_without_the_patient() -> None:
    (item,) = plan_intake([NamedBytes("scan.dcm", ct_slice())]).items
    assert item.descriptor.title == "CT head: Phantom, axial"
    assert item.descriptor.file_name == "scan.dcm"
    assert [coding.code for coding in item.descriptor.codes] == ["CT", "urn:oid:1.2.840.10008.5.1.4.1.1.2"]
    data_set = pydicom.dcmread(io.BytesIO(ct_slice()))
    assert not any(part in repr(item.descriptor) for part in str(data_set.PatientName).split("^"))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FUZZED), st.data())
def test_an_image_cut_anywhere_before_its_last_pixel_is_refused(name: str, data: st.DataObject) -> None:
    whole = shipped(name)
    cut = data.draw(st.integers(1, last_pixel_offset(whole) - 1))
    with pytest.raises(InputError):
        plan_intake([NamedBytes("cut.dcm", whole[:cut])])


@pytest.mark.parametrize("name", FUZZED)
def test_an_image_cut_at_each_of_its_last_bytes_and_around_its_pixels_is_refused(name: str) -> None:
    whole = shipped(name)
    pixels_at = whole.rindex(b"\x7f\xe0\x00\x10" if "bigendian" in name else b"\xe0\x7f\x10\x00")
    end = last_pixel_offset(whole)
    for cut in (*range(pixels_at - 8, pixels_at + 24), *range(end - 12, end)):
        fault = sole_fault(whole[:cut], name="cut.dcm")
        assert fault.code in {"intake.dicom_structure", "intake.dicom_pixels"}


def last_pixel_offset(whole: bytes) -> int:
    """Where the pixel data ends; the files may have padding elements after it."""
    with pydicom.dcmread(io.BytesIO(whole)) as data_set:
        after = [element for element in data_set if element.tag > 0x7FE00010]
    padding = sum(len(element.value) + 12 for element in after)
    return len(whole) - padding


@settings(max_examples=150, deadline=None)
@given(st.sampled_from((*FUZZED, "test-SR.dcm")), st.data())
def test_a_file_with_bytes_changed_is_refused_or_taken_and_nothing_else(name: str, data: st.DataObject) -> None:
    damaged = bytearray(shipped(name))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, min(len(damaged), 3000) - 1))] = data.draw(st.integers(0, 255))
    try:
        (item,) = plan_intake([NamedBytes("damaged", bytes(damaged))]).items
    except InputError:
        return
    item.descriptor.to_bytes()


def test_a_fault_names_the_byte_and_the_tag() -> None:
    fault = sole_fault(ct_slice()[:-1000], name="cut.dcm")
    assert fault.code == "intake.dicom_structure"
    assert "near (7fe0,0010)" in fault.place
    offset = int(fault.place.split("byte ")[1].split()[0])
    assert offset == ct_slice().index(b"\xe0\x7f\x10\x00OW") + 12


@pytest.mark.parametrize(
    ("elements", "code"),
    [
        ({"Rows": 129}, "dicom_pixels"),
        ({"Rows": 0}, "dicom_pixels"),
        ({"NumberOfFrames": 2}, "dicom_pixels"),
        ({"SamplesPerPixel": 3}, "dicom_pixels"),
        ({"PixelData": None}, "dicom_pixels"),
        ({"StudyInstanceUID": None}, "dicom_identity"),
        ({"SOPInstanceUID": ""}, "dicom_identity"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.4"}, "dicom_identity"),
    ],
    ids=str,
)
def test_an_object_that_contradicts_itself_is_refused(elements: dict[str, Any], code: str) -> None:
    data_set = pydicom.dcmread(io.BytesIO(ct_slice()))
    for keyword, value in elements.items():
        if value is None:
            delattr(data_set, keyword)
        else:
            setattr(data_set, keyword, value)
    stream = io.BytesIO()
    data_set.save_as(stream, enforce_file_format=False)
    assert sole_fault(stream.getvalue(), name="x.dcm").code == f"intake.{code}"


@pytest.mark.parametrize("magic", [b"MZ", b"\x7fELF", b"#!"])
def test_a_file_that_is_a_program_as_well_is_refused(magic: bytes) -> None:
    assert sole_fault(magic + ct_slice()[len(magic) :]).code == "intake.dicom_executable"


def test_a_directory_of_files_is_refused() -> None:
    path = SHIPPED / "dicomdirtests" / "DICOMDIR"
    assert sole_fault(path.read_bytes(), name="DICOMDIR").code == "intake.dicom_directory"


def test_content_that_is_an_image_cannot_be_filed_as_something_else() -> None:
    assert sole_fault(ct_slice(), "laboratory").code == "intake.category_conflict"
    assert sole_fault(shipped("rtdose.dcm"), "imaging").code == "intake.category_conflict"
    report = NamedBytes("report.dcm", shipped("test-SR.dcm"))
    assert plan_intake([report], "imaging").counts == {"imaging": 1}


def deflated(body: bytes) -> bytes:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    empty = FileDataset("", Dataset(), file_meta=meta, preamble=b"\0" * 128)
    head = written(empty)
    squeezer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    head = head[: head.index(b"1.2.840.10008.1.2.1.99") + 22]
    length = struct.unpack("<L", head[140:144])[0]
    return written(empty)[: 144 + length] + squeezer.compress(body) + squeezer.flush()


def test_a_deflation_bomb_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    limit_bytes = 5 * 1024**2
    monkeypatch.setattr("mendrec.services.intake.dicom.LIMITS", _Limits(limit_bytes))
    assert sole_fault(deflated(b"\0" * (2 * limit_bytes)), name="x.dcm").code == "intake.dicom_too_large"


class _Limits:
    copy_chunk_bytes = 1024**2

    def __init__(self, limit_bytes: int) -> None:
        self.intake_in_memory_max_bytes = limit_bytes


def test_deflated_data_that_breaks_off_is_refused() -> None:
    whole = shipped("image_dfl.dcm")
    for cut in (len(whole) - 9, len(whole) - 100, 700):
        assert sole_fault(whole[:cut], name="x.dcm").code == "intake.dicom_structure"


def test_sequences_nested_without_end_are_refused() -> None:
    level = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    with pytest.raises(StructureFault, match="nested"):
        walk_data_set(io.BytesIO(level * 40), 0, len(level) * 40, Encoding(explicit_vr=True, little_endian=True))
    head = ct_slice()[: 144 + struct.unpack("<L", ct_slice()[140:144])[0]]
    assert sole_fault(head + level * 100_000, name="x.dcm").code == "intake.dicom_structure"


def test_large_values_besides_the_pixels_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mendrec.services.intake.dicom_structure.LIMITS", _Limits(3000))
    fault = sole_fault(edited(ImageComments="x" * 4000), name="x.dcm")
    assert (fault.code, fault.message) == ("intake.dicom_structure", "Too much besides its pixels.")


def test_a_value_that_cannot_be_decoded_is_named_by_its_tag() -> None:
    data = ct_slice()
    at = data.index(b"\x28\x00\x30\x00DS") + 8
    broken = data[:at] + b"x" * 4 + data[at + 4 :]
    fault = sole_fault(broken, name="x.dcm")
    assert (fault.code, fault.place) == ("intake.dicom_value", "x.dcm, (0028,0030)")


def test_explicit_encoding_is_what_the_generator_writes() -> None:
    assert pydicom.dcmread(io.BytesIO(ct_slice())).file_meta.TransferSyntaxUID == ExplicitVRLittleEndian


def test_what_pydicom_says_of_values_is_neither_logged_nor_warned(caplog: pytest.LogCaptureFixture) -> None:
    at = ct_slice().index(b"\x20\x00\x0d\x00UI") + 8
    with caplog.at_level("DEBUG"):
        plan_intake([NamedBytes("x.dcm", ct_slice()[:at] + b"x" + ct_slice()[at + 1 :])])
    assert caplog.records == []


def test_compressed_frames_that_are_missing_are_refused() -> None:
    whole = shipped("SC_rgb_rle_2frame.dcm")
    frames = b"\x28\x00\x08\x00IS\x02\x00"
    assert whole.count(frames + b"2 ") == 1
    assert sole_fault(whole.replace(frames + b"2 ", frames + b"3 "), name="x.dcm").code == "intake.dicom_pixels"
