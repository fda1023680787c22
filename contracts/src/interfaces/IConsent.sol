// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Authorization, Block, Delegation, Terms} from "../types/Types.sol";

/// @title Consent: who may do what with which category of whose record, and until when
/// @notice There is exactly one permission block for (patient, grantee, category), so that a revoke ends all access:
/// no second, parallel grant can be left over, and after a patient's revoke nobody but the patient can grant again.
///
/// WARNING: a block says what is allowed. What a reader has opened already cannot be taken back.
/// WARNING: nothing here looks at the grantee's standing when a right is used. Whoever relies on a right of a clinician
/// asks the Directory too.
/// NOTE: a patient needs no block for their own record, and `requireRight` does not know them as their own grantee.
/// NOTE: `sequence` is 32 bits: a block takes four thousand million changes and no more.
interface IConsent {
    /// @notice The patient granted; whatever the block said before is replaced.
    event Granted(
        address indexed patient,
        address indexed grantee,
        uint16 indexed category,
        Terms terms,
        uint32 sequence,
        uint32 generation
    );
    /// @notice A holder of SHARE passed access on, under the generation of its own block.
    event PassedOn(
        address indexed patient,
        address indexed grantee,
        uint16 indexed category,
        address delegator,
        Terms terms,
        uint32 sequence,
        uint32 generation,
        uint32 delegatorGeneration
    );
    /// @notice The patient set a later end.
    event Renewed(
        address indexed patient, address indexed grantee, uint16 indexed category, uint40 until, uint32 sequence
    );
    /// @notice The patient took away rights or time.
    event Narrowed(
        address indexed patient,
        address indexed grantee,
        uint16 indexed category,
        uint8 rights,
        uint40 until,
        uint32 sequence
    );
    /// @notice Access ended: by the patient, by the one who had passed it on, or by the grantee.
    event Revoked(
        address indexed patient,
        address indexed grantee,
        uint16 indexed category,
        address by,
        uint32 sequence,
        uint32 generation
    );
    /// @notice A clinician asked for access.
    event AccessAsked(
        address indexed patient, address indexed requester, bytes32 indexed requestId, uint16[] categories, Terms terms
    );
    /// @notice A request was approved (2), declined (3) or withdrawn (4).
    event RequestClosed(bytes32 indexed requestId, uint8 state);

    /// @notice Thrown when a list of categories is empty.
    error NoCategories();
    /// @notice Thrown when the window is empty or over: until <= from, or until <= now.
    error InvalidWindow(uint40 from, uint40 until, uint256 nowSeconds);
    /// @notice Thrown when there are no rights, or unknown ones.
    error InvalidRights(uint8 rights);
    /// @notice Thrown when the number is no purpose of use.
    error InvalidPurpose(uint8 purpose);
    /// @notice Thrown when access would be given to the patient, or to the one who gives it.
    error SelfGrant(address who);
    /// @notice Thrown when the block gives nothing.
    error NothingGranted(address patient, address grantee, uint16 category);
    /// @notice Thrown when the patient changes a block that somebody else passed on: grant instead, or revoke.
    error NotGrantedByPatient(address patient, address grantee, uint16 category);
    /// @notice Thrown when the new end is not later.
    error NotARenewal(uint40 currentUntil, uint40 until);
    /// @notice Thrown when rights or end would grow, or neither shrinks.
    error NotNarrower(uint8 currentRights, uint40 currentUntil, uint8 rights, uint40 until);
    /// @notice Thrown when the block changed since the person signed.
    error StaleSequence(address patient, address grantee, uint16 category, uint32 stated, uint32 current);
    /// @notice Thrown when there is not one sequence for each category.
    error SequenceCountMismatch(uint256 categories, uint256 sequences);
    /// @notice Thrown when the request is not open, or the details are not those of the request.
    error RequestNotPending(bytes32 requestId);
    /// @notice Thrown when the same request is open already.
    error RequestAlreadyPending(bytes32 requestId);
    /// @notice Thrown when the grantee does not hold the right.
    error RightMissing(address patient, address grantee, uint16 category, uint8 right);
    /// @notice Thrown before the first second of the window.
    error NotYetValid(uint40 from, uint256 nowSeconds);
    /// @notice Thrown at and after the end of the window.
    error Expired(uint40 until, uint256 nowSeconds);
    /// @notice Thrown when more rights, another purpose or a later end would be passed on than is held.
    error BeyondOwnAccess(address delegator, uint16 category);
    /// @notice Thrown when a live block of the patient or of another sharer stands, or the patient revoked.
    error BlockHeld(address patient, address grantee, uint16 category);
    /// @notice Thrown when access was passed on three times already.
    error DelegationTooDeep(uint16 category);
    /// @notice Thrown when the caller has no say in this.
    error NotAllowed(address caller);
    /// @notice Thrown at deployment when the address has no code.
    error NotAContract(address dependency);

    // -------------------------------------------------------------- by the patient

    /// @notice Grants, for each category, exactly these terms; replaces what the block said.
    /// @dev The caller is a patient in standing, the grantee takes part in the directory.
    function grant(address grantee, uint16[] calldata categories, Terms calldata terms) external;

    /// @notice Sets a later end for access that is not over. What is over is granted anew.
    function renew(address grantee, uint16[] calldata categories, uint40 until) external;

    /// @notice Takes away rights or time, keeping what was passed on within the rest.
    /// NOTE: it needs no standing. To take all away, revoke.
    function narrow(address grantee, uint16[] calldata categories, uint8 rights, uint40 until) external;

    /// @notice Ends all access of the grantee to these categories, and keeps everyone but the patient from giving it
    /// again. Works on any block, in any state, with nothing granted too, so that no one can make it fail; it needs no
    /// standing and calls no other contract.
    function revoke(address grantee, uint16[] calldata categories) external;

    /// @notice Approves a pending request and grants what was asked.
    function approve(address requester, uint16[] calldata categories, Terms calldata terms) external;

    /// @notice Declines a pending request, which `requestId` and the details must both name.
    function decline(bytes32 requestId, address requester, uint16[] calldata categories, Terms calldata terms)
        external;

    // ------------------------------------------------------------- by a clinician

    /// @notice Asks a patient for access. The same request can be made again when it is closed.
    /// @return requestId keccak256(abi.encode(keccak256("mendrec/request/v1"), patient, requester, categories, terms))
    function ask(address patient, uint16[] calldata categories, Terms calldata terms)
        external
        returns (bytes32 requestId);

    /// @notice Withdraws the caller's own pending request.
    function withdrawRequest(address patient, uint16[] calldata categories, Terms calldata terms) external;

    // -------------------------------------------------------- by a holder of SHARE

    /// @notice Passes access on, within what the caller holds now: no more rights, no later end, the same purpose.
    /// It lasts while every block above it lasts unchanged and every sharer above it is in standing.
    /// @dev At most MAX_DELEGATION_DEPTH (3) times from the patient's own grant.
    function passOn(address patient, address grantee, uint16[] calldata categories, Terms calldata terms) external;

    /// @notice Ends what the caller itself passed on. Categories where it stands no longer are passed over, so that the
    /// grantee cannot make it fail by renouncing one; reverts NotAllowed where none stands.
    function takeBack(address patient, address grantee, uint16[] calldata categories) external;

    // ------------------------------------------------------------- by the grantee

    /// @notice Gives up access that the caller holds.
    function renounce(address patient, uint16[] calldata categories) external;

    // ---------------------------------------------------------- the same by signature
    // In typed data, categories are codes, rights, purposes and times are words: see libraries/ConsentActs.sol.
    // `sequences` states the block sequence each category was at when the person signed: a grant, renewal or narrowing
    // is refused when the block has changed since, by whoever it was. This kills a withheld signature after a revoke.

    /// @notice `grant` by the patient's signature over a Grant.
    function grantBySig(
        address patient,
        address grantee,
        uint16[] calldata categories,
        Terms calldata terms,
        uint32[] calldata sequences,
        Authorization calldata auth
    ) external;

    /// @notice `renew` by the patient's signature over a Renew.
    function renewBySig(
        address patient,
        address grantee,
        uint16[] calldata categories,
        uint40 until,
        uint32[] calldata sequences,
        Authorization calldata auth
    ) external;

    /// @notice `narrow` by the patient's signature over a Narrow.
    function narrowBySig(
        address patient,
        address grantee,
        uint16[] calldata categories,
        uint8 rights,
        uint40 until,
        uint32[] calldata sequences,
        Authorization calldata auth
    ) external;

    /// @notice `revoke` by the patient's signature over a Revoke. It is stale only when the patient has acted on the block since: changes that others made
    /// (passing on, taking back, renouncing) cannot stop it.
    function revokeBySig(
        address patient,
        address grantee,
        uint16[] calldata categories,
        uint32[] calldata sequences,
        Authorization calldata auth
    ) external;

    /// @notice `approve` by the patient's signature over an Approve.
    function approveBySig(
        address patient,
        address requester,
        uint16[] calldata categories,
        Terms calldata terms,
        uint32[] calldata sequences,
        Authorization calldata auth
    ) external;

    /// @notice `decline` by the patient's signature over a Decline.
    function declineBySig(
        address patient,
        address requester,
        uint16[] calldata categories,
        Terms calldata terms,
        Authorization calldata auth
    ) external;

    /// @notice `ask` by the clinician's signature over an Ask.
    function askBySig(
        address requester,
        address patient,
        uint16[] calldata categories,
        Terms calldata terms,
        Authorization calldata auth
    ) external returns (bytes32 requestId);

    /// @notice `withdrawRequest` by the clinician's signature over a WithdrawRequest.
    function withdrawRequestBySig(
        address requester,
        address patient,
        uint16[] calldata categories,
        Terms calldata terms,
        Authorization calldata auth
    ) external;

    /// @notice `passOn` by the sharer's signature over a PassOn.
    function passOnBySig(
        address delegator,
        address patient,
        address grantee,
        uint16[] calldata categories,
        Terms calldata terms,
        uint32[] calldata sequences,
        Authorization calldata auth
    ) external;

    /// @notice `takeBack` by the sharer's signature over a TakeBack. It only takes away: it states no sequences.
    function takeBackBySig(
        address delegator,
        address patient,
        address grantee,
        uint16[] calldata categories,
        Authorization calldata auth
    ) external;

    /// @notice `renounce` by the grantee's signature over a Renounce. It only takes away: it states no sequences.
    function renounceBySig(
        address grantee, address patient, uint16[] calldata categories, Authorization calldata auth
    ) external;

    // -------------------------------------------------------------------- reading

    /// @notice The block as it is stored, without what stands above it.
    function permission(address patient, address grantee, uint16 category) external view returns (Block memory);

    /// @notice Who passed the block on; all zero for a block of the patient.
    function delegation(address patient, address grantee, uint16 category) external view returns (Delegation memory);

    /// @notice What holds in the end: for a passed-on block, what every block above it still allows. Rights 0 = nothing.
    /// NOTE: the window is returned and not applied: compare it with a clock. The standing of sharers is that of now.
    function effective(address patient, address grantee, uint16 category)
        external
        view
        returns (Terms memory terms, uint32 sequence);

    /// @notice Reverts unless the grantee holds `right` in this block's time window.
    /// @param right One or more RIGHT_* bits, all of which are needed; none is refused.
    function requireRight(address patient, address grantee, uint16 category, uint8 right) external view;

    /// @notice 0 none, 1 pending, 2 approved, 3 declined, 4 withdrawn.
    function requestState(bytes32 requestId) external view returns (uint8);

    /// @notice The Directory that this contract asks, fixed at deployment.
    function directory() external view returns (address);

    /// @notice The version of this contract and of its EIP-712 domain.
    function version() external view returns (string memory);
}
