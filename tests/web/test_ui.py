"""The page goes out as the build made it, and nothing else does: no other file, no weaker policy."""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask.testing import FlaskClient

from mendrec.bootstrap import Node
from mendrec.config import WebConfig
from mendrec.web import ui
from mendrec.web.app import create_app
from mendrec.web.limiting import TokenBuckets

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; frame-src blob:; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types mendrec"
)
PERSON = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SCRIPT = "assets/index-B1x9.js"
SECRET = b"what lies beside the page"
FIND_PAGE = ui.find_page
"""The real one; most tests have one of their own."""


FILES = {
    "index.html": b"<!doctype html><title>Mendrec</title>",
    "sw.js": b"self.addEventListener('fetch', () => {});",
    "manifest.webmanifest": b"{}",
    "icon.svg": b"<svg/>",
    SCRIPT: b"export {};" * 99,
    f"{SCRIPT}.br": b"brotli",
    f"{SCRIPT}.gz": gzip.compress(b"export {};" * 99),
    "assets/app-1.css": b"a{}",
    "assets/codec-1.wasm": b"\0asm",
    "assets/strange.bin": b"<script>",
    ".stamp": SECRET,
    ".git/config": SECRET,
}


def make_page(place: Path) -> Path:
    """A page as a build leaves it, and things beside and in it that are nobody's business."""
    page = place / "dist"
    for name, content in FILES.items():
        (page / name).parent.mkdir(parents=True, exist_ok=True)
        (page / name).write_bytes(content)
    (place / "secret.txt").write_bytes(SECRET)
    (page / "link.txt").symlink_to(place / "secret.txt")
    (page / "up").symlink_to(place)
    return page


def client_of(web: WebConfig | None = None, **more: Any) -> FlaskClient:
    stub = SimpleNamespace(config=SimpleNamespace(web=web or WebConfig()), cursor_key=b"x" * 32)
    return create_app(cast("Node", stub), custodian=None, **more).test_client()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    page = make_page(tmp_path_factory.mktemp("page"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ui, "find_page", lambda: page)
        yield page


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    return client_of()


def test_the_page_comes_with_its_whole_policy(client: FlaskClient) -> None:
    answer = client.get("/", headers=PERSON)
    assert answer.status_code == 200
    assert answer.text.startswith("<!doctype html>")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    for feature in ("camera", "microphone", "geolocation", "usb", "clipboard-read"):
        assert f"{feature}=()" in answer.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in answer.headers, "the node's own origin is plain http here"
    assert "Set-Cookie" not in answer.headers


def test_over_tls_browsers_are_told_to_stay_there(folder: Path) -> None:
    answer = client_of(WebConfig(origin="https://node.example")).get("/", headers={**PERSON, "Host": "node.example"})
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        (SCRIPT, "text/javascript; charset=utf-8"),
        ("sw.js", "text/javascript; charset=utf-8"),
        ("assets/app-1.css", "text/css; charset=utf-8"),
        ("assets/codec-1.wasm", "application/wasm"),
        ("icon.svg", "image/svg+xml"),
        ("manifest.webmanifest", "application/manifest+json"),
        ("assets/strange.bin", "application/octet-stream"),
    ],
)
def test_every_file_has_its_type_and_the_policy(client: FlaskClient, path: str, media_type: str) -> None:
    """A worker lives by the policy that its own script came with."""
    answer = client.get(f"/{path}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_has_its_hash_in_its_name_is_kept_and_all_else_is_asked_for(client: FlaskClient) -> None:
    assert client.get(f"/{SCRIPT}").headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for path in ("/", "/index.html", "/sw.js", "/icon.svg", "/record/7"):
        first = client.get(path, headers=PERSON)
        assert first.headers["Cache-Control"] == "no-cache", path
        again = client.get(path, headers={**PERSON, "If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path
    assert client.get("/sw.js").headers["Service-Worker-Allowed"] == "/"
    assert client.get("/assets/old-1.js", headers=PERSON).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("", None), ("identity", None)],
)
def test_it_goes_out_compressed_as_the_browser_can_take_it(
    client: FlaskClient, accepted: str, coding: str | None
) -> None:
    answer = client.get(f"/{SCRIPT}", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == coding
    assert "Accept-Encoding" in answer.headers["Vary"]
    sent = {"br": FILES[f"{SCRIPT}.br"], "gzip": FILES[f"{SCRIPT}.gz"], None: FILES[SCRIPT]}
    assert answer.data == sent[coding]
    others = {client.get(f"/{SCRIPT}", headers={"Accept-Encoding": one}).headers["ETag"] for one in ("br", "gzip", "")}
    assert len(others) == 3, "a cache must not take one for another"


def test_compressed_twins_are_no_addresses_of_their_own(client: FlaskClient) -> None:
    assert client.get(f"/{SCRIPT}.br").status_code == 404
    assert client.head(f"/{SCRIPT}").status_code == 200
    assert client.head(f"/{SCRIPT}").data == b""


def test_an_address_within_the_page_is_the_page_for_a_person_only(client: FlaskClient) -> None:
    """A program that asks at a wrong address is told so, and never handed a page with 200."""
    for path in ("/record", "/patients/0xAb/x", "/verifier", "/v10", "/healthy", "/demonstration"):
        assert client.get(path, headers=PERSON).text.startswith("<!doctype html>"), path
        for accept in ({}, {"Accept": "*/*"}, {"Accept": "application/json"}, {"Accept": "text/html;q=0"}):
            answer = client.get(path, headers=accept)
            assert (answer.status_code, answer.json["code"]) == (404, "http.404"), (path, accept)  # type: ignore[index]


@pytest.mark.parametrize(
    "path", ["/v1/nothing", "/v1", "/openapi/nothing", "/health/nothing", "/demo/wallets", "/demo"]
)
def test_other_doors_are_never_answered_with_the_page(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers=PERSON)
    assert answer.status_code in {401, 404}
    assert "<!doctype" not in answer.text
    assert answer.headers["Content-Security-Policy"] != POLICY


@pytest.mark.parametrize("path", ["/nothing", "/", "/v1/nothing"])
def test_nothing_is_sent_to_the_page(client: FlaskClient, path: str) -> None:
    answer = client.post(path, json={})
    assert answer.status_code in {404, 405, 413}
    assert answer.is_json


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
        "/assets/..%5c..%5csecret.txt",
        "/x//secret.txt",
        "/up/secret.txt",
        "/link.txt",
        "/.stamp",
        "/.git/config",
        "/assets/%00",
        "/secret.txt%00.js",
        "/etc/passwd",
    ],
)
def test_nothing_but_the_page_s_own_files_goes_out(client: FlaskClient, path: str) -> None:
    for headers in ({}, PERSON):
        answer = client.get(path, headers=headers)
        assert SECRET not in answer.data, path
        assert b"root:" not in answer.data, path
        assert answer.status_code in {200, 308, 400, 404}
        if answer.status_code == 200:
            assert answer.text.startswith("<!doctype html>"), path
        if answer.status_code == 308:
            assert answer.headers["Location"].startswith("http://localhost/"), "never to another host"


def test_a_range_is_answered_whole(client: FlaskClient) -> None:
    for stated in ("bytes=0-3", "bytes=-1", "bytes=99999-", "bytes=5-1", "pages=1-2"):
        answer = client.get(f"/{SCRIPT}", headers={"Range": stated, "Accept-Encoding": "identity"})
        assert (answer.status_code, len(answer.data)) == (200, 990), stated


def test_a_name_that_is_not_the_node_s_gets_no_page(client: FlaskClient) -> None:
    assert client.get("/", headers={**PERSON, "Host": "evil.example"}).status_code == 421


def test_the_page_costs_little_of_what_an_address_may_ask(folder: Path) -> None:
    """Sixty files and some more visits fit in what thirty questions take; without end is refused all the same."""
    client = client_of(buckets=TokenBuckets(5, monotonic=lambda: 0.0))
    answers = [client.get(f"/{SCRIPT}").status_code for _ in range(120)]
    assert answers.count(200) == 100
    assert set(answers) == {200, 429}


def test_a_page_that_is_built_anew_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_page(tmp_path)
    monkeypatch.setattr(ui, "find_page", lambda: folder)
    client = client_of()
    before = client.get("/", headers=PERSON)
    (folder / "index.html").unlink()
    (folder / "index.html").write_bytes(b"<!doctype html><title>Newer</title>")
    os.utime(folder / "index.html", ns=(1, 1))
    (folder / "assets/index-New.js").write_bytes(b"1")
    os.utime(folder / "assets", ns=(2, 2))
    after = client.get("/", headers={**PERSON, "If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.text) == (200, "<!doctype html><title>Newer</title>")
    assert client.get("/assets/index-New.js").status_code == 200


def test_without_a_build_it_says_how_to_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "find_page", lambda: None)
    answer = client_of().get("/", headers=PERSON)
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")
    assert "make setup" in answer.text
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert client_of().get("/record", headers=PERSON).status_code == 404


def test_it_can_be_turned_off(folder: Path) -> None:
    client = client_of(WebConfig(page=False))
    for path in ("/", f"/{SCRIPT}", "/sw.js"):
        answer = client.get(path, headers=PERSON)
        assert (answer.status_code, answer.mimetype) == (404, "application/json")


def test_the_page_is_no_part_of_the_described_api(client: FlaskClient) -> None:
    paths = client.get("/openapi/openapi.json").json["paths"]  # type: ignore[index]
    assert all(re.match(r"/v1/", path) for path in paths)


def test_it_is_found_in_a_checkout_and_in_an_installed_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "app/mendrec"
    monkeypatch.setattr(ui, "__file__", str(package / "web/ui.py"))
    assert FIND_PAGE() is None
    for folder in (tmp_path / "frontend/dist", package / "_web"):
        folder.mkdir(parents=True)
        assert FIND_PAGE() != folder, "a folder without a page is none"
        (folder / "index.html").touch()
        assert FIND_PAGE() == folder
