"""A PostgreSQL of the tests' own: real server, own folder, unix socket only, gone afterwards."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import psycopg

_ACCOUNT = "postgres"
"""The server refuses to run as root; then it runs as Debian's account for it."""
_START_TIMEOUT_S = 60
_STOP_TIMEOUT_S = 30


def _die_with_parent() -> None:
    """A test run that is killed leaves no server (Linux: prctl(2), PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


class PostgresNotFound(Exception):
    """The server's programs are not installed, or may not be run here."""


def find_programs() -> Path:
    """The folder of initdb and postgres: from PATH, else Debian's, the newest version first."""
    on_path = shutil.which("initdb")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    debian = Path("/usr/lib/postgresql")
    candidates += sorted(debian.glob("*/bin"), key=lambda one: int(one.parent.name), reverse=True)
    for folder in candidates:
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            return folder
    raise PostgresNotFound("PostgreSQL's server programs are not installed (Debian: apt-get install postgresql).")


class PostgresCluster:
    """One server. Use as a context manager.

    ``durable`` writes to disk as a production server does, so that a crash test means something.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._programs = find_programs()
        self._durable = durable
        self._user: str | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0

    def __enter__(self) -> Self:
        # Not below pytest's folder: that is closed to other accounts, and its path too long for a socket.
        self.folder = Path(tempfile.mkdtemp(prefix="mendrec-pg-"))
        try:
            if os.geteuid() == 0:
                self._own_account()
            self._run(
                "initdb", "-D", self._data, "--auth=trust", "--no-sync", "-U", "mendrec", "-E", "UTF8", "--locale=C"
            )
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        settings = ["listen_addresses=", "max_connections=80", "shared_buffers=32MB", "logging_collector=off"]
        if not self._durable:
            settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        arguments = [part for setting in settings for part in ("-c", setting)]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", self._data, "-k", str(self.folder), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one call of C, no lock taken
                **self._as_account(),
            )
        deadline = time.monotonic() + _START_TIMEOUT_S
        while True:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Ends the server; by default at once and cleanly, whoever is connected."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def crash(self) -> None:
        """Ends the server as a crash does: nothing is written any more."""
        self.stop(signal.SIGQUIT)

    def url(self, database: str) -> str:
        """What the product is given."""
        return f"postgresql://mendrec@/{database}?host={self.folder}"

    def execute(self, statement: str, *, database: str = "postgres") -> Sequence[tuple[object, ...]]:
        """Runs one statement past the product; returns its rows."""
        with psycopg.connect(f"user=mendrec dbname={database} host={self.folder}", autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def create_database(self, template: str | None = None) -> str:
        """Makes a database, empty or a copy of ``template``; returns its name."""
        self._databases += 1
        name = f"test_{self._databases}"
        self.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        return name

    def drop_database(self, name: str) -> None:
        """Drops a database, whoever is connected to it."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _own_account(self) -> None:
        try:
            account = pwd.getpwnam(_ACCOUNT)
        except KeyError:
            raise PostgresNotFound("PostgreSQL refuses to run as root, and there is no account for it.") from None
        self._user = _ACCOUNT
        os.chown(self.folder, account.pw_uid, account.pw_gid)

    def _as_account(self) -> dict[str, object]:
        return {} if self._user is None else {"user": self._user, "group": self._user, "extra_groups": []}

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._programs / program), *arguments],
            capture_output=True,
            cwd=self.folder,
            check=False,
            **self._as_account(),  # type: ignore[call-overload]
        )
        if done.returncode != 0:
            raise PostgresNotFound(f"{program} failed: {done.stderr.decode(errors='replace')[-500:]}")
