"""Leases and relayed acts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "relayed_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act_id_hex", sa.String(length=64), nullable=False),
        sa.Column("signer", sa.String(length=42), nullable=False),
        sa.Column("contract", sa.String(length=32), nullable=False),
        sa.Column("authorization_nonce", sa.String(length=78), nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relayed_acts")),
        sa.UniqueConstraint("act_id_hex", name=op.f("uq_relayed_acts_act_id_hex")),
    )
    op.create_index("ix_relayed_acts_signer_queued_at", "relayed_acts", ["signer", "queued_at"], unique=False)
    op.create_table(
        "outbox_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outbox_key", sa.Text(), nullable=False),
        sa.Column("sender", sa.String(length=42), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("hash_hex", sa.String(length=64), nullable=False),
        sa.Column("raw_hex", sa.Text(), nullable=False),
        sa.Column("gas", sa.BigInteger(), nullable=False),
        sa.Column("max_fee_wei", sa.BigInteger(), nullable=False),
        sa.Column("priority_fee_wei", sa.BigInteger(), nullable=False),
        sa.Column("legacy", sa.Boolean(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=False),
        sa.Column("head_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_attempts")),
        sa.UniqueConstraint("hash_hex", name=op.f("uq_outbox_attempts_hash_hex")),
    )
    op.create_index(op.f("ix_outbox_attempts_outbox_key"), "outbox_attempts", ["outbox_key"], unique=False)
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lane", sa.String(length=16), nullable=True))


def downgrade() -> None:
    # The version before drives every row by whoever submitted it, and would sign anew what waits in the lane.
    op.execute(sa.text("DELETE FROM outbox WHERE lane IS NOT NULL AND state = 'queued'"))
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_column("lane")

    op.drop_index(op.f("ix_outbox_attempts_outbox_key"), table_name="outbox_attempts")
    op.drop_table("outbox_attempts")
    op.drop_index("ix_relayed_acts_signer_queued_at", table_name="relayed_acts")
    op.drop_table("relayed_acts")
    op.drop_table("leases")
