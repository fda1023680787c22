"""age: what is sealed opens, nothing altered does, and no failure of a stream is swallowed by the library."""

from __future__ import annotations

import copy
import io
import pickle

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mendrec.crypto.age import (
    CannotOpenError,
    SecretIdentity,
    open_sealed,
    open_stream,
    seal,
    seal_stream,
)
from mendrec.domain.age_recipient import MalformedIdentity, MalformedRecipient

IDENTITY = SecretIdentity(b"\x07" * 32)
OTHER = SecretIdentity(b"\x08" * 32)
CHUNK = 65536  # of age's STREAM
EDGES = [0, 1, 100, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5]


@given(st.binary(max_size=300))
def test_what_is_sealed_opens(plaintext: bytes) -> None:
    assert open_sealed(seal(plaintext, IDENTITY.recipient), IDENTITY) == plaintext


@pytest.mark.parametrize("size", EDGES)
def test_streams_and_the_library_alone_open_each_other(size: int) -> None:
    plaintext = bytes(range(256)) * (size // 256 + 1)
    plaintext = plaintext[:size]
    native = pyrage.x25519.Identity.from_str(IDENTITY.reveal_text())
    sealed = io.BytesIO()
    seal_stream(io.BytesIO(plaintext), sealed, IDENTITY.recipient)
    assert bytes(pyrage.decrypt(sealed.getvalue(), [native])) == plaintext
    opened = io.BytesIO()
    open_stream(io.BytesIO(pyrage.encrypt(plaintext, [native.to_public()])), opened, IDENTITY)
    assert opened.getvalue() == plaintext


SEALED = seal(b"a small secret", IDENTITY.recipient)


@settings(max_examples=300)
@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_no_altered_byte_opens(position: int, change: int) -> None:
    altered = bytearray(SEALED)
    altered[position] ^= change
    with pytest.raises(CannotOpenError):
        open_sealed(bytes(altered), IDENTITY)
    with pytest.raises(CannotOpenError):
        open_stream(io.BytesIO(bytes(altered)), io.BytesIO(), IDENTITY)


@given(st.integers(0, len(SEALED) - 1))
def test_nothing_cut_or_extended_opens(size: int) -> None:
    for wrong in (SEALED[:size], SEALED + SEALED[size:]):
        with pytest.raises(CannotOpenError):
            open_sealed(wrong, IDENTITY)


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(CannotOpenError):
        open_sealed(data, IDENTITY)
    with pytest.raises(CannotOpenError):
        open_sealed(b"age-encryption.org/v1\n-> X25519 " + data, IDENTITY)


def test_another_key_does_not_open() -> None:
    with pytest.raises(CannotOpenError):
        open_sealed(SEALED, OTHER)


class Failing(io.RawIOBase):
    """Works for some calls, then fails."""

    def __init__(self, calls: int, error: BaseException) -> None:
        self.calls, self.error = calls, error

    def _next(self) -> None:
        self.calls -= 1
        if self.calls < 0:
            raise self.error

    def read(self, size: int = -1) -> bytes:
        self._next()
        return b"x" * max(size, 1)

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._next()
        return len(data)


@pytest.mark.parametrize("size", EDGES)
def test_a_full_disk_is_never_swallowed(size: int) -> None:
    """pyrage alone ends without an error when writing the last chunk fails; a record would be lost unseen."""
    plaintext = b"x" * size
    whole = io.BytesIO()
    writes = 0

    class Counting(io.BytesIO):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            nonlocal writes
            writes += 1
            return super().write(data)

    counting = Counting()
    seal_stream(io.BytesIO(plaintext), counting, IDENTITY.recipient)
    sealed = counting.getvalue()
    for calls in range(writes):
        full = OSError(28, "No space left on device")
        with pytest.raises(OSError, match="No space left") as caught:
            seal_stream(io.BytesIO(plaintext), Failing(calls, full), IDENTITY.recipient)  # type: ignore[arg-type]
        assert caught.value is full
    open_stream(io.BytesIO(sealed), whole, IDENTITY)
    assert whole.getvalue() == plaintext
    if size:
        with pytest.raises(OSError, match="No space left"):
            open_stream(io.BytesIO(sealed), Failing(0, OSError(28, "No space left")), IDENTITY)  # type: ignore[arg-type]


@pytest.mark.parametrize("calls", [0, 1, 20])
def test_a_source_that_fails_raises_its_own_error(calls: int) -> None:
    error = KeyError("the source's own")
    with pytest.raises(KeyError) as caught:
        seal_stream(Failing(calls, error), io.BytesIO(), IDENTITY.recipient)  # type: ignore[arg-type]
    assert caught.value is error
    with pytest.raises(KeyError) as caught:
        open_stream(Failing(0, error), io.BytesIO(), IDENTITY)  # type: ignore[arg-type]
    assert caught.value is error


class Sipping(io.BytesIO):
    """A raw sink that takes at most 1000 bytes at a time."""

    def write(self, data: bytes) -> int:  # type: ignore[override]
        return super().write(bytes(data[:1000]))


@pytest.mark.parametrize("size", EDGES)
def test_a_sink_that_takes_less_at_a_time_gets_everything(size: int) -> None:
    sink = Sipping()
    seal_stream(io.BytesIO(b"x" * size), sink, IDENTITY.recipient)
    assert open_sealed(sink.getvalue(), IDENTITY) == b"x" * size


def test_a_sink_that_takes_nothing_is_an_error() -> None:
    class Stuck(io.BytesIO):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            return 0

    with pytest.raises(OSError, match="takes no more"):
        seal_stream(io.BytesIO(b"x"), Stuck(), IDENTITY.recipient)


def test_a_malformed_recipient_is_refused_before_anything_is_written() -> None:
    sink = io.BytesIO()
    for recipient in ("", "age1", IDENTITY.reveal_text(), "age1pq1qqqq", "ssh-ed25519 AAAA"):
        with pytest.raises(MalformedRecipient):
            seal_stream(io.BytesIO(b"x"), sink, recipient)
    assert sink.getvalue() == b""


def test_a_secret_identity_shows_nowhere() -> None:
    text, raw = IDENTITY.reveal_text(), IDENTITY.reveal_bytes()
    for shown in (repr(IDENTITY), str(IDENTITY), f"{IDENTITY}", f"{[IDENTITY]}", f"{vars(type(IDENTITY)).keys()}"):
        assert text[20:] not in shown
        assert raw.hex() not in shown
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(IDENTITY)
    assert not hasattr(IDENTITY, "__dict__")


def test_identities_are_compared_by_secret_and_read_back() -> None:
    assert SecretIdentity.from_text(IDENTITY.reveal_text()) == IDENTITY
    assert IDENTITY != OTHER
    assert IDENTITY.reveal_text() != IDENTITY
    assert len({IDENTITY, SecretIdentity(b"\x07" * 32), OTHER}) == 2
    assert SecretIdentity.generate() != SecretIdentity.generate()
    for size in (0, 31, 33):
        with pytest.raises(MalformedIdentity):
            SecretIdentity(b"x" * size)
