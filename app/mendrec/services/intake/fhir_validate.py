"""FHIR R4 validation of one resource: ``fhir.resources`` (R4B models), and what those models let pass.

The models coerce: they take ``"5"`` for a decimal, ``"yes"`` for a boolean, a number for a date, any word for a status
and null for anything. FHIR's JSON format (https://hl7.org/fhir/R4/json.html) allows none of it, so a second walk
compares each value with what the model made of it.

Messages are made here from the kind of the fault. The library's own may quote values, which are a patient's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mendrec.services.intake.json_text import JsonNumber

if TYPE_CHECKING:
    from pydantic import BaseModel

CONTAINER_TYPES = frozenset({"Bundle", "Parameters"})
"""Resources that carry other resources, of any category."""

_ABSTRACT_TYPES = frozenset({"Resource", "DomainResource"})
_TYPE_NAME = re.compile(r"[A-Z][A-Za-z]{2,63}")
_ELEMENT_NAME = re.compile(r"_?[a-z][A-Za-z0-9]{0,63}")
_SCALAR_KINDS = ("bool_", "int_", "float_", "decimal_")
_MESSAGES = {
    "missing_element": "A required element is missing.",
    "unknown_element": "FHIR R4 has no such element here.",
    "wrong_type": "The value has the wrong JSON type for this element.",
    "bad_value": "The value breaks a rule of FHIR R4 for this element.",
    "bad_code": "The code is none of those that FHIR R4 allows here.",
    "empty": "Null, and an object or list without content, are not allowed here.",
}


@dataclass(frozen=True, slots=True)
class ElementFault:
    """A fault at an element path such as ``valueQuantity.value`` or ``category[0].coding``."""

    path: str
    kind: str

    @property
    def message(self) -> str:
        """In words, without the value."""
        return _MESSAGES[self.kind]


def is_known_type(name: Any) -> bool:
    """Whether ``name`` is a concrete resource type of FHIR R4 (as R4B has them)."""
    return isinstance(name, str) and _model_of(name) is not None


def element_faults(resource: Mapping[str, Any], resource_bytes: bytes) -> list[ElementFault]:
    """Returns all that is wrong with a resource of a known type; ``resource_bytes`` is its JSON.

    Contained resources must be of known types too.
    """
    from pydantic import ValidationError  # noqa: PLC0415  (with fhir.resources half a second: only when needed)

    faults = list(_form_faults(resource, ""))
    model_class = _model_of(str(resource["resourceType"]))
    if model_class is None:
        return [*faults, ElementFault("resourceType", "bad_value")]
    try:
        model = model_class.model_validate_json(resource_bytes)
    except ValidationError as error:
        return faults + [_from_library(item) for item in error.errors(include_url=False, include_input=False)]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        return [*faults, ElementFault("", "bad_value")]  # the library itself tripped over it
    return faults + list(_value_faults(model, resource, ""))


@lru_cache(maxsize=256)
def _model_of(name: str) -> type[BaseModel] | None:
    from fhir.resources.R4B import get_fhir_model_class  # noqa: PLC0415
    from fhir.resources.R4B.resource import Resource  # noqa: PLC0415

    if not _TYPE_NAME.fullmatch(name) or name in _ABSTRACT_TYPES:
        return None
    try:
        model_class: type[BaseModel] = get_fhir_model_class(name)
    except (ValueError, KeyError, ModuleNotFoundError):
        return None
    return model_class if isinstance(model_class, type) and issubclass(model_class, Resource) else None


@lru_cache(maxsize=1024)
def _elements_of(model_class: type[BaseModel]) -> dict[str, tuple[str, frozenset[str] | None]]:
    """Element name in JSON to (attribute, allowed codes); None where the list of codes is open or not given."""
    elements: dict[str, tuple[str, frozenset[str] | None]] = {}
    for attribute, field in model_class.model_fields.items():
        extra = field.json_schema_extra
        codes = extra.get("enum_values") if isinstance(extra, dict) else None
        closed = isinstance(codes, list) and not {"+", "etc."} & {str(code) for code in codes}
        allowed = frozenset(str(code) for code in codes) if closed and isinstance(codes, list) else None
        elements[field.alias or attribute] = (attribute, allowed)
    return elements


def _form_faults(value: Any, path: str) -> Iterator[ElementFault]:
    """What FHIR's JSON format forbids whatever the type is."""
    if isinstance(value, dict):
        if not value:
            yield ElementFault(path, "empty")
        for name, child in value.items():
            if not _ELEMENT_NAME.fullmatch(name):
                yield ElementFault(path, "unknown_element")
            elif child is None:
                yield ElementFault(_join(path, name), "empty")
            else:
                yield from _form_faults(child, _join(path, name))
    elif isinstance(value, list):
        if not value or all(item is None for item in value):
            yield ElementFault(path, "empty")
        for index, child in enumerate(value):
            yield from _form_faults(child, f"{path}[{index}]")


def _value_faults(model: BaseModel, raw: Mapping[str, Any], path: str) -> Iterator[ElementFault]:
    elements = _elements_of(type(model))
    is_resource = "implicitRules" in elements  # an element that calls itself a resource is none
    for name, value in raw.items():
        if name == "resourceType" and is_resource:
            continue
        if name not in elements or name == "fhir_comments":
            yield ElementFault(_join(path, name), "unknown_element")
            continue
        attribute, allowed_codes = elements[name]
        yield from _compare(getattr(model, attribute), value, _join(path, name), allowed_codes)


def _compare(parsed: Any, raw: Any, path: str, allowed_codes: frozenset[str] | None) -> Iterator[ElementFault]:
    if isinstance(raw, dict):
        if hasattr(type(parsed), "model_fields"):
            yield from _value_faults(parsed, raw, path)
        else:
            yield ElementFault(path, "wrong_type")
    elif isinstance(raw, list):
        if not isinstance(parsed, list) or len(parsed) != len(raw):
            yield ElementFault(path, "wrong_type")
            return
        for index, (parsed_item, raw_item) in enumerate(zip(parsed, raw, strict=True)):
            yield from _compare(parsed_item, raw_item, f"{path}[{index}]", allowed_codes)
    elif not _same_json_type(parsed, raw):
        yield ElementFault(path, "wrong_type")
    elif allowed_codes is not None and isinstance(raw, str) and raw not in allowed_codes:
        yield ElementFault(path, "bad_code")


def _same_json_type(parsed: Any, raw: Any) -> bool:
    if raw is None:
        return parsed is None
    if isinstance(raw, bool):
        return isinstance(parsed, bool)
    if isinstance(raw, JsonNumber):
        return isinstance(parsed, Decimal | float) or (type(parsed) is int and raw.is_integer)
    return not isinstance(parsed, bool | int | float | Decimal)


def _from_library(error: Mapping[str, Any]) -> ElementFault:
    kind, location = str(error["type"]), list(error["loc"])
    if kind == "model_validation_format":
        location = location[:-1]
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif _ELEMENT_NAME.fullmatch(str(part)):
            path = _join(path, str(part))
    if "missing" in kind:
        return ElementFault(path, "missing_element")
    if kind == "extra_forbidden":
        return ElementFault(path, "unknown_element")
    if kind.endswith("_type") or kind.startswith(_SCALAR_KINDS) or kind in {"json_invalid", "model_validation_format"}:
        return ElementFault(path, "wrong_type")
    return ElementFault(path, "bad_value")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
