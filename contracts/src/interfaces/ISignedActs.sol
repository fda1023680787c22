// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Authorization} from "../types/Types.sol";

/// @title Acts made by signature
/// @notice Whoever holds a signature may submit it, and pays for it. What is signed is EIP-712 typed data that names
/// the contract, the chain, the signer, a nonce and the last second of its life, in words a person can read.
/// Nonces are unordered bits: any unused number serves once, and each can be cancelled on its own.
///
/// NOTE: an EIP-1271 wallet's answer can change: a signature that it accepts now it may refuse later, or the reverse.
/// NOTE: an address with code, an EIP-7702 delegation included, is asked by EIP-1271 and never by its own key.
/// WARNING: a signature that was given out can be submitted until its deadline. Cancel its nonce to take it back.
interface ISignedActs {
    /// @notice A nonce was used by an act or cancelled by its owner.
    event NonceSpent(address indexed signer, uint256 nonce);

    /// @notice Thrown when the signature is past its last second.
    error SignatureExpired(uint64 deadline, uint256 nowSeconds);
    /// @notice Thrown when the nonce was used or cancelled before.
    error NonceAlreadySpent(address signer, uint256 nonce);
    /// @notice Thrown when the signature is not the signer's over exactly these words, this chain and this contract.
    error InvalidSignature(address signer);

    /// @notice Makes a nonce of the caller unusable.
    /// @dev Reverts NonceAlreadySpent where it is too late: the act was made, or the nonce cancelled before.
    function cancelNonce(uint256 nonce) external;

    /// @notice The same, by signature:
    /// Cancel(address signer,uint256 cancelledNonce,uint256 nonce,string signatureValidUntil).
    function cancelNonceBySig(address signer, uint256 cancelledNonce, Authorization calldata auth) external;

    /// @notice Whether a nonce can no longer be used.
    function isNonceSpent(address signer, uint256 nonce) external view returns (bool);
}
