/**
 * The sealed backup of the identity that is being replaced, kept in this browser until the new one is surely published.
 *
 * It is ciphertext, as in the safe. A crash between keeping the new backup and publishing the new recipient would else leave
 * a published identity without a backup.
 */
import { fromBase64, toBase64 } from "../core/bytes.ts";
import { type Keeping, keeping } from "./keeping.ts";
import type { Address } from "./types.ts";

const key = (account: Address): string => `mendrec.previous-backup.${account}`;

export function keepPrevious(account: Address, backup: Uint8Array, kept: Keeping = keeping()): void {
  kept.write(key(account), toBase64(backup));
}

export function readPrevious(account: Address, kept: Keeping = keeping()): Uint8Array | null {
  const text = kept.read(key(account));
  try {
    return text === null ? null : fromBase64(text);
  } catch {
    return null;
  }
}

export function forgetPrevious(account: Address, kept: Keeping = keeping()): void {
  kept.remove(key(account));
}
