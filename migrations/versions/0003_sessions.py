"""Sessions, sign-in nonces and remembered answers of the HTTP door."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("session_id_hex", sa.String(length=32), nullable=False),
        sa.Column("token_digest_hex", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=42), nullable=False),
        sa.Column("in_cookie", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session_id_hex", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_digest_hex", name=op.f("uq_sessions_token_digest_hex")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_last_used_at"), ["last_used_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_person"), ["person"], unique=False)

    op.create_table(
        "sign_in_nonces",
        sa.Column("nonce_digest_hex", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("nonce_digest_hex", name=op.f("pk_sign_in_nonces")),
    )
    with op.batch_alter_table("sign_in_nonces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_nonces_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "remembered_answers",
        sa.Column("person", sa.String(length=42), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("request_digest_hex", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "key", name=op.f("pk_remembered_answers")),
    )
    with op.batch_alter_table("remembered_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_remembered_answers_begun_at"), ["begun_at"], unique=False)


def downgrade() -> None:
    op.drop_table("remembered_answers")
    op.drop_table("sign_in_nonces")
    op.drop_table("sessions")
