"""Findings and mended copies: :class:`mendrec.ports_care.CareLogRepository`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, RowMapping, and_, case, func, insert, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from mendrec.adapters.db.engine import reading, writing
from mendrec.adapters.db.tables_care import mended_copies, object_findings
from mendrec.domain.health import Health, ObjectRole
from mendrec.domain.model import Address, Cid
from mendrec.ports_care import MendedCopy, ObjectFinding

_NO_LEAF = -1
_KEY = ("patient", "sequence", "leaf_index", "role")


class SqlCareLogRepository:
    """See the port for what each method promises."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, findings: Sequence[ObjectFinding]) -> None:
        """One statement for all of them."""
        if not findings:
            return
        rows = [
            {
                "patient": one.patient,
                "sequence": one.sequence,
                "leaf_index": _leaf(one.leaf_index),
                "role": one.role.value,
                "cid": one.cid,
                "state": int(one.state),
                "copies": dict(one.copies),
                "checked_at": one.checked_at,
            }
            for one in findings
        ]
        with writing(self._engine) as connection:
            upsert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            statement = upsert(object_findings)
            changed = {
                column.name: statement.excluded[column.name]
                for column in object_findings.columns
                if column.name not in _KEY
            }
            connection.execute(statement.on_conflict_do_update(index_elements=list(_KEY), set_=changed), rows)

    def of_records(self, patient: Address, records: Collection[tuple[int, int | None]]) -> Sequence[ObjectFinding]:
        """The list of a batch is not among those of its records: ask for (sequence, None) too."""
        if not records:
            return []
        table = object_findings.c
        wanted = sorted({(sequence, _leaf(leaf_index)) for sequence, leaf_index in records})
        query = select(object_findings).where(
            table.patient == patient, tuple_(table.sequence, table.leaf_index).in_(wanted)
        )
        with reading(self._engine) as connection:
            found = connection.execute(query.order_by(table.sequence, table.leaf_index, table.role)).mappings()
            return [_finding(one) for one in found]

    def records_by_state(self, patient: Address) -> Mapping[Health, int]:
        """Counted by the database: a record is as bad as its worst object."""
        table = object_findings.c
        is_list = table.role == ObjectRole.BATCH_LIST.value
        lists = select(table.sequence, table.state).where(table.patient == patient, is_list).subquery("lists")
        records = (
            select(table.sequence, table.leaf_index, func.max(table.state).label("state"))
            .where(table.patient == patient, ~is_list)
            .group_by(table.sequence, table.leaf_index)
            .subquery("records")
        )
        of_batch = and_(records.c.sequence == lists.c.sequence, records.c.leaf_index != _NO_LEAF)
        worst = case((lists.c.state > records.c.state, lists.c.state), else_=records.c.state).label("worst")
        each = select(worst).select_from(records.outerjoin(lists, of_batch)).subquery("each_record")
        query = select(each.c.worst, func.count()).group_by(each.c.worst)
        with reading(self._engine) as connection:
            return {Health(state): count for state, count in connection.execute(query)}

    def add_mended(self, copies: Sequence[MendedCopy]) -> None:
        """Adds them in their order."""
        rows = [
            {
                "patient": one.patient,
                "sequence": one.sequence,
                "leaf_index": _leaf(one.leaf_index),
                "role": one.role.value,
                "store_name": one.store_name,
                "reason": one.reason,
                "job_id": one.job_id,
                "mended_at": one.mended_at,
            }
            for one in copies
        ]
        if rows:
            with writing(self._engine) as connection:
                connection.execute(insert(mended_copies), rows)

    def mended(self, patient: Address, *, before: tuple[int, int] | None, limit: int) -> Sequence[MendedCopy]:
        """Newest first."""
        table = mended_copies.c
        query = select(mended_copies).where(table.patient == patient)
        if before is not None:
            query = query.where(tuple_(table.mended_at, table.id) < tuple_(*before))
        with reading(self._engine) as connection:
            found = connection.execute(query.order_by(table.mended_at.desc(), table.id.desc()).limit(limit)).mappings()
            return [_mended(one) for one in found]


def _leaf(leaf_index: int | None) -> int:
    return _NO_LEAF if leaf_index is None else leaf_index


def _leaf_of(found: RowMapping) -> int | None:
    return None if found["leaf_index"] == _NO_LEAF else found["leaf_index"]


def _finding(found: RowMapping) -> ObjectFinding:
    values: dict[str, Any] = {
        **found,
        "leaf_index": _leaf_of(found),
        "role": ObjectRole(found["role"]),
        "cid": Cid(found["cid"]),
        "state": Health(found["state"]),
    }
    return ObjectFinding(**values)


def _mended(found: RowMapping) -> MendedCopy:
    return MendedCopy(
        patient=Address(found["patient"]),
        sequence=found["sequence"],
        leaf_index=_leaf_of(found),
        role=ObjectRole(found["role"]),
        store_name=found["store_name"],
        reason=found["reason"],
        job_id=found["job_id"],
        mended_at=found["mended_at"],
        number=found["id"],
    )
