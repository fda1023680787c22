"""``make demo``: a small hospital world on this machine. Tells its story once, then stays up until Ctrl-C.

Running it again goes on with the same people, records and grants.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from werkzeug.serving import BaseWSGIServer, make_server

from deploy.demo_story import tell
from deploy.world import World
from mendrec.config import load_config
from mendrec.domain.errors import MendrecError
from mendrec.web.app import create_custodian_app

_BLOCK_EVERY_S = 5
_BEGAN, _TOLD = "story-began", "story-told"
"""A home whose story was not told to its end tells it again, from the same moment, which does nothing twice."""
_DEFAULT_HOME = Path("demo-world")


def main() -> int:
    """Runs the demo; returns the exit status."""
    parser = argparse.ArgumentParser(prog="make demo", description="A small hospital world on this machine.")
    parser.add_argument("--home", type=Path, default=_DEFAULT_HOME, help="where the world is kept")
    parser.add_argument("--leave", action="store_true", help="stop after the story instead of staying up")
    arguments = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    os.umask(0o077)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    try:
        return _run(arguments.home, leave=arguments.leave)
    except MendrecError as error:
        print(f"\nNot done: {error.message}\n{error.remedy}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. `make demo` goes on from here.")
        return 0


def _run(home: Path, *, leave: bool) -> int:
    door = _Door()
    chain_port, custodian_port = (free_port(port) for port in _ports_of_last_time(home))
    server = make_server("127.0.0.1", custodian_port, door, threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    print("Starting a local chain and the stores …", flush=True)
    with _serving(server), World(home, port=chain_port, custodian_url=url, block_time_s=_BLOCK_EVERY_S) as world:
        if world.is_populated:
            world.come_back()
        else:
            print("Making contracts, hospitals, clinicians and a patient …", flush=True)
            world.populate()
        door.app = create_custodian_app(world.node.custodian(world.people["north-hospital"]))
        world.anvil.checkpoint()
        first_time = not (home / _TOLD).exists()
        if first_time:
            tell(world, _began_at(home, world))
            world.anvil.checkpoint()
            (home / _TOLD).touch()
        _tell_what_next(world, custodian_url=url, first_time=first_time)
        if not leave:
            _stay(world)
    return 0


def _ports_of_last_time(home: Path) -> tuple[int, int]:
    """The chain's and the custodian's port, so that what points to them stays right; 0 where there is none yet."""
    try:
        config = load_config(home)
    except MendrecError:
        return 0, 0
    custodian = config.custodians[0].url if config.custodians else ""
    return urlsplit(config.chain.rpc_url).port or 0, urlsplit(custodian).port or 0


def free_port(wanted: int) -> int:
    """Returns ``wanted`` where it is free, else 0, which stands for any."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return 0
    return wanted


def _began_at(home: Path, world: World) -> int:
    """When the story began: kept, so that one that was cut off goes on with the very same grants."""
    path = home / _BEGAN
    if not path.exists():
        path.write_text(str(world.node.now()), encoding="ascii")
    return int(path.read_text(encoding="ascii"))


def _stay(world: World) -> None:
    print("\nThe world is up. Use another terminal for the commands; Ctrl-C here stops it.", flush=True)
    while world.anvil.pid is not None:
        time.sleep(1)


def _tell_what_next(world: World, *, custodian_url: str, first_time: bool) -> None:
    command = f".venv/bin/mendrec --home {world.home}"
    who = {
        "patient": "owns the record",
        "gp": "works at north-hospital" + ("; may upload, may not read" if first_time else ""),
        "cardiologist": "works at south-hospital" + ("; may read for 30 days" if first_time else ""),
        "radiologist": "works at south-hospital" + ("; may do nothing yet" if first_time else ""),
        "north-hospital": f"keeps two of the stores, mends, and is the custodian ({custodian_url})",
        "south-hospital": "keeps the third store",
        "licensing-board": "signs clinicians' credentials",
        "governance": "admits hospitals and boards",
    }
    print("\nWho is who" if first_time else "\nThe world goes on as you left it. Who is who")
    for name, what in who.items():
        print(f"  {name:<16} {world.people[name].address}  {what}")
    print("\nTry next (in another terminal, in this folder)")
    tries: Iterable[tuple[str, str]] = (
        ("see who may do what", f"{command} access patient"),
        ("list the record as the cardiologist", f"{command} --as cardiologist list patient"),
        (
            "open the scan as the cardiologist",
            f"{command} --as cardiologist open patient 0 -o {world.home}/scan.dcm --force",
        ),
        (
            "try the same as the radiologist (refused)",
            f"{command} --as radiologist open patient 0 -o {world.home}/no.dcm",
        ),
        ("break a copy on disk", f".venv/bin/python -m deploy.damage --home {world.home}"),
        ("have it found", f"{command} check patient"),
        ("see the plan", f"{command} --as north-hospital mend --plan"),
        ("have it mended", f"{command} --as north-hospital mend --apply"),
        ("take the access back", f"{command} --as patient revoke cardiologist -c imaging"),
        ("see who asked for what", f"{command} receipts patient"),
        ("verify the whole chain", f"{command} verify patient"),
    )
    for what, line in tries:
        print(f"  # {what}\n  {line}")
    print("Each command takes --json; `mendrec --help` lists them all.", flush=True)


class _Door:
    """A WSGI application whose inside comes later: the address must be known before the world is."""

    def __init__(self) -> None:
        self.app: Callable[..., Any] | None = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if self.app is None:
            start_response("503 Service Unavailable", [("Content-Type", "application/json")])
            return [b'{"code": "unavailable", "message": "The node is starting.", "remedy": "Try again."}']
        return self.app(environ, start_response)


class _serving:  # noqa: N801 - reads as a verb where it is used
    """Serves in a thread while the block runs."""

    def __init__(self, server: BaseWSGIServer) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, name="custodian", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


if __name__ == "__main__":
    raise SystemExit(main())
