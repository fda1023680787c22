"""A custodian: gives out its share of a record's key, only while the chain says yes.

The order of the steps is the security of this service; each is numbered where it is made:

1. the request is fresh by this custodian's own clock;
2. it is signed by the reader, for this chain and these contracts;
3. the chain can be read, and its head and this clock agree within the limit (else: fail closed);
4. this custodian is one in the directory and in standing, and so is the reader, who has published a recipient, all by
   the head block;
5. the request's nonce was never used, and never will be again (durably, before anything is released for it);
then for each record, each on its own:
6. the entry is on the patient's chain, and the record's manifest is that entry (or a leaf of it);
7. the permission holds by the head's time and by this clock;
8. manifest and envelopes are the bytes their CIDs name, and speak of this entry;
9. the share belongs to this chain and contract, patient, category and record (its words from inside its encryption);
10. the share is sealed to the reader's recipient;
11. a receipt of each outcome is durable, one for all that the chain does not have; only then is anything answered.

What the caller still has to do: check each share against its commitment, and the combined key against the manifest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mendrec.crypto.custody import RecordBinding, check_share_binding, reseal_for_reader, unseal_share
from mendrec.crypto.identity import SecretIdentity
from mendrec.crypto.manifest_signature import require_author_signature
from mendrec.crypto.wallet import require_typed_data_signer
from mendrec.domain.access import require_access
from mendrec.domain.bindings import require_anchored, require_envelopes_of_manifest, require_manifest_of_entry
from mendrec.domain.cid import raw_cid_from_digest
from mendrec.domain.envelopes import Envelopes, KeyName, keys_for, parse_envelopes
from mendrec.domain.errors import MendrecError, NotFoundError, RefusedError, UnavailableError
from mendrec.domain.limits import LIMITS, Limits
from mendrec.domain.manifest import Manifest, parse_manifest
from mendrec.domain.model import Address, BlockRef, ChainEntry, Cid, Right, Role
from mendrec.domain.release import ReleaseRequest, RequestedRecord, release_typed_data, require_fresh
from mendrec.domain.release_answer import RecordOutcome, ReleaseAnswer, refused, released
from mendrec.ports import Clock, LedgerReader
from mendrec.ports_db import NO_SUCH_RECORD, ReceiptRepository, ReleaseReceipt


class ClocksApart(UnavailableError):
    """The chain's head and the custodian's clock disagree; it refuses until they agree."""

    code = "unavailable.clocks_apart"
    default_remedy = "Check the custodian's clock and whether the chain still makes blocks; then ask again."


class NoRecipient(RefusedError):
    """The reader has not published an age recipient, so nothing can be sealed to them."""

    code = "refused.release.no_recipient"
    default_remedy = "Enrol, or publish a recipient, first."


class NotACustodian(RefusedError):
    """The custodian was never admitted as one."""

    code = "refused.release.not_a_custodian"
    default_remedy = "Ask another custodian; governance admits custodians."


class RecordOutOfReach(NotFoundError):
    """No good copy of this record's objects can be reached now. The others of the request are not affected."""

    code = "not_found.record_out_of_reach"
    default_remedy = "Try again later; `mendrec check` tells how the copies are."


class ObjectSource(Protocol):
    """Where manifests and envelopes are fetched from; what it returns was verified against the CID."""

    def read_bytes(self, cid: Cid, max_bytes: int) -> bytes: ...


@dataclass(frozen=True, slots=True)
class _Decided:
    outcome: RecordOutcome
    is_of_record: bool
    """Whether the chain has what the request named."""


def _receipted(decided: Sequence[_Decided]) -> list[tuple[int, str, str]]:
    """What receipts are written of: sequence, manifest and outcome of each record once, however often it was named.

    All that the chain does not have makes one together: it is nobody's record, and must not bury a patient's list.
    """
    found = dict.fromkeys(
        (one.outcome.sequence, one.outcome.manifest_digest_hex, one.outcome.code) for one in decided if one.is_of_record
    )
    nowhere = next((one.outcome for one in decided if not one.is_of_record), None)
    if nowhere is not None:
        found[nowhere.sequence, nowhere.manifest_digest_hex, NO_SUCH_RECORD] = None
    return list(found)


@dataclass(frozen=True)
class Custodian:
    """Implements :class:`mendrec.ports.CustodianPort` in this process."""

    address: Address
    identity: SecretIdentity
    ledger: LedgerReader
    objects: ObjectSource
    receipts: ReceiptRepository
    clock: Clock
    limits: Limits = LIMITS

    def release(self, request: ReleaseRequest, signature: bytes) -> ReleaseAnswer:
        """See :meth:`mendrec.ports.CustodianPort.release`."""
        now = self.clock.now()
        require_fresh(request, now=now, limits=self.limits)  # 1
        typed_data = release_typed_data(
            request, chain_id=self.ledger.chain_id, records_contract=self.ledger.contract_address("Records")
        )
        request_digest_hex = require_typed_data_signer(typed_data, signature, request.reader)  # 2
        head = self._agreed_head(now)  # 3
        recipient = self._recipient_of(request.reader, head)  # 4
        # The nonce is kept for as long as the request could be fresh by any clock within the skew.
        self.receipts.forget_nonces(before_at=now)
        self.receipts.spend_nonce(  # 5
            request.reader, request.nonce_hex, keep_until_at=request.deadline_at + self.limits.clock_skew_max_s
        )
        decided = [self._decided(request, record, recipient, head, now) for record in request.records]
        self.receipts.append(  # 11
            [
                ReleaseReceipt(
                    request_digest_hex=request_digest_hex,
                    signature_hex=signature.hex(),
                    custodian=self.address,
                    reader=request.reader,
                    patient=request.patient,
                    sequence=sequence,
                    manifest_digest_hex=manifest_digest_hex,
                    act=request.act.value,
                    purpose=request.purpose.name,
                    outcome=code,
                    head_number=head.number,
                    head_hash_hex=head.hash_hex,
                    decided_at=now,
                )
                for sequence, manifest_digest_hex, code in _receipted(decided)
            ]
        )
        return ReleaseAnswer(self.address, head.number, tuple(one.outcome for one in decided))

    def _recipient_of(self, reader: Address, head: BlockRef) -> str:
        """What is released is sealed to this. Raises unless custodian and reader are what they have to be."""
        self.ledger.require_in_standing(self.address, at=head)
        if Role.CUSTODIAN not in self.ledger.participant(self.address, at=head).roles:
            raise NotACustodian("This node is no custodian in the directory.")
        self.ledger.require_in_standing(reader, at=head)
        recipient = self.ledger.participant(reader, at=head).recipient
        if recipient is None:
            raise NoRecipient("The reader has not published a recipient.")
        return recipient

    def _agreed_head(self, now: int) -> BlockRef:
        head = self.ledger.head_block()
        if abs(head.timestamp - now) > self.limits.clock_skew_max_s:
            raise ClocksApart(
                f"The chain's head and this custodian's clock are {abs(head.timestamp - now)} seconds apart."
            )
        return head

    def _decided(
        self, request: ReleaseRequest, record: RequestedRecord, recipient: str, head: BlockRef, now: int
    ) -> _Decided:
        try:
            entry = self.ledger.entry(request.patient, record.sequence, at=head)  # 6
            require_anchored(record.ref(request.patient), entry, record.path_hex)
        except UnavailableError:
            raise
        except MendrecError as reason:
            return _Decided(refused(record.sequence, record.manifest_digest_hex, reason), is_of_record=False)
        return _Decided(self._outcome(request, record, entry, recipient, head, now), is_of_record=True)

    def _outcome(
        self,
        request: ReleaseRequest,
        record: RequestedRecord,
        entry: ChainEntry,
        recipient: str,
        head: BlockRef,
        now: int,
    ) -> RecordOutcome:
        try:
            access = self.ledger.effective_access(request.patient, request.reader, entry.category, at=head)
            require_access(access, Right.READ, request.purpose, at_times=(head.timestamp, now))  # 7
            manifest, envelopes = self._objects(entry, record)  # 8
            shares = {
                key.value: self._resealed(key, entry, manifest, envelopes, recipient) for key in keys_for(request.act)
            }
        except UnavailableError:
            raise
        except MendrecError as reason:
            return refused(record.sequence, record.manifest_digest_hex, reason)
        return released(record.sequence, record.manifest_digest_hex, shares)

    def _objects(self, entry: ChainEntry, record: RequestedRecord) -> tuple[Manifest, Envelopes]:
        manifest = parse_manifest(
            self._fetch(raw_cid_from_digest(record.manifest_digest_hex), self.limits.manifest_max_bytes)
        )
        require_manifest_of_entry(
            manifest, entry, chain_id=self.ledger.chain_id, records=self.ledger.contract_address("Records")
        )
        require_author_signature(manifest)
        envelopes = parse_envelopes(self._fetch(manifest.envelopes, self.limits.envelopes_max_bytes))
        require_envelopes_of_manifest(envelopes, manifest)
        return manifest, envelopes

    def _fetch(self, cid: Cid, max_bytes: int) -> bytes:
        try:
            return self.objects.read_bytes(cid, max_bytes)
        except UnavailableError as error:
            raise RecordOutOfReach("No copy of this record's objects can be reached now.") from error

    def _resealed(
        self, key: KeyName, entry: ChainEntry, manifest: Manifest, envelopes: Envelopes, recipient: str
    ) -> bytes:
        share = unseal_share(self.identity, envelopes, self.address, key)
        check_share_binding(  # 9: against the chain's entry, not against the envelopes' own words
            share,
            RecordBinding(
                chain_id=self.ledger.chain_id,
                records=self.ledger.contract_address("Records"),
                patient=entry.patient,
                category=entry.category,
                recipients=manifest.recipients,
            ),
            custodian=self.address,
        )
        return reseal_for_reader(share, recipient)  # 10
