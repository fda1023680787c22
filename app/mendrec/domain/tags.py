"""Every hash purpose has one versioned tag, and all tags are in this file.

A tag keeps a hash made for one purpose from being taken for a hash made for another. Changing one breaks whatever
was hashed under it: add a new version beside it instead. No tag is the beginning of another (a test checks it), so
``tag || data`` has one reading.

The Merkle tree needs no tag of its own: RFC 9162 fixes its prefixes (see :mod:`mendrec.domain.merkle`).
"""

from __future__ import annotations

import hashlib
from typing import Final

LINK: Final = "mendrec/link/v1"
"""keccak256 of this is LINK_TAG, the first word of every link of a patient's chain (contracts/src/Records.sol)."""

SHARE_COMMITMENT: Final = "mendrec/share-commitment/v1"
"""SHA-256 prefix of the commitment to one Shamir share."""

IDENTITY_BACKUP_KEY: Final = "mendrec/identity-backup-key/v1"
"""HKDF ``info`` (RFC 5869) of the key that seals a person's identity backup."""

SEALED_TO_ONESELF: Final = "mendrec/sealed-to-oneself/v1"
"""HKDF ``info`` (RFC 5869) of the key of the tags in what a person seals to oneself."""

SIGNED_ACT: Final = "mendrec/signed-act/v1"
"""SHA-256 prefix of the id of an act that somebody signed (:mod:`mendrec.domain.signed_act`)."""

PAGE_CURSOR: Final = "mendrec/page-cursor/v1"
"""HMAC-SHA256 message, under a home's secret, of the key that authenticates cursors of the HTTP API's lists."""

REQUEST_DIGEST: Final = "mendrec/http-request/v1"
"""SHA-256 prefix of a request that an idempotency key was first used with."""

SESSION_CSRF: Final = "mendrec/session-csrf/v1"
"""HMAC-SHA256 message, under a session's token, of the word that unsafe requests with a cookie carry."""


def tagged_sha256_hex(tag: str, data: bytes) -> str:
    """Returns SHA-256(tag in ASCII || data) in hex."""
    return hashlib.sha256(tag.encode("ascii") + data).hexdigest()
