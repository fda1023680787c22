"""The simplest store there can be: a reference for the behaviour that every real store must show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from mendrec.domain.cid import CidMismatch, cid_of, parse_cid
from mendrec.domain.errors import InputError
from mendrec.domain.model import Cid
from mendrec.domain.storage_errors import BlobMissing


class MemoryStore:
    """Keeps objects in a dictionary. Tests reach into ``blobs`` to damage them."""

    def __init__(self, name: str = "memory", failure_domain: str = "memory", location: int | None = None) -> None:
        self.name = name
        self.failure_domain = failure_domain
        self.location = location
        self.blobs: dict[Cid, bytes] = {}

    def put(self, cid: Cid, source: BinaryIO) -> None:
        parse_cid(cid)
        data = b"".join(_chunks(source))
        if cid_of(data) != cid:
            raise CidMismatch(f"The bytes are not those of {cid}; nothing was kept.")
        self.blobs[cid] = data

    def read(self, cid: Cid) -> Iterator[bytes]:
        parse_cid(cid)
        if cid not in self.blobs:
            raise BlobMissing(f"The store {self.name} does not have {cid}.")
        data = self.blobs[cid]
        for start in range(0, len(data), 65_536):
            yield data[start : start + 65_536]

    def delete(self, cid: Cid) -> None:
        parse_cid(cid)
        self.blobs.pop(cid, None)


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    try:
        yield source.read()
    except OSError as error:
        raise InputError("The bytes to be stored can't be read from where they come from.") from error
