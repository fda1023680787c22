"""Makes the README's picture: runs the demo in a temporary folder and draws what it says as SVG.

``make pictures``. The picture holds text only: no font and nothing else is fetched by who looks at it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

_PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "demo.svg"
_WIDTH_CHARS = 108
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}\s*")
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_THEME = TerminalTheme((250, 250, 248), (40, 44, 52), [(40, 44, 52)] * 8, [(40, 44, 52)] * 8)


def main() -> int:
    """Runs the demo and draws its story."""
    with tempfile.TemporaryDirectory(prefix="mendrec-picture-") as folder:
        done = subprocess.run(  # the same command as the Makefile's
            [sys.executable, "-m", "deploy.demo", "--home", str(Path(folder) / "demo-world"), "--leave"],
            capture_output=True,
            text=True,
            check=True,
        )
    story = done.stdout.partition("\nWho is who")[0].replace("\r", "").strip()
    console = Console(record=True, width=_WIDTH_CHARS, file=Path("/dev/null").open("w", encoding="utf-8"))  # noqa: SIM115
    console.print(Text("$ make demo", style="bold"))
    for paragraph in story.split("\n"):
        console.print(Text(paragraph))
    svg = console.export_svg(title="make demo", theme=_THEME, unique_id="demo")
    _PICTURE.parent.mkdir(parents=True, exist_ok=True)
    drawn = _COMMENT.sub("", _FONT_FACE.sub("", svg)).replace("Fira Code", "ui-monospace")
    _PICTURE.write_text(drawn, encoding="utf-8")
    print(f"Drew {_PICTURE.name}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
