"""The end of an upload over HTTP: what the author signs, how it goes to the chain, and what the chain then says.

What was handed to the relayer is written down before it is handed over. So however often a process dies in between, an
upload whose act may still happen is never given a second place on the chain.

An author may send what they were told to sign by another hand than this one. What a call names (digests, roots) does
not depend on its place: so it is looked for at any place, and until when a told place can still be taken is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mendrec.domain.batch_list import batch_list_bytes
from mendrec.domain.chain_link import StatedLink, require_intact
from mendrec.domain.cid import digest_of_raw_cid, sha256_hex
from mendrec.domain.errors import ContractRefusal, InputError, MendrecError, NotFoundError, UnavailableError
from mendrec.domain.health import ObjectRole
from mendrec.domain.limits import LIMITS
from mendrec.domain.merkle import root_hex
from mendrec.domain.model import Address, Cid, RecordRef
from mendrec.domain.signed_act import signed_act
from mendrec.domain.typed_data import contract_domain
from mendrec.domain.typed_data import records as typed
from mendrec.domain.typed_data.signed_acts import Validity
from mendrec.ports import Clock, ContractCall, LedgerReader
from mendrec.ports_db import IndexedEntry, ObjectCopy, ObjectRepository
from mendrec.ports_uploads import RemoteUpload, RemoteUploadRepository, RemoteUploadState, UploadObject
from mendrec.services.anchoring import AnchoringCalls, Batch, StoredCopy, StoredRecord
from mendrec.services.relay import RelayService, RelayState

_BY_SIGNATURE = {"add": "addBySig", "addBatches": "addBatchesBySig"}
_TOLD_UNTIL = "told_until_at"
_MAY_HAVE_COME = frozenset({RemoteUploadState.STORED, RemoteUploadState.EXPIRED})


class DeadlineTooFar(InputError):
    """The act could be sent long after the upload is given up."""

    code = "input.deadline"
    default_remedy = "Sign with the deadline that the position says."


class NoPlace(InputError):
    """There is nothing to sign yet."""

    code = "input.no_place"
    default_remedy = "Ask for the upload's position, sign what it says, then finish."
    http_status = 409


@dataclass(frozen=True, slots=True)
class Act:
    """The author's authorization, as a wallet gives it."""

    nonce: int
    deadline_at: int
    signature_hex: str
    """Without prefix."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the patient's chain, and what to sign to take it. Whoever signs works the same out again."""

    function: str
    args: tuple[Any, ...]
    """Of the contract's function, without the authorization."""
    typed_data: Mapping[str, Any]
    nonce: int
    deadline_at: int
    sequence: int
    previous_link_hex: str


@dataclass(frozen=True)
class UploadAnchoring:
    """Moves a stored upload on. Whoever calls works on the upload alone."""

    ledger: LedgerReader
    calls: AnchoringCalls
    rows: RemoteUploadRepository
    objects: ObjectRepository
    relay: RelayService
    clock: Clock
    free_nonce: Callable[[Address], int]
    """A number that the address has not used in the contract Records."""
    is_final: Callable[[IndexedEntry], bool]

    def place(self, upload: RemoteUpload) -> Place:
        """Says what to sign so that the stored records come next on the patient's chain.

        Raises:
            NoLocation: none of the stores that hold them is registered on chain.
            UnavailableError: stores or chain can't be reached.
        """
        stored = _stored(upload, self.rows.objects(upload.upload_id))
        batches = self.calls.batches(stored)
        self._note_lists(upload.upload_id, batches)
        call = self.calls.call(upload.patient, stored, batches)
        deadline_at = self.ledger.head_block().timestamp + LIMITS.upload_signature_s
        place = self._place(upload, call, Validity(self.free_nonce(upload.author), deadline_at))
        position = {
            "function": place.function,
            "args": list(place.args),
            "deadline_at": deadline_at,
            "sequence": place.sequence,
            "entries": [batch_root(body) for body in call.args[1]] if batches else [call.args[3].removeprefix("0x")],
            "leaves": [list(batch.leaves_hex) for batch in batches],
        }
        told_until_at = max(deadline_at, _told_until_at(upload))
        progress = {**upload.progress, "position": position, _TOLD_UNTIL: told_until_at}
        self.rows.change(upload, upload.state, progress, now=self.clock.now())
        return place

    def submit(self, upload: RemoteUpload, act: Act) -> RemoteUpload:
        """Writes down the signed act, then hands it to the relayer.

        Raises:
            NoPlace: nothing was prepared.
            DeadlineTooFar: it is not the deadline that was told.
            RefusedError: the contract, or the relayer, would not take it; the place can be asked for again.
            UnavailableError: it is not known; asking for the upload tries again.
        """
        position = upload.progress.get("position")
        if position is None:
            raise NoPlace("The upload has no position yet.")
        authorization = {"nonce": act.nonce, "deadline": act.deadline_at, "signature": "0x" + act.signature_hex}
        args = [*position["args"], authorization]
        signed_act("Records", position["function"], args, signer=upload.author)  # its shape, before it is kept
        if act.deadline_at > position.get("deadline_at", act.deadline_at) + LIMITS.upload_signature_s:
            raise DeadlineTooFar("The deadline is further ahead than the position says.")
        told_until_at = max(act.deadline_at, _told_until_at(upload))
        signed = {**position, "args": args}
        progress = {**upload.progress, "signed": signed, _TOLD_UNTIL: told_until_at, "failure": None}
        upload = self.rows.change(upload, RemoteUploadState.ANCHORING, progress, now=self.clock.now())
        return self._hand_over(upload, told=True)

    def settled(self, upload: RemoteUpload) -> RemoteUpload:
        """Moves an upload on by what the chain and the relayer say, as far as it goes now."""
        if upload.state is RemoteUploadState.ANCHORING:
            return self._anchored_or_failed(upload)
        if upload.state in _MAY_HAVE_COME:
            landed = self._landed(upload)
            return upload if landed is None else self._anchored(landed)  # it came to the chain by another hand
        if upload.state is RemoteUploadState.ANCHORED:
            entries = self._entries(upload)
            if entries is None:
                return self._undone(upload)
            if all(self.is_final(entry) for entry in entries):
                return self.rows.change(upload, RemoteUploadState.DONE, upload.progress, now=self.clock.now())
        return upload

    def may_come(self, upload: RemoteUpload) -> bool:
        """Whether a place that was told can still be taken: no block past the last deadline is final yet."""
        told_until_at = _told_until_at(upload)
        if not told_until_at:
            return False
        self.calls.index.sync()
        number = self.calls.index.final_block()
        try:
            return number < 0 or self.ledger.block(number).timestamp <= told_until_at
        except NotFoundError:  # the chain's node is behind the index: nobody knows
            return True

    def is_named(self, upload: RemoteUpload) -> bool:
        """Whether the patient's chain names any record of the upload, or any batch of them, at any place.

        Raises:
            ChainBroken: the index is not the contract's own chain, so it can't be told.
            UnavailableError: the chain can't be reached.
        """
        stored = _stored(upload, self.rows.objects(upload.upload_id))
        wanted = {one.manifest_digest_hex for one in stored} | {root_hex(one) for one in self.calls.leaves(stored)}
        index = self.calls.index
        index.sync()
        entries = index.entries(upload.patient)
        head_link_hex = self.ledger.head_link_hex(upload.patient, at=index.rows.cursor())
        require_intact(upload.patient, [StatedLink(one.entry, one.link_hex) for one in entries], head_link_hex)
        return any(one.entry.digest_hex in wanted for one in entries)

    def _hand_over(self, upload: RemoteUpload, *, told: bool) -> RemoteUpload:
        signed = upload.progress["signed"]
        act = signed_act("Records", signed["function"], signed["args"], signer=upload.author)
        try:
            relayed = self.relay.accept(act, by=upload.author)
        except ContractRefusal as refusal:
            if self._entries(upload) is not None:  # refused because it has happened
                return self._anchored(upload)
            self._back(upload, refusal)
            if told:
                raise
            return self._reread(upload)
        except UnavailableError:  # it may have been taken on: whoever asks next hands over the same act again
            if told:
                raise
            return upload
        except MendrecError as error:
            self._back(upload, error)
            if told:
                raise
            return self._reread(upload)
        progress = {**upload.progress, "act_id_hex": relayed.act_id_hex}
        return self.rows.change(upload, RemoteUploadState.ANCHORING, progress, now=self.clock.now())

    def _anchored_or_failed(self, upload: RemoteUpload) -> RemoteUpload:
        if "act_id_hex" not in upload.progress:
            upload = self._hand_over(upload, told=False)
            if upload.state is not RemoteUploadState.ANCHORING:
                return upload
        if self._entries(upload) is not None:
            return self._anchored(upload)
        relayed = self.relay.status(upload.progress["act_id_hex"])
        if relayed.state is not RelayState.FAILED:
            return upload
        if self._entries(upload) is not None:  # it came between the two questions
            return self._anchored(upload)
        failure = relayed.failure
        words = {"code": "refused", "message": "The act did not come to the chain.", "remedy": ""}
        if failure is not None:
            code = f"refused.{failure.contract}.{failure.name}"
            words = {"code": code, "message": failure.message, "remedy": failure.remedy}
        return self._stored_again(upload, words)

    def _anchored(self, upload: RemoteUpload) -> RemoteUpload:
        """Writes down which copies are where, then that it is done. Repeating it changes nothing."""
        objects = self.rows.objects(upload.upload_id)
        refs = _refs(upload, _stored(upload, objects))
        now = self.clock.now()
        self.objects.add(_all_copies(upload, objects, now))
        result = {
            "records": [[ref.sequence, ref.leaf_index, ref.manifest_digest_hex] for ref in refs],
            "transaction_hash_hex": self._transaction(upload),
        }
        return self.rows.change(upload, RemoteUploadState.ANCHORED, {**upload.progress, "result": result}, now=now)

    def _transaction(self, upload: RemoteUpload) -> str | None:
        act_id_hex = upload.progress.get("act_id_hex")
        if act_id_hex is None:
            return None
        try:
            return self.relay.status(act_id_hex).transaction_hash_hex
        except NotFoundError:
            return None

    def _undone(self, upload: RemoteUpload) -> RemoteUpload:
        """A reorganisation has taken the entries away: the relayer brings the act again, or it fails."""
        self.objects.forget(_all_copies(upload, self.rows.objects(upload.upload_id), self.clock.now()))
        progress = {name: value for name, value in upload.progress.items() if name != "result"}
        if "args" not in progress["signed"]:  # it had come by another hand, and this one has nothing to send
            del progress["signed"]
            return self.rows.change(upload, RemoteUploadState.STORED, progress, now=self.clock.now())
        return self.rows.change(upload, RemoteUploadState.ANCHORING, progress, now=self.clock.now())

    def _back(self, upload: RemoteUpload, error: MendrecError) -> None:
        self._stored_again(upload, error.as_dict())

    def _stored_again(self, upload: RemoteUpload, failure: Mapping[str, Any]) -> RemoteUpload:
        kept = {name: value for name, value in upload.progress.items() if name not in {"act_id_hex", "position"}}
        progress = {**kept, "failure": dict(failure)}
        return self.rows.change(upload, RemoteUploadState.STORED, progress, now=self.clock.now())

    def _reread(self, upload: RemoteUpload) -> RemoteUpload:
        found = self.rows.get(upload.upload_id)
        return upload if found is None else found

    def _entries(self, upload: RemoteUpload) -> list[IndexedEntry] | None:
        """The entries at the place that was signed for, where they are what was signed for; else None."""
        signed = upload.progress["signed"]
        self.calls.index.sync()
        found = []
        for number, digest_hex in enumerate(signed["entries"]):
            entry = self.calls.index.rows.entry(upload.patient, _sequence(signed, number))
            if entry is None or entry.entry.digest_hex != digest_hex or entry.entry.author != upload.author:
                return None
            found.append(entry)
        return found

    def _landed(self, upload: RemoteUpload) -> RemoteUpload | None:
        """The upload with where it is on the chain, at whatever place; None where the chain does not have all of it."""
        if "signed" in upload.progress and self._entries(upload) is not None:
            return upload
        objects = self.rows.objects(upload.upload_id)
        if not objects or not all(one.stored_in for one in objects):
            return None
        stored = _stored(upload, objects)
        leaves = self.calls.leaves(stored)
        digests = [root_hex(one) for one in leaves] or [stored[0].manifest_digest_hex]
        self.calls.index.sync()
        sequences = []
        for digest_hex in digests:
            found = self.calls.index.rows.entry_of_digest(upload.patient, digest_hex)
            if found is None or found.entry.author != upload.author:
                return None
            sequences.append(found.entry.sequence)
        signed = {"sequence": sequences[0], "sequences": sequences, "entries": digests, "leaves": leaves}
        return replace(upload, progress={**upload.progress, "signed": signed, "failure": None})

    def _note_lists(self, upload_id: str, batches: Sequence[Batch]) -> None:
        lists = []
        for number, batch in enumerate(batches):
            stores = tuple(copy.store_name for copy in batch.list_copies)
            cid = batch.list_copies[0].cid
            lists.append(UploadObject(number, ObjectRole.BATCH_LIST, cid, 1, 1, stores, stores))
        self.rows.note_stored(upload_id, lists)

    def _place(self, upload: RemoteUpload, call: ContractCall, validity: Validity) -> Place:
        codes = self.ledger.categories()
        domain = contract_domain("Records", self.ledger.chain_id, self.ledger.contract_address("Records"))
        sequence, previous_link_hex = int(call.args[-2]), str(call.args[-1]).removeprefix("0x")
        words: dict[str, Any]
        if call.function == "add":
            _, category, location, digest, *_ = call.args
            record = typed.SingleRecord(codes[category], location, digest.removeprefix("0x"))
            words = typed.add_record(
                domain, upload.author, upload.patient, record, sequence, previous_link_hex, validity
            )
        else:
            batches = [
                typed.RecordBatch(
                    codes[body["category"]],
                    body["location"],
                    body["count"],
                    body["root"].removeprefix("0x"),
                    body["listDigest"].removeprefix("0x"),
                )
                for body in call.args[1]
            ]
            words = typed.add_batches(
                domain, upload.author, upload.patient, batches, sequence, previous_link_hex, validity
            )
        return Place(
            function=_BY_SIGNATURE[call.function],
            args=(upload.author, *call.args),
            typed_data=words,
            nonce=validity.nonce,
            deadline_at=validity.deadline_at,
            sequence=sequence,
            previous_link_hex=previous_link_hex,
        )


def batch_root(body: Mapping[str, Any]) -> str:
    """The root of a batch as the contract takes it, without prefix."""
    return str(body["root"]).removeprefix("0x")


def _sequence(signed: Mapping[str, Any], number: int) -> int:
    """Of the entry with that number: they follow each other, unless they were found where somebody else put them."""
    places = signed.get("sequences")
    return int(signed["sequence"] + number if places is None else places[number])


def _told_until_at(upload: RemoteUpload) -> int:
    """The last second in which any place that was told can be taken; 0 where none was."""
    signed = upload.progress.get("signed", {})
    args = signed.get("args")
    return max(int(upload.progress.get(_TOLD_UNTIL, 0)), int(args[-1]["deadline"]) if args else 0)


def _stored(upload: RemoteUpload, objects: Sequence[UploadObject]) -> list[StoredRecord]:
    by_record: dict[int, list[UploadObject]] = {}
    for one in objects:
        if one.role is not ObjectRole.BATCH_LIST:
            by_record.setdefault(one.record_index, []).append(one)
    found = []
    for position, record in enumerate(upload.records):
        group = by_record[position]
        manifest = next(one for one in group if one.role is ObjectRole.MANIFEST)
        copies = tuple(StoredCopy(one.role, one.cid, name) for one in group for name in one.stored_in)
        found.append(StoredRecord(record.category, digest_of_raw_cid(Cid(manifest.cid)), copies))
    return found


def _refs(upload: RemoteUpload, stored: Sequence[StoredRecord]) -> list[RecordRef]:
    signed = upload.progress["signed"]
    if not signed["leaves"]:
        return [RecordRef(upload.patient, _sequence(signed, 0), None, stored[0].manifest_digest_hex)]
    places = {
        leaf: (_sequence(signed, number), position)
        for number, leaves in enumerate(signed["leaves"])
        for position, leaf in enumerate(leaves)
    }
    return [RecordRef(upload.patient, *places[one.manifest_digest_hex], one.manifest_digest_hex) for one in stored]


def _all_copies(upload: RemoteUpload, objects: Sequence[UploadObject], now: int) -> list[ObjectCopy]:
    """The copies of all that the upload brought onto the chain: of its records, and of the lists of its batches."""
    signed = upload.progress["signed"]
    stored = _stored(upload, objects)
    copies = _copies(stored, _refs(upload, stored), now)
    by_digest = {digest_of_raw_cid(one.cid): one for one in objects if one.role is ObjectRole.BATCH_LIST}
    for number, leaves in enumerate(signed["leaves"]):
        found = by_digest.get(sha256_hex(batch_list_bytes(leaves)))
        if found is not None:  # else its list was never this node's
            sequence = _sequence(signed, number)
            copies += [
                ObjectCopy(upload.patient, sequence, None, "", found.role, found.cid, name, now)
                for name in found.stored_in
            ]
    return copies


def _copies(stored: Sequence[StoredRecord], refs: Sequence[RecordRef], now: int) -> list[ObjectCopy]:
    return [
        ObjectCopy(
            ref.patient,
            ref.sequence,
            ref.leaf_index,
            ref.manifest_digest_hex,
            copy.role,
            copy.cid,
            copy.store_name,
            now,
        )
        for one, ref in zip(stored, refs, strict=True)
        for copy in one.copies
    ]
