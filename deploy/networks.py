"""Reading network files (``deploy/networks/*.toml``): everything is checked here, and each fault names its place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from mendrec.adapters.signers import SIGNER_APIS
from mendrec.domain.age_recipient import recipient_to_bytes
from mendrec.domain.errors import ConfigurationError, MendrecError
from mendrec.domain.ids import parse_address
from mendrec.domain.model import SEEDED_CATEGORIES, Address, Role
from mendrec.domain.network import Body, DeployerKey, FeeCeilings, Network

FOLDER = Path(__file__).parent / "networks"
_WEI_PER_GWEI = 10**9
_WEI_PER_ETHER = 10**18
_BODY_ROLES = {role.name.lower(): role for role in (Role.INSTITUTION, Role.VERIFIER, Role.CUSTODIAN) if role.name}
_SETTINGS = {
    "": {
        *("chain_id", "rpc_url", "block_time_s", "finality_depth_blocks", "governance", "categories"),
        *("deployer", "fees", "bodies"),
    },
    "deployer": {"keystore", "signer_url", "signer_api", "address"},
    "fees": {"max_fee_gwei", "max_total_ether", "max_gas_per_step"},
    "bodies": {"address", "roles", "recipient"},
}

T = TypeVar("T")


class InvalidNetwork(ConfigurationError):
    """A network file is missing or says something that cannot be used."""

    code = "configuration.invalid_network"
    default_remedy = "Mend the network file; docs/deploy.md describes every setting."


def load_network(name_or_path: str, *, rpc_url: str | None = None) -> Network:
    """Reads a network by the name of its file in deploy/networks, or by path.

    Args:
        name_or_path: ``development``, or a path that ends in ``.toml``.
        rpc_url: asked instead of the file's; the chain id must be the same.

    Raises:
        InvalidNetwork: no such file, not TOML, or a setting that is missing, unknown or cannot be used.
    """
    path = Path(name_or_path) if name_or_path.endswith(".toml") else FOLDER / f"{name_or_path}.toml"
    try:
        document = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError) as error:
        known = ", ".join(sorted(one.stem for one in FOLDER.glob("*.toml")))
        raise InvalidNetwork(f"There is no readable network file {path}.", remedy=f"Known: {known}.") from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidNetwork(f"{path}: {error}") from error
    try:
        return _network(path, document, rpc_url)
    except InvalidNetwork as fault:
        raise InvalidNetwork(f"{path}: {fault.message}") from fault


def _network(path: Path, document: Mapping[str, Any], rpc_url: str | None) -> Network:
    _require_known(document, "")
    fees = _table(document, "fees")
    deployer = _table(document, "deployer")
    return Network(
        name=path.stem,
        chain_id=_natural(document, "chain_id"),
        rpc_url=_url(rpc_url or _get(document, "rpc_url", str), "rpc_url"),
        finality_depth_blocks=_natural(document, "finality_depth_blocks"),
        governance=_address(document, "governance") if "governance" in document else None,
        extra_categories=_categories(document),
        bodies=tuple(_body(index, entry) for index, entry in enumerate(_list(document, "bodies"))),
        deployer=_deployer(path, deployer) if deployer else None,
        ceilings=FeeCeilings(
            _wei(fees, "fees.max_fee_gwei", _WEI_PER_GWEI),
            _wei(fees, "fees.max_total_ether", _WEI_PER_ETHER),
            _gas(fees, "max_gas_per_step"),
        ),
    )


def _deployer(path: Path, table: Mapping[str, Any]) -> DeployerKey:
    if ("keystore" in table) == ("signer_url" in table):
        raise InvalidNetwork("deployer: name either a keystore or a signer_url.")
    if "keystore" in table:
        return DeployerKey(keystore=str((path.parent / _get(table, "keystore", str, "deployer.")).absolute()))
    api = table.get("signer_api", "web3signer")
    if api not in SIGNER_APIS:
        raise InvalidNetwork(f"deployer.signer_api must be one of: {', '.join(SIGNER_APIS)}.")
    url = _url(_get(table, "signer_url", str, "deployer."), "deployer.signer_url")
    return DeployerKey(signer_url=url, signer_api=api, address=_address(table, "address", "deployer."))


def _body(index: int, entry: Any) -> Body:
    place = f"bodies[{index}]."
    if not isinstance(entry, dict):
        raise InvalidNetwork(f"bodies[{index}] is not a table.")
    _require_known(entry, "bodies")
    roles = Role(0)
    for role in _list(entry, "roles"):
        if role not in _BODY_ROLES:
            raise InvalidNetwork(f"{place}roles: {role!r} is none of {', '.join(_BODY_ROLES)}.")
        roles |= _BODY_ROLES[role]
    if not roles:
        raise InvalidNetwork(f"{place}roles is empty.")
    recipient = _get(entry, "recipient", str, place)
    try:
        recipient_to_bytes(recipient)
    except MendrecError as error:
        raise InvalidNetwork(f"{place}recipient: {error.message}") from error
    return Body(_address(entry, "address", place), roles, recipient)


def _categories(document: Mapping[str, Any]) -> tuple[str, ...]:
    codes = _list(document, "categories")
    if any(not isinstance(code, str) for code in codes) or len({*codes, *SEEDED_CATEGORIES}) != len(codes) + len(
        SEEDED_CATEGORIES
    ):
        raise InvalidNetwork("categories must be codes, each once, and none of those that every deployment seeds.")
    return tuple(codes)


def _require_known(table: Mapping[str, Any], name: str) -> None:
    for key in table:
        if key not in _SETTINGS[name]:
            raise InvalidNetwork(f"{name + '.' if name else ''}{key} is not a setting.")


def _table(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise InvalidNetwork(f"{name} must be a table.")
    _require_known(table, name)
    return table


def _list(document: Mapping[str, Any], name: str) -> list[Any]:
    value = document.get(name, [])
    if not isinstance(value, list):
        raise InvalidNetwork(f"{name} must be a list.")
    return value


def _get(table: Mapping[str, Any], key: str, kind: type[T], place: str = "") -> T:
    value = table.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise InvalidNetwork(f"{place}{key} is missing or is not of the type {kind.__name__}.")
    return value


def _natural(table: Mapping[str, Any], key: str) -> int:
    value = _get(table, key, int)
    if value < 0:
        raise InvalidNetwork(f"{key} must not be negative.")
    return value


def _gas(table: Mapping[str, Any], key: str) -> int | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise InvalidNetwork(f"fees.{key} must be a whole number above 0.")
    return value


def _wei(table: Mapping[str, Any], place: str, unit_wei: int) -> int | None:
    value = table.get(place.rpartition(".")[2])
    if value is None:
        return None
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool) and Decimal(value).is_finite()
    if not is_number or value <= 0:
        raise InvalidNetwork(f"{place} must be a number above 0.")
    return int(value * unit_wei)


def _address(table: Mapping[str, Any], key: str, place: str = "") -> Address:
    try:
        return parse_address(_get(table, key, str, place))
    except InvalidNetwork:
        raise
    except MendrecError as error:
        raise InvalidNetwork(f"{place}{key}: {error.message}") from error


def _url(text: str, place: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InvalidNetwork(f"{place} is not an http or https URL.")
    return text
