"""Questions that the index answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Engine, RowMapping, Select, select

from mendrec.adapters.db.engine import reading
from mendrec.adapters.db.tables import (
    access_requests,
    categories,
    entries,
    locations,
    participants,
    path_versions,
    permissions,
)
from mendrec.domain.model import (
    Address,
    ChainEntry,
    LocationInfo,
    MendReason,
    PermissionBlock,
    Purpose,
    Right,
    Role,
    Terms,
)
from mendrec.ports_db import IndexedEntry, IndexedParticipant, IndexedPermission, IndexedRequest, PathVersion


class IndexQueries:
    """The reading half of :class:`mendrec.ports_db.IndexRepository`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def entries(self, patient: Address) -> Sequence[IndexedEntry]:
        """A patient's entries in their order."""
        return [_entry(found) for found in self._all(_entries_of(patient))]

    def entry(self, patient: Address, sequence: int) -> IndexedEntry | None:
        """One entry; None where the index has none."""
        found = self._all(_entries_of(patient).where(entries.c.sequence == sequence))
        return _entry(found[0]) if found else None

    def last_entry(self, patient: Address) -> IndexedEntry | None:
        """The newest entry of a patient."""
        query = select(entries).where(entries.c.patient == patient).order_by(entries.c.sequence.desc()).limit(1)
        found = self._all(query)
        return _entry(found[0]) if found else None

    def permissions(
        self, *, patient: Address | None = None, grantee: Address | None = None
    ) -> Sequence[IndexedPermission]:
        """Permission blocks of a patient, of a grantee, of both, or all."""
        query = select(permissions).order_by(*permissions.primary_key.columns)
        if patient is not None:
            query = query.where(permissions.c.patient == patient)
        if grantee is not None:
            query = query.where(permissions.c.grantee == grantee)
        return [_permission(found) for found in self._all(query)]

    def requests(self, *, patient: Address | None = None, requester: Address | None = None) -> Sequence[IndexedRequest]:
        """Requests for access, oldest first."""
        query = select(access_requests).order_by(access_requests.c.asked_at, access_requests.c.request_id_hex)
        if patient is not None:
            query = query.where(access_requests.c.patient == patient)
        if requester is not None:
            query = query.where(access_requests.c.requester == requester)
        return [_request(found) for found in self._all(query)]

    def participants(self) -> Sequence[IndexedParticipant]:
        """Everybody, by address."""
        return [_participant(found) for found in self._all(select(participants).order_by(participants.c.address))]

    def categories(self) -> Mapping[int, str]:
        """Number → code."""
        return {found["number"]: found["code"] for found in self._all(select(categories).order_by(categories.c.number))}

    def locations(self) -> Sequence[LocationInfo]:
        """Every location ever registered."""
        return [
            LocationInfo(**{**found, "operator": Address(found["operator"])})
            for found in self._all(select(locations).order_by(locations.c.number))
        ]

    def path_versions(self, patient: Address, sequence: int) -> Sequence[PathVersion]:
        """The moves of one entry, oldest first."""
        table = path_versions.c
        query = (
            select(path_versions)
            .where(table.patient == patient, table.sequence == sequence)
            .order_by(table.block_number, table.log_index)
        )
        return [
            PathVersion(
                found["from_location"],
                found["to_location"],
                MendReason(found["reason"]),
                Address(found["mended_by"]),
                found["mended_at"],
            )
            for found in self._all(query)
        ]

    def _all(self, query: Select[tuple[object, ...]]) -> Sequence[RowMapping]:
        with reading(self._engine) as connection:
            return connection.execute(query).mappings().all()


def _entries_of(patient: Address) -> Select[tuple[object, ...]]:
    return select(entries).where(entries.c.patient == patient).order_by(entries.c.sequence)


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


def _participant(found: RowMapping) -> IndexedParticipant:
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
