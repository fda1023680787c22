"""``make dev``: the demo world with its node, which starts anew whenever a source file changes.

Two processes: this one keeps the chain, the stores and the people up; the node beside it is werkzeug's reloading server
with a worker in a thread. For developing only: no limits on slow clients, and passwords lie beside the keys.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from werkzeug.serving import run_simple

from deploy.demo import free_port
from deploy.world import World
from mendrec.adapters.logs import configure_logs
from mendrec.bootstrap import open_worker
from mendrec.config import CONFIG_NAME, Config, load_config
from mendrec.domain.errors import MendrecError
from mendrec.keyring import Keyring, Person
from mendrec.web.running import build_app

_BLOCK_EVERY_S = 2
_CUSTODIAN, _RELAYER = "north-hospital", "governance"
_WANTED_PORT = 8546
_STOP_WITHIN_S = 10


def main() -> int:
    """Runs the world, or with ``--serve`` the node over it."""
    parser = argparse.ArgumentParser(prog="make dev", description="The demo world with a node that reloads.")
    parser.add_argument("--home", type=Path, default=Path("demo-world"), help="where the world is kept")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    os.umask(0o077)
    try:
        return _serve(arguments.home) if arguments.serve else _keep_up(arguments.home)
    except MendrecError as error:
        print(f"\nNot done: {error.message}\n{error.remedy}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _keep_up(home: Path) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    chain_port = 0
    if (home / CONFIG_NAME).exists():
        chain_port = free_port(urlsplit(load_config(home).chain.rpc_url).port or 0)
    port = free_port(_WANTED_PORT) or _any_port()
    url = f"http://127.0.0.1:{port}"
    print("Starting a local chain and the stores …", flush=True)
    with World(home, port=chain_port, custodian_url=url, block_time_s=_BLOCK_EVERY_S) as world:
        if world.is_populated:
            world.come_back()
        else:
            print("Making contracts, hospitals, clinicians and a patient …", flush=True)
            world.populate()
        _add_node_settings(home, url, port)
        world.anvil.checkpoint()
        print(
            f"\nThe node        {url}/v1/node\nThe API's page  {url}/openapi/scalar\nReady?          {url}/health/ready"
            f"\nMetrics         {url}/metrics\nThe chain       {world.anvil.rpc_url}"
            f"\nCommands        .venv/bin/mendrec --home {home} --help\n"
            "\nIt starts anew when a source file or config.toml changes. Ctrl-C stops it.\n",
            flush=True,
        )
        command = [sys.executable, "-m", "deploy.dev", "--serve", "--home", str(home)]
        with subprocess.Popen(command, start_new_session=True) as node:
            try:
                return node.wait()
            except KeyboardInterrupt:
                return 0
            finally:
                _stop(node)


def _stop(node: subprocess.Popen[bytes]) -> None:
    """Ends the reloader and the server that it runs: they are one group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(node.pid, number)
            node.wait(_STOP_WITHIN_S)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def _add_node_settings(home: Path, url: str, port: int) -> None:
    """The world writes what its own story needs; a node wants a door, a custodian and somebody who pays."""
    with (home / CONFIG_NAME).open("a", encoding="utf-8") as file:
        file.write(
            f'[web]\norigin = "{url}"\nport = {port}\ncustodian_key = "{_CUSTODIAN}"\n[relayer]\nkey = "{_RELAYER}"\n'
        )


def _serve(home: Path) -> int:
    config = load_config(home)
    custodian, relayer = (_person(config, name) for name in (_CUSTODIAN, _RELAYER))
    configure_logs("info")
    app: Any = None
    if os.environ.get("WERKZEUG_RUN_MAIN"):  # the reloader's own process only watches
        app = build_app(config, custodian)
        worker = open_worker(config, relayer)
        threading.Thread(target=worker.run, args=(threading.Event(), 0.5), name="worker", daemon=True).start()
        print("The node is up.", file=sys.stderr, flush=True)
    settings = [str(home / CONFIG_NAME)]
    run_simple(config.web.host, config.web.port, app, threaded=True, use_reloader=True, extra_files=settings)
    return 0


def _person(config: Config, name: str) -> Person:
    ring = Keyring(config.keys_path)
    return ring.open(name, ring.password_file(name).read_text(encoding="utf-8").strip())


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    raise SystemExit(main())
