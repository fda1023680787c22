"""A node that answers over HTTP on this machine, with its worker, over a whole small world."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from deploy.world import World
from mendrec.adapters.chain.anvil_process import free_port
from mendrec.adapters.chain.errors import AnvilNotFound
from mendrec.bootstrap import open_node, open_worker
from mendrec.client.node_client import NodeClient
from mendrec.config import CONFIG_NAME, load_config
from mendrec.crypto.wallet import LocalWallet
from mendrec.keyring import Keyring, Person
from mendrec.services.key_release import Reader
from mendrec.services.worker import Chore
from mendrec.web.app import create_app

DAY_S = 86_400
RELAYER_PASSWORD = "a password of the test"


@dataclass
class Town:
    """The world, and the address its node answers at."""

    world: World
    url: str
    stack: ExitStack
    _keys: Iterator[int] = field(default_factory=itertools.count)

    def person(self, name: str) -> Person:
        return self.world.people[name]

    def reader(self, name: str) -> Reader:
        return Reader(self.person(name).wallet, self.person(name).identity)

    def client(self, name: str | None = None, *, own_chain: bool = False) -> NodeClient:
        """A client of its own; signed in as somebody, or not."""
        rpc_url = self.world.anvil.rpc_url if own_chain else None
        client = self.stack.enter_context(NodeClient(self.url, rpc_url=rpc_url))
        if name is not None:
            client.sign_in(self.person(name).wallet)
        return client


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    home = tmp_path_factory.mktemp("town") / "home"
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        try:
            world = stack.enter_context(World(home, custodian_url=url, block_time_s=2, with_kubo=False))
        except AnvilNotFound:
            pytest.skip("anvil is not installed (npm ci in contracts/)")
        world.populate()
        relayer = Keyring(home / "keys", scrypt_n=2**4).create("relayer", RELAYER_PASSWORD)
        world.anvil.fund(relayer.address)
        with (home / CONFIG_NAME).open("a") as config:
            config.write(f'[web]\norigin = "{url}"\nport = {port}\nrequests_per_minute = 60000\n')
            config.write('[relayer]\nkey = "relayer"\n')
        serve(stack, home, port, world.people["north-hospital"], relayer)
        yield Town(world, url, stack)


def serve(stack: ExitStack, home: Path, port: int, custodian: Person, relayer: Person) -> None:
    """Runs web application and worker in threads; leaving the stack ends them."""
    config = load_config(home)
    node = open_node(config, own_custodian=custodian)
    app = create_app(node, custodian=node.custodian(custodian))
    server = make_server("127.0.0.1", port, app, threaded=True)
    web = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    stop = threading.Event()
    chores = (Chore("care", node.care.care_chore, every_s=1), Chore("uploads", node.upload_expiry.chore, every_s=1))
    worker = threading.Thread(target=open_worker(config, relayer=relayer, chores=chores).run, args=(stop, 0.05))

    def end() -> None:
        stop.set()
        server.shutdown()
        web.join()
        server.server_close()
        worker.join()

    web.start()
    worker.start()
    stack.callback(end)


@pytest.fixture
def newcomer(town: Town) -> LocalWallet:
    """Somebody who never had ether."""
    return LocalWallet.generate()
