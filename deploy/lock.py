"""Resolves the Python requirements, with hashes and without any index address.

``python -m deploy.lock`` writes the lock files anew; ``--check`` fails where a lock file no longer satisfies its
``.in`` file, without asking any registry.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).parent / "requirements"
SETS = ("runtime", "dev")
_PIN = re.compile(r"^([a-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE | re.IGNORECASE)


def main() -> int:
    """Locks, or checks the locks; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare; change nothing")
    arguments = parser.parse_args()
    if arguments.check:
        faults = [fault for name in SETS for fault in _faults(name)]
        print("\n".join(faults) or "The lock files satisfy their requirements.")
        return 1 if faults else 0
    for name in SETS:
        _lock(name)
    return 0


def _lock(name: str) -> None:
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-emit-index-url", "--custom-compile-command", "make lock"]
    subprocess.run([*command, f"{name}.in", "-o", f"{name}.txt"], cwd=REQUIREMENTS, check=True)


def _faults(name: str) -> list[str]:
    locked_text = (REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8")
    locked = {match[1].lower(): match[2] for match in _PIN.finditer(locked_text)}
    faults = [f"{name}.txt holds an address; run `make lock`." for _ in re.findall(r"https?://", locked_text)[:1]]
    for line in (REQUIREMENTS / f"{name}.in").read_text(encoding="utf-8").splitlines():
        wanted = line.split("#")[0].strip()
        if not wanted or wanted.startswith("-r"):
            continue
        package, _, version = re.sub(r"\[.*\]", "", wanted).partition("==")
        found = locked.get(re.sub(r"[-_.]+", "-", package.lower()))
        if found is None or (version and found != version):
            faults.append(f"{name}.txt holds {package} {found or 'not at all'}, but {name}.in asks for {wanted}.")
    return faults


if __name__ == "__main__":
    raise SystemExit(main())
