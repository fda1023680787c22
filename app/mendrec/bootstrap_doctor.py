"""Composition of the doctor: every look at an installation, from the settings file to the custodians' doors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy.engine import make_url

from mendrec.adapters.chain.client import ChainClient
from mendrec.adapters.chain.deployer import Web3Deployer
from mendrec.adapters.chain.registry import FileDeploymentRegistry
from mendrec.adapters.db.migrate import revisions
from mendrec.adapters.db.portable import PortableDatabase
from mendrec.adapters.installation import answers_live, bytes_below, is_port_free, mode_of, modes_below
from mendrec.bootstrap import NotDeployed, open_store
from mendrec.bootstrap_operations import NodeLooks, store_folders
from mendrec.config import CONFIG_NAME, Config, load_config
from mendrec.domain.condition import Condition, failed, fine, warning
from mendrec.domain.errors import MendrecError
from mendrec.domain.model import LocationInfo
from mendrec.domain.placement import PlacementRule
from mendrec.keyring import Keyring
from mendrec.ports import Clock, LedgerReader
from mendrec.services.copies import Copies
from mendrec.services.doctor import (
    custodian_conditions,
    exposure_conditions,
    key_condition,
    leftover_conditions,
    location_conditions,
    permission_conditions,
    port_condition,
    revision_conditions,
)
from mendrec.services.readiness import Look, look_at


class Doctor:
    """Looks at one home. Nothing is changed but one small object written to each store."""

    def __init__(self, home: Path, *, clock: Clock | None = None) -> None:
        self._home = home
        self._clock = clock

    def examine(self) -> Iterator[Condition]:
        """Yields what was found, as it is found; never raises for what is wrong with the installation."""
        try:
            config = load_config(self._home)
        except MendrecError as error:
            yield failed("settings", error)
            return
        yield fine("settings", f"{CONFIG_NAME} can be used.")
        yield from look_at(_looks(_Examination(config, self._clock)))


def _looks(examination: _Examination) -> list[tuple[str, Look]]:
    node = examination.node
    return [
        ("permissions", examination.permissions),
        ("network", examination.exposure),
        ("keys", examination.keys),
        ("database", examination.database),
        ("chain", node.chain),
        ("contracts", examination.contracts),
        ("placement", examination.placement),
        ("stores", node.stores),
        ("locations", examination.locations),
        ("custody", examination.custody),
        ("relayer", examination.relayer),
        ("index", node.index),
        ("outbox", node.outbox),
        ("port", examination.port),
        ("worker", examination.worker),
        ("disk", node.disks),
        ("leftovers", examination.leftovers),
    ]


class _Examination:
    def __init__(self, config: Config, clock: Clock | None) -> None:
        self._config = config
        self._keyring = Keyring(config.keys_path)
        self.node = NodeLooks(config, clock=clock)

    def permissions(self) -> Iterable[Condition]:
        home = self._config.home
        secret = [*modes_below(self._config.keys_path)]
        secret += [mode_of(path) for path in (home / "secret", *self._database_files()) if path.is_file()]
        settings = [mode_of(home), mode_of(home / CONFIG_NAME), *modes_below(home / "deployments")]
        return permission_conditions(secret, settings)

    def _database_files(self) -> Iterator[Path]:
        url = make_url(self._config.database_url)
        if url.get_backend_name() == "sqlite" and url.database:
            yield from (Path(url.database + suffix) for suffix in ("", "-wal", "-shm"))

    def exposure(self) -> Iterable[Condition]:
        web = self._config.web
        return exposure_conditions(self._config.chain.chain_id, web.host, web.origin)

    def keys(self) -> Iterable[Condition]:
        wanted = {"custodian": self._config.web.custodian_key}
        wanted["relayer"] = self._config.relayer.key if self._config.relayer else None
        known = list(self._keyring.names())
        for role, name in wanted.items():
            if name is not None:
                has_password = self._keyring.stored_password(name) is not None
                yield key_condition(role, name, known, has_password=has_password)

    def database(self) -> Iterable[Condition]:
        newest, known = revisions()
        return revision_conditions(PortableDatabase(self._config.database_url).revision(), newest, known)

    def contracts(self) -> Iterable[Condition]:
        self._ledger()
        yield fine("contracts", "The contracts at the deployment's addresses are those of this version.")

    def placement(self) -> Iterable[Condition]:
        rule = PlacementRule(self._config.placement.copies, self._config.placement.failure_domains)
        Copies([open_store(store) for store in self._config.stores], rule)
        for name, folder in store_folders(self._config).items():
            if not folder.is_dir():
                yield warning(
                    f"store {name}",
                    "Its folder is not there.",
                    "Mount the disk; a new store is made by `mendrec init` in a new home, never at a start.",
                )

    def locations(self) -> Iterable[Condition]:
        ledger = self._ledger()
        stores = {store.name: (store.kind, store.location) for store in self._config.stores}
        numbers = {number for _, number in stores.values() if number is not None}
        return location_conditions(stores, {number: _location(ledger, number) for number in numbers})

    def custody(self) -> Iterable[Condition]:
        ledger = self._ledger()
        found = {}
        for one in self._config.custodians:
            against = None
            try:
                ledger.require_in_standing(one.address)
            except MendrecError as error:
                against = error
            found[one.address] = (one.url, ledger.participant(one.address), against, answers_live(one.url))
        own = self._config.web.custodian_key
        known = own is not None and own in set(self._keyring.names())
        address = self._keyring.address(own) if own is not None and known else None
        return custodian_conditions(address, found, self._config.threshold)

    def relayer(self) -> Iterable[Condition]:
        if self._config.relayer is None:
            return [fine("relayer", "None is set: people pay for their own acts.")]
        if self._config.relayer.key not in set(self._keyring.names()):
            return []  # the look at keys has said it
        return self.node.relayer()

    def port(self) -> Iterable[Condition]:
        web = self._config.web
        is_free = is_port_free(web.host, web.port)
        yield port_condition(web.host, web.port, is_free=is_free, answers=not is_free and self._answers())

    def _answers(self) -> bool:
        web = self._config.web
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(web.host, web.host)  # noqa: S104 - compared, not listened on
        return answers_live(f"http://{host}:{web.port}")

    def worker(self) -> Iterable[Condition]:
        if not self._answers():
            return [fine("worker", "The node is not running, and needs none.")]
        return self.node.worker()

    def leftovers(self) -> Iterable[Condition]:
        home = self._config.home
        found = [*home.glob(".backup-*"), *home.parent.glob(f".{home.name}-restoring-*")]
        found += [path for path in self._config.keys_path.glob(".*-*") if path.is_dir()]
        conditions = list(leftover_conditions({path: bytes_below(path) for path in found}))
        unfinished = self.node.rows.unfinished_uploads()
        if unfinished:
            words = f"{unfinished} uploads from this home were begun and not finished."
            conditions.append(warning("uploads", words, "Run each again with its --key: it goes on where it stopped."))
        return conditions

    def _ledger(self) -> LedgerReader:
        """The contracts, each time anew: a look that fails must not spoil the next."""
        client: ChainClient = self.node.client()
        deployment = FileDeploymentRegistry(self._config.registry_path.parent).load(client.chain_id)
        if deployment is None:
            raise NotDeployed(f"This home knows of no contracts on chain {client.chain_id}.")
        return Web3Deployer(client).open(deployment)[0]


def _location(ledger: LedgerReader, number: int) -> LocationInfo | None:
    return ledger.location(number) if number <= ledger.location_count() else None
