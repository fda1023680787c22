"""A node's worker: its parts take their turns, one that fails keeps no other from its own; it lets go when it ends."""

from __future__ import annotations

import threading

import pytest

from mendrec.adapters.db.lease_rows import SqlLeaseRepository
from mendrec.adapters.db.receipt_rows import SqlReceiptRepository
from mendrec.adapters.system import SystemRandomness
from mendrec.domain.errors import UnavailableError
from mendrec.ports_db import ReplayError
from mendrec.services.leases import LeaseHolder
from mendrec.services.relay import RelayState
from mendrec.services.worker import LEASE_LIFETIME_S, WORKER_LEASE, Chore, Tick, Worker
from tests.relay.relay_world import RelayWorld
from tests.relay.test_stuck_and_reorganised import enrol

pytestmark = pytest.mark.chain


def worker(relay: RelayWorld, *chores: Chore, sends: bool = True) -> Worker:
    leases = SqlLeaseRepository(relay.world.engine)
    return Worker(
        lease=LeaseHolder(leases, relay.clock, SystemRandomness(), name=WORKER_LEASE, lifetime_s=LEASE_LIFETIME_S),
        clock=relay.clock,
        index=relay.index,
        outbox=relay.outbox(),
        receipts=SqlReceiptRepository(relay.world.engine),
        sender=relay.office().sender if sends else None,
        chores=chores,
    )


def test_a_tick_sends_syncs_and_does_chores(relay: RelayWorld) -> None:
    act_id_hex = enrol(relay)
    done: list[str] = []
    one = worker(relay, Chore("sweep", lambda: done.append("sweep"), every_s=60))
    first = one.tick()
    assert first.holds_lease
    assert first.is_busy
    assert first.sent is not None
    assert first.sent.sent == 1
    assert first.faults == ()
    while one.tick().is_busy:
        pass
    relay.world.anvil.mine()
    one.tick()
    assert relay.desk.status(act_id_hex).state is RelayState.FINAL
    assert relay.index.rows.participants(), "the index has come as far"
    assert done == ["sweep"]
    relay.clock.at += 59
    one.tick()
    assert done == ["sweep"]
    relay.clock.at += 1
    assert "sweep" in one.tick().chores
    assert done == ["sweep", "sweep"]


def test_a_part_that_fails_is_told_and_keeps_no_other_from_its_turn(relay: RelayWorld) -> None:
    enrol(relay)

    def fail() -> None:
        raise UnavailableError("The store is away.")

    done: list[str] = []
    tick = worker(relay, Chore("broken", fail, 1), Chore("sweep", lambda: done.append("sweep"), 1)).tick()
    assert tick.faults == (("broken", "unavailable"),)
    assert done == ["sweep"]
    assert tick.sent is not None
    assert tick.sent.sent == 1


def test_without_the_relayers_key_everything_else_is_done(relay: RelayWorld) -> None:
    act_id_hex = enrol(relay)
    tick = worker(relay, sends=False).tick()
    assert tick.sent is None
    assert tick.synced is not None
    assert relay.desk.status(act_id_hex).state is RelayState.QUEUED


def test_spent_request_nonces_are_forgotten_when_they_may_be(relay: RelayWorld) -> None:
    receipts = SqlReceiptRepository(relay.world.engine)
    reader = relay.world.wallets["stranger"].address
    receipts.spend_nonce(reader, "aa", keep_until_at=relay.clock.at)
    one = worker(relay)
    one.tick()
    with pytest.raises(ReplayError):
        receipts.spend_nonce(reader, "aa", keep_until_at=relay.clock.at)
    relay.clock.at += 61
    one.tick()
    receipts.spend_nonce(reader, "aa", keep_until_at=relay.clock.at)


def test_of_two_workers_one_works_and_the_other_takes_over_at_once_when_it_ends(relay: RelayWorld) -> None:
    act_id_hex = enrol(relay)
    first, second = worker(relay), worker(relay)
    stop = threading.Event()
    ticks: list[Tick] = []

    def told(tick: Tick) -> None:
        ticks.append(tick)
        if len(ticks) == 2:
            stop.set()

    first.tick()
    assert second.tick() == Tick(holds_lease=False)
    first.run(stop, 0.0, told=told)
    assert all(tick.holds_lease for tick in ticks)
    assert second.tick().holds_lease
    relay.world.anvil.mine()
    second.tick()
    assert relay.desk.status(act_id_hex).state is RelayState.FINAL


def test_a_worker_that_lost_its_lease_in_its_sleep_does_not_go_on_as_if_it_had_it(relay: RelayWorld) -> None:
    first, second = worker(relay), worker(relay)
    assert first.tick().holds_lease
    slept_until_at = relay.clock.at + LEASE_LIFETIME_S
    relay.clock.at = slept_until_at
    assert second.tick().holds_lease
    act_id_hex = enrol(relay)
    relay.clock.at -= LEASE_LIFETIME_S  # its own clock has slept too
    assert first.tick().faults == (("sender", "unavailable.lease_lost"),)
    assert relay.desk.status(act_id_hex).state is RelayState.QUEUED
    relay.clock.at = slept_until_at
    assert not first.tick().holds_lease
    assert second.tick().holds_lease


def test_a_worker_whose_database_is_away_goes_on_when_it_is_back(relay: RelayWorld) -> None:
    one = worker(relay)
    stop = threading.Event()
    ticks: list[Tick] = []

    class Away:
        def hold(self) -> None:
            raise UnavailableError("The database is away.")

        def lose(self) -> None:
            raise AssertionError

        def give_back(self) -> None:
            raise UnavailableError("The database is away.")

    there, one.lease = one.lease, Away()  # type: ignore[assignment]

    def told(tick: Tick) -> None:
        ticks.append(tick)
        one.lease = there
        if tick.holds_lease:
            stop.set()

    one.run(stop, 0.0, told=told)
    assert ticks[0].faults == (("lease", "unavailable"),)
    assert ticks[-1].holds_lease
