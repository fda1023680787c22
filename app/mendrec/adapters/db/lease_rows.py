"""Leases: :class:`mendrec.ports_relay.LeaseRepository`, and the comparison that each write under one begins with."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from mendrec.adapters.db.engine import reading, writing
from mendrec.adapters.db.tables_relay import leases
from mendrec.ports_relay import Lease, LeaseLost


class SqlLeaseRepository:
    """Implements :class:`mendrec.ports_relay.LeaseRepository`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, name: str, holder: str, *, now: int, lifetime_s: int) -> Lease | None:
        """See :meth:`mendrec.ports_relay.LeaseRepository.take`."""
        expires_at = now + lifetime_s
        if self._is_held(name, now):
            return None  # who only waits keeps nobody from writing
        try:
            with writing(self._engine) as connection:
                query = select(leases.c.fence, leases.c.expires_at).where(leases.c.name == name).with_for_update()
                found = connection.execute(query).one_or_none()
                if found is None:
                    fence = 1
                    connection.execute(insert(leases).values(name=name, holder=holder, fence=1, expires_at=expires_at))
                elif found.expires_at > now:
                    return None
                else:
                    fence = found.fence + 1
                    connection.execute(
                        update(leases)
                        .where(leases.c.name == name)
                        .values(holder=holder, fence=fence, expires_at=expires_at)
                    )
        except IntegrityError:
            return None  # two took it for the first time at once
        return Lease(name, holder, fence, expires_at)

    def _is_held(self, name: str, now: int) -> bool:
        with reading(self._engine) as connection:
            held_until_at = connection.execute(select(leases.c.expires_at).where(leases.c.name == name)).scalar()
            return held_until_at is not None and held_until_at > now

    def renew(self, lease: Lease, *, now: int, lifetime_s: int) -> Lease:
        """See :meth:`mendrec.ports_relay.LeaseRepository.renew`."""
        expires_at = now + lifetime_s
        with writing(self._engine) as connection:
            require_lease(connection, lease)
            connection.execute(update(leases).where(leases.c.name == lease.name).values(expires_at=expires_at))
        return Lease(lease.name, lease.holder, lease.fence, expires_at)

    def give_back(self, lease: Lease) -> None:
        """See :meth:`mendrec.ports_relay.LeaseRepository.give_back`."""
        with writing(self._engine) as connection:
            mine = (leases.c.name == lease.name) & (leases.c.fence == lease.fence)
            connection.execute(update(leases).where(mine).values(expires_at=0))


def require_lease(connection: Connection, lease: Lease) -> None:
    """Raises LeaseLost unless ``lease`` is still its holder's. Nobody can take it until the transaction has ended.

    A lease that has lapsed and that nobody has taken is still the holder's: whoever takes it waits for this row.
    """
    query = select(leases.c.fence).where(leases.c.name == lease.name).with_for_update()
    if connection.execute(query).scalar() != lease.fence:
        raise LeaseLost("Another worker has taken over.")
