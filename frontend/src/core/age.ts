/**
 * age v1 encryption. The only importer of `age-encryption`.
 *
 * Every failure to open is one error, `verification.cannot_open`: what exactly failed is of use to an attacker only.
 */
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { identityToBytes, parseRecipient } from "./ageRecipient.ts";
import { asBytes, type Bytes, concatBytes, fromHex } from "./bytes.ts";
import { MendrecError } from "./errors.ts";

/** An age X25519 identity: `AGE-SECRET-KEY-1…`, or a key of WebCrypto that can't be read out again. */
export type Identity = string | CryptoKey;

/** About a second of work, as the Python client takes. */
const SCRYPT_LOG_N = 18;
const NONCE_BYTES = 16;
const TAG_BYTES = 16;
/** RFC 8410: what stands before the 32 secret bytes in a PKCS #8 key of X25519. */
const PKCS8_X25519_PREFIX = fromHex("302e020100300506032b656e04220420");

/** `verification.cannot_open`: not an intact age file for this key. */
export function cannotOpen(message: string, cause?: unknown): MendrecError {
  return new MendrecError("verification.cannot_open", message, {
    remedy: "The key is not the one it was sealed to, or the file was altered: try another copy.",
    cause,
  });
}

/** `crypto.cannot_seal`: encryption failed; nothing that was written may be used. */
export function cannotSeal(cause: unknown): MendrecError {
  return new MendrecError("crypto.cannot_seal", "Sealing failed.", { cause });
}

/** A fresh identity, `AGE-SECRET-KEY-1…`. */
export function newIdentity(): Promise<string> {
  return generateX25519Identity();
}

/** The public half, `age1…`. Throws `input.malformed_identity`. */
export async function recipientOf(identity: Identity): Promise<string> {
  requireIdentity(identity);
  return identityToRecipient(identity);
}

/**
 * The identity as a key that WebCrypto keeps and nobody can read out, which IndexedDB can hold. Throws
 * `input.malformed_identity`.
 */
export async function toStoredKey(identity: string): Promise<CryptoKey> {
  const encoded = concatBytes(PKCS8_X25519_PREFIX, identityToBytes(identity));
  try {
    return await crypto.subtle.importKey("pkcs8", encoded, { name: "X25519" }, false, ["deriveBits"]);
  } finally {
    encoded.fill(0);
  }
}

/** `plaintext` age-encrypted to a recipient, or to several. Throws `input.malformed_recipient`, `crypto.cannot_seal`. */
export async function sealTo(recipients: string | readonly string[], plaintext: Uint8Array): Promise<Bytes> {
  const encrypter = new Encrypter();
  for (const recipient of typeof recipients === "string" ? [recipients] : recipients) {
    encrypter.addRecipient(parseRecipient(recipient));
  }
  try {
    return asBytes(await encrypter.encrypt(plaintext));
  } catch (cause) {
    throw cannotSeal(cause);
  }
}

/** The plaintext of an age file in its binary form. Throws `verification.cannot_open`, `input.malformed_identity`. */
export async function openWith(identity: Identity, sealed: Uint8Array): Promise<Bytes> {
  const decrypter = decrypterFor(identity);
  try {
    return asBytes(await decrypter.decrypt(sealed));
  } catch (cause) {
    throw cannotOpen("This can't be opened with the key given.", cause);
  }
}

/** `plaintext` sealed under a passphrase (age's scrypt recipient). `logN` is lower in tests only. */
export async function sealWithPassphrase(
  plaintext: Uint8Array,
  passphrase: string,
  logN: number = SCRYPT_LOG_N,
): Promise<Bytes> {
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(logN);
  encrypter.setPassphrase(passphrase);
  try {
    return asBytes(await encrypter.encrypt(plaintext));
  } catch (cause) {
    throw cannotSeal(cause);
  }
}

/**
 * The plaintext of a passphrase-sealed age file. The library refuses a work factor above 2^20: a file must not be able to
 * take the browser's memory. Throws `input.wrong_passphrase`.
 */
export async function openWithPassphrase(sealed: Uint8Array, passphrase: string): Promise<Bytes> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return asBytes(await decrypter.decrypt(sealed));
  } catch (cause) {
    throw new MendrecError("input.wrong_passphrase", "The passphrase does not open this backup.", {
      remedy: "Type the passphrase again; mind the keyboard layout and capital letters.",
      cause,
    });
  }
}

/**
 * The header of an age file to one recipient, and the key that the file's chunks are derived from: for who encrypts the
 * chunks with something faster. The caller clears `fileKey` after use.
 */
export async function sealHeader(recipient: string): Promise<{ header: Bytes; fileKey: Bytes }> {
  const encrypter = new Encrypter();
  let fileKey: Bytes | null = null;
  encrypter.addRecipient({
    wrapFileKey(given) {
      fileKey = new Uint8Array(given);
      return [];
    },
  });
  encrypter.addRecipient(parseRecipient(recipient));
  try {
    const empty = await encrypter.encrypt(new Uint8Array(0));
    if (fileKey !== null) {
      // The library's nonce and empty chunk are left out: no nonce is to be used twice under one key.
      return { header: asBytes(empty.slice(0, empty.length - NONCE_BYTES - TAG_BYTES)), fileKey };
    }
  } catch (cause) {
    throw cannotSeal(cause);
  }
  throw cannotSeal(null);
}

/** The file key that a header, up to and with its last line, holds for `identity`. Throws `verification.cannot_open`. */
export async function openHeader(identity: Identity, header: Uint8Array): Promise<Bytes> {
  const decrypter = decrypterFor(identity);
  try {
    return new Uint8Array(await decrypter.decryptHeader(header));
  } catch (cause) {
    throw cannotOpen("This can't be opened with the key given.", cause);
  }
}

/** The library's own stream, whole: header, nonce and chunks. Throws `input.malformed_recipient`, `crypto.cannot_seal`. */
export async function sealStream(
  recipient: string,
  plaintext: ReadableStream<Uint8Array>,
): Promise<ReadableStream<Uint8Array>> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(parseRecipient(recipient));
  return encrypter.encrypt(plaintext);
}

/** The library's own stream. What it throws, here or while it is read, means that the file can't be opened. */
export async function openStream(
  identity: Identity,
  ciphertext: ReadableStream<Uint8Array>,
): Promise<ReadableStream<Uint8Array>> {
  return decrypterFor(identity).decrypt(ciphertext);
}

function decrypterFor(identity: Identity): Decrypter {
  requireIdentity(identity);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter;
}

function requireIdentity(identity: Identity): void {
  if (typeof identity === "string") {
    identityToBytes(identity);
  }
}
