"""What every table has in common: one MetaData, how constraints are named, and the types of an address and a digest."""

from __future__ import annotations

from sqlalchemy import MetaData, String

ADDRESS = String(42)
DIGEST = String(64)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
