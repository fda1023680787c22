// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title ContractWallet: an EIP-1271 wallet with one key, for tests
contract ContractWallet is IERC1271 {
    address private _signer;

    constructor(address signer) {
        _signer = signer;
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address recovered, ECDSA.RecoverError error,) = ECDSA.tryRecover(hash, signature);
        bool good = error == ECDSA.RecoverError.NoError && recovered == _signer;
        return good ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }

    /// @notice Replaces the key: signatures of the old one stop counting at once.
    function setSigner(address signer) external {
        _signer = signer;
    }
}
