"""The safe: small things that a person sealed for themselves, kept by the node as ciphertext.

The node cannot open them. It takes what looks like an age file only, replaces a version only for who knows it, and
bounds what each person keeps. Who is not in the directory yet (an identity's backup is kept before its owner enrols)
has little room, and a week's time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mendrec.domain.age_file import require_age_file
from mendrec.domain.errors import LimitExceeded, NotFoundError, RefusedError
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Address
from mendrec.ports import Clock, LedgerReader
from mendrec.ports_people import SafeEntry, SafeItem, SafeRepository

_NEWCOMERS_A_ROUND, _ROUNDS_MAX = 200, 5
"""Each newcomer is one question to the chain; the worker has other things to do as well."""


class SafeConflict(RefusedError):
    """Another version is there than the one that was to be replaced."""

    code = "conflict.safe"
    default_remedy = "Fetch what is there, take it in, and put the whole with that version. Nothing was changed."
    http_status = 409


class NothingInSlot(NotFoundError):
    """The slot is empty."""

    code = "not_found.safe"


@dataclass(frozen=True)
class SafeService:
    """Each person's own safe, and no other."""

    rows: SafeRepository
    ledger: LedgerReader
    clock: Clock

    def items(self, person: Address) -> Sequence[SafeEntry]:
        """What there is, without its bytes."""
        return self.rows.list(person)

    def item(self, person: Address, slot: str) -> SafeItem:
        """One thing. Raises NothingInSlot."""
        found = self.rows.get(person, slot)
        if found is None:
            raise NothingInSlot("There is nothing in this slot of your safe.")
        return found

    def put(self, person: Address, slot: str, sealed: bytes, *, expected_version: int) -> SafeEntry:
        """Puts a new version in the place of the expected one; 0 where nothing is there yet.

        The same bytes over the same version again are no conflict: an answer may have been lost on its way.

        Raises:
            NotSealed: it is no age file.
            LimitExceeded: it is too large, or too large for who is not in the directory.
            SafeConflict: another version is there.
            SafesFull: who is not in the directory finds no room any more.
        """
        require_age_file(sealed)
        is_enrolled = self.is_enrolled(person)
        most = LIMITS.safe_item_max_bytes if is_enrolled else LIMITS.safe_item_unenrolled_max_bytes
        if len(sealed) > most:
            raise LimitExceeded(
                f"This is larger than the {most} bytes that one slot of your safe takes.",
                remedy="Keep less in it." if is_enrolled else "Enrol first: then there is more room.",
            )
        kept = self.rows.put(
            person,
            slot,
            sealed,
            expected_version=expected_version,
            was_enrolled=is_enrolled,
            newcomers_max_count=LIMITS.safe_unenrolled_max_count,
            now=self.clock.now(),
        )
        if kept is not None:
            return kept
        there = self.rows.get(person, slot)
        if there is not None and there.entry.version == expected_version + 1 and there.sealed == sealed:
            return there.entry
        raise SafeConflict("Another version is in this slot of your safe.")

    def drop(self, person: Address, slot: str) -> None:
        """Empties a slot. Raises NothingInSlot."""
        if not self.rows.drop(person, slot):
            raise NothingInSlot("There is nothing in this slot of your safe.")

    def forget(self) -> int:
        """For a worker: drops the safes of those who never enrolled; returns how many things.

        The chain's own time decides: at a head that is a week younger than the last change its owner is still not in
        the directory. So a chain that is read late, or not at all, costs nobody anything.
        """
        head = self.ledger.head_block()
        before_at = min(head.timestamp, self.clock.now()) - LIMITS.safe_unenrolled_kept_s
        count = 0
        for _ in range(_ROUNDS_MAX):
            found = self.rows.of_newcomers(changed_before_at=before_at, limit=_NEWCOMERS_A_ROUND)
            for person in found:
                if self.ledger.participant(person, at=head).roles:
                    self.rows.keep(person)
                else:
                    count += self.rows.forget(person, changed_before_at=before_at)
            if len(found) < _NEWCOMERS_A_ROUND:
                break
        return count

    def is_enrolled(self, person: Address) -> bool:
        """Whether the directory knows somebody."""
        return bool(self.ledger.participant(person).roles)
