"""Makes a browser's own drawing of a page small enough to commit: PDF to SVG, rounded, with every glyph held once.

The browser lays the page out and prints it; ``pdftocairo`` (Debian's ``poppler-utils``) turns that into outlines, so a
picture looks the same everywhere and asks for no font. Several pictures become one that shows them in turn.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from xml.sax.saxutils import escape

from mendrec.domain.errors import UnavailableError

_NUMBER = re.compile(r"-?\d+\.\d+")
_PATH = re.compile(r' d="([^"]*)"')
_SYMBOL = re.compile(r'<symbol[^>]*id="([^"]+)"[^>]*>(.*?)</symbol>', re.DOTALL)
_CLIP = re.compile(r'<clipPath id="([^"]+)">(.*?)</clipPath>', re.DOTALL)
_OTHER_ID = re.compile(r'(?<=\bid=")([^"]+)(?=")')
_LETTER = re.compile(r'<use href="#([^"]+)"[^>]*/>')
_LETTERS = re.compile(r'<g style="([^"]*)">((?:<use [^>]*/>)+)</g>(?:<g style="\1">((?:<use [^>]*/>)+)</g>)*')
_PLACED = re.compile(r'<use href="#([^"]+)" x="([^"]+)" y="([^"]+)"/>')
_PIECE = re.compile(r'<g style="[^"]*">(?:<g transform="[^"]*">(?:<use [^>]*/>)+</g>)+</g>|<path [^>]{60,}/>')
_LAST_MOVE = re.compile(r"(?<=Z)M[-\d. ]+$")
_VIEW_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_COLOUR = re.compile(r"rgb\(([\d.]+)%,([\d.]+)%,([\d.]+)%\)")
_TIDY = (
    (re.compile(r"style=\"stroke:none;\" "), ""),
    (re.compile(r"stroke:none;"), ""),
    (re.compile(r"fill-rule:nonzero;"), ""),
    (re.compile(r"(?:fill|stroke)-opacity:1;"), ""),
    (re.compile(r' clip-rule="nonzero"'), ""),
    (re.compile(r";(?=\")"), ""),
    (re.compile(r'(?<=style=") '), ""),
    (re.compile(r"xlink:href"), "href"),
    (re.compile(r">\s+<"), "><"),
    (re.compile(r"<g>((?:(?!<g\b).)*?)</g>"), r"\1"),
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One page as the browser drew it, and what it shows in words."""

    pdf: bytes
    words: str


@dataclass(frozen=True, slots=True)
class _Drawn:
    body: str
    width: float
    height: float


class _Shared:
    """Glyphs and clips that are in more than one place; each is written once."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._counter = count()

    def name(self, definition: str) -> str:
        return self._names.setdefault(definition, f"s{_base36(next(self._counter))}")

    def written(self) -> str:
        return "".join(definition.replace("ID", f'id="{name}"', 1) for definition, name in self._names.items())


def still(shot: Shot) -> str:
    """Returns one page as SVG."""
    shared = _Shared()
    drawn = _draw(shot.pdf, shared, "a")
    (body,) = _said_once([drawn.body], shared)
    return _document(drawn, shared, shot.words, "", body)


def in_turn(shots: Sequence[Shot], *, seconds_each: float) -> str:
    """Returns pages as one SVG that shows them one after the other, for ever; the first where motion is not wanted."""
    shared = _Shared()
    drawn = [_draw(shot.pdf, shared, f"f{index}-") for index, shot in enumerate(shots)]
    share = 100 / len(shots)
    style = (
        f"<style>.f{{visibility:hidden;animation:f {seconds_each * len(shots):g}s step-end infinite}}"
        f"@keyframes f{{0%{{visibility:visible}}{share:.3f}%{{visibility:hidden}}}}"
        + "".join(f".f{index}{{animation-delay:{index * seconds_each:g}s}}" for index in range(len(shots)))
        + "@media (prefers-reduced-motion:reduce){.f{animation:none}.f0{visibility:visible}}</style>"
    )
    bodies = _said_once([one.body for one in drawn], shared)
    frames = "".join(f'<g class="f f{index}">{body}</g>' for index, body in enumerate(bodies))
    words = " Then: ".join(shot.words for shot in shots)
    return _document(drawn[0], shared, words, style, frames)


def _said_once(bodies: Sequence[str], shared: _Shared) -> list[str]:
    """The same bodies, with what is drawn more than once (a frame, a menu, a border) drawn from one place."""
    often = {piece for piece, times in Counter(_PIECE.findall("".join(bodies))).items() if times > 1}

    def once(piece: re.Match[str]) -> str:
        return f'<use href="#{shared.name(f"<g ID>{piece[0]}</g>")}"/>' if piece[0] in often else piece[0]

    return [_PIECE.sub(once, body) for body in bodies]


def _document(size: _Drawn, shared: _Shared, words: str, style: str, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size.width:g} {size.height:g}" role="img">'
        f"<title>{escape(words)}</title>{style}<defs>{shared.written()}</defs>{body}</svg>\n"
    )


def _draw(pdf: bytes, shared: _Shared, prefix: str) -> _Drawn:
    """The outlines of a page, with what is shared taken out and all other ids made the page's own."""
    svg = _to_svg(pdf)
    found = _VIEW_BOX.search(svg)
    if found is None:
        raise UnavailableError("pdftocairo drew something without a size.")
    body = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    body = _PATH.sub(_short_path, body)
    body = _COLOUR.sub(_short_colour, body)
    body = re.sub(r'(?<= [xy]=")-?\d+\.\d+', lambda number: _rounded(number[0], 1), body)
    for _ in range(3):  # a group that only held an emptied one
        for pattern, with_ in _TIDY:
            body = pattern.sub(with_, body)
    names: dict[str, str] = {}

    empty: set[str] = set()

    def glyph(symbol: re.Match[str]) -> str:
        if 'd=""' in symbol[2]:  # a space
            empty.add(symbol[1])
            return ""
        names[symbol[1]] = shared.name(f'<symbol ID overflow="visible">{symbol[2].strip()}</symbol>')
        return ""

    def clip(path: re.Match[str]) -> str:
        names[path[1]] = shared.name(f"<clipPath ID>{path[2].strip()}</clipPath>")
        return ""

    body = _CLIP.sub(clip, _SYMBOL.sub(glyph, body)).replace("<defs></defs>", "").replace("<g></g>", "")
    body = _LETTER.sub(lambda letter: "" if letter[1] in empty else letter[0], body)
    for other in _OTHER_ID.findall(body):
        names.setdefault(other, prefix + other)
    body = _OTHER_ID.sub(lambda name: names[name[1]], body)
    body = re.sub(r'(?<=href="#)[^"]+', lambda name: names.get(name[0], name[0]), body)
    body = re.sub(r"(?<=url\(#)[^)]+", lambda name: names.get(name[0], name[0]), body)
    body = _LETTERS.sub(_one_group, body)
    return _Drawn(body.strip(), float(found[1]), float(found[2]))


def _to_svg(pdf: bytes) -> str:
    program = shutil.which("pdftocairo")
    if program is None:
        raise UnavailableError("pdftocairo is not here.", remedy="Debian: apt-get install poppler-utils")
    with tempfile.TemporaryDirectory(prefix="mendrec-picture-") as folder:
        source, made = Path(folder) / "page.pdf", Path(folder) / "page.svg"
        source.write_bytes(pdf)
        subprocess.run([program, "-svg", "-f", "1", "-l", "1", str(source), str(made)], check=True, timeout=60)
        return made.read_text(encoding="utf-8")


def _short_path(path: re.Match[str]) -> str:
    places = 2 if len(path[1]) < 4_000 else 1
    short = _NUMBER.sub(lambda number: _rounded(number[0], places), path[1].strip())
    short = re.sub(r" ?([MLCZHV]) ?", r"\1", short).replace(" -", "-")
    return f' d="{_LAST_MOVE.sub("", short)}"'


def _one_group(letters: re.Match[str]) -> str:
    """The letters of a text in one group, and each line of it in one; each letter came in a group of its own."""
    lines: dict[str, list[str]] = {}
    for name, x, y in _PLACED.findall(letters[0]):
        lines.setdefault(y, []).append(f'<use href="#{name}" x="{x}"/>')
    moved = (f'<g transform="translate(0 {y})">{"".join(line)}</g>' for y, line in lines.items())
    return f'<g style="{letters[1]}">' + "".join(moved) + "</g>"


def _rounded(number: str, places: int) -> str:
    short = f"{float(number):.{places}f}".rstrip("0").rstrip(".")
    return {"-0": "0"}.get(short, short)


def _short_colour(colour: re.Match[str]) -> str:
    return "#" + "".join(f"{round(float(part) * 2.55):02x}" for part in colour.groups())


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while True:
        number, digit = divmod(number, 36)
        text = digits[digit] + text
        if number == 0:
            return text
