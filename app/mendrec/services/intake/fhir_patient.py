"""One bundle, one patient: what belongs to somebody else must not enter this patient's record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mendrec.services.intake.faults import FaultLog

_SUBJECT_ELEMENTS = ("subject", "patient", "beneficiary", "for")
_PATIENT_REFERENCE = re.compile(r"(?P<base>https?://[^?#]*/)?Patient/(?P<id>[A-Za-z0-9\-.]{1,64})(?:/_history/.*)?")


class PatientWatch:
    """Tells apart the patients that a bundle's resources are about.

    A patient has several names: its id, its ``fullUrl``, relative and absolute references. Two servers may use one id
    for two people, so the ``fullUrl`` decides where there is one. A reference that leads to an entry which is no
    Patient (a Group, a Device), or into the resource itself (``#…``), is not counted.
    """

    def __init__(self, entries: Iterable[tuple[Mapping[str, Any], str | None]]) -> None:
        self._type_by_url: dict[str, Any] = {}
        self._patient_by_name: dict[str, str] = {}
        self._first: str | None = None
        for resource, full_url in entries:
            if full_url is not None:
                self._type_by_url[full_url] = resource.get("resourceType")
            if resource.get("resourceType") == "Patient":
                name = _name_of(resource, full_url)
                self._patient_by_name.setdefault(name, name)
                if isinstance(resource.get("id"), str):
                    self._patient_by_name.setdefault(resource["id"], name)

    def check(self, resource: Mapping[str, Any], full_url: str | None, place: str, log: FaultLog) -> None:
        """Notes a fault where ``resource`` is about another patient than those before it."""
        for patient in self._patients_of(resource, full_url):
            if self._first is None or patient.endswith(f"/Patient/{self._first}"):
                self._first = patient  # the same one, named more exactly
            elif patient != self._first and not self._first.endswith(f"/Patient/{patient}"):
                log.add(
                    place,
                    "fhir_second_patient",
                    "It is about another patient than the entries before it.",
                    "Export each patient in a bundle of its own.",
                )
                return

    def _patients_of(self, resource: Mapping[str, Any], full_url: str | None) -> Iterator[str]:
        if resource.get("resourceType") == "Patient":
            yield _name_of(resource, full_url)
            return
        for element in _SUBJECT_ELEMENTS:
            value = resource.get(element)
            reference = value.get("reference") if isinstance(value, Mapping) else None
            if isinstance(reference, str) and (name := self._resolve(reference)) is not None:
                yield name

    def _resolve(self, reference: str) -> str | None:
        if self._type_by_url.get(reference, "Patient") != "Patient":
            return None
        if (known := self._patient_by_name.get(reference)) is not None:
            return known
        if match := _PATIENT_REFERENCE.fullmatch(reference):
            if match["base"]:
                return f"{match['base']}Patient/{match['id']}"
            return self._patient_by_name.get(match["id"], match["id"])
        return reference if reference.startswith("urn:") else None


def _name_of(patient: Mapping[str, Any], full_url: str | None) -> str:
    """Its fullUrl, else its id, else a name of its own: two nameless patients are two."""
    patient_id = patient.get("id")
    return full_url or (patient_id if isinstance(patient_id, str) else f"nameless {id(patient)}")
