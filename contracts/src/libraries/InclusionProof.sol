// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title InclusionProof: RFC 9162 Merkle trees over SHA-256
/// @dev A leaf's hash is SHA-256(0x00 || digest), a node's SHA-256(0x01 || left || right): the prefixes keep a node
/// from being passed off as a leaf. The path is the one of RFC 9162 section 2.1.3, from the leaf's sibling upwards.
///
/// NOTE: this shows that a digest is the leaf at an index of a tree of a stated size. It says nothing about what was
/// hashed, and a root proves a size only together with the size it was anchored with.
library InclusionProof {
    bytes1 private constant LEAF_PREFIX = 0x00;
    bytes1 private constant NODE_PREFIX = 0x01;

    /// @notice Whether `digest` is the leaf at `index` of the tree of `size` leaves with this root.
    /// @dev RFC 9162 section 2.1.3.2; its numbered steps are named in the body.
    function isIncluded(bytes32 root, uint256 size, bytes32 digest, uint256 index, bytes32[] calldata path)
        internal
        pure
        returns (bool)
    {
        if (index >= size) return false; // step 1
        uint256 node = index; // step 2: fn and sn
        uint256 last = size - 1;
        bytes32 hash = sha256(abi.encodePacked(LEAF_PREFIX, digest)); // step 3
        for (uint256 i = 0; i < path.length; ++i) {
            if (last == 0) return false; // step 4.1: the path is too long
            if (node & 1 == 1 || node == last) {
                hash = sha256(abi.encodePacked(NODE_PREFIX, path[i], hash));
                while (node & 1 == 0 && node != 0) {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                hash = sha256(abi.encodePacked(NODE_PREFIX, hash, path[i]));
            }
            node >>= 1;
            last >>= 1;
        }
        return last == 0 && hash == root; // step 5
    }
}
