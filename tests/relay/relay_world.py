"""A node's relayer over a real chain: the desk, the sender and the lease, each as a process of its own has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mendrec.adapters.db.index_rows import SqlIndexRepository
from mendrec.adapters.db.lane_rows import SqlLaneRepository
from mendrec.adapters.db.lease_rows import SqlLeaseRepository
from mendrec.adapters.db.outbox_rows import SqlOutboxRepository
from mendrec.adapters.db.relay_rows import SqlRelayRepository
from mendrec.adapters.system import SystemRandomness
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.signed_act import SignedAct
from mendrec.ports import LedgerWriter
from mendrec.ports_relay import Lease, LeaseLost
from mendrec.services.act_preparation import ActPreparation
from mendrec.services.index import IndexService
from mendrec.services.leases import LeaseHolder
from mendrec.services.outbox import Outbox
from mendrec.services.relay import RelayedAct, RelayService, RelayState
from mendrec.services.sender import Sender, SenderLimits, Sent
from tests.simulators.chain_world import QUICK, World, no_sleep, wallet_of

GWEI = 10**9
LIMITS = SenderLimits(max_fee_wei=500 * GWEI, replace_after_s=60, spent_wait_s=0)
LEASE_S = 30
_ROUNDS = 200


class DrawnInTurn:
    """Draws each number once: else two acts on their way would at times draw the same of 256, and one be refused."""

    def __init__(self) -> None:
        self._next = 0

    def token(self, size_bytes: int) -> bytes:
        self._next += 1
        return (self._next % 256**size_bytes).to_bytes(size_bytes, "big")


@dataclass
class SetClock:
    """A clock that goes only when it is told to."""

    at: int

    def now(self) -> int:
        return self.at


def nothing(_step: str) -> None:
    """No fault."""


@dataclass
class Office:
    """One sender with its lease, as one process has them."""

    sender: Sender
    holder: LeaseHolder

    def round(self) -> Sent | None:
        """One round; None where another holds the lease."""
        lease = self.holder.hold()
        return None if lease is None else self.sender.round(lease)


@dataclass
class RelayWorld:
    """A chain with contracts, a relayer with ether, and people who need none."""

    world: World
    clock: SetClock
    payer: LocalWallet
    index: IndexService
    finality_depth: int = 0
    quota: int = 500
    limits: SenderLimits = LIMITS
    draws: DrawnInTurn = field(default_factory=DrawnInTurn)
    _office: Office | None = field(default=None)

    @property
    def acts(self) -> ActPreparation:
        return ActPreparation(self.world.reader, self.index, self.draws, self.clock)

    @property
    def desk(self) -> RelayService:
        return RelayService(
            chain=self.world.reader,
            ledger=self.world.writer,
            rows=SqlRelayRepository(self.world.engine),
            clock=self.clock,
            relayer=self.payer.address,
            acts_per_person_per_day=self.quota,
            finality_depth=self.finality_depth,
        )

    @property
    def lane(self) -> SqlLaneRepository:
        return SqlLaneRepository(self.world.engine)

    def lease(self, name: str = "sender") -> Lease:
        """A lease for a test that writes by itself."""
        lease = SqlLeaseRepository(self.world.engine).take(name, "test", now=self.clock.now(), lifetime_s=LEASE_S)
        if lease is None:
            raise LeaseLost("Another has it.")
        return lease

    def office(
        self,
        fault_point: Callable[[str], None] = nothing,
        *,
        limits: SenderLimits | None = None,
        payer: LocalWallet | None = None,
        ledger: LedgerWriter | None = None,
    ) -> Office:
        """Another process: nothing is shared but the database and the chain."""
        sender = Sender(
            ledger or self.world.writer,
            self.lane,
            payer or self.payer,
            self.clock,
            limits or self.limits,
            fault_point=fault_point,
        )
        leases = SqlLeaseRepository(self.world.engine)
        holder = LeaseHolder(leases, self.clock, SystemRandomness(), name="sender", lifetime_s=LEASE_S)
        return Office(sender, holder)

    def outbox(self) -> Outbox:
        """The outbox of a command on the same home."""
        return Outbox(self.world.writer, SqlOutboxRepository(self.world.engine), sleep=no_sleep, patience=QUICK)

    def sign(self, who: LocalWallet, kind: str, params: Mapping[str, Any], **more: Any) -> SignedAct:
        """Prepared by the node, signed by a plain wallet."""
        prepared = self.acts.prepare(kind, who.address, params, **more)
        return prepared.signed(who.sign_typed_data(prepared.typed_data))

    def bring(self, who: LocalWallet, kind: str, params: Mapping[str, Any], **more: Any) -> RelayedAct:
        """Signed, and taken on."""
        return self.desk.accept(self.sign(who, kind, params, **more), by=who.address)

    def work(self, office: Office | None = None) -> list[Sent]:
        """Rounds until nothing is on its way or held up; a chain that mines on demand answers a moment late."""
        office = office or self._own_office()
        rounds = []
        for _ in range(_ROUNDS):
            done = office.round()
            assert done is not None, "the lease is another's"
            rounds.append(done)
            if not done.in_flight and (not done.waiting or done.held_up_by):
                return rounds
        raise AssertionError(f"It does not come to an end: {rounds[-1]}")

    def relayed(self, who: LocalWallet, kind: str, params: Mapping[str, Any], **more: Any) -> RelayedAct:
        """Signed, taken on and brought to the chain."""
        act = self.bring(who, kind, params, **more)
        self.work()
        told = self.desk.status(act.act_id_hex)
        assert told.state is RelayState.FINAL, told
        return told

    def _own_office(self) -> Office:
        if self._office is None:
            self._office = self.office()
        return self._office


def open_relay_world(world: World) -> RelayWorld:
    """A relay over a deployment; its clock stands at the chain's head."""
    payer = wallet_of("relayer")
    world.anvil.fund(payer.address)
    index = IndexService(
        world.reader, SqlIndexRepository(world.engine), first_block=min(world.deployment.blocks.values())
    )
    return RelayWorld(world, SetClock(world.reader.head_block().timestamp), payer, index)
