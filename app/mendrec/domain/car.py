"""Packs of blocks: CARv1 (ipld.io/specs/transport/car/carv1), for raw blocks only. Pure; one block in memory at a time.

A pack is the fixed header of an archive without roots, then sections: the length of CID and data as an unsigned varint,
the CID's 36 bytes, the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mendrec.domain.cid import RAW_BLOCK_MAX_BYTES, CidMismatch, cid_bytes, cid_from_bytes, is_raw_cid, sha256_hex
from mendrec.domain.cid import digest_of_raw_cid as digest_of
from mendrec.domain.errors import InputError
from mendrec.domain.model import Cid

_HEADER = bytes.fromhex("11a265726f6f7473806776657273696f6e01")
"""Varint 17, then DAG-CBOR of {"roots": [], "version": 1}."""
_CID_BYTES = 36
_SECTION_MAX_BYTES = _CID_BYTES + RAW_BLOCK_MAX_BYTES
_VARINT_MAX_BYTES = 4


class MalformedPack(InputError):
    """Not an archive of raw blocks as it is taken here."""

    code = "input.pack"
    default_remedy = "Send a CARv1 without roots, of raw blocks; larger objects are sent one by one."


def pack(blocks: Iterable[tuple[Cid, bytes]]) -> Iterator[bytes]:
    """Yields the bytes of a pack."""
    yield _HEADER
    for cid, data in blocks:
        yield _varint(_CID_BYTES + len(data)) + cid_bytes(cid) + data


def unpack(chunks: Iterable[bytes]) -> Iterator[tuple[Cid, bytes]]:
    """Yields each block of a pack with its CID, checked.

    Raises:
        MalformedPack: another header, a section that is too long or cut, a CID that is not of a raw block.
        CidMismatch: a block is not the one that its CID names.
    """
    source = _Source(chunks)
    if source.take(len(_HEADER)) != _HEADER:
        raise MalformedPack("This is not a CARv1 without roots.")
    while (length := source.varint()) is not None:
        if not _CID_BYTES < length <= _SECTION_MAX_BYTES:
            raise MalformedPack("A section is not of one raw block.")
        try:
            cid = cid_from_bytes(source.take(_CID_BYTES))
        except InputError as error:
            raise MalformedPack("A section has no CID of the one kind that is taken.") from error
        data = source.take(length - _CID_BYTES)
        if not is_raw_cid(cid):
            raise MalformedPack("A section is not of one raw block.")
        if sha256_hex(data) != digest_of(cid):
            raise CidMismatch(f"The bytes are not those of {cid}.")
        yield cid, data


class _Source:
    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._held = bytearray()

    def take(self, size: int) -> bytes:
        while len(self._held) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                raise MalformedPack("The pack ends in the middle of a section.")
            self._held += chunk
        found = bytes(self._held[:size])
        del self._held[:size]
        return found

    def varint(self) -> int | None:
        """The next section's length; None at the end."""
        while not self._held:
            chunk = next(self._chunks, None)
            if chunk is None:
                return None
            self._held += chunk
        value = 0
        for position in range(_VARINT_MAX_BYTES):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << (7 * position)
            if not byte & 0x80:
                return value
        raise MalformedPack("A section's length is no number that is taken.")


def _varint(value: int) -> bytes:
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])
