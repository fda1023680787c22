"""The tables of the index, twice: the one that answers, and one beside it in which a rebuild grows until it is whole.

Everything here follows from the chain's events and can be dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from mendrec.adapters.db.metadata import ADDRESS, DIGEST, METADATA


@dataclass(frozen=True)
class IndexTables:
    """One whole index."""

    events: Table
    event_subjects: Table
    """Which rows of the projections an event changes, so that going back builds those anew and no others."""
    cursor: Table
    projections: Mapping[str, Table]
    """The tables that events are projected into, by the name domain/projection.py uses."""

    @property
    def all(self) -> tuple[Table, ...]:
        """Every table, the cursor last: while it is being filled there is none."""
        return (self.events, self.event_subjects, *self.projections.values(), self.cursor)


def _events(prefix: str) -> Table:
    return Table(
        f"{prefix}events",
        METADATA,
        Column("block_number", BigInteger, primary_key=True, autoincrement=False),
        Column("log_index", Integer, primary_key=True, autoincrement=False),
        Column("block_hash_hex", DIGEST, nullable=False),
        Column("block_timestamp", BigInteger, nullable=False),
        Column("transaction_hash_hex", DIGEST, nullable=False),
        Column("contract", String(32), nullable=False),
        Column("name", String(64), nullable=False),
        Column("args", JSON, nullable=False),
        Column("patient", ADDRESS),
        Index(None, "patient", "block_number", "log_index"),
    )


def _event_subjects(prefix: str) -> Table:
    return Table(
        f"{prefix}event_subjects",
        METADATA,
        Column("subject", String(160), primary_key=True),
        Column("block_number", BigInteger, primary_key=True, autoincrement=False, index=True),
        Column("log_index", Integer, primary_key=True, autoincrement=False),
    )


def _index_cursor(prefix: str) -> Table:
    return Table(
        f"{prefix}index_cursor",
        METADATA,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("block_number", BigInteger, nullable=False),
        Column("block_hash_hex", DIGEST, nullable=False),
        Column("block_timestamp", BigInteger, nullable=False),
        CheckConstraint("id = 1", name="one_row"),
    )


def _participants(prefix: str) -> Table:
    return Table(
        f"{prefix}participants",
        METADATA,
        Column("address", ADDRESS, primary_key=True),
        Column("roles", Integer, nullable=False, default=0),
        Column("suspended", Boolean, nullable=False, default=False),
        Column("credential_expires_at", BigInteger, nullable=False, default=0),
        Column("institution", ADDRESS),
        Column("verifier", ADDRESS),
        Column("recipient_hex", DIGEST),
        Column("licence_commitment_hex", DIGEST),
    )


def _bodies(prefix: str) -> Table:
    return Table(
        f"{prefix}bodies",
        METADATA,
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("address", ADDRESS, nullable=False, unique=True),
        Column("in_standing", Boolean, nullable=False, default=True),
    )


def _categories(prefix: str) -> Table:
    return Table(
        f"{prefix}categories",
        METADATA,
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("code", Text, nullable=False, unique=True),
    )


def _locations(prefix: str) -> Table:
    return Table(
        f"{prefix}locations",
        METADATA,
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("operator", ADDRESS),
        Column("kind", Integer),
        Column("base_uri", Text),
        Column("active", Boolean, nullable=False, default=True),
    )


def _permissions(prefix: str) -> Table:
    return Table(
        f"{prefix}permissions",
        METADATA,
        Column("patient", ADDRESS, primary_key=True),
        Column("grantee", ADDRESS, primary_key=True, index=True),
        Column("category", Integer, primary_key=True, autoincrement=False),
        Column("rights", Integer, nullable=False, default=0),
        Column("from_at", BigInteger, nullable=False, default=0),
        Column("until_at", BigInteger, nullable=False, default=0),
        Column("purpose", Integer, nullable=False, default=0),
        Column("sequence", BigInteger, nullable=False, default=0),
        Column("generation", BigInteger, nullable=False, default=0),
        Column("passed_on", Boolean, nullable=False, default=False),
        Column("revoked_by_patient", Boolean, nullable=False, default=False),
        Column("delegator", ADDRESS, index=True),
        Column("delegator_generation", BigInteger),
    )


def _access_requests(prefix: str) -> Table:
    return Table(
        f"{prefix}access_requests",
        METADATA,
        Column("request_id_hex", DIGEST, primary_key=True),
        Column("patient", ADDRESS, index=True),
        Column("requester", ADDRESS, index=True),
        Column("categories", JSON(none_as_null=True)),
        Column("rights", Integer),
        Column("from_at", BigInteger),
        Column("until_at", BigInteger),
        Column("purpose", Integer),
        Column("asked_at", BigInteger),
        Column("state", Integer, nullable=False, default=0),
    )


def _entries(prefix: str) -> Table:
    return Table(
        f"{prefix}entries",
        METADATA,
        Column("patient", ADDRESS, primary_key=True),
        Column("sequence", BigInteger, primary_key=True, autoincrement=False),
        Column("author", ADDRESS, index=True),
        Column("category", Integer),
        Column("location", Integer),
        Column("recorded_at", BigInteger),
        Column("count", Integer),
        Column("digest_hex", DIGEST, index=True),
        Column("link_hex", DIGEST),
        Column("list_digest_hex", DIGEST),
    )


def _path_versions(prefix: str) -> Table:
    return Table(
        f"{prefix}path_versions",
        METADATA,
        Column("block_number", BigInteger, primary_key=True, autoincrement=False),
        Column("log_index", Integer, primary_key=True, autoincrement=False),
        Column("patient", ADDRESS, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("from_location", Integer, nullable=False),
        Column("to_location", Integer, nullable=False),
        Column("reason", Integer, nullable=False),
        Column("mended_by", ADDRESS, nullable=False),
        Column("mended_at", BigInteger, nullable=False),
        Index(None, "patient", "sequence"),
    )


def _index_tables(prefix: str) -> IndexTables:
    return IndexTables(
        events=_events(prefix),
        event_subjects=_event_subjects(prefix),
        cursor=_index_cursor(prefix),
        projections={
            "participants": _participants(prefix),
            "bodies": _bodies(prefix),
            "categories": _categories(prefix),
            "locations": _locations(prefix),
            "permissions": _permissions(prefix),
            "access_requests": _access_requests(prefix),
            "entries": _entries(prefix),
            "path_versions": _path_versions(prefix),
        },
    )


LIVE = _index_tables("")
"""The index that answers."""

BESIDE = _index_tables("beside_")
"""Where a rebuild grows; empty at other times, or what a rebuild left that was killed."""
