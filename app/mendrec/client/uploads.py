"""Uploading through a node: sealed here, sent in parts that can be taken up again, placed by a signature made here.

The node sees ciphertext, manifests and envelopes. It says where on the patient's chain the records come; what is signed
for that place is made here from the digests of what was sealed here.
"""

from __future__ import annotations

import base64
import hashlib
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from mendrec.api.uploads import (
    ContextAnswered,
    PositionAnswered,
    UploadAnswered,
    UploadObjectAnswered,
    UploadObjectsAnswered,
)
from mendrec.client.checking import require_as_asked, told
from mendrec.client.custodians import (
    require_known_custody,
    require_location,
    require_own_recipient,
    require_recipients,
)
from mendrec.client.errors import LyingNode
from mendrec.client.sealing import SealedFolder, SealedRecord
from mendrec.client.transport import Transport, all_pages
from mendrec.client.trust import NodeTrust
from mendrec.client.waiting import pauses_s
from mendrec.crypto.custody import CustodianKey
from mendrec.domain.batch_list import batch_list_bytes
from mendrec.domain.cid import sha256_hex
from mendrec.domain.errors import InputError, MendrecError, RefusedError, UnavailableError, VerificationError
from mendrec.domain.limits import LIMITS
from mendrec.domain.merkle import root_hex
from mendrec.domain.model import Address, Cid, RecordRef
from mendrec.ports import Clock, LedgerReader, Wallet
from mendrec.services.act_preparation import PreparedAct
from mendrec.services.ingest import UploadResult
from mendrec.services.intake.items import IntakeItem
from mendrec.services.sealing import RecordDraft
from mendrec.services.spooling import PRIVATE, Custody

_PART_BYTES = 8 * 1024**2
_TRIES = 6
_HEAD_ATTEMPTS = 8
_MOVED_ON = ("StaleHead", "WrongSequence")
_BEHIND_S = 0.25
_OVER = frozenset({"anchored", "done"})
Progress = Callable[[int, int], None]


class UploadUnderWay(UnavailableError):
    """The signed act is on its way and not on the chain yet."""

    code = "unavailable.upload_under_way"
    default_remedy = "Nothing is lost: repeat the same upload with the same key."


class Uploads:
    """Adding records."""

    def __init__(
        self,
        transport: Transport,
        *,
        trust: Callable[[], NodeTrust],
        categories: Callable[[], Mapping[int, str]],
        chain: Callable[[], LedgerReader | None],
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = transport
        self._trust = trust
        self._categories = categories
        self._chain = chain
        self._clock = clock
        self._sleep = sleep

    def upload(
        self,
        wallet: Wallet,
        patient: Address,
        items: Sequence[IntakeItem],
        *,
        key: str,
        private: bool = False,
        keep_in: Path | None = None,
        progress: Progress = lambda _done, _total: None,
        own_recipient: str | None = None,
    ) -> UploadResult:
        """Seals, sends and anchors ``items``: all of them, or none.

        Args:
            wallet: the author's, who is signed in.
            patient: whose record it becomes part of.
            items: from intake, already judged.
            key: idempotency key.
            private: no shares are made; only the patient opens it.
            keep_in: a folder in which what was sealed is kept until it is anchored, so that a later run with the same
                key goes on; None: a temporary one.
            progress: called with (sealed, all).
            own_recipient: the author's own age recipient; an author who is the patient then need not believe the node.

        Raises:
            RefusedError: the author may not write there; nothing was sent.
            CustodiansChanged: the node names other custodians than the known ones; the error says how to accept.
            LyingNode: the node contradicts the chain, or wants something else signed.
            UnavailableError: broken off; the same key goes on.
        """
        if not items:
            raise InputError("There is nothing to upload.")
        with ExitStack() as stack:
            if keep_in is None:
                parent = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mendrec-")))
            else:
                parent = keep_in
            sealed = SealedFolder(parent / _digest_hex(key))
            context = self.context(patient, own_recipient=own_recipient if wallet.address == patient else None)
            records = self._seal(sealed, wallet, items, private, progress, context)
            upload = self._begin(patient, records, private, key)
            self._send_missing(upload, sealed)
            result = self._anchor(upload, wallet, patient, records)
            sealed.remove()
            return result

    def context(self, patient: Address, *, own_recipient: str | None = None) -> ContextAnswered:
        """What to seal to, checked against what is known, and the chain where there is a chain node of one's own.

        Args:
            patient: for whom is sealed.
            own_recipient: for the patient themself: their own age recipient.

        Raises:
            LyingNode: it is about another chain, other contracts, custodians or keys that the directory does not have.
            CustodiansChanged: other custodians or another threshold than the known ones.
            OtherKeyPublished: the patient's own key is not the one that the directory has.
        """
        found = self._transport.get("/v1/uploads/context", ContextAnswered, patient=patient)
        trust = self._trust()
        if (found.patient, found.chain_id, found.records_contract) != (
            patient,
            trust.chain_id,
            trust.contracts["Records"],
        ):
            raise LyingNode("The node wants a record sealed for another patient, chain or contract.")
        chain = self._chain()
        if chain is not None:
            require_recipients(found, chain)
        require_known_custody(found, trust, keys_by_chain=chain is not None)
        if own_recipient is not None:
            require_own_recipient(found, own_recipient, chain)
        return found

    def _seal(
        self,
        sealed: SealedFolder,
        wallet: Wallet,
        items: Sequence[IntakeItem],
        private: bool,
        progress: Progress,
        context: ContextAnswered,
    ) -> tuple[SealedRecord, ...]:
        keys = tuple(CustodianKey(Address(one.address), one.recipient) for one in context.custodians)
        if not private and not keys:
            raise InputError("The node names no custodian.", remedy="Upload as private, or use another node.")
        numbers = {code: number for number, code in self._categories().items()}
        unknown = {item.category_code for item in items} - set(numbers)
        if unknown:
            raise InputError(f"There is no category {min(unknown)!r}.", remedy=f"One of: {', '.join(numbers)}.")

        def draft(item: IntakeItem) -> RecordDraft:
            return RecordDraft(
                chain_id=self._trust().chain_id,
                records=self._trust().contracts["Records"],
                patient=Address(context.patient),
                category=numbers[item.category_code],
                created_at=self._clock.now(),
                descriptor=item.descriptor,
            )

        custody = PRIVATE if private else Custody(keys, context.threshold)
        return sealed.seal(wallet, items, draft=draft, recipient=context.recipient, custody=custody, progress=progress)

    def _begin(self, patient: Address, records: Sequence[SealedRecord], private: bool, key: str) -> UploadAnswered:
        body = {
            "patient": patient,
            "records": [
                {
                    "category_code": record.category_code,
                    "private": private,
                    "objects": [
                        {"role": one.role.value, "cid": one.cid, "size_bytes": one.size_bytes} for one in record.objects
                    ],
                }
                for record in records
            ],
        }
        return self._transport.post("/v1/uploads", UploadAnswered, body, key=_digest_hex(key))

    def _send_missing(self, upload: UploadAnswered, sealed: SealedFolder) -> None:
        if upload.state != "open":
            return

        def page(cursor: str | None) -> tuple[list[Any], str | None]:
            path = f"/v1/uploads/{upload.upload_id}/objects"
            found = self._transport.get(path, UploadObjectsAnswered, cursor=cursor)
            return found.items, found.next_cursor

        for one in list(all_pages(page)):
            if one.received_bytes < one.size_bytes:
                self._send(upload.upload_id, one, sealed.path(Cid(one.cid)))

    def _send(self, upload_id: str, one: UploadObjectAnswered, file: Path) -> None:
        """Sends an object from where the node says; a part that broke off is sent again from there."""
        path = f"/v1/uploads/{upload_id}/objects/{one.cid}"
        failures = 0
        with file.open("rb") as source:
            while one.received_bytes < one.size_bytes:
                start = one.received_bytes
                source.seek(start)
                part = source.read(_PART_BYTES)
                headers = {
                    "Content-Type": "application/octet-stream",
                    "Content-Range": f"bytes {start}-{start + len(part) - 1}/{one.size_bytes}",
                    "Content-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(part).digest()).decode('ascii')}:",
                }
                try:
                    one = self._transport.exchange("PUT", path, UploadObjectAnswered, data=part, headers=headers)
                except (UnavailableError, VerificationError) as error:
                    failures += 1
                    if failures >= _TRIES or isinstance(error, LyingNode):
                        raise
                    self._sleep(2.0**failures / 4)
                    one = self._transport.get(path, UploadObjectAnswered)
                if one.received_bytes <= start and not failures:
                    raise LyingNode("The node took a part and does not count it.")

    def _anchor(
        self, upload: UploadAnswered, wallet: Wallet, patient: Address, records: Sequence[SealedRecord]
    ) -> UploadResult:
        path = f"/v1/uploads/{upload.upload_id}"
        for _ in range(_HEAD_ATTEMPTS):
            found = self._transport.get(path, UploadAnswered)
            if found.state in {"open", "stored"}:
                try:
                    self._sign(path, wallet, patient, records)
                except RefusedError as refusal:
                    if not refusal.code.endswith(_MOVED_ON):
                        raise
                    continue
            found = self._settled(path)
            if found.state in _OVER:
                return _result(found, patient, records)
            if found.state == "expired":
                raise RefusedError("The upload was given up.", remedy="Begin it anew with a new key.")
            if found.failure is not None and not found.failure.code.endswith(_MOVED_ON):
                failure = found.failure
                error = RefusedError(failure.message, remedy=failure.remedy)
                error.code = failure.code
                raise error
        raise RefusedError("Others kept adding to this record at the same time.", remedy="Try again with the same key.")

    def _sign(self, path: str, wallet: Wallet, patient: Address, records: Sequence[SealedRecord]) -> None:
        place = self._transport.post(f"{path}/position", PositionAnswered)
        kind = "add" if len(records) == 1 else "add_batches"
        act = PreparedAct(
            kind=kind,
            signer=wallet.address,
            contract=place.contract,
            function=place.function,
            args=tuple(place.args),
            typed_data=place.typed_data,
            nonce=place.nonce,
            deadline_at=place.deadline_at,
        )
        params = _params(place, patient, records)
        what = told(self._categories(), act, None)
        require_as_asked(act, kind, wallet.address, params, what, self._trust(), self._clock.now())
        chain = self._chain()
        if chain is not None:
            for location in {one["location"] for one in params.get("batches", [params])}:
                require_location(chain, location)
        if chain is not None and chain.head_link_hex(patient) != place.previous_link_hex:
            self._sleep(_BEHIND_S)  # the node, or one's own chain node, may be a block behind
            if chain.head_link_hex(patient) != place.previous_link_hex:
                raise LyingNode("The node names another head of the patient's chain than the chain does.")
        signature = "0x" + wallet.sign_typed_data(act.typed_data).hex()
        body = {"nonce": act.nonce, "deadline_at": act.deadline_at, "signature": signature}
        self._transport.post(f"{path}/finish", UploadAnswered, body)

    def _settled(self, path: str, timeout_s: float = 180) -> UploadAnswered:
        pauses = pauses_s(timeout_s)
        while True:
            found = self._transport.get(path, UploadAnswered)
            if found.state != "anchoring":
                return found
            if (pause_s := next(pauses, None)) is None:
                raise UploadUnderWay("The records are on their way to the chain.")
            self._sleep(pause_s)


def _digest_hex(key: str) -> str:
    """A key as it goes over the wire and names a folder: keys are any text."""
    return sha256_hex(key.encode("utf-8"))


def _params(place: PositionAnswered, patient: Address, records: Sequence[SealedRecord]) -> dict[str, Any]:
    """What should be signed: all of it is known here but the head and the location."""
    head = {"patient": patient, "sequence": place.sequence, "previous_link_hex": place.previous_link_hex}
    try:
        if len(records) == 1:
            location = place.args[3]
            return {
                **head,
                "category": records[0].category_code,
                "location": location,
                "digest_hex": records[0].manifest_digest_hex,
            }
        locations = [body["location"] for body in place.args[2]]
        groups = batches_of(records)
        return {
            **head,
            "batches": [
                {
                    "category": code,
                    "location": location,
                    "count": len(leaves),
                    "root_hex": root_hex(leaves),
                    "list_digest_hex": sha256_hex(batch_list_bytes(leaves)),
                }
                for (code, leaves), location in zip(groups, locations, strict=True)
            ],
        }
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, MendrecError):
            raise
        raise LyingNode("The node wants something else anchored than what was sent.") from error


def batches_of(records: Sequence[SealedRecord]) -> list[tuple[str, tuple[str, ...]]]:
    """Returns (category code, manifest digests) of each batch that many records make (docs/format.md)."""
    groups: dict[str, list[str]] = {}
    for one in records:
        groups.setdefault(one.category_code, []).append(one.manifest_digest_hex)
    step = LIMITS.batch_max_leaves
    return [
        (code, tuple(leaves[start : start + step]))
        for code, leaves in groups.items()
        for start in range(0, len(leaves), step)
    ]


def _result(upload: UploadAnswered, patient: Address, records: Sequence[SealedRecord]) -> UploadResult:
    receipt = upload.receipt
    wanted = [one.manifest_digest_hex for one in records]
    if receipt is None or [one.manifest_digest_hex for one in receipt.records] != wanted:
        raise LyingNode("The node's receipt is not about the records that were sent.")
    refs = tuple(RecordRef(patient, one.sequence, one.leaf_index, one.manifest_digest_hex) for one in receipt.records)
    return UploadResult(refs, receipt.transaction_hash_hex or "", 0)
