// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Authorization, Credential, Location, Participant} from "../types/Types.sol";

/// @title Directory: who is who, which categories exist, where copies live
/// @notice Governance (the owner) admits bodies (institutions, verifiers, custodians) and adds categories. People enrol
/// themselves: anyone as a patient, and as a clinician with a credential that a verifier in standing signed.
/// A body that loses its standing takes the standing of its clinicians with it.
///
/// WARNING: an address is a pseudonym. Nothing here proves who a patient is, and a credential is worth what its
/// verifier is worth.
/// WARNING: governance can admit a false body and suspend anyone. It cannot grant, read, or undo a revoke.
/// NOTE: a recipient is not checked to be a point whose private key somebody holds; only zero is refused.
interface IDirectory {
    /// @notice Someone enrolled, or took on a further role; `roles` is what they are now.
    event Enrolled(address indexed who, uint16 roles, bytes32 recipient);
    /// @notice A participant replaced its age recipient.
    event RecipientPublished(address indexed who, bytes32 recipient);
    /// @notice A clinician's credential was accepted. The licence commitment is kept by this event alone.
    event CredentialAccepted(
        address indexed clinician,
        address indexed institution,
        address indexed verifier,
        bytes32 licenceCommitment,
        uint40 expiresAt
    );
    /// @notice A clinician's credential was ended before its time.
    event CredentialRevoked(address indexed clinician, address indexed by);
    /// @notice Governance admitted a body, which is in standing from then on.
    event BodyAdmitted(address indexed body, uint16 number, uint16 roles, bytes32 recipient);
    /// @notice Governance took a body's standing, or gave it back.
    event BodyStandingChanged(address indexed body, uint16 number, bool inStanding);
    /// @notice Someone was suspended: the whole person by governance, the practice alone by a verifier or institution.
    event Suspended(address indexed who, address indexed by);
    /// @notice A suspension was lifted.
    event Reinstated(address indexed who, address indexed by);
    /// @notice A data category was added.
    event CategoryAdded(uint16 indexed category, string code);
    /// @notice A place for copies was added.
    event LocationAdded(uint16 indexed location, address indexed operator, uint8 kind, string baseUri);
    /// @notice A place moved house: every path into it is mended by this one act.
    event LocationMoved(uint16 indexed location, string baseUri);
    /// @notice A place takes no new paths any more; those that point to it stay.
    event LocationRetired(uint16 indexed location);

    /// @notice Thrown when the address has that role already, or is a body where a person is needed.
    error AlreadyEnrolled(address who);
    /// @notice Thrown when the directory does not know the address.
    error NotEnrolled(address who);
    /// @notice Thrown when the participant is suspended.
    error ParticipantSuspended(address who);
    /// @notice Thrown when the clinician's credential has ended by its date.
    error CredentialExpired(address clinician, uint40 expiresAt);
    /// @notice Thrown when the clinician's credential was revoked.
    error CredentialNotInForce(address clinician);
    /// @notice Thrown when the address is not a body with the needed role and in standing.
    error NotInStanding(address body);
    /// @notice Thrown when the address is enrolled and not as a patient.
    error NotAPatient(address who);
    /// @notice Thrown when the address is enrolled and not as a clinician.
    error NotAClinician(address who);
    /// @notice Thrown when the recipient is missing.
    error InvalidRecipient(address who);
    /// @notice Thrown when the verifier did not sign these very words, or they say an impossible time.
    error InvalidCredential(address clinician, address verifier);
    /// @notice Thrown when the credential is no newer than the last one accepted, or than a revocation.
    error CredentialNotNewer(address clinician, uint40 issuedAt, uint40 notBefore);
    /// @notice Thrown when the caller has no say in this.
    error NotAllowed(address caller);
    /// @notice Thrown when there is no such category.
    error UnknownCategory(uint16 category);
    /// @notice Thrown when a category code is not 1 to 64 of a-z, 0-9 and hyphen.
    error InvalidCategoryCode(string code);
    /// @notice Thrown when there is a category of that code.
    error CategoryExists(string code);
    /// @notice Thrown when there is no such location.
    error UnknownLocation(uint16 location);
    /// @notice Thrown when the location is retired.
    error LocationNotActive(uint16 location);
    /// @notice Thrown when a location's kind is none of 1 to 5.
    error InvalidLocationKind(uint8 kind);
    /// @notice Thrown when a location's base URI is empty.
    error EmptyBaseUri();
    /// @notice Thrown when there is no body of that number.
    error UnknownBody(uint16 number);
    /// @notice Thrown when roles of a body are none, or not those of bodies.
    error InvalidBodyRoles(uint16 roles);
    /// @notice Thrown when a body is suspended like a person: use setBodyStanding.
    error IsABody(address who);
    /// @notice Thrown when governance is given up: a directory that nobody can mend would be left.
    error GovernanceRequired();

    // ------------------------------------------------------------------ people

    /// @notice Enrols the caller as a patient.
    /// @param recipient The caller's age recipient: an X25519 public key, 32 bytes. Replaces an earlier one.
    function enrol(bytes32 recipient) external;

    /// @notice The same, by signature: Enrol(address who,bytes32 recipient,uint256 nonce,string signatureValidUntil).
    function enrolBySig(address who, bytes32 recipient, Authorization calldata auth) external;

    /// @notice Enrols the caller as a clinician.
    /// @param recipient The caller's age recipient. Replaces an earlier one.
    /// @param credential Names the caller as its clinician.
    /// @param verifier A body in standing with the role VERIFIER.
    /// @param verifierSignature The verifier's (EOA or EIP-1271) over ClinicianCredential(address clinician,
    /// address institution,address verifier,bytes32 licenceCommitment,string issuedAt,string expiresAt).
    function enrolClinician(
        bytes32 recipient,
        Credential calldata credential,
        address verifier,
        bytes calldata verifierSignature
    ) external;

    /// @notice The same, by the clinician's signature over
    /// EnrolClinician(ClinicianCredential credential,bytes32 recipient,uint256 nonce,string signatureValidUntil).
    function enrolClinicianBySig(
        bytes32 recipient,
        Credential calldata credential,
        address verifier,
        bytes calldata verifierSignature,
        Authorization calldata auth
    ) external;

    /// @notice Puts a newer credential in the place of an enrolled clinician's. Anyone may submit it.
    /// @dev Refused while the clinician is suspended: a new verifier could else lift the suspension.
    function renewCredential(Credential calldata credential, address verifier, bytes calldata verifierSignature)
        external;

    /// @notice Replaces the caller's age recipient.
    /// NOTE: envelopes that were sealed to the old one stay sealed to it until they are rotated.
    function publishRecipient(bytes32 recipient) external;

    /// @notice The same, by signature:
    /// PublishRecipient(address who,bytes32 recipient,uint256 nonce,string signatureValidUntil).
    function publishRecipientBySig(address who, bytes32 recipient, Authorization calldata auth) external;

    // ---------------------------------------------------------------- standing

    /// @notice Suspends a person. By governance: refused everywhere, as a patient too, until governance reinstates.
    /// By the clinician's verifier or institution, in standing: the practice alone, so that an employer cannot lock
    /// its staff out of their own health records.
    /// NOTE: a suspended patient can still revoke, narrow and cancel.
    function suspend(address who) external;

    /// @notice Lifts a suspension: by governance, or by the clinician's verifier where governance did not suspend.
    function reinstate(address who) external;

    /// @notice Ends a clinician's credential for good: by governance, the clinician's verifier or institution.
    /// No credential issued up to a minute after this moment is accepted again.
    function revokeCredential(address clinician) external;

    // -------------------------------------------------------------- governance

    /// @notice Admits a body, in standing, under the next number (counted from 1).
    /// @param recipient Its age recipient; zero is allowed for bodies that receive no keys (not for custodians).
    function admitBody(address body, uint16 roles, bytes32 recipient) external returns (uint16 number);

    /// @notice Takes a body's standing, or gives it back; its clinicians lose and regain theirs with it.
    function setBodyStanding(address body, bool inStanding) external;

    /// @notice Adds a data category under the next number (counted from 1).
    function addCategory(string calldata code) external returns (uint16 category);

    /// @notice Adds several, numbered in the given order, or none.
    /// @return first Number of the first one.
    function addCategories(string[] calldata codes) external returns (uint16 first);

    // --------------------------------------------------------------- locations

    /// @notice Adds a place for copies, operated by the caller, an institution in standing.
    /// @param kind 1 directory, 2 IPFS, 3 object store, 4 SFTP, 5 HTTP.
    /// @param baseUri What a CID is appended to.
    /// WARNING: whoever reads from a location must verify what it gets: an operator may serve anything.
    function addLocation(uint8 kind, string calldata baseUri) external returns (uint16 location);

    /// @notice Moves an active location: by its operator in standing, or by governance.
    function moveLocation(uint16 location, string calldata baseUri) external;

    /// @notice Retires a location for good: by its operator in standing, or by governance.
    function retireLocation(uint16 location) external;

    // ----------------------------------------------------------------- reading

    /// @notice What is stored of an address; all zero where it is not enrolled.
    function participant(address who) external view returns (Participant memory);
    /// @notice The age recipient of an address; zero where none was published.
    function recipientOf(address who) external view returns (bytes32);
    /// @notice The address of a body; reverts UnknownBody.
    function bodyOf(uint16 number) external view returns (address);
    /// @notice Whether a body is in standing; false for a number that is not given out.
    function isBodyInStanding(uint16 number) external view returns (bool);
    /// @notice What is stored of a location; reverts UnknownLocation.
    function location(uint16 number) external view returns (Location memory);
    /// @notice Whether `who` operates the location and is in standing; reverts UnknownLocation.
    function isOperatorInStanding(address who, uint16 number) external view returns (bool);
    /// @notice Whether `body` employs the clinician and is in standing.
    function isInstitutionInStanding(address body, address clinician) external view returns (bool);
    /// @notice The code of a category; reverts UnknownCategory.
    function categoryCode(uint16 category) external view returns (string memory);
    /// @notice keccak256(bytes(code)); reverts UnknownCategory.
    function categoryCodeHash(uint16 category) external view returns (bytes32);
    /// @notice How many categories there are: their numbers are 1 to this.
    function categoryCount() external view returns (uint16);
    /// @notice How many locations there are: their numbers are 1 to this.
    function locationCount() external view returns (uint16);
    /// @notice How many bodies there are: their numbers are 1 to this.
    function bodyCount() external view returns (uint16);

    // ------------------------------------- checks: they revert, they never answer false

    /// @notice Reverts unless `who` takes part: a patient who is not suspended by governance, a clinician with a
    /// credential in force, or a body in standing.
    /// WARNING: who is a patient and a clinician passes as a patient even when the credential has lapsed.
    function requireEnrolled(address who) external view;
    /// @notice Reverts unless `who` is a patient and not suspended by governance.
    function requirePatient(address who) external view;
    /// @notice Reverts unless requirePatient(patient) and requireEnrolled(grantee) hold.
    function requireParties(address patient, address grantee) external view;
    /// @notice Reverts unless requireParties holds and every category exists: what a grant needs, in one call.
    function requireGrantable(address patient, address grantee, uint16[] calldata categories) external view;
    /// @notice Reverts unless `who` is a clinician, not suspended, with a credential that is neither expired nor
    /// revoked, of an institution and a verifier in standing.
    function requireClinician(address who) external view;
    /// @notice Reverts unless everything that `who` is holds: not suspended, as a clinician by requireClinician, as
    /// anyone else by requireEnrolled. The check for those who act on the records of others.
    function requireInStanding(address who) external view;
    /// @notice Reverts unless requireClinician(who) and requireLocation(number) hold: what an added record needs, in
    /// one call.
    function requireClinicianAt(address who, uint16 number) external view;
    /// @notice Reverts unless the location exists and is active.
    function requireLocation(uint16 number) external view;
    /// @notice Reverts unless the category exists.
    function requireCategory(uint16 category) external view;
    /// @notice Reverts unless every category exists.
    function requireCategories(uint16[] calldata categories) external view;
    /// @notice The version of this contract and of its EIP-712 domain.
    function version() external view returns (string memory);
}
