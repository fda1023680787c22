"""Packs: many small objects in one request, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mendrec.domain.car import MalformedPack, pack, unpack
from mendrec.domain.cid import CidMismatch, cid_of
from mendrec.domain.errors import InputError, VerificationError
from mendrec.domain.model import Cid
from tests.uploads_http.desk import Desk, Sealed, digest_field


def blocks_of(sealed: Sequence[Sealed]) -> list[tuple[Cid, bytes]]:
    return [(cid_of(data), data) for one in sealed for data in one.objects().values()]


def packed(blocks: Sequence[tuple[Cid, bytes]]) -> bytes:
    return b"".join(pack(blocks))


@given(st.lists(st.binary(min_size=1, max_size=400), max_size=6), st.integers(1, 90))
def test_what_was_packed_comes_out_however_it_is_cut(contents: list[bytes], piece: int) -> None:
    blocks = [(cid_of(data), data) for data in contents]
    source = BytesIO(packed(blocks))
    assert list(unpack(iter(lambda: source.read(piece), b""))) == blocks


@given(st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=3), st.data())
def test_a_pack_that_is_cut_or_altered_is_refused_or_is_fewer_whole_blocks(
    contents: list[bytes], data: st.DataObject
) -> None:
    blocks = [(cid_of(one), one) for one in contents]
    whole = packed(blocks)
    cut = data.draw(st.integers(0, len(whole) - 1))
    flipped = bytearray(whole)
    flipped[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    for bad in (whole[:cut], bytes(flipped)):
        try:
            found = list(unpack([bad]))
        except (InputError, VerificationError):
            continue
        assert found == blocks[: len(found)]
        assert len(found) < len(blocks)


def test_a_whole_upload_in_one_pack(desk: Desk) -> None:
    sealed = [desk.seal(b"one"), desk.seal(b"two", "imaging"), desk.seal(b"three", private=True)]
    upload_id = desk.begin(sealed)
    answer = desk.send_pack(upload_id, packed(blocks_of(sealed)))
    assert (answer.status_code, answer.json["missing_count"]) == (200, 0)  # type: ignore[index]
    assert desk.send_pack(upload_id, packed(blocks_of(sealed))).status_code == 200, "again changes nothing"
    assert desk.finish(upload_id, desk.sign(desk.position(upload_id))).status_code == 202
    places = desk.until(upload_id, "done")["receipt"]["records"]
    for one, place in zip(sealed, places, strict=True):
        assert desk.ask("GET", desk.url(place, "payload")).data == one.payload


def with_another_block(blocks: list[tuple[Cid, bytes]]) -> bytes:
    return packed([*blocks, (cid_of(b"not announced"), b"not announced")])


def with_an_altered_block(blocks: list[tuple[Cid, bytes]]) -> bytes:
    (cid, data), *rest = blocks
    return packed([*rest, (cid, data[:-1] + bytes([data[-1] ^ 1]))])


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        (with_another_block, 404),
        (with_an_altered_block, 409),
        (lambda blocks: packed(blocks)[:-1], 400),
        (lambda blocks: b"\x00" + packed(blocks), 400),
        (lambda blocks: packed(blocks) + b"\xff" * 9, 400),
    ],
)
def test_nothing_of_a_bad_pack_counts(
    desk: Desk, spoil: Callable[[list[tuple[Cid, bytes]]], bytes], status: int
) -> None:
    sealed = [desk.seal(b"one")]
    upload_id = desk.begin(sealed)
    bad = spoil(blocks_of(sealed))
    assert desk.send_pack(upload_id, bad).status_code == status
    good = packed(blocks_of(sealed))
    assert desk.send_pack(upload_id, good, Content_Digest=digest_field(b"other")).status_code == 409
    assert desk.as_author("gp").send_pack(upload_id, good).status_code == 404
    assert desk.told(upload_id)["missing_count"] == 3
    assert desk.send_pack(upload_id, good).json["missing_count"] == 0  # type: ignore[index]


def test_only_raw_blocks_travel_in_packs() -> None:
    large = b"x" * 300_000
    with pytest.raises(MalformedPack):
        list(unpack(pack([(cid_of(large), large)])))
    with pytest.raises(MalformedPack):
        list(unpack(pack([(cid_of(large), b"root block")])))
    with pytest.raises(CidMismatch):
        list(unpack(pack([(cid_of(b"one"), b"two")])))
