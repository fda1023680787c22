"""The list of a batch: its manifest digests in order, as one raw block. The chain holds their RFC 9162 root.

The list's own SHA-256 travels in the event ``BatchListed``: it says where to look, and the root says what is true.
"""

from __future__ import annotations

from collections.abc import Sequence

from mendrec.domain.canonical import MalformedJson, canonical_bytes, parse_canonical
from mendrec.domain.errors import VerificationError
from mendrec.domain.ids import parse_digest_hex
from mendrec.domain.json_fields import FORMAT, Fields
from mendrec.domain.limits import LIMITS
from mendrec.domain.merkle import root_hex

_KIND = "batch"
_MAX_BYTES = LIMITS.manifest_max_bytes


class BatchListMismatch(VerificationError):
    """The list is not the one whose root is on chain."""

    code = "verification.batch_list"
    default_remedy = "Fetch the list from another copy; `mendrec check` tells which copies are good."


def batch_list_bytes(leaves_hex: Sequence[str]) -> bytes:
    """Returns the stored form of a list of manifest digests.

    Raises:
        InputError: a digest is malformed.
    """
    leaves = [parse_digest_hex(leaf) for leaf in leaves_hex]
    return canonical_bytes({"format": FORMAT, "kind": _KIND, "leaves": leaves})


def parse_batch_list(data: bytes, *, count: int, root: str) -> tuple[str, ...]:
    """Returns the manifest digests, after checking them against the entry on chain.

    Raises:
        InputError: malformed or not canonical.
        BatchListMismatch: another number of leaves, or another root.
    """
    value = parse_canonical(data, max_bytes=_MAX_BYTES, what=_KIND)
    fields = Fields(value, _KIND, required=("format", "kind", "leaves"))
    fields.require_kind(_KIND)
    leaves = tuple(_leaf(leaf) for leaf in fields.objects("leaves", max_count=LIMITS.batch_max_leaves))
    if len(leaves) != count or root_hex(leaves) != root:
        raise BatchListMismatch("The list is not the one that the entry anchors.")
    return leaves


def _leaf(value: object) -> str:
    if not isinstance(value, str) or parse_digest_hex(value) != value:
        raise MalformedJson("batch.leaves are 64 lower-case hex digits each.")
    return value
