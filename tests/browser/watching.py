"""What must never happen in a page, whatever a test is about: each visit is watched, and fails its test by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request

REPORT_BINDING = "mendrecTestReport"
REPORT_SCRIPT = f"""
globalThis.document?.addEventListener("securitypolicyviolation", (event) => {{
  const place = `${{event.sourceFile}}:${{event.lineNumber}}`;
  globalThis.{REPORT_BINDING}(`${{event.effectiveDirective}} blocked ${{event.blockedURI}} at ${{place}}`);
}});
"""
_NOT_LOADED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")
"""The browser says this for every answer of 400 and above. What the page makes of it is for the test to see."""


@dataclass
class Watch:
    """Collects the trouble of one visit; ``allow`` names what a test provokes on purpose."""

    origin: str
    trouble: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    """Every address that was asked for."""
    _allowed: list[re.Pattern[str]] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        """Trouble whose words fit the pattern is none."""
        self._allowed.append(re.compile(pattern))

    def follow(self, context: BrowserContext) -> None:
        """Watches everything that happens in a context from now on."""
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("page", self.follow_page)
        context.on("weberror", lambda error: self._note(f"uncaught: {_words(error.error)}"))
        context.expose_binding(REPORT_BINDING, lambda _source, words: self._note(f"policy: {words}"))
        context.add_init_script(REPORT_SCRIPT)

    def follow_page(self, page: Page) -> None:
        """Watches what a page itself tells."""
        page.on("crash", lambda _page: self._note("the page crashed"))

    def require_none(self) -> None:
        """Raises AssertionError that lists what happened."""
        left = [one for one in self.trouble if not any(pattern.search(one) for pattern in self._allowed)]
        assert not left, "What must not happen in a page:\n" + "\n".join(f"  {one}" for one in left)

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)
        parts = urlsplit(request.url)
        if parts.scheme in {"blob", "data"} or f"{parts.scheme}://{parts.netloc}" == self.origin:
            return
        self._note(f"asked another origin: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        found = _NOT_LOADED.match(message.text)
        if message.type not in {"error", "warning"} or (found and int(found[1]) < 500):
            return
        self._note(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _note(self, words: str) -> None:
        self.trouble.append(words)


def _words(error: Error) -> str:
    return f"{error.name}: {error.message}"
