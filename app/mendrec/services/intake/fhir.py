"""FHIR R4 in: a bundle, or a single resource, becomes one item per resource, each in its own category.

Splitting comes before sealing, so that a key for one category can never open another. A resource's bytes are its JSON
written compactly: keys in their order, numbers in their spelling (json_text.py). References stay as they are.

Nothing may travel inside something else into a category that is not its own: see :func:`_check_contained`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mendrec.domain.categorise import CONTEXT_TYPES, Placement, categorise, is_stub
from mendrec.services.intake.faults import FaultLog, refusal
from mendrec.services.intake.fhir_describe import describe
from mendrec.services.intake.fhir_patient import PatientWatch
from mendrec.services.intake.fhir_validate import CONTAINER_TYPES, element_faults, is_known_type
from mendrec.services.intake.items import BytesSource, IntakeItem
from mendrec.services.intake.json_text import JsonFault, write_json

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")  # FHIR R4, data type id
_MEND_RESOURCE = "Correct it in the system that it comes from, or take the entry out."


@dataclass(frozen=True, slots=True)
class _Entry:
    place: str
    resource: Any
    full_url: str | None


def fhir_items(value: Any, place: str, category_code: str | None = None) -> tuple[IntakeItem, ...]:
    """Returns one item per resource, in the order of the bundle.

    Args:
        value: a Bundle or one resource, as :func:`mendrec.services.intake.json_text.parse_json` returns it.
        place: how the input is called in faults, usually its path.
        category_code: what a person said. It places resources that do not tell; it cannot overrule those that do.

    Raises:
        IntakeRefused: with every fault that was found.
    """
    if not isinstance(value, dict) or not is_known_type(value.get("resourceType")):
        raise refusal(place, "fhir_unknown_type", "No resource type of FHIR R4.", "Export it as FHIR R4 (4.0.1).")
    log = FaultLog()
    entries = list(_bundle_entries(value, place, log)) if value["resourceType"] == "Bundle" else [_sole(value, place)]
    patients = PatientWatch((entry.resource, entry.full_url) for entry in entries)
    items = [item for entry in entries if (item := _read_entry(entry, category_code, patients, log)) is not None]
    log.raise_if_any()
    return tuple(items)


def _sole(resource: dict[str, Any], place: str) -> _Entry:
    return _Entry(f"{place}: {_name(resource)}", resource, None)


def _bundle_entries(bundle: dict[str, Any], place: str, log: FaultLog) -> Iterator[_Entry]:
    entries = bundle.get("entry")
    if not isinstance(entries, list) or not entries:
        log.add(f"{place}: Bundle.entry", "fhir_no_entries", "The bundle has no entries.", "Export it again.")
        return
    _check_shell(bundle, entries, place, log)
    seen: set[tuple[str, str]] = set()
    for index, entry in enumerate(entries):
        entry_place = f"{place}: entry {index}"
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(resource, dict):
            log.add(entry_place, "fhir_no_resource", "The entry holds no resource.", "Take the entry out.")
            continue
        response = entry.get("response")
        if isinstance(response, dict) and "outcome" in response:
            log.add(entry_place, "fhir_outcome", "The entry holds a server's answer.", "Take the answer out.")
        full_url = entry.get("fullUrl") if isinstance(entry.get("fullUrl"), str) else None
        if full_url is not None and bundle.get("type") != "history":
            key = (full_url, _version(resource))
            if key in seen:
                log.add(entry_place, "fhir_duplicate", "An entry before it has the same fullUrl.", _MEND_RESOURCE)
            seen.add(key)
        yield _Entry(f"{entry_place} ({_name(resource)})", resource, full_url)


def _check_shell(bundle: dict[str, Any], entries: list[Any], place: str, log: FaultLog) -> None:
    """Validates the bundle around its resources, which are validated one by one: nothing is validated twice."""
    shells: list[Any] = []
    for entry in entries:
        bare = {name: value for name, value in entry.items() if name != "resource"} if isinstance(entry, dict) else {}
        shells.append(bare or {"fullUrl": "urn:x-mendrec:bare"})
    shell = {**bundle, "entry": shells}
    try:
        shell_bytes = write_json(shell)
    except JsonFault as error:
        log.add(f"{place}: Bundle", "json", str(error), _MEND_RESOURCE)
        return
    _report_elements(shell, shell_bytes, f"{place}: Bundle", "Bundle", log)


def _read_entry(entry: _Entry, category_code: str | None, patients: PatientWatch, log: FaultLog) -> IntakeItem | None:
    resource, place = entry.resource, entry.place
    resource_type = resource.get("resourceType")
    before = log.count
    if not is_known_type(resource_type):
        log.add(place, "fhir_unknown_type", "No resource type of FHIR R4.", "Export it as FHIR R4 (4.0.1).")
        return None
    if resource_type in CONTAINER_TYPES:
        log.add(
            place, "fhir_container", f"A {resource_type} may hide other records.", "Import what it holds by itself."
        )
        return None
    placement = categorise(resource)
    placed_code = placement.category_code if placement.told else (category_code or placement.category_code)
    if not _check_contained(resource, placed_code, place, log):
        return None
    try:
        resource_bytes = write_json(resource)
    except JsonFault as error:
        log.add(place, "json", str(error), _MEND_RESOURCE)
        return None
    _report_elements(resource, resource_bytes, place, str(resource_type), log)
    _check_category(placement, category_code, place, log)
    patients.check(resource, entry.full_url, place, log)
    if log.count > before:
        return None
    descriptor = describe(resource, entry.full_url)
    return IntakeItem(BytesSource(resource_bytes), len(resource_bytes), placed_code, descriptor)


def _check_contained(resource: Mapping[str, Any], category_code: str, place: str, log: FaultLog) -> bool:
    """Looks at the resources inside a resource; returns whether it can be validated.

    A contained resource stays where it is if it belongs to the same category, says only who and where, or is a stub
    (domain/categorise.py). Otherwise the whole is refused: to take it out would leave a reference that leads nowhere.
    """
    contained = resource.get("contained", [])
    if not isinstance(contained, list):
        return True  # validation names the wrong type
    sound = True
    for index, inner in enumerate(contained):
        inner_place = f"{place}, contained[{index}]"
        inner_type = inner.get("resourceType") if isinstance(inner, dict) else None
        if not is_known_type(inner_type):
            log.add(inner_place, "fhir_unknown_type", "No resource type of FHIR R4.", _MEND_RESOURCE)
            sound = False
        elif inner_type in CONTAINER_TYPES or "contained" in inner:
            log.add(inner_place, "fhir_nested", "A contained resource may not contain others.", _MEND_RESOURCE)
            sound = False
        elif inner_type not in CONTEXT_TYPES and not is_stub(inner):
            inner_code = categorise(inner).category_code
            if inner_code != category_code:
                log.add(
                    inner_place,
                    "fhir_hidden_category",
                    f"It belongs to {inner_code} and lies inside a resource of {category_code}.",
                    "Give it as an entry of its own in the bundle, and refer to it.",
                )
    return sound


def _check_category(placement: Placement, category_code: str | None, place: str, log: FaultLog) -> None:
    if category_code is not None and placement.told and category_code != placement.category_code:
        log.add(
            place,
            "category_conflict",
            f"It belongs to {placement.category_code}, not to {category_code}.",
            "Leave the category out: FHIR resources are filed by their content.",
        )


def _report_elements(resource: dict[str, Any], data: bytes, place: str, root: str, log: FaultLog) -> None:
    for fault in element_faults(resource, data):
        path = f"{root}.{fault.path}" if fault.path else root
        log.add(f"{place}, {path}", f"fhir_{fault.kind}", fault.message, _MEND_RESOURCE)


def _name(resource: Mapping[str, Any]) -> str:
    """``Observation/123``, as far as type and id are well formed."""
    resource_type, resource_id = resource.get("resourceType"), resource.get("id")
    if not is_known_type(resource_type):
        return "unknown type"
    well_formed = isinstance(resource_id, str) and _ID.fullmatch(resource_id)
    return f"{resource_type}/{resource_id}" if well_formed else str(resource_type)


def _version(resource: Mapping[str, Any]) -> str:
    meta = resource.get("meta")
    version = meta.get("versionId") if isinstance(meta, dict) else None
    return version if isinstance(version, str) else ""
