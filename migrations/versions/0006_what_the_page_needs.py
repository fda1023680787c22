"""What the page needs: a safe for each person's sealed things, applications of staff, and what checks found last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "safe_items",
        sa.Column("person", sa.String(length=42), nullable=False),
        sa.Column("slot", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("was_enrolled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person", "slot", name=op.f("pk_safe_items")),
    )
    op.create_index(op.f("ix_safe_items_was_enrolled_changed_at"), "safe_items", ["was_enrolled", "changed_at"])
    op.create_table(
        "applications",
        sa.Column("application_id", sa.String(length=32), nullable=False),
        sa.Column("applicant", sa.String(length=42), nullable=False),
        sa.Column("institution", sa.String(length=42), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("licence_commitment_hex", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("issued_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("verifier", sa.String(length=42), nullable=True),
        sa.Column("verifier_signature_hex", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("open_mark", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_applications")),
        sa.UniqueConstraint("applicant", "institution", "open_mark", name=op.f("uq_applications_one_open")),
    )
    op.create_index(op.f("ix_applications_applicant"), "applications", ["applicant"])
    op.create_index(op.f("ix_applications_changed_at"), "applications", ["changed_at"])
    op.create_index(op.f("ix_applications_institution_created_at"), "applications", ["institution", "created_at"])
    op.create_table(
        "professional_names",
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("licence_commitment_hex", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_professional_names")),
    )
    op.create_table(
        "object_findings",
        sa.Column("patient", sa.String(length=42), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("leaf_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("cid", sa.String(length=80), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("copies", sa.JSON(), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("patient", "sequence", "leaf_index", "role", name=op.f("pk_object_findings")),
    )
    op.create_table(
        "mended_copies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient", sa.String(length=42), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("leaf_index", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("store_name", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("job_id", sa.String(length=32), nullable=True),
        sa.Column("mended_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mended_copies")),
    )
    op.create_index(op.f("ix_mended_copies_patient_mended_at_id"), "mended_copies", ["patient", "mended_at", "id"])


def downgrade() -> None:
    for name in ("mended_copies", "object_findings", "professional_names", "applications", "safe_items"):
        op.drop_table(name)
