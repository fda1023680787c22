"""One Shamir share and what it belongs to: the plaintext of a custodian's envelope.

[Note: a share carries its binding] Chain, contract, patient, category, the record's recipients, the key and the
custodian are inside the encryption, where only who sealed it could write them. A custodian compares them with the
chain's entry before it releases anything. Else a reader of one category could copy the envelopes of another into a new
record of its own category, or of another deployment that the same custodian serves, and have every custodian hand out
the other record's key.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, fields

from mendrec.domain import tags
from mendrec.domain.canonical import MalformedJson, canonical_bytes, parse_canonical
from mendrec.domain.envelopes import KeyName
from mendrec.domain.errors import VerificationError
from mendrec.domain.json_fields import FORMAT, Fields, base64_text
from mendrec.domain.limits import LIMITS
from mendrec.domain.manifest import ManifestBody, Recipients
from mendrec.domain.model import Address

SHARE_BYTES = 33
"""32 bytes of the key's share and one x-coordinate (Vault's form)."""
_KIND = "share"
_SHARE_JSON_MAX_BYTES = 4096
_WORDS = {"chain_id": "chain", "records": "contract"}
_FIELDS = (
    "format",
    "kind",
    "chainId",
    "records",
    "patient",
    "category",
    "recipients",
    "key",
    "threshold",
    "total",
    "index",
    "custodian",
    "share",
)


@dataclass(frozen=True, slots=True)
class RecordBinding:
    """What the keys of one record belong to. Reader and custodian each state it from what they verified themselves."""

    chain_id: int
    records: Address
    """The Records contract that the record is anchored in."""
    patient: Address
    category: int
    recipients: Recipients

    @classmethod
    def of(cls, manifest: ManifestBody) -> RecordBinding:
        """What a manifest says of itself; as good as the check that it is the anchored one."""
        return cls(manifest.chain_id, manifest.records, manifest.patient, manifest.category, manifest.recipients)


class ShareBindingError(VerificationError):
    """A share belongs to another record, key or custodian than the one it is asked for."""

    code = "verification.share_binding"
    default_remedy = "Nothing was released. The record's envelopes were not made for it: report its author."


class WrongShareError(VerificationError):
    """A share is not the one that was committed to when the record was sealed."""

    code = "verification.wrong_share"
    default_remedy = "Ask another custodian, and report the one named."

    def __init__(self, custodian: Address) -> None:
        super().__init__(f"The share from custodian {custodian} is not the one that was committed to.")
        self.custodian = custodian


@dataclass(frozen=True, slots=True)
class Share:
    """One custodian's share of one key of one record. The share's bytes never show in repr or logs."""

    binding: RecordBinding
    key: KeyName
    threshold: int
    total: int
    index: int
    custodian: Address
    share_bytes: bytes = field(repr=False)

    def commitment_hex(self) -> str:
        """Returns SHA-256("mendrec/share-commitment/v1" || share bytes)."""
        return tags.tagged_sha256_hex(tags.SHARE_COMMITMENT, self.share_bytes)

    def to_bytes(self) -> bytes:
        """Returns the canonical JSON, which is only ever written into an age encryption."""
        return canonical_bytes(
            {
                "format": FORMAT,
                "kind": _KIND,
                "chainId": self.binding.chain_id,
                "records": self.binding.records,
                "patient": self.binding.patient,
                "category": self.binding.category,
                "recipients": self.binding.recipients.to_json(),
                "key": self.key.value,
                "threshold": self.threshold,
                "total": self.total,
                "index": self.index,
                "custodian": self.custodian,
                "share": base64_text(self.share_bytes),
            }
        )


def parse_share(data: bytes) -> Share:
    """Returns the share that an opened envelope holds.

    Raises:
        InputError: malformed, not canonical, or numbers that do not fit each other.
    """
    stated = Fields(parse_canonical(data, max_bytes=_SHARE_JSON_MAX_BYTES, what=_KIND), _KIND, required=_FIELDS)
    stated.require_kind(_KIND)
    total = stated.integer("total", low=1, high=LIMITS.custodians_max_count)
    share_bytes = stated.base64_bytes("share")
    if len(share_bytes) != SHARE_BYTES or share_bytes[-1] == 0:
        raise MalformedJson("share.share is not 32 bytes and an x-coordinate that is not 0.")
    return Share(
        binding=RecordBinding(
            chain_id=stated.integer("chainId", low=1),
            records=stated.address("records"),
            patient=stated.address("patient"),
            category=stated.integer("category", low=1, high=2**16 - 1),
            recipients=Recipients.from_fields(stated),
        ),
        key=stated.parsed("key", _parse_key_name),
        threshold=stated.integer("threshold", low=1, high=total),
        total=total,
        index=stated.integer("index", low=1, high=total),
        custodian=stated.address("custodian"),
        share_bytes=share_bytes,
    )


def check_share_binding(share: Share, binding: RecordBinding, *, custodian: Address) -> None:
    """Checks what a share says it belongs to, against what the chain and the manifest say is asked for.

    Args:
        share: as opened, from inside the encryption.
        binding: chain and contract that are asked, patient and category of the entry there, and the recipients of the
            manifest that the entry's digest names.
        custodian: who is asked.

    Raises:
        ShareBindingError: any of them differs.
    """
    if share.custodian != custodian:
        raise ShareBindingError("The share was made for another custodian than the one that is asked.")
    for one in fields(RecordBinding):
        if getattr(share.binding, one.name) != getattr(binding, one.name):
            name = _WORDS.get(one.name, one.name)
            raise ShareBindingError(f"The share was made for another {name} than the record it is asked for.")


def check_commitment(share: Share, commitment_hex: str) -> None:
    """Raises WrongShareError, naming the custodian, unless the share's bytes are those committed to."""
    if not hmac.compare_digest(share.commitment_hex(), commitment_hex):
        raise WrongShareError(share.custodian)


def _parse_key_name(text: str) -> KeyName:
    try:
        return KeyName(text)
    except ValueError as error:
        raise MalformedJson("share.key is not a key's name.") from error
