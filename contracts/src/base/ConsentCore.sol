// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsent} from "../interfaces/IConsent.sol";
import {IDirectory} from "../interfaces/IDirectory.sol";
import {Blocks} from "../libraries/Blocks.sol";
import {Purposes} from "../libraries/Purposes.sol";
import {Rights} from "../libraries/Rights.sol";
import {PackedBlock} from "../types/Packed.sol";
import {Block, Delegation, REQUEST_APPROVED, REQUEST_PENDING, RIGHT_SHARE, Terms} from "../types/Types.sol";
import {SignedActs} from "./SignedActs.sol";

/// @title ConsentCore: the acts of Consent and their rules, whoever submits them
/// @dev Acts that give access ask the Directory first; acts that take it away ask nobody, so that nothing outside can
/// stop them. A block of the patient costs one slot; a passed-on block a second one, for who passed it on.
abstract contract ConsentCore is IConsent, SignedActs {
    using Blocks for PackedBlock;

    /// @notice How often access can be passed on, counted from the patient's own grant.
    uint256 public constant MAX_DELEGATION_DEPTH = 3;

    bytes32 private constant REQUEST_TAG = keccak256("mendrec/request/v1");

    IDirectory internal immutable _directory;

    mapping(address patient => mapping(address grantee => mapping(uint16 category => PackedBlock))) private _blocks;
    mapping(address patient => mapping(address grantee => mapping(uint16 category => Delegation))) private
        _delegations;
    mapping(bytes32 requestId => uint8 state) private _requestStates;

    constructor(address directoryAddress) {
        if (directoryAddress.code.length == 0) revert NotAContract(directoryAddress);
        _directory = IDirectory(directoryAddress);
    }

    // -------------------------------------------------------------------- reading

    /// @inheritdoc IConsent
    function permission(address patient, address grantee, uint16 category) external view returns (Block memory) {
        return _blocks[patient][grantee][category].unpack();
    }

    /// @inheritdoc IConsent
    function delegation(address patient, address grantee, uint16 category) external view returns (Delegation memory) {
        return _delegations[patient][grantee][category];
    }

    /// @inheritdoc IConsent
    function effective(address patient, address grantee, uint16 category)
        external
        view
        returns (Terms memory terms, uint32 sequence)
    {
        PackedBlock block_ = _blocks[patient][grantee][category];
        (terms.rights, terms.from, terms.until,) = _effective(patient, grantee, category);
        terms.purpose = block_.purpose();
        sequence = block_.sequence();
    }

    /// @inheritdoc IConsent
    function requireRight(address patient, address grantee, uint16 category, uint8 right) external view {
        if (!Rights.isKnown(right)) revert InvalidRights(right);
        _requireRight(patient, grantee, category, right);
    }

    /// @inheritdoc IConsent
    function requestState(bytes32 requestId) external view returns (uint8) {
        return _requestStates[requestId];
    }

    /// @inheritdoc IConsent
    function directory() external view returns (address) {
        return address(_directory);
    }

    // ------------------------------------------------------------- the acts themselves
    // Terms are copied to memory once: each of their members is read often, and every read from calldata is checked.

    /// @dev The caller has asked the Directory about the patient, the grantee and the categories.
    function _grant(address patient, address grantee, uint16[] calldata categories, Terms memory terms) internal {
        _requireTerms(terms);
        if (grantee == patient) revert SelfGrant(patient);
        if (categories.length == 0) revert NoCategories();
        mapping(uint16 category => PackedBlock) storage blocks = _blocks[patient][grantee];
        for (uint256 i = 0; i < categories.length; ++i) {
            uint16 category = categories[i];
            PackedBlock old = blocks[category];
            if (old.isPassedOn()) delete _delegations[patient][grantee][category];
            PackedBlock granted = old.granted(terms);
            blocks[category] = granted;
            emit Granted(patient, grantee, category, terms, granted.sequence(), granted.generation());
        }
    }

    function _renew(address patient, address grantee, uint16[] calldata categories, uint40 until) internal {
        if (categories.length == 0) revert NoCategories();
        _directory.requireParties(patient, grantee);
        for (uint256 i = 0; i < categories.length; ++i) {
            uint16 category = categories[i];
            PackedBlock old = _ownGrant(patient, grantee, category);
            if (old.until() <= _now()) revert Expired(old.until(), _now());
            if (until <= old.until()) revert NotARenewal(old.until(), until);
            PackedBlock renewed = old.adjusted(old.rights(), until);
            _blocks[patient][grantee][category] = renewed;
            emit Renewed(patient, grantee, category, until, renewed.sequence());
        }
    }

    function _narrow(address patient, address grantee, uint16[] calldata categories, uint8 rights, uint40 until)
        internal
    {
        if (categories.length == 0) revert NoCategories();
        if (!Rights.isKnown(rights)) revert InvalidRights(rights);
        for (uint256 i = 0; i < categories.length; ++i) {
            uint16 category = categories[i];
            PackedBlock old = _ownGrant(patient, grantee, category);
            // Ending access altogether is a revoke, after which no one else can give it again.
            if (until <= old.from() || until <= _now()) revert InvalidWindow(old.from(), until, _now());
            bool within = Rights.isSubset(rights, old.rights()) && until <= old.until();
            bool same = rights == old.rights() && until == old.until();
            if (!within || same) revert NotNarrower(old.rights(), old.until(), rights, until);
            PackedBlock narrowed = old.adjusted(rights, until);
            _blocks[patient][grantee][category] = narrowed;
            emit Narrowed(patient, grantee, category, rights, until, narrowed.sequence());
        }
    }

    function _revoke(address patient, address grantee, uint16[] calldata categories) internal {
        if (categories.length == 0) revert NoCategories();
        mapping(uint16 category => PackedBlock) storage blocks = _blocks[patient][grantee];
        for (uint256 i = 0; i < categories.length; ++i) {
            uint16 category = categories[i];
            PackedBlock old = blocks[category];
            if (old.isPassedOn()) delete _delegations[patient][grantee][category];
            PackedBlock revoked = old.revoked();
            blocks[category] = revoked;
            emit Revoked(patient, grantee, category, patient, revoked.sequence(), revoked.generation());
        }
    }

    function _passOn(
        address delegator,
        address patient,
        address grantee,
        uint16[] calldata categories,
        Terms memory terms
    ) internal {
        _requireTerms(terms);
        if (grantee == patient || grantee == delegator) revert SelfGrant(grantee);
        if (categories.length == 0) revert NoCategories();
        _directory.requireInStanding(delegator);
        _directory.requireEnrolled(grantee);
        for (uint256 i = 0; i < categories.length; ++i) {
            uint16 category = categories[i];
            _requireWithinOwn(patient, delegator, category, terms);
            _requireFree(patient, grantee, category, delegator);
            _writePassedOn(delegator, patient, grantee, category, terms);
        }
    }

    function _writePassedOn(
        address delegator,
        address patient,
        address grantee,
        uint16 category,
        Terms memory terms
    ) private {
        PackedBlock passed = _blocks[patient][grantee][category].passedOn(terms);
        uint32 delegatorGeneration = _blocks[patient][delegator][category].generation();
        _blocks[patient][grantee][category] = passed;
        _delegations[patient][grantee][category] = Delegation(delegator, delegatorGeneration);
        emit PassedOn(
            patient,
            grantee,
            category,
            delegator,
            terms,
            passed.sequence(),
            passed.generation(),
            delegatorGeneration
        );
    }

    function _takeBack(address delegator, address patient, address grantee, uint16[] calldata categories) internal {
        bool any = false;
        for (uint256 i = 0; i < categories.length; ++i) {
            uint16 category = categories[i];
            if (_delegations[patient][grantee][category].delegator != delegator) continue;
            _end(patient, grantee, category, delegator);
            any = true;
        }
        if (!any) revert NotAllowed(delegator);
    }

    function _renounce(address grantee, address patient, uint16[] calldata categories) internal {
        if (categories.length == 0) revert NoCategories();
        for (uint256 i = 0; i < categories.length; ++i) {
            uint16 category = categories[i];
            if (_blocks[patient][grantee][category].rights() == 0) revert NothingGranted(patient, grantee, category);
            _end(patient, grantee, category, grantee);
        }
    }

    /// @dev Ends access by someone other than the patient.
    function _end(address patient, address grantee, uint16 category, address by) private {
        PackedBlock old = _blocks[patient][grantee][category];
        if (old.isPassedOn()) delete _delegations[patient][grantee][category];
        PackedBlock ended = old.ended();
        _blocks[patient][grantee][category] = ended;
        emit Revoked(patient, grantee, category, by, ended.sequence(), ended.generation());
    }

    function _ask(address requester, address patient, uint16[] calldata categories, Terms memory terms)
        internal
        returns (bytes32 requestId)
    {
        _requireTerms(terms);
        if (requester == patient) revert SelfGrant(patient);
        _directory.requireClinician(requester);
        _directory.requirePatient(patient);
        if (categories.length == 0) revert NoCategories();
        requestId = _requestId(patient, requester, categories, terms);
        if (_requestStates[requestId] == REQUEST_PENDING) revert RequestAlreadyPending(requestId);
        _requestStates[requestId] = REQUEST_PENDING;
        emit AccessAsked(patient, requester, requestId, categories, terms);
    }

    function _approve(address patient, address requester, uint16[] calldata categories, Terms memory terms) internal {
        _closeRequest(_requestId(patient, requester, categories, terms), REQUEST_APPROVED);
        // That the categories exist, the request has shown.
        _directory.requireParties(patient, requester);
        _grant(patient, requester, categories, terms);
    }

    function _closeRequest(bytes32 requestId, uint8 state) internal {
        if (_requestStates[requestId] != REQUEST_PENDING) revert RequestNotPending(requestId);
        _requestStates[requestId] = state;
        emit RequestClosed(requestId, state);
    }

    // ------------------------------------------------------------------- their rules


    /// @dev What holds in the end, and how often it was passed on from the patient's own grant.
    function _effective(address patient, address grantee, uint16 category)
        private
        view
        returns (uint8 rights, uint40 from, uint40 until, uint256 depth)
    {
        PackedBlock block_ = _blocks[patient][grantee][category];
        (rights, from, until) = (block_.rights(), block_.from(), block_.until());
        while (block_.isPassedOn()) {
            ++depth;
            Delegation memory by = _delegations[patient][grantee][category];
            grantee = by.delegator;
            block_ = _blocks[patient][grantee][category];
            bool voided = block_.generation() != by.generation || block_.rights() & RIGHT_SHARE == 0;
            if (voided || !_isInStanding(grantee)) return (0, from, until, depth);
            rights &= block_.rights();
            if (block_.from() > from) from = block_.from();
            if (block_.until() < until) until = block_.until();
        }
        if (until <= from) rights = 0;
    }

    /// @dev Fails closed: when the Directory cannot answer, the sharer is not in standing.
    function _isInStanding(address sharer) private view returns (bool) {
        try _directory.requireInStanding(sharer) {
            return true;
        } catch {
            return false;
        }
    }

    /// @return rights All that the grantee holds now.
    /// @return until When they end.
    /// @return depth How often they were passed on.
    function _requireRight(address patient, address grantee, uint16 category, uint8 right)
        private
        view
        returns (uint8 rights, uint40 until, uint256 depth)
    {
        uint40 from;
        (rights, from, until, depth) = _effective(patient, grantee, category);
        if (!Rights.isSubset(right, rights)) revert RightMissing(patient, grantee, category, right);
        if (_now() < from) revert NotYetValid(from, _now());
        if (_now() >= until) revert Expired(until, _now());
    }

    /// @dev What is passed on is within what the delegator holds now.
    function _requireWithinOwn(address patient, address delegator, uint16 category, Terms memory terms) private view {
        (uint8 rights, uint40 until, uint256 depth) = _requireRight(patient, delegator, category, RIGHT_SHARE);
        bool within = Rights.isSubset(terms.rights, rights) && terms.until <= until;
        // The purpose is the same all the way down: each passing on has kept it.
        bool samePurpose = terms.purpose == _blocks[patient][delegator][category].purpose();
        if (!within || !samePurpose) revert BeyondOwnAccess(delegator, category);
        if (depth >= MAX_DELEGATION_DEPTH) revert DelegationTooDeep(category);
    }

    /// @dev Nothing stands that passing on would replace, but what the same delegator passed on before.
    function _requireFree(address patient, address grantee, uint16 category, address delegator) private view {
        if (_blocks[patient][grantee][category].isRevokedByPatient()) revert BlockHeld(patient, grantee, category);
        if (_delegations[patient][grantee][category].delegator == delegator) return;
        (uint8 rights,, uint40 until,) = _effective(patient, grantee, category);
        if (rights != 0 && _now() < until) revert BlockHeld(patient, grantee, category);
    }

    /// @dev The block, which the patient granted and which gives something.
    function _ownGrant(address patient, address grantee, uint16 category) private view returns (PackedBlock block_) {
        block_ = _blocks[patient][grantee][category];
        if (block_.rights() == 0) revert NothingGranted(patient, grantee, category);
        if (block_.isPassedOn()) revert NotGrantedByPatient(patient, grantee, category);
    }

    function _requireTerms(Terms memory terms) private view {
        if (!Rights.isKnown(terms.rights)) revert InvalidRights(terms.rights);
        if (!Purposes.isKnown(terms.purpose)) revert InvalidPurpose(terms.purpose);
        if (terms.until <= terms.from || terms.until <= _now()) {
            revert InvalidWindow(terms.from, terms.until, _now());
        }
    }

    /// @dev Each block is as it was when the person signed.
    function _requireSequences(
        address patient,
        address grantee,
        uint16[] calldata categories,
        uint32[] calldata sequences
    ) internal view {
        if (categories.length != sequences.length) revert SequenceCountMismatch(categories.length, sequences.length);
        for (uint256 i = 0; i < categories.length; ++i) {
            uint32 current = _blocks[patient][grantee][categories[i]].sequence();
            if (sequences[i] != current) {
                revert StaleSequence(patient, grantee, categories[i], sequences[i], current);
            }
        }
    }

    /// @dev The patient has not acted since signing. Changes by others do not count: they could stop a revoke.
    function _requireUntouchedByPatient(
        address patient,
        address grantee,
        uint16[] calldata categories,
        uint32[] calldata sequences
    ) internal view {
        if (categories.length != sequences.length) revert SequenceCountMismatch(categories.length, sequences.length);
        for (uint256 i = 0; i < categories.length; ++i) {
            PackedBlock current = _blocks[patient][grantee][categories[i]];
            if (sequences[i] < current.patientSequence() || sequences[i] > current.sequence()) {
                revert StaleSequence(patient, grantee, categories[i], sequences[i], current.sequence());
            }
        }
    }

    /// @dev EIP-712 hash of the category codes as `string[]`. Reverts UnknownCategory.
    function _codesHash(uint16[] calldata categories) internal view returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](categories.length);
        for (uint256 i = 0; i < categories.length; ++i) {
            hashes[i] = _directory.categoryCodeHash(categories[i]);
        }
        return keccak256(abi.encodePacked(hashes));
    }

    function _requestId(address patient, address requester, uint16[] calldata categories, Terms memory terms)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(REQUEST_TAG, patient, requester, categories, terms));
    }
}
