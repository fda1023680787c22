"""What Python seals the browser opens, and the reverse, by both of its ways; neither opens what is damaged."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage
import pytest

from mendrec.crypto.age import SecretIdentity, open_stream, seal_stream
from mendrec.domain.cid import cid_of
from tests.browser_crypto.harness import Browser

pytestmark = pytest.mark.browser

CHUNK = 64 * 1024
SEALED_CHUNK = CHUNK + 16
LARGE = 100_000_000
LARGE_MEMORY_MAX_MIB = 150
"""How much the page's process may grow meanwhile. One whole copy each of file and ciphertext would be 190 MiB; the
library's buffer form takes more than four times the file."""


def content(size: int) -> bytes:
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def ref_of(ciphertext: bytes) -> dict[str, Any]:
    return {
        "cid": cid_of(ciphertext),
        "sizeBytes": len(ciphertext),
        "sha256Hex": hashlib.sha256(ciphertext).hexdigest(),
    }


def open_in(browser: Browser, path: str, identity: SecretIdentity, expected: dict[str, Any] | None) -> dict[str, Any]:
    job = {"kind": "open", "file": "sealed", "result": "opened", "identity": identity.reveal_text(), "path": path}
    return browser.run({**job, "expected": expected})


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 33 * CHUNK + 7])
def test_python_seals_and_the_browser_opens(browser: Browser, path: str, size: int) -> None:
    identity = SecretIdentity.generate()
    sealed = pyrage.encrypt(content(size), [pyrage.x25519.Recipient.from_str(identity.recipient)])
    (browser.files / "sealed").write_bytes(sealed)

    done = open_in(browser, path, identity, ref_of(sealed))

    assert done.get("code") is None
    assert (browser.results / "opened").read_bytes() == content(size)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 33 * CHUNK + 7])
def test_the_browser_seals_and_python_opens(browser: Browser, path: str, size: int) -> None:
    identity = SecretIdentity.generate()
    (browser.files / "plain").write_bytes(content(size))

    done = browser.run(
        {"kind": "seal", "file": "plain", "result": "sealed", "recipient": identity.recipient, "path": path}
    )

    sealed = (browser.results / "sealed").read_bytes()
    assert done["ref"] == ref_of(sealed)
    assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity.reveal_text())]) == content(size)


def test_a_large_file_goes_both_ways_in_bounded_memory_and_with_progress(browser: Browser, tmp_path: Path) -> None:
    path = "webcrypto" if browser.run({"kind": "supported"})["supported"] else "library"
    identity = SecretIdentity.generate()
    plain, sealed, opened = browser.files / "plain", browser.files / "sealed", tmp_path / "opened"
    plain.write_bytes(content(LARGE))
    before_mib = browser.peak_mib()

    done = browser.run(
        {"kind": "seal", "file": "plain", "result": "sealed", "recipient": identity.recipient, "path": path}
    )

    assert done["reports"] >= 20
    assert done["lastReport"] == LARGE
    (browser.results / "sealed").rename(sealed)
    with sealed.open("rb") as source, opened.open("wb") as sink:
        open_stream(source, sink, identity)
    assert opened.read_bytes() == plain.read_bytes()
    with plain.open("rb") as source, sealed.open("wb") as sink:
        seal_stream(source, sink, identity.recipient)

    done = open_in(browser, path, identity, ref_of(sealed.read_bytes()))

    assert done.get("code") is None
    assert done["lastReport"] == sealed.stat().st_size
    assert (browser.results / "opened").read_bytes() == plain.read_bytes()
    assert browser.peak_mib() - before_mib < LARGE_MEMORY_MAX_MIB


def test_a_large_file_by_the_library_alone(browser: Browser) -> None:
    identity = SecretIdentity.generate()
    plain, sealed = browser.files / "plain", browser.files / "sealed"
    plain.write_bytes(content(LARGE))
    with plain.open("rb") as source, sealed.open("wb") as sink:
        seal_stream(source, sink, identity.recipient)

    done = open_in(browser, "library", identity, ref_of(sealed.read_bytes()))

    assert done.get("code") is None
    assert (browser.results / "opened").read_bytes() == plain.read_bytes()


DAMAGES: dict[str, Callable[[bytes, list[bytes]], bytes]] = {
    "a bit turned in the middle": lambda head, chunks: _flipped(head + b"".join(chunks), -2 * SEALED_CHUNK),
    "a bit turned at the end": lambda head, chunks: _flipped(head + b"".join(chunks), -1),
    "a bit turned in the header": lambda head, chunks: _flipped(head + b"".join(chunks), 60),
    "cut within a chunk": lambda head, chunks: (head + b"".join(chunks))[:-1],
    "cut after a chunk": lambda head, chunks: head + b"".join(chunks[:-1]),
    "cut to the header": lambda head, chunks: head,
    "cut to nothing": lambda head, chunks: b"",
    "extended by a byte": lambda head, chunks: head + b"".join(chunks) + b"\0",
    "extended by a chunk": lambda head, chunks: head + b"".join([*chunks, chunks[0]]),
    "two chunks exchanged": lambda head, chunks: head + b"".join([chunks[1], chunks[0], *chunks[2:]]),
    "a chunk left out": lambda head, chunks: head + b"".join([chunks[0], *chunks[2:]]),
    "a chunk twice": lambda head, chunks: head + b"".join([chunks[0], *chunks]),
}


def _flipped(data: bytes, position: int) -> bytes:
    changed = bytearray(data)
    changed[position] ^= 1
    return bytes(changed)


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_is_refused(browser: Browser, path: str, damage: str) -> None:
    identity = SecretIdentity.generate()
    sealed = pyrage.encrypt(content(4 * CHUNK), [pyrage.x25519.Recipient.from_str(identity.recipient)])
    start = len(sealed) - 4 * SEALED_CHUNK
    chunks = [sealed[start + n * SEALED_CHUNK :][:SEALED_CHUNK] for n in range(4)]
    damaged = DAMAGES[damage](sealed[:start], chunks)
    (browser.files / "sealed").write_bytes(damaged)

    # Against the manifest it is another file than was signed.
    assert open_in(browser, path, identity, ref_of(sealed)) == {"code": "verification.payload_mismatch"}
    # With its own hashes, so that nothing but the encryption can tell.
    assert open_in(browser, path, identity, None) == {"code": "verification.cannot_open"}
    assert open_in(browser, path, SecretIdentity.generate(), ref_of(damaged)) == {"code": "verification.cannot_open"}
