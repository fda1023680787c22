/**
 * age X25519 recipients and identities as bech32 (BIP 173): `age1…` and `AGE-SECRET-KEY-1…` ↔ 32 bytes.
 */
import { bech32 } from "@scure/base";
import { type Bytes, toHex } from "./bytes.ts";
import { MendrecError } from "./errors.ts";

const KEY_BYTES = 32;
const FIELD_PRIME = 2n ** 255n - 19n;
// u-coordinates of the points of order 1, 2, 4 and 8 (RFC 7748 section 6.1): with one of them as a public key the shared
// secret is zero whoever computes it, and encryption to it protects nothing.
const SMALL_ORDER_U: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  FIELD_PRIME - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
]);

/** `age1…` for a 32-byte X25519 public key, the form the Directory keeps on chain. Throws `input.malformed_recipient`. */
export function recipientFromBytes(publicKey: Uint8Array): string {
  requireUsable(publicKey);
  return bech32.encodeFromBytes("age", publicKey);
}

/**
 * The 32 bytes of an X25519 public key written as `age1…`. Throws `input.malformed_recipient` for any other text, for a
 * coordinate that is not reduced, so that one key has one spelling, and for a point of small order.
 */
export function recipientToBytes(recipient: string): Bytes {
  const publicKey = recipient === recipient.toLowerCase() ? decode("age", recipient) : null;
  if (publicKey === null) {
    throw malformedRecipient();
  }
  requireUsable(publicKey);
  return publicKey;
}

/** `text` where it is a usable age X25519 recipient. Throws `input.malformed_recipient`. */
export function parseRecipient(text: string): string {
  recipientToBytes(text);
  return text;
}

/** `AGE-SECRET-KEY-1…` for 32 secret bytes. Throws `input.malformed_identity`. */
export function identityFromBytes(secretKey: Uint8Array): string {
  if (secretKey.length !== KEY_BYTES) {
    throw malformedIdentity();
  }
  return bech32.encodeFromBytes("age-secret-key-", secretKey).toUpperCase();
}

/** The 32 secret bytes of `AGE-SECRET-KEY-1…`. Throws `input.malformed_identity`, which never repeats what was given. */
export function identityToBytes(identity: string): Bytes {
  const secretKey = identity === identity.toUpperCase() ? decode("age-secret-key-", identity.toLowerCase()) : null;
  if (secretKey === null) {
    throw malformedIdentity();
  }
  return secretKey;
}

function requireUsable(publicKey: Uint8Array): void {
  const coordinate = BigInt(`0x${toHex(publicKey.slice().reverse()) || "0"}`);
  if (publicKey.length !== KEY_BYTES || coordinate >= FIELD_PRIME || SMALL_ORDER_U.has(coordinate)) {
    throw malformedRecipient();
  }
}

/** The bytes of a bech32 text; null where it is none, or another's. */
function decode(prefix: string, text: string): Bytes | null {
  try {
    const decoded = bech32.decodeToBytes(text);
    return decoded.prefix === prefix && decoded.bytes.length === KEY_BYTES ? new Uint8Array(decoded.bytes) : null;
  } catch {
    return null;
  }
}

function malformedRecipient(): MendrecError {
  return new MendrecError("input.malformed_recipient", "Not a usable age X25519 recipient.", {
    remedy: "A recipient is age1 and 58 more characters; copy it again from where it was shown.",
  });
}

function malformedIdentity(): MendrecError {
  return new MendrecError("input.malformed_identity", "Not an age X25519 identity.", {
    remedy: "An identity is AGE-SECRET-KEY-1 and 58 more characters in upper case.",
  });
}
