"""Who may fetch which object of a record from this node, decided on the chain's head at every request.

Sealed bytes too go only to who may read them: what is harvested today may be opened in thirty years. So:

============  ==========================  =====================  ==============================
who           entry, proof, manifest      envelopes              payload
============  ==========================  =====================  ==============================
patient       yes                         yes                    yes
reader        READ of the category now    the same, not private  the same, not private
author        of what they added          no                     no
custodian     yes                         yes                    no
keeper        of entries at its location  the same               the same
anyone else   no                          no                     no
============  ==========================  =====================  ==============================

- A *reader* is in standing and holds READ at the head's time and by this node's clock, as custodians decide it. A
  private entry has no shares, only the patient opens it, so its sealed bytes go to no reader either.
- The *author* sees that what they signed is on the chain, and can prove it. They sealed it and need not fetch it: who
  may only UPLOAD reads nothing back, not even sealed.
- A *custodian* is one that this node's settings name and that is one in the directory, in standing: it needs envelopes
  to release shares, and no payload.
- A *keeper* is the operator, in standing, of the location that the entry is recorded at: it has those bytes by its own
  word, and fetches them from here when its copy went bad.

What one may not see and what does not exist are refused with the same words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import Enum

from mendrec.crypto.manifest_signature import require_author_signature
from mendrec.domain.access import require_access
from mendrec.domain.bindings import require_envelopes_of_manifest, require_manifest_of_entry
from mendrec.domain.cid import raw_cid_from_digest
from mendrec.domain.envelopes import parse_envelopes
from mendrec.domain.errors import InputError, NotFoundError, RefusedError, UnavailableError, VerificationError
from mendrec.domain.event_id import EventId
from mendrec.domain.limits import LIMITS
from mendrec.domain.manifest import Manifest, parse_manifest
from mendrec.domain.model import Address, BlockRef, ChainEntry, Cid, Right, Role
from mendrec.domain.storage_errors import BlobMissing, NoGoodCopy
from mendrec.ports import Clock, LedgerReader
from mendrec.ports_db import IndexedEntry
from mendrec.ports_uploads import RemoteUploadRepository
from mendrec.services.copies import Copies
from mendrec.services.index import IndexService
from mendrec.services.key_release import LocatedRecord
from mendrec.services.reading import ReadingService
from mendrec.services.timely_reads import ReadBytes

_EVENTS_AT_A_TIME = 500
_REMEMBERED_MANIFESTS = 100_000
_NOTHING_THERE = (InputError, VerificationError, NoGoodCopy, BlobMissing)
"""What comes of asking all stores: none has it, or what they have is not it. A store that is away is another thing."""


class NotToBeSeen(RefusedError):
    """There is no such record, or it is not for this person: which of the two is not told."""

    code = "refused.not_yours"
    default_remedy = "Ask the patient for access; sign in as somebody who has it."


class OwnerUnknown(UnavailableError):
    """This node did not store an object, and has not found out yet which record named it first."""

    code = "unavailable.owner_unknown"
    default_remedy = "Ask again: each request goes on from where the last one came to."


class What(Enum):
    """What is asked for, from the least to the most."""

    ENTRY = "entry"
    ENVELOPES = "envelopes"
    PAYLOAD = "payload"


class _Standing(Enum):
    PATIENT = "patient"
    KEEPER = "keeper"
    READER = "reader"
    CUSTODIAN = "custodian"
    AUTHOR = "author"


_ENOUGH = {
    What.ENTRY: frozenset(_Standing),
    What.ENVELOPES: frozenset({_Standing.PATIENT, _Standing.KEEPER, _Standing.READER, _Standing.CUSTODIAN}),
    What.PAYLOAD: frozenset({_Standing.PATIENT, _Standing.KEEPER, _Standing.READER}),
}


@dataclass
class Viewer:
    """One person looking at one patient's record, at one block. What was asked of the chain is not asked again."""

    ledger: LedgerReader
    custodians: Collection[Address]
    who: Address
    patient: Address
    head: BlockRef
    now: int
    _readable: dict[int, bool] = field(default_factory=dict)
    _kept: dict[int, bool] = field(default_factory=dict)
    _in_standing: bool | None = None
    _is_custodian: bool | None = None

    def may(self, what: What, entry: ChainEntry) -> bool:
        """Whether this person may fetch that of a record of ``entry``; private entries are judged apart."""
        return next(self._standings(what, entry), None) is not None

    def sees_all_entries(self) -> bool:
        """Whether every entry of this patient may be seen, whatever its category."""
        return self.who == self.patient or self._custodian()

    def reads_anything(self) -> bool:
        """Whether READ is held in any category now."""
        return any(self.may_read(number) for number in self.ledger.categories())

    def is_reader_only(self, what: What, entry: ChainEntry) -> bool:
        """Whether READ is all that lets this person have it."""
        return set(self._standings(what, entry)) == {_Standing.READER}

    def may_read(self, category: int) -> bool:
        """Whether READ is held in a category now."""
        if category not in self._readable:
            self._readable[category] = self._stands() and self._holds_read(category)
        return self._readable[category]

    def _standings(self, what: What, entry: ChainEntry) -> Iterator[_Standing]:
        """Whatever lets this person have it; each is asked of the chain only when the ones before did not do."""
        if self.who == self.patient:
            yield _Standing.PATIENT
            return
        enough = _ENOUGH[what]
        if _Standing.AUTHOR in enough and self.who == entry.author:
            yield _Standing.AUTHOR
        if self.may_read(entry.category):
            yield _Standing.READER
        if _Standing.CUSTODIAN in enough and self._custodian():
            yield _Standing.CUSTODIAN
        if self._keeps(entry.location):
            yield _Standing.KEEPER

    def _holds_read(self, category: int) -> bool:
        access = self.ledger.effective_access(self.patient, self.who, category, at=self.head)
        try:
            require_access(access, Right.READ, None, at_times=(self.head.timestamp, self.now))
        except RefusedError:
            return False
        return True

    def _keeps(self, location: int) -> bool:
        if location not in self._kept:
            self._kept[location] = self._stands() and self.ledger.location(location).operator == self.who
        return self._kept[location]

    def _custodian(self) -> bool:
        if self._is_custodian is None:
            self._is_custodian = (
                self.who in self.custodians
                and self._stands()
                and Role.CUSTODIAN in self.ledger.participant(self.who, at=self.head).roles
            )
        return self._is_custodian

    def _stands(self) -> bool:
        if self._in_standing is None:
            try:
                self.ledger.require_in_standing(self.who, at=self.head)
                self._in_standing = True
            except RefusedError:
                self._in_standing = False
        return self._in_standing


@dataclass(frozen=True)
class ObjectAccess:
    """Finds records for people who may have them."""

    ledger: LedgerReader
    reading: ReadingService
    copies: Copies
    uploads: RemoteUploadRepository
    clock: Clock
    custodians: Collection[Address]
    """Those that this node's settings name."""
    index: IndexService
    _named: dict[str, Cid | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Manifest → payload. Manifests are named by their hash: what was read once stays true."""

    def viewer(self, who: Address, patient: Address) -> Viewer:
        """Looks at ``patient``'s record as ``who``, at the head of now."""
        head = self.ledger.head_block()
        return Viewer(self.ledger, self.custodians, who, patient, head, self.clock.now())

    def record(
        self, who: Address, patient: Address, sequence: int, leaf_index: int | None, what: What
    ) -> LocatedRecord:
        """Finds a record.

        Raises:
            NotToBeSeen: there is none, or it is not for ``who``.
            NotFoundError: ``who`` may see the entry, and it has no such leaf; the remedy says which there are.
            UnavailableError: the chain, or the list of a batch, can't be reached.
        """
        viewer = self.viewer(who, patient)
        try:
            entry = self.ledger.entry(patient, sequence, at=viewer.head)
        except NotFoundError:
            raise not_to_be_seen() from None
        if not viewer.may(what, entry):
            raise not_to_be_seen()
        record = self.reading.locate(patient, sequence, leaf_index)
        if what is not What.ENTRY and viewer.is_reader_only(what, entry):
            self._require_not_private(record)
        return record

    def manifest(self, record: LocatedRecord, *, read: ReadBytes | None = None) -> tuple[bytes, Manifest]:
        """Returns a record's manifest, verified: anchored, of this entry, signed by its author.

        Args:
            record: where it is.
            read: how its bytes are read, where not as any other object.

        Raises:
            VerificationError: it is not what it has to be.
            UnavailableError: no good copy can be reached now.
        """
        location = record.entry.location
        data = (read or self.copies.read_bytes)(
            raw_cid_from_digest(record.ref.manifest_digest_hex), LIMITS.manifest_max_bytes, recorded_location=location
        )
        manifest = parse_manifest(data)
        contract = self.ledger.contract_address("Records")
        require_manifest_of_entry(manifest, record.entry, chain_id=self.ledger.chain_id, records=contract)
        require_author_signature(manifest)
        return data, manifest

    def envelopes(self, record: LocatedRecord) -> tuple[bytes, Manifest]:
        """Returns a record's envelopes, and the manifest that they belong to. Raises as :meth:`manifest`."""
        _, manifest = self.manifest(record)
        return self.envelopes_of(record, manifest), manifest

    def envelopes_of(self, record: LocatedRecord, manifest: Manifest, *, read: ReadBytes | None = None) -> bytes:
        """Returns the envelopes of a record whose manifest was verified. As :meth:`manifest`."""
        data = (read or self.copies.read_bytes)(
            manifest.envelopes, LIMITS.envelopes_max_bytes, recorded_location=record.entry.location
        )
        require_envelopes_of_manifest(parse_envelopes(data), manifest)
        return data

    def payload(self, record: LocatedRecord) -> Manifest:
        """Returns the manifest whose payload may be sent.

        A manifest can name any object, and its author could be after one that is another record's: what this node
        stored for other records only is not handed out under this one. What it did not store, or forgot of, belongs to
        the record that named it first on the chain.

        Raises:
            NotToBeSeen: the object is another record's.
            OwnerUnknown: whose it is could not be found out yet.
        """
        _, manifest = self.manifest(record)
        owners = self.uploads.records_with(manifest.payload.cid)
        mine = (record.ref.patient, record.ref.manifest_digest_hex)
        if mine not in owners and (owners or self._is_named_before(record, manifest.payload.cid)):
            raise not_to_be_seen()
        return manifest

    def _is_named_before(self, record: LocatedRecord, payload: Cid) -> bool:
        """Whether an earlier record on the chain, of anybody's, names this payload."""
        self.index.sync()
        left = LIMITS.owner_search_max_manifests
        for entry in self._entries_up_to(record.entry):
            earlier = [one for one in self._records(entry) if not _is_at_or_after(one, record)]
            digests = [one.ref.manifest_digest_hex for one in earlier if one.ref.manifest_digest_hex not in self._named]
            noted = self.uploads.with_payload(entry.patient, digests)  # what they have was stored here, and is another
            for one in earlier:
                digest_hex = one.ref.manifest_digest_hex
                if digest_hex in noted:
                    continue
                if digest_hex not in self._named:
                    if not left:
                        raise OwnerUnknown("Whose this object is has not been found out yet.")
                    left -= 1
                    self._remember(digest_hex, self._payload_of(one))
                if self._named.get(digest_hex) == payload:
                    return True
        return False

    def _entries_up_to(self, last: ChainEntry) -> Iterator[ChainEntry]:
        """Everybody's entries in the chain's order, to ``last`` with it."""
        after: EventId | None = None
        while events := self.index.rows.events_after(after, limit=_EVENTS_AT_A_TIME):
            for event in events:
                if event.name != "EntryAdded":
                    continue
                patient, sequence = Address(event.args["patient"]), int(event.args["sequence"])
                found = self.index.rows.entry(patient, sequence)
                if found is not None:
                    yield found.entry
                if (patient, sequence) == (last.patient, last.sequence):
                    return
            after = EventId.of(events[-1])
        raise OwnerUnknown("The record is not in this node's index yet.")

    def _records(self, entry: ChainEntry) -> list[LocatedRecord]:
        try:
            return list(self.reading.records_of_entry(entry))
        except _NOTHING_THERE:
            return []

    def _payload_of(self, record: LocatedRecord) -> Cid | None:
        """What a record's manifest names; None where nobody has it, or it is no manifest of that entry."""
        try:
            return self.manifest(record)[1].payload.cid
        except _NOTHING_THERE:
            return None

    def _remember(self, manifest_digest_hex: str, payload: Cid | None) -> None:
        while len(self._named) >= _REMEMBERED_MANIFESTS:
            self._named.pop(next(iter(self._named)), None)
        self._named[manifest_digest_hex] = payload

    def _require_not_private(self, record: LocatedRecord) -> None:
        data, _ = self.envelopes(record)
        if not parse_envelopes(data).custodians:
            raise not_to_be_seen()


def _is_at_or_after(one: LocatedRecord, record: LocatedRecord) -> bool:
    """Within one entry, which the search ends with, a batch's leaves have their order."""
    if (one.ref.patient, one.ref.sequence) != (record.ref.patient, record.ref.sequence):
        return False
    return (one.ref.leaf_index or 0) >= (record.ref.leaf_index or 0)


def is_entry_final(ledger: LedgerReader, index: IndexService, entry: IndexedEntry) -> bool:
    """Whether no reorganisation that this network expects can undo an entry any more.

    An entry carries its block's time, and times of blocks rise: so the time of the last final block decides.
    """
    number = index.final_block()
    return number >= 0 and entry.entry.recorded_at <= ledger.block(number).timestamp


def not_to_be_seen() -> NotToBeSeen:
    """The one refusal, whatever is the reason."""
    return NotToBeSeen("This is not yours to see, or there is no such thing.")
