"""Reading records through a node: fetched as ciphertext, verified here, opened here.

In this order, as :mod:`mendrec.services.reading` does it over stores of its own: the entry, the manifest, the shares
that custodians release to this reader, the keys, the payload. The node is believed in nothing that can be computed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from mendrec.adapters.custodian_http import HttpCustodian
from mendrec.adapters.system import SystemRandomness
from mendrec.api.people import NodeAnswered
from mendrec.api.records import RecordAnswered, RecordsAnswered
from mendrec.client.completeness import Held, left_out, owed
from mendrec.client.entries import Chain, Entries, record_path
from mendrec.client.errors import LyingNode, SignInNeeded
from mendrec.client.transport import Transport, all_pages, require_node_url
from mendrec.client.trust import NodeTrust
from mendrec.client.waiting import BEHIND_S
from mendrec.crypto.manifest_signature import require_author_signature
from mendrec.domain.bindings import require_anchored, require_envelopes_of_manifest, require_manifest_of_entry
from mendrec.domain.cid import digest_of_raw_cid, sha256_hex
from mendrec.domain.descriptor import Descriptor
from mendrec.domain.envelopes import Envelopes, KeyName, parse_envelopes
from mendrec.domain.errors import MendrecError, RefusedError, UnavailableError
from mendrec.domain.limits import LIMITS
from mendrec.domain.manifest import Manifest, parse_manifest
from mendrec.domain.merkle import inclusion_paths_hex, root_hex
from mendrec.domain.model import Act, Address, ChainEntry, Purpose, RecordRef
from mendrec.domain.release_answer import ReleaseAnswer
from mendrec.ports import Clock, LedgerReader
from mendrec.services.key_release import KeyRelease, LocatedRecord, Reader
from mendrec.services.opening import open_descriptor, open_payload_to_file
from mendrec.services.reading import ListedRecord
from mendrec.services.verifying import Finding, InclusionProof, NotABatch, Verified

_CHAIN_ASKED = 3
_LEFT_OUT = "The node leaves records out of the list that are on the chain and that you may see."
_TRIES = 6
"""How often in a row a payload may break off without another byte."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """All that :class:`KeyRelease` asks of a ledger."""

    trust: NodeTrust

    @property
    def chain_id(self) -> int:
        return self.trust.chain_id

    def contract_address(self, contract: str) -> Address:
        return self.trust.contracts[contract]


class Records:
    """Listing, opening and verifying."""

    def __init__(
        self,
        transport: Transport,
        *,
        node: Callable[[], NodeAnswered],
        trust: Callable[[], NodeTrust],
        chain: Callable[[], LedgerReader | None],
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
        held: Held | None = None,
        who: Callable[[], Address | None] = lambda: None,
        report: Callable[[MendrecError], None] = lambda _wrong: None,
    ) -> None:
        """Args:
        transport: to the node.
        node: asks what the node says of itself.
        trust: what is known of the node.
        chain: a chain node of one's own, or None.
        clock: Unix seconds.
        sleep: how to pause.
        held: what somebody may read; None: by the chain, or nothing where there is none.
        who: who is signed in.
        report: told of every wrong share; see :class:`KeyRelease`.
        """
        self._transport = transport
        self._sleep = sleep
        self._node = node
        self._trust = trust
        self._clock = clock
        self._held = held or Held(chain, clock, lambda _patient: ())
        self._who = who
        self._report = report
        self._entries = Entries(transport, trust=trust, chain=chain, sleep=sleep)

    def locate(self, patient: Address, sequence: int, leaf_index: int | None = None) -> LocatedRecord:
        """Finds one record by its proof; see :meth:`mendrec.client.entries.Entries.locate`."""
        return self._entries.locate(patient, sequence, leaf_index)

    def prove(self, patient: Address, sequence: int, leaf_index: int | None) -> InclusionProof:
        """Returns what proves a record of a batch to anyone. Raises NotABatch for a single record."""
        found = self.locate(patient, sequence, leaf_index)
        if found.ref.leaf_index is None:
            raise NotABatch(f"Entry {sequence} is a single record, anchored by its own digest.")
        return InclusionProof(found.ref, found.entry.count, found.entry.digest_hex, found.path_hex)

    def list_records(self, patient: Address, reader: Reader, purpose: Purpose = Purpose.TREAT) -> list[ListedRecord]:
        """Lists a patient's records with their descriptors, as far as this reader may see them.

        Each is asked for with LIST, and each custodian writes a receipt; the patient's own listing asks nobody.

        Raises:
            RefusedError: there is nothing at all that this reader may see.
            LyingNode: the chain that the node tells is not sound, or records on it are left out of the list.
        """
        records, listed = self._located(patient, reader.wallet.address)
        step = LIMITS.release_max_records
        for start in range(0, len(records), step):
            chunk = records[start : start + step]
            answers: Mapping[Address, ReleaseAnswer] = {}
            refused: MendrecError | None = None
            if reader.wallet.address != patient:
                try:
                    answers = self._keys().ask(Act.LIST, chunk, reader, purpose)
                except RefusedError as error:
                    refused = error
            for record in chunk:
                listed.append(self._listed(record, reader, answers) if refused is None else _unseen(record, refused))
        return sorted(listed, key=lambda one: (one.record.ref.sequence, one.record.ref.leaf_index or 0))

    def open_record(
        self, record: LocatedRecord, reader: Reader, path: Path, *, purpose: Purpose = Purpose.TREAT
    ) -> Descriptor:
        """Writes a record's plaintext to ``path`` (complete and verified, or not at all) and returns its descriptor.

        Raises:
            ReleaseRefused, RefusedError: the chain does not allow it, by the node's or the custodians' word.
            VerificationError: something is not what was anchored; the message says what, and who is to blame.
            UnavailableError: node or custodians can't be reached now.
        """
        answers = {}
        if reader.wallet.address != record.ref.patient:
            answers = self._keys().ask(Act.OPEN, [record], reader, purpose)
        manifest, envelopes = self._objects(record)
        keys = self._keys().keys(Act.OPEN, record, manifest, envelopes, reader, answers)
        descriptor = open_descriptor(manifest, keys[KeyName.DESCRIPTOR])
        pieces = self._payload(f"{_path(record)}/payload", manifest.payload.size_bytes)
        open_payload_to_file(manifest, keys[KeyName.PAYLOAD], pieces, path)
        return descriptor

    def verify(self, patient: Address, progress: Callable[[int, int], None] = lambda _done, _all: None) -> Verified:
        """Walks a patient's whole chain, and every manifest and envelope that may be seen; lists all that is wrong."""
        told, chain, missing = self._told_whole(patient, self._who(), self._entries.chain_of(patient))
        findings = self._entries.findings(patient, chain)
        findings += [Finding(one.sequence, None, LyingNode.code, _LEFT_OUT) for one in missing]
        records, unreadable = self._placed(patient, told, chain)
        for one in unreadable:
            reason = one.refusal or LyingNode("It can't be read.")
            findings.append(Finding(one.record.ref.sequence, one.record.ref.leaf_index, reason.code, reason.message))
        for done, record in enumerate(records, start=1):
            try:
                self._objects(record)
            except MendrecError as error:
                findings.append(Finding(record.ref.sequence, record.ref.leaf_index, error.code, error.message))
            progress(done, len(records))
        findings.sort(key=lambda found: found.sequence)
        return Verified(len(chain.stated), len(records), chain.head_link_hex, tuple(findings))

    def _located(self, patient: Address, who: Address) -> tuple[list[LocatedRecord], list[ListedRecord]]:
        """Every record that may be seen, with its place proven; and those whose batch's list can't be had now."""
        chain = self._chain_for(patient, who)
        if chain is None:
            return self._placed(patient, self._told(patient), None)
        told, chain, missing = self._told_whole(patient, who, chain)
        self._entries.require_sound(patient, chain)
        if missing:
            raise LyingNode(f"{_LEFT_OUT} Missing: {', '.join(str(one.sequence) for one in missing[:10])}.")
        return self._placed(patient, told, chain)

    def _chain_for(self, patient: Address, who: Address) -> Chain | None:
        """The chain; None for an author who may read nothing: they see single records, by their proofs.

        Raises:
            LyingNode: it is refused to somebody who may read.
        """
        for _ in range(_CHAIN_ASKED):  # a grant that lands between two questions is no lie
            since = self._held.now()
            try:
                return self._entries.chain_of(patient)
            except SignInNeeded:
                raise
            except RefusedError:
                if who == patient:
                    raise
                if not self._held.readable(who, patient, since):
                    return None
        raise LyingNode("The node refuses the chain of a record of which you may read something.")

    def _told_whole(
        self, patient: Address, who: Address | None, chain: Chain
    ) -> tuple[list[RecordAnswered], Chain, list[ChainEntry]]:
        """The records told; a chain that has them all; and the entries of ``chain`` that are missing though owed.

        What is added meanwhile is owed by nobody yet: only the chain from before the records were asked for counts.
        """
        since = self._held.now()
        for pause_s in (*BEHIND_S, None):
            told = list(self._told(patient))
            missing = owed(left_out(chain, told), who, patient, self._held, since)
            if not missing or pause_s is None:
                break
            self._sleep(pause_s)  # the node may be a block behind the chain node that says what may be read
        if any(one.sequence >= len(chain.stated) for one in told):
            chain = self._entries.chain_of(patient)
        return told, chain, missing

    def _placed(
        self, patient: Address, told: Iterable[RecordAnswered], chain: Chain | None
    ) -> tuple[list[LocatedRecord], list[ListedRecord]]:
        located: list[LocatedRecord] = []
        unreadable: list[ListedRecord] = []
        for group in _by_entry(told):
            first = group[0]
            sealed_off = next((one for one in group if one.manifest_digest_hex is None), None)
            if sealed_off is not None:
                unreadable.append(self._unreadable(patient, sealed_off, chain))
            elif chain is None or len(group) != max(1, first.count):
                located += [self.locate(patient, one.sequence, one.leaf_index) for one in group]
            else:
                located += _anchored(patient, group, chain)
        return located, unreadable

    def _told(self, patient: Address) -> Iterator[RecordAnswered]:
        def page(cursor: str | None) -> tuple[list[Any], str | None]:
            found = self._transport.get(f"/v1/patients/{patient}/records", RecordsAnswered, cursor=cursor, limit=200)
            return found.items, found.next_cursor

        return all_pages(page)

    def _unreadable(self, patient: Address, told: RecordAnswered, chain: Chain | None) -> ListedRecord:
        if chain is None:
            raise LyingNode("The node tells of a record without its digest.")
        entry = chain.entry(told.sequence)
        problem = told.problem
        reason = LyingNode("The node does not say why it can't be read.")
        if problem is not None:
            reason = LyingNode(problem.message, remedy=problem.remedy)
            reason.code = problem.code
        ref = RecordRef(patient, told.sequence, None, entry.digest_hex)
        return ListedRecord(LocatedRecord(ref, entry, ()), None, reason)

    def _listed(self, record: LocatedRecord, reader: Reader, answers: Mapping[Address, ReleaseAnswer]) -> ListedRecord:
        try:
            manifest, envelopes = self._objects(record)
            keys = self._keys().keys(Act.LIST, record, manifest, envelopes, reader, answers)
            return ListedRecord(record, open_descriptor(manifest, keys[KeyName.DESCRIPTOR]), None)
        except MendrecError as refusal:
            return ListedRecord(record, None, refusal)

    def _objects(self, record: LocatedRecord) -> tuple[Manifest, Envelopes]:
        require_anchored(record.ref, record.entry, record.path_hex)
        data = self._bytes(f"{_path(record)}/manifest", LIMITS.manifest_max_bytes)
        if sha256_hex(data) != record.ref.manifest_digest_hex:
            raise LyingNode("The node gave another manifest than the one that is anchored.")
        manifest = parse_manifest(data)
        trust = self._trust()
        require_manifest_of_entry(manifest, record.entry, chain_id=trust.chain_id, records=trust.contracts["Records"])
        require_author_signature(manifest)
        sealed = self._bytes(f"{_path(record)}/envelopes", LIMITS.envelopes_max_bytes)
        if sha256_hex(sealed) != digest_of_raw_cid(manifest.envelopes):
            raise LyingNode("The node gave other envelopes than the manifest names.")
        envelopes = parse_envelopes(sealed)
        require_envelopes_of_manifest(envelopes, manifest)
        return manifest, envelopes

    def _payload(self, path: str, size_bytes: int) -> Iterator[bytes]:
        """Yields a payload, unverified; where it breaks off it is fetched from there (RFC 9110, Range)."""
        done, failures = 0, 0
        while done < size_bytes:
            start = done
            try:
                with self._transport.stream("GET", path, headers={"Range": f"bytes={start}-"}) as response:
                    for piece in self._transport.pieces(response, max_bytes=size_bytes - start):
                        done += len(piece)
                        yield piece
            except UnavailableError:
                failures = 0 if done > start else failures + 1
                if failures >= _TRIES:
                    raise
                self._sleep(2.0**failures / 4)
            else:
                if done == start:
                    return  # whoever reads finds that it is cut

    def _bytes(self, path: str, max_bytes: int) -> bytes:
        with self._transport.stream("GET", path) as response:
            return b"".join(self._transport.pieces(response, max_bytes=max_bytes))

    def _keys(self) -> KeyRelease:
        told = self._node().custodians
        custodians = [HttpCustodian(Address(one.address), require_node_url(one.url)) for one in told]
        facts = cast(LedgerReader, _Facts(self._trust()))
        return KeyRelease(
            ledger=facts,
            custodians=custodians,
            clock=self._clock,
            randomness=SystemRandomness(),
            report=self._report,
        )


def _path(record: LocatedRecord) -> str:
    return record_path(record.ref.patient, record.ref.sequence, record.ref.leaf_index)


def _unseen(record: LocatedRecord, reason: MendrecError) -> ListedRecord:
    return ListedRecord(record, None, reason)


def _by_entry(told: Iterable[RecordAnswered]) -> Iterator[list[RecordAnswered]]:
    """Yields the records of each entry together, as they come: in the order of the chain."""
    group: list[RecordAnswered] = []
    for one in told:
        if group and group[0].sequence != one.sequence:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _anchored(patient: Address, group: list[RecordAnswered], chain: Chain) -> list[LocatedRecord]:
    """Proves the records of one entry from all of its leaves. Raises LyingNode, VerificationError."""
    entry = chain.entry(group[0].sequence)
    leaves = [one.manifest_digest_hex or "" for one in group]
    if entry.count == 0:
        found = LocatedRecord(RecordRef(patient, entry.sequence, None, leaves[0]), entry, ())
        require_anchored(found.ref, entry)
        return [found]
    if [one.leaf_index for one in group] != list(range(entry.count)) or root_hex(leaves) != entry.digest_hex:
        raise LyingNode("The node tells of a batch that is not the anchored one.")
    return [
        LocatedRecord(RecordRef(patient, entry.sequence, position, leaf), entry, path_hex)
        for position, (leaf, path_hex) in enumerate(zip(leaves, inclusion_paths_hex(leaves), strict=True))
    ]
