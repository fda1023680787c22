"""One node, one Chromium and one built page for all tests of this folder."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from benchmarks.served import Served
from mendrec.adapters.chain.anvil_process import find_anvil
from mendrec.adapters.chain.errors import AnvilNotFound
from tests.browser_crypto.harness import CHROMIUM, FRONTEND, missing
from tests.browser_vault.windows import Bench

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them need a browser, and share one node: the same process runs them."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser_vault"))


@pytest.fixture(scope="session")
def bench(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One node, one Chromium and one built page for all tests."""
    if reason := missing():
        pytest.skip(reason)
    try:
        find_anvil()
    except AnvilNotFound:
        pytest.skip("anvil is not installed (npm ci in contracts/)")
    folder = tmp_path_factory.mktemp("browser-vault")
    site = folder / "site"
    harness = FRONTEND / "tests" / "browserVault"
    command = ["npx", "vite", "build", str(harness), "--config", str(harness / "vite.config.ts"), "--outDir", str(site)]
    built = subprocess.run(command, cwd=FRONTEND, capture_output=True, text=True, timeout=120, check=False)
    if built.returncode != 0:
        raise RuntimeError(f"The page for the tests does not build:\n{built.stdout}{built.stderr}")
    with Served(folder / "home", processes=1, with_kubo=False) as served:
        _let_the_gp_read(served)
        chromium = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            chromium_sandbox=False,
            args=["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
        )
        try:
            yield Bench(served, chromium, site)
        finally:
            chromium.close()


def _let_the_gp_read(served: Served) -> None:
    with served.client("patient") as client:
        now = int(time.time())
        terms = {
            "grantee": served.world.people["gp"].address,
            "categories": ["laboratory", "imaging"],
            "rights": ["READ", "UPLOAD"],
            "from_at": now - 60,
            "until_at": now + 86_400,
            "purpose": "TREAT",
        }
        client.acts.do("grant", served.world.people["patient"].wallet, terms)
