"""EIP-712 typed data, in ``eth_signTypedData_v4`` form, that is signed off chain: manifests and identity backups."""

from __future__ import annotations

from typing import Any

from mendrec.domain.cid import sha256_hex
from mendrec.domain.json_fields import FORMAT
from mendrec.domain.manifest import ManifestBody
from mendrec.domain.model import Address

TypedData = dict[str, Any]

_BACKUP_STATEMENT = "Unlock the backup of my Mendrec key. Sign this only on the site named here, and nowhere else."

# RecordManifest(string format,address patient,address author,uint16 category,uint40 createdAt,string payloadCid,
#   uint64 payloadSizeBytes,bytes32 payloadSha256,bytes32 descriptorSha256,string descriptorRecipient,
#   string payloadRecipient,string envelopesCid)
_MANIFEST_TYPE = (
    ("format", "string"),
    ("patient", "address"),
    ("author", "address"),
    ("category", "uint16"),
    ("createdAt", "uint40"),
    ("payloadCid", "string"),
    ("payloadSizeBytes", "uint64"),
    ("payloadSha256", "bytes32"),
    ("descriptorSha256", "bytes32"),
    ("descriptorRecipient", "string"),
    ("payloadRecipient", "string"),
    ("envelopesCid", "string"),
)

# IdentityBackup(string statement,string site,address account)
_BACKUP_TYPE = (("statement", "string"), ("site", "string"), ("account", "address"))


def manifest_typed_data(body: ManifestBody) -> TypedData:
    """Returns what the author signs: every field of the manifest; chain and contract are the domain.

    The sealed descriptor stands as its SHA-256, so that a wallet can show the message.
    """
    message = {
        "format": FORMAT,
        "patient": body.patient,
        "author": body.author,
        "category": body.category,
        "createdAt": body.created_at,
        "payloadCid": body.payload.cid,
        "payloadSizeBytes": body.payload.size_bytes,
        "payloadSha256": "0x" + body.payload.sha256_hex,
        "descriptorSha256": "0x" + sha256_hex(body.sealed_descriptor),
        "descriptorRecipient": body.recipients.descriptor,
        "payloadRecipient": body.recipients.payload,
        "envelopesCid": body.envelopes,
    }
    domain = {
        "name": "Mendrec Record",
        "version": "1",
        "chainId": body.chain_id,
        "verifyingContract": body.records,
    }
    domain_type = (
        ("name", "string"),
        ("version", "string"),
        ("chainId", "uint256"),
        ("verifyingContract", "address"),
    )
    return _typed_data(domain_type, domain, "RecordManifest", _MANIFEST_TYPE, message)


def identity_backup_typed_data(account: Address, site: str) -> TypedData:
    """Returns what a wallet signs to derive the key of its identity backup.

    The domain has neither chain nor contract: the same wallet restores the same identity wherever the records are.
    """
    message = {"statement": _BACKUP_STATEMENT, "site": site, "account": account}
    domain = {"name": "Mendrec Identity", "version": "1"}
    domain_type = (("name", "string"), ("version", "string"))
    return _typed_data(domain_type, domain, "IdentityBackup", _BACKUP_TYPE, message)


def _typed_data(
    domain_type: tuple[tuple[str, str], ...],
    domain: dict[str, Any],
    primary_type: str,
    primary: tuple[tuple[str, str], ...],
    message: dict[str, Any],
) -> TypedData:
    return {
        "types": {"EIP712Domain": _members(domain_type), primary_type: _members(primary)},
        "primaryType": primary_type,
        "domain": domain,
        "message": message,
    }


def _members(type_members: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"name": name, "type": solidity_type} for name, solidity_type in type_members]
