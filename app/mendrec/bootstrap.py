"""The composition root: the only module that builds adapters and hands them to the use cases."""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from mendrec.adapters.chain.client import ChainClient
from mendrec.adapters.chain.deployer import Web3Deployer
from mendrec.adapters.chain.registry import FileDeploymentRegistry
from mendrec.adapters.custodian_http import HttpCustodian
from mendrec.adapters.db import mined_rows
from mendrec.adapters.db.application_rows import SqlApplicationRepository, SqlProfessionalRepository
from mendrec.adapters.db.care_log_rows import SqlCareLogRepository
from mendrec.adapters.db.care_rows import SqlJobRepository
from mendrec.adapters.db.engine import open_engine
from mendrec.adapters.db.index_rows import SqlIndexRepository
from mendrec.adapters.db.lane_rows import SqlLaneRepository
from mendrec.adapters.db.lease_rows import SqlLeaseRepository
from mendrec.adapters.db.migrate import upgrade
from mendrec.adapters.db.object_rows import SqlObjectRepository, SqlUploadRepository
from mendrec.adapters.db.outbox_rows import SqlOutboxRepository
from mendrec.adapters.db.receipt_rows import SqlReceiptRepository
from mendrec.adapters.db.relay_rows import SqlRelayRepository
from mendrec.adapters.db.remote_upload_rows import SqlRemoteUploadRepository
from mendrec.adapters.db.safe_rows import SqlSafeRepository
from mendrec.adapters.db.session_rows import SqlAnswerRepository, SqlSessionRepository
from mendrec.adapters.locks import FileLocks
from mendrec.adapters.spool import DirectorySpool
from mendrec.adapters.stores.directory import DirectoryStore
from mendrec.adapters.stores.ipfs import IpfsStore
from mendrec.adapters.system import SystemClock, SystemRandomness
from mendrec.config import Config, StoreConfig
from mendrec.crypto.custody import CustodianKey
from mendrec.domain.errors import ConfigurationError
from mendrec.domain.model import Address, Role
from mendrec.domain.placement import PlacementRule
from mendrec.domain.tags import PAGE_CURSOR
from mendrec.keyring import Keyring, Person
from mendrec.ports import (
    BlobStore,
    Clock,
    CustodianPort,
    Deployment,
    LedgerReader,
    LedgerWriter,
    MinedTransaction,
    Wallet,
)
from mendrec.ports_db import ObjectRepository, ReceiptRepository
from mendrec.ports_web import AnswerRepository, CustodianElsewhere
from mendrec.services.access_to_objects import ObjectAccess, is_entry_final
from mendrec.services.act_preparation import ActPreparation
from mendrec.services.anchoring import Anchorer, AnchoringCalls
from mendrec.services.applications import ApplicationService
from mendrec.services.care import CareService
from mendrec.services.care_log import CareLog, CareRecorder
from mendrec.services.check import Checker, CheckProgress
from mendrec.services.consent import ConsentService
from mendrec.services.copies import Copies, CopyFailure
from mendrec.services.custodian import Custodian
from mendrec.services.deployment import DeploymentService
from mendrec.services.enrolment import EnrolmentService
from mendrec.services.index import IndexService
from mendrec.services.ingest import IngestService
from mendrec.services.inventory import Inventory
from mendrec.services.key_release import KeyRelease
from mendrec.services.leases import LeaseHolder
from mendrec.services.mend import Mender, StepResult
from mendrec.services.outbox import Outbox
from mendrec.services.paths import ChainPathMover
from mendrec.services.professionals import ProfessionalService, require_no_patient
from mendrec.services.reading import ReadingService
from mendrec.services.record_listing import RecordListing
from mendrec.services.relay import RelayService
from mendrec.services.remote_uploads import RemoteUploadService
from mendrec.services.remote_uploads_anchoring import UploadAnchoring
from mendrec.services.remote_uploads_expiry import UploadExpiry
from mendrec.services.remote_uploads_storing import UploadStoring
from mendrec.services.safe import SafeService
from mendrec.services.sealed_objects import SealedObjects
from mendrec.services.sender import Sender, SenderLimits
from mendrec.services.sessions import SessionService
from mendrec.services.signed_consent import SignedConsentService
from mendrec.services.spooling import Custody
from mendrec.services.timely_reads import timely_reads
from mendrec.services.verifying import VerifyingService
from mendrec.services.worker import LEASE_LIFETIME_S, WORKER_LEASE, Chore, Worker

_WEI_PER_GWEI = 10**9


class NotDeployed(ConfigurationError):
    """This home knows of no contracts on its chain."""

    code = "configuration.not_deployed"
    default_remedy = "Deploy them with `mendrec deploy`, or copy the deployment's JSON file into deployments/."


@dataclass(frozen=True)
class Node:
    """Everything over one home: the use cases, ready to be called."""

    config: Config
    clock: Clock
    ledger: LedgerReader
    outbox: Outbox
    index: IndexService
    copies: Copies
    objects: ObjectRepository
    receipts: ReceiptRepository
    inventory: Inventory
    enrolment: EnrolmentService
    consent: ConsentService
    acts: ActPreparation
    signed_consent: SignedConsentService
    relay: RelayService
    ingest: IngestService
    reading: ReadingService
    verifying: VerifyingService
    sessions: SessionService
    answers: AnswerRepository
    access: ObjectAccess
    listing: RecordListing
    sealed_objects: SealedObjects
    custodians_elsewhere: Mapping[Address, CustodianElsewhere]
    """Those that this node's settings name: a release request is passed on to these, and to nothing else."""
    remote_uploads: RemoteUploadService
    upload_expiry: UploadExpiry
    care: CareService
    safe: SafeService
    professionals: ProfessionalService
    applications: ApplicationService
    cursor_key: bytes = field(repr=False)
    """Authenticates the cursors that the node's lists give out."""

    def category_codes(self, numbers: Sequence[int]) -> tuple[str, ...]:
        """Returns the codes of category numbers."""
        codes = self.ledger.categories()
        return tuple(codes[number] for number in numbers)

    def now(self) -> int:
        """The latest second that both the chain's head and this machine's clock have reached.

        What begins now begins at this one: a custodian wants both to be in the window, and the head of a chain that
        mines on demand may be seconds ahead.
        """
        return min(self.ledger.head_block().timestamp, self.clock.now())

    def custodian(self, person: Person) -> Custodian:
        """Returns the custodian that ``person`` is, in this process."""
        return Custodian(
            address=person.address,
            identity=person.identity,
            ledger=self.ledger,
            objects=self.copies,
            receipts=self.receipts,
            clock=self.clock,
        )

    def checker(self, on_progress: Callable[[CheckProgress], None] = lambda _progress: None) -> Checker:
        """Returns a checker over all stores; what it finds is remembered for the patients."""
        return self._checker(self.care.log.recorder(None), on_progress)

    def mender(self, wallet: Wallet, on_step: Callable[[StepResult], None] = lambda _result: None) -> Mender:
        """Returns a mender that writes paths on chain as ``wallet``."""
        mover = ChainPathMover(wallet, self.ledger, self.index, self.outbox)
        recorder = self.care.log.recorder(None)

        def stepped(result: StepResult) -> None:
            recorder.did(result)
            on_step(result)

        return Mender(self.copies, mover, on_step=stepped, checker=self._checker(recorder))

    def _checker(
        self, recorder: CareRecorder, on_progress: Callable[[CheckProgress], None] = lambda _progress: None
    ) -> Checker:
        def progressed(progress: CheckProgress) -> None:
            recorder.found(progress.latest)
            on_progress(progress)

        return Checker(self.copies.stores, self.copies.rule, on_progress=progressed, on_end=recorder.flush)


def open_node(config: Config, *, clock: Clock | None = None, own_custodian: Person | None = None) -> Node:
    """Builds a node over a home: checks the chain and its contracts, migrates the database, opens the stores.

    Args:
        config: the home's settings.
        clock: another clock than the machine's, for simulations.
        own_custodian: a custodian that runs in this process, and is not asked over HTTP.

    Raises:
        ConfigurationError: not deployed, another chain, other contracts at the addresses, stores that can't hold the
            placement rule.
        UnavailableError: the chain can't be reached.
    """
    clock = clock or SystemClock()
    deployment, ledger, writer, engine = _open_home(config)
    require_no_patient(config.names, ledger)
    outbox = Outbox(writer, SqlOutboxRepository(engine), sleep=time.sleep)
    outbox.rebroadcast()  # what was signed when a process died: a revoke must not be forgotten
    index = IndexService(
        ledger,
        SqlIndexRepository(engine),
        first_block=min(deployment.blocks.values()),
        finality_depth=config.chain.finality_depth,
    )
    rule = PlacementRule(config.placement.copies, config.placement.failure_domains)
    hooks: list[Callable[[CopyFailure], None]] = []  # filled below: what looks after copies reads through them too
    copies = Copies(
        [open_store(store) for store in config.stores],
        rule,
        on_failed_read=lambda failure: _tell(hooks, failure),
    )
    objects = SqlObjectRepository(engine)
    uploads = SqlUploadRepository(engine)
    receipts = SqlReceiptRepository(engine)
    elsewhere = {one.address: HttpCustodian(one.address, one.url) for one in config.custodians}
    custodians: list[CustodianPort] = list(elsewhere.values())
    if own_custodian is not None:
        own = Custodian(own_custodian.address, own_custodian.identity, ledger, copies, receipts, clock)
        custodians = [own, *(one for one in custodians if one.address != own.address)]
    keys = KeyRelease(ledger=ledger, custodians=custodians, clock=clock, randomness=SystemRandomness())
    reading = ReadingService(ledger=ledger, index=index, copies=copies, keys=keys)
    acts = ActPreparation(ledger, index, SystemRandomness(), clock)
    inventory = Inventory(ledger, index, objects, copies)
    relay = RelayService(
        chain=ledger,
        ledger=writer,
        rows=SqlRelayRepository(engine),
        clock=clock,
        relayer=None if config.relayer is None else Keyring(config.keys_path).address(config.relayer.key),
        acts_per_person_per_day=0 if config.relayer is None else config.relayer.acts_per_person_per_day,
        finality_depth=config.chain.finality_depth,
    )
    remote_rows, spool = SqlRemoteUploadRepository(engine), DirectorySpool(config.home / "spool")
    remote_uploads = RemoteUploadService(
        ledger=ledger,
        rows=remote_rows,
        spool=spool,
        clock=clock,
        randomness=SystemRandomness(),
        custody=lambda: _custody(config, ledger),
        storing=UploadStoring(ledger, remote_rows, spool, copies, clock, lambda: _custody(config, ledger)),
        anchoring=UploadAnchoring(
            ledger=ledger,
            calls=AnchoringCalls(index, copies),
            rows=remote_rows,
            objects=objects,
            relay=relay,
            clock=clock,
            free_nonce=lambda author: acts.free_nonce("Records", author),
            is_final=lambda entry: is_entry_final(ledger, index, entry),
        ),
    )
    care = CareService(
        ledger=ledger,
        index=index,
        inventory=inventory,
        copies=copies,
        jobs=SqlJobRepository(engine),
        clock=clock,
        randomness=SystemRandomness(),
        log=CareLog(SqlCareLogRepository(engine), index, clock),
        check_every_hours=config.care.check_every_hours,
    )
    hooks.append(care.on_failed_read)
    access = ObjectAccess(
        ledger=ledger,
        reading=reading,
        copies=copies,
        uploads=remote_rows,
        clock=clock,
        custodians=frozenset(one.address for one in config.custodians),
        index=index,
    )
    listing = RecordListing(access, index, copies)
    return Node(
        config=config,
        clock=clock,
        ledger=ledger,
        outbox=outbox,
        index=index,
        copies=copies,
        objects=objects,
        receipts=receipts,
        inventory=inventory,
        enrolment=EnrolmentService(ledger, outbox),
        consent=ConsentService(ledger, outbox),
        acts=acts,
        signed_consent=SignedConsentService(acts, outbox),
        relay=relay,
        ingest=IngestService(
            ledger=ledger,
            anchorer=Anchorer(outbox, index, copies, uploads),
            objects=objects,
            uploads=uploads,
            clock=clock,
            custody=lambda: _custody(config, ledger),
            secret=_home_secret(config.home),
            exclusive=FileLocks(config.home / "locks").exclusive,
        ),
        reading=reading,
        verifying=VerifyingService(ledger, index, reading),
        sessions=SessionService(
            rows=SqlSessionRepository(engine),
            ledger=ledger,
            clock=clock,
            randomness=SystemRandomness(),
            origin=config.web.origin,
            lifetime_s=config.web.session_lifetime_s,
            idle_s=config.web.session_idle_s,
        ),
        answers=SqlAnswerRepository(engine),
        access=access,
        listing=listing,
        sealed_objects=SealedObjects(access, listing, timely_reads(copies)),
        custodians_elsewhere=elsewhere,
        remote_uploads=remote_uploads,
        upload_expiry=UploadExpiry(remote_uploads, copies, clock),
        care=care,
        safe=SafeService(SqlSafeRepository(engine), ledger, clock),
        professionals=ProfessionalService(SqlProfessionalRepository(engine), config.names),
        applications=ApplicationService(SqlApplicationRepository(engine), ledger, clock, SystemRandomness()),
        cursor_key=_derived_key(_home_secret(config.home), PAGE_CURSOR),
    )


def open_worker(
    config: Config, relayer: Person | None, *, clock: Clock | None = None, chores: Sequence[Chore] = ()
) -> Worker:
    """Builds a worker over a home: it does what a node does by itself (:mod:`mendrec.services.worker`).

    Args:
        config: the home's settings.
        relayer: whose wallet pays for acts that people signed; None where this worker sends none.
        clock: another clock than the machine's, for simulations.
        chores: what else has to be done every so often.

    Raises:
        ConfigurationError: as :func:`open_node`; or the wallet is not the one that ``[relayer]`` names.
        UnavailableError: the chain can't be reached.
    """
    clock = clock or SystemClock()
    deployment, ledger, writer, engine = _open_home(config)
    return Worker(
        lease=LeaseHolder(
            SqlLeaseRepository(engine), clock, SystemRandomness(), name=WORKER_LEASE, lifetime_s=LEASE_LIFETIME_S
        ),
        clock=clock,
        index=IndexService(
            ledger,
            SqlIndexRepository(engine),
            first_block=min(deployment.blocks.values()),
            finality_depth=config.chain.finality_depth,
        ),
        outbox=Outbox(writer, SqlOutboxRepository(engine), sleep=time.sleep),
        receipts=SqlReceiptRepository(engine),
        sender=None if relayer is None else _sender(config, relayer, writer, engine, clock),
        chores=chores,
    )


def _open_home(config: Config) -> tuple[Deployment, LedgerReader, LedgerWriter, Engine]:
    """The contracts of a home, checked, and its database, brought to this version's schema."""
    client = ChainClient.connect(config.chain.rpc_url, expected_chain_id=config.chain.chain_id)
    deployment = FileDeploymentRegistry(config.registry_path.parent).load(config.chain.chain_id)
    if deployment is None:
        raise NotDeployed(f"This home knows of no contracts on chain {config.chain.chain_id}.")
    ledger, writer = Web3Deployer(client).open(deployment)
    upgrade(config.database_url)
    engine = open_engine(config.database_url)
    return deployment, ledger, writer, engine


def _tell(hooks: Sequence[Callable[[CopyFailure], None]], failure: CopyFailure) -> None:
    for hook in hooks:
        hook(failure)


def _sender(config: Config, relayer: Person, writer: LedgerWriter, engine: Engine, clock: Clock) -> Sender:
    settings = config.relayer
    if settings is None or Keyring(config.keys_path).address(settings.key) != relayer.address:
        raise ConfigurationError(
            f"{relayer.address} is not the relayer of this home.", remedy="Name its key under [relayer] in config.toml."
        )
    limits = SenderLimits(max_fee_wei=settings.max_fee_gwei * _WEI_PER_GWEI, replace_after_s=settings.replace_after_s)
    return Sender(writer, SqlLaneRepository(engine), relayer.wallet, clock, limits)


def open_deployment(config: Config) -> DeploymentService:
    """Builds what ``mendrec deploy`` needs; the contracts need not be there yet."""
    client = ChainClient.connect(config.chain.rpc_url, expected_chain_id=config.chain.chain_id)
    upgrade(config.database_url)
    engine = open_engine(config.database_url)
    return DeploymentService(
        Web3Deployer(client),
        FileDeploymentRegistry(config.registry_path.parent),
        outbox_for=lambda writer: Outbox(writer, SqlOutboxRepository(engine), sleep=time.sleep),
        sleep=time.sleep,
    )


def mined_transactions(config: Config) -> Iterator[MinedTransaction]:
    """Yields what this home has had mined, newest first: a killed development chain is brought back by it."""
    upgrade(config.database_url)
    engine = open_engine(config.database_url)
    try:
        yield from mined_rows.newest_first(engine)
    finally:
        engine.dispose()


def open_store(config: StoreConfig) -> BlobStore:
    """Opens one store as it is configured; a store that is away is opened all the same and says so when asked."""
    if config.kind == "directory":
        return DirectoryStore(
            Path(config.target), name=config.name, failure_domain=config.failure_domain, location=config.location
        )
    return IpfsStore(config.target, name=config.name, failure_domain=config.failure_domain, location=config.location)


def create_store(config: StoreConfig) -> None:
    """Makes a store's folder where it is one of this machine and not made yet; other kinds are made elsewhere."""
    if config.kind == "directory":
        DirectoryStore.create(Path(config.target), name=config.name, failure_domain=config.failure_domain)


def _home_secret(home: Path) -> bytes:
    """32 random bytes that this home keeps to itself; made the first time."""
    path = home / "secret"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(SystemRandomness().token(32))
        file.flush()
        os.fsync(file.fileno())
    return path.read_bytes()


def _derived_key(secret: bytes, tag: str) -> bytes:
    """A key for one purpose alone, made from a home's secret."""
    return hmac.new(secret, tag.encode("ascii"), hashlib.sha256).digest()


def _custody(config: Config, ledger: LedgerReader) -> Custody:
    """The custodians of a new record, with the recipients that the directory publishes for them now.

    Raises:
        ConfigurationError: one of them is no custodian in standing: nothing more is sealed to it.
    """
    keys = []
    for custodian in config.custodians:
        found = ledger.participant(custodian.address)
        if found.recipient is None or Role.CUSTODIAN not in found.roles:
            raise ConfigurationError(
                f"{custodian.address} is not a custodian in the directory.",
                remedy="Have it admitted on chain as one, or name another in config.toml.",
            )
        ledger.require_in_standing(custodian.address)
        keys.append(CustodianKey(custodian.address, found.recipient))
    return Custody(tuple(keys), config.threshold)
