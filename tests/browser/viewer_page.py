"""The viewers alone in a browser: a page built for it, served under the node's own content security policy."""

from __future__ import annotations

import mimetypes
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlencode, urlsplit

from mendrec.web.ui import _POLICY as POLICY

_FRONTEND = Path(__file__).parents[2] / "frontend"
_BUILD_PATIENCE_S = 180


@dataclass
class ViewerPage:
    """Where the page is served; what is put into ``files`` can be shown."""

    origin: str = ""
    files: dict[str, bytes] = field(default_factory=dict)

    def address(self, file: str, media: str, **asked: str) -> str:
        """The address of the page with a file in the viewer."""
        return f"{self.origin}/?{urlencode({'file': file, 'media': media, **asked})}"


@contextmanager
def viewer_page(folder: Path) -> Iterator[ViewerPage]:
    """Builds the page into ``folder`` and serves it until the block ends."""
    build = [
        "npx",
        "vite",
        "build",
        "--config",
        "tests/viewers/vite.config.ts",
        "--outDir",
        str(folder),
        "--logLevel",
        "error",
    ]
    subprocess.run(build, cwd=_FRONTEND, check=True, timeout=_BUILD_PATIENCE_S)
    page = ViewerPage()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            if path.startswith("/files/"):
                self._answer(page.files.get(path.removeprefix("/files/")), "application/octet-stream")
                return
            wanted = (folder / (path.lstrip("/") or "index.html")).resolve()
            found = wanted.read_bytes() if wanted.is_file() and wanted.is_relative_to(folder.resolve()) else None
            kinds = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}
            self._answer(found, kinds.get(wanted.suffix) or mimetypes.guess_type(wanted.name)[0] or "text/plain")

        def _answer(self, content: bytes | None, kind: str) -> None:
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content or b"")))
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    page.origin = f"http://127.0.0.1:{server.server_port}"
    try:
        yield page
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
