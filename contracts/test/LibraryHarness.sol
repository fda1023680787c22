// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CategoryCodes} from "../src/libraries/CategoryCodes.sol";
import {InclusionProof} from "../src/libraries/InclusionProof.sol";
import {Iso8601} from "../src/libraries/Iso8601.sol";
import {MendReasons} from "../src/libraries/MendReasons.sol";
import {Purposes} from "../src/libraries/Purposes.sol";
import {Rights} from "../src/libraries/Rights.sol";
import {PackedBlock, PackedEntries, PackedParticipants} from "../src/types/Packed.sol";
import "../src/types/Types.sol";

/// @title LibraryHarness: the libraries' functions and the types' constants, made callable for tests
contract LibraryHarness {
    function iso8601(uint256[] calldata times) external pure returns (string[] memory texts) {
        texts = new string[](times.length);
        for (uint256 i = 0; i < times.length; ++i) {
            texts[i] = string(abi.encodePacked(Iso8601.format(times[i])));
        }
    }

    function isIncluded(bytes32 root, uint256 size, bytes32 digest, uint256 index, bytes32[] calldata path)
        external
        pure
        returns (bool)
    {
        return InclusionProof.isIncluded(root, size, digest, index, path);
    }

    function isCategoryCode(string calldata code) external pure returns (bool) {
        return CategoryCodes.isValid(code);
    }

    function right(uint8 rights) external pure returns (bool known, bytes32 namesHash) {
        return (Rights.isKnown(rights), Rights.namesHash(rights));
    }

    function purpose(uint8 number) external pure returns (bool known, bytes32 codeHash) {
        return (Purposes.isKnown(number), Purposes.codeHash(number));
    }

    function mendReason(uint8 number) external pure returns (bool known, bytes32 nameHash) {
        return (MendReasons.isKnown(number), MendReasons.nameHash(number));
    }

    function participantThroughItsWord(Participant memory one) external pure returns (Participant memory) {
        return PackedParticipants.pack(one).unpack();
    }

    function entryThroughItsWords(Entry memory one) external pure returns (Entry memory) {
        return PackedEntries.unpack(one.digest, PackedEntries.packRest(one));
    }

    function entryMoved(Entry memory one, uint16 location) external pure returns (Entry memory) {
        return PackedEntries.unpack(one.digest, PackedEntries.withLocation(PackedEntries.packRest(one), location));
    }

    function blockOf(uint256 word) external pure returns (Block memory) {
        return PackedBlock.wrap(word).unpack();
    }

    function roles() external pure returns (uint16[5] memory) {
        return [ROLE_PATIENT, ROLE_CLINICIAN, ROLE_INSTITUTION, ROLE_VERIFIER, ROLE_CUSTODIAN];
    }

    function rightBits() external pure returns (uint8[3] memory) {
        return [RIGHT_READ, RIGHT_UPLOAD, RIGHT_SHARE];
    }
}
