"""Everybody of a :class:`tests.simulators.chain_world.World`, admitted and enrolled."""

from __future__ import annotations

from typing import Any

from eth_utils.crypto import keccak

from mendrec.domain.model import Right, Role
from mendrec.domain.typed_data import contract_domain
from mendrec.domain.typed_data.directory import Credential, clinician_credential
from tests.simulators.chain_world import World

CREDENTIAL_LIFETIME_S = 365 * 24 * 3600
DAY_S = 24 * 3600


def recipient_hex(name: str) -> str:
    """32 bytes that are a usable X25519 public key."""
    public_key_bytes = bytearray(keccak(text=f"recipient of {name}"))
    public_key_bytes[-1] &= 0x7F
    return "0x" + public_key_bytes.hex()


def digest_hex(text: str) -> str:
    """32 bytes that stand for a manifest's digest."""
    return "0x" + keccak(text=text).hex()


def enrol_everybody(world: World) -> None:
    """Bodies, two patients, three clinicians, and one location of each hospital (numbers 1 and 2)."""
    bodies = {
        "hospital_a": Role.INSTITUTION,
        "hospital_b": Role.INSTITUTION,
        "verifier": Role.VERIFIER,
        "custodian": Role.CUSTODIAN,
    }
    for name, role in bodies.items():
        address = world.wallets[name].address
        world.send("governance", "Directory", "admitBody", address, int(role), recipient_hex(name))
    for name in ("patient", "other_patient"):
        world.send(name, "Directory", "enrol", recipient_hex(name))
    for name in ("clinician_a", "clinician_b", "clinician_c"):
        enrol_clinician(world, name, "hospital_b" if name == "clinician_b" else "hospital_a")
    for name in ("hospital_a", "hospital_b"):
        world.send(name, "Directory", "addLocation", 1, f"dir://{name}/")


def enrol_clinician(world: World, name: str, institution: str) -> None:
    """With a credential that the verifier signs now."""
    credential, signature = signed_credential(world, name, institution)
    verifier = world.wallets["verifier"].address
    world.send(name, "Directory", "enrolClinician", recipient_hex(name), credential, verifier, "0x" + signature.hex())


def signed_credential(world: World, name: str, institution: str) -> tuple[dict[str, Any], bytes]:
    """The contract's struct, and the verifier's signature."""
    issued_at = world.reader.head_block().timestamp
    credential = Credential(
        clinician=world.wallets[name].address,
        institution=world.wallets[institution].address,
        licence_commitment_hex=keccak(text=f"licence of {name}").hex(),
        issued_at=issued_at,
        expires_at=issued_at + CREDENTIAL_LIFETIME_S,
    )
    domain = contract_domain("Directory", world.reader.chain_id, world.reader.contract_address("Directory"))
    verifier = world.wallets["verifier"]
    signature = verifier.sign_typed_data(clinician_credential(domain, credential, verifier.address))
    struct = {
        "clinician": credential.clinician,
        "institution": credential.institution,
        "licenceCommitment": "0x" + credential.licence_commitment_hex,
        "issuedAt": credential.issued_at,
        "expiresAt": credential.expires_at,
    }
    return struct, signature


def terms(world: World, rights: Right, *, days: int = 30, starts_in_s: int = 0) -> dict[str, int]:
    """The contract's struct, from the head's time on, for treatment."""
    start = world.reader.head_block().timestamp + starts_in_s
    return {"rights": int(rights), "from": start, "until": start + days * DAY_S, "purpose": 1}


def grant(world: World, grantee: str, rights: Right, *categories: int, patient: str = "patient") -> None:
    """A grant by the patient's own transaction."""
    address = world.wallets[grantee].address
    world.send(patient, "Consent", "grant", address, list(categories), terms(world, rights))


def add_record(world: World, author: str, sequence: int, *, category: int = 2, patient: str = "patient") -> None:
    """A single record at location 1, on the patient's present head."""
    address = world.wallets[patient].address
    head = "0x" + world.reader.head_link_hex(address)
    digest = digest_hex(f"manifest {patient} {sequence}")
    world.send(author, "Records", "add", address, category, 1, digest, sequence, head)
