"""Running a node: looks first, then web processes and a worker beside them under one parent; or the worker alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from mendrec.adapters.logs import configure_logs, logger
from mendrec.bootstrap import Node, open_node, open_worker
from mendrec.bootstrap_operations import open_readiness
from mendrec.config import Config
from mendrec.domain.condition import Severity
from mendrec.domain.errors import ConfigurationError, MendrecError, UnavailableError
from mendrec.keyring import Person
from mendrec.services.worker import Chore, Tick
from mendrec.web.app import create_app
from mendrec.web.idempotency import KEPT_S
from mendrec.web.metering import FOLDER_VARIABLE, MeteredCustodian, Meters
from mendrec.web.observing import Operations, observe, open_operations
from mendrec.web.serving import NodeServer
from mendrec.web.supervising import STOP_SIGNALS, Supervisor
from mendrec.web.waiting import WaitingApp, meanwhile_app

_WORKER_INTERVAL_S = 0.2
_CARE_EVERY_S = 15.0
_BACKLOG = 1024
_AGAIN_AFTER_S, _AGAIN_AFTER_MAX_S = 1.0, 30.0
_LOG = logger("mendrec.node")


class CannotListen(ConfigurationError):
    """The address can't be listened on."""

    code = "configuration.cannot_listen"
    default_remedy = "Name another --port, or another [web] host and port; `mendrec doctor` tells who has it."


@dataclass(frozen=True)
class Keys:
    """The opened keys of a node. Held in memory, and inherited by its processes."""

    custodian: Person | None
    relayer: Person | None


def run_node(
    config: Config,
    keys: Keys,
    *,
    with_worker: bool,
    told: Callable[[str], None],
    extend: Callable[[Flask], None] = lambda _app: None,
) -> int:
    """Serves until a stop signal; returns the exit status.

    Args:
        config: the home's settings; host and port in them are listened on, port 0 is any.
        keys: what the node signs and opens with.
        with_worker: whether a worker runs beside the web processes.
        told: the URL, once it is listened on.
        extend: given the application of each web process before it serves.

    Raises:
        ConfigurationError, UnavailableError: it can't serve; nothing was started.
    """
    configure_logs(config.logging.level)
    require_usable(config)
    folder = Path(tempfile.mkdtemp(prefix="mendrec-metrics-"))
    os.environ[FOLDER_VARIABLE] = str(folder)  # a folder's name, for the metrics library; no setting comes this way
    try:
        with _listen(config.web.host, config.web.port) as listener:
            told(_url(listener))
            children: dict[str, Callable[[], int]] = {"web": lambda: _serve(config, keys.custodian, listener, extend)}
            if with_worker:
                children["worker"] = lambda: run_worker(config, keys.relayer, meters=Meters())
            return Supervisor(children).run()
    finally:
        del os.environ[FOLDER_VARIABLE]
        shutil.rmtree(folder, ignore_errors=True)


def run_worker(config: Config, relayer: Person | None, *, meters: Meters | None = None) -> int:
    """Works until a stop signal, then gives the lease back; returns 0."""
    configure_logs(config.logging.level)
    stop = threading.Event()
    for number in STOP_SIGNALS:
        signal.signal(number, lambda _number, _frame: stop.set())
    faults_before: list[tuple[tuple[str, str], ...]] = [()]

    def told(tick: Tick) -> None:
        if meters is not None:
            meters.worker_round(holds_lease=tick.holds_lease, faults=tick.faults)
        if tick.faults != faults_before[0]:  # a chain that is away for an hour is two lines, not thousands
            faults_before[0] = tick.faults
            for part, code in tick.faults:
                _LOG.error("worker fault", part=part, code=code)
            if not tick.faults:
                _LOG.info("worker is well again")

    _again_and_again(lambda: _work(config, relayer, stop, told), stop)
    _LOG.info("worker stopped")
    return 0


def _again_and_again(work: Callable[[], None], stop: threading.Event) -> None:
    """Works until the stop. What is away is waited for, and a fault does not end the process: others are served by it.

    Raises:
        ConfigurationError: it will not get right by itself.
    """
    pause_s, code_before = _AGAIN_AFTER_S, ""
    while not stop.is_set():
        began = time.monotonic()
        try:
            work()
        except ConfigurationError:
            raise
        except MendrecError as error:
            if error.code != code_before:
                _LOG.error("worker waits", code=error.code)
            code_before = error.code
        except Exception:
            _LOG.exception("worker failed")
        if time.monotonic() - began > _AGAIN_AFTER_MAX_S:
            pause_s, code_before = _AGAIN_AFTER_S, ""  # it had been well
        stop.wait(pause_s)
        pause_s = min(2 * pause_s, _AGAIN_AFTER_MAX_S)


def _work(config: Config, relayer: Person | None, stop: threading.Event, told: Callable[[Tick], None]) -> None:
    """Opens everything and works until the stop. Raises whatever keeps it from that."""
    node = open_node(config)
    chores = (
        Chore("forget sessions", node.sessions.forget, every_s=300),
        Chore(
            "forget answers",
            lambda: node.answers.forget(begun_before_at=node.clock.now() - KEPT_S),
            every_s=3_600,
        ),
        Chore("forget safes of who never enrolled", node.safe.forget, every_s=3_600),
        Chore("forget old applications", node.applications.forget, every_s=3_600),
        Chore("settle uploads", node.upload_expiry.chore, every_s=10),
    )
    worker = open_worker(config, relayer, chores=chores)
    ended = threading.Event()
    care = threading.Thread(target=_care, args=(node, ended), name="care", daemon=True)
    care.start()  # what it has claimed when the process ends, another claims when its lease has run out
    _LOG.info("worker runs", relays=relayer is not None)
    try:
        worker.run(stop, _WORKER_INTERVAL_S, told=told)
    finally:
        ended.set()


def _care(node: Node, stop: threading.Event) -> None:
    """Checks and mending: they fetch everything there is, and may not hold up what is to be sent."""
    while not stop.wait(_CARE_EVERY_S):
        try:
            node.care.care_chore()
        except MendrecError as error:
            _LOG.error("care fault", code=error.code)
        except Exception:
            _LOG.exception("care failed")


def build_app(config: Config, custodian: Person | None, operations: Operations | None = None) -> Flask:
    """Returns the application of one process, watched."""
    node = open_node(config, own_custodian=custodian)
    operations = operations or open_operations(config)
    own = None if custodian is None else MeteredCustodian(node.custodian(custodian), operations.meters)
    app = create_app(node, custodian=own)
    observe(app, operations)
    return app


def require_usable(config: Config) -> None:
    """Opens the node once, in a process that ends, so that nothing is open when others are forked.

    Raises:
        ConfigurationError, UnavailableError: what keeps it from serving. What should be looked at is logged.
    """
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        answer: dict[str, str] = {}
        try:
            os.close(read_end)
            answer = _open_once(config)
            os.write(write_end, json.dumps(answer).encode())
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        data = pipe.read()
    os.waitpid(pid, 0)
    if not data:
        raise UnavailableError("The node could not be opened.", remedy="Run `mendrec doctor`.")
    answer = json.loads(data)
    if answer:
        family = UnavailableError if answer["family"] == "unavailable" else ConfigurationError
        error = family(answer["message"], remedy=answer["remedy"] or "Run `mendrec doctor`.")
        error.code = answer["code"]
        raise error


def _open_once(config: Config) -> dict[str, str]:
    try:
        open_node(config)
        for condition in open_readiness(config).state().conditions:
            if condition.severity is not Severity.OK and condition.check != "worker":
                _LOG.warning(condition.what, check=condition.check, remedy=condition.remedy)
    except MendrecError as error:
        family = "unavailable" if isinstance(error, UnavailableError) else "configuration"
        return {**error.as_dict(), "family": family}
    except Exception as error:
        _LOG.exception("opening the node failed")
        return {"code": "fault", "message": f"Mendrec failed ({type(error).__name__}).", "remedy": "", "family": ""}
    return {}


def _serve(config: Config, custodian: Person | None, listener: socket.socket, extend: Callable[[Flask], None]) -> int:
    def build() -> WaitingApp:
        operations = open_operations(config)

        def build_extended() -> Flask:
            app = build_app(config, custodian, operations)
            extend(app)
            return app

        return WaitingApp(build_extended, meanwhile_app(operations))

    NodeServer(config.web, listener, build).run()
    return 0


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
        listener.set_inheritable(True)
    except OSError as error:
        listener.close()
        raise CannotListen(f"{host}:{port} can't be listened on.") from error
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
