"""Index in parts: whom an event is about, which rows it changes, and room for a new index beside the one that answers.

What the new column and table hold follows from the events that are there, by the rules of the program that reads them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mendrec.domain.model import ChainEvent
from mendrec.domain.projection import patient_of, subjects_of

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PAGE_ROWS = 1_000
_EVENT_COLUMNS = (
    sa.column("contract", sa.String),
    sa.column("name", sa.String),
    sa.column("args", sa.JSON),
    sa.column("block_number", sa.BigInteger),
    sa.column("block_hash_hex", sa.String),
    sa.column("block_timestamp", sa.BigInteger),
    sa.column("transaction_hash_hex", sa.String),
    sa.column("log_index", sa.Integer),
)


def upgrade() -> None:
    op.add_column("events", sa.Column("patient", sa.String(length=42), nullable=True))
    op.create_index(
        op.f("ix_events_patient_block_number_log_index"), "events", ["patient", "block_number", "log_index"]
    )
    _create_event_subjects("")
    _fill()
    _create_events_beside()
    _create_event_subjects("beside_")
    _create_projections_beside()


def downgrade() -> None:
    for name in (
        "path_versions",
        "entries",
        "access_requests",
        "permissions",
        "locations",
        "categories",
        "bodies",
        "participants",
        "index_cursor",
        "event_subjects",
        "events",
    ):
        op.drop_table(f"beside_{name}")
    op.drop_table("event_subjects")
    op.drop_index(op.f("ix_events_patient_block_number_log_index"), table_name="events")
    with op.batch_alter_table("events") as batch:
        batch.drop_column("patient")


def _fill() -> None:
    """Page by page, so that a long history does not have to fit into memory."""
    connection = op.get_bind()
    events = sa.table("events", *_EVENT_COLUMNS, sa.column("patient", sa.String))
    subjects = sa.table(
        "event_subjects",
        sa.column("subject", sa.String),
        sa.column("block_number", sa.BigInteger),
        sa.column("log_index", sa.Integer),
    )
    place = (events.c.block_number, events.c.log_index)
    query = sa.select(*(events.c[column.name] for column in _EVENT_COLUMNS)).order_by(*place).limit(_PAGE_ROWS)
    set_patient = (
        sa.update(events)
        .where(events.c.block_number == sa.bindparam("at_block"), events.c.log_index == sa.bindparam("at_log"))
        .values(patient=sa.bindparam("about"))
    )
    page = connection.execute(query).mappings().all()
    while page:
        read = [ChainEvent(**row) for row in page]
        changed = [
            {"subject": subject, "block_number": event.block_number, "log_index": event.log_index}
            for event in read
            for subject in subjects_of(event)
        ]
        about = [
            {"at_block": event.block_number, "at_log": event.log_index, "about": patient_of(event)}
            for event in read
            if patient_of(event) is not None
        ]
        if changed:
            connection.execute(sa.insert(subjects), changed)
        if about:
            connection.execute(set_patient, about)
        after = sa.tuple_(*place) > sa.tuple_(read[-1].block_number, read[-1].log_index)
        page = connection.execute(query.where(after)).mappings().all()


def _create_event_subjects(prefix: str) -> None:
    name = f"{prefix}event_subjects"
    op.create_table(
        name,
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("subject", "block_number", "log_index", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_block_number"), name, ["block_number"])


def _create_events_beside() -> None:
    op.create_table(
        "beside_events",
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block_hash_hex", sa.String(length=64), nullable=False),
        sa.Column("block_timestamp", sa.BigInteger(), nullable=False),
        sa.Column("transaction_hash_hex", sa.String(length=64), nullable=False),
        sa.Column("contract", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("patient", sa.String(length=42), nullable=True),
        sa.PrimaryKeyConstraint("block_number", "log_index", name=op.f("pk_beside_events")),
    )
    op.create_index(
        op.f("ix_beside_events_patient_block_number_log_index"),
        "beside_events",
        ["patient", "block_number", "log_index"],
    )
    op.create_table(
        "beside_index_cursor",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("block_hash_hex", sa.String(length=64), nullable=False),
        sa.Column("block_timestamp", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_beside_index_cursor_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beside_index_cursor")),
    )


def _create_projections_beside() -> None:
    op.create_table(
        "beside_participants",
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("roles", sa.Integer(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("credential_expires_at", sa.BigInteger(), nullable=False),
        sa.Column("institution", sa.String(length=42), nullable=True),
        sa.Column("verifier", sa.String(length=42), nullable=True),
        sa.Column("recipient_hex", sa.String(length=64), nullable=True),
        sa.Column("licence_commitment_hex", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_beside_participants")),
    )
    op.create_table(
        "beside_bodies",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("in_standing", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_beside_bodies")),
        sa.UniqueConstraint("address", name=op.f("uq_beside_bodies_address")),
    )
    op.create_table(
        "beside_categories",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_beside_categories")),
        sa.UniqueConstraint("code", name=op.f("uq_beside_categories_code")),
    )
    op.create_table(
        "beside_locations",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("operator", sa.String(length=42), nullable=True),
        sa.Column("kind", sa.Integer(), nullable=True),
        sa.Column("base_uri", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_beside_locations")),
    )
    op.create_table(
        "beside_permissions",
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
        sa.PrimaryKeyConstraint("patient", "grantee", "category", name=op.f("pk_beside_permissions")),
    )
    op.create_index(op.f("ix_beside_permissions_grantee"), "beside_permissions", ["grantee"])
    op.create_table(
        "beside_access_requests",
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
        sa.PrimaryKeyConstraint("request_id_hex", name=op.f("pk_beside_access_requests")),
    )
    op.create_index(op.f("ix_beside_access_requests_patient"), "beside_access_requests", ["patient"])
    op.create_index(op.f("ix_beside_access_requests_requester"), "beside_access_requests", ["requester"])
    op.create_table(
        "beside_entries",
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
        sa.PrimaryKeyConstraint("patient", "sequence", name=op.f("pk_beside_entries")),
    )
    op.create_index(op.f("ix_beside_entries_author"), "beside_entries", ["author"])
    op.create_index(op.f("ix_beside_entries_digest_hex"), "beside_entries", ["digest_hex"])
    op.create_table(
        "beside_path_versions",
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("patient", sa.String(length=42), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("from_location", sa.Integer(), nullable=False),
        sa.Column("to_location", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Integer(), nullable=False),
        sa.Column("mended_by", sa.String(length=42), nullable=False),
        sa.Column("mended_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("block_number", "log_index", name=op.f("pk_beside_path_versions")),
    )
    op.create_index(op.f("ix_beside_path_versions_patient_sequence"), "beside_path_versions", ["patient", "sequence"])
