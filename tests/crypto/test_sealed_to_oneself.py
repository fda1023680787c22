"""What is sealed to oneself: opened by who made it, for its place; who knows the recipient alone forges nothing."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from mendrec.crypto.age import CannotOpenError, SecretIdentity, seal
from mendrec.crypto.kdf import x25519
from mendrec.crypto.sealed_to_oneself import (
    OpenedFromOneself,
    SelfPlace,
    SelfSealMismatch,
    open_from_oneself,
    seal_to_oneself,
    self_tag_key,
)
from mendrec.domain.canonical import MalformedJson, parse_canonical
from mendrec.domain.ids import parse_address
from tests.vectors import generate

VECTOR = generate.load("sealed_to_oneself")
IDENTITY = SecretIdentity.from_text(VECTOR["identity"])
PLACE = SelfPlace(parse_address(VECTOR["account"]), VECTOR["slot"])
OPENED = OpenedFromOneself(VECTOR["version"], VECTOR["content"])
OTHER = parse_address("0x" + "22" * 20)


def test_the_vector_opens() -> None:
    assert self_tag_key(IDENTITY).hex() == VECTOR["tagKeyHex"]
    assert open_from_oneself(IDENTITY, PLACE, base64.b64decode(VECTOR["sealed"])) == OPENED


def test_it_goes_round_and_says_in_it_what_it_belongs_to() -> None:
    sealed = seal_to_oneself(IDENTITY, PLACE, VECTOR["content"], version=VECTOR["version"])
    assert open_from_oneself(IDENTITY, PLACE, sealed) == OPENED
    said = parse_canonical(VECTOR["plaintextJson"].encode(), max_bytes=10**4, what="vector")
    assert (said["account"], said["slot"], said["version"]) == (PLACE.account.lower(), PLACE.slot, OPENED.version)


@pytest.mark.parametrize("case", VECTOR["refused"], ids=lambda case: case["name"])
def test_what_a_stranger_seals_to_the_same_recipient_is_refused(case: dict[str, Any]) -> None:
    forged = seal(case["plaintext"].encode(), IDENTITY.recipient)
    with pytest.raises(SelfSealMismatch) as caught:
        open_from_oneself(IDENTITY, PLACE, forged)
    assert caught.value.code == "verification.sealed_to_oneself_mismatch"


@pytest.mark.parametrize("place", [SelfPlace(PLACE.account, "settings"), SelfPlace(OTHER, PLACE.slot)])
def test_what_was_sealed_for_another_place_is_refused(place: SelfPlace) -> None:
    with pytest.raises(SelfSealMismatch):
        open_from_oneself(IDENTITY, place, base64.b64decode(VECTOR["sealed"]))


def test_another_identity_opens_nothing() -> None:
    with pytest.raises(CannotOpenError):
        open_from_oneself(SecretIdentity.generate(), PLACE, base64.b64decode(VECTOR["sealed"]))


def test_content_that_canonical_json_cannot_hold_is_not_sealed() -> None:
    with pytest.raises(MalformedJson):
        seal_to_oneself(IDENTITY, PLACE, {"a": float("nan")}, version=1)


def test_x25519_equals_rfc_7748_section_5_2() -> None:
    scalar = bytes.fromhex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4")
    point = bytes.fromhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")
    assert x25519(scalar, point).hex() == "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
