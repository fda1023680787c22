"""How the page comes to be: what it takes over is what the sources say, and each of its libraries has its reason."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.wheel import WheelBuilder

from deploy import generate_frontend
from deploy.generate_frontend import GenerationError, contracts_module, openapi_document, render, require_fresh, write
from mendrec.adapters.chain.artifacts_loader import load_artifacts
from mendrec.config import InvalidConfig, parse_config
from mendrec.domain.limits import LIMITS

ROOT = Path(__file__).parents[2]
PACKAGES = json.loads((ROOT / "frontend/package.json").read_text("utf-8"))


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Generated files of the test's own; the API's types are not made, which takes Node and seconds."""
    made: list[Path] = []

    def make_types() -> None:
        made.append(tmp_path)
        (tmp_path / "api").mkdir(exist_ok=True)

    monkeypatch.setattr(generate_frontend, "GENERATED", tmp_path)
    monkeypatch.setattr(generate_frontend, "_make_types", make_types)
    return tmp_path


def test_what_is_written_is_fresh_and_what_has_not_changed_is_not_touched(elsewhere: Path) -> None:
    files = render()
    with pytest.raises(GenerationError, match=r"limits\.json"):
        require_fresh(files)
    assert write(files) == len(files)
    require_fresh(files)
    times = {path: path.stat().st_mtime_ns for path in elsewhere.rglob("*") if path.is_file()}
    assert write(files) == 0
    assert times == {path: path.stat().st_mtime_ns for path in elsewhere.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["openapi.json", "contracts.ts", "limits.json", "categories.json"])
def test_a_stale_or_missing_file_is_named(elsewhere: Path, name: str) -> None:
    files = render()
    write(files)
    with pytest.raises(GenerationError, match=re.escape(name)):
        require_fresh({**files, name: files[name] + " "})
    (elsewhere / name).unlink()
    with pytest.raises(GenerationError, match=re.escape(name)):
        require_fresh(files)


def test_types_are_stale_where_the_description_changed(elsewhere: Path) -> None:
    files = render()
    write(files)
    changed = {**files, "openapi.json": files["openapi.json"].replace("Mendrec node", "Another node")}
    (elsewhere / "openapi.json").write_text(changed["openapi.json"], encoding="utf-8")
    with pytest.raises(GenerationError, match="api"):
        require_fresh(changed)


def test_the_description_is_that_of_the_api_whether_or_not_the_page_is_served() -> None:
    document = openapi_document()
    assert document["openapi"].startswith("3.1")
    assert all(path.startswith("/v1/") for path in document["paths"])


def test_limits_are_python_s() -> None:
    limits = json.loads(render()["limits.json"])
    assert limits["object_max_bytes"] == LIMITS.object_max_bytes
    assert limits["payload_max_bytes"] == LIMITS.payload_max_bytes


def test_the_contracts_fragments_are_those_of_the_artifacts() -> None:
    module = contracts_module()
    for contract, called in {"Records": "entry", "Directory": "suspend", "Consent": "effective"}.items():
        found = re.search(rf"export const {contract.lower()}Abi = (\[.*?\n\]) as const;", module, re.DOTALL)
        assert found is not None
        fragments = json.loads(re.sub(r",\n\]", "\n]", found[1]))
        abi = load_artifacts()[contract].abi
        assert {one["name"] for one in fragments if one["type"] == "error"} == {
            one["name"] for one in abi if one["type"] == "error"
        }
        (fragment,) = [one for one in fragments if one["name"] == called]
        (true,) = [one for one in abi if one.get("name") == called and one["type"] == "function"]
        assert [one["type"] for one in fragment["inputs"]] == [one["type"] for one in true["inputs"]]
        assert "internalType" not in json.dumps(fragments)


def test_a_function_that_the_contracts_lost_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate_frontend, "_CALLED", {"Records": ("entry", "overwrite")})
    with pytest.raises(GenerationError, match="Records has no overwrite"):
        contracts_module()


# Libraries


def test_every_library_has_its_reason_in_the_documents() -> None:
    told = (ROOT / "docs/dependencies.md").read_text("utf-8").split("## The page")[1].split("## Optional")[0]
    named = {name for row in re.findall(r"^\| ([^|]+) \|", told, re.MULTILINE) for name in row.split(", ")}
    assert named - {"package", "---"} == {*PACKAGES["dependencies"], *PACKAGES["devDependencies"]}


def test_every_library_is_locked_to_one_version_by_its_hash_and_no_place() -> None:
    for version in {**PACKAGES["dependencies"], **PACKAGES["devDependencies"]}.values():
        assert re.fullmatch(r"(?:npm:[a-z-]+@)?\d+\.\d+\.\d+", version), version
    text = (ROOT / "frontend/package-lock.json").read_text("utf-8")
    lock = json.loads(text)["packages"]
    assert all(one.get("integrity") for path, one in lock.items() if path)
    assert not any("resolved" in one for one in lock.values())
    wanted = {name: lock[f"node_modules/{name}"]["version"] for name in PACKAGES["dependencies"]}
    assert wanted == PACKAGES["dependencies"]


# The wheel


def build_wheel(root: Path, out: Path) -> set[str]:
    (path,) = WheelBuilder(str(root)).build(directory=str(out), versions=["standard"])
    with zipfile.ZipFile(path) as wheel:
        return set(wheel.namelist())


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As much of one as a wheel is made of."""
    root = tmp_path / "checkout"
    for name in ("pyproject.toml", "README.md", "app", "migrations", "deploy"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(ROOT / name)
    (root / ".gitignore").write_text("dist/\n")
    return root


def test_a_wheel_has_the_page_in_it(checkout: Path, tmp_path: Path) -> None:
    for name in ("index.html", "assets/index-1.js", "assets/index-1.js.br"):
        (checkout / "frontend/dist" / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / "frontend/dist" / name).write_text("x")
    found = build_wheel(checkout, tmp_path / "out")
    assert {"mendrec/_web/index.html", "mendrec/_web/assets/index-1.js.br", "mendrec/web/ui.py"} <= found


def test_a_wheel_without_a_page_is_refused(checkout: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make page"):
        build_wheel(checkout, tmp_path / "out")


# The setting


@pytest.mark.parametrize("value", ['"no"', "0", "[]", '"true"'])
def test_the_page_is_on_or_off(value: str) -> None:
    example = (ROOT / "docs/config.example.toml").read_text("utf-8")

    def parse(text: str) -> Any:
        return parse_config(Path("/home"), example.replace("page = true", f"page = {text}")).web.page

    assert (parse("true"), parse("false")) == (True, False)
    with pytest.raises(InvalidConfig, match=r"web\.page is neither true nor false"):
        parse(value)
