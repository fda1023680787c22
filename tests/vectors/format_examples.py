"""Writes the examples of docs/format.md from the vectors: ``python -m tests.vectors.format_examples [--check]``."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).parents[2] / "docs" / "format.md"
VECTORS = Path(__file__).parent / "sealed.json"
LONGEST_CHARS = 70
_BLOCK = re.compile(r"(<!-- example: (\w+) -->\n```json\n)(.*?)(```\n)", re.DOTALL)


def example(name: str) -> Any:
    """One object of the last vector, which has every field."""
    case = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"][-1]
    found = case[name][0] if isinstance(case[name], list) else case[name]
    return json.loads(found)


def shortened(value: Any) -> Any:
    """The same object with long texts cut, and lists of custodians to one."""
    if isinstance(value, dict):
        return {name: shortened(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shortened(inner) for inner in value[:1]]
    if isinstance(value, str) and len(value) > LONGEST_CHARS:
        return value[: LONGEST_CHARS // 2] + "…"
    return value


def rendered(document: str) -> str:
    """The document with every example as the vectors give it."""
    return _BLOCK.sub(
        lambda found: (
            found[1] + json.dumps(shortened(example(found[2])), indent=2, ensure_ascii=False) + "\n" + found[4]
        ),
        document,
    )


def main() -> int:
    """Writes, or compares."""
    document = DOCUMENT.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        return 0 if rendered(document) == document else 1
    DOCUMENT.write_text(rendered(document), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
