"""Signed acts of the Directory (``contracts/src/libraries/DirectoryActs.sol``), and the clinician's credential."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mendrec.domain.model import Address
from mendrec.domain.typed_data._build import Domain, hex_0x, iso8601_utc, parse_type, typed_data
from mendrec.domain.typed_data.signed_acts import Validity, signed_act

ENROL_TYPE = "Enrol(address who,bytes32 recipient,uint256 nonce,string signatureValidUntil)"
PUBLISH_RECIPIENT_TYPE = "PublishRecipient(address who,bytes32 recipient,uint256 nonce,string signatureValidUntil)"
CLINICIAN_CREDENTIAL_TYPE = (
    "ClinicianCredential(address clinician,address institution,address verifier,"
    "bytes32 licenceCommitment,string issuedAt,string expiresAt)"
)
ENROL_CLINICIAN_TYPE = (
    "EnrolClinician(ClinicianCredential credential,bytes32 recipient,uint256 nonce,string signatureValidUntil)"
    + CLINICIAN_CREDENTIAL_TYPE
)


@dataclass(frozen=True, slots=True)
class Credential:
    """What a verifier states about a clinician."""

    clinician: Address
    institution: Address
    licence_commitment_hex: str
    """Salted hash of the licence number."""
    issued_at: int
    expires_at: int


def enrol(domain: Domain, who: Address, recipient_hex: str, validity: Validity) -> dict[str, Any]:
    """Enrols ``who`` as a patient with an age recipient (X25519 public key)."""
    return signed_act(domain, ENROL_TYPE, {"who": who, "recipient": hex_0x(recipient_hex)}, validity)


def publish_recipient(domain: Domain, who: Address, recipient_hex: str, validity: Validity) -> dict[str, Any]:
    """Replaces the age recipient of ``who``."""
    return signed_act(domain, PUBLISH_RECIPIENT_TYPE, {"who": who, "recipient": hex_0x(recipient_hex)}, validity)


def clinician_credential(domain: Domain, credential: Credential, verifier: Address) -> dict[str, Any]:
    """What the verifier signs. It carries no nonce: the Directory takes a newer ``issued_at`` only."""
    primary_type, types = parse_type(CLINICIAN_CREDENTIAL_TYPE)
    return typed_data(domain, primary_type, types, _credential_members(credential, verifier))


def enrol_clinician(
    domain: Domain, credential: Credential, verifier: Address, recipient_hex: str, validity: Validity
) -> dict[str, Any]:
    """Enrols the clinician whom the credential names; signed by that clinician."""
    members = {"credential": _credential_members(credential, verifier), "recipient": hex_0x(recipient_hex)}
    return signed_act(domain, ENROL_CLINICIAN_TYPE, members, validity)


def _credential_members(credential: Credential, verifier: Address) -> dict[str, str]:
    return {
        "clinician": credential.clinician,
        "institution": credential.institution,
        "verifier": verifier,
        "licenceCommitment": hex_0x(credential.licence_commitment_hex),
        "issuedAt": iso8601_utc(credential.issued_at),
        "expiresAt": iso8601_utc(credential.expires_at),
    }
