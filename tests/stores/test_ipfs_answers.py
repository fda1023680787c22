"""What a daemon may answer, played by a small HTTP server: silence, nonsense, errors, and lies."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest

from mendrec.adapters.stores.ipfs import IpfsStore
from mendrec.domain.cid import CidMismatch, cid_of
from mendrec.domain.errors import MendrecError
from mendrec.domain.model import Cid
from mendrec.domain.storage_errors import StoreFault, StoreFull, StoreReadOnly, StoreUnreachable

CONTENT = b"sealed " * 1000
CID = cid_of(CONTENT)
Answer = tuple[int, bytes]
Script = Callable[[str, bytes], Answer]


def error(message: str) -> Answer:
    return 500, json.dumps({"Message": message, "Code": 0, "Type": "error"}).encode()


def added(name: str) -> Answer:
    return 200, json.dumps({"Name": name, "Hash": name, "Size": "1"}).encode()


@contextmanager
def daemon(script: Script, timeout_s: float = 20) -> Iterator[IpfsStore]:
    """Serves ``script(method of the RPC, request body)``; the store that is handed out talks to it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            status, answer = script(urlsplit(self.path).path.removeprefix("/api/v0"), self._body())
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        def log_message(self, *_arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_args: object) -> None:
            """A client that stops listening half-way is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        address = f"/ip4/127.0.0.1/tcp/{server.server_address[1]}"
        yield IpfsStore(address, name="played", failure_domain="x", timeout_s=timeout_s)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def put_with(script: Script) -> None:
    with daemon(script) as store:
        store.put(CID, io.BytesIO(CONTENT))


def adding(answer: Answer) -> Script:
    """A daemon that has nothing pinned, and answers ``add`` like this."""
    return lambda method, _body: answer if method == "/add" else error("is not pinned")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (error("write blocks/put-1: no space left on device"), StoreFull),
        (error("disk quota exceeded"), StoreFull),
        (error("open blocks/put-1: read-only file system"), StoreReadOnly),
        (error("mkdir blocks/XY: permission denied"), StoreReadOnly),
        (error("something else entirely"), StoreUnreachable),
        (added(cid_of(b"other")), StoreFault),
        ((200, b""), StoreFault),
        ((200, b"<html>a proxy's page</html>"), StoreUnreachable),
        ((200, b'{"Message": "no space left on device", "Code": 0, "Type": "error"}'), StoreFull),
        ((200, b'{"Name": "x"}'), StoreFault),
        ((403, b"forbidden"), StoreUnreachable),
        ((502, b"bad gateway"), StoreUnreachable),
    ],
)
def test_each_answer_to_a_put_has_its_own_word(answer: Answer, expected: type[MendrecError]) -> None:
    with pytest.raises(MendrecError) as raised:
        put_with(adding(answer))
    assert type(raised.value) is expected
    assert "played" in raised.value.message
    assert raised.value.remedy


def test_a_daemon_that_says_stored_and_gives_other_bytes_back_is_at_fault() -> None:
    answers = {"/pin/ls": (200, b"{}"), "/add": added(CID), "/block/get": (200, CONTENT[:-1])}
    with pytest.raises(StoreFault, match="does not give the bytes back"):
        put_with(lambda method, _body: answers.get(method, (200, b"{}")))


def test_bytes_of_another_name_are_never_sent() -> None:
    asked: list[str] = []

    def script(method: str, _body: bytes) -> Answer:
        asked.append(method)
        return added(CID)

    with daemon(script) as store, pytest.raises(CidMismatch):
        store.put(CID, io.BytesIO(CONTENT + b"x"))
    assert asked == []


def test_a_daemon_is_not_told_where_the_file_was(tmp_path: Path) -> None:
    """The library would send its whole path as a header."""
    path = tmp_path / "name-of-a-patient.bin"
    path.write_bytes(CONTENT)
    bodies: list[bytes] = []

    def script(method: str, body: bytes) -> Answer:
        bodies.append(body)
        return added(CID) if method == "/add" else error("is not pinned")

    with daemon(script) as store, path.open("rb") as source:
        store.put(CID, source)
    assert any(CONTENT in body for body in bodies)
    assert not any(b"name-of-a-patient" in body or str(tmp_path).encode() in body for body in bodies)


def test_silence_is_unreachable() -> None:
    over = Event()

    def script(_method: str, _body: bytes) -> Answer:
        over.wait(30)
        return 200, b""

    with daemon(script, timeout_s=0.05) as store:
        with pytest.raises(StoreUnreachable):
            b"".join(store.read(CID))
        over.set()


def test_a_connection_that_breaks_off_is_unreachable_and_not_wrong() -> None:
    class Short(bytes):
        """Promises more than it has: the content length is of this many bytes, the body ends before."""

        def __len__(self) -> int:
            return len(CONTENT)

    def script(_method: str, _body: bytes) -> Answer:
        return 200, Short(CONTENT[:100])

    with daemon(script, timeout_s=0.2) as store, pytest.raises(StoreUnreachable):
        b"".join(store.read(CID))


@pytest.mark.parametrize(
    "message", ["context deadline exceeded", "too many open files", "read x.data: input/output error"]
)
def test_a_daemon_in_trouble_is_unreachable_and_its_copy_not_called_wrong(message: str) -> None:
    with daemon(lambda _method, _body: error(message)) as store, pytest.raises(StoreUnreachable):
        b"".join(store.read(CID))


TREE_ROOT = b"a root block; its content does not matter here"
TREE_CID = Cid(
    "b" + base64.b32encode(bytes.fromhex("01701220") + sha256(TREE_ROOT).digest()).decode().rstrip("=").lower()
)
"""A tree of blocks whose root is as good as its CID says."""


@pytest.mark.parametrize(
    ("next_byte", "expected"),
    [
        ((200, b"x"), StoreUnreachable),  # it is there after all: the daemon had only broken off
        ((200, b""), CidMismatch),
        (error("failed to fetch all nodes"), CidMismatch),
        (error("block was not found locally (offline): ipld: could not find bafy"), CidMismatch),
        (error("context deadline exceeded"), StoreUnreachable),
    ],
)
def test_an_answer_that_ends_early_is_asked_why(next_byte: Answer, expected: type[MendrecError]) -> None:
    cats = iter([(200, b"half"), next_byte])
    answers: dict[str, Callable[[], Answer]] = {
        "/block/get": lambda: (200, TREE_ROOT),
        "/files/stat": lambda: (200, b'{"Size": 300000}'),
        "/cat": lambda: next(cats),
    }
    with daemon(lambda method, _body: answers[method]()) as store:
        got: list[bytes] = []
        with pytest.raises(expected):
            got.extend(store.read(TREE_CID))
        assert got == [b"half"]


def test_a_damaged_root_is_wrong_before_anything_is_read_through_it() -> None:
    with (
        daemon(lambda _method, _body: (200, TREE_ROOT + b"x")) as store,
        pytest.raises(CidMismatch, match="damaged tree"),
    ):
        next(iter(store.read(TREE_CID)))
