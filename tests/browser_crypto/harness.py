"""The browser at hand: the core's page, built, served from loopback under the real policy, and opened in Chromium.

Used by the tests beside it and by ``benchmarks/browser_crypto.py``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright

FRONTEND = Path(__file__).parents[2] / "frontend"
CHROMIUM = Path("/usr/bin/chromium")
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; frame-src blob:; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types mendrec"
)
_KINDS = {".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm"}
_PIECE_BYTES = 1024**2
_JOB_TIMEOUT_MS = 120_000


def missing() -> str | None:
    """Why there is no browser to test with; None where there is one."""
    if not CHROMIUM.exists():
        return "Chromium is not installed (Debian's `chromium`)"
    if not (FRONTEND / "node_modules").exists() or shutil.which("npx") is None:
        return "the page's packages are not installed (npm ci in frontend/)"
    return None


@dataclass(frozen=True)
class Browser:
    """One page in Chromium, and the two folders that it shares with Python."""

    page: Page
    files: Path
    results: Path
    violations: list[str]
    """What the browser said of the content security policy; must stay empty."""

    def run(self, job: dict[str, Any]) -> dict[str, Any]:
        """Runs a job of ``frontend/tests/browserCrypto/jobs.ts`` in the worker."""
        found: dict[str, Any] = self.page.evaluate("job => window.runJob(job)", job)
        return found

    def peak_mib(self) -> float:
        """The most that the page's process has held resident since it was started."""
        return max(_status(process, "VmHWM") for process in _renderers()) / 1024


@contextmanager
def opened_browser(playwright: Playwright, folder: Path) -> Iterator[Browser]:
    """Builds the page into ``folder``, serves it, and opens it in a Chromium of its own."""
    site, files, results = folder / "site", folder / "files", folder / "results"
    files.mkdir()
    results.mkdir()
    _build(site)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site, files, results))
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        chromium = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            chromium_sandbox=False,
            args=[
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        try:
            page = chromium.new_page()
            page.set_default_timeout(_JOB_TIMEOUT_MS)
            said: list[str] = []
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(f"http://127.0.0.1:{server.server_port}/")
            page.wait_for_function("() => !!window.runJob")
            yield Browser(page, files, results, said)
        finally:
            chromium.close()
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


def _build(site: Path) -> None:
    harness = FRONTEND / "tests" / "browserCrypto"
    command = ["npx", "vite", "build", str(harness), "--config", str(harness / "vite.config.ts"), "--outDir", str(site)]
    built = subprocess.run(command, cwd=FRONTEND, capture_output=True, text=True, timeout=120, check=False)
    if built.returncode != 0:
        raise RuntimeError(f"The page for the tests does not build:\n{built.stdout}{built.stderr}")


def _handler(site: Path, files: Path, results: Path) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.lstrip("/") or "index.html"
            inside, below = (files, name.removeprefix("files/")) if name.startswith("files/") else (site, name)
            path = (inside / below).resolve()
            if not path.is_relative_to(inside.resolve()) or not path.is_file():
                self._answer(HTTPStatus.NOT_FOUND, 0, "text/plain")
                return
            self._answer(HTTPStatus.OK, path.stat().st_size, _KINDS.get(path.suffix, "application/octet-stream"))
            with path.open("rb") as source:
                shutil.copyfileobj(source, self.wfile, _PIECE_BYTES)

        def do_POST(self) -> None:
            path = results / Path(self.path).name
            left = int(self.headers["Content-Length"])
            with path.open("ab") as sink:
                while left > 0:
                    piece = self.rfile.read(min(left, _PIECE_BYTES))
                    left -= len(piece)
                    sink.write(piece)
            self._answer(HTTPStatus.NO_CONTENT, 0, "text/plain")

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

        def _answer(self, status: HTTPStatus, size_bytes: int, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(size_bytes))
            self.end_headers()

    return Handler


def _renderers() -> list[Path]:
    """The page's own processes, in /proc: below this one, so that nobody else's browser is meant."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"--type=renderer" in (process / "cmdline").read_bytes() and os.getpid() in _ancestors(process):
                found.append(process)
        except OSError:
            continue  # it has ended meanwhile
    return found


def _ancestors(process: Path) -> list[int]:
    pids = []
    while process.name != "0":
        parent = _status(process, "PPid")
        pids.append(parent)
        process = process.parent / str(parent)
    return pids


def _status(process: Path, name: str) -> int:
    for line in (process / "status").read_text("utf-8").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return 0
