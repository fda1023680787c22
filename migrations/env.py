"""Alembic's environment. The connection or the URL comes from mendrec.adapters.db.migrate, or from ``-x url=…``."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from mendrec.adapters.db.engine import open_engine
from mendrec.adapters.db.schema import METADATA

_LONGEST_MS = 3_600_000
_MIGRATING = 0x6D656E64726563  # "mendrec"


def run() -> None:
    url = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True)["url"]
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                # Who waits for another process that migrates waits to its end, as on PostgreSQL below.
                connection.connection.cursor().execute(f"PRAGMA busy_timeout = {_LONGEST_MS}")
            # SQLite too undoes a change of schema where the driver begins nothing by itself, which open_engine sees to.
            # Without it each statement stands alone, and of two processes that start at once one finds half a step.
            context.configure(
                connection=connection, target_metadata=METADATA, render_as_batch=True, transactional_ddl=True
            )
            with context.begin_transaction():
                if connection.dialect.name == "postgresql":
                    # Of several processes that start at once, one migrates; a long one is not cut off.
                    connection.execute(text("SET LOCAL statement_timeout = 0"))
                    connection.execute(text("SET LOCAL lock_timeout = 0"))
                    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATING})
                    connection.execute(text("SET LOCAL lock_timeout TO DEFAULT"))  # of tables: who waits blocks others
                context.run_migrations()
    finally:
        engine.dispose()


run()
