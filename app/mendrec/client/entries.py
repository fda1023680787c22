"""A patient's chain as a node tells it, walked here; and single entries with their proofs.

What a node tells of an entry is believed as far as it can be: its link hashes from the link before it, all links lead
to the head, and the entries are what the contract holds, where there is a chain node of one's own. There the contract's
head is read before the node is asked: it must be among the links, so no entry up to it can be left out.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from mendrec.api.records import EntriesAnswered, EntryAnswered, ProofAnswered
from mendrec.client.errors import LyingNode
from mendrec.client.transport import Transport, all_pages
from mendrec.client.trust import NodeTrust
from mendrec.client.waiting import BEHIND_S
from mendrec.domain.bindings import require_anchored
from mendrec.domain.chain_link import GENESIS_LINK_HEX, StatedLink, link_hex, walk
from mendrec.domain.errors import NotFoundError
from mendrec.domain.model import Address, ChainEntry, RecordRef
from mendrec.ports import LedgerReader
from mendrec.services.key_release import LocatedRecord
from mendrec.services.verifying import Finding


@dataclass(frozen=True, slots=True)
class Chain:
    """All entries of one patient, and the head they should lead to."""

    stated: tuple[StatedLink, ...]
    head_link_hex: str
    contract_head_hex: str | None = None
    """The contract's head before the node was asked; None where it was not read."""

    def holds(self, contract_head_hex: str) -> bool:
        """Whether a head that the contract had is among the links.

        A link commits to the sequence and everything before it: with the head, the number of entries is there too.
        """
        return contract_head_hex == GENESIS_LINK_HEX or any(one.link_hex == contract_head_hex for one in self.stated)

    def entry(self, sequence: int) -> ChainEntry:
        """One entry. Raises LyingNode where the chain that was told has none."""
        for one in self.stated[sequence : sequence + 1]:
            if one.entry.sequence == sequence:
                return one.entry
        raise LyingNode("The node tells of a record that is not on the patient's chain.")


class Entries:
    """Reading chains."""

    def __init__(
        self,
        transport: Transport,
        *,
        trust: Callable[[], NodeTrust],
        chain: Callable[[], LedgerReader | None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = transport
        self._trust = trust
        self._chain = chain
        self._sleep = sleep

    def chain_of(self, patient: Address) -> Chain:
        """Fetches a whole chain, unverified; the walk is in :meth:`findings`."""
        ledger = self._chain()
        if ledger is None:
            return self._told(patient)
        head = ledger.head_link_hex(patient)
        chain = replace(self._told(patient), contract_head_hex=head)
        for pause_s in BEHIND_S:
            if chain.holds(head):
                break
            self._sleep(pause_s)  # the node's own chain node may be a block behind
            chain = replace(self._told(patient), contract_head_hex=head)
        return chain

    def _told(self, patient: Address) -> Chain:
        heads: list[str] = []

        def page(cursor: str | None) -> tuple[list[Any], str | None]:
            found = self._transport.get(f"/v1/patients/{patient}/entries", EntriesAnswered, cursor=cursor)
            heads.append(found.head_link_hex)
            return found.items, found.next_cursor

        items: list[EntryAnswered] = list(all_pages(page))
        stated = tuple(StatedLink(entry_of(one), one.link_hex) for one in items)
        # What lands while the pages are fetched is on the last page too, or is not: both heads are right then.
        last = stated[-1].link_hex if stated else heads[-1]
        return Chain(stated, last if last in heads else heads[-1])

    def findings(self, patient: Address, chain: Chain) -> list[Finding]:
        """Walks a chain from its first entry to its head, and compares with the contract where that can be asked."""
        found = [
            Finding(one.sequence, None, f"chain.{one.fault.value}", one.detail)
            for one in walk(patient, chain.stated, chain.head_link_hex)
        ]
        ledger = self._chain()
        if ledger is None:
            return found
        for one in chain.stated:
            held = self._held(ledger, patient, one.entry.sequence)
            if held != one.entry:
                words = "The node tells another entry than the contract holds."
                found.append(Finding(one.entry.sequence, None, "state.differs", words))
            if held is None:
                break  # there is none after it either
        head = chain.contract_head_hex or ledger.head_link_hex(patient)
        if not chain.holds(head):
            words = f"the contract's head is {head}, and the node leaves that entry out"
            found.append(Finding(len(chain.stated), None, "chain.wrong_head", words))
        return found

    def _held(self, ledger: LedgerReader, patient: Address, sequence: int) -> ChainEntry | None:
        """What the contract holds; None where it holds none, also a moment later: one's chain node may be behind."""
        for pause_s in (*BEHIND_S, 0):
            with suppress(NotFoundError):
                return ledger.entry(patient, sequence)
            self._sleep(pause_s)
        return None

    def require_sound(self, patient: Address, chain: Chain) -> None:
        """Raises LyingNode unless the walk finds nothing."""
        findings = self.findings(patient, chain)
        if findings:
            raise LyingNode(f"The chain that the node tells is not sound: {findings[0].detail}")

    def locate(self, patient: Address, sequence: int, leaf_index: int | None) -> LocatedRecord:
        """Finds one record by its proof.

        Raises:
            LyingNode, VerificationError: the proof does not prove it.
            RefusedError, NotFoundError: not for this person, or not there.
        """
        found = self._transport.get(f"{record_path(patient, sequence, leaf_index)}/proof", ProofAnswered)
        trust = self._trust()
        entry = entry_of(found.entry)
        if (found.chain_id, found.records_contract) != (trust.chain_id, trust.contracts["Records"]):
            raise LyingNode("The proof is of another chain or another contract.")
        if (entry.patient, entry.sequence) != (patient, sequence):
            raise LyingNode("The proof is of another record.")
        if link_hex(found.previous_link_hex, entry) != found.entry.link_hex:
            raise LyingNode("The entry does not hash to its link.")
        ledger = self._chain()
        if ledger is not None and ledger.entry(patient, sequence) != entry:
            raise LyingNode("The node tells another entry than the contract holds.")
        path_hex = () if found.inclusion is None else tuple(found.inclusion.path_hex)
        leaf = None if found.inclusion is None else found.inclusion.leaf_index
        if leaf != leaf_index:
            raise LyingNode("The proof is of another record of the batch.")
        ref = RecordRef(patient, sequence, leaf, found.manifest_digest_hex)
        require_anchored(ref, entry, path_hex)
        return LocatedRecord(ref, entry, path_hex)


def record_path(patient: Address, sequence: int, leaf_index: int | None) -> str:
    """Where a record is told of."""
    leaf = "" if leaf_index is None else f"/{leaf_index}"
    return f"/v1/patients/{patient}/records/{sequence}{leaf}"


def entry_of(answered: EntryAnswered) -> ChainEntry:
    """An entry as the domain knows it."""
    return ChainEntry(
        patient=Address(answered.patient),
        sequence=answered.sequence,
        author=Address(answered.author),
        category=answered.category,
        location=answered.location,
        digest_hex=answered.digest_hex,
        recorded_at=answered.recorded_at,
        count=answered.count,
    )
