"""What checks found last of each object, and the copies that mending made. Neither follows from the chain."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, Table

from mendrec.adapters.db.metadata import ADDRESS, METADATA

object_findings = Table(
    "object_findings",
    METADATA,
    Column("patient", ADDRESS, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    # -1 for a single record, and for the list of a batch
    Column("leaf_index", Integer, primary_key=True, autoincrement=False),
    Column("role", String(16), primary_key=True),
    Column("cid", String(80), nullable=False),
    Column("state", Integer, nullable=False),  # domain/health.py: the greater, the worse
    Column("copies", JSON, nullable=False),  # store → outcome
    Column("checked_at", BigInteger, nullable=False),
)

mended_copies = Table(
    "mended_copies",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("patient", ADDRESS, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("leaf_index", Integer, nullable=False),  # -1 as above
    Column("role", String(16), nullable=False),
    Column("store_name", String(64), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("job_id", String(32)),
    Column("mended_at", BigInteger, nullable=False),
    Index(None, "patient", "mended_at", "id"),
)
