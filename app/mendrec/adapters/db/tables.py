"""The tables that cannot be rebuilt, as SQLAlchemy Core; those of the index are in tables_index.py.

The only places that say what the database looks like; migrations follow them. Addresses are EIP-55 text, ``*_hex`` is
bare lower-case hex, times are Unix seconds. Types are those that SQLite and PostgreSQL share.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, Table, Text, UniqueConstraint

from mendrec.adapters.db import tables_index
from mendrec.adapters.db.metadata import ADDRESS, DIGEST, METADATA

__all__ = ["METADATA", "object_copies", "outbox", "receipts", "spent_request_nonces", "tables_index", "uploads"]

outbox = Table(
    "outbox",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("contract", String(32), nullable=False),
    Column("function", String(64), nullable=False),
    Column("args", JSON, nullable=False),
    Column("sender", ADDRESS, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("nonce", BigInteger),
    Column("raw_hex", Text),
    Column("hash_hex", DIGEST),
    Column("block_number", BigInteger, index=True),
    Column("block_hash_hex", DIGEST),
    Column("block_timestamp", BigInteger),
    Column("failure", JSON(none_as_null=True)),
    Column("lane", String(16)),  # empty: driven by whoever submits; else by the worker of that lane
    UniqueConstraint("sender", "nonce"),
)

spent_request_nonces = Table(
    "spent_request_nonces",
    METADATA,
    Column("reader", ADDRESS, primary_key=True),
    Column("nonce_hex", String(128), primary_key=True),
    Column("keep_until_at", BigInteger, nullable=False, index=True),
)

receipts = Table(
    "receipts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("request_digest_hex", DIGEST, nullable=False, index=True),
    Column("signature_hex", Text, nullable=False),
    Column("custodian", ADDRESS, nullable=False),
    Column("reader", ADDRESS, nullable=False, index=True),
    Column("patient", ADDRESS, nullable=False, index=True),
    Column("sequence", BigInteger, nullable=False),
    Column("manifest_digest_hex", DIGEST, nullable=False),
    Column("act", String(16), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("outcome", String(128), nullable=False),
    Column("head_number", BigInteger, nullable=False),
    Column("head_hash_hex", DIGEST, nullable=False),
    Column("decided_at", BigInteger, nullable=False),
)

object_copies = Table(
    "object_copies",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("patient", ADDRESS, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    # -1 for a single record: in a unique constraint NULLs would all differ.
    Column("leaf_index", Integer, nullable=False),
    Column("manifest_digest_hex", DIGEST, nullable=False),
    Column("role", String(16), nullable=False),
    Column("cid", String(80), nullable=False, index=True),
    Column("store_name", String(64), nullable=False),
    Column("stored_at", BigInteger, nullable=False),
    UniqueConstraint("patient", "sequence", "leaf_index", "role", "cid", "store_name", name="uq_object_copies_place"),
    Index(None, "patient", "manifest_digest_hex"),
)

uploads = Table(
    "uploads",
    METADATA,
    Column("key", String(128), primary_key=True),
    Column("request_digest_hex", DIGEST, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("progress", JSON, nullable=False),
    Column("started_at", BigInteger, nullable=False),
)
