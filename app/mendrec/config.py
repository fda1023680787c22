"""The configuration of one home: parsed once, frozen, every fault named with its place.

A home is a folder: ``config.toml``, the database, the keys, the deployment registry and, for the embedded shape,
the stores and the local chain's state. Relative paths in the file are relative to the home.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from mendrec.domain.errors import ConfigurationError, MendrecError
from mendrec.domain.ids import parse_address
from mendrec.domain.model import Address

CONFIG_NAME = "config.toml"
STORE_KINDS = ("directory", "ipfs")

T = TypeVar("T")


class InvalidConfig(ConfigurationError):
    """The configuration file is missing, or says something that cannot be used."""

    code = "configuration.invalid"


@dataclass(frozen=True, slots=True)
class ChainConfig:
    """Which chain, and where its node answers."""

    rpc_url: str
    chain_id: int


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
class Config:
    """Everything one home is told."""

    home: Path
    chain: ChainConfig
    database_url: str
    stores: tuple[StoreConfig, ...]
    placement: PlacementConfig
    custodians: tuple[CustodianConfig, ...]
    threshold: int

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
        chain=ChainConfig(_get(chain, "chain", "rpc_url", str), _get(chain, "chain", "chain_id", int)),
        database_url=_database_url(home, _get(_table(document, "database"), "database", "url", str)),
        stores=stores,
        placement=PlacementConfig(
            _positive(placement, "placement", "copies"), _positive(placement, "placement", "failure_domains")
        ),
        custodians=custodians,
        threshold=threshold,
    )


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
