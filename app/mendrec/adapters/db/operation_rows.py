"""What operators want to know of the database: how much waits, since when, and whether a worker is at work."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine, func, select

from mendrec.adapters.db.engine import reading
from mendrec.adapters.db.tables import outbox, uploads
from mendrec.adapters.db.tables_index import LIVE
from mendrec.adapters.db.tables_relay import leases, relayed_acts
from mendrec.domain.model import BlockRef

_WAITING = ("queued", "signed")
_ACT_KEY = "act:"
"""What the outbox key of a relayed act begins with; see tables_relay."""


class SqlOperationRows:
    """Counts, each one indexed query or a small table."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def outbox_counts(self) -> Mapping[str, int]:
        """How many submissions are in each state."""
        with reading(self._engine) as connection:
            found = connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))
            return {str(state): int(count) for state, count in found}

    def relayed_counts(self) -> Mapping[str, int]:
        """The same of the acts alone that people signed."""
        query = select(outbox.c.state, func.count()).where(outbox.c.key.startswith(_ACT_KEY, autoescape=True))
        with reading(self._engine) as connection:
            return {str(state): int(count) for state, count in connection.execute(query.group_by(outbox.c.state))}

    def oldest_waiting_at(self) -> int | None:
        """When the oldest relayed act that is not in a block yet was taken on; None where none waits.

        Acts from the command line are not among them: nothing says when they were begun.
        """
        # From the few that wait to their times: the other way round goes through all that ever were.
        act_id_hex = func.substr(outbox.c.key, len(_ACT_KEY) + 1)
        query = select(func.min(relayed_acts.c.queued_at)).select_from(outbox)
        query = query.join(relayed_acts, relayed_acts.c.act_id_hex == act_id_hex)
        query = query.where(outbox.c.key.startswith(_ACT_KEY, autoescape=True))
        with reading(self._engine) as connection:
            found = connection.execute(query.where(outbox.c.state.in_(_WAITING))).scalar()
        return None if found is None else int(found)

    def lease_expires_at(self) -> int | None:
        """When the worker's lease runs out; None where no worker ever took one."""
        with reading(self._engine) as connection:
            found = connection.execute(select(func.max(leases.c.expires_at))).scalar()
        return None if found is None else int(found)

    def unfinished_uploads(self) -> int:
        """Uploads from this home that were begun and not finished; one that was refused at once has left nothing."""
        query = select(uploads.c.progress).where(uploads.c.state == "started")
        with reading(self._engine) as connection:
            return sum(bool(progress) for progress in connection.execute(query).scalars())

    def index_cursor(self) -> BlockRef | None:
        """The last block in the index."""
        cursor = LIVE.cursor.c
        with reading(self._engine) as connection:
            row = connection.execute(
                select(cursor.block_number, cursor.block_hash_hex, cursor.block_timestamp)
            ).one_or_none()
        return None if row is None else BlockRef(*row)
