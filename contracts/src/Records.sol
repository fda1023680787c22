// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignedActs} from "./base/SignedActs.sol";
import {IConsent} from "./interfaces/IConsent.sol";
import {IDirectory} from "./interfaces/IDirectory.sol";
import {IRecords} from "./interfaces/IRecords.sol";
import {InclusionProof} from "./libraries/InclusionProof.sol";
import {MendReasons} from "./libraries/MendReasons.sol";
import {RecordsActs} from "./libraries/RecordsActs.sol";
import {PackedEntries, PackedEntry} from "./types/Packed.sol";
import {Authorization, Batch, Entry, EntryKey, RIGHT_UPLOAD} from "./types/Types.sol";

/// @title Records
/// @dev An entry takes two slots; the chain's head is a third one, of which there is one for each patient.
contract Records is IRecords, SignedActs {
    bytes32 private constant LINK_TAG = keccak256("mendrec/link/v1");

    IDirectory private immutable _directory;
    IConsent private immutable _consent;

    mapping(address patient => bytes32 link) private _heads;
    mapping(address patient => mapping(uint64 sequence => PackedEntry)) private _entries;

    /// @param directoryAddress The Directory, which must be deployed before.
    /// @param consentAddress The Consent, which must be deployed before.
    constructor(address directoryAddress, address consentAddress) EIP712("Mendrec Records", version()) {
        if (directoryAddress.code.length == 0) revert NotAContract(directoryAddress);
        if (consentAddress.code.length == 0) revert NotAContract(consentAddress);
        _directory = IDirectory(directoryAddress);
        _consent = IConsent(consentAddress);
    }

    // ------------------------------------------------------------------- adding

    /// @inheritdoc IRecords
    function add(
        address patient,
        uint16 category,
        uint16 location,
        bytes32 digest,
        uint64 sequence,
        bytes32 previousLink
    ) external returns (bytes32) {
        _requireHead(patient, sequence, previousLink);
        return _addRecord(msg.sender, patient, category, location, digest, sequence, previousLink);
    }

    /// @inheritdoc IRecords
    function addBySig(
        address author,
        address patient,
        uint16 category,
        uint16 location,
        bytes32 digest,
        uint64 sequence,
        bytes32 previousLink,
        Authorization calldata auth
    ) external returns (bytes32) {
        {
            bytes32 code = _directory.categoryCodeHash(category);
            bytes memory words =
                RecordsActs.addRecord(author, patient, code, location, digest, sequence, previousLink);
            _authorize(author, words, auth);
        }
        _requireHead(patient, sequence, previousLink);
        return _addRecord(author, patient, category, location, digest, sequence, previousLink);
    }

    /// @inheritdoc IRecords
    function addBatches(address patient, Batch[] calldata batches, uint64 sequence, bytes32 previousLink)
        external
        returns (bytes32)
    {
        return _addBatches(msg.sender, patient, batches, sequence, previousLink);
    }

    /// @inheritdoc IRecords
    function addBatchesBySig(
        address author,
        address patient,
        Batch[] calldata batches,
        uint64 sequence,
        bytes32 previousLink,
        Authorization calldata auth
    ) external returns (bytes32) {
        bytes32 batchesHash = _batchesHash(batches);
        _authorize(author, RecordsActs.addBatches(author, patient, batchesHash, sequence, previousLink), auth);
        return _addBatches(author, patient, batches, sequence, previousLink);
    }

    // ------------------------------------------------------------------- mending

    /// @inheritdoc IRecords
    function mendPath(address patient, uint64 sequence, uint16 toLocation, uint8 reason) external {
        _requireDestination(toLocation, reason);
        _mend(msg.sender, patient, sequence, toLocation, reason);
    }

    /// @inheritdoc IRecords
    function mendPaths(EntryKey[] calldata keys, uint16 toLocation, uint8 reason) external {
        _mendPaths(msg.sender, keys, toLocation, reason);
    }

    /// @inheritdoc IRecords
    function mendPathsBySig(
        address mender, EntryKey[] calldata keys, uint16 toLocation, uint8 reason, Authorization calldata auth
    ) external {
        _authorize(mender, RecordsActs.mendPaths(mender, keys, toLocation, reason), auth);
        _mendPaths(mender, keys, toLocation, reason);
    }

    // ------------------------------------------------------------------- reading

    /// @inheritdoc IRecords
    function head(address patient) external view returns (bytes32) {
        return _heads[patient];
    }

    /// @inheritdoc IRecords
    function entry(address patient, uint64 sequence) external view returns (Entry memory) {
        return _entry(patient, sequence);
    }

    /// @inheritdoc IRecords
    function requireIncluded(
        address patient, uint64 sequence, bytes32 manifestDigest, uint24 index, bytes32[] calldata path
    ) external view {
        Entry memory batch = _entry(patient, sequence);
        if (batch.count == 0) revert NotABatch(patient, sequence);
        if (!InclusionProof.isIncluded(batch.digest, batch.count, manifestDigest, index, path)) {
            revert NotIncluded(patient, sequence, manifestDigest);
        }
    }

    /// @inheritdoc IRecords
    function directory() external view returns (address) {
        return address(_directory);
    }

    /// @inheritdoc IRecords
    function consent() external view returns (address) {
        return address(_consent);
    }

    /// @inheritdoc IRecords
    function version() public pure returns (string memory) {
        return "1";
    }

    // ------------------------------------------------------------------- private

    function _addRecord(
        address author,
        address patient,
        uint16 category,
        uint16 location,
        bytes32 digest,
        uint64 sequence,
        bytes32 previousLink
    ) private returns (bytes32 link) {
        _requireMayAdd(author, patient, category, location);
        link = _append(patient, sequence, previousLink, _newEntry(digest, author, category, location, 0));
        _heads[patient] = link;
    }

    function _addBatches(
        address author,
        address patient,
        Batch[] calldata batches,
        uint64 sequence,
        bytes32 previousLink
    ) private returns (bytes32 link) {
        if (batches.length == 0) revert NoEntries();
        _requireHead(patient, sequence, previousLink);
        link = previousLink;
        for (uint256 i = 0; i < batches.length; ++i) {
            Batch calldata batch = batches[i];
            if (batch.count == 0) revert EmptyBatch();
            _requireMayAdd(author, patient, batch.category, batch.location);
            link = _append(
                patient, sequence, link, _newEntry(batch.root, author, batch.category, batch.location, batch.count)
            );
            emit BatchListed(patient, sequence, batch.listDigest);
            ++sequence;
        }
        _heads[patient] = link;
    }

    /// @dev Writes one entry and says so. The caller moves the head, once for all that it appends.
    function _append(address patient, uint64 sequence, bytes32 previousLink, Entry memory added)
        private
        returns (bytes32 link)
    {
        if (added.digest == 0) revert EmptyDigest();
        PackedEntry storage slots = _entries[patient][sequence];
        slots.digest = added.digest;
        slots.rest = PackedEntries.packRest(added);
        link = keccak256(
            abi.encode(
                LINK_TAG,
                previousLink,
                patient,
                sequence,
                added.author,
                added.category,
                added.digest,
                added.count,
                added.recordedAt
            )
        );
        emit EntryAdded(
            patient,
            sequence,
            added.author,
            added.category,
            added.location,
            added.recordedAt,
            added.count,
            added.digest,
            link
        );
    }

    function _newEntry(bytes32 digest, address author, uint16 category, uint16 location, uint24 count)
        private
        view
        returns (Entry memory)
    {
        return Entry(digest, author, category, location, uint40(_now()), count);
    }

    function _mendPaths(address mender, EntryKey[] calldata keys, uint16 toLocation, uint8 reason) private {
        if (keys.length == 0) revert NoEntries();
        _requireDestination(toLocation, reason);
        for (uint256 i = 0; i < keys.length; ++i) {
            _mend(mender, keys[i].patient, keys[i].sequence, toLocation, reason);
        }
    }

    function _mend(address mender, address patient, uint64 sequence, uint16 toLocation, uint8 reason) private {
        PackedEntry storage slots = _entries[patient][sequence];
        uint256 rest = slots.rest;
        if (rest == 0) revert UnknownEntry(patient, sequence);
        uint16 fromLocation = PackedEntries.location(rest);
        if (fromLocation == toLocation) revert SameLocation(toLocation);
        _requireMayMend(mender, patient, PackedEntries.author(rest), fromLocation);
        slots.rest = PackedEntries.withLocation(rest, toLocation);
        emit PathMended(patient, sequence, fromLocation, toLocation, reason, mender);
    }

    /// @dev The stated head is the patient's, and the stated sequence the next one.
    function _requireHead(address patient, uint64 sequence, bytes32 previousLink) private view {
        bytes32 current = _heads[patient];
        if (previousLink != current) revert StaleHead(patient, previousLink, current);
        mapping(uint64 sequence => PackedEntry) storage chain = _entries[patient];
        bool isNext = sequence == 0 ? current == 0 : chain[sequence - 1].rest != 0 && chain[sequence].rest == 0;
        if (!isNext) revert WrongSequence(patient, sequence);
    }

    function _requireMayAdd(address author, address patient, uint16 category, uint16 location) private view {
        if (author == patient) {
            _directory.requirePatient(patient);
            _directory.requireCategory(category);
            _directory.requireLocation(location);
        } else {
            // A right on a category shows that the category exists: Consent grants no other.
            _directory.requireClinicianAt(author, location);
            _consent.requireRight(patient, author, category, RIGHT_UPLOAD);
        }
    }

    function _requireDestination(uint16 toLocation, uint8 reason) private view {
        if (!MendReasons.isKnown(reason)) revert InvalidReason(reason);
        _directory.requireLocation(toLocation);
    }

    function _requireMayMend(address mender, address patient, address author, uint16 fromLocation) private view {
        if (mender == patient) {
            _directory.requirePatient(mender);
        } else if (mender == author) {
            _directory.requireClinician(mender);
        } else if (!_directory.isOperatorInStanding(mender, fromLocation)) {
            // What a patient added is no business of an institution, even one that they work for.
            bool byInstitution = author != patient && _directory.isInstitutionInStanding(mender, author);
            if (!byInstitution) revert NotAllowed(mender);
        }
    }

    function _entry(address patient, uint64 sequence) private view returns (Entry memory found) {
        PackedEntry storage slots = _entries[patient][sequence];
        found = PackedEntries.unpack(slots.digest, slots.rest);
        if (found.author == address(0)) revert UnknownEntry(patient, sequence);
    }

    function _batchesHash(Batch[] calldata batches) private view returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](batches.length);
        for (uint256 i = 0; i < batches.length; ++i) {
            hashes[i] = RecordsActs.batchHash(batches[i], _directory.categoryCodeHash(batches[i].category));
        }
        return keccak256(abi.encodePacked(hashes));
    }
}
