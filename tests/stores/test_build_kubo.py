"""The build of Kubo: locked, repeated only when its inputs change, and clear about what is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy import build_kubo

GO_MOD = (build_kubo.MODULE / "go.mod").read_text(encoding="utf-8")


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for what is built, and a PATH with nothing on it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setattr(build_kubo, "ROOT", tmp_path)
    monkeypatch.setattr(build_kubo, "BINARY", folder / "ipfs")
    monkeypatch.setattr(build_kubo, "STAMP", folder / "ipfs.built-from")
    monkeypatch.setenv("PATH", str(folder))
    return folder


def fake_go(
    folder: Path, version: str, *, build: str = 'eval out=\\${$(($# - 1))}; echo built > "$out"; chmod +x "$out"'
) -> None:
    """A `go` that tells a version, and whose build writes its output file."""
    go = folder / "go"
    chmod = "PATH=/usr/bin:/bin"
    go.write_text(
        f'#!/bin/sh\n{chmod}\necho "$1" >> "{folder}/calls"\n'
        f"case $1 in env) echo {version};; mod) ;; build) {build};; esac\n",
        encoding="ascii",
    )
    go.chmod(0o755)


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text(encoding="ascii").split()


def test_what_is_built_is_locked_by_hash_and_names_no_address() -> None:
    assert re.search(r"^\s*(require )?github.com/ipfs/kubo v0\.43\.0", GO_MOD, re.MULTILINE)
    assert build_kubo.required_go(GO_MOD) == (1, 26, 5)
    go_sum = (build_kubo.MODULE / "go.sum").read_text(encoding="utf-8")
    assert re.search(r"^github\.com/ipfs/kubo v0\.43\.0 h1:[\w+/]{43}=$", go_sum, re.MULTILINE)
    assert not re.search(r"https?:|\bproxy\.", go_sum + GO_MOD)
    assert "replace" not in GO_MOD


def test_it_is_built_once_and_again_only_when_the_lock_or_the_binary_changed(
    tools: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake_go(tools, "go1.26.8")
    assert build_kubo.main() == 0
    assert calls(tools) == ["env", "mod", "build"]
    assert build_kubo.main() == 0
    assert calls(tools) == ["env", "mod", "build"]
    (tools / "ipfs").write_text("tampered")
    assert build_kubo.main() == 0
    assert calls(tools).count("build") == 2
    module = tmp_path / "module"
    module.mkdir()
    (module / "go.mod").write_text(GO_MOD + "\n// changed\n", encoding="utf-8")
    (module / "go.sum").write_text("", encoding="utf-8")
    monkeypatch.setattr(build_kubo, "MODULE", module)
    assert build_kubo.main() == 0
    assert calls(tools).count("build") == 3


@pytest.mark.parametrize("version", [None, "go1.26.4", "go1.9", "devel"])
def test_a_missing_or_old_go_is_named_with_how_to_get_it_and_nothing_is_changed(
    tools: Path, capsys: pytest.CaptureFixture[str], version: str | None
) -> None:
    if version is not None:
        fake_go(tools, version)
    assert build_kubo.main() == build_kubo.NO_GO
    said = capsys.readouterr().err
    assert "1.26.5" in said
    assert "go.dev" in said
    assert not (tools / "ipfs").exists()


def test_a_build_that_fails_leaves_the_binary_that_was_there(tools: Path) -> None:
    fake_go(tools, "go1.26.8", build="exit 1")
    (tools / "ipfs").write_text("older")
    assert build_kubo.main() == 1
    assert (tools / "ipfs").read_text() == "older"
    assert sorted(path.name for path in tools.iterdir()) == ["calls", "go", "ipfs"]
