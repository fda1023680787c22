// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Terms} from "../types/Types.sol";
import {Iso8601} from "./Iso8601.sol";
import {Purposes} from "./Purposes.sol";
import {Rights} from "./Rights.sol";

/// @title ConsentActs: what is signed for Consent, as EIP-712 words
/// @dev Each function returns the encoding of its act without the last two members, which SignedActs adds.
/// `categories` is the EIP-712 hash of the category codes. The words are joined from parts, since one abi.encode of
/// them all needs more stack than there is.
library ConsentActs {
    bytes32 internal constant GRANT_TYPEHASH = keccak256(
        "Grant(address patient,address grantee,string[] categories,string rights,string from,string until,string purpose,uint32[] sequences,uint256 nonce,string signatureValidUntil)"
    );
    bytes32 internal constant RENEW_TYPEHASH = keccak256(
        "Renew(address patient,address grantee,string[] categories,string until,uint32[] sequences,uint256 nonce,string signatureValidUntil)"
    );
    bytes32 internal constant NARROW_TYPEHASH = keccak256(
        "Narrow(address patient,address grantee,string[] categories,string rights,string until,uint32[] sequences,uint256 nonce,string signatureValidUntil)"
    );
    bytes32 internal constant REVOKE_TYPEHASH = keccak256(
        "Revoke(address patient,address grantee,string[] categories,uint32[] sequences,uint256 nonce,string signatureValidUntil)"
    );
    bytes32 internal constant APPROVE_TYPEHASH = keccak256(
        "Approve(address patient,address requester,string[] categories,string rights,string from,string until,string purpose,uint32[] sequences,uint256 nonce,string signatureValidUntil)"
    );
    bytes32 internal constant DECLINE_TYPEHASH = keccak256(
        "Decline(address patient,address requester,string[] categories,string rights,string from,string until,string purpose,uint256 nonce,string signatureValidUntil)"
    );
    bytes32 internal constant ASK_TYPEHASH = keccak256(
        "Ask(address requester,address patient,string[] categories,string rights,string from,string until,string purpose,uint256 nonce,string signatureValidUntil)"
    );
    bytes32 internal constant WITHDRAW_REQUEST_TYPEHASH = keccak256(
        "WithdrawRequest(address requester,address patient,string[] categories,string rights,string from,string until,string purpose,uint256 nonce,string signatureValidUntil)"
    );
    bytes32 internal constant PASS_ON_TYPEHASH = keccak256(
        "PassOn(address delegator,address patient,address grantee,string[] categories,string rights,string from,string until,string purpose,uint32[] sequences,uint256 nonce,string signatureValidUntil)"
    );
    bytes32 internal constant TAKE_BACK_TYPEHASH = keccak256(
        "TakeBack(address delegator,address patient,address grantee,string[] categories,uint256 nonce,string signatureValidUntil)"
    );
    bytes32 internal constant RENOUNCE_TYPEHASH = keccak256(
        "Renounce(address grantee,address patient,string[] categories,uint256 nonce,string signatureValidUntil)"
    );

    /// @dev Grant and Approve, which differ by their type and by the name of the second person.
    function giving(
        bytes32 typeHash,
        address patient,
        address other,
        bytes32 categories,
        Terms memory terms,
        uint32[] calldata sequences
    ) internal pure returns (bytes memory) {
        return bytes.concat(
            abi.encode(typeHash, patient, other, categories), _termsWords(terms), abi.encode(_hash(sequences))
        );
    }

    /// @dev Ask, WithdrawRequest and Decline: one who signs, the other one, and the terms in question.
    function asking(bytes32 typeHash, address signer, address other, bytes32 categories, Terms memory terms)
        internal
        pure
        returns (bytes memory)
    {
        return bytes.concat(abi.encode(typeHash, signer, other, categories), _termsWords(terms));
    }

    function renew(address patient, address grantee, bytes32 categories, uint40 until, uint32[] calldata sequences)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encode(RENEW_TYPEHASH, patient, grantee, categories, Iso8601.hash(until), _hash(sequences));
    }

    function narrow(
        address patient,
        address grantee,
        bytes32 categories,
        uint8 rights,
        uint40 until,
        uint32[] calldata sequences
    ) internal pure returns (bytes memory) {
        return bytes.concat(
            abi.encode(NARROW_TYPEHASH, patient, grantee, categories),
            abi.encode(Rights.namesHash(rights), Iso8601.hash(until), _hash(sequences))
        );
    }

    function revoke(address patient, address grantee, bytes32 categories, uint32[] calldata sequences)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encode(REVOKE_TYPEHASH, patient, grantee, categories, _hash(sequences));
    }

    function passOn(
        address delegator,
        address patient,
        address grantee,
        bytes32 categories,
        Terms memory terms,
        uint32[] calldata sequences
    ) internal pure returns (bytes memory) {
        return bytes.concat(
            abi.encode(PASS_ON_TYPEHASH, delegator, patient, grantee, categories),
            _termsWords(terms),
            abi.encode(_hash(sequences))
        );
    }

    function takeBack(address delegator, address patient, address grantee, bytes32 categories)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encode(TAKE_BACK_TYPEHASH, delegator, patient, grantee, categories);
    }

    function renounce(address grantee, address patient, bytes32 categories) internal pure returns (bytes memory) {
        return abi.encode(RENOUNCE_TYPEHASH, grantee, patient, categories);
    }

    function _termsWords(Terms memory terms) private pure returns (bytes memory) {
        return abi.encode(
            Rights.namesHash(terms.rights),
            Iso8601.hash(terms.from),
            Iso8601.hash(terms.until),
            Purposes.codeHash(terms.purpose)
        );
    }

    /// @dev EIP-712 hash of a uint32[]: packed array elements are padded to 32 bytes, which is their encoding.
    function _hash(uint32[] calldata sequences) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(sequences));
    }
}
