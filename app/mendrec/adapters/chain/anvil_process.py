"""What the development chain's process needs around it: its program, its port, its folder's lock, its checkpoints."""

from __future__ import annotations

import fcntl
import logging
import os
import platform
import shutil
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from mendrec.adapters.chain.errors import AnvilNotFound, ChainUnavailable
from mendrec.domain.errors import ConfigurationError

_LOG = logging.getLogger(__name__)


class AnvilFailed(ConfigurationError):
    """The development chain's process ended, or does not answer."""

    code = "configuration.anvil_failed"
    default_remedy = "See anvil.log in the chain's folder; a damaged state file has to be moved away."


class Keeper:
    """Writes checkpoints on a thread of its own until it is stopped."""

    def __init__(self, checkpoint: Callable[[], None], interval_s: int) -> None:
        self._checkpoint = checkpoint
        self._interval_s = interval_s
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="anvil-checkpoints", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Returns when no checkpoint is being written any more."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._interval_s):
            try:
                self._checkpoint()
            except (ChainUnavailable, OSError) as error:  # the next one may succeed; the last one is still there
                _LOG.warning("checkpoint of the development chain failed: %s", type(error).__name__)


def find_anvil() -> Path:
    """Returns the program: MENDREC_ANVIL, else the checkout's npm package, else PATH.

    Raises:
        AnvilNotFound: it is nowhere.
    """
    named = os.environ.get("MENDREC_ANVIL")
    if named is not None:
        if not os.access(named, os.X_OK):
            raise AnvilNotFound("MENDREC_ANVIL does not name a program.")
        return Path(named)
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    package = f"anvil-{platform.system().lower()}-{machine}"
    for folder in Path(__file__).resolve().parents:
        candidate = folder / "contracts" / "node_modules" / "@foundry-rs" / package / "bin" / "anvil"
        if os.access(candidate, os.X_OK):
            return candidate
    on_path = shutil.which("anvil")
    if on_path is None:
        raise AnvilNotFound("anvil, the development chain, is not installed.")
    return Path(on_path)


def locked(path: Path) -> BinaryIO:
    """Locks a chain's folder, for as long as the file stays open here or in a child process.

    Two chains on one state file would undo each other.

    Raises:
        AnvilFailed: it is locked; the message says by which process, where the file tells.
    """
    lock = path.open("a+b")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        pid = lock.read().decode(errors="replace")
        lock.close()
        raise AnvilFailed(
            f"A development chain runs in this folder already (process {pid}).",
            remedy=f"End what runs it (Ctrl-C in its terminal). Where that is gone and left the chain: kill {pid}",
        ) from error
    return lock


def require_free(port: int) -> None:
    """Raises AnvilFailed where the port is in use: whoever has it would be taken for our chain."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise AnvilFailed(
                f"Port {port} is in use.", remedy="End what uses it, or choose another port for the chain."
            ) from error


def free_port() -> int:
    """Returns a port of loopback that nobody uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
