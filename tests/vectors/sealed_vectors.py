"""Sealed records and identity backups as vectors: made once, and rebuilt from their own ciphertexts to be checked."""

from __future__ import annotations

import base64
import io
from dataclasses import fields as dataclass_fields
from hashlib import sha256
from typing import Any

from mendrec.crypto.age import SecretIdentity
from mendrec.crypto.custody import (
    CustodianKey,
    RecordBinding,
    check_share_binding,
    combine,
    open_patient_envelope,
    open_resealed,
    reseal_for_reader,
    unseal_share,
)
from mendrec.crypto.identity import backup_with_wallet, restore_with_wallet
from mendrec.crypto.kdf import hkdf_sha256
from mendrec.crypto.manifest_signature import require_author_signature, sign_manifest
from mendrec.crypto.record_keys import RecordKeys
from mendrec.crypto.wallet import LocalWallet, typed_data_digest
from mendrec.domain import tags
from mendrec.domain.bindings import require_envelopes_of_manifest
from mendrec.domain.cid import cid_of, sha256_hex
from mendrec.domain.descriptor import Coding, Descriptor
from mendrec.domain.envelopes import Envelopes, KeyName, parse_envelopes
from mendrec.domain.limits import LIMITS
from mendrec.domain.manifest import Manifest, ManifestBody, parse_manifest
from mendrec.domain.typed_data_record import identity_backup_typed_data, manifest_typed_data
from mendrec.services.opening import open_descriptor, open_payload
from mendrec.services.sealing import RecordDraft, _seal_with

Json = dict[str, Any]
ABOUT = "Keys in this file are for tests only. Ciphertexts were made once; everything else follows from them."
SITE = "https://records.example"
PATTERN = bytes(range(251))

FULL = Descriptor(
    title="Blutbild, gro\u00df",
    media_type="application/fhir+json",
    fhir_type="DiagnosticReport",
    codes=(Coding("http://loinc.org", "58410-2", "CBC panel"), Coding("http://loinc.org", "718-7")),
    file_name="cbc.json",
)
CASES: tuple[tuple[str, int, int, int, Descriptor], ...] = (
    # name, plaintext bytes (0..250 repeated), threshold, custodians, descriptor
    ("empty and private", 0, 0, 0, Descriptor("Nothing yet", "application/octet-stream")),
    ("one custodian", 100, 1, 1, Descriptor("A note", "text/plain")),
    ("two of three, more than one age chunk", 70_000, 2, 3, FULL),
)


def _identity(label: str) -> SecretIdentity:
    return SecretIdentity(sha256(f"mendrec test identity: {label}".encode()).digest())


def _wallet(label: str) -> LocalWallet:
    return LocalWallet(_private_key(label))


def _private_key(label: str) -> bytes:
    return sha256(f"mendrec test wallet: {label}".encode()).digest()


AUTHOR, PATIENT, RECORDS = _wallet("author"), _wallet("patient"), _wallet("records")
PATIENT_IDENTITY, READER_IDENTITY = _identity("patient"), _identity("reader")
CUSTODIANS = [(_wallet(f"custodian {n}"), _identity(f"custodian {n}")) for n in range(3)]


def seal_records() -> Json:
    """Seals every case anew."""
    cases = []
    for number, (name, size, threshold, total, descriptor) in enumerate(CASES):
        keys = _keys(name)
        sink = io.BytesIO()
        record = _seal_with(
            keys,
            RecordDraft(31337, RECORDS.address, PATIENT.address, number + 1, 1_790_000_000 + number, descriptor),
            io.BytesIO(_plaintext(size)),
            sink,
            patient_recipient=PATIENT_IDENTITY.recipient,
            custodians=[CustodianKey(wallet.address, identity.recipient) for wallet, identity in CUSTODIANS[:total]],
            threshold=threshold,
            wallet=AUTHOR,
            limits=LIMITS,
        )
        released = [
            reseal_for_reader(_unsealed(record.envelopes, position, key), READER_IDENTITY.recipient)
            for key in KeyName
            for position in range(total)
        ]
        cases.append(_describe(CASES[number], record.manifest, record.envelopes, sink.getvalue(), released))
    return _document(cases)


def rebuild_records(document: Json) -> Json:
    """Opens and verifies every case and recomputes all that follows from its ciphertexts."""
    cases = []
    for case, found in zip(CASES, document["cases"], strict=True):
        manifest = parse_manifest(found["manifestJson"].encode())
        envelopes = parse_envelopes(found["envelopesJson"].encode())
        ciphertext = base64.b64decode(found["payloadCiphertext"])
        released = [base64.b64decode(sealed) for sealed in found["releasedToReader"]]
        body = ManifestBody(**{field.name: getattr(manifest, field.name) for field in dataclass_fields(ManifestBody)})
        resigned = sign_manifest(body, AUTHOR)
        _require_opens(case, manifest, envelopes, ciphertext, released)
        cases.append(_describe(case, resigned, envelopes, ciphertext, released))
    return _document(cases)


def _require_opens(
    case: tuple[str, int, int, int, Descriptor],
    manifest: Manifest,
    envelopes: Envelopes,
    ciphertext: bytes,
    released: list[bytes],
) -> None:
    name, size, threshold, total, descriptor = case
    require_author_signature(manifest)
    require_envelopes_of_manifest(envelopes, manifest)
    keys = open_patient_envelope(PATIENT_IDENTITY, envelopes)
    plaintext = io.BytesIO()
    open_payload(manifest, keys.payload, [ciphertext], plaintext)
    shares = [open_resealed(READER_IDENTITY, sealed) for sealed in released]
    for share in shares:
        check_share_binding(share, RecordBinding.of(manifest), custodian=share.custodian)
    combined = [
        combine(shares[at * total : at * total + threshold], envelopes, key, RecordBinding.of(manifest))
        for at, key in enumerate(KeyName)
        if threshold
    ]
    ok = (
        keys == _keys(name)
        and plaintext.getvalue() == _plaintext(size)
        and open_descriptor(manifest, keys.descriptor) == descriptor
        and combined in ([], [keys.descriptor, keys.payload])
        and len(released) == 2 * total
    )
    if not ok:
        raise AssertionError(f"The sealed vector {name!r} does not open to what it says.")


def _describe(
    case: tuple[str, int, int, int, Descriptor],
    manifest: Manifest,
    envelopes: Envelopes,
    ciphertext: bytes,
    released: list[bytes],
) -> Json:
    name, size, threshold, total, descriptor = case
    keys = _keys(name)
    return {
        "name": name,
        "plaintextSizeBytes": size,
        "plaintextSha256Hex": sha256_hex(_plaintext(size)),
        "threshold": threshold,
        "total": total,
        "identities": {key.value: keys.of(key).reveal_text() for key in KeyName},
        "descriptorJson": descriptor.to_bytes().decode(),
        "manifestJson": manifest.to_bytes().decode(),
        "manifestDigestHex": manifest.digest_hex(),
        "manifestCid": cid_of(manifest.to_bytes()),
        "signedDigestHex": typed_data_digest(manifest_typed_data(manifest)).hex(),
        "envelopesJson": envelopes.to_bytes().decode(),
        "envelopesCid": envelopes.cid(),
        "sharesJson": [
            _unsealed(envelopes, position, key).to_bytes().decode() for key in KeyName for position in range(total)
        ],
        "releasedToReader": [base64.b64encode(sealed).decode() for sealed in released],
        "payloadCiphertext": base64.b64encode(ciphertext).decode(),
    }


def _document(cases: list[Json]) -> Json:
    return {
        "about": ABOUT + " The plaintext is the bytes 0..250 repeated up to its size.",
        "author": {"privateKeyHex": _private_key("author").hex(), "address": AUTHOR.address},
        "patient": {"address": PATIENT.address, "identity": PATIENT_IDENTITY.reveal_text()},
        "custodians": [
            {"address": wallet.address, "identity": identity.reveal_text()} for wallet, identity in CUSTODIANS
        ],
        "reader": {"identity": READER_IDENTITY.reveal_text()},
        "cases": cases,
    }


def seal_identity() -> Json:
    """Makes an identity backup anew."""
    return _describe_identity(backup_with_wallet(PATIENT_IDENTITY, PATIENT, SITE))


def rebuild_identity(document: Json) -> Json:
    """Restores the backup and recomputes all that follows."""
    backup = base64.b64decode(document["backup"])
    restore_with_wallet(backup, PATIENT, SITE, expected_recipient=PATIENT_IDENTITY.recipient)
    return _describe_identity(backup)


def _describe_identity(backup: bytes) -> Json:
    typed_data = identity_backup_typed_data(PATIENT.address, SITE)
    signature = PATIENT.sign_typed_data(typed_data)
    key = SecretIdentity(hkdf_sha256(signature[:64], info=tags.IDENTITY_BACKUP_KEY))
    return {
        "about": ABOUT,
        "privateKeyHex": _private_key("patient").hex(),
        "account": PATIENT.address,
        "site": SITE,
        "typedData": typed_data,
        "signedDigestHex": typed_data_digest(typed_data).hex(),
        "signatureHex": signature.hex(),
        "hkdfInfo": tags.IDENTITY_BACKUP_KEY,
        "backupKeyIdentity": key.reveal_text(),
        "identity": PATIENT_IDENTITY.reveal_text(),
        "recipient": PATIENT_IDENTITY.recipient,
        "backup": base64.b64encode(backup).decode(),
    }


def _plaintext(size: int) -> bytes:
    return (PATTERN * (size // len(PATTERN) + 1))[:size]


def _keys(name: str) -> RecordKeys:
    return RecordKeys(_identity(f"{name}: descriptor"), _identity(f"{name}: payload"))


def _unsealed(envelopes: Envelopes, position: int, key: KeyName) -> Any:
    wallet, identity = CUSTODIANS[position]
    return unseal_share(identity, envelopes, wallet.address, key)
