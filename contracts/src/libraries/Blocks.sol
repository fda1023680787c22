// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {PackedBlock} from "../types/Packed.sol";
import {Terms} from "../types/Types.sol";

/// @title Blocks: how a permission block changes
/// @notice Every change counts `sequence` up by one. A grant, a passing on and an end of access count `generation` up
/// too, which voids what was passed on under the older one. An act of the patient is remembered as `patientSequence`.
/// @dev Pure transitions from word to word. The counters are checked: a full one stops, it does not wrap.
library Blocks {
    uint256 private constant PASSED_ON = 1 << 160;
    uint256 private constant REVOKED_BY_PATIENT = 1 << 168;

    /// @notice The block after the patient's grant: these terms and no mark of what was before.
    function granted(PackedBlock old, Terms memory terms) internal pure returns (PackedBlock) {
        uint32 sequence = old.sequence() + 1;
        return PackedBlock.wrap(_termsWord(terms) | _counters(sequence, old.generation() + 1, sequence));
    }

    /// @notice The block after access was passed on.
    function passedOn(PackedBlock old, Terms memory terms) internal pure returns (PackedBlock) {
        uint256 counters = _counters(old.sequence() + 1, old.generation() + 1, old.patientSequence());
        return PackedBlock.wrap(_termsWord(terms) | counters | PASSED_ON);
    }

    /// @notice The block after the patient's revoke: no terms, and nobody else may grant.
    function revoked(PackedBlock old) internal pure returns (PackedBlock) {
        uint32 sequence = old.sequence() + 1;
        return PackedBlock.wrap(_counters(sequence, old.generation() + 1, sequence) | REVOKED_BY_PATIENT);
    }

    /// @notice The block after somebody else ended access: no terms.
    function ended(PackedBlock old) internal pure returns (PackedBlock) {
        return PackedBlock.wrap(_counters(old.sequence() + 1, old.generation() + 1, old.patientSequence()));
    }

    /// @notice The block after the patient changed rights and end within one grant.
    function adjusted(PackedBlock old, uint8 rights, uint40 until) internal pure returns (PackedBlock) {
        uint32 sequence = old.sequence() + 1;
        uint256 kept = (uint256(old.from()) << 8) | (uint256(old.purpose()) << 88);
        uint256 changed = uint256(rights) | (uint256(until) << 48);
        return PackedBlock.wrap(kept | changed | _counters(sequence, old.generation(), sequence));
    }

    function _termsWord(Terms memory terms) private pure returns (uint256) {
        return uint256(terms.rights) | (uint256(terms.from) << 8) | (uint256(terms.until) << 48)
            | (uint256(terms.purpose) << 88);
    }

    function _counters(uint32 sequence, uint32 generation, uint32 patientSequence) private pure returns (uint256) {
        return (uint256(sequence) << 96) | (uint256(generation) << 128) | (uint256(patientSequence) << 176);
    }
}
