"""The tables by which records are recognised and filed, for the page: what Python has, and nothing typed twice.

``deploy.generate_frontend`` writes them to ``frontend/src/generated/categories.json``; ``frontend/src/core/intake``
reads them there.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Any, get_args, get_origin

from fhir.resources.R4B import fhirtypes, get_fhir_model_class
from pydantic.fields import FieldInfo
from pydicom._uid_dict import UID_dictionary
from pydicom.uid import UID

from mendrec.domain import categorise
from mendrec.domain.model import SEEDED_CATEGORIES
from mendrec.services.intake import sniff
from mendrec.services.intake.fhir_validate import CONTAINER_TYPES, is_known_type


def frontend_tables() -> dict[str, Any]:
    """Returns all tables, JSON-safe, in a fixed order."""
    return {
        "seededCategories": list(SEEDED_CATEGORIES),
        "defaultCategory": categorise.DEFAULT_CATEGORY,
        "byType": {code: list(names) for code, names in categorise.BY_TYPE.items()},
        "byContent": {name: list(paths) for name, paths in categorise.BY_CONTENT.items()},
        "byCoding": [
            {"system": system, "category": category, "codes": list(codes)}
            for (system, category), codes in categorise.BY_CODING.items()
        ],
        "vitalSignLoincCodes": list(categorise.VITAL_SIGN_LOINC_CODES),
        "refines": {code: sorted(silenced) for code, silenced in categorise.REFINES.items()},
        "deviceProfilePrefix": categorise._PHD_PROFILE_PREFIX,
        "contextTypes": sorted(categorise.CONTEXT_TYPES),
        "stubElements": sorted(categorise._STUB_ELEMENTS),
        "stubReferenceElements": sorted(categorise._STUB_REFERENCE_ELEMENTS),
        "containerTypes": sorted(CONTAINER_TYPES),
        "resourceTypes": _resource_types(),
        "fhirElements": _fhir_elements(),
        "doseSopClasses": sorted(categorise.DOSE_SOP_CLASSES),
        "storagePrefix": categorise._STORAGE_PREFIX,
        "anyContentPrefixes": list(categorise._ANY_CONTENT_PREFIXES),
        "sopClassNames": {uid: UID(uid).name for uid in sorted(UID_dictionary) if _is_sop_class(uid)},
        "transferSyntaxes": sorted(uid for uid in UID_dictionary if UID(uid).is_transfer_syntax),
        "promises": dict(sniff._PROMISES),
    }


def _is_sop_class(uid: str) -> bool:
    return "SOP Class" in UID(uid).type


def _resource_types() -> list[str]:
    names = (name.removesuffix("Type") for name in dir(fhirtypes) if name.endswith("Type"))
    return sorted(name for name in names if is_known_type(name))


def _fhir_elements() -> dict[str, dict[str, str]]:
    """Type → element → rule: what its value is, ``b`` boolean, ``i`` integer, ``d`` number, ``s`` text, ``w`` a date,
    with a time or without, ``?`` any resource, else a type of this table; then ``*`` for a list; then ``!`` where it
    must be there, ``!name`` where one of the choice of that name must; then, after a space, a closed list's codes.
    """
    found: dict[str, dict[str, str]] = {}
    waiting = list(_resource_types())
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        model = get_fhir_model_class(name)
        found[name] = {}
        for attribute, field in model.model_fields.items():
            kind, is_list = _kind_of(field.annotation)
            element = field.alias or attribute
            if element in {"resourceType", "resource_type", "fhir_comments"} or element.startswith("_"):
                continue  # "_x" is what extends the primitive x
            if len(kind) > 1 and kind not in found:
                waiting.append(kind)
            found[name][element] = kind + ("*" if is_list else "") + _rules(field)
    return dict(sorted(found.items()))


def _kind_of(annotation: Any) -> tuple[str, bool]:
    """What one value is, and whether there are several."""
    is_list = get_origin(annotation) is list
    inner = [one for one in get_args(annotation) if one is not type(None)] if get_origin(annotation) else []
    if get_origin(annotation) is Annotated:
        inner = inner[:1]
    if inner:
        kind, deeper = _kind_of(inner[0])
        return kind, is_list or deeper
    model = annotation.get_model_klass().__name__ if hasattr(annotation, "get_model_klass") else None
    if model is not None:
        return ("?" if model == "Resource" else model), is_list
    by_python = {bool: "b", int: "i", Decimal: "d", float: "d", datetime.datetime: "w", datetime.date: "w"}
    return by_python.get(annotation, "s"), is_list


def _rules(field: FieldInfo) -> str:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    must = "!" if field.is_required() or extra.get("element_required") else ""
    if extra.get("one_of_many_required"):
        must = f"!{extra['one_of_many']}"
    codes = extra.get("enum_values")
    is_closed = isinstance(codes, list) and not {"+", "etc."} & {str(code) for code in codes}
    return must + (f" {'|'.join(str(code) for code in codes)}" if is_closed and isinstance(codes, list) else "")
