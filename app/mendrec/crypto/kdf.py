"""Key derivation: HKDF (RFC 5869) and X25519 (RFC 7748). The only importer of pycryptodome."""

from __future__ import annotations

from Crypto.Hash import SHA256
from Crypto.Protocol.DH import import_x25519_private_key, import_x25519_public_key, key_agreement
from Crypto.Protocol.KDF import HKDF


def hkdf_sha256(secret: bytes, *, info: str, size_bytes: int = 32) -> bytes:
    """Returns HKDF-SHA256 of ``secret`` without a salt; ``info`` is a tag of :mod:`mendrec.domain.tags`."""
    derived = HKDF(secret, size_bytes, b"", SHA256, context=info.encode("ascii"))
    if not isinstance(derived, bytes):  # a tuple comes only when several keys are asked for
        raise TypeError("One derived key expected.")
    return derived


def x25519(secret_key: bytes, public_key: bytes) -> bytes:
    """Returns the 32 bytes that the holders of two keys share; derive a key from them, use them for nothing else."""
    return key_agreement(
        static_priv=import_x25519_private_key(secret_key),
        static_pub=import_x25519_public_key(public_key),
        kdf=bytes,
    )
