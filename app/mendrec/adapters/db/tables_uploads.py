"""Uploads that arrive over HTTP, object by object; and the jobs that check and mend copies."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from mendrec.adapters.db.metadata import ADDRESS, DIGEST, METADATA

remote_uploads = Table(
    "remote_uploads",
    METADATA,
    Column("upload_id", String(32), primary_key=True),
    Column("author", ADDRESS, nullable=False),
    Column("patient", ADDRESS, nullable=False),
    Column("key", String(128), nullable=False),
    Column("request_digest_hex", DIGEST, nullable=False),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("records", JSON, nullable=False),
    Column("progress", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("touched_at", BigInteger, nullable=False),
    UniqueConstraint("author", "key"),
    Index(None, "state", "touched_at"),
)

remote_upload_objects = Table(
    "remote_upload_objects",
    METADATA,
    Column("upload_id", String(32), ForeignKey("remote_uploads.upload_id"), primary_key=True),
    Column("cid", String(80), primary_key=True, index=True),
    Column("record_index", Integer, nullable=False),
    Column("role", String(16), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("received_bytes", BigInteger, nullable=False),
    Column("stored_in", JSON, nullable=False),
    Column("made_in", JSON, nullable=False),
)

care_jobs = Table(
    "care_jobs",
    METADATA,
    Column("job_id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("asked_by", ADDRESS),
    Column("patient", ADDRESS),
    Column("sequence", BigInteger),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("progress", JSON, nullable=False),
    Column("result", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("lease_until_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Index(None, "state", "created_at"),
)
