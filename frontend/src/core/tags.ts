/** Versioned tags of hash purposes; the same as in `domain/tags.py`. Changing one breaks what was hashed under it. */
import { keccak256, stringToBytes } from "viem/utils";

/** keccak256 of this is the first word of every link of a patient's chain. */
export const LINK = "mendrec/link/v1";
/** SHA-256 prefix of the commitment to one Shamir share. */
export const SHARE_COMMITMENT = "mendrec/share-commitment/v1";
/** HKDF `info` of the key that seals a person's identity backup. */
export const IDENTITY_BACKUP_KEY = "mendrec/identity-backup-key/v1";
/** HKDF `info` of the key of the tags in what a person seals to oneself. */
export const SEALED_TO_ONESELF = "mendrec/sealed-to-oneself/v1";
/** SHA-256 prefix of the id of an act that somebody signed. */
export const SIGNED_ACT = "mendrec/signed-act/v1";
/** keccak256 of this is the first word of the id of a request for access. */
export const ACCESS_REQUEST = "mendrec/request/v1";

/** keccak256 of a tag's text, `0x` and 64 hex digits. */
export function keccakOfTag(tag: string): `0x${string}` {
  return keccak256(stringToBytes(tag));
}
