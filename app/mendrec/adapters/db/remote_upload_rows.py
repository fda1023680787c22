"""Uploads over HTTP: :class:`mendrec.ports_uploads.RemoteUploadRepository`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    cast,
    delete,
    exists,
    false,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from mendrec.adapters.db.engine import reading, writing
from mendrec.adapters.db.tables import object_copies
from mendrec.adapters.db.tables_uploads import remote_upload_objects as parts
from mendrec.adapters.db.tables_uploads import remote_uploads as uploads
from mendrec.domain.health import ObjectRole
from mendrec.domain.limits import LIMITS
from mendrec.domain.model import Address, Cid
from mendrec.ports_db import IdempotencyConflict
from mendrec.ports_uploads import (
    ANNOUNCED,
    AnnouncedRecord,
    ChangedMeanwhile,
    RemoteUpload,
    RemoteUploadState,
    TooManyUploads,
    UploadObject,
)

_IN_AT_A_TIME = 500
"""Values of one IN: databases bound the number of parameters."""
_DAY_S = 86_400
_UNSIGNED = (RemoteUploadState.OPEN.value, RemoteUploadState.STORED.value)
_OVER = (RemoteUploadState.DONE.value, RemoteUploadState.EXPIRED.value)


class _NotAll(Exception):
    """Rolls a transaction back."""


class SqlRemoteUploadRepository:
    """See the port for what each method promises."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, upload: RemoteUpload, objects: Sequence[UploadObject]) -> RemoteUpload:
        """Adds an upload with its objects, or returns the one under the same key."""
        try:
            with writing(self._engine, alone=f"uploads of {upload.author}") as connection:
                connection.execute(insert(uploads).values(_columns(upload)))
                connection.execute(insert(parts), [_part_columns(upload.upload_id, one) for one in objects])
                _require_allowed(connection, upload)
        except IntegrityError:
            found = self.by_key(upload.author, upload.key)
            if found is None:  # neither its key nor its random id: a fault, and not the caller's
                raise
            if found.request_digest_hex != upload.request_digest_hex:
                raise IdempotencyConflict("The key was used for another upload.") from None
            return found
        return upload

    def get(self, upload_id: str) -> RemoteUpload | None:
        """One upload."""
        with reading(self._engine) as connection:
            found = connection.execute(select(uploads).where(uploads.c.upload_id == upload_id)).mappings().first()
        return None if found is None else _upload(found)

    def by_key(self, author: Address, key: str) -> RemoteUpload | None:
        """The upload that a person began under a key."""
        query = select(uploads).where(uploads.c.author == author, uploads.c.key == key)
        with reading(self._engine) as connection:
            found = connection.execute(query).mappings().first()
        return None if found is None else _upload(found)

    def objects(self, upload_id: str) -> Sequence[UploadObject]:
        """An upload's objects in order."""
        query = select(parts).where(parts.c.upload_id == upload_id).order_by(parts.c.record_index, parts.c.role)
        with reading(self._engine) as connection:
            return [_part(found) for found in connection.execute(query).mappings()]

    def object(self, upload_id: str, cid: Cid) -> UploadObject | None:
        """One object of an upload."""
        query = select(parts).where(parts.c.upload_id == upload_id, parts.c.cid == cid)
        with reading(self._engine) as connection:
            found = connection.execute(query).mappings().first()
        return None if found is None else _part(found)

    def move_received(self, upload_id: str, cid: Cid, *, from_bytes: int, to_bytes: int, now: int) -> bool:
        """Compares and sets what has arrived of an object."""
        is_open = exists().where(uploads.c.upload_id == upload_id, uploads.c.state == RemoteUploadState.OPEN.value)
        with writing(self._engine) as connection:
            moved = connection.execute(
                update(parts)
                .where(
                    parts.c.upload_id == upload_id, parts.c.cid == cid, parts.c.received_bytes == from_bytes, is_open
                )
                .values(received_bytes=to_bytes)
            )
            if moved.rowcount != 1:
                return False
            connection.execute(update(uploads).where(uploads.c.upload_id == upload_id).values(touched_at=now))
        return True

    def note_received(self, upload_id: str, cids: Collection[Cid], *, now: int) -> bool:
        """Sets many at once; the upload's own row is taken first, so that it stays open meanwhile."""
        wanted, still_open = list(cids), RemoteUploadState.OPEN.value
        with suppress(_NotAll), writing(self._engine) as connection:
            taken = update(uploads).where(uploads.c.upload_id == upload_id, uploads.c.state == still_open)
            if connection.execute(taken.values(touched_at=now)).rowcount != 1:
                raise _NotAll
            for start in range(0, len(wanted), _IN_AT_A_TIME):
                some = wanted[start : start + _IN_AT_A_TIME]
                mine = update(parts).where(parts.c.upload_id == upload_id, parts.c.cid.in_(some))
                if connection.execute(mine.values(received_bytes=parts.c.size_bytes)).rowcount != len(some):
                    raise _NotAll
            return True
        return False

    def note_stored(self, upload_id: str, objects: Sequence[UploadObject]) -> None:
        """Replaces what is known of where objects are; adds those that are new."""
        with writing(self._engine) as connection:
            for one in objects:
                columns = _part_columns(upload_id, one)
                found = connection.execute(
                    update(parts)
                    .where(parts.c.upload_id == upload_id, parts.c.cid == one.cid)
                    .values(stored_in=columns["stored_in"], made_in=columns["made_in"])
                )
                if found.rowcount == 0:
                    connection.execute(insert(parts).values(columns))

    def change(
        self, upload: RemoteUpload, state: RemoteUploadState, progress: Mapping[str, Any], *, now: int
    ) -> RemoteUpload:
        """Compares the version and sets."""
        values = {"state": state.value, "progress": dict(progress), "version": upload.version + 1, "touched_at": now}
        with writing(self._engine) as connection:
            changed = connection.execute(
                update(uploads)
                .where(uploads.c.upload_id == upload.upload_id, uploads.c.version == upload.version)
                .values(values)
            )
            if changed.rowcount != 1:
                raise ChangedMeanwhile("The upload was changed by somebody else at the same time.")
            return _upload(_row(connection, upload.upload_id))

    def open_of(self, author: Address) -> tuple[int, int]:
        """Count and announced bytes of what a person has not finished."""
        with reading(self._engine) as connection:
            return _open_of(connection, author)

    def in_state(self, states: Collection[RemoteUploadState], *, untouched_since: int | None = None) -> Sequence[str]:
        """Ids, the least recently touched first."""
        query = (
            select(uploads.c.upload_id)
            .where(uploads.c.state.in_([state.value for state in states]))
            .order_by(uploads.c.touched_at, uploads.c.upload_id)
        )
        if untouched_since is not None:
            query = query.where(uploads.c.touched_at <= untouched_since)
        with reading(self._engine) as connection:
            return list(connection.execute(query).scalars())

    def in_use(self, cids: Collection[Cid], *, besides: str) -> frozenset[Cid]:
        """Those that something else needs."""
        found: set[Cid] = set()
        wanted = list(cids)
        with reading(self._engine) as connection:
            for start in range(0, len(wanted), _IN_AT_A_TIME):
                some = wanted[start : start + _IN_AT_A_TIME]
                found.update(
                    connection.execute(select(object_copies.c.cid).where(object_copies.c.cid.in_(some))).scalars()
                )
                query = (
                    select(parts.c.cid)
                    .join(uploads, uploads.c.upload_id == parts.c.upload_id)
                    .where(
                        parts.c.cid.in_(some),
                        parts.c.upload_id != besides,
                        uploads.c.state != RemoteUploadState.DONE.value,  # one given up needs them until it is cleaned
                    )
                )
                found.update(connection.execute(query).scalars())
        return frozenset(found)

    def records_with(self, cid: Cid) -> frozenset[tuple[Address, str]]:
        """(patient, manifest digest) of the anchored records with this object."""
        copies = object_copies.c
        query = select(copies.patient, copies.manifest_digest_hex).where(copies.cid == cid).distinct()
        with reading(self._engine) as connection:
            return frozenset((Address(patient), digest) for patient, digest in connection.execute(query))

    def with_payload(self, patient: Address, manifest_digests_hex: Collection[str]) -> frozenset[str]:
        """Records with a copy of their payload."""
        copies, wanted = object_copies.c, list(manifest_digests_hex)
        mine = (copies.patient == patient, copies.role == ObjectRole.PAYLOAD.value)
        found: set[str] = set()
        with reading(self._engine) as connection:
            for start in range(0, len(wanted), _IN_AT_A_TIME):
                some = copies.manifest_digest_hex.in_(wanted[start : start + _IN_AT_A_TIME])
                found.update(connection.execute(select(copies.manifest_digest_hex).where(*mine, some)).scalars())
        return frozenset(found)

    def not_cleaned(self) -> Sequence[str]:
        """Given up, and something is left."""
        return self._given_up(func.coalesce(uploads.c.progress["cleaned"].as_boolean(), false()).is_(false()))

    def cleaned(self, *, untouched_since: int) -> Sequence[str]:
        """Given up, and nothing is left."""
        return self._given_up(uploads.c.progress["cleaned"].as_boolean(), uploads.c.touched_at <= untouched_since)

    def _given_up(self, *conditions: ColumnElement[bool]) -> Sequence[str]:
        expired = uploads.c.state == RemoteUploadState.EXPIRED.value
        query = select(uploads.c.upload_id).where(expired, *conditions)
        with reading(self._engine) as connection:
            ordered = query.order_by(uploads.c.touched_at, uploads.c.upload_id)
            return list(connection.execute(ordered).scalars())

    def drop_objects(self, upload_id: str) -> None:
        """Drops an expired upload's objects."""
        expired = exists().where(uploads.c.upload_id == upload_id, uploads.c.state == RemoteUploadState.EXPIRED.value)
        with writing(self._engine) as connection:
            connection.execute(delete(parts).where(parts.c.upload_id == upload_id, expired))

    def forget(self, upload_id: str) -> None:
        """Drops an upload that is over, with its objects."""
        over = exists().where(uploads.c.upload_id == upload_id, uploads.c.state.in_(_OVER))
        with writing(self._engine) as connection:
            connection.execute(delete(parts).where(parts.c.upload_id == upload_id, over))
            connection.execute(delete(uploads).where(uploads.c.upload_id == upload_id, uploads.c.state.in_(_OVER)))


def _require_allowed(connection: Connection, upload: RemoteUpload) -> None:
    """Raises TooManyUploads where the upload, which is in already, is too much. Its objects may be gone later on."""
    count, size_bytes = _open_of(connection, upload.author)
    if count > LIMITS.uploads_open_max_count or size_bytes > LIMITS.uploads_open_max_bytes:
        raise TooManyUploads("You have too many unfinished uploads, or too much in them.")
    announced = uploads.c.progress[ANNOUNCED]
    sums = [func.coalesce(func.sum(cast(announced[name].as_string(), BigInteger)), 0) for name in ("objects", "kib")]
    today = (uploads.c.author == upload.author, uploads.c.created_at > upload.created_at - _DAY_S)
    begun, *announced_sums = connection.execute(select(func.count(), *sums).where(*today)).one()
    objects, kib = announced_sums
    if (
        begun > LIMITS.uploads_day_max_count
        or objects > LIMITS.uploads_day_max_objects
        or kib * 1024 > LIMITS.uploads_day_max_bytes
    ):
        raise TooManyUploads("You have announced as much as one person may within a day.", remedy="Go on tomorrow.")


def _open_of(connection: Connection, author: Address) -> tuple[int, int]:
    mine = (uploads.c.author == author, uploads.c.state.in_(_UNSIGNED))
    size = (
        select(func.coalesce(func.sum(parts.c.size_bytes), 0))
        .join(uploads, uploads.c.upload_id == parts.c.upload_id)
        .where(*mine)
    )
    count = connection.execute(select(func.count()).select_from(uploads).where(*mine)).scalar_one()
    return int(count), int(connection.execute(size).scalar_one())


def _row(connection: Connection, upload_id: str) -> RowMapping:
    return connection.execute(select(uploads).where(uploads.c.upload_id == upload_id)).mappings().one()


def _columns(upload: RemoteUpload) -> dict[str, Any]:
    return {
        "upload_id": upload.upload_id,
        "author": upload.author,
        "patient": upload.patient,
        "key": upload.key,
        "request_digest_hex": upload.request_digest_hex,
        "state": upload.state.value,
        "version": upload.version,
        "records": [[record.category, record.private] for record in upload.records],
        "progress": dict(upload.progress),
        "created_at": upload.created_at,
        "touched_at": upload.touched_at,
    }


def _upload(found: RowMapping) -> RemoteUpload:
    values = dict(found)
    values["state"] = RemoteUploadState(found["state"])
    values["records"] = tuple(AnnouncedRecord(category, private) for category, private in found["records"])
    return RemoteUpload(**values)


def _part_columns(upload_id: str, one: UploadObject) -> dict[str, Any]:
    return {
        "upload_id": upload_id,
        "cid": one.cid,
        "record_index": one.record_index,
        "role": one.role.value,
        "size_bytes": one.size_bytes,
        "received_bytes": one.received_bytes,
        "stored_in": list(one.stored_in),
        "made_in": list(one.made_in),
    }


def _part(found: RowMapping) -> UploadObject:
    return UploadObject(
        found["record_index"],
        ObjectRole(found["role"]),
        Cid(found["cid"]),
        found["size_bytes"],
        found["received_bytes"],
        tuple(found["stored_in"]),
        tuple(found["made_in"]),
    )
