"""One Shamir share and what it belongs to: the plaintext of a custodian's envelope.

[Note: a share carries its binding] Patient, category, the record's recipients, the key and the custodian are inside
the encryption, where only who sealed it could write them. A custodian compares them with the chain's entry before it
releases anything. Else a reader of one category could copy the envelopes of another into a new record of its own
category, and have every custodian hand out the other record's key.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from mendrec.domain import tags
from mendrec.domain.canonical import MalformedJson, canonical_bytes, parse_canonical
from mendrec.domain.envelopes import KeyName
from mendrec.domain.errors import VerificationError
from mendrec.domain.json_fields import FORMAT, Fields, base64_text
from mendrec.domain.limits import LIMITS
from mendrec.domain.manifest import Recipients
from mendrec.domain.model import Address

SHARE_BYTES = 33
"""32 bytes of the key's share and one x-coordinate (Vault's form)."""
_KIND = "share"
_SHARE_JSON_MAX_BYTES = 4096
_FIELDS = (
    "format",
    "kind",
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

    patient: Address
    category: int
    recipients: Recipients
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
                "patient": self.patient,
                "category": self.category,
                "recipients": self.recipients.to_json(),
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
    fields = Fields(parse_canonical(data, max_bytes=_SHARE_JSON_MAX_BYTES, what=_KIND), _KIND, required=_FIELDS)
    fields.require_kind(_KIND)
    total = fields.integer("total", low=1, high=LIMITS.custodians_max_count)
    share_bytes = fields.base64_bytes("share")
    if len(share_bytes) != SHARE_BYTES or share_bytes[-1] == 0:
        raise MalformedJson("share.share is not 32 bytes and an x-coordinate that is not 0.")
    return Share(
        patient=fields.address("patient"),
        category=fields.integer("category", low=1, high=2**16 - 1),
        recipients=Recipients.from_fields(fields),
        key=fields.parsed("key", _parse_key_name),
        threshold=fields.integer("threshold", low=1, high=total),
        total=total,
        index=fields.integer("index", low=1, high=total),
        custodian=fields.address("custodian"),
        share_bytes=share_bytes,
    )


def check_share_binding(
    share: Share, *, patient: Address, category: int, recipients: Recipients, custodian: Address
) -> None:
    """Checks what a share says it belongs to, against what the chain and the manifest say is asked for.

    Args:
        share: as opened, from inside the encryption.
        patient: of the chain's entry.
        category: of the chain's entry.
        recipients: of the manifest that the entry's digest names.
        custodian: who is asked.

    Raises:
        ShareBindingError: any of them differs.
    """
    stated = {
        "patient": (share.patient, patient),
        "category": (share.category, category),
        "recipients": (share.recipients, recipients),
        "custodian": (share.custodian, custodian),
    }
    for name, (inside, asked) in stated.items():
        if inside != asked:
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
