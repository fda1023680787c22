// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

// What a participant is, as bits: one address may be several things.
uint16 constant ROLE_PATIENT = 1 << 0;
uint16 constant ROLE_CLINICIAN = 1 << 1;
uint16 constant ROLE_INSTITUTION = 1 << 2;
uint16 constant ROLE_VERIFIER = 1 << 3;
uint16 constant ROLE_CUSTODIAN = 1 << 4;

// The roles of bodies, which governance admits; people enrol themselves.
uint16 constant BODY_ROLES = ROLE_INSTITUTION | ROLE_VERIFIER | ROLE_CUSTODIAN;

// What a permission block allows, as bits.
uint8 constant RIGHT_READ = 1 << 0;
uint8 constant RIGHT_UPLOAD = 1 << 1;
uint8 constant RIGHT_SHARE = 1 << 2;

// Why a path was moved.
uint8 constant MEND_DAMAGED = 1;
uint8 constant MEND_MISSING = 2;
uint8 constant MEND_UNREACHABLE = 3;
uint8 constant MEND_RELOCATED = 4;

// What a location is; the values end at LOCATION_KIND_LAST.
uint8 constant LOCATION_DIRECTORY = 1;
uint8 constant LOCATION_IPFS = 2;
uint8 constant LOCATION_OBJECT_STORE = 3;
uint8 constant LOCATION_SFTP = 4;
uint8 constant LOCATION_HTTP = 5;
uint8 constant LOCATION_KIND_LAST = LOCATION_HTTP;

// What became of a clinician's request for access.
uint8 constant REQUEST_NONE = 0;
uint8 constant REQUEST_PENDING = 1;
uint8 constant REQUEST_APPROVED = 2;
uint8 constant REQUEST_DECLINED = 3;
uint8 constant REQUEST_WITHDRAWN = 4;

/// One person or body in the directory. Packed into one slot.
struct Participant {
    uint16 roles; // ROLE_* bits; 0 = not enrolled
    bool suspended; // a clinician's practice, or the whole person when `barred` too
    uint40 credentialExpiresAt; // clinicians: unix seconds; refused at and after it; 0 = revoked or never held
    uint16 institution; // clinicians: body number of the employing institution
    uint16 verifier; // clinicians: body number of the verifier that signed the credential
    uint16 body; // admitted bodies: own number, counted from 1; 0 = not a body
    bool barred; // suspended by governance: refused as a patient too; only governance reinstates
    uint40 credentialNotBefore; // clinicians: a credential issued at or before this second is refused
}

/// What an accredited verifier signs about a clinician (EIP-712).
struct Credential {
    address clinician;
    address institution;
    bytes32 licenceCommitment; // salted hash of the licence: nobody reads a licence number from the chain
    uint40 issuedAt; // unix seconds
    uint40 expiresAt; // unix seconds
}

/// Where copies live: path = baseUri + CID.
struct Location {
    address operator; // the institution that runs it
    uint8 kind; // 1 directory, 2 IPFS, 3 object store, 4 SFTP, 5 HTTP
    bool active;
    string baseUri;
}

/// What a permission block says.
struct Terms {
    uint8 rights; // RIGHT_* bits
    uint40 from; // unix seconds, first second of the window
    uint40 until; // unix seconds, first second after the window
    uint8 purpose; // 1.. : HL7 v3 PurposeOfUse, see libraries/Purposes.sol
}

/// One permission block (patient, grantee, category). Packed into one slot.
struct Block {
    uint8 rights; // RIGHT_* bits; 0 = nothing granted
    uint40 from;
    uint40 until;
    uint8 purpose;
    uint32 sequence; // +1 at every change: a signed act states the sequence it was made against
    uint32 generation; // +1 at every grant and every end of one: what was passed on under an older one is void
    bool passedOn; // granted by a SHARE holder, not by the patient
    bool revokedByPatient; // nobody but the patient can grant again
    uint32 patientSequence; // `sequence` after the patient's own last act: only the patient can make a signed revoke stale
}

/// Who passed a block on, and under which generation of their own block.
struct Delegation {
    address delegator;
    uint32 generation;
}

/// One entry of a patient's chain. Packed into two slots.
struct Entry {
    bytes32 digest; // SHA-256 of the manifest, or the RFC 9162 root of a batch of manifest digests
    address author;
    uint16 category;
    uint16 location; // the only field that can change, by mendPath
    uint40 recordedAt; // unix seconds
    uint24 count; // 0 = a single record; otherwise the number of leaves of the batch
}

/// One batch to be added.
struct Batch {
    uint16 category;
    uint16 location;
    uint24 count; // leaves, at least 1
    bytes32 root; // RFC 9162 tree root (SHA-256) over the manifest digests
    bytes32 listDigest; // SHA-256 of the stored list of leaves: where to find it, carried by the event only
}

/// Names one entry of one patient.
struct EntryKey {
    address patient;
    uint64 sequence; // counted from 0
}

/// A signature that lets a relayer act for its signer.
struct Authorization {
    uint256 nonce; // any unused number: nonces are unordered
    uint64 deadline; // unix seconds, last second in which it may be used
    bytes signature; // EOA (65 bytes) or EIP-1271
}
