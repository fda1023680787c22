"""Runs the benchmarks one after the other, all of them whatever one says, and tells at the end which bars were missed.

    python -m benchmarks [name ...]

They run apart, each in a process of its own, because what one leaves in memory is another's noise.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

NAMES = (
    "seal",
    "anchoring",
    "index",
    "api",
    "listing",
    "browser_crypto",
    "browser_page",
    "browser_approve",
    "browser_timeline",
)
"""In the order of the layers. The soak and the browser's windows are commands of their own."""


def main() -> int:
    """Runs those asked for; returns 1 where one of them missed a bar or broke."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)}; all where none is given")
    asked = parser.parse_args().names or NAMES
    if unknown := sorted(set(asked) - set(NAMES)):
        parser.error(f"there is no benchmark {', '.join(unknown)}")
    missed = []
    for number, name in enumerate(asked, 1):
        print(f"\n== {name} ({number} of {len(asked)})", flush=True)
        began_at = time.monotonic()
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode != 0:
            missed.append(name)
        print(f"   took {time.monotonic() - began_at:.0f} s", flush=True)
    print(f"\nMissed a bar, or broke: {', '.join(missed)}." if missed else "\nEvery bar was met.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
