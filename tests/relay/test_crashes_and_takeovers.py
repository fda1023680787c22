"""Whoever dies or sleeps, and when: each act happens once, on each database, and no worker writes for another."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from eth_utils.crypto import keccak
from sqlalchemy import Engine

from mendrec.adapters.db.lease_rows import SqlLeaseRepository
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.errors import MendrecError
from mendrec.ports_db import Failure, NonceTaken
from mendrec.ports_relay import LeaseLost, Settled
from mendrec.services.relay import RelayState
from mendrec.services.sender_fees import first_fees
from tests.relay.relay_world import GWEI, LEASE_S, LIMITS, RelayWorld
from tests.relay.test_every_act_relayed import recipient
from tests.relay.test_stuck_and_reorganised import base_fee, enrol, enrolments

pytestmark = pytest.mark.chain

STEPS = ("signed", "broadcast", "settled", "replaced", "undone")


class Killed(BaseException):
    """The process ends here."""


def die_at(step: str, *, times: int = 1) -> Callable[[str], None]:
    left = times

    def fault_point(reached: str) -> None:
        nonlocal left
        if reached == step:
            left -= 1
            if left == 0:
                raise Killed

    return fault_point


def states(relay: RelayWorld, ids: list[str]) -> set[RelayState]:
    return {relay.desk.status(one).state for one in ids}


def a_life(relay: RelayWorld, fault_point: Callable[[str], None]) -> bool:
    """One worker's life in which every step comes: sent, stuck, replaced, mined, undone, mined again.

    Returns whether it was killed. The chain does the same whether it was or not.
    """
    anvil = relay.world.anvil
    office = relay.office(fault_point)
    killed = False

    def rounds(count: int = 2) -> None:
        nonlocal killed
        if not killed:
            try:
                for _ in range(count):
                    office.round()
            except Killed:
                killed = True

    mark = anvil.snapshot()
    anvil.rpc("evm_setAutomine", False)
    rounds()
    base_fee(relay, 50)
    relay.clock.at += LIMITS.replace_after_s
    rounds()
    anvil.mine()
    rounds()
    anvil.rpc("anvil_dropAllTransactions")
    anvil.revert(mark)
    anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(GWEI))  # going back does not give it back
    anvil.rpc("evm_setAutomine", True)
    rounds()
    return killed


def test_the_steps_are_all_that_such_a_life_has(relay: RelayWorld) -> None:
    enrol(relay)
    reached: list[str] = []
    assert not a_life(relay, reached.append)
    assert set(reached) == set(STEPS)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("step", STEPS)
def test_a_worker_that_dies_at_any_step_is_followed_by_one_that_does_it_exactly_once(
    any_relay: RelayWorld, step: str, times: int
) -> None:
    relay = any_relay
    ids = [enrol(relay, name) for name in ("patient", "other_patient", "stranger")]
    assert a_life(relay, die_at(step, times=times)) or times > 1
    relay.clock.at += LIMITS.replace_after_s
    relay.work(relay.office())
    assert states(relay, ids) == {RelayState.FINAL}
    assert enrolments(relay) == 3
    assert relay.world.writer.spent_nonces(relay.payer.address) == 3, "nothing was sent twice"


def test_while_one_holds_the_lease_another_does_nothing_and_takes_over_when_it_lapses(any_relay: RelayWorld) -> None:
    relay = any_relay
    first, second = relay.office(), relay.office()
    assert first.round() is not None
    act_id_hex = enrol(relay)
    relay.clock.at += LEASE_S - 1
    assert second.round() is None
    assert first.round() is not None, "it renews, and works"
    relay.clock.at += LEASE_S - 1
    assert second.round() is None, "from its renewal on"
    relay.clock.at += 1
    assert second.round() is not None
    assert first.round() is None
    relay.work(second)
    assert states(relay, [act_id_hex]) == {RelayState.FINAL}


def test_who_gives_the_lease_back_is_followed_at_once(any_relay: RelayWorld) -> None:
    first, second = any_relay.office(), any_relay.office()
    first.round()
    first.holder.give_back()
    assert second.round() is not None
    assert first.round() is None


def test_a_lapsed_lease_that_nobody_took_is_still_ones_own(any_relay: RelayWorld) -> None:
    office = any_relay.office()
    before = office.holder.hold()
    any_relay.clock.at += 10 * LEASE_S
    after = office.holder.hold()
    assert before is not None
    assert after is not None
    assert before.fence == after.fence


@pytest.mark.parametrize("step", ["estimate_gas", "receipt"])
def test_a_worker_that_slept_through_its_lease_writes_nothing_when_it_wakes(any_relay: RelayWorld, step: str) -> None:
    """It was stopped between what it read and what it wanted to write: the one that took over has gone on."""
    relay = any_relay
    ids = [enrol(relay, name) for name in ("patient", "other_patient")]
    slept = False

    def sleep(reached: str) -> None:
        nonlocal slept
        if reached == step and not slept:
            slept = True
            relay.clock.at += LEASE_S
            relay.work(relay.office())

    class Ledger:
        """Falls asleep when it is asked: after the rows were read, before anything of what it answers is written."""

        def __getattr__(self, name: str) -> object:
            sleep(name)
            return getattr(relay.world.writer, name)

    sleeper = relay.office(ledger=Ledger())  # type: ignore[arg-type]

    def rounds() -> None:
        for _ in range(20):
            sleeper.round()

    with pytest.raises(LeaseLost):
        rounds()
    assert slept
    assert states(relay, ids) == {RelayState.FINAL}
    assert enrolments(relay) == 2
    assert relay.world.writer.spent_nonces(relay.payer.address) == 2


def test_every_write_of_the_lane_is_refused_without_the_lease(any_relay: RelayWorld) -> None:
    relay = any_relay
    enrol(relay)
    old = relay.lease()
    relay.clock.at += LEASE_S
    new = relay.lease()
    assert new.fence == old.fence + 1
    lane = relay.lane
    (waiting,) = lane.waiting(1)
    sender = relay.office().sender
    quote = relay.world.writer.fee_quote()
    gas = relay.world.writer.estimate_gas(waiting.row.call, relay.payer.address)
    fees = first_fees(quote, LIMITS.max_fee_wei)
    assert fees is not None
    attempt = sender._signed(waiting.row.call, 0, gas, fees, quote, relay.clock.at)
    key, transaction = waiting.row.key, attempt.transaction
    failure = Failure("Directory", "X", {}, "x", "y")
    writes: list[Callable[[], None]] = [
        lambda: lane.store_signed({key: attempt}, lease=old),
        lambda: lane.store_refused(key, failure, lease=old),
        lambda: lane.store_skip(attempt, lease=old),
    ]
    signed_writes: list[Callable[[], None]] = [
        lambda: lane.store_replacement(key, attempt, lease=old),
        lambda: lane.store_settled([Settled(key, transaction, quote.head, None)], lease=old),
        lambda: lane.store_settled([Settled(key, transaction, quote.head, failure)], lease=old),
        lambda: lane.put_back(key, lease=old),
        lambda: lane.store_undone([key], lease=old),
    ]
    for write in writes:
        with pytest.raises(LeaseLost):
            write()
    assert lane.waiting(1) == [waiting]
    lane.store_signed({key: attempt}, lease=new)
    (flying,) = lane.in_flight()
    for write in signed_writes:
        with pytest.raises(LeaseLost):
            write()
    assert lane.in_flight() == [flying]


def test_a_nonce_is_given_to_one_row_only_and_all_are_stored_or_none(any_relay: RelayWorld) -> None:
    relay = any_relay
    for name in ("patient", "other_patient"):
        enrol(relay, name)
    lease = relay.lease()
    first, second = relay.lane.waiting(2)
    sender = relay.office().sender
    quote = relay.world.writer.fee_quote()
    fees = first_fees(quote, LIMITS.max_fee_wei)
    assert fees is not None
    same = {
        lane.row.key: sender._signed(lane.row.call, 5, 200_000, fees, quote, relay.clock.at) for lane in (first, second)
    }
    with pytest.raises(NonceTaken):
        relay.lane.store_signed(same, lease=lease)
    assert relay.lane.count_waiting() == 2


def test_of_many_that_want_the_lease_at_once_one_gets_it(any_engine: Engine) -> None:
    leases = SqlLeaseRepository(any_engine)
    for generation in range(1, 4):
        start = threading.Barrier(6)
        taken: list[int] = []

        def take(now: int, start: threading.Barrier, taken: list[int]) -> None:
            start.wait()
            lease = leases.take("worker", "anybody", now=now, lifetime_s=100)
            if lease is not None:
                taken.append(lease.fence)

        threads = [threading.Thread(target=take, args=(generation * 100, start, taken)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert taken == [generation]


def test_two_workers_and_a_desk_at_work_at_once_never_do_an_act_twice(any_relay: RelayWorld) -> None:
    """Real threads on a real chain; the clock runs so that the lease changes hands in the middle of rounds."""
    relay = any_relay
    people = [LocalWallet(keccak(text=f"person {number}")) for number in range(12)]
    acts = [relay.sign(one, "enrol", {"recipient": recipient(one.address)}) for one in people]
    stop = threading.Event()
    failures: list[BaseException] = []

    def work() -> None:
        office = relay.office()
        while not stop.is_set():
            try:
                office.round()
            except MendrecError:
                pass
            except BaseException as error:
                failures.append(error)
                return
            stop.wait(0.01)

    def lapse() -> None:
        while not stop.wait(0.15):
            relay.clock.at += LEASE_S

    threads = [threading.Thread(target=work) for _ in range(2)] + [threading.Thread(target=lapse)]
    for thread in threads:
        thread.start()
    ids = [relay.desk.accept(act, by=act.signer).act_id_hex for act in acts]
    try:
        for _ in range(2_000):
            if states(relay, ids) == {RelayState.FINAL} or failures:
                break
            stop.wait(0.02)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    relay.clock.at += LEASE_S
    relay.work(relay.office())
    assert states(relay, ids) == {RelayState.FINAL}
    assert enrolments(relay) == len(people)
    assert relay.world.writer.spent_nonces(relay.payer.address) == len(people), "no act was sent under two nonces"
