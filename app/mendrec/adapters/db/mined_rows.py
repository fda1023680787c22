"""What came into blocks, over all lanes of the outbox: for a development chain that has to be brought back."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Engine, select, tuple_

from mendrec.adapters.db.engine import reading
from mendrec.adapters.db.tables import outbox
from mendrec.domain.model import BlockRef
from mendrec.ports import MinedTransaction

_PAGE_ROWS = 200


def newest_first(engine: Engine) -> Iterator[MinedTransaction]:
    """Yields the transactions that succeeded or reverted in a block, by falling block number."""
    table = outbox.c
    query = (
        select(table.id, table.raw_hex, table.block_number, table.block_hash_hex, table.block_timestamp)
        .where(table.block_number.is_not(None), table.raw_hex.is_not(None))
        .order_by(table.block_number.desc(), table.id.desc())
        .limit(_PAGE_ROWS)
    )
    page_query = query
    while True:
        with reading(engine) as connection:
            page = connection.execute(page_query).all()
        for found in page:
            block = BlockRef(found.block_number, found.block_hash_hex, found.block_timestamp)
            yield MinedTransaction(found.raw_hex, block)
        if len(page) < _PAGE_ROWS:
            return
        page_query = query.where(tuple_(table.block_number, table.id) < tuple_(page[-1].block_number, page[-1].id))
