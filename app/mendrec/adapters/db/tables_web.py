"""Sessions, sign-in nonces and remembered answers. Nothing here lets anyone in: tokens and nonces are hashed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table, Text

from mendrec.adapters.db.tables import METADATA

sessions = Table(
    "sessions",
    METADATA,
    Column("session_id_hex", String(32), primary_key=True),
    Column("token_digest_hex", String(64), nullable=False, unique=True),
    Column("person", String(42), nullable=False, index=True),
    Column("in_cookie", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger, nullable=False, index=True),
    Column("expires_at", BigInteger, nullable=False, index=True),
)

sign_in_nonces = Table(
    "sign_in_nonces",
    METADATA,
    Column("nonce_digest_hex", String(64), primary_key=True),
    Column("expires_at", BigInteger, nullable=False, index=True),
)

remembered_answers = Table(
    "remembered_answers",
    METADATA,
    Column("person", String(42), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("request_digest_hex", String(64), nullable=False),
    Column("status", Integer),
    Column("body", Text, nullable=False),
    Column("location", Text),
    Column("begun_at", BigInteger, nullable=False, index=True),
)
