"""Compiles the contracts, and writes or checks the artifacts that the product ships.

    python -m deploy.compile_contracts           writes them
    python -m deploy.compile_contracts --check   fails where they are not what the sources give

Needs the npm packages of ``contracts/package-lock.json``. Running the product needs neither them nor a compiler.
The compiler is the pinned version of npm's ``solc`` (WebAssembly) behind ``contracts/solc-node.mjs``, or a native
solc of exactly that version where one is on the PATH: the bytecode is the same. What is written depends on the
sources alone: no path, no time, no metadata hash.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

import solcx
from solcx.exceptions import SolcError
from solcx.wrapper import get_solc_version

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = ROOT / "contracts"
NODE_MODULES = CONTRACTS / "node_modules"

SOLC_VERSION = "0.8.30"
MAX_RUNTIME_BYTES = 24_576  # EIP-170
SETTINGS: Mapping[str, Any] = {
    # paris: one bytecode for every network, those without PUSH0 and MCOPY too.
    "evmVersion": "paris",
    # 1,000 runs: the acts of patients and clinicians are called often, the contracts stay well below EIP-170.
    # No viaIR: not needed, and the plain pipeline is the one that most tools and auditors read.
    "optimizer": {"enabled": True, "runs": 1000},
    # No hash of the metadata and no metadata: the same sources give the same bytes wherever they lie.
    "metadata": {"bytecodeHash": "none", "appendCBOR": False},
}


class CompilationError(Exception):
    """The contracts cannot be compiled, or the artifacts are not fresh. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """A folder of artifacts, and the contracts (source → name) that go there."""

    folder: Path
    contracts: Mapping[str, str]


SHIPPED = Target(
    ROOT / "app/mendrec/adapters/chain/artifacts",
    {"src/Directory.sol": "Directory", "src/Consent.sol": "Consent", "src/Records.sol": "Records"},
)
FOR_TESTS = Target(
    ROOT / "tests/contracts/artifacts",
    {"test/ContractWallet.sol": "ContractWallet", "test/LibraryHarness.sol": "LibraryHarness"},
)
TARGETS = (SHIPPED, FOR_TESTS)


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 0 done or fresh, 1 not fresh or not compilable."""
    parser = argparse.ArgumentParser(prog="python -m deploy.compile_contracts", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail when an artifact is not fresh")
    options = parser.parse_args(arguments)
    try:
        files = render()
        if options.check:
            require_fresh(files)
            print(f"{len(files)} contract artifacts are fresh.")
        else:
            write(files)
            print(f"{len(files)} contract artifacts written.")
    except CompilationError as error:
        print(f"compile_contracts: {error}", file=sys.stderr)
        return 1
    return 0


def render() -> dict[Path, str]:
    """Compiles, and returns path → JSON text of every artifact.

    Raises:
        CompilationError: no compiler, an error or a warning in the sources, or a contract above EIP-170.
    """
    sources = _sources()
    output = _compile(sources)
    _require_no_diagnostics(output)
    shipped = {name: text for name, text in sources.items() if name.startswith("src/")}
    hashes = (_source_hash(shipped), _source_hash(sources))
    return {
        target.folder / f"{name}.json": _artifact(name, output["contracts"][source][name], source_hash)
        for target, source_hash in zip(TARGETS, hashes, strict=True)
        for source, name in target.contracts.items()
    }


def write(files: Mapping[Path, str]) -> None:
    """Writes the artifacts, and removes those of contracts that are no more."""
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in _strangers(files):
        path.unlink()


def require_fresh(files: Mapping[Path, str]) -> None:
    """Compares what is on disk with what the sources give.

    Raises:
        CompilationError: names every artifact that is missing, stale or left over.
    """
    stale = [path for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    names = sorted(path.relative_to(ROOT).as_posix() for path in [*stale, *_strangers(files)])
    if names:
        raise CompilationError(
            f"not what the sources give: {', '.join(names)}. Run `python -m deploy.compile_contracts` and commit it."
        )


def _strangers(files: Mapping[Path, str]) -> list[Path]:
    return [path for target in TARGETS for path in sorted(target.folder.glob("*.json")) if path not in files]


def _sources() -> dict[str, str]:
    paths = [path for folder in ("src", "test") for path in sorted((CONTRACTS / folder).rglob("*.sol"))]
    return {path.relative_to(CONTRACTS).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def _source_hash(sources: Mapping[str, str]) -> str:
    """SHA-256 over all that decides the bytecode: sources, settings, versions of compiler and libraries."""
    inputs = {"sources": sources, "settings": SETTINGS, "solc": SOLC_VERSION, "libraries": _library_version()}
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def _library_version() -> str:
    package = NODE_MODULES / "@openzeppelin/contracts/package.json"
    if not package.is_file():
        raise CompilationError("the npm packages are missing. Run `npm ci` in contracts/.")
    return str(json.loads(package.read_text(encoding="utf-8"))["version"])


def _compile(sources: Mapping[str, str]) -> dict[str, Any]:
    wanted = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object", "evm.deployedBytecode.immutableReferences"]
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.items()},
        "settings": {
            **SETTINGS,
            "remappings": ["@openzeppelin/=node_modules/@openzeppelin/"],
            "outputSelection": {
                source: {name: wanted} for target in TARGETS for source, name in target.contracts.items()
            },
        },
    }
    compiler = _compiler()
    try:
        return dict(solcx.compile_standard(request, solc_binary=compiler, base_path=str(CONTRACTS)))
    except SolcError as error:
        details = "\n".join(part for part in (str(error.message), error.stderr_data) if part)
        raise CompilationError(f"the compiler failed:\n{details}") from error


def _compiler() -> Path:
    """The native compiler where it is exactly the pinned one, else the pinned npm package under Node."""
    native = shutil.which("solc")
    if native is not None and _is_pinned(Path(native)):
        return Path(native)
    if shutil.which("node") is None:
        raise CompilationError(f"Node is missing, and no native solc {SOLC_VERSION} is on the PATH. Install Node 20.")
    driver = CONTRACTS / "solc-node.mjs"
    if not _is_pinned(driver):
        raise CompilationError(f"npm's solc {SOLC_VERSION} is missing. Run `npm ci` in contracts/.")
    return driver


def _is_pinned(binary: Path) -> bool:
    try:
        return str(get_solc_version(binary)) == SOLC_VERSION
    except (SolcError, CalledProcessError, OSError):
        return False


def _require_no_diagnostics(output: Mapping[str, Any]) -> None:
    """A warning stops too: what is meant is written so that the compiler agrees."""
    messages = [entry["formattedMessage"] for entry in output.get("errors", []) if entry["severity"] != "info"]
    if messages:
        raise CompilationError("\n" + "\n".join(messages))


def _artifact(name: str, compiled: Mapping[str, Any], source_hash: str) -> str:
    evm = compiled["evm"]
    runtime_hex = str(evm["deployedBytecode"]["object"])
    if len(runtime_hex) // 2 > MAX_RUNTIME_BYTES:
        raise CompilationError(f"{name} has {len(runtime_hex) // 2} bytes; EIP-170 allows {MAX_RUNTIME_BYTES}.")
    artifact = {
        "contractName": name,
        "abi": compiled["abi"],
        "bytecode": "0x" + evm["bytecode"]["object"],
        "deployedBytecode": "0x" + runtime_hex,
        # Keys are compiler-internal ids of the immutables; the values say which bytes differ once deployed.
        "immutableReferences": evm["deployedBytecode"]["immutableReferences"],
        "compiler": {"name": "solc", "version": SOLC_VERSION},
        "settings": SETTINGS,
        "sourceHash": source_hash,
    }
    return json.dumps(artifact, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.exit(main())
