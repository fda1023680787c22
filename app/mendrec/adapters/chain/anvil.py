"""The embedded development chain: an anvil process on loopback that keeps its state in one file.

For development and demonstration only: anvil has no consensus, and anyone who reaches its port is its master.

Its own ``--state`` rewrites the file in place and a kill leaves it torn, so checkpoints are written here: dump,
temporary file, fsync, rename. What was mined after the last one is mined again at the start from what the node wrote
down (``history``), each block at the time it had: an entry's link holds that time, and the next entry stands on the
link. Its clock does not survive a restart either (a chain that was moved ahead would go back
in time), so it is started at the later of the machine's time and the checkpoint's.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import requests

from mendrec.adapters.chain.anvil_process import AnvilFailed, Keeper, find_anvil, free_port, locked, require_free
from mendrec.adapters.chain.anvil_replay import fallen_blocks, mine_again
from mendrec.adapters.chain.errors import ChainUnavailable
from mendrec.domain.model import Address
from mendrec.ports import MinedTransaction

CHAIN_ID = 31337
_KEPT_STATES = 256
"""Blocks back that a read can be pinned to; without a bound anvil writes every state to disk."""
_START_TIMEOUT_S = 20
_CALL_TIMEOUT_S = 120
"""A checkpoint of a long chain takes seconds."""
_STOP_TIMEOUT_S = 20
_POLL_S = 0.02
_WEI_PER_ETHER = 10**18


@dataclass(frozen=True, slots=True)
class AnvilOptions:
    """How the chain is run."""

    folder: Path
    """Holds state.json and anvil.log."""
    port: int = 0
    """0: any free port of loopback."""
    block_time_s: int | None = 10
    """Mines on demand and on this interval, so that an idle chain's head keeps up with the clock: well within
    ``clock_skew_max_s``. Each block costs 1.8 kB of every checkpoint for ever, hence no shorter. None: on demand only,
    and the chain's time moves exactly as it is told."""
    chain_id: int = CHAIN_ID
    checkpoint_interval_s: int | None = None
    """How often to write a checkpoint while it runs; None: only when it is asked for and when it stops."""
    begins_at: int | None = None
    """The time of a new chain's first block, Unix seconds, in the past; None: now. For simulations."""


def _no_history() -> Iterable[MinedTransaction]:
    """Nobody wrote anything down."""
    return ()


class Anvil:
    """One running development chain. Use as a context manager, or :meth:`start` and :meth:`stop`."""

    def __init__(
        self, options: AnvilOptions, *, history: Callable[[], Iterable[MinedTransaction]] = _no_history
    ) -> None:
        """``history`` returns what the chain has mined, newest first, as far as it was written down elsewhere."""
        self._options = options
        self._history = history
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: BinaryIO | None = None
        self._keeper: Keeper | None = None
        self._writing = threading.Lock()
        self._port = options.port

    def __enter__(self) -> Anvil:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    @property
    def rpc_url(self) -> str:
        """Where the chain answers."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        """The process; None while it does not run."""
        return None if self._process is None else self._process.pid

    @property
    def state_path(self) -> Path:
        """The checkpoint."""
        return self._options.folder / "state.json"

    def start(self) -> None:
        """Starts the process from the checkpoint, if there is one, and waits until it answers.

        What the history has and the checkpoint has not is mined again first, and written into a checkpoint.

        Raises:
            AnvilNotFound: the program is not installed.
            AnvilFailed: it does not start.
        """
        if self._process is not None:
            return
        binary = find_anvil()
        self._options.folder.mkdir(parents=True, exist_ok=True)
        self._port = self._options.port or free_port()
        require_free(self._port)
        self._lock = locked(self._options.folder / "anvil.lock")
        try:
            self._start(binary, self._lock, self._arguments())
            if fallen := fallen_blocks(self._history(), self.rpc):
                self._end_process()  # a block of now would forbid the times of then
                self._start(binary, self._lock, self._arguments(at_stop=True))
                mine_again(fallen, self.rpc)
                self.checkpoint()
                self._end_process()
                self._start(binary, self._lock, self._arguments())
        except BaseException:
            self.kill()
            raise
        if self._options.checkpoint_interval_s is not None:
            self._keeper = Keeper(self.checkpoint, self._options.checkpoint_interval_s)

    def stop(self) -> None:
        """Writes a checkpoint and ends the process."""
        if self._process is None:
            return
        self._stop_keeper()
        try:
            if self._process.poll() is None:
                self.checkpoint()
        finally:
            self._end(self._process.terminate)

    def kill(self) -> None:
        """Ends the process at once, without a checkpoint."""
        self._stop_keeper()
        self._end(None if self._process is None else self._process.kill)

    def checkpoint(self) -> None:
        """Writes the chain's whole state to disk; a crash at any moment leaves the last one or this one.

        Raises:
            ChainUnavailable: the process does not answer.
        """
        with self._writing:
            dump = gzip.decompress(bytes.fromhex(str(self.rpc("anvil_dumpState")).removeprefix("0x")))
            temporary = self.state_path.with_suffix(".tmp")
            with temporary.open("wb") as stream:
                stream.write(dump)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(self.state_path)
            folder = os.open(self._options.folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def fund(self, address: Address, ether: int = 1_000) -> None:
        """Sets an account's balance. There are no accounts with known keys on this chain."""
        self.rpc("anvil_setBalance", address, hex(ether * _WEI_PER_ETHER))

    def mine(self, blocks: int = 1) -> None:
        """Mines empty blocks."""
        self.rpc("anvil_mine", hex(blocks))

    def head_timestamp(self) -> int:
        """The head block's time, Unix seconds."""
        return int(self.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def set_time(self, timestamp: int) -> None:
        """Mines one block at exactly ``timestamp``; the chain's time goes on from there. It cannot go back.

        With an interval, a block mined meanwhile may make the head a moment later.
        """
        self.rpc("evm_setNextBlockTimestamp", timestamp)
        self.mine()

    def increase_time(self, seconds: int) -> None:
        """Mines one block ``seconds`` after the head."""
        self.set_time(self.head_timestamp() + seconds)

    def snapshot(self) -> str:
        """Marks a state to come back to, once."""
        return str(self.rpc("evm_snapshot"))

    def revert(self, snapshot: str) -> None:
        """Goes back to a mark, as if nothing had happened since. Raises AnvilFailed where the mark was used before."""
        if self.rpc("evm_revert", snapshot) is not True:
            raise AnvilFailed("There is no such mark to go back to.")

    def rpc(self, method: str, *params: Any) -> Any:
        """Calls one JSON-RPC method of anvil's own.

        Raises:
            ChainUnavailable: no answer, or an error for an answer.
        """
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        try:
            # A connection of its own for each call: the keeper's thread calls too, and a session is not for sharing.
            with requests.Session() as session:
                session.trust_env = False  # loopback never goes through a proxy
                answer = session.post(self.rpc_url, json=request, timeout=_CALL_TIMEOUT_S).json()
        except (requests.RequestException, ValueError) as error:
            raise ChainUnavailable("The development chain does not answer.") from error
        if "error" in answer:
            raise ChainUnavailable(f"The development chain refused {method}.")
        return answer["result"]

    def _arguments(self, *, at_stop: bool = False) -> list[str]:
        """``at_stop``: nothing is mined by itself, and the clock stands where the checkpoint's stood."""
        options = self._options
        arguments = [
            *("--host", "127.0.0.1", "--port", str(self._port), "--chain-id", str(options.chain_id)),
            *("--accounts", "0", "--prune-history", str(_KEPT_STATES)),
        ]
        if at_stop:
            arguments += ["--no-mining"]
        elif options.block_time_s is not None:
            arguments += ["--mixed-mining", "--block-time", str(options.block_time_s)]
        if self.state_path.exists():
            stopped_at = _timestamp_of(self.state_path)
            started_at = stopped_at if at_stop else max(int(time.time()), stopped_at + 1)
            arguments += ["--load-state", str(self.state_path), "--timestamp", str(started_at)]
        elif options.begins_at is not None:
            arguments += ["--timestamp", str(options.begins_at)]
        return arguments

    def _start(self, binary: Path, lock: BinaryIO, arguments: Iterable[str]) -> None:
        with (self._options.folder / "anvil.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - a path we found, arguments we wrote
                [str(binary), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C for the parent must not end it before the checkpoint
                pass_fds=(lock.fileno(),),  # the folder stays locked for as long as either of the two lives
            )
        lock.truncate(0)
        lock.write(str(self._process.pid).encode())
        lock.flush()
        deadline = time.monotonic() + _START_TIMEOUT_S
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                self.rpc("eth_chainId")
            except ChainUnavailable:
                time.sleep(_POLL_S)
            else:
                return
        raise AnvilFailed("The development chain did not start.")

    def _stop_keeper(self) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.stop()

    def _end_process(self) -> None:
        """Ends the process and keeps the folder; the checkpoint is what the next one starts from."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def _end(self, how: Callable[[], None] | None) -> None:
        process, self._process = self._process, None
        lock, self._lock = self._lock, None
        if process is not None and how is not None:
            how()
            try:
                process.wait(_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if lock is not None:
            lock.close()


def _timestamp_of(state_path: Path) -> int:
    try:
        stated = json.loads(state_path.read_bytes())["block"]["timestamp"]
        return stated if isinstance(stated, int) else int(stated, 16)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AnvilFailed("The development chain's state file is damaged.") from error
