"""The relayer's desk: people bring acts that they signed, the node pays for them, and says what became of each.

An act is refused here, before it costs anything, where the contract would refuse it, where it is somebody else's, or
where its signer has had their share for the day. What is taken on is written down at once; the sender
(:mod:`mendrec.services.sender`), in whichever process holds the lease, brings it to the chain. So this side needs the
relayer's address only, never its key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from mendrec.domain.errors import ConfigurationError, ContractRefusal, NotFoundError, RefusedError
from mendrec.domain.model import Address, BlockRef, ChainEvent
from mendrec.domain.signed_act import SignedAct
from mendrec.ports import Clock, ContractCall, LedgerWriter
from mendrec.ports_db import Failure, OutboxState
from mendrec.ports_relay import QueuedAct, RelayRepository

_PAGE_MAX = 200


class NoRelayer(ConfigurationError):
    """This node pays for nobody's acts."""

    code = "configuration.no_relayer"
    default_remedy = "Name a key under [relayer] in config.toml, or bring the act to the chain with an own account."


class NotTheSigner(RefusedError):
    """Who brings the act is not who signed it."""

    code = "refused.not_the_signer"
    default_remedy = "Sign in as the person whose act it is."


class UnknownAct(NotFoundError):
    """The node has not taken on such an act."""

    code = "not_found.relayed_act"
    default_remedy = "Bring the signed act again; the same act never happens twice."


class RelayState(StrEnum):
    """How far a relayed act has come."""

    QUEUED = "queued"
    """Taken on; not sent yet."""
    SENT = "sent"
    """Signed by the relayer, and sent or about to be; also where a reorganisation undid its block."""
    MINED = "mined"
    """In a block that a reorganisation could still undo."""
    FINAL = "final"
    """In a block as deep as the network's finality depth."""
    FAILED = "failed"
    """It will not happen: refused before it was sent, or reverted in a block."""


@dataclass(frozen=True, slots=True)
class RelayedAct:
    """What became of one act."""

    act_id_hex: str
    signer: Address
    contract: str
    function: str
    state: RelayState
    transaction_hash_hex: str | None
    """Of the newest attempt, or of the one that was mined."""
    block: BlockRef | None
    confirmations: int
    """Blocks on top of its own; 0 in the head block, and where it is in none."""
    failure: Failure | None
    queued_at: int
    events: tuple[ChainEvent, ...] = ()
    """What the contracts said in its transaction; told by :meth:`RelayService.status` once it is mined."""


class Head(Protocol):
    """What the relay asks of the chain's blocks."""

    def head_block(self) -> BlockRef: ...

    def block(self, number: int) -> BlockRef: ...


@dataclass(frozen=True)
class RelayService:
    """Takes signed acts on and tells what became of them."""

    chain: Head
    ledger: LedgerWriter
    rows: RelayRepository
    clock: Clock
    relayer: Address | None
    """Whose account pays; None where the node has no relayer."""
    acts_per_person_per_day: int
    finality_depth: int

    def accept(self, act: SignedAct, *, by: Address) -> RelayedAct:
        """Takes an act on. The same act again is the same, however far it has come; a failed one may be made anew.

        Args:
            act: as signed.
            by: who is signed in; must be the signer.

        Raises:
            NotTheSigner: it is another person's act.
            ContractRefusal: the contract would refuse it now; nothing was written.
            QuotaExceeded: says when the signer's next act is taken on.
            AuthorizationInUse: another act under the same number is on its way.
            NoRelayer: this node pays for nobody.
        """
        if act.signer != by:
            raise NotTheSigner(f"The act is {act.signer}'s; {by} is signed in.")
        known = self._on_its_way(act)
        if known is not None:
            return self._told(known, _Standing(self.chain))
        if self.relayer is None:
            raise NoRelayer("This node does not pay for acts.")
        try:
            self.ledger.simulate(call_of(act), self.relayer)
        except ContractRefusal:
            known = self._on_its_way(act)  # it may be refused because it has just been made to happen
            if known is None:
                raise
            return self._told(known, _Standing(self.chain))
        queued = self.rows.queue(act, relayer=self.relayer, now=self.clock.now(), per_day=self.acts_per_person_per_day)
        return self._told(queued, _Standing(self.chain))

    def status(self, act_id_hex: str) -> RelayedAct:
        """Returns what became of an act, with what the contracts said when it was mined.

        Raises:
            UnknownAct: no such act was taken on.
        """
        found = self.rows.get(act_id_hex)
        if found is None:
            raise UnknownAct("There is no such act.")
        return self._told(found, _Standing(self.chain), with_events=True)

    def of_signer(self, signer: Address, *, after: str | None = None, limit: int = 50) -> Sequence[RelayedAct]:
        """Returns a signer's acts, the newest first, without their events.

        Args:
            signer: whose.
            after: ``act_id_hex`` of the last act of the page before.
            limit: at most so many; 200 at the most.
        """
        standing = _Standing(self.chain)
        found = self.rows.of_signer(signer, after=after, limit=max(1, min(limit, _PAGE_MAX)))
        return [self._told(one, standing) for one in found]

    def _on_its_way(self, act: SignedAct) -> QueuedAct | None:
        found = self.rows.get(act.id_hex)
        return None if found is None or found.row.state is OutboxState.FAILED else found

    def _told(self, queued: QueuedAct, standing: _Standing, *, with_events: bool = False) -> RelayedAct:
        row = queued.row
        block = row.block if row.block is not None and standing.holds(row.block) else None
        confirmations = 0 if block is None else max(0, standing.head().number - block.number)
        state = _state(row.state, in_block=block is not None, undone=row.block is not None and block is None)
        if state is RelayState.MINED and confirmations >= self.finality_depth:
            state = RelayState.FINAL
        receipt = None
        if with_events and row.transaction is not None and state in (RelayState.MINED, RelayState.FINAL):
            receipt = self.ledger.receipt(row.transaction.hash_hex)
        return RelayedAct(
            act_id_hex=queued.act_id_hex,
            signer=queued.signer,
            contract=row.call.contract,
            function=row.call.function,
            state=state,
            transaction_hash_hex=None if row.transaction is None else row.transaction.hash_hex,
            block=block,
            confirmations=confirmations,
            failure=row.failure if state is RelayState.FAILED else None,
            queued_at=queued.queued_at,
            events=() if receipt is None else receipt.events,
        )


def call_of(act: SignedAct) -> ContractCall:
    """Returns the call that makes a signed act happen, whoever sends it."""
    return ContractCall(act.contract, act.function, act.args)


def _state(state: OutboxState, *, in_block: bool, undone: bool) -> RelayState:
    if undone or state is OutboxState.SIGNED:
        return RelayState.SENT
    if state is OutboxState.MINED and in_block:
        return RelayState.MINED
    return RelayState.FAILED if state is OutboxState.FAILED else RelayState.QUEUED


class _Standing:
    """Which blocks the chain still has, asked once each; for one answer."""

    def __init__(self, chain: Head) -> None:
        self._chain = chain
        self._head: BlockRef | None = None
        self._newest: BlockRef | None = None
        self._asked: dict[int, str | None] = {}

    def head(self) -> BlockRef:
        if self._head is None:
            self._head = self._chain.head_block()
        return self._head

    def holds(self, block: BlockRef) -> bool:
        if self._newest is not None and block.number < self._newest.number:
            return True  # blocks carry their ancestors
        if block.number not in self._asked:
            try:
                self._asked[block.number] = self._chain.block(block.number).hash_hex
            except NotFoundError:
                self._asked[block.number] = None
        stands = self._asked[block.number] == block.hash_hex
        if stands:
            self._newest = block
        return stands
