"""Committed JSON that tests compare with. ``MENDREC_UPDATE=1`` writes it anew; the difference is then reviewed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def committed(path: Path, measured: Any) -> Any:
    """What is on disk, after writing ``measured`` there if asked to."""
    if os.environ.get("MENDREC_UPDATE") == "1":
        path.write_text(json.dumps(measured, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))
