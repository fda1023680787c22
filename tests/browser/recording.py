"""Everything that a browser sends, byte for byte: it goes to the node through here. Headers and bodies of workers, too.

A browser's debugger does not tell the bodies that come from a ``Blob`` or a worker; a line that all must pass does.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

_BUFFER_BYTES = 256 * 1024


@dataclass
class Recorder:
    """A line to one node on this machine, as an HTTP proxy. Use as a context manager."""

    upstream_port: int
    sent: list[tuple[str, bytearray]] = field(default_factory=list)
    """(which connection, what the browser sent on it)."""
    elsewhere: list[str] = field(default_factory=list)
    """First lines of requests to anybody else; they go nowhere."""

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    @property
    def address(self) -> str:
        """What a browser context is given as its proxy."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def places(self) -> list[tuple[str, bytes]]:
        """What was sent, for a search: each connection whole."""
        return [(name, bytes(data)) for name, data in self.sent]

    def size_bytes(self) -> int:
        """Of all that was sent."""
        return sum(len(data) for _, data in self.sent)

    def _accept(self) -> None:
        while True:
            try:
                browser, _ = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(browser,), daemon=True).start()

    def _serve(self, browser: socket.socket) -> None:
        first = browser.recv(_BUFFER_BYTES)
        if not first:
            browser.close()
            return
        line = first.split(b"\r\n", 1)[0]
        data = bytearray(first)
        self.sent.append((f"what the browser sent, connection {len(self.sent) + 1}", data))
        if f" http://127.0.0.1:{self.upstream_port}/".encode() not in line:
            self.elsewhere.append(line.decode("ascii", "replace"))
            browser.close()
            return
        node = socket.create_connection(("127.0.0.1", self.upstream_port))
        self._open += [browser, node]
        node.sendall(first)
        threading.Thread(target=_copy, args=(node, browser, None), daemon=True).start()
        _copy(browser, node, data)


def _copy(source: socket.socket, sink: socket.socket, into: bytearray | None) -> None:
    with suppress(OSError):
        while piece := source.recv(_BUFFER_BYTES):
            if into is not None:
                into += piece
            sink.sendall(piece)
    for one, how in ((sink, socket.SHUT_WR), (source, socket.SHUT_RD)):
        with suppress(OSError):
            one.shutdown(how)
