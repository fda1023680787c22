"""Leases: :class:`mendrec.ports_relay.LeaseRepository`, and the comparison that each write under one begins with."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from mendrec.adapters.db.engine import reading, writing
from mendrec.adapters.db.tables_relay import leases
from mendrec.ports_relay import Lease, LeaseLost

_CREDIBLE_LIFETIMES = 2
"""How far ahead the end of a lease may lie, in lifetimes: clocks of several hosts are not quite alike."""


class SqlLeaseRepository:
    """Implements :class:`mendrec.ports_relay.LeaseRepository`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, name: str, holder: str, *, now: int, lifetime_s: int) -> Lease | None:
        """See :meth:`mendrec.ports_relay.LeaseRepository.take`."""
        expires_at = now + lifetime_s
        if self._is_held(name, now, lifetime_s):
            return None  # who only waits keeps nobody from writing
        try:
            with writing(self._engine) as connection:
                query = select(leases.c.fence, leases.c.expires_at).where(leases.c.name == name).with_for_update()
                found = connection.execute(query).one_or_none()
                if found is None:
                    fence = 1
                    connection.execute(insert(leases).values(name=name, holder=holder, fence=1, expires_at=expires_at))
                elif _holds(found.expires_at, now, lifetime_s):
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

    def _is_held(self, name: str, now: int, lifetime_s: int) -> bool:
        with reading(self._engine) as connection:
            held_until_at = connection.execute(select(leases.c.expires_at).where(leases.c.name == name)).scalar()
            return held_until_at is not None and _holds(held_until_at, now, lifetime_s)

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


def _holds(expires_at: int, now: int, lifetime_s: int) -> bool:
    """Whether a lease is in force. One that ends further ahead than any could was taken by a clock that is wrong.

    Its holder may be dead, and would keep everybody out for as long as its clock was ahead. Where it lives, its writes
    are refused from the next taking on: the fence is compared, never the time.
    """
    return now < expires_at <= now + _CREDIBLE_LIFETIMES * lifetime_s


def require_lease(connection: Connection, lease: Lease) -> None:
    """Raises LeaseLost unless ``lease`` is still its holder's. Nobody can take it until the transaction has ended.

    A lease that has lapsed and that nobody has taken is still the holder's: whoever takes it waits for this row.
    """
    query = select(leases.c.fence).where(leases.c.name == lease.name).with_for_update()
    if connection.execute(query).scalar() != lease.fence:
        raise LeaseLost("Another worker has taken over.")
