"""What a person seals to oneself and keeps at a node: the address book, for one.

Everybody knows a person's recipient, so everybody, the node too, can seal something to it. What was sealed here
therefore carries, inside its encryption, a tag that only the holder of the identity can make:

    shared = X25519(the identity's secret, its own public key)
    key    = HKDF-SHA256(ikm = shared, salt = none, info = "mendrec/sealed-to-oneself/v1")
    tag    = HMAC-SHA-256(key, canonical JSON of format, kind, slot, account, version, content)

The tag names the slot, the account and a version that whoever seals counts up, so that nothing sealed for one place is
taken for another's, and an older version is not taken for a newer one. The node's own count of the safe's items has no
part in it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from mendrec.crypto.age import CannotOpenError, SecretIdentity, open_sealed, seal
from mendrec.crypto.kdf import hkdf_sha256, x25519
from mendrec.domain import tags
from mendrec.domain.age_recipient import recipient_to_bytes
from mendrec.domain.canonical import JsonObject, canonical_bytes, parse_canonical
from mendrec.domain.errors import InputError, VerificationError
from mendrec.domain.json_fields import FORMAT, Fields
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Address

__all__ = [
    "CannotOpenError",
    "OpenedFromOneself",
    "SelfPlace",
    "SelfSealMismatch",
    "open_from_oneself",
    "seal_to_oneself",
    "self_tag_key",
]

KIND = "sealed-to-oneself"


class SelfSealMismatch(VerificationError):
    """It opened, and was not sealed by the person themself for this slot and account."""

    code = "verification.sealed_to_oneself_mismatch"
    default_remedy = "Nothing of it was used. Tell the node's operator, or put something new in its place."


@dataclass(frozen=True, slots=True)
class SelfPlace:
    """Where something is kept: whose safe, and which slot."""

    account: Address
    slot: str


@dataclass(frozen=True, slots=True)
class OpenedFromOneself:
    """What was opened, and as which version it was sealed."""

    version: int
    content: JsonObject


def seal_to_oneself(identity: SecretIdentity, place: SelfPlace, content: JsonObject, *, version: int) -> bytes:
    """Returns ``content`` with its tag, sealed to the identity's own recipient.

    Args:
        identity: whose it is.
        place: where it is to be kept.
        content: what is kept.
        version: 1 or more, newer than all that were sealed for this place.

    Raises:
        MalformedJson: a value that canonical JSON cannot hold.
    """
    said = _said(place, version, content)
    return seal(canonical_bytes({**said, "tag": _tag(identity, said)}), identity.recipient)


def open_from_oneself(identity: SecretIdentity, place: SelfPlace, sealed: bytes) -> OpenedFromOneself:
    """Returns what the holder of ``identity`` sealed for ``place``.

    Whether it is the newest version, the caller has to know.

    Args:
        identity: whose it is.
        place: as asked of the node.
        sealed: as the node returned it, untrusted.

    Raises:
        CannotOpenError: sealed to another identity, or altered.
        SelfSealMismatch: no tag, somebody else's, or of another slot or account.
    """
    plaintext = open_sealed(sealed, identity)
    try:
        value = parse_canonical(plaintext, max_bytes=LIMITS.safe_item_max_bytes, what=KIND)
        names = ("format", "kind", "slot", "account", "version", "content", "tag")
        fields = Fields(value, KIND, required=names)
        stated_tag, version = fields.hex_64("tag"), fields.integer("version", low=1)
    except InputError as error:
        raise SelfSealMismatch("What is kept here was not sealed by you.") from error
    content = value["content"]
    said = _said(place, version, content)
    is_of_place = {name: value[name] for name in said} == said
    if not isinstance(content, dict) or not is_of_place or not hmac.compare_digest(stated_tag, _tag(identity, said)):
        raise SelfSealMismatch("What is kept here was not sealed by you for this place.")
    return OpenedFromOneself(version, content)


def self_tag_key(identity: SecretIdentity) -> bytes:
    """Returns the key of the tags: nobody without the identity's secret can compute it."""
    shared = x25519(identity.reveal_bytes(), recipient_to_bytes(identity.recipient))
    return hkdf_sha256(shared, info=tags.SEALED_TO_ONESELF)


def _tag(identity: SecretIdentity, said: JsonObject) -> str:
    return hmac.new(self_tag_key(identity), canonical_bytes(said), hashlib.sha256).hexdigest()


def _said(place: SelfPlace, version: int, content: JsonObject) -> JsonObject:
    return {
        "format": FORMAT,
        "kind": KIND,
        "slot": place.slot,
        "account": place.account.lower(),
        "version": version,
        "content": content,
    }
