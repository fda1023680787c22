// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Authorization, Batch, Entry, EntryKey} from "../types/Types.sol";

/// @title Records: each patient's chain of entries
/// @notice link = keccak256(abi.encode(LINK_TAG, previousLink, patient, sequence, author, category, digest, count,
/// recordedAt)), with LINK_TAG = keccak256("mendrec/link/v1") and 32 zero bytes before the first entry.
/// A digest can never be replaced; only the location number of an entry can move.
///
/// WARNING: an entry shows who stated which digest when. It does not show that the bytes were ever stored, that they
/// open, or that they are true.
/// NOTE: links are computed over what was recorded and not over where it lives, so mending a path changes no link.
interface IRecords {
    /// @notice An entry was added; `link` is the patient's new head.
    event EntryAdded(
        address indexed patient,
        uint64 indexed sequence,
        address indexed author,
        uint16 category,
        uint16 location,
        uint40 recordedAt,
        uint24 count,
        bytes32 digest,
        bytes32 link
    );
    /// @notice Where a batch's list of leaves is found. Kept by this event alone.
    event BatchListed(address indexed patient, uint64 indexed sequence, bytes32 listDigest);
    /// @notice An entry's path was moved. The events of an entry are its path's history.
    event PathMended(
        address indexed patient,
        uint64 indexed sequence,
        uint16 fromLocation,
        uint16 toLocation,
        uint8 reason,
        address by
    );

    /// @notice Thrown when the stated previous link is not the head: another entry came first.
    error StaleHead(address patient, bytes32 stated, bytes32 current);
    /// @notice Thrown when the stated sequence is not the next one.
    error WrongSequence(address patient, uint64 stated);
    /// @notice Thrown when the digest or root is zero.
    error EmptyDigest();
    /// @notice Thrown when a batch has no leaves.
    error EmptyBatch();
    /// @notice Thrown when a list of batches or entries is empty.
    error NoEntries();
    /// @notice Thrown when the patient's chain has no such entry.
    error UnknownEntry(address patient, uint64 sequence);
    /// @notice Thrown when the entry is a single record.
    error NotABatch(address patient, uint64 sequence);
    /// @notice Thrown when the path does not lead from the digest to the batch's root.
    error NotIncluded(address patient, uint64 sequence, bytes32 manifestDigest);
    /// @notice Thrown when the path would move to where it is.
    error SameLocation(uint16 location);
    /// @notice Thrown when the number is no reason.
    error InvalidReason(uint8 reason);
    /// @notice Thrown when the caller has no say in this.
    error NotAllowed(address caller);
    /// @notice Thrown at deployment when the address has no code.
    error NotAContract(address dependency);

    /// @notice Adds an entry: by the patient, or by a clinician in standing who holds UPLOAD for the category.
    /// @param digest SHA-256 of the manifest.
    /// @param sequence Number of the entry, the next one of the patient's chain, counted from 0.
    /// @param previousLink The head as the author saw it.
    function add(
        address patient,
        uint16 category,
        uint16 location,
        bytes32 digest,
        uint64 sequence,
        bytes32 previousLink
    ) external returns (bytes32 link);

    /// @notice The same, by signature: AddRecord(address author,address patient,string category,uint16 location,
    /// bytes32 digest,uint64 sequence,bytes32 previousLink,uint256 nonce,string signatureValidUntil).
    function addBySig(
        address author,
        address patient,
        uint16 category,
        uint16 location,
        bytes32 digest,
        uint64 sequence,
        bytes32 previousLink,
        Authorization calldata auth
    ) external returns (bytes32 link);

    /// @notice Adds one entry for each batch, in the given order, the first under `sequence`.
    function addBatches(address patient, Batch[] calldata batches, uint64 sequence, bytes32 previousLink)
        external
        returns (bytes32 link);

    /// @notice The same, by signature: AddBatches(address author,address patient,Batch[] batches,uint64 sequence,
    /// bytes32 previousLink,uint256 nonce,string signatureValidUntil) with
    /// Batch(string category,uint16 location,uint24 count,bytes32 root,bytes32 listDigest).
    function addBatchesBySig(
        address author,
        address patient,
        Batch[] calldata batches,
        uint64 sequence,
        bytes32 previousLink,
        Authorization calldata auth
    ) external returns (bytes32 link);

    /// @notice Moves an entry's path to another, active location: by the patient, the author as a clinician in
    /// standing, the author's institution, or the operator of the current location, bodies in standing.
    /// NOTE: the author's institution is the one the author works for now.
    /// WARNING: nothing here shows that the new location holds the bytes. Whoever moves a path verifies first.
    function mendPath(address patient, uint64 sequence, uint16 toLocation, uint8 reason) external;

    /// @notice Moves several, or none.
    function mendPaths(EntryKey[] calldata keys, uint16 toLocation, uint8 reason) external;

    /// @notice The same, by signature: MendPaths(address mender,EntryKey[] entries,uint16 toLocation,string reason,
    /// uint256 nonce,string signatureValidUntil) with EntryKey(address patient,uint64 sequence).
    function mendPathsBySig(
        address mender, EntryKey[] calldata keys, uint16 toLocation, uint8 reason, Authorization calldata auth
    ) external;

    /// @notice The link of the patient's last entry; 32 zero bytes where there is none.
    function head(address patient) external view returns (bytes32);

    /// @notice An entry as it is stored; reverts UnknownEntry.
    function entry(address patient, uint64 sequence) external view returns (Entry memory);

    /// @notice Reverts unless the digest is the leaf at `index` of that batch entry (RFC 9162 section 2.1.3.2).
    function requireIncluded(
        address patient, uint64 sequence, bytes32 manifestDigest, uint24 index, bytes32[] calldata path
    ) external view;

    /// @notice The Directory that this contract asks, fixed at deployment.
    function directory() external view returns (address);

    /// @notice The Consent that this contract asks, fixed at deployment.
    function consent() external view returns (address);

    /// @notice The version of this contract and of its EIP-712 domain.
    function version() external view returns (string memory);
}
