"""Content identifiers: CIDv1, base32, sha2-256, raw leaves, 256 KiB chunks, 174 links a node.

These are Kubo's settings too (adapters/stores/ipfs.py pins them), so the same bytes have the same CID in every
store. Up to 256 KiB a file is one raw block, and its CID's digest is simply the SHA-256 of its bytes; that is how
one 32-byte word on chain is a manifest's hash and its address at once.

The only importer of ``aleph_cid``.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

from aleph_cid import CidHasher

from mendrec.domain.errors import InputError, VerificationError
from mendrec.domain.ids import parse_digest_hex
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Cid

RAW_BLOCK_MAX_BYTES = 262_144
_RAW_SHA256_PREFIX = bytes([0x01, 0x55, 0x12, 0x20])  # CIDv1, raw codec, sha2-256, 32 bytes
_DAG_PB_SHA256_PREFIX = bytes([0x01, 0x70, 0x12, 0x20])


class CidMismatch(VerificationError):
    """The bytes are not those that the CID names."""

    code = "verification.cid_mismatch"
    default_remedy = "Fetch it from another copy; `mendrec check` tells which copies are good."


class LongerThanAsked(CidMismatch):
    """More bytes came than the caller takes, so it was not read to the end: whether they are the right ones is open."""

    code = "verification.longer_than_asked"


class CidBuilder:
    """Computes a CID from chunks of any size, in constant memory."""

    def __init__(self) -> None:
        self._hasher = CidHasher.for_ipfs_v1_raw_leaves()

    def update(self, chunk: bytes) -> None:
        """Absorbs the next bytes."""
        self._hasher.update(chunk)

    def finish(self) -> Cid:
        """Returns the CID; the builder can't be used after it."""
        return Cid(self._hasher.finalize())


def cid_of(data: bytes | Iterable[bytes]) -> Cid:
    """Returns the CID of bytes, or of chunks of bytes."""
    builder = CidBuilder()
    for chunk in (data,) if isinstance(data, bytes) else data:
        builder.update(chunk)
    return builder.finish()


def verified(cid: Cid, chunks: Iterable[bytes], *, max_bytes: int | None = None) -> Iterable[bytes]:
    """Passes chunks on and raises unless they were the bytes of ``cid``.

    The consumer must treat what it got as unverified until the iteration has ended. A source that never ends is left
    as soon as it has sent more than ``cid`` can name: one block for the CID of a raw block, else ``max_bytes``.

    Args:
        max_bytes: for a CID that tells no size, at most so many; where not given, the largest object that there is.

    Raises:
        LongerThanAsked: more than ``max_bytes`` came for a CID that tells no size.
        CidMismatch: more came than the CID can name, or, after the last chunk, other bytes.
    """
    is_raw = is_raw_cid(cid)
    bound = RAW_BLOCK_MAX_BYTES if is_raw else LIMITS.object_max_bytes if max_bytes is None else max_bytes
    builder, received = CidBuilder(), 0
    for chunk in chunks:
        received += len(chunk)
        if received > bound:
            if is_raw or max_bytes is None:
                raise CidMismatch(f"More bytes came than {cid} can name.")
            raise LongerThanAsked(f"More than {max_bytes} bytes came for {cid}.")
        builder.update(chunk)
        yield chunk
    if builder.finish() != cid:
        raise CidMismatch(f"The bytes are not those of {cid}.")


def raw_cid_from_digest(digest_hex: str) -> Cid:
    """Returns the CID of the one raw block whose SHA-256 is ``digest_hex``. Raises InputError for another shape."""
    return _encode(_RAW_SHA256_PREFIX + bytes.fromhex(parse_digest_hex(digest_hex)))


def digest_of_raw_cid(cid: Cid) -> str:
    """Returns the SHA-256 (hex) that a raw-block CID carries.

    Raises:
        InputError: not the CID of a raw block.
    """
    data = _decode(parse_cid(cid))
    if not data.startswith(_RAW_SHA256_PREFIX):
        raise InputError(f"{cid} is not the CID of one raw block.")
    return data[4:].hex()


def is_raw_cid(cid: Cid) -> bool:
    """Tells whether ``cid`` names one raw block, which is then the content itself."""
    return _decode(cid).startswith(_RAW_SHA256_PREFIX)


def digest_of_block_cid(cid: Cid) -> str:
    """Returns the SHA-256 (hex) of the one block that ``cid`` names: the content, or the root of its tree."""
    return _decode(parse_cid(cid))[4:].hex()


def parse_cid(text: str) -> Cid:
    """Returns ``text`` as a CID of the one form used here.

    Raises:
        InputError: any other form, so that one content never has two names.
    """
    data = _decode(text)
    if len(data) != 36 or not data.startswith((_RAW_SHA256_PREFIX, _DAG_PB_SHA256_PREFIX)) or _encode(data) != text:
        raise InputError("Not a CIDv1 in base32 over sha2-256.")
    return Cid(text)


def cid_bytes(cid: Cid) -> bytes:
    """Returns the 36 bytes of a CID. Raises InputError for another form."""
    return _decode(parse_cid(cid))


def cid_from_bytes(data: bytes) -> Cid:
    """Returns the CID that 36 bytes are. Raises InputError for another form."""
    return parse_cid(_encode(data))


def sha256_hex(data: bytes) -> str:
    """Returns the SHA-256 of ``data`` in hex."""
    return hashlib.sha256(data).hexdigest()


def _encode(data: bytes) -> Cid:
    return Cid("b" + base64.b32encode(data).decode("ascii").rstrip("=").lower())


def _decode(text: str) -> bytes:
    if not text.startswith("b") or not text.isascii():
        raise InputError("Not a CIDv1 in base32.")
    body = text[1:].upper()
    try:
        return base64.b32decode(body + "=" * (-len(body) % 8))
    except ValueError as error:
        raise InputError("Not a CIDv1 in base32.") from error
