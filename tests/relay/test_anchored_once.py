"""Uneven nodes, late receipts, restored databases: a record is anchored once, and its only copies are never removed."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from mendrec.adapters.db.index_rows import SqlIndexRepository
from mendrec.adapters.db.object_rows import SqlObjectRepository, SqlUploadRepository
from mendrec.adapters.db.outbox_rows import SqlOutboxRepository
from mendrec.domain.errors import ContractRefusal, NotFoundError, UnavailableError
from mendrec.domain.model import Address, BlockRef, ChainEntry
from mendrec.domain.placement import PlacementRule
from mendrec.ports import TransactionReceipt
from mendrec.ports_db import OutboxState
from mendrec.services.anchoring import Anchorer, ChainBehind
from mendrec.services.copies import Copies
from mendrec.services.index import IndexService
from mendrec.services.ingest import IngestService, UploadResult
from mendrec.services.intake.files import NamedBytes
from mendrec.services.intake.plan import plan_intake
from mendrec.services.outbox import Outbox
from mendrec.services.spooling import PRIVATE
from tests.relay.relay_world import RelayWorld
from tests.simulators.chain_world import QUICK, no_sleep
from tests.simulators.memory_store import MemoryStore

pytestmark = pytest.mark.chain
KEY = "visit"


class Killed(BaseException):
    """The process ends here."""


class LateReceipts:
    """A writer whose receipts are shown so many looks later than the nonce is counted."""

    def __init__(self, inner: Any, looks: int) -> None:
        self._inner = inner
        self.looks = looks

    def receipt(self, hash_hex: str) -> TransactionReceipt | None:
        self.looks -= 1
        found: TransactionReceipt | None = None if self.looks >= 0 else self._inner.receipt(hash_hex)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class Behind:
    """A reader whose backend is some blocks behind."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.blocks = 0

    def head_block(self) -> BlockRef:
        head: BlockRef = self._inner.head_block()
        return head if not self.blocks else self.block(head.number - self.blocks)

    def block(self, number: int) -> BlockRef:
        if number > self._inner.head_block().number - self.blocks:
            raise NotFoundError("There is no such block.")
        found: BlockRef = self._inner.block(number)
        return found

    def entry(self, patient: Address, sequence: int) -> ChainEntry:
        found: ChainEntry = self._inner.entry(patient, sequence, at=self.head_block())
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class Refusing:
    """A writer that refuses to sign, or to simulate, in the contract's words."""

    def __init__(self, inner: Any, refused: str) -> None:
        self._inner = inner
        self._refused = refused

    def __getattr__(self, name: str) -> Any:
        def refuse(*_args: object) -> None:
            raise ContractRefusal("You may not.", contract="Records", name="NotAllowed", args_by_name={})

        return refuse if name == self._refused else getattr(self._inner, name)


def _alone(_name: str) -> AbstractContextManager[None]:
    return contextlib.nullcontext()


@dataclass
class Home:
    """A patient's own home on a chain: the same database and store, whatever the process and the node it asks."""

    relay: RelayWorld
    store: MemoryStore = field(default_factory=lambda: MemoryStore(location=1))

    @property
    def patient(self) -> Any:
        return self.relay.world.wallets["patient"]

    @property
    def engine(self) -> Engine:
        return self.relay.world.engine

    @property
    def uploads(self) -> SqlUploadRepository:
        return SqlUploadRepository(self.engine)

    def ingest(
        self,
        *,
        writer: Any = None,
        reader: Any = None,
        index_reader: Any = None,
        uploads: Any = None,
        fault_point: Callable[[str], None] = lambda _step: None,
    ) -> IngestService:
        world = self.relay.world
        rows = SqlOutboxRepository(self.engine)
        outbox = Outbox(writer or world.writer, rows, sleep=no_sleep, patience=QUICK, fault_point=fault_point)
        index = IndexService(
            index_reader or world.reader,
            SqlIndexRepository(self.engine),
            first_block=min(world.deployment.blocks.values()),
        )
        uploads = uploads or self.uploads
        return IngestService(
            ledger=reader or world.reader,
            anchorer=Anchorer(outbox, index, Copies([self.store], PlacementRule(1, 1)), uploads),
            objects=SqlObjectRepository(self.engine),
            uploads=uploads,
            clock=self.relay.clock,
            custody=lambda: PRIVATE,
            secret=b"\x01" * 32,
            exclusive=_alone,
        )

    def upload(self, service: IngestService, count: int = 1) -> UploadResult:
        texts = [NamedBytes(f"{number}.txt", b"finding %d" % number) for number in range(count)]
        items = plan_intake(texts, "laboratory").items
        return service.upload(self.patient, self.patient.address, items, key=KEY, private=True)

    def entries(self) -> list[str]:
        """The digests of the patient's entries, as the contract has them."""
        found: list[str] = []
        with contextlib.suppress(NotFoundError):
            while True:
                found.append(self.relay.world.reader.entry(self.patient.address, len(found)).digest_hex)
        return found

    def require_once(self, result: UploadResult, *, objects: int) -> None:
        """It is there once, its objects are, and what was told is true."""
        assert len(self.entries()) == 1
        assert {ref.sequence for ref in result.records} == {0}
        assert len(self.store.blobs) == objects
        receipt = self.relay.world.writer.receipt(result.transaction_hash_hex)
        assert receipt is not None
        assert receipt.gas_used == result.gas_used

    def database(self) -> Path:
        assert self.engine.url.database is not None
        return Path(self.engine.url.database)

    def back_up(self) -> None:
        self.engine.dispose()
        shutil.copy(self.database(), self.database().with_suffix(".bak"))

    def restore(self) -> None:
        self.engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{self.database()}{suffix}").unlink(missing_ok=True)
        shutil.copy(self.database().with_suffix(".bak"), self.database())


@pytest.fixture
def home(ward: RelayWorld) -> Home:
    return Home(ward)


@pytest.mark.parametrize("count", [1, 3])
def test_a_receipt_that_is_shown_late_does_not_give_the_records_a_second_place(home: Home, count: int) -> None:
    result = home.upload(home.ingest(writer=LateReceipts(home.relay.world.writer, 5)), count)
    home.require_once(result, objects=3 if count == 1 else 3 * count + 1)


@pytest.mark.parametrize("ledger_is_behind", [True, False])
def test_copies_stay_where_receipts_are_late_and_the_index_is_behind(home: Home, ledger_is_behind: bool) -> None:
    """The contract refuses what has landed; the backend that is asked where it is does not know of it yet."""
    behind = Behind(home.relay.world.reader)
    late = LateReceipts(home.relay.world.writer, 5)

    def fall_behind(step: str) -> None:
        behind.blocks = int(step == "broadcast") or behind.blocks

    service = home.ingest(
        writer=late,
        index_reader=behind,
        reader=behind if ledger_is_behind else None,
        fault_point=fall_behind,
    )
    with pytest.raises(ChainBehind):
        home.upload(service)
    assert len(home.entries()) == 1
    assert len(home.store.blobs) == 3, "they are the only copies of an anchored record"
    behind.blocks = 0
    home.require_once(home.upload(service), objects=3)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("step", ["simulated", "queued", "signed"])
def test_a_database_that_is_put_back_from_before_the_upload_ended_does_not_repeat_it(
    home: Home, step: str, count: int
) -> None:
    result = home.upload(home.ingest(fault_point=lambda reached: home.back_up() if reached == step else None), count)
    home.restore()
    assert home.upload(home.ingest(), count) == result
    home.require_once(result, objects=3 if count == 1 else 3 * count + 1)


def test_a_database_that_is_put_back_from_before_the_call_was_written_does_not_repeat_it(home: Home) -> None:
    class BackedUp(SqlUploadRepository):
        def save_progress(self, key: str, progress: Any) -> None:
            super().save_progress(key, progress)
            if "stored" in progress and "call" not in progress:
                home.back_up()

    result = home.upload(home.ingest(uploads=BackedUp(home.engine)))
    home.restore()
    assert home.upload(home.ingest()) == result
    home.require_once(result, objects=3)


def test_what_the_contract_refuses_before_anything_is_signed_leaves_nothing(home: Home) -> None:
    with pytest.raises(ContractRefusal):
        home.upload(home.ingest(writer=Refusing(home.relay.world.writer, "simulate")), 3)
    assert home.store.blobs == {}
    assert home.uploads.begin(KEY, home.uploads.unfinished()[0].request_digest_hex, now=0).progress == {}
    home.require_once(home.upload(home.ingest(), 3), objects=10)


def test_what_is_refused_once_it_was_written_down_keeps_its_copies_for_the_same_key(home: Home) -> None:
    with pytest.raises(ContractRefusal):
        home.upload(home.ingest(writer=Refusing(home.relay.world.writer, "sign")), 3)
    row = SqlOutboxRepository(home.engine).get(f"upload:{KEY}")
    assert row is not None
    assert row.state is OutboxState.FAILED
    kept = dict(home.store.blobs)
    assert len(kept) == 10
    home.require_once(home.upload(home.ingest(), 3), objects=10)
    assert home.store.blobs == kept, "nothing was sealed anew"


def test_a_crash_while_copies_are_removed_is_not_built_on(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_args: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr("mendrec.services.ingest.remove_copies", die)
        with pytest.raises(Killed):
            home.upload(home.ingest(writer=Refusing(home.relay.world.writer, "simulate")))
    home.store.blobs.clear()  # the removal had come this far
    home.require_once(home.upload(home.ingest()), objects=3)


def test_a_node_that_does_not_answer_costs_no_copies(home: Home) -> None:
    class Away:
        def __getattr__(self, name: str) -> Any:
            def away(*_args: object) -> None:
                raise UnavailableError("The chain can't be reached.")

            return away

    with pytest.raises(UnavailableError):
        home.upload(home.ingest(writer=Away()))
    assert len(home.store.blobs) == 3
    home.require_once(home.upload(home.ingest()), objects=3)
