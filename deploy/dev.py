"""``make dev``: the demo world with its node, which starts anew whenever a source file changes.

Two processes: this one keeps the chain, the stores and the people up; the node beside it is werkzeug's reloading server
with a worker in a thread. For developing only: no limits on slow clients, and passwords lie beside the keys.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from werkzeug.serving import run_simple

from deploy.demo_door import open_door
from deploy.demo_node import open_keys
from deploy.demo_paperwork import do_paperwork
from deploy.demo_process import let_it_be_stopped, node_process, wait_until_ready
from deploy.demo_world import DemoWorld, demo_world
from mendrec.adapters.logs import configure_logs
from mendrec.bootstrap import open_worker
from mendrec.client.errors import NodeUnavailable
from mendrec.config import CONFIG_NAME, load_config
from mendrec.domain.errors import MendrecError
from mendrec.web.running import build_app

_BLOCK_EVERY_S = 2
_RESTARTS_BORNE = 20


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
    let_it_be_stopped()
    with demo_world(home, block_time_s=_BLOCK_EVERY_S) as demo:
        print(
            f"\nThe page        {demo.url}\nThe node        {demo.url}/v1/node\n"
            f"The API's page  {demo.url}/openapi/scalar\nReady?          {demo.url}/health/ready\n"
            f"Metrics         {demo.url}/metrics\nThe chain       {demo.world.anvil.rpc_url}\n"
            f"Commands        .venv/bin/mendrec --home {home} --help\n"
            "\nIt starts anew when a source file or config.toml changes. Ctrl-C stops it.\n",
            flush=True,
        )
        with node_process([sys.executable, "-m", "deploy.dev", "--serve", "--home", str(home)]) as node:
            try:
                _do_paperwork(demo, node)
                return node.wait()
            except KeyboardInterrupt:
                return 0


def _do_paperwork(demo: DemoWorld, node: subprocess.Popen[bytes]) -> None:
    """Does it with a node that may start anew at any moment, for a file was saved: then what is left is done."""
    for _ in range(_RESTARTS_BORNE):
        wait_until_ready(node, demo.url)
        try:
            do_paperwork(demo.world, demo.url)
        except NodeUnavailable:
            continue
        return
    do_paperwork(demo.world, demo.url)


def _serve(home: Path) -> int:
    config = load_config(home)
    keys = open_keys(config)
    configure_logs("info")
    app: Any = None
    if os.environ.get("WERKZEUG_RUN_MAIN"):  # the reloader's own process only watches
        app = build_app(config, keys.custodian)
        open_door(app, config)
        worker = open_worker(config, keys.relayer)
        threading.Thread(target=worker.run, args=(threading.Event(), 0.5), name="worker", daemon=True).start()
        print("The node is up.", file=sys.stderr, flush=True)
    settings = [str(home / CONFIG_NAME)]
    run_simple(config.web.host, config.web.port, app, threaded=True, use_reloader=True, extra_files=settings)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
