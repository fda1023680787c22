// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SignedActs} from "./base/SignedActs.sol";
import {IDirectory} from "./interfaces/IDirectory.sol";
import {CategoryCodes} from "./libraries/CategoryCodes.sol";
import {DirectoryActs} from "./libraries/DirectoryActs.sol";
import {PackedParticipant, PackedParticipants} from "./types/Packed.sol";
import {
    Authorization,
    BODY_ROLES,
    Credential,
    LOCATION_KIND_LAST,
    Location,
    Participant,
    ROLE_CLINICIAN,
    ROLE_CUSTODIAN,
    ROLE_INSTITUTION,
    ROLE_PATIENT,
    ROLE_VERIFIER
} from "./types/Types.sol";

/// @title Directory
/// @dev The standing of bodies and the activity of locations are one bit each, 128 of both to a word. While there are no
/// more, one word tells of a clinician's institution and verifier and of the location that the clinician writes to.
contract Directory is IDirectory, SignedActs, Ownable2Step {
    /// @dev A location as it is stored: with its operator's body number, so that its standing is one read away.
    struct Place {
        address operator;
        uint16 operatorBody;
        uint8 kind;
        string baseUri;
    }

    /// @dev How far a verifier's clock may be ahead of the chain's.
    uint40 private constant CLOCK_SKEW_SECONDS = 60;

    mapping(address who => PackedParticipant) private _participants;
    mapping(address who => bytes32 recipient) private _recipients;

    mapping(uint16 number => address body) private _bodies;
    /// @dev Lower half: bodies in standing; upper half: active locations; both by number modulo 128.
    mapping(uint256 wordIndex => uint256 bits) private _inForce;

    mapping(uint16 number => string code) private _categoryCodes;
    mapping(uint16 number => bytes32 codeHash) private _categoryCodeHashes;
    mapping(bytes32 codeHash => uint16 number) private _categoryNumbers;
    mapping(uint16 number => Place) private _locations;

    uint16 private _bodyCount;
    uint16 private _categoryCount;
    uint16 private _locationCount;

    /// @param governance Admits bodies and adds categories from the start.
    constructor(address governance) EIP712("Mendrec Directory", version()) Ownable(governance) {}

    // ------------------------------------------------------------------ people

    /// @inheritdoc IDirectory
    function enrol(bytes32 recipient) external {
        _enrol(msg.sender, recipient);
    }

    /// @inheritdoc IDirectory
    function enrolBySig(address who, bytes32 recipient, Authorization calldata auth) external {
        _authorize(who, DirectoryActs.enrol(who, recipient), auth);
        _enrol(who, recipient);
    }

    /// @inheritdoc IDirectory
    function enrolClinician(
        bytes32 recipient,
        Credential calldata credential,
        address verifier,
        bytes calldata verifierSignature
    ) external {
        if (msg.sender != credential.clinician) revert NotAllowed(msg.sender);
        _enrolClinician(recipient, credential, verifier, verifierSignature);
    }

    /// @inheritdoc IDirectory
    function enrolClinicianBySig(
        bytes32 recipient,
        Credential calldata credential,
        address verifier,
        bytes calldata verifierSignature,
        Authorization calldata auth
    ) external {
        _authorize(credential.clinician, DirectoryActs.enrolClinician(credential, verifier, recipient), auth);
        _enrolClinician(recipient, credential, verifier, verifierSignature);
    }

    /// @inheritdoc IDirectory
    function renewCredential(Credential calldata credential, address verifier, bytes calldata verifierSignature)
        external
    {
        Participant memory clinician = _enrolled(credential.clinician).unpack();
        if (clinician.roles & ROLE_CLINICIAN == 0) revert NotAClinician(credential.clinician);
        if (clinician.suspended) revert ParticipantSuspended(credential.clinician);
        _acceptCredential(clinician, credential, verifier, verifierSignature);
    }

    /// @inheritdoc IDirectory
    function publishRecipient(bytes32 recipient) external {
        _publishRecipient(msg.sender, recipient);
    }

    /// @inheritdoc IDirectory
    function publishRecipientBySig(address who, bytes32 recipient, Authorization calldata auth) external {
        _authorize(who, DirectoryActs.publishRecipient(who, recipient), auth);
        _publishRecipient(who, recipient);
    }

    // ---------------------------------------------------------------- standing

    /// @inheritdoc IDirectory
    function suspend(address who) external {
        Participant memory person = _person(who);
        bool byGovernance = msg.sender == owner();
        if (!byGovernance && !_hasCharge(msg.sender, person)) revert NotAllowed(msg.sender);
        person.suspended = true;
        if (byGovernance) person.barred = true;
        _write(who, person);
        emit Suspended(who, msg.sender);
    }

    /// @inheritdoc IDirectory
    function reinstate(address who) external {
        Participant memory person = _person(who);
        // What governance suspended, governance alone lifts.
        bool byVerifier = !person.barred && _isBodyInStandingNumbered(msg.sender, person.verifier);
        if (!byVerifier && msg.sender != owner()) revert NotAllowed(msg.sender);
        person.suspended = false;
        person.barred = false;
        _write(who, person);
        emit Reinstated(who, msg.sender);
    }

    /// @inheritdoc IDirectory
    function revokeCredential(address clinician) external {
        Participant memory person = _person(clinician);
        if (person.roles & ROLE_CLINICIAN == 0) revert NotAClinician(clinician);
        if (msg.sender != owner() && !_hasCharge(msg.sender, person)) revert NotAllowed(msg.sender);
        person.credentialExpiresAt = 0;
        // Kills what the verifier's clock, a little ahead, has dated after this block.
        person.credentialNotBefore = uint40(_now()) + CLOCK_SKEW_SECONDS;
        _write(clinician, person);
        emit CredentialRevoked(clinician, msg.sender);
    }

    // -------------------------------------------------------------- governance

    /// @inheritdoc IDirectory
    function admitBody(address body, uint16 roles, bytes32 recipient) external onlyOwner returns (uint16 number) {
        if (roles == 0 || roles & ~BODY_ROLES != 0) revert InvalidBodyRoles(roles);
        if (roles & ROLE_CUSTODIAN != 0 && recipient == 0) revert InvalidRecipient(body);
        if (body == address(0)) revert NotEnrolled(body);
        Participant memory admitted = _read(body);
        if (admitted.roles != 0) revert AlreadyEnrolled(body);
        number = ++_bodyCount;
        admitted.roles = roles;
        admitted.body = number;
        _write(body, admitted);
        _bodies[number] = body;
        _recipients[body] = recipient;
        _setInForce(number, _bodyBit(number), true);
        emit BodyAdmitted(body, number, roles, recipient);
    }

    /// @inheritdoc IDirectory
    function setBodyStanding(address body, bool inStanding) external onlyOwner {
        uint16 number = _participants[body].body();
        if (number == 0) revert NotEnrolled(body);
        _setInForce(number, _bodyBit(number), inStanding);
        emit BodyStandingChanged(body, number, inStanding);
    }

    /// @inheritdoc IDirectory
    function addCategory(string calldata code) external onlyOwner returns (uint16 category) {
        return _addCategory(code);
    }

    /// @inheritdoc IDirectory
    function addCategories(string[] calldata codes) external onlyOwner returns (uint16 first) {
        first = _categoryCount + 1;
        for (uint256 i = 0; i < codes.length; ++i) {
            _addCategory(codes[i]);
        }
    }

    /// @inheritdoc Ownable
    /// @dev Refused: without governance nobody could suspend or admit any more.
    function renounceOwnership() public view override onlyOwner {
        revert GovernanceRequired();
    }

    // --------------------------------------------------------------- locations

    /// @inheritdoc IDirectory
    function addLocation(uint8 kind, string calldata baseUri) external returns (uint16 number) {
        if (!_isBodyWith(msg.sender, ROLE_INSTITUTION)) revert NotAllowed(msg.sender);
        if (kind == 0 || kind > LOCATION_KIND_LAST) revert InvalidLocationKind(kind);
        if (bytes(baseUri).length == 0) revert EmptyBaseUri();
        number = ++_locationCount;
        _locations[number] = Place({
            operator: msg.sender,
            operatorBody: _participants[msg.sender].body(),
            kind: kind,
            baseUri: baseUri
        });
        _setInForce(number, _locationBit(number), true);
        emit LocationAdded(number, msg.sender, kind, baseUri);
    }

    /// @inheritdoc IDirectory
    function moveLocation(uint16 number, string calldata baseUri) external {
        Place storage place = _ownActiveLocation(number);
        if (bytes(baseUri).length == 0) revert EmptyBaseUri();
        place.baseUri = baseUri;
        emit LocationMoved(number, baseUri);
    }

    /// @inheritdoc IDirectory
    function retireLocation(uint16 number) external {
        _ownActiveLocation(number);
        _setInForce(number, _locationBit(number), false);
        emit LocationRetired(number);
    }

    // ----------------------------------------------------------------- reading

    /// @inheritdoc IDirectory
    function participant(address who) external view returns (Participant memory) {
        return _read(who);
    }

    /// @inheritdoc IDirectory
    function recipientOf(address who) external view returns (bytes32) {
        return _recipients[who];
    }

    /// @inheritdoc IDirectory
    function bodyOf(uint16 number) external view returns (address body) {
        body = _bodies[number];
        if (body == address(0)) revert UnknownBody(number);
    }

    /// @inheritdoc IDirectory
    function isBodyInStanding(uint16 number) public view returns (bool) {
        return _inForce[number >> 7] & _bodyBit(number) != 0;
    }

    /// @inheritdoc IDirectory
    function location(uint16 number) external view returns (Location memory) {
        Place storage place = _location(number);
        return Location(place.operator, place.kind, _isActive(number), place.baseUri);
    }

    /// @inheritdoc IDirectory
    function isOperatorInStanding(address who, uint16 number) external view returns (bool) {
        Place storage place = _location(number);
        return place.operator == who && isBodyInStanding(place.operatorBody);
    }

    /// @inheritdoc IDirectory
    function isInstitutionInStanding(address body, address clinician) external view returns (bool) {
        return _isBodyInStandingNumbered(body, _participants[clinician].institution());
    }

    /// @inheritdoc IDirectory
    function categoryCode(uint16 category) external view returns (string memory) {
        requireCategory(category);
        return _categoryCodes[category];
    }

    /// @inheritdoc IDirectory
    function categoryCodeHash(uint16 category) external view returns (bytes32 codeHash) {
        codeHash = _categoryCodeHashes[category];
        if (codeHash == 0) revert UnknownCategory(category);
    }

    /// @inheritdoc IDirectory
    function categoryCount() external view returns (uint16) {
        return _categoryCount;
    }

    /// @inheritdoc IDirectory
    function locationCount() external view returns (uint16) {
        return _locationCount;
    }

    /// @inheritdoc IDirectory
    function bodyCount() external view returns (uint16) {
        return _bodyCount;
    }

    // ------------------------------------------------------------------ checks

    /// @inheritdoc IDirectory
    function requireEnrolled(address who) public view {
        _requireEnrolled(who, _enrolled(who));
    }

    /// @inheritdoc IDirectory
    function requirePatient(address who) public view {
        PackedParticipant person = _enrolled(who);
        if (person.roles() & ROLE_PATIENT == 0) revert NotAPatient(who);
        if (person.barred()) revert ParticipantSuspended(who);
    }

    /// @inheritdoc IDirectory
    function requireParties(address patient, address grantee) public view {
        requirePatient(patient);
        requireEnrolled(grantee);
    }

    /// @inheritdoc IDirectory
    function requireGrantable(address patient, address grantee, uint16[] calldata categories) external view {
        requireParties(patient, grantee);
        requireCategories(categories);
    }

    /// @inheritdoc IDirectory
    function requireClinician(address who) public view {
        PackedParticipant person = _enrolled(who);
        if (person.roles() & ROLE_CLINICIAN == 0) revert NotAClinician(who);
        _requirePractice(who, person);
    }

    /// @inheritdoc IDirectory
    function requireInStanding(address who) external view {
        PackedParticipant one = _enrolled(who);
        if (one.roles() & ROLE_CLINICIAN != 0) _requirePractice(who, one);
        else _requireEnrolled(who, one);
    }

    /// @inheritdoc IDirectory
    function requireClinicianAt(address who, uint16 number) external view {
        requireClinician(who);
        requireLocation(number);
    }

    /// @inheritdoc IDirectory
    function requireLocation(uint16 number) public view {
        if (_isActive(number)) return;
        if (_locations[number].operator == address(0)) revert UnknownLocation(number);
        revert LocationNotActive(number);
    }

    /// @inheritdoc IDirectory
    function requireCategory(uint16 category) public view {
        if (category == 0 || category > _categoryCount) revert UnknownCategory(category);
    }

    /// @inheritdoc IDirectory
    function requireCategories(uint16[] calldata categories) public view {
        // The numbers of categories have no gaps.
        uint16 last = _categoryCount;
        for (uint256 i = 0; i < categories.length; ++i) {
            if (categories[i] == 0 || categories[i] > last) revert UnknownCategory(categories[i]);
        }
    }

    /// @inheritdoc IDirectory
    function version() public pure returns (string memory) {
        return "1";
    }

    // ----------------------------------------------------------------- private

    function _enrol(address who, bytes32 recipient) private {
        if (recipient == 0) revert InvalidRecipient(who);
        Participant memory person = _read(who);
        if (person.roles & (ROLE_PATIENT | BODY_ROLES) != 0) revert AlreadyEnrolled(who);
        person.roles |= ROLE_PATIENT;
        _write(who, person);
        _recipients[who] = recipient;
        emit Enrolled(who, person.roles, recipient);
    }

    function _enrolClinician(
        bytes32 recipient,
        Credential calldata credential,
        address verifier,
        bytes calldata verifierSignature
    ) private {
        address who = credential.clinician;
        if (recipient == 0) revert InvalidRecipient(who);
        Participant memory person = _read(who);
        if (person.roles & (ROLE_CLINICIAN | BODY_ROLES) != 0) revert AlreadyEnrolled(who);
        if (person.suspended) revert ParticipantSuspended(who);
        person.roles |= ROLE_CLINICIAN;
        _acceptCredential(person, credential, verifier, verifierSignature);
        _recipients[who] = recipient;
        emit Enrolled(who, person.roles, recipient);
    }

    /// @dev Checks a credential and writes the whole participant with it.
    function _acceptCredential(
        Participant memory clinician,
        Credential calldata credential,
        address verifier,
        bytes calldata verifierSignature
    ) private {
        address who = credential.clinician;
        if (!_isBodyWith(verifier, ROLE_VERIFIER)) revert NotInStanding(verifier);
        if (!_isBodyWith(credential.institution, ROLE_INSTITUTION)) revert NotInStanding(credential.institution);
        if (credential.expiresAt <= _now()) revert CredentialExpired(who, credential.expiresAt);
        if (credential.issuedAt > _now() + CLOCK_SKEW_SECONDS) revert InvalidCredential(who, verifier);
        // Also when it is accepted: an older credential must not replace a newer one, nor be submitted twice.
        if (credential.issuedAt <= clinician.credentialNotBefore) {
            revert CredentialNotNewer(who, credential.issuedAt, clinician.credentialNotBefore);
        }
        bytes32 digest = _hashTypedDataV4(DirectoryActs.credentialHash(credential, verifier));
        if (!SignatureChecker.isValidSignatureNow(verifier, digest, verifierSignature)) {
            revert InvalidCredential(who, verifier);
        }
        clinician.credentialExpiresAt = credential.expiresAt;
        clinician.credentialNotBefore = credential.issuedAt;
        clinician.institution = _participants[credential.institution].body();
        clinician.verifier = _participants[verifier].body();
        _write(who, clinician);
        emit CredentialAccepted(
            who, credential.institution, verifier, credential.licenceCommitment, credential.expiresAt
        );
    }

    function _publishRecipient(address who, bytes32 recipient) private {
        if (recipient == 0) revert InvalidRecipient(who);
        _enrolled(who);
        _recipients[who] = recipient;
        emit RecipientPublished(who, recipient);
    }

    function _addCategory(string calldata code) private returns (uint16 category) {
        if (!CategoryCodes.isValid(code)) revert InvalidCategoryCode(code);
        bytes32 codeHash = keccak256(bytes(code));
        if (_categoryNumbers[codeHash] != 0) revert CategoryExists(code);
        category = ++_categoryCount;
        _categoryCodes[category] = code;
        _categoryCodeHashes[category] = codeHash;
        _categoryNumbers[codeHash] = category;
        emit CategoryAdded(category, code);
    }

    function _setInForce(uint16 number, uint256 bit, bool inForce) private {
        if (inForce) _inForce[number >> 7] |= bit;
        else _inForce[number >> 7] &= ~bit;
    }

    function _bodyBit(uint16 number) private pure returns (uint256) {
        return 1 << (number & 0x7f);
    }

    function _locationBit(uint16 number) private pure returns (uint256) {
        return 1 << (0x80 + (number & 0x7f));
    }

    function _isActive(uint16 number) private view returns (bool) {
        return _inForce[number >> 7] & _locationBit(number) != 0;
    }

    function _requireEnrolled(address who, PackedParticipant one) private view {
        if (one.barred()) revert ParticipantSuspended(who);
        if (one.roles() & ROLE_PATIENT != 0) return;
        if (one.body() == 0) _requirePractice(who, one);
        else if (!isBodyInStanding(one.body())) revert NotInStanding(who);
    }

    function _requirePractice(address who, PackedParticipant clinician) private view {
        if (clinician.suspended()) revert ParticipantSuspended(who);
        uint40 expiresAt = clinician.credentialExpiresAt();
        if (expiresAt == 0) revert CredentialNotInForce(who);
        if (expiresAt <= _now()) revert CredentialExpired(who, expiresAt);
        if (!isBodyInStanding(clinician.institution())) revert NotInStanding(_bodies[clinician.institution()]);
        if (!isBodyInStanding(clinician.verifier())) revert NotInStanding(_bodies[clinician.verifier()]);
    }

    function _read(address who) private view returns (Participant memory) {
        return _participants[who].unpack();
    }

    function _write(address who, Participant memory one) private {
        _participants[who] = PackedParticipants.pack(one);
    }

    function _enrolled(address who) private view returns (PackedParticipant one) {
        one = _participants[who];
        if (one.roles() == 0) revert NotEnrolled(who);
    }

    function _person(address who) private view returns (Participant memory person) {
        person = _enrolled(who).unpack();
        if (person.body != 0) revert IsABody(who);
    }

    /// @dev The clinician's verifier or institution, in standing.
    function _hasCharge(address who, Participant memory clinician) private view returns (bool) {
        return _isBodyInStandingNumbered(who, clinician.verifier)
            || _isBodyInStandingNumbered(who, clinician.institution);
    }

    /// @dev No body has the number 0: it never matches.
    function _isBodyInStandingNumbered(address who, uint16 number) private view returns (bool) {
        return number != 0 && _bodies[number] == who && isBodyInStanding(number);
    }

    function _isBodyWith(address who, uint16 role) private view returns (bool) {
        PackedParticipant one = _participants[who];
        return one.roles() & role != 0 && isBodyInStanding(one.body());
    }

    function _location(uint16 number) private view returns (Place storage place) {
        place = _locations[number];
        if (place.operator == address(0)) revert UnknownLocation(number);
    }

    /// @dev The location, which the caller may change.
    function _ownActiveLocation(uint16 number) private view returns (Place storage place) {
        place = _location(number);
        bool byOperator = msg.sender == place.operator && _isBodyWith(msg.sender, ROLE_INSTITUTION);
        if (!byOperator && msg.sender != owner()) revert NotAllowed(msg.sender);
        if (!_isActive(number)) revert LocationNotActive(number);
    }
}
