"""Size, SHA-256 and CID of a ciphertext, computed while it passes: on its way to a sink, or from a store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import BinaryIO, Self

from mendrec.domain.cid import CidBuilder
from mendrec.domain.manifest import PayloadRef

_BATCH_BYTES = 1024**2


class CiphertextDigest:
    """Computes a :class:`PayloadRef` from chunks of any size.

    Chunks are gathered to batches and hashed in one helper thread, at most one batch behind: both hashers let other
    Python code run meanwhile, so hashing costs next to no time beside encryption. Less than one batch (most records)
    starts no thread. Memory is bounded by three batches.
    """

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._cid = CidBuilder()
        self._size_bytes = 0
        self._gathered: list[bytes] = []
        self._gathered_bytes = 0
        self._helper: ThreadPoolExecutor | None = None
        self._running: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._helper is not None:
            self._helper.shutdown(wait=True)
            self._helper = None

    @property
    def size_bytes(self) -> int:
        """Bytes absorbed so far."""
        return self._size_bytes

    def update(self, chunk: bytes) -> None:
        """Absorbs the next bytes."""
        self._size_bytes += len(chunk)
        self._gathered.append(chunk)
        self._gathered_bytes += len(chunk)
        if self._gathered_bytes >= _BATCH_BYTES:
            self._hand_over()

    def finish(self) -> PayloadRef:
        """Returns size and hashes of everything absorbed; the object can't be used after it."""
        self._wait()
        self._hash(self._take())
        return PayloadRef(self._cid.finish(), self._size_bytes, self._sha256.hexdigest())

    def _hand_over(self) -> None:
        self._wait()
        if self._helper is None:
            self._helper = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ciphertext-digest")
        self._running = self._helper.submit(self._hash, self._take())

    def _wait(self) -> None:
        if self._running is not None:
            self._running.result()
            self._running = None

    def _take(self) -> bytes:
        batch = b"".join(self._gathered)
        self._gathered, self._gathered_bytes = [], 0
        return batch

    def _hash(self, batch: bytes) -> None:
        self._sha256.update(batch)
        self._cid.update(batch)


class DigestingSink:
    """A binary sink that passes everything on and digests it."""

    def __init__(self, sink: BinaryIO, digest: CiphertextDigest) -> None:
        self._sink = sink
        self._digest = digest

    def write(self, data: bytes) -> int:
        """Writes as the sink does, and digests what it took: a raw sink may take less than all."""
        written = self._sink.write(data)
        self._digest.update(data if written == len(data) else data[:written])
        return written


class DigestingSource:
    """A binary source over chunks, bounded in size, that digests what it gives."""

    def __init__(self, chunks: Iterable[bytes], digest: CiphertextDigest, *, max_bytes: int) -> None:
        self._chunks: Iterator[bytes] = iter(chunks)
        self._digest = digest
        self._max_bytes = max_bytes
        self._chunk = b""
        self._position = 0

    def read(self, size: int = -1) -> bytes:
        """Returns up to ``size`` bytes, and ``b""`` at the end or once ``max_bytes`` were exceeded."""
        if self._position == len(self._chunk) and not self._next_chunk():
            return b""
        start, self._position = self._position, len(self._chunk)
        if size >= 0:
            self._position = min(start + size, len(self._chunk))
        return self._chunk[start : self._position]

    def drain(self) -> None:
        """Digests what was not read."""
        while self._next_chunk():
            pass

    def _next_chunk(self) -> bool:
        """Takes the next chunk that is not empty. Stops past the bound: a store could go on without end."""
        if self._digest.size_bytes > self._max_bytes:
            return False
        for chunk in self._chunks:
            if chunk:
                self._digest.update(chunk)
                self._chunk, self._position = chunk, 0
                return True
        return False
