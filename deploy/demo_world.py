"""The demo's world on disk: made and told once, gone on with afterwards. For ``make demo`` and ``make dev``."""

from __future__ import annotations

import fcntl
import json
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from deploy.demo_data import DAYS
from deploy.demo_door import NEWCOMER, PEOPLE
from deploy.demo_story import DAY_S, DemoStory
from deploy.world import PlayClock, World
from mendrec.adapters.chain.anvil_process import locked
from mendrec.config import CONFIG_NAME, load_config
from mendrec.domain.errors import ConfigurationError, MendrecError

WANTED_PORT = 8546
_BEGAN, _TOLD, _LOCK = "story-began", "story-told", "demo.lock"
_MADE = ("chain", "kubo", "stores", "keys", "deployments", "locks", "secret", "node.*", CONFIG_NAME, "story-*")
"""What a world is made of; what somebody else has put into its folder stays."""
_CREDENTIALS_LAST_S = (DAYS + 365) * DAY_S


class DemoRunsAlready(ConfigurationError):
    """Another demo has this home."""

    code = "configuration.demo_runs_already"
    default_remedy = "Use the one that runs, or name another folder with --home."


class NoPort(ConfigurationError):
    """There is no port to listen on."""

    code = "configuration.no_port"
    default_remedy = "End some of the programs that listen on this machine."


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """The world in the present, up but for its node; the settings for that are in its home."""

    world: World
    url: str
    """The origin that a node over it will have."""
    is_first_time: bool
    scan_sequence: int
    """The entry that is the CT slice."""


@contextmanager
def demo_world(home: Path, *, block_time_s: int) -> Iterator[DemoWorld]:
    """Yields the world in ``home``: the one that is there, else a new one, whose story is told first.

    A story that was cut off is told anew from its beginning, in a new world: its chain would be in the wrong year.

    Raises:
        DemoRunsAlready: nothing was touched.
        MendrecError: it can't be made, or not be opened.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / _LOCK).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DemoRunsAlready(f"A demo runs in {home}.") from error
        if (home / _BEGAN).exists() and not (home / _TOLD).exists():
            _clear(home)
        yield from _opened(home, block_time_s)


def _opened(home: Path, block_time_s: int) -> Iterator[DemoWorld]:
    is_new = not (home / CONFIG_NAME).exists()
    chain_port, port = _ports_of_last_time(home)
    with _held_port(port or WANTED_PORT) as held:
        yield from _opened_at(held, home, chain_port, block_time_s, is_new=is_new)


def _opened_at(
    held: socket.socket, home: Path, chain_port: int, block_time_s: int, *, is_new: bool
) -> Iterator[DemoWorld]:
    """``held`` is let go of when the world is there, for the node to listen on."""
    port = int(held.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    world = World(
        home,
        port=free_port(chain_port),
        custodian_url=url,
        web_port=port,
        block_time_s=block_time_s,
        newcomers=tuple(key for key, role, _name in PEOPLE if role == NEWCOMER),
        names={key: name for key, role, name in PEOPLE if role not in {NEWCOMER, "patient"}},
    )
    if not is_new:
        print("Starting a local chain and the stores …", flush=True)
        with world:
            world.come_back()
            held.close()
            yield DemoWorld(world, url, is_first_time=False, scan_sequence=_scan_sequence(home))
        return
    began_at, clock = (int(time.time()) // DAY_S - DAYS) * DAY_S, PlayClock()
    clock.run_from(began_at)
    world.begins_at, world.clock, world.credentials_last_s = began_at, clock, _CREDENTIALS_LAST_S
    (home / _BEGAN).write_text(str(began_at), encoding="ascii")
    print("Starting a local chain, two years ago, and the stores …", flush=True)
    with world:
        print("Making contracts, hospitals, clinicians and a patient …", flush=True)
        world.populate()
        story = DemoStory(world, clock, began_at)
        story.tell()
        world.anvil.checkpoint()
        (home / _TOLD).write_text(json.dumps({"scan": story.scan_sequence}), encoding="ascii")
        held.close()
        yield DemoWorld(world, url, is_first_time=True, scan_sequence=story.scan_sequence)


def free_port(wanted: int) -> int:
    """Returns ``wanted`` where it is free, else 0, which stands for any."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return 0
    return wanted


def _held_port(wanted: int) -> socket.socket:
    """Listens on ``wanted``, or on any port where that is taken: nobody else gets it while the story is told."""
    for port in (wanted, 0):
        held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind(("127.0.0.1", port))
            held.listen(1)
        except OSError:
            held.close()
            continue
        return held
    raise NoPort("No port of this machine is free.")


def _ports_of_last_time(home: Path) -> tuple[int, int]:
    """The chain's and the node's port, so that what points to them stays right; 0 where there is none yet."""
    try:
        config = load_config(home)
    except MendrecError:
        return 0, 0
    node = config.custodians[0].url if config.custodians else ""
    return urlsplit(config.chain.rpc_url).port or 0, urlsplit(node).port or 0


def _scan_sequence(home: Path) -> int:
    try:
        return int(json.loads((home / _TOLD).read_text(encoding="ascii"))["scan"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _clear(home: Path) -> None:
    """Takes away a world whose story was cut off: nobody has lived there yet. Not where its chain still runs."""
    chain = home / "chain"
    if chain.is_dir():
        locked(chain / "anvil.lock").close()
    for pattern in _MADE:
        for path in home.glob(pattern):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
