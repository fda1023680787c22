"""A reader's signed request for key shares: its shape, its typed data, and the rule of freshness.

One signature serves every custodian: the request names no custodian, and each keeps its own list of used nonces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mendrec.domain.errors import InputError, LimitExceeded, RefusedError
from mendrec.domain.ids import parse_address, parse_digest_hex
from mendrec.domain.limits import LIMITS, Limits
from mendrec.domain.model import Act, Address, Purpose, RecordRef

_NONCE_HEX = re.compile(r"[0-9a-f]{64}")


class MalformedRequest(InputError):
    """The request is not of the documented shape."""

    code = "input.release_request"
    default_remedy = "See docs/format.md for the shape of a release request."


class StaleRequest(RefusedError):
    """The request is past its deadline, or its deadline is too far ahead."""

    code = "refused.release.stale"
    default_remedy = "Sign a fresh request; check this computer's clock."


@dataclass(frozen=True, slots=True)
class RequestedRecord:
    """One record of a request, with what it takes to find it under the chain's entry.

    ``path_hex`` (RFC 9162 inclusion path) is not signed: it is checked against the root on chain.
    """

    sequence: int
    manifest_digest_hex: str
    leaf_index: int | None = None
    path_hex: tuple[str, ...] = ()

    def ref(self, patient: Address) -> RecordRef:
        """The same record as a reference."""
        return RecordRef(patient, self.sequence, self.leaf_index, self.manifest_digest_hex)


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """What the reader signs: LIST or OPEN, whose records, which, what for, once, until when."""

    act: Act
    patient: Address
    reader: Address
    records: tuple[RequestedRecord, ...]
    purpose: Purpose
    nonce_hex: str
    deadline_at: int

    def to_json(self) -> dict[str, Any]:
        """The JSON form that goes over the wire beside the signature."""
        return {
            "act": self.act.value,
            "patient": self.patient,
            "reader": self.reader,
            "records": [
                {
                    "sequence": record.sequence,
                    "manifestDigest": record.manifest_digest_hex,
                    "leafIndex": record.leaf_index,
                    "path": list(record.path_hex),
                }
                for record in self.records
            ],
            "purpose": self.purpose.name,
            "nonce": self.nonce_hex,
            "deadline": self.deadline_at,
        }


def parse_request(body: Mapping[str, Any], limits: Limits = LIMITS) -> ReleaseRequest:
    """Reads the wire form.

    Raises:
        MalformedRequest: anything missing, of a wrong type, or out of range.
        LimitExceeded: more records than one request may name.
    """
    try:
        raw_records = body["records"]
        if not isinstance(raw_records, list) or not raw_records:
            raise MalformedRequest("A request names at least one record.")
        if len(raw_records) > limits.release_max_records:
            raise LimitExceeded(
                f"A request names at most {limits.release_max_records} records.", remedy="Ask in several requests."
            )
        nonce_hex = body["nonce"]
        if not isinstance(nonce_hex, str) or not _NONCE_HEX.fullmatch(nonce_hex):
            raise MalformedRequest("The nonce is 64 lower-case hex digits.")
        return ReleaseRequest(
            act=Act(body["act"]),
            patient=parse_address(_text(body["patient"])),
            reader=parse_address(_text(body["reader"])),
            records=tuple(_parse_record(record) for record in raw_records),
            purpose=Purpose[_text(body["purpose"])],
            nonce_hex=nonce_hex,
            deadline_at=_natural(body["deadline"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedRequest("The release request is not of the documented shape.") from error


def require_fresh(request: ReleaseRequest, *, now: int, limits: Limits = LIMITS) -> None:
    """Raises StaleRequest unless the deadline is ahead of ``now``, and not by more than the limit."""
    if now > request.deadline_at:
        raise StaleRequest("The request is past its deadline.")
    if request.deadline_at - now > limits.release_max_lifetime_s:
        raise StaleRequest(f"The deadline is more than {limits.release_max_lifetime_s} seconds ahead.")


def release_typed_data(request: ReleaseRequest, *, chain_id: int, records_contract: Address) -> dict[str, Any]:
    """EIP-712 data of the request, in ``eth_signTypedData_v4`` form.

    The domain carries the chain and the Records contract, so that a request signed for one deployment is worth
    nothing on another.
    """
    return {
        "types": {
            "EIP712Domain": [
                {"name": "name", "type": "string"},
                {"name": "version", "type": "string"},
                {"name": "chainId", "type": "uint256"},
                {"name": "verifyingContract", "type": "address"},
            ],
            "Record": [{"name": "sequence", "type": "uint64"}, {"name": "manifest", "type": "bytes32"}],
            "ReleaseRequest": [
                {"name": "act", "type": "string"},
                {"name": "patient", "type": "address"},
                {"name": "reader", "type": "address"},
                {"name": "records", "type": "Record[]"},
                {"name": "purpose", "type": "string"},
                {"name": "nonce", "type": "bytes32"},
                {"name": "deadline", "type": "uint64"},
            ],
        },
        "primaryType": "ReleaseRequest",
        "domain": {
            "name": "Mendrec Custodian",
            "version": "1",
            "chainId": chain_id,
            "verifyingContract": records_contract,
        },
        "message": {
            "act": request.act.value,
            "patient": request.patient,
            "reader": request.reader,
            "records": [
                {"sequence": record.sequence, "manifest": "0x" + record.manifest_digest_hex}
                for record in request.records
            ],
            "purpose": request.purpose.name,
            "nonce": "0x" + request.nonce_hex,
            "deadline": request.deadline_at,
        },
    }


def _parse_record(body: Any) -> RequestedRecord:
    leaf_index = body["leafIndex"]
    path: Sequence[Any] = body["path"]
    if not isinstance(path, list) or len(path) > 64:
        raise MalformedRequest("An inclusion path is a list of at most 64 digests.")
    return RequestedRecord(
        sequence=_natural(body["sequence"]),
        manifest_digest_hex=parse_digest_hex(_text(body["manifestDigest"])),
        leaf_index=None if leaf_index is None else _natural(leaf_index),
        path_hex=tuple(parse_digest_hex(_text(step)) for step in path),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise MalformedRequest("A text was expected.")
    return value


def _natural(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise MalformedRequest("A whole number was expected.")
    return value
