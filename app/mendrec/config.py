"""The configuration of one home: parsed once, frozen, every fault named with its place.

A home is a folder: ``config.toml``, the database, the keys, the deployment registry and, for the embedded shape,
the stores and the local chain's state. Relative paths in the file are relative to the home.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from mendrec.domain.errors import ConfigurationError, MendrecError
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address

CONFIG_NAME = "config.toml"
STORE_KINDS = ("directory", "ipfs")

T = TypeVar("T")
S = TypeVar("S", "WebConfig", "RelayerConfig")


class InvalidConfig(ConfigurationError):
    """The configuration file is missing, or says something that cannot be used."""

    code = "configuration.invalid"


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
    port: int = 8546
    processes: int = 1
    threads: int = 16
    """Of each process; an open event stream holds one."""
    trusted_proxies: int = 0
    """Proxies before the node whose X-Forwarded-For is believed."""
    session_lifetime_s: int = 12 * 3600
    session_idle_s: int = 30 * 60
    requests_per_minute: int = 600
    """Of one person, and of one address that has not signed in."""
    custodian_key: str | None = None
    """Name of the key in keys/ that this node is a custodian with; None where it is none."""


@dataclass(frozen=True, slots=True)
class RelayerConfig:
    """Who pays for acts that people signed, and how much."""

    key: str
    """Name of the key in keys/ that pays."""
    acts_per_person_per_day: int = 500
    max_fee_gwei: int = 500
    """Above this fee per gas nothing is sent."""
    replace_after_s: int = 60
    """An act that is not mined by then is sent again with a higher fee."""


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
        InvalidConfig: no such file, not TOML, or a setting that is missing or cannot be used; says which.
    """
    path = home / CONFIG_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidConfig(
            f"There is no readable {CONFIG_NAME} in {home}.",
            remedy="Make a home with `mendrec init`, or name another with --home.",
        ) from error
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidConfig(f"{path}: {error}", remedy="Mend the line it names.") from error
    return _config(home, document)


def _config(home: Path, document: Mapping[str, Any]) -> Config:
    chain = _table(document, "chain")
    placement = _table(document, "placement")
    stores = tuple(_store(home, index, entry) for index, entry in enumerate(document.get("stores", [])))
    names = [store.name for store in stores]
    if len(set(names)) != len(names):
        raise InvalidConfig("[[stores]]: two stores have the same name.", remedy="Give each store its own name.")
    custodians = tuple(_custodian(index, entry) for index, entry in enumerate(document.get("custodians", [])))
    threshold = _get(_table(document, "custody"), "custody", "threshold", int)
    if not 1 <= threshold <= max(1, len(custodians)):
        raise InvalidConfig(f"custody.threshold is {threshold}, with {len(custodians)} custodians.")
    return Config(
        home=home,
        chain=ChainConfig(
            _get(chain, "chain", "rpc_url", str),
            _get(chain, "chain", "chain_id", int),
            _natural(chain, "chain", "finality_depth", default=0),
        ),
        database_url=_database_url(home, _get(_table(document, "database"), "database", "url", str)),
        stores=stores,
        placement=PlacementConfig(
            _positive(placement, "placement", "copies"), _positive(placement, "placement", "failure_domains")
        ),
        custodians=custodians,
        threshold=threshold,
        web=_section(document, "web", WebConfig) or WebConfig(),
        relayer=_section(document, "relayer", RelayerConfig),
    )


def _section(document: Mapping[str, Any], name: str, kind: type[S]) -> S | None:
    """Reads an optional table into a dataclass of strings and whole numbers; a setting nobody knows is a fault."""
    if name not in document:
        return None
    table = _table(document, name)
    known = {one.name: one for one in fields(kind)}
    for key in table:
        if key not in known:
            raise InvalidConfig(f"{name}.{key} is not a setting.", remedy=f"One of: {', '.join(known)}.")
    values: dict[str, Any] = {}
    for key, one in known.items():
        if key in table or one.default is MISSING:
            number = one.type == "int"
            values[key] = _natural(table, name, key, default=0) if number else _get(table, name, key, str)
    return kind(**values)


def _natural(table: Mapping[str, Any], place: str, key: str, *, default: int) -> int:
    value = _get(table, place, key, int) if key in table else default
    if value < 0:
        raise InvalidConfig(f"{place}.{key} must not be negative.")
    return value


def _store(home: Path, index: int, entry: Mapping[str, Any]) -> StoreConfig:
    place = f"stores[{index}]"
    kind = _get(entry, place, "kind", str)
    if kind not in STORE_KINDS:
        raise InvalidConfig(f"{place}.kind is {kind!r}.", remedy=f"One of: {', '.join(STORE_KINDS)}.")
    target = _get(entry, place, "path" if kind == "directory" else "api", str)
    location = entry.get("location")
    if location is not None and (not isinstance(location, int) or not 1 <= location < 2**16):
        raise InvalidConfig(f"{place}.location is not a location number.")
    return StoreConfig(
        name=_get(entry, place, "name", str),
        kind=kind,
        target=str(home / target) if kind == "directory" else target,
        failure_domain=_get(entry, place, "failure_domain", str),
        location=location,
    )


def _custodian(index: int, entry: Mapping[str, Any]) -> CustodianConfig:
    place = f"custodians[{index}]"
    try:
        address = parse_address(_get(entry, place, "address", str))
    except InvalidConfig:
        raise
    except MendrecError as error:
        raise InvalidConfig(f"{place}.address: {error.message}", remedy=error.remedy) from error
    return CustodianConfig(address, _get(entry, place, "url", str))


def _database_url(home: Path, url: str) -> str:
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith("sqlite:////"):
        return prefix + str((home / url.removeprefix(prefix)).absolute())
    return url


def _table(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = document.get(name)
    if not isinstance(table, dict):
        raise InvalidConfig(f"The table [{name}] is missing.", remedy="See docs/configuration.md for an example.")
    return table


def _get(table: Mapping[str, Any], place: str, key: str, kind: type[T]) -> T:
    value = table.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise InvalidConfig(
            f"{place}.{key} is missing or is not of the type {kind.__name__}.",
            remedy="See docs/configuration.md for an example.",
        )
    return value


def _positive(table: Mapping[str, Any], place: str, key: str) -> int:
    value = _get(table, place, key, int)
    if value < 1:
        raise InvalidConfig(f"{place}.{key} must be at least 1.")
    return value
