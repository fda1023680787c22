"""A real Kubo for tests, and hands to damage its blocks on disk."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from mendrec.adapters.stores.kubo_process import PrivateKubo, find_kubo
from mendrec.domain.cid import RAW_BLOCK_MAX_BYTES, cid_of, parse_cid
from mendrec.domain.model import Cid
from mendrec.domain.storage_errors import ToolMissing

TOOLS_FOLDER = Path(__file__).resolve().parents[2] / ".tools"


def kubo_binary() -> Path:
    """Returns the binary, or skips the test with the reason."""
    try:
        return find_kubo(TOOLS_FOLDER)
    except ToolMissing as error:
        pytest.skip(f"{error.message} {error.remedy}")


@contextmanager
def running_kubo(folder: Path, overrides: Mapping[str, object] | None = None) -> Iterator[PrivateKubo]:
    """Starts a daemon on the repository in ``folder``, or skips the test with the reason."""
    with PrivateKubo(kubo_binary(), folder, overrides=overrides) as daemon:
        yield daemon


def block_file(daemon: PrivateKubo, cid: Cid) -> Path:
    """Returns the file of one block in the repository: flatfs names it by its multihash in base32."""
    body = parse_cid(cid)[1:].upper()
    multihash = base64.b32decode(body + "=" * (-len(body) % 8))[2:]
    name = base64.b32encode(multihash).decode("ascii").rstrip("=")
    return daemon.folder / "blocks" / name[-3:-1] / f"{name}.data"


def leaf_cid(content: bytes, number: int) -> Cid:
    """Returns the CID of one 256 KiB leaf of ``content``."""
    start = number * RAW_BLOCK_MAX_BYTES
    return cid_of(content[start : start + RAW_BLOCK_MAX_BYTES])


def flip_last_bit(path: Path) -> None:
    """Damages a file as a bad sector would: same length, one bit different."""
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
