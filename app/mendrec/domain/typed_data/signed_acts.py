"""What every signed act shares (``contracts/src/base/SignedActs.sol``): a nonce and a last second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mendrec.domain.model import Address
from mendrec.domain.typed_data._build import Domain, iso8601_utc, parse_type, typed_data

CANCEL_TYPE = "Cancel(address signer,uint256 cancelledNonce,uint256 nonce,string signatureValidUntil)"


@dataclass(frozen=True, slots=True)
class Validity:
    """How often and how long a signature counts."""

    nonce: int
    """Any number below 2**256 that the signer has not used in this contract; it serves once."""
    deadline_at: int
    """Unix seconds, the last second in which it may be submitted."""


def signed_act(domain: Domain, encoded_type: str, members: Mapping[str, Any], validity: Validity) -> dict[str, Any]:
    """Returns the typed data of an act, to which the nonce and the last second are added.

    Raises:
        TimeNotRepresentable: a deadline after the year 9999.
    """
    primary_type, types = parse_type(encoded_type)
    life = {"nonce": str(validity.nonce), "signatureValidUntil": iso8601_utc(validity.deadline_at)}
    return typed_data(domain, primary_type, types, {**members, **life})


def cancel_nonce(domain: Domain, signer: Address, cancelled_nonce: int, validity: Validity) -> dict[str, Any]:
    """Makes ``cancelled_nonce`` unusable in the domain's contract."""
    return signed_act(domain, CANCEL_TYPE, {"signer": signer, "cancelledNonce": str(cancelled_nonce)}, validity)
