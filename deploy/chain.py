"""A development chain that stays up until Ctrl-C: ``python -m deploy.chain --folder FOLDER [--port 8545]``.

It keeps its state in the folder and goes on from there. A checkpoint is written every few seconds: what a killed
chain mined after its last one is mined again from what the node of ``--home`` wrote down, and is gone without one.
For development only: it has no consensus.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

from mendrec.adapters.chain.anvil import Anvil, AnvilOptions
from mendrec.bootstrap import mined_transactions
from mendrec.config import CONFIG_NAME, load_config
from mendrec.domain.errors import MendrecError
from mendrec.ports import MinedTransaction

_BLOCK_EVERY_S = 5
_CHECKPOINT_EVERY_S = 15


def main() -> int:
    """Runs the chain; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m deploy.chain", description="A development chain on this machine.")
    parser.add_argument("--folder", type=Path, required=True, help="where the chain is kept")
    parser.add_argument("--port", type=int, default=8545, help="of loopback; default 8545")
    parser.add_argument("--home", type=Path, help="of the node that uses the chain; it may come later")
    arguments = parser.parse_args()
    os.umask(0o077)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_args: stop.set())
    options = AnvilOptions(
        arguments.folder,
        port=arguments.port,
        block_time_s=_BLOCK_EVERY_S,
        checkpoint_interval_s=_CHECKPOINT_EVERY_S,
    )
    try:
        with Anvil(options, history=lambda: _mined(arguments.home)) as anvil:
            print(f"A development chain answers at {anvil.rpc_url}. Ctrl-C stops it.", flush=True)
            stop.wait()
    except MendrecError as error:
        print(f"Not done: {error.message}\n{error.remedy}", file=sys.stderr)
        return 1
    return 0


def _mined(home: Path | None) -> Iterable[MinedTransaction]:
    return () if home is None or not (home / CONFIG_NAME).exists() else mined_transactions(load_config(home))


if __name__ == "__main__":
    raise SystemExit(main())
