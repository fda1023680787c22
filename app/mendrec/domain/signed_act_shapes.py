"""The arguments of every act that can be made by signature, as the contracts declare them (interfaces/I*.sol).

A kind reads one argument strictly into its one spelling, or raises :class:`ArgumentError`, whose words go after the
argument's name. A test compares all of this with the contracts' ABI.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mendrec.domain.errors import InputError
from mendrec.domain.ids import parse_address

Kind = Callable[[Any], Any]

_LIST_MAX_ITEMS = 1_024
_BYTES_MAX = 16 * 1024
"""An EIP-1271 wallet's signature can be that of many owners."""
_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_DECIMAL = re.compile(r"[0-9]{1,78}")


class ArgumentError(ValueError):
    """An argument of another shape. The words say what it should be, never what it is."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One function's arguments."""

    function: str
    members: tuple[tuple[str, Kind], ...]

    def signer_of(self, args: tuple[Any, ...]) -> str:
        """Whose signature the contract asks for: the first argument, or the credential's clinician."""
        first: Any = args[0] if self.function != "enrolClinicianBySig" else args[1]["clinician"]
        return str(first)


def address(value: Any) -> str:
    """An EIP-55 address."""
    try:
        return parse_address(value)
    except (InputError, AttributeError, TypeError) as error:
        raise ArgumentError("is not an address.") from error


def uint(bits: int) -> Kind:
    """An unsigned number, also as a decimal string: JavaScript's numbers end at 2**53."""

    def read(value: Any) -> int:
        if isinstance(value, str) and _DECIMAL.fullmatch(value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**bits:
            raise ArgumentError(f"is not a number of {bits} bits.")
        return value

    return read


def hex_bytes(size_bytes: int | None = None) -> Kind:
    """Bytes as 0x-hex, of one size or of any up to a bound."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or len(value) > 2 + 2 * _BYTES_MAX or not _HEX.fullmatch(value):
            raise ArgumentError("is not bytes as 0x-hex.")
        if size_bytes is not None and len(value) != 2 + 2 * size_bytes:
            raise ArgumentError(f"is not {size_bytes} bytes as 0x-hex.")
        return value.lower()

    return read


def list_of(kind: Kind) -> Kind:
    """A list, bounded."""

    def read(value: Any) -> list[Any]:
        if not isinstance(value, list | tuple) or len(value) > _LIST_MAX_ITEMS:
            raise ArgumentError(f"is not a list of at most {_LIST_MAX_ITEMS}.")
        return [kind(one) for one in value]

    return read


def struct(**members: Kind) -> Kind:
    """A struct as an object with exactly these members."""

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping) or set(value) != set(members):
            raise ArgumentError(f"is not an object of {', '.join(members)}.")
        found = {}
        for name, kind in members.items():
            try:
                found[name] = kind(value[name])
            except ArgumentError as error:
                raise ArgumentError(f"has a {name} that {error}") from error
        return found

    return read


_AUTHORIZATION = struct(nonce=uint(256), deadline=uint(64), signature=hex_bytes())
_TERMS = struct(**{"rights": uint(8), "from": uint(40), "until": uint(40), "purpose": uint(8)})
_CREDENTIAL = struct(
    clinician=address, institution=address, licenceCommitment=hex_bytes(32), issuedAt=uint(40), expiresAt=uint(40)
)
_BATCH = struct(category=uint(16), location=uint(16), count=uint(24), root=hex_bytes(32), listDigest=hex_bytes(32))
_ENTRY_KEY = struct(patient=address, sequence=uint(64))
_CATEGORIES, _SEQUENCES = list_of(uint(16)), list_of(uint(32))


def _shape(function: str, **members: Kind) -> Shape:
    return Shape(function, (*members.items(), ("auth", _AUTHORIZATION)))


_CANCEL = _shape("cancelNonceBySig", signer=address, cancelledNonce=uint(256))
_DIRECTORY = (
    _shape("enrolBySig", who=address, recipient=hex_bytes(32)),
    _shape("publishRecipientBySig", who=address, recipient=hex_bytes(32)),
    _shape(
        "enrolClinicianBySig",
        recipient=hex_bytes(32),
        credential=_CREDENTIAL,
        verifier=address,
        verifierSignature=hex_bytes(),
    ),
    _CANCEL,
)
_CONSENT = (
    _shape("grantBySig", patient=address, grantee=address, categories=_CATEGORIES, terms=_TERMS, sequences=_SEQUENCES),
    _shape(
        "renewBySig", patient=address, grantee=address, categories=_CATEGORIES, until=uint(40), sequences=_SEQUENCES
    ),
    _shape(
        "narrowBySig",
        patient=address,
        grantee=address,
        categories=_CATEGORIES,
        rights=uint(8),
        until=uint(40),
        sequences=_SEQUENCES,
    ),
    _shape("revokeBySig", patient=address, grantee=address, categories=_CATEGORIES, sequences=_SEQUENCES),
    _shape(
        "approveBySig", patient=address, requester=address, categories=_CATEGORIES, terms=_TERMS, sequences=_SEQUENCES
    ),
    _shape("declineBySig", patient=address, requester=address, categories=_CATEGORIES, terms=_TERMS),
    _shape("askBySig", requester=address, patient=address, categories=_CATEGORIES, terms=_TERMS),
    _shape("withdrawRequestBySig", requester=address, patient=address, categories=_CATEGORIES, terms=_TERMS),
    _shape(
        "passOnBySig",
        delegator=address,
        patient=address,
        grantee=address,
        categories=_CATEGORIES,
        terms=_TERMS,
        sequences=_SEQUENCES,
    ),
    _shape("takeBackBySig", delegator=address, patient=address, grantee=address, categories=_CATEGORIES),
    _shape("renounceBySig", grantee=address, patient=address, categories=_CATEGORIES),
    _CANCEL,
)
_RECORDS = (
    _shape(
        "addBySig",
        author=address,
        patient=address,
        category=uint(16),
        location=uint(16),
        digest=hex_bytes(32),
        sequence=uint(64),
        previousLink=hex_bytes(32),
    ),
    _shape(
        "addBatchesBySig",
        author=address,
        patient=address,
        batches=list_of(_BATCH),
        sequence=uint(64),
        previousLink=hex_bytes(32),
    ),
    _shape("mendPathsBySig", mender=address, keys=list_of(_ENTRY_KEY), toLocation=uint(16), reason=uint(8)),
    _CANCEL,
)

SHAPES: Mapping[tuple[str, str], Shape] = {
    (contract, shape.function): shape
    for contract, shapes in (("Directory", _DIRECTORY), ("Consent", _CONSENT), ("Records", _RECORDS))
    for shape in shapes
}
"""(contract, function) → its arguments: everything that a relayer may be asked to send."""
