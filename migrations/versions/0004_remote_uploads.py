"""Uploads over HTTP, and the jobs that check and mend copies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "remote_uploads",
        sa.Column("upload_id", sa.String(length=32), nullable=False),
        sa.Column("author", sa.String(length=42), nullable=False),
        sa.Column("patient", sa.String(length=42), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("request_digest_hex", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("touched_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("upload_id", name=op.f("pk_remote_uploads")),
        sa.UniqueConstraint("author", "key", name=op.f("uq_remote_uploads_author_key")),
    )
    op.create_index(op.f("ix_remote_uploads_state_touched_at"), "remote_uploads", ["state", "touched_at"])
    op.create_table(
        "remote_upload_objects",
        sa.Column("upload_id", sa.String(length=32), nullable=False),
        sa.Column("cid", sa.String(length=80), nullable=False),
        sa.Column("record_index", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("stored_in", sa.JSON(), nullable=False),
        sa.Column("made_in", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"],
            ["remote_uploads.upload_id"],
            name=op.f("fk_remote_upload_objects_upload_id_remote_uploads"),
        ),
        sa.PrimaryKeyConstraint("upload_id", "cid", name=op.f("pk_remote_upload_objects")),
    )
    op.create_index(op.f("ix_remote_upload_objects_cid"), "remote_upload_objects", ["cid"])
    op.create_table(
        "care_jobs",
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("asked_by", sa.String(length=42), nullable=True),
        sa.Column("patient", sa.String(length=42), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("lease_until_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_care_jobs")),
    )
    op.create_index(op.f("ix_care_jobs_state_created_at"), "care_jobs", ["state", "created_at"])


def downgrade() -> None:
    op.drop_table("care_jobs")
    op.drop_table("remote_upload_objects")
    op.drop_table("remote_uploads")
