"""The node of the demo as a process of its own, so that it can be watched, and ended whole."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests

from mendrec.domain.errors import UnavailableError

_READY_WITHIN_S = 60
_STOP_WITHIN_S = 30


def let_it_be_stopped() -> None:
    """Ctrl-C and SIGTERM end this process alike, also where a shell began it in the background, with Ctrl-C off."""
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)


@contextmanager
def node_process(command: Sequence[str], *, log: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a node in a group of its own while the block lasts; then it is asked to end, and made to.

    Args:
        command: what runs it.
        log: takes what it says; None: it says it here.
    """
    output = None if log is None else log.open("ab")
    try:
        node = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    finally:
        if output is not None:
            output.close()
    try:
        yield node
    finally:
        _stop(node)


def wait_until_ready(node: subprocess.Popen[bytes], url: str) -> None:
    """Returns when the node serves at ``url``. Raises UnavailableError where it ends before, or takes too long."""
    give_up_at = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < give_up_at and node.poll() is None:
        try:
            with requests.Session() as session:
                session.trust_env = False  # loopback never goes through a proxy
                if session.get(f"{url}/v1/node", timeout=5).ok:
                    return
        except requests.RequestException:
            pass
        time.sleep(0.05)
    raise UnavailableError("The node does not start.", remedy="See node.log in the world's folder.")


def _stop(node: subprocess.Popen[bytes]) -> None:
    """Ends the node and all that it runs: they are one group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(node.pid, number)
            node.wait(_STOP_WITHIN_S)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        else:
            return
