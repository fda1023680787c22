// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {MEND_DAMAGED, MEND_MISSING, MEND_RELOCATED, MEND_UNREACHABLE} from "../types/Types.sol";

/// @title MendReasons: why a path was moved
library MendReasons {
    /// @notice Whether the number stands for a reason.
    function isKnown(uint8 reason) internal pure returns (bool) {
        return reason >= MEND_DAMAGED && reason <= MEND_RELOCATED;
    }

    /// @notice Returns the hash of the reason's name, its EIP-712 encoding as a `string` member; zero if unknown.
    function nameHash(uint8 reason) internal pure returns (bytes32) {
        if (reason == MEND_DAMAGED) return keccak256("DAMAGED");
        if (reason == MEND_MISSING) return keccak256("MISSING");
        if (reason == MEND_UNREACHABLE) return keccak256("UNREACHABLE");
        if (reason == MEND_RELOCATED) return keccak256("RELOCATED");
        return bytes32(0);
    }
}
