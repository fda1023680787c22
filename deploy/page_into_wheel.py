"""Puts the built page into the wheel, as ``mendrec/_web``. Run by hatchling while it builds one.

An editable install serves the page from the checkout, and is made before the page is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageIntoWheel(BuildHookInterface):  # type: ignore[type-arg]
    """Refuses to make a wheel without a page: it would be noticed only by whoever opens it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the page's folder to what goes in."""
        if version == "editable":
            return
        page = Path(self.root) / "frontend" / "dist"
        if not (page / "index.html").is_file():
            raise FileNotFoundError("The page is not built: run `make page` first.")
        build_data["force_include"][str(page)] = "mendrec/_web"
