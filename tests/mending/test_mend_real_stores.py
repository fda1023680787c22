"""The whole of it on a folder and real Kubo daemons: damage on disk is found, told apart, mended and verified."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mendrec.adapters.stores.directory import DirectoryStore
from mendrec.adapters.stores.ipfs import IpfsStore
from mendrec.adapters.stores.kubo_process import PrivateKubo
from mendrec.domain.health import EntryRef
from mendrec.domain.model import MendReason
from tests.mending.world import PATIENT, World
from tests.simulators.kubo import block_file, flip_last_bit, leaf_cid, running_kubo

pytestmark = pytest.mark.kubo
ENTRY = EntryRef(PATIENT, 0)


class RealWorld(World):
    """Kubo first, so that the path on chain leads there; then a folder; a second folder in a third domain is spare."""

    def __init__(self, daemon: PrivateKubo, folder: Path) -> None:
        self.daemon = daemon
        self.ward = DirectoryStore.create(folder / "ward", name="ward", failure_domain="ward", location=2)
        self.cloud = DirectoryStore.create(folder / "cloud", name="cloud", failure_domain="cloud", location=3)
        super().__init__(
            [
                IpfsStore(daemon.api_multiaddr, name="swarm", failure_domain="swarm", location=1),
                self.ward,
                self.cloud,
            ]
        )

    def bad_copies(self) -> dict[str, list[str]]:
        """By store: what was found of the payload, the manifest and the envelopes."""
        found = self.checker().check(self.objects()).objects
        return {
            store.name: [f.outcome.value for report in found for f in report.findings if f.place.name == store.name]
            for store in self.stores
        }


@pytest.fixture
def world(tmp_path: Path) -> Iterator[RealWorld]:
    with running_kubo(tmp_path / "repo") as daemon:
        yield RealWorld(daemon, tmp_path)


def test_one_copy_corrupted_one_deleted_one_store_stopped(world: RealWorld) -> None:
    payload, manifest, envelopes = world.cids
    assert set(world.states().values()) == {"healthy"}

    # Corrupted on both sides, in different objects; one deleted.
    flip_last_bit(block_file(world.daemon, leaf_cid(world.contents[payload], 1)))
    flip_last_bit(world.ward.path_of(manifest))
    world.ward.path_of(envelopes).unlink()
    assert world.bad_copies() == {
        "swarm": ["wrong", "good", "good"],
        "ward": ["good", "wrong", "missing"],
        "cloud": ["missing", "missing", "missing"],
    }
    assert world.states() == {payload: "damaged", manifest: "damaged", envelopes: "degraded"}
    result = world.mender().run(world.objects)
    assert result.is_healthy
    assert world.bad_copies()["swarm"] == world.bad_copies()["ward"] == ["good"] * 3
    assert world.chain.history == []

    # A block of the middle deleted on the live daemon, and the root of another object.
    block_file(world.daemon, leaf_cid(world.contents[payload], 1)).unlink()
    block_file(world.daemon, manifest).unlink()
    assert world.bad_copies()["swarm"] == ["wrong", "missing", "good"]
    assert world.mender().run(world.objects).is_healthy

    # The daemon stopped: unreachable, not wrong; a further copy is made and the path is moved.
    world.daemon.stop()
    assert world.bad_copies()["swarm"] == ["unreachable"] * 3
    assert set(world.states().values()) == {"degraded"}
    assert world.mender().run(world.objects).is_healthy
    assert world.chain.history == [(ENTRY, 2, MendReason.UNREACHABLE)]
    assert world.bad_copies()["cloud"] == ["good"] * 3

    # Back again: its copies are as they were, and nothing is to be done.
    world.daemon.start()
    assert world.bad_copies()["swarm"] == ["good"] * 3
    assert world.mender().run(world.objects).done == ()


def test_with_the_only_good_copy_on_a_stopped_daemon_nothing_is_called_lost_and_nothing_moves(world: RealWorld) -> None:
    for cid in world.cids:
        flip_last_bit(world.ward.path_of(cid))
    world.daemon.stop()
    assert set(world.states().values()) == {"unreachable"}
    assert world.mender().run(world.objects).done == ()
    assert world.chain.history == []
    world.daemon.start()
    assert world.mender().run(world.objects).is_healthy


def test_wrong_everywhere_is_lost_and_is_told(world: RealWorld) -> None:
    payload = world.payload
    flip_last_bit(world.ward.path_of(payload))
    flip_last_bit(block_file(world.daemon, payload))
    assert world.states()[payload] == "lost"
    result = world.mender().run(world.objects)
    assert [one.cid for one in result.cannot] == [payload]
    assert world.ward.path_of(payload).exists()  # even a wrong copy is never deleted: it may be all that is left
