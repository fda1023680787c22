"""Between the ABI's values and JSON-safe ones: bytes are 0x-hex, structs are mappings, addresses are checksummed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import collapse_if_tuple
from eth_utils.address import is_checksum_address, to_checksum_address
from eth_utils.crypto import keccak

Abi = Sequence[Mapping[str, Any]]


def bare_hex(data: bytes | str) -> str:
    """Returns lower-case hex without prefix, of bytes or of hex with or without ``0x``."""
    return data.hex() if isinstance(data, bytes) else data.removeprefix("0x").lower()


def signature_of(item: Mapping[str, Any]) -> str:
    """Returns the canonical signature of an ABI item, for example ``Expired(uint40,uint256)``."""
    return f"{item['name']}({','.join(_type_of(component) for component in item['inputs'])})"


def selector_of(item: Mapping[str, Any]) -> bytes:
    """Returns the first four bytes of the Keccak-256 of the item's signature (Solidity ABI specification)."""
    return keccak(text=signature_of(item))[:4]


def topic_of(item: Mapping[str, Any]) -> bytes:
    """Returns the 32-byte topic 0 of an event item."""
    return keccak(text=signature_of(item))


def decode_named(components: Abi, data: bytes) -> dict[str, Any]:
    """Decodes ABI-encoded ``data`` into JSON-safe values by name.

    Raises:
        DecodingError: the data does not have this shape.
    """
    types = [_type_of(component) for component in components]
    try:
        values = decode(types, data)
    except OverflowError as error:
        raise DecodingError("A length beyond the data.") from error
    return {
        component["name"] or str(position): jsonable(component, value)
        for position, (component, value) in enumerate(zip(components, values, strict=True))
    }


def decode_log(item: Mapping[str, Any], topics: Sequence[bytes], data: bytes) -> dict[str, Any]:
    """Decodes a log's indexed and plain arguments, in the order of the event's declaration.

    Raises:
        DecodingError: topics or data do not have the event's shape.
    """
    indexed = [component for component in item["inputs"] if component["indexed"]]
    if len(indexed) != len(topics) - 1:
        raise DecodingError("Another number of topics than the event has.")
    plain = [component for component in item["inputs"] if not component["indexed"]]
    named = decode_named(plain, data)
    for component, topic in zip(indexed, topics[1:], strict=True):
        named |= decode_named([component], topic)
    return {component["name"]: named[component["name"]] for component in item["inputs"]}


def jsonable(component: Mapping[str, Any], value: Any) -> Any:
    """Returns one decoded value in JSON-safe form."""
    kind: str = component["type"]
    if kind.endswith("]"):
        inner = {**component, "type": kind[: kind.rindex("[")]}
        return [jsonable(inner, one) for one in value]
    if kind == "tuple":
        return {part["name"]: jsonable(part, one) for part, one in zip(component["components"], value, strict=True)}
    if kind == "address":
        return to_checksum_address(value)
    if kind.startswith("bytes"):
        return "0x" + value.hex()
    return value


def encode_args(components: Abi, args: Sequence[Any]) -> bytes:
    """Encodes JSON-safe arguments in the order of ``components``: the inverse of :func:`decode_named`, and as strict.

    Raises:
        EncodingError, ValueError, TypeError, KeyError: another number of arguments, or one of another shape.
    """
    types = [_type_of(component) for component in components]
    return encode(types, [_plain(component, arg) for component, arg in zip(components, args, strict=True)])


def _plain(component: Mapping[str, Any], value: Any) -> Any:
    """Returns one JSON-safe value in the form that is encoded."""
    kind: str = component["type"]
    if kind.endswith("]"):
        if not isinstance(value, list | tuple):
            raise TypeError("A list is expected.")
        inner = {**component, "type": kind[: kind.rindex("[")]}
        return [_plain(inner, one) for one in value]
    if kind == "tuple":
        parts = component["components"]
        if set(value) != {part["name"] for part in parts}:
            raise KeyError("Another set of members than the struct has.")
        return tuple(_plain(part, value[part["name"]]) for part in parts)
    if kind == "address":
        if not isinstance(value, str) or not is_checksum_address(value):
            raise ValueError("An address with its checksum is expected.")
        return value
    if kind.startswith("bytes"):
        return _bytes_of(kind, value)
    return value


def _bytes_of(kind: str, value: Any) -> bytes:
    if not isinstance(value, str) or not value.startswith("0x"):
        raise ValueError("Bytes are given as 0x-hex.")
    data = bytes.fromhex(value[2:])
    if kind != "bytes" and len(data) != int(kind.removeprefix("bytes")):  # the encoder would fill up with zeros
        raise ValueError(f"{kind} has another length.")
    return data


def _type_of(component: Mapping[str, Any]) -> str:
    return collapse_if_tuple(dict(component))
