"""What people keep here sealed, and the off-chain paperwork of staff. No name of a patient is in any of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from mendrec.adapters.db.metadata import ADDRESS, DIGEST, METADATA

safe_items = Table(
    "safe_items",
    METADATA,
    Column("person", ADDRESS, primary_key=True),
    Column("slot", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    # Whoever had enrolled when it was written keeps it; the others have to have enrolled within a week.
    Column("was_enrolled", Boolean, nullable=False),
    Index(None, "was_enrolled", "changed_at"),
)

applications = Table(
    "applications",
    METADATA,
    Column("application_id", String(32), primary_key=True),
    Column("applicant", ADDRESS, nullable=False, index=True),
    Column("institution", ADDRESS, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("licence_commitment_hex", DIGEST, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text),
    Column("issued_at", BigInteger),
    Column("expires_at", BigInteger),
    Column("verifier", ADDRESS),
    Column("verifier_signature_hex", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False, index=True),
    Column("decided_at", BigInteger),
    # 1 while it is undecided, else empty: NULLs all differ in a unique constraint, so one of a pair is open at a time.
    Column("open_mark", Integer),
    UniqueConstraint("applicant", "institution", "open_mark", name="uq_applications_one_open"),
    Index(None, "institution", "created_at"),
)

professional_names = Table(
    "professional_names",
    METADATA,
    Column("address", ADDRESS, primary_key=True),
    Column("display_name", Text, nullable=False),
    Column("folded", Text, nullable=False),  # as it is searched: case folded
    Column("licence_commitment_hex", DIGEST, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
)
