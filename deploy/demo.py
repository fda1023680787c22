"""``make demo``: a small hospital world on this machine, with its node and page. Tells its story once, then stays up.

Ctrl-C stops it. Running it again goes on with the same people, records and grants.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from pathlib import Path

from deploy.demo_paperwork import do_paperwork
from deploy.demo_process import let_it_be_stopped, node_process, wait_until_ready
from deploy.demo_world import DemoWorld, demo_world
from mendrec.domain.errors import MendrecError

_BLOCK_EVERY_S = 5
_DEFAULT_HOME = Path("demo-world")
_WHO = {
    "patient": "owns the record",
    "gp": "works at north-hospital; may read and add",
    "cardiologist": "works at south-hospital; may read some of it for 30 days",
    "radiologist": "works at south-hospital; asks for the images",
    "north-hospital": "runs the node, keeps two of the stores, mends, and is the custodian",
    "south-hospital": "keeps the third store",
    "licensing-board": "signs clinicians' credentials",
    "resident": "has applied at north-hospital",
    "newcomer": "is nobody here yet",
    "governance": "admits hospitals and boards, and pays for what people sign",
}


def main() -> int:
    """Runs the demo; returns the exit status."""
    parser = argparse.ArgumentParser(prog="make demo", description="A small hospital world on this machine.")
    parser.add_argument("--home", type=Path, default=_DEFAULT_HOME, help="where the world is kept")
    parser.add_argument("--leave", action="store_true", help="stop after the story instead of staying up")
    arguments = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    os.umask(0o077)
    let_it_be_stopped()
    try:
        return _run(arguments.home, leave=arguments.leave)
    except MendrecError as error:
        print(f"\nNot done: {error.message}\n{error.remedy}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. `make demo` goes on from here.")
        return 0


def _run(home: Path, *, leave: bool) -> int:
    with demo_world(home, block_time_s=_BLOCK_EVERY_S) as demo:
        command = [sys.executable, "-m", "deploy.demo_node", "--home", str(home)]
        with node_process(command, log=home / "node.log") as node:
            wait_until_ready(node, demo.url)
            do_paperwork(demo.world, demo.url)
            _tell_what_next(demo)
            if leave:
                return 0
            print("\nThe world is up. Ctrl-C here stops it; what you did stays.", flush=True)
            while demo.world.anvil.pid is not None and node.poll() is None:
                time.sleep(1)
    print("\nThe node or the chain has ended; see node.log and chain/anvil.log in the world's folder.", file=sys.stderr)
    return 1


def _tell_what_next(demo: DemoWorld) -> None:
    world, command = demo.world, f".venv/bin/mendrec --home {demo.world.home}"
    print("\nWho is who" if demo.is_first_time else "\nThe world goes on as you left it. Who is who")
    for name, what in _WHO.items():
        if name in world.people:  # a world of an earlier version has fewer
            print(f"  {name:<16} {world.people[name].address}  {what}")
    scan = demo.scan_sequence
    tries = (
        ("see who may do what", f"{command} access patient"),
        ("list the record as the cardiologist", f"{command} --as cardiologist list patient"),
        (
            "open the scan as the cardiologist",
            f"{command} --as cardiologist open patient {scan} -o {world.home}/scan.dcm --force",
        ),
        (
            "try the same as the radiologist (refused)",
            f"{command} --as radiologist open patient {scan} -o {world.home}/no.dcm",
        ),
        ("break a copy on disk", f".venv/bin/python -m deploy.damage --home {world.home}"),
        ("have it found", f"{command} check patient"),
        ("see the plan", f"{command} --as north-hospital mend --plan"),
        ("have it mended", f"{command} --as north-hospital mend --apply"),
        ("take the access back", f"{command} --as patient revoke cardiologist -c imaging"),
        ("see who asked for what", f"{command} receipts patient"),
        ("verify the whole chain", f"{command} verify patient"),
    )
    print("\nThe same by commands (in another terminal, in this folder; each takes --json)")
    for what, line in tries:
        print(f"  # {what}\n  {line}")
    print(f"\nOpen {demo.url} in a browser on this machine, and choose who you are.", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
