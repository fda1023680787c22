"""The main job, end to end, in one run: its own chain and stores on free ports, in a temporary folder.

A line a step; the last line is one JSON object: ``steps`` (name → true/false), ``gas`` (operation → gas), ``seconds``,
``versions``. Exit status 0 only where every step is true.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from deploy.smoke_story import Story
from deploy.world import TOOLS, PlayClock, World
from mendrec.adapters.stores.kubo_process import find_kubo
from mendrec.domain.errors import MendrecError

_PACKAGES = ("web3", "pyrage", "pyshamir", "ipfshttpclient", "fhir.resources", "pydicom", "sqlalchemy")


def main() -> int:
    """Plays the story; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--fhir", type=Path, help="a FHIR R4 bundle in place of the generated one")
    parser.add_argument("--dicom", type=Path, help="a DICOM file in place of the generated one")
    arguments = parser.parse_args()
    started = time.monotonic()
    steps: dict[str, bool] = {}
    with tempfile.TemporaryDirectory(prefix="mendrec-smoke-") as folder:
        home, clock = Path(folder), PlayClock()
        with World(home / "home", clock=clock) as world:
            ipfs = "a real Kubo" if world.kubo else "a directory in place of IPFS (no Kubo: `make tools`)"
            print(f"Chain at {world.anvil.rpc_url}; stores: two directories and {ipfs}.", flush=True)
            story = Story(world, clock, home, arguments.fhir, arguments.dicom)
            for name, step in story.steps():
                steps[name] = _play(name, step)
                if not steps[name]:
                    break
            gas = dict(sorted(world.gas.items()))
            versions = _versions(world)
    seconds = round(time.monotonic() - started, 1)
    print(json.dumps({"steps": steps, "gas": gas, "seconds": seconds, "versions": versions}))
    return 0 if steps and all(steps.values()) else 1


def kubo_version(binary: Path) -> str:
    """Returns what the binary says of itself."""
    said = subprocess.run([str(binary), "version", "--number"], capture_output=True, text=True, check=True, timeout=20)
    return f"kubo {said.stdout.strip()}"


def _play(name: str, step: Callable[[], str]) -> bool:
    """Runs one step and says how it went; what fails is named, and nothing after it is tried."""
    started = time.monotonic()
    try:
        told = step()
    except (MendrecError, AssertionError) as error:
        words = error.message if isinstance(error, MendrecError) else str(error) or "an expectation did not hold"
        print(f"FAILED {name}: {words}", file=sys.stderr, flush=True)
        return False
    print(f"ok  {name:<28} {told}  ({time.monotonic() - started:.1f} s)", flush=True)
    return True


def _versions(world: World) -> dict[str, str]:
    found = {name: version(name) for name in _PACKAGES}
    found["python"] = platform.python_version()
    found["chain"] = str(world.anvil.rpc("web3_clientVersion"))
    found["ipfs"] = kubo_version(find_kubo(TOOLS)) if world.kubo else "none"
    return found


if __name__ == "__main__":
    raise SystemExit(main())
