"""docs/format.md says what the code does: examples, field names, tags, limits, types and error codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from mendrec.crypto import custody, sealed_to_oneself, shamir, wallet
from mendrec.domain import bindings, canonical, cid, merkle, tags
from mendrec.domain.errors import MendrecError
from mendrec.domain.limits import LIMITS
from mendrec.domain.typed_data_record import identity_backup_typed_data, manifest_typed_data
from mendrec.services import opening
from tests.domain_rules.record_objects import MANIFEST, PATIENT
from tests.vectors import format_examples

MODULES = (bindings, canonical, cid, merkle, custody, sealed_to_oneself, shamir, wallet, opening)
TEXT = format_examples.DOCUMENT.read_text(encoding="utf-8")
WORDS = set(re.findall(r"`([^`\n]+)`", TEXT))
NAMES = {name for word in WORDS for name in re.split(r"[^A-Za-z0-9]+", word)}


def field_names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from field_names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from field_names(inner)


def test_the_examples_are_the_vectors() -> None:
    assert format_examples.rendered(TEXT) == TEXT
    assert TEXT.count("<!-- example: ") == 4


@pytest.mark.parametrize("name", ["manifestJson", "descriptorJson", "envelopesJson", "sharesJson"])
def test_every_field_of_every_object_is_described(name: str) -> None:
    assert set(field_names(format_examples.example(name))) <= NAMES


def test_every_tag_is_listed() -> None:
    listed = {word for word in WORDS if re.fullmatch(r"mendrec/[a-z-]+/v\d+", word)}
    assert listed == {tags.LINK, tags.SHARE_COMMITMENT, tags.IDENTITY_BACKUP_KEY, tags.SEALED_TO_ONESELF}


@pytest.mark.parametrize("typed_data", [manifest_typed_data(MANIFEST), identity_backup_typed_data(PATIENT, "site")])
def test_the_typed_data_types_are_written_as_they_are_hashed(typed_data: dict[str, Any]) -> None:
    name = typed_data["primaryType"]
    members = ",".join(f"{member['type']} {member['name']}" for member in typed_data["types"][name])
    assert f"{name}({members})" in re.sub(r",\s+", ",", TEXT)
    for value in (typed_data["domain"]["name"], typed_data["domain"]["version"]):
        assert f'"{value}"' in re.sub(r"\s+", " ", TEXT)


def test_the_limits_are_the_codes() -> None:
    assert LIMITS.manifest_max_bytes == LIMITS.envelopes_max_bytes == cid.RAW_BLOCK_MAX_BYTES == 256 * 1024
    assert f"at most {LIMITS.custodians_max_count} |" in TEXT


def test_every_error_code_named_exists() -> None:
    codes = {
        value.code
        for module in MODULES
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, MendrecError)
    }
    named = {word for word in WORDS if re.fullmatch(r"(verification|input|refused)\.[a-z_]+", word)}
    assert len(named) > 10
    assert named <= codes
