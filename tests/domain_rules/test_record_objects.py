"""Manifest, envelopes and share: they read back equal, and every object that is not of the format is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mendrec.domain.canonical import MalformedJson, canonical_bytes
from mendrec.domain.cid import RAW_BLOCK_MAX_BYTES, cid_of, sha256_hex
from mendrec.domain.descriptor import Coding, Descriptor, InvalidDescriptor, parse_descriptor
from mendrec.domain.envelopes import KeyName, NoSuchCustodian, keys_for, parse_envelopes
from mendrec.domain.errors import InputError, LimitExceeded
from mendrec.domain.ids import parse_address
from mendrec.domain.limits import LIMITS
from mendrec.domain.manifest import parse_manifest
from mendrec.domain.model import Act
from mendrec.domain.share import Share, parse_share
from tests.domain_rules.record_objects import CUSTODIANS, ENVELOPES, MANIFEST, OTHER, RECIPIENTS, SHARE, mutations

DESCRIPTOR = Descriptor(
    "Haemogram", "application/fhir+json", "Observation", (Coding("http://loinc.org", "58410-2", "CBC"),), "cbc.json"
)
PRIVATE = replace(ENVELOPES, threshold=0, custodians=())

OBJECTS = [
    (MANIFEST, parse_manifest),
    (ENVELOPES, parse_envelopes),
    (PRIVATE, parse_envelopes),
    (SHARE, parse_share),
    (DESCRIPTOR, parse_descriptor),
    (Descriptor("t", "a/b"), parse_descriptor),
]


@pytest.mark.parametrize(("subject", "parse"), OBJECTS)
def test_what_is_written_reads_back_equal(subject: Any, parse: Callable[[bytes], Any]) -> None:
    assert parse(subject.to_bytes()) == subject


@pytest.mark.parametrize(("subject", "parse"), OBJECTS)
def test_every_single_mutation_is_refused_or_is_another_valid_object(
    subject: Any, parse: Callable[[bytes], Any]
) -> None:
    """Nothing raises but InputError, and nothing that differs is read as the same."""
    tried = refused = 0
    for value in mutations(json.loads(subject.to_bytes())):
        try:
            data = canonical_bytes(value)
            found = parse(data)
        except InputError:
            refused += 1
        else:
            assert found != subject
            assert found.to_bytes() == data
        tried += 1
    assert tried > 50
    assert refused > tried * 0.8


@pytest.mark.parametrize("missing", ["format", "kind"])
@pytest.mark.parametrize(("subject", "parse"), OBJECTS)
def test_objects_are_not_taken_for_each_other(subject: Any, parse: Callable[[bytes], Any], missing: str) -> None:
    value = json.loads(subject.to_bytes())
    for wrong in ("mendrec/2", "manifest2", ""):
        with pytest.raises(MalformedJson):
            parse(canonical_bytes({**value, missing: wrong}))
    for _, other_parse in OBJECTS:
        if other_parse is not parse:
            with pytest.raises(InputError):
                other_parse(subject.to_bytes())


def test_one_word_is_the_manifests_hash_and_address() -> None:
    assert MANIFEST.digest_hex() == sha256_hex(MANIFEST.to_bytes())
    assert MANIFEST.cid() == cid_of(MANIFEST.to_bytes())
    assert ENVELOPES.cid() == cid_of(ENVELOPES.to_bytes())


def test_a_manifest_larger_than_one_block_is_neither_written_nor_read() -> None:
    overhead = len(replace(MANIFEST, sealed_descriptor=b"x" * 3).to_bytes()) - 4
    largest = replace(MANIFEST, sealed_descriptor=b"x" * ((LIMITS.manifest_max_bytes - overhead) // 4 * 3))
    assert parse_manifest(largest.to_bytes()) == largest
    with pytest.raises(LimitExceeded):
        replace(largest, sealed_descriptor=largest.sealed_descriptor + b"xxx").to_bytes()
    with pytest.raises(LimitExceeded):
        parse_manifest(largest.to_bytes() + b" " * 4)
    with pytest.raises(LimitExceeded):
        replace(ENVELOPES, patient_envelope=b"x" * LIMITS.envelopes_max_bytes).to_bytes()


@pytest.mark.parametrize(
    "changes",
    [
        {"threshold": 0},
        {"threshold": 4},
        {"threshold": -1},
        {"threshold": 1, "custodians": ()},
        {"custodians": ENVELOPES.custodians[::-1]},
        {"custodians": ENVELOPES.custodians[1:]},
        {"custodians": (ENVELOPES.custodians[0], replace(ENVELOPES.custodians[0], index=2))},
    ],
)
def test_envelopes_whose_numbers_do_not_fit_cannot_be_made(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedJson):
        replace(ENVELOPES, **changes)


@pytest.mark.parametrize(("subject", "parse"), OBJECTS[:4])
def test_one_key_for_both_parts_is_refused(subject: Any, parse: Callable[[bytes], Any]) -> None:
    """Else a key released for a LIST would open the payload."""
    one = replace(RECIPIENTS, payload=RECIPIENTS.descriptor)
    changed = (
        replace(subject, binding=replace(subject.binding, recipients=one))
        if isinstance(subject, Share)
        else replace(subject, recipients=one)
    )
    with pytest.raises(MalformedJson):
        parse(changed.to_bytes())


def test_envelopes_that_are_not_one_raw_block_are_refused() -> None:
    """Else a manifest could make every reader and custodian fetch an object as large as a payload may be."""
    tree = cid_of(bytes(RAW_BLOCK_MAX_BYTES + 1))
    with pytest.raises(MalformedJson, match="envelopes"):
        parse_manifest(replace(MANIFEST, envelopes=tree).to_bytes())
    large = replace(MANIFEST, payload=replace(MANIFEST.payload, cid=tree))
    assert parse_manifest(large.to_bytes()) == large, "a payload may be of many blocks"


def test_a_signature_has_one_spelling_and_bounds() -> None:
    value = json.loads(MANIFEST.to_bytes())
    digits = value["signature"][2:]
    spellings = (digits, "0x" + digits.upper(), "0x" + digits[:2] + " " + digits[2:], "0x" + digits[1:], "0x")
    for wrong in (*spellings, "0x" + digits[2:], "0x" + "00" * 4097):
        with pytest.raises(MalformedJson):
            parse_manifest(canonical_bytes({**value, "signature": wrong}))
    longest = {**value, "signature": "0x" + "00" * 4096}
    assert len(parse_manifest(canonical_bytes(longest)).signature) == 4096


def test_each_custodian_finds_its_own_share_and_nobody_else_one() -> None:
    for custodian in CUSTODIANS:
        assert ENVELOPES.of_custodian(custodian).custodian == custodian
    for envelopes, who in ((ENVELOPES, OTHER), (PRIVATE, CUSTODIANS[0])):
        with pytest.raises(NoSuchCustodian):
            envelopes.of_custodian(who)
    assert ENVELOPES.custodians[0].share_of(KeyName.DESCRIPTOR).sealed == b"d"
    assert ENVELOPES.custodians[0].share_of(KeyName.PAYLOAD).sealed == b"p"


def test_listing_needs_the_descriptors_key_alone() -> None:
    assert keys_for(Act.LIST) == (KeyName.DESCRIPTOR,)
    assert set(keys_for(Act.OPEN)) == {KeyName.DESCRIPTOR, KeyName.PAYLOAD}


def test_a_shares_bytes_do_not_show() -> None:
    text = f"{SHARE} {SHARE!r}"
    assert "share_bytes" not in text
    assert repr(SHARE.share_bytes)[2:-1] not in text


PRINTABLE = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), min_size=1, max_size=60)
CODINGS = st.builds(Coding, PRINTABLE, PRINTABLE, st.none() | PRINTABLE)


@given(
    st.builds(
        Descriptor,
        title=PRINTABLE,
        media_type=st.sampled_from(["text/plain", "application/fhir+json", "image/svg+xml", "application/vnd.x-y.z"]),
        fhir_type=st.none() | st.sampled_from(["Observation", "DiagnosticReport"]),
        codes=st.lists(CODINGS, max_size=4).map(tuple),
        file_name=st.none() | PRINTABLE.filter(lambda name: name not in {".", ".."} and not set(name) & set("/\\")),
    )
)
def test_any_descriptor_reads_back_equal(descriptor: Descriptor) -> None:
    assert parse_descriptor(descriptor.to_bytes()) == descriptor


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"title": "x" * 513},
        {"title": "two\nlines"},
        {"media_type": "text"},
        {"media_type": "Text/Plain"},
        {"media_type": "text/plain; charset=utf-8"},
        {"media_type": "text/html\n"},
        {"fhir_type": "observation"},
        {"fhir_type": ""},
        {"file_name": ""},
        {"file_name": "."},
        {"file_name": ".."},
        {"file_name": "../../etc/passwd"},
        {"file_name": "C:\\x"},
        {"file_name": "report\u202efdp.exe"},
        {"file_name": "a\x00.pdf"},
        {"codes": (Coding("s", "c"),) * 65},
    ],
)
def test_a_descriptor_that_would_deceive_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidDescriptor):
        replace(DESCRIPTOR, **changes)


def test_a_descriptor_that_would_deceive_is_refused_from_others_too() -> None:
    value = json.loads(DESCRIPTOR.to_bytes())
    for name, wrong in (("fileName", "../x"), ("title", "a\u202eb"), ("mediaType", "x"), ("codes", [])):
        with pytest.raises(InputError):
            parse_descriptor(canonical_bytes({**value, name: wrong}))


def test_messages_do_not_repeat_what_was_inside() -> None:
    value = {**json.loads(SHARE.to_bytes()), "share": "SECRETSECRET"}
    with pytest.raises(InputError) as caught:
        parse_share(canonical_bytes(value))
    assert "SECRET" not in str(caught.value.as_dict())


def test_envelopes_of_the_largest_allowed_number_of_custodians_fit_one_block() -> None:
    """Sizes as sealing makes them: an age file of a share is under 1,200 bytes."""
    count = LIMITS.custodians_max_count
    sealed = ENVELOPES.custodians[0].descriptor
    largest = replace(
        ENVELOPES,
        patient_envelope=b"x" * 1400,
        custodians=tuple(
            replace(
                ENVELOPES.custodians[0],
                custodian=parse_address(f"0x{number + 1:040x}"),
                index=number + 1,
                descriptor=replace(sealed, sealed=b"x" * 1200),
                payload=replace(sealed, sealed=b"x" * 1200),
            )
            for number in range(count)
        ),
    )
    assert parse_envelopes(largest.to_bytes()) == largest
