// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ISignedActs} from "../interfaces/ISignedActs.sol";
import {Iso8601} from "../libraries/Iso8601.sol";
import {Authorization} from "../types/Types.sol";

/// @title SignedActs: what every contract whose acts can be signed shares
/// @dev Every signed act's type ends in `uint256 nonce,string signatureValidUntil`; `_authorize` adds these two itself,
/// so that no act can forget them.
abstract contract SignedActs is ISignedActs, EIP712 {
    // Cancel(address signer,uint256 cancelledNonce,uint256 nonce,string signatureValidUntil)
    bytes32 private constant CANCEL_TYPEHASH =
        keccak256("Cancel(address signer,uint256 cancelledNonce,uint256 nonce,string signatureValidUntil)");

    mapping(address signer => mapping(uint256 wordIndex => uint256 bits)) private _spentNonces;

    /// @inheritdoc ISignedActs
    function cancelNonce(uint256 nonce) external {
        _spendNonce(msg.sender, nonce);
    }

    /// @inheritdoc ISignedActs
    function cancelNonceBySig(address signer, uint256 cancelledNonce, Authorization calldata auth) external {
        _authorize(signer, abi.encode(CANCEL_TYPEHASH, signer, cancelledNonce), auth);
        _spendNonce(signer, cancelledNonce);
    }

    /// @inheritdoc ISignedActs
    function isNonceSpent(address signer, uint256 nonce) external view returns (bool) {
        return _spentNonces[signer][nonce >> 8] & (1 << (nonce & 0xff)) != 0;
    }

    /// @dev The only place where the contracts learn the time.
    /// @return Unix seconds of the block.
    function _now() internal view virtual returns (uint256) {
        return block.timestamp;
    }

    /// @dev Reverts unless `signer` signed the act before its deadline, and spends the nonce.
    /// The nonce is spent before the signature is checked, so that an EIP-1271 wallet sees it spent.
    /// @param words EIP-712 encoding of the act: its type hash and every member but the last two.
    function _authorize(address signer, bytes memory words, Authorization calldata auth) internal {
        if (_now() > auth.deadline) revert SignatureExpired(auth.deadline, _now());
        _spendNonce(signer, auth.nonce);
        bytes32 structHash = keccak256(abi.encodePacked(words, auth.nonce, Iso8601.hash(auth.deadline)));
        if (!SignatureChecker.isValidSignatureNow(signer, _hashTypedDataV4(structHash), auth.signature)) {
            revert InvalidSignature(signer);
        }
    }

    function _spendNonce(address signer, uint256 nonce) private {
        mapping(uint256 wordIndex => uint256 bits) storage spent = _spentNonces[signer];
        uint256 bits = spent[nonce >> 8];
        uint256 bit = 1 << (nonce & 0xff);
        if (bits & bit != 0) revert NonceAlreadySpent(signer, nonce);
        spent[nonce >> 8] = bits | bit;
        emit NonceSpent(signer, nonce);
    }
}
