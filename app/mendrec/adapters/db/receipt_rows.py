"""A custodian's receipts and spent nonces: :class:`mendrec.ports_db.ReceiptRepository`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import ColumnElement, Engine, RowMapping, and_, delete, insert, select
from sqlalchemy.exc import IntegrityError

from mendrec.adapters.db.engine import reading, writing
from mendrec.adapters.db.tables import receipts, spent_request_nonces
from mendrec.domain.model import Address
from mendrec.ports_db import NO_SUCH_RECORD, ReleaseReceipt, ReplayError


class SqlReceiptRepository:
    """Implements :class:`mendrec.ports_db.ReceiptRepository`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def spend_nonce(self, reader: Address, nonce_hex: str, *, keep_until_at: int) -> None:
        """See :meth:`mendrec.ports_db.ReceiptRepository.spend_nonce`. The primary key decides between two at once."""
        row = {"reader": reader, "nonce_hex": nonce_hex, "keep_until_at": keep_until_at}
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(spent_request_nonces).values(row))
        except IntegrityError as error:
            raise ReplayError("This request was made before.") from error

    def forget_nonces(self, *, before_at: int) -> int:
        """See :meth:`mendrec.ports_db.ReceiptRepository.forget_nonces`."""
        with writing(self._engine) as connection:
            result = connection.execute(
                delete(spent_request_nonces).where(spent_request_nonces.c.keep_until_at < before_at)
            )
            return result.rowcount

    def append(self, receipts_: Sequence[ReleaseReceipt], /) -> None:
        """Adds all of them or none."""
        if receipts_:
            with writing(self._engine) as connection:
                connection.execute(insert(receipts), [asdict(receipt) for receipt in receipts_])

    def of_patient(self, patient: Address) -> Sequence[ReleaseReceipt]:
        """A patient's receipts in the order they were written."""
        query = select(receipts).where(_of_patient(patient)).order_by(receipts.c.id)
        with reading(self._engine) as connection:
            return [_receipt(found) for found in connection.execute(query).mappings()]

    def page(
        self,
        *,
        patient: Address | None = None,
        reader: Address | None = None,
        before_id: int | None = None,
        limit: int,
    ) -> Sequence[tuple[int, ReleaseReceipt]]:
        """See :meth:`mendrec.ports_db.ReceiptRepository.page`."""
        query = select(receipts).order_by(receipts.c.id.desc()).limit(limit)
        if patient is not None:
            query = query.where(_of_patient(patient))
        if reader is not None:
            query = query.where(receipts.c.reader == reader)
        if before_id is not None:
            query = query.where(receipts.c.id < before_id)
        with reading(self._engine) as connection:
            return [(found["id"], _receipt(found)) for found in connection.execute(query).mappings()]

    def after(
        self, *, patient: Address, reader: Address | None = None, after_id: int, limit: int
    ) -> Sequence[tuple[int, ReleaseReceipt]]:
        """See :meth:`mendrec.ports_db.ReceiptRepository.after`."""
        query = select(receipts).where(_of_patient(patient), receipts.c.id > after_id)
        if reader is not None:
            query = query.where(receipts.c.reader == reader)
        with reading(self._engine) as connection:
            found = connection.execute(query.order_by(receipts.c.id).limit(limit)).mappings()
            return [(one["id"], _receipt(one)) for one in found]


def _of_patient(patient: Address) -> ColumnElement[bool]:
    return and_(receipts.c.patient == patient, receipts.c.outcome != NO_SUCH_RECORD)


def _receipt(found: RowMapping) -> ReleaseReceipt:
    return ReleaseReceipt(**{name: value for name, value in found.items() if name != "id"})
