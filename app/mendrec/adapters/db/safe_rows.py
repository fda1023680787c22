"""Sealed things that people keep at the node: :class:`mendrec.ports_people.SafeRepository`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from mendrec.adapters.db.engine import reading, writing
from mendrec.adapters.db.tables_people import safe_items
from mendrec.domain.model import Address
from mendrec.ports_people import SafeEntry, SafeItem, SafesFull

_COLUMNS = (safe_items.c.slot, safe_items.c.version, safe_items.c.size_bytes, safe_items.c.changed_at)

_COUNT_OF_NEWCOMERS = select(func.count()).select_from(safe_items).where(safe_items.c.was_enrolled.is_(False))
"""Of an index alone: no sealed bytes are read."""


class SqlSafeRepository:
    """See the port for what each method promises."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list(self, person: Address) -> Sequence[SafeEntry]:
        """By slot; the bytes are not read."""
        query = select(*_COLUMNS).where(safe_items.c.person == person).order_by(safe_items.c.slot)
        with reading(self._engine) as connection:
            return [_entry(found) for found in connection.execute(query).mappings()]

    def get(self, person: Address, slot: str) -> SafeItem | None:
        """One, with its bytes."""
        query = select(*_COLUMNS, safe_items.c.sealed).where(safe_items.c.person == person, safe_items.c.slot == slot)
        with reading(self._engine) as connection:
            found = connection.execute(query).mappings().first()
        return None if found is None else SafeItem(_entry(found), bytes(found["sealed"]))

    def put(
        self,
        person: Address,
        slot: str,
        sealed: bytes,
        *,
        expected_version: int,
        was_enrolled: bool,
        newcomers_max_count: int,
        now: int,
    ) -> SafeEntry | None:
        """The primary key decides between two that are first; the version, between two that follow."""
        adds_newcomer = expected_version == 0 and not was_enrolled
        values = {
            "version": expected_version + 1,
            "sealed": sealed,
            "size_bytes": len(sealed),
            "changed_at": now,
            "was_enrolled": was_enrolled,
        }
        same = (safe_items.c.person == person, safe_items.c.slot == slot, safe_items.c.version == expected_version)
        try:
            with writing(self._engine, alone="safes of newcomers" if adds_newcomer else None) as connection:
                if expected_version == 0:
                    connection.execute(insert(safe_items).values(person=person, slot=slot, **values))
                    if adds_newcomer and connection.execute(_COUNT_OF_NEWCOMERS).scalar_one() > newcomers_max_count:
                        raise SafesFull("The node keeps no more for people who are not in the directory.")
                elif connection.execute(update(safe_items).where(*same).values(values)).rowcount != 1:
                    return None
        except IntegrityError:
            return None
        return SafeEntry(slot, expected_version + 1, len(sealed), now)

    def drop(self, person: Address, slot: str) -> bool:
        """Removes one."""
        query = delete(safe_items).where(safe_items.c.person == person, safe_items.c.slot == slot)
        with writing(self._engine) as connection:
            return connection.execute(query).rowcount == 1

    def of_newcomers(self, *, changed_before_at: int, limit: int) -> Sequence[Address]:
        """Those who have waited longest first."""
        table = safe_items.c
        last = func.max(table.changed_at)
        query = select(table.person).where(table.was_enrolled.is_(False)).group_by(table.person)
        query = query.having(last < changed_before_at).order_by(last, table.person).limit(limit)
        with reading(self._engine) as connection:
            return [Address(person) for person in connection.execute(query).scalars()]

    def keep(self, person: Address) -> None:
        """Notes the enrolment."""
        with writing(self._engine) as connection:
            connection.execute(update(safe_items).where(safe_items.c.person == person).values(was_enrolled=True))

    def forget(self, person: Address, *, changed_before_at: int) -> int:
        """Leaves what was changed meanwhile."""
        table = safe_items.c
        old = (table.person == person, table.was_enrolled.is_(False), table.changed_at < changed_before_at)
        with writing(self._engine) as connection:
            return connection.execute(delete(safe_items).where(*old)).rowcount


def _entry(found: RowMapping) -> SafeEntry:
    return SafeEntry(found["slot"], found["version"], found["size_bytes"], found["changed_at"])
