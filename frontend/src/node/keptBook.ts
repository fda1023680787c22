/**
 * One's list of names, sealed to a key that is about to be published, kept in this browser until the safe has it. It is
 * ciphertext, as in the safe, whose own copy is sealed to the key that counts meanwhile.
 */
import { fromBase64, toBase64 } from "../core/bytes.ts";
import { type Keeping, keeping } from "./keeping.ts";
import type { Address } from "./types.ts";

const key = (account: Address): string => `mendrec.book-for-new-key.${account}`;

export function keepBook(account: Address, sealed: Uint8Array, kept: Keeping = keeping()): void {
  kept.write(key(account), toBase64(sealed));
}

export function readKeptBook(account: Address, kept: Keeping = keeping()): Uint8Array | null {
  try {
    const text = kept.read(key(account));
    return text === null ? null : fromBase64(text);
  } catch {
    return null;
  }
}

export function forgetKeptBook(account: Address, kept: Keeping = keeping()): void {
  kept.remove(key(account));
}
