"""Copies and uploads: :class:`mendrec.ports_db.ObjectRepository` and :class:`mendrec.ports_db.UploadRepository`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Column, ColumnElement, Engine, RowMapping, Select, delete, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from mendrec.adapters.db.engine import reading, writing
from mendrec.adapters.db.tables import object_copies, uploads
from mendrec.domain.health import ObjectRole
from mendrec.domain.model import Address, Cid
from mendrec.ports_db import IdempotencyConflict, ObjectCopy, Upload, UploadState

_SINGLE = -1
_PAGE_ROWS = 1_000
_PLACE = ("patient", "sequence", "leaf_index", "role", "cid", "store_name")


class SqlObjectRepository:
    """Implements :class:`mendrec.ports_db.ObjectRepository`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, copies: Iterable[ObjectCopy]) -> None:
        """Adds copies; one that is known already keeps its first time."""
        rows = [_columns(copy) for copy in copies]
        if not rows:
            return
        with writing(self._engine) as connection:
            any_insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            connection.execute(any_insert(object_copies).on_conflict_do_nothing(), rows)

    def remove(self, cid: Cid, store_name: str) -> None:
        """Forgets the copies of ``cid`` in a store, whichever record they are of."""
        with writing(self._engine) as connection:
            connection.execute(
                delete(object_copies).where(object_copies.c.cid == cid, object_copies.c.store_name == store_name)
            )

    def forget(self, copies: Iterable[ObjectCopy]) -> None:
        """Forgets these and no others."""
        with writing(self._engine) as connection:
            for copy in copies:
                columns = _columns(copy)
                same = (object_copies.c[name] == columns[name] for name in (*_PLACE, "manifest_digest_hex"))
                connection.execute(delete(object_copies).where(*same))

    def of_patient(self, patient: Address) -> Sequence[ObjectCopy]:
        """A patient's copies."""
        return self._where(object_copies.c.patient == patient)

    def of_record(self, patient: Address, manifest_digest_hex: str) -> Sequence[ObjectCopy]:
        """The copies of one record's objects."""
        return self._where(
            object_copies.c.patient == patient, object_copies.c.manifest_digest_hex == manifest_digest_hex
        )

    def all(self) -> Iterator[ObjectCopy]:
        """Every copy, page by page."""
        place = tuple_(*_place_columns())
        query = _ordered().limit(_PAGE_ROWS)
        while True:
            with reading(self._engine) as connection:
                page = connection.execute(query).mappings().all()
            yield from map(_copy, page)
            if len(page) < _PAGE_ROWS:
                return
            query = _ordered().where(place > tuple_(*(page[-1][name] for name in _PLACE))).limit(_PAGE_ROWS)

    def _where(self, *conditions: ColumnElement[bool]) -> Sequence[ObjectCopy]:
        with reading(self._engine) as connection:
            return [_copy(found) for found in connection.execute(_ordered().where(*conditions)).mappings()]


class SqlUploadRepository:
    """Implements :class:`mendrec.ports_db.UploadRepository`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, key: str, request_digest_hex: str, *, now: int) -> Upload:
        """See :meth:`mendrec.ports_db.UploadRepository.begin`."""
        row = {
            "key": key,
            "request_digest_hex": request_digest_hex,
            "state": UploadState.STARTED.value,
            "progress": {},
            "started_at": now,
        }
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(uploads).values(row))
        except IntegrityError:
            pass  # it was begun before
        with reading(self._engine) as connection:
            found = _upload(connection.execute(select(uploads).where(uploads.c.key == key)).mappings().one())
        if found.request_digest_hex != request_digest_hex:
            raise IdempotencyConflict(f"The key {key!r} was used for another upload.")
        return found

    def save_progress(self, key: str, progress: Mapping[str, Any]) -> None:
        """Replaces what is known of an unfinished upload."""
        self._set(key, progress=dict(progress))

    def finish(self, key: str, result: Mapping[str, Any]) -> None:
        """Marks an upload done, with its result."""
        self._set(key, progress=dict(result), state=UploadState.DONE.value)

    def unfinished(self) -> Sequence[Upload]:
        """Uploads that were begun and not finished, oldest first."""
        query = (
            select(uploads)
            .where(uploads.c.state == UploadState.STARTED.value)
            .order_by(uploads.c.started_at, uploads.c.key)
        )
        with reading(self._engine) as connection:
            return [_upload(found) for found in connection.execute(query).mappings()]

    def _set(self, key: str, **values: Any) -> None:
        """Changes an unfinished upload; one that is done keeps its result, whoever comes late."""
        with writing(self._engine) as connection:
            unfinished = (uploads.c.key == key, uploads.c.state == UploadState.STARTED.value)
            connection.execute(update(uploads).where(*unfinished).values(**values))


def _place_columns() -> list[Column[Any]]:
    return [object_copies.c[name] for name in _PLACE]


def _ordered() -> Select[Any]:
    return select(object_copies).order_by(*_place_columns())


def _columns(copy: ObjectCopy) -> dict[str, Any]:
    leaf_index = _SINGLE if copy.leaf_index is None else copy.leaf_index
    return asdict(copy) | {"leaf_index": leaf_index, "role": copy.role.value}


def _copy(found: RowMapping) -> ObjectCopy:
    values = {name: value for name, value in found.items() if name != "id"}
    values["leaf_index"] = None if found["leaf_index"] == _SINGLE else found["leaf_index"]
    values["role"] = ObjectRole(found["role"])
    return ObjectCopy(**values)


def _upload(found: RowMapping) -> Upload:
    return Upload(**{**found, "state": UploadState(found["state"])})
