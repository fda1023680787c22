"""IPFS through the RPC of a Kubo daemon: the only importer of ``ipfshttpclient``.

[Note: What Kubo does not say] A pin status, ``files stat`` and ``cat`` all pass over a flipped byte; a missing block
in the middle ends a ``cat`` early with HTTP 200; adding good bytes over a damaged block says success and may repair
nothing. So reads here compare lengths and tell "part of it is gone" from "the daemon went away", callers hash what
they read, and a ``put`` over an existing copy is read back.

Every lookup is offline: the question is what *this* store holds, and a CID that nobody has would hang otherwise.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import Any, BinaryIO

from mendrec.adapters.stores.sources import verified_source
from mendrec.domain.cid import RAW_BLOCK_MAX_BYTES, CidMismatch, cid_of, digest_of_block_cid, is_raw_cid, parse_cid
from mendrec.domain.errors import MendrecError
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Cid
from mendrec.domain.storage_errors import BlobMissing, StoreFault, StoreFull, StoreReadOnly, StoreUnreachable

# The library wraps `requests` to choose between IPv4 and IPv6, with an argument that urllib3 warns of and will refuse
# in version 3. The plain `requests` path is enough here; the library reads this when it is imported.
os.environ.setdefault("PY_IPFS_HTTP_CLIENT_PATCH_REQUESTS", "no")

import ipfshttpclient
import ipfshttpclient.exceptions
import requests
from ipfshttpclient import multipart

RANGE_BYTES = 4 * 1024**2
"""``cat`` buffers its whole answer, so content is fetched in ranges of this size."""
CONNECT_TIMEOUT_S = 5
ADD_TIMEOUT_S = 120
"""How long the daemon may take to answer after the last byte of an ``add`` was sent."""
_UPLOAD_CHUNK_BYTES = 262_144
_BLOCKS_PER_REQUEST = 128
_REPAIR_ROUNDS = 3
_REQUESTS_AT_A_TIME = 8
_BLOCK_OPTIONS = {"cid-codec": "raw", "mhtype": "sha2-256", "pin": "true"}
_ADD_OPTIONS = {"hash": "sha2-256", "max-file-links": "174"}

_SAYS_ABSENT = ("could not find", "not found")
_SAYS_DAMAGED = ("failed to fetch all nodes", "different hash", "hash mismatch", "protobuf", *_SAYS_ABSENT)
_SAYS_FULL = ("no space left", "disk quota exceeded", "file too large")
_SAYS_READ_ONLY = ("read-only file system", "permission denied", "operation not permitted")


class IpfsStore:
    """Keeps objects pinned in one Kubo. Satisfies :class:`mendrec.ports.BlobStore`.

    Any Kubo will do: the settings that decide a CID travel with each request.
    """

    def __init__(
        self,
        api_multiaddr: str,
        *,
        name: str,
        failure_domain: str,
        location: int | None = None,
        timeout_s: float = LIMITS.store_timeout_s,
    ) -> None:
        """Names the daemon by its RPC address, such as ``/ip4/127.0.0.1/tcp/5001``; nothing is sent yet.

        Args:
            timeout_s: how long the daemon may keep silent before it counts as unreachable.

        Raises:
            StoreUnreachable: the address is not one the library understands.
        """
        self._name = name
        self._failure_domain = failure_domain
        self._location = location
        try:
            self._client = ipfshttpclient.Client(
                api_multiaddr,
                offline=True,
                timeout=(CONNECT_TIMEOUT_S, timeout_s),
                chunk_size=_UPLOAD_CHUNK_BYTES,
            )
        except ipfshttpclient.exceptions.AddressError as error:
            raise StoreUnreachable(
                f"The RPC address of the store {name} is not a multiaddr.",
                remedy="Write it like /ip4/127.0.0.1/tcp/5001.",
            ) from error

    @property
    def name(self) -> str:
        """Unique within a node."""
        return self._name

    @property
    def failure_domain(self) -> str:
        """Stores that fail together share one."""
        return self._failure_domain

    @property
    def location(self) -> int | None:
        """Number in the on-chain location registry."""
        return self._location

    def put(self, cid: Cid, source: BinaryIO) -> None:
        """Adds and pins the bytes of ``source``; a copy that was there before is read back and repaired if need be.

        Raises:
            StoreFull, StoreReadOnly, StoreUnreachable: the copy is not there, or is not good.
            StoreFault: the daemon says it stored the bytes, and did not.
            CidMismatch: the bytes are not those of ``cid``; nothing was sent.
        """
        parse_cid(cid)
        with verified_source(cid, source) as rewindable:
            start = rewindable.tell()
            was_there = self._is_pinned(cid)
            for _round in range(_REPAIR_ROUNDS):
                self._add(cid, rewindable)
                if not was_there or self._is_good(cid):
                    return
                # Its block cache believed in the bad blocks. Removing them makes the next add write them anew;
                # a damaged root hides the blocks under it, so a second round may find more.
                self._drop(cid)
                rewindable.seek(start)
        raise StoreFault(
            f"The store {self._name} says it stored {cid}, and does not give the bytes back.",
            remedy="Run `ipfs repo verify` on it; setting Datastore.BlockKeyCacheSize to 0 lets it be repaired.",
        )

    def read(self, cid: Cid) -> Iterator[bytes]:
        """Yields the stored bytes, unverified, in chunks of at most 4 MiB.

        Raises:
            BlobMissing: the daemon answers, and does not have it.
            StoreUnreachable: the daemon does not answer, or can't read its disk.
            CidMismatch: the daemon has part of it only, or its tree of blocks is damaged.
        """
        parse_cid(cid)
        with self._answers(damaged=cid):
            try:
                root = bytes(self._client.block.get(cid))
            except ipfshttpclient.exceptions.ErrorResponse as error:
                if _says(error, _SAYS_ABSENT):
                    raise BlobMissing(f"The store {self._name} does not have {cid}.") from error
                raise
        if is_raw_cid(cid):
            yield root
            return
        if hashlib.sha256(root).hexdigest() != digest_of_block_cid(cid):
            raise CidMismatch(f"The store {self._name} holds a damaged tree of blocks for {cid}.")
        yield from self._ranges(cid)

    def delete(self, cid: Cid) -> None:
        """Unpins a copy and removes its blocks, save those that another pinned object shares; no error where none is.

        Raises:
            StoreReadOnly, StoreUnreachable: it is still there.
        """
        parse_cid(cid)
        self._drop(cid)

    def put_blocks(self, blocks: Sequence[tuple[Cid, bytes]]) -> None:
        """See :meth:`mendrec.ports.BlockStore.put_blocks`. Each is pinned; the daemon waits for its disk at each pin.

        So several requests go side by side. Blocks that the daemon has already are believed: callers read back.
        """
        with ThreadPoolExecutor(_REQUESTS_AT_A_TIME) as pool:
            list(pool.map(self._put_some, [blocks[first::_REQUESTS_AT_A_TIME] for first in range(_REQUESTS_AT_A_TIME)]))

    def read_blocks(self, cids: Sequence[Cid]) -> Iterator[bytes]:
        """See :meth:`mendrec.ports.BlockStore.read_blocks`."""
        for first in range(0, len(cids), _BLOCKS_PER_REQUEST):
            part = cids[first : first + _BLOCKS_PER_REQUEST]
            with self._answers():
                try:
                    yield self._client._client.request("/cat", part, opts={"offline": "true"}, decoder="none")
                except ipfshttpclient.exceptions.ErrorResponse as error:
                    if _says(error, _SAYS_ABSENT):
                        raise BlobMissing(f"The store {self._name} does not have all the blocks asked for.") from error
                    raise

    def _put_some(self, blocks: Sequence[tuple[Cid, bytes]]) -> None:
        if not blocks:
            return
        body, headers = multipart.stream_files(
            [_Nameless(BytesIO(data)) for _, data in blocks], chunk_size=_UPLOAD_CHUNK_BYTES
        )
        with self._answers():
            answers = self._client._client.request(
                "/block/put", opts=dict(_BLOCK_OPTIONS), decoder="json", data=body, headers=headers
            )
            named = [str(answer["Key"]) for answer in ([answers] if isinstance(answers, dict) else answers)]
        if named != [cid for cid, _ in blocks]:
            raise StoreFault(f"The store {self._name} named the bytes otherwise than their CIDs.")

    def _add(self, cid: Cid, source: BinaryIO) -> None:
        with self._answers():
            answer = self._client.add(
                _Nameless(source),
                cid_version=1,
                raw_leaves=True,
                chunker=f"size-{RAW_BLOCK_MAX_BYTES}",
                pin=True,
                opts=dict(_ADD_OPTIONS),
                timeout=(CONNECT_TIMEOUT_S, ADD_TIMEOUT_S),
            )
            stored_as = str(answer["Hash"])
        if stored_as != cid:
            with suppress(MendrecError):
                self._drop(Cid(stored_as))
            raise StoreFault(f"The store {self._name} named the bytes {stored_as} instead of {cid}.")

    def _ranges(self, cid: Cid) -> Iterator[bytes]:
        """Fetches the content of a tree whose root is known to be good, so that its size is too."""
        with self._answers(damaged=cid):
            size = int(self._client.files.stat(f"/ipfs/{cid}")["Size"])
        for offset in range(0, size, RANGE_BYTES):
            wanted = min(RANGE_BYTES, size - offset)
            chunk = self._cat(cid, offset, wanted)
            if chunk:
                yield chunk
            if len(chunk) < wanted:
                # It ended early with HTTP 200. Asked for the very next byte, the daemon refuses, or ends early again,
                # where the block is not there or is not good; it gives the byte where it had only broken off.
                if self._cat(cid, offset + len(chunk), 1):
                    raise StoreUnreachable(f"The store {self._name} broke off while {cid} was read.")
                raise CidMismatch(f"The store {self._name} has part of {cid} only.")

    def _cat(self, cid: Cid, offset: int, length: int) -> bytes:
        with self._answers(damaged=cid):
            # `cat` ignores its own offset and length once `opts` is given, so they go in there.
            return bytes(self._client.cat(cid, opts={"offset": str(offset), "length": str(length)}))

    def _is_pinned(self, cid: Cid) -> bool:
        with self._answers():
            try:
                self._client.pin.ls(cid, type="recursive")
            except ipfshttpclient.exceptions.ErrorResponse as error:
                if _says(error, ("not pinned",)):
                    return False
                raise
        return True

    def _is_good(self, cid: Cid) -> bool:
        try:
            return cid_of(self.read(cid)) == cid
        except (CidMismatch, BlobMissing):
            return False

    def _drop(self, cid: Cid) -> None:
        with self._answers():
            try:
                self._client.pin.rm(cid)
            except ipfshttpclient.exceptions.ErrorResponse as error:
                if not _says(error, ("not pinned",)):
                    raise
        blocks = [cid, *self._blocks_under(cid)]
        for first in range(0, len(blocks), _BLOCKS_PER_REQUEST):
            outcomes = self._rpc("/block/rm", blocks[first : first + _BLOCKS_PER_REQUEST], {"force": "true"})
            for outcome in outcomes:
                problem = str(outcome.get("Error") or "")
                if problem and "pinned" not in problem and not any(word in problem for word in _SAYS_ABSENT):
                    raise self._from_words(problem)

    def _blocks_under(self, cid: Cid) -> list[str]:
        if is_raw_cid(cid):
            return []
        return [
            str(ref["Ref"])
            for ref in self._rpc("/refs", [cid], {"recursive": "true", "unique": "true"})
            if ref.get("Ref")
        ]

    def _rpc(self, path: str, arguments: Sequence[str], options: dict[str, str]) -> Iterable[dict[str, Any]]:
        """Calls what the library has no method for, over its own connection."""
        with self._answers():
            try:
                answers: list[dict[str, Any]] = self._client._client.request(
                    path, arguments, opts=options, decoder="json"
                )
            except ipfshttpclient.exceptions.ErrorResponse as error:
                if not _says(error, _SAYS_DAMAGED):
                    raise
                return []
        return answers

    @contextmanager
    def _answers(self, damaged: Cid | None = None) -> Iterator[None]:
        """Translates every way in which the library fails; ``damaged`` names what a broken tree would be of."""
        try:
            yield
        except ipfshttpclient.exceptions.ErrorResponse as error:
            if damaged is not None and _says(error, _SAYS_DAMAGED):
                raise CidMismatch(f"The store {self._name} has part of {damaged} only.") from error
            raise self._from_words(str(error)) from error
        except (ipfshttpclient.exceptions.Error, requests.RequestException) as error:
            raise StoreUnreachable(f"The store {self._name} does not answer.") from error
        except (TypeError, ValueError, LookupError, AssertionError) as error:
            # What the library does on an answer it did not expect, such as an error in the middle of a stream.
            raise StoreFault(f"The store {self._name} gave an answer that can't be understood.") from error

    def _from_words(self, words: str) -> MendrecError:
        lowered = words.lower()
        if any(word in lowered for word in _SAYS_FULL):
            return StoreFull(f"The store {self._name} is full; the copy was not made.")
        if any(word in lowered for word in _SAYS_READ_ONLY):
            return StoreReadOnly(f"The store {self._name} is read-only; nothing was changed.")
        return StoreUnreachable(f"The store {self._name} answered with an error of its own.")


class _Nameless:
    """A source without a name: the library would send a file's full path to the daemon."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source

    def read(self, size: int = -1) -> bytes:
        return self._source.read(size)


def _says(error: Exception, words: Sequence[str]) -> bool:
    text = str(error).lower()
    return any(word in text for word in words)
