"""Every table, as SQLAlchemy Core. The only place that says what the database looks like; migrations follow it.

Addresses are EIP-55 text, ``*_hex`` is bare lower-case hex, times are Unix seconds. Types are those that SQLite and
PostgreSQL share.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

_ADDRESS = String(42)
_DIGEST = String(64)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# ---- The index: everything below can be dropped and rebuilt from the chain's events.

events = Table(
    "events",
    METADATA,
    Column("block_number", BigInteger, primary_key=True, autoincrement=False),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    Column("block_hash_hex", _DIGEST, nullable=False),
    Column("block_timestamp", BigInteger, nullable=False),
    Column("transaction_hash_hex", _DIGEST, nullable=False),
    Column("contract", String(32), nullable=False),
    Column("name", String(64), nullable=False),
    Column("args", JSON, nullable=False),
)

index_cursor = Table(
    "index_cursor",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("block_number", BigInteger, nullable=False),
    Column("block_hash_hex", _DIGEST, nullable=False),
    Column("block_timestamp", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

participants = Table(
    "participants",
    METADATA,
    Column("address", _ADDRESS, primary_key=True),
    Column("roles", Integer, nullable=False, default=0),
    Column("suspended", Boolean, nullable=False, default=False),
    Column("credential_expires_at", BigInteger, nullable=False, default=0),
    Column("institution", _ADDRESS),
    Column("verifier", _ADDRESS),
    Column("recipient_hex", _DIGEST),
    Column("licence_commitment_hex", _DIGEST),
)

bodies = Table(
    "bodies",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("address", _ADDRESS, nullable=False, unique=True),
    Column("in_standing", Boolean, nullable=False, default=True),
)

categories = Table(
    "categories",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("code", Text, nullable=False, unique=True),
)

locations = Table(
    "locations",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("operator", _ADDRESS),
    Column("kind", Integer),
    Column("base_uri", Text),
    Column("active", Boolean, nullable=False, default=True),
)

permissions = Table(
    "permissions",
    METADATA,
    Column("patient", _ADDRESS, primary_key=True),
    Column("grantee", _ADDRESS, primary_key=True, index=True),
    Column("category", Integer, primary_key=True, autoincrement=False),
    Column("rights", Integer, nullable=False, default=0),
    Column("from_at", BigInteger, nullable=False, default=0),
    Column("until_at", BigInteger, nullable=False, default=0),
    Column("purpose", Integer, nullable=False, default=0),
    Column("sequence", BigInteger, nullable=False, default=0),
    Column("generation", BigInteger, nullable=False, default=0),
    Column("passed_on", Boolean, nullable=False, default=False),
    Column("revoked_by_patient", Boolean, nullable=False, default=False),
    Column("delegator", _ADDRESS),
    Column("delegator_generation", BigInteger),
)

access_requests = Table(
    "access_requests",
    METADATA,
    Column("request_id_hex", _DIGEST, primary_key=True),
    Column("patient", _ADDRESS, index=True),
    Column("requester", _ADDRESS, index=True),
    Column("categories", JSON(none_as_null=True)),
    Column("rights", Integer),
    Column("from_at", BigInteger),
    Column("until_at", BigInteger),
    Column("purpose", Integer),
    Column("asked_at", BigInteger),
    Column("state", Integer, nullable=False, default=0),
)

entries = Table(
    "entries",
    METADATA,
    Column("patient", _ADDRESS, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("author", _ADDRESS, index=True),
    Column("category", Integer),
    Column("location", Integer),
    Column("recorded_at", BigInteger),
    Column("count", Integer),
    Column("digest_hex", _DIGEST, index=True),
    Column("link_hex", _DIGEST),
    Column("list_digest_hex", _DIGEST),
)

path_versions = Table(
    "path_versions",
    METADATA,
    Column("block_number", BigInteger, primary_key=True, autoincrement=False),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    Column("patient", _ADDRESS, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("from_location", Integer, nullable=False),
    Column("to_location", Integer, nullable=False),
    Column("reason", Integer, nullable=False),
    Column("mended_by", _ADDRESS, nullable=False),
    Column("mended_at", BigInteger, nullable=False),
    Index(None, "patient", "sequence"),
)

PROJECTIONS: dict[str, Table] = {
    table.name: table
    for table in (
        participants,
        bodies,
        categories,
        locations,
        permissions,
        access_requests,
        entries,
        path_versions,
    )
}
"""The tables that events are projected into, by the name domain/projection.py uses."""

# ---- What cannot be rebuilt.

outbox = Table(
    "outbox",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("contract", String(32), nullable=False),
    Column("function", String(64), nullable=False),
    Column("args", JSON, nullable=False),
    Column("sender", _ADDRESS, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("nonce", BigInteger),
    Column("raw_hex", Text),
    Column("hash_hex", _DIGEST),
    Column("block_number", BigInteger, index=True),
    Column("block_hash_hex", _DIGEST),
    Column("block_timestamp", BigInteger),
    Column("failure", JSON(none_as_null=True)),
    UniqueConstraint("sender", "nonce"),
)

spent_request_nonces = Table(
    "spent_request_nonces",
    METADATA,
    Column("reader", _ADDRESS, primary_key=True),
    Column("nonce_hex", String(128), primary_key=True),
    Column("keep_until_at", BigInteger, nullable=False, index=True),
)

receipts = Table(
    "receipts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("request_digest_hex", _DIGEST, nullable=False, index=True),
    Column("signature_hex", Text, nullable=False),
    Column("custodian", _ADDRESS, nullable=False),
    Column("reader", _ADDRESS, nullable=False, index=True),
    Column("patient", _ADDRESS, nullable=False, index=True),
    Column("sequence", BigInteger, nullable=False),
    Column("manifest_digest_hex", _DIGEST, nullable=False),
    Column("act", String(16), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("outcome", String(128), nullable=False),
    Column("head_number", BigInteger, nullable=False),
    Column("head_hash_hex", _DIGEST, nullable=False),
    Column("decided_at", BigInteger, nullable=False),
)

object_copies = Table(
    "object_copies",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("patient", _ADDRESS, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    # -1 for a single record: in a unique constraint NULLs would all differ.
    Column("leaf_index", Integer, nullable=False),
    Column("manifest_digest_hex", _DIGEST, nullable=False),
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
    Column("request_digest_hex", _DIGEST, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("progress", JSON, nullable=False),
    Column("started_at", BigInteger, nullable=False),
)
