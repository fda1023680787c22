"""A small world to seal in: an author, a patient, three custodians, a reader. Keys are made once a run: they cost."""

from __future__ import annotations

import io
from dataclasses import dataclass

from mendrec.crypto.age import SecretIdentity
from mendrec.crypto.custody import CustodianKey, open_resealed, reseal_for_reader, unseal_share
from mendrec.crypto.wallet import LocalWallet
from mendrec.domain.descriptor import Coding, Descriptor
from mendrec.domain.envelopes import KeyName
from mendrec.domain.limits import LIMITS, Limits
from mendrec.domain.share import Share
from mendrec.services.sealing import RecordDraft, SealedRecord, seal_record

DESCRIPTOR = Descriptor(
    "Haemogram", "application/pdf", "Observation", (Coding("http://loinc.org", "58410-2"),), "a.pdf"
)


@dataclass(frozen=True)
class Sealed:
    """A sealed record and the ciphertext that went to the sink."""

    record: SealedRecord
    ciphertext: bytes


class SealingWorld:
    """Everyone's keys."""

    def __init__(self) -> None:
        self.author, self.patient, self.records = (LocalWallet.generate() for _ in range(3))
        self.patient_identity, self.reader_identity = SecretIdentity.generate(), SecretIdentity.generate()
        self.custodian_wallets = [LocalWallet.generate() for _ in range(3)]
        self.custodian_identities = [SecretIdentity.generate() for _ in range(3)]
        self.custodians = [
            CustodianKey(wallet.address, identity.recipient)
            for wallet, identity in zip(self.custodian_wallets, self.custodian_identities, strict=True)
        ]

    def draft(self, *, category: int = 2, descriptor: Descriptor = DESCRIPTOR) -> RecordDraft:
        """A draft of the patient's."""
        return RecordDraft(31337, self.records.address, self.patient.address, category, 1_790_000_000, descriptor)

    def seal(
        self, data: bytes, *, total: int = 3, threshold: int = 2, category: int = 2, limits: Limits = LIMITS
    ) -> Sealed:
        """Seals bytes to the first ``total`` custodians."""
        sink = io.BytesIO()
        record = seal_record(
            self.draft(category=category),
            io.BytesIO(data),
            sink,
            patient_recipient=self.patient_identity.recipient,
            custodians=self.custodians[:total],
            threshold=threshold,
            wallet=self.author,
            limits=limits,
        )
        return Sealed(record, sink.getvalue())

    def released(self, record: SealedRecord, position: int, key: KeyName) -> Share:
        """What the reader holds after custodian ``position`` released its share."""
        share = unseal_share(
            self.custodian_identities[position], record.envelopes, self.custodians[position].address, key
        )
        return open_resealed(self.reader_identity, reseal_for_reader(share, self.reader_identity.recipient))
