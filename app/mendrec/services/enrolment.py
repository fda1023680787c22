"""Who is who, as use cases: enrolling, admitting bodies, signing and presenting credentials, standing, locations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from mendrec.domain.age_recipient import recipient_to_bytes
from mendrec.domain.errors import InputError
from mendrec.domain.ids import parse_address, parse_digest_hex
from mendrec.domain.model import Address, Role
from mendrec.domain.typed_data import contract_domain
from mendrec.domain.typed_data.directory import Credential, clinician_credential
from mendrec.ports import ContractCall, LedgerReader, TransactionReceipt, Wallet
from mendrec.services.outbox import Outbox

LOCATION_KINDS = {"directory": 1, "ipfs": 2, "object-store": 3, "sftp": 4, "http": 5}


class MalformedCredential(InputError):
    """The credential file is not of the documented shape."""

    code = "input.credential"
    default_remedy = "Ask the verifier for the file again (`mendrec credential`)."


@dataclass(frozen=True, slots=True)
class SignedCredential:
    """A credential and the verifier's signature over it; a file a verifier hands to a clinician."""

    credential: Credential
    verifier: Address
    signature_hex: str

    def to_json(self) -> str:
        """The file's text."""
        return json.dumps(
            {"credential": asdict(self.credential), "verifier": self.verifier, "signature": "0x" + self.signature_hex},
            indent=2,
        )


def parse_credential(text: str) -> SignedCredential:
    """Reads a credential file.

    Raises:
        MalformedCredential: not of the shape :meth:`SignedCredential.to_json` writes.
    """
    try:
        body = json.loads(text)
        fields = body["credential"]
        return SignedCredential(
            credential=Credential(
                clinician=parse_address(fields["clinician"]),
                institution=parse_address(fields["institution"]),
                licence_commitment_hex=parse_digest_hex(fields["licence_commitment_hex"]),
                issued_at=int(fields["issued_at"]),
                expires_at=int(fields["expires_at"]),
            ),
            verifier=parse_address(body["verifier"]),
            signature_hex=bytes.fromhex(body["signature"].removeprefix("0x")).hex(),
        )
    except (KeyError, TypeError, ValueError, AttributeError, InputError) as error:
        raise MalformedCredential("This is not a credential file.") from error


@dataclass(frozen=True)
class EnrolmentService:
    """Acts on the directory, each by the caller's own transaction."""

    ledger: LedgerReader
    outbox: Outbox

    def enrol_patient(self, wallet: Wallet, recipient: str, *, key: str) -> TransactionReceipt:
        """Enrols the caller as a patient with an age recipient (``age1…``)."""
        return self._send("enrol", wallet, key, _recipient_hex(recipient))

    def sign_credential(self, verifier: Wallet, credential: Credential) -> SignedCredential:
        """Signs a credential as a verifier; nothing is sent."""
        domain = contract_domain("Directory", self.ledger.chain_id, self.ledger.contract_address("Directory"))
        typed_data = clinician_credential(domain, credential, verifier.address)
        return SignedCredential(credential, verifier.address, verifier.sign_typed_data(typed_data).hex())

    def enrol_clinician(
        self, wallet: Wallet, recipient: str, signed: SignedCredential, *, key: str
    ) -> TransactionReceipt:
        """Enrols the caller as a clinician, with the credential a verifier signed."""
        return self._send(
            "enrolClinician",
            wallet,
            key,
            _recipient_hex(recipient),
            _credential_json(signed.credential),
            signed.verifier,
            "0x" + signed.signature_hex,
        )

    def renew_credential(self, wallet: Wallet, signed: SignedCredential, *, key: str) -> TransactionReceipt:
        """Presents a newer credential; anyone may pay for it."""
        return self._send(
            "renewCredential",
            wallet,
            key,
            _credential_json(signed.credential),
            signed.verifier,
            "0x" + signed.signature_hex,
        )

    def admit_body(
        self, governance: Wallet, body: Address, roles: Role, recipient: str, *, key: str
    ) -> TransactionReceipt:
        """Admits an institution, verifier or custodian."""
        return self._send("admitBody", governance, key, body, int(roles), _recipient_hex(recipient))

    def suspend(self, wallet: Wallet, who: Address, *, key: str) -> TransactionReceipt:
        """Suspends a participant at once."""
        return self._send("suspend", wallet, key, who)

    def reinstate(self, wallet: Wallet, who: Address, *, key: str) -> TransactionReceipt:
        """Ends a suspension."""
        return self._send("reinstate", wallet, key, who)

    def revoke_credential(self, wallet: Wallet, clinician: Address, *, key: str) -> TransactionReceipt:
        """Revokes a clinician's credential at once."""
        return self._send("revokeCredential", wallet, key, clinician)

    def add_location(self, institution: Wallet, kind: str, base_uri: str, *, key: str) -> int:
        """Registers a place where copies live; returns its number."""
        if kind not in LOCATION_KINDS:
            raise InputError(f"There is no location kind {kind!r}.", remedy=f"One of: {', '.join(LOCATION_KINDS)}.")
        receipt = self._send("addLocation", institution, key, LOCATION_KINDS[kind], base_uri)
        return int(next(event.args["location"] for event in receipt.events if event.name == "LocationAdded"))

    def _send(self, function: str, wallet: Wallet, key: str, *args: Any) -> TransactionReceipt:
        return self.outbox.submit(ContractCall("Directory", function, args), wallet, key)


def _recipient_hex(recipient: str) -> str:
    return "0x" + recipient_to_bytes(recipient).hex()


def _credential_json(credential: Credential) -> Mapping[str, Any]:
    return {
        "clinician": credential.clinician,
        "institution": credential.institution,
        "licenceCommitment": "0x" + credential.licence_commitment_hex,
        "issuedAt": credential.issued_at,
        "expiresAt": credential.expires_at,
    }
