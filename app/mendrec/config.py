"""The configuration of one home: parsed once, frozen, every fault named with its place and line.

A home is a folder: ``config.toml``, the database, the keys, the deployment registry and, for the embedded shape,
the stores and the local chain's state. Relative paths in the file are relative to the home.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mendrec.config_reading import ConfigTable, InvalidConfig, top_table
from mendrec.domain.model import Address

CONFIG_NAME = "config.toml"
STORE_KINDS = ("directory", "ipfs")
LOG_LEVELS = ("debug", "info", "warning", "error")

__all__ = ["CONFIG_NAME", "LOG_LEVELS", "STORE_KINDS", "Config", "InvalidConfig", "load_config", "parse_config"]


@dataclass(frozen=True, slots=True)
class ChainConfig:
    """Which chain, and where its node answers."""

    rpc_url: str
    chain_id: int
    finality_depth: int = 0
    """Blocks on top of one after which it is taken for final; 0 where the chain is this machine's own."""


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """One named store. ``target`` is a folder (directory) or an API multiaddress (ipfs)."""

    name: str
    kind: str
    target: str
    failure_domain: str
    location: int | None


@dataclass(frozen=True, slots=True)
class CustodianConfig:
    """One custodian and the URL it answers at."""

    address: Address
    url: str


@dataclass(frozen=True, slots=True)
class PlacementConfig:
    """How many copies, in how many failure domains."""

    copies: int
    failure_domains: int


@dataclass(frozen=True, slots=True)
class WebConfig:
    """How the node answers over HTTP."""

    origin: str = "http://127.0.0.1:8546"
    """What browsers call the node; sign-in messages and cookies are bound to it."""
    host: str = "127.0.0.1"
    """The address that is listened on; 0.0.0.0 for all of the machine's."""
    port: int = 8546
    processes: int = 1
    """Web processes; about one a core."""
    threads: int = 16
    """Of each process; an open event stream holds one."""
    names: tuple[str, ...] = ()
    """Other names than the origin's that the node is asked by; addresses and localhost always serve."""
    trusted_proxies: int = 0
    """Proxies before the node whose X-Forwarded-For is believed."""
    session_lifetime_s: int = 12 * 3600
    """A person signs in again after that, whatever they do."""
    session_idle_s: int = 30 * 60
    """A session that nobody uses ends after that."""
    requests_per_minute: int = 600
    """Of one person, and of one address that has not signed in."""
    custodian_key: str | None = None
    """Name of the key in keys/ that this node is a custodian with; None where it is none."""
    page: bool = True
    """Whether the page for people is served beside the API."""


@dataclass(frozen=True, slots=True)
class RelayerConfig:
    """Who pays for acts that people signed, and how much."""

    key: str
    """Name of the key in keys/ that pays."""
    acts_per_person_per_day: int = 500
    """Relayed for one person; more are refused until the oldest is a day old."""
    max_fee_gwei: int = 500
    """Above this fee per gas nothing is sent."""
    replace_after_s: int = 60
    """An act that is not mined by then is sent again with a higher fee."""


@dataclass(frozen=True, slots=True)
class CareConfig:
    """How the node looks after what it keeps, by itself."""

    check_every_hours: int = 24
    """Every copy is fetched and hashed that often; 0 for never."""


@dataclass(frozen=True, slots=True)
class LoggingConfig:
    """What is written to the log."""

    level: str = "info"
    """From this level on: debug, info, warning or error."""


@dataclass(frozen=True, slots=True)
class MetricsConfig:
    """Who may read /metrics and the details of /health/ready."""

    allow: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """Networks (CIDR); everybody else is told that there is no such page."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything one home is told."""

    home: Path
    chain: ChainConfig
    database_url: str
    stores: tuple[StoreConfig, ...]
    placement: PlacementConfig
    custodians: tuple[CustodianConfig, ...]
    threshold: int
    web: WebConfig = WebConfig()
    relayer: RelayerConfig | None = None
    care: CareConfig = CareConfig()
    logging: LoggingConfig = LoggingConfig()
    metrics: MetricsConfig = MetricsConfig()
    names: Mapping[Address, str] = field(default_factory=dict)
    """What institutions, boards and other professionals are called; never a patient."""

    @property
    def registry_path(self) -> Path:
        """Where the addresses of the deployed contracts are kept."""
        return self.home / "deployments" / f"{self.chain.chain_id}.json"

    @property
    def keys_path(self) -> Path:
        """Where keystores and sealed identities are kept."""
        return self.home / "keys"


def load_config(home: Path) -> Config:
    """Reads ``<home>/config.toml``.

    Raises:
        InvalidConfig: no such file, not TOML, or a setting that is missing, unknown or unusable; says which, and where.
    """
    path = home / CONFIG_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidConfig(
            f"There is no readable {CONFIG_NAME} in {home}.",
            remedy="Make a home with `mendrec init`, or name another with --home.",
        ) from error
    return parse_config(home, text)


def parse_config(home: Path, text: str) -> Config:
    """Reads the text of a ``config.toml``. Raises InvalidConfig."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidConfig(
            f"{home / CONFIG_NAME}: {error or 'nested too deeply'}", remedy="Mend the line it names."
        ) from error
    top = top_table(document, text, file_name=CONFIG_NAME)
    stores = tuple(_store(home, one) for one in top.tables("stores"))
    custodians = tuple(_custodian(one) for one in top.tables("custodians"))
    config = Config(
        home=home,
        chain=_chain(top.table("chain")),
        database_url=_database_url(home, top.table("database")),
        stores=stores,
        placement=_placement(top.table("placement")),
        custodians=custodians,
        threshold=_threshold(top.table("custody"), len(custodians)),
        web=_web(top.table("web", optional=True)),
        relayer=_relayer(top.table("relayer")) if "relayer" in document else None,
        care=CareConfig(top.table("care", optional=True).number("check_every_hours", 24, high=24 * 366)),
        logging=LoggingConfig(top.table("logging", optional=True).choice("level", LOG_LEVELS, "info")),
        metrics=MetricsConfig(top.table("metrics", optional=True).networks("allow", MetricsConfig().allow)),
        names=top.table("names", optional=True).names(),
    )
    top.finish()
    return config


def _chain(table: ConfigTable) -> ChainConfig:
    return ChainConfig(
        table.url("rpc_url"), table.number("chain_id", low=1, high=2**53), table.number("finality_depth", 0, high=10**6)
    )


def _placement(table: ConfigTable) -> PlacementConfig:
    copies = table.number("copies", low=1, high=99)
    return PlacementConfig(copies, table.number("failure_domains", low=1, high=copies))


def _threshold(table: ConfigTable, custodians: int) -> int:
    threshold = table.number("threshold", low=1, high=255)
    if threshold > max(1, custodians):
        raise table.fault(
            "threshold", f"is {threshold}, with {custodians} custodians", "Add [[custodians]], or ask less."
        )
    return threshold


def _web(table: ConfigTable) -> WebConfig:
    known = WebConfig()
    return WebConfig(
        origin=table.origin("origin", known.origin),
        host=table.text("host", known.host),
        port=table.number("port", known.port, high=65535),
        processes=table.number("processes", known.processes, low=1, high=256),
        threads=table.number("threads", known.threads, low=1, high=1024),
        names=table.host_names("names", known.names),
        trusted_proxies=table.number("trusted_proxies", known.trusted_proxies, high=16),
        session_lifetime_s=table.number("session_lifetime_s", known.session_lifetime_s, low=1),
        session_idle_s=table.number("session_idle_s", known.session_idle_s, low=1),
        requests_per_minute=table.number("requests_per_minute", known.requests_per_minute, low=1),
        custodian_key=table.key_name("custodian_key") if table.has("custodian_key") else None,
        page=table.flag("page", known.page),
    )


def _relayer(table: ConfigTable) -> RelayerConfig:
    return RelayerConfig(
        table.key_name("key"),
        table.number("acts_per_person_per_day", RelayerConfig("").acts_per_person_per_day, low=1),
        table.number("max_fee_gwei", RelayerConfig("").max_fee_gwei, low=1),
        table.number("replace_after_s", RelayerConfig("").replace_after_s, low=1),
    )


def _store(home: Path, table: ConfigTable) -> StoreConfig:
    kind = table.choice("kind", STORE_KINDS)
    place = "path" if kind == "directory" else "api"
    target = table.text(place)
    return StoreConfig(
        name=table.unique_text("name"),
        kind=kind,
        target=str(home / target) if kind == "directory" else target,
        failure_domain=table.text("failure_domain"),
        location=table.number("location", low=1, high=2**16 - 1) if table.has("location") else None,
    )


def _custodian(table: ConfigTable) -> CustodianConfig:
    return CustodianConfig(table.address("address"), table.url("url"))


def _database_url(home: Path, table: ConfigTable) -> str:
    url, prefix = table.text("url"), "sqlite:///"
    if url.startswith(prefix) and not url.startswith("sqlite:////"):
        return prefix + str((home / url.removeprefix(prefix)).absolute())
    return url
