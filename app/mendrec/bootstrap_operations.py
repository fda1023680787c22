"""Composition of what operators run: backup and restore, readiness, doctor. Builds adapters as bootstrap.py does."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from mendrec.adapters.archive import file_member, files_below, read_archive, write_archive
from mendrec.adapters.chain.client import ChainClient
from mendrec.adapters.chain.registry import FileDeploymentRegistry
from mendrec.adapters.db.engine import open_engine
from mendrec.adapters.db.operation_rows import SqlOperationRows
from mendrec.adapters.db.portable import PortableDatabase
from mendrec.adapters.installation import room
from mendrec.adapters.system import SystemClock
from mendrec.bootstrap import NotDeployed, open_store
from mendrec.config import Config, load_config
from mendrec.domain.condition import Condition
from mendrec.domain.placement import PlacementRule
from mendrec.keyring import Keyring
from mendrec.ports import Clock
from mendrec.services.backup import Archive, BackupService, RestoreService
from mendrec.services.readiness import (
    Look,
    Readiness,
    disk_conditions,
    head_conditions,
    index_conditions,
    kept,
    outbox_conditions,
    relayer_conditions,
    store_conditions,
    worker_conditions,
)

_STORES_KEPT_FOR_S = 60
"""Each look at a store writes to it."""
_ARCHIVE = Archive(write=write_archive, read=read_archive, file=file_member, files_below=files_below)


def open_backup(config: Config) -> BackupService:
    """Returns what copies a home away. Neither chain nor stores need to answer."""
    return BackupService(
        home=config.home,
        database=PortableDatabase(config.database_url),
        archive=_ARCHIVE,
        stores=store_folders(config),
        chain_id=config.chain.chain_id,
        now=SystemClock().now,
    )


def open_restore() -> RestoreService:
    """Returns what brings a home back."""
    return RestoreService(
        archive=_ARCHIVE,
        open_database=lambda home: PortableDatabase(load_config(home).database_url),
        store_folders=lambda home: store_folders(load_config(home)),
    )


def store_folders(config: Config) -> Mapping[str, Path]:
    """The folders of the directory stores, by the store's name."""
    return {store.name: Path(store.target) for store in config.stores if store.kind == "directory"}


class NodeLooks:
    """What is looked at of a home that is set up; nothing is opened before a look needs it."""

    def __init__(self, config: Config, *, clock: Clock | None = None) -> None:
        self._config = config
        self._clock = clock or SystemClock()
        self._client: ChainClient | None = None
        self.rows = SqlOperationRows(open_engine(config.database_url))

    def client(self) -> ChainClient:
        """The chain. Raises ChainUnavailable, WrongChainError."""
        if self._client is None:
            chain = self._config.chain
            self._client = ChainClient.connect(chain.rpc_url, expected_chain_id=chain.chain_id)
        return self._client

    def first_block(self) -> int:
        """The first block that the index reads. Raises NotDeployed."""
        chain_id = self._config.chain.chain_id
        deployment = FileDeploymentRegistry(self._config.registry_path.parent).load(chain_id)
        if deployment is None:
            raise NotDeployed(f"This home knows of no contracts on chain {chain_id}.")
        return min(deployment.blocks.values())

    def chain(self) -> Iterable[Condition]:
        """The head and the clock."""
        return head_conditions(self.client().head_block(), self._clock.now())

    def index(self) -> Iterable[Condition]:
        """How far the index is behind."""
        return index_conditions(self.client().head_block(), self.rows.index_cursor(), self.first_block())

    def stores(self) -> Iterable[Condition]:
        """Every store, and the placement rule over those that work."""
        rule = PlacementRule(self._config.placement.copies, self._config.placement.failure_domains)
        return store_conditions([open_store(store) for store in self._config.stores], rule)

    def outbox(self) -> Iterable[Condition]:
        """What waits to be sent."""
        counts = self.rows.outbox_counts()
        oldest = self.rows.oldest_waiting_at()
        age_s = None if oldest is None else max(0, self._clock.now() - oldest)
        return outbox_conditions(counts.get("queued", 0) + counts.get("signed", 0), age_s)

    def worker(self) -> Iterable[Condition]:
        """Whether a worker holds the lease."""
        return worker_conditions(self.rows.lease_expires_at(), self._clock.now())

    def relayer(self) -> Iterable[Condition]:
        """Whether the relayer can pay; nothing where there is none."""
        if self._config.relayer is None:
            return ()
        address = Keyring(self._config.keys_path).address(self._config.relayer.key)
        quote = self.client().fee_quote()
        return relayer_conditions(self.client().balance_wei(address), quote.base_fee_wei + quote.priority_fee_wei)

    def disks(self) -> Iterable[Condition]:
        """Room for the home, and for every directory store."""
        for name, folder in {"home": self._config.home, **store_folders(self._config)}.items():
            yield from disk_conditions(name, *room(folder))


def open_readiness(config: Config, *, clock: Clock | None = None) -> Readiness:
    """Returns what tells whether a node over this home can serve."""
    clock = clock or SystemClock()
    looks = NodeLooks(config, clock=clock)
    found: list[tuple[str, Look]] = [
        ("chain", looks.chain),
        ("index", looks.index),
        ("stores", kept(looks.stores, time.monotonic, _STORES_KEPT_FOR_S)),
        ("outbox", looks.outbox),
        ("worker", looks.worker),
        ("relayer", looks.relayer),
        ("disk", looks.disks),
    ]
    return Readiness(found, now=clock.now, monotonic=time.monotonic)
