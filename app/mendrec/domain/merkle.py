"""Merkle trees over manifest digests: RFC 9162 section 2.1, SHA-256.

Leaf hash SHA-256(0x00 || leaf), node hash SHA-256(0x01 || left || right); the left subtree holds the largest power
of two smaller than the size. Leaves are 32-byte digests in hex; the order of leaves is part of the tree.

NOTE: a proof says that a leaf is at an index of a tree of a size. That the size and the root are the anchored ones
is the caller's to know: take both from the chain's entry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from mendrec.domain.errors import InputError, VerificationError
from mendrec.domain.ids import parse_digest_hex

_LEAF_PREFIX = b"\x00"
_NODE_PREFIX = b"\x01"


class EmptyTree(InputError):
    """A batch has at least one leaf."""

    code = "input.empty_tree"


class LeafIndexError(InputError):
    """There is no such leaf."""

    code = "input.leaf_index"


class NotIncludedError(VerificationError):
    """The leaf is not at that index of the tree with that root."""

    code = "verification.not_included"
    default_remedy = "Ask for the batch's list again from another copy; its digest is in the chain's event."


def root_hex(leaves_hex: Sequence[str]) -> str:
    """Returns MTH(leaves), RFC 9162 section 2.1.1.

    Raises:
        EmptyTree: no leaves.
    """
    return _root(_leaf_hashes(leaves_hex)).hex()


def inclusion_path_hex(leaves_hex: Sequence[str], index: int) -> tuple[str, ...]:
    """Returns PATH(index, leaves), RFC 9162 section 2.1.3.1: the siblings from the leaf upwards.

    Raises:
        EmptyTree: no leaves.
        LeafIndexError: no leaf at ``index``.
    """
    hashes = _leaf_hashes(leaves_hex)
    if not 0 <= index < len(hashes):
        raise LeafIndexError(f"The tree has no leaf {index}; it has {len(hashes)} leaves.")
    return tuple(node.hex() for node in _path(hashes, index))


def inclusion_paths_hex(leaves_hex: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Returns the inclusion path of every leaf, in the order of the leaves, hashing each node once.

    Equal to :func:`inclusion_path_hex` for each index, in O(n log n) instead of O(n²).

    Raises:
        EmptyTree: no leaves.
    """
    hashes = _leaf_hashes(leaves_hex)
    paths: list[list[str]] = [[] for _ in hashes]
    _extend_paths(hashes, paths)
    return tuple(tuple(path) for path in paths)


def require_included(*, leaf_hex: str, index: int, count: int, path_hex: Sequence[str], root_hex: str) -> None:
    """Checks that ``leaf_hex`` is leaf ``index`` of the tree of ``count`` leaves with that root (section 2.1.3.2).

    Raises:
        LeafIndexError: ``index`` is not below ``count``.
        NotIncludedError: the path has not the length this index needs (checked before any hashing), or leads to
            another root.
        InputError: something is not 32 bytes in hex.
    """
    if not 0 <= index < count:
        raise LeafIndexError(f"The tree has no leaf {index}; it has {count} leaves.")
    if len(path_hex) != path_length(index, count):
        raise NotIncludedError("The inclusion path has the wrong length.")
    node = _hash_leaf(_digest(leaf_hex))
    position, last = index, count - 1
    for sibling_hex in path_hex:
        sibling = _digest(sibling_hex)
        if position % 2 == 1 or position == last:
            node = _hash_node(sibling, node)
            while position % 2 == 0 and position != 0:  # a lone right node rises unhashed until it has a left one
                position, last = position // 2, last // 2
        else:
            node = _hash_node(node, sibling)
        position, last = position // 2, last // 2
    if node != _digest(root_hex):
        raise NotIncludedError("The record is not in the anchored batch at that place.")


def path_length(index: int, count: int) -> int:
    """Returns how many siblings the path of leaf ``index`` has in a tree of ``count`` leaves."""
    inner = (index ^ (count - 1)).bit_length()
    return inner + (index >> inner).bit_count()


def _leaf_hashes(leaves_hex: Sequence[str]) -> list[bytes]:
    if not leaves_hex:
        raise EmptyTree("A batch has at least one record.")
    return [_hash_leaf(_digest(leaf)) for leaf in leaves_hex]


def _root(hashes: Sequence[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    split = _split(len(hashes))
    return _hash_node(_root(hashes[:split]), _root(hashes[split:]))


def _path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    if len(hashes) == 1:
        return []
    split = _split(len(hashes))
    if index < split:
        return [*_path(hashes[:split], index), _root(hashes[split:])]
    return [*_path(hashes[split:], index - split), _root(hashes[:split])]


def _extend_paths(hashes: Sequence[bytes], paths: Sequence[list[str]]) -> bytes:
    """Appends to each leaf's path its siblings within this subtree, upwards; returns the subtree's root."""
    if len(hashes) == 1:
        return hashes[0]
    split = _split(len(hashes))
    left = _extend_paths(hashes[:split], paths[:split])
    right = _extend_paths(hashes[split:], paths[split:])
    left_hex, right_hex = left.hex(), right.hex()
    for path in paths[:split]:
        path.append(right_hex)
    for path in paths[split:]:
        path.append(left_hex)
    return _hash_node(left, right)


def _split(count: int) -> int:
    """The largest power of two smaller than ``count`` (which is at least 2)."""
    return 1 << ((count - 1).bit_length() - 1)


def _hash_leaf(leaf: bytes) -> bytes:
    return hashlib.sha256(_LEAF_PREFIX + leaf).digest()


def _hash_node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE_PREFIX + left + right).digest()


def _digest(digest_hex: str) -> bytes:
    return bytes.fromhex(parse_digest_hex(digest_hex))
