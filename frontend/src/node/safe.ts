/** One's own safe: small sealed things that the node keeps and can't open. */
import { fromBase64, toBase64 } from "../core/bytes.ts";
import { isCode } from "../core/errors.ts";
import { lyingNode } from "../core/lyingNode.ts";
import { zSafeChangedAnswered, zSafeItemAnswered } from "../generated/api/zod.gen.ts";
import { path } from "./path.ts";
import type { Client } from "./types.ts";

export type SafeSlot = "identity" | "identity-passphrase" | "address-book" | "settings";
export type SafeItem = { readonly version: number; readonly sealed: Uint8Array; readonly changedAt: number };

/** The code of a change that met another one: somebody else, perhaps oneself in another tab, was faster. */
export const SAFE_CONFLICT = "conflict.safe";

/** What is in a slot; null where nothing is. */
export async function readSafe(
  client: Client,
  { slot, signal }: { slot: SafeSlot; signal?: AbortSignal | undefined },
): Promise<SafeItem | null> {
  try {
    const found = await client.http.get(path`/v1/me/safe/${slot}`, zSafeItemAnswered, { signal });
    if (found.slot !== slot) {
      throw lyingNode("The node answered with another slot than the one that was asked for.");
    }
    return { version: found.version, sealed: bytesOf(found.sealed), changedAt: found.changed_at };
  } catch (error) {
    if (isCode(error, "not_found")) {
      return null;
    }
    throw error;
  }
}

/**
 * Replaces what is in a slot; returns the new version.
 *
 * `expectedVersion`: what is replaced, 0 where nothing is there. Throws `conflict.safe` where something else is there.
 */
export async function writeSafe(
  client: Client,
  asked: { slot: SafeSlot; sealed: Uint8Array; expectedVersion: number; signal?: AbortSignal | undefined },
): Promise<number> {
  const { slot, sealed, expectedVersion, signal } = asked;
  const body = { sealed: toBase64(sealed), expected_version: expectedVersion };
  const changed = await client.http.put(path`/v1/me/safe/${slot}`, zSafeChangedAnswered, body, { signal });
  return changed.version;
}

/** Empties a slot; no error where it is empty. */
export async function dropSafe(
  client: Client,
  { slot, signal }: { slot: SafeSlot; signal?: AbortSignal },
): Promise<void> {
  try {
    await client.http.delete(path`/v1/me/safe/${slot}`, { signal });
  } catch (error) {
    if (!isCode(error, "not_found")) {
      throw error;
    }
  }
}

function bytesOf(sealed: string): Uint8Array {
  try {
    return fromBase64(sealed);
  } catch (error) {
    throw lyingNode("What the node keeps in the safe is not as it was put there.", error);
  }
}
