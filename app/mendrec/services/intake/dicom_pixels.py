"""Whether the pixel data of a DICOM object is as long as its image is large (PS3.3 C.7.6.3, PS3.5 section 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mendrec.services.intake.dicom_structure import PixelExtent

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset

_VIDEO_PREFIX = "1.2.840.10008.1.2.4.10"
"""MPEG-2, MPEG-4 and HEVC (…4.100 to …4.108): one fragment may hold all frames."""


def pixel_fault(data_set: FileDataset, pixels: PixelExtent | None) -> str | None:
    """Returns what is wrong with the pixel data, or None.

    Longer values than needed are let pass: equipment pads them.
    """
    try:
        size = _ImageSize.of(data_set)
    except (TypeError, ValueError):
        return "The image's size is not given in numbers."
    if pixels is None:
        return "The pixel data is missing." if _needs_pixels(data_set, size.rows) else None
    if min(size.rows, size.columns, size.samples, size.bits_allocated, size.frames) < 1:
        return "There is pixel data, and the image's size is not given."
    if pixels.fragment_count is None:
        return _native_fault(data_set, size, pixels.length_bytes)
    needed_fragments = 1 if _is_video(data_set) else size.frames
    if pixels.fragment_count < needed_fragments:
        return f"{size.frames} frames are announced and {pixels.fragment_count} fragments are there."
    return None


@dataclass(frozen=True, slots=True)
class _ImageSize:
    rows: int
    columns: int
    samples: int
    bits_allocated: int
    frames: int

    @classmethod
    def of(cls, data_set: FileDataset) -> _ImageSize:
        """Raises TypeError or ValueError where a number is none."""
        return cls(
            rows=int(data_set.get("Rows") or 0),
            columns=int(data_set.get("Columns") or 0),
            samples=int(data_set.get("SamplesPerPixel") or 1),
            bits_allocated=int(data_set.get("BitsAllocated") or 0),
            frames=int(data_set.get("NumberOfFrames") or 1),
        )


def _native_fault(data_set: FileDataset, size: _ImageSize, length_bytes: int) -> str | None:
    bits = size.rows * size.columns * size.samples * size.bits_allocated * size.frames
    if data_set.get("PhotometricInterpretation") in {"YBR_FULL_422", "YBR_PARTIAL_422"}:
        bits = bits * 2 // 3  # two chrominance samples for every two pixels
    needed_bytes = (bits + 7) // 8
    if length_bytes < needed_bytes:
        return f"{needed_bytes} bytes of pixels are needed and {length_bytes} are there."
    return None


def _needs_pixels(data_set: FileDataset, rows: int) -> bool:
    """An image has pixels, or says where they are streamed from; a dose has them unless it is only a histogram."""
    from pydicom.uid import UID  # noqa: PLC0415

    if "PixelDataProviderURL" in data_set:
        return False
    name = UID(str(data_set.SOPClassUID)).name
    is_dose_without_histogram = name == "RT Dose Storage" and "DVHSequence" not in data_set
    return rows > 0 or "Image Storage" in name or name == "Segmentation Storage" or is_dose_without_histogram


def _is_video(data_set: FileDataset) -> bool:
    return str(data_set.file_meta.get("TransferSyntaxUID", "")).startswith(_VIDEO_PREFIX)
