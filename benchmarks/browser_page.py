"""What a browser loads before anything is opened, compressed as the node sends it, and what it is made of.

    python -m benchmarks.browser_page

Exit code 1 where the bar is missed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import requests
from playwright.sync_api import expect

from benchmarks.browser_windows import missing, windows
from benchmarks.served import Served
from tests.browser.acting import sign_in

BAR_BYTES = 300_000
_SHOWN = 12


def main() -> int:
    """Prints the figures; returns the exit code."""
    if reason := missing():
        print(f"not measured: {reason}")
        return 0
    with (
        tempfile.TemporaryDirectory(prefix="mendrec-bench-") as folder,
        Served(Path(folder) / "home", processes=1, with_kubo=False) as town,
        windows(town) as open_window,
    ):
        visit = open_window("patient")
        asked: list[str] = []
        visit.page.on("request", lambda request: asked.append(request.url))
        visit.go()
        expect(visit.page.get_by_role("heading", level=1)).to_be_visible()
        visit.page.wait_for_load_state("networkidle")
        first = _sizes(town.url, asked)
        asked.clear()
        sign_in(visit)
        visit.page.wait_for_load_state("networkidle")
        home = {name: size for name, size in _sizes(town.url, asked).items() if name not in first}
    total = sum(first.values())
    print(f"first load, until somebody can sign in: {total / 1000:.0f} kB compressed, {len(first)} files")
    for name, size in sorted(first.items(), key=lambda one: -one[1])[:_SHOWN]:
        print(f"  {name:<36} {size / 1000:8.1f} kB")
    print(f"more for a patient's start page: {sum(home.values()) / 1000:.0f} kB, {len(home)} files")
    viewers = [name for name in (*first, *home) if "Viewer-" in name or "pdf" in name]
    print(f"viewers in it: {', '.join(viewers) or 'none; each comes with the first file of its kind'}")
    missed = total > BAR_BYTES or bool(viewers)
    print(f"bar: at most {BAR_BYTES / 1000:.0f} kB, no viewer: {'missed' if missed else 'met'}")
    return 1 if missed else 0


def _sizes(origin: str, asked: list[str]) -> dict[str, int]:
    """Each of the page's own files once, as many bytes as the node sends of it."""
    sizes = {}
    for url in dict.fromkeys(asked):
        if not url.startswith(origin) or "/v1/" in url or "/demo/" in url:
            continue
        with requests.get(url, headers={"Accept-Encoding": "br"}, timeout=10, stream=True) as answer:
            sizes[url.removeprefix(origin + "/") or "index.html"] = int(answer.headers["Content-Length"])
    return sizes


if __name__ == "__main__":
    sys.exit(main())
