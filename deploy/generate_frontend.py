"""Makes what the page takes over from Python and from the contracts: ``frontend/src/generated/``. Nothing of it is
committed, and nothing of it is typed twice.

    python -m deploy.generate_frontend           writes it; what has not changed keeps its time
    python -m deploy.generate_frontend --check   fails where something is not what the sources give

The types and schemas of the API's answers are made from the OpenAPI document by npm's ``@hey-api/openapi-ts``; all else
needs Python alone.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from deploy.frontend_tables import frontend_tables
from mendrec.adapters.chain.refusal_words import UNKNOWN, WORDS
from mendrec.bootstrap import Node
from mendrec.config import WebConfig
from mendrec.domain.limits import LIMITS
from mendrec.web.app import create_app

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
GENERATED = FRONTEND / "src/generated"
ARTIFACTS = ROOT / "app/mendrec/adapters/chain/artifacts"

_CALLED: Mapping[str, Sequence[str]] = {
    "Records": ("head", "entry", "requireIncluded"),
    "Directory": (
        *("participant", "recipientOf", "categoryCodeHash"),
        *("suspend", "reinstate", "revokeCredential", "renewCredential"),
    ),
    "Consent": ("permission", "effective"),
}
"""What the page itself asks the contracts, or has a wallet send them; everything else goes through the node."""
_API = "api"
_STAMP = "api/.made-of"
_NOT_EDITED = "// Made by `make generate` from the contracts' artifacts; edits are lost."


class GenerationError(Exception):
    """Something is missing, or not fresh. The message says what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 0 written or fresh, 1 not fresh or not possible."""
    parser = argparse.ArgumentParser(prog="python -m deploy.generate_frontend", description=(__doc__ or "").strip())
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is not fresh")
    options = parser.parse_args(arguments)
    try:
        files = render()
        if options.check:
            require_fresh(files)
            print("What the page takes over is fresh.")
        else:
            changed = write(files)
            print(f"{len(files)} files for the page, {changed} of them changed.")
    except GenerationError as error:
        print(f"generate_frontend: {error}", file=sys.stderr)
        return 1
    return 0


def render() -> dict[str, str]:
    """Returns path within ``frontend/src/generated`` → text of everything that Python makes."""
    return {
        "openapi.json": _json(openapi_document()),
        "contracts.ts": contracts_module(),
        "limits.json": _json({**dataclasses.asdict(LIMITS), "object_max_bytes": LIMITS.object_max_bytes}),
        "categories.json": _json(frontend_tables()),
    }


def openapi_document() -> dict[str, Any]:
    """The API's description; no chain and no database is asked for it."""
    stub = SimpleNamespace(config=SimpleNamespace(web=WebConfig(page=False)), cursor_key=b"x" * 32)
    document: dict[str, Any] = create_app(cast("Node", stub), custodian=None).api_doc
    return document


def contracts_module() -> str:
    """TypeScript: the fragments of the contracts' interfaces that the page uses, and words for their refusals."""
    parts = [_NOT_EDITED]
    for contract, names in _CALLED.items():
        abi = json.loads((ARTIFACTS / f"{contract}.json").read_text(encoding="utf-8"))["abi"]
        fragments = list(_fragments(abi, names))
        missing = set(names) - {one["name"] for one in fragments}
        if missing:
            raise GenerationError(f"{contract} has no {', '.join(sorted(missing))}: mend the list in this program.")
        lines = "".join(f"  {json.dumps(_without_solidity_names(one))},\n" for one in fragments)
        parts.append(f"export const {contract.lower()}Abi = [\n{lines}] as const;")
    words = {name: dataclasses.asdict(text) for name, text in WORDS.items()}
    parts.append(
        "/** Name of a custom error, or Contract.Name where that one has words of its own → what to tell a person;\n"
        f" * `{UNKNOWN}` for all others. Braces take the error's arguments by name. */\n"
        f"export const refusalWords: Readonly<Record<string, {{ readonly sentence: string; readonly remedy: string }}>>"
        f" =\n  {_json(words).rstrip()};"
    )
    return "\n\n".join(parts) + "\n"


def write(files: Mapping[str, str]) -> int:
    """Writes what has changed, and the API's types where its description has; returns how many files that were."""
    changed = 0
    for name, text in files.items():
        path = GENERATED / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            _replace(path, text)
            changed += 1
    if _made_of(files) != _text(GENERATED / _STAMP):
        _make_types()
        _replace(GENERATED / _STAMP, _made_of(files))
    return changed


def require_fresh(files: Mapping[str, str]) -> None:
    """Raises GenerationError that names every file which is missing or stale."""
    stale = [name for name, text in files.items() if _text(GENERATED / name) != text]
    if _made_of(files) != _text(GENERATED / _STAMP):
        stale.append(_API)
    if stale:
        raise GenerationError(f"not what the sources give: {', '.join(stale)}. Run `make generate`.")


def _fragments(abi: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    for one in abi:
        if one["type"] == "error" or (one["type"] == "function" and one["name"] in names):
            yield one


def _without_solidity_names(value: Any) -> Any:
    """``internalType`` says how the source calls a type; encoding needs none of it."""
    if isinstance(value, list):
        return [_without_solidity_names(one) for one in value]
    if isinstance(value, dict):
        return {key: _without_solidity_names(one) for key, one in value.items() if key != "internalType"}
    return value


def _make_types() -> None:
    program = FRONTEND / "node_modules/@hey-api/openapi-ts/bin/run.js"
    if not program.is_file():
        raise GenerationError("the page's npm packages are missing. Run `make setup`.")
    # Into a folder beside, then over: whoever compiles meanwhile finds the files whole.
    with tempfile.TemporaryDirectory(prefix=".api-", dir=GENERATED) as folder:
        done = subprocess.run(
            ["node", str(program), "--output", folder, "--silent", "--no-log-file"],
            cwd=FRONTEND,
            env={**os.environ, "CI": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        made = sorted(Path(folder).glob("*.gen.ts"))  # its index re-exports everything: nobody imports that
        if done.returncode or not made:
            raise GenerationError(f"openapi-ts failed:\n{done.stdout}{done.stderr}")
        (GENERATED / _API).mkdir(exist_ok=True)
        for path in made:
            shutil.move(path, GENERATED / _API / path.name)


def _made_of(files: Mapping[str, str]) -> str:
    """Names all that decides the API's types: its description, the settings and the version of what makes them."""
    lock = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))["devDependencies"]["@hey-api/openapi-ts"]
    settings = (FRONTEND / "openapi-ts.config.ts").read_text(encoding="utf-8")
    return hashlib.sha256("\0".join((files["openapi.json"], settings, lock)).encode()).hexdigest() + "\n"


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
