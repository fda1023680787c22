"""RFC 9162 trees against a reference written straight from the RFC's recursive definitions."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mendrec.domain.errors import InputError
from mendrec.domain.limits import LIMITS
from mendrec.domain.merkle import (
    EmptyTree,
    LeafIndexError,
    NotIncludedError,
    inclusion_path_hex,
    inclusion_paths_hex,
    path_length,
    require_included,
    root_hex,
)

SIZES = range(1, 65)
LEAVES_HEX = [hashlib.sha256(bytes([number])).hexdigest() for number in range(64)]


def reference_root(leaves: list[bytes]) -> bytes:
    """MTH of section 2.1.1, bottom up: pairs are hashed level by level, an odd last node rises as it is."""
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        paired = [hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def reference_path(leaves: list[bytes], index: int) -> list[bytes]:
    """The sibling met on each level on the way up; a node without one meets none."""
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    path = []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        paired = [hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
        index //= 2
    return path


@pytest.mark.parametrize("size", SIZES)
def test_root_and_every_path_equal_the_reference_and_verify(size: int) -> None:
    leaves_hex = LEAVES_HEX[:size]
    leaves = [bytes.fromhex(leaf) for leaf in leaves_hex]
    root = root_hex(leaves_hex)
    assert root == reference_root(leaves).hex()
    for index in range(size):
        path = inclusion_path_hex(leaves_hex, index)
        assert [bytes.fromhex(node) for node in path] == reference_path(leaves, index)
        assert len(path) == path_length(index, size)
        require_included(leaf_hex=leaves_hex[index], index=index, count=size, path_hex=path, root_hex=root)


@pytest.mark.parametrize("size", SIZES)
def test_all_paths_at_once_are_the_path_of_each(size: int) -> None:
    leaves_hex = LEAVES_HEX[:size]
    each = tuple(inclusion_path_hex(leaves_hex, index) for index in range(size))
    assert inclusion_paths_hex(leaves_hex) == each


@given(st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), min_size=1, max_size=64))
def test_all_paths_at_once_are_right_whatever_the_leaves(leaves_hex: list[str]) -> None:
    """Leaves that are equal too."""
    each = tuple(inclusion_path_hex(leaves_hex, index) for index in range(len(leaves_hex)))
    assert inclusion_paths_hex(leaves_hex) == each


def test_all_paths_of_the_largest_batch_hash_each_node_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[tuple[bytes, bytes]] = []

    def counting(left: bytes, right: bytes) -> bytes:
        hashed.append((left, right))
        return hashlib.sha256(b"\x01" + left + right).digest()

    monkeypatch.setattr("mendrec.domain.merkle._hash_node", counting)
    count = LIMITS.batch_max_leaves
    inclusion_paths_hex([f"{number:064x}" for number in range(count)])
    assert len(hashed) == count - 1


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 32, 33])
def test_no_leaf_proves_at_another_place(size: int) -> None:
    leaves_hex = LEAVES_HEX[:size]
    root = root_hex(leaves_hex)
    for index in range(size):
        path = inclusion_path_hex(leaves_hex, index)
        for other in (other for other in range(size) if other != index):
            with pytest.raises(NotIncludedError):
                require_included(leaf_hex=leaves_hex[index], index=other, count=size, path_hex=path, root_hex=root)


@given(st.data())
def test_any_altered_byte_of_a_proof_is_refused(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 64))
    index = data.draw(st.integers(0, size - 1))
    leaves_hex = LEAVES_HEX[:size]
    words = [leaves_hex[index], root_hex(leaves_hex), *inclusion_path_hex(leaves_hex, index)]
    altered = data.draw(st.integers(0, len(words) - 1))
    flipped = bytearray.fromhex(words[altered])
    flipped[data.draw(st.integers(0, 31))] ^= data.draw(st.integers(1, 255))
    words[altered] = flipped.hex()
    leaf, root, *path = words
    with pytest.raises(NotIncludedError):
        require_included(leaf_hex=leaf, index=index, count=size, path_hex=path, root_hex=root)


@pytest.mark.parametrize("size", [1, 2, 7, 16])
def test_a_path_of_another_length_is_refused_before_hashing(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    leaves_hex = LEAVES_HEX[:size]
    root, path = root_hex(leaves_hex), inclusion_path_hex(leaves_hex, 0)
    monkeypatch.setattr("mendrec.domain.merkle._hash_leaf", lambda _: pytest.fail("hashed before the length check"))
    for wrong in ((*path, "00" * 32), path[:-1]):
        if len(wrong) != len(path):
            with pytest.raises(NotIncludedError):
                require_included(leaf_hex=leaves_hex[0], index=0, count=size, path_hex=wrong, root_hex=root)


def test_an_inner_node_does_not_pass_for_a_leaf() -> None:
    """The second preimage that the two prefixes prevent: 64 bytes of two hashes are not a 32-byte leaf, nor is
    their node hash a leaf hash."""
    leaves_hex = LEAVES_HEX[:4]
    root = root_hex(leaves_hex)
    left, right = (bytes.fromhex(root_hex(pair)) for pair in (leaves_hex[:2], leaves_hex[2:]))
    with pytest.raises(NotIncludedError):
        require_included(leaf_hex=left.hex(), index=0, count=2, path_hex=[right.hex()], root_hex=root)


def test_bad_input_is_refused_as_input() -> None:
    with pytest.raises(EmptyTree):
        root_hex([])
    with pytest.raises(EmptyTree):
        inclusion_path_hex([], 0)
    with pytest.raises(EmptyTree):
        inclusion_paths_hex([])
    for index in (-1, 4):
        with pytest.raises(LeafIndexError):
            inclusion_path_hex(LEAVES_HEX[:4], index)
        with pytest.raises(LeafIndexError):
            require_included(leaf_hex="00" * 32, index=index, count=4, path_hex=["00" * 32] * 2, root_hex="00" * 32)
    for malformed in ("", "00" * 31, "zz" * 32):
        with pytest.raises(InputError):
            root_hex([malformed])
