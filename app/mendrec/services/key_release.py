"""Getting a record's keys: one signed request to every custodian, shares checked and put together.

The patient asks nobody: their own envelope holds both keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mendrec.crypto.age import SecretIdentity
from mendrec.crypto.custody import (
    RecordBinding,
    Share,
    WrongShareError,
    combine,
    open_patient_envelope,
    open_resealed,
    require_share,
)
from mendrec.domain.envelopes import Envelopes, KeyName, keys_for
from mendrec.domain.errors import MendrecError, NotFoundError, RefusedError, UnavailableError, VerificationError
from mendrec.domain.limits import LIMITS, Limits
from mendrec.domain.manifest import Manifest
from mendrec.domain.model import Act, Address, ChainEntry, Purpose, RecordRef
from mendrec.domain.release import ReleaseRequest, RequestedRecord, release_typed_data
from mendrec.domain.release_answer import RELEASED, RecordOutcome, ReleaseAnswer, ReleaseRefused
from mendrec.ports import Clock, CustodianPort, LedgerReader, Randomness, Wallet


class PrivateRecord(RefusedError):
    """Only the patient can open this record."""

    code = "refused.private"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a wallet to sign with, and the age identity whose recipient the directory publishes."""

    wallet: Wallet
    identity: SecretIdentity


@dataclass(frozen=True, slots=True)
class LocatedRecord:
    """One record found on the chain, with what proves that it is there."""

    ref: RecordRef
    entry: ChainEntry
    path_hex: tuple[str, ...]


class KeyRelease:
    """Asks custodians on a reader's behalf."""

    def __init__(
        self,
        *,
        ledger: LedgerReader,
        custodians: Sequence[CustodianPort],
        clock: Clock,
        randomness: Randomness,
        limits: Limits = LIMITS,
        report: Callable[[MendrecError], None] = lambda _wrong: None,
    ) -> None:
        """``report`` is told of every share that was wrong, also where others were enough; it names the custodian."""
        self._report = report
        self._ledger = ledger
        self._custodians = {custodian.address: custodian for custodian in custodians}
        self._clock = clock
        self._randomness = randomness
        self._limits = limits

    def ask(
        self, act: Act, records: Sequence[LocatedRecord], reader: Reader, purpose: Purpose
    ) -> dict[Address, ReleaseAnswer]:
        """Signs one request and asks every custodian; those that refuse or can't be reached are passed over.

        Raises:
            RefusedError, UnavailableError: no custodian answered; the last one's own error.
        """
        request = ReleaseRequest(
            act=act,
            patient=records[0].ref.patient,
            reader=reader.wallet.address,
            records=tuple(
                RequestedRecord(one.ref.sequence, one.ref.manifest_digest_hex, one.ref.leaf_index, one.path_hex)
                for one in records
            ),
            purpose=purpose,
            nonce_hex=self._randomness.token(32).hex(),
            deadline_at=self._clock.now() + self._limits.release_max_lifetime_s // 2,
        )
        typed_data = release_typed_data(
            request, chain_id=self._ledger.chain_id, records_contract=self._ledger.contract_address("Records")
        )
        signature = reader.wallet.sign_typed_data(typed_data)
        answers: dict[Address, ReleaseAnswer] = {}
        failure: MendrecError | None = None
        for address, custodian in self._custodians.items():
            try:
                answers[address] = custodian.release(request, signature)
            except (UnavailableError, RefusedError, VerificationError) as error:
                failure = error
        if not answers:
            raise failure or UnavailableError("No custodian is configured.", remedy="Name one in config.toml.")
        return answers

    def keys(
        self,
        act: Act,
        record: LocatedRecord,
        manifest: Manifest,
        envelopes: Envelopes,
        reader: Reader,
        answers: Mapping[Address, ReleaseAnswer],
    ) -> dict[KeyName, SecretIdentity]:
        """Returns the keys that ``act`` needs, each proven to be the one the verified manifest names.

        Raises:
            PrivateRecord, ReleaseRefused: not for this reader.
            VerificationError: a share or the key is not what was committed to; names who is to blame.
        """
        if reader.wallet.address == manifest.patient:
            keys = open_patient_envelope(reader.identity, envelopes)
            return {name: keys.of(name) for name in KeyName}
        if not envelopes.custodians:
            raise PrivateRecord("This is a private entry; only the patient opens it.")
        return {name: self._combined(name, record, manifest, envelopes, reader, answers) for name in keys_for(act)}

    def _combined(
        self,
        name: KeyName,
        record: LocatedRecord,
        manifest: Manifest,
        envelopes: Envelopes,
        reader: Reader,
        answers: Mapping[Address, ReleaseAnswer],
    ) -> SecretIdentity:
        good: dict[Address, Share] = {}
        reasons: list[MendrecError] = []
        for address, answer in answers.items():
            for outcome in answer.outcomes:
                if (outcome.sequence, outcome.manifest_digest_hex) != (
                    record.ref.sequence,
                    record.ref.manifest_digest_hex,
                ):
                    continue
                try:
                    good[address] = self._share(name, address, outcome, manifest, envelopes, reader)
                except ReleaseRefused as refusal:
                    reasons.append(refusal)
                except (VerificationError, NotFoundError, RefusedError) as wrong:
                    reasons.insert(0, wrong)  # one bad custodian must not stop the others; it is told all the same
                    self._report(wrong)
        if len(good) < envelopes.threshold and reasons:
            raise reasons[0]
        enough = list(good.values())[: envelopes.threshold]
        return combine(enough, envelopes, name, RecordBinding.of(manifest))

    def _share(
        self,
        name: KeyName,
        custodian: Address,
        outcome: RecordOutcome,
        manifest: Manifest,
        envelopes: Envelopes,
        reader: Reader,
    ) -> Share:
        if outcome.code != RELEASED:
            raise ReleaseRefused(outcome.message, remedy=outcome.remedy, reason_code=outcome.code)
        if name.value not in outcome.sealed_shares:
            raise WrongShareError(custodian)
        share = open_resealed(reader.identity, outcome.sealed_shares[name.value])
        if share.custodian != custodian:  # whoever sent it is to blame, not whom it names
            raise WrongShareError(custodian)
        require_share(share, envelopes, name, RecordBinding.of(manifest))  # 3
        return share
