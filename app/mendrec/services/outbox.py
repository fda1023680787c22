"""The only way to the chain: a submission is written down before it is sent, so that no crash sends twice or forgets.

A submission goes through durable steps: queued, signed (nonce fixed, raw transaction stored), mined or failed. After a
crash :meth:`Outbox.resume` goes on from the last one. [Note: at most once]

- A stored raw transaction is sent again as it is. Its nonce is fixed, so the chain takes it at most once.
- What was mined is never signed again, whether or not the node still keeps its receipt.
- A new nonce is given to a row only when its old one is spent by something else: the chain's own count is past it, and
  there is still no receipt of ours over several looks. Only a reorganisation that undoes the other transaction could
  bring the old one back; for entries the contract's StaleHead refuses the second one then.
- Nobody's will is guessed. Whoever submits, now, may have a row signed or signed anew. :meth:`Outbox.resume` does so
  only for acts that the contract itself refuses when they come late (``SAFE_LATE``): an old grant that was never sent
  could give back what was revoked since, so it is given up, and said to be.
- A row whose block is gone (a reorganisation, or a development chain that was killed and started from an older
  checkpoint) is sent again as it is, in the order of nonces; one that had reverted there too, for its nonce is needed.
  That it is open again is written down, and that it was told to be over: it is never signed anew. The worker looks for
  such rows (:meth:`Outbox.reopen`), and whoever submits looks for those of the same sender. They are looked for by
  sender: a newer row of somebody else may stand on the new branch, a newer one of the same sender can't, for the nonce.

Rows that a worker drives (the relayer's, :mod:`mendrec.services.sender`) lie in a lane of their own in the same table:
the outbox neither sends, resumes nor gives up those, and only keeps clear of their nonces.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from mendrec.domain.errors import ContractRefusal, MendrecError, NotFoundError, RefusedError, UnavailableError
from mendrec.domain.model import Address
from mendrec.ports import ContractCall, LedgerWriter, SignedTransaction, TransactionReceipt, Wallet
from mendrec.ports_db import Failure, IdempotencyConflict, NonceTaken, OutboxRepository, OutboxRow, OutboxState


class TransactionPending(UnavailableError):
    """It was sent, and was not mined in the time that was waited."""

    code = "unavailable.transaction_pending"
    default_remedy = "Nothing is lost; repeat the same act with the same key."


class ReceiptGone(NotFoundError):
    """It was done, and the chain's node no longer keeps the receipt."""

    code = "not_found.receipt"
    default_remedy = "Nothing has to be done again; the index tells what holds now."


class Superseded(RefusedError):
    """It was not sent, or another transaction of the account took its place; it will not happen by itself."""

    code = "refused.superseded"
    default_remedy = "Look at what holds now, and make the act again where it is still wanted."


SAFE_LATE = frozenset(
    {
        ("Records", "add"),  # a stale head is refused
        ("Records", "addBatches"),
        ("Directory", "enrol"),  # a second time is refused
        ("Directory", "enrolClinician"),
        ("Directory", "addCategory"),
        ("Directory", "addCategories"),
    }
)
"""(contract, function) of acts that no later decision can have overtaken."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a receipt is waited for."""

    polls: int = 240
    interval_s: float = 0.25
    first_interval_s: float = 0.01
    """Doubled after each look up to ``interval_s``: a chain that mines on demand has it at once."""
    spent_looks: int = 3
    """How often a spent nonce must be seen without a receipt: some nodes show a receipt a moment late."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """What :meth:`Outbox.resume` did, by idempotency key."""

    mined: tuple[str, ...]
    failed: tuple[str, ...]
    waiting: tuple[str, ...]
    """Not mined yet, or not signed because the sender's wallet is not at hand."""


def _no_fault(_step: str) -> None:
    """Where a test lets the process die."""


_GIVE_UP_BLOCKS = 3
"""Blocks that must be built, after a nonce was seen spent, before a row that was undone is told to be lost."""


class Outbox:
    """Submits calls, one idempotency key each. Threads may share it."""

    def __init__(
        self,
        ledger: LedgerWriter,
        rows: OutboxRepository,
        *,
        sleep: Callable[[float], None],
        patience: Patience = Patience(),
        fault_point: Callable[[str], None] = _no_fault,
    ) -> None:
        self._ledger = ledger
        self._rows = rows
        self._sleep = sleep
        self._patience = patience
        self._fault_point = fault_point
        self._signing = threading.Lock()
        self._spent_since: dict[str, int] = {}
        """Of undone rows: the head's number when the nonce was first seen spent without a receipt of ours."""

    def submit(self, call: ContractCall, wallet: Wallet, idempotency_key: str) -> TransactionReceipt:
        """Makes a call happen exactly once and returns its receipt.

        Repeating it with the same key goes on with what was begun, or returns the receipt again. A submission that
        failed may be made anew under its key.

        Raises:
            ContractRefusal: the contract refuses it; before anything was written, or mined and reverted.
            IdempotencyConflict: the key is in use for another call or sender.
            SenderUnfunded: the account can't pay; nothing will be sent.
            TransactionPending: written down, and not mined in time; it is not lost and will happen.
        """
        row = self._rows.get(idempotency_key)
        if row is None or row.state is OutboxState.FAILED:
            row = self._queued(call, wallet, idempotency_key)
        if _words(row.call) != _words(call) or row.sender != wallet.address:
            raise IdempotencyConflict(f"The key {idempotency_key!r} was used for another act.")
        try:
            return self._drive(row, wallet)
        except UnavailableError as error:  # it is written down: nobody may take it for not done
            words = error.message if isinstance(error, TransactionPending) else "The chain stopped answering."
            remedy = (
                f"Nothing is lost. To go on waiting, repeat the same act with --key {row.key.removeprefix('upload:')}."
            )
            raise TransactionPending(f"{words} The act is written down.", remedy=remedy) from error

    def resume(self, wallets: Mapping[Address, Wallet]) -> Resumed:
        """Finishes what a crash, a reorganisation or an impatient wait left open.

        Args:
            wallets: by address, for rows that are not signed yet; signed ones need none.
        """
        mined: list[str] = []
        failed: list[str] = []
        waiting: list[str] = []
        self._note_undone(self._rows.settled_senders())
        rows = self._rows.unfinished()
        for row in rows:
            if row.transaction is not None:
                with contextlib.suppress(TransactionPending):  # told below, of the row itself
                    self._broadcast(row.transaction)  # all of them first: a later nonce waits for the earlier
        for row in rows:
            try:
                self._drive(row, wallets.get(row.sender), late=(row.call.contract, row.call.function) not in SAFE_LATE)
                mined.append(row.key)
            except ReceiptGone:
                mined.append(row.key)
            except RefusedError:
                failed.append(row.key)
            except TransactionPending:
                waiting.append(row.key)
        return Resumed(tuple(mined), tuple(failed), tuple(waiting))

    def rebroadcast(self) -> int:
        """Sends every signed transaction again as it is, without waiting; returns how many there are.

        For the start of a process: a revoke that was signed when the last one died must not wait to be remembered.
        Nor one whose block is gone: those are noted, and sent with the rest.
        """
        is_away = False
        signed = [row.transaction for row in self._rows.unfinished() if row.transaction is not None]
        for transaction in signed:
            try:
                self._broadcast(transaction)
            except TransactionPending:
                continue
            except UnavailableError:
                is_away = True
        if is_away:
            return len(signed)
        with contextlib.suppress(UnavailableError):
            return len(signed) + self._reopened()
        return len(signed)

    def reopen(self) -> int:
        """Brings back what a reorganisation undid, without waiting; returns how many such rows are still under way.

        Each is written down as open, sent again as it is, and settled once it is in a block again. One whose nonce
        something else has spent is told to be lost. Nothing is signed.

        Raises:
            UnavailableError: chain or database can't be reached; asking again goes on.
        """
        self._reopened()
        return sum(not self._brought_back(row) for row in self._rows.unfinished() if _was_told(row))

    def _reopened(self) -> int:
        """Notes what is undone, and sends that; returns how many rows."""
        undone = self._note_undone(self._rows.settled_senders())
        for row in undone:
            if row.transaction is not None:
                with contextlib.suppress(TransactionPending):
                    self._broadcast(row.transaction)
        return len(undone)

    def _brought_back(self, row: OutboxRow) -> bool:
        transaction = row.transaction
        if transaction is None:
            return True
        spent = self._ledger.spent_nonces(row.sender) > transaction.nonce
        receipt = self._ledger.receipt(transaction.hash_hex)
        if receipt is None and not spent:
            with contextlib.suppress(TransactionPending):
                self._broadcast(transaction)
            return False
        if receipt is None:
            head = self._ledger.fee_quote().head.number
            since = self._spent_since.setdefault(transaction.hash_hex, head)
            if head - since < _GIVE_UP_BLOCKS:
                return False
        self._spent_since.pop(transaction.hash_hex, None)
        with contextlib.suppress(RefusedError, TransactionPending):  # written down, which is what is wanted
            if receipt is None:
                raise self._superseded(row, "Another transaction of this account took its place.")
            self._settled(row, transaction, receipt)
        return True

    def submitted(self, key: str) -> OutboxRow | None:
        """Returns the submission under a key as it is written down."""
        return self._rows.get(key)

    def receipt_of(self, hash_hex: str) -> TransactionReceipt:
        """Returns the receipt of a transaction that is in a block; a node that shows it late is waited for.

        Raises:
            TransactionPending: it is not shown in the time that is waited.
        """
        for _ in range(self._patience.polls):
            receipt = self._ledger.receipt(hash_hex)
            if receipt is not None:
                return receipt
            self.pause()
        raise TransactionPending("The chain's node does not show the receipt yet.")

    def pause(self) -> None:
        """Waits as long as between two looks at the chain."""
        self._sleep(self._patience.interval_s)

    def _queued(self, call: ContractCall, wallet: Wallet, key: str) -> OutboxRow:
        try:
            self._ledger.simulate(call, wallet.address)
        except ContractRefusal:
            row = self._rows.get(key)  # it may be refused because somebody else just made it happen, under this key
            if row is None or row.state is OutboxState.FAILED:
                raise
            return row
        self._fault_point("simulated")
        row = self._rows.queue(key, call, wallet.address)
        self._fault_point("queued")
        return row

    def _drive(self, row: OutboxRow, wallet: Wallet | None, *, late: bool = False) -> TransactionReceipt:
        """Brings a row to its end.

        Args:
            row: as it is written down.
            wallet: of its sender; None where it is not at hand.
            late: nobody asks for it now, and a later decision may have overtaken it: nothing is signed.
        """
        if (
            row.state is OutboxState.MINED
            and row.block is not None
            and self._stands(row.block.number, row.block.hash_hex)
        ):
            return self._kept_receipt(row)
        if row.transaction is None and late:
            raise self._superseded(row, "It had not been sent when the process ended.")
        transaction = row.transaction or self._sign(row, wallet, replaces=None)
        while True:
            self._broadcast(transaction)
            self._fault_point("broadcast")
            receipt = self._awaited(transaction)
            if receipt is not None:
                return self._settled(row, transaction, receipt)
            if late or _was_told(row):  # nobody waits for it
                raise self._superseded(row, "Another transaction of this account took its place.")
            transaction = self._sign(row, wallet, replaces=transaction)

    def _kept_receipt(self, row: OutboxRow) -> TransactionReceipt:
        receipt = None if row.transaction is None else self._ledger.receipt(row.transaction.hash_hex)
        if receipt is None:
            number = row.block.number if row.block else "unknown"
            raise ReceiptGone(f"This was done in block {number}; the chain's node no longer keeps its receipt.")
        return receipt

    def _superseded(self, row: OutboxRow, why: str) -> Superseded:
        refusal = Superseded(f"{why} It was given up.")
        now = self._rows.store_failed(row.key, failure_of(refusal, row.call), replaces=row.transaction, block=None)
        if now.transaction is not None:
            raise TransactionPending("Another process of this node has signed it in the meantime.")
        return refusal

    def _sign(self, row: OutboxRow, wallet: Wallet | None, *, replaces: SignedTransaction | None) -> SignedTransaction:
        if wallet is None:
            raise TransactionPending(f"The wallet of {row.sender} is needed to sign.")
        with self._signing:
            while True:
                nonce = self._free_nonce(row.sender)
                try:
                    # Estimating the gas inside simulates it again: what has become wrong fails here.
                    signed = self._ledger.sign(row.call, wallet, nonce)
                except RefusedError as refusal:  # the contract's, or an account that can't pay
                    now = self._rows.store_failed(row.key, failure_of(refusal, row.call), replaces=replaces, block=None)
                    if now.transaction is None:
                        raise
                    return now.transaction  # somebody else has signed it in the meantime
                try:
                    stored = self._rows.store_signed(row.key, signed, replaces=replaces)
                except NonceTaken:
                    continue  # another process of this node was faster
                self._fault_point("signed")
                if stored.transaction is None:
                    raise Superseded("Another process of this node gave it up in the meantime.")
                if stored.transaction == replaces:
                    raise TransactionPending("Another process of this node has settled it in the meantime.")
                return stored.transaction

    def _free_nonce(self, sender: Address) -> int:
        """The chain's count, or more: a row may hold a nonce that the chain was not told of, or forgot."""
        self._note_undone([sender])  # before a newer row stands where they stood
        highest = self._rows.highest_nonce(sender)
        counted = self._ledger.next_nonce(sender)
        if highest is None or counted > highest:
            return counted
        for row in self._rows.unfinished():  # without them the new one would wait for ever
            if row.sender == sender and row.transaction is not None:
                self._broadcast(row.transaction)
        return highest + 1

    def _broadcast(self, transaction: SignedTransaction) -> None:
        """Sends. A node that will not take it now may take it later: it is signed, and stays written down."""
        try:
            self._ledger.broadcast(transaction)
        except RefusedError as error:
            raise TransactionPending(
                f"The chain does not take it now ({error.message}) It is signed, and will be sent when the chain does.",
                remedy=error.remedy,
            ) from error

    def _awaited(self, transaction: SignedTransaction) -> TransactionReceipt | None:
        """Returns the receipt; None where the nonce was spent by something else. See [Note: at most once]."""
        looks_at_spent = 0
        pause_s = self._patience.first_interval_s
        for _ in range(self._patience.polls):
            # The count first, the receipt second: once the count is past ours, a receipt of ours is there to be seen.
            spent = self._ledger.spent_nonces(transaction.sender) > transaction.nonce
            receipt = self._ledger.receipt(transaction.hash_hex)
            if receipt is not None:
                return receipt
            looks_at_spent = looks_at_spent + 1 if spent else 0
            if looks_at_spent >= self._patience.spent_looks:
                return None
            # A node that counts the nonce and has no receipt yet is given the full time between looks.
            self._sleep(self._patience.interval_s if spent else pause_s)
            pause_s = min(2 * pause_s, self._patience.interval_s)
        raise TransactionPending("The transaction was sent and is not mined yet.")

    def _settled(
        self, row: OutboxRow, transaction: SignedTransaction, receipt: TransactionReceipt
    ) -> TransactionReceipt:
        if not receipt.succeeded:
            refusal = self._ledger.explain_failure(row.call, row.sender, receipt)
            self._rows.store_failed(row.key, failure_of(refusal, row.call), replaces=transaction, block=receipt.block)
            raise refusal
        self._rows.store_mined(row.key, transaction, receipt.block)
        self._fault_point("mined")
        return receipt

    def _note_undone(self, senders: Iterable[Address]) -> list[OutboxRow]:
        """Writes down which rows came into a block that the chain no longer has; returns them, by sender and nonce.

        Where the row of a sender's highest nonce stands, its block carries all their lower nonces.
        """
        undone: list[OutboxRow] = []
        for sender in senders:
            gone: list[OutboxRow] = []
            for row in self._rows.newest_first(sender):
                if row.block is not None and self._stands(row.block.number, row.block.hash_hex):
                    break
                gone.append(row)
            undone += reversed(gone)
        for row in undone:
            if row.transaction is not None:
                self._rows.store_undone(row.key, row.transaction, _undone(row.call))
        return undone

    def _stands(self, number: int, hash_hex: str) -> bool:
        try:
            return self._ledger.block(number).hash_hex == hash_hex
        except NotFoundError:
            return False


def failure_of(refusal: MendrecError, call: ContractCall) -> Failure:
    """Returns a refusal in the form that is stored."""
    if isinstance(refusal, ContractRefusal):
        return Failure(refusal.contract, refusal.name, refusal.args_by_name, refusal.message, refusal.remedy)
    return Failure(call.contract, type(refusal).__name__, {}, refusal.message, refusal.remedy)


def _undone(call: ContractCall) -> Failure:
    words = "The chain took back the block that it was in."
    return Failure(call.contract, "Undone", {}, words, "It is sent again as it is; nothing has to be done.")


def _was_told(row: OutboxRow) -> bool:
    """Whether somebody was told that the row is over, one way or the other."""
    return row.state in (OutboxState.MINED, OutboxState.FAILED) or row.failure is not None


def _words(call: ContractCall) -> str:
    """One spelling of a call: what was stored comes back with lists where tuples went in."""
    return json.dumps([call.contract, call.function, call.args], sort_keys=True)
