"""The page for people, as the build made it: ``frontend/dist`` beside a checkout, ``mendrec/_web`` in a wheel.

All of it is read at once and held in memory, some megabytes, and a request can ask for nothing but what was read: so
there is no path to climb out by, and no link to follow. A page that is built anew is read anew. Files below
``/assets/`` have a hash of their content in their names and are kept by browsers for a year; everything else is asked
for each time, by ETag. What the build compressed beforehand goes out compressed.
"""

from __future__ import annotations

import functools
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from flask import Blueprint, Flask, Response, make_response, request
from werkzeug.exceptions import NotFound
from werkzeug.routing import PathConverter

from mendrec.adapters.logs import logger
from mendrec.web.rules import rules

_LOG = logger("mendrec.page")
_INDEX = "index.html"
_ASSETS = "assets/"
_CONTENT_CODINGS = (("br", ".br"), ("gzip", ".gz"))
"""The better one first."""
_FILE_MAX_BYTES = 32 * 1024**2
_FILES_MAX = 5_000
_WEIGHT = 0.05
"""One visit is some dozens of files, which cost little: what one address is allowed is for asking the API."""
_TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".txt": "text/plain; charset=utf-8",
}
"""What else the build leaves is served as bytes of no kind, which a browser saves and never runs."""
_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; frame-src blob:; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types mendrec"
)
_FEATURES_OFF = (
    "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), compute-pressure=(), "
    "display-capture=(), encrypted-media=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), "
    "local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), serial=(), usb=(), "
    "window-management=(), xr-spatial-tracking=()"
)
_NOT_BUILT = (
    "The node answers, but its page is not built.\n"
    "`make setup` builds it. The API is described at /openapi/, and works without the page.\n"
)


class _PathOfPage(PathConverter):
    """What may be an address within the page: everything but what other doors of the node answer."""

    regex = r"(?!(?:v1|openapi|health|metrics|demo)(?:/|$))[^/].*?"


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file as it goes out.

    Attributes:
        encodings: content coding → bytes, the better one first; "" is the file itself.
    """

    media_type: str
    encodings: Mapping[str, bytes]
    digest_hex: str


Page = Mapping[str, PageFile]
"""Path below the page's root, without a leading slash → the file."""


def find_page() -> Path | None:
    """Returns the folder of the built page; None where nobody built it."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_web", package.parents[1] / "frontend" / "dist"):
        if (folder / _INDEX).is_file():
            return folder
    return None


def blueprint(app: Flask) -> Blueprint:
    """``/`` and everything that is no other door's; the application learns the kind of address that the page has."""
    app.url_map.converters["path_of_page"] = _PathOfPage
    ui = Blueprint("page", __name__)

    @ui.get("/", defaults={"path": ""})
    @ui.get("/<path_of_page:path>")
    @rules(public=True, body_max_bytes=0, weight=_WEIGHT)
    def page(path: str) -> Response:
        """A file of the page, or the page itself: its own router knows what lies at other addresses."""
        folder = find_page()
        if folder is None:
            return _not_built(path)
        files = _files_of(folder)
        found = files.get(path)
        if found is not None:
            return _file(path, found)
        if path and (path.startswith(_ASSETS) or not _wants_page()):
            raise NotFound
        return _file(_INDEX, files[_INDEX])

    return ui


def _files_of(folder: Path) -> Page:
    places = (folder / _INDEX, folder, folder / _ASSETS)
    return _read(folder, tuple(place.stat().st_mtime_ns if place.exists() else 0 for place in places))


@functools.lru_cache(maxsize=2)
def _read(folder: Path, _changed_at_ns: tuple[int, ...]) -> Page:
    """Reads a page; again only after it was built anew, which makes its files anew and so changes their folders."""
    raw = dict(_regular_files(folder))
    page: dict[str, PageFile] = {}
    for path, content in raw.items():
        if any(path.endswith(ending) and path.removesuffix(ending) in raw for _, ending in _CONTENT_CODINGS):
            continue  # another file, compressed
        smaller = {coding: raw[path + ending] for coding, ending in _CONTENT_CODINGS if path + ending in raw}
        media_type = _TYPES.get(PurePosixPath(path).suffix, "application/octet-stream")
        page[path] = PageFile(media_type, {**smaller, "": content}, hashlib.sha256(content).hexdigest()[:32])
    return page


def _regular_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Neither links nor what is hidden, and nothing beyond the bounds: a folder of something else is not published."""
    count = 0
    for root, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in sorted(names):
            path = Path(root) / name
            kind = path.lstat()
            if name.startswith(".") or not stat.S_ISREG(kind.st_mode):
                continue
            count += 1
            if kind.st_size > _FILE_MAX_BYTES or count > _FILES_MAX:
                _LOG.error("page holds too much", files=count, size_bytes=kind.st_size)
                continue
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _wants_page() -> bool:
    """Whether a person follows an address. A program that asks at a wrong one is told so, and gets no page for it."""
    return any(kind == "text/html" and quality > 0 for kind, quality in request.accept_mimetypes)


def _file(path: str, file: PageFile) -> Response:
    coding = next((one for one in file.encodings if not one or request.accept_encodings.quality(one) > 0), "")
    response = make_response(file.encodings[coding])
    response.headers["Content-Type"] = file.media_type
    if coding:
        response.headers["Content-Encoding"] = coding
    if len(file.encodings) > 1:
        response.headers["Vary"] = "Accept-Encoding"
    hashed = path.startswith(_ASSETS)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
    response.set_etag(file.digest_hex + (f"-{coding}" if coding else ""))
    if path == "sw.js":
        response.headers["Service-Worker-Allowed"] = "/"
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Permissions-Policy"] = _FEATURES_OFF
    response.make_conditional(request)
    return response


def _not_built(path: str) -> Response:
    if path:
        raise NotFound
    response = make_response(_NOT_BUILT, 404)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response
