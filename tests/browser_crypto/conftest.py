"""One browser for all tests of this folder: building the page and starting Chromium take seconds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright

from tests.browser_crypto.harness import Browser, missing, opened_browser


@pytest.fixture(scope="session")
def session_browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if reason := missing():
        pytest.skip(reason)
    with opened_browser(playwright, tmp_path_factory.mktemp("browser-crypto")) as browser:
        yield browser


@pytest.fixture
def browser(session_browser: Browser) -> Iterator[Browser]:
    """The browser with empty folders; a test that provokes a violation of the page's policy fails."""
    yield session_browser
    for folder in (session_browser.files, session_browser.results):
        for path in folder.iterdir():
            path.unlink()
    assert session_browser.violations == []


@pytest.fixture(params=["webcrypto", "library"])
def path(request: pytest.FixtureRequest, session_browser: Browser) -> str:
    """Both ways of the browser to encrypt."""
    if request.param == "webcrypto" and not session_browser.run({"kind": "supported"})["supported"]:
        pytest.skip("this Chromium has no ChaCha20-Poly1305 in WebCrypto")
    return str(request.param)
