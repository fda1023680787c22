"""Whole records: they open to what was sealed; swapped, cut, reordered and altered ones do not, and say whose fault."""

from __future__ import annotations

import hashlib
import io
import itertools
import stat
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mendrec.crypto.age import CannotOpenError, SecretIdentity, seal
from mendrec.crypto.custody import open_patient_envelope
from mendrec.crypto.manifest_signature import require_author_signature, sign_manifest
from mendrec.crypto.record_keys import RecordKeys
from mendrec.crypto.wallet import InvalidSignatureError
from mendrec.domain.age_recipient import MalformedRecipient
from mendrec.domain.bindings import require_envelopes_of_manifest
from mendrec.domain.cid import cid_of, sha256_hex
from mendrec.domain.errors import LimitExceeded
from mendrec.domain.limits import Limits
from mendrec.domain.manifest import PayloadRef, parse_manifest
from mendrec.services.opening import (
    PayloadMismatch,
    WrongKeyError,
    open_descriptor,
    open_payload,
    open_payload_to_file,
)
from mendrec.services.sealing import seal_record
from tests.crypto.sealing_world import DESCRIPTOR, Sealed, SealingWorld

CHUNK = 65536
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * 1024**2 + 3]


def keys_of(world: SealingWorld, sealed: Sealed) -> RecordKeys:
    return open_patient_envelope(world.patient_identity, sealed.record.envelopes)


def opened(world: SealingWorld, sealed: Sealed, chunks: list[bytes]) -> bytes:
    sink = io.BytesIO()
    open_payload(sealed.record.manifest, keys_of(world, sealed).payload, chunks, sink)
    return sink.getvalue()


@pytest.mark.parametrize("size", SIZES)
def test_a_record_opens_to_exactly_what_was_sealed(world: SealingWorld, size: int) -> None:
    data = hashlib.shake_256(b"seed").digest(size)
    sealed = world.seal(data)
    record = sealed.record
    assert record.payload == PayloadRef(
        cid_of(sealed.ciphertext), len(sealed.ciphertext), sha256_hex(sealed.ciphertext)
    )
    assert parse_manifest(record.manifest_bytes) == record.manifest
    assert record.manifest_digest_hex == sha256_hex(record.manifest_bytes)
    assert record.manifest_cid == cid_of(record.manifest_bytes)
    assert record.envelopes_cid == cid_of(record.envelopes_bytes) == record.manifest.envelopes
    require_author_signature(record.manifest)
    require_envelopes_of_manifest(record.envelopes, record.manifest)
    assert opened(world, sealed, [sealed.ciphertext]) == data
    assert open_descriptor(record.manifest, keys_of(world, sealed).descriptor) == DESCRIPTOR


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(0, 210_000), max_size=8))
def test_how_a_store_cuts_its_chunks_does_not_matter(
    world: SealingWorld, sealed: Sealed, plaintext: bytes, cuts: list[int]
) -> None:
    edges = [0, *sorted(cuts), len(sealed.ciphertext)]
    chunks = [sealed.ciphertext[start:end] for start, end in itertools.pairwise(edges)]
    assert opened(world, sealed, chunks) == plaintext


def test_keys_are_fresh_for_every_record(world: SealingWorld) -> None:
    first, second = world.seal(b"same").record, world.seal(b"same").record
    parts = [*vars_of(first), *vars_of(second)]
    assert len(set(parts)) == len(parts)


def vars_of(record: object) -> list[object]:
    manifest = record.manifest  # type: ignore[attr-defined]
    return [manifest.recipients.descriptor, manifest.recipients.payload, manifest.payload.cid, manifest.envelopes]


def _swapped_for_another_valid_one(world: SealingWorld, sealed: Sealed, plaintext: bytes) -> list[bytes]:
    return [seal(plaintext[:-1] + b"!", sealed.record.manifest.recipients.payload)]


def _sealed_again(world: SealingWorld, sealed: Sealed, plaintext: bytes) -> list[bytes]:
    return [seal(plaintext, sealed.record.manifest.recipients.payload)]


def _anothers_payload(world: SealingWorld, sealed: Sealed, plaintext: bytes) -> list[bytes]:
    return [world.seal(plaintext).ciphertext]


def _cut(world: SealingWorld, sealed: Sealed, plaintext: bytes) -> list[bytes]:
    return [sealed.ciphertext[:-1]]


def _cut_at_a_chunk(world: SealingWorld, sealed: Sealed, plaintext: bytes) -> list[bytes]:
    header = sealed.ciphertext.index(b"\n---") + 4
    start = sealed.ciphertext.index(b"\n", header) + 1 + 16
    return [sealed.ciphertext[: start + CHUNK + 16]]


def _reordered(world: SealingWorld, sealed: Sealed, plaintext: bytes) -> list[bytes]:
    header = sealed.ciphertext.index(b"\n---") + 4
    start = sealed.ciphertext.index(b"\n", header) + 1 + 16
    size = CHUNK + 16
    first, second = sealed.ciphertext[start : start + size], sealed.ciphertext[start + size : start + 2 * size]
    return [sealed.ciphertext[:start], second, first, sealed.ciphertext[start + 2 * size :]]


def _extended(world: SealingWorld, sealed: Sealed, plaintext: bytes) -> list[bytes]:
    return [sealed.ciphertext, b"x"]


def _nothing(world: SealingWorld, sealed: Sealed, plaintext: bytes) -> list[bytes]:
    return []


ATTACKS = [
    _swapped_for_another_valid_one,
    _sealed_again,
    _anothers_payload,
    _cut,
    _cut_at_a_chunk,
    _reordered,
    _extended,
    _nothing,
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_payload_other_than_the_manifests_is_refused(
    world: SealingWorld, sealed: Sealed, plaintext: bytes, attack: object, tmp_path: Path
) -> None:
    chunks = attack(world, sealed, plaintext)  # type: ignore[operator]
    with pytest.raises(PayloadMismatch):
        opened(world, sealed, chunks)
    path = tmp_path / "out"
    path.write_bytes(b"was here before")
    with pytest.raises(PayloadMismatch):
        open_payload_to_file(sealed.record.manifest, keys_of(world, sealed).payload, chunks, path)
    assert path.read_bytes() == b"was here before"
    assert list(tmp_path.iterdir()) == [path]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_altered_byte_is_refused(world: SealingWorld, sealed: Sealed, data: st.DataObject) -> None:
    altered = bytearray(sealed.ciphertext)
    altered[data.draw(st.integers(0, len(altered) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(PayloadMismatch):
        opened(world, sealed, [bytes(altered)])


def test_each_of_size_sha_256_and_cid_is_compared(world: SealingWorld, sealed: Sealed) -> None:
    payload, key = sealed.record.manifest.payload, keys_of(world, sealed).payload
    for wrong in (
        replace(payload, size_bytes=payload.size_bytes + 1),
        replace(payload, sha256_hex="00" * 32),
        replace(payload, cid=cid_of(b"other")),
    ):
        with pytest.raises(PayloadMismatch):
            open_payload(replace(sealed.record.manifest, payload=wrong), key, [sealed.ciphertext], io.BytesIO())


def test_a_store_that_never_ends_is_left_after_the_stated_size(world: SealingWorld, sealed: Sealed) -> None:
    given_out = 0

    def endless() -> Iterator[bytes]:
        nonlocal given_out
        yield sealed.ciphertext
        while given_out < 10**9:
            given_out += 1000
            yield b"x" * 1000

    with pytest.raises(PayloadMismatch):
        open_payload(sealed.record.manifest, keys_of(world, sealed).payload, endless(), io.BytesIO())
    assert given_out <= 2000


def test_a_good_copy_that_the_author_sealed_wrongly_is_told_apart(world: SealingWorld, sealed: Sealed) -> None:
    """The bytes are those that the author signed, and were sealed to another key: no other copy will help."""
    junk = seal(b"x" * 100_000, SecretIdentity.generate().recipient)
    manifest = replace(sealed.record.manifest, payload=PayloadRef(cid_of(junk), len(junk), sha256_hex(junk)))
    chunks = [junk[at : at + 1000] for at in range(0, len(junk), 1000)]
    with pytest.raises(CannotOpenError):
        open_payload(manifest, keys_of(world, sealed).payload, chunks, io.BytesIO())


def test_another_key_is_refused_before_any_byte_is_read(world: SealingWorld, sealed: Sealed) -> None:
    keys = keys_of(world, sealed)

    def untouched() -> Iterator[bytes]:
        pytest.fail("the store was read")
        yield b""

    for wrong in (keys.descriptor, SecretIdentity.generate()):
        with pytest.raises(WrongKeyError):
            open_payload(sealed.record.manifest, wrong, untouched(), io.BytesIO())
    with pytest.raises(WrongKeyError):
        open_descriptor(sealed.record.manifest, keys.payload)


def test_a_store_that_goes_away_raises_its_own_error_and_leaves_no_file(
    world: SealingWorld, sealed: Sealed, tmp_path: Path
) -> None:
    def gone() -> Iterator[bytes]:
        yield sealed.ciphertext[:100_000]
        raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):
        open_payload_to_file(sealed.record.manifest, keys_of(world, sealed).payload, gone(), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_verified_file_appears_complete_and_private(
    world: SealingWorld, sealed: Sealed, plaintext: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "out"
    open_payload_to_file(sealed.record.manifest, keys_of(world, sealed).payload, [sealed.ciphertext], path)
    assert path.read_bytes() == plaintext
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("size", [99, 100, 101, 5_000_000])
def test_the_size_limit_is_found_while_streaming(world: SealingWorld, size: int) -> None:
    limits = Limits(payload_max_bytes=100)
    if size <= 100:
        world.seal(b"x" * size, limits=limits)
    else:
        with pytest.raises(LimitExceeded):
            world.seal(b"x" * size, limits=limits)


class _Counted(io.BytesIO):
    """A sink that counts what it takes and keeps nothing."""

    taken = 0

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.taken += len(data)
        return len(data)


class _Zeros(io.RawIOBase):
    """A source of zeros."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        taken = min(size, self.left)
        self.left -= taken
        return bytes(taken)


def test_memory_does_not_grow_with_the_file(world: SealingWorld) -> None:
    size = 64 * 1024**2
    tracemalloc.start()
    seal_record(
        world.draft(),
        _Zeros(size),  # type: ignore[arg-type]
        _Counted(),
        patient_recipient=world.patient_identity.recipient,
        custodians=world.custodians,
        threshold=2,
        wallet=world.author,
    )
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < size // 4


def test_what_can_be_refused_is_refused_before_anything_is_written(world: SealingWorld) -> None:
    sink = io.BytesIO()
    with pytest.raises(MalformedRecipient):
        seal_record(
            world.draft(),
            io.BytesIO(b"x"),
            sink,
            patient_recipient="age1nonsense",
            custodians=world.custodians,
            threshold=2,
            wallet=world.author,
        )
    assert sink.getvalue() == b""


def test_a_failing_sink_fails_the_sealing(world: SealingWorld) -> None:
    class Full(io.BytesIO):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        seal_record(
            world.draft(),
            io.BytesIO(b"x"),
            Full(),
            patient_recipient=world.patient_identity.recipient,
            custodians=world.custodians,
            threshold=2,
            wallet=world.author,
        )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("chain_id", 1),
        ("category", 3),
        ("created_at", 5),
        ("sealed_descriptor", b"other"),
        ("signature", b"\x01" * 64 + b"\x1b"),
        ("signature", b"\x01" * 100),
    ],
)
def test_a_manifest_changed_after_signing_is_refused(sealed: Sealed, field: str, value: object) -> None:
    with pytest.raises(InvalidSignatureError):
        require_author_signature(replace(sealed.record.manifest, **{field: value}))


def test_a_manifest_in_anothers_name_is_refused(world: SealingWorld, sealed: Sealed) -> None:
    manifest = replace(sealed.record.manifest, author=world.patient.address)
    with pytest.raises(InvalidSignatureError):
        require_author_signature(manifest)
    with pytest.raises(InvalidSignatureError):
        sign_manifest(manifest, world.author)


def test_a_contract_wallets_signature_is_asked_of_its_contract(world: SealingWorld, sealed: Sealed) -> None:
    manifest = replace(sealed.record.manifest, author=world.records.address, signature=b"\x02" * 130)
    asked = []

    def agrees(address: object, digest: bytes, signature: bytes) -> None:
        asked.append((address, len(digest), signature))

    def refuses(*_: object) -> None:
        raise InvalidSignatureError("The contract does not agree.")

    require_author_signature(manifest, contract_signature=agrees)
    assert asked == [(world.records.address, 32, b"\x02" * 130)]
    with pytest.raises(InvalidSignatureError):
        require_author_signature(manifest, contract_signature=refuses)
    with pytest.raises(InvalidSignatureError):
        require_author_signature(manifest)


def test_a_descriptor_that_is_none_is_the_authors_fault(world: SealingWorld, sealed: Sealed) -> None:
    for junk in (b"", b"{}", b"not json"):
        forged = seal(junk, sealed.record.manifest.recipients.descriptor)
        with pytest.raises(CannotOpenError):
            open_descriptor(
                replace(sealed.record.manifest, sealed_descriptor=forged), keys_of(world, sealed).descriptor
            )
