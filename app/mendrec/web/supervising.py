"""One parent over the processes of a node: starts them, replaces what dies, and ends them together.

The parent opens nothing: no database, no chain. It holds the listening socket, so that nobody is refused while a child
is replaced, and opened keys, which the children inherit and no file or environment ever holds.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mendrec.adapters.logs import logger

STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
_WATCHED = STOP_SIGNALS | {signal.SIGCHLD}
_STOP_WITHIN_S = 40
"""Above what each child gives its own work; then it is killed."""
_RESTARTS_MAX = 5
_RESTARTS_WITHIN_S = 120.0
_RESTART_PAUSE_S = 1.0
_PR_SET_PDEATHSIG = 1
_LOG = logger("mendrec.supervisor")

Child = Callable[[], int]


@dataclass
class Supervisor:
    """Children by name. ``run`` returns the exit status of the node."""

    children: Mapping[str, Child]
    _pids: dict[int, str] = field(default_factory=dict)
    _deaths: list[float] = field(default_factory=list)

    def run(self) -> int:
        """Runs until a stop signal, or until children die too often.

        Returns 0 after a stop, 1 where a child could not be kept running.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
        try:
            for name in self.children:
                self._start(name)
            return self._watch()
        finally:
            self._stop_all()
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _watch(self) -> int:
        while True:
            received = signal.sigwait(_WATCHED)
            if received in STOP_SIGNALS:
                _LOG.info("stopping", signal=signal.Signals(received).name)
                return 0
            for name in self._reap():
                now = time.monotonic()
                self._deaths = [at for at in self._deaths if now - at < _RESTARTS_WITHIN_S] + [now]
                if len(self._deaths) > _RESTARTS_MAX:
                    _LOG.critical("gave up: children died too often", child=name)
                    return 1
                if signal.sigtimedwait(STOP_SIGNALS, _RESTART_PAUSE_S) is not None:
                    return 0
                self._start(name)

    def _start(self, name: str) -> None:
        sys.stderr.flush()
        parent = os.getpid()  # 1 within a container
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                _become_child(parent)
                status = self.children[name]()
            except SystemExit as ended:
                status = ended.code if isinstance(ended.code, int) else 1
            except BaseException:
                _LOG.exception("child failed", child=name)
            finally:
                sys.stderr.flush()
                os._exit(status)
        self._pids[pid] = name
        _LOG.info("started", child=name, pid=pid)

    def _reap(self) -> list[str]:
        """Collects children that ended; returns their names."""
        ended = []
        for pid in list(self._pids):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                name = self._pids.pop(pid)
                ended.append(name)
                _LOG.error("child ended", child=name, pid=pid, status=os.waitstatus_to_exitcode(status))
        return ended

    def _stop_all(self) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + _STOP_WITHIN_S
        while self._pids and (left_s := until - time.monotonic()) > 0:
            for pid in list(self._pids):
                if os.waitpid(pid, os.WNOHANG)[0]:
                    del self._pids[pid]
            if self._pids:
                signal.sigtimedwait({signal.SIGCHLD}, min(left_s, 0.2))
        for pid, name in self._pids.items():
            _LOG.error("killed: did not end in time", child=name, pid=pid)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        self._pids.clear()


def _become_child(parent: int) -> None:
    """A group of its own, so that Ctrl-C reaches the parent alone; and an end with the parent's, however that comes."""
    for number in _WATCHED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)
    os.setpgrp()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)  # it died before that
