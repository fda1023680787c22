// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Purposes: why access is given, as HL7 v3 PurposeOfUse codes
/// @dev The numbers are stored; the codes appear in signed acts.
library Purposes {
    uint8 internal constant TREAT = 1; // treatment
    uint8 internal constant ETREAT = 2; // emergency treatment
    uint8 internal constant CAREMGT = 3; // care management
    uint8 internal constant PATRQT = 4; // patient requested
    uint8 internal constant HPAYMT = 5; // healthcare payment
    uint8 internal constant HOPERAT = 6; // healthcare operations
    uint8 internal constant HRESCH = 7; // healthcare research
    uint8 internal constant PUBHLTH = 8; // public health
    uint8 internal constant LAST = PUBHLTH;

    /// @notice Whether the number stands for a purpose.
    function isKnown(uint8 purpose) internal pure returns (bool) {
        return purpose != 0 && purpose <= LAST;
    }

    /// @notice Returns the hash of the code, its EIP-712 encoding as a `string` member; zero for an unknown number.
    function codeHash(uint8 purpose) internal pure returns (bytes32) {
        if (purpose == TREAT) return keccak256("TREAT");
        if (purpose == ETREAT) return keccak256("ETREAT");
        if (purpose == CAREMGT) return keccak256("CAREMGT");
        if (purpose == PATRQT) return keccak256("PATRQT");
        if (purpose == HPAYMT) return keccak256("HPAYMT");
        if (purpose == HOPERAT) return keccak256("HOPERAT");
        if (purpose == HRESCH) return keccak256("HRESCH");
        if (purpose == PUBHLTH) return keccak256("PUBHLTH");
        return bytes32(0);
    }
}
