"""The shipped artifacts are what the sources give, and nothing of this machine is in them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from deploy import compile_contracts as compiling

needs_compiler = pytest.mark.skipif(
    shutil.which("node") is None or not (compiling.NODE_MODULES / "solc").is_dir(),
    reason="the compiler is not installed: run `npm ci` in contracts/",
)


@pytest.fixture(scope="module")
def rendered() -> dict[Path, str]:
    return compiling.render()


@needs_compiler
def test_artifacts_are_fresh(rendered: dict[Path, str]) -> None:
    compiling.require_fresh(rendered)


@needs_compiler
def test_a_stale_a_missing_and_a_left_over_artifact_are_named(
    rendered: dict[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "ROOT", tmp_path)
    targets = (replace(compiling.SHIPPED, folder=tmp_path / "a"), replace(compiling.FOR_TESTS, folder=tmp_path / "b"))
    monkeypatch.setattr(compiling, "TARGETS", targets)
    folders = {compiling.SHIPPED.folder: tmp_path / "a", compiling.FOR_TESTS.folder: tmp_path / "b"}
    moved = {folders[path.parent] / path.name: text for path, text in rendered.items()}
    compiling.write(moved)
    compiling.require_fresh(moved)
    paths = sorted(moved)
    paths[0].write_text("{}", encoding="utf-8")
    paths[1].unlink()
    stranger = paths[0].with_name("Left.json")
    stranger.write_text("{}", encoding="utf-8")
    with pytest.raises(compiling.CompilationError) as caught:
        compiling.require_fresh(moved)
    for path in (paths[0], paths[1], stranger):
        assert path.name in str(caught.value)
    compiling.write(moved)
    assert not stranger.exists()


@needs_compiler
def test_a_source_that_the_compiler_warns_of_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = compiling._sources() | {"src/Bad.sol": "pragma solidity 0.8.30; contract Bad {}"}
    monkeypatch.setattr(compiling, "_sources", lambda: sources)
    with pytest.raises(compiling.CompilationError, match="SPDX"):
        compiling.render()


def test_artifacts_hold_no_path_and_no_metadata() -> None:
    for target in compiling.TARGETS:
        for name in target.contracts.values():
            text = (target.folder / f"{name}.json").read_text(encoding="utf-8")
            artifact = json.loads(text)
            assert artifact["contractName"] == name
            assert artifact["compiler"] == {"name": "solc", "version": compiling.SOLC_VERSION}
            assert artifact["settings"]["evmVersion"] == "paris"
            assert str(compiling.ROOT) not in text
            assert b"ipfs" not in bytes.fromhex(artifact["deployedBytecode"][2:])
