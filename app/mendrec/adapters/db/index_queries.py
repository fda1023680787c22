"""Questions that the index answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, RowMapping, Select, case, func, select, tuple_

from mendrec.adapters.db.engine import reading
from mendrec.adapters.db.tables_index import IndexTables
from mendrec.domain.event_id import EventId
from mendrec.domain.model import (
    Address,
    ChainEntry,
    ChainEvent,
    LocationInfo,
    MendReason,
    PermissionBlock,
    Purpose,
    Right,
    Role,
    Terms,
)
from mendrec.ports_db import (
    IndexedEntry,
    IndexedParticipant,
    IndexedPermission,
    IndexedRequest,
    PathVersion,
    PlacedPathVersion,
)


class IndexQueries:
    """The reading half of :class:`mendrec.ports_db.IndexRepository`. Pages go by key, so each costs the same."""

    def __init__(self, engine: Engine, tables: IndexTables) -> None:
        self._engine = engine
        self._tables = tables

    def entries(
        self, patient: Address, *, after_sequence: int | None = None, limit: int | None = None
    ) -> Sequence[IndexedEntry]:
        """A patient's entries in their order."""
        table = self._tables.projections["entries"]
        query = select(table).where(table.c.patient == patient).order_by(table.c.sequence).limit(limit)
        if after_sequence is not None:
            query = query.where(table.c.sequence > after_sequence)
        return [_entry(found) for found in self._all(query)]

    def entry(self, patient: Address, sequence: int) -> IndexedEntry | None:
        """One entry; None where the index has none."""
        table = self._tables.projections["entries"]
        found = self._all(select(table).where(table.c.patient == patient, table.c.sequence == sequence))
        return _entry(found[0]) if found else None

    def entry_of_digest(self, patient: Address, digest_hex: str) -> IndexedEntry | None:
        """The entry with a digest: a single record's manifest, or a batch's root."""
        table = self._tables.projections["entries"]
        query = select(table).where(table.c.digest_hex == digest_hex, table.c.patient == patient)
        found = self._all(query.order_by(table.c.sequence).limit(1))
        return _entry(found[0]) if found else None

    def last_entry(self, patient: Address) -> IndexedEntry | None:
        """The newest entry of a patient."""
        table = self._tables.projections["entries"]
        query = select(table).where(table.c.patient == patient).order_by(table.c.sequence.desc()).limit(1)
        found = self._all(query)
        return _entry(found[0]) if found else None

    def events_of_patient(self, patient: Address, *, after: EventId | None, limit: int) -> Sequence[ChainEvent]:
        """See :meth:`mendrec.ports_db.IndexRepository.events_of_patient`."""
        return self._events(after, limit, patient)

    def events_after(self, after: EventId | None, *, limit: int) -> Sequence[ChainEvent]:
        """Events about anybody and anything, in the chain's order."""
        return self._events(after, limit, None)

    def newest_events_of_patient(self, patient: Address, *, before: EventId | None, limit: int) -> Sequence[ChainEvent]:
        """See :meth:`mendrec.ports_db.IndexRepository.newest_events_of_patient`."""
        table = self._tables.events.c
        query = select(self._tables.events).where(table.patient == patient)
        if before is not None:
            query = query.where(tuple_(table.block_number, table.log_index) < tuple_(*before))
        query = query.order_by(table.block_number.desc(), table.log_index.desc()).limit(limit)
        return [event_of(found) for found in self._all(query)]

    def permissions(
        self,
        *,
        patient: Address | None = None,
        grantee: Address | None = None,
        delegator: Address | None = None,
        after: tuple[Address, Address, int] | None = None,
        limit: int | None = None,
    ) -> Sequence[IndexedPermission]:
        """Permission blocks of a patient, of a grantee, passed on by somebody, of several of these, or all."""
        table = self._tables.projections["permissions"]
        query = select(table).order_by(*table.primary_key.columns).limit(limit)
        if patient is not None:
            query = query.where(table.c.patient == patient)
        if grantee is not None:
            query = query.where(table.c.grantee == grantee)
        if delegator is not None:
            query = query.where(table.c.delegator == delegator)
        if after is not None:
            query = query.where(tuple_(*table.primary_key.columns) > tuple_(*after))
        return [_permission(found) for found in self._all(query)]

    def requests(
        self,
        *,
        patient: Address | None = None,
        requester: Address | None = None,
        after: tuple[int, str] | None = None,
        limit: int | None = None,
    ) -> Sequence[IndexedRequest]:
        """Requests for access, oldest first."""
        table = self._tables.projections["access_requests"]
        query = select(table).order_by(table.c.asked_at, table.c.request_id_hex).limit(limit)
        if patient is not None:
            query = query.where(table.c.patient == patient)
        if requester is not None:
            query = query.where(table.c.requester == requester)
        if after is not None:
            query = query.where(tuple_(table.c.asked_at, table.c.request_id_hex) > tuple_(*after))
        return [_request(found) for found in self._all(query)]

    def request(self, request_id_hex: str) -> IndexedRequest | None:
        """One request for access."""
        table = self._tables.projections["access_requests"]
        found = self._all(select(table).where(table.c.request_id_hex == request_id_hex))
        return _request(found[0]) if found else None

    def participants(self, *, after: Address | None = None, limit: int | None = None) -> Sequence[IndexedParticipant]:
        """Everybody, by address."""
        table = self._tables.projections["participants"]
        query = select(table).order_by(table.c.address).limit(limit)
        if after is not None:
            query = query.where(table.c.address > after)
        return [participant_of(found) for found in self._all(query)]

    def participant(self, who: Address) -> IndexedParticipant | None:
        """One person or body."""
        table = self._tables.projections["participants"]
        found = self._all(select(table).where(table.c.address == who))
        return participant_of(found[0]) if found else None

    def categories(self) -> Mapping[int, str]:
        """Number → code."""
        table = self._tables.projections["categories"]
        return {found["number"]: found["code"] for found in self._all(select(table).order_by(table.c.number))}

    def locations(self) -> Sequence[LocationInfo]:
        """Every location ever registered."""
        table = self._tables.projections["locations"]
        return [
            LocationInfo(**{**found, "operator": Address(found["operator"])})
            for found in self._all(select(table).order_by(table.c.number))
        ]

    def path_versions(self, patient: Address, sequence: int) -> Sequence[PathVersion]:
        """The moves of one entry, oldest first."""
        table = self._tables.projections["path_versions"]
        query = (
            select(table)
            .where(table.c.patient == patient, table.c.sequence == sequence)
            .order_by(table.c.block_number, table.c.log_index)
        )
        return [_path_version(found) for found in self._all(query)]

    def newest_path_versions(
        self, patient: Address, *, before: tuple[int, int, int] | None, limit: int
    ) -> Sequence[PlacedPathVersion]:
        """See :meth:`mendrec.ports_db.IndexRepository.newest_path_versions`."""
        table = self._tables.projections["path_versions"].c
        place = (table.mended_at, table.block_number, table.log_index)
        query = select(self._tables.projections["path_versions"]).where(table.patient == patient)
        if before is not None:
            query = query.where(tuple_(*place) < tuple_(*before))
        query = query.order_by(*(column.desc() for column in place)).limit(limit)
        return [
            PlacedPathVersion(found["sequence"], _path_version(found), found["block_number"], found["log_index"])
            for found in self._all(query)
        ]

    def record_count(self, patient: Address) -> int:
        """An entry that is one record has a count of 0."""
        table = self._tables.projections["entries"].c
        records = case((table.count == 0, 1), else_=table.count)
        (found,) = self._all(select(func.coalesce(func.sum(records), 0).label("n")).where(table.patient == patient))
        return int(found["n"])

    def _events(self, after: EventId | None, limit: int, patient: Address | None) -> Sequence[ChainEvent]:
        table = self._tables.events.c
        query = select(self._tables.events).order_by(table.block_number, table.log_index).limit(limit)
        if patient is not None:
            query = query.where(table.patient == patient)
        if after is not None:
            query = query.where(tuple_(table.block_number, table.log_index) > tuple_(*after))
        return [event_of(found) for found in self._all(query)]

    def _all(self, query: Select[Any]) -> Sequence[RowMapping]:
        with reading(self._engine) as connection:
            return connection.execute(query).mappings().all()


def event_of(found: RowMapping) -> ChainEvent:
    """The event that a row of the events table holds."""
    return ChainEvent(**{name: value for name, value in found.items() if name != "patient"})


def _path_version(found: RowMapping) -> PathVersion:
    return PathVersion(
        found["from_location"],
        found["to_location"],
        MendReason(found["reason"]),
        Address(found["mended_by"]),
        found["mended_at"],
    )


def _entry(found: RowMapping) -> IndexedEntry:
    entry = ChainEntry(
        patient=Address(found["patient"]),
        sequence=found["sequence"],
        author=Address(found["author"]),
        category=found["category"],
        location=found["location"],
        digest_hex=found["digest_hex"],
        recorded_at=found["recorded_at"],
        count=found["count"],
    )
    return IndexedEntry(entry, found["link_hex"], found["list_digest_hex"])


def _permission(found: RowMapping) -> IndexedPermission:
    block = PermissionBlock(
        rights=Right(found["rights"]),
        from_at=found["from_at"],
        until_at=found["until_at"],
        purpose=found["purpose"],
        sequence=found["sequence"],
        generation=found["generation"],
        passed_on=found["passed_on"],
        revoked_by_patient=found["revoked_by_patient"],
    )
    delegator = found["delegator"]
    return IndexedPermission(
        Address(found["patient"]),
        Address(found["grantee"]),
        found["category"],
        block,
        None if delegator is None else Address(delegator),
    )


def _request(found: RowMapping) -> IndexedRequest:
    return IndexedRequest(
        request_id_hex=found["request_id_hex"],
        patient=Address(found["patient"]),
        requester=Address(found["requester"]),
        categories=tuple(found["categories"]),
        terms=Terms(Right(found["rights"]), found["from_at"], found["until_at"], Purpose(found["purpose"])),
        asked_at=found["asked_at"],
        state=found["state"],
    )


def participant_of(found: RowMapping) -> IndexedParticipant:
    """The person or body that a row of the participants table holds."""
    return IndexedParticipant(
        address=Address(found["address"]),
        roles=Role(found["roles"]),
        suspended=found["suspended"],
        credential_expires_at=found["credential_expires_at"],
        institution=_address(found["institution"]),
        verifier=_address(found["verifier"]),
        recipient_hex=found["recipient_hex"],
    )


def _address(text: str | None) -> Address | None:
    return None if text is None else Address(text)
