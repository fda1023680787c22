"""A private Kubo of one's own: started on loopback from a binary, in a folder that keeps its data.

Nothing leaves the machine: a private network key and ``LIBP2P_FORCE_PNET``, no routing, no bootstrap peers, no
gateway, no telemetry, every listener on 127.0.0.1. Used by the embedded shape, the demo and the tests; an institution
runs Kubo as a service of its own and gives its RPC address to :mod:`mendrec.adapters.stores.ipfs`.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mendrec.domain.storage_errors import StoreFault, StoreUnreachable, ToolMissing

BINARY_VARIABLE = "MENDREC_KUBO"
OLDEST_VERSION = (0, 43)
"""The version this was built against: older ones lack the ``add`` options that pin a CID."""
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 15.0
_POLL_S = 0.02
_READY_LINE = "Daemon is ready"


def find_kubo(tools_folder: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Returns the Kubo binary to use: ``MENDREC_KUBO``, else ``<tools_folder>/bin/ipfs``, else ``ipfs`` on the PATH.

    Raises:
        ToolMissing: there is none, or the one named by the variable is not there.
    """
    remedy = f"Run `make tools` (needs Go), install Kubo, or set {BINARY_VARIABLE} to its path."
    if named := environment.get(BINARY_VARIABLE):
        if not os.access(named, os.X_OK):
            raise ToolMissing(f"{BINARY_VARIABLE} names no program that can be run.", remedy=remedy)
        return Path(named)
    built = tools_folder / "bin" / "ipfs"
    if os.access(built, os.X_OK):
        return built
    if on_path := shutil.which("ipfs", path=environment.get("PATH")):
        _require_recent(Path(on_path), remedy)
        return Path(on_path)
    raise ToolMissing("There is no Kubo (IPFS) binary.", remedy=remedy)


def _require_recent(binary: Path, remedy: str) -> None:
    try:
        said = subprocess.run(  # noqa: S603 - the binary is the one on the operator's PATH
            [str(binary), "version", "--number"], capture_output=True, text=True, check=True, timeout=START_TIMEOUT_S
        ).stdout.strip()
        version = tuple(int(part) for part in said.split("-")[0].split(".")[:2])
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise ToolMissing("The `ipfs` on the PATH does not tell its version.", remedy=remedy) from error
    if version < OLDEST_VERSION:
        raise ToolMissing(f"The `ipfs` on the PATH is {said[:20]}; 0.43 or later is needed.", remedy=remedy)


class PrivateKubo:
    """One daemon on one repository folder. A context manager: leaving it stops the daemon."""

    def __init__(self, binary: Path, folder: Path, *, overrides: Mapping[str, object] | None = None) -> None:
        """Names the binary and the repository folder; nothing is started yet.

        Args:
            overrides: settings by their dotted names, such as ``{"Datastore.StorageMax": "1GB"}``.
        """
        self._binary = binary
        self._folder = folder
        self._overrides = dict(overrides or {})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        """The repository. Blocks are files under ``blocks/``."""
        return self._folder

    @property
    def api_multiaddr(self) -> str:
        """Address of the RPC, like ``/ip4/127.0.0.1/tcp/5001``; it stays over a restart unless the port was taken."""
        address: str = self._config()["Addresses"]["API"]
        return address

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Starts the daemon and returns when its RPC answers; makes the repository the first time.

        Raises:
            ToolMissing: the binary can't be run.
            StoreFault: it ended, or was not ready in time; the last line of its log is in the message.
        """
        if self._process is not None:
            return
        self._stop_orphan()
        if not (self._folder / "config").is_file():
            self._init()
        self._configure()
        self._log.write_bytes(b"")
        with self._log.open("ab") as log:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - the binary is the operator's own choice
                    [str(self._binary), f"--repo-dir={self._folder}", "daemon"],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=self._environment(),
                    start_new_session=True,  # Ctrl-C reaches the program that owns it, which then stops it in order
                )
            except OSError as error:
                raise ToolMissing("The Kubo binary can't be run.") from error
        self._pid_file.write_text(str(self._process.pid), encoding="ascii")
        self._wait_until_ready()

    def stop(self) -> None:
        """Stops the daemon in order; kills it only when it does not end in time. No error when it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """Ends the daemon at once, as a power cut would."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _log(self) -> Path:
        return self._folder / "daemon.log"

    @property
    def _pid_file(self) -> Path:
        return self._folder / "daemon.pid"

    def _config(self) -> dict[str, Any]:
        try:
            config: dict[str, Any] = json.loads((self._folder / "config").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise StoreUnreachable("The Kubo repository has no readable configuration.") from error
        return config

    def _environment(self) -> dict[str, str]:
        own = {"IPFS_PATH": str(self._folder), "IPFS_TELEMETRY": "off", "LIBP2P_FORCE_PNET": "1"}
        return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ} | own

    def _init(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            subprocess.run(  # noqa: S603 - the binary is the operator's own choice
                [str(self._binary), f"--repo-dir={self._folder}", "init", "-p", "test"],
                env=self._environment(),
                check=True,
                capture_output=True,
                timeout=START_TIMEOUT_S,
            )
        except OSError as error:
            raise ToolMissing("The Kubo binary can't be run.") from error
        except subprocess.SubprocessError as error:
            raise StoreFault("Kubo could not make its repository.") from error
        _write_private(self._folder / "swarm.key", f"/key/swarm/psk/1.0.0/\n/base16/\n{secrets.token_hex(32)}\n")

    def _configure(self) -> None:
        """Writes the settings every time, so that an older repository gets them too."""
        config = self._config()
        api = config["Addresses"]["API"]
        port = int(api.rsplit("/", 1)[1])
        config["Addresses"] |= {
            "API": f"/ip4/127.0.0.1/tcp/{port if port and _is_free(port) else _free_port()}",
            "Swarm": [f"/ip4/127.0.0.1/tcp/{_free_port()}"],
            "Gateway": [],
        }
        config["Bootstrap"] = []
        config["Routing"] = {"Type": "none"}
        config["Plugins"] = {"Plugins": {"telemetry": {"Disabled": True}}}
        # Without this a re-add of good bytes over a damaged block says success and repairs nothing.
        config["Datastore"]["BlockKeyCacheSize"] = 0
        config["Import"] |= {
            "CidVersion": 1,
            "UnixFSRawLeaves": True,
            "UnixFSChunker": "size-262144",
            "UnixFSFileMaxLinks": 174,
            "HashFunction": "sha2-256",
        }
        for mount in config["Datastore"]["Spec"].get("mounts", []):
            if mount.get("type") == "flatfs":
                mount["sync"] = True  # what `put` calls stored survives a power cut
        for dotted, value in self._overrides.items():
            *sections, last = dotted.split(".")
            section = config
            for name in sections:
                section = section.setdefault(name, {})
            section[last] = value
        temporary = self._folder / "config.new"
        _write_private(temporary, json.dumps(config, indent=2))
        temporary.replace(self._folder / "config")

    def _wait_until_ready(self) -> None:
        assert self._process is not None  # noqa: S101 - set by start, the only caller
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if _READY_LINE in self._log.read_text(encoding="utf-8", errors="replace"):
                return
            if self._process.poll() is not None:
                break
            time.sleep(_POLL_S)
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        self.stop()
        raise StoreFault(f"Kubo did not start: {lines[-1][:200] if lines else 'it said nothing'}")

    def _stop_orphan(self) -> None:
        """Ends the daemon that a killed owner of this folder left running: it holds the repository's lock."""
        try:
            pid = int(self._pid_file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while self._is_own_daemon(pid) and time.monotonic() < deadline:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            time.sleep(_POLL_S)
        self._pid_file.unlink(missing_ok=True)

    def _is_own_daemon(self, pid: int) -> bool:
        """A process id may have been given to another program since: its command line must name this very folder."""
        return f"--repo-dir={self._folder} daemon" in _command_line(pid)


def _command_line(pid: int) -> str:
    """Returns a process's command line; empty where there is no such process, or no way to ask."""
    if Path("/proc/self/cmdline").exists():
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        return ""
    with suppress(OSError):
        return subprocess.run(  # noqa: S603
            ["ps", "-ww", "-p", str(pid), "-o", "args="],  # noqa: S607 - found on the PATH like any tool
            capture_output=True,
            text=True,
            check=False,
        ).stdout
    return ""


def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
