// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {RIGHT_READ, RIGHT_SHARE, RIGHT_UPLOAD} from "../types/Types.sol";

/// @title Rights: what may be done with a category, as bits
library Rights {
    uint8 internal constant ALL = RIGHT_READ | RIGHT_UPLOAD | RIGHT_SHARE;

    /// @notice Whether these are some rights and none unknown.
    function isKnown(uint8 rights) internal pure returns (bool) {
        return rights != 0 && rights & ~ALL == 0;
    }

    /// @notice Whether every bit of `rights` is in `held`.
    function isSubset(uint8 rights, uint8 held) internal pure returns (bool) {
        return rights & ~held == 0;
    }

    /// @notice Returns the hash of the rights' names, their EIP-712 encoding as a `string` member.
    /// @dev The order is fixed: READ, UPLOAD, SHARE. Zero for anything that `isKnown` refuses.
    function namesHash(uint8 rights) internal pure returns (bytes32) {
        if (rights == RIGHT_READ) return keccak256("READ");
        if (rights == RIGHT_UPLOAD) return keccak256("UPLOAD");
        if (rights == RIGHT_SHARE) return keccak256("SHARE");
        if (rights == RIGHT_READ | RIGHT_UPLOAD) return keccak256("READ, UPLOAD");
        if (rights == RIGHT_READ | RIGHT_SHARE) return keccak256("READ, SHARE");
        if (rights == RIGHT_UPLOAD | RIGHT_SHARE) return keccak256("UPLOAD, SHARE");
        if (rights == ALL) return keccak256("READ, UPLOAD, SHARE");
        return bytes32(0);
    }
}
