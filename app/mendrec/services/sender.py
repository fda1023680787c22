"""The sender: brings the relayer's rows to the chain, many at a time, in the order in which they were taken on.

One worker at a time runs it, under a lease; each durable step is written under that lease (see
:mod:`mendrec.ports_relay`), before the next one is taken. So a crash at any point, or another worker in between, loses
nothing and makes nothing happen twice. [Note: sending many]

- Signed is written down before it is sent, and only what is written down is sent. Who has lost the lease may still
  send what it wrote before: those are the same bytes that the next worker sends.
- A row keeps its nonce until it is in a block. A transaction that is stuck is replaced under the same nonce by the same
  call with higher fees; of all that were signed at most one can be mined, and receipts are looked for by all of them.
- A nonce that the chain has counted without a receipt of ours, over several looks, was spent by another program with
  the relayer's key. The row then waits for a new one. The outbox never signs anew without being asked
  ([Note: at most once] in :mod:`mendrec.services.outbox`); here it is right: the signer's word stands until the last
  second they signed for, and the contract takes it once, by the number in it, whichever transaction brings it.
  Whoever wants it back earlier cancels that number.
- An act that became wrong while it waited (past its last second, overtaken, cancelled) fails when its gas is estimated,
  before it costs anything, with the contract's words.
- A nonce below ours that nothing uses would hold up all behind it: the next row takes it, or a transfer of nothing.
- After a reorganisation rows whose block is gone are in flight again, and are sent as they are.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from mendrec.domain.errors import ContractRefusal, InputError, NotFoundError, RefusedError, UnavailableError
from mendrec.domain.model import Address, BlockRef
from mendrec.ports import SKIP_NONCE, Clock, ContractCall, FeeQuote, Fees, LedgerWriter, Wallet
from mendrec.ports_db import NonceTaken
from mendrec.ports_relay import Attempt, LaneRepository, LaneRow, Lease, Settled
from mendrec.services.outbox import failure_of
from mendrec.services.sender_fees import bumped_fees, first_fees


@dataclass(frozen=True, slots=True)
class SenderLimits:
    """How much, how long and how dear."""

    max_fee_wei: int
    """For each unit of gas; above it nothing is sent."""
    replace_after_s: int
    """A transaction that is not mined by then is replaced by one that offers more."""
    in_flight: int = 64
    """Signed and not in a block yet. Nodes keep 64 or more of one account ready to be mined."""
    spent_looks: int = 3
    """How often a spent nonce must be seen without a receipt: some nodes show a receipt a moment late."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What one round did. Numbers of rows."""

    undone: int = 0
    mined: int = 0
    failed: int = 0
    replaced: int = 0
    sent: int = 0
    skipped: int = 0
    """Nonces that nothing used, and that were used up."""
    put_back: int = 0
    in_flight: int = 0
    waiting: int = 0
    held_up_by: str | None = None
    """Why rows wait, as a code: ``unfunded``, ``too_dear`` or ``not_taken``; None where nothing does."""


def _no_fault(_step: str) -> None:
    """Where a test lets the process die."""


class Sender:
    """Drives the lane of one relayer's wallet. One thread at a time."""

    def __init__(
        self,
        ledger: LedgerWriter,
        rows: LaneRepository,
        wallet: Wallet,
        clock: Clock,
        limits: SenderLimits,
        *,
        fault_point: Callable[[str], None] = _no_fault,
    ) -> None:
        self._ledger = ledger
        self._rows = rows
        self._wallet = wallet
        self._clock = clock
        self._limits = limits
        self._fault_point = fault_point
        self._looks: dict[str, int] = {}
        self._refused: set[str] = set()
        """Hashes of what the pool would not take when it was last sent."""

    def round(self, lease: Lease) -> Sent:
        """Does all that can be done now, without waiting.

        Raises:
            LeaseLost: another worker has taken over; what was written before is right.
            UnavailableError: chain or database can't be reached; the next round goes on.
        """
        one = _Round(lease)
        self._reopen_undone(one)
        in_flight = self._collect(one)
        if in_flight or self._rows.count_waiting():
            quote = self._ledger.fee_quote()
            in_flight = self._keep_going(one, in_flight, quote)
            self._send_waiting(one, in_flight, quote)
        return one.told(waiting=self._rows.count_waiting())

    # ---- what the chain took, and took back

    def _reopen_undone(self, one: _Round) -> None:
        undone: list[str] = []
        for settled in self._rows.newest_settled():
            block = settled.row.block
            if block is not None and self._stands(block):
                break  # blocks carry their ancestors: all older ones stand too
            undone.append(settled.row.key)
        if undone:
            self._rows.store_undone(undone, lease=one.lease)
            one.undone = len(undone)
            self._fault_point("undone")

    def _collect(self, one: _Round) -> list[LaneRow]:
        """Settles what was mined; returns what is still in flight, by sender and nonce."""
        still: list[LaneRow] = []
        settled: list[Settled] = []
        missed: list[LaneRow] = []
        for sender, rows in itertools.groupby(self._rows.in_flight(), key=lambda lane: lane.row.sender):
            # The count first, the receipts second: once the count is past a nonce, its receipt is there to be seen.
            spent = self._ledger.spent_nonces(sender)
            for lane in rows:
                if _nonce(lane) >= spent:
                    still.append(lane)
                    continue
                found = self._found(lane)
                if found is None:
                    missed.append(lane)
                else:
                    self._forget(lane)
                    settled.append(found)
        self._settle(one, settled)
        for lane in missed:
            self._missed(one, lane)
        return still

    def _settle(self, one: _Round, settled: Sequence[Settled]) -> None:
        if not settled:
            return
        try:
            self._rows.store_settled(settled, lease=one.lease)
        except NonceTaken:  # after a reorganisation another row was given that nonce; it is put back first
            return
        failed = sum(row.failure is not None for row in settled)
        one.failed += failed
        one.mined += len(settled) - failed
        self._fault_point("settled")

    def _found(self, lane: LaneRow) -> Settled | None:
        """Looks for a receipt by every transaction that was signed for the row: any of them may be the one."""
        reverted: Settled | None = None
        for attempt in reversed(lane.attempts):
            transaction = attempt.transaction
            receipt = self._ledger.receipt(transaction.hash_hex)
            if receipt is None:
                continue
            if receipt.succeeded:
                return Settled(lane.row.key, transaction, receipt.block, None)
            if transaction.nonce == _nonce_or_none(lane):  # an older try that failed under another one is past
                refusal = self._ledger.explain_failure(lane.row.call, lane.row.sender, receipt)
                reverted = Settled(lane.row.key, transaction, receipt.block, failure_of(refusal, lane.row.call))
        return reverted

    def _forget(self, lane: LaneRow) -> None:
        self._looks.pop(lane.row.key, None)
        self._refused.difference_update(attempt.transaction.hash_hex for attempt in lane.attempts)

    def _missed(self, one: _Round, lane: LaneRow) -> None:
        looks = self._looks.get(lane.row.key, 0) + 1
        self._looks[lane.row.key] = looks
        if looks < self._limits.spent_looks:
            one.in_flight += 1
            return
        del self._looks[lane.row.key]
        if lane.row.call == SKIP_NONCE:  # it was to be used up, and is
            failure = failure_of(RefusedError("Something else used the nonce up."), SKIP_NONCE)
            self._rows.put_back(lane.row.key, lease=one.lease)
            self._rows.store_refused(lane.row.key, failure, lease=one.lease)
        else:
            self._rows.put_back(lane.row.key, lease=one.lease)
        one.put_back += 1
        self._fault_point("put back")

    def _stands(self, block: BlockRef) -> bool:
        try:
            return self._ledger.block(block.number).hash_hex == block.hash_hex
        except NotFoundError:
            return False

    # ---- what is on its way

    def _keep_going(self, one: _Round, in_flight: Sequence[LaneRow], quote: FeeQuote) -> list[LaneRow]:
        """Sends again what the chain's pool has lost, and replaces what is stuck."""
        kept: list[LaneRow] = []
        for sender, rows in itertools.groupby(in_flight, key=lambda lane: lane.row.sender):
            known = self._ledger.next_nonce(sender)
            lowest: int | None = None
            for lane in rows:
                lowest = _nonce(lane) if lowest is None else lowest
                in_pool = _nonce(lane) < known
                if in_pool or _nonce(lane) == lowest:  # what waits for a nonce before its own is not what is stuck
                    kept.append(self._replaced(one, lane, quote) if sender == self._wallet.address else lane)
                else:
                    kept.append(lane)
                if not in_pool:
                    self._broadcast(one, kept[-1].attempts[-1])
        one.in_flight += len(kept)
        return kept

    def _replaced(self, one: _Round, lane: LaneRow, quote: FeeQuote) -> LaneRow:
        newest = lane.attempts[-1]
        now = self._clock.now()
        # A chain that stands still would not go faster for more money; but nothing that is too cheap gets anywhere.
        is_passed_over = (
            quote.head.number > newest.head_number
            or newest.fees.max_fee_wei < quote.base_fee_wei
            or newest.transaction.hash_hex in self._refused
        )
        if now - newest.signed_at < self._limits.replace_after_s or not is_passed_over:
            return lane
        fees = bumped_fees(newest.fees, quote, self._limits.max_fee_wei)
        if fees is None:
            one.hold_up("too_dear")
            return lane
        attempt = self._signed(lane.row.call, newest.transaction.nonce, newest.gas, fees, quote, now)
        self._rows.store_replacement(lane.row.key, attempt, lease=one.lease)
        self._fault_point("replaced")
        self._broadcast(one, attempt)
        one.replaced += 1
        return LaneRow(lane.row, (*lane.attempts, attempt))

    def _broadcast(self, one: _Round, attempt: Attempt) -> None:
        """Sends. What a pool will not take now it may take later: it stays written down, and later ones wait for it."""
        if one.is_refused:
            return
        try:
            self._ledger.broadcast(attempt.transaction)
        except (RefusedError, UnavailableError):
            one.is_refused = True
            one.hold_up("not_taken")
            self._refused.add(attempt.transaction.hash_hex)
        else:
            self._refused.discard(attempt.transaction.hash_hex)
        self._fault_point("broadcast")

    # ---- what waits

    def _send_waiting(self, one: _Round, in_flight: Sequence[LaneRow], quote: FeeQuote) -> None:
        own = [lane for lane in in_flight if lane.row.sender == self._wallet.address]
        room = self._limits.in_flight - one.in_flight
        waiting = self._not_done(one, self._rows.waiting(max(0, room)))
        nonces = self._free_nonces()
        if not waiting:
            self._fill_gap(one, own, nonces, quote)
            return
        fees = first_fees(quote, self._limits.max_fee_wei)
        if fees is None:
            one.hold_up("too_dear")
            return
        signed = self._sign_all(one, waiting, nonces, fees, quote)
        if not signed:
            return
        try:
            self._rows.store_signed(signed, lease=one.lease)
        except NonceTaken:  # the same key is used by a command of this node; the next round takes other nonces
            return
        self._fault_point("signed")
        for attempt in signed.values():
            self._broadcast(one, attempt)
        one.sent += len(signed)
        one.in_flight += len(signed)

    def _not_done(self, one: _Round, waiting: Sequence[LaneRow]) -> list[LaneRow]:
        """Leaves out what was put back and has turned out to be in a block after all."""
        found = {lane.row.key: self._found(lane) for lane in waiting if lane.attempts}
        self._settle(one, [settled for settled in found.values() if settled is not None])
        return [lane for lane in waiting if found.get(lane.row.key) is None]

    def _sign_all(
        self, one: _Round, waiting: Iterable[LaneRow], nonces: Iterator[int], fees: Fees, quote: FeeQuote
    ) -> dict[str, Attempt]:
        """Signs each row that would succeed now, as far as the account can pay; fails those that would not."""
        balance_wei = self._ledger.balance_wei(self._wallet.address)
        signed: dict[str, Attempt] = {}
        for lane in waiting:
            try:
                gas = self._ledger.estimate_gas(lane.row.call, self._wallet.address)
            except (ContractRefusal, InputError) as refusal:
                self._rows.store_refused(lane.row.key, failure_of(refusal, lane.row.call), lease=one.lease)
                one.failed += 1
                self._fault_point("refused")
                continue
            except RefusedError:  # not of the act: the account can't pay
                one.hold_up("unfunded")
                break
            balance_wei -= gas * fees.max_fee_wei
            if balance_wei < 0:
                one.hold_up("unfunded")
                break
            signed[lane.row.key] = self._signed(lane.row.call, next(nonces), gas, fees, quote, self._clock.now())
        return signed

    def _signed(self, call: ContractCall, nonce: int, gas: int, fees: Fees, quote: FeeQuote, now: int) -> Attempt:
        transaction = self._ledger.sign_priced(call, self._wallet, nonce, gas=gas, fees=fees)
        return Attempt(transaction, gas, fees, now, quote.head.number)

    def _free_nonces(self) -> Iterator[int]:
        """Yields nonces that neither the chain's pool nor a row of ours has, from the lowest."""
        sender: Address = self._wallet.address
        first = self._ledger.next_nonce(sender)
        held = self._rows.nonces_from(sender, first)
        return (nonce for nonce in itertools.count(first) if nonce not in held)

    def _fill_gap(self, one: _Round, own: Sequence[LaneRow], nonces: Iterator[int], quote: FeeQuote) -> None:
        """Uses up a nonce that holds up all behind it, and that no row takes."""
        gap = next(nonces)
        if not own or gap > _nonce(own[0]):
            return
        now = self._clock.now()
        fees = first_fees(quote, self._limits.max_fee_wei)
        if fees is None or now - own[0].attempts[-1].signed_at < self._limits.replace_after_s:
            return  # what spent it may come back by itself, as after a reorganisation
        gas = self._ledger.estimate_gas(SKIP_NONCE, self._wallet.address)
        attempt = self._signed(SKIP_NONCE, gap, gas, fees, quote, now)
        try:
            self._rows.store_skip(attempt, lease=one.lease)
        except NonceTaken:
            return
        self._fault_point("skipped")
        self._broadcast(one, attempt)
        one.skipped += 1


class _Round:
    """What one round has done so far."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.undone = self.mined = self.failed = self.replaced = self.sent = 0
        self.skipped = self.put_back = self.in_flight = 0
        self.is_refused = False
        self._held_up_by: str | None = None

    def hold_up(self, why: str) -> None:
        self._held_up_by = self._held_up_by or why

    def told(self, *, waiting: int) -> Sent:
        return Sent(
            undone=self.undone,
            mined=self.mined,
            failed=self.failed,
            replaced=self.replaced,
            sent=self.sent,
            skipped=self.skipped,
            put_back=self.put_back,
            in_flight=self.in_flight,
            waiting=waiting,
            held_up_by=self._held_up_by,
        )


def _nonce(lane: LaneRow) -> int:
    nonce = _nonce_or_none(lane)
    assert nonce is not None  # noqa: S101 - rows in flight are signed
    return nonce


def _nonce_or_none(lane: LaneRow) -> int | None:
    return None if lane.row.transaction is None else lane.row.transaction.nonce
