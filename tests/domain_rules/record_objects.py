"""Well-formed objects of the format, to be varied by tests, and the strategies that vary them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mendrec.domain.age_recipient import recipient_from_bytes
from mendrec.domain.cid import cid_of, sha256_hex
from mendrec.domain.envelopes import CustodianEnvelope, Envelopes, KeyName, SealedShare
from mendrec.domain.ids import parse_address
from mendrec.domain.manifest import Manifest, PayloadRef, Recipients
from mendrec.domain.share import RecordBinding, Share

PATIENT = parse_address("0x" + "a1" * 20)  # with letters: their case is a checksum
OTHER = parse_address("0x" + "22" * 20)
AUTHOR = parse_address("0x" + "b3" * 20)
RECORDS = parse_address("0x" + "c4" * 20)
CUSTODIANS = tuple(parse_address("0x" + f"{number:02x}" * 20) for number in (0xD1, 0xD2, 0xD3))
RECIPIENTS = Recipients(recipient_from_bytes(b"\x09" + bytes(31)), recipient_from_bytes(b"\x0a" + bytes(31)))
OTHER_RECIPIENTS = Recipients(RECIPIENTS.payload, RECIPIENTS.descriptor)
CIPHERTEXT = b"some ciphertext"

MANIFEST = Manifest(
    chain_id=31337,
    records=RECORDS,
    patient=PATIENT,
    author=AUTHOR,
    category=2,
    created_at=1_790_000_000,
    payload=PayloadRef(cid_of(CIPHERTEXT), len(CIPHERTEXT), sha256_hex(CIPHERTEXT)),
    sealed_descriptor=b"sealed descriptor",
    recipients=RECIPIENTS,
    envelopes=cid_of(b"envelopes"),
    signature=b"\x01" * 64 + b"\x1b",
)

ENVELOPES = Envelopes(
    patient=PATIENT,
    category=2,
    recipients=RECIPIENTS,
    patient_envelope=b"sealed to the patient",
    threshold=2,
    custodians=tuple(
        CustodianEnvelope(custodian, index, SealedShare("aa" * 32, b"d"), SealedShare("bb" * 32, b"p"))
        for index, custodian in enumerate(CUSTODIANS, start=1)
    ),
)

SHARE = Share(
    binding=RecordBinding.of(MANIFEST),
    key=KeyName.PAYLOAD,
    threshold=2,
    total=3,
    index=1,
    custodian=CUSTODIANS[0],
    share_bytes=b"\x05" * 33,
)

WRONG_VALUES: tuple[Any, ...] = (None, True, False, 0, -1, 1.5, 2**53 - 1, "", "x", "0x", [], [1], {}, {"a": 1})


def mutations(value: Any) -> Iterator[Any]:
    """Every object that differs from ``value`` in one place: a field gone, added, or of a wrong value."""
    if isinstance(value, dict):
        yield {**value, "unknown": 1}
        for name, inner in value.items():
            yield {other: kept for other, kept in value.items() if other != name}
            for wrong in (*WRONG_VALUES, *mutations(inner)):
                if wrong != inner or type(wrong) is not type(inner):
                    yield {**value, name: wrong}
    elif isinstance(value, list):
        yield [*value, None]
        for index, inner in enumerate(value):
            for wrong in (*WRONG_VALUES, *mutations(inner)):
                yield [*value[:index], wrong, *value[index + 1 :]]
    elif isinstance(value, str):
        yield from (value + "x", value[:-1], value.upper(), value.lower(), " " + value)
