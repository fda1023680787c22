"""What a custodian answers: one outcome a record, shares sealed to the reader or a refusal in words."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mendrec.domain.errors import MendrecError, RefusedError, VerificationError
from mendrec.domain.ids import parse_address, parse_digest_hex
from mendrec.domain.model import Address

RELEASED = "released"


class MalformedAnswer(VerificationError):
    """A custodian answered something that is not of the documented shape."""

    code = "verification.release_answer"
    default_remedy = "Ask the custodian's operator; what it sent was not used."


class ReleaseRefused(RefusedError):
    """A custodian refused; the code, message and remedy are its own."""

    code = "refused.release"

    def __init__(self, message: str, *, remedy: str, reason_code: str) -> None:
        super().__init__(message, remedy=remedy)
        self.reason_code = reason_code

    def as_dict(self) -> dict[str, str]:
        """The custodian's own code, message and remedy."""
        return {**super().as_dict(), "code": self.reason_code}


@dataclass(frozen=True, slots=True)
class RecordOutcome:
    """What became of one record of a request.

    ``sealed_shares`` maps ``descriptor`` (LIST and OPEN) and ``payload`` (OPEN) to a share, age-encrypted to the
    reader's published recipient; it is empty where ``code`` is not ``released``.
    """

    sequence: int
    manifest_digest_hex: str
    code: str
    message: str
    remedy: str
    sealed_shares: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class ReleaseAnswer:
    """One custodian's answer, in the order of the request, and the block it was decided on."""

    custodian: Address
    head_number: int
    outcomes: tuple[RecordOutcome, ...]

    def to_json(self) -> dict[str, Any]:
        """The wire form."""
        return {
            "custodian": self.custodian,
            "headNumber": self.head_number,
            "outcomes": [
                {
                    "sequence": outcome.sequence,
                    "manifestDigest": outcome.manifest_digest_hex,
                    "code": outcome.code,
                    "message": outcome.message,
                    "remedy": outcome.remedy,
                    "shares": {key: base64.b64encode(sealed).decode() for key, sealed in outcome.sealed_shares.items()},
                }
                for outcome in self.outcomes
            ],
        }


def released(sequence: int, manifest_digest_hex: str, sealed_shares: Mapping[str, bytes]) -> RecordOutcome:
    """The outcome of a record whose shares are given out."""
    return RecordOutcome(sequence, manifest_digest_hex, RELEASED, "", "", sealed_shares)


def refused(sequence: int, manifest_digest_hex: str, reason: MendrecError) -> RecordOutcome:
    """The outcome of a record that is refused, with the reason's own words."""
    return RecordOutcome(sequence, manifest_digest_hex, reason.code, reason.message, reason.remedy, {})


def parse_answer(body: Mapping[str, Any]) -> ReleaseAnswer:
    """Reads the wire form.

    Raises:
        MalformedAnswer: anything missing or of a wrong type.
    """
    try:
        return ReleaseAnswer(
            custodian=parse_address(body["custodian"]),
            head_number=int(body["headNumber"]),
            outcomes=tuple(
                RecordOutcome(
                    sequence=int(outcome["sequence"]),
                    manifest_digest_hex=parse_digest_hex(outcome["manifestDigest"]),
                    code=str(outcome["code"]),
                    message=str(outcome["message"]),
                    remedy=str(outcome["remedy"]),
                    sealed_shares={
                        str(key): base64.b64decode(sealed, validate=True) for key, sealed in outcome["shares"].items()
                    },
                )
                for outcome in body["outcomes"]
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error, MendrecError) as error:
        raise MalformedAnswer("The custodian's answer is not of the documented shape.") from error
