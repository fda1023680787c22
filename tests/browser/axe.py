"""axe-core over a page as it stands. It comes in by the debugger's door: the page's policy lets no such script in."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
_GRAVE = frozenset({"serious", "critical"})
_RUN = (
    "axe.run(document, {resultTypes: ['violations'], reporter: 'v2'}).then(found => JSON.stringify(found.violations))"
)


@cache
def _source() -> str:
    return _AXE.read_text(encoding="utf-8")


def faults_of(page: Page) -> list[dict[str, Any]]:
    """Returns axe-core's violations, each with its id, impact and the places it was found at."""
    session = page.context.new_cdp_session(page)
    try:
        if not _evaluate(session, "typeof axe === 'object'"):
            _evaluate(session, _source() + "\n; true")
        return list(json.loads(_evaluate(session, _RUN)))
    finally:
        session.detach()


def require_accessible(page: Page, *, but: frozenset[str] = frozenset()) -> None:
    """Raises AssertionError that names every serious or critical fault, and where.

    Args:
        page: as it stands; what moves should have come to rest.
        but: ids of rules that this page can't fulfil, with a comment of why where it is called.
    """
    grave = [one for one in faults_of(page) if one["impact"] in _GRAVE and one["id"] not in but]
    told = [f"{one['impact']}: {one['id']}: {one['help']}\n" + "\n".join(map(_place, one["nodes"])) for one in grave]
    assert not grave, f"{page.url}\n" + "\n".join(told)


def _place(node: dict[str, Any]) -> str:
    reasons = {reason["message"] for kind in ("any", "all", "none") for reason in node[kind]}
    return f"    {node['target']}: {node['html'][:200]}\n      {'; '.join(sorted(reasons))}"


def _evaluate(session: Any, expression: str) -> Any:
    words = {"expression": expression, "awaitPromise": True, "returnByValue": True}
    answer = session.send("Runtime.evaluate", words)
    if "exceptionDetails" in answer:
        raise AssertionError(f"axe-core failed: {answer['exceptionDetails']}")
    return answer["result"].get("value")
