"""The first schema: the index, the outbox, a custodian's receipts, copies and uploads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_requests",
        sa.Column("request_id_hex", sa.String(length=64), nullable=False),
        sa.Column("patient", sa.String(length=42), nullable=True),
        sa.Column("requester", sa.String(length=42), nullable=True),
        sa.Column("categories", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("rights", sa.Integer(), nullable=True),
        sa.Column("from_at", sa.BigInteger(), nullable=True),
        sa.Column("until_at", sa.BigInteger(), nullable=True),
        sa.Column("purpose", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("request_id_hex", name=op.f("pk_access_requests")),
    )
    with op.batch_alter_table("access_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_requests_patient"), ["patient"], unique=False)
        batch_op.create_index(batch_op.f("ix_access_requests_requester"), ["requester"], unique=False)

    op.create_table(
        "bodies",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("in_standing", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_bodies")),
        sa.UniqueConstraint("address", name=op.f("uq_bodies_address")),
    )
    op.create_table(
        "categories",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_categories")),
        sa.UniqueConstraint("code", name=op.f("uq_categories_code")),
    )
    op.create_table(
        "entries",
        sa.Column("patient", sa.String(length=42), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("author", sa.String(length=42), nullable=True),
        sa.Column("category", sa.Integer(), nullable=True),
        sa.Column("location", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("digest_hex", sa.String(length=64), nullable=True),
        sa.Column("link_hex", sa.String(length=64), nullable=True),
        sa.Column("list_digest_hex", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("patient", "sequence", name=op.f("pk_entries")),
    )
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entries_author"), ["author"], unique=False)
        batch_op.create_index(batch_op.f("ix_entries_digest_hex"), ["digest_hex"], unique=False)

    op.create_table(
        "events",
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block_hash_hex", sa.String(length=64), nullable=False),
        sa.Column("block_timestamp", sa.BigInteger(), nullable=False),
        sa.Column("transaction_hash_hex", sa.String(length=64), nullable=False),
        sa.Column("contract", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("block_number", "log_index", name=op.f("pk_events")),
    )
    op.create_table(
        "index_cursor",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("block_hash_hex", sa.String(length=64), nullable=False),
        sa.Column("block_timestamp", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_index_cursor_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_cursor")),
    )
    op.create_table(
        "locations",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("operator", sa.String(length=42), nullable=True),
        sa.Column("kind", sa.Integer(), nullable=True),
        sa.Column("base_uri", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_locations")),
    )
    op.create_table(
        "object_copies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient", sa.String(length=42), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("leaf_index", sa.Integer(), nullable=False),
        sa.Column("manifest_digest_hex", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("cid", sa.String(length=80), nullable=False),
        sa.Column("store_name", sa.String(length=64), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_object_copies")),
        sa.UniqueConstraint(
            "patient", "sequence", "leaf_index", "role", "cid", "store_name", name="uq_object_copies_place"
        ),
    )
    with op.batch_alter_table("object_copies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_object_copies_cid"), ["cid"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_object_copies_patient_manifest_digest_hex"), ["patient", "manifest_digest_hex"], unique=False
        )

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("contract", sa.String(length=32), nullable=False),
        sa.Column("function", sa.String(length=64), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("sender", sa.String(length=42), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=True),
        sa.Column("raw_hex", sa.Text(), nullable=True),
        sa.Column("hash_hex", sa.String(length=64), nullable=True),
        sa.Column("block_number", sa.BigInteger(), nullable=True),
        sa.Column("block_hash_hex", sa.String(length=64), nullable=True),
        sa.Column("block_timestamp", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        sa.UniqueConstraint("sender", "nonce", name=op.f("uq_outbox_sender_nonce")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_block_number"), ["block_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_state"), ["state"], unique=False)

    op.create_table(
        "participants",
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("roles", sa.Integer(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("credential_expires_at", sa.BigInteger(), nullable=False),
        sa.Column("institution", sa.String(length=42), nullable=True),
        sa.Column("verifier", sa.String(length=42), nullable=True),
        sa.Column("recipient_hex", sa.String(length=64), nullable=True),
        sa.Column("licence_commitment_hex", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_participants")),
    )
    op.create_table(
        "path_versions",
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("patient", sa.String(length=42), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("from_location", sa.Integer(), nullable=False),
        sa.Column("to_location", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Integer(), nullable=False),
        sa.Column("mended_by", sa.String(length=42), nullable=False),
        sa.Column("mended_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("block_number", "log_index", name=op.f("pk_path_versions")),
    )
    with op.batch_alter_table("path_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_path_versions_patient_sequence"), ["patient", "sequence"], unique=False)

    op.create_table(
        "permissions",
        sa.Column("patient", sa.String(length=42), nullable=False),
        sa.Column("grantee", sa.String(length=42), nullable=False),
        sa.Column("category", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rights", sa.Integer(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("passed_on", sa.Boolean(), nullable=False),
        sa.Column("revoked_by_patient", sa.Boolean(), nullable=False),
        sa.Column("delegator", sa.String(length=42), nullable=True),
        sa.Column("delegator_generation", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("patient", "grantee", "category", name=op.f("pk_permissions")),
    )
    with op.batch_alter_table("permissions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_permissions_grantee"), ["grantee"], unique=False)

    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_digest_hex", sa.String(length=64), nullable=False),
        sa.Column("signature_hex", sa.Text(), nullable=False),
        sa.Column("custodian", sa.String(length=42), nullable=False),
        sa.Column("reader", sa.String(length=42), nullable=False),
        sa.Column("patient", sa.String(length=42), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("manifest_digest_hex", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=128), nullable=False),
        sa.Column("head_number", sa.BigInteger(), nullable=False),
        sa.Column("head_hash_hex", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
    )
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipts_patient"), ["patient"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipts_reader"), ["reader"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipts_request_digest_hex"), ["request_digest_hex"], unique=False)

    op.create_table(
        "spent_request_nonces",
        sa.Column("reader", sa.String(length=42), nullable=False),
        sa.Column("nonce_hex", sa.String(length=128), nullable=False),
        sa.Column("keep_until_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reader", "nonce_hex", name=op.f("pk_spent_request_nonces")),
    )
    with op.batch_alter_table("spent_request_nonces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spent_request_nonces_keep_until_at"), ["keep_until_at"], unique=False)

    op.create_table(
        "uploads",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("request_digest_hex", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_uploads")),
    )
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_uploads_state"), ["state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_uploads_state"))

    op.drop_table("uploads")
    with op.batch_alter_table("spent_request_nonces", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spent_request_nonces_keep_until_at"))

    op.drop_table("spent_request_nonces")
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipts_request_digest_hex"))
        batch_op.drop_index(batch_op.f("ix_receipts_reader"))
        batch_op.drop_index(batch_op.f("ix_receipts_patient"))

    op.drop_table("receipts")
    with op.batch_alter_table("permissions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_permissions_grantee"))

    op.drop_table("permissions")
    with op.batch_alter_table("path_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_path_versions_patient_sequence"))

    op.drop_table("path_versions")
    op.drop_table("participants")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_state"))
        batch_op.drop_index(batch_op.f("ix_outbox_block_number"))

    op.drop_table("outbox")
    with op.batch_alter_table("object_copies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_object_copies_patient_manifest_digest_hex"))
        batch_op.drop_index(batch_op.f("ix_object_copies_cid"))

    op.drop_table("object_copies")
    op.drop_table("locations")
    op.drop_table("index_cursor")
    op.drop_table("events")
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entries_digest_hex"))
        batch_op.drop_index(batch_op.f("ix_entries_author"))

    op.drop_table("entries")
    op.drop_table("categories")
    op.drop_table("bodies")
    with op.batch_alter_table("access_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_requests_requester"))
        batch_op.drop_index(batch_op.f("ix_access_requests_patient"))

    op.drop_table("access_requests")
