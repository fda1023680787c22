"""The manifest: one record's public face. Canonical JSON of at most 256 KiB, stored as one raw block.

So the SHA-256 of the manifest is the digest in its CID, and the one word on chain is hash and address at once.
It never changes; docs/format.md describes it field by field.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from mendrec.domain.age_recipient import parse_recipient
from mendrec.domain.canonical import MalformedJson, canonical_bytes, parse_canonical
from mendrec.domain.cid import RAW_BLOCK_MAX_BYTES, is_raw_cid, parse_cid, raw_cid_from_digest, sha256_hex
from mendrec.domain.errors import LimitExceeded
from mendrec.domain.json_fields import FORMAT, Fields, base64_text
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Address, Cid

_KIND = "manifest"
_SIGNATURE_MIN_BYTES = 65  # r, s, v of an EOA; a contract wallet's (EIP-1271) may be longer
_SIGNATURE_MAX_BYTES = 4096
_FIELDS: tuple[str, ...] = (
    "format",
    "kind",
    "chainId",
    "records",
    "patient",
    "author",
    "category",
    "createdAt",
    "payload",
    "descriptor",
    "recipients",
    "envelopes",
    "signature",
)


@dataclass(frozen=True, slots=True)
class Recipients:
    """The public halves of a record's two keys, as ``age1…``. A recombined key is checked against them."""

    descriptor: str
    payload: str

    def to_json(self) -> dict[str, str]:
        """Returns the JSON object of both."""
        return {"descriptor": self.descriptor, "payload": self.payload}

    @classmethod
    def from_fields(cls, parent: Fields) -> Recipients:
        """Reads ``recipients`` from the object that holds it. Raises MalformedJson."""
        nested = parent.nested("recipients", required=("descriptor", "payload"))
        recipients = cls(nested.parsed("descriptor", parse_recipient), nested.parsed("payload", parse_recipient))
        if recipients.descriptor == recipients.payload:
            raise MalformedJson("recipients: the two keys of a record are different keys.")
        return recipients


@dataclass(frozen=True, slots=True)
class PayloadRef:
    """The sealed payload: CID, size and SHA-256 of the *ciphertext*."""

    cid: Cid
    size_bytes: int
    sha256_hex: str


@dataclass(frozen=True, slots=True)
class ManifestBody:
    """Everything of a manifest but its signature; what the author signs (see typed_data_record)."""

    chain_id: int
    records: Address
    """The Records contract: with ``chain_id``, the EIP-712 domain."""
    patient: Address
    author: Address
    category: int
    created_at: int
    """Unix seconds, as the author states it."""
    payload: PayloadRef
    sealed_descriptor: bytes
    """age ciphertext of the descriptor."""
    recipients: Recipients
    envelopes: Cid
    """CID of the first envelopes, one raw block; later ones are published by an event."""


@dataclass(frozen=True, slots=True)
class Manifest(ManifestBody):
    """A manifest. Having parsed one says nothing about its signature or its place on chain."""

    signature: bytes

    @classmethod
    def signed(cls, body: ManifestBody, signature: bytes) -> Manifest:
        """Returns ``body`` with its author's signature."""
        return cls(**{field.name: getattr(body, field.name) for field in fields(ManifestBody)}, signature=signature)

    def to_bytes(self) -> bytes:
        """Returns the canonical JSON.

        Raises:
            LimitExceeded: longer than one raw block.
        """
        data = canonical_bytes(
            {
                "format": FORMAT,
                "kind": _KIND,
                "chainId": self.chain_id,
                "records": self.records,
                "patient": self.patient,
                "author": self.author,
                "category": self.category,
                "createdAt": self.created_at,
                "payload": {
                    "cid": self.payload.cid,
                    "sizeBytes": self.payload.size_bytes,
                    "sha256Hex": self.payload.sha256_hex,
                },
                "descriptor": base64_text(self.sealed_descriptor),
                "recipients": self.recipients.to_json(),
                "envelopes": self.envelopes,
                "signature": "0x" + self.signature.hex(),
            }
        )
        if len(data) > min(LIMITS.manifest_max_bytes, RAW_BLOCK_MAX_BYTES):
            raise LimitExceeded("The manifest does not fit one block.", remedy="Shorten the descriptor.")
        return data

    def digest_hex(self) -> str:
        """Returns the SHA-256 of the canonical bytes: the word on chain, or a leaf of a batch."""
        return sha256_hex(self.to_bytes())

    def cid(self) -> Cid:
        """Returns the CID under which the canonical bytes are stored."""
        return raw_cid_from_digest(self.digest_hex())


def parse_manifest(data: bytes) -> Manifest:
    """Returns the manifest that ``data`` holds, unverified: see :mod:`mendrec.services.verification`.

    Raises:
        InputError: too large, malformed or not canonical.
    """
    value = parse_canonical(data, max_bytes=LIMITS.manifest_max_bytes, what=_KIND)
    read = Fields(value, _KIND, required=_FIELDS)
    read.require_kind(_KIND)
    payload = read.nested("payload", required=("cid", "sizeBytes", "sha256Hex"))
    return Manifest(
        chain_id=read.integer("chainId", low=1),
        records=read.address("records"),
        patient=read.address("patient"),
        author=read.address("author"),
        category=read.integer("category", low=1, high=2**16 - 1),
        created_at=read.integer("createdAt", high=2**40 - 1),
        payload=PayloadRef(
            cid=payload.parsed("cid", parse_cid),
            size_bytes=payload.integer("sizeBytes"),
            sha256_hex=payload.hex_64("sha256Hex"),
        ),
        sealed_descriptor=read.base64_bytes("descriptor"),
        recipients=Recipients.from_fields(read),
        envelopes=read.parsed("envelopes", _parse_block_cid),
        signature=read.parsed("signature", _parse_signature),
    )


def _parse_block_cid(text: str) -> Cid:
    """Any other CID could name an object of any size, which every reader and custodian would have to fetch."""
    cid = parse_cid(text)
    if not is_raw_cid(cid):
        raise MalformedJson("Not the CID of one raw block.")
    return cid


def _parse_signature(text: str) -> bytes:
    try:
        signature = bytes.fromhex(text.removeprefix("0x"))
    except ValueError as error:
        raise MalformedJson("A signature is 0x and hex digits.") from error
    if "0x" + signature.hex() != text or not _SIGNATURE_MIN_BYTES <= len(signature) <= _SIGNATURE_MAX_BYTES:
        raise MalformedJson("A signature is 0x and at least 130 lower-case hex digits.")
    return signature
