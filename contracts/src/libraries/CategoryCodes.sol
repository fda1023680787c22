// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title CategoryCodes: the form of a data category's code
library CategoryCodes {
    uint256 internal constant MAX_LENGTH = 64;

    /// @notice Whether the code is 1 to 64 characters of a-z, 0-9 and hyphen.
    /// @dev So small an alphabet that two codes never look alike in a wallet.
    function isValid(string calldata code) internal pure returns (bool) {
        bytes calldata characters = bytes(code);
        if (characters.length == 0 || characters.length > MAX_LENGTH) return false;
        for (uint256 i = 0; i < characters.length; ++i) {
            bytes1 c = characters[i];
            bool known = (c >= "a" && c <= "z") || (c >= "0" && c <= "9") || c == "-";
            if (!known) return false;
        }
        return true;
    }
}
