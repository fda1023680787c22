"""A small CT slice: a computed phantom (a ring of bone, brain inside, a bright inset), no real data."""

from __future__ import annotations

import io
import struct

from deploy.sample_data.history import Scan
from deploy.sample_data.people import Person

_SIZE_PIXELS = 128
_IMPLEMENTATION_UID = "2.25.302043790172249692526321623266752743501"
_AIR_HU, _BONE_HU, _BRAIN_HU, _INSET_HU = -1000, 900, 35, 70


def make_ct_slice(person: Person, scan: Scan) -> bytes:
    """Returns a DICOM file (PS3.10): CT Image Storage, explicit VR little endian, 16 bits a pixel."""
    from pydicom.dataset import Dataset, FileMetaDataset  # noqa: PLC0415
    from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian  # noqa: PLC0415

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = UID(scan.instance_uid)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = UID(_IMPLEMENTATION_UID)
    meta.ImplementationVersionName = "MENDREC SAMPLE"

    data_set = Dataset()
    data_set.file_meta = meta
    data_set.SOPClassUID = CTImageStorage
    data_set.SOPInstanceUID = scan.instance_uid
    data_set.StudyInstanceUID = scan.study_uid
    data_set.SeriesInstanceUID = scan.series_uid
    data_set.PatientName = f"{person.family_name}^{person.given_name}"
    data_set.PatientID = person.id
    data_set.PatientBirthDate = f"{person.birth_date:%Y%m%d}"
    data_set.PatientSex = person.gender[0].upper()
    data_set.Modality = "CT"
    data_set.BodyPartExamined = "HEAD"
    data_set.SeriesDescription = "Phantom, axial"
    data_set.StudyDate = data_set.SeriesDate = data_set.ContentDate = f"{scan.day:%Y%m%d}"
    data_set.StudyTime = data_set.ContentTime = "120000"
    data_set.Manufacturer = "Mendrec sample generator"
    data_set.SeriesNumber = data_set.InstanceNumber = 1
    data_set.ImageType = ["DERIVED", "SECONDARY", "AXIAL"]
    data_set.Rows = data_set.Columns = _SIZE_PIXELS
    data_set.PixelSpacing = [1.75, 1.75]
    data_set.SliceThickness = 5
    data_set.SamplesPerPixel = 1
    data_set.PhotometricInterpretation = "MONOCHROME2"
    data_set.BitsAllocated = data_set.BitsStored = 16
    data_set.HighBit = 15
    data_set.PixelRepresentation = 1
    data_set.RescaleIntercept, data_set.RescaleSlope = 0, 1
    data_set.WindowCenter, data_set.WindowWidth = 40, 400
    data_set.add_new("PixelData", "OW", _phantom())
    stream = io.BytesIO()
    data_set.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def _phantom() -> bytes:
    centre = (_SIZE_PIXELS - 1) / 2
    values = [
        _hounsfield((column - centre) / centre, (row - centre) / centre)
        for row in range(_SIZE_PIXELS)
        for column in range(_SIZE_PIXELS)
    ]
    return struct.pack(f"<{len(values)}h", *values)


def _hounsfield(x: float, y: float) -> int:
    """The value at (x, y), each from -1 to 1."""
    skull = (x / 0.72) ** 2 + (y / 0.88) ** 2
    if skull > 1:
        return _AIR_HU
    if skull > 0.84:
        return _BONE_HU
    inset = (x - 0.25) ** 2 + (y + 0.2) ** 2
    return _INSET_HU if inset < 0.015 else _BRAIN_HU
