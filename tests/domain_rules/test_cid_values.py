"""CIDs against an independent UnixFS builder, Kubo's own published values, and each refusal of a second spelling."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mendrec.domain.cid import (
    CidBuilder,
    CidMismatch,
    LongerThanAsked,
    cid_of,
    digest_of_raw_cid,
    parse_cid,
    raw_cid_from_digest,
    sha256_hex,
    verified,
)
from mendrec.domain.errors import InputError
from mendrec.domain.limits import LIMITS, Limits

CHUNK = 262_144
LINKS = 174


def varint(number: int) -> bytes:
    out = bytearray()
    while True:
        out.append((number & 0x7F) | (0x80 if number > 0x7F else 0))
        number >>= 7
        if not number:
            return bytes(out)


def field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def reference_cid(data: bytes) -> str:
    """Balanced UnixFS layout with raw leaves, written from the dag-pb and UnixFS specifications."""
    chunks = [data[i : i + CHUNK] for i in range(0, len(data), CHUNK)] or [b""]
    raw = b"\x01\x55\x12\x20"
    nodes = [(raw + hashlib.sha256(chunk).digest(), len(chunk), len(chunk)) for chunk in chunks]  # cid, file, dag size
    while len(nodes) > 1:
        nodes = [parent(nodes[i : i + LINKS]) for i in range(0, len(nodes), LINKS)]
    return "b" + base64.b32encode(nodes[0][0]).decode().rstrip("=").lower()


def parent(children: list[tuple[bytes, int, int]]) -> tuple[bytes, int, int]:
    links = b"".join(
        field(2, field(1, cid) + field(2, b"") + varint(3 << 3) + varint(dag_size)) for cid, _, dag_size in children
    )
    file_size = sum(size for _, size, _ in children)
    sizes = b"".join(varint(4 << 3) + varint(size) for _, size, _ in children)
    unixfs = varint(1 << 3) + varint(2) + varint(3 << 3) + varint(file_size) + sizes  # type 2: file
    block = links + field(1, unixfs)
    cid = b"\x01\x70\x12\x20" + hashlib.sha256(block).digest()
    return cid, file_size, len(block) + sum(dag_size for _, _, dag_size in children)


def patterned(size: int) -> bytes:
    return (bytes(range(251)) * (size // 251 + 1))[:size]


SIZES = [0, 1, 31, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1, 1024**2 - 1, 1024**2]


@pytest.mark.parametrize("size", [*SIZES, LINKS * CHUNK, LINKS * CHUNK + 1])
def test_cid_equals_the_reference_at_every_boundary(size: int) -> None:
    data = patterned(size)
    assert cid_of(data) == reference_cid(data)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1024**2))
def test_cid_equals_the_reference_at_any_size(size: int) -> None:
    data = patterned(size)
    assert cid_of(data) == reference_cid(data)


@pytest.mark.parametrize(
    ("data", "cid"),
    [
        (b"", "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
        (b"hello world", "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"),
    ],
)
def test_values_that_kubo_gives(data: bytes, cid: str) -> None:
    """Results of ``ipfs add --cid-version=1`` that IPFS's own documentation and tests name."""
    assert cid_of(data) == cid


@settings(max_examples=20, deadline=None)
@given(st.lists(st.binary(max_size=CHUNK + 9), max_size=6))
def test_how_the_bytes_are_cut_does_not_matter(chunks: list[bytes]) -> None:
    builder = CidBuilder()
    for chunk in chunks:
        builder.update(chunk)
    assert builder.finish() == cid_of(chunks) == cid_of(b"".join(chunks))


@given(st.binary(max_size=2000))
def test_one_block_has_its_sha_256_as_address(data: bytes) -> None:
    assert raw_cid_from_digest(sha256_hex(data)) == cid_of(data)
    assert digest_of_raw_cid(cid_of(data)) == sha256_hex(data)


def test_verified_passes_good_bytes_and_raises_at_the_end_of_others() -> None:
    good = [b"ab", b"", b"c"]
    assert list(verified(cid_of(b"abc"), good)) == good
    for bad in ([b"abd"], [b"ab"], [b"abc", b"d"], []):
        seen = []
        with pytest.raises(CidMismatch):
            seen.extend(verified(cid_of(b"abc"), bad))
    with pytest.raises(CidMismatch):
        list(verified(cid_of(patterned(2 * CHUNK)), [patterned(2 * CHUNK - 1)]))


class Endless:
    """Sends chunks for ever and counts them; a consumer with no bound at all fails instead of running on."""

    def __init__(self, chunk: bytes) -> None:
        self.chunk = chunk
        self.sent_bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.sent_bytes += len(self.chunk)
            assert self.sent_bytes < 64 * CHUNK, "read on and on"
            yield self.chunk


@pytest.mark.parametrize("max_bytes", [None, 10, 10 * CHUNK])
def test_no_more_is_read_for_a_raw_block_than_one_block(max_bytes: int | None) -> None:
    source = Endless(bytes(1000))
    with pytest.raises(CidMismatch) as mismatch:
        list(verified(cid_of(b"x"), source, max_bytes=max_bytes))
    assert not isinstance(mismatch.value, LongerThanAsked), "it is certain that these are other bytes"
    assert CHUNK < source.sent_bytes <= CHUNK + len(source.chunk)


def test_no_more_is_read_for_a_tree_than_the_caller_takes() -> None:
    tree = patterned(2 * CHUNK)
    assert b"".join(verified(cid_of(tree), [tree], max_bytes=len(tree))) == tree
    for chunks in ([tree], [tree[:-1], tree[-1:]]):
        with pytest.raises(LongerThanAsked):
            list(verified(cid_of(tree), chunks, max_bytes=len(tree) - 1))
    source = Endless(bytes(1000))
    with pytest.raises(LongerThanAsked):
        list(verified(cid_of(tree), source, max_bytes=len(tree)))
    assert source.sent_bytes <= len(tree) + len(source.chunk)


def test_no_more_is_read_for_a_tree_than_the_largest_object_has(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Limits(payload_max_bytes=3 * CHUNK)
    monkeypatch.setattr("mendrec.domain.cid.LIMITS", small)
    source = Endless(bytes(1000))
    with pytest.raises(CidMismatch) as mismatch:
        list(verified(cid_of(patterned(2 * CHUNK)), source))
    assert not isinstance(mismatch.value, LongerThanAsked)
    assert small.payload_max_bytes < source.sent_bytes <= small.object_max_bytes + len(source.chunk)


def test_the_largest_object_is_the_largest_payload_sealed() -> None:
    """age: a nonce of 16 bytes, chunks of 64 KiB with a tag of 16 bytes each, and a header before them."""
    chunks = -(-LIMITS.payload_max_bytes // 65_536)
    sealed_without_header = LIMITS.payload_max_bytes + 16 + 16 * chunks
    assert 1000 < LIMITS.object_max_bytes - sealed_without_header < 100_000


def test_only_one_spelling_is_a_cid() -> None:
    raw, tree = cid_of(b"x"), cid_of(patterned(CHUNK + 1))
    assert parse_cid(raw) == raw
    assert parse_cid(tree) == tree
    digest = hashlib.sha256(b"x").digest()
    last_bits_set = raw[:-1] + chr(ord(raw[-1]) + 1)
    for text in (
        "",
        "b",
        raw.upper(),
        raw.title(),
        raw + "=",
        raw[:-1],
        raw + "a",
        last_bits_set,
        "\uff42" + raw[1:],
        "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG",
        "b" + base64.b32encode(b"\x01\x71\x12\x20" + digest).decode().rstrip("=").lower(),
        "b" + base64.b32encode(b"\x01\x55\x13\x20" + digest).decode().rstrip("=").lower(),
        "b" + base64.b32encode(b"\x01\x55\x12\x20" + digest[:-1]).decode().rstrip("=").lower(),
    ):
        with pytest.raises(InputError):
            parse_cid(text)
    for text in (tree, raw + "aaaaaaaa"):
        with pytest.raises(InputError):
            digest_of_raw_cid(text)
    for digest_hex in ("", "00" * 31, "zz" * 32):
        with pytest.raises(InputError):
            raw_cid_from_digest(digest_hex)
