"""Leases of the workers, and acts that people signed and the node pays for.

The transactions themselves are rows of ``outbox``, in the lane of the sender, under the key ``act:`` and the act's id.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from mendrec.adapters.db.tables import METADATA

_ADDRESS = String(42)
_DIGEST = String(64)

leases = Table(
    "leases",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

relayed_acts = Table(
    "relayed_acts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("act_id_hex", _DIGEST, nullable=False, unique=True),
    Column("signer", _ADDRESS, nullable=False),
    Column("contract", String(32), nullable=False),
    Column("authorization_nonce", String(78), nullable=False),  # decimal: it has 256 bits
    Column("queued_at", BigInteger, nullable=False),
    Index("ix_relayed_acts_signer_queued_at", "signer", "queued_at"),
)

outbox_attempts = Table(
    "outbox_attempts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("outbox_key", Text, nullable=False, index=True),
    Column("sender", _ADDRESS, nullable=False),
    Column("nonce", BigInteger, nullable=False),
    Column("hash_hex", _DIGEST, nullable=False, unique=True),
    Column("raw_hex", Text, nullable=False),
    Column("gas", BigInteger, nullable=False),
    Column("max_fee_wei", BigInteger, nullable=False),
    Column("priority_fee_wei", BigInteger, nullable=False),
    Column("legacy", Boolean, nullable=False),
    Column("signed_at", BigInteger, nullable=False),
    Column("head_number", BigInteger, nullable=False),
)
