"""Reading what is to be stored. A fault of the source is the giver's, and is never blamed on the store."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from mendrec.domain.cid import CidMismatch, cid_of
from mendrec.domain.errors import InputError
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Cid
from mendrec.domain.storage_errors import TemporarySpaceMissing


def chunks_of(source: BinaryIO) -> Iterator[bytes]:
    """Yields the rest of ``source`` in chunks of at most ``copy_chunk_bytes``.

    Raises:
        InputError: the source can't be read.
    """
    while True:
        try:
            chunk = source.read(LIMITS.copy_chunk_bytes)
        except OSError as error:
            raise InputError("The bytes to be stored can't be read from where they come from.") from error
        if not chunk:
            return
        yield chunk


@contextmanager
def verified_source(cid: Cid, source: BinaryIO) -> Iterator[BinaryIO]:
    """Hands out the rest of ``source`` for reading again and again, after it has been checked once.

    A source that can't be rewound passes through a temporary file; memory stays bounded either way.

    Raises:
        CidMismatch: the bytes are not those of ``cid``.
        InputError: the source can't be read.
        TemporarySpaceMissing: there is no room for the temporary file.
    """
    if source.seekable():
        start = source.tell()
        _require(cid, chunks_of(source))
        source.seek(start)
        yield source
        return
    with tempfile.TemporaryFile() as spool:
        for chunk in chunks_of(source):
            try:
                spool.write(chunk)
            except OSError as error:
                raise TemporarySpaceMissing("There is no room to hold the bytes while they are stored.") from error
        spool.seek(0)
        _require(cid, chunks_of(spool))
        spool.seek(0)
        yield spool


def _require(cid: Cid, chunks: Iterator[bytes]) -> None:
    if cid_of(chunks) != cid:
        raise CidMismatch(f"The bytes are not those of {cid}; nothing was kept.")
