// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Batch, EntryKey} from "../types/Types.sol";
import {MendReasons} from "./MendReasons.sol";

/// @title RecordsActs: what is signed for Records, as EIP-712 words
/// @dev Each function returns the encoding of its act without the last two members, which SignedActs adds.
library RecordsActs {
    bytes32 internal constant ADD_RECORD_TYPEHASH = keccak256(
        "AddRecord(address author,address patient,string category,uint16 location,bytes32 digest,uint64 sequence,bytes32 previousLink,uint256 nonce,string signatureValidUntil)"
    );
    bytes32 internal constant BATCH_TYPEHASH =
        keccak256("Batch(string category,uint16 location,uint24 count,bytes32 root,bytes32 listDigest)");
    bytes32 internal constant ADD_BATCHES_TYPEHASH = keccak256(
        "AddBatches(address author,address patient,Batch[] batches,uint64 sequence,bytes32 previousLink,uint256 nonce,string signatureValidUntil)Batch(string category,uint16 location,uint24 count,bytes32 root,bytes32 listDigest)"
    );
    bytes32 internal constant ENTRY_KEY_TYPEHASH = keccak256("EntryKey(address patient,uint64 sequence)");
    bytes32 internal constant MEND_PATHS_TYPEHASH = keccak256(
        "MendPaths(address mender,EntryKey[] entries,uint16 toLocation,string reason,uint256 nonce,string signatureValidUntil)EntryKey(address patient,uint64 sequence)"
    );

    function addRecord(
        address author,
        address patient,
        bytes32 categoryCodeHash,
        uint16 location,
        bytes32 digest,
        uint64 sequence,
        bytes32 previousLink
    ) internal pure returns (bytes memory) {
        return abi.encode(
            ADD_RECORD_TYPEHASH, author, patient, categoryCodeHash, location, digest, sequence, previousLink
        );
    }

    /// @param batchesHash keccak256 of the joined `batchHash` values.
    function addBatches(address author, address patient, bytes32 batchesHash, uint64 sequence, bytes32 previousLink)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encode(ADD_BATCHES_TYPEHASH, author, patient, batchesHash, sequence, previousLink);
    }

    function batchHash(Batch calldata batch, bytes32 categoryCodeHash) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(BATCH_TYPEHASH, categoryCodeHash, batch.location, batch.count, batch.root, batch.listDigest)
        );
    }

    function mendPaths(address mender, EntryKey[] calldata keys, uint16 toLocation, uint8 reason)
        internal
        pure
        returns (bytes memory)
    {
        bytes32[] memory hashes = new bytes32[](keys.length);
        for (uint256 i = 0; i < keys.length; ++i) {
            hashes[i] = keccak256(abi.encode(ENTRY_KEY_TYPEHASH, keys[i].patient, keys[i].sequence));
        }
        return abi.encode(
            MEND_PATHS_TYPEHASH,
            mender,
            keccak256(abi.encodePacked(hashes)),
            toLocation,
            MendReasons.nameHash(reason)
        );
    }
}
