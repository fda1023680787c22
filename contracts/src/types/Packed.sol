// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Block, Entry, Participant} from "./Types.sol";

// The structs that are stored in one word, as that word: a whole struct is then one SLOAD or one SSTORE, and a check
// that looks at two members does not pay for nine. Members lie from the lowest bits upwards in the order of the struct,
// just as the compiler would lay them out.

/// A Block in its one slot; libraries/Blocks.sol makes them.
type PackedBlock is uint256;

/// A Participant in its one slot.
type PackedParticipant is uint256;

/// An Entry in its two slots. No stored entry has a zero `rest`: an author has an address.
struct PackedEntry {
    bytes32 digest;
    uint256 rest;
}

using PackedBlocks for PackedBlock global;
using PackedParticipants for PackedParticipant global;

/// @title PackedBlocks: permission blocks as words
library PackedBlocks {
    function rights(PackedBlock word) internal pure returns (uint8) {
        return uint8(PackedBlock.unwrap(word));
    }

    function from(PackedBlock word) internal pure returns (uint40) {
        return uint40(PackedBlock.unwrap(word) >> 8);
    }

    function until(PackedBlock word) internal pure returns (uint40) {
        return uint40(PackedBlock.unwrap(word) >> 48);
    }

    function purpose(PackedBlock word) internal pure returns (uint8) {
        return uint8(PackedBlock.unwrap(word) >> 88);
    }

    function sequence(PackedBlock word) internal pure returns (uint32) {
        return uint32(PackedBlock.unwrap(word) >> 96);
    }

    function generation(PackedBlock word) internal pure returns (uint32) {
        return uint32(PackedBlock.unwrap(word) >> 128);
    }

    function isPassedOn(PackedBlock word) internal pure returns (bool) {
        return uint8(PackedBlock.unwrap(word) >> 160) != 0;
    }

    function isRevokedByPatient(PackedBlock word) internal pure returns (bool) {
        return uint8(PackedBlock.unwrap(word) >> 168) != 0;
    }

    function patientSequence(PackedBlock word) internal pure returns (uint32) {
        return uint32(PackedBlock.unwrap(word) >> 176);
    }

    function unpack(PackedBlock word) internal pure returns (Block memory) {
        return Block({
            rights: word.rights(),
            from: word.from(),
            until: word.until(),
            purpose: word.purpose(),
            sequence: word.sequence(),
            generation: word.generation(),
            passedOn: word.isPassedOn(),
            revokedByPatient: word.isRevokedByPatient(),
            patientSequence: word.patientSequence()
        });
    }
}

/// @title PackedParticipants: people and bodies as words
library PackedParticipants {
    function roles(PackedParticipant word) internal pure returns (uint16) {
        return uint16(PackedParticipant.unwrap(word));
    }

    function suspended(PackedParticipant word) internal pure returns (bool) {
        return uint8(PackedParticipant.unwrap(word) >> 16) != 0;
    }

    function credentialExpiresAt(PackedParticipant word) internal pure returns (uint40) {
        return uint40(PackedParticipant.unwrap(word) >> 24);
    }

    function institution(PackedParticipant word) internal pure returns (uint16) {
        return uint16(PackedParticipant.unwrap(word) >> 64);
    }

    function verifier(PackedParticipant word) internal pure returns (uint16) {
        return uint16(PackedParticipant.unwrap(word) >> 80);
    }

    function body(PackedParticipant word) internal pure returns (uint16) {
        return uint16(PackedParticipant.unwrap(word) >> 96);
    }

    function barred(PackedParticipant word) internal pure returns (bool) {
        return uint8(PackedParticipant.unwrap(word) >> 112) != 0;
    }

    function credentialNotBefore(PackedParticipant word) internal pure returns (uint40) {
        return uint40(PackedParticipant.unwrap(word) >> 120);
    }

    function unpack(PackedParticipant word) internal pure returns (Participant memory) {
        return Participant({
            roles: word.roles(),
            suspended: word.suspended(),
            credentialExpiresAt: word.credentialExpiresAt(),
            institution: word.institution(),
            verifier: word.verifier(),
            body: word.body(),
            barred: word.barred(),
            credentialNotBefore: word.credentialNotBefore()
        });
    }

    function pack(Participant memory one) internal pure returns (PackedParticipant) {
        uint256 word = one.roles;
        if (one.suspended) word |= 1 << 16;
        word |= uint256(one.credentialExpiresAt) << 24;
        word |= uint256(one.institution) << 64;
        word |= uint256(one.verifier) << 80;
        word |= uint256(one.body) << 96;
        if (one.barred) word |= 1 << 112;
        word |= uint256(one.credentialNotBefore) << 120;
        return PackedParticipant.wrap(word);
    }
}

/// @title PackedEntries: the second slot of an entry; the first one is its digest
library PackedEntries {
    uint256 private constant LOCATION_MASK = uint256(type(uint16).max) << 176;

    function author(uint256 rest) internal pure returns (address) {
        return address(uint160(rest));
    }

    function location(uint256 rest) internal pure returns (uint16) {
        return uint16(rest >> 176);
    }

    function count(uint256 rest) internal pure returns (uint24) {
        return uint24(rest >> 232);
    }

    function withLocation(uint256 rest, uint16 newLocation) internal pure returns (uint256) {
        return (rest & ~LOCATION_MASK) | (uint256(newLocation) << 176);
    }

    function unpack(bytes32 digest, uint256 rest) internal pure returns (Entry memory) {
        return Entry({
            digest: digest,
            author: author(rest),
            category: uint16(rest >> 160),
            location: location(rest),
            recordedAt: uint40(rest >> 192),
            count: count(rest)
        });
    }

    function packRest(Entry memory one) internal pure returns (uint256 rest) {
        rest = uint160(one.author);
        rest |= uint256(one.category) << 160;
        rest |= uint256(one.location) << 176;
        rest |= uint256(one.recordedAt) << 192;
        rest |= uint256(one.count) << 232;
    }
}
