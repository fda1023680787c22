"""RFC 9162 section 2.1 written down as the RFC defines it, by recursion: to be compared with, not to be fast."""

from __future__ import annotations

import hashlib


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def leaf_hash(digest: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + digest).digest()


def tree_root(digests: list[bytes]) -> bytes:
    """MTH(D[n])."""
    if len(digests) == 1:
        return leaf_hash(digests[0])
    split = _split(len(digests))
    return hashlib.sha256(b"\x01" + tree_root(digests[:split]) + tree_root(digests[split:])).digest()


def inclusion_path(digests: list[bytes], index: int) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(digests) == 1:
        return []
    split = _split(len(digests))
    if index < split:
        return [*inclusion_path(digests[:split], index), tree_root(digests[split:])]
    return [*inclusion_path(digests[split:], index - split), tree_root(digests[:split])]
