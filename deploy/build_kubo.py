"""Builds the Kubo (IPFS) binary from its Go modules, each locked by hash in ``deploy/kubo/go.sum``.

    python deploy/build_kubo.py            # writes .tools/bin/ipfs

Does nothing where the binary was built from the same go.mod and go.sum before. Kubo refuses ``go install …@version``
(its go.mod replaces modules), so ``deploy/kubo`` is a small module that names it as a tool.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULE = ROOT / "deploy" / "kubo"
BINARY = ROOT / ".tools" / "bin" / "ipfs"
STAMP = BINARY.with_name("ipfs.built-from")
PACKAGE = "github.com/ipfs/kubo/cmd/ipfs"
NO_GO = 3
"""Exit code where Go is not there: a caller for whom Kubo is optional goes on."""


def main() -> int:
    """Returns 0 where the binary is there in the end, 3 where Go is missing or too old, 1 where the build failed."""
    wanted = fingerprint(MODULE)
    if is_built(wanted):
        print(f"kubo: {BINARY.relative_to(ROOT)} is up to date")
        return 0
    go = shutil.which("go")
    needed = required_go((MODULE / "go.mod").read_text(encoding="utf-8"))
    found = go_version(go) if go else None
    if go is None or found is None or found < needed:
        print(missing_go(needed, found), file=sys.stderr)
        return NO_GO
    return build(go, wanted)


def fingerprint(module: Path) -> str:
    """Returns the SHA-256 of what decides the binary: go.mod and go.sum."""
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum"):
        content = (module / name).read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def is_built(wanted: str) -> bool:
    """Tells whether the binary there was built from this fingerprint and still is what was built."""
    if not os.access(BINARY, os.X_OK) or not STAMP.is_file():
        return False
    return STAMP.read_text(encoding="ascii").split() == [wanted, sha256_of(BINARY)]


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 (hex) of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def required_go(go_mod: str) -> tuple[int, ...]:
    """Returns the Go version that a go.mod asks for."""
    match = re.search(r"^go ([\d.]+)$", go_mod, re.MULTILINE)
    if match is None:
        raise SystemExit("deploy/kubo/go.mod names no Go version")
    return as_version(match[1])


def go_version(go: str) -> tuple[int, ...] | None:
    """Returns the version of a Go command; None where it does not tell one."""
    try:
        said = subprocess.run([go, "env", "GOVERSION"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    match = re.match(r"go([\d.]+)", said)
    return as_version(match[1]) if match else None


def as_version(text: str) -> tuple[int, ...]:
    """Returns ``1.26.5`` as (1, 26, 5)."""
    return tuple(int(part) for part in text.strip(".").split("."))


def missing_go(needed: tuple[int, ...], found: tuple[int, ...] | None) -> str:
    """Returns what to tell a user without a usable Go."""
    version = ".".join(map(str, needed))
    there = f"Go {'.'.join(map(str, found))} is too old" if found else "Go is not installed"
    return (
        f"kubo: {there}; building Kubo needs Go {version} or later.\n"
        "      Get it from https://go.dev/dl/, or set MENDREC_KUBO to a Kubo 0.43 binary of your own.\n"
        "      Everything but the IPFS store works without it."
    )


def build(go: str, wanted: str) -> int:
    """Builds beside the old binary and replaces it only when the build succeeded."""
    BINARY.parent.mkdir(parents=True, exist_ok=True)
    unfinished = BINARY.with_name("ipfs.new")
    environment = os.environ | {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -buildvcs=false", "GOWORK": "off"}
    steps = (
        ("fetching the modules (about 650 MB, checked against go.sum)", [go, "mod", "download"]),
        (
            "compiling (a few minutes)",
            [go, "build", "-trimpath", "-ldflags=-s -w", "-o", str(unfinished), PACKAGE],
        ),
    )
    for number, (what, command) in enumerate(steps, start=1):
        print(f"kubo: {number}/{len(steps)} {what} ...", flush=True)
        started = time.monotonic()
        if subprocess.run(command, cwd=MODULE, env=environment, check=False).returncode != 0:
            unfinished.unlink(missing_ok=True)
            print(f"kubo: {what} failed; Go's own message is above", file=sys.stderr)
            return 1
        print(f"kubo: {number}/{len(steps)} done in {time.monotonic() - started:.0f} s", flush=True)
    unfinished.replace(BINARY)
    STAMP.write_text(f"{wanted} {sha256_of(BINARY)}\n", encoding="ascii")
    print(f"kubo: built {BINARY.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
