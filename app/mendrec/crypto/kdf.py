"""Key derivation: HKDF (RFC 5869). The only importer of pycryptodome."""

from __future__ import annotations

from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF


def hkdf_sha256(secret: bytes, *, info: str, size_bytes: int = 32) -> bytes:
    """Returns HKDF-SHA256 of ``secret`` without a salt; ``info`` is a tag of :mod:`mendrec.domain.tags`."""
    derived = HKDF(secret, size_bytes, b"", SHA256, context=info.encode("ascii"))
    if not isinstance(derived, bytes):  # a tuple comes only when several keys are asked for
        raise TypeError("One derived key expected.")
    return derived
