// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Credential} from "../types/Types.sol";
import {Iso8601} from "./Iso8601.sol";

/// @title DirectoryActs: what is signed for the Directory, as EIP-712 words
/// @dev Each function returns the encoding of its act without the last two members, which SignedActs adds.
library DirectoryActs {
    bytes32 internal constant ENROL_TYPEHASH =
        keccak256("Enrol(address who,bytes32 recipient,uint256 nonce,string signatureValidUntil)");
    bytes32 internal constant PUBLISH_RECIPIENT_TYPEHASH =
        keccak256("PublishRecipient(address who,bytes32 recipient,uint256 nonce,string signatureValidUntil)");
    bytes32 internal constant CLINICIAN_CREDENTIAL_TYPEHASH = keccak256(
        "ClinicianCredential(address clinician,address institution,address verifier,bytes32 licenceCommitment,string issuedAt,string expiresAt)"
    );
    bytes32 internal constant ENROL_CLINICIAN_TYPEHASH = keccak256(
        "EnrolClinician(ClinicianCredential credential,bytes32 recipient,uint256 nonce,string signatureValidUntil)ClinicianCredential(address clinician,address institution,address verifier,bytes32 licenceCommitment,string issuedAt,string expiresAt)"
    );

    function enrol(address who, bytes32 recipient) internal pure returns (bytes memory) {
        return abi.encode(ENROL_TYPEHASH, who, recipient);
    }

    function publishRecipient(address who, bytes32 recipient) internal pure returns (bytes memory) {
        return abi.encode(PUBLISH_RECIPIENT_TYPEHASH, who, recipient);
    }

    /// @dev The credential's struct hash: it has no nonce, its freshness is `issuedAt`.
    function credentialHash(Credential calldata credential, address verifier) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                CLINICIAN_CREDENTIAL_TYPEHASH,
                credential.clinician,
                credential.institution,
                verifier,
                credential.licenceCommitment,
                Iso8601.hash(credential.issuedAt),
                Iso8601.hash(credential.expiresAt)
            )
        );
    }

    function enrolClinician(Credential calldata credential, address verifier, bytes32 recipient)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encode(ENROL_CLINICIAN_TYPEHASH, credentialHash(credential, verifier), recipient);
    }
}
