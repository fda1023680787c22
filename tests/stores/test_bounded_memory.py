"""Objects pass through in pieces: what is held at a time does not grow with the object."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator

import pytest

from mendrec.domain.cid import cid_of
from mendrec.domain.health import EntryRef, ObjectRole, ObjectToCheck
from mendrec.domain.model import Address
from mendrec.domain.placement import PlacementRule
from mendrec.ports import BlobStore
from mendrec.services.check import Checker
from mendrec.services.copies import Copies

MIB = 1024**2
SIZE = 96 * MIB
BOUND = 24 * MIB


class Generated(io.RawIOBase):
    """A large file that is nowhere: each MiB is its number, repeated."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        assert whence == io.SEEK_SET
        self._at = offset
        return offset

    def readinto(self, buffer: object, /) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        count = min(len(view), self._size - self._at, MIB - self._at % MIB)
        view[:count] = (self._at // MIB).to_bytes(8) * (count // 8) + bytes(count % 8)
        self._at += count
        return count


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("kind", ["directory", pytest.param("ipfs", marks=pytest.mark.kubo)])
def test_storing_checking_and_reading_hold_a_few_mebibytes(kind: str, request: pytest.FixtureRequest) -> None:
    store: BlobStore = request.getfixturevalue(kind)
    source = Generated(SIZE)
    cid = cid_of(iter(lambda: source.read(MIB) or b"", b""))
    copies = Copies([store], PlacementRule(1, 1))
    tracemalloc.reset_peak()

    source.seek(0)
    copies.store(cid, io.BufferedReader(source))
    subject = ObjectToCheck(cid, ObjectRole.PAYLOAD, EntryRef(Address("0x" + "1" * 40), 0))
    assert Checker([store], PlacementRule(1, 1)).check([subject]).is_healthy
    with copies.open_verified(cid) as file:
        assert sum(len(chunk) for chunk in iter(lambda: file.read(MIB), b"")) == SIZE

    assert tracemalloc.get_traced_memory()[1] < BOUND
