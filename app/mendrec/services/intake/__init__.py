"""Records in: from what a person has to drafts that are ready to be sealed, or a refusal that names every fault.

:func:`plan_intake` is the door. ``files`` looks at a file and hands it to ``fhir`` or ``dicom``; ``fhir_validate``,
``fhir_patient`` and ``dicom_structure``, ``dicom_pixels`` judge; ``domain/categorise.py`` says what belongs where.
FHIR and DICOM libraries are imported only when the first such file comes.
"""

from mendrec.services.intake.faults import Fault, IntakeRefused
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.items import BytesSource, FileSource, IntakeItem, Source, SourceChanged
from mendrec.services.intake.plan import IntakePlan, Progress, UnknownCategory, plan_intake

__all__ = [
    "BytesSource",
    "Fault",
    "FileSource",
    "IntakeItem",
    "IntakePlan",
    "IntakeRefused",
    "NamedBytes",
    "Progress",
    "Source",
    "SourceChanged",
    "UnknownCategory",
    "plan_intake",
]
