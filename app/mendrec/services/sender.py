"""The sender: brings the relayer's rows to the chain, many at a time, in the order in which they were taken on.

One worker at a time runs it, under a lease; each durable step is written under that lease (see
:mod:`mendrec.ports_relay`), before the next one is taken. So a crash at any point, or another worker in between, loses
nothing and makes nothing happen twice. [Note: sending many]

- Signed is written down before it is sent, and only what is written down is sent. Who has lost the lease may still
  send what it wrote before: those are the same bytes that the next worker sends.
- A row keeps its nonce until it is in a block. A transaction that is stuck is replaced under the same nonce by the same
  call with higher fees; of all that were signed at most one can be mined, and receipts are looked for by all of them.
- A nonce that the chain has counted without a receipt of ours, over several looks and some time, was spent by another
  program with the relayer's key. The row then waits for a new one. The outbox never signs anew without being asked
  ([Note: at most once] in :mod:`mendrec.services.outbox`); here it is right: the signer's word stands until the last
  second they signed for, and the contract takes it once, by the number in it, whichever transaction brings it.
  Whoever wants it back earlier cancels that number.
- An act that became wrong while it waited (past its last second, overtaken, cancelled) fails when its gas is estimated,
  before it costs anything, with the contract's words. Not so where its number is spent because it has happened: by a
  transaction whose receipt is late, that a restored database knows nothing of, or that somebody else sent. And not
  while rows that a reorganisation undid are on their way back: what it stands on may be among them.
- A transaction that the node refuses for what it is, again and again, would hold up all behind it. Its nonce is used
  up; once it is, the act has failed. The rows of another account, which nobody here can sign for, are sent by this one.
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
from mendrec.ports_db import Failure, NonceTaken
from mendrec.ports_relay import Attempt, LaneRepository, LaneRow, Lease, NotTaken, Settled
from mendrec.services.outbox import failure_of
from mendrec.services.sender_fees import bumped_fees, first_fees

_SPENT = "NonceAlreadySpent"
"""contracts/src/interfaces/ISignedActs.sol: the act's number, not a transaction's."""


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
    spent_wait_s: int = 30
    """For how long it must be seen, too: of several nodes behind one address, one may be blocks behind."""
    refused_tries: int = 3
    """How often the node must have refused a transaction for what it is before it is given up."""
    give_up_after_s: int = 300
    """For how long it must have, too; and how long a spent number's transaction is looked for."""
    undone_wait_s: int = 900
    """How long refused acts wait for those that a reorganisation undid."""


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
    """Why rows wait, as a code: ``unfunded``, ``too_dear``, ``not_taken`` or ``unsettled`` (the chain does not yet show
    what became of something else); None where nothing does."""


class NeverTaken(RefusedError):
    """The chain's node would not take the transaction, whatever was offered."""

    code = "refused.transaction_never_taken"
    default_remedy = "Make the act anew, with less at once; where that fails too, ask who runs the node."


@dataclass(slots=True)
class _Seen:
    """Something that must be seen often enough, and for long enough, before it is believed."""

    since_at: int
    count: int = 0

    def is_enough(self, now: int, count: int, lasting_s: int) -> bool:
        return self.count >= count and now - self.since_at >= lasting_s


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
        self._spent: dict[str, _Seen] = {}
        """By key: rows whose nonce, or whose act's number, is spent by something that is not seen."""
        self._act_looked_for_at: dict[str, int] = {}
        self._never_taken: dict[str, _Seen] = {}
        """By key: rows whose transaction the node refuses for what it is."""
        self._undone_at: dict[str, int] | None = None
        """By key: rows that a reorganisation undid and that are not back. None: not known, for another began them."""
        self._held = 0
        """How many rows the last round left waiting for others."""
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
        self._forget_old_undone()
        in_flight = self._collect(one)
        if in_flight or self._rows.count_waiting():
            quote = self._ledger.fee_quote()
            in_flight = self._keep_going(one, in_flight, quote)
            self._send_waiting(one, in_flight, quote)
        self._held = one.held
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
            self._undone_at = (self._undone_at or {}) | dict.fromkeys(undone, self._clock.now())
            self._fault_point("undone")

    def _forget_old_undone(self) -> None:
        now = self._clock.now()
        if self._undone_at is None:  # what is in flight when this process begins may have been undone before
            self._undone_at = {lane.row.key: now for lane in self._rows.in_flight()}
        self._undone_at = {key: at for key, at in self._undone_at.items() if now - at < self._limits.undone_wait_s}

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
            if len(settled) > 1:
                for row in settled:
                    self._settle(one, [row])
            return
        for row in settled:
            self._forget(row.key)
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

    def _forget(self, key: str) -> None:
        """The row is done: nothing waits for it."""
        for noted in (self._spent, self._act_looked_for_at, self._never_taken, self._undone_at or {}):
            noted.pop(key, None)

    def _missed(self, one: _Round, lane: LaneRow) -> None:
        if not self._is_unseen_for_long(lane):
            one.in_flight += 1
            return
        self._put_back(one, lane)

    def _put_back(self, one: _Round, lane: LaneRow) -> None:
        self._rows.put_back(lane.row.key, lease=one.lease)
        if lane.row.call == SKIP_NONCE:  # it was to be used up, and is
            failure = failure_of(RefusedError("Something else used the nonce up."), SKIP_NONCE)
            self._rows.store_refused(lane.row.key, failure, lease=one.lease)
        self._spent.pop(lane.row.key, None)
        self._never_taken.pop(lane.row.key, None)
        one.put_back += 1
        self._fault_point("put back")

    def _is_unseen_for_long(self, lane: LaneRow, lasting_s: int | None = None) -> bool:
        """Counts one more look that did not find what spent a nonce or a number."""
        lasting_s = self._limits.spent_wait_s if lasting_s is None else lasting_s
        now = self._clock.now()
        seen = self._spent.setdefault(lane.row.key, _Seen(now))
        seen.count += 1
        return seen.is_enough(now, self._limits.spent_looks, lasting_s)

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
            is_given_up = False
            for lane in rows:
                if is_given_up or self._is_never_taken(lane):
                    if sender != self._wallet.address:  # those behind it can't go on either
                        is_given_up = True
                        self._put_back(one, lane)
                        continue
                    if lane.row.call != SKIP_NONCE and self._gave_up(one, lane, quote):
                        lowest = _nonce(lane) if lowest is None else lowest
                        continue
                lowest = _nonce(lane) if lowest is None else lowest
                in_pool = _nonce(lane) < known
                if in_pool or _nonce(lane) == lowest:  # what waits for a nonce before its own is not what is stuck
                    kept.append(self._replaced(one, lane, quote) if sender == self._wallet.address else lane)
                else:
                    kept.append(lane)
                if in_pool:
                    self._never_taken.pop(lane.row.key, None)
                else:
                    self._broadcast(one, lane.row.key, kept[-1].attempts[-1])
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
        self._broadcast(one, lane.row.key, attempt)
        one.replaced += 1
        return LaneRow(lane.row, (*lane.attempts, attempt))

    def _is_never_taken(self, lane: LaneRow) -> bool:
        seen = self._never_taken.get(lane.row.key)
        now = self._clock.now()
        return seen is not None and seen.is_enough(now, self._limits.refused_tries, self._limits.give_up_after_s)

    def _gave_up(self, one: _Round, lane: LaneRow, quote: FeeQuote) -> bool:
        """Has a transfer of nothing use up a row's nonce; False where that would be too dear now."""
        newest = lane.attempts[-1]
        limit = self._limits.max_fee_wei
        fees = bumped_fees(newest.fees, quote, limit) or first_fees(quote, limit)  # where another pool has the old one
        if fees is None:
            one.hold_up("too_dear")
            return False
        gas = self._ledger.estimate_gas(SKIP_NONCE, self._wallet.address)
        skip = self._signed(SKIP_NONCE, newest.transaction.nonce, gas, fees, quote, self._clock.now())
        failure = failure_of(NeverTaken("The chain's node did not take the transaction."), lane.row.call)
        self._rows.store_given_up(lane.row.key, failure, skip, lease=one.lease)
        self._fault_point("given up")
        self._never_taken.pop(lane.row.key, None)
        self._broadcast(one, f"skip:{skip.transaction.hash_hex}", skip)
        one.skipped += 1
        one.in_flight += 1
        return True

    def _broadcast(self, one: _Round, key: str, attempt: Attempt) -> None:
        """Sends. What a pool will not take now it may take later: it stays written down, and later ones wait for it."""
        transaction = attempt.transaction
        if transaction.sender in one.refused:
            return
        try:
            self._ledger.broadcast(transaction)
        except (RefusedError, UnavailableError) as error:
            one.refused.add(transaction.sender)
            one.hold_up("not_taken")
            self._refused.add(transaction.hash_hex)
            # An account that is not this worker's may never be paid into again.
            is_unpaid = isinstance(error, RefusedError) and transaction.sender != self._wallet.address
            if is_unpaid or isinstance(error, NotTaken):
                self._never_taken.setdefault(key, _Seen(self._clock.now())).count += 1
        else:
            self._refused.discard(transaction.hash_hex)
            self._never_taken.pop(key, None)
        self._fault_point("broadcast")

    # ---- what waits

    def _send_waiting(self, one: _Round, in_flight: Sequence[LaneRow], quote: FeeQuote) -> None:
        own = [lane for lane in in_flight if lane.row.sender == self._wallet.address]
        room = max(0, self._limits.in_flight - len(own))
        waiting = self._not_done(one, self._rows.waiting(room + self._held if room else 0))
        nonces = self._free_nonces()
        if not waiting:
            self._fill_gap(one, own, nonces, quote)
            return
        fees = first_fees(quote, self._limits.max_fee_wei)
        if fees is None:
            one.hold_up("too_dear")
            return
        signed = self._sign_all(one, waiting, nonces, fees, quote, room)
        if not signed:
            self._fill_gap(one, own, nonces, quote)
            return
        try:
            self._rows.store_signed(signed, lease=one.lease)
        except NonceTaken:  # the same key is used by a command of this node; the next round takes other nonces
            return
        self._fault_point("signed")
        for key, attempt in signed.items():
            self._broadcast(one, key, attempt)
        one.sent += len(signed)
        one.in_flight += len(signed)

    def _not_done(self, one: _Round, waiting: Sequence[LaneRow]) -> list[LaneRow]:
        """Leaves out what was put back and has turned out to be in a block after all."""
        found = {lane.row.key: self._found(lane) for lane in waiting if lane.attempts}
        self._settle(one, [settled for settled in found.values() if settled is not None])
        left = [lane for lane in waiting if found.get(lane.row.key) is None]
        for lane in left:
            if lane.row.failure is not None:
                self._look_at_given_up(one, lane)
        return [lane for lane in left if lane.row.failure is None]

    def _look_at_given_up(self, one: _Round, lane: LaneRow) -> None:
        """Fails a row that was given up once nothing that was signed for it can come into a block any more."""
        assert lane.row.failure is not None  # noqa: S101 - that is what shows that it was given up
        newest = lane.attempts[-1].transaction
        if self._ledger.spent_nonces(newest.sender) <= newest.nonce:
            one.hold()
            return
        found = self._found(lane)  # the count first, the receipts second
        if found is not None:
            self._settle(one, [found])
        elif self._is_unseen_for_long(lane):
            self._fail(one, lane, lane.row.failure)
        else:
            one.hold()

    def _fail(self, one: _Round, lane: LaneRow, failure: Failure) -> None:
        self._rows.store_refused(lane.row.key, failure, lease=one.lease)
        self._forget(lane.row.key)
        one.failed += 1
        self._fault_point("refused")

    def _sign_all(
        self, one: _Round, waiting: Iterable[LaneRow], nonces: Iterator[int], fees: Fees, quote: FeeQuote, room: int
    ) -> dict[str, Attempt]:
        """Signs each row that would succeed now, as far as the account can pay; fails those that never will."""
        balance_wei = self._ledger.balance_wei(self._wallet.address)
        signed: dict[str, Attempt] = {}
        for lane in waiting:
            if len(signed) >= room:
                break
            try:
                gas = self._ledger.estimate_gas(lane.row.call, self._wallet.address)
            except (ContractRefusal, InputError) as refusal:
                self._refused_by_contract(one, lane, refusal)
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

    def _refused_by_contract(self, one: _Round, lane: LaneRow, refusal: RefusedError | InputError) -> None:
        if isinstance(refusal, ContractRefusal):
            if refusal.name == _SPENT and self._has_happened(one, lane):
                return
            if self._undone_at:
                one.hold()
                return
        self._fail(one, lane, failure_of(refusal, lane.row.call))

    def _has_happened(self, one: _Round, lane: LaneRow) -> bool:
        """Looks for what spent an act's number; True where the act itself did, or where it is not to be seen yet."""
        key, now = lane.row.key, self._clock.now()
        if self._act_looked_for_at.get(key) == now:  # it is many requests where it is not found
            one.hold()
            return True
        try:
            receipt = self._ledger.find_act(lane.row.call)
        except (NotFoundError, UnavailableError):  # such as a node that answers no such question: others go on
            self._act_looked_for_at[key] = now
            if self._is_unseen_for_long(lane, self._limits.give_up_after_s):
                return False
            one.hold()
            return True
        if receipt is None:
            return False
        for attempt in lane.attempts:
            if attempt.transaction.hash_hex == receipt.hash_hex:
                self._settle(one, [Settled(lane.row.key, attempt.transaction, receipt.block, None)])
                return True
        self._rows.store_done_elsewhere(lane.row.key, receipt.hash_hex, receipt.block, lease=one.lease)
        self._forget(lane.row.key)
        one.mined += 1
        self._fault_point("settled")
        return True

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
        self._broadcast(one, f"skip:{attempt.transaction.hash_hex}", attempt)
        one.skipped += 1


class _Round:
    """What one round has done so far."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.undone = self.mined = self.failed = self.replaced = self.sent = 0
        self.skipped = self.put_back = self.in_flight = 0
        self.refused: set[Address] = set()
        """Of whom the pool would not take a transaction: their later ones wait for that one."""
        self.held = 0
        self._held_up_by: str | None = None

    def hold_up(self, why: str) -> None:
        self._held_up_by = self._held_up_by or why

    def hold(self) -> None:
        """One row waits for what becomes of others."""
        self.held += 1
        self.hold_up("unsettled")

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
